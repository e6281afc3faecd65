/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-ports-page.h"

#include <glib/gi18n-lib.h>

#include "core/ptl-validate.h"
#include "gui/fields/ptl-field.h"

struct _PtlPortsPage
{
  PtlWizardPage parent_instance;
  AdwEntryRow *name_row;
  GtkLabel *name_error;
  AdwEntryRow *ports_row;
  AdwComboRow *protocol_row;
  GtkLabel *ports_error;
};

G_DEFINE_FINAL_TYPE (PtlPortsPage, ptl_ports_page, PTL_TYPE_WIZARD_PAGE)

char *
ptl_ports_page_dup_name (PtlPortsPage *self)
{
  g_return_val_if_fail (PTL_IS_PORTS_PAGE (self), NULL);
  return ptl_field_dup_text (self->name_row);
}

PtlProtocol
ptl_ports_page_get_protocol (PtlPortsPage *self)
{
  static const PtlProtocol protocols[] = { PTL_PROTOCOL_TCP, PTL_PROTOCOL_UDP, PTL_PROTOCOL_BOTH };

  g_return_val_if_fail (PTL_IS_PORTS_PAGE (self), PTL_PROTOCOL_TCP);
  return protocols[MIN (adw_combo_row_get_selected (self->protocol_row),
                        G_N_ELEMENTS (protocols) - 1)];
}

void
ptl_ports_page_get_range (PtlPortsPage *self, guint16 *first, guint16 *last)
{
  g_autofree char *text = ptl_field_dup_text (self->ports_row);

  *first = *last = 0;
  ptl_port_range_parse (text, FALSE, first, last, NULL);
}

static gboolean
show_ports (PtlPortsPage *self, gboolean empty_is_wrong)
{
  g_autofree char *text = ptl_field_dup_text (self->ports_row);
  g_autoptr (GError) error = NULL;
  guint16 first, last;

  if (*text != '\0' || empty_is_wrong)
    ptl_field_parse_ports (self->ports_row, FALSE, &first, &last, &error);
  return ptl_field_show (GTK_WIDGET (self->ports_row), self->ports_error, error);
}

static gboolean
show_name (PtlPortsPage *self, gboolean empty_is_wrong)
{
  g_autofree char *text = ptl_field_dup_text (self->name_row);
  g_autoptr (GError) error = NULL;

  if (*text != '\0' || empty_is_wrong)
    ptl_field_check_text (_ ("The name"), text, PTL_NAME_MAX_CHARS, &error);
  return ptl_field_show (GTK_WIDGET (self->name_row), self->name_error, error);
}

static void
ports_changed_cb (PtlPortsPage *self)
{
  show_ports (self, FALSE);
}

static void
name_changed_cb (PtlPortsPage *self)
{
  show_name (self, FALSE);
}

static gboolean
check (PtlWizardPage *page)
{
  PtlPortsPage *self = PTL_PORTS_PAGE (page);
  gboolean ports = show_ports (self, TRUE);
  gboolean name = show_name (self, TRUE);

  if (!name)
    ptl_field_focus (GTK_WIDGET (self->name_row));
  else if (!ports)
    ptl_field_focus (GTK_WIDGET (self->ports_row));
  return name && ports;
}

static void
enter (PtlWizardPage *page)
{
  ptl_field_focus (GTK_WIDGET (PTL_PORTS_PAGE (page)->name_row));
}

static void
ptl_ports_page_class_init (PtlPortsPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  PTL_WIZARD_PAGE_CLASS (klass)->check = check;
  PTL_WIZARD_PAGE_CLASS (klass)->enter = enter;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/portolan/Portolan/wizard/"
                                                             "ptl-ports-page.ui");
  gtk_widget_class_bind_template_child (widget_class, PtlPortsPage, name_row);
  gtk_widget_class_bind_template_child (widget_class, PtlPortsPage, name_error);
  gtk_widget_class_bind_template_child (widget_class, PtlPortsPage, ports_row);
  gtk_widget_class_bind_template_child (widget_class, PtlPortsPage, protocol_row);
  gtk_widget_class_bind_template_child (widget_class, PtlPortsPage, ports_error);
  gtk_widget_class_bind_template_callback (widget_class, ports_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, name_changed_cb);
}

static void
ptl_ports_page_init (PtlPortsPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  ptl_field_set_up (self->name_row);
  ptl_field_set_up_combo (self->protocol_row);
  ptl_field_set_up (self->ports_row);
}

PtlPortsPage *
ptl_ports_page_new (void)
{
  return g_object_new (PTL_TYPE_PORTS_PAGE, NULL);
}

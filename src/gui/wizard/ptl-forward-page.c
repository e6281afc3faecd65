/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-forward-page.h"

#include <glib/gi18n-lib.h>

#include "core/ptl-error.h"
#include "core/ptl-validate.h"
#include "gui/fields/ptl-field.h"

enum
{
  LISTEN_HERE,
  LISTEN_NETWORK,
  LISTEN_ADDRESS,
};

struct _PtlForwardPage
{
  PtlWizardPage parent_instance;
  AdwEntryRow *target_row;
  GtkLabel *target_error;
  AdwComboRow *listen_row;
  AdwEntryRow *address_row;
  AdwEntryRow *port_row;
  AdwComboRow *protocol_row;
  GtkLabel *listen_error;
  AdwEntryRow *name_row;
  GtkLabel *name_error;
};

G_DEFINE_FINAL_TYPE (PtlForwardPage, ptl_forward_page, PTL_TYPE_WIZARD_PAGE)

PtlProtocol
ptl_forward_page_get_protocol (PtlForwardPage *self)
{
  static const PtlProtocol protocols[] = { PTL_PROTOCOL_TCP, PTL_PROTOCOL_UDP, PTL_PROTOCOL_BOTH };

  return protocols[MIN (adw_combo_row_get_selected (self->protocol_row),
                        G_N_ELEMENTS (protocols) - 1)];
}

static char *
dup_host (PtlForwardPage *self)
{
  switch (adw_combo_row_get_selected (self->listen_row))
    {
    case LISTEN_NETWORK:
      return g_strdup ("0.0.0.0");
    case LISTEN_ADDRESS:
      return ptl_field_dup_text (self->address_row);
    case LISTEN_HERE:
    default:
      return g_strdup ("127.0.0.1");
    }
}

gboolean
ptl_forward_page_is_private (PtlForwardPage *self)
{
  g_autofree char *host = NULL;

  g_return_val_if_fail (PTL_IS_FORWARD_PAGE (self), FALSE);
  host = dup_host (self);
  return ptl_host_is_loopback (host);
}

PtlEndpoint *
ptl_forward_page_dup_target (PtlForwardPage *self)
{
  g_autofree char *text = NULL;

  g_return_val_if_fail (PTL_IS_FORWARD_PAGE (self), NULL);
  text = ptl_field_dup_text (self->target_row);
  return ptl_endpoint_parse (text, ptl_forward_page_get_protocol (self), NULL);
}

char *
ptl_forward_page_dup_name (PtlForwardPage *self)
{
  g_return_val_if_fail (PTL_IS_FORWARD_PAGE (self), NULL);
  return ptl_field_dup_text (self->name_row);
}

void
ptl_forward_page_fill (PtlForwardPage *self, PtlDraft *draft)
{
  g_autoptr (PtlEndpoint) listen = NULL;
  g_autofree char *host = NULL, *port = NULL;
  guint16 first = 0, last = 0;

  g_return_if_fail (PTL_IS_FORWARD_PAGE (self));
  host = dup_host (self);
  port = ptl_field_dup_text (self->port_row);
  ptl_port_range_parse (port, FALSE, &first, &last, NULL);
  listen = ptl_endpoint_new (ptl_forward_page_get_protocol (self), host, first, last);
  draft->protocol = ptl_forward_page_get_protocol (self);
  draft->name = ptl_forward_page_dup_name (self);
  draft->target = ptl_field_dup_text (self->target_row);
  draft->public_endpoint = ptl_endpoint_to_string (listen);
}

void
ptl_forward_page_propose (PtlForwardPage *self, PtlProtocol protocol, guint16 port, const char *name)
{
  g_autofree char *target = g_strdup_printf ("127.0.0.1:%u", port);

  g_return_if_fail (PTL_IS_FORWARD_PAGE (self));
  gtk_editable_set_text (GTK_EDITABLE (self->target_row), target);
  gtk_editable_set_text (GTK_EDITABLE (self->name_row), name != NULL ? name : "");
  adw_combo_row_set_selected (self->protocol_row, protocol == PTL_PROTOCOL_UDP ? 1 : 0);
}

static gboolean
check_target (PtlForwardPage *self, GError **error)
{
  g_autofree char *text = ptl_field_dup_text (self->target_row);
  g_autoptr (PtlEndpoint) target = NULL;

  if (*text == '\0')
    {
      ptl_error_set (error, PTL_ERROR_INVALID,
                     _ ("Type it like 192.168.1.5:80, or the path of a unix socket."), "%s",
                     _ ("It is not said yet where it should lead."));
      return FALSE;
    }
  target = ptl_endpoint_parse (text, ptl_forward_page_get_protocol (self), error);
  if (target == NULL)
    return FALSE;
  if (target->path != NULL || (target->host != NULL && target->first != 0))
    return TRUE;
  ptl_error_set (error, PTL_ERROR_INVALID, _ ("Type it like 192.168.1.5:80, or localhost:3000."),
                 "%s",
                 target->host == NULL ? _ ("The computer that it should lead to is missing.")
                                      : _ ("The port is missing."));
  return FALSE;
}

static gboolean
check_listen (PtlForwardPage *self, GtkWidget **row, GError **error)
{
  g_autofree char *host = dup_host (self);
  guint16 first, last;

  *row = GTK_WIDGET (self->address_row);
  if (!ptl_host_is_address (host))
    {
      ptl_error_set (error, PTL_ERROR_INVALID,
                     _ ("Type an address of this computer, like 192.168.1.20."),
                     *host == '\0' ? _ ("The address is missing.")
                                   /* Translators: %s is what the person typed. */
                                   : _ ("“%s” is not an address."),
                     host);
      return FALSE;
    }
  *row = GTK_WIDGET (self->port_row);
  return ptl_field_parse_ports (self->port_row, FALSE, &first, &last, error);
}

static gboolean
check_name (PtlForwardPage *self, GError **error)
{
  g_autofree char *name = ptl_field_dup_text (self->name_row);

  return ptl_validate_text (_ ("The name"), name, PTL_NAME_MAX_CHARS, FALSE, error);
}

static gboolean
check (PtlWizardPage *page)
{
  PtlForwardPage *self = PTL_FORWARD_PAGE (page);
  g_autoptr (GError) target_error = NULL, listen_error = NULL, name_error = NULL;
  GtkWidget *listen_row = NULL, *wrong = NULL;

  if (!check_name (self, &name_error))
    wrong = GTK_WIDGET (self->name_row);
  if (!check_listen (self, &listen_row, &listen_error))
    wrong = listen_row;
  if (!check_target (self, &target_error))
    wrong = GTK_WIDGET (self->target_row);
  ptl_field_show (GTK_WIDGET (self->name_row), self->name_error, name_error);
  ptl_field_show (listen_row, self->listen_error, listen_error);
  ptl_field_show (GTK_WIDGET (self->target_row), self->target_error, target_error);
  if (wrong != NULL)
    ptl_field_focus (wrong);
  return wrong == NULL;
}

static void
changed_cb (PtlForwardPage *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self->address_row),
                          adw_combo_row_get_selected (self->listen_row) == LISTEN_ADDRESS);
  ptl_field_show (GTK_WIDGET (self->target_row), self->target_error, NULL);
  ptl_field_show (GTK_WIDGET (self->address_row), self->listen_error, NULL);
  ptl_field_show (GTK_WIDGET (self->port_row), self->listen_error, NULL);
  ptl_field_show (GTK_WIDGET (self->name_row), self->name_error, NULL);
}

static void
enter (PtlWizardPage *page)
{
  ptl_field_focus (GTK_WIDGET (PTL_FORWARD_PAGE (page)->target_row));
}

static void
ptl_forward_page_class_init (PtlForwardPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  PTL_WIZARD_PAGE_CLASS (klass)->check = check;
  PTL_WIZARD_PAGE_CLASS (klass)->enter = enter;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/portolan/Portolan/wizard/"
                                                             "ptl-forward-page.ui");
  gtk_widget_class_bind_template_child (widget_class, PtlForwardPage, target_row);
  gtk_widget_class_bind_template_child (widget_class, PtlForwardPage, target_error);
  gtk_widget_class_bind_template_child (widget_class, PtlForwardPage, listen_row);
  gtk_widget_class_bind_template_child (widget_class, PtlForwardPage, address_row);
  gtk_widget_class_bind_template_child (widget_class, PtlForwardPage, port_row);
  gtk_widget_class_bind_template_child (widget_class, PtlForwardPage, protocol_row);
  gtk_widget_class_bind_template_child (widget_class, PtlForwardPage, listen_error);
  gtk_widget_class_bind_template_child (widget_class, PtlForwardPage, name_row);
  gtk_widget_class_bind_template_child (widget_class, PtlForwardPage, name_error);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
}

static void
ptl_forward_page_init (PtlForwardPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  ptl_field_set_up (self->target_row);
  ptl_field_set_up_combo (self->listen_row);
  ptl_field_set_up_combo (self->protocol_row);
  ptl_field_set_up (self->address_row);
  ptl_field_set_up (self->port_row);
  ptl_field_set_up (self->name_row);
  changed_cb (self);
}

PtlForwardPage *
ptl_forward_page_new (void)
{
  return g_object_new (PTL_TYPE_FORWARD_PAGE, NULL);
}

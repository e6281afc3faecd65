/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-tunnel-page.h"

#include <glib/gi18n-lib.h>

#include "core/ptl-error.h"
#include "core/ptl-validate.h"
#include "gui/fields/ptl-field.h"

enum
{
  DIRECTION_REMOTE,
  DIRECTION_LOCAL,
};

enum
{
  OPEN_TO_ANYONE,
  OPEN_TO_ITSELF,
};

struct _PtlTunnelPage
{
  PtlWizardPage parent_instance;
  AdwComboRow *direction_row;
  GtkLabel *direction_hint;
  AdwEntryRow *target_row;
  GtkLabel *target_error;
  AdwPreferencesGroup *listen_group;
  AdwComboRow *open_to_row;
  AdwEntryRow *port_row;
  GtkLabel *port_error;
  AdwEntryRow *name_row;
  GtkLabel *name_error;
};

G_DEFINE_FINAL_TYPE (PtlTunnelPage, ptl_tunnel_page, PTL_TYPE_WIZARD_PAGE)

gboolean
ptl_tunnel_page_is_local (PtlTunnelPage *self)
{
  g_return_val_if_fail (PTL_IS_TUNNEL_PAGE (self), FALSE);
  return adw_combo_row_get_selected (self->direction_row) == DIRECTION_LOCAL;
}

static gboolean
is_open_to_itself (PtlTunnelPage *self)
{
  return adw_combo_row_get_selected (self->open_to_row) == OPEN_TO_ITSELF;
}

gboolean
ptl_tunnel_page_is_private (PtlTunnelPage *self)
{
  g_return_val_if_fail (PTL_IS_TUNNEL_PAGE (self), FALSE);
  return ptl_tunnel_page_is_local (self) || is_open_to_itself (self);
}

PtlEndpoint *
ptl_tunnel_page_dup_target (PtlTunnelPage *self)
{
  g_autofree char *text = NULL;

  g_return_val_if_fail (PTL_IS_TUNNEL_PAGE (self), NULL);
  text = ptl_field_dup_text (self->target_row);
  return ptl_endpoint_parse (text, PTL_PROTOCOL_TCP, NULL);
}

char *
ptl_tunnel_page_dup_name (PtlTunnelPage *self)
{
  g_return_val_if_fail (PTL_IS_TUNNEL_PAGE (self), NULL);
  return ptl_field_dup_text (self->name_row);
}

static guint16
get_port (PtlTunnelPage *self)
{
  g_autofree char *text = ptl_field_dup_text (self->port_row);
  guint16 first = 0, last = 0;

  ptl_port_range_parse (text, TRUE, &first, &last, NULL);
  return first;
}

static char *
dup_listen (PtlTunnelPage *self)
{
  g_autoptr (PtlEndpoint) listen = NULL;
  gboolean bound = ptl_tunnel_page_is_local (self) || is_open_to_itself (self);

  listen = ptl_endpoint_new (PTL_PROTOCOL_TCP, bound ? "127.0.0.1" : NULL, get_port (self),
                             get_port (self));
  return ptl_endpoint_to_string (listen);
}

void
ptl_tunnel_page_fill (PtlTunnelPage *self, PtlDraft *draft)
{
  g_return_if_fail (PTL_IS_TUNNEL_PAGE (self));
  draft->protocol = PTL_PROTOCOL_TCP;
  draft->way = ptl_tunnel_page_is_local (self) ? PTL_WAY_LOCAL : PTL_WAY_REMOTE;
  draft->name = ptl_tunnel_page_dup_name (self);
  draft->target = ptl_field_dup_text (self->target_row);
  draft->public_endpoint = dup_listen (self);
}

void
ptl_tunnel_page_suggest (PtlTunnelPage *self, const char *name, guint16 port)
{
  g_autofree char *target = port != 0 ? g_strdup_printf ("localhost:%u", port) : NULL;
  g_autofree char *outside = port != 0 ? g_strdup_printf ("%u", port) : NULL;

  g_return_if_fail (PTL_IS_TUNNEL_PAGE (self));
  ptl_field_set_text (self->name_row, name);
  ptl_field_set_text (self->target_row, target);
  ptl_field_set_text (self->port_row, outside);
}

static gboolean
check_target (PtlTunnelPage *self, GError **error)
{
  g_autofree char *text = ptl_field_dup_text (self->target_row);
  g_autoptr (PtlEndpoint) target = NULL;

  if (*text == '\0')
    {
      ptl_error_set (error, PTL_ERROR_INVALID,
                     _ ("Type it like localhost:3000, or 192.168.1.5:80."), "%s",
                     _ ("It is not said yet where it should lead."));
      return FALSE;
    }
  target = ptl_endpoint_parse (text, PTL_PROTOCOL_TCP, error);
  if (target == NULL)
    return FALSE;
  if (target->path != NULL || (target->first != 0 && target->first == target->last))
    return TRUE;
  ptl_error_set (error, PTL_ERROR_INVALID, _ ("Type it like localhost:3000, or 192.168.1.5:80."),
                 "%s",
                 target->first == 0 ? _ ("The port is missing.")
                                    : _ ("A tunnel carries one port, not a range."));
  return FALSE;
}

/* Without a port the server picks one; here one has to be named. */
static gboolean
check_port (PtlTunnelPage *self, GError **error)
{
  g_autofree char *text = ptl_field_dup_text (self->port_row);
  gboolean local = ptl_tunnel_page_is_local (self);
  guint16 first, last;

  if (*text == '\0' && !local)
    return TRUE;
  if (!ptl_field_parse_ports (self->port_row, !local, &first, &last, error))
    return FALSE;
  if (first == last)
    return TRUE;
  ptl_error_set (error, PTL_ERROR_INVALID, _ ("Open one tunnel for each port."), "%s",
                 _ ("A tunnel carries one port, not a range."));
  return FALSE;
}

static gboolean
check (PtlWizardPage *page)
{
  PtlTunnelPage *self = PTL_TUNNEL_PAGE (page);
  g_autofree char *name = ptl_tunnel_page_dup_name (self);
  g_autoptr (GError) target_error = NULL, port_error = NULL, name_error = NULL;
  GtkWidget *wrong = NULL;

  if (!ptl_validate_text (_ ("The name"), name, PTL_NAME_MAX_CHARS, FALSE, &name_error))
    wrong = GTK_WIDGET (self->name_row);
  if (!check_port (self, &port_error))
    wrong = GTK_WIDGET (self->port_row);
  if (!check_target (self, &target_error))
    wrong = GTK_WIDGET (self->target_row);
  ptl_field_show (GTK_WIDGET (self->name_row), self->name_error, name_error);
  ptl_field_show (GTK_WIDGET (self->port_row), self->port_error, port_error);
  ptl_field_show (GTK_WIDGET (self->target_row), self->target_error, target_error);
  if (wrong != NULL)
    ptl_field_focus (wrong);
  return wrong == NULL;
}

static void
changed_cb (PtlTunnelPage *self)
{
  gboolean local = ptl_tunnel_page_is_local (self);

  gtk_label_set_label (self->direction_hint,
                       local ? _ ("A port of this computer leads through the server to a place "
                                  "that the server can reach.")
                             : _ ("A port of the server leads to a program here. It works behind "
                                  "any router, for "
                                  "TCP."));
  gtk_widget_set_visible (GTK_WIDGET (self->open_to_row), !local);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->target_row),
                                 local ? _ ("_Target, as the server sees it, like localhost:5432")
                                       : _ ("_Target, like localhost:3000"));
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->port_row),
                                 local ? _ ("_Port on this computer")
                                       : _ ("_Port on the server (empty: any)"));
  ptl_field_set_up (self->target_row);
  ptl_field_set_up (self->port_row);
  ptl_field_show (GTK_WIDGET (self->target_row), self->target_error, NULL);
  ptl_field_show (GTK_WIDGET (self->port_row), self->port_error, NULL);
  ptl_field_show (GTK_WIDGET (self->name_row), self->name_error, NULL);
}

static void
enter (PtlWizardPage *page)
{
  ptl_field_focus (GTK_WIDGET (PTL_TUNNEL_PAGE (page)->target_row));
}

static void
ptl_tunnel_page_class_init (PtlTunnelPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  PTL_WIZARD_PAGE_CLASS (klass)->check = check;
  PTL_WIZARD_PAGE_CLASS (klass)->enter = enter;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/portolan/Portolan/wizard/"
                                                             "ptl-tunnel-page.ui");
  gtk_widget_class_bind_template_child (widget_class, PtlTunnelPage, direction_row);
  gtk_widget_class_bind_template_child (widget_class, PtlTunnelPage, direction_hint);
  gtk_widget_class_bind_template_child (widget_class, PtlTunnelPage, target_row);
  gtk_widget_class_bind_template_child (widget_class, PtlTunnelPage, target_error);
  gtk_widget_class_bind_template_child (widget_class, PtlTunnelPage, listen_group);
  gtk_widget_class_bind_template_child (widget_class, PtlTunnelPage, open_to_row);
  gtk_widget_class_bind_template_child (widget_class, PtlTunnelPage, port_row);
  gtk_widget_class_bind_template_child (widget_class, PtlTunnelPage, port_error);
  gtk_widget_class_bind_template_child (widget_class, PtlTunnelPage, name_row);
  gtk_widget_class_bind_template_child (widget_class, PtlTunnelPage, name_error);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
}

static void
ptl_tunnel_page_init (PtlTunnelPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  ptl_field_set_up (self->name_row);
  ptl_field_set_up_combo (self->direction_row);
  ptl_field_set_up_combo (self->open_to_row);
  changed_cb (self);
}

PtlTunnelPage *
ptl_tunnel_page_new (void)
{
  return g_object_new (PTL_TYPE_TUNNEL_PAGE, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-router-row.h"

#include <glib/gi18n-lib.h>

#include "gui/details/ptl-fact-row.h"
#include "gui/ptl-format.h"
#include "gui/ptl-gui.h"
#include "gui/ptl-state-look.h"

struct _PtlRouterRow
{
  AdwExpanderRow parent_instance;
  PtlRouterItem *item;
  GtkImage *state_icon;
  GtkLabel *state;
  PtlFactRow *external;
  PtlFactRow *protocols;
  PtlFactRow *address;
  PtlFactRow *local;
  GtkActionable *change;
  const char *style;
};

G_DEFINE_FINAL_TYPE (PtlRouterRow, ptl_router_row, ADW_TYPE_EXPANDER_ROW)

static const PtlStateLook states[] = {
  { "ready", NC_ ("router", "Ready"), "object-select-symbolic", "success" },
  { "searching", NC_ ("router", "Searching"), "content-loading-symbolic", "accent" },
  { "offline", NC_ ("router", "Without internet"), "dialog-warning-symbolic", "warning" },
  { "silent", NC_ ("router", "Silent"), "dialog-warning-symbolic", "warning" },
  { "none", NC_ ("router", "Takes no mappings"), "dialog-warning-symbolic", "warning" },
};

static void
show_state (PtlRouterRow *self)
{
  const PtlStateLook *look = ptl_state_look_find (states, G_N_ELEMENTS (states), ptl_router_item_get (self->item, "State"), 1);

  ptl_state_look_show (look, "router", self->state, self->state_icon, &self->style);
}

static void
set_fact (PtlFactRow *row, const char *title, const char *value)
{
  PtlFact fact = { .title = title, .value = (char *) (value && *value ? value : _("Not known")) };

  ptl_fact_row_set_fact (row, &fact);
}

static char *
dup_protocols (PtlRouterItem *item)
{
  const char *const *names = ptl_router_item_get_protocols (item);
  GString *text = g_string_new (NULL);

  for (; names && *names; names++)
    g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "", ptl_format_system (*names));
  return g_string_free (text, FALSE);
}

static void
show_router (PtlRouterRow *self)
{
  const char *message = ptl_router_item_get (self->item, "Message");
  const char *advice = ptl_router_item_get (self->item, "Advice");
  const char *interface = ptl_router_item_get (self->item, "Interface");
  const char *local = ptl_router_item_get (self->item, "LocalAddress");
  g_autofree char *protocols = dup_protocols (self->item);
  g_autofree char *trouble = g_strdup_printf ("%s %s", message, advice);
  g_autofree char *here = g_strdup_printf ("%s (%s)", local, interface);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), ptl_router_item_get (self->item, "Name"));
  adw_expander_row_set_subtitle (ADW_EXPANDER_ROW (self), *message ? g_strstrip (trouble) : protocols);
  set_fact (self->external, _("Public Address"), ptl_router_item_get (self->item, "ExternalAddress"));
  set_fact (self->protocols, _("Takes Mappings By"), *protocols ? protocols : _("None of UPnP, NAT-PMP and PCP"));
  set_fact (self->address, _("Address"), ptl_router_item_get (self->item, "Address"));
  set_fact (self->local, _("This Computer"), here);
  show_state (self);
}

GtkWidget *
ptl_router_row_new (PtlRouterItem *item)
{
  PtlRouterRow *self = g_object_new (PTL_TYPE_ROUTER_ROW, NULL);

  self->item = g_object_ref (item);
  g_signal_connect_object (item, "changed", G_CALLBACK (show_router), self, G_CONNECT_SWAPPED);
  gtk_actionable_set_action_target (self->change, "s", ptl_router_item_get (item, "Address"));
  show_router (self);
  return GTK_WIDGET (self);
}

static void
ptl_router_row_dispose (GObject *object)
{
  g_clear_object (&PTL_ROUTER_ROW (object)->item);
  G_OBJECT_CLASS (ptl_router_row_parent_class)->dispose (object);
}

static void
ptl_router_row_class_init (PtlRouterRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ptl_router_row_dispose;
  g_type_ensure (PTL_TYPE_FACT_ROW);
  gtk_widget_class_set_template_from_resource (widget_class, PTL_GUI_RESOURCES "/network/ptl-router-row.ui");
  gtk_widget_class_bind_template_child (widget_class, PtlRouterRow, state_icon);
  gtk_widget_class_bind_template_child (widget_class, PtlRouterRow, state);
  gtk_widget_class_bind_template_child (widget_class, PtlRouterRow, external);
  gtk_widget_class_bind_template_child (widget_class, PtlRouterRow, protocols);
  gtk_widget_class_bind_template_child (widget_class, PtlRouterRow, address);
  gtk_widget_class_bind_template_child (widget_class, PtlRouterRow, local);
  gtk_widget_class_bind_template_child (widget_class, PtlRouterRow, change);
}

static void
ptl_router_row_init (PtlRouterRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

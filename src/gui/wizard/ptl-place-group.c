/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-place-group.h"

#include <glib/gi18n-lib.h>

#include "core/ptl-error.h"
#include "gui/fields/ptl-field.h"
#include "gui/fields/ptl-router-choice.h"
#include "ptl-words.h"

enum
{
  PLACE_HERE,
  PLACE_ELSEWHERE,
};

enum
{
  OUTSIDE_SAME,
  OUTSIDE_ANY,
  OUTSIDE_OWN,
};

struct _PtlPlaceGroup
{
  AdwPreferencesGroup parent_instance;
  AdwComboRow *place_row;
  AdwEntryRow *host_row;
  GtkLabel *host_error;
  AdwExpanderRow *advanced_row;
  AdwComboRow *outside_row;
  AdwEntryRow *port_row;
  GtkLabel *port_error;
  PtlRouterChoice *router_row;
  AdwComboRow *way_row;
  GPtrArray *optional_rows; /* of GtkWidget, borrowed; NULL where the port is needed */
  char *address;            /* that the server found here listens on, "" = all */
  char *local_address;      /* of this computer in the network, "" = not known */
  guint n_ranges;
  guint n_ports;
};

G_DEFINE_FINAL_TYPE (PtlPlaceGroup, ptl_place_group, ADW_TYPE_PREFERENCES_GROUP)

static guint changed_signal;

static gboolean
is_elsewhere (PtlPlaceGroup *self)
{
  return adw_combo_row_get_selected (self->place_row) == PLACE_ELSEWHERE;
}

static gboolean
asks_own_port (PtlPlaceGroup *self)
{
  return self->n_ranges == 1 && adw_combo_row_get_selected (self->outside_row) == OUTSIDE_OWN;
}

static void
changed_cb (PtlPlaceGroup *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self->host_row), is_elsewhere (self));
  gtk_widget_set_visible (GTK_WIDGET (self->port_row), asks_own_port (self));
  ptl_field_show (GTK_WIDGET (self->host_row), self->host_error, NULL);
  ptl_field_show (GTK_WIDGET (self->port_row), self->port_error, NULL);
  g_signal_emit (self, changed_signal, 0);
}

static gboolean
check_host (PtlPlaceGroup *self)
{
  g_autofree char *host = ptl_field_dup_text (self->host_row);
  g_autoptr (GError) error = NULL;

  if (!is_elsewhere (self) || ptl_host_is_valid (host))
    return TRUE;
  error = ptl_error_new (PTL_ERROR_INVALID,
                         _ ("Type its address in your network, like 192.168.1.20, or its name."),
                         *host == '\0' ? _ ("The other computer is not named yet.")
                                       /* Translators: %s is what the person typed. */
                                       : _ ("“%s” is not an address or a name."),
                         host);
  ptl_field_show (GTK_WIDGET (self->host_row), self->host_error, error);
  ptl_field_focus (GTK_WIDGET (self->host_row));
  return FALSE;
}

static gboolean
check_port (PtlPlaceGroup *self)
{
  g_autoptr (GError) error = NULL;
  guint16 first, last;

  if (!asks_own_port (self))
    return TRUE;
  if (ptl_field_parse_ports (self->port_row, FALSE, &first, &last, &error)
      && (guint) (last - first + 1) != self->n_ports)
    error = ptl_error_new (PTL_ERROR_INVALID, NULL,
                           _ ("The range outside must have as many ports as the one here: %u."),
                           self->n_ports);
  if (error == NULL)
    return TRUE;
  adw_expander_row_set_expanded (self->advanced_row, TRUE);
  ptl_field_show (GTK_WIDGET (self->port_row), self->port_error, error);
  ptl_field_focus (GTK_WIDGET (self->port_row));
  return FALSE;
}

gboolean
ptl_place_group_check (PtlPlaceGroup *self)
{
  g_return_val_if_fail (PTL_IS_PLACE_GROUP (self), FALSE);
  return check_host (self) && check_port (self);
}

gboolean
ptl_place_group_wants (PtlPlaceGroup *self, guint index)
{
  GtkWidget *row = index < self->optional_rows->len ? self->optional_rows->pdata[index] : NULL;

  return row != NULL && gtk_switch_get_active (g_object_get_data (G_OBJECT (row), "switch"));
}

static char *
endpoint_text (const char *host, guint16 first, guint16 last)
{
  g_autoptr (PtlEndpoint) endpoint = ptl_endpoint_new (PTL_PROTOCOL_TCP, host, first, last);

  return ptl_endpoint_to_string (endpoint);
}

/* A router cannot be told 127.0.0.1: that would be itself. */
static char *
dup_target_host (PtlPlaceGroup *self, PtlWay way)
{
  if (is_elsewhere (self))
    return ptl_field_dup_text (self->host_row);
  if (*self->address != '\0' && !(way == PTL_WAY_DIRECT && ptl_host_is_loopback (self->address)))
    return g_strdup (self->address);
  if (way == PTL_WAY_DIRECT && *ptl_router_choice_get_local_address (self->router_row) != '\0')
    return g_strdup (ptl_router_choice_get_local_address (self->router_row));
  if (way == PTL_WAY_DIRECT && *self->local_address != '\0')
    return g_strdup (self->local_address);
  return g_strdup ("127.0.0.1");
}

void
ptl_place_group_set_local_address (PtlPlaceGroup *self, const char *address)
{
  g_return_if_fail (PTL_IS_PLACE_GROUP (self));
  g_free (self->local_address);
  self->local_address = g_strdup (address);
}

/* A server on an address of its own counts as on this computer: guarded, though its address looks
 * like another's. */
static PtlWay
get_way (PtlPlaceGroup *self)
{
  static const PtlWay ways[] = { PTL_WAY_AUTO, PTL_WAY_GUARDED, PTL_WAY_DIRECT };
  PtlWay way = ways[MIN (adw_combo_row_get_selected (self->way_row), G_N_ELEMENTS (ways) - 1)];

  return way == PTL_WAY_AUTO && !is_elsewhere (self) ? PTL_WAY_GUARDED : way;
}

PtlWay
ptl_place_group_get_way (PtlPlaceGroup *self)
{
  PtlWay way;

  g_return_val_if_fail (PTL_IS_PLACE_GROUP (self), PTL_WAY_AUTO);
  way = get_way (self);
  return way == PTL_WAY_AUTO ? PTL_WAY_DIRECT : way;
}

void
ptl_place_group_fill (PtlPlaceGroup *self, PtlDraft *draft, guint16 first, guint16 last)
{
  PtlWay way = get_way (self);
  g_autofree char *host = dup_target_host (self, way);
  g_autofree char *port = ptl_field_dup_text (self->port_row);

  g_return_if_fail (PTL_IS_PLACE_GROUP (self));
  g_free (draft->target);
  g_free (draft->public_endpoint);
  g_free (draft->backend);
  draft->way = way;
  draft->backend = g_strdup (ptl_router_choice_get_id (self->router_row));
  draft->target = endpoint_text (host, first, last);
  if (asks_own_port (self))
    draft->public_endpoint = g_strdup_printf (":%s", port);
  else if (adw_combo_row_get_selected (self->outside_row) == OUTSIDE_ANY)
    draft->public_endpoint = NULL;
  else
    draft->public_endpoint = endpoint_text (NULL, first, last);
}

static GtkWidget *
create_optional_row (const PtlGamePort *port)
{
  g_autofree char *ports = ptl_words_ports (port->protocol, port->first, port->last);
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *toggle = gtk_switch_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row),
                                 *port->note != '\0' ? port->note : ports);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), ports);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 0);
  gtk_widget_set_valign (toggle, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (toggle), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  *port->note != '\0' ? port->note : ports, -1);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), toggle);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), toggle);
  g_object_set_data (G_OBJECT (row), "switch", toggle);
  return row;
}

void
ptl_place_group_set_game (PtlPlaceGroup *self, PtlGame *game, const char *address)
{
  g_return_if_fail (PTL_IS_PLACE_GROUP (self));
  for (guint i = 0; i < self->optional_rows->len; i++)
    if (self->optional_rows->pdata[i] != NULL)
      adw_expander_row_remove (self->advanced_row, self->optional_rows->pdata[i]);
  g_ptr_array_set_size (self->optional_rows, 0);
  g_free (self->address);
  self->address = g_strdup (address);
  for (guint i = 0; game != NULL && i < ptl_game_get_n_ports (game); i++)
    {
      const PtlGamePort *port = ptl_game_get_port (game, i);
      GtkWidget *row = port->optional ? create_optional_row (port) : NULL;

      g_ptr_array_add (self->optional_rows, row);
      if (row != NULL)
        adw_expander_row_add_row (self->advanced_row, row);
    }
}

void
ptl_place_group_set_ports (PtlPlaceGroup *self, guint n_ranges, guint16 first, guint16 last)
{
  g_return_if_fail (PTL_IS_PLACE_GROUP (self));
  self->n_ranges = n_ranges;
  self->n_ports = last - first + 1;
  if (n_ranges != 1 && adw_combo_row_get_selected (self->outside_row) == OUTSIDE_OWN)
    adw_combo_row_set_selected (self->outside_row, OUTSIDE_SAME);
  changed_cb (self);
}

void
ptl_place_group_set_routers (PtlPlaceGroup *self, GListModel *routers)
{
  g_return_if_fail (PTL_IS_PLACE_GROUP (self));
  ptl_router_choice_set_routers (self->router_row, routers, ptl_router_choice_get_id (self->router_row));
  gtk_widget_set_visible (GTK_WIDGET (self->router_row), ptl_router_choice_is_needed (self->router_row));
}

static void
ptl_place_group_finalize (GObject *object)
{
  PtlPlaceGroup *self = PTL_PLACE_GROUP (object);

  g_ptr_array_unref (self->optional_rows);
  g_free (self->address);
  g_free (self->local_address);
  G_OBJECT_CLASS (ptl_place_group_parent_class)->finalize (object);
}

static void
ptl_place_group_class_init (PtlPlaceGroupClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = ptl_place_group_finalize;
  g_type_ensure (PTL_TYPE_ROUTER_CHOICE);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/portolan/Portolan/wizard/"
                                                             "ptl-place-group.ui");
  gtk_widget_class_bind_template_child (widget_class, PtlPlaceGroup, place_row);
  gtk_widget_class_bind_template_child (widget_class, PtlPlaceGroup, host_row);
  gtk_widget_class_bind_template_child (widget_class, PtlPlaceGroup, host_error);
  gtk_widget_class_bind_template_child (widget_class, PtlPlaceGroup, advanced_row);
  gtk_widget_class_bind_template_child (widget_class, PtlPlaceGroup, outside_row);
  gtk_widget_class_bind_template_child (widget_class, PtlPlaceGroup, port_row);
  gtk_widget_class_bind_template_child (widget_class, PtlPlaceGroup, port_error);
  gtk_widget_class_bind_template_child (widget_class, PtlPlaceGroup, router_row);
  gtk_widget_class_bind_template_child (widget_class, PtlPlaceGroup, way_row);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  changed_signal = g_signal_new ("changed", PTL_TYPE_PLACE_GROUP, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 0);
}

static void
ptl_place_group_init (PtlPlaceGroup *self)
{
  self->optional_rows = g_ptr_array_new ();
  self->address = g_strdup ("");
  self->local_address = g_strdup ("");
  self->n_ranges = self->n_ports = 1;
  gtk_widget_init_template (GTK_WIDGET (self));
  ptl_field_set_up (self->host_row);
  ptl_field_set_up_combo (self->place_row);
  ptl_field_set_up_combo (self->outside_row);
  ptl_field_set_up_combo (self->way_row);
  ptl_field_set_up (self->port_row);
  changed_cb (self);
}

PtlPlaceGroup *
ptl_place_group_new (void)
{
  return g_object_new (PTL_TYPE_PLACE_GROUP, NULL);
}

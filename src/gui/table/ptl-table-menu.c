/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-table-private.h"

static GtkListItem *
item_of (GtkWidget *widget)
{
  if (PTL_IS_TABLE_CELL (widget))
    return ptl_table_cell_get_list_item (PTL_TABLE_CELL (widget));
  if (PTL_IS_TABLE_ROW (widget))
    return ptl_table_row_get_list_item (PTL_TABLE_ROW (widget));
  return NULL;
}

/* The cell or row at a widget: it, one around it, or, at a row's edge, the first one in it. */
static GtkListItem *
find_item (GtkWidget *widget, GtkWidget *table)
{
  for (GtkWidget *at = widget; at && at != table; at = gtk_widget_get_parent (at))
    {
      GtkWidget *inner = at;

      for (guint depth = 0; inner && depth < 3; depth++)
        {
          GtkListItem *item = item_of (inner);

          if (item)
            return item;
          inner = gtk_widget_get_first_child (inner);
        }
      if (g_strcmp0 (gtk_widget_get_css_name (at), "row") == 0)
        return NULL;
    }
  return NULL;
}

static void
select_alone (PtlTable *self, GtkListItem *item)
{
  GtkSelectionModel *selection = ptl_table_get_selection (self);
  guint position = gtk_list_item_get_position (item);

  if (position != GTK_INVALID_LIST_POSITION && !gtk_selection_model_is_selected (selection, position))
    gtk_selection_model_select_item (selection, position, TRUE);
}

/* The focus goes back to where it was: GTK 4.8 leaves it anywhere. */
static void
on_closed (GtkPopover *popover, PtlTable *self)
{
  GtkWidget *before = g_object_get_data (G_OBJECT (popover), "ptl-focus");

  if (before && gtk_widget_get_root (before) && gtk_widget_get_mapped (before))
    gtk_widget_grab_focus (before);
  g_object_set_data (G_OBJECT (popover), "ptl-focus", NULL);
}

static void
pop_up (PtlTable *self, const GdkRectangle *at)
{
  GtkWidget *popover = g_object_get_data (G_OBJECT (self), "ptl-menu");
  g_autoptr (GMenuModel) menu = NULL;
  GtkWidget *focus;

  g_object_get (self, "menu-model", &menu, NULL);
  if (!menu || ptl_table_get_n_selected (self) == 0)
    return;
  if (!popover)
    {
      popover = gtk_popover_menu_new_from_model (menu);
      gtk_widget_set_parent (popover, GTK_WIDGET (self));
      gtk_popover_set_has_arrow (GTK_POPOVER (popover), FALSE);
      gtk_widget_set_halign (popover, GTK_ALIGN_START);
      g_object_set_data (G_OBJECT (self), "ptl-menu", popover);
      g_signal_connect (popover, "closed", G_CALLBACK (on_closed), self);
      g_signal_connect_object (self, "destroy", G_CALLBACK (gtk_widget_unparent), popover, G_CONNECT_SWAPPED);
    }
  focus = gtk_root_get_focus (gtk_widget_get_root (GTK_WIDGET (self)));
  if (focus)
    g_object_set_data_full (G_OBJECT (popover), "ptl-focus", g_object_ref (focus), g_object_unref);
  gtk_popover_set_pointing_to (GTK_POPOVER (popover), at);
  gtk_popover_popup (GTK_POPOVER (popover));
}

static gboolean
pop_up_at (PtlTable *self, double x, double y)
{
  GtkWidget *picked = gtk_widget_pick (GTK_WIDGET (self), x, y, GTK_PICK_DEFAULT);
  GtkListItem *item = picked ? find_item (picked, GTK_WIDGET (self)) : NULL;

  if (!item)
    return FALSE;
  select_alone (self, item);
  pop_up (self, &(GdkRectangle) { (int) x, (int) y, 1, 1 });
  return TRUE;
}

static void
on_pressed (GtkGestureClick *gesture, int n_press, double x, double y, PtlTable *self)
{
  GdkEvent *event = gtk_event_controller_get_current_event (GTK_EVENT_CONTROLLER (gesture));

  if (event && gdk_event_triggers_context_menu (event) && pop_up_at (self, x, y))
    gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
}

static void
on_long_press (GtkGestureLongPress *gesture, double x, double y, PtlTable *self)
{
  if (pop_up_at (self, x, y))
    gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
}

static gboolean
on_menu_key (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  PtlTable *self = PTL_TABLE (widget);
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (widget));
  GtkListItem *item = focus ? find_item (focus, widget) : NULL;
  double x = gtk_widget_get_width (widget) / 2.0, y = gtk_widget_get_height (widget) / 2.0;

  if (item)
    {
      select_alone (self, item);
      gtk_widget_translate_coordinates (focus, widget, 48, gtk_widget_get_height (focus), &x, &y);
    }
  pop_up (self, &(GdkRectangle) { (int) x, (int) y, 1, 1 });
  return TRUE;
}

static void
add_shortcut (GtkEventController *controller, const char *trigger)
{
  gtk_shortcut_controller_add_shortcut (
      GTK_SHORTCUT_CONTROLLER (controller),
      gtk_shortcut_new (gtk_shortcut_trigger_parse_string (trigger),
                        gtk_callback_action_new (on_menu_key, NULL, NULL)));
}

void
ptl_table_menu_attach (PtlTable *self)
{
  GtkGesture *click = gtk_gesture_click_new ();
  GtkGesture *press = gtk_gesture_long_press_new ();
  GtkEventController *keys = gtk_shortcut_controller_new ();

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), 0);
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (click), GTK_PHASE_CAPTURE);
  g_signal_connect (click, "pressed", G_CALLBACK (on_pressed), self);
  gtk_gesture_single_set_touch_only (GTK_GESTURE_SINGLE (press), TRUE);
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (press), GTK_PHASE_CAPTURE);
  g_signal_connect (press, "pressed", G_CALLBACK (on_long_press), self);
  add_shortcut (keys, "Menu");
  add_shortcut (keys, "<Shift>F10");
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (press));
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
}

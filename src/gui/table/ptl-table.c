/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-table.h"

#include <adwaita.h>

#include "gui/ptl-a11y.h"
#include "gui/ptl-trace.h"
#include "ptl-table-private.h"

/* GTK keeps 200 rows of widgets ready, seen or not. When many come or go at once, as with each key of a search, only
 * the first ones are shown at once; when the person has stopped typing, some more come with each frame, until GTK
 * has all that it wants. Then the list is whole, for more costs nothing. */
#define FIRST_ROWS 28
#define PAUSE_MSECONDS 300
#define MORE_ROWS 16
#define ALL_ROWS 256

struct _PtlTable
{
  GtkWidget parent_instance;
  GtkStack *stack;
  AdwSqueezer *squeezer;
  GtkWidget *wide;
  GtkWidget *slim;
  GtkColumnView *column_view;
  GtkListView *list_view;
  AdwBin *placeholder;
  const PtlTableSpec *spec;
  gboolean sortable;
  PtlTableColumns *columns;
  GListModel *model;
  GtkSelectionModel *selection;
  GMenuModel *menu_model;
  char *label;
  guint squeeze_id;
  GtkSliceListModel *slice;
  guint pause_id;
  guint grow_id;
  double scrolled; /* how far it was, when it was last seen */
};

enum
{
  PROP_0,
  PROP_MENU_MODEL,
  PROP_PLACEHOLDER,
  PROP_LABEL,
  PROP_NARROW,
  N_PROPS
};

enum
{
  SIGNAL_ACTIVATE,
  SIGNAL_SELECTION_CHANGED,
  SIGNAL_EDGE_REACHED,
  N_SIGNALS
};

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (PtlTable, ptl_table, GTK_TYPE_WIDGET)

gulong
ptl_table_follow (gpointer item, GCallback callback, gpointer data)
{
  if (g_signal_lookup ("changed", G_OBJECT_TYPE (item)) == 0)
    return 0;
  return g_signal_connect_swapped (item, "changed", callback, data);
}

void
ptl_table_describe_row (GtkWidget *cell, const PtlTableSpec *spec, gpointer item)
{
  g_autofree char *words = spec->dup_description (item);
  GtkWidget *row = gtk_widget_get_parent (cell);

  while (row && g_strcmp0 (gtk_widget_get_css_name (row), "row") != 0)
    row = gtk_widget_get_parent (row);
  if (row)
    gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
}

gboolean
ptl_table_is_narrow (PtlTable *self)
{
  return adw_squeezer_get_visible_child (self->squeezer) == self->slim;
}

/* Only the view that is seen has rows. */
static void
show_model (PtlTable *self)
{
  GtkSelectionModel *seen = gtk_widget_get_mapped (GTK_WIDGET (self)) ? self->selection : NULL;
  gboolean narrow = ptl_table_is_narrow (self);

  gtk_column_view_set_model (self->column_view, narrow ? NULL : seen);
  gtk_list_view_set_model (self->list_view, narrow ? seen : NULL);
  if (seen && g_list_model_get_n_items (G_LIST_MODEL (seen)) > 0)
    ptl_trace_frame (GTK_WIDGET (self), "table", ptl_moment_now ());
}

static GtkAdjustment *
get_adjustment (PtlTable *self)
{
  GtkWidget *scroller = ptl_table_is_narrow (self) ? self->slim : self->wide;

  return gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scroller));
}

/* Of each frame while there are rows to come. */
static gboolean
on_grow (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  PtlTable *self = PTL_TABLE (widget);
  guint size = gtk_slice_list_model_get_size (self->slice) + MORE_ROWS;

  gtk_slice_list_model_set_size (self->slice, size < ALL_ROWS ? size : G_MAXUINT);
  if (size < ALL_ROWS)
    return G_SOURCE_CONTINUE;
  self->grow_id = 0;
  if (self->scrolled > 0)
    gtk_adjustment_set_value (get_adjustment (self), self->scrolled);
  self->scrolled = 0;
  return G_SOURCE_REMOVE;
}

static gboolean
on_pause (gpointer user_data)
{
  PtlTable *self = user_data;

  self->pause_id = 0;
  self->grow_id = gtk_widget_add_tick_callback (GTK_WIDGET (self), on_grow, NULL, NULL);
  return G_SOURCE_REMOVE;
}

static void
grow (PtlTable *self)
{
  if (self->pause_id == 0 && self->grow_id == 0 && self->slice
      && gtk_slice_list_model_get_size (self->slice) != G_MAXUINT)
    self->pause_id = g_timeout_add (PAUSE_MSECONDS, on_pause, self);
}

static void
stop_growing (PtlTable *self)
{
  g_clear_handle_id (&self->pause_id, g_source_remove);
  if (self->grow_id != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->grow_id);
  self->grow_id = 0;
}

/* Rows that are selected stay: so then all do. */
static void
shrink (PtlTable *self)
{
  stop_growing (self);
  if (!self->slice || ptl_table_get_n_selected (self) > 0)
    return;
  gtk_slice_list_model_set_size (self->slice, FIRST_ROWS);
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    grow (self);
}


static gboolean
after_squeeze (gpointer user_data)
{
  PtlTable *self = user_data;

  self->squeeze_id = 0;
  show_model (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_NARROW]);
  return G_SOURCE_REMOVE;
}

/* It is in the middle of being allocated its size: rows come and go afterwards, and before the next frame. */
static void
on_squeezed (PtlTable *self)
{
  if (self->squeeze_id == 0)
    self->squeeze_id = g_idle_add_full (G_PRIORITY_HIGH_IDLE, after_squeeze, self, NULL);
}

void
ptl_table_start_over (PtlTable *self)
{
  self->scrolled = 0;
  shrink (self);
}

static void
on_items_changed (PtlTable *self)
{
  gboolean empty = !self->model || g_list_model_get_n_items (self->model) == 0;

  gtk_stack_set_visible_child_name (self->stack,
                                    empty && adw_bin_get_child (self->placeholder) ? "empty" : "rows");
}

static void
on_selection_changed (PtlTable *self)
{
  g_signal_emit (self, signals[SIGNAL_SELECTION_CHANGED], 0);
}

static void
drop_model (PtlTable *self)
{
  if (self->model)
    g_signal_handlers_disconnect_by_data (self->model, self);
  if (self->selection)
    g_signal_handlers_disconnect_by_data (self->selection, self);
  stop_growing (self);
  g_clear_object (&self->slice);
  g_clear_object (&self->model);
  g_clear_object (&self->selection);
}

void
ptl_table_set_model (PtlTable *self, GListModel *model)
{
  GListModel *rows;

  drop_model (self);
  if (!model)
    {
      show_model (self);
      on_items_changed (self);
      return;
    }
  self->model = g_object_ref (model);
  rows = g_object_ref (model);
  if (self->sortable)
    rows = G_LIST_MODEL (gtk_sort_list_model_new (rows, g_object_ref (gtk_column_view_get_sorter (self->column_view))));
  self->slice = gtk_slice_list_model_new (rows, 0, FIRST_ROWS);
  self->selection = GTK_SELECTION_MODEL (gtk_multi_selection_new (g_object_ref (G_LIST_MODEL (self->slice))));
  g_signal_connect_swapped (self->selection, "selection-changed", G_CALLBACK (on_selection_changed), self);
  /* Rows that go take their being selected along, without a word. */
  g_signal_connect_object (self->selection, "items-changed", G_CALLBACK (on_selection_changed), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  g_signal_connect_swapped (self->model, "items-changed", G_CALLBACK (on_items_changed), self);
  show_model (self);
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    grow (self);
  on_items_changed (self);
}

static void
on_row_setup (GtkSignalListItemFactory *factory, GtkListItem *list_item, PtlTable *self)
{
  gtk_list_item_set_child (list_item, ptl_table_row_new (self->spec, list_item));
}

static void
on_row_bind (GtkSignalListItemFactory *factory, GtkListItem *list_item, gpointer user_data)
{
  ptl_table_row_bind (PTL_TABLE_ROW (gtk_list_item_get_child (list_item)));
}

static void
on_row_unbind (GtkSignalListItemFactory *factory, GtkListItem *list_item, gpointer user_data)
{
  ptl_table_row_unbind (PTL_TABLE_ROW (gtk_list_item_get_child (list_item)));
}

void
ptl_table_set_spec (PtlTable *self, const PtlTableSpec *spec, gboolean sortable)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

  g_return_if_fail (self->spec == NULL);
  self->spec = spec;
  self->sortable = sortable;
  self->columns = ptl_table_columns_new (spec, self->column_view, sortable);
  g_signal_connect_object (factory, "setup", G_CALLBACK (on_row_setup), self, 0);
  g_signal_connect (factory, "bind", G_CALLBACK (on_row_bind), NULL);
  g_signal_connect (factory, "unbind", G_CALLBACK (on_row_unbind), NULL);
  gtk_list_view_set_factory (self->list_view, factory);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "table", ptl_table_columns_get_actions (self->columns));
}

GtkSelectionModel *
ptl_table_get_selection (PtlTable *self)
{
  return self->selection;
}

guint
ptl_table_get_n_selected (PtlTable *self)
{
  g_autoptr (GtkBitset) selected = self->selection ? gtk_selection_model_get_selection (self->selection) : NULL;

  return selected ? (guint) gtk_bitset_get_size (selected) : 0;
}

GPtrArray *
ptl_table_dup_selected (PtlTable *self)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GtkBitset) selected = self->selection ? gtk_selection_model_get_selection (self->selection) : NULL;
  GtkBitsetIter iter;
  guint position;

  if (selected && gtk_bitset_iter_init_first (&iter, selected, &position))
    do
      g_ptr_array_add (items, g_list_model_get_item (G_LIST_MODEL (self->selection), position));
    while (gtk_bitset_iter_next (&iter, &position));
  return g_steal_pointer (&items);
}

void
ptl_table_unselect_all (PtlTable *self)
{
  if (self->selection)
    gtk_selection_model_unselect_all (self->selection);
}

void
ptl_table_resort (PtlTable *self)
{
  if (self->sortable)
    gtk_sorter_changed (gtk_column_view_get_sorter (self->column_view), GTK_SORTER_CHANGE_DIFFERENT);
}

GActionGroup *
ptl_table_get_actions (PtlTable *self)
{
  return ptl_table_columns_get_actions (self->columns);
}

GMenuModel *
ptl_table_get_view_menu (PtlTable *self)
{
  return ptl_table_columns_get_menu (self->columns);
}

static void
on_activate (PtlTable *self, guint position)
{
  g_autoptr (GObject) item = g_list_model_get_item (G_LIST_MODEL (self->selection), position);

  if (item)
    g_signal_emit (self, signals[SIGNAL_ACTIVATE], 0, item);
}

static void
on_edge_reached (PtlTable *self, GtkPositionType edge)
{
  if (edge == GTK_POS_BOTTOM)
    g_signal_emit (self, signals[SIGNAL_EDGE_REACHED], 0);
}

static gboolean
activate_selected (gpointer user_data)
{
  PtlTable *self = user_data;
  g_autoptr (GPtrArray) items = ptl_table_dup_selected (self);

  if (items->len == 1)
    g_signal_emit (self, signals[SIGNAL_ACTIVATE], 0, items->pdata[0]);
  return G_SOURCE_REMOVE;
}

/* A tap on a row selects it, just after this; then it is opened. With Ctrl or Shift it is only selected. */
static void
on_tapped (GtkGestureClick *gesture, int n_press, double x, double y, gpointer user_data)
{
  GtkWidget *view = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (gesture));
  GtkWidget *table = gtk_widget_get_ancestor (view, PTL_TYPE_TABLE);
  GdkModifierType state = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (gesture));

  if (n_press == 1 && (state & (GDK_SHIFT_MASK | GDK_CONTROL_MASK)) == 0)
    g_idle_add_full (G_PRIORITY_DEFAULT, activate_selected, g_object_ref (table), g_object_unref);
}

static void
set_label (PtlTable *self, const char *label)
{
  g_free (self->label);
  self->label = g_strdup (label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->column_view), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list_view), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

static void
ptl_table_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (ptl_table_parent_class)->map (widget);
  show_model (PTL_TABLE (widget));
  grow (PTL_TABLE (widget));
}

/* A table that is not seen costs nothing. */
static void
ptl_table_unmap (GtkWidget *widget)
{
  PtlTable *self = PTL_TABLE (widget);

  self->scrolled = gtk_adjustment_get_value (get_adjustment (self));
  GTK_WIDGET_CLASS (ptl_table_parent_class)->unmap (widget);
  show_model (self);
  shrink (self);
}

/* Tab goes past the table, not from row to row: among a thousand rows one moves by the arrow keys. */
static gboolean
ptl_table_focus (GtkWidget *widget, GtkDirectionType direction)
{
  gboolean inside = gtk_widget_get_focus_child (widget) != NULL;

  if (inside && (direction == GTK_DIR_TAB_FORWARD || direction == GTK_DIR_TAB_BACKWARD))
    return FALSE;
  return GTK_WIDGET_CLASS (ptl_table_parent_class)->focus (widget, direction);
}

static void
ptl_table_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  PtlTable *self = PTL_TABLE (object);

  switch (id)
    {
    case PROP_MENU_MODEL:
      g_set_object (&self->menu_model, g_value_get_object (value));
      break;
    case PROP_PLACEHOLDER:
      adw_bin_set_child (self->placeholder, g_value_get_object (value));
      on_items_changed (self);
      break;
    case PROP_LABEL:
      set_label (self, g_value_get_string (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
ptl_table_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PtlTable *self = PTL_TABLE (object);

  switch (id)
    {
    case PROP_MENU_MODEL:
      g_value_set_object (value, self->menu_model);
      break;
    case PROP_PLACEHOLDER:
      g_value_set_object (value, adw_bin_get_child (self->placeholder));
      break;
    case PROP_LABEL:
      g_value_set_string (value, self->label);
      break;
    case PROP_NARROW:
      g_value_set_boolean (value, ptl_table_is_narrow (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
ptl_table_dispose (GObject *object)
{
  PtlTable *self = PTL_TABLE (object);

  g_clear_handle_id (&self->squeeze_id, g_source_remove);
  drop_model (self);
  if (self->stack)
    {
      gtk_column_view_set_model (self->column_view, NULL);
      gtk_list_view_set_model (self->list_view, NULL);
    }
  g_clear_pointer (&self->columns, ptl_table_columns_free);
  g_clear_pointer ((GtkWidget **) &self->stack, gtk_widget_unparent);
  g_clear_object (&self->menu_model);
  g_clear_pointer (&self->label, g_free);
  G_OBJECT_CLASS (ptl_table_parent_class)->dispose (object);
}

static void
ptl_table_class_init (PtlTableClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->set_property = ptl_table_set_property;
  object_class->get_property = ptl_table_get_property;
  object_class->dispose = ptl_table_dispose;
  widget_class->focus = ptl_table_focus;
  widget_class->map = ptl_table_map;
  widget_class->unmap = ptl_table_unmap;

  props[PROP_MENU_MODEL] = g_param_spec_object ("menu-model", NULL, NULL, G_TYPE_MENU_MODEL,
                                                G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  props[PROP_PLACEHOLDER] = g_param_spec_object ("placeholder", NULL, NULL, GTK_TYPE_WIDGET,
                                                 G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  props[PROP_LABEL] = g_param_spec_string ("label", NULL, NULL, NULL,
                                           G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  props[PROP_NARROW] = g_param_spec_boolean ("narrow", NULL, NULL, FALSE,
                                             G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  signals[SIGNAL_ACTIVATE] = g_signal_new ("activate", PTL_TYPE_TABLE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                           G_TYPE_NONE, 1, G_TYPE_OBJECT);
  signals[SIGNAL_SELECTION_CHANGED] = g_signal_new ("selection-changed", PTL_TYPE_TABLE, G_SIGNAL_RUN_LAST, 0,
                                                    NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_EDGE_REACHED] = g_signal_new ("edge-reached", PTL_TYPE_TABLE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                               G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/portolan/Portolan/table/ptl-table.ui");
  gtk_widget_class_bind_template_child (widget_class, PtlTable, stack);
  gtk_widget_class_bind_template_child (widget_class, PtlTable, squeezer);
  gtk_widget_class_bind_template_child (widget_class, PtlTable, wide);
  gtk_widget_class_bind_template_child (widget_class, PtlTable, slim);
  gtk_widget_class_bind_template_child (widget_class, PtlTable, column_view);
  gtk_widget_class_bind_template_child (widget_class, PtlTable, list_view);
  gtk_widget_class_bind_template_child (widget_class, PtlTable, placeholder);
  gtk_widget_class_bind_template_callback (widget_class, on_squeezed);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_tapped);
  gtk_widget_class_bind_template_callback (widget_class, on_edge_reached);
}

static void
ptl_table_init (PtlTable *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  ptl_a11y_hide_unmapped (self->wide);
  ptl_a11y_hide_unmapped (self->slim);
  ptl_a11y_hide_unmapped (GTK_WIDGET (self->placeholder));
  ptl_table_menu_attach (self);
}

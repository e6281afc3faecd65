/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-table-private.h"

#include <glib/gi18n-lib.h>

#include "gui/ptl-gui.h"

typedef struct
{
  PtlTableColumns *owner;
  const PtlTableSpec *table;
  const PtlColumn *spec;
  GtkColumnViewColumn *column; /* the view owns it */
} Column;

struct _PtlTableColumns
{
  const PtlTableSpec *spec;
  GtkColumnView *view; /* not owned: it outlives us */
  GPtrArray *columns;  /* of Column */
  GSettings *settings;
  GSimpleActionGroup *actions;
  GMenu *menu;
  GObject *probe, *other;
  const Column *probed;
};

const PtlColumn *
ptl_table_spec_find (const PtlTableSpec *spec, const char *id)
{
  for (guint i = 0; i < spec->n_columns; i++)
    if (g_strcmp0 (spec->columns[i].id, id) == 0)
      return &spec->columns[i];
  return NULL;
}

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *list_item, Column *column)
{
  gtk_list_item_set_child (list_item, ptl_table_cell_new (column->table, column->spec, list_item));
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *list_item, gpointer user_data)
{
  ptl_table_cell_bind (PTL_TABLE_CELL (gtk_list_item_get_child (list_item)));
}

static void
on_unbind (GtkSignalListItemFactory *factory, GtkListItem *list_item, gpointer user_data)
{
  ptl_table_cell_unbind (PTL_TABLE_CELL (gtk_list_item_get_child (list_item)));
}

/* GTK before 4.10 does not tell which column a view is sorted by: a comparison with an item of our own
 * finds out, for the first column that is asked is the one. */
static int
compare (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const Column *column = user_data;
  PtlTableColumns *self = column->owner;

  if (a == self->probe)
    {
      if (!self->probed)
        self->probed = column;
      return -1;
    }
  return column->spec->compare ((gpointer) a, (gpointer) b);
}

static char *
find_sort (PtlTableColumns *self)
{
  GtkSorter *sorter = gtk_column_view_get_sorter (self->view);
  GtkOrdering ordering;

  self->probed = NULL;
  ordering = gtk_sorter_compare (sorter, self->probe, self->other);
  if (!self->probed)
    return g_strdup ("");
  return g_strconcat (ordering == GTK_ORDERING_LARGER ? "-" : "", self->probed->spec->id, NULL);
}

static void
sort_by (PtlTableColumns *self, const char *sort)
{
  gboolean descending = sort[0] == '-';

  for (guint i = 0; i < self->columns->len; i++)
    {
      Column *column = self->columns->pdata[i];

      if (column->spec->compare && g_strcmp0 (column->spec->id, sort + descending) == 0)
        gtk_column_view_sort_by_column (self->view, column->column,
                                        descending ? GTK_SORT_DESCENDING : GTK_SORT_ASCENDING);
    }
}

static void
on_sorter_changed (GtkSorter *sorter, GtkSorterChange change, PtlTableColumns *self)
{
  g_autofree char *sort = find_sort (self);
  g_autofree char *known = NULL;
  gboolean descending = sort[0] == '-';
  GAction *by = g_action_map_lookup_action (G_ACTION_MAP (self->actions), "sort");
  GAction *order = g_action_map_lookup_action (G_ACTION_MAP (self->actions), "descending");

  if (!by)
    return;
  g_simple_action_set_state (G_SIMPLE_ACTION (by), g_variant_new_string (sort + descending));
  g_simple_action_set_state (G_SIMPLE_ACTION (order), g_variant_new_boolean (descending));
  if (!self->spec->sort_key)
    return;
  known = g_settings_get_string (self->settings, self->spec->sort_key);
  if (g_strcmp0 (known, sort) != 0)
    g_settings_set_string (self->settings, self->spec->sort_key, sort);
}

static void
on_sort (GSimpleAction *action, GVariant *value, gpointer user_data)
{
  sort_by (user_data, g_variant_get_string (value, NULL));
}

static void
on_descending (GSimpleAction *action, GVariant *value, gpointer user_data)
{
  g_autofree char *sort = find_sort (user_data);
  g_autofree char *turned = NULL;

  if (*sort == '\0')
    return;
  turned = g_strconcat (g_variant_get_boolean (value) ? "-" : "", sort + (sort[0] == '-'), NULL);
  sort_by (user_data, turned);
}

static void
on_visible (PtlTableColumns *self)
{
  g_autoptr (GStrvBuilder) ids = g_strv_builder_new ();
  g_auto (GStrv) shown = NULL;

  for (guint i = 0; i < self->columns->len; i++)
    {
      Column *column = self->columns->pdata[i];

      if (gtk_column_view_column_get_visible (column->column))
        g_strv_builder_add (ids, column->spec->id);
    }
  shown = g_strv_builder_end (ids);
  g_settings_set_strv (self->settings, self->spec->columns_key, (const char *const *) shown);
}

/* A table without a column would have no header to bring one back by: the first one always stays. */
static gboolean
is_shown (const PtlTableSpec *spec, const PtlColumn *column, const char *const *shown)
{
  return !shown || column == &spec->columns[0] || g_strv_contains (shown, column->id);
}

/* Two tables may share their columns: what is chosen in one is chosen in the other. */
static void
on_columns_set (PtlTableColumns *self)
{
  g_auto (GStrv) shown = g_settings_get_strv (self->settings, self->spec->columns_key);

  for (guint i = 0; i < self->columns->len; i++)
    {
      Column *column = self->columns->pdata[i];
      gboolean visible = is_shown (self->spec, column->spec, (const char *const *) shown);

      g_signal_handlers_block_by_func (column->column, on_visible, self);
      if (gtk_column_view_column_get_visible (column->column) != visible)
        gtk_column_view_column_set_visible (column->column, visible);
      g_signal_handlers_unblock_by_func (column->column, on_visible, self);
    }
}

static void
on_sort_set (PtlTableColumns *self)
{
  g_autofree char *wanted = g_settings_get_string (self->settings, self->spec->sort_key);
  g_autofree char *present = find_sort (self);

  if (g_strcmp0 (wanted, present) != 0)
    sort_by (self, wanted);
}

static void
follow (PtlTableColumns *self, const char *key, GCallback callback)
{
  g_autofree char *signal = g_strconcat ("changed::", key, NULL);

  g_signal_connect_swapped (self->settings, signal, callback, self);
}

static void
add_column (PtlTableColumns *self, const PtlColumn *spec, const char *const *shown, gboolean sortable)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  Column *column = g_new0 (Column, 1);

  column->owner = self;
  column->table = self->spec;
  column->spec = spec;
  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), column);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), NULL);
  g_signal_connect (factory, "unbind", G_CALLBACK (on_unbind), NULL);
  column->column = gtk_column_view_column_new (_(spec->title), factory);
  gtk_column_view_column_set_resizable (column->column, TRUE);
  gtk_column_view_column_set_expand (column->column, spec->expand);
  gtk_column_view_column_set_visible (column->column, is_shown (self->spec, spec, shown));
  if (sortable && spec->compare)
    {
      g_autoptr (GtkSorter) sorter = GTK_SORTER (gtk_custom_sorter_new (compare, column, NULL));

      gtk_column_view_column_set_sorter (column->column, sorter);
    }
  gtk_column_view_append_column (self->view, column->column);
  g_ptr_array_add (self->columns, column);
  g_object_unref (column->column);
}

static GMenuModel *
make_columns_menu (PtlTableColumns *self)
{
  GMenu *menu = g_menu_new ();

  for (guint i = 1; i < self->columns->len; i++)
    {
      Column *column = self->columns->pdata[i];
      g_autofree char *name = g_strconcat ("column-", column->spec->id, NULL);
      g_autofree char *detailed = g_strconcat ("table.", name, NULL);
      g_autoptr (GPropertyAction) action = g_property_action_new (name, column->column, "visible");

      g_action_map_add_action (G_ACTION_MAP (self->actions), G_ACTION (action));
      g_menu_append (menu, _(column->spec->title), detailed);
      if (self->spec->columns_key)
        g_signal_connect_swapped (column->column, "notify::visible", G_CALLBACK (on_visible), self);
    }
  return G_MENU_MODEL (menu);
}

static GMenuModel *
make_sort_menu (PtlTableColumns *self)
{
  g_autoptr (GMenu) section = g_menu_new ();
  g_autoptr (GMenu) order = g_menu_new ();
  GMenu *menu = g_menu_new ();

  for (guint i = 0; i < self->columns->len; i++)
    {
      Column *column = self->columns->pdata[i];
      g_autoptr (GMenuItem) item = g_menu_item_new (_(column->spec->title), NULL);

      if (!column->spec->compare)
        continue;
      g_menu_item_set_action_and_target (item, "table.sort", "s", column->spec->id);
      g_menu_append_item (section, item);
    }
  g_menu_append (order, _("_Largest First"), "table.descending");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (section));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (order));
  return G_MENU_MODEL (menu);
}

static void
set_up_sort (PtlTableColumns *self)
{
  static const GActionEntry entries[] = {
    { .name = "sort", .parameter_type = "s", .state = "''", .activate = on_sort },
    { .name = "descending", .state = "false", .change_state = on_descending },
  };
  g_autofree char *sort = NULL;

  self->probe = g_object_new (G_TYPE_OBJECT, NULL);
  self->other = g_object_new (G_TYPE_OBJECT, NULL);
  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), entries, G_N_ELEMENTS (entries), self);
  if (self->spec->sort_key)
    sort = g_settings_get_string (self->settings, self->spec->sort_key);
  if (sort)
    sort_by (self, sort);
  g_signal_connect (gtk_column_view_get_sorter (self->view), "changed", G_CALLBACK (on_sorter_changed), self);
  on_sorter_changed (NULL, GTK_SORTER_CHANGE_DIFFERENT, self);
}

static void
add_menus (PtlTableColumns *self, gboolean sortable)
{
  g_autoptr (GMenuModel) columns = make_columns_menu (self);

  for (guint i = 0; i < self->columns->len; i++)
    gtk_column_view_column_set_header_menu (((Column *) self->columns->pdata[i])->column, columns);
  g_menu_append_submenu (self->menu, _("_Columns"), columns);
  if (sortable)
    {
      g_autoptr (GMenuModel) sort = NULL;

      set_up_sort (self);
      sort = make_sort_menu (self);
      g_menu_append_submenu (self->menu, _("_Sort By"), sort);
    }
}

PtlTableColumns *
ptl_table_columns_new (const PtlTableSpec *spec, GtkColumnView *view, gboolean sortable)
{
  PtlTableColumns *self = g_new0 (PtlTableColumns, 1);
  g_auto (GStrv) shown = NULL;

  self->spec = spec;
  self->view = view;
  self->columns = g_ptr_array_new_with_free_func (g_free);
  self->settings = g_settings_new (PTL_GUI_APP_ID);
  self->actions = g_simple_action_group_new ();
  self->menu = g_menu_new ();
  if (spec->columns_key)
    shown = g_settings_get_strv (self->settings, spec->columns_key);
  for (guint i = 0; i < spec->n_columns; i++)
    add_column (self, &spec->columns[i], (const char *const *) shown, sortable);
  add_menus (self, sortable);
  if (spec->columns_key)
    follow (self, spec->columns_key, G_CALLBACK (on_columns_set));
  if (sortable && spec->sort_key)
    follow (self, spec->sort_key, G_CALLBACK (on_sort_set));
  return self;
}

void
ptl_table_columns_free (PtlTableColumns *self)
{
  GtkSorter *sorter = gtk_column_view_get_sorter (self->view);

  if (sorter)
    g_signal_handlers_disconnect_by_data (sorter, self);
  for (guint i = 0; i < self->columns->len; i++)
    {
      Column *column = self->columns->pdata[i];

      g_signal_handlers_disconnect_by_data (column->column, self);
      gtk_column_view_column_set_sorter (column->column, NULL);
      gtk_column_view_column_set_factory (column->column, NULL);
    }
  g_signal_handlers_disconnect_by_data (self->settings, self);
  g_ptr_array_unref (self->columns);
  g_clear_object (&self->probe);
  g_clear_object (&self->other);
  g_object_unref (self->settings);
  g_object_unref (self->actions);
  g_object_unref (self->menu);
  g_free (self);
}

GActionGroup *
ptl_table_columns_get_actions (PtlTableColumns *self)
{
  return G_ACTION_GROUP (self->actions);
}

GMenuModel *
ptl_table_columns_get_menu (PtlTableColumns *self)
{
  return G_MENU_MODEL (self->menu);
}

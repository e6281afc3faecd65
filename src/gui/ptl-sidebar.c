/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-sidebar.h"

#include "ptl-gui.h"
#include "ptl-sidebar-row.h"

struct _PtlSidebar
{
  GtkWidget parent_instance;
  GtkWidget *scroller;
  GtkListBox *list;
};

enum
{
  PROP_0,
  PROP_PAGE,
  N_PROPS
};

static GParamSpec *props[N_PROPS];
static guint activated_signal;

G_DEFINE_FINAL_TYPE (PtlSidebar, ptl_sidebar, GTK_TYPE_WIDGET)

static PtlSidebarRow *
find_row (PtlSidebar *self, const char *page)
{
  GtkWidget *row = gtk_widget_get_first_child (GTK_WIDGET (self->list));

  for (; row; row = gtk_widget_get_next_sibling (row))
    if (g_strcmp0 (ptl_sidebar_row_get_page (PTL_SIDEBAR_ROW (row)), page) == 0)
      return PTL_SIDEBAR_ROW (row);
  return NULL;
}

const char *
ptl_sidebar_get_page (PtlSidebar *self)
{
  GtkListBoxRow *row = gtk_list_box_get_selected_row (self->list);

  return row ? ptl_sidebar_row_get_page (PTL_SIDEBAR_ROW (row)) : NULL;
}

gboolean
ptl_sidebar_set_page (PtlSidebar *self, const char *page)
{
  PtlSidebarRow *row = find_row (self, page);

  if (row)
    gtk_list_box_select_row (self->list, GTK_LIST_BOX_ROW (row));
  return row != NULL;
}

void
ptl_sidebar_set_count (PtlSidebar *self, const char *page, guint count)
{
  PtlSidebarRow *row = find_row (self, page);

  if (row)
    ptl_sidebar_row_set_count (row, count);
}

static void
on_row_selected (PtlSidebar *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_PAGE]);
}

static void
on_row_activated (PtlSidebar *self)
{
  g_signal_emit (self, activated_signal, 0);
}

/* A row that gets the focus is chosen: whoever only comes past by the Tab key must not change the page. */
static gboolean
ptl_sidebar_focus (GtkWidget *widget, GtkDirectionType direction)
{
  PtlSidebar *self = PTL_SIDEBAR (widget);
  GtkListBoxRow *row = gtk_list_box_get_selected_row (self->list);

  if (direction != GTK_DIR_TAB_FORWARD && direction != GTK_DIR_TAB_BACKWARD)
    return GTK_WIDGET_CLASS (ptl_sidebar_parent_class)->focus (widget, direction);
  return !gtk_widget_get_focus_child (widget) && row && gtk_widget_grab_focus (GTK_WIDGET (row));
}

static void
ptl_sidebar_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  g_value_set_string (value, ptl_sidebar_get_page (PTL_SIDEBAR (object)));
}

static void
ptl_sidebar_dispose (GObject *object)
{
  PtlSidebar *self = PTL_SIDEBAR (object);

  g_clear_pointer (&self->scroller, gtk_widget_unparent);
  G_OBJECT_CLASS (ptl_sidebar_parent_class)->dispose (object);
}

static void
ptl_sidebar_class_init (PtlSidebarClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = ptl_sidebar_get_property;
  object_class->dispose = ptl_sidebar_dispose;
  widget_class->focus = ptl_sidebar_focus;
  props[PROP_PAGE] = g_param_spec_string ("page", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  activated_signal = g_signal_new ("activated", PTL_TYPE_SIDEBAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  g_type_ensure (PTL_TYPE_SIDEBAR_ROW);
  gtk_widget_class_set_template_from_resource (widget_class, PTL_GUI_RESOURCES "/ptl-sidebar.ui");
  gtk_widget_class_bind_template_child (widget_class, PtlSidebar, scroller);
  gtk_widget_class_bind_template_child (widget_class, PtlSidebar, list);
  gtk_widget_class_bind_template_callback (widget_class, on_row_selected);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
}

static void
ptl_sidebar_init (PtlSidebar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

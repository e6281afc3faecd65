/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-sidebar-row.h"

#include "ptl-gui.h"

struct _PtlSidebarRow
{
  GtkListBoxRow parent_instance;
  char *page;
  char *icon_name;
  char *title;
  GtkLabel *count;
};

enum
{
  PROP_0,
  PROP_PAGE,
  PROP_ICON_NAME,
  PROP_TITLE,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (PtlSidebarRow, ptl_sidebar_row, GTK_TYPE_LIST_BOX_ROW)

const char *
ptl_sidebar_row_get_page (PtlSidebarRow *self)
{
  return self->page;
}

void
ptl_sidebar_row_set_count (PtlSidebarRow *self, guint count)
{
  g_autofree char *text = g_strdup_printf ("%u", count);

  gtk_label_set_text (self->count, text);
  gtk_widget_set_visible (GTK_WIDGET (self->count), count > 0);
}

static char **
field (PtlSidebarRow *self, guint id)
{
  return id == PROP_PAGE ? &self->page : id == PROP_ICON_NAME ? &self->icon_name : &self->title;
}

static void
ptl_sidebar_row_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  char **text = field (PTL_SIDEBAR_ROW (object), id);

  g_free (*text);
  *text = g_value_dup_string (value);
  if (id == PROP_TITLE)
    gtk_accessible_update_property (GTK_ACCESSIBLE (object), GTK_ACCESSIBLE_PROPERTY_LABEL, *text, -1);
}

static void
ptl_sidebar_row_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  g_value_set_string (value, *field (PTL_SIDEBAR_ROW (object), id));
}

static void
ptl_sidebar_row_finalize (GObject *object)
{
  for (guint id = PROP_PAGE; id < N_PROPS; id++)
    g_free (*field (PTL_SIDEBAR_ROW (object), id));
  G_OBJECT_CLASS (ptl_sidebar_row_parent_class)->finalize (object);
}

static void
ptl_sidebar_row_class_init (PtlSidebarRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->set_property = ptl_sidebar_row_set_property;
  object_class->get_property = ptl_sidebar_row_get_property;
  object_class->finalize = ptl_sidebar_row_finalize;
  props[PROP_PAGE] = g_param_spec_string ("page", NULL, NULL, NULL, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  props[PROP_ICON_NAME] = g_param_spec_string ("icon-name", NULL, NULL, NULL,
                                               G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  props[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  gtk_widget_class_set_template_from_resource (widget_class, PTL_GUI_RESOURCES "/ptl-sidebar-row.ui");
  gtk_widget_class_bind_template_child (widget_class, PtlSidebarRow, count);
}

static void
ptl_sidebar_row_init (PtlSidebarRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

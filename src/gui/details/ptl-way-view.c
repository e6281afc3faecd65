/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-way-view.h"

#include <glib/gi18n-lib.h>

#include "ptl-hop-row.h"

struct _PtlWayView
{
  GtkWidget parent_instance;
};

G_DEFINE_FINAL_TYPE (PtlWayView, ptl_way_view, GTK_TYPE_WIDGET)

void
ptl_way_view_set_hops (PtlWayView *self, GPtrArray *hops)
{
  GtkWidget *row = gtk_widget_get_first_child (GTK_WIDGET (self));

  /* Rows are kept: a state that changes must not take the focus or a selected text away. */
  for (guint i = 0; i < hops->len; i++)
    {
      if (!row)
        {
          row = ptl_hop_row_new ();
          gtk_widget_set_parent (row, GTK_WIDGET (self));
        }
      ptl_hop_row_set_hop (PTL_HOP_ROW (row), hops->pdata[i], i + 1 == hops->len);
      row = gtk_widget_get_next_sibling (row);
    }
  while (row)
    {
      GtkWidget *next = gtk_widget_get_next_sibling (row);

      gtk_widget_unparent (row);
      row = next;
    }
}

void
ptl_way_view_set_label (PtlWayView *self, const char *label)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

static void
ptl_way_view_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))))
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (ptl_way_view_parent_class)->dispose (object);
}

static void
ptl_way_view_class_init (PtlWayViewClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ptl_way_view_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "way");
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_LIST);
}

static void
ptl_way_view_init (PtlWayView *self)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));

  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("The way from outside to the program"), -1);
}

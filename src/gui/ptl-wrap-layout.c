/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-wrap-layout.h"

/* Beside the second child, the first one has at least this much; pixels. */
#define ROOM 300
#define SPACING 12

struct _PtlWrapLayout
{
  GtkLayoutManager parent_instance;
};

G_DEFINE_FINAL_TYPE (PtlWrapLayout, ptl_wrap_layout, GTK_TYPE_LAYOUT_MANAGER)

typedef struct
{
  GtkWidget *first;
  GtkWidget *second; /* NULL where there is none, or it is hidden */
  int second_width;
  gboolean beside;
} Shape;

static Shape
find_shape (GtkWidget *widget, int width)
{
  Shape shape = { gtk_widget_get_first_child (widget), gtk_widget_get_last_child (widget), 0, FALSE };

  if (shape.second == shape.first || !gtk_widget_should_layout (shape.second))
    shape.second = NULL;
  if (shape.second)
    gtk_widget_measure (shape.second, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &shape.second_width, NULL, NULL);
  shape.beside = width < 0 || width >= ROOM + SPACING + shape.second_width;
  return shape;
}

static int
height_of (GtkWidget *widget, int width)
{
  int height;

  gtk_widget_measure (widget, GTK_ORIENTATION_VERTICAL, width, NULL, &height, NULL, NULL);
  return height;
}

static void
measure_width (GtkWidget *widget, int *minimum, int *natural)
{
  Shape shape = find_shape (widget, -1);
  int least;

  gtk_widget_measure (shape.first, GTK_ORIENTATION_HORIZONTAL, -1, minimum, natural, NULL, NULL);
  if (!shape.second)
    return;
  gtk_widget_measure (shape.second, GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL, NULL);
  *minimum = MAX (*minimum, least);
  *natural = MAX (*natural + SPACING + shape.second_width, *minimum);
}

static int
measure_height (GtkWidget *widget, int width)
{
  Shape shape = find_shape (widget, width);

  if (!shape.second)
    return height_of (shape.first, width);
  if (!shape.beside)
    return height_of (shape.first, width) + SPACING / 2 + height_of (shape.second, width);
  if (width >= 0)
    width -= SPACING + shape.second_width;
  return MAX (height_of (shape.first, width), height_of (shape.second, -1));
}

static void
ptl_wrap_layout_measure (GtkLayoutManager *layout, GtkWidget *widget, GtkOrientation orientation, int for_size,
                         int *minimum, int *natural, int *minimum_baseline, int *natural_baseline)
{
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    measure_width (widget, minimum, natural);
  else
    *minimum = *natural = measure_height (widget, for_size);
}

static void
place (GtkWidget *widget, GtkWidget *child, int width, GtkAllocation box)
{
  if (gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL)
    box.x = width - box.x - box.width;
  gtk_widget_size_allocate (child, &box, -1);
}

static void
ptl_wrap_layout_allocate (GtkLayoutManager *layout, GtkWidget *widget, int width, int height, int baseline)
{
  Shape shape = find_shape (widget, width);
  int first_width = width, first_height = height;

  if (shape.second && shape.beside)
    {
      int second_height = height_of (shape.second, shape.second_width);

      first_width -= SPACING + shape.second_width;
      place (widget, shape.second, width,
             (GtkAllocation) { width - shape.second_width, (height - second_height) / 2, shape.second_width, second_height });
    }
  else if (shape.second)
    {
      first_height = height_of (shape.first, width);
      place (widget, shape.second, width,
             (GtkAllocation) { 0, first_height + SPACING / 2, MIN (shape.second_width, width), height - first_height - SPACING / 2 });
    }
  place (widget, shape.first, width, (GtkAllocation) { 0, 0, first_width, first_height });
}

static GtkSizeRequestMode
ptl_wrap_layout_get_request_mode (GtkLayoutManager *layout, GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
ptl_wrap_layout_class_init (PtlWrapLayoutClass *klass)
{
  GtkLayoutManagerClass *layout_class = GTK_LAYOUT_MANAGER_CLASS (klass);

  layout_class->measure = ptl_wrap_layout_measure;
  layout_class->allocate = ptl_wrap_layout_allocate;
  layout_class->get_request_mode = ptl_wrap_layout_get_request_mode;
}

static void
ptl_wrap_layout_init (PtlWrapLayout *self)
{
}

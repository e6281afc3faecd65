/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-check-controls.h"

#include <glib/gi18n-lib.h>

#include "gui/ptl-a11y.h"
#include "gui/ptl-gui.h"
#include "ptl-finding-words.h"

struct _PtlCheckControls
{
  GtkWidget parent_instance;
  GtkWidget *check_button;
  GtkWidget *progress_box;
  GtkLabel *phase;
  GtkProgressBar *bar;
  GtkWidget *cancel_button;
  PtlClient *client;
  gboolean waiting;
};

G_DEFINE_FINAL_TYPE (PtlCheckControls, ptl_check_controls, GTK_TYPE_WIDGET)

static void
show (PtlCheckControls *self)
{
  GVariant *check = ptl_client_get_exposure_check (self->client);
  gboolean running = ptl_exposure_is_running (check) || self->waiting;
  g_autofree char *phase = ptl_exposure_dup_phase (check);
  double fraction = ptl_exposure_get_fraction (check);

  gtk_widget_set_visible (self->check_button, !running);
  gtk_widget_set_visible (self->progress_box, running);
  gtk_widget_set_visible (self->cancel_button, self->waiting);
  if (!running)
    return;
  gtk_label_set_text (self->phase, phase);
  /* Where it is not known how much there is, it moves with each step. */
  if (fraction >= 0)
    gtk_progress_bar_set_fraction (self->bar, fraction);
  else
    gtk_progress_bar_pulse (self->bar);
}

void
ptl_check_controls_set_waiting (PtlCheckControls *self, gboolean waiting)
{
  gboolean focused = gtk_widget_has_focus (self->cancel_button);

  self->waiting = waiting;
  show (self);
  /* The keyboard stays where it was. */
  if (focused && !waiting)
    gtk_widget_child_focus (self->check_button, GTK_DIR_TAB_FORWARD);
}

void
ptl_check_controls_set_client (PtlCheckControls *self, PtlClient *client)
{
  self->client = g_object_ref (client);
  g_signal_connect_object (client, "notify::exposure-check", G_CALLBACK (show), self, G_CONNECT_SWAPPED);
  show (self);
}

static void
ptl_check_controls_dispose (GObject *object)
{
  PtlCheckControls *self = PTL_CHECK_CONTROLS (object);

  g_clear_pointer (&self->check_button, gtk_widget_unparent);
  g_clear_pointer (&self->progress_box, gtk_widget_unparent);
  g_clear_object (&self->client);
  G_OBJECT_CLASS (ptl_check_controls_parent_class)->dispose (object);
}

static void
ptl_check_controls_class_init (PtlCheckControlsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ptl_check_controls_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, PTL_GUI_RESOURCES "/exposure/ptl-check-controls.ui");
  gtk_widget_class_bind_template_child (widget_class, PtlCheckControls, check_button);
  gtk_widget_class_bind_template_child (widget_class, PtlCheckControls, progress_box);
  gtk_widget_class_bind_template_child (widget_class, PtlCheckControls, phase);
  gtk_widget_class_bind_template_child (widget_class, PtlCheckControls, bar);
  gtk_widget_class_bind_template_child (widget_class, PtlCheckControls, cancel_button);
}

/* libadwaita 1.2 gives the arrow of a split button no name. */
static void
name_arrow (GtkWidget *split_button)
{
  GtkWidget *child = gtk_widget_get_first_child (split_button);

  while (child && !GTK_IS_MENU_BUTTON (child))
    child = gtk_widget_get_next_sibling (child);
  if (!child)
    return;
  ptl_a11y_name (child, _("Choose where to look from"));
  ptl_a11y_keep_focus (GTK_MENU_BUTTON (child));
}

static void
ptl_check_controls_init (PtlCheckControls *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  name_arrow (self->check_button);
  ptl_a11y_name_buttons (GTK_WIDGET (self));
}

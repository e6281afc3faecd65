/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-wizard-window.h"

#include <glib/gi18n-lib.h>

#include "gui/fields/ptl-field.h"
#include "ptl-stack-a11y.h"

typedef struct
{
  GtkWidget *back_button;
  GtkWidget *heading;
  GtkStack *stack;
  GtkWidget *footer;
  GtkButton *cancel_button;
  GtkButton *action_button;
  GQueue history;   /* of PtlWizardPage, borrowed: the latest at the tail */
  gboolean one_way; /* from the page that is shown no way leads back */
} PtlWizardWindowPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (PtlWizardWindow, ptl_wizard_window, ADW_TYPE_WINDOW)

static PtlWizardWindowPrivate *
get_private (PtlWizardWindow *self)
{
  return ptl_wizard_window_get_instance_private (self);
}

PtlWizardPage *
ptl_wizard_window_get_page (PtlWizardWindow *self)
{
  GtkWidget *page = gtk_stack_get_visible_child (get_private (self)->stack);

  return page != NULL ? PTL_WIZARD_PAGE (page) : NULL;
}

/* The header and the footer say what the page that is shown wants. */
static void
update_frame (PtlWizardWindow *self)
{
  PtlWizardWindowPrivate *priv = get_private (self);
  PtlWizardPage *page = ptl_wizard_window_get_page (self);
  gboolean back = !priv->one_way && !g_queue_is_empty (&priv->history);
  const char *label;

  if (page == NULL)
    return;
  label = ptl_wizard_page_get_action_label (page);
  adw_window_title_set_title (ADW_WINDOW_TITLE (priv->heading),
                              ptl_wizard_page_get_title (page) ?: "");
  gtk_widget_set_visible (priv->back_button, back);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "wizard.back", back);
  gtk_widget_set_visible (GTK_WIDGET (priv->action_button), label != NULL);
  ptl_field_set_button_label (priv->action_button, label ?: "");
  gtk_widget_set_sensitive (GTK_WIDGET (priv->action_button), ptl_wizard_page_get_ready (page));
  /* A window forgets a default widget that was hidden. */
  gtk_window_set_default_widget (GTK_WINDOW (self),
                                 label != NULL && !ptl_wizard_page_get_careful (page)
                                     ? GTK_WIDGET (priv->action_button)
                                     : NULL);
}

static void
page_notify_cb (PtlWizardWindow *self, GParamSpec *pspec, PtlWizardPage *page)
{
  if (page == ptl_wizard_window_get_page (self))
    update_frame (self);
}

static void
go_on (PtlWizardWindow *self)
{
  PtlWizardPage *page = ptl_wizard_window_get_page (self);

  if (page != NULL && ptl_wizard_page_get_ready (page) && ptl_wizard_page_check (page))
    PTL_WIZARD_WINDOW_GET_CLASS (self)->go_on (self, page);
}

static void
page_go_on_cb (PtlWizardWindow *self, PtlWizardPage *page)
{
  if (page == ptl_wizard_window_get_page (self))
    go_on (self);
}

static void
set_page (PtlWizardWindow *self, PtlWizardPage *page, gboolean forward)
{
  PtlWizardWindowPrivate *priv = get_private (self);

  gtk_stack_set_visible_child_full (
      priv->stack, gtk_stack_page_get_name (gtk_stack_get_page (priv->stack, GTK_WIDGET (page))),
      forward ? GTK_STACK_TRANSITION_TYPE_SLIDE_LEFT : GTK_STACK_TRANSITION_TYPE_SLIDE_RIGHT);
  update_frame (self);
  /* A page with nothing to fill in leaves the focus to the button that goes on, if Enter may press
   * it. */
  if (!ptl_wizard_page_enter (page))
    gtk_window_set_focus (GTK_WINDOW (self), gtk_window_get_default_widget (GTK_WINDOW (self)));
}

void
ptl_wizard_window_add (PtlWizardWindow *self, PtlWizardPage *page)
{
  PtlWizardWindowPrivate *priv = get_private (self);
  gboolean first = gtk_stack_get_visible_child (priv->stack) == NULL;

  g_return_if_fail (PTL_IS_WIZARD_WINDOW (self));
  gtk_stack_add_named (priv->stack, GTK_WIDGET (page), G_OBJECT_TYPE_NAME (page));
  ptl_stack_hide_unseen (priv->stack);
  g_signal_connect_object (page, "notify", G_CALLBACK (page_notify_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (page, "go-on", G_CALLBACK (page_go_on_cb), self, G_CONNECT_SWAPPED);
  if (first)
    update_frame (self);
}

static void
show (PtlWizardWindow *self, PtlWizardPage *page, gboolean one_way, const char *cancel_label)
{
  PtlWizardWindowPrivate *priv = get_private (self);

  priv->one_way = one_way;
  ptl_field_set_button_label (priv->cancel_button, cancel_label ?: "");
  gtk_widget_set_visible (GTK_WIDGET (priv->cancel_button), cancel_label != NULL);
  set_page (self, page, TRUE);
}

void
ptl_wizard_window_show_page (PtlWizardWindow *self, PtlWizardPage *page)
{
  PtlWizardPage *from = ptl_wizard_window_get_page (self);

  g_return_if_fail (PTL_IS_WIZARD_PAGE (page));
  if (from == page)
    return;
  if (from != NULL)
    g_queue_push_tail (&get_private (self)->history, from);
  show (self, page, FALSE, _ ("_Cancel"));
}

void
ptl_wizard_window_show_last (PtlWizardWindow *self, PtlWizardPage *page, const char *cancel_label)
{
  g_return_if_fail (PTL_IS_WIZARD_PAGE (page));
  show (self, page, TRUE, cancel_label);
}

void
ptl_wizard_window_show_after (PtlWizardWindow *self, PtlWizardPage *page, PtlWizardPage *before)
{
  PtlWizardWindowPrivate *priv = get_private (self);

  g_return_if_fail (PTL_IS_WIZARD_PAGE (page));
  if (g_queue_find (&priv->history, before) != NULL)
    while (g_queue_pop_tail (&priv->history) != before)
      ;
  g_queue_push_tail (&priv->history, before);
  show (self, page, FALSE, _ ("_Cancel"));
}

void
ptl_wizard_window_go_back (PtlWizardWindow *self)
{
  PtlWizardPage *page = g_queue_pop_tail (&get_private (self)->history);

  if (page != NULL)
    set_page (self, page, FALSE);
}

static gboolean
close_request (GtkWindow *window)
{
  PtlWizardWindow *self = PTL_WIZARD_WINDOW (window);
  PtlWizardWindowClass *klass = PTL_WIZARD_WINDOW_GET_CLASS (self);

  if (klass->cancel != NULL && klass->cancel (self))
    return GDK_EVENT_STOP;
  return GTK_WINDOW_CLASS (ptl_wizard_window_parent_class)->close_request (window);
}

static void
cancel_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  gtk_window_close (GTK_WINDOW (widget));
}

static void
back_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ptl_wizard_window_go_back (PTL_WIZARD_WINDOW (widget));
}

static void
go_on_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  go_on (PTL_WIZARD_WINDOW (widget));
}

static void
map (GtkWidget *widget)
{
  PtlWizardPage *page = ptl_wizard_window_get_page (PTL_WIZARD_WINDOW (widget));

  GTK_WIDGET_CLASS (ptl_wizard_window_parent_class)->map (widget);
  if (page != NULL)
    ptl_wizard_page_enter (page);
}

static void
ptl_wizard_window_finalize (GObject *object)
{
  g_queue_clear (&get_private (PTL_WIZARD_WINDOW (object))->history);
  G_OBJECT_CLASS (ptl_wizard_window_parent_class)->finalize (object);
}

static void
ptl_wizard_window_class_init (PtlWizardWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = ptl_wizard_window_finalize;
  widget_class->map = map;
  GTK_WINDOW_CLASS (klass)->close_request = close_request;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/portolan/Portolan/wizard/"
                                                             "ptl-wizard-window.ui");
  gtk_widget_class_bind_template_child_private (widget_class, PtlWizardWindow, back_button);
  gtk_widget_class_bind_template_child_private (widget_class, PtlWizardWindow, heading);
  gtk_widget_class_bind_template_child_private (widget_class, PtlWizardWindow, stack);
  gtk_widget_class_bind_template_child_private (widget_class, PtlWizardWindow, footer);
  gtk_widget_class_bind_template_child_private (widget_class, PtlWizardWindow, cancel_button);
  gtk_widget_class_bind_template_child_private (widget_class, PtlWizardWindow, action_button);
  gtk_widget_class_install_action (widget_class, "wizard.cancel", NULL, cancel_action);
  gtk_widget_class_install_action (widget_class, "wizard.back", NULL, back_action);
  gtk_widget_class_install_action (widget_class, "wizard.go-on", NULL, go_on_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "wizard.cancel", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Left, GDK_ALT_MASK, "wizard.back",
                                       NULL);
}

static void
ptl_wizard_window_init (PtlWizardWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  ptl_field_set_button_label (get_private (self)->cancel_button, _ ("_Cancel"));
}

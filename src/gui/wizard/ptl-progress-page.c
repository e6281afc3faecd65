/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-progress-page.h"

#include <glib/gi18n-lib.h>

#include "gui/ptl-format.h"
#include "ptl-stack-a11y.h"
#include "ptl-words.h"

typedef enum
{
  ROW_WAITS,
  ROW_RUNS,
  ROW_DONE,
} RowState;

struct _PtlProgressPage
{
  PtlWizardPage parent_instance;
  GtkSpinner *spinner;
  GtkLabel *heading_label;
  GtkListBox *list;
  GPtrArray *rows;          /* of AdwActionRow, borrowed */
  const char *const *steps; /* of the only rule; NULL where there are several */
};

G_DEFINE_FINAL_TYPE (PtlProgressPage, ptl_progress_page, PTL_TYPE_WIZARD_PAGE)

static const char *const *
get_steps (const PtlRule *plan)
{
  static const char *const guarded[] = { "listen", "router", "verify", NULL };
  static const char *const direct[] = { "router", "verify", NULL };
  static const char *const forward[] = { "listen", NULL };
  static const char *const tunnel[] = { "ssh", NULL };

  if (plan->kind == PTL_KIND_FORWARD)
    return forward;
  if (plan->kind == PTL_KIND_TUNNEL)
    return tunnel;
  return plan->way == PTL_WAY_DIRECT ? direct : guarded;
}

/* The state is told by an icon and by words. */
static void
set_row_state (AdwActionRow *row, RowState state)
{
  static const char *const words[] = { N_ ("waits"), N_ ("under way"), N_ ("done") };
  GtkStack *marks = g_object_get_data (G_OBJECT (row), "marks");
  GtkSpinner *spinner = g_object_get_data (G_OBJECT (row), "spinner");

  gtk_spinner_set_spinning (spinner, state == ROW_RUNS);
  gtk_stack_set_visible_child_name (marks, state == ROW_DONE   ? "done"
                                           : state == ROW_RUNS ? "runs"
                                                               : "waits");
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  _ (words[state]), -1);
}

static AdwActionRow *
create_row (const char *title, const char *subtitle)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *marks = gtk_stack_new ();
  GtkWidget *spinner = gtk_spinner_new ();
  GtkWidget *done = gtk_image_new_from_icon_name ("emblem-ok-symbolic");

  gtk_widget_add_css_class (done, "success");
  gtk_stack_add_named (GTK_STACK (marks), gtk_image_new_from_icon_name ("content-loading-symbolic"),
                       "waits");
  gtk_stack_add_named (GTK_STACK (marks), spinner, "runs");
  gtk_stack_add_named (GTK_STACK (marks), done, "done");
  ptl_stack_hide_unseen (GTK_STACK (marks));
  g_object_set_data (G_OBJECT (row), "marks", marks);
  g_object_set_data (G_OBJECT (row), "spinner", spinner);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 0);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), marks);
  set_row_state (ADW_ACTION_ROW (row), ROW_WAITS);
  return ADW_ACTION_ROW (row);
}

static void
add_row (PtlProgressPage *self, const char *title, const char *subtitle)
{
  AdwActionRow *row = create_row (title, subtitle);

  gtk_list_box_append (self->list, GTK_WIDGET (row));
  g_ptr_array_add (self->rows, row);
}

static void
add_plan (PtlProgressPage *self, const PtlRule *plan)
{
  const PtlEndpoint *target = plan->target;
  g_autofree char *ports = NULL;

  if (target != NULL && target->path == NULL)
    ports = ptl_words_ports (ptl_rule_get_protocol (plan), target->first, target->last);
  add_row (self, plan->name, ports != NULL ? ports : "");
}

void
ptl_progress_page_set_plans (PtlProgressPage *self, GPtrArray *plans)
{
  g_return_if_fail (PTL_IS_PROGRESS_PAGE (self));
  for (guint i = 0; i < self->rows->len; i++)
    gtk_list_box_remove (self->list, self->rows->pdata[i]);
  g_ptr_array_set_size (self->rows, 0);
  self->steps = plans->len == 1 ? get_steps (plans->pdata[0]) : NULL;
  for (guint i = 0; self->steps != NULL && self->steps[i] != NULL; i++)
    add_row (self, ptl_format_step (self->steps[i]), "");
  for (guint i = 0; self->steps == NULL && i < plans->len; i++)
    add_plan (self, plans->pdata[i]);
  gtk_label_set_label (self->heading_label, _ ("Opening…"));
  gtk_spinner_set_spinning (self->spinner, TRUE);
}

static void
set_only_rule (PtlProgressPage *self, const char *step)
{
  guint now = 0;

  if (g_str_equal (step, "open"))
    now = self->rows->len;
  for (guint i = 0; self->steps[i] != NULL; i++)
    if (g_str_equal (self->steps[i], step))
      now = i;
  for (guint i = 0; i < self->rows->len; i++)
    set_row_state (self->rows->pdata[i], i < now ? ROW_DONE : i == now ? ROW_RUNS : ROW_WAITS);
}

void
ptl_progress_page_set_step (PtlProgressPage *self, guint index, const char *step)
{
  g_return_if_fail (PTL_IS_PROGRESS_PAGE (self));
  if (self->steps != NULL)
    {
      set_only_rule (self, step);
      return;
    }
  if (index >= self->rows->len)
    return;
  set_row_state (self->rows->pdata[index], g_str_equal (step, "open") ? ROW_DONE : ROW_RUNS);
  if (*step != '\0' && !g_str_equal (step, "open"))
    adw_action_row_set_subtitle (self->rows->pdata[index], ptl_format_step (step));
  else if (*step != '\0')
    adw_action_row_set_subtitle (self->rows->pdata[index], _ ("Open"));
}

void
ptl_progress_page_set_closing (PtlProgressPage *self)
{
  g_return_if_fail (PTL_IS_PROGRESS_PAGE (self));
  gtk_label_set_label (self->heading_label, _ ("Closing again…"));
}

/* A spinner that is not on screen would still ask for a frame, and the next. */
static void
ptl_progress_page_unmap (GtkWidget *widget)
{
  PtlProgressPage *self = PTL_PROGRESS_PAGE (widget);

  gtk_spinner_set_spinning (self->spinner, FALSE);
  for (guint i = 0; i < self->rows->len; i++)
    gtk_spinner_set_spinning (g_object_get_data (self->rows->pdata[i], "spinner"), FALSE);
  GTK_WIDGET_CLASS (ptl_progress_page_parent_class)->unmap (widget);
}

static void
ptl_progress_page_finalize (GObject *object)
{
  g_ptr_array_unref (PTL_PROGRESS_PAGE (object)->rows);
  G_OBJECT_CLASS (ptl_progress_page_parent_class)->finalize (object);
}

static void
ptl_progress_page_class_init (PtlProgressPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = ptl_progress_page_finalize;
  widget_class->unmap = ptl_progress_page_unmap;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/portolan/Portolan/wizard/"
                                                             "ptl-progress-page.ui");
  gtk_widget_class_bind_template_child (widget_class, PtlProgressPage, spinner);
  gtk_widget_class_bind_template_child (widget_class, PtlProgressPage, heading_label);
  gtk_widget_class_bind_template_child (widget_class, PtlProgressPage, list);
}

static void
ptl_progress_page_init (PtlProgressPage *self)
{
  self->rows = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

PtlProgressPage *
ptl_progress_page_new (void)
{
  return g_object_new (PTL_TYPE_PROGRESS_PAGE, NULL);
}

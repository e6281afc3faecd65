/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-plan-page.h"

#include <glib/gi18n-lib.h>

#include "core/ptl-error.h"
#include "core/ptl-validate.h"
#include "gui/fields/ptl-field.h"
#include "ptl-network-note.h"
#include "ptl-server-row.h"
#include "ptl-stack-a11y.h"

struct _PtlPlanPage
{
  PtlWizardPage parent_instance;
  GtkStack *states;
  PtlNetworkNote *network_note;
  GtkLabel *sentence_label;
  GtkLabel *ending_label;
  GtkWidget *answering_row;
  GtkLabel *answering_label;
  GtkWidget *stranger_row;
  GtkSpinner *spinner;
  GtkLabel *stranger_label;
  GtkWidget *better_row;
  GtkLabel *better_label;
  GtkLabel *refusal_label;
  GtkLabel *advice_label;
  GtkWidget *server_group;
  GtkWidget *override_group;
  AdwEntryRow *override_row;
  GtkLabel *override_error;
  gboolean has_plan;
};

G_DEFINE_FINAL_TYPE (PtlPlanPage, ptl_plan_page, PTL_TYPE_WIZARD_PAGE)

gboolean
ptl_plan_page_has_plan (PtlPlanPage *self)
{
  g_return_val_if_fail (PTL_IS_PLAN_PAGE (self), FALSE);
  return self->has_plan;
}

char *
ptl_plan_page_dup_override (PtlPlanPage *self)
{
  g_return_val_if_fail (PTL_IS_PLAN_PAGE (self), NULL);
  return ptl_field_dup_text (self->override_row);
}

static void
set_state (PtlPlanPage *self,
           const char *state,
           const char *action,
           gboolean ready,
           gboolean careful)
{
  ptl_wizard_page_set_careful (PTL_WIZARD_PAGE (self), careful);
  gtk_stack_set_visible_child_name (self->states, state);
  /* One that is not on screen would still ask for a frame, and the next. */
  gtk_spinner_set_spinning (self->spinner, g_str_equal (state, "checking"));
  ptl_wizard_page_set_action_label (PTL_WIZARD_PAGE (self), action);
  ptl_wizard_page_set_ready (PTL_WIZARD_PAGE (self), ready);
}

void
ptl_plan_page_watch_network (PtlPlanPage *self, PtlClient *client)
{
  g_return_if_fail (PTL_IS_PLAN_PAGE (self));
  ptl_network_note_set_client (self->network_note, client);
}

void
ptl_plan_page_show_checking (PtlPlanPage *self)
{
  g_return_if_fail (PTL_IS_PLAN_PAGE (self));
  self->has_plan = FALSE;
  set_state (self, "checking", _ ("_Open"), FALSE, FALSE);
}

static void
set_row (GtkWidget *row, GtkLabel *label, const char *text)
{
  gtk_label_set_label (label, text != NULL ? text : "");
  gtk_widget_set_visible (row, text != NULL);
}

void
ptl_plan_page_set_answering (PtlPlanPage *self, const char *answering)
{
  g_return_if_fail (PTL_IS_PLAN_PAGE (self));
  set_row (self->answering_row, self->answering_label, answering);
}

void
ptl_plan_page_show_plan (PtlPlanPage *self,
                         const char *sentence,
                         const char *ending,
                         const char *stranger,
                         const char *better_way)
{
  g_return_if_fail (PTL_IS_PLAN_PAGE (self));
  self->has_plan = TRUE;
  gtk_label_set_label (self->sentence_label, sentence);
  gtk_label_set_label (self->ending_label, ending);
  set_row (self->stranger_row, self->stranger_label, stranger);
  set_row (self->better_row, self->better_label, better_way);
  set_state (self, "plan", better_way != NULL ? _ ("_Open All the Same") : _ ("_Open"), TRUE,
             better_way != NULL);
}

void
ptl_plan_page_show_refusal (PtlPlanPage *self,
                            const GError *error,
                            gboolean may_override,
                            gboolean offer_server)
{
  g_autofree char *what = ptl_error_dup_what (error);
  g_autofree char *advice = ptl_error_dup_advice (error);

  g_return_if_fail (PTL_IS_PLAN_PAGE (self));
  self->has_plan = FALSE;
  gtk_label_set_label (self->refusal_label, what);
  set_row (GTK_WIDGET (self->advice_label), self->advice_label, *advice != '\0' ? advice : NULL);
  gtk_widget_set_visible (self->override_group, may_override);
  gtk_widget_set_visible (self->server_group, offer_server);
  set_state (self, "refusal", may_override ? _ ("_Go On All the Same") : _ ("_Check Again"), TRUE,
             FALSE);
}

static gboolean
check (PtlWizardPage *page)
{
  PtlPlanPage *self = PTL_PLAN_PAGE (page);
  g_autofree char *reason = ptl_plan_page_dup_override (self);
  g_autoptr (GError) error = NULL;

  if (self->has_plan || !gtk_widget_get_visible (self->override_group)
      || ptl_field_check_text (_ ("The reason"), reason, PTL_PURPOSE_MAX_CHARS, &error))
    return TRUE;
  ptl_field_show (GTK_WIDGET (self->override_row), self->override_error, error);
  ptl_field_focus (GTK_WIDGET (self->override_row));
  return FALSE;
}

static void
override_changed_cb (PtlPlanPage *self)
{
  ptl_field_show (GTK_WIDGET (self->override_row), self->override_error, NULL);
}

static void
ptl_plan_page_class_init (PtlPlanPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  PTL_WIZARD_PAGE_CLASS (klass)->check = check;
  g_type_ensure (PTL_TYPE_NETWORK_NOTE);
  g_type_ensure (PTL_TYPE_SERVER_ROW);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/portolan/Portolan/wizard/"
                                                             "ptl-plan-page.ui");
  gtk_widget_class_bind_template_child (widget_class, PtlPlanPage, states);
  gtk_widget_class_bind_template_child (widget_class, PtlPlanPage, spinner);
  gtk_widget_class_bind_template_child (widget_class, PtlPlanPage, network_note);
  gtk_widget_class_bind_template_child (widget_class, PtlPlanPage, sentence_label);
  gtk_widget_class_bind_template_child (widget_class, PtlPlanPage, ending_label);
  gtk_widget_class_bind_template_child (widget_class, PtlPlanPage, answering_row);
  gtk_widget_class_bind_template_child (widget_class, PtlPlanPage, answering_label);
  gtk_widget_class_bind_template_child (widget_class, PtlPlanPage, stranger_row);
  gtk_widget_class_bind_template_child (widget_class, PtlPlanPage, stranger_label);
  gtk_widget_class_bind_template_child (widget_class, PtlPlanPage, better_row);
  gtk_widget_class_bind_template_child (widget_class, PtlPlanPage, better_label);
  gtk_widget_class_bind_template_child (widget_class, PtlPlanPage, refusal_label);
  gtk_widget_class_bind_template_child (widget_class, PtlPlanPage, advice_label);
  gtk_widget_class_bind_template_child (widget_class, PtlPlanPage, server_group);
  gtk_widget_class_bind_template_child (widget_class, PtlPlanPage, override_group);
  gtk_widget_class_bind_template_child (widget_class, PtlPlanPage, override_row);
  gtk_widget_class_bind_template_child (widget_class, PtlPlanPage, override_error);
  gtk_widget_class_bind_template_callback (widget_class, override_changed_cb);
}

static void
ptl_plan_page_init (PtlPlanPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  ptl_field_set_up (self->override_row);
  ptl_stack_hide_unseen (self->states);
}

PtlPlanPage *
ptl_plan_page_new (void)
{
  return g_object_new (PTL_TYPE_PLAN_PAGE, NULL);
}

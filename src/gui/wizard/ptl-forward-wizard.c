/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-forward-wizard.h"

#include <glib/gi18n-lib.h>

#include "core/ptl-policy.h"
#include "ptl-forward-page.h"

struct _PtlForwardWizard
{
  PtlOpenWizard parent_instance;
  PtlForwardPage *forward_page;
};

G_DEFINE_FINAL_TYPE (PtlForwardWizard, ptl_forward_wizard, PTL_TYPE_OPEN_WIZARD)

static GPtrArray *
build (PtlOpenWizard *wizard)
{
  GPtrArray *drafts = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_draft_free);
  PtlDraft *draft = ptl_draft_new (PTL_KIND_FORWARD);

  ptl_terms_page_fill (ptl_open_wizard_get_terms (wizard), draft);
  ptl_forward_page_fill (PTL_FORWARD_WIZARD (wizard)->forward_page, draft);
  g_ptr_array_add (drafts, draft);
  return drafts;
}

static void
ask_terms (PtlForwardWizard *self)
{
  PtlTermsPage *terms = ptl_open_wizard_get_terms (PTL_OPEN_WIZARD (self));
  gboolean is_private = ptl_forward_page_is_private (self->forward_page);
  g_autoptr (PtlEndpoint) target = ptl_forward_page_dup_target (self->forward_page);
  g_autofree char *name = ptl_forward_page_dup_name (self->forward_page);
  const char *risky = NULL;

  if (target != NULL && target->path == NULL)
    risky = ptl_policy_get_risky_service (target->protocol, target->first);
  ptl_open_wizard_set_subject (PTL_OPEN_WIZARD (self), name, NULL);
  ptl_audience_chooser_set_anyone_label (ptl_terms_page_get_audience_chooser (terms),
                                         _ ("My whole network"));
  ptl_terms_page_set_subject (terms, PTL_HARM_UNSAID, risky, NULL);
  ptl_terms_page_set_asks (terms, !is_private, !is_private);
  ptl_firewall_group_set_arriving (ptl_terms_page_get_firewall (terms), !is_private);
  ptl_options_group_set_subject (ptl_terms_page_get_options (terms), PTL_KIND_FORWARD, PTL_WAY_AUTO,
                                 ptl_forward_page_get_protocol (self->forward_page));
  ptl_wizard_window_show_page (PTL_WIZARD_WINDOW (self), PTL_WIZARD_PAGE (terms));
}

static void
go_on (PtlWizardWindow *window, PtlWizardPage *page)
{
  PtlForwardWizard *self = PTL_FORWARD_WIZARD (window);

  if (page == PTL_WIZARD_PAGE (self->forward_page))
    ask_terms (self);
  else
    PTL_WIZARD_WINDOW_CLASS (ptl_forward_wizard_parent_class)->go_on (window, page);
}

static void
ptl_forward_wizard_class_init (PtlForwardWizardClass *klass)
{
  PTL_WIZARD_WINDOW_CLASS (klass)->go_on = go_on;
  PTL_OPEN_WIZARD_CLASS (klass)->build = build;
}

static void
ptl_forward_wizard_init (PtlForwardWizard *self)
{
  self->forward_page = ptl_forward_page_new ();
}

void
ptl_forward_wizard_propose (PtlForwardWizard *self, PtlProtocol protocol, guint16 port, const char *name)
{
  ptl_forward_page_propose (self->forward_page, protocol, port, name);
}

PtlForwardWizard *
ptl_forward_wizard_new (GtkWindow *parent, PtlClient *client)
{
  PtlForwardWizard *self = g_object_new (PTL_TYPE_FORWARD_WIZARD, "title", _ ("Forward a Port"),
                                         "transient-for", parent, NULL);

  ptl_wizard_window_add (PTL_WIZARD_WINDOW (self), PTL_WIZARD_PAGE (self->forward_page));
  ptl_open_wizard_set_up (PTL_OPEN_WIZARD (self), client);
  return self;
}

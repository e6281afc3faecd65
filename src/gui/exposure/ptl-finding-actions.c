/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-exposure-private.h"

#include <glib/gi18n-lib.h>

#include "core/ptl-error.h"
#include "gui/inventory/ptl-adopt-dialog.h"
#include "gui/inventory/ptl-entry-undo.h"
#include "gui/ptl-feedback.h"
#include "gui/wizard/ptl-wizards.h"
#include "ptl-accept-dialog.h"
#include "ptl-finding-undo.h"

/* What can be done with the finding whose details are shown. */

typedef struct
{
  PtlExposurePage *page;
  char *key;
  char *name; /* of the finding or the rule */
  char *id;   /* of the rule or the entry */
  char *router;
  gint64 until;
  char *reason;
  gboolean adopt;
} Request;

static void
request_free (gpointer data)
{
  Request *request = data;

  g_object_unref (request->page);
  g_free (request->key);
  g_free (request->name);
  g_free (request->id);
  g_free (request->router);
  g_free (request->reason);
  g_free (request);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Request, request_free)

static Request *
request_new (PtlExposurePage *self, const PtlFinding *finding)
{
  Request *request = g_new0 (Request, 1);

  request->page = g_object_ref (self);
  request->key = g_strdup (finding->key);
  request->name = ptl_finding_dup_name (finding);
  request->until = finding->accepted_until;
  request->reason = g_strdup (finding->accepted_reason);
  return request;
}

static gboolean
take_answer (Request *request, GObject *source, GAsyncResult *result)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = ptl_client_call_finish (PTL_CLIENT (source), result, &error);

  if (!answer)
    ptl_feedback_error (GTK_WIDGET (request->page), error);
  return answer != NULL;
}

/* ---- Accept ---- */

static void
on_accepted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Request) request = user_data;
  g_autofree char *text = NULL;

  if (!take_answer (request, source, result))
    return;
  /* Translators: %s is what answers at a port */
  text = g_strdup_printf (_("“%s” is accepted"), request->name);
  ptl_feedback_offer (GTK_WIDGET (request->page), text, _("_Undo"), "win.accept-finding",
                      g_variant_new ("(sxs)", request->key, (gint64) 0, ""));
}

static void
on_accept_answer (gint64 until, const char *reason, gpointer user_data)
{
  Request *request = user_data;
  Request *own = g_new0 (Request, 1);

  own->page = g_object_ref (request->page);
  own->key = g_strdup (request->key);
  own->name = g_strdup (request->name);
  ptl_client_call_async (own->page->client, "AcceptFinding", g_variant_new ("(sxs)", own->key, until, reason), NULL,
                         on_accepted, own);
}

static void
on_accept (GtkWidget *widget, const char *name, GVariant *parameter)
{
  PtlExposurePage *self = PTL_EXPOSURE_PAGE (widget);
  const PtlFinding *finding = ptl_exposure_page_get_finding (self);
  Request *request;

  if (!finding)
    return;
  request = request_new (self, finding);
  ptl_accept_dialog_present (widget, request->name, on_accept_answer, request, request_free);
}

static void
on_unaccepted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Request) request = user_data;
  g_autofree char *text = NULL;

  if (!take_answer (request, source, result))
    return;
  /* Translators: %s is what answers at a port */
  text = g_strdup_printf (_("“%s” counts again"), request->name);
  ptl_feedback_offer (GTK_WIDGET (request->page), text, _("_Undo"), "win.accept-finding",
                      g_variant_new ("(sxs)", request->key, request->until, request->reason));
}

static void
on_unaccept (GtkWidget *widget, const char *name, GVariant *parameter)
{
  PtlExposurePage *self = PTL_EXPOSURE_PAGE (widget);
  const PtlFinding *finding = ptl_exposure_page_get_finding (self);

  if (finding)
    ptl_client_call_async (self->client, "AcceptFinding", g_variant_new ("(sxs)", finding->key, (gint64) 0, ""), NULL,
                           on_unaccepted, request_new (self, finding));
}

static void
on_undone (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GtkWidget) from = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = ptl_client_call_finish (PTL_CLIENT (source), result, &error);

  if (!answer)
    ptl_feedback_error (from, error);
}

void
ptl_finding_undo_accept (GtkWidget *from, PtlClient *client, GVariant *arguments)
{
  ptl_client_call_async (client, "AcceptFinding", arguments, NULL, on_undone, g_object_ref (from));
}

/* ---- Close the rule ---- */

static void
on_closed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Request) request = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  if (!ptl_client_close_finish (PTL_CLIENT (source), result, &error))
    {
      ptl_feedback_error (GTK_WIDGET (request->page), error);
      return;
    }
  /* Translators: %s is the name of a rule */
  text = g_strdup_printf (_("“%s” closed"), request->name);
  ptl_feedback_offer (GTK_WIDGET (request->page), text, _("_Undo"), "win.reopen",
                      g_variant_new_strv ((const char *[]) { request->id }, 1));
}

static void
on_close_rule (GtkWidget *widget, const char *name, GVariant *parameter)
{
  PtlExposurePage *self = PTL_EXPOSURE_PAGE (widget);
  const PtlFinding *finding = ptl_exposure_page_get_finding (self);
  const PtlRule *rule = finding ? ptl_finding_find_rule (finding, self->client) : NULL;
  Request *request;

  if (!rule)
    return;
  request = request_new (self, finding);
  request->id = g_strdup (rule->id);
  g_free (request->name);
  request->name = g_strdup (rule->name);
  ptl_client_close_async (self->client, (const char *[]) { request->id, NULL }, self->cancellable, on_closed, request);
}

/* ---- The router's entry ---- */

static PtlEntry *
find_entry (GVariant *answer, const char *id)
{
  g_autoptr (GVariant) entries = g_variant_get_child_value (answer, 0);

  for (gsize i = 0; i < g_variant_n_children (entries); i++)
    {
      g_autoptr (GVariant) properties = g_variant_get_child_value (entries, i);
      g_autoptr (PtlEntry) entry = ptl_entry_new (properties);

      if (entry && ptl_entry_is_foreign (entry) && g_strcmp0 (ptl_entry_get_id (entry), id) == 0)
        return g_steal_pointer (&entry);
    }
  return NULL;
}

static void
on_adopted (const PtlRule *rule, gpointer user_data)
{
  Request *request = user_data;
  /* Translators: %s is the name of a rule */
  g_autofree char *text = g_strdup_printf (_("“%s” is a rule of yours now"), rule->name);

  ptl_feedback_say (GTK_WIDGET (request->page), text);
}

/* The report is of a while ago: what the router holds now counts. */
static void
on_entries (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Request) request = user_data;
  GtkWidget *widget = GTK_WIDGET (request->page);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = ptl_client_call_finish (PTL_CLIENT (source), result, &error);
  g_autoptr (PtlEntry) entry = answer ? find_entry (answer, request->id) : NULL;

  if (!request->page->client)
    return;
  if (!answer)
    ptl_feedback_error (widget, error);
  else if (!entry)
    ptl_feedback_say (widget, _("The router does not hold this entry any more: check again"));
  else if (request->adopt)
    {
      PtlClient *client = request->page->client;

      ptl_adopt_dialog_present (GTK_WINDOW (gtk_widget_get_root (widget)), client, entry, on_adopted,
                                g_steal_pointer (&request), request_free);
    }
  else
    ptl_entry_remove_ask (widget, request->page->client, entry);
}

static void
ask_entries (GtkWidget *widget, gboolean adopt)
{
  PtlExposurePage *self = PTL_EXPOSURE_PAGE (widget);
  const PtlFinding *finding = ptl_exposure_page_get_finding (self);
  const PtlForwarded *foreign = finding ? ptl_finding_find_foreign (finding) : NULL;
  Request *request;

  if (!foreign)
    return;
  request = request_new (self, finding);
  request->id = g_strdup (foreign->id);
  request->router = g_strdup (foreign->router);
  request->adopt = adopt;
  ptl_client_call_async (self->client, "ListEntries", g_variant_new ("(s)", request->router), self->cancellable, on_entries,
                         request);
}

static void
on_remove_entry (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ask_entries (widget, FALSE);
}

static void
on_adopt_entry (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ask_entries (widget, TRUE);
}

/* ---- A rule for what has none ---- */

static void
on_make_rule (GtkWidget *widget, const char *name, GVariant *parameter)
{
#ifdef HAVE_WIZARDS
  PtlExposurePage *self = PTL_EXPOSURE_PAGE (widget);
  const PtlFinding *finding = ptl_exposure_page_get_finding (self);
  g_autofree char *shown = finding ? ptl_finding_dup_name (finding) : NULL;

  if (finding)
    ptl_wizard_open_forward_to (GTK_WINDOW (gtk_widget_get_root (widget)), self->client, finding->protocol, finding->port,
                                shown);
#endif
}

/* ---- The face ---- */

void
ptl_finding_actions_update (PtlExposurePage *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  const PtlFinding *finding = ptl_exposure_page_get_finding (self);
  /* A finding of a former report cannot be accepted, nor is it sure that anything of it is still so. */
  gboolean last = finding && !self->old_report;
  gboolean foreign = last && ptl_finding_find_foreign (finding);
  gboolean accepted = last && ptl_finding_is_accepted (finding, g_get_real_time () / G_USEC_PER_SEC);

  gtk_widget_action_set_enabled (widget, "exposure.accept", last && !accepted);
  gtk_widget_action_set_enabled (widget, "exposure.unaccept", accepted);
  gtk_widget_action_set_enabled (widget, "exposure.close-rule", finding && ptl_finding_find_rule (finding, self->client));
  gtk_widget_action_set_enabled (widget, "exposure.remove-entry", foreign);
  gtk_widget_action_set_enabled (widget, "exposure.adopt-entry", foreign);
  gtk_widget_action_set_enabled (widget, "exposure.make-rule", last && finding->listening);
}

void
ptl_finding_actions_install (GtkWidgetClass *klass)
{
  gtk_widget_class_install_action (klass, "exposure.accept", NULL, on_accept);
  gtk_widget_class_install_action (klass, "exposure.unaccept", NULL, on_unaccept);
  gtk_widget_class_install_action (klass, "exposure.close-rule", NULL, on_close_rule);
  gtk_widget_class_install_action (klass, "exposure.remove-entry", NULL, on_remove_entry);
  gtk_widget_class_install_action (klass, "exposure.adopt-entry", NULL, on_adopt_entry);
  gtk_widget_class_install_action (klass, "exposure.make-rule", NULL, on_make_rule);
}

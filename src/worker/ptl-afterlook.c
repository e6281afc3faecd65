/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-afterlook.h"

#include <glib/gi18n-lib.h>

#include "core/ptl-policy.h"

struct _PtlAfterlook
{
  GObject parent;

  PtlIdentifier *identifier;
  PtlChanges *changes;
  PtlInventory *inventory;
  PtlNotifier *notifier; /* (nullable) */
  GCancellable *ending;
};

G_DEFINE_FINAL_TYPE (PtlAfterlook, ptl_afterlook, G_TYPE_OBJECT)

typedef struct
{
  PtlAfterlook *afterlook;
  PtlRule *rule; /* as it was when the look began */
} Look;

static void
look_free (Look *look)
{
  ptl_rule_free (look->rule);
  g_object_unref (look->afterlook);
  g_free (look);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Look, look_free)

gboolean
ptl_afterlook_check (const PtlRule *rule, GPtrArray *identified, GError **error)
{
  for (guint i = 0; identified != NULL && i < identified->len; i++)
    {
      const PtlIdentified *one = identified->pdata[i];

      if (one->identity != NULL
          && !ptl_policy_check_identity (rule, one->where, one->identity, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
ptl_afterlook_is_due (GPtrArray *identified)
{
  for (guint i = 0; identified != NULL && i < identified->len; i++)
    if (((const PtlIdentified *) identified->pdata[i])->unfinished)
      return TRUE;
  return FALSE;
}

static void
tell (PtlAfterlook *self, const PtlRule *rule, const GError *why)
{
  g_autofree char *body = ptl_error_dup_sentence (why);
  /* Translators: %s is the name of a rule */
  g_autofree char *summary = g_strdup_printf (_ ("“%s” was closed again"), rule->name);

  if (self->notifier != NULL)
    ptl_notifier_send (self->notifier, rule->id, summary, body, NULL);
}

/* Where it leads elsewhere by now, that was looked at on its own. */
static gboolean
leads_as_before (const PtlRule *now, const PtlRule *before)
{
  return now->target != NULL && before->target != NULL
         && ptl_endpoint_equal (now->target, before->target);
}

static void
on_identified (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Look) look = data;
  PtlAfterlook *self = look->afterlook;
  g_autoptr (GPtrArray) identified
      = ptl_identifier_ask_rule_finish (PTL_IDENTIFIER (source), result, NULL);
  g_autoptr (PtlRule) rule = NULL;
  g_autoptr (GError) why = NULL;
  g_autoptr (GError) error = NULL;

  if (g_cancellable_is_cancelled (self->ending))
    return;
  rule = ptl_inventory_dup (self->inventory, look->rule->id);
  if (rule == NULL || rule->state == PTL_RULE_STATE_CLOSING || !leads_as_before (rule, look->rule)
      || ptl_afterlook_check (rule, identified, &why))
    return;
  if (ptl_changes_withdraw (self->changes, rule->id, why, "worker", &error))
    tell (self, rule, why);
  else
    g_message ("A rule that should not be open could not be closed: %s", error->message);
}

void
ptl_afterlook_begin (PtlAfterlook *self, const PtlRule *rule)
{
  Look *look = g_new0 (Look, 1);

  look->afterlook = g_object_ref (self);
  look->rule = ptl_rule_copy (rule);
  ptl_identifier_ask_rule_async (self->identifier, rule, PTL_IDENTIFIER_WHOLE, self->ending,
                                 on_identified, look);
}

static void
ptl_afterlook_dispose (GObject *object)
{
  PtlAfterlook *self = PTL_AFTERLOOK (object);

  g_cancellable_cancel (self->ending);
  G_OBJECT_CLASS (ptl_afterlook_parent_class)->dispose (object);
}

static void
ptl_afterlook_finalize (GObject *object)
{
  PtlAfterlook *self = PTL_AFTERLOOK (object);

  g_clear_object (&self->ending);
  g_clear_object (&self->notifier);
  g_clear_object (&self->inventory);
  g_clear_object (&self->changes);
  g_clear_object (&self->identifier);
  G_OBJECT_CLASS (ptl_afterlook_parent_class)->finalize (object);
}

static void
ptl_afterlook_class_init (PtlAfterlookClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = ptl_afterlook_dispose;
  object_class->finalize = ptl_afterlook_finalize;
}

static void
ptl_afterlook_init (PtlAfterlook *self)
{
  self->ending = g_cancellable_new ();
}

PtlAfterlook *
ptl_afterlook_new (PtlIdentifier *identifier,
                   PtlChanges *changes,
                   PtlInventory *inventory,
                   PtlNotifier *notifier)
{
  PtlAfterlook *self = g_object_new (PTL_TYPE_AFTERLOOK, NULL);

  self->identifier = g_object_ref (identifier);
  self->changes = g_object_ref (changes);
  self->inventory = g_object_ref (inventory);
  self->notifier = notifier != NULL ? g_object_ref (notifier) : NULL;
  return self;
}

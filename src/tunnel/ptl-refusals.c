/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-refusals.h"

#include <string.h>

#include "ptl-known-hosts.h"

#define HOLDS_FOR_US (3600 * (gint64)G_USEC_PER_SEC)

struct _PtlRefusals
{
  PtlClock *clock;
  char *state_dir;
  GHashTable *table; /* rule id -> Refusal */
};

typedef struct
{
  char *relay_id;
  char *asked;
  GError *error;
  gint64 at_us;
} Refusal;

static void
refusal_free (Refusal *refusal)
{
  g_free (refusal->relay_id);
  g_free (refusal->asked);
  g_error_free (refusal->error);
  g_free (refusal);
}

static char *
describe (const PtlRule *rule)
{
  g_autofree char *listen = ptl_endpoint_to_string (rule->public_endpoint);
  g_autofree char *target = ptl_endpoint_to_string (rule->target);

  return g_strdup_printf ("%s %s %s %s", rule->backend, ptl_way_to_string (rule->way), listen,
                          target);
}

PtlRefusals *
ptl_refusals_new (PtlClock *clock, const char *state_dir)
{
  PtlRefusals *self = g_new0 (PtlRefusals, 1);

  self->clock = g_object_ref (clock);
  self->state_dir = g_strdup (state_dir);
  self->table
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)refusal_free);
  return self;
}

void
ptl_refusals_free (PtlRefusals *self)
{
  if (self == NULL)
    return;
  g_object_unref (self->clock);
  g_free (self->state_dir);
  g_hash_table_unref (self->table);
  g_free (self);
}

void
ptl_refusals_add (PtlRefusals *self, const PtlRule *rule, const GError *error)
{
  Refusal *refusal = g_new0 (Refusal, 1);

  refusal->relay_id = g_strdup (rule->backend);
  refusal->asked = describe (rule);
  refusal->error = g_error_copy (error);
  refusal->at_us = ptl_clock_get_boot_us (self->clock);
  g_hash_table_replace (self->table, g_strdup (rule->id), refusal);
}

static gboolean
holds (PtlRefusals *self, const Refusal *refusal, const PtlRule *rule, const PtlRelay *relay)
{
  g_autofree char *asked = describe (rule);

  if (strcmp (asked, refusal->asked) != 0)
    return FALSE;
  switch (ptl_error_code_of (refusal->error))
    {
    case PTL_ERROR_HOST_KEY_UNKNOWN:
      return !ptl_known_hosts_contains (self->state_dir, relay);
    case PTL_ERROR_HOST_KEY_CHANGED:
      return ptl_known_hosts_contains (self->state_dir, relay);
    default:
      return ptl_clock_get_boot_us (self->clock) - refusal->at_us < HOLDS_FOR_US;
    }
}

GError *
ptl_refusals_recall (PtlRefusals *self, const PtlRule *rule, const PtlRelay *relay)
{
  const Refusal *refusal = g_hash_table_lookup (self->table, rule->id);

  if (refusal == NULL)
    return NULL;
  if (holds (self, refusal, rule, relay))
    return g_error_copy (refusal->error);
  g_hash_table_remove (self->table, rule->id);
  return NULL;
}

void
ptl_refusals_remove (PtlRefusals *self, const char *rule_id)
{
  g_hash_table_remove (self->table, rule_id);
}

static gboolean
is_of_relay (gpointer key, gpointer value, gpointer relay_id)
{
  return strcmp (((Refusal *)value)->relay_id, relay_id) == 0;
}

void
ptl_refusals_remove_relay (PtlRefusals *self, const char *relay_id)
{
  g_hash_table_foreach_remove (self->table, is_of_relay, (gpointer)relay_id);
}

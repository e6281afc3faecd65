/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-keeper-private.h"

#include <glib/gi18n-lib.h>

#define PROTOCOL_GIVES_UP_AFTER 3

/* One renewal of one holding: all of its ports, each by itself: one that fails does not take the others with it. */
typedef struct
{
  PtlKeeper *keeper;
  PtlHolding *holding;
  GPtrArray *granted; /* of PtlMapping, in the order of the holds; NULL = failed */
  guint n_pending;
  gboolean quietly;
  gboolean news;      /* what was granted is other than before */
  GError *error;
} Renewal;

typedef struct
{
  Renewal *renewal;
  guint index;
} Part;

/* An extended rule has another end than the one it was opened with. */
static void
refresh_expiry (PtlKeeper *self, PtlHolding *holding)
{
  const PtlRule *rule = ptl_inventory_get (self->inventory, holding->rule_id);

  if (rule != NULL)
    holding->rule->expires = rule->expires;
}

/* ---- Failing ---- */

static gboolean
lease_is_over (PtlKeeper *self, const PtlHolding *holding)
{
  const PtlHold *hold = holding->holds->len > 0 ? holding->holds->pdata[0] : NULL;
  guint32 lifetime = hold != NULL ? hold->mapping->granted_lifetime : 0;

  return lifetime != 0 && ptl_clock_get_boot_us (self->clock) >=
                              holding->granted_boot_us + (gint64) lifetime * G_USEC_PER_SEC;
}

static gboolean
is_silence (const GError *error)
{
  PtlError code = ptl_error_code_of (error);

  return code == PTL_ERROR_ROUTER_SILENT || code == PTL_ERROR_TIMED_OUT;
}

/* A lost datagram is no news; a refusal, or an end that has come, is. */
static gboolean
is_news (PtlKeeper *self, const PtlHolding *holding, const GError *error)
{
  return holding->restoring || holding->n_failed > 1 || lease_is_over (self, holding) ||
         !is_silence (error);
}

/* What granted it may be gone for good, another protocol may be there: the router's own order decides again. */
static void
forget_protocol (PtlHolding *holding)
{
  for (guint i = 0; i < holding->holds->len; i++)
    {
      PtlMapping *mapping = ((PtlHold *) holding->holds->pdata[i])->mapping;

      if (mapping->granted_port != 0)
        mapping->external_port = mapping->granted_port;
      mapping->system = PTL_ROUTER_PROTOCOL_NONE;
    }
}

void
ptl_keeper_fail (PtlKeeper *self, PtlHolding *holding, const GError *error)
{
  holding->n_failed++;
  if (is_news (self, holding, error))
    ptl_keeper_emit_degraded (self, holding, error);
  if (holding->n_failed == PROTOCOL_GIVES_UP_AFTER)
    forget_protocol (holding);
  ptl_holding_plan_renewal (holding, self->clock);
}

/* ---- Renewing ---- */

static gboolean
grants_another (const PtlMapping *before, const PtlMapping *after)
{
  return before->system != after->system || before->granted_port != after->granted_port ||
         g_strcmp0 (before->granted_address, after->granted_address) != 0;
}

static void
take_granted (Renewal *renewal)
{
  PtlHolding *holding = renewal->holding;

  for (guint i = 0; i < holding->holds->len && i < renewal->granted->len; i++)
    {
      PtlHold *hold = holding->holds->pdata[i];

      if (renewal->granted->pdata[i] == NULL)
        renewal->granted->pdata[i] = ptl_mapping_copy (hold->mapping);
      else if (grants_another (hold->mapping, renewal->granted->pdata[i]))
        renewal->news = TRUE;
    }
}

static void
renewal_free (Renewal *renewal)
{
  for (guint i = 0; i < renewal->granted->len; i++)
    g_clear_pointer ((PtlMapping **) &renewal->granted->pdata[i], ptl_mapping_free);
  g_ptr_array_unref (renewal->granted);
  g_clear_error (&renewal->error);
  ptl_holding_unref (renewal->holding);
  g_object_unref (renewal->keeper);
  g_free (renewal);
}

static void
tell (PtlKeeper *self, Renewal *renewal)
{
  PtlHolding *holding = renewal->holding;

  if (renewal->error != NULL)
    {
      ptl_keeper_fail (self, holding, renewal->error);
      return;
    }
  if (holding->degraded || holding->restoring)
    ptl_keeper_emit_recovered (self, holding);
  else if (!renewal->quietly || renewal->news)
    ptl_keeper_emit_leases (self, holding);
}

/* Making sure had no answer: what was granted stands, and is renewed when its time comes. */
static void
forget_quiet_silence (Renewal *renewal, gint64 renew_boot_us)
{
  if (!renewal->quietly || renewal->error == NULL || !is_silence (renewal->error))
    return;
  g_clear_error (&renewal->error);
  renewal->holding->renew_boot_us = renew_boot_us;
}

static void
finish (Renewal *renewal)
{
  PtlKeeper *self = renewal->keeper;
  PtlHolding *holding = renewal->holding;
  guint n_failed = holding->n_failed;
  gint64 granted_boot_us = holding->granted_boot_us;
  gint64 renew_boot_us = holding->renew_boot_us;

  take_granted (renewal);
  ptl_holding_grant (holding, renewal->granted, self->clock);
  if (renewal->error != NULL)
    {
      holding->n_failed = n_failed;
      holding->granted_boot_us = granted_boot_us;
    }
  forget_quiet_silence (renewal, renew_boot_us);
  if (!holding->gone)
    tell (self, renewal);
  ptl_holding_set_idle (holding);
  if (renewal->quietly && renewal->error == NULL && holding->unseen && !holding->gone)
    ptl_keeper_learn (self, holding, TRUE);
  ptl_keeper_schedule (self);
  renewal_free (renewal);
}

static void
on_added (GObject *source, GAsyncResult *result, gpointer data)
{
  Part *part = data;
  Renewal *renewal = part->renewal;
  guint index = part->index;
  g_autoptr (GError) error = NULL;

  g_free (part);
  renewal->granted->pdata[index] = ptl_router_add_finish (PTL_ROUTER (source), result, &error);
  if (error != NULL && renewal->error == NULL)
    renewal->error = g_steal_pointer (&error);
  if (--renewal->n_pending == 0)
    finish (renewal);
}

static void
start (PtlKeeper *self, PtlHolding *holding, PtlRouter *router, gboolean quietly)
{
  Renewal *renewal = g_new0 (Renewal, 1);
  guint32 lifetime = ptl_holding_get_lifetime (holding, self->clock);

  holding->busy = TRUE;
  renewal->quietly = quietly;
  renewal->keeper = g_object_ref (self);
  renewal->holding = ptl_holding_ref (holding);
  renewal->granted = g_ptr_array_new ();
  g_ptr_array_set_size (renewal->granted, (int) holding->holds->len);
  renewal->n_pending = holding->holds->len;
  for (guint i = 0; i < holding->holds->len; i++)
    {
      const PtlHold *hold = holding->holds->pdata[i];
      g_autoptr (PtlMapping) mapping = ptl_mapping_copy (hold->mapping);
      Part *part = g_new (Part, 1);

      part->renewal = renewal;
      part->index = i;
      mapping->lifetime = lifetime;
      /* The port is what matters: a public address of before would be insisted on where the router has another now. */
      g_clear_pointer (&mapping->granted_address, g_free);
      ptl_router_add_async (router, mapping, NULL, on_added, part);
    }
}

void
ptl_keeper_renew (PtlKeeper *self, PtlHolding *holding, gboolean quietly)
{
  PtlRouter *router = ptl_keeper_get_router (self, holding);
  g_autoptr (GError) error = NULL;

  if (holding->busy || holding->gone || holding->holds->len == 0)
    return;
  refresh_expiry (self, holding);
  if (router != NULL)
    {
      start (self, holding, router, quietly);
      return;
    }
  error = ptl_error_new (PTL_ERROR_ROUTER_NONE,
                         _("It is mapped again as soon as this computer is back in that network."),
                         _("The router is not there: this computer is in another network, or in none."));
  ptl_keeper_fail (self, holding, error);
}

void
ptl_keeper_renew_soon (PtlKeeper *self, PtlHolding *holding, gint64 delay_us, gboolean lost)
{
  holding->renew_boot_us = ptl_clock_get_boot_us (self->clock) + delay_us;
  holding->restoring = holding->restoring || lost;
}

void
ptl_keeper_lose (PtlKeeper *self, PtlHolding *holding, const char *detail, gint64 delay_us)
{
  if (!holding->restoring)
    ptl_keeper_notice (self, holding, "lost", "failed", detail);
  ptl_keeper_renew_soon (self, holding, delay_us, TRUE);
}

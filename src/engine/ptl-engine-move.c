/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>

#include "core/ptl-error.h"
#include "ptl-engine-private.h"

gboolean
ptl_engine_widen (
    PtlEngine *self, const char *id, const PtlEndpoint *listen, PtlEndpoint **bound, GError **error)
{
  const PtlEnginePlace *place;
  PtlEngineEntry *entry;

  g_return_val_if_fail (PTL_IS_ENGINE (self) && id && listen, FALSE);

  entry = ptl_engine_look_up (self, id, error);
  place = entry ? ptl_engine_add_place (self, entry, listen, error) : NULL;
  if (!place)
    return FALSE;
  if (bound)
    *bound = ptl_endpoint_copy (place->listen);
  return TRUE;
}

/* What of @place belongs to @listen. */
static PtlProtocol
kept_of (const PtlEnginePlace *place, const PtlEndpoint *listen)
{
  const PtlEndpoint *here = place->listen;

  if (here->first != listen->first || here->last != listen->last
      || g_strcmp0 (here->host, listen->host) != 0)
    return PTL_PROTOCOL_NONE;
  return here->protocol & listen->protocol;
}

/* What of @listen it does not listen for yet. */
static PtlProtocol
get_missing (const PtlEngineEntry *entry, const PtlEndpoint *listen)
{
  PtlProtocol found = PTL_PROTOCOL_NONE;

  for (guint i = 0; i < entry->places->len; i++)
    if (!((PtlEnginePlace *) entry->places->pdata[i])->beside)
      found |= kept_of (entry->places->pdata[i], listen);
  return listen->protocol & ~found;
}

/* Connections of a protocol that @listen has not are cut: the forward leads them nowhere any more. */
static void
leave_place (PtlEngine *self, PtlEnginePlace *place, const PtlEndpoint *listen)
{
  PtlProtocol gone = place->listen->protocol & ~kept_of (place, listen);
  PtlProtocol drained = gone & listen->protocol;

  if (drained != PTL_PROTOCOL_NONE)
    ptl_engine_close_site (self, place->serial, drained, TRUE);
  if (drained != gone)
    ptl_engine_close_site (self, place->serial, gone & ~drained, FALSE);
  place->listen->protocol &= ~gone;
}

gboolean
ptl_engine_settle (PtlEngine *self, const char *id, const PtlForward *forward, GError **error)
{
  PtlEngineEntry *entry;

  g_return_val_if_fail (PTL_IS_ENGINE (self) && id && forward, FALSE);

  entry = ptl_engine_look_up (self, id, error);
  if (!entry || !ptl_forward_check (forward, error)
      || !ptl_engine_check_no_ring (self, id, forward, error))
    return FALSE;
  if (get_missing (entry, forward->listen) != PTL_PROTOCOL_NONE)
    {
      ptl_error_set (error, PTL_ERROR_INVALID, _("Close the rule and open a new one."),
                     _("The forward does not listen there."));
      return FALSE;
    }
  for (guint i = entry->places->len; i > 0; i--)
    {
      PtlEnginePlace *place = entry->places->pdata[i - 1];

      if (place->beside)
        continue;
      leave_place (self, place, forward->listen);
      if (place->listen->protocol == PTL_PROTOCOL_NONE)
        g_ptr_array_remove_index (entry->places, i - 1);
    }
  entry->port = forward->listen->first;
  ptl_engine_configure (self, id, entry, forward);
  return TRUE;
}

static PtlEndpoint *
dup_missing (PtlEngine *self, const char *id, const PtlEndpoint *listen)
{
  const PtlEngineEntry *entry = ptl_engine_get_entry (self, id);
  PtlEndpoint *missing = ptl_endpoint_copy (listen);

  if (entry)
    missing->protocol = get_missing (entry, listen);
  return missing;
}

static gboolean
is_in_way (const PtlEnginePlace *place, const PtlEndpoint *listen)
{
  return !place->beside && (place->listen->protocol & listen->protocol) != 0
         && listen->first <= place->listen->last && listen->last >= place->listen->first;
}

/* Stops listening where @listen has the same ports at another address, or some of them. (transfer
 * container): the places, whose connections go on. */
static GPtrArray *
make_way (PtlEngine *self, const char *id, const PtlEndpoint *listen)
{
  const PtlEngineEntry *entry = ptl_engine_get_entry (self, id);
  GPtrArray *left = g_ptr_array_new ();

  for (guint i = entry ? entry->places->len : 0; i > 0; i--)
    {
      PtlEnginePlace *place = entry->places->pdata[i - 1];

      if (!is_in_way (place, listen))
        continue;
      ptl_engine_close_site (self, place->serial, place->listen->protocol, TRUE);
      g_ptr_array_add (left, g_ptr_array_steal_index (entry->places, i - 1));
    }
  return left;
}

/* Listens at @listen too. Where that is among its own ports these go first, and come back where it
 * does not work out. */
static gboolean
come_to (PtlEngine *self,
         const char *id,
         const PtlEndpoint *listen,
         PtlEndpoint **bound,
         GError **error)
{
  g_autoptr (GError) taken = NULL;
  g_autoptr (GPtrArray) left = NULL;
  gboolean came = ptl_engine_widen (self, id, listen, bound, &taken);

  if (!came && g_error_matches (taken, PTL_ERROR, PTL_ERROR_PORT_TAKEN))
    {
      left = make_way (self, id, listen);
      if (left->len > 0)
        {
          g_clear_error (&taken);
          came = ptl_engine_widen (self, id, listen, bound, &taken);
        }
    }
  for (guint i = 0; left && i < left->len; i++)
    {
      PtlEnginePlace *place = left->pdata[i];

      if (!came)
        ptl_engine_widen (self, id, place->listen, NULL, NULL);
      ptl_engine_place_free (place);
    }
  if (taken)
    g_propagate_error (error, g_steal_pointer (&taken));
  return came;
}

gboolean
ptl_engine_move (
    PtlEngine *self, const char *id, const PtlForward *forward, PtlEndpoint **bound, GError **error)
{
  g_autoptr (PtlEndpoint) missing = NULL;
  g_autoptr (PtlForward) there = NULL;
  PtlEndpoint *where = NULL;

  g_return_val_if_fail (PTL_IS_ENGINE (self) && id && forward, FALSE);

  if (!ptl_forward_check (forward, error) || !ptl_engine_check_no_ring (self, id, forward, error))
    return FALSE;
  missing = dup_missing (self, id, forward->listen);
  if (missing->protocol == PTL_PROTOCOL_NONE)
    where = ptl_endpoint_copy (forward->listen);
  else if (!come_to (self, id, missing, &where, error))
    return FALSE;
  where->protocol = forward->listen->protocol;
  there = ptl_forward_copy (forward);
  ptl_endpoint_free (there->listen);
  there->listen = where;
  ptl_engine_settle (self, id, there, NULL);
  if (bound)
    *bound = ptl_endpoint_copy (where);
  return TRUE;
}

void
ptl_engine_leave (PtlEngine *self, const char *id)
{
  PtlEngineEntry *entry;

  g_return_if_fail (PTL_IS_ENGINE (self) && id);

  entry = ptl_engine_look_up (self, id, NULL);
  for (guint i = entry ? entry->places->len : 0; i > 0; i--)
    {
      const PtlEnginePlace *place = entry->places->pdata[i - 1];

      if (!place->beside)
        continue;
      ptl_engine_close_site (self, place->serial, place->listen->protocol, FALSE);
      g_ptr_array_remove_index (entry->places, i - 1);
      ptl_engine_set_gate (self, entry);
    }
}

gboolean
ptl_engine_join (
    PtlEngine *self, const char *id, const PtlEndpoint *listen, PtlEndpoint **bound, GError **error)
{
  PtlEnginePlace *place;
  PtlEngineEntry *entry;

  g_return_val_if_fail (PTL_IS_ENGINE (self) && id && listen, FALSE);

  entry = ptl_engine_look_up (self, id, error);
  if (!entry)
    return FALSE;
  ptl_engine_leave (self, id);
  place = (PtlEnginePlace *) ptl_engine_add_place (self, entry, listen, error);
  if (!place)
    return FALSE;
  place->beside = TRUE;
  ptl_engine_set_gate (self, entry);
  if (bound)
    *bound = ptl_endpoint_copy (place->listen);
  return TRUE;
}

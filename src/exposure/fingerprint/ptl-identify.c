/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-identify-private.h"

#include <glib/gi18n-lib.h>

#include "core/ptl-error.h"

/* Endpoints looked at together: most of the time they wait. */
#define MAX_THREADS 40

typedef struct
{
  PtlFingerprints *set;
  PtlDial *dial;
  GInetAddress *address;
  guint16 port;
  PtlProtocol protocol;
  gboolean hurry;
  gboolean unfinished;
  PtlSeenState state;
} PtlIdentifying;

static void
ptl_identifying_free (PtlIdentifying *self)
{
  g_clear_pointer (&self->set, ptl_fingerprints_unref);
  ptl_dial_unref (self->dial);
  g_object_unref (self->address);
  g_free (self);
}

GArray *
ptl_asks_list (PtlProbing *probing, gboolean udp)
{
  GArray *asks = g_array_new (FALSE, FALSE, sizeof (PtlAsk));

  for (const PtlAsk *ask = ptl_asks; ask->service != NULL; ask++)
    if (ask->udp == udp)
      g_array_append_val (asks, *ask);
  for (guint i = 0; i < probing->set->talks->len; i++)
    {
      PtlAsk ask = ptl_ask_of_talk (g_ptr_array_index (probing->set->talks, i));

      if (ask.udp == udp)
        g_array_append_val (asks, ask);
    }
  return asks;
}

static gboolean
look (PtlProbing *probing, PtlProtocol protocol, GError **error)
{
  if (probing->hurry)
    return protocol == PTL_PROTOCOL_UDP ? ptl_identify_udp_soon (probing)
                                        : ptl_identify_tcp_soon (probing, error);
  return protocol == PTL_PROTOCOL_UDP ? ptl_identify_udp (probing, error)
                                      : ptl_identify_tcp (probing, error);
}

static PtlIdentity *
identify (PtlProbing *probing, PtlProtocol protocol, PtlSeenState *state, GError **error)
{
  gboolean looked = look (probing, protocol, error);

  if (state != NULL)
    *state = probing->state;
  if (!looked)
    return NULL;
  if (g_cancellable_is_cancelled (probing->cancellable))
    {
      ptl_error_set (error, PTL_ERROR_CANCELLED, NULL, _ ("The check was cancelled."));
      return NULL;
    }
  return probing->state == PTL_SEEN_OPEN ? ptl_probing_to_identity (probing) : NULL;
}

PtlIdentity *
ptl_identify (PtlFingerprints *set,
              PtlDial *dial,
              GInetAddress *address,
              guint16 port,
              PtlProtocol protocol,
              GCancellable *cancellable,
              PtlSeenState *state,
              GError **error)
{
  g_autoptr (PtlProbing) probing = ptl_probing_new (set, dial, address, port, cancellable);

  return identify (probing, protocol, state, error);
}

static void
run (gpointer data, gpointer unused)
{
  g_autoptr (GTask) task = data;
  PtlIdentifying *self = g_task_get_task_data (task);
  g_autoptr (PtlProbing) probing = ptl_probing_new (self->set, self->dial, self->address,
                                                    self->port, g_task_get_cancellable (task));
  PtlIdentity *found;
  GError *error = NULL;

  if (self->hurry)
    ptl_probing_set_hurry (probing);
  else
    ptl_probing_want_set (probing);
  found = identify (probing, self->protocol, &self->state, &error);
  self->unfinished = probing->unfinished;
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, found, (GDestroyNotify) ptl_identity_free);
}

static gpointer
make_pool (gpointer unused)
{
  return g_thread_pool_new (run, NULL, MAX_THREADS, FALSE, NULL);
}

static void
begin (PtlFingerprints *set,
       PtlDial *dial,
       GInetAddress *address,
       guint16 port,
       PtlProtocol protocol,
       gboolean hurry,
       GCancellable *cancellable,
       GAsyncReadyCallback callback,
       gpointer user_data)
{
  static GOnce once = G_ONCE_INIT;
  GThreadPool *pool = g_once (&once, make_pool, NULL);
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  PtlIdentifying *self = g_new0 (PtlIdentifying, 1);

  self->set = set == NULL ? NULL : ptl_fingerprints_ref (set);
  self->dial = ptl_dial_ref (dial);
  self->address = g_object_ref (address);
  self->port = port;
  self->protocol = protocol;
  self->hurry = hurry;
  self->state = PTL_SEEN_FAILED;
  g_task_set_source_tag (task, ptl_identify_async);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, self, (GDestroyNotify) ptl_identifying_free);
  /* Where no thread can be had now, it waits for one that is there. */
  g_thread_pool_push (pool, task, NULL);
}

void
ptl_identify_async (PtlFingerprints *set,
                    PtlDial *dial,
                    GInetAddress *address,
                    guint16 port,
                    PtlProtocol protocol,
                    GCancellable *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer user_data)
{
  begin (set, dial, address, port, protocol, FALSE, cancellable, callback, user_data);
}

void
ptl_identify_soon_async (PtlFingerprints *set,
                         PtlDial *dial,
                         GInetAddress *address,
                         guint16 port,
                         PtlProtocol protocol,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  begin (set, dial, address, port, protocol, TRUE, cancellable, callback, user_data);
}

PtlIdentity *
ptl_identify_soon_finish (GAsyncResult *result,
                          PtlSeenState *state,
                          gboolean *unfinished,
                          GError **error)
{
  *unfinished = ((PtlIdentifying *) g_task_get_task_data (G_TASK (result)))->unfinished;
  return ptl_identify_finish (result, state, error);
}

PtlIdentity *
ptl_identify_finish (GAsyncResult *result, PtlSeenState *state, GError **error)
{
  PtlIdentifying *self = g_task_get_task_data (G_TASK (result));

  if (state != NULL)
    *state = self->state;
  return g_task_propagate_pointer (G_TASK (result), error);
}

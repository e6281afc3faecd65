/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Adding a mapping: which protocol is tried when, and what is said when none works. */

#include <glib/gi18n-lib.h>

#include "core/ptl-drop.h"
#include "ptl-router-cause.h"
#include "ptl-router-private.h"

/* How long a better protocol that is silent is waited for when a worse one has answered. */
#define GRACE_MS 200
/* Where the one that should work says nothing for so long, the others are asked meanwhile. */
#define PATIENCE_MS 1000

typedef struct
{
  PtlMapping *mapping;
  int preferred;     /* index of the protocol that comes first, or -1 */
  guint tried;       /* a bit per index */
  guint probed;      /* likewise: asked anew for this request */
  gboolean asked_all;
  gboolean grace_over;
  gboolean trying;
  gboolean over;
  GError *clearest;
  GSource *grace;
  GSource *patience;
  GSource *cancelled;
  gulong handlers[PTL_ROUTER_N_MAPPERS];
} Add;

static void
add_free (Add *add)
{
  ptl_drop_source (&add->grace);
  ptl_drop_source (&add->patience);
  ptl_drop_source (&add->cancelled);
  ptl_mapping_free (add->mapping);
  g_clear_error (&add->clearest);
  g_free (add);
}

/* Handlers and timers hold a reference to the task each: after this the task lives as long as its
 * caller wants. */
static void
stop (GTask *task)
{
  PtlRouter *self = g_task_get_source_object (task);
  Add *add = g_task_get_task_data (task);

  add->over = TRUE;
  ptl_drop_source (&add->grace);
  ptl_drop_source (&add->patience);
  ptl_drop_source (&add->cancelled);
  for (guint i = 0; i < PTL_ROUTER_N_MAPPERS; i++)
    g_clear_signal_handler (&add->handlers[i], ptl_router_get_mapper (self, i));
}

/* Of several refusals the one that tells most is kept; of two alike UPnP's, for it names holders.
 */
static void
note_error (Add *add, PtlMapper *mapper, const GError *error)
{
  int than = add->clearest != NULL ? ptl_router_cause_rank (add->clearest) : -1;
  int rank = ptl_router_cause_rank (error);

  if (rank < than || (rank == than && ptl_mapper_get_protocol (mapper) != PTL_ROUTER_PROTOCOL_UPNP))
    return;
  g_clear_error (&add->clearest);
  add->clearest = g_error_copy (error);
}

static void
on_asked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  ptl_router_ask_finish (PTL_ROUTER (source), result);
}

/* All that were neither tried nor asked for this request. */
static void
ask_all (PtlRouter *self, Add *add)
{
  guint mask = PTL_ROUTER_ASK_ALL & ~(add->tried | add->probed);

  add->asked_all = TRUE;
  add->probed |= mask;
  ptl_router_ask_async (self, mask, NULL, on_asked, NULL);
}

static void step (GTask *task);

static gboolean
on_grace_over (gpointer user_data)
{
  GTask *task = user_data;
  Add *add = g_task_get_task_data (task);

  add->grace_over = TRUE;
  ptl_drop_source (&add->grace);
  step (task);
  return G_SOURCE_REMOVE;
}

static gboolean
on_patience_over (gpointer user_data)
{
  GTask *task = user_data;
  Add *add = g_task_get_task_data (task);

  ptl_drop_source (&add->patience);
  if (!add->asked_all)
    ask_all (g_task_get_source_object (task), add);
  return G_SOURCE_REMOVE;
}

static gboolean
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  step (user_data);
  return G_SOURCE_REMOVE;
}

static void
watch_cancellable (GTask *task)
{
  Add *add = g_task_get_task_data (task);

  if (g_task_get_cancellable (task) == NULL)
    return;
  add->cancelled = g_cancellable_source_new (g_task_get_cancellable (task));
  g_task_attach_source (task, add->cancelled, G_SOURCE_FUNC (on_cancelled));
}

static void
start_timer (GTask *task, GSource **where, guint ms, GSourceFunc func)
{
  if (*where != NULL)
    return;
  *where = g_timeout_source_new (ms);
  g_source_set_callback (*where, func, g_object_ref (task), g_object_unref);
  g_source_attach (*where, g_task_get_context (task));
}

/* --- one attempt --- */

static void
on_given_back (GObject *source, GAsyncResult *result, gpointer user_data)
{
  ptl_mapper_remove_finish (PTL_MAPPER (source), result, NULL);
}

static void
finish_granted (GTask *task, PtlMapper *mapper, PtlMapping *granted)
{
  PtlRouter *self = g_task_get_source_object (task);
  Add *add = g_task_get_task_data (task);
  const char *external = ptl_router_get_external_address (self);

  if (granted->granted_address == NULL && *external != '\0')
    granted->granted_address = g_strdup (external);
  stop (task);
  if (g_cancellable_is_cancelled (g_task_get_cancellable (task))
      && add->mapping->system == PTL_ROUTER_PROTOCOL_NONE)
    {
      ptl_mapper_remove_async (mapper, granted, NULL, on_given_back, NULL);
      ptl_mapping_free (granted);
      g_task_return_error (task, ptl_error_new (PTL_ERROR_CANCELLED, NULL,
                                                _ ("The request to the router was cancelled.")));
      return;
    }
  ptl_router_set_remembered_protocol (self, ptl_router_protocol_to_string (granted->system));
  g_task_return_pointer (task, granted, (GDestroyNotify) ptl_mapping_free);
}

static void
on_attempted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Add *add = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  PtlMapping *granted = ptl_mapper_add_finish (PTL_MAPPER (source), result, &error);

  if (granted == NULL)
    ptl_mapper_note_failure (PTL_MAPPER (source), error);
  add->trying = FALSE;
  if (granted != NULL)
    {
      finish_granted (task, PTL_MAPPER (source), granted);
      return;
    }
  note_error (add, PTL_MAPPER (source), error);
  step (task);
}

static void
attempt (GTask *task, guint index)
{
  PtlRouter *self = g_task_get_source_object (task);
  Add *add = g_task_get_task_data (task);

  add->tried |= 1u << index;
  add->trying = TRUE;
  /* The router may have gone mute since it was asked: the others are asked before this one gives
   * up. */
  if (!add->asked_all)
    start_timer (task, &add->patience, PATIENCE_MS, on_patience_over);
  ptl_mapper_add_async (ptl_router_get_mapper (self, index), add->mapping,
                        g_task_get_cancellable (task), on_attempted, g_object_ref (task));
}

/* --- which one next --- */

static guint
index_at (const Add *add, guint place)
{
  if (add->preferred < 0)
    return place;
  if (place == 0)
    return (guint) add->preferred;
  return place <= (guint) add->preferred ? place - 1 : place;
}

/* The best one that works and was not tried, or -1; @better_pending: a better one has not answered
 * yet. */
static int
choose (PtlRouter *self, Add *add, gboolean *better_pending)
{
  *better_pending = FALSE;
  for (guint place = 0; place < PTL_ROUTER_N_MAPPERS; place++)
    {
      guint index = index_at (add, place);
      PtlMapper *mapper = ptl_router_get_mapper (self, index);

      if ((add->tried & 1u << index) != 0)
        continue;
      switch (ptl_mapper_get_state (mapper))
        {
        case PTL_MAPPER_WORKS:
          return (int) index;
        case PTL_MAPPER_ASKING:
          *better_pending = TRUE;
          break;
        case PTL_MAPPER_REFUSES:
          note_error (add, mapper, ptl_mapper_get_error (mapper));
          break;
        default:
          break;
        }
    }
  return -1;
}

static void
fail (GTask *task)
{
  PtlRouter *self = g_task_get_source_object (task);
  Add *add = g_task_get_task_data (task);
  g_autoptr (GError) failure = ptl_router_dup_failure (self);

  stop (task);
  if (g_cancellable_is_cancelled (g_task_get_cancellable (task)))
    g_task_return_error (task, ptl_error_new (PTL_ERROR_CANCELLED, NULL,
                                              _ ("The request to the router was cancelled.")));
  else if (add->clearest != NULL
           && ptl_router_cause_rank (add->clearest) >= ptl_router_cause_rank (failure))
    g_task_return_error (task, g_steal_pointer (&add->clearest));
  else if (!ptl_router_works (self) || add->clearest == NULL)
    g_task_return_error (task, g_steal_pointer (&failure));
  else
    g_task_return_error (task, g_steal_pointer (&add->clearest));
}

static void
step (GTask *task)
{
  PtlRouter *self = g_task_get_source_object (task);
  Add *add = g_task_get_task_data (task);
  gboolean better_pending;
  int next;

  if (add->trying || add->over)
    return;
  next = choose (self, add, &better_pending);
  if (g_cancellable_is_cancelled (g_task_get_cancellable (task)))
    fail (task);
  else if (next >= 0 && (!better_pending || add->grace_over))
    attempt (task, (guint) next);
  else if (next >= 0)
    start_timer (task, &add->grace, GRACE_MS, on_grace_over);
  else if (better_pending)
    return;
  else if (!add->asked_all && (PTL_ROUTER_ASK_ALL & ~(add->tried | add->probed)) != 0)
    ask_all (self, add);
  else
    fail (task);
}

static void
on_mapper_changed (PtlMapper *mapper, gpointer user_data)
{
  step (user_data);
}

/* --- the beginning --- */

static gboolean
check (const PtlMapping *mapping, GError **error)
{
  if (mapping->protocol != PTL_PROTOCOL_TCP && mapping->protocol != PTL_PROTOCOL_UDP)
    {
      ptl_error_set (error, PTL_ERROR_INVALID, _("Ask for TCP and UDP one by one."),
                     _("One mapping is of one protocol, TCP or UDP."));
      return FALSE;
    }
  if (mapping->internal_port == 0)
    {
      ptl_error_set (error, PTL_ERROR_INVALID, _ ("Give a port from 1 to 65535."),
                     _ ("A mapping cannot lead to port 0."));
      return FALSE;
    }
  if (mapping->lifetime == 0 && !mapping->as_found)
    {
      ptl_error_set (error, PTL_ERROR_INVALID, _ ("Give a lifetime in seconds."),
                     _ ("A mapping needs a lifetime."));
      return FALSE;
    }
  return TRUE;
}

static int
preferred_index (PtlRouter *self, const PtlMapping *mapping)
{
  PtlRouterProtocol protocol = mapping->as_found ? PTL_ROUTER_PROTOCOL_UPNP : mapping->system;

  if (protocol == PTL_ROUTER_PROTOCOL_NONE &&
      !ptl_router_protocol_from_string (ptl_router_get_remembered_protocol (self), &protocol))
    return -1;
  for (guint i = 0; i < PTL_ROUTER_N_MAPPERS; i++)
    if (ptl_mapper_get_protocol (ptl_router_get_mapper (self, i)) == protocol)
      return (int) i;
  return -1;
}

static gboolean
is_known_to_work (PtlRouter *self, guint index)
{
  return ptl_mapper_get_state (ptl_router_get_mapper (self, index)) == PTL_MAPPER_WORKS;
}

/* One that worked before is asked alone at first; on an unknown network all are, at once. */
static void
begin (GTask *task)
{
  PtlRouter *self = g_task_get_source_object (task);
  Add *add = g_task_get_task_data (task);

  if (add->preferred < 0)
    {
      if (!ptl_router_works (self))
        ask_all (self, add);
    }
  else if (!is_known_to_work (self, (guint) add->preferred))
    {
      add->probed = 1u << add->preferred;
      start_timer (task, &add->patience, PATIENCE_MS, on_patience_over);
      ptl_router_ask_async (self, add->probed, NULL, on_asked, NULL);
    }
  step (task);
}

void
ptl_router_add_async (PtlRouter *self,
                      const PtlMapping *mapping,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Add *add = g_new0 (Add, 1);
  GError *error = NULL;

  g_task_set_source_tag (task, ptl_router_add_async);
  g_task_set_check_cancellable (task, FALSE);
  add->mapping = ptl_mapping_copy (mapping);
  add->preferred = preferred_index (self, mapping);
  if (mapping->as_found)
    add->tried = PTL_ROUTER_ASK_ALL & ~(1u << add->preferred);
  g_task_set_task_data (task, add, (GDestroyNotify) add_free);
  if (!check (mapping, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  for (guint i = 0; i < PTL_ROUTER_N_MAPPERS; i++)
    add->handlers[i] = g_signal_connect_data (ptl_router_get_mapper (self, i), "changed",
                                              G_CALLBACK (on_mapper_changed), g_object_ref (task),
                                              (GClosureNotify) (void *) g_object_unref, 0);
  watch_cancellable (task);
  begin (task);
}

PtlMapping *
ptl_router_add_finish (PtlRouter *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-sweep-private.h"

#include "core/ptl-error.h"
#include "ptl-sweep-loop.h"
#include "ptl-sweep-udp.h"

#define PROGRESS_US 100000

enum
{
  SIGNAL_OPEN,
  SIGNAL_PROGRESS,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (PtlSweep, ptl_sweep, G_TYPE_OBJECT)
G_DEFINE_BOXED_TYPE (PtlSweepResult, ptl_sweep_result, ptl_sweep_result_copy, ptl_sweep_result_free)

static PtlSweepResult *
result_new (const PtlSweepTarget *target, guint16 port)
{
  PtlSweepResult *self = g_new0 (PtlSweepResult, 1);

  self->address = g_object_ref (target->address);
  self->protocol = target->protocol;
  self->port = port;
  self->state = (PtlSeenState) target->states[port];
  return self;
}

PtlSweepResult *
ptl_sweep_result_copy (const PtlSweepResult *self)
{
  PtlSweepResult *copy = g_memdup2 (self, sizeof *self);

  g_object_ref (copy->address);
  return copy;
}

void
ptl_sweep_result_free (PtlSweepResult *self)
{
  g_object_unref (self->address);
  g_free (self);
}

void
ptl_sweep_summary_free (PtlSweepSummary *self)
{
  g_object_unref (self->address);
  g_clear_error (&self->error);
  g_free (self);
}

/* --- the object --- */

static void
ptl_sweep_init (PtlSweep *self)
{
  g_mutex_init (&self->lock);
  self->targets = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_sweep_target_free);
  self->found = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_sweep_result_free);
}

static void
ptl_sweep_finalize (GObject *object)
{
  PtlSweep *self = PTL_SWEEP (object);

  g_ptr_array_unref (self->targets);
  g_ptr_array_unref (self->found);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (ptl_sweep_parent_class)->finalize (object);
}

static void
ptl_sweep_class_init (PtlSweepClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ptl_sweep_finalize;
  signals[SIGNAL_OPEN]
      = g_signal_new ("open", PTL_TYPE_SWEEP, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                      1, PTL_TYPE_SWEEP_RESULT | G_SIGNAL_TYPE_STATIC_SCOPE);
  signals[SIGNAL_PROGRESS] = g_signal_new ("progress", PTL_TYPE_SWEEP, G_SIGNAL_RUN_LAST, 0, NULL,
                                           NULL, NULL, G_TYPE_NONE, 2, G_TYPE_UINT, G_TYPE_UINT);
}

PtlSweep *
ptl_sweep_new (void)
{
  return g_object_new (PTL_TYPE_SWEEP, NULL);
}

/* --- what is asked --- */

gboolean
ptl_sweep_parse_ports (const char *text, PtlPortSet *ports, GError **error)
{
  return ptl_port_set_parse (text, ports, error);
}

void
ptl_sweep_set_pace (PtlSweep *self, const PtlSweepPace *pace)
{
  self->pace = *pace;
}

PtlSweepTarget *
ptl_sweep_find (PtlSweep *self, GInetAddress *address, PtlProtocol protocol)
{
  for (guint i = 0; i < self->targets->len; i++)
    {
      PtlSweepTarget *target = g_ptr_array_index (self->targets, i);

      if (target->protocol == protocol && g_inet_address_equal (target->address, address))
        return target;
    }
  return NULL;
}

PtlSweepTarget *
ptl_sweep_ensure (PtlSweep *self, GInetAddress *address, PtlProtocol protocol)
{
  PtlSweepTarget *target = ptl_sweep_find (self, address, protocol);

  g_assert (!self->ran);
  if (target == NULL)
    {
      target = ptl_sweep_target_new (address, protocol, &self->pace);
      g_ptr_array_add (self->targets, target);
    }
  return target;
}

gboolean
ptl_sweep_add_tcp (PtlSweep *self, GInetAddress *address, const char *ports, GError **error)
{
  PtlPortSet set;

  if (!ptl_port_set_parse (ports, &set, error))
    return FALSE;
  ptl_sweep_target_add (ptl_sweep_ensure (self, address, PTL_PROTOCOL_TCP), &set);
  return TRUE;
}

void
ptl_sweep_add_udp (PtlSweep *self, GInetAddress *address, const guint16 *ports, gsize n_ports)
{
  PtlPortSet set = { 0 };

  for (gsize i = 0; i < n_ports; i++)
    if (ports[i] != 0)
      ptl_port_set_add (&set, ports[i]);
  ptl_sweep_target_add (ptl_sweep_ensure (self, address, PTL_PROTOCOL_UDP), &set);
}

const guint16 *
ptl_sweep_get_known_udp (gsize *n_ports)
{
  return ptl_sweep_udp_get_known (n_ports);
}

/* --- what the thread tells --- */

static void
count (PtlSweep *self, guint *done, guint *all)
{
  *done = *all = 0;
  for (guint i = 0; i < self->targets->len; i++)
    {
      const PtlSweepTarget *target = g_ptr_array_index (self->targets, i);

      *done += target->n_known;
      *all += target->n_wanted;
    }
}

static void
tell_found (PtlSweep *self)
{
  g_autoptr (GPtrArray) found = NULL;

  g_mutex_lock (&self->lock);
  found = g_steal_pointer (&self->found);
  self->found = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_sweep_result_free);
  g_mutex_unlock (&self->lock);
  for (guint i = 0; i < found->len; i++)
    g_signal_emit (self, signals[SIGNAL_OPEN], 0, g_ptr_array_index (found, i));
}

static void
tell_progress (PtlSweep *self)
{
  guint done, all;

  ptl_sweep_get_progress (self, &done, &all);
  if (done == self->told_done)
    return;
  self->told_done = done;
  g_signal_emit (self, signals[SIGNAL_PROGRESS], 0, done, all);
}

static gboolean
on_news (gpointer data)
{
  PtlSweep *self = data;

  g_mutex_lock (&self->lock);
  self->news_waits = FALSE;
  g_mutex_unlock (&self->lock);
  tell_found (self);
  tell_progress (self);
  return G_SOURCE_REMOVE;
}

static void
attach (PtlSweep *self, GSourceFunc function, gpointer data, GDestroyNotify destroy)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, function, data, destroy);
  g_source_attach (source, self->context);
}

/* At most ten times a second, except for what is found, which is told at once. */
static void
announce (PtlSweep *self, gboolean at_once)
{
  gint64 now_us = g_get_monotonic_time ();

  if (self->news_waits || (!at_once && now_us - self->told_us < PROGRESS_US))
    return;
  self->news_waits = TRUE;
  self->told_us = now_us;
  attach (self, on_news, g_object_ref (self), g_object_unref);
}

static void
note_found (gpointer data, const PtlSweepTarget *target, guint16 port)
{
  PtlSweep *self = data;

  g_ptr_array_add (self->found, result_new (target, port));
  announce (self, TRUE);
}

static void
note_tick (gpointer data)
{
  announce (data, FALSE);
}

/* --- running --- */

static gboolean
on_ended (gpointer data)
{
  GTask *task = data;
  PtlSweep *self = g_task_get_source_object (task);

  g_thread_join (g_steal_pointer (&self->thread));
  tell_found (self);
  tell_progress (self);
  if (self->error != NULL)
    g_task_return_error (task, g_steal_pointer (&self->error));
  else
    g_task_return_boolean (task, TRUE);
  return G_SOURCE_REMOVE;
}

static gpointer
run (gpointer data)
{
  GTask *task = data;
  PtlSweep *self = g_task_get_source_object (task);
  const PtlSweepHooks hooks = { .found = note_found, .tick = note_tick, .data = self };

  ptl_sweep_loop_run (self->targets, &self->lock, &hooks, g_task_get_cancellable (task),
                      &self->error);
  attach (self, on_ended, task, g_object_unref);
  return NULL;
}

void
ptl_sweep_run_async (PtlSweep *self,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_return_if_fail (!self->ran);
  g_task_set_source_tag (task, ptl_sweep_run_async);
  self->ran = TRUE;
  self->context = g_task_get_context (task);
  self->thread = g_thread_try_new ("sweep", run, task, &self->error);
  if (self->thread == NULL)
    g_task_return_error (task, g_steal_pointer (&self->error));
  else
    g_steal_pointer (&task); /* on_ended() has it */
}

gboolean
ptl_sweep_run_finish (PtlSweep *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* --- what is known --- */

void
ptl_sweep_get_progress (PtlSweep *self, guint *done, guint *all)
{
  g_mutex_lock (&self->lock);
  count (self, done, all);
  g_mutex_unlock (&self->lock);
}

GPtrArray *
ptl_sweep_dup_open (PtlSweep *self)
{
  GPtrArray *open = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_sweep_result_free);

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->targets->len; i++)
    {
      const PtlSweepTarget *target = g_ptr_array_index (self->targets, i);

      for (guint port = 1; port < PTL_N_PORTS; port++)
        if (ptl_port_set_has (&target->known, (guint16) port)
            && target->states[port] == PTL_SEEN_OPEN)
          g_ptr_array_add (open, result_new (target, (guint16) port));
    }
  g_mutex_unlock (&self->lock);
  return open;
}

PtlSweepSummary *
ptl_sweep_summarise (const PtlSweepTarget *target)
{
  PtlSweepSummary *self = g_new0 (PtlSweepSummary, 1);

  self->address = g_object_ref (target->address);
  self->protocol = target->protocol;
  self->error = target->error != NULL ? g_error_copy (target->error) : NULL;
  for (guint port = 1; port < PTL_N_PORTS; port++)
    if (ptl_port_set_has (&target->known, (guint16) port))
      ptl_port_set_add (&self->states[target->states[port]], (guint16) port);
    else if (ptl_port_set_has (&target->wanted, (guint16) port))
      ptl_port_set_add (&self->todo, (guint16) port);
  return self;
}

GPtrArray *
ptl_sweep_dup_summaries (PtlSweep *self)
{
  GPtrArray *summaries = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_sweep_summary_free);

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->targets->len; i++)
    g_ptr_array_add (summaries, ptl_sweep_summarise (g_ptr_array_index (self->targets, i)));
  g_mutex_unlock (&self->lock);
  return summaries;
}

gboolean
ptl_sweep_get_state (PtlSweep *self,
                     GInetAddress *address,
                     PtlProtocol protocol,
                     guint16 port,
                     PtlSeenState *state)
{
  const PtlSweepTarget *target;
  gboolean known;

  g_mutex_lock (&self->lock);
  target = ptl_sweep_find (self, address, protocol);
  known = target != NULL && ptl_port_set_has (&target->known, port);
  if (known)
    *state = (PtlSeenState) target->states[port];
  g_mutex_unlock (&self->lock);
  return known;
}

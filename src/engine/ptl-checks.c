/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-checks.h"

#include <errno.h>
#include <sys/socket.h>

#include "ptl-descriptors.h"

#define SPREAD_US G_USEC_PER_SEC
#define AGAIN_LEAST_US G_USEC_PER_SEC

typedef struct
{
  PtlSource source; /* to the target, while it is being tried */
  PtlTimer timer;
  PtlSite *site;
  PtlEngineTarget *target;
  PtlAddresses *addresses; /* while it is being tried */
  guint next_address;
  gboolean is_waiting; /* for the name */
  gint64 end_us;       /* of this check */
  gint64 next_us;      /* the next one begins */
} Check;

struct _PtlChecks
{
  guint n;
  Check items[];
};

static const PtlTargets *
get_targets (const Check *self)
{
  return self->site->config->targets;
}

static void
stop_trying (Check *self)
{
  ptl_engine_thread_drop (self->site->thread, &self->source);
  g_clear_pointer (&self->addresses, ptl_addresses_unref);
  self->is_waiting = FALSE;
}

/* As a rule is told to, and not only while no target is up. */
static gboolean
is_regular (const Check *self)
{
  return get_targets (self)->check_interval_us != 0;
}

static gint64
get_out_until_us (const Check *self)
{
  return atomic_load (&self->target->out_until_us);
}

static void
arm (Check *self, gint64 due_us)
{
  ptl_timers_arm (&self->site->thread->timers, &self->timer, due_us);
}

/* Until a target is up again, by this or by a connection. */
static void
follow_out (Check *self)
{
  gint64 until_us = get_out_until_us (self);

  if (until_us != PTL_TARGET_OUT && ptl_targets_are_all_out (get_targets (self)))
    arm (self, MAX (until_us, self->site->thread->now_us + AGAIN_LEAST_US));
}

static void
end (Check *self)
{
  stop_trying (self);
  ptl_timers_cancel (&self->site->thread->timers, &self->timer);
  if (is_regular (self))
    arm (self, MAX (self->next_us, self->site->thread->now_us));
  else
    follow_out (self);
}

static void
went_well (Check *self)
{
  PtlEngineTarget *target = self->target;
  int streak = MAX (atomic_load (&target->streak), 0) + 1;

  atomic_store (&target->streak, streak);
  if (!is_regular (self) || streak >= (int) get_targets (self)->rise)
    ptl_engine_target_bring_back (target);
  end (self);
}

static void
failed (Check *self, int error)
{
  PtlEngineTarget *target = self->target;
  int streak = MIN (atomic_load (&target->streak), 0) - 1;

  ptl_count (&target->counters[self->site->thread->index].failures, 1);
  atomic_store (&target->streak, streak);
  if (!is_regular (self))
    ptl_engine_target_put_out (target, error, self->site->thread->now_us);
  else if (-streak >= (int) get_targets (self)->fall)
    {
      g_autoptr (GError) reason = ptl_engine_target_describe (target, error);

      ptl_engine_target_put_out_for_good (target, reason);
    }
  end (self);
}

/* That this computer is short of something says nothing of the target. */
static gboolean
is_shortage (int error)
{
  return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM
         || error == EADDRNOTAVAIL;
}

static void on_ready (PtlEngineThread *thread, PtlSource *source, guint32 events);

/* Returns 0, EINPROGRESS, or why it cannot be. */
static int
begin_connecting (Check *self, const PtlSockaddr *address)
{
  int fd = ptl_descriptors_open_socket (address->any.sa_family, SOCK_STREAM);

  if (fd < 0)
    return errno;
  self->source = (PtlSource){ .ready = on_ready, .fd = fd };
  if (connect (fd, &address->any, ptl_sockaddr_get_length (address)) == 0)
    return 0;
  if (errno != EINPROGRESS && errno != EINTR)
    return errno;
  return ptl_engine_thread_watch (self->site->thread, &self->source, EPOLLOUT) ? EINPROGRESS : errno;
}

/* From the address at hand on; @error: of the one before. */
static void
try_rest (Check *self, int error)
{
  PtlEngineThread *thread = self->site->thread;

  for (; self->next_address < self->addresses->n; self->next_address++)
    {
      PtlSockaddr address = self->addresses->items[self->next_address];

      ptl_sockaddr_set_port (&address, self->target->port);
      error = begin_connecting (self, &address);
      if (error == 0)
        {
          went_well (self);
          return;
        }
      if (error == EINPROGRESS)
        {
          arm (self, thread->now_us
                         + MAX (0, self->end_us - thread->now_us)
                               / (self->addresses->n - self->next_address));
          return;
        }
      ptl_engine_thread_drop (thread, &self->source);
    }
  if (is_shortage (error))
    end (self);
  else
    failed (self, error);
}

static void
try_next (Check *self, int error)
{
  ptl_engine_thread_drop (self->site->thread, &self->source);
  self->next_address++;
  try_rest (self, error);
}

static void
on_ready (PtlEngineThread *thread, PtlSource *source, guint32 events)
{
  Check *self = (Check *) (gpointer) source;
  int error = 0;
  socklen_t length = sizeof error;

  if (getsockopt (source->fd, SOL_SOCKET, SO_ERROR, &error, &length) < 0)
    error = errno;
  if (error != 0)
    try_next (self, error);
  else
    went_well (self);
}

static void
begin_with (Check *self, PtlAddresses *addresses)
{
  self->is_waiting = FALSE;
  self->addresses = addresses;
  self->next_address = 0;
  try_rest (self, 0);
}

static void
begin (Check *self)
{
  const PtlTargets *targets = get_targets (self);
  gint64 now_us = self->site->thread->now_us;
  PtlAddresses *addresses;

  self->end_us = now_us + targets->check_timeout_us;
  self->next_us = now_us + targets->check_interval_us;
  addresses = ptl_site_get_addresses (self->site, self->target);
  if (addresses)
    {
      begin_with (self, addresses);
      return;
    }
  self->is_waiting = TRUE;
  arm (self, self->end_us);
}

static void
on_timer (PtlEngineThread *thread, PtlTimer *timer)
{
  Check *self = (Check *) (gpointer) ((guint8 *) timer - G_STRUCT_OFFSET (Check, timer));

  if (self->is_waiting)
    failed (self, 0);
  else if (self->addresses)
    try_next (self, ETIMEDOUT);
  else if (is_regular (self))
    begin (self);
  else if (self->target->name && ptl_name_get_refused_until_us (self->target->name) != 0)
    ptl_name_prefetch (self->target->name, thread->resolver, thread->now_us);
  else if (ptl_targets_are_all_out (get_targets (self)))
    begin (self);
}

/* Nobody may come for long, and whoever looks at the rule is to see that it is well again. */
static void
follow_refused (Check *self)
{
  gint64 until_us = ptl_name_get_refused_until_us (self->target->name);

  if (until_us != 0)
    arm (self, MAX (until_us, self->site->thread->now_us + AGAIN_LEAST_US));
  else if (get_out_until_us (self) == 0)
    ptl_timers_cancel (&self->site->thread->timers, &self->timer);
}

void
ptl_checks_named (PtlSite *site, const PtlName *name)
{
  for (guint i = 0; site->checks && i < site->checks->n; i++)
    {
      Check *check = &site->checks->items[i];

      if (check->target->name != name)
        continue;
      if (check->is_waiting)
        begin_with (check, ptl_name_peek (check->target->name));
      else if (!is_regular (check))
        follow_refused (check);
    }
}

void
ptl_checks_begin_where_out (PtlSite *site)
{
  if (!site->checks || !site->config->has_tcp)
    return;
  for (guint i = 0; i < site->checks->n; i++)
    {
      Check *check = &site->checks->items[i];

      if (!check->is_waiting && !check->addresses && !is_regular (check))
        follow_out (check);
    }
}

/* Life */

/* Not all targets at once, and not all rules either, when many are opened at a time. */
static gint64
get_first_delay (const PtlSite *site, guint i)
{
  const PtlTargets *targets = site->config->targets;
  gint64 spread_us = MIN (targets->check_interval_us, SPREAD_US);
  guint32 phase = (guint32) site->serial * 2654435769u;

  return spread_us * i / targets->n + spread_us / targets->n * (phase >> 16) / 65536;
}

static void
start (Check *self, PtlSite *site, guint i)
{
  self->site = site;
  self->source.fd = -1;
  self->timer.fire = on_timer;
  self->target = ptl_engine_target_ref (site->config->targets->items[i]);
  if (is_regular (self))
    arm (self, site->thread->now_us + get_first_delay (site, i));
  else if (self->target->name)
    follow_refused (self);
}

void
ptl_checks_start (PtlSite *site)
{
  const PtlTargets *targets = site->config->targets;

  ptl_checks_stop (site);
  site->checks = g_malloc0 (sizeof *site->checks + targets->n * sizeof (Check));
  site->checks->n = targets->n;
  for (guint i = 0; i < targets->n; i++)
    start (&site->checks->items[i], site, i);
  ptl_checks_begin_where_out (site);
}

void
ptl_checks_stop (PtlSite *site)
{
  for (guint i = 0; site->checks && i < site->checks->n; i++)
    {
      Check *check = &site->checks->items[i];

      stop_trying (check);
      ptl_timers_cancel (&site->thread->timers, &check->timer);
      ptl_engine_target_unref (check->target);
    }
  if (site->checks)
    ptl_engine_thread_bury (site->thread, g_steal_pointer (&site->checks));
}

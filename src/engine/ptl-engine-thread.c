/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-engine-thread.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include "core/ptl-error.h"
#include "ptl-site.h"

#define N_EVENTS 128

gint64
ptl_engine_read_clock_us (void)
{
  struct timespec now;

  clock_gettime (CLOCK_BOOTTIME, &now);
  return (gint64) now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

gboolean
ptl_engine_thread_watch (PtlEngineThread *self, PtlSource *source, guint32 events)
{
  struct epoll_event event = { .events = events, .data.ptr = source };

  return epoll_ctl (self->epoll_fd, EPOLL_CTL_ADD, source->fd, &event) == 0;
}

/* Closing alone would not take it out of epoll while a child that is being started still has a
 * copy. */
void
ptl_engine_thread_drop (PtlEngineThread *self, PtlSource *source)
{
  guint place;

  source->ready = NULL;
  if (source->is_put_off && g_ptr_array_find (self->put_off, source, &place))
    self->put_off->pdata[place] = NULL;
  if (source->fd < 0)
    return;
  epoll_ctl (self->epoll_fd, EPOLL_CTL_DEL, source->fd, NULL);
  close (source->fd);
  source->fd = -1;
  if (self->paused->len > 0)
    ptl_timers_arm (&self->timers, &self->resume, self->now_us + 1000);
}

void
ptl_engine_thread_put_off (PtlEngineThread *self, PtlSource *source)
{
  if (source->is_put_off)
    return;
  source->is_put_off = TRUE;
  g_ptr_array_add (self->put_off, source);
}

void
ptl_engine_thread_bury (PtlEngineThread *self, gpointer memory)
{
  g_ptr_array_add (self->buried, memory);
}

static void
on_mail (PtlEngineThread *thread, PtlSource *source, guint32 events)
{
  thread->has_mail = TRUE;
}

static void
run_put_off (PtlEngineThread *self)
{
  guint n = self->put_off->len; /* those that put themselves off again come in the next round */

  for (guint i = 0; i < n; i++)
    {
      PtlSource *source = g_ptr_array_index (self->put_off, i);

      if (!source)
        continue;
      self->put_off->pdata[i] = NULL;
      source->is_put_off = FALSE;
      source->ready (self, source, 0);
    }
  if (n > 0)
    g_ptr_array_remove_range (self->put_off, 0, n);
}

static void
run_timers (PtlEngineThread *self)
{
  PtlTimer *timer;

  while ((timer = ptl_timers_pop_due (&self->timers, self->now_us)))
    timer->fire (self, timer);
}

/* Commands come last: what they free can then have no event in this round, and no new one comes. */
static void
run_round (PtlEngineThread *self)
{
  struct epoll_event events[N_EVENTS];
  int wait_ms = self->put_off->len ? 0 : ptl_timers_get_wait_ms (&self->timers, self->now_us);
  int n;

  n = ptl_wait_for_events (&self->wait, self->epoll_fd, events, N_EVENTS, wait_ms, self->now_us);
  self->now_us = ptl_engine_read_clock_us ();
  for (int i = 0; i < n; i++)
    {
      PtlSource *source = events[i].data.ptr;

      if (source->ready)
        source->ready (self, source, events[i].events);
    }
  run_put_off (self);
  run_timers (self);
  if (self->has_mail)
    {
      self->has_mail = FALSE;
      ptl_mailbox_run (self->mailbox, self);
    }
  g_ptr_array_set_size (self->buried, 0);
}

static gpointer
run (gpointer data)
{
  PtlEngineThread *self = data;

  self->now_us = ptl_engine_read_clock_us ();
  while (!self->quit)
    run_round (self);
  ptl_sites_cut_all (self);
  g_ptr_array_set_size (self->buried, 0);
  return NULL;
}

static void
clear (PtlEngineThread *self)
{
  ptl_timers_clear (&self->timers);
  ptl_pipes_clear (&self->pipes);
  g_clear_pointer (&self->udp_batch, ptl_udp_batch_free);
  g_clear_pointer (&self->put_off, g_ptr_array_unref);
  g_clear_pointer (&self->paused, g_ptr_array_unref);
  g_clear_pointer (&self->buried, g_ptr_array_unref);
  g_clear_pointer (&self->sites, g_hash_table_unref);
  g_clear_pointer (&self->buffer, g_free);
  if (self->mailbox)
    ptl_mailbox_close (self->mailbox);
  g_clear_pointer (&self->mailbox, ptl_mailbox_unref);
  if (self->epoll_fd >= 0)
    close (self->epoll_fd);
  if (self->spare_fd >= 0)
    close (self->spare_fd);
  g_free (self);
}

/* No signal is for these threads: SIGPIPE above all, which splice(2) raises and no flag holds back.
 */
static GThread *
start (PtlEngineThread *self, GError **error)
{
  g_autofree char *name = g_strdup_printf ("ptl-engine-%u", self->index);
  sigset_t all, before;
  GThread *thread;

  sigfillset (&all);
  pthread_sigmask (SIG_SETMASK, &all, &before);
  thread = g_thread_try_new (name, run, self, error);
  pthread_sigmask (SIG_SETMASK, &before, NULL);
  return thread;
}

PtlEngineThread *
ptl_engine_thread_new (guint index,
                       PtlEngineThread **peers,
                       PtlActivity *activity,
                       GThreadPool *resolver,
                       GError **error)
{
  PtlEngineThread *self = g_new0 (PtlEngineThread, 1);
  int saved;

  self->index = index;
  self->peers = peers;
  self->activity = activity;
  self->resolver = resolver;
  self->buffer = g_malloc (PTL_ENGINE_BUFFER_SIZE);
  self->put_off = g_ptr_array_new ();
  self->paused = g_ptr_array_new ();
  self->buried = g_ptr_array_new_with_free_func (g_free);
  self->sites = g_hash_table_new (g_int64_hash, g_int64_equal);
  ptl_pipes_init (&self->pipes);
  ptl_sites_init_thread (self);
  self->epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  self->mailbox = ptl_mailbox_new ();
  self->mail.ready = on_mail;
  self->mail.fd = self->mailbox ? ptl_mailbox_get_fd (self->mailbox) : -1;
  if (self->epoll_fd >= 0 && self->mailbox && ptl_engine_thread_watch (self, &self->mail, EPOLLIN))
    {
      self->thread = start (self, error);
      if (self->thread)
        return self;
      clear (self);
      return NULL;
    }
  saved = errno;
  clear (self);
  ptl_error_set (error, PTL_ERROR_FAILED, _("Close some programs and try again."),
                 /* Translators: %s is the system's reason. */
                 _("The forwarding engine could not start: %s."), g_strerror (saved));
  return NULL;
}

static void
quit (PtlEngineThread *thread, gpointer data)
{
  thread->quit = TRUE;
}

void
ptl_engine_threads_free (PtlEngineThread **threads, guint n)
{
  for (guint i = 0; i < n; i++)
    if (threads[i])
      ptl_mailbox_post (threads[i]->mailbox, quit, NULL, NULL);
  for (guint i = 0; i < n; i++)
    if (threads[i])
      g_thread_join (threads[i]->thread);
  for (guint i = 0; i < n; i++)
    g_clear_pointer (&threads[i], clear);
}

typedef struct
{
  GMutex lock;
  GCond done;
  guint pending;
  PtlEngineFunc func;
  gpointer data;
} Call;

static void
run_call (PtlEngineThread *thread, gpointer data)
{
  Call *call = data;

  call->func (thread, call->data);
  g_mutex_lock (&call->lock);
  if (--call->pending == 0)
    g_cond_signal (&call->done);
  g_mutex_unlock (&call->lock);
}

void
ptl_engine_threads_call (PtlEngineThread **threads, guint n, PtlEngineFunc func, gpointer data)
{
  Call call = { .pending = n, .func = func, .data = data };

  g_mutex_init (&call.lock);
  g_cond_init (&call.done);
  for (guint i = 0; i < n; i++)
    ptl_mailbox_post (threads[i]->mailbox, run_call, &call, NULL);
  g_mutex_lock (&call.lock);
  while (call.pending > 0)
    g_cond_wait (&call.done, &call.lock);
  g_mutex_unlock (&call.lock);
  g_mutex_clear (&call.lock);
  g_cond_clear (&call.done);
}

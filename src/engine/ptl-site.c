/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-site.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ptl-admission.h"
#include "ptl-checks.h"
#include "ptl-descriptors.h"
#include "ptl-tcp-header.h"
#include "ptl-tcp-socket.h"
#include "ptl-tcp.h"
#include "ptl-udp.h"
#include "ptl-udp-send.h"

#define PAUSE_US (100 * 1000)
#define N_ACCEPT 64

PtlSite *
ptl_site_find (PtlEngineThread *thread, gint64 serial)
{
  return g_hash_table_lookup (thread->sites, &serial);
}

/* Counters */

void
ptl_site_count_bytes (PtlSite *self, gboolean in, gsize n)
{
  ptl_count (in ? &self->counters->bytes_in : &self->counters->bytes_out, (gint64) n);
  atomic_store_explicit (&self->counters->last_used_us, self->thread->now_us, memory_order_relaxed);
  ptl_activity_touch (self->thread->activity);
}

void
ptl_site_count_packets (PtlSite *self, gboolean in, guint n)
{
  ptl_count (in ? &self->counters->packets_in : &self->counters->packets_out, n);
}

void
ptl_site_connection_began (PtlSite *self)
{
  ptl_count (&self->counters->ever, 1);
  ptl_activity_touch (self->thread->activity);
}

void
ptl_site_count_refused (PtlSite *self, PtlRefused reason)
{
  ptl_count (&self->counters->refused[reason], 1);
  ptl_activity_touch (self->thread->activity);
}

/* The targets' addresses */

static void
on_named (PtlEngineThread *thread, gpointer data)
{
  g_autoptr (PtlNameAnswer) answer = data;
  PtlSite *self = ptl_site_find (thread, answer->serial);

  if (!self)
    return;
  ptl_checks_named (self, answer->name);
  ptl_udp_named (self, answer->name);
  ptl_tcp_named (self, answer->name); /* last: the site may end with its last connection */
}

PtlAddresses *
ptl_site_get_addresses (PtlSite *self, PtlEngineTarget *target)
{
  PtlNameWaiter waiter = { self->thread->mailbox, on_named, self->serial };

  if (target->addresses)
    return ptl_addresses_ref (target->addresses);
  return ptl_name_get (target->name, self->thread->resolver, self->thread->now_us, &waiter);
}

/* So that the first to come need not wait. */
static void
look_up_names (PtlSite *self)
{
  PtlTargets *targets = self->config->targets;

  for (guint i = 0; i < targets->n; i++)
    if (targets->items[i]->name)
      ptl_name_prefetch (targets->items[i]->name, self->thread->resolver, self->thread->now_us);
}

static guint
get_home (const PtlSite *self)
{
  return (guint) (self->serial % self->tally->n_threads);
}

static void
on_out (PtlEngineThread *thread, gpointer data)
{
  g_autofree gint64 *serial = data;
  PtlSite *self = ptl_site_find (thread, *serial);

  if (self)
    ptl_checks_begin_where_out (self);
}

void
ptl_site_targets_are_out (PtlSite *self)
{
  ptl_mailbox_post (self->thread->peers[get_home (self)]->mailbox, on_out,
                    g_memdup2 (&self->serial, sizeof self->serial), g_free);
}

/* One thread is told where names lead, whoever asked. */
static void
make_home (PtlSite *self)
{
  PtlNameWaiter home = { self->thread->mailbox, on_named, self->serial };
  PtlTargets *targets = self->config->targets;

  if (get_home (self) != self->thread->index)
    return;
  for (guint i = 0; i < targets->n; i++)
    if (targets->items[i]->name)
      ptl_name_set_home (targets->items[i]->name, &home);
  ptl_checks_start (self);
}

/* Accepting */

/* A socket, and not any descriptor that would be closed in time: another thread might be faster then. */
static void
keep_spare (PtlEngineThread *thread)
{
  if (thread->spare_fd < 0)
    thread->spare_fd = ptl_descriptors_open_socket (thread->spare_family, SOCK_STREAM);
}

static int
take_spare (PtlEngineThread *thread, int family)
{
  int fd = thread->spare_fd;

  if (fd < 0)
    {
      errno = EMFILE;
      return -1;
    }
  thread->spare_fd = -1;
  if (thread->spare_family == family)
    return fd;
  close (fd);
  return ptl_descriptors_open_socket (family, SOCK_STREAM);
}

int
ptl_engine_thread_open_socket (PtlEngineThread *thread, int family)
{
  int fd = ptl_descriptors_open_socket (family, SOCK_STREAM);

  if (fd < 0 && (errno == EMFILE || errno == ENFILE))
    fd = take_spare (thread, family);
  if (fd >= 0 && thread->spare_fd < 0)
    thread->spare_family = family; /* the next one will most likely be the same */
  return fd;
}

static void
set_interest (PtlListener *self, guint32 events)
{
  struct epoll_event event = { .events = events, .data.ptr = &self->source };

  epoll_ctl (self->site->thread->epoll_fd, EPOLL_CTL_MOD, self->source.fd, &event);
}

void
ptl_listener_pause (PtlListener *self)
{
  PtlEngineThread *thread = self->site->thread;

  if (!self->paused)
    {
      self->paused = TRUE;
      set_interest (self, 0);
      g_ptr_array_add (thread->paused, self);
    }
  ptl_timers_arm (&thread->timers, &thread->resume, thread->now_us + PAUSE_US);
}

static void
on_resume (PtlEngineThread *thread, PtlTimer *timer)
{
  for (guint i = 0; i < thread->paused->len; i++)
    {
      PtlListener *listener = g_ptr_array_index (thread->paused, i);

      listener->paused = FALSE;
      set_interest (listener, EPOLLIN);
    }
  g_ptr_array_set_size (thread->paused, 0);
}

static void
take_in (PtlListener *self, int fd, const PtlSockaddr *from)
{
  PtlEngineThread *thread = self->site->thread;
  PtlSourceEntry *entry = NULL;
  gboolean owes_header;
  PtlAddress source;

  ptl_sockaddr_get_address (from, &source);
  thread->is_scarce = ptl_descriptors_are_scarce (fd);
  thread->is_short = ptl_descriptors_is_reserved (fd);
  owes_header = ptl_tcp_owes_header (self->site, &source);
  if (!owes_header)
    entry = ptl_admission_begin (self->site, &source);
  if (entry || owes_header)
    ptl_tcp_accept (self, fd, &source, ptl_sockaddr_get_port (from), entry);
  else
    ptl_tcp_socket_reset (fd);
}

/* One that the spare keeps is not counted: so the next one that is free is looked at. */
static gboolean
is_short (PtlEngineThread *thread)
{
  int fd;

  if (G_LIKELY (!thread->is_short))
    return FALSE;
  fd = ptl_descriptors_open_socket (thread->spare_family, SOCK_STREAM);
  if (fd < 0)
    return TRUE;
  close (fd);
  thread->is_short = FALSE;
  return FALSE;
}

/* With no spare descriptor there would be none for the way to the target: so none is accepted. */
static void
on_connections (PtlEngineThread *thread, PtlSource *source, guint32 events)
{
  PtlListener *self = (PtlListener *) source;

  for (guint i = 0; i < N_ACCEPT; i++)
    {
      PtlSockaddr from;
      socklen_t length = sizeof from;
      int fd;

      keep_spare (thread);
      if (thread->spare_fd < 0 || is_short (thread))
        {
          ptl_listener_pause (self);
          return;
        }
      fd = accept4 (source->fd, &from.any, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (fd >= 0)
        take_in (self, fd, &from);
      else if (errno == EAGAIN)
        return;
      else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
        {
          ptl_listener_pause (self);
          return;
        }
      /* Any other error belongs to a connection that is gone already (accept(2)): the next one. */
    }
}

/* Life */

static gboolean
add_listener (PtlSite *self, const PtlListenSocket *from)
{
  PtlListener *listener = &self->listeners[self->n_listeners++];

  listener->site = self;
  listener->offset = from->offset;
  listener->udp = from->udp;
  listener->source.fd = from->fd;
  listener->source.ready = from->udp ? ptl_udp_on_datagrams : on_connections;
  if (from->udp)
    listener->segment_most = ptl_udp_probe_segments (from->fd);
  return ptl_engine_thread_watch (self->thread, &listener->source, EPOLLIN);
}

void
ptl_site_add (PtlEngineThread *thread, gpointer data)
{
  PtlSiteAdd *add = data;
  PtlSite *self = g_new0 (PtlSite, 1);
  guint n = 0;

  self->serial = add->serial;
  self->thread = thread;
  self->config = ptl_engine_config_ref (add->config);
  self->tally = ptl_tally_ref (add->tally);
  self->counters = &add->tally->counters[thread->index];
  self->counters->n_sites++;
  ptl_udp_table_init (self);
  g_hash_table_insert (thread->sites, &self->serial, self);
  for (guint i = 0; i < add->n_sockets; i++)
    {
      n += add->sockets[i].thread == thread->index;
      self->protocol |= add->sockets[i].udp ? PTL_PROTOCOL_UDP : PTL_PROTOCOL_TCP;
    }
  self->listeners = g_new0 (PtlListener, n);
  for (guint i = 0; i < add->n_sockets; i++)
    if (add->sockets[i].thread == thread->index && !add_listener (self, &add->sockets[i]))
      atomic_store (&add->failed, TRUE);
  if (add->is_home)
    make_home (self);
  if (n > 0)
    look_up_names (self);
}

/* shutdown() stops it even while a child that is being started holds a copy. */
static void
close_listener (PtlListener *self)
{
  PtlEngineThread *thread = self->site->thread;

  if (self->source.fd < 0)
    return;
  if (!self->udp)
    shutdown (self->source.fd, SHUT_RDWR);
  g_ptr_array_remove_fast (thread->paused, self);
  ptl_engine_thread_drop (thread, &self->source);
}

static void
close_listeners (PtlSite *self, PtlProtocol protocol)
{
  for (guint i = 0; i < self->n_listeners; i++)
    if ((protocol & (self->listeners[i].udp ? PTL_PROTOCOL_UDP : PTL_PROTOCOL_TCP)) != 0)
      close_listener (&self->listeners[i]);
}

static void
free_if_ended (PtlSite *self)
{
  PtlEngineThread *thread = self->thread;

  if (!self->closing || self->connections || self->udp.oldest)
    return;
  close_listeners (self, PTL_PROTOCOL_BOTH);
  g_hash_table_remove (thread->sites, &self->serial);
  ptl_udp_table_clear (self);
  ptl_engine_config_unref (self->config);
  self->counters->n_sites--;
  ptl_tally_unref (self->tally);
  ptl_engine_thread_bury (thread, self->listeners);
  ptl_engine_thread_bury (thread, self);
}

void
ptl_site_connection_ended (PtlSite *self)
{
  ptl_activity_touch (self->thread->activity);
  free_if_ended (self);
}

void
ptl_site_edit (PtlEngineThread *thread, gpointer data)
{
  PtlSiteEdit *edit = data;
  PtlSite *self = ptl_site_find (thread, edit->serial);
  gboolean closing;

  if (!self)
    return;
  ptl_engine_config_unref (self->config);
  self->config = ptl_engine_config_ref (edit->config);
  /* The last connection of a closing site would take the site with it. */
  closing = self->closing;
  self->closing = FALSE;
  ptl_tcp_config_changed (self);
  ptl_udp_config_changed (self);
  self->closing = closing;
  if (edit->is_home)
    make_home (self);
  else
    ptl_checks_stop (self);
  if (self->n_listeners > 0)
    look_up_names (self);
  free_if_ended (self);
}

/* Cutting the last connection of a closing site frees it: so `closing` is set when all are gone. */
static void
cut (PtlSite *self, PtlProtocol protocol)
{
  gboolean closing = self->closing;

  self->closing = FALSE;
  if ((protocol & PTL_PROTOCOL_TCP) != 0)
    ptl_tcp_cut_all (self);
  if ((protocol & PTL_PROTOCOL_UDP) != 0)
    ptl_udp_cut_all (self);
  self->closing = closing;
}

void
ptl_site_close (PtlEngineThread *thread, gpointer data)
{
  PtlSiteClose *order = data;
  PtlSite *self = ptl_site_find (thread, order->serial);
  PtlProtocol gone = order->protocol;

  if (!self)
    return;
  /* The UDP socket is needed as long as there are sessions that it answers for. */
  if (order->drain && self->udp.oldest)
    gone &= ~PTL_PROTOCOL_UDP;
  close_listeners (self, gone);
  if (!order->drain)
    cut (self, order->protocol);
  self->protocol &= ~order->protocol;
  if (self->protocol == PTL_PROTOCOL_NONE)
    {
      ptl_checks_stop (self);
      self->closing = TRUE;
    }
  free_if_ended (self);
}

static void
each_site (PtlEngineThread *thread, void (*func) (PtlSite *))
{
  g_autoptr (GList) all = g_hash_table_get_values (thread->sites);

  for (GList *i = all; i; i = i->next)
    func (i->data);
}

static void
release_udp (PtlSite *self)
{
  if (!self->closing || !self->udp.oldest)
    return;
  self->closing = FALSE;
  ptl_udp_cut_all (self);
  self->closing = TRUE;
  close_listeners (self, PTL_PROTOCOL_BOTH);
  free_if_ended (self);
}

void
ptl_sites_release_udp (PtlEngineThread *thread, gpointer unused)
{
  each_site (thread, release_udp);
}

static void
end (PtlSite *self)
{
  ptl_checks_stop (self);
  close_listeners (self, PTL_PROTOCOL_BOTH);
  cut (self, PTL_PROTOCOL_BOTH);
  self->closing = TRUE;
  free_if_ended (self);
}

void
ptl_sites_init_thread (PtlEngineThread *thread)
{
  thread->spare_fd = -1;
  thread->spare_family = AF_INET;
  thread->resume.fire = on_resume;
}

void
ptl_sites_cut_all (PtlEngineThread *thread)
{
  each_site (thread, end);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-mux-private.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "core/ptl-error.h"

#define PACKET_MAX 32768
/* How often somebody who waits looks whether it is cancelled. */
#define CANCEL_US (50 * 1000)

static int
connect_control (const char *path)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd;

  if (strlen (path) >= sizeof address.sun_path)
    return -1;
  strcpy (address.sun_path, path);
  fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd >= 0 && connect (fd, (struct sockaddr *) &address, sizeof address) < 0)
    {
      close (fd);
      return -1;
    }
  return fd;
}

/* Reads one packet into @in, and not a byte more. */
static gboolean
read_packet (int fd, GByteArray *in, gint64 deadline_us)
{
  g_byte_array_set_size (in, 0);
  for (;;)
    {
      struct pollfd entry = { .fd = fd, .events = POLLIN };
      gint64 left_us = deadline_us - g_get_monotonic_time ();
      gssize length = ptl_mux_packet_length (in->data, in->len);
      guint8 byte;
      gssize n;

      if (length != 0)
        return length > 0;
      if (left_us <= 0 || poll (&entry, 1, (int) (left_us / 1000) + 1) <= 0)
        return FALSE;
      n = recv (fd, &byte, 1, 0);
      if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
        return FALSE;
      if (n > 0)
        g_byte_array_append (in, &byte, 1);
    }
}

/* Until the socket is a proxy. */
static gboolean
greet (int fd, gint64 deadline_us)
{
  g_autoptr (GByteArray) out = g_byte_array_new ();
  g_autoptr (GByteArray) in = g_byte_array_new ();
  guint32 value;

  ptl_mux_put_word (out, PTL_MUX_HELLO, PTL_MUX_VERSION);
  ptl_mux_put_word (out, PTL_MUX_PROXY_ASKED, 0);
  if (send (fd, out->data, out->len, MSG_NOSIGNAL) != (gssize) out->len)
    return FALSE;
  if (!read_packet (fd, in, deadline_us)
      || ptl_mux_parse_word (in->data, in->len, &value) != PTL_MUX_HELLO
      || value != PTL_MUX_VERSION)
    return FALSE;
  return read_packet (fd, in, deadline_us)
         && ptl_mux_parse_word (in->data, in->len, &value) == PTL_MUX_PROXY_GRANTED;
}

PtlMux *
ptl_mux_new (const char *path, gint64 deadline_us, GError **error)
{
  int fd = connect_control (path);
  PtlMux *self;

  if (fd < 0 || !greet (fd, deadline_us))
    {
      if (fd >= 0)
        close (fd);
      ptl_error_set (error, PTL_ERROR_RELAY_UNREACHABLE, _ ("Start the check again."),
                     _ ("The connection to the relay has ended."));
      return NULL;
    }
  self = g_new0 (PtlMux, 1);
  g_atomic_ref_count_init (&self->refs);
  self->fd = fd;
  self->wake = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  self->channels = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) ptl_channel_free);
  self->out = g_byte_array_new ();
  self->in = g_byte_array_new ();
  self->thread = g_thread_new ("relay", ptl_mux_pump, self);
  return self;
}

PtlMux *
ptl_mux_ref (PtlMux *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
ptl_mux_unref (PtlMux *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->refs))
    return;
  g_mutex_lock (&self->lock);
  self->over = TRUE;
  g_mutex_unlock (&self->lock);
  eventfd_write (self->wake, 1);
  g_thread_join (self->thread);
  close (self->fd);
  close (self->wake);
  g_hash_table_unref (self->channels);
  g_byte_array_unref (self->out);
  g_byte_array_unref (self->in);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->changed);
  g_free (self);
}

/* With the lock held; %NULL where there is no more to be had. */
static PtlChannel *
open_channel (PtlMux *self, const char *host, guint16 port)
{
  PtlChannel *channel;

  if (self->over || g_hash_table_size (self->channels) >= PTL_MUX_CHANNELS_MAX)
    return NULL;
  channel = g_new0 (PtlChannel, 1);
  channel->id = self->next_id++;
  channel->fd = channel->given = -1;
  channel->in = g_byte_array_new ();
  channel->wanted = TRUE;
  g_hash_table_insert (self->channels, GUINT_TO_POINTER (channel->id), channel);
  ptl_mux_put_open (self->out, channel->id, PTL_MUX_RECEIVED_MAX, PACKET_MAX, host, port);
  eventfd_write (self->wake, 1);
  return channel;
}

/* With the lock held. */
static PtlMuxOutcome
wait (PtlMux *self, const PtlChannel *channel, gint64 deadline_us, GCancellable *cancellable)
{
  while (channel->state == PTL_CHANNEL_OPENING)
    {
      gint64 now = g_get_monotonic_time ();

      if (self->over || g_cancellable_is_cancelled (cancellable))
        return PTL_MUX_LOST;
      if (now >= deadline_us)
        return PTL_MUX_SILENT;
      g_cond_wait_until (&self->changed, &self->lock, MIN (deadline_us, now + CANCEL_US));
    }
  if (channel->state == PTL_CHANNEL_REFUSED)
    return PTL_MUX_REFUSED;
  return channel->given >= 0 ? PTL_MUX_CONNECTED : PTL_MUX_LOST;
}

int
ptl_mux_connect (PtlMux *self,
                 const char *host,
                 guint16 port,
                 gint64 deadline_us,
                 GCancellable *cancellable,
                 PtlMuxOutcome *outcome,
                 guint32 *reason,
                 char **said)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  PtlChannel *channel = open_channel (self, host, port);
  int fd;

  *reason = 0;
  *said = NULL;
  *outcome = PTL_MUX_LOST;
  if (channel == NULL)
    return -1;
  *outcome = wait (self, channel, deadline_us, cancellable);
  if (*outcome == PTL_MUX_REFUSED)
    {
      *reason = channel->reason;
      *said = g_steal_pointer (&channel->said);
    }
  fd = channel->given;
  channel->given = -1;
  /* One that opens later is closed then: to give it up before ssh has its answer ends the
   * connection to the relay. */
  channel->wanted = FALSE;
  eventfd_write (self->wake, 1);
  return fd;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-mux-private.h"

#include <errno.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define READ_SIZE 32768

/* Both with a poll entry each, before the channels. */
enum
{
  AT_CONTROL,
  AT_WAKE,
  N_FIXED
};

static void
add_poll (GArray *polls, int fd, short events)
{
  struct pollfd entry = { .fd = fd, .events = events };

  g_array_append_val (polls, entry);
}

static gboolean
is_done (gpointer id, gpointer channel, gpointer data)
{
  return ptl_channel_is_done (channel);
}

/* What to wait for, and of which channel each is. */
static void
collect (PtlMux *self, GArray *polls, GArray *ids)
{
  GHashTableIter iter;
  PtlChannel *channel;

  g_array_set_size (polls, 0);
  g_array_set_size (ids, 0);
  add_poll (polls, self->fd, (short) (POLLIN | (self->out->len > 0 ? POLLOUT : 0)));
  add_poll (polls, self->wake, POLLIN);
  g_hash_table_foreach_remove (self->channels, is_done, NULL);
  g_hash_table_iter_init (&iter, self->channels);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &channel))
    if (channel->fd >= 0)
      {
        short events = channel->in->len > 0 ? POLLOUT : 0;

        if (!channel->no_out && channel->window > 0 && channel->packet_max > 0)
          events |= POLLIN;
        add_poll (polls, channel->fd, events);
        g_array_append_val (ids, channel->id);
      }
}

static gboolean
write_out (PtlMux *self)
{
  gssize n;

  if (self->out->len == 0)
    return TRUE;
  n = send (self->fd, self->out->data, self->out->len, MSG_NOSIGNAL | MSG_DONTWAIT);
  if (n < 0)
    return errno == EAGAIN || errno == EINTR || errno == ENOBUFS;
  g_byte_array_remove_range (self->out, 0, (guint) n);
  return TRUE;
}

static gboolean
take_packets (PtlMux *self)
{
  gsize done = 0;
  gssize n;

  while ((n = ptl_mux_packet_length (self->in->data + done, self->in->len - done)) > 0)
    {
      PtlMuxMessage message;

      if (!ptl_mux_parse (self->in->data + done, (gsize) n, &message)
          || !ptl_mux_take (self, &message))
        return FALSE;
      done += (gsize) n;
    }
  if (done > 0)
    g_byte_array_remove_range (self->in, 0, (guint) done);
  return n == 0;
}

static gboolean
read_control (PtlMux *self)
{
  guint8 data[READ_SIZE];
  gssize n = recv (self->fd, data, sizeof data, MSG_DONTWAIT);

  if (n < 0)
    return errno == EAGAIN || errno == EINTR;
  if (n == 0)
    return FALSE;
  g_byte_array_append (self->in, data, (guint) n);
  return take_packets (self);
}

static void
serve (PtlMux *self, const struct pollfd *entry, guint32 id)
{
  PtlChannel *channel = g_hash_table_lookup (self->channels, GUINT_TO_POINTER (id));

  if (channel == NULL || channel->fd != entry->fd)
    return;
  if (entry->revents & POLLOUT)
    ptl_mux_flush (self, channel);
  if (entry->revents & POLLIN)
    ptl_mux_send (self, channel);
  else if (entry->revents & (POLLHUP | POLLERR))
    ptl_mux_hang_up (self, channel);
}

static gboolean
work (PtlMux *self, GArray *polls, GArray *ids)
{
  const struct pollfd *entries = (const struct pollfd *) (gpointer) polls->data;
  eventfd_t value;

  if (entries[AT_WAKE].revents != 0)
    eventfd_read (self->wake, &value);
  if (self->over || (entries[AT_CONTROL].revents != 0 && !read_control (self)))
    return FALSE;
  for (guint i = 0; i < ids->len; i++)
    serve (self, &entries[N_FIXED + i], g_array_index (ids, guint32, i));
  return write_out (self);
}

/* Whoever holds the other end of one reads to its end. */
static void
end_all (PtlMux *self)
{
  GHashTableIter iter;
  PtlChannel *channel;

  g_hash_table_iter_init (&iter, self->channels);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &channel))
    ptl_mux_hang_up (self, channel);
}

gpointer
ptl_mux_pump (gpointer mux)
{
  PtlMux *self = mux;
  g_autoptr (GArray) polls = g_array_new (FALSE, FALSE, sizeof (struct pollfd));
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (guint32));
  gboolean goes_on = TRUE;

  while (goes_on)
    {
      g_mutex_lock (&self->lock);
      collect (self, polls, ids);
      g_mutex_unlock (&self->lock);
      while (poll ((struct pollfd *) (gpointer) polls->data, polls->len, -1) < 0 && errno == EINTR)
        ;
      g_mutex_lock (&self->lock);
      goes_on = work (self, polls, ids);
      g_mutex_unlock (&self->lock);
    }
  g_mutex_lock (&self->lock);
  self->over = TRUE;
  g_cond_broadcast (&self->changed);
  end_all (self);
  g_mutex_unlock (&self->lock);
  return NULL;
}

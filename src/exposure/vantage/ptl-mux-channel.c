/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-mux-private.h"

#include <errno.h>
#include <glib-unix.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/ptl-text.h"

#define SAID_MAX_CHARS 120
#define SEND_MAX 16384
/* What may wait to go to the control socket before no more is taken from whoever writes. */
#define OUT_MAX (1024 * 1024)

void
ptl_channel_free (PtlChannel *self)
{
  if (self->given >= 0)
    close (self->given);
  if (self->fd >= 0)
    close (self->fd);
  g_byte_array_unref (self->in);
  g_free (self->said);
  g_free (self);
}

gboolean
ptl_channel_is_done (const PtlChannel *self)
{
  if (self->wanted)
    return FALSE;
  return self->state == PTL_CHANNEL_REFUSED
         || (self->close_sent && self->close_received && self->fd < 0);
}

static void
send_close (PtlMux *self, PtlChannel *channel)
{
  if (channel->close_sent)
    return;
  ptl_mux_put_plain (self->out, PTL_SSH_CHANNEL_CLOSE, channel->remote);
  channel->close_sent = TRUE;
}

static void
close_fd (PtlChannel *channel)
{
  if (channel->fd >= 0)
    close (channel->fd);
  channel->fd = -1;
}

void
ptl_mux_hang_up (PtlMux *self, PtlChannel *channel)
{
  close_fd (channel);
  g_byte_array_set_size (channel->in, 0);
  send_close (self, channel);
}

void
ptl_mux_flush (PtlMux *self, PtlChannel *channel)
{
  while (channel->fd >= 0 && channel->in->len > 0)
    {
      gssize n
          = send (channel->fd, channel->in->data, channel->in->len, MSG_NOSIGNAL | MSG_DONTWAIT);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0 && (errno == EAGAIN || errno == ENOBUFS))
        return;
      if (n < 0)
        ptl_mux_hang_up (self, channel);
      else
        g_byte_array_remove_range (channel->in, 0, (guint) n);
    }
  if (channel->close_received)
    {
      close_fd (channel);
      send_close (self, channel);
    }
  else if (channel->ended && channel->fd >= 0)
    shutdown (channel->fd, SHUT_WR);
}

void
ptl_mux_send (PtlMux *self, PtlChannel *channel)
{
  guint8 data[SEND_MAX];
  gsize most = MIN (sizeof data, MIN (channel->window, channel->packet_max));
  gssize n;

  if (channel->fd < 0 || channel->no_out || most == 0 || self->out->len > OUT_MAX)
    return;
  n = recv (channel->fd, data, most, MSG_DONTWAIT);
  if (n > 0)
    {
      ptl_mux_put_data (self->out, channel->remote, data, (gsize) n);
      channel->window -= (guint32) n;
    }
  else if (n == 0 && !channel->close_sent)
    {
      ptl_mux_put_plain (self->out, PTL_SSH_CHANNEL_EOF, channel->remote);
      channel->no_out = TRUE;
    }
  else if (n < 0 && errno != EAGAIN && errno != EINTR)
    ptl_mux_hang_up (self, channel);
}

static void
confirm (PtlMux *self, PtlChannel *channel, const PtlMuxMessage *message)
{
  int pair[2];

  channel->state = PTL_CHANNEL_OPEN;
  channel->remote = message->remote;
  channel->window = message->window;
  channel->packet_max = message->packet_max;
  /* Whoever asked may have given up meanwhile; or there is no descriptor left. */
  if (!channel->wanted
      || socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) < 0)
    {
      send_close (self, channel);
      return;
    }
  channel->fd = pair[0];
  channel->given = pair[1];
}

static void
refuse (PtlChannel *channel, const PtlMuxMessage *message)
{
  channel->state = PTL_CHANNEL_REFUSED;
  channel->reason = message->reason;
  channel->said
      = ptl_text_make_safe ((const char *) message->data, (gssize) message->length, SAID_MAX_CHARS);
}

/* More than the window was never let in. */
static gboolean
take_data (PtlMux *self, PtlChannel *channel, const PtlMuxMessage *message)
{
  if (channel->state != PTL_CHANNEL_OPEN || channel->ended
      || message->length > PTL_MUX_RECEIVED_MAX - channel->received)
    return FALSE;
  channel->received += message->length;
  if (channel->fd < 0)
    return TRUE;
  g_byte_array_append (channel->in, message->data, (guint) message->length);
  ptl_mux_flush (self, channel);
  return TRUE;
}

static gboolean
take_opening (PtlMux *self, PtlChannel *channel, const PtlMuxMessage *message)
{
  if (channel->state != PTL_CHANNEL_OPENING)
    return FALSE;
  if (message->type == PTL_SSH_CHANNEL_CONFIRMED)
    confirm (self, channel, message);
  else
    refuse (channel, message);
  g_cond_broadcast (&self->changed);
  return TRUE;
}

static gboolean
take_window (PtlChannel *channel, guint32 more)
{
  if (more > G_MAXUINT32 - channel->window)
    return FALSE;
  channel->window += more;
  return TRUE;
}

static gboolean
is_ours (guint8 type)
{
  return type == PTL_SSH_CHANNEL_CONFIRMED || type == PTL_SSH_CHANNEL_REFUSED
         || type == PTL_SSH_CHANNEL_WINDOW || type == PTL_SSH_CHANNEL_DATA
         || type == PTL_SSH_CHANNEL_EOF || type == PTL_SSH_CHANNEL_CLOSE;
}

gboolean
ptl_mux_take (PtlMux *self, const PtlMuxMessage *message)
{
  PtlChannel *channel;

  if (!is_ours (message->type))
    return TRUE;
  channel = g_hash_table_lookup (self->channels, GUINT_TO_POINTER (message->channel));
  if (channel == NULL)
    return FALSE;
  switch (message->type)
    {
    case PTL_SSH_CHANNEL_CONFIRMED:
    case PTL_SSH_CHANNEL_REFUSED:
      return take_opening (self, channel, message);
    case PTL_SSH_CHANNEL_WINDOW:
      return take_window (channel, message->window);
    case PTL_SSH_CHANNEL_DATA:
      return take_data (self, channel, message);
    case PTL_SSH_CHANNEL_EOF:
      channel->ended = TRUE;
      ptl_mux_flush (self, channel);
      return TRUE;
    default:
      channel->ended = channel->close_received = TRUE;
      ptl_mux_flush (self, channel);
      return channel->state == PTL_CHANNEL_OPEN;
    }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-stream.h"

#include <errno.h>
#include <gnutls/abstract.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

/* Enough to see what it is that does not speak TLS. */
#define MAX_RAW 1024

PtlStream *
ptl_stream_new (int fd, gint64 deadline_us, GCancellable *cancellable)
{
  PtlStream *self = g_new0 (PtlStream, 1);

  self->fd = fd;
  self->budget = PTL_STREAM_MAX_BYTES;
  self->deadline_us = deadline_us;
  self->cancellable = cancellable == NULL ? NULL : g_object_ref (cancellable);
  self->alert = -1;
  return self;
}

void
ptl_stream_free (PtlStream *self)
{
  gnutls_certificate_credentials_t credentials = NULL;
  gnutls_anon_client_credentials_t anonymous = NULL;

  if (self->tls != NULL)
    {
      gnutls_credentials_get (self->tls, GNUTLS_CRD_CERTIFICATE, (void **) &credentials);
      gnutls_credentials_get (self->tls, GNUTLS_CRD_ANON, (void **) &anonymous);
      if (self->end == PTL_STREAM_OPEN)
        gnutls_bye (self->tls, GNUTLS_SHUT_WR);
      gnutls_deinit (self->tls);
      gnutls_certificate_free_credentials (credentials);
      gnutls_anon_free_client_credentials (anonymous);
    }
  close (self->fd);
  g_clear_pointer (&self->raw, g_byte_array_unref);
  g_clear_object (&self->cancellable);
  g_free (self);
}

/* As recv(2), within the budget, and keeping how it ended. */
static gssize
take_bytes (PtlStream *self, void *buffer, gsize size)
{
  gssize n;

  if (self->budget == 0)
    {
      self->end = PTL_STREAM_FULL;
      return 0;
    }
  do
    n = recv (self->fd, buffer, MIN (size, self->budget), 0);
  while (n < 0 && errno == EINTR);
  if (n > 0)
    self->budget -= n;
  else if (n == 0)
    self->end = PTL_STREAM_ENDED;
  else if (errno != EAGAIN && errno != EWOULDBLOCK)
    self->end = PTL_STREAM_RESET;
  return n;
}

static ssize_t
pull (gnutls_transport_ptr_t data, void *buffer, size_t size)
{
  PtlStream *self = data;
  gssize n = take_bytes (self, buffer, size);

  if (n < 0)
    gnutls_transport_set_errno (self->tls, errno);
  if (n > 0 && self->raw->len < MAX_RAW)
    g_byte_array_append (self->raw, buffer, MIN (n, MAX_RAW - self->raw->len));
  return n;
}

static ssize_t
push (gnutls_transport_ptr_t data, const giovec_t *pieces, int n_pieces)
{
  PtlStream *self = data;
  struct msghdr message = { .msg_iov = (struct iovec *) pieces, .msg_iovlen = n_pieces };
  gssize n;

  do
    n = sendmsg (self->fd, &message, MSG_NOSIGNAL);
  while (n < 0 && errno == EINTR);
  if (n < 0)
    gnutls_transport_set_errno (self->tls, errno);
  return n;
}

static int
note_client_certificate (gnutls_session_t session,
                         const gnutls_datum_t *request,
                         int n_request,
                         const gnutls_pk_algorithm_t *algorithms,
                         int n_algorithms,
                         gnutls_pcert_st **certificate,
                         unsigned int *n_certificate,
                         gnutls_privkey_t *key)
{
  PtlStream *self = gnutls_session_get_ptr (session);

  self->wants_our_name = TRUE;
  *n_certificate = 0;
  return 0;
}

static gboolean
set_up_tls (PtlStream *self, const char *priority, const char *name)
{
  gnutls_certificate_credentials_t credentials = NULL;
  gnutls_anon_client_credentials_t anonymous = NULL;

  if (gnutls_init (&self->tls, GNUTLS_CLIENT | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL) != 0)
    return FALSE;
  gnutls_session_set_ptr (self->tls, self);
  if (gnutls_certificate_allocate_credentials (&credentials) == 0)
    {
      gnutls_certificate_set_retrieve_function2 (credentials, note_client_certificate);
      gnutls_credentials_set (self->tls, GNUTLS_CRD_CERTIFICATE, credentials);
    }
  /* Some agents in the wild (NRPE) know no other. */
  if (gnutls_anon_allocate_client_credentials (&anonymous) == 0)
    gnutls_credentials_set (self->tls, GNUTLS_CRD_ANON, anonymous);
  if (name != NULL)
    gnutls_server_name_set (self->tls, GNUTLS_NAME_DNS, name, strlen (name));
  /* Nothing secret goes over it: the weak keys of old devices are for telling, not for refusing. */
  gnutls_dh_set_prime_bits (self->tls, 512);
  gnutls_handshake_set_timeout (self->tls, 0);
  gnutls_transport_set_ptr (self->tls, self);
  gnutls_transport_set_pull_function (self->tls, pull);
  gnutls_transport_set_vec_push_function (self->tls, push);
  return gnutls_priority_set_direct (self->tls, priority, NULL) == 0;
}

static gboolean
wait_for_tls (PtlStream *self)
{
  short events = gnutls_record_get_direction (self->tls) == 1 ? POLLOUT : POLLIN;

  gint64 until = self->first_us != 0 && self->raw->len == 0 ? self->first_us : self->deadline_us;

  return ptl_dial_wait (self->fd, events, until, self->cancellable, NULL);
}

gboolean
ptl_stream_start_tls (PtlStream *self, const char *priority, const char *name)
{
  int code;

  self->raw = g_byte_array_new ();
  if (!set_up_tls (self, priority, name))
    return FALSE;
  while ((code = gnutls_handshake (self->tls)) < 0)
    {
      if (code == GNUTLS_E_WARNING_ALERT_RECEIVED || code == GNUTLS_E_INTERRUPTED)
        continue;
      if (code == GNUTLS_E_AGAIN && wait_for_tls (self))
        continue;
      if (code == GNUTLS_E_FATAL_ALERT_RECEIVED)
        self->alert = gnutls_alert_get (self->tls);
      return FALSE;
    }
  return TRUE;
}

static gboolean
write_some (PtlStream *self, const guint8 **data, gsize *length)
{
  gssize n;
  short events = POLLOUT;

  if (self->tls != NULL)
    {
      n = gnutls_record_send (self->tls, *data, *length);
      if (n == GNUTLS_E_INTERRUPTED)
        return TRUE;
      if (n == GNUTLS_E_AGAIN)
        return wait_for_tls (self);
    }
  else
    {
      n = send (self->fd, *data, *length, MSG_NOSIGNAL);
      if (n < 0 && errno == EINTR)
        return TRUE;
      if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        return ptl_dial_wait (self->fd, events, self->deadline_us, self->cancellable, NULL);
    }
  if (n < 0)
    return FALSE;
  *data += n;
  *length -= n;
  return TRUE;
}

gboolean
ptl_stream_write (PtlStream *self, const void *data, gsize length)
{
  const guint8 *rest = data;

  while (length > 0)
    if (!write_some (self, &rest, &length))
      return FALSE;
  return TRUE;
}

static gssize
receive (PtlStream *self, void *buffer, gsize size)
{
  gssize n;

  if (self->tls == NULL)
    return take_bytes (self, buffer, size);
  do
    n = gnutls_record_recv (self->tls, buffer, size);
  while (n == GNUTLS_E_INTERRUPTED || n == GNUTLS_E_WARNING_ALERT_RECEIVED
         || n == GNUTLS_E_REHANDSHAKE);
  if (n == 0 && self->end == PTL_STREAM_OPEN)
    self->end = PTL_STREAM_ENDED;
  if (n < 0 && n != GNUTLS_E_AGAIN)
    {
      if (n == GNUTLS_E_FATAL_ALERT_RECEIVED)
        self->alert = gnutls_alert_get (self->tls);
      if (self->end == PTL_STREAM_OPEN)
        self->end = PTL_STREAM_RESET;
    }
  return n;
}

gsize
ptl_stream_read_now (PtlStream *self, GByteArray *into)
{
  guint8 buffer[4096];
  gsize before = into->len;
  gssize n;

  while (self->end == PTL_STREAM_OPEN && into->len < PTL_STREAM_MAX_BYTES
         && (n = receive (self, buffer, sizeof buffer)) > 0)
    g_byte_array_append (into, buffer, n);
  return into->len - before;
}

gboolean
ptl_stream_read (PtlStream *self, GByteArray *into, gsize max, gint64 wait_us, gint64 settle_us)
{
  gsize before = into->len;
  gint64 until = MIN (self->deadline_us, g_get_monotonic_time () + wait_us);

  while (self->end == PTL_STREAM_OPEN && into->len < max)
    {
      if (ptl_stream_read_now (self, into) > 0)
        until = MIN (self->deadline_us, g_get_monotonic_time () + settle_us);
      else if (self->end != PTL_STREAM_OPEN
               || !ptl_dial_wait (self->fd, POLLIN, until, self->cancellable, NULL))
        break;
    }
  return into->len > before;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-probing.h"

#include <string.h>

#include "core/ptl-text.h"

#define TOTAL_US (10 * G_TIME_SPAN_SECOND)
#define PROBE_US (3 * G_TIME_SPAN_SECOND)
#define PATIENCE_US (900 * G_TIME_SPAN_MILLISECOND)
/* Where somebody is kept waiting: for one that is silent, and for one that has said something. */
#define HURRY_SILENT_US (70 * G_TIME_SPAN_MILLISECOND)
#define HURRY_TOTAL_US (130 * G_TIME_SPAN_MILLISECOND)
/* What is left of it at least, where what is known of services had to be read first. */
#define HURRY_LEAST_US (45 * G_TIME_SPAN_MILLISECOND)
#define MAX_NOTE 200
/* So often in all: one that has gone is not waited for. */
#define AGAIN_TIMES 4
#define AGAIN_US (150 * G_TIME_SPAN_MILLISECOND)
#define MAX_FIRST 256
/* What an old device still speaks is taken: it is to be told, and no secret goes over it. */
#define PRIORITY                                                                                   \
  "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:+VERS-TLS1.1:+VERS-TLS1.0:+3DES-CBC:"                \
  "+SIGN-RSA-SHA1:+SIGN-ECDSA-SHA1:+SIGN-DSA-SHA1:+ANON-DH:+ANON-ECDH:%COMPAT:%UNSAFE_"            \
  "RENEGOTIATION"

PtlProbing *
ptl_probing_new (PtlFingerprints *set,
                 PtlDial *dial,
                 GInetAddress *address,
                 guint16 port,
                 GCancellable *cancellable)
{
  PtlProbing *self = g_new0 (PtlProbing, 1);
  g_autofree char *text = g_inet_address_to_string (address);

  self->set = set == NULL ? NULL : ptl_fingerprints_ref (set);
  self->dial = ptl_dial_ref (dial);
  self->address = g_object_ref (address);
  self->port = port;
  self->cancellable = cancellable == NULL ? NULL : g_object_ref (cancellable);
  self->host = strchr (text, ':') ? g_strdup_printf ("[%s]", text) : g_strdup (text);
  self->deadline_us = g_get_monotonic_time () + TOTAL_US;
  self->patience_us = PATIENCE_US;
  self->priority = PRIORITY;
  self->state = PTL_SEEN_FAILED;
  self->found.auth = PTL_AUTH_UNTOLD;
  self->found.evidence = g_ptr_array_new_with_free_func (g_free);
  self->first = g_byte_array_new ();
  return self;
}

void
ptl_probing_set_hurry (PtlProbing *self)
{
  gint64 now = g_get_monotonic_time ();

  self->hurry = TRUE;
  self->patience_us = HURRY_SILENT_US;
  self->deadline_us = now + HURRY_SILENT_US;
  self->spoken_us = now + HURRY_TOTAL_US;
}

void
ptl_probing_want_set (PtlProbing *self)
{
  gint64 least_us;

  if (self->set != NULL)
    return;
  self->set = ptl_fingerprints_dup_default ();
  if (!self->hurry)
    return;
  least_us = g_get_monotonic_time () + HURRY_LEAST_US;
  self->deadline_us = MAX (self->deadline_us, least_us);
  self->spoken_us = MAX (self->spoken_us, least_us + HURRY_TOTAL_US - HURRY_SILENT_US);
}

void
ptl_probing_note_words (PtlProbing *self)
{
  if (self->hurry)
    self->deadline_us = self->spoken_us;
}

void
ptl_probing_free (PtlProbing *self)
{
  ptl_found_clear (&self->found);
  g_clear_pointer (&self->tls, ptl_tls_facts_free);
  g_byte_array_unref (self->first);
  g_free (self->host);
  g_clear_object (&self->cancellable);
  g_object_unref (self->address);
  ptl_dial_unref (self->dial);
  g_clear_pointer (&self->set, ptl_fingerprints_unref);
  g_free (self);
}

gboolean
ptl_probing_is_over (PtlProbing *self)
{
  return g_cancellable_is_cancelled (self->cancellable)
         || g_get_monotonic_time () >= self->deadline_us;
}

/* FALSE where it was cancelled meanwhile. */
static gboolean
ptl_probing_wait (PtlProbing *self, gint64 wait_us)
{
  GPollFD poll = { 0 };

  if (self->cancellable == NULL || !g_cancellable_make_pollfd (self->cancellable, &poll))
    {
      g_usleep (wait_us);
      return TRUE;
    }
  g_poll (&poll, 1, wait_us / G_TIME_SPAN_MILLISECOND);
  g_cancellable_release_fd (self->cancellable);
  return !g_cancellable_is_cancelled (self->cancellable);
}

static PtlStream *
open_any (PtlProbing *self, PtlProtocol protocol)
{
  gint64 until = MIN (self->deadline_us, g_get_monotonic_time () + PROBE_US);
  PtlSeenState state = PTL_SEEN_FAILED;
  int fd = -1;

  while (fd < 0 && !ptl_probing_is_over (self))
    {
      fd = ptl_dial_connect (self->dial, self->address, self->port, protocol, until,
                             self->cancellable, &state, NULL);
      /* It was open before: some take only one at a time, and listen anew after each. */
      if (fd < 0
          && (state != PTL_SEEN_CLOSED || self->hurry || self->n_refused++ >= AGAIN_TIMES
              || !ptl_probing_wait (self, AGAIN_US)))
        break;
    }
  return fd < 0 ? NULL : ptl_stream_new (fd, until, self->cancellable);
}

PtlStream *
ptl_probing_open (PtlProbing *self)
{
  g_autoptr (PtlStream) stream = open_any (self, PTL_PROTOCOL_TCP);

  if (stream == NULL)
    return NULL;
  if (self->in_tls && !ptl_stream_start_tls (stream, self->priority, self->sni))
    return NULL;
  return g_steal_pointer (&stream);
}

PtlStream *
ptl_probing_open_udp (PtlProbing *self)
{
  return open_any (self, PTL_PROTOCOL_UDP);
}

void
ptl_probing_keep_first (PtlProbing *self, const void *bytes, gsize length)
{
  if (self->first->len == 0 && length > 0)
    g_byte_array_append (self->first, bytes, MIN (length, MAX_FIRST));
}

static void
replace (char **text, const char *with)
{
  if (with == NULL || *with == '\0')
    return;
  g_free (*text);
  *text = g_strdup (with);
}

void
ptl_found_set (PtlFound *self, const char *service, const char *product, const char *version)
{
  replace (&self->service, service);
  replace (&self->product, product);
  replace (&self->version, version);
}

void
ptl_found_set_auth (PtlFound *self, int auth)
{
  if (auth != PTL_AUTH_UNTOLD)
    self->auth = auth;
}

void
ptl_found_note (PtlFound *self, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_ptr_array_add (self->evidence, ptl_text_make_safe (text, -1, MAX_NOTE));
}

void
ptl_found_clear (PtlFound *self)
{
  g_clear_pointer (&self->service, g_free);
  g_clear_pointer (&self->product, g_free);
  g_clear_pointer (&self->version, g_free);
  g_clear_pointer (&self->evidence, g_ptr_array_unref);
  self->application = NULL;
  self->weak = FALSE;
  self->auth = PTL_AUTH_UNTOLD;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-identify-private.h"

#include <string.h>

#include "ptl-tls-facts.h"

/* Alerts of RFC 8446 section 6 that say who one is matters. */
#define ALERT_HANDSHAKE_FAILURE 40
#define ALERT_BAD_CERTIFICATE 42
#define ALERT_CERTIFICATE_REQUIRED 116
/* For what is spoken inside. */
#define TLS_US (3 * G_TIME_SPAN_SECOND)

static PtlStream *
open_plain (PtlProbing *probing)
{
  gboolean in_tls = probing->in_tls;
  PtlStream *stream;

  probing->in_tls = FALSE;
  stream = ptl_probing_open (probing);
  probing->in_tls = in_tls;
  return stream;
}

/* A record that is an alert: it speaks TLS, though not with us. */
static gboolean
is_alert (const GByteArray *raw)
{
  return raw->len >= 7 && raw->data[0] == 21 && raw->data[1] == 3 && raw->data[3] == 0
         && raw->data[4] == 2;
}

static gboolean
is_handshake (const GByteArray *raw)
{
  return raw->len >= 6 && raw->data[0] == 22 && raw->data[1] == 3 && raw->data[5] == 2;
}

/* It broke off: TLS all the same, where what came is. */
static void
tell_refused (PtlProbing *probing, const PtlStream *stream)
{
  ptl_found_set (&probing->found, "tls", NULL, NULL);
  if (stream->alert >= 0)
    ptl_found_note (&probing->found, "TLS alert %d: %s", stream->alert,
                    gnutls_alert_get_name (stream->alert) ? gnutls_alert_get_name (stream->alert)
                                                          : "unknown");
  if (stream->wants_our_name
      && (stream->alert == ALERT_HANDSHAKE_FAILURE || stream->alert == ALERT_BAD_CERTIFICATE
          || stream->alert == ALERT_CERTIFICATE_REQUIRED))
    ptl_found_set_auth (&probing->found, PTL_AUTH_PROTECTED);
  if (probing->tls == NULL)
    probing->tls = ptl_tls_facts_new ();
}

gboolean
ptl_identify_start_tls (PtlProbing *probing, PtlStream **stream, GByteArray *heard)
{
  /* Without a name first; some servers have a certificate for names alone. */
  static const char *const names[] = { NULL, "localhost" };
  gboolean refused = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (names) && !ptl_probing_is_over (probing); i++)
    {
      g_autoptr (PtlStream) line = open_plain (probing);

      if (line == NULL)
        return FALSE;
      line->deadline_us
          = MIN (line->deadline_us, g_get_monotonic_time () + 2 * probing->patience_us);
      if (ptl_stream_start_tls (line, probing->priority, names[i]))
        {
          g_clear_pointer (&probing->tls, ptl_tls_facts_free);
          probing->tls = ptl_tls_facts_of_session (line->tls);
          probing->in_tls = TRUE;
          probing->sni = names[i];
          probing->wants_our_name = line->wants_our_name;
          line->deadline_us = MIN (probing->deadline_us, g_get_monotonic_time () + TLS_US);
          *stream = g_steal_pointer (&line);
          return TRUE;
        }
      refused = is_alert (line->raw) || is_handshake (line->raw);
      if (refused)
        tell_refused (probing, line);
      else
        {
          g_byte_array_append (heard, line->raw->data, line->raw->len);
          return FALSE;
        }
    }
  return FALSE;
}

void
ptl_identify_old_tls (PtlProbing *probing)
{
  static const struct
  {
    const char *name;
    const char *priority;
  } old[] = { { "TLS 1.0", "NORMAL:-VERS-ALL:+VERS-TLS1.0:+3DES-CBC:%COMPAT" },
              { "TLS 1.1", "NORMAL:-VERS-ALL:+VERS-TLS1.1:+3DES-CBC:%COMPAT" } };
  g_autoptr (GStrvBuilder) taken = g_strv_builder_new ();

  for (guint i = 0; i < G_N_ELEMENTS (old) && !ptl_probing_is_over (probing); i++)
    {
      g_autoptr (PtlStream) line = open_plain (probing);

      if (line == NULL)
        break;
      line->first_us = g_get_monotonic_time () + probing->patience_us;
      if (ptl_stream_start_tls (line, old[i].priority, probing->sni))
        g_strv_builder_add (taken, old[i].name);
    }
  g_strfreev (probing->tls->old_versions);
  probing->tls->old_versions = g_strv_builder_end (taken);
}

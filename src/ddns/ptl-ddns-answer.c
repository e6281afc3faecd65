/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-ddns-answer.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>

#include "core/ptl-error.h"
#include "core/ptl-text.h"

#define SHOWN_CHARS 80

PtlDdnsAnswer *
ptl_ddns_answer_new (PtlDdnsVerdict verdict,
                     const char *code,
                     const char *advice,
                     const char *format,
                     ...)
{
  PtlDdnsAnswer *self = g_new0 (PtlDdnsAnswer, 1);
  va_list args;

  self->verdict = verdict;
  self->wait = verdict == PTL_DDNS_WAIT ? PTL_DDNS_WAIT_SECONDS : 0;
  self->code = g_strdup (code != NULL ? code : "");
  self->advice = g_strdup (advice != NULL ? advice : "");
  va_start (args, format);
  self->message = format != NULL ? g_strdup_vprintf (format, args) : g_strdup ("");
  va_end (args);
  return self;
}

void
ptl_ddns_answer_free (PtlDdnsAnswer *self)
{
  if (self == NULL)
    return;
  g_free (self->code);
  g_free (self->message);
  g_free (self->advice);
  g_free (self);
}

static PtlDdnsAnswer *
not_understood (const char *code, const char *body, gsize length)
{
  g_autofree char *shown = ptl_text_make_safe (body, (gssize) length, SHOWN_CHARS);

  g_strstrip (shown);
  if (*shown == '\0')
    return ptl_ddns_answer_new (PTL_DDNS_RETRY, code, _ ("Check the address of the server."),
                                _ ("The provider's server answered nothing that we understand."));
  return ptl_ddns_answer_new (PTL_DDNS_RETRY, code, _ ("Check the address of the server."),
                              /* Translators: %s is what the server answered */
                              _ ("The provider's server answered what we do not understand: “%s”"),
                              shown);
}

static PtlDdnsAnswer *
later (PtlDdnsVerdict verdict, const char *code, gint64 retry_after, const char *message)
{
  PtlDdnsAnswer *self
      = ptl_ddns_answer_new (verdict, code, _ ("It is tried again by itself."), "%s", message);

  if (retry_after > 0)
    self->wait = MIN (MAX (self->wait, retry_after), PTL_DDNS_WAIT_MOST_SECONDS);
  return self;
}

PtlDdnsAnswer *
ptl_ddns_answer_from_status (guint status, gint64 retry_after, const char *body, gsize length)
{
  g_autofree char *code = g_strdup_printf ("http %u", status);

  switch (status)
    {
    case 401:
    case 403:
      return ptl_ddns_answer_new (PTL_DDNS_STOP, code, _ ("Check them, and give them anew."),
                                  _ ("The provider does not take the user name, password or "
                                     "token."));
    case 404:
    case 410:
      return ptl_ddns_answer_new (PTL_DDNS_STOP, code, _ ("Check the address of the server."),
                                  _ ("There is nothing at the server's address that takes "
                                     "updates."));
    case 429:
      return later (PTL_DDNS_WAIT, code, retry_after,
                    _ ("The provider was asked too often, and wants us to wait."));
    default:
      if (status >= 500)
        return later (PTL_DDNS_RETRY, code, retry_after,
                      _ ("The provider's server is out of order."));
      return not_understood (code, body, length);
    }
}

/* What a person calls it: the host of a web address. (transfer full) */
static char *
dup_host (const char *server)
{
  g_autoptr (GUri) uri
      = g_uri_parse (server, G_URI_FLAGS_PARSE_RELAXED | G_URI_FLAGS_ENCODED, NULL);
  const char *host = uri != NULL ? g_uri_get_host (uri) : NULL;

  return ptl_text_make_safe (host != NULL && *host != '\0' ? host : server, -1, SHOWN_CHARS);
}

PtlDdnsAnswer *
ptl_ddns_answer_from_error (const GError *error, const char *server)
{
  g_autofree char *shown = dup_host (server);
  g_autofree char *reason = NULL;

  if (error->domain == PTL_ERROR)
    {
      g_autofree char *what = ptl_error_dup_what (error);
      g_autofree char *advice = ptl_error_dup_advice (error);

      return ptl_ddns_answer_new (error->code == PTL_ERROR_INVALID ? PTL_DDNS_STOP : PTL_DDNS_RETRY,
                                  "", advice, "%s", what);
    }
  if (g_error_matches (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE))
    return ptl_ddns_answer_new (
        PTL_DDNS_RETRY, "certificate",
        _ ("Nothing was sent to it. Check the address, and whether a page to log in to this "
           "network stands before the internet."),
        /* Translators: %s is the name of a server */
        _ ("%s cannot show that it is who it says: its certificate is not valid."), shown);
  if (error->domain == G_TLS_ERROR)
    return ptl_ddns_answer_new (PTL_DDNS_RETRY, "tls", _ ("It is tried again by itself."),
                                /* Translators: %s is the name of a server */
                                _ ("%s does not speak a safe protocol with us."), shown);
  if (error->domain == G_RESOLVER_ERROR)
    return ptl_ddns_answer_new (PTL_DDNS_RETRY, "resolve",
                                _ ("Check the connection to the internet, and the address."),
                                /* Translators: %s is the name of a server */
                                _ ("The server %s was not found."), shown);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT)
      || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return ptl_ddns_answer_new (PTL_DDNS_RETRY, "timeout", _ ("It is tried again by itself."),
                                /* Translators: %s is the name of a server */
                                _ ("The server %s did not answer in time."), shown);
  reason = ptl_text_make_safe (error->message, -1, SHOWN_CHARS);
  return ptl_ddns_answer_new (PTL_DDNS_RETRY, "network", _ ("It is tried again by itself."),
                              /* Translators: the first %s is the name of a server, the second the
                                 system's reason */
                              _ ("The server %s could not be reached (%s)."), shown, reason);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-ddns-dyndns2.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "ddns/ptl-ddns-http.h"

#define LINES_MAX 8
#define WORD_MAX 16

/* ---- What is asked ---- */

static void
add (GString *url, const char *key, const char *value)
{
  g_autofree char *escaped = g_uri_escape_string (value, NULL, FALSE);

  g_string_append_printf (url, "%c%s=%s", strchr (url->str, '?') == NULL ? '?' : '&', key, escaped);
}

/* Servers that know no word for it take the one address, of whichever family, from myip. */
static void
add_apart (GString *url, const PtlDdnsRequest *request)
{
  add (url, "myip", request->ipv4 != NULL ? request->ipv4 : request->ipv6);
  if (request->ipv4 != NULL && request->ipv6 != NULL)
    add (url, "myipv6", request->ipv6);
}

static void
add_comma (GString *url, const PtlDdnsRequest *request)
{
  g_autofree char *both = NULL;

  if (request->ipv4 != NULL && request->ipv6 != NULL)
    both = g_strconcat (request->ipv4, ",", request->ipv6, NULL);
  add (url, "myip", both != NULL ? both : request->ipv4 != NULL ? request->ipv4 : request->ipv6);
}

static void
add_addresses (GString *url, const PtlDdnsRequest *request, PtlNameStyle style)
{
  switch (style)
    {
    case PTL_NAME_STYLE_COMMA:
      add_comma (url, request);
      break;
    case PTL_NAME_STYLE_NO:
      add (url, "myip", request->ipv4 != NULL ? request->ipv4 : "no");
      add (url, "myipv6", request->ipv6 != NULL ? request->ipv6 : "no");
      break;
    case PTL_NAME_STYLE_PRESERVE:
      /* https://desec.readthedocs.io/en/latest/dyndns/update-api.html */
      add (url, "myipv4", request->ipv4 != NULL ? request->ipv4 : "preserve");
      add (url, "myipv6", request->ipv6 != NULL ? request->ipv6 : "preserve");
      break;
    case PTL_NAME_STYLE_APART:
    default:
      add_apart (url, request);
      break;
    }
}

char *
ptl_ddns_dyndns2_dup_url (const PtlDdnsRequest *request)
{
  const PtlNameProvider *provider = ptl_dynamic_name_get_provider (request->name);
  GString *url = g_string_new (ptl_dynamic_name_get_server (request->name));

  add (url, "hostname", request->name->hostname);
  add_addresses (url, request, provider->style);
  return g_string_free (url, FALSE);
}

/* ---- What is answered (https://help.dyn.com/remote-access-api/return-codes/) ---- */

typedef struct
{
  const char *word;
  PtlDdnsVerdict verdict;
  const char *message;
  const char *advice;
} Code;

/* From the best to the worst. */
static const Code codes[] = {
  { "nochg", PTL_DDNS_UNCHANGED, NULL, NULL },
  { "good", PTL_DDNS_DONE, NULL, NULL },
  { "dnserr", PTL_DDNS_WAIT, N_ ("The provider's name servers are out of order."),
    N_ ("It is tried again by itself, half an hour later.") },
  { "911", PTL_DDNS_WAIT, N_ ("The provider's server is out of order."),
    N_ ("It is tried again by itself, half an hour later.") },
  { "numhost", PTL_DDNS_STOP, N_ ("The provider does not take so many names at a time."),
    N_ ("Look up the name in your account at the provider.") },
  { "notfqdn", PTL_DDNS_STOP, N_ ("The provider does not take this for a whole name."),
    N_ ("Give the whole name, like home.example.org.") },
  { "nohost", PTL_DDNS_STOP, N_ ("The provider knows no such name in your account."),
    N_ ("Make the name at the provider first, or correct it here.") },
  { "!yours", PTL_DDNS_STOP, N_ ("The name is in another account at the provider."),
    N_ ("Correct the name or the user name.") },
  { "!donator", PTL_DDNS_STOP, N_ ("The provider does this for paying customers alone."),
    N_ ("Look at what your account includes, or choose another provider.") },
  { "badsys", PTL_DDNS_STOP, N_ ("The provider does not take this kind of update."),
    N_ ("Check the address of the server.") },
  { "badagent", PTL_DDNS_STOP, N_ ("The provider does not let Portolan make updates."),
    N_ ("Choose another provider, or ask this one.") },
  { "badauth", PTL_DDNS_STOP, N_ ("The provider does not take the user name, password or token."),
    N_ ("Check them, and give them anew.") },
  { "abuse", PTL_DDNS_STOP,
    N_ ("The provider has blocked the name, because it was updated too often."),
    N_ ("Have it unblocked at the provider, then update it here.") },
};

static int
find_code (const char *word)
{
  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    if (g_ascii_strcasecmp (word, codes[i].word) == 0)
      return (int) i;
  return -1;
}

/* What stands first in the line. @rest: what stands behind it. */
static int
parse_line (const char *line, gsize length, const char **rest)
{
  char word[WORD_MAX + 1] = { 0 };
  gsize n = 0;

  while (length > 0 && g_ascii_isspace (*line))
    line++, length--;
  while (n < length && !g_ascii_isspace (line[n]))
    n++;
  if (n == 0 || n > WORD_MAX)
    return -1;
  memcpy (word, line, n);
  *rest = line + n;
  return find_code (word);
}

/* A server of DynDNS that takes us for a bad client says so by an address that nobody asked for. */
static gboolean
is_pretence (int code, const char *rest, gsize length)
{
  static const char loopback[] = " 127.0.0.1";

  return code >= 0 && codes[code].verdict == PTL_DDNS_DONE && length >= sizeof loopback - 1
         && memcmp (rest, loopback, sizeof loopback - 1) == 0;
}

static int
parse_body (const char *body, gsize length)
{
  const char *end = body + length;
  int worst = -1;

  for (guint i = 0; i < LINES_MAX && body < end; i++)
    {
      const char *newline = memchr (body, '\n', (gsize) (end - body));
      const char *line_end = newline != NULL ? newline : end;
      const char *rest = line_end;
      int code = parse_line (body, (gsize) (line_end - body), &rest);

      if (is_pretence (code, rest, (gsize) (line_end - rest)))
        code = find_code ("badagent");
      worst = MAX (worst, code);
      body = newline != NULL ? newline + 1 : end;
    }
  return worst;
}

PtlDdnsAnswer *
ptl_ddns_dyndns2_parse (guint status, gint64 retry_after, const char *body, gsize length)
{
  int code = parse_body (body, length);
  PtlDdnsAnswer *answer;

  /* A word of success on a page that tells of a failure is none. */
  if (code < 0 || ((status < 200 || status > 299) && codes[code].verdict <= PTL_DDNS_UNCHANGED))
    return ptl_ddns_answer_from_status (status, retry_after, body, length);
  if (codes[code].message == NULL)
    return ptl_ddns_answer_new (codes[code].verdict, codes[code].word, NULL, NULL);
  answer = ptl_ddns_answer_new (codes[code].verdict, codes[code].word, _ (codes[code].advice), "%s",
                                _ (codes[code].message));
  if (answer->verdict == PTL_DDNS_WAIT)
    answer->wait = CLAMP (retry_after, PTL_DDNS_WAIT_SECONDS, PTL_DDNS_WAIT_MOST_SECONDS);
  return answer;
}

/* ---- The update ---- */

static char *
dup_authorization (const PtlDdnsRequest *request)
{
  const PtlNameProvider *provider = ptl_dynamic_name_get_provider (request->name);

  if (provider->user_label == NULL)
    return g_strconcat ("Token ", request->secret, NULL);
  return ptl_ddns_http_dup_basic (request->name->user, request->secret);
}

PtlDdnsAnswer *
ptl_ddns_dyndns2_update (const PtlDdnsRequest *request, GCancellable *cancellable)
{
  g_autoptr (PtlDdnsHttp) http = ptl_ddns_http_new (cancellable);
  g_autofree char *url = ptl_ddns_dyndns2_dup_url (request);
  g_autofree char *authorization = dup_authorization (request);
  g_autoptr (GError) error = NULL;
  g_autoptr (PtlDdnsReply) reply
      = ptl_ddns_http_send (http, "GET", url, authorization, NULL, &error);

  if (reply == NULL)
    return ptl_ddns_answer_from_error (error, ptl_dynamic_name_get_server (request->name));
  return ptl_ddns_dyndns2_parse (reply->status, reply->retry_after, reply->body, reply->length);
}

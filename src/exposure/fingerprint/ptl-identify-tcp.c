/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-identify-private.h"

#include <string.h>

#include "ptl-lines.h"
#include "ptl-web.h"

#define GREETING_US (350 * G_TIME_SPAN_MILLISECOND)
/* Where greetings are usual: names are looked up first, or spammers kept waiting. */
#define LONG_GREETING_US (2500 * G_TIME_SPAN_MILLISECOND)
#define SETTLE_US (80 * G_TIME_SPAN_MILLISECOND)
#define MAX_GREETING 16384
/* A service that is known is worth a longer wait: some look up first who asks. */
#define KNOWN_PATIENCE_US (2500 * G_TIME_SPAN_MILLISECOND)

gboolean
ptl_identify_is_printer_port (guint16 port)
{
  return port >= 9100 && port <= 9107;
}

/* Asks that are for one service, once it is known: the others of its kind in the table. */
static void
complete (PtlProbing *probing, const PtlAsk *known, PtlStream *stream)
{
  g_autofree char *service = g_strdup (probing->found.service);

  for (const PtlAsk *ask = ptl_asks; ask->service != NULL; ask++)
    if (ask != known && ask->hear == NULL && !ask->udp && g_str_equal (ask->service, service))
      ask->detail (ask, probing, stream);
}

/* Whether @ask itself has more to find out, on a connection that nothing was said on. */
static gboolean
has_more (const PtlAsk *ask)
{
  return ask->talk == NULL ? ask->detail != NULL : ask->talk->steps->len > 1;
}

/* Puts @ask, of a service that is known, on a connection of its own. */
static gboolean
ask_known (PtlProbing *probing, const PtlAsk *ask)
{
  g_autoptr (PtlStream) stream = ptl_probing_open (probing);
  g_autoptr (GByteArray) heard = g_byte_array_new ();
  gint64 patience_us = probing->patience_us;
  gboolean told;

  if (stream == NULL)
    return FALSE;
  if (!ask->greets)
    probing->patience_us = MAX (patience_us, KNOWN_PATIENCE_US);
  told = ptl_ask_run (ask, probing, stream, heard);
  probing->patience_us = patience_us;
  return told;
}

/* What answers was recognised by @known. On @clean nothing was said yet; without it, or where
 * @known has no more, the asks of its service are put on connections of their own. */
static void
go_deeper (PtlProbing *probing, const PtlAsk *known, PtlStream *clean)
{
  g_autoptr (GArray) asks = ptl_asks_list (probing, FALSE);
  g_autofree char *service = g_strdup (probing->found.service);
  gboolean on_clean = clean != NULL && has_more (known);

  if (on_clean)
    known->detail (known, probing, clean);
  for (guint i = 0; !on_clean && i < asks->len; i++)
    {
      const PtlAsk *ask = &g_array_index (asks, PtlAsk, i);

      if (ask->hear != NULL && g_str_equal (ask->service, service)
          && !(clean != NULL && ask->greets) && ask_known (probing, ask))
        break;
    }
  complete (probing, known, clean);
}

/* Whether any service that speaks first, or answers what it does not understand in its own way,
 * said
 * @heard. */
static gboolean
hear_greeting (PtlProbing *probing, const GByteArray *heard, PtlStream *clean)
{
  g_autoptr (GArray) asks = ptl_asks_list (probing, FALSE);

  for (guint i = 0; heard->len > 0 && i < asks->len; i++)
    {
      const PtlAsk *ask = &g_array_index (asks, PtlAsk, i);

      if (ask->greets && ask->hear != NULL
          && ask->hear (ask, heard->data, heard->len, &probing->found))
        {
          if (probing->hurry)
            probing->unfinished = TRUE;
          else
            go_deeper (probing, ask, clean);
          return TRUE;
        }
    }
  return FALSE;
}

/* A web page may say that it is for something else here: a SOCKS proxy says so. */
void
ptl_identify_page (PtlProbing *probing, PtlPage *page, PtlStream *line)
{
  static const PtlAsk none = { 0 };

  ptl_web_identify (probing, page, line);
  if (!probing->hurry && g_str_equal (probing->found.service, "socks"))
    go_deeper (probing, &none, NULL);
}

gboolean
ptl_identify_hear (PtlProbing *probing, GByteArray *heard)
{
  PtlPage *page = ptl_page_parse (heard->data, heard->len);

  if (page == NULL)
    return hear_greeting (probing, heard, NULL);
  ptl_identify_page (probing, page, NULL);
  return TRUE;
}

static gboolean
listen_for_greeting (PtlProbing *probing, PtlStream *stream)
{
  g_autoptr (GArray) asks = ptl_asks_list (probing, FALSE);
  g_autoptr (GByteArray) heard = g_byte_array_new ();
  gint64 wait = GREETING_US;

  for (guint i = 0; i < asks->len; i++)
    if (ptl_ask_is_usual (&g_array_index (asks, PtlAsk, i), probing->port))
      wait
          = g_array_index (asks, PtlAsk, i).greets ? LONG_GREETING_US : MIN (wait, GREETING_US / 4);
  if (!ptl_stream_read (stream, heard, MAX_GREETING, wait, SETTLE_US))
    return FALSE;
  if (hear_greeting (probing, heard, stream))
    return TRUE;
  ptl_probing_keep_first (probing, heard->data, heard->len);
  return FALSE;
}

/* The asks that are usual at this port; with @first, the first of them goes on that connection. */
static gboolean
ask_usual (PtlProbing *probing, PtlStream **first)
{
  g_autoptr (GArray) asks = ptl_asks_list (probing, FALSE);

  for (guint i = 0; i < asks->len; i++)
    {
      const PtlAsk *ask = &g_array_index (asks, PtlAsk, i);
      g_autoptr (PtlStream) stream = NULL;
      g_autoptr (GByteArray) heard = g_byte_array_new ();

      if (ask->greets || ask->hear == NULL || !ptl_ask_is_usual (ask, probing->port)
          || (ask->no_tls && probing->in_tls))
        continue;
      stream = *first != NULL ? g_steal_pointer (first) : ptl_probing_open (probing);
      if (stream == NULL)
        continue;
      if (ptl_ask_run (ask, probing, stream, heard))
        {
          complete (probing, ask, NULL);
          return TRUE;
        }
      if (heard->len > 0 && ptl_identify_hear (probing, heard))
        return TRUE;
      ptl_probing_keep_first (probing, heard->data, heard->len);
    }
  return FALSE;
}

/* All that is left, a few at a time. */
static gboolean
ask_others (PtlProbing *probing)
{
  g_autoptr (GArray) all = ptl_asks_list (probing, FALSE);
  g_autoptr (GArray) asks = g_array_new (FALSE, FALSE, sizeof (PtlAsk));

  for (guint i = 0; i < all->len; i++)
    {
      const PtlAsk *ask = &g_array_index (all, PtlAsk, i);

      if (!ask->greets && ask->hear != NULL && !ask->usual_only
          && !ptl_ask_is_usual (ask, probing->port) && !(ask->no_tls && probing->in_tls))
        g_array_append_val (asks, *ask);
    }
  if (!ptl_lines_run (probing, asks, NULL, ptl_identify_hear))
    return FALSE;
  complete (probing, NULL, NULL);
  return TRUE;
}

static gboolean converse (PtlProbing *probing, PtlStream *opened);

/* What is in the TLS is not known: its certificate may tell whose it is. */
static void
tell_by_certificate (PtlProbing *probing)
{
  const PtlApplication *application = ptl_place_find_by_certificate (probing->set, probing->tls);

  ptl_found_set (&probing->found, "tls", application != NULL ? application->name : NULL, NULL);
}

static void
finish_tls (PtlProbing *probing)
{
  if (probing->found.service == NULL)
    tell_by_certificate (probing);
  /* Who has no certificate of theirs came no further. */
  if (probing->wants_our_name && probing->found.auth == PTL_AUTH_UNTOLD)
    ptl_found_set_auth (&probing->found, PTL_AUTH_PROTECTED);
  ptl_identify_old_tls (probing);
}

/* TRUE where TLS answers, whatever is in it. */
static gboolean
ask_tls (PtlProbing *probing)
{
  g_autoptr (PtlStream) stream = NULL;
  g_autoptr (GByteArray) heard = g_byte_array_new ();

  if (probing->in_tls)
    return FALSE;
  if (!ptl_identify_start_tls (probing, &stream, heard))
    {
      if (probing->tls != NULL)
        return TRUE;
      if (heard->len > 0 && ptl_identify_hear (probing, heard))
        return TRUE;
      ptl_probing_keep_first (probing, heard->data, heard->len);
      return FALSE;
    }
  g_byte_array_set_size (probing->first, 0);
  converse (probing, g_steal_pointer (&stream));
  finish_tls (probing);
  return TRUE;
}

/* GET / on @stream (transfer full). TRUE where it is found out what answered. */
static gboolean
ask_web (PtlProbing *probing, PtlStream **stream)
{
  g_autoptr (GByteArray) heard = g_byte_array_new ();
  g_autoptr (PtlPage) page = NULL;

  page = ptl_web_fetch (probing, *stream, "/", probing->patience_us + GREETING_US, heard);
  if (page != NULL && !probing->in_tls && ptl_page_wants_tls (page, probing->port)
      && ask_tls (probing))
    return TRUE;
  if (page != NULL)
    {
      gboolean on = ptl_web_may_go_on (*stream, page, heard);

      page->whole
          = ptl_page_is_whole (heard->data, heard->len) || (*stream)->end == PTL_STREAM_ENDED;
      ptl_identify_page (probing, g_steal_pointer (&page), on ? g_steal_pointer (stream) : NULL);
      return TRUE;
    }
  if (hear_greeting (probing, heard, NULL))
    return TRUE;
  if (heard->len == 0 || heard->data[0] != 21)
    ptl_probing_keep_first (probing, heard->data, heard->len);
  return FALSE;
}

/* Everything in turn, until something is recognised; @opened: (transfer full). What only answers
 * late is heard on the connection that was asked for a page. */
static gboolean
converse (PtlProbing *probing, PtlStream *opened)
{
  g_autoptr (PtlStream) stream = opened;
  g_autoptr (GByteArray) late = g_byte_array_new ();
  gboolean tls_first
      = !probing->in_tls
        && g_hash_table_contains (probing->set->tls_ports, GUINT_TO_POINTER (probing->port));

  if (listen_for_greeting (probing, stream) || (tls_first && ask_tls (probing))
      || ask_usual (probing, &stream))
    return TRUE;
  if (stream == NULL || stream->end != PTL_STREAM_OPEN)
    {
      g_clear_pointer (&stream, ptl_stream_free);
      stream = ptl_probing_open (probing);
    }
  if (stream == NULL)
    return FALSE;
  if (ask_web (probing, &stream) || (!tls_first && ask_tls (probing)) || ask_others (probing))
    return TRUE;
  if (stream != NULL)
    ptl_stream_read_now (stream, late);
  return late->len > 0 && ptl_identify_hear (probing, late);
}

/* One port may be several services' (sslh): one that greets those who greet as ssh does asks for a
 * login, whatever a page there gives away. Where nothing was found out, it may be ssh's alone to
 * those who speak first. */
static void
look_for_ssh_behind (PtlProbing *probing)
{
  static const char greeting[] = "SSH-2.0-portolan\r\n";
  gboolean in_tls = probing->in_tls;
  g_autoptr (GByteArray) heard = g_byte_array_new ();
  g_autoptr (PtlStream) stream = NULL;

  probing->in_tls = FALSE;
  stream = ptl_probing_open (probing);
  if (stream != NULL && ptl_stream_write (stream, greeting, strlen (greeting)))
    ptl_stream_read (stream, heard, 256, probing->patience_us, SETTLE_US);
  if (heard->len > 4 && memcmp (heard->data, "SSH-", 4) == 0)
    {
      if (probing->found.service != NULL)
        ptl_found_note (&probing->found, "Both HTTP and SSH answer here");
      probing->found.application = NULL;
      g_clear_pointer (&probing->found.product, g_free);
      g_clear_pointer (&probing->found.version, g_free);
      hear_greeting (probing, heard, NULL);
    }
  probing->in_tls = in_tls;
}

static gboolean
may_hide_ssh (const PtlFound *found)
{
  return found->service == NULL
         || (found->auth == PTL_AUTH_OPEN && g_str_equal (found->service, "http"));
}

static void
listen_only (PtlProbing *probing, PtlStream *stream)
{
  g_autoptr (GByteArray) heard = g_byte_array_new ();

  ptl_found_set (&probing->found, "jetdirect", NULL, NULL);
  ptl_found_note (&probing->found, "Nothing was sent: printers print it");
  if (ptl_stream_read (stream, heard, MAX_GREETING, GREETING_US, SETTLE_US))
    ptl_probing_keep_first (probing, heard->data, heard->len);
}

gboolean
ptl_identify_tcp (PtlProbing *probing, GError **error)
{
  gint64 began = g_get_monotonic_time ();
  gint64 until = began + 3 * G_TIME_SPAN_SECOND;
  g_autoptr (GError) failure = NULL;
  int fd = ptl_dial_connect (probing->dial, probing->address, probing->port, PTL_PROTOCOL_TCP,
                             until, probing->cancellable, &probing->state, &failure);
  PtlStream *stream;

  if (fd < 0 && probing->state == PTL_SEEN_FAILED)
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  if (fd < 0)
    return TRUE;
  probing->patience_us += MIN (4 * (g_get_monotonic_time () - began), G_TIME_SPAN_SECOND);
  stream = ptl_stream_new (fd, until, probing->cancellable);
  if (!ptl_identify_is_printer_port (probing->port))
    {
      converse (probing, stream);
      if (may_hide_ssh (&probing->found))
        look_for_ssh_behind (probing);
    }
  else
    {
      listen_only (probing, stream);
      ptl_stream_free (stream);
    }
  return TRUE;
}

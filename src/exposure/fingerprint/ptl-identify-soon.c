/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-identify-private.h"

#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "exposure/ptl-greeting.h"
#include "ptl-lines.h"
#include "ptl-web.h"

/* What speaks first here does it so soon. */
#define PEEK_US (5 * G_TIME_SPAN_MILLISECOND)

/* The look of somebody who is kept waiting: everything is asked at the same time, on connections of
 * its own, and whoever speaks first is judged. */

static GBytes *
say_web (const PtlAsk *self, PtlProbing *probing)
{
  return ptl_web_request (probing, "/");
}

static gboolean
can_harm (PtlProbing *probing, const PtlAsk *ask)
{
  const PtlService *service = ptl_fingerprints_find_service (probing->set, ask->service);

  return service != NULL && service->weight.control >= PTL_CONTROL_DATA;
}

/* The greeting, a page, what is usual at this port, and then those that can do harm. */
static GArray *
choose (PtlProbing *probing)
{
  static const PtlAsk listening = { .service = "" };
  static const PtlAsk web = { .service = "http", .say = say_web };
  g_autoptr (GArray) all = ptl_asks_list (probing, FALSE);
  GArray *asks = g_array_new (FALSE, FALSE, sizeof (PtlAsk));

  g_array_append_val (asks, listening);
  g_array_append_val (asks, web);
  for (guint usual = 0; usual < 2; usual++)
    for (guint i = 0; i < all->len; i++)
      {
        const PtlAsk *ask = &g_array_index (all, PtlAsk, i);

        if (ask->greets || ask->hear == NULL
            || ptl_ask_is_usual (ask, probing->port) == (usual != 0))
          continue;
        if (usual == 0 || (!ask->usual_only && can_harm (probing, ask)))
          g_array_append_val (asks, *ask);
      }
  return asks;
}

/* TRUE where it speaks TLS, whatever is in it. */
static gboolean
look_inside (PtlProbing *probing)
{
  g_autoptr (PtlStream) stream = NULL;
  g_autoptr (GByteArray) heard = g_byte_array_new ();
  PtlPage *page = NULL;

  if (probing->in_tls || !ptl_identify_start_tls (probing, &stream, heard))
    return probing->tls != NULL;
  ptl_probing_note_words (probing);
  stream->deadline_us = probing->deadline_us;
  g_byte_array_set_size (heard, 0);
  page = ptl_web_fetch (probing, stream, "/", probing->patience_us, heard);
  if (page != NULL)
    ptl_identify_page (probing, page, NULL);
  else if (heard->len == 0 || !ptl_identify_hear (probing, heard))
    ptl_found_set (&probing->found, "tls", NULL, NULL);
  probing->unfinished = TRUE;
  return TRUE;
}

/* RFC 8446 section 6: what is asked for a page in plain words answers with an alert. */
static gboolean
asks_for_tls (PtlProbing *probing, const GByteArray *heard)
{
  g_autoptr (PtlPage) page = ptl_page_parse (heard->data, heard->len);

  if (page != NULL)
    return ptl_page_wants_tls (page, probing->port);
  return heard->len >= 2 && heard->data[0] == 21 && heard->data[1] == 3;
}

static gboolean
hear (PtlProbing *probing, GByteArray *heard)
{
  ptl_probing_note_words (probing);
  if (!probing->in_tls && asks_for_tls (probing, heard) && look_inside (probing))
    return TRUE;
  return ptl_identify_hear (probing, heard);
}

/* Words that no service of the data begins with: chat and game servers greet so. */
static gboolean
is_nobody_known (const guint8 *bytes, gsize length)
{
  return g_ascii_isalpha (bytes[0]) && !ptl_greeting_is_worth_a_look (bytes, length)
         && (length < 4 || (memcmp (bytes, "SSH-", 4) != 0 && memcmp (bytes, "INFO", 4) != 0));
}

/* Reading what is known of services takes longer than all else: it is not done for those. */
static gboolean
greets_plainly (PtlProbing *probing, int fd)
{
  guint8 bytes[256];
  gssize n = -1;

  if (probing->set == NULL
      && ptl_dial_wait (fd, POLLIN, g_get_monotonic_time () + PEEK_US, probing->cancellable, NULL))
    n = recv (fd, bytes, sizeof bytes, MSG_PEEK | MSG_DONTWAIT);
  if (n <= 0 || !is_nobody_known (bytes, (gsize) n))
    return FALSE;
  ptl_probing_keep_first (probing, bytes, (gsize) n);
  return TRUE;
}

gboolean
ptl_identify_tcp_soon (PtlProbing *probing, GError **error)
{
  g_autoptr (GArray) asks = NULL;
  g_autoptr (GError) failure = NULL;
  int fd = ptl_dial_connect (probing->dial, probing->address, probing->port, PTL_PROTOCOL_TCP,
                             probing->deadline_us, probing->cancellable, &probing->state, &failure);
  g_autoptr (PtlStream) stream = NULL;

  if (fd < 0 && probing->state == PTL_SEEN_FAILED)
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  if (fd < 0)
    {
      probing->unfinished = probing->state == PTL_SEEN_FILTERED;
      return TRUE;
    }
  stream = ptl_stream_new (fd, probing->deadline_us, probing->cancellable);
  if (greets_plainly (probing, fd))
    return TRUE;
  /* Not before: one that is refused costs nothing. */
  ptl_probing_want_set (probing);
  stream->deadline_us = probing->deadline_us;
  if (ptl_identify_is_printer_port (probing->port))
    {
      ptl_found_set (&probing->found, "jetdirect", NULL, NULL);
      return TRUE;
    }
  if (g_hash_table_contains (probing->set->tls_ports, GUINT_TO_POINTER (probing->port))
      && look_inside (probing))
    return TRUE;
  asks = choose (probing);
  if (!ptl_lines_run (probing, asks, g_steal_pointer (&stream), hear)
      || ptl_probing_is_over (probing))
    probing->unfinished = TRUE;
  return TRUE;
}

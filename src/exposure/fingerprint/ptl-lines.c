/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-lines.h"

#include <poll.h>
#include <string.h>

#include "exposure/ptl-greeting.h"

/* Connections at a time to one port: few enough for what takes only some. */
#define MAX_LINES 36
/* So many more, so often. */
#define LINES_A_WAVE 12
#define WAVE_US (300 * G_TIME_SPAN_MILLISECOND)
#define MAX_HEARD 16384
#define SETTLE_US (50 * G_TIME_SPAN_MILLISECOND)
/* Where somebody is kept waiting: who speaks first, or answers a request for a page, does it before
 * the others are asked, and all of those are asked early enough to answer. */
#define HURRY_FIRST 2
#define HURRY_WAVE_US (8 * G_TIME_SPAN_MILLISECOND)
#define HURRY_SETTLE_US (8 * G_TIME_SPAN_MILLISECOND)
#define SLICE_MS 40
#define HURRY_SLICE_MS 4

typedef struct
{
  const PtlAsk *ask;
  PtlStream *stream; /* NULL = done */
  GByteArray *heard;
  gint64 until_us; /* how long its answer is waited for */
} PtlLine;

static void
clear_line (gpointer data)
{
  PtlLine *self = data;

  g_clear_pointer (&self->stream, ptl_stream_free);
  g_clear_pointer (&self->heard, g_byte_array_unref);
}

/* FALSE where no connection came about. */
static gboolean
open_line (PtlProbing *probing,
           const PtlAsk *ask,
           PtlStream **first,
           gint64 patience_us,
           GArray *lines)
{
  PtlStream *stream = *first != NULL ? g_steal_pointer (first)
                      : ask->udp     ? ptl_probing_open_udp (probing)
                                     : ptl_probing_open (probing);
  PtlLine line = { ask, stream, NULL, g_get_monotonic_time () + patience_us };
  g_autoptr (GBytes) said = NULL;

  if (stream == NULL)
    return FALSE;
  line.heard = g_byte_array_new ();
  said = ask->say != NULL ? ask->say (ask, probing) : NULL;
  if (said != NULL)
    ptl_stream_write (stream, g_bytes_get_data (said, NULL), g_bytes_get_size (said));
  g_array_append_val (lines, line);
  return TRUE;
}

/* A server that says back what it is told. */
static gboolean
is_echo (PtlProbing *probing, const PtlLine *line)
{
  g_autoptr (GBytes) said = line->ask->say != NULL ? line->ask->say (line->ask, probing) : NULL;

  if (said == NULL || line->heard->len < 4 || line->heard->len != g_bytes_get_size (said)
      || memcmp (line->heard->data, g_bytes_get_data (said, NULL), line->heard->len) != 0)
    return FALSE;
  ptl_found_set (&probing->found, "echo", NULL, NULL);
  ptl_found_set_auth (&probing->found, PTL_AUTH_NONE);
  return TRUE;
}

/* Nobody is kept waiting for what greets with a plain line of text that is not known, as games and
 * chat servers do. */
static gboolean
is_plain_greeting (PtlProbing *probing, const PtlLine *line)
{
  if (!probing->hurry || line->ask->say != NULL
      || ptl_greeting_is_worth_a_look (line->heard->data, line->heard->len))
    return FALSE;
  ptl_probing_keep_first (probing, line->heard->data, line->heard->len);
  return TRUE;
}

/* Reads what came. TRUE where it is recognised. */
static gboolean
hear_line (PtlProbing *probing,
           PtlLine *line,
           gboolean (*hear_any) (PtlProbing *probing, GByteArray *heard))
{
  ptl_stream_read (line->stream, line->heard, MAX_HEARD, 0,
                   line->ask->udp   ? 0
                   : probing->hurry ? HURRY_SETTLE_US
                                    : SETTLE_US);
  if (line->heard->len > 0)
    {
      probing->state = PTL_SEEN_OPEN;
      if (is_echo (probing, line))
        return TRUE;
      if (line->ask->hear != NULL
          && line->ask->hear (line->ask, line->heard->data, line->heard->len, &probing->found))
        {
          if (line->ask->detail != NULL)
            line->ask->detail (line->ask, probing, line->stream);
          return TRUE;
        }
      if (hear_any (probing, line->heard) || is_plain_greeting (probing, line))
        return TRUE;
      ptl_probing_keep_first (probing, line->heard->data, line->heard->len);
    }
  if (line->stream->end == PTL_STREAM_RESET && line->ask->udp && line->heard->len == 0
      && probing->state != PTL_SEEN_OPEN)
    probing->state = PTL_SEEN_CLOSED;
  if (line->heard->len > 0 || line->stream->end != PTL_STREAM_OPEN)
    g_clear_pointer (&line->stream, ptl_stream_free);
  return FALSE;
}

/* Lets go of those that waited long enough, and of those that are done. */
static void
drop_lines (GArray *lines)
{
  gint64 now = g_get_monotonic_time ();

  for (guint i = lines->len; i > 0; i--)
    {
      const PtlLine *line = &g_array_index (lines, PtlLine, i - 1);

      if (line->stream == NULL || line->until_us < now)
        g_array_remove_index (lines, i - 1);
    }
}

/* One look at all lines. TRUE where one is recognised. */
static gboolean
hear_lines (PtlProbing *probing,
            GArray *lines,
            gboolean (*hear_any) (PtlProbing *probing, GByteArray *heard))
{
  struct pollfd fds[MAX_LINES];

  for (guint i = 0; i < lines->len; i++)
    {
      const PtlLine *line = &g_array_index (lines, PtlLine, i);

      fds[i].fd = line->stream->fd;
      fds[i].events = POLLIN;
      fds[i].revents = 0;
    }
  poll (fds, lines->len, probing->hurry ? HURRY_SLICE_MS : SLICE_MS);
  for (guint i = 0; i < lines->len; i++)
    if (fds[i].revents != 0 && hear_line (probing, &g_array_index (lines, PtlLine, i), hear_any))
      return TRUE;
  drop_lines (lines);
  return FALSE;
}

/* Opens some more of @asks from @next on. One that is refused is overrun: it is asked again later,
 * once. The last ones are waited for longer, for those before them may keep a peer busy. */
static guint
open_wave (PtlProbing *probing,
           GArray *asks,
           guint next,
           PtlStream **first,
           GArray *lines,
           gboolean *refused)
{
  guint n = probing->hurry && next == 0 ? HURRY_FIRST : LINES_A_WAVE;

  for (guint i = 0; i < n && next < asks->len && lines->len < MAX_LINES; i++)
    {
      gboolean last = asks->len - next <= LINES_A_WAVE;
      gboolean opened = open_line (probing, &g_array_index (asks, PtlAsk, next), first,
                                   probing->patience_us * (last ? 2 : 1), lines);

      if (!opened && !*refused)
        {
          *refused = TRUE;
          return next;
        }
      *refused = FALSE;
      next++;
    }
  return next;
}

gboolean
ptl_lines_run (PtlProbing *probing,
               GArray *asks,
               PtlStream *opened,
               gboolean (*hear_any) (PtlProbing *probing, GByteArray *heard))
{
  g_autoptr (PtlStream) first = opened;
  g_autoptr (GArray) lines = g_array_new (FALSE, TRUE, sizeof (PtlLine));
  gboolean refused = FALSE;
  gint64 wave_us = 0;
  guint next = 0;

  g_array_set_clear_func (lines, clear_line);
  while ((next < asks->len || lines->len > 0) && !ptl_probing_is_over (probing))
    {
      gint64 now = g_get_monotonic_time ();

      /* Where all that was asked is over, more can be asked at once. */
      if ((lines->len == 0 && !refused) || now >= wave_us)
        {
          next = open_wave (probing, asks, next, &first, lines, &refused);
          wave_us = now + (probing->hurry ? HURRY_WAVE_US : WAVE_US);
        }
      if (hear_lines (probing, lines, hear_any))
        return TRUE;
    }
  return FALSE;
}

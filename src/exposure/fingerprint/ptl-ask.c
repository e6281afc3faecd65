/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-ask.h"

#include <string.h>

#define MAX_HEARD 16384
#define SETTLE_US (60 * G_TIME_SPAN_MILLISECOND)
#define STEP_US (1500 * G_TIME_SPAN_MILLISECOND)

static void
replace (GString *text, const char *what, const char *with)
{
  gsize length = strlen (what);
  char *at;

  /* Not g_string_replace(): what is sent may hold NULs. */
  while ((at = memmem (text->str, text->len, what, length)) != NULL)
    {
      gssize position = at - text->str;

      g_string_erase (text, position, length);
      g_string_insert (text, position, with);
    }
}

static GBytes *
fill_in (const PtlStep *step, PtlProbing *probing)
{
  g_autofree char *port = g_strdup_printf ("%u", probing->port);
  gsize length;
  const char *data = g_bytes_get_data (step->send, &length);
  GString *text;

  if (!step->has_place)
    return g_bytes_ref (step->send);
  text = g_string_new_len (data, length);
  replace (text, "{host}", probing->host);
  replace (text, "{port}", port);
  return g_string_free_to_bytes (text);
}

static GBytes *
say_talk (const PtlAsk *self, PtlProbing *probing)
{
  return fill_in (g_ptr_array_index (self->talk->steps, 0), probing);
}

static void
take_answer (const PtlAnswer *answer, const char *service, GPtrArray *groups, PtlFound *found)
{
  g_autofree char *product = answer->product ? ptl_pattern_expand (answer->product, groups) : NULL;
  g_autofree char *version = answer->version ? ptl_pattern_expand (answer->version, groups) : NULL;
  g_autofree char *note = answer->note ? ptl_pattern_expand (answer->note, groups) : NULL;

  ptl_found_set (found, answer->service ? answer->service : service, product, version);
  ptl_found_set_auth (found, answer->auth);
  found->last = answer->last;
  if (note != NULL && *note != '\0')
    ptl_found_note (found, "%s", note);
}

/* Takes the first answer that fits. */
static gboolean
hear_step (const PtlStep *step,
           const char *service,
           const guint8 *bytes,
           gsize length,
           PtlFound *found)
{
  for (guint i = 0; i < step->answers->len; i++)
    {
      const PtlAnswer *answer = g_ptr_array_index (step->answers, i);
      g_autoptr (GPtrArray) groups = NULL;

      if (!ptl_pattern_match (answer->match, bytes, length, &groups))
        continue;
      take_answer (answer, service, groups, found);
      return TRUE;
    }
  return FALSE;
}

static gboolean
hear_talk (const PtlAsk *self, const guint8 *bytes, gsize length, PtlFound *found)
{
  return hear_step (g_ptr_array_index (self->talk->steps, 0), self->talk->service, bytes, length,
                    found);
}

/* The further steps, on the connection that the first was on. */
static void
detail_talk (const PtlAsk *self, PtlProbing *probing, PtlStream *stream)
{
  for (guint i = 1; stream != NULL && !probing->found.last && i < self->talk->steps->len; i++)
    {
      const PtlStep *step = g_ptr_array_index (self->talk->steps, i);
      g_autoptr (GByteArray) heard = g_byte_array_new ();
      g_autoptr (GBytes) said = step->send == NULL ? NULL : fill_in (step, probing);

      if (said != NULL
          && !ptl_stream_write (stream, g_bytes_get_data (said, NULL), g_bytes_get_size (said)))
        return;
      if (!ptl_stream_read (stream, heard, MAX_HEARD, STEP_US, SETTLE_US))
        return;
      hear_step (step, self->talk->service, heard->data, heard->len, &probing->found);
    }
}

PtlAsk
ptl_ask_of_talk (const PtlTalk *talk)
{
  const PtlStep *first = g_ptr_array_index (talk->steps, 0);
  PtlAsk ask = { .service = talk->service,
                 .udp = talk->udp,
                 .usual_only = talk->usual_only,
                 .no_tls = talk->no_tls,
                 .greets = first->send == NULL,
                 .talk = talk,
                 .say = say_talk,
                 .hear = hear_talk,
                 .detail = detail_talk };

  return ask;
}

gboolean
ptl_ask_is_usual (const PtlAsk *self, guint16 port)
{
  if (self->talk != NULL)
    return ptl_ports_have (self->talk->ports, port);
  for (guint i = 0; i < G_N_ELEMENTS (self->ports) && self->ports[i] != 0; i++)
    if (self->ports[i] == port)
      return TRUE;
  return FALSE;
}

gboolean
ptl_ask_run (const PtlAsk *self, PtlProbing *probing, PtlStream *stream, GByteArray *heard)
{
  g_autoptr (GBytes) said = self->greets ? NULL : self->say (self, probing);

  if (said != NULL
      && !ptl_stream_write (stream, g_bytes_get_data (said, NULL), g_bytes_get_size (said)))
    return FALSE;
  ptl_stream_read (stream, heard, MAX_HEARD, probing->patience_us, SETTLE_US);
  /* What only says it back is for the others to tell. */
  if (said != NULL && heard->len == g_bytes_get_size (said)
      && memcmp (heard->data, g_bytes_get_data (said, NULL), heard->len) == 0)
    return FALSE;
  if (heard->len == 0 || !self->hear (self, heard->data, heard->len, &probing->found))
    return FALSE;
  if (self->detail != NULL)
    self->detail (self, probing, stream);
  return TRUE;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-asks.h"

#include <string.h>

#include "core/ptl-text.h"

#define QUESTION "\xff\xff\xff\xffTSource Engine Query"
#define CHALLENGE 'A'
#define INFO 'I'
#define GOLDSRC 'm'

GBytes *
ptl_ask_a2s_say (const PtlAsk *self, PtlProbing *probing)
{
  /* With its NUL. */
  return g_bytes_new (QUESTION, sizeof QUESTION);
}

/* The NUL-terminated text at @at, which moves past it; NULL where it has no end. */
static const char *
take_text (const guint8 *bytes, gsize length, gsize *at)
{
  const guint8 *start = bytes + *at, *end;

  if (*at >= length || (end = memchr (start, 0, length - *at)) == NULL)
    return NULL;
  *at = end - bytes + 1;
  return (const char *) start;
}

/* Name, map, folder, game; then nine bytes of numbers and the version. */
static void
read_info (const guint8 *bytes, gsize length, PtlFound *found)
{
  gsize at = 6;
  const char *texts[4];
  g_autofree char *product = NULL, *version = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    if ((texts[i] = take_text (bytes, length, &at)) == NULL)
      return;
  product = ptl_text_make_safe (*texts[3] ? texts[3] : texts[2], -1, 60);
  ptl_found_note (found, "%s, map %s, game %s", texts[0], texts[1], product);
  at += 9;
  version = ptl_text_make_safe (take_text (bytes, length, &at), -1, 30);
  ptl_found_set (found, NULL, product, version);
}

gboolean
ptl_ask_a2s_hear (const PtlAsk *self, const guint8 *bytes, gsize length, PtlFound *found)
{
  if (length < 6 || memcmp (bytes, "\xff\xff\xff\xff", 4) != 0
      || (bytes[4] != CHALLENGE && bytes[4] != INFO && bytes[4] != GOLDSRC))
    return FALSE;
  ptl_found_set (found, "source", NULL, NULL);
  ptl_found_set_auth (found, PTL_AUTH_NONE);
  if (bytes[4] == INFO)
    read_info (bytes, length, found);
  return TRUE;
}

/* The question again, with the challenge that came to the one before. */
void
ptl_ask_a2s_detail (const PtlAsk *self, PtlProbing *probing, PtlStream *stream)
{
  g_autoptr (GByteArray) heard = g_byte_array_new ();
  guint8 question[sizeof QUESTION + 4] = QUESTION;

  if (stream == NULL || probing->found.product != NULL
      || !ptl_stream_write (stream, QUESTION, sizeof QUESTION)
      || !ptl_stream_read (stream, heard, 2048, probing->patience_us, 0) || heard->len < 9
      || heard->data[4] != CHALLENGE)
    return;
  memcpy (question + sizeof QUESTION, heard->data + 5, 4);
  g_byte_array_set_size (heard, 0);
  if (ptl_stream_write (stream, question, sizeof question)
      && ptl_stream_read (stream, heard, 2048, probing->patience_us, 0))
    ptl_ask_a2s_hear (self, heard->data, heard->len, &probing->found);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-page-body.h"

#include <gio/gio.h>
#include <string.h>

#include "ptl-page.h"

/* A chunk's length, -1 = what stands there is none. */
static gint64
read_chunk_size (const char **p, const char *end)
{
  gint64 size = 0;
  guint digits = 0;

  for (; *p < end && g_ascii_isxdigit (**p); (*p)++)
    {
      if (++digits > 8)
        return -1;
      size = size * 16 + g_ascii_xdigit_value (**p);
    }
  if (digits == 0)
    return -1;
  *p = memchr (*p, '\n', end - *p);
  if (*p == NULL)
    return -1;
  (*p)++;
  return size;
}

static GBytes *
join_chunks (const char *p, gsize length)
{
  const char *end = p + length;
  g_autoptr (GByteArray) joined = g_byte_array_new ();

  while (p < end)
    {
      gint64 size = read_chunk_size (&p, end);

      if (size <= 0)
        break;
      size = MIN (size, end - p);
      g_byte_array_append (joined, (const guint8 *) p, size);
      p += size;
      if (p < end && *p == '\r')
        p++;
      if (p < end && *p == '\n')
        p++;
    }
  return g_byte_array_free_to_bytes (g_steal_pointer (&joined));
}

/* What unpacks to more than PTL_PAGE_MAX_BODY is cut there. */
static GBytes *
unpack (GBytes *packed, GZlibCompressorFormat format)
{
  g_autoptr (GConverter) unpacker = G_CONVERTER (g_zlib_decompressor_new (format));
  g_autoptr (GByteArray) out = g_byte_array_new ();
  gsize left, taken, made;
  const guint8 *data = g_bytes_get_data (packed, &left);
  guint8 buffer[8192];
  GConverterResult result = G_CONVERTER_CONVERTED;

  while (left > 0 && out->len < PTL_PAGE_MAX_BODY && result == G_CONVERTER_CONVERTED)
    {
      result = g_converter_convert (unpacker, data, left, buffer, sizeof buffer,
                                    G_CONVERTER_NO_FLAGS, &taken, &made, NULL);
      if (result == G_CONVERTER_ERROR)
        break;
      g_byte_array_append (out, buffer, made);
      data += taken;
      left -= taken;
    }
  return g_byte_array_free_to_bytes (g_steal_pointer (&out));
}

GBytes *
ptl_page_body_decode (const char *data, gsize length, const char *transfer, const char *content)
{
  g_autoptr (GBytes) body = NULL;

  if (transfer != NULL && g_ascii_strcasecmp (transfer, "chunked") == 0)
    body = join_chunks (data, length);
  else
    body = g_bytes_new (data, length);
  if (content != NULL
      && (g_ascii_strcasecmp (content, "gzip") == 0 || g_ascii_strcasecmp (content, "x-gzip") == 0))
    return unpack (body, G_ZLIB_COMPRESSOR_FORMAT_GZIP);
  if (content != NULL && g_ascii_strcasecmp (content, "deflate") == 0)
    return unpack (body, G_ZLIB_COMPRESSOR_FORMAT_ZLIB);
  return g_steal_pointer (&body);
}

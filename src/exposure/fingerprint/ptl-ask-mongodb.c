/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-asks.h"

#include <string.h>

#include "core/ptl-text.h"

#define HEADER 16
#define OP_REPLY 1
#define OP_QUERY 2004
#define OP_MSG 2013
#define MAX_FIELDS 200

static void
append_int (GByteArray *out, guint32 value)
{
  guint32 little = GUINT32_TO_LE (value);

  g_byte_array_append (out, (const guint8 *) &little, 4);
}

/* {NAME: 1, "$db": "admin"}, in BSON. */
static void
append_command (GByteArray *out, const char *name)
{
  static const char db[] = "\2$db\0\6\0\0\0admin";
  g_autoptr (GByteArray) fields = g_byte_array_new ();

  g_byte_array_append (fields, (const guint8 *) "\x10", 1);
  g_byte_array_append (fields, (const guint8 *) name, strlen (name) + 1);
  append_int (fields, 1);
  g_byte_array_append (fields, (const guint8 *) db, sizeof db);
  append_int (out, 4 + fields->len + 1);
  g_byte_array_append (out, fields->data, fields->len);
  g_byte_array_append (out, (const guint8 *) "", 1);
}

static GBytes *
make_message (const char *name)
{
  g_autoptr (GByteArray) out = g_byte_array_new ();
  guint32 size;

  append_int (out, 0);
  append_int (out, 0x50544c);
  append_int (out, 0);
  append_int (out, OP_MSG);
  append_int (out, 0);
  g_byte_array_append (out, (const guint8 *) "", 1);
  append_command (out, name);
  size = GUINT32_TO_LE (out->len);
  memcpy (out->data, &size, 4);
  return g_byte_array_free_to_bytes (g_steal_pointer (&out));
}

GBytes *
ptl_ask_mongodb_say (const PtlAsk *self, PtlProbing *probing)
{
  return make_message ("buildInfo");
}

static guint32
read_int (const guint8 *p)
{
  guint32 value;

  memcpy (&value, p, 4);
  return GUINT32_FROM_LE (value);
}

/* The document within an answer, or NULL. */
static const guint8 *
find_document (const guint8 *bytes, gsize length, gsize *size)
{
  gsize at;

  if (length < HEADER + 10 || read_int (bytes + 8) != 0x50544c)
    return NULL;
  if (read_int (bytes + 12) == OP_MSG)
    at = HEADER + 5;
  else if (read_int (bytes + 12) == OP_REPLY)
    at = HEADER + 20;
  else
    return NULL;
  if (at + 5 > length)
    return NULL;
  *size = MIN (read_int (bytes + at), length - at);
  return bytes + at;
}

/* The value's length, or 0 where it is of a kind that is not passed over. */
static gsize
value_size (guint8 type, const guint8 *p, gsize left)
{
  switch (type)
    {
    case 0x01:
    case 0x09:
    case 0x11:
    case 0x12:
      return 8;
    case 0x02:
      return left < 4 ? 0 : 4 + (gsize) read_int (p);
    case 0x03:
    case 0x04:
      return left < 4 ? 0 : read_int (p);
    case 0x05:
      return left < 4 ? 0 : 5 + (gsize) read_int (p);
    case 0x07:
      return 12;
    case 0x08:
      return 1;
    case 0x10:
      return 4;
    case 0x13:
      return 16;
    default:
      return 0;
    }
}

/* Where the value of a field at the top stands, or NULL. */
static const guint8 *
find_field (const guint8 *document, gsize size, const char *name, guint8 *type, gsize *left)
{
  gsize at = 4;

  for (guint i = 0; i < MAX_FIELDS && at + 2 < size && document[at] != 0; i++)
    {
      const guint8 *field = document + at + 1;
      const guint8 *end = memchr (field, 0, size - at - 1);
      gsize length;

      if (end == NULL)
        return NULL;
      *type = document[at];
      *left = size - (end + 1 - document);
      if (strcmp ((const char *) field, name) == 0)
        return end + 1;
      length = value_size (*type, end + 1, *left);
      if (length == 0 || length > *left)
        return NULL;
      at = end + 1 - document + length;
    }
  return NULL;
}

static char *
read_text (const guint8 *document, gsize size, const char *name)
{
  guint8 type = 0;
  gsize left = 0;
  const guint8 *value = find_field (document, size, name, &type, &left);

  if (value == NULL || type != 0x02 || left < 5)
    return NULL;
  return g_strndup ((const char *) value + 4, MIN (left - 4, 100));
}

gboolean
ptl_ask_mongodb_hear (const PtlAsk *self, const guint8 *bytes, gsize length, PtlFound *found)
{
  gsize size = 0;
  const guint8 *document = find_document (bytes, length, &size);
  g_autofree char *version = document == NULL ? NULL : read_text (document, size, "version");
  g_autofree char *safe = NULL;

  if (document == NULL)
    return FALSE;
  safe = version == NULL ? NULL : ptl_text_make_safe (version, -1, 30);
  ptl_found_set (found, "mongodb", NULL, safe);
  return TRUE;
}

static void
judge (PtlFound *found, const guint8 *bytes, gsize length)
{
  gsize size = 0, left = 0;
  guint8 type = 0;
  const guint8 *document = find_document (bytes, length, &size);
  const guint8 *databases
      = document == NULL ? NULL : find_field (document, size, "databases", &type, &left);
  g_autofree char *name = document == NULL ? NULL : read_text (document, size, "codeName");

  if (databases != NULL && type == 0x04)
    {
      ptl_found_set_auth (found, PTL_AUTH_OPEN);
      ptl_found_note (found, "listDatabases is answered without a login");
    }
  else if (name != NULL)
    {
      ptl_found_note (found, "listDatabases: %s", name);
      ptl_found_set_auth (found, g_str_equal (name, "Unauthorized")
                                         || g_str_equal (name, "AuthenticationFailed")
                                     ? PTL_AUTH_PROTECTED
                                     : PTL_AUTH_UNKNOWN);
    }
}

void
ptl_ask_mongodb_detail (const PtlAsk *self, PtlProbing *probing, PtlStream *stream)
{
  g_autoptr (GBytes) said = make_message ("listDatabases");
  g_autoptr (GByteArray) heard = g_byte_array_new ();

  if (stream == NULL
      || !ptl_stream_write (stream, g_bytes_get_data (said, NULL), g_bytes_get_size (said)))
    return;
  ptl_stream_read (stream, heard, 32768, probing->patience_us, 40 * G_TIME_SPAN_MILLISECOND);
  judge (&probing->found, heard->data, heard->len);
}

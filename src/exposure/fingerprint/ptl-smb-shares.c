/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-smb-shares.h"

#include <string.h>

#define HEADER 24
#define RESPONSE 2
/* Of MS-SRVS 2.2.2.4: what kind of share, without the flags above. */
#define KIND 0xffff
#define FOLDER 0
#define FOR_ADMINISTRATORS 0x80000000u
#define MAX_ENTRIES 256
#define MAX_LETTERS 256

GByteArray *
ptl_smb_shares_bind (void)
{
  /* C706 chapter 12.6.4.3: version 5.0, bind; one context: srvsvc 3.0, in NDR 2.0. */
  static const guint8 bind[]
      = { 5,    0,    11,   3,    0x10, 0,    0,    0,    72,   0,    0,    0,    1,    0,    0,
          0,    0xb8, 0x10, 0xb8, 0x10, 0,    0,    0,    0,    1,    0,    0,    0,    0,    0,
          1,    0,    0xc8, 0x4f, 0x32, 0x4b, 0x70, 0x16, 0xd3, 0x01, 0x12, 0x78, 0x5a, 0x47, 0xbf,
          0x6e, 0xe1, 0x88, 3,    0,    0,    0,    0x04, 0x5d, 0x88, 0x8a, 0xeb, 0x1c, 0xc9, 0x11,
          0x9f, 0xe8, 0x08, 0x00, 0x2b, 0x10, 0x48, 0x60, 2,    0,    0,    0 };

  G_STATIC_ASSERT (sizeof bind == 72);
  return g_byte_array_append (g_byte_array_new (), bind, sizeof bind);
}

GByteArray *
ptl_smb_shares_ask (void)
{
  /* Operation 15: this server; level 1, with an empty container for the answer; as much as there
   * is; from the beginning. */
  static const guint8 ask[] = { 5,    0,    0,    3,    0x10, 0, 0, 0, 56, 0, 0, 0, 2, 0, 0, 0, 32, 0, 0,
                                0,    0,    0,    15,   0,    0, 0, 0, 0,  1, 0, 0, 0, 1, 0, 0, 0,  4, 0,
                                2,    0,    0,    0,    0,    0, 0, 0, 0,  0, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0 };

  G_STATIC_ASSERT (sizeof ask == 56);
  return g_byte_array_append (g_byte_array_new (), ask, sizeof ask);
}

typedef struct
{
  const guint8 *bytes;
  gsize length;
  gsize at;
} Cursor;

static gboolean
take_number (Cursor *cursor, guint32 *number)
{
  guint32 value;

  if (cursor->length - cursor->at < sizeof value)
    return FALSE;
  memcpy (&value, cursor->bytes + cursor->at, sizeof value);
  cursor->at += sizeof value;
  *number = GUINT32_FROM_LE (value);
  return TRUE;
}

/* A string of UTF-16 with its size, offset and length before it. NULL where there is none left. */
static char *
take_text (Cursor *cursor)
{
  guint32 size, offset, letters;
  gunichar2 text[MAX_LETTERS + 1] = { 0 };
  char *utf8;

  if (!take_number (cursor, &size) || !take_number (cursor, &offset)
      || !take_number (cursor, &letters) || letters > MAX_LETTERS
      || cursor->length - cursor->at < 2 * letters)
    return NULL;
  for (guint i = 0; i < letters; i++)
    text[i] = cursor->bytes[cursor->at + 2 * i] | cursor->bytes[cursor->at + 2 * i + 1] << 8;
  cursor->at += MIN ((2 * letters + 3) & ~3u, cursor->length - cursor->at);
  utf8 = g_utf16_to_utf8 (text, -1, NULL, NULL, NULL);
  return utf8 != NULL ? utf8 : g_strdup ("");
}

typedef struct
{
  guint32 name;
  guint32 kind;
  guint32 remark;
} Entry;

static gboolean
take_entry (Cursor *cursor, Entry *entry)
{
  return take_number (cursor, &entry->name) && take_number (cursor, &entry->kind)
         && take_number (cursor, &entry->remark);
}

static gboolean
is_folder (const Entry *entry, const char *name)
{
  return (entry->kind & KIND) == FOLDER && (entry->kind & FOR_ADMINISTRATORS) == 0
         && *name != '\0';
}

GPtrArray *
ptl_smb_shares_read (const guint8 *bytes, gsize length)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  Cursor cursor = { bytes, length, HEADER };
  guint32 level, kind, container, n, array, size;
  Entry entries[MAX_ENTRIES];

  if (length < HEADER || bytes[0] != 5 || bytes[2] != RESPONSE || !take_number (&cursor, &level)
      || level != 1 || !take_number (&cursor, &kind) || !take_number (&cursor, &container)
      || container == 0 || !take_number (&cursor, &n) || !take_number (&cursor, &array)
      || array == 0 || !take_number (&cursor, &size) || n > MAX_ENTRIES)
    return names;
  for (guint i = 0; i < n; i++)
    if (!take_entry (&cursor, &entries[i]))
      return names;
  for (guint i = 0; i < n && names->len < PTL_SMB_SHARES_MAX; i++)
    {
      g_autofree char *name = entries[i].name == 0 ? NULL : take_text (&cursor);
      g_autofree char *remark = entries[i].remark == 0 ? NULL : take_text (&cursor);

      if (name == NULL)
        break;
      if (is_folder (&entries[i], name))
        g_ptr_array_add (names, g_steal_pointer (&name));
    }
  return names;
}

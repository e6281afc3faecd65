/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-asks.h"

#include <string.h>

#include "core/ptl-text.h"

#define SEARCH_ENTRY 0x64
#define SEARCH_DONE 0x65
#define MAX_NAME 120

static void
append_tlv (GByteArray *out, guint8 tag, const void *data, gsize length)
{
  guint8 head[4] = { tag, 0x82, length >> 8, length & 0xff };

  g_byte_array_append (out, head, sizeof head);
  g_byte_array_append (out, data, length);
}

static void
append_small (GByteArray *out, guint8 tag, guint8 value)
{
  append_tlv (out, tag, &value, 1);
}

/* A search of @base itself, for any object, for these attributes (RFC 4511 section 4.5.1). */
static GBytes *
make_search (const char *base, const char *const *attributes)
{
  g_autoptr (GByteArray) list = g_byte_array_new (), search = g_byte_array_new ();
  g_autoptr (GByteArray) message = g_byte_array_new (), out = g_byte_array_new ();

  append_tlv (search, 0x04, base, strlen (base));
  append_small (search, 0x0a, 0);
  append_small (search, 0x0a, 0);
  append_small (search, 0x02, 5);
  append_small (search, 0x02, 3);
  append_small (search, 0x01, 0);
  append_tlv (search, 0x87, "objectClass", 11);
  for (; *attributes != NULL; attributes++)
    append_tlv (list, 0x04, *attributes, strlen (*attributes));
  append_tlv (search, 0x30, list->data, list->len);
  append_small (message, 0x02, 7);
  append_tlv (message, 0x63, search->data, search->len);
  append_tlv (out, 0x30, message->data, message->len);
  return g_byte_array_free_to_bytes (g_steal_pointer (&out));
}

GBytes *
ptl_ask_ldap_say (const PtlAsk *self, PtlProbing *probing)
{
  static const char *const attributes[] = {
    "namingContexts",          "vendorName", "vendorVersion", "defaultNamingContext", "objectClass",
    "supportedSASLMechanisms", NULL
  };

  return make_search ("", attributes);
}

/* Takes a tag and a length; moves @p to the content. FALSE where they are not all there. */
static gboolean
take_head (const guint8 **p, const guint8 *end, guint8 *tag, gsize *length)
{
  guint n;

  if (end - *p < 2)
    return FALSE;
  *tag = *(*p)++;
  *length = *(*p)++;
  if (*length < 0x80)
    return TRUE;
  n = *length & 0x7f;
  if (n == 0 || n > 4 || end - *p < (gssize) n)
    return FALSE;
  for (*length = 0; n > 0; n--)
    *length = *length << 8 | *(*p)++;
  return TRUE;
}

/* The kind of the first message in @bytes, and its content; 0 where it is none of LDAP's. */
static guint8
read_message (const guint8 *bytes,
              gsize size,
              const guint8 **content,
              gsize *length,
              const guint8 **next)
{
  const guint8 *p = bytes, *end = bytes + size;
  guint8 tag;

  if (!take_head (&p, end, &tag, length) || tag != 0x30)
    return 0;
  *next = *length > (gsize) (end - p) ? end : p + *length;
  if (!take_head (&p, end, &tag, length) || tag != 0x02 || *length == 0 || *length > 4
      || *length >= (gsize) (end - p))
    return 0;
  p += *length;
  if (!take_head (&p, end, &tag, length) || (tag & 0xc0) != 0x40)
    return 0;
  *content = p;
  *length = MIN (*length, (gsize) (end - p));
  return tag;
}

/* The first value of an attribute in an entry: a plain look for its name, then a set and a string.
 */
static char *
find_value (const guint8 *bytes, gsize size, const char *name)
{
  const guint8 *end = bytes + size, *p = memmem (bytes, size, name, strlen (name));
  guint8 tag;
  gsize length;

  if (p == NULL)
    return NULL;
  p += strlen (name);
  if (!take_head (&p, end, &tag, &length) || tag != 0x31 || !take_head (&p, end, &tag, &length)
      || tag != 0x04 || length > (gsize) (end - p))
    return NULL;
  return g_strndup ((const char *) p, MIN (length, MAX_NAME));
}

static void
tell_vendor (const guint8 *bytes, gsize length, PtlFound *found)
{
  g_autofree char *vendor = find_value (bytes, length, "vendorName");
  g_autofree char *version = find_value (bytes, length, "vendorVersion");
  g_autofree char *safe_vendor = vendor ? ptl_text_make_safe (vendor, -1, 60) : NULL;
  g_autofree char *safe_version = version ? ptl_text_make_safe (version, -1, 30) : NULL;

  if (vendor != NULL)
    ptl_found_set (found, NULL, safe_vendor, safe_version);
  else if (memmem (bytes, length, "OpenLDAProotDSE", 15) != NULL)
    ptl_found_set (found, NULL, "OpenLDAP", NULL);
  else if (memmem (bytes, length, "authentication required", 23) != NULL)
    ptl_found_set (found, NULL, "OpenLDAP", NULL);
  else if (memmem (bytes, length, "defaultNamingContext", 20) != NULL)
    ptl_found_set (found, NULL, "Active Directory", NULL);
}

gboolean
ptl_ask_ldap_hear (const PtlAsk *self, const guint8 *bytes, gsize length, PtlFound *found)
{
  const guint8 *content = NULL, *next = NULL;
  gsize size = 0;
  guint8 kind = bytes == NULL || length < 7 ? 0 : read_message (bytes, length, &content, &size, &next);

  if (kind != SEARCH_ENTRY && kind != SEARCH_DONE && kind != 0x61 && kind != 0x78)
    return FALSE;
  ptl_found_set (found, "ldap", NULL, NULL);
  tell_vendor (bytes, length, found);
  return TRUE;
}

/* resultCode of the SearchResultDone among the messages; -1 = there is none. */
static int
find_result (const guint8 *bytes, gsize length, gboolean *entry)
{
  const guint8 *p = bytes, *end = bytes + length, *content = NULL, *next = NULL;
  gsize size = 0;

  while (p < end)
    {
      guint8 kind = read_message (p, end - p, &content, &size, &next);

      if (kind == SEARCH_ENTRY)
        *entry = TRUE;
      if (kind == SEARCH_DONE && size >= 3 && content[0] == 0x0a)
        return content[2];
      if (kind == 0 || next <= p)
        return -1;
      p = next;
    }
  return -1;
}

static void
judge (PtlFound *found, const char *base, const guint8 *bytes, gsize length)
{
  gboolean entry = FALSE;
  int code = find_result (bytes, length, &entry);

  if (entry)
    ptl_found_set_auth (found, PTL_AUTH_OPEN);
  /* operationsError (of Active Directory), strongerAuthRequired, inappropriateAuthentication,
   * insufficientAccessRights, unwillingToPerform; noSuchObject is said of what is hidden and of
   * what is not there. */
  else if (code == 1 || code == 8 || code == 48 || code == 50 || code == 53 || code == 0)
    ptl_found_set_auth (found, PTL_AUTH_PROTECTED);
  ptl_found_note (found, "%s without a login: %s", base, entry ? "it is told" : "it is not told");
}

void
ptl_ask_ldap_detail (const PtlAsk *self, PtlProbing *probing, PtlStream *used)
{
  static const char *const all[] = { "objectClass", NULL };
  g_autoptr (PtlStream) stream = ptl_probing_open (probing), second = NULL;
  g_autoptr (GBytes) root = ptl_ask_ldap_say (self, probing), search = NULL;
  g_autoptr (GByteArray) heard = g_byte_array_new (), answer = g_byte_array_new ();
  g_autofree char *base = NULL;

  if (stream == NULL
      || !ptl_stream_write (stream, g_bytes_get_data (root, NULL), g_bytes_get_size (root)))
    return;
  ptl_stream_read (stream, heard, 16384, probing->patience_us, 40 * G_TIME_SPAN_MILLISECOND);
  base = find_value (heard->data, heard->len, "namingContexts");
  if (base == NULL)
    {
      judge (&probing->found, "The root", heard->data, heard->len);
      if (probing->found.auth == PTL_AUTH_OPEN)
        ptl_found_set_auth (&probing->found, PTL_AUTH_UNKNOWN);
      return;
    }
  search = make_search (base, all);
  if (!ptl_stream_write (stream, g_bytes_get_data (search, NULL), g_bytes_get_size (search)))
    return;
  ptl_stream_read (stream, answer, 16384, probing->patience_us, 40 * G_TIME_SPAN_MILLISECOND);
  judge (&probing->found, base, answer->data, answer->len);
}

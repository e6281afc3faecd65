/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>
#include <string.h>

#include "ptl-audience.h"
#include "ptl-error.h"
#include "ptl-host.h"
#include "ptl-text.h"

#define SHOWN_CHARS 60
#define TEXT_MAX_LENGTH 64

static const guint8 mapped_head[12] = { [10] = 0xff, [11] = 0xff };

static guint
family_bits (guint8 family)
{
  return family == 4 ? 32 : 128;
}

static gboolean
fail_network (const char *text, GError **error)
{
  g_autofree char *shown = ptl_text_make_safe (text, -1, SHOWN_CHARS);

  ptl_error_set (error, PTL_ERROR_INVALID,
                 _ ("Write an address like 203.0.113.7 or a network like 203.0.113.0/24."),
                 /* Translators: %s is what was given */
                 _ ("“%s” is not an address or network."), shown);
  return FALSE;
}

static gboolean
fail_prefix (const char *text, guint8 family, GError **error)
{
  g_autofree char *shown = ptl_text_make_safe (text, -1, SHOWN_CHARS);

  ptl_error_set (error, PTL_ERROR_INVALID, _ ("Write it like 203.0.113.0/24 or 2001:db8::/32."),
                 /* Translators: %1$s is what was given, %2$u is 32 or 128 */
                 _ ("In “%1$s” the number after the slash must be from 0 to %2$u."), shown,
                 family_bits (family));
  return FALSE;
}

static gboolean
parse_prefix (const char *text, guint max, guint *prefix)
{
  gsize length = strlen (text);
  guint value = 0;

  if (length == 0 || length > 3 || strspn (text, "0123456789") != length
      || (length > 1 && text[0] == '0'))
    return FALSE;
  for (gsize i = 0; i < length; i++)
    value = value * 10 + (guint) (text[i] - '0');
  *prefix = value;
  return value <= max;
}

/* TRUE where a bit past the prefix was set; it is cleared. */
static gboolean
clear_host_bits (PtlNetwork *self)
{
  guint bits = family_bits (self->family);
  gboolean found = FALSE;

  for (guint bit = self->prefix; bit < bits; bit++)
    {
      guint8 mask = (guint8) (0x80 >> (bit % 8));

      found |= (self->bytes[bit / 8] & mask) != 0;
      self->bytes[bit / 8] &= (guint8) ~mask;
    }
  return found;
}

/* Takes the prefix as it was written: "::ffff:10.0.0.0/104" is 10.0.0.0/8. */
static gboolean
set_prefix (PtlNetwork *self,
            gboolean was_mapped,
            const char *text,
            const char *prefix_text,
            GError **error)
{
  guint prefix = was_mapped ? 128 : family_bits (self->family);

  if (prefix_text != NULL && !parse_prefix (prefix_text, prefix, &prefix))
    return fail_prefix (text, was_mapped ? 6 : self->family, error);
  if (was_mapped && prefix >= 96)
    prefix -= 96;
  else if (was_mapped)
    {
      memmove (self->bytes + 12, self->bytes, 4);
      memcpy (self->bytes, mapped_head, sizeof mapped_head);
      self->family = 6;
    }
  self->prefix = (guint8) prefix;
  return TRUE;
}

gboolean
ptl_network_parse (const char *text, PtlNetwork *network, GError **error)
{
  PtlNetwork found = { 0 };
  g_autofree char *address = NULL;
  g_autofree char *meant = NULL;
  const char *slash;

  if (text == NULL || strlen (text) > TEXT_MAX_LENGTH)
    return fail_network (text, error);
  slash = strchr (text, '/');
  address = slash != NULL ? g_strndup (text, (gsize) (slash - text)) : g_strdup (text);
  found.family = ptl_address_parse (address, found.bytes);
  if (found.family == 0)
    return fail_network (text, error);
  if (!set_prefix (&found, found.family == 4 && strchr (address, ':') != NULL, text,
                   slash != NULL ? slash + 1 : NULL, error))
    return FALSE;
  if (clear_host_bits (&found))
    {
      meant = ptl_network_to_string (&found);
      ptl_error_set (error, PTL_ERROR_INVALID,
                     _ ("For one address leave out the slash and the number."),
                     /* Translators: two networks, like 10.0.0.5/8 and 10.0.0.0/8 */
                     _ ("“%s” is an address within a network; the network is %s."), text, meant);
      return FALSE;
    }
  *network = found;
  return TRUE;
}

char *
ptl_network_to_string (const PtlNetwork *self)
{
  g_autofree char *address = ptl_address_to_string (self->family, self->bytes);

  return g_strdup_printf ("%s/%u", address, self->prefix);
}

gboolean
ptl_network_contains (const PtlNetwork *self, guint8 family, const guint8 *bytes)
{
  guint whole, rest;

  if (family == 6 && memcmp (bytes, mapped_head, sizeof mapped_head) == 0)
    {
      family = 4;
      bytes += sizeof mapped_head;
    }
  if (family != self->family)
    return FALSE;
  whole = self->prefix / 8;
  rest = self->prefix % 8;
  if (memcmp (self->bytes, bytes, whole) != 0)
    return FALSE;
  return rest == 0 || ((self->bytes[whole] ^ bytes[whole]) >> (8 - rest)) == 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-address-set.h"

#include <string.h>

typedef struct
{
  guint8 first[16];
  guint8 last[16];
} Range;

/* Ranges in their order, none of which touches the next one. */
struct _PtlAddressSet
{
  guint8 family;
  GArray *ranges;
};

static guint
size_of (guint8 family)
{
  return family == 4 ? 4 : 16;
}

static PtlAddressSet *
new_empty (guint8 family)
{
  PtlAddressSet *self = g_new0 (PtlAddressSet, 1);

  self->family = family;
  self->ranges = g_array_new (FALSE, TRUE, sizeof (Range));
  return self;
}

void
ptl_address_set_free (PtlAddressSet *self)
{
  g_array_unref (self->ranges);
  g_free (self);
}

static const Range *
range_at (const PtlAddressSet *self, guint index)
{
  return &g_array_index (self->ranges, Range, index);
}

static int
compare_bytes (const PtlAddressSet *self, const guint8 *a, const guint8 *b)
{
  return memcmp (a, b, size_of (self->family));
}

/* The next address. FALSE: @bytes was the last one of all. */
static gboolean
step_up (guint8 family, guint8 *bytes)
{
  for (guint i = size_of (family); i > 0; i--)
    if (++bytes[i - 1] != 0)
      return TRUE;
  return FALSE;
}

/* The one before; there is one. */
static void
step_down (guint8 family, guint8 *bytes)
{
  for (guint i = size_of (family); i > 0; i--)
    if (bytes[i - 1]-- != 0)
      return;
}

static void
set_bits (guint8 *bytes, guint from, guint to)
{
  for (guint bit = from; bit < to; bit++)
    bytes[bit / 8] |= (guint8) (0x80 >> (bit % 8));
}

static int
compare_ranges (gconstpointer a, gconstpointer b)
{
  /* What a family does not use is zero. */
  return memcmp (((const Range *) a)->first, ((const Range *) b)->first, 16);
}

/* Adds @range to what is sorted already, or makes the last one longer. */
static void
append (PtlAddressSet *self, const Range *range)
{
  Range *before = self->ranges->len > 0 ? &g_array_index (self->ranges, Range, self->ranges->len - 1) : NULL;
  guint8 next[16];
  gboolean more;

  if (before != NULL)
    {
      memcpy (next, before->last, sizeof next);
      more = step_up (self->family, next);
      if (!more || compare_bytes (self, range->first, next) <= 0)
        {
          if (compare_bytes (self, range->last, before->last) > 0)
            memcpy (before->last, range->last, sizeof before->last);
          return;
        }
    }
  g_array_append_val (self->ranges, *range);
}

PtlAddressSet *
ptl_address_set_new (guint8 family, const PtlNetwork *networks, guint n)
{
  PtlAddressSet *self = new_empty (family);
  g_autoptr (GArray) ranges = g_array_new (FALSE, TRUE, sizeof (Range));

  for (guint i = 0; i < n; i++)
    {
      Range range;

      if (networks[i].family != family)
        continue;
      memcpy (range.first, networks[i].bytes, sizeof range.first);
      memcpy (range.last, networks[i].bytes, sizeof range.last);
      set_bits (range.last, networks[i].prefix, size_of (family) * 8);
      g_array_append_val (ranges, range);
    }
  g_array_sort (ranges, compare_ranges);
  for (guint i = 0; i < ranges->len; i++)
    append (self, &g_array_index (ranges, Range, i));
  return self;
}

PtlAddressSet *
ptl_address_set_new_all (guint8 family)
{
  PtlNetwork all = { .family = family };

  return ptl_address_set_new (family, &all, 1);
}

PtlAddressSet *
ptl_address_set_invert (const PtlAddressSet *self)
{
  PtlAddressSet *result = new_empty (self->family);
  Range gap = { 0 };
  gboolean more = TRUE;

  for (guint i = 0; i < self->ranges->len; i++)
    {
      const Range *range = range_at (self, i);

      if (compare_bytes (self, range->first, gap.first) > 0)
        {
          memcpy (gap.last, range->first, sizeof gap.last);
          step_down (self->family, gap.last);
          g_array_append_val (result->ranges, gap);
        }
      memcpy (gap.first, range->last, sizeof gap.first);
      more = step_up (self->family, gap.first);
    }
  if (more)
    {
      memset (gap.last, 0, sizeof gap.last);
      set_bits (gap.last, 0, size_of (self->family) * 8);
      g_array_append_val (result->ranges, gap);
    }
  return result;
}

PtlAddressSet *
ptl_address_set_intersect (const PtlAddressSet *a, const PtlAddressSet *b)
{
  PtlAddressSet *result = new_empty (a->family);

  for (guint i = 0, j = 0; i < a->ranges->len && j < b->ranges->len;)
    {
      const Range *x = range_at (a, i), *y = range_at (b, j);
      const Range *later = compare_bytes (a, x->first, y->first) >= 0 ? x : y;
      gboolean x_ends = compare_bytes (a, x->last, y->last) <= 0;
      Range both;

      memcpy (both.first, later->first, sizeof both.first);
      memcpy (both.last, x_ends ? x->last : y->last, sizeof both.last);
      if (compare_bytes (a, both.first, both.last) <= 0)
        g_array_append_val (result->ranges, both);
      if (x_ends)
        i++;
      else
        j++;
    }
  return result;
}

PtlAddressSet *
ptl_address_set_unite (const PtlAddressSet *a, const PtlAddressSet *b)
{
  g_autoptr (PtlAddressSet) not_a = ptl_address_set_invert (a);
  g_autoptr (PtlAddressSet) not_b = ptl_address_set_invert (b);
  g_autoptr (PtlAddressSet) neither = ptl_address_set_intersect (not_a, not_b);

  return ptl_address_set_invert (neither);
}

PtlAddressSet *
ptl_address_set_subtract (const PtlAddressSet *a, const PtlAddressSet *b)
{
  g_autoptr (PtlAddressSet) not_b = ptl_address_set_invert (b);

  return ptl_address_set_intersect (a, not_b);
}

void
ptl_address_set_add (PtlAddressSet **self, const PtlAddressSet *other)
{
  PtlAddressSet *both = ptl_address_set_unite (*self, other);

  ptl_address_set_free (*self);
  *self = both;
}

gboolean
ptl_address_set_is_empty (const PtlAddressSet *self)
{
  return self->ranges->len == 0;
}

gboolean
ptl_address_set_is_all (const PtlAddressSet *self)
{
  g_autoptr (PtlAddressSet) rest = ptl_address_set_invert (self);

  return ptl_address_set_is_empty (rest);
}

/* The largest network that begins at @first and ends by @last. */
static PtlNetwork
first_network (guint8 family, const guint8 *first, const guint8 *last)
{
  PtlNetwork network = { .family = family, .prefix = (guint8) (size_of (family) * 8) };

  memcpy (network.bytes, first, sizeof network.bytes);
  while (network.prefix > 0)
    {
      guint bit = network.prefix - 1u;
      guint8 end[16];

      memcpy (end, first, sizeof end);
      set_bits (end, bit, size_of (family) * 8);
      if ((first[bit / 8] & (0x80 >> (bit % 8))) != 0 || memcmp (end, last, size_of (family)) > 0)
        break;
      network.prefix--;
    }
  return network;
}

char **
ptl_address_set_dup_networks (const PtlAddressSet *self, guint max)
{
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < self->ranges->len; i++)
    {
      Range rest = *range_at (self, i);
      gboolean more = TRUE;

      while (more && compare_bytes (self, rest.first, rest.last) <= 0)
        {
          PtlNetwork network = first_network (self->family, rest.first, rest.last);

          if (texts->len == max)
            return NULL;
          g_ptr_array_add (texts, ptl_network_to_string (&network));
          set_bits (rest.first, network.prefix, size_of (self->family) * 8);
          more = step_up (self->family, rest.first);
        }
    }
  g_ptr_array_add (texts, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&texts), FALSE);
}

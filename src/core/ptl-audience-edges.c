/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-audience-edges.h"

#include <string.h>

typedef struct
{
  const PtlNetwork *network;
  gboolean allowed;
} Span;

/* A span that is not over yet, and what holds behind it. */
typedef struct
{
  guint8 end[16];
  gboolean allowed;
} Open;

typedef struct
{
  GArray *edges; /* of PtlAudienceEdge */
  GArray *open;  /* of Open, each within the one before */
  gsize length;  /* of an address, in bytes */
  gboolean fallback;
} Sweep;

static gsize
address_length (guint8 family)
{
  return family == 4 ? 4 : 16;
}

/* The wider one first: so the narrower, which comes later, lies on top of it. */
static int
compare_spans (gconstpointer a, gconstpointer b)
{
  const PtlNetwork *first = ((const Span *) a)->network, *second = ((const Span *) b)->network;
  int order = memcmp (first->bytes, second->bytes, sizeof first->bytes);

  return order != 0 ? order : (int) first->prefix - (int) second->prefix;
}

static void
add_spans (
    GArray *spans, guint8 family, const PtlNetwork *networks, guint n, gboolean allowed)
{
  for (guint i = 0; i < n; i++)
    {
      Span span = { &networks[i], allowed };

      if (networks[i].family == family)
        g_array_append_val (spans, span);
    }
}

static void
add_edge (Sweep *self, const guint8 *bytes, gboolean allowed)
{
  PtlAudienceEdge edge = { .allowed = allowed };
  PtlAudienceEdge *last
      = self->edges->len > 0
            ? &g_array_index (self->edges, PtlAudienceEdge, self->edges->len - 1)
            : NULL;

  memcpy (edge.bytes, bytes, self->length);
  if (last != NULL && memcmp (last->bytes, bytes, self->length) == 0)
    last->allowed = allowed;
  else
    g_array_append_val (self->edges, edge);
}

static void
set_end (guint8 *end, const PtlNetwork *network, gsize length)
{
  memcpy (end, network->bytes, length);
  for (guint bit = network->prefix; bit < length * 8; bit++)
    end[bit / 8] |= (guint8) (0x80 >> bit % 8);
}

/* FALSE: behind it there is no address. */
static gboolean
step_behind (guint8 *bytes, gsize length)
{
  for (gsize i = length; i > 0; i--)
    if (++bytes[i - 1] != 0)
      return TRUE;
  return FALSE;
}

static void
close_last (Sweep *self)
{
  Open last = g_array_index (self->open, Open, self->open->len - 1);
  gboolean outside;

  g_array_set_size (self->open, self->open->len - 1);
  outside = self->open->len > 0 ? g_array_index (self->open, Open, self->open->len - 1).allowed
                                : self->fallback;
  if (step_behind (last.end, self->length))
    add_edge (self, last.end, outside);
}

static void
add_span (Sweep *self, const Span *span)
{
  Open open = { .allowed = span->allowed };

  while (self->open->len > 0
         && memcmp (g_array_index (self->open, Open, self->open->len - 1).end, span->network->bytes,
                    self->length)
                < 0)
    close_last (self);
  add_edge (self, span->network->bytes, span->allowed);
  set_end (open.end, span->network, self->length);
  g_array_append_val (self->open, open);
}

GArray *
ptl_audience_edges_new (guint8 family,
                        const PtlNetwork *allowed,
                        guint n_allowed,
                        const PtlNetwork *denied,
                        guint n_denied,
                        gboolean fallback)
{
  g_autoptr (GArray) spans = g_array_new (FALSE, FALSE, sizeof (Span));
  g_autoptr (GArray) open = g_array_new (FALSE, FALSE, sizeof (Open));
  Sweep self = { .edges = g_array_new (FALSE, FALSE, sizeof (PtlAudienceEdge)),
                 .open = open,
                 .length = address_length (family),
                 .fallback = fallback };

  add_spans (spans, family, allowed, n_allowed, TRUE);
  add_spans (spans, family, denied, n_denied, FALSE);
  g_array_sort (spans, compare_spans);
  for (guint i = 0; i < spans->len; i++)
    add_span (&self, &g_array_index (spans, Span, i));
  while (open->len > 0)
    close_last (&self);
  return self.edges;
}

gboolean
ptl_audience_edges_find (const GArray *self,
                         guint8 family,
                         const guint8 *bytes,
                         gboolean fallback)
{
  const PtlAudienceEdge *edges = (const PtlAudienceEdge *) (gpointer) self->data;
  gsize length = address_length (family);
  guint low = 0, high = self->len;

  /* The last edge that is not beyond the address is the one before @low. */
  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (memcmp (edges[middle].bytes, bytes, length) <= 0)
        low = middle + 1;
      else
        high = middle;
    }
  return low > 0 ? edges[low - 1].allowed : fallback;
}

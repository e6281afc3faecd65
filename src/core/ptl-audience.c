/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-audience.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "ptl-error.h"

/* Every new connection walks the list. */
#define MAX_NETWORKS 256

struct _PtlAudience
{
  gatomicrefcount refs;
  guint n;
  PtlNetwork networks[];
};

G_DEFINE_BOXED_TYPE (PtlAudience, ptl_audience, ptl_audience_ref, ptl_audience_unref)

static PtlAudience *
alloc (guint n)
{
  PtlAudience *self = g_malloc0 (sizeof *self + n * sizeof (PtlNetwork));

  g_atomic_ref_count_init (&self->refs);
  return self;
}

PtlAudience *
ptl_audience_new_anyone (void)
{
  return alloc (0);
}

static gboolean
holds (const PtlAudience *self, const PtlNetwork *network)
{
  for (guint i = 0; i < self->n; i++)
    if (memcmp (&self->networks[i], network, sizeof *network) == 0)
      return TRUE;
  return FALSE;
}

PtlAudience *
ptl_audience_new (const char *const *networks, GError **error)
{
  gsize n = networks != NULL ? g_strv_length ((char **) networks) : 0;
  g_autoptr (PtlAudience) self = NULL;

  if (n > MAX_NETWORKS)
    {
      ptl_error_set (error, PTL_ERROR_INVALID, _ ("Use fewer, larger networks."),
                     _ ("At most %u networks can be allowed at once."), (guint) MAX_NETWORKS);
      return NULL;
    }
  self = alloc ((guint) n);
  for (gsize i = 0; i < n; i++)
    {
      PtlNetwork network;

      if (!ptl_network_parse (networks[i], &network, error))
        return NULL;
      if (!holds (self, &network))
        self->networks[self->n++] = network;
    }
  return g_steal_pointer (&self);
}

PtlAudience *
ptl_audience_ref (PtlAudience *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
ptl_audience_unref (PtlAudience *self)
{
  if (self != NULL && g_atomic_ref_count_dec (&self->refs))
    g_free (self);
}

gboolean
ptl_audience_is_anyone (const PtlAudience *self)
{
  return self->n == 0;
}

guint
ptl_audience_get_n_networks (const PtlAudience *self)
{
  return self->n;
}

const PtlNetwork *
ptl_audience_get_network (const PtlAudience *self, guint index)
{
  g_return_val_if_fail (index < self->n, NULL);
  return &self->networks[index];
}

gboolean
ptl_audience_contains (const PtlAudience *self, guint8 family, const guint8 *bytes)
{
  for (guint i = 0; i < self->n; i++)
    if (ptl_network_contains (&self->networks[i], family, bytes))
      return TRUE;
  return self->n == 0;
}

char **
ptl_audience_to_strv (const PtlAudience *self)
{
  char **texts = g_new0 (char *, self->n + 1);

  for (guint i = 0; i < self->n; i++)
    texts[i] = ptl_network_to_string (&self->networks[i]);
  return texts;
}

char *
ptl_audience_to_string (const PtlAudience *self)
{
  g_auto (GStrv) texts = ptl_audience_to_strv (self);

  return self->n == 0 ? g_strdup ("anyone") : g_strjoinv (", ", texts);
}

gboolean
ptl_audience_equal (const PtlAudience *a, const PtlAudience *b)
{
  if (a == b)
    return TRUE;
  if (a == NULL || b == NULL || a->n != b->n)
    return FALSE;
  for (guint i = 0; i < a->n; i++)
    if (!holds (b, &a->networks[i]))
      return FALSE;
  return TRUE;
}

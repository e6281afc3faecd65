/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-audience.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "ptl-audience-edges.h"
#include "ptl-error.h"

/* The first twelve bytes of an IPv4-mapped address (RFC 4291 section 2.5.5.2). */
static const guint8 mapped_head[12] = { [10] = 0xff, [11] = 0xff };

struct _PtlAudience
{
  gatomicrefcount refs;
  GArray *allowed; /* of PtlNetwork, as given */
  GArray *denied;
  GArray *edges_4;
  GArray *edges_6;
};

G_DEFINE_BOXED_TYPE (PtlAudience, ptl_audience, ptl_audience_ref, ptl_audience_unref)

static guint
network_hash (gconstpointer key)
{
  const PtlNetwork *network = key;
  guint hash = network->prefix * 31u + network->family;

  for (gsize i = 0; i < sizeof network->bytes; i++)
    hash = hash * 33u + network->bytes[i];
  return hash;
}

static gboolean
network_equal (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, sizeof (PtlNetwork)) == 0;
}

static PtlAudience *
alloc (void)
{
  PtlAudience *self = g_new0 (PtlAudience, 1);

  g_atomic_ref_count_init (&self->refs);
  self->allowed = g_array_new (FALSE, FALSE, sizeof (PtlNetwork));
  self->denied = g_array_new (FALSE, FALSE, sizeof (PtlNetwork));
  return self;
}

static GArray *
edges_new (const PtlAudience *self, guint8 family)
{
  return ptl_audience_edges_new (
      family, (const PtlNetwork *) (gpointer) self->allowed->data, self->allowed->len,
      (const PtlNetwork *) (gpointer) self->denied->data, self->denied->len,
      self->allowed->len == 0);
}

static PtlAudience *
finish (PtlAudience *self)
{
  self->edges_4 = edges_new (self, 4);
  self->edges_6 = edges_new (self, 6);
  return self;
}

/* One for all: most rules have it. */
PtlAudience *
ptl_audience_new_anyone (void)
{
  static gsize anyone;

  if (g_once_init_enter (&anyone))
    g_once_init_leave (&anyone, (gsize) finish (alloc ()));
  return ptl_audience_ref ((PtlAudience *) anyone);
}

/* @seen: network -> the list that has it. */
static gboolean
add (PtlAudience *self, GHashTable *seen, const char *text, GError **error)
{
  gboolean denies = *text == '!';
  GArray *list = denies ? self->denied : self->allowed;
  PtlNetwork network;
  GArray *other;

  if (!ptl_network_parse (denies ? text + 1 : text, &network, error))
    return FALSE;
  other = g_hash_table_lookup (seen, &network);
  if (other != NULL && other != list)
    {
      ptl_error_set (error, PTL_ERROR_INVALID, _ ("Give it once."),
                     /* Translators: %s is a network */
                     _ ("%s is allowed and denied at once."), denies ? text + 1 : text);
      return FALSE;
    }
  if (other != NULL)
    return TRUE;
  g_array_append_val (list, network);
  g_hash_table_insert (seen, g_memdup2 (&network, sizeof network), list);
  return TRUE;
}

PtlAudience *
ptl_audience_new (const char *const *networks, GError **error)
{
  gsize n = networks != NULL ? g_strv_length ((char **) networks) : 0;
  g_autoptr (PtlAudience) self = NULL;
  g_autoptr (GHashTable) seen = NULL;

  if (n == 0)
    return ptl_audience_new_anyone ();
  if (n > PTL_AUDIENCE_MAX_NETWORKS)
    {
      ptl_error_set (error, PTL_ERROR_INVALID, _ ("Use fewer, larger networks."),
                     _ ("At most %u networks can be given at once."),
                     (guint) PTL_AUDIENCE_MAX_NETWORKS);
      return NULL;
    }
  self = alloc ();
  seen = g_hash_table_new_full (network_hash, network_equal, g_free, NULL);
  for (gsize i = 0; i < n; i++)
    if (!add (self, seen, networks[i], error))
      return NULL;
  return finish (g_steal_pointer (&self));
}

static gboolean
is_network (const char *text, const PtlNetwork *network)
{
  PtlNetwork parsed;

  return ptl_network_parse (*text == '!' ? text + 1 : text, &parsed, NULL)
         && network_equal (&parsed, network);
}

PtlAudience *
ptl_audience_deny (const PtlAudience *self, const char *network, GError **error)
{
  g_auto (GStrv) before = ptl_audience_to_strv (self);
  g_autoptr (GPtrArray) texts = g_ptr_array_new ();
  g_autofree char *denied = NULL;
  PtlNetwork parsed;

  if (!ptl_network_parse (network, &parsed, error))
    return NULL;
  for (char **text = before; *text != NULL; text++)
    if (!is_network (*text, &parsed))
      g_ptr_array_add (texts, *text);
  denied = g_strconcat ("!", network, NULL);
  g_ptr_array_add (texts, denied);
  g_ptr_array_add (texts, NULL);
  /* The last network allowed by name, denied: that must not come to mean anyone else. */
  if (self->allowed->len == 1 && is_network (denied, &g_array_index (self->allowed, PtlNetwork, 0)))
    {
      ptl_error_set (error, PTL_ERROR_INVALID, _ ("Close the rule, or allow another network first."),
                     /* Translators: %s is a network */
                     _ ("%s is all that may connect: nobody would be left."), network);
      return NULL;
    }
  return ptl_audience_new ((const char *const *) texts->pdata, error);
}

PtlAudience *
ptl_audience_undeny (const PtlAudience *self, const char *network, GError **error)
{
  g_auto (GStrv) before = ptl_audience_to_strv (self);
  g_autoptr (GPtrArray) texts = g_ptr_array_new ();
  g_autofree char *shown = NULL;
  PtlNetwork parsed;

  if (!ptl_network_parse (network, &parsed, error))
    return NULL;
  for (char **text = before; *text != NULL; text++)
    if (**text != '!' || !is_network (*text, &parsed))
      g_ptr_array_add (texts, *text);
  if (texts->len < g_strv_length (before))
    {
      g_ptr_array_add (texts, NULL);
      return ptl_audience_new ((const char *const *) texts->pdata, error);
    }
  shown = ptl_network_to_string (&parsed);
  ptl_error_set (error, PTL_ERROR_NOT_FOUND, _ ("Name it as the rule does."),
                 /* Translators: %s is a network */
                 _ ("%s is not denied."), shown);
  return NULL;
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
  if (self == NULL || !g_atomic_ref_count_dec (&self->refs))
    return;
  g_array_unref (self->allowed);
  g_array_unref (self->denied);
  g_clear_pointer (&self->edges_4, g_array_unref);
  g_clear_pointer (&self->edges_6, g_array_unref);
  g_free (self);
}

gboolean
ptl_audience_is_anyone (const PtlAudience *self)
{
  return self->allowed->len == 0 && self->denied->len == 0;
}

guint
ptl_audience_get_n_networks (const PtlAudience *self)
{
  return self->allowed->len;
}

const PtlNetwork *
ptl_audience_get_network (const PtlAudience *self, guint index)
{
  g_return_val_if_fail (index < self->allowed->len, NULL);
  return &g_array_index (self->allowed, PtlNetwork, index);
}

guint
ptl_audience_get_n_denied (const PtlAudience *self)
{
  return self->denied->len;
}

const PtlNetwork *
ptl_audience_get_denied (const PtlAudience *self, guint index)
{
  g_return_val_if_fail (index < self->denied->len, NULL);
  return &g_array_index (self->denied, PtlNetwork, index);
}

gboolean
ptl_audience_contains (const PtlAudience *self, guint8 family, const guint8 *bytes)
{
  gboolean fallback = self->allowed->len == 0;

  if (family == 6 && memcmp (bytes, mapped_head, sizeof mapped_head) == 0)
    {
      family = 4;
      bytes += sizeof mapped_head;
    }
  return ptl_audience_edges_find (family == 4 ? self->edges_4 : self->edges_6, family, bytes,
                                  fallback);
}

static char **
list_texts (const GArray *networks, const char *before)
{
  char **texts = g_new0 (char *, networks->len + 1);

  for (guint i = 0; i < networks->len; i++)
    {
      g_autofree char *text = ptl_network_to_string (&g_array_index (networks, PtlNetwork, i));

      texts[i] = g_strconcat (before, text, NULL);
    }
  return texts;
}

char **
ptl_audience_to_strv (const PtlAudience *self)
{
  g_autofree char **denied = list_texts (self->denied, "!");
  g_autofree char **allowed = list_texts (self->allowed, "");
  char **texts = g_new0 (char *, self->allowed->len + self->denied->len + 1);

  memcpy (texts, allowed, self->allowed->len * sizeof *texts);
  memcpy (texts + self->allowed->len, denied, self->denied->len * sizeof *texts);
  return texts;
}

char *
ptl_audience_to_string (const PtlAudience *self)
{
  g_auto (GStrv) allowed = list_texts (self->allowed, "");
  g_auto (GStrv) denied = list_texts (self->denied, "");
  g_autofree char *who = self->allowed->len == 0 ? g_strdup ("anyone") : g_strjoinv (", ", allowed);
  g_autofree char *not_who = g_strjoinv (", ", denied);

  return self->denied->len == 0 ? g_steal_pointer (&who)
                                : g_strdup_printf ("%s but %s", who, not_who);
}

static gboolean
list_equal (const GArray *a, const GArray *b)
{
  g_autoptr (GHashTable) set = NULL;

  if (a->len != b->len)
    return FALSE;
  set = g_hash_table_new (network_hash, network_equal);
  for (guint i = 0; i < a->len; i++)
    g_hash_table_add (set, &g_array_index (a, PtlNetwork, i));
  for (guint i = 0; i < b->len; i++)
    if (!g_hash_table_contains (set, &g_array_index (b, PtlNetwork, i)))
      return FALSE;
  return TRUE;
}

gboolean
ptl_audience_equal (const PtlAudience *a, const PtlAudience *b)
{
  if (a == b)
    return TRUE;
  return a != NULL && b != NULL && list_equal (a->allowed, b->allowed)
         && list_equal (a->denied, b->denied);
}

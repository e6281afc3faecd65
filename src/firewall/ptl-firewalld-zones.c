/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-firewalld-zones-private.h"

#include <string.h>

#define ZONES_MAX 128
#define NAMES_MAX 1024
#define ENTRIES_MAX 65536

typedef struct
{
  PtlFirewalldQuestion what;
  char *name;
  PtlFirewalldZone *zone; /* that it is about */
} Question;

static void
question_free (gpointer data)
{
  Question *question = data;

  g_free (question->name);
  g_free (question);
}

static void
bound_free (gpointer data)
{
  PtlFirewalldBound *bound = data;

  ptl_firewalld_zone_free (bound->zone);
  g_strfreev (bound->sources);
  g_free (bound);
}

static void
unref_settings (gpointer settings)
{
  if (settings != NULL)
    g_variant_unref (settings);
}

static void
ask (PtlFirewalldZones *self, PtlFirewalldQuestion what, const char *name, PtlFirewalldZone *zone)
{
  Question *question = g_new0 (Question, 1);

  question->what = what;
  question->name = g_strdup (name);
  question->zone = zone;
  g_queue_push_tail (self->questions, question);
}

PtlFirewalldZones *
ptl_firewalld_zones_new (const char *interface)
{
  PtlFirewalldZones *self = g_new0 (PtlFirewalldZones, 1);

  self->interface = g_strdup (interface);
  self->questions = g_queue_new ();
  self->bound = g_ptr_array_new_with_free_func (bound_free);
  self->policies = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_firewalld_zone_free);
  self->services = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, unref_settings);
  self->sets = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_array_unref);
  ask (self, PTL_FIREWALLD_ASK_ZONES, "", NULL);
  return self;
}

void
ptl_firewalld_zones_free (PtlFirewalldZones *self)
{
  g_free (self->interface);
  g_queue_free_full (self->questions, question_free);
  g_ptr_array_unref (self->bound);
  g_ptr_array_unref (self->policies);
  g_hash_table_unref (self->services);
  g_hash_table_unref (self->sets);
  g_free (self);
}

const char *
ptl_firewalld_zones_get_name (const PtlFirewalldZones *self)
{
  return ptl_firewalld_zone_get_name (((const PtlFirewalldBound *) self->bound->pdata[self->bound->len - 1])->zone);
}

/* ---- Questions ---- */

/* @sources: (transfer full) (nullable) */
static void
add_bound (PtlFirewalldZones *self, const char *name, char **sources)
{
  PtlFirewalldBound *bound = g_new0 (PtlFirewalldBound, 1);

  bound->zone = ptl_firewalld_zone_new (name);
  bound->sources = sources;
  g_ptr_array_add (self->bound, bound);
  ask (self, PTL_FIREWALLD_ASK_ZONE, name, bound->zone);
}

/* "eth0", and "eth+" for all that begin so. */
static gboolean
is_interface (const char *given, const char *interface)
{
  gsize length = strlen (given);

  if (length > 0 && given[length - 1] == '+')
    return strncmp (given, interface, length - 1) == 0;
  return strcmp (given, interface) == 0;
}

static gboolean
holds_interface (GVariant *parts, const char *interface)
{
  g_autofree const char **interfaces = NULL;

  g_variant_lookup (parts, "interfaces", "^a&s", &interfaces);
  for (guint i = 0; *interface != '\0' && interfaces != NULL && interfaces[i] != NULL; i++)
    if (is_interface (interfaces[i], interface))
      return TRUE;
  return FALSE;
}

static void
add_with_sources (PtlFirewalldZones *self, const char *name, GVariant *parts)
{
  char **sources = NULL;

  g_variant_lookup (parts, "sources", "^as", &sources);
  if (sources != NULL && sources[0] != NULL && self->bound->len < ZONES_MAX)
    {
      for (guint i = 0; sources[i] != NULL && i < NAMES_MAX; i++)
        if (g_str_has_prefix (sources[i], "ipset:"))
          ask (self, PTL_FIREWALLD_ASK_SET, sources[i] + strlen ("ipset:"), NULL);
      add_bound (self, name, sources);
    }
  else
    g_strfreev (sources);
}

static int
compare_bound (gconstpointer a, gconstpointer b)
{
  return strcmp (ptl_firewalld_zone_get_name ((*(const PtlFirewalldBound *const *) a)->zone),
                 ptl_firewalld_zone_get_name ((*(const PtlFirewalldBound *const *) b)->zone));
}

static gboolean
take_zones (PtlFirewalldZones *self, GVariant *answer)
{
  g_autofree char *own = NULL;

  if (answer == NULL || !g_variant_is_of_type (answer, G_VARIANT_TYPE ("a{sa{sas}}")))
    return FALSE;
  for (gsize i = 0; i < g_variant_n_children (answer); i++)
    {
      const char *name;
      g_autoptr (GVariant) parts = NULL;

      g_variant_get_child (answer, i, "{&s@a{sas}}", &name, &parts);
      if (own == NULL && holds_interface (parts, self->interface))
        own = g_strdup (name);
      add_with_sources (self, name, parts);
    }
  g_ptr_array_sort (self->bound, compare_bound);
  if (own != NULL)
    add_bound (self, own, NULL);
  else
    ask (self, PTL_FIREWALLD_ASK_DEFAULT, "", NULL);
  ask (self, PTL_FIREWALLD_ASK_POLICIES, "", NULL);
  return TRUE;
}

static gboolean
take_default (PtlFirewalldZones *self, GVariant *answer)
{
  if (answer == NULL || !g_variant_is_of_type (answer, G_VARIANT_TYPE_STRING))
    return FALSE;
  add_bound (self, g_variant_get_string (answer, NULL), NULL);
  return TRUE;
}

/* One that is older than policies has none. */
static void
take_policies (PtlFirewalldZones *self, GVariant *answer)
{
  gsize n = answer != NULL && g_variant_is_of_type (answer, G_VARIANT_TYPE ("a{sa{sas}}")) ? g_variant_n_children (answer) : 0;

  for (gsize i = 0; i < n && i < ZONES_MAX; i++)
    {
      const char *name;
      PtlFirewalldZone *policy;

      g_variant_get_child (answer, i, "{&s@a{sas}}", &name, NULL);
      policy = ptl_firewalld_zone_new (name);
      g_ptr_array_add (self->policies, policy);
      ask (self, PTL_FIREWALLD_ASK_POLICY, name, policy);
    }
}

static void
ask_names (PtlFirewalldZones *self, PtlFirewalldQuestion what, const char *const *names)
{
  for (guint i = 0; names != NULL && names[i] != NULL && i < NAMES_MAX; i++)
    ask (self, what, names[i], NULL);
}

static gboolean
take_settings (PtlFirewalldZones *self, PtlFirewalldZone *zone, GVariant *answer)
{
  g_auto (GStrv) services = NULL;
  g_auto (GStrv) sets = NULL;

  if (answer == NULL || !g_variant_is_of_type (answer, G_VARIANT_TYPE_VARDICT))
    return FALSE;
  ptl_firewalld_zone_add_settings (zone, answer);
  services = ptl_firewalld_zone_dup_services (zone);
  sets = ptl_firewalld_zone_dup_sets (zone);
  ask_names (self, PTL_FIREWALLD_ASK_SERVICE, (const char *const *) services);
  ask_names (self, PTL_FIREWALLD_ASK_SET, (const char *const *) sets);
  return TRUE;
}

/* One that is not known lets nobody in. */
static void
take_service (PtlFirewalldZones *self, const char *name, GVariant *answer)
{
  gboolean known = answer != NULL && g_variant_is_of_type (answer, G_VARIANT_TYPE_VARDICT);
  g_autofree const char **includes = NULL;

  g_hash_table_insert (self->services, g_strdup (name), known ? g_variant_ref (answer) : NULL);
  if (known && g_variant_lookup (answer, "includes", "^a&s", &includes))
    ask_names (self, PTL_FIREWALLD_ASK_SERVICE, includes);
}

static void
take_set (PtlFirewalldZones *self, const char *name, GVariant *answer)
{
  g_autofree const char **entries = NULL;
  GArray *set;

  if (answer == NULL || !g_variant_is_of_type (answer, G_VARIANT_TYPE_STRING_ARRAY))
    return;
  set = g_array_new (FALSE, FALSE, sizeof (PtlNetwork));
  entries = g_variant_get_strv (answer, NULL);
  for (guint i = 0; entries[i] != NULL && i < ENTRIES_MAX; i++)
    {
      PtlNetwork network;

      if (ptl_network_parse (entries[i], &network, NULL))
        g_array_append_val (set, network);
    }
  g_hash_table_insert (self->sets, g_strdup (name), set);
}

static gboolean
is_known (const PtlFirewalldZones *self, const Question *question)
{
  if (question->what == PTL_FIREWALLD_ASK_SERVICE)
    return g_hash_table_contains (self->services, question->name) || g_hash_table_size (self->services) >= NAMES_MAX;
  return question->what == PTL_FIREWALLD_ASK_SET && g_hash_table_contains (self->sets, question->name);
}

static int
compare_policies (gconstpointer a, gconstpointer b)
{
  int x = ptl_firewalld_zone_get_priority (*(const PtlFirewalldZone *const *) a);
  int y = ptl_firewalld_zone_get_priority (*(const PtlFirewalldZone *const *) b);

  return (x > y) - (x < y);
}

static void
settle (PtlFirewalldZones *self)
{
  for (guint i = 0; i < self->bound->len; i++)
    ptl_firewalld_zone_settle (((const PtlFirewalldBound *) self->bound->pdata[i])->zone, self->services);
  for (guint i = 0; i < self->policies->len; i++)
    ptl_firewalld_zone_settle (self->policies->pdata[i], self->services);
  g_ptr_array_sort (self->policies, compare_policies);
  self->settled = TRUE;
}

gboolean
ptl_firewalld_zones_next (PtlFirewalldZones *self, PtlFirewalldQuestion *question, const char **name)
{
  const Question *next;

  while ((next = g_queue_peek_head (self->questions)) != NULL && is_known (self, next))
    question_free (g_queue_pop_head (self->questions));
  if (next == NULL)
    {
      if (!self->settled)
        settle (self);
      return FALSE;
    }
  *question = next->what;
  *name = next->name;
  return TRUE;
}

static gboolean
take (PtlFirewalldZones *self, const Question *question, GVariant *answer)
{
  switch (question->what)
    {
    case PTL_FIREWALLD_ASK_ZONES:
      return take_zones (self, answer);
    case PTL_FIREWALLD_ASK_DEFAULT:
      return take_default (self, answer);
    case PTL_FIREWALLD_ASK_ZONE:
      return take_settings (self, question->zone, answer);
    case PTL_FIREWALLD_ASK_POLICIES:
      take_policies (self, answer);
      return TRUE;
    case PTL_FIREWALLD_ASK_POLICY:
      take_settings (self, question->zone, answer);
      return TRUE;
    case PTL_FIREWALLD_ASK_SERVICE:
      take_service (self, question->name, answer);
      return TRUE;
    case PTL_FIREWALLD_ASK_SET:
    default:
      take_set (self, question->name, answer);
      return TRUE;
    }
}

gboolean
ptl_firewalld_zones_answer (PtlFirewalldZones *self, GVariant *answer)
{
  Question *question = g_queue_pop_head (self->questions);
  gboolean taken = take (self, question, answer);

  question_free (question);
  return taken;
}

/* ---- Who gets in ---- */

void
ptl_firewalld_list_families (const char *host, guint8 families[3])
{
  guint n = 0;

  if (host == NULL || strchr (host, ':') == NULL || strcmp (host, "::") == 0)
    families[n++] = 4;
  if (host == NULL || strchr (host, ':') != NULL)
    families[n++] = 6;
  families[n] = 0;
}

const char *
ptl_firewalld_find_address (const char *host)
{
  return host == NULL || strcmp (host, "0.0.0.0") == 0 || strcmp (host, "::") == 0 ? NULL : host;
}

PtlAddressSet *
ptl_firewalld_zones_take_mine (const PtlFirewalldZones *self, const PtlFirewalldBound *bound, guint8 family, PtlAddressSet **rest)
{
  g_autoptr (PtlAddressSet) mine = ptl_address_set_new (family, NULL, 0);
  g_autoptr (PtlAddressSet) before = g_steal_pointer (rest);

  if (bound->sources == NULL)
    {
      *rest = g_steal_pointer (&mine);
      return g_steal_pointer (&before);
    }
  for (guint i = 0; bound->sources[i] != NULL; i++)
    {
      g_autoptr (PtlAddressSet) source = ptl_firewalld_find_source (bound->sources[i], FALSE, family, self->sets);

      if (source != NULL)
        ptl_address_set_add (&mine, source);
    }
  *rest = ptl_address_set_subtract (before, mine);
  return ptl_address_set_intersect (before, mine);
}

static void
weigh_policies (const PtlFirewalldZones *self,
                const char *zone,
                gboolean before,
                const PtlFirewalldAsk *ask_of,
                PtlAddressSet **in,
                PtlAddressSet **rest)
{
  PtlFirewalldAsk asked = *ask_of;

  asked.opened = FALSE;
  for (guint i = 0; i < self->policies->len; i++)
    {
      const PtlFirewalldZone *policy = self->policies->pdata[i];

      if ((ptl_firewalld_zone_get_priority (policy) < 0) != before || !ptl_firewalld_zone_concerns (policy, zone))
        continue;
      ptl_firewalld_zone_weigh (policy, &asked, in, rest);
      ptl_firewalld_zone_weigh_target (policy, in, rest);
    }
}

PtlAddressSet *
ptl_firewalld_zones_weigh_bound (const PtlFirewalldZones *self,
                                 const PtlFirewalldBound *bound,
                                 const PtlFirewalldAsk *ask_of,
                                 const PtlAddressSet *mine)
{
  PtlAddressSet *in = ptl_address_set_new (ask_of->family, NULL, 0);
  PtlAddressSet *rest = ptl_address_set_intersect (mine, mine);
  const char *name = ptl_firewalld_zone_get_name (bound->zone);

  weigh_policies (self, name, TRUE, ask_of, &in, &rest);
  ptl_firewalld_zone_weigh (bound->zone, ask_of, &in, &rest);
  weigh_policies (self, name, FALSE, ask_of, &in, &rest);
  ptl_firewalld_zone_weigh_target (bound->zone, &in, &rest);
  ptl_address_set_free (rest);
  return in;
}

static int
compare_ports (gconstpointer a, gconstpointer b)
{
  guint x = *(const guint *) a, y = *(const guint *) b;

  return (x > y) - (x < y);
}

static void
add_edges_of (const PtlFirewallOpening *opening, guint first, guint last, GArray *edges)
{
  guint begins = opening->first, after = opening->last + 1u;

  if (begins > first && begins <= last)
    g_array_append_val (edges, begins);
  if (after > first && after <= last)
    g_array_append_val (edges, after);
}

GArray *
ptl_firewalld_zones_list_runs (const PtlFirewalldZones *self, const PtlFirewalldBound *bound, const PtlEndpoint *where, const GPtrArray *own)
{
  guint first = where->first, last = where->last;
  g_autoptr (GArray) edges = g_array_new (FALSE, FALSE, sizeof (guint));
  GArray *runs = g_array_new (FALSE, FALSE, sizeof (guint));

  g_array_append_val (edges, first);
  ptl_firewalld_zone_list_edges (bound->zone, first, last, edges);
  for (guint i = 0; i < self->policies->len; i++)
    ptl_firewalld_zone_list_edges (self->policies->pdata[i], first, last, edges);
  for (guint i = 0; own != NULL && i < own->len; i++)
    add_edges_of (own->pdata[i], first, last, edges);
  g_array_sort (edges, compare_ports);
  for (guint i = 0; i < edges->len; i++)
    if (i == 0 || g_array_index (edges, guint, i) != g_array_index (edges, guint, i - 1))
      g_array_append_val (runs, g_array_index (edges, guint, i));
  return runs;
}

/* Who of *@all gets in at every port of @where by one protocol. */
static void
narrow (const PtlFirewalldZones *self,
        const PtlFirewalldBound *bound,
        const PtlEndpoint *where,
        PtlProtocol protocol,
        guint8 family,
        PtlAddressSet **all)
{
  g_autoptr (GArray) runs = ptl_firewalld_zones_list_runs (self, bound, where, NULL);
  PtlFirewalldAsk asked = { .protocol = protocol, .family = family, .address = ptl_firewalld_find_address (where->host), .sets = self->sets };

  for (guint i = 0; (where->protocol & protocol) != 0 && i < runs->len && !ptl_address_set_is_empty (*all); i++)
    {
      PtlAddressSet *in;

      asked.port = (guint16) g_array_index (runs, guint, i);
      in = ptl_firewalld_zones_weigh_bound (self, bound, &asked, *all);
      ptl_address_set_free (*all);
      *all = in;
    }
}

PtlAddressSet *
ptl_firewalld_zones_find (const PtlFirewalldZones *self, const PtlEndpoint *where, guint8 family)
{
  PtlAddressSet *found = ptl_address_set_new (family, NULL, 0);
  g_autoptr (PtlAddressSet) rest = ptl_address_set_new_all (family);

  for (guint i = 0; i < self->bound->len; i++)
    {
      const PtlFirewalldBound *bound = self->bound->pdata[i];
      g_autoptr (PtlAddressSet) in = ptl_firewalld_zones_take_mine (self, bound, family, &rest);

      narrow (self, bound, where, PTL_PROTOCOL_TCP, family, &in);
      narrow (self, bound, where, PTL_PROTOCOL_UDP, family, &in);
      ptl_address_set_add (&found, in);
    }
  return found;
}

gboolean
ptl_firewalld_zones_have (const PtlFirewalldZones *self, const PtlFirewallOpening *opening)
{
  for (guint i = 0; i < self->bound->len; i++)
    {
      const PtlFirewalldZone *zone = ((const PtlFirewalldBound *) self->bound->pdata[i])->zone;

      if (g_str_equal (ptl_firewalld_zone_get_name (zone), opening->zone) && ptl_firewalld_zone_has (zone, opening))
        return TRUE;
    }
  return FALSE;
}

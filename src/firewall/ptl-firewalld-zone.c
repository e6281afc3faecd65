/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-firewalld-zone.h"

#include <string.h>

#include "ptl-firewalld-clause.h"

#define RULES_MAX 4096
#define CLAUSES_MAX 8192
#define INCLUDES_MAX 8

typedef enum
{
  TARGET_REJECT,
  TARGET_ACCEPT,
  TARGET_DROP,
  TARGET_CONTINUE, /* a policy's: the next one decides */
} Target;

struct _PtlFirewalldZone
{
  char *name;
  Target target;
  gboolean shut; /* on purpose: not by being what zones are */
  int priority;
  char **ingress;
  char **egress;
  GPtrArray *clauses; /* of PtlFirewalldClause; once it is settled in the order in which they are asked */
  GPtrArray *services; /* of char *: the zone's own */
  char **rules;
};

PtlFirewalldZone *
ptl_firewalld_zone_new (const char *name)
{
  PtlFirewalldZone *self = g_new0 (PtlFirewalldZone, 1);

  self->name = g_strdup (name);
  self->clauses = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_firewalld_clause_free);
  self->services = g_ptr_array_new_with_free_func (g_free);
  self->rules = g_new0 (char *, 1);
  return self;
}

void
ptl_firewalld_zone_free (PtlFirewalldZone *self)
{
  g_free (self->name);
  g_strfreev (self->ingress);
  g_strfreev (self->egress);
  g_ptr_array_unref (self->clauses);
  g_ptr_array_unref (self->services);
  g_strfreev (self->rules);
  g_free (self);
}

const char *
ptl_firewalld_zone_get_name (const PtlFirewalldZone *self)
{
  return self->name;
}

int
ptl_firewalld_zone_get_priority (const PtlFirewalldZone *self)
{
  return self->priority;
}

gboolean
ptl_firewalld_zone_concerns (const PtlFirewalldZone *self, const char *zone)
{
  const char *const *ingress = (const char *const *) self->ingress, *const *egress = (const char *const *) self->egress;

  return egress != NULL && g_strv_contains (egress, "HOST") && ingress != NULL &&
         (g_strv_contains (ingress, "ANY") || g_strv_contains (ingress, zone));
}

gboolean
ptl_firewalld_zone_is_shut (const PtlFirewalldZone *self)
{
  return self->shut;
}

/* ---- What firewalld answered ---- */

static void
add_clause (PtlFirewalldZone *self, PtlFirewalldClause *clause)
{
  if (clause != NULL && self->clauses->len < CLAUSES_MAX)
    g_ptr_array_add (self->clauses, clause);
  else if (clause != NULL)
    ptl_firewalld_clause_free (clause);
}

static void
add_ports (PtlFirewalldZone *self, GVariant *settings)
{
  g_autoptr (GVariant) ports = g_variant_lookup_value (settings, "ports", G_VARIANT_TYPE ("a(ss)"));

  for (gsize i = 0; ports != NULL && i < g_variant_n_children (ports); i++)
    {
      const char *range, *protocol;
      PtlFirewalldClause *clause;

      g_variant_get_child (ports, i, "(&s&s)", &range, &protocol);
      clause = ptl_firewalld_clause_parse_port (range, protocol);
      if (clause != NULL)
        clause->port = TRUE;
      add_clause (self, clause);
    }
}

/* All of TCP, or of UDP. */
static void
add_protocols (PtlFirewalldZone *self, GVariant *settings)
{
  g_autofree const char **protocols = NULL;

  g_variant_lookup (settings, "protocols", "^a&s", &protocols);
  for (guint i = 0; protocols != NULL && protocols[i] != NULL; i++)
    add_clause (self, ptl_firewalld_clause_parse_port ("1-65535", protocols[i]));
}

static Target
read_target (const char *target)
{
  if (strcmp (target, "ACCEPT") == 0)
    return TARGET_ACCEPT;
  if (strcmp (target, "CONTINUE") == 0)
    return TARGET_CONTINUE;
  return strcmp (target, "DROP") == 0 ? TARGET_DROP : TARGET_REJECT;
}

static void
add_rules (PtlFirewalldZone *self, GVariant *settings)
{
  char **rules = NULL;

  if (!g_variant_lookup (settings, "rules_str", "^as", &rules) && !g_variant_lookup (settings, "rich_rules", "^as", &rules))
    return;
  g_strfreev (self->rules);
  self->rules = rules;
  for (guint i = 0; rules[i] != NULL && i < RULES_MAX; i++)
    add_clause (self, ptl_firewalld_clause_parse_rule (rules[i]));
}

void
ptl_firewalld_zone_add_settings (PtlFirewalldZone *self, GVariant *settings)
{
  const char *target = "default";
  g_autofree const char **services = NULL;
  gint32 priority = 0;

  g_variant_lookup (settings, "target", "&s", &target);
  self->target = read_target (target);
  self->shut = strcmp (target, "DROP") == 0 || strcmp (target, "%%REJECT%%") == 0 || strcmp (target, "REJECT") == 0;
  g_variant_lookup (settings, "priority", "i", &priority);
  self->priority = priority;
  g_variant_lookup (settings, "ingress_zones", "^as", &self->ingress);
  g_variant_lookup (settings, "egress_zones", "^as", &self->egress);
  add_ports (self, settings);
  add_protocols (self, settings);
  add_rules (self, settings);
  g_variant_lookup (settings, "services", "^a&s", &services);
  for (guint i = 0; services != NULL && services[i] != NULL; i++)
    g_ptr_array_add (self->services, g_strdup (services[i]));
}

char **
ptl_firewalld_zone_dup_services (const PtlFirewalldZone *self)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();

  for (guint i = 0; i < self->services->len; i++)
    g_strv_builder_add (names, self->services->pdata[i]);
  for (guint i = 0; i < self->clauses->len; i++)
    if (((const PtlFirewalldClause *) self->clauses->pdata[i])->service != NULL)
      g_strv_builder_add (names, ((const PtlFirewalldClause *) self->clauses->pdata[i])->service);
  return g_strv_builder_end (names);
}

static void
add_set (GStrvBuilder *names, const char *source)
{
  if (source != NULL && g_str_has_prefix (source, "ipset:"))
    g_strv_builder_add (names, source + strlen ("ipset:"));
}

char **
ptl_firewalld_zone_dup_sets (const PtlFirewalldZone *self)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();

  for (guint i = 0; i < self->clauses->len; i++)
    {
      const PtlFirewalldClause *clause = self->clauses->pdata[i];

      add_set (names, clause->source);
      add_set (names, clause->destination);
    }
  return g_strv_builder_end (names);
}

/* ---- Services ---- */

/* @clause goes to one of the service's addresses alone, which are by kind: "ipv4" -> "224.0.0.251". */
static void
add_to_destinations (PtlFirewalldZone *self, PtlFirewalldClause *clause, GVariant *destinations)
{
  g_autoptr (PtlFirewalldClause) model = clause;

  for (gsize i = 0; i < g_variant_n_children (destinations); i++)
    {
      PtlFirewalldClause *one = ptl_firewalld_clause_copy (model);
      const char *kind, *address;

      g_variant_get_child (destinations, i, "{&s&s}", &kind, &address);
      one->family = strcmp (kind, "ipv6") == 0 ? 6 : 4;
      g_free (one->destination);
      one->destination = g_strdup (address);
      one->not_destination = FALSE;
      add_clause (self, one);
    }
}

/* @model: whose ports they are to be; NULL: the zone's own. */
static void
add_service_ports (PtlFirewalldZone *self, GVariant *settings, const PtlFirewalldClause *model, const char *range, const char *protocol)
{
  g_autoptr (GVariant) destinations = g_variant_lookup_value (settings, "destination", G_VARIANT_TYPE ("a{ss}"));
  g_autoptr (PtlFirewalldClause) ports = ptl_firewalld_clause_parse_port (range, protocol);
  PtlFirewalldClause *clause;

  if (ports == NULL)
    return;
  clause = ptl_firewalld_clause_copy (model != NULL ? model : ports);
  clause->protocol = ports->protocol;
  clause->first = ports->first;
  clause->last = ports->last;
  g_clear_pointer (&clause->service, g_free);
  if (destinations != NULL && g_variant_n_children (destinations) > 0)
    add_to_destinations (self, clause, destinations);
  else
    add_clause (self, clause);
}

static void
add_service (PtlFirewalldZone *self, GHashTable *services, const char *name, const PtlFirewalldClause *model, guint depth)
{
  GVariant *settings = g_hash_table_lookup (services, name);
  g_autoptr (GVariant) ports = NULL;
  g_autofree const char **protocols = NULL;
  g_autofree const char **includes = NULL;

  if (settings == NULL || depth > INCLUDES_MAX || self->clauses->len >= CLAUSES_MAX)
    return;
  ports = g_variant_lookup_value (settings, "ports", G_VARIANT_TYPE ("a(ss)"));
  for (gsize i = 0; ports != NULL && i < g_variant_n_children (ports); i++)
    {
      const char *range, *protocol;

      g_variant_get_child (ports, i, "(&s&s)", &range, &protocol);
      add_service_ports (self, settings, model, range, protocol);
    }
  g_variant_lookup (settings, "protocols", "^a&s", &protocols);
  for (guint i = 0; protocols != NULL && protocols[i] != NULL; i++)
    add_service_ports (self, settings, model, "1-65535", protocols[i]);
  g_variant_lookup (settings, "includes", "^a&s", &includes);
  for (guint i = 0; includes != NULL && includes[i] != NULL; i++)
    add_service (self, services, includes[i], model, depth + 1);
}

static int
compare_clauses (gconstpointer a, gconstpointer b)
{
  return ptl_firewalld_clause_compare (*(const PtlFirewalldClause *const *) a, *(const PtlFirewalldClause *const *) b);
}

void
ptl_firewalld_zone_settle (PtlFirewalldZone *self, GHashTable *services)
{
  g_autoptr (GPtrArray) models = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_firewalld_clause_free);

  for (guint i = self->clauses->len; i > 0; i--)
    if (((const PtlFirewalldClause *) self->clauses->pdata[i - 1])->service != NULL)
      g_ptr_array_add (models, g_ptr_array_steal_index (self->clauses, i - 1));
  for (guint i = 0; i < self->services->len; i++)
    add_service (self, services, self->services->pdata[i], NULL, 0);
  for (guint i = models->len; i > 0; i--)
    add_service (self, services, ((const PtlFirewalldClause *) models->pdata[i - 1])->service, models->pdata[i - 1], 0);
  /* What is alike stays in the order in which it was added. */
  g_ptr_array_sort (self->clauses, compare_clauses);
}

/* ---- Who gets in ---- */

/* "255.255.255.0" is 24. */
static gboolean
read_mask (const char *text, guint *prefix)
{
  PtlNetwork mask;
  guint bits = 0;

  if (strchr (text, '.') == NULL || strchr (text, '/') != NULL || !ptl_network_parse (text, &mask, NULL))
    return FALSE;
  while (bits < 32 && (mask.bytes[bits / 8] & (0x80 >> (bits % 8))) != 0)
    bits++;
  *prefix = bits;
  return TRUE;
}

/* As firewalld takes them: host bits may be set, and the prefix may be a mask. */
static gboolean
parse_network (const char *text, PtlNetwork *network)
{
  g_auto (GStrv) parts = g_strsplit (text, "/", 2);
  guint64 number;
  guint prefix;

  if (parts[0] == NULL || strchr (parts[0], '/') != NULL || !ptl_network_parse (parts[0], network, NULL))
    return FALSE;
  if (parts[1] == NULL)
    return TRUE;
  if (g_ascii_string_to_unsigned (parts[1], 10, 0, network->prefix, &number, NULL))
    prefix = (guint) number;
  else if (network->family != 4 || !read_mask (parts[1], &prefix))
    return FALSE;
  for (guint bit = prefix; bit < network->prefix; bit++)
    network->bytes[bit / 8] &= (guint8) ~(0x80 >> (bit % 8));
  network->prefix = (guint8) prefix;
  return TRUE;
}

PtlAddressSet *
ptl_firewalld_find_source (const char *source, gboolean not, guint8 family, GHashTable *sets)
{
  g_autoptr (PtlAddressSet) found = NULL;
  PtlNetwork network;

  if (source == NULL)
    return ptl_address_set_new_all (family);
  if (g_str_has_prefix (source, "ipset:"))
    {
      const GArray *set = sets != NULL ? g_hash_table_lookup (sets, source + strlen ("ipset:")) : NULL;

      if (set == NULL)
        return NULL;
      found = ptl_address_set_new (family, (const PtlNetwork *) (const void *) set->data, set->len);
    }
  else if (parse_network (source, &network))
    found = ptl_address_set_new (family, &network, 1);
  else
    return NULL;
  return not ? ptl_address_set_invert (found) : g_steal_pointer (&found);
}

/* One for some of this computer's addresses: where it is not known which is asked, it lets nobody in and turns all away. */
static gboolean
is_for_address (const PtlFirewalldClause *clause, const PtlFirewalldAsk *ask)
{
  g_autoptr (PtlAddressSet) there = NULL;
  g_autoptr (PtlAddressSet) both = NULL;
  g_autoptr (PtlAddressSet) asked = NULL;

  if (clause->destination == NULL)
    return TRUE;
  if (ask->address == NULL)
    return clause->denies;
  there = ptl_firewalld_find_source (clause->destination, clause->not_destination, ask->family, ask->sets);
  asked = ptl_firewalld_find_source (ask->address, FALSE, ask->family, NULL);
  if (there == NULL || asked == NULL)
    return clause->denies;
  both = ptl_address_set_intersect (there, asked);
  return !ptl_address_set_is_empty (both);
}

/* Firewalld keeps one of what we opened and of what was open before: ours has to be asked for, or it would not be. */
static gboolean
is_own (const PtlFirewalldZone *self, const PtlFirewalldClause *clause, const PtlFirewalldAsk *ask)
{
  for (guint i = 0; ask->own != NULL && i < ask->own->len; i++)
    {
      const PtlFirewallOpening *one = ask->own->pdata[i];
      g_autofree char *rule = NULL;

      if (!g_str_equal (one->zone, self->name))
        continue;
      if (*one->source == '\0' && clause->port && one->protocol == ask->protocol && one->first <= ask->port && ask->port <= one->last)
        return TRUE;
      rule = clause->rule != NULL ? ptl_firewall_opening_dup_rich_rule (one) : NULL;
      if (rule != NULL && g_str_equal (rule, clause->rule))
        return TRUE;
    }
  return FALSE;
}

static gboolean
applies (const PtlFirewalldZone *self, const PtlFirewalldClause *clause, const PtlFirewalldAsk *ask)
{
  return (clause->protocol & ask->protocol) != 0 && clause->first <= ask->port && ask->port <= clause->last &&
         (clause->family == 0 || clause->family == ask->family) && is_for_address (clause, ask) && !is_own (self, clause, ask);
}

/* Whoever of *@rest is in @hit (NULL = all) has been decided about. */
static void
decide (const PtlAddressSet *hit, gboolean denies, PtlAddressSet **in, PtlAddressSet **rest)
{
  g_autoptr (PtlAddressSet) before = g_steal_pointer (rest);
  g_autoptr (PtlAddressSet) these = ptl_address_set_intersect (before, hit != NULL ? hit : before);

  if (!denies)
    ptl_address_set_add (in, these);
  *rest = ptl_address_set_subtract (before, these);
}

void
ptl_firewalld_zone_weigh (const PtlFirewalldZone *self, const PtlFirewalldAsk *ask, PtlAddressSet **in, PtlAddressSet **rest)
{
  for (guint i = 0; i < self->clauses->len && !ptl_address_set_is_empty (*rest); i++)
    {
      const PtlFirewalldClause *clause = self->clauses->pdata[i];
      g_autoptr (PtlAddressSet) sources = NULL;

      if (ask->opened && ptl_firewalld_clause_is_late (clause))
        break;
      if (!applies (self, clause, ask))
        continue;
      sources = ptl_firewalld_find_source (clause->source, clause->not_source, ask->family, ask->sets);
      if (sources != NULL)
        decide (sources, clause->denies, in, rest);
    }
  if (ask->opened)
    decide (NULL, FALSE, in, rest);
}

void
ptl_firewalld_zone_weigh_target (const PtlFirewalldZone *self, PtlAddressSet **in, PtlAddressSet **rest)
{
  if (self->target != TARGET_CONTINUE)
    decide (NULL, self->target != TARGET_ACCEPT, in, rest);
}

static void
add_edge (GArray *ports, guint port, guint first, guint last)
{
  if (port > first && port <= last)
    g_array_append_val (ports, port);
}

void
ptl_firewalld_zone_list_edges (const PtlFirewalldZone *self, guint first, guint last, GArray *ports)
{
  for (guint i = 0; i < self->clauses->len; i++)
    {
      const PtlFirewalldClause *clause = self->clauses->pdata[i];

      add_edge (ports, clause->first, first, last);
      add_edge (ports, clause->last + 1u, first, last);
    }
}

/* ---- What is there ---- */

static gboolean
has_port (const PtlFirewalldZone *self, PtlProtocol protocol, guint port)
{
  for (guint i = 0; i < self->clauses->len; i++)
    {
      const PtlFirewalldClause *clause = self->clauses->pdata[i];

      if (!clause->denies && clause->source == NULL && clause->destination == NULL && clause->family == 0 &&
          (clause->protocol & protocol) != 0 && clause->first <= port && port <= clause->last)
        return TRUE;
    }
  return FALSE;
}

gboolean
ptl_firewalld_zone_has (const PtlFirewalldZone *self, const PtlFirewallOpening *opening)
{
  g_autofree char *rule = ptl_firewall_opening_dup_rich_rule (opening);

  if (rule != NULL)
    return g_strv_contains ((const char *const *) self->rules, rule);
  for (guint port = opening->first; port <= opening->last; port++)
    if (!has_port (self, opening->protocol, port))
      return FALSE;
  return TRUE;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-firewalld-clause.h"

#include <string.h>

#define WORDS_MAX 64

PtlFirewalldClause *
ptl_firewalld_clause_new (PtlProtocol protocol, guint16 first, guint16 last)
{
  PtlFirewalldClause *self = g_new0 (PtlFirewalldClause, 1);

  self->protocol = protocol;
  self->first = first;
  self->last = last;
  return self;
}

PtlFirewalldClause *
ptl_firewalld_clause_copy (const PtlFirewalldClause *self)
{
  PtlFirewalldClause *copy = g_memdup2 (self, sizeof *self);

  copy->source = g_strdup (self->source);
  copy->destination = g_strdup (self->destination);
  copy->service = g_strdup (self->service);
  copy->rule = g_strdup (self->rule);
  return copy;
}

void
ptl_firewalld_clause_free (PtlFirewalldClause *self)
{
  g_free (self->source);
  g_free (self->destination);
  g_free (self->service);
  g_free (self->rule);
  g_free (self);
}

static int
stage_of (const PtlFirewalldClause *self)
{
  if (self->priority != 0)
    return self->priority < 0 ? 0 : 3;
  return self->denies ? 1 : 2;
}

int
ptl_firewalld_clause_compare (const PtlFirewalldClause *a, const PtlFirewalldClause *b)
{
  int by_stage = stage_of (a) - stage_of (b);

  return by_stage != 0 ? by_stage : (a->priority > b->priority) - (a->priority < b->priority);
}

gboolean
ptl_firewalld_clause_is_late (const PtlFirewalldClause *self)
{
  return stage_of (self) >= 2;
}

/* A firewall's ranges may be as wide as they like: Fedora's workstation lets 1025-65535 in. */
static gboolean
parse_range (const char *text, guint16 *first, guint16 *last)
{
  g_auto (GStrv) parts = g_strsplit (text, "-", 2);
  guint64 from, to;

  if (parts[0] == NULL || !g_ascii_string_to_unsigned (parts[0], 10, 1, G_MAXUINT16, &from, NULL))
    return FALSE;
  to = from;
  if (parts[1] != NULL && !g_ascii_string_to_unsigned (parts[1], 10, from, G_MAXUINT16, &to, NULL))
    return FALSE;
  *first = (guint16) from;
  *last = (guint16) to;
  return TRUE;
}

PtlFirewalldClause *
ptl_firewalld_clause_parse_port (const char *ports, const char *protocol)
{
  guint16 first, last;

  if ((strcmp (protocol, "tcp") != 0 && strcmp (protocol, "udp") != 0) ||
      !parse_range (ports, &first, &last))
    return NULL;
  return ptl_firewalld_clause_new (*protocol == 't' ? PTL_PROTOCOL_TCP : PTL_PROTOCOL_UDP, first, last);
}

/* ---- Rich rules ---- */

/* "port", or "port=80" of port="80"; a value may hold spaces. NULL: there is no more. (transfer full) */
static char *
next_word (const char **at)
{
  g_autoptr (GString) word = g_string_new (NULL);
  gboolean quoted = FALSE;

  while (**at == ' ')
    (*at)++;
  for (; **at != '\0' && (quoted || **at != ' '); (*at)++)
    if (**at == '"')
      quoted = !quoted;
    else
      g_string_append_c (word, **at);
  return word->len > 0 ? g_string_free (g_steal_pointer (&word), FALSE) : NULL;
}

/* @value: what comes after NAME=, or NULL where @word is something else. */
static gboolean
is_value (const char *word, const char *name, const char **value)
{
  gsize length = strlen (name);

  if (strncmp (word, name, length) != 0 || word[length] != '=')
    return FALSE;
  *value = word + length + 1;
  return TRUE;
}

typedef struct
{
  PtlFirewalldClause *clause;
  char *element; /* whose attributes come now: "source", "port", ... */
  char *ports;
  char *protocol;
  gboolean decides, accepts, limited, other;
} Reading;

static void
take_address (Reading *reading, const char *word)
{
  gboolean source = strcmp (reading->element, "source") == 0;
  char **place = source ? &reading->clause->source : &reading->clause->destination;
  gboolean *not = source ? &reading->clause->not_source : &reading->clause->not_destination;
  const char *value;

  /* "NOT", and in older ones invert="True". */
  if (g_ascii_strcasecmp (word, "NOT") == 0 ||
      (is_value (word, "invert", &value) && (g_ascii_strcasecmp (value, "true") == 0 || g_ascii_strcasecmp (value, "yes") == 0)))
    *not = TRUE;
  else if (is_value (word, "address", &value) || is_value (word, "mac", &value))
    *place = (g_free (*place), g_strdup (value));
  else if (is_value (word, "ipset", &value))
    *place = (g_free (*place), g_strconcat ("ipset:", value, NULL));
}

static void
take_attribute (Reading *reading, const char *word)
{
  const char *value;

  if (strcmp (reading->element, "source") == 0 || strcmp (reading->element, "destination") == 0)
    take_address (reading, word);
  else if (strcmp (reading->element, "rule") == 0 && is_value (word, "family", &value))
    reading->clause->family = strcmp (value, "ipv6") == 0 ? 6 : 4;
  else if (strcmp (reading->element, "rule") == 0 && is_value (word, "priority", &value))
    reading->clause->priority = (int) CLAMP (g_ascii_strtoll (value, NULL, 10), -32768, 32767);
  else if (strcmp (reading->element, "service") == 0 && is_value (word, "name", &value))
    reading->clause->service = (g_free (reading->clause->service), g_strdup (value));
  else if (strcmp (reading->element, "port") == 0 && is_value (word, "port", &value))
    reading->ports = (g_free (reading->ports), g_strdup (value));
  else if ((strcmp (reading->element, "port") == 0 && is_value (word, "protocol", &value)) ||
           (strcmp (reading->element, "protocol") == 0 && is_value (word, "value", &value)))
    reading->protocol = (g_free (reading->protocol), g_strdup (value));
}

static void
take_element (Reading *reading, const char *word)
{
  static const char *const known[] = { "rule", "source", "destination", "service", "port", "protocol", "log", "nflog", "audit", NULL };
  gboolean after_action = strcmp (reading->element, "accept") == 0 || strcmp (reading->element, "reject") == 0 ||
                          strcmp (reading->element, "drop") == 0;

  if (strcmp (word, "limit") == 0)
    reading->limited = reading->limited || after_action;
  else if (strcmp (word, "accept") == 0 || strcmp (word, "reject") == 0 || strcmp (word, "drop") == 0)
    {
      reading->decides = TRUE;
      reading->accepts = strcmp (word, "accept") == 0;
    }
  else if (!g_strv_contains (known, word))
    reading->other = TRUE;
  reading->element = (g_free (reading->element), g_strdup (word));
}

/* What of its ports it is about; without any, about all. */
static gboolean
take_ports (const Reading *reading)
{
  PtlFirewalldClause *clause = reading->clause;
  const char *protocol = reading->protocol;

  if (clause->service != NULL)
    return TRUE;
  clause->protocol = PTL_PROTOCOL_BOTH;
  clause->first = 1;
  clause->last = G_MAXUINT16;
  if (protocol == NULL)
    return TRUE;
  if (strcmp (protocol, "tcp") != 0 && strcmp (protocol, "udp") != 0 && strcmp (protocol, "6") != 0 && strcmp (protocol, "17") != 0)
    return FALSE;
  clause->protocol = strcmp (protocol, "tcp") == 0 || strcmp (protocol, "6") == 0 ? PTL_PROTOCOL_TCP : PTL_PROTOCOL_UDP;
  return reading->ports == NULL || parse_range (reading->ports, &clause->first, &clause->last);
}

static gboolean
read_rule (Reading *reading, const char *rule)
{
  const char *at = rule;

  for (guint i = 0; i < WORDS_MAX; i++)
    {
      g_autofree char *word = next_word (&at);

      if (word == NULL)
        break;
      if (strchr (word, '=') != NULL || g_ascii_strcasecmp (word, "NOT") == 0)
        take_attribute (reading, word);
      else
        take_element (reading, word);
    }
  return reading->decides && !reading->other && (reading->accepts || !reading->limited) && take_ports (reading);
}

PtlFirewalldClause *
ptl_firewalld_clause_parse_rule (const char *rule)
{
  g_autoptr (PtlFirewalldClause) clause = ptl_firewalld_clause_new (PTL_PROTOCOL_NONE, 0, 0);
  Reading reading = { .clause = clause, .element = g_strdup ("") };
  gboolean read = read_rule (&reading, rule);

  g_free (reading.element);
  g_free (reading.ports);
  g_free (reading.protocol);
  if (!read)
    return NULL;
  clause->denies = !reading.accepts;
  clause->rule = g_strdup (rule);
  return g_steal_pointer (&clause);
}

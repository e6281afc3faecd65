/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>
#include <string.h>

#include "ptl-text.h"
#include "ptl-validate.h"

#define LOOPBACK "127.0.0.1"

static void
replace (char **text, const char *with)
{
  char *copy = g_strdup (with);

  g_free (*text);
  *text = copy;
}

static void
strip (char **text)
{
  if (*text != NULL)
    g_strstrip (*text);
}

static void
settle_target_host (PtlRule *rule)
{
  if (rule->target == NULL && rule->kind == PTL_KIND_MAPPING)
    rule->target = ptl_endpoint_new (ptl_rule_get_protocol (rule), NULL, 0, 0);
  if (rule->target == NULL)
    return;
  rule->target->protocol = ptl_rule_get_protocol (rule);
  if (rule->target->path == NULL && rule->target->host == NULL && rule->kind != PTL_KIND_FORWARD)
    rule->target->host = g_strdup (LOOPBACK);
}

void
ptl_rule_settle_further_targets (PtlRule *rule)
{
  const PtlEndpoint *first = rule->target;
  const GPtrArray *targets = rule->options->targets;

  for (guint i = 0; i < targets->len; i++)
    {
      PtlEndpoint *endpoint = ((PtlTarget *) targets->pdata[i])->endpoint;

      if (endpoint->path != NULL)
        continue;
      endpoint->protocol = ptl_rule_get_protocol (rule);
      if (endpoint->host == NULL && rule->kind != PTL_KIND_FORWARD)
        endpoint->host = g_strdup (LOOPBACK);
      if (endpoint->first == 0 && endpoint->last == 0 && first != NULL && first->path == NULL)
        {
          endpoint->first = first->first;
          endpoint->last = first->last;
        }
    }
}

/* A router can be told an address only: a name goes by the engine, which looks it up. */
static void
settle_way (PtlRule *rule)
{
  const PtlEndpoint *target = rule->target;
  gboolean elsewhere;

  if (rule->way != PTL_WAY_AUTO)
    return;
  if (rule->kind == PTL_KIND_TUNNEL)
    rule->way = PTL_WAY_REMOTE;
  if (rule->kind != PTL_KIND_MAPPING)
    return;
  /* What only the engine can do is asked for. */
  if (!ptl_options_is_plain (rule->options))
    {
      rule->way = PTL_WAY_GUARDED;
      return;
    }
  elsewhere = target != NULL && target->path == NULL && ptl_host_is_address (target->host)
              && !ptl_host_is_loopback (target->host);
  rule->way = elsewhere ? PTL_WAY_DIRECT : PTL_WAY_GUARDED;
}

/* NAT leads to IPv4 addresses alone. */
static void
settle_family (PtlRule *rule)
{
  const PtlEndpoint *target = rule->target;

  if (rule->kind == PTL_KIND_MAPPING && rule->way == PTL_WAY_DIRECT && rule->family == PTL_FAMILY_AUTO
      && target != NULL && target->host != NULL && strchr (target->host, ':') != NULL)
    rule->family = PTL_FAMILY_IPV6;
}

static gboolean
listens_here (const PtlRule *rule)
{
  return rule->kind == PTL_KIND_FORWARD
         || (rule->kind == PTL_KIND_TUNNEL && rule->way == PTL_WAY_LOCAL);
}

static void
settle_ports (PtlRule *rule, gboolean listen_left_out)
{
  PtlEndpoint *public = rule->public_endpoint;
  PtlEndpoint *target = rule->target;

  if (target == NULL || target->path != NULL || public->path != NULL)
    return;
  if (target->first == 0 && public->first != 0)
    {
      target->first = public->first;
      target->last = public->last;
    }
  /* For the others no port means any free one; and here the same port would lead to itself. */
  else if (public->first == 0 && listen_left_out && listens_here (rule)
           && (rule->kind == PTL_KIND_TUNNEL || !ptl_host_is_loopback (target->host)))
    {
      public->first = target->first;
      public->last = target->last;
    }
}

static void
settle_listen (PtlRule *rule)
{
  PtlEndpoint *public = rule->public_endpoint;

  if (!listens_here (rule) || public->path != NULL)
    return;
  if (public->host == NULL
      || (ptl_host_is_loopback (public->host) && !ptl_host_is_address (public->host)))
    replace (&public->host, LOOPBACK);
}

static char *
make_name (const PtlRule *rule)
{
  g_autofree char *target = ptl_endpoint_to_string (rule->target);
  g_autofree char *public = ptl_endpoint_to_string (rule->public_endpoint);

  if (*rule->preset != '\0')
    return g_strdup (rule->preset);
  if (rule->kind == PTL_KIND_MAPPING && ptl_host_is_loopback (rule->target->host))
    /* Translators: the name of a rule; %s is a port or a range, like 8000-8010 */
    return g_strdup_printf (_ ("Port %s"), strrchr (target, ':') + 1);
  if (rule->kind == PTL_KIND_FORWARD)
    /* Translators: the name of a rule: from one address and port to another */
    return g_strdup_printf (_ ("%s to %s"), public, target);
  /* Translators: the name of a rule; %s is an address and port */
  return g_strdup_printf (_ ("To %s"), target);
}

static char *
make_safe_name (const PtlRule *rule)
{
  g_autofree char *name = make_name (rule);

  return ptl_text_make_safe (name, -1, PTL_NAME_MAX_CHARS);
}

static void
settle_name (PtlRule *rule)
{
  strip (&rule->name);
  if (*rule->name != '\0' || rule->target == NULL)
    return;
  g_free (rule->name);
  rule->name = make_safe_name (rule);
}

gboolean
ptl_rule_is_name_made (const PtlRule *rule)
{
  g_autoptr (PtlRule) asked = NULL;
  g_autofree char *now = NULL;
  g_autofree char *then = NULL;

  if (rule->target == NULL)
    return FALSE;
  /* It was made before it was known which port is free. */
  asked = ptl_rule_copy (rule);
  asked->public_endpoint->first = asked->public_endpoint->last = 0;
  now = make_safe_name (rule);
  then = make_safe_name (asked);
  return g_str_equal (rule->name, now) || g_str_equal (rule->name, then);
}

void
ptl_rule_settle (PtlRule *rule)
{
  gboolean listen_left_out = rule->public_endpoint->host == NULL;

  strip (&rule->owner);
  strip (&rule->purpose);
  settle_target_host (rule);
  settle_way (rule);
  settle_family (rule);
  settle_listen (rule);
  settle_ports (rule, listen_left_out);
  ptl_rule_settle_further_targets (rule);
  if (rule->kind == PTL_KIND_FORWARD && *rule->backend == '\0')
    replace (&rule->backend, "engine");
  /* Later the public endpoint is what was granted, which need not be what was asked for. */
  if (rule->kind != PTL_KIND_FORWARD && rule->state == PTL_RULE_STATE_REQUESTED
      && rule->asked_port == 0)
    rule->asked_port = rule->public_endpoint->first;
  settle_name (rule);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-way.h"

#include <glib/gi18n-lib.h>

#include "gui/ptl-format.h"

typedef enum
{
  PART_OUTSIDE,
  PART_ROUTER,
  PART_PINHOLE,
  PART_RELAY,
  PART_COMPUTER,
  PART_TARGET,
} Part;

typedef struct
{
  const PtlRule *rule;
  const PtlWayContext *context;
  GPtrArray *hops;
  Part parts[8]; /* of each hop */
} Way;

void
ptl_hop_free (gpointer data)
{
  PtlHop *hop = data;

  g_free (hop->title);
  g_free (hop->address);
  g_free (hop->reason);
  g_free (hop);
}

static PtlHop *
add_hop (Way *way, Part part, const char *icon, const char *title, char *address)
{
  PtlHop *hop = g_new0 (PtlHop, 1);

  hop->icon = icon;
  hop->title = g_strdup (title);
  hop->address = address ? address : g_strdup ("");
  hop->reason = g_strdup ("");
  way->parts[way->hops->len] = part;
  g_ptr_array_add (way->hops, hop);
  return hop;
}

static const PtlLease *
find_lease (const PtlRule *rule, gboolean engine)
{
  for (guint i = 0; rule->leases && i < rule->leases->len; i++)
    {
      const PtlLease *lease = rule->leases->pdata[i];

      if ((g_strcmp0 (lease->system, "engine") == 0) == engine)
        return lease;
    }
  return NULL;
}

gboolean
ptl_way_is_local_target (const PtlRule *rule, const char *local_address)
{
  const PtlEndpoint *target = rule->target;

  if (!target || target->path || !target->host)
    return TRUE;
  return ptl_host_is_loopback (target->host) || g_strcmp0 (target->host, local_address) == 0;
}

static void
add_internet (Way *way)
{
  add_hop (way, PART_OUTSIDE, "ptl-internet-symbolic", _("Internet"), ptl_format_audience (way->rule));
}

static char *
dup_endpoint_with_protocol (const PtlRule *rule)
{
  g_autofree char *endpoint = ptl_format_endpoint (rule->public_endpoint);

  return g_strconcat (endpoint, " ", ptl_format_protocol (ptl_rule_get_protocol (rule)), NULL);
}

static void
add_router (Way *way)
{
  const char *name = way->context->router_name;
  const PtlLease *lease = find_lease (way->rule, FALSE);
  g_autofree char *title = g_strdup (name && *name ? name : _("Router"));
  PtlHop *hop = add_hop (way, PART_ROUTER, "ptl-router-symbolic", title, dup_endpoint_with_protocol (way->rule));

  if (!lease)
    return;
  g_free (hop->reason);
  /* Translators: %s is the name of a protocol, as in "Granted by UPnP." */
  hop->reason = g_strdup_printf (_("Granted by %s."), ptl_format_system (lease->system));
}

static const PtlLease *
find_pinhole (const PtlRule *rule)
{
  for (guint i = 0; rule->leases && i < rule->leases->len; i++)
    if (ptl_lease_is_pinhole (rule->leases->pdata[i]))
      return rule->leases->pdata[i];
  return NULL;
}

/* The second way in, beside the router's IPv4 one. Where it is the only one, it is the router's own. */
static void
add_pinhole (Way *way)
{
  const PtlLease *lease = find_pinhole (way->rule);
  g_autoptr (PtlEndpoint) endpoint = ptl_leases_dup_pinhole_endpoint (way->rule->leases);
  g_autofree char *address = NULL;
  PtlHop *hop;

  if (!endpoint || !ptl_leases_have_ipv4 (way->rule->leases))
    return;
  address = ptl_format_endpoint (endpoint);
  hop = add_hop (way, PART_PINHOLE, "ptl-router-symbolic", _("Or by IPv6"),
                 g_strconcat (address, " ", ptl_format_protocol (endpoint->protocol), NULL));
  g_free (hop->reason);
  /* Translators: %s is the name of a protocol, as in "Opened in the router's firewall by PCP." */
  hop->reason = g_strdup_printf (_("Opened in the router’s firewall by %s."), ptl_format_system (lease->system));
}

static void
add_relay (Way *way, char *address)
{
  const PtlWayContext *context = way->context;
  const char *name = context->relay_name && *context->relay_name ? context->relay_name : _("Relay");

  if (!address || *address == '\0')
    {
      g_free (address);
      address = g_strdup (context->relay_host);
    }
  add_hop (way, PART_RELAY, "ptl-relay-symbolic", name, address);
}

static char *
dup_computer_address (Way *way)
{
  const PtlRule *rule = way->rule;
  const PtlLease *engine = find_lease (rule, TRUE), *other = find_lease (rule, FALSE);

  if (rule->kind == PTL_KIND_FORWARD || rule->way == PTL_WAY_LOCAL)
    return dup_endpoint_with_protocol (rule);
  if (rule->kind == PTL_KIND_MAPPING && other && other->inner)
    return ptl_format_endpoint (other->inner);
  if (engine && engine->endpoint)
    return ptl_format_endpoint (engine->endpoint);
  return g_strdup (way->context->local_address);
}

static void
add_computer (Way *way)
{
  add_hop (way, PART_COMPUTER, "computer-symbolic", _("This Computer"), dup_computer_address (way));
}

static void
check_listener (Way *way, PtlHop *hop)
{
  const PtlWayContext *context = way->context;

  if (!context->listeners_known || context->process || !ptl_rule_is_living (way->rule))
    return;
  hop->state = PTL_HOP_TROUBLE;
  g_free (hop->reason);
  hop->reason = g_strdup (_("No program listens here now. Start the server, and it can be reached."));
}

static void
add_target (Way *way, gboolean local)
{
  const PtlWayContext *context = way->context;
  const PtlEndpoint *target = way->rule->target;
  g_autofree char *address = ptl_format_endpoint (target);

  if (local)
    add_hop (way, PART_TARGET, "ptl-program-symbolic",
             context->process && *context->process ? context->process : _("Program"), g_steal_pointer (&address));
  else
    add_hop (way, PART_TARGET, "ptl-device-symbolic", _("Other Device"), g_steal_pointer (&address));
}

static void
add_hops (Way *way)
{
  const PtlRule *rule = way->rule;
  gboolean local = ptl_way_is_local_target (rule, way->context->local_address);

  if (rule->kind == PTL_KIND_TUNNEL && rule->way == PTL_WAY_LOCAL)
    {
      add_computer (way);
      add_relay (way, NULL);
      /* Seen from the relay, even "localhost" is over there. */
      add_target (way, FALSE);
      return;
    }
  if (rule->kind == PTL_KIND_FORWARD)
    {
      gboolean inside = rule->public_endpoint && rule->public_endpoint->host
                        && ptl_host_is_loopback (rule->public_endpoint->host);

      add_hop (way, PART_OUTSIDE, inside ? "ptl-program-symbolic" : "ptl-device-symbolic",
               inside ? _("Programs on This Computer") : _("Your Network"), ptl_format_audience (rule));
    }
  else
    add_internet (way);
  if (rule->kind == PTL_KIND_MAPPING)
    {
      add_router (way);
      add_pinhole (way);
    }
  if (rule->kind == PTL_KIND_TUNNEL)
    add_relay (way, dup_endpoint_with_protocol (rule));
  if (local || rule->kind != PTL_KIND_MAPPING || rule->way != PTL_WAY_DIRECT)
    add_computer (way);
  add_target (way, local);
}

static Part
main_part (const PtlRule *rule)
{
  return rule->kind == PTL_KIND_MAPPING ? PART_ROUTER : rule->kind == PTL_KIND_TUNNEL ? PART_RELAY : PART_COMPUTER;
}

static Part
part_at_fault (const PtlRule *rule)
{
  const char *code = rule->error_code ? rule->error_code : "";

  if (g_str_has_prefix (code, "router"))
    return PART_ROUTER;
  if (g_str_has_prefix (code, "relay") || g_str_has_prefix (code, "host-key"))
    return PART_RELAY;
  if (g_str_equal (code, "target"))
    return PART_TARGET;
  if (g_str_equal (code, "port-taken") || g_str_equal (code, "permission") || g_str_has_prefix (code, "store"))
    return PART_COMPUTER;
  return main_part (rule);
}

static Part
part_under_way (const PtlRule *rule)
{
  if (g_strcmp0 (rule->step, "listen") == 0)
    return PART_COMPUTER;
  if (g_strcmp0 (rule->step, "ssh") == 0)
    return PART_RELAY;
  return main_part (rule);
}

static guint
find_part (const Way *way, Part part)
{
  for (guint i = 0; i < way->hops->len; i++)
    if (way->parts[i] == part)
      return i;
  return 0;
}

static void
set_all (Way *way, PtlHopState state)
{
  for (guint i = 0; i < way->hops->len; i++)
    ((PtlHop *) way->hops->pdata[i])->state = state;
}

/* What lies outside of hop @at gets @outside; what lies inside is as it should be. */
static PtlHop *
set_around (Way *way, guint at, PtlHopState outside, PtlHopState here)
{
  for (guint i = 0; i < way->hops->len; i++)
    ((PtlHop *) way->hops->pdata[i])->state = i < at ? outside : i == at ? here : PTL_HOP_OK;
  return way->hops->pdata[at];
}

static void
set_trouble (Way *way)
{
  const PtlRule *rule = way->rule;
  PtlHop *hop = set_around (way, find_part (way, part_at_fault (rule)), PTL_HOP_OFF, PTL_HOP_TROUBLE);

  g_free (hop->reason);
  hop->reason = g_strdup (rule->error_message ? rule->error_message : "");
}

static void
set_states (Way *way)
{
  switch (way->rule->state)
    {
    case PTL_RULE_STATE_REQUESTED:
      set_all (way, PTL_HOP_WAITING);
      break;
    case PTL_RULE_STATE_OPENING:
      set_around (way, find_part (way, part_under_way (way->rule)), PTL_HOP_WAITING, PTL_HOP_BUSY);
      break;
    case PTL_RULE_STATE_OPEN:
      set_all (way, PTL_HOP_OK);
      break;
    case PTL_RULE_STATE_DEGRADED:
    case PTL_RULE_STATE_FAILED:
      set_trouble (way);
      break;
    case PTL_RULE_STATE_CLOSING:
      set_all (way, PTL_HOP_BUSY);
      break;
    case PTL_RULE_STATE_CLOSED:
      set_all (way, PTL_HOP_OFF);
      break;
    }
}

static void
set_target_state (Way *way)
{
  guint at = find_part (way, PART_TARGET);
  PtlHop *hop = way->hops->pdata[at];
  gboolean local = way->rule->way != PTL_WAY_LOCAL
                   && ptl_way_is_local_target (way->rule, way->context->local_address);

  if (hop->state == PTL_HOP_TROUBLE || hop->state == PTL_HOP_OFF)
    return;
  hop->state = local && way->context->listeners_known ? hop->state : PTL_HOP_UNKNOWN;
  if (local)
    check_listener (way, hop);
}

/* What is open elsewhere leads nowhere where this computer's firewall keeps it out. */
static void
set_firewall_state (Way *way)
{
  for (guint i = 0; way->context->kept_out && i < way->hops->len; i++)
    {
      PtlHop *hop = way->hops->pdata[i];

      if (way->parts[i] != PART_COMPUTER || hop->state != PTL_HOP_OK)
        continue;
      hop->state = PTL_HOP_TROUBLE;
      g_free (hop->reason);
      hop->reason = g_strdup (way->context->kept_out);
    }
}

/* What was opened is closed with the rule, by firewalld itself at the latest; a permanent rule's is opened anew before
 * that. */
static void
show_opening (Way *way)
{
  const PtlRule *rule = way->rule;
  g_autofree char *until = ptl_format_time (rule->firewall_until, way->context->now);

  for (guint i = 0; rule->firewall_until != 0 && i < way->hops->len; i++)
    {
      PtlHop *hop = way->hops->pdata[i];

      if (way->parts[i] != PART_COMPUTER || hop->state == PTL_HOP_TROUBLE)
        continue;
      g_free (hop->reason);
      if (rule->expires == 0)
        /* Translators: %s is a zone of firewalld */
        hop->reason = g_strdup_printf (_("firewalld: opened in zone %s for as long as the rule is open."), rule->firewall_zone);
      else
        /* Translators: a date and time like "today 18:00", and a zone of firewalld */
        hop->reason = g_strdup_printf (_("firewalld: opened until %s in zone %s."), until, rule->firewall_zone);
    }
}

GPtrArray *
ptl_way_describe (const PtlRule *rule, const PtlWayContext *context)
{
  Way way = { rule, context, g_ptr_array_new_with_free_func (ptl_hop_free), { 0 } };

  add_hops (&way);
  set_states (&way);
  set_target_state (&way);
  show_opening (&way);
  set_firewall_state (&way);
  return way.hops;
}

const char *
ptl_hop_state_to_words (PtlHopState state)
{
  switch (state)
    {
    case PTL_HOP_OK:
      return C_ ("hop", "Ready");
    case PTL_HOP_BUSY:
      return C_ ("hop", "Working");
    case PTL_HOP_WAITING:
      return C_ ("hop", "Waiting");
    case PTL_HOP_TROUBLE:
      return C_ ("hop", "Trouble");
    case PTL_HOP_OFF:
      return C_ ("hop", "Closed");
    case PTL_HOP_UNKNOWN:
      break;
    }
  return C_ ("hop", "Not checked");
}

const char *
ptl_hop_state_to_icon (PtlHopState state)
{
  switch (state)
    {
    case PTL_HOP_OK:
      return "object-select-symbolic";
    case PTL_HOP_BUSY:
    case PTL_HOP_WAITING:
      return "content-loading-symbolic";
    case PTL_HOP_TROUBLE:
      return "dialog-warning-symbolic";
    case PTL_HOP_OFF:
      return "media-playback-stop-symbolic";
    case PTL_HOP_UNKNOWN:
      break;
    }
  return "dialog-question-symbolic";
}

const char *
ptl_hop_state_to_style (PtlHopState state)
{
  switch (state)
    {
    case PTL_HOP_OK:
      return "success";
    case PTL_HOP_BUSY:
      return "accent";
    case PTL_HOP_TROUBLE:
      return "warning";
    case PTL_HOP_WAITING:
    case PTL_HOP_OFF:
    case PTL_HOP_UNKNOWN:
      break;
    }
  return "dim-label";
}

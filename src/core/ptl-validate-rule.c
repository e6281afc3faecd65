/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>
#include <string.h>

#include "ptl-host.h"
#include "ptl-text.h"
#include "ptl-validate.h"

#define BACKEND_MAX_CHARS 200
#define OVERRIDE_MAX_CHARS 200

static gboolean G_GNUC_PRINTF (3, 4)
    fail (GError **error, const char *advice, const char *format, ...)
{
  g_autofree char *what = NULL;
  va_list args;

  va_start (args, format);
  what = g_strdup_vprintf (format, args);
  va_end (args);
  ptl_error_set (error, PTL_ERROR_INVALID, advice, "%s", what);
  return FALSE;
}

static gboolean
check_texts (const PtlRule *rule, GError **error)
{
  return ptl_validate_text (_ ("The owner"), rule->owner, PTL_OWNER_MAX_CHARS, TRUE, error)
         && ptl_validate_text (_ ("The purpose"), rule->purpose, PTL_PURPOSE_MAX_CHARS, TRUE, error)
         && ptl_validate_text (_ ("The preset"), rule->preset, PTL_NAME_MAX_CHARS, FALSE, error)
         && ptl_validate_text (_ ("The reason for the exception"), rule->override,
                               OVERRIDE_MAX_CHARS, FALSE, error)
         && ptl_validate_text (_ ("The router or relay"), rule->backend, BACKEND_MAX_CHARS, FALSE,
                               error);
}

/* Last: a name that nobody gave is made from the rest, where that is right. */
static gboolean
check_name (const PtlRule *rule, GError **error)
{
  return ptl_validate_text (_ ("The name"), rule->name, PTL_NAME_MAX_CHARS, TRUE, error);
}

static gboolean
check_expiry (gint64 expires, gint64 now, GError **error)
{
  if (expires < now + PTL_EXPIRY_MIN_SECONDS)
    return fail (error, _ ("Choose a later time."),
                 _ ("The time at which the rule should close has already passed."));
  if (expires - now > PTL_EXPIRY_MAX_SECONDS)
    return fail (error, _ ("Choose an earlier end, or make the rule permanent with a review date."),
                 /* Translators: %u is a number of days */
                 _ ("The rule would stay open for more than %u days."),
                 (guint) (PTL_EXPIRY_MAX_SECONDS / (24 * 3600)));
  return TRUE;
}

static gboolean
check_review (gint64 review, gint64 now, GError **error)
{
  if (review <= now)
    return fail (error, _ ("Choose a later date."), _ ("The review date has already passed."));
  if (review - now > PTL_EXPIRY_MAX_SECONDS)
    return fail (error, _ ("Look at every permanent rule at least once a year."),
                 /* Translators: %u is a number of days */
                 _ ("The review date is more than %u days away."),
                 (guint) (PTL_EXPIRY_MAX_SECONDS / (24 * 3600)));
  return TRUE;
}

static gboolean
check_times (const PtlRule *rule, gint64 now, GError **error)
{
  if (rule->expires == 0 && rule->review == 0)
    return fail (error,
                 _ ("Say for how long it should be open, or make it permanent with a review date."),
                 _ ("It is not said when the rule should close."));
  if (rule->expires != 0 && rule->review != 0)
    return fail (error, _ ("Give one of the two."),
                 _ ("A rule has either an end or, when it is permanent, a review date: not both."));
  return rule->expires != 0 ? check_expiry (rule->expires, now, error)
                            : check_review (rule->review, now, error);
}

static gboolean
check_ports (const PtlEndpoint *endpoint, GError **error)
{
  if (endpoint->last < endpoint->first)
    return fail (error, _ ("Write the smaller port first."),
                 /* Translators: two port numbers */
                 _ ("The range %u-%u runs backwards."), endpoint->first, endpoint->last);
  if (endpoint->first == 0 && endpoint->last != 0)
    return fail (error, _ ("Give a port from 1 to 65535."), _ ("Port 0 cannot be used here."));
  if (ptl_endpoint_n_ports (endpoint) > PTL_RANGE_MAX_PORTS)
    return fail (error, _ ("Open only the ports that are needed."),
                 /* Translators: two port numbers, how many they are, and how many are allowed */
                 _ ("The range %u-%u has %u ports; at most %u are allowed."), endpoint->first,
                 endpoint->last, ptl_endpoint_n_ports (endpoint), (guint) PTL_RANGE_MAX_PORTS);
  return TRUE;
}

static gboolean
check_host (const PtlEndpoint *endpoint, GError **error)
{
  g_autofree char *shown = NULL;

  if (endpoint->host == NULL || ptl_host_is_valid (endpoint->host))
    return TRUE;
  shown = ptl_text_make_safe (endpoint->host, -1, PTL_NAME_MAX_CHARS);
  return fail (error, _ ("Give a name like nas.lan or an address like 192.168.1.5."),
               /* Translators: %s is what was given */
               _ ("“%s” is neither a host name nor an address."), shown);
}

static gboolean
check_path (const PtlEndpoint *target, GError **error)
{
  g_autofree char *text = NULL;
  g_autoptr (PtlEndpoint) again = NULL;

  if (target->host != NULL || target->first != 0 || target->last != 0)
    return fail (error, _ ("Give one of the two."),
                 _ ("The target is either a unix socket or an address and port: not both."));
  if ((target->protocol & PTL_PROTOCOL_UDP) != 0)
    return fail (error, _ ("Choose TCP, or give an address and port."),
                 _ ("A unix socket cannot take UDP."));
  text = ptl_endpoint_to_string (target);
  again = ptl_endpoint_parse (text, target->protocol, error);
  return again != NULL;
}

static gboolean
check_target (const PtlRule *rule, GError **error)
{
  const PtlEndpoint *target = rule->target;

  if (target == NULL)
    return fail (error, _ ("Say where the rule should lead, like 192.168.1.5:8080."),
                 _ ("The target is missing."));
  if (target->path != NULL)
    return check_path (target, error);
  if (target->host == NULL)
    return fail (error, _ ("Say which device the rule should lead to, like 192.168.1.5:8080."),
                 _ ("The target's address is missing."));
  if (target->first == 0 && target->last == 0)
    return fail (error, _ ("Say which port the program listens on."),
                 _ ("The target's port is missing."));
  return check_host (target, error) && check_ports (target, error);
}

static gboolean
check_public (const PtlRule *rule, GError **error)
{
  const PtlEndpoint *public = rule->public_endpoint;

  if (public == NULL)
    return fail (error, NULL, _ ("The public endpoint is missing."));
  if (public->path != NULL)
    return fail (error, _ ("Give an address and port to listen on."),
                 _ ("A unix socket can only be a target."));
  return check_host (public, error) && check_ports (public, error);
}

static gboolean
check_protocol (const PtlRule *rule, GError **error)
{
  PtlProtocol protocol = rule->public_endpoint->protocol;

  if (protocol < PTL_PROTOCOL_TCP || protocol > PTL_PROTOCOL_BOTH)
    return fail (error, _ ("Say tcp, udp or both."), _ ("The protocol is missing."));
  if (rule->target->protocol != protocol)
    return fail (error, _ ("Use the same protocol on both sides."),
                 _ ("The target's protocol is not that of the rule."));
  return TRUE;
}

static gboolean
check_lengths (const PtlRule *rule, GError **error)
{
  guint outside = ptl_endpoint_n_ports (rule->public_endpoint);
  guint inside = ptl_endpoint_n_ports (rule->target);

  if (rule->target->path != NULL && outside > 1)
    return fail (error, _ ("Use one port."),
                 _ ("A range of ports cannot lead to one unix socket."));
  if (rule->target->path != NULL || outside == inside)
    return TRUE;
  if (outside == 0 && inside > 1)
    return fail (error, _ ("Say which ports should be used outside."),
                 _ ("For a range of ports the free ones cannot be chosen automatically."));
  if (outside == 0)
    return TRUE;
  return fail (error, _ ("Make both ranges equally long."),
               /* Translators: two numbers of ports */
               _ ("The numbers of ports differ: %u outside, %u at the target."), outside, inside);
}

static gboolean
check_way (const PtlRule *rule, GError **error)
{
  PtlWay way = rule->way;

  if (rule->kind == PTL_KIND_FORWARD && way != PTL_WAY_AUTO)
    return fail (error, _ ("Leave the way out."),
                 /* Translators: %s is a word like guarded */
                 _ ("A forward has one way only: “%s” does not fit it."), ptl_way_to_string (way));
  if (rule->kind == PTL_KIND_MAPPING && way != PTL_WAY_GUARDED && way != PTL_WAY_DIRECT)
    return fail (error, _ ("Say guarded or direct."),
                 /* Translators: %s is a word like remote */
                 _ ("A mapping is guarded or direct: “%s” does not fit it."),
                 ptl_way_to_string (way));
  if (rule->kind == PTL_KIND_TUNNEL && way != PTL_WAY_REMOTE && way != PTL_WAY_LOCAL)
    return fail (error, _ ("Say remote or local."),
                 /* Translators: %s is a word like guarded */
                 _ ("A tunnel is remote or local: “%s” does not fit it."), ptl_way_to_string (way));
  return TRUE;
}

static gboolean
check_listen (const PtlEndpoint *public, GError **error)
{
  guint8 bytes[16];
  guint8 family = ptl_address_parse (public->host, bytes);

  if (public->host == NULL)
    return fail (error, _ ("Say 127.0.0.1 for this computer alone."),
                 _ ("The address to listen on is missing."));
  if (family == 0)
    return fail (error,
                 _ ("Say 127.0.0.1 for this computer alone, or an address of this computer."),
                 /* Translators: %s is a host name */
                 _ ("It is not possible to listen on the name “%s”."), public->host);
  if ((family == 4 && bytes[0] >= 0xe0) || (family == 6 && bytes[0] == 0xff))
    return fail (error,
                 _ ("Say 127.0.0.1 for this computer alone, or an address of this computer."),
                 /* Translators: %s is an address */
                 _ ("%s belongs to no single device: it is not possible to listen on it."),
                 public->host);
  return TRUE;
}

static gboolean
overlaps_host (const PtlEndpoint *listen, const PtlEndpoint *target)
{
  if (ptl_host_equal (listen->host, target->host))
    return TRUE;
  if (ptl_host_is_wildcard (listen->host))
    return ptl_host_is_loopback (target->host) || ptl_host_is_wildcard (target->host);
  /* Sending to the wildcard address reaches this computer. */
  if (ptl_host_is_wildcard (target->host))
    return ptl_host_is_loopback (listen->host);
  return ptl_host_is_loopback (listen->host) && !ptl_host_is_address (target->host)
         && ptl_host_is_loopback (target->host);
}

static gboolean
check_loop (const PtlEndpoint *listen, const PtlEndpoint *target, GError **error)
{
  if (target->path != NULL || listen->first == 0 || (listen->protocol & target->protocol) == 0)
    return TRUE;
  if (listen->last < target->first || target->last < listen->first
      || !overlaps_host (listen, target))
    return TRUE;
  return fail (error, _ ("Listen on another port."),
               _ ("The rule would lead to itself: it listens on its own target."));
}

static gboolean
check_forward (const PtlRule *rule, GError **error)
{
  if (*rule->backend != '\0' && strcmp (rule->backend, "engine") != 0)
    return fail (error, _ ("Choose a mapping or a tunnel for that."),
                 _ ("A forward does not use a router or a relay."));
  return check_listen (rule->public_endpoint, error)
         && check_loop (rule->public_endpoint, rule->target, error);
}

static gboolean
check_direct (const PtlRule *rule, GError **error)
{
  const PtlEndpoint *target = rule->target;

  if (target->path != NULL)
    return fail (error, _ ("Make the mapping guarded."),
                 _ ("A router cannot lead to a unix socket directly."));
  if (ptl_host_is_loopback (target->host))
    return fail (error,
                 _ ("Make the mapping guarded, or give this computer's address in the network."),
                 /* Translators: %s is an address like 127.0.0.1 */
                 _ ("A router cannot reach %s: that address means the router itself there."),
                 target->host);
  if (!ptl_host_is_address (target->host))
    return fail (error, _ ("Give the device's address, or make the mapping guarded."),
                 /* Translators: %s is a host name */
                 _ ("A router cannot be given the name “%s”."), target->host);
  if (ptl_audience_get_n_networks (rule->audience) > 1
      || ptl_audience_get_n_denied (rule->audience) > 0)
    return fail (error, _ ("Make the mapping guarded, or allow one network only."),
                 _ ("With a direct mapping the router lets in one network or anyone, not a list."));
  return TRUE;
}

static gboolean
check_family (const PtlRule *rule, GError **error)
{
  gboolean to_v6 = rule->target->host != NULL && strchr (rule->target->host, ':') != NULL;

  if (rule->kind != PTL_KIND_MAPPING && rule->family != PTL_FAMILY_AUTO)
    return fail (error, _("Leave it out, or open a mapping."),
                 _("Only a mapping can be kept to IPv4 or IPv6."));
  if (rule->kind == PTL_KIND_MAPPING && rule->way == PTL_WAY_DIRECT && to_v6
      && rule->family != PTL_FAMILY_IPV6)
    return fail (error, _("Choose IPv6 alone, make the mapping guarded, or give the device's IPv4 address."),
                 /* Translators: %s is an IPv6 address */
                 _("An IPv4 mapping cannot lead straight to the IPv6 address %s."), rule->target->host);
  return TRUE;
}

static gboolean
check_mapping (const PtlRule *rule, GError **error)
{
  if (rule->state == PTL_RULE_STATE_REQUESTED && rule->public_endpoint->host != NULL)
    return fail (error, _ ("Give the port alone, like :25565."),
                 _ ("The public address of a mapping is the router's and cannot be chosen."));
  if (strcmp (rule->backend, "engine") == 0)
    return fail (error, _ ("Leave the router out to use the default one."),
                 _ ("A mapping needs a router."));
  return rule->way != PTL_WAY_DIRECT || check_direct (rule, error);
}

static gboolean
check_tunnel_ports (const PtlRule *rule, GError **error)
{
  if (rule->public_endpoint->protocol != PTL_PROTOCOL_TCP)
    return fail (error, _ ("Choose TCP, or open a mapping."),
                 _ ("A tunnel through ssh carries TCP only."));
  if (ptl_endpoint_n_ports (rule->public_endpoint) > 1 || ptl_endpoint_n_ports (rule->target) > 1)
    return fail (error, _ ("Open one tunnel for each port."),
                 _ ("A tunnel carries one port, not a range."));
  if (rule->way == PTL_WAY_LOCAL && rule->public_endpoint->first == 0)
    return fail (error, _ ("Say which port should be listened on, like 127.0.0.1:8080."),
                 _ ("The port to listen on is missing."));
  return TRUE;
}

static gboolean
check_tunnel (const PtlRule *rule, GError **error)
{
  if (*rule->backend == '\0' || strcmp (rule->backend, "engine") == 0)
    return fail (error, _ ("Name the server that the tunnel should run to."),
                 _ ("The relay is missing."));
  if (!check_tunnel_ports (rule, error))
    return FALSE;
  if (rule->way == PTL_WAY_LOCAL && !check_listen (rule->public_endpoint, error))
    return FALSE;
  /* Through ssh every connection comes from the relay: who is behind it cannot be seen. */
  if (!ptl_audience_is_anyone (rule->audience))
    return fail (error,
                 _ ("Let the relay's firewall decide who may connect, or open a guarded mapping."),
                 _ ("A tunnel cannot see who connects, so it cannot keep to a list of networks."));
  return TRUE;
}

/* Only what goes through the engine can be limited. */
static gboolean
check_options (const PtlRule *rule, GError **error)
{
  if (ptl_options_is_plain (rule->options))
    return TRUE;
  if (rule->kind == PTL_KIND_TUNNEL)
    return fail (error, _ ("Leave them out, or open a forward and lead the tunnel to it."),
                 _ ("Limits and further targets do not work with a tunnel: ssh carries it."));
  if (rule->kind == PTL_KIND_MAPPING && rule->way == PTL_WAY_DIRECT)
    return fail (error, _ ("Make the mapping guarded, or leave them out."),
                 _ ("Limits and further targets do not work with a direct mapping: the router "
                    "carries it."));
  return ptl_options_check (rule->options, ptl_rule_get_protocol (rule), rule->target, error);
}

static gboolean
check_kind (const PtlRule *rule, GError **error)
{
  switch (rule->kind)
    {
    case PTL_KIND_FORWARD:
      return check_forward (rule, error);
    case PTL_KIND_TUNNEL:
      return check_tunnel (rule, error);
    case PTL_KIND_MAPPING:
      return check_mapping (rule, error);
    default:
      return fail (error, _ ("Say forward, tunnel or mapping."),
                   _ ("The kind of rule is missing."));
    }
}

gboolean
ptl_rule_validate (const PtlRule *rule, gint64 now, GError **error)
{
  return check_texts (rule, error) && check_times (rule, now, error) && check_public (rule, error)
         && check_target (rule, error) && check_protocol (rule, error) && check_way (rule, error)
         && check_lengths (rule, error) && check_family (rule, error) && check_kind (rule, error)
         && check_options (rule, error) && check_name (rule, error);
}

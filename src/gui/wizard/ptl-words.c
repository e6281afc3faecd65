/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-words.h"

#include <glib/gi18n-lib.h>

#include "gui/fields/ptl-option-words.h"
#include "gui/ptl-format.h"

static const char *
protocol_name (PtlProtocol protocol)
{
  switch (protocol)
    {
    case PTL_PROTOCOL_UDP:
      return "UDP";
    case PTL_PROTOCOL_BOTH:
      return _ ("TCP and UDP");
    case PTL_PROTOCOL_TCP:
    case PTL_PROTOCOL_NONE:
    default:
      return "TCP";
    }
}

char *
ptl_words_ports (PtlProtocol protocol, guint16 first, guint16 last)
{
  if (last <= first)
    /* Translators: a port number, then the protocol: "port 25565 (TCP)" */
    return g_strdup_printf (_ ("port %u (%s)"), first, protocol_name (protocol));
  /* Translators: two port numbers, then the protocol: "ports 2456 to 2457 (UDP)" */
  return g_strdup_printf (_ ("ports %u to %u (%s)"), first, last, protocol_name (protocol));
}

/* The outside ports of all plans: "port 7777 (TCP and UDP) and port 8888 (TCP)". */
static char *
list_ports (GPtrArray *plans)
{
  g_autoptr (GString) list = g_string_new (NULL);

  for (guint i = 0; i < plans->len; i++)
    {
      const PtlRule *plan = plans->pdata[i];
      const PtlEndpoint *outside = plan->public_endpoint;
      g_autofree char *ports = NULL;

      if (outside == NULL || outside->first == 0)
        /* Translators: %s is a protocol */
        ports = g_strdup_printf (_ ("any free port (%s)"),
                                 protocol_name (ptl_rule_get_protocol (plan)));
      else
        ports = ptl_words_ports (outside->protocol, outside->first, outside->last);
      if (i > 0)
        /* Translators: between two ports in a list: "port 7777 (UDP) and port 8888 (TCP)" */
        g_string_append (list, i + 1 == plans->len ? _ (" and ") : ", ");
      g_string_append (list, ports);
    }
  return g_string_free (g_steal_pointer (&list), FALSE);
}

static char *
words_until (const PtlRule *plan, gint64 now)
{
  g_autofree char *time
      = ptl_format_time (ptl_rule_is_permanent (plan) ? plan->review : plan->expires, now);
  g_autofree char *length = NULL;

  if (ptl_rule_is_permanent (plan))
    /* Translators: %s is a date; stands after "From now" */
    return g_strdup_printf (_ ("without an end (to be looked at again %s)"), time);
  length = ptl_format_duration_long (plan->expires - now);
  /* Translators: a time, then a length of time: "until today 21:30 (3 hours)"; stands after "From
   * now" */
  return g_strdup_printf (_ ("until %s (%s)"), time, length);
}

static gboolean
is_for_strangers (const PtlRule *plan)
{
  return plan->audience == NULL || ptl_audience_get_n_networks (plan->audience) == 0;
}

/* Takes @who. */
static char *
except_denied (const PtlRule *plan, char *who)
{
  g_autofree char *owned = who;
  g_autofree char *denied = NULL;

  if (plan->audience == NULL || ptl_audience_get_n_denied (plan->audience) == 0)
    return g_steal_pointer (&owned);
  denied = ptl_format_denied (plan->audience);
  /* Translators: 1 who may connect, as in "anyone who has the address"; 2 a list of networks */
  return g_strdup_printf (_ ("%1$s (but nobody from %2$s)"), owned, denied);
}

static char *
words_who (const PtlRule *plan)
{
  g_autofree char *networks = NULL, *who = NULL;

  if (is_for_strangers (plan))
    return except_denied (plan, g_strdup (_ ("anyone who has the address")));
  networks = ptl_format_networks (plan->audience);
  /* Translators: %s is a list of networks, as in "10.0.0.0/8, 192.0.2.7/32" */
  who = g_strdup_printf (_ ("only those who come from %s"), networks);
  return except_denied (plan, g_steal_pointer (&who));
}

static char *
words_target (const PtlRule *plan)
{
  const PtlEndpoint *target = plan->target;

  if (target == NULL)
    return g_strdup (_ ("this computer"));
  if (target->path != NULL)
    return g_strdup (target->path);
  if (target->host == NULL || ptl_host_is_loopback (target->host))
    return g_strdup (_ ("this computer"));
  return g_strdup (target->host);
}

static char *
words_endpoint (const PtlEndpoint *endpoint)
{
  return endpoint != NULL ? ptl_endpoint_to_string (endpoint) : g_strdup ("");
}

static char *
plan_mapping (GPtrArray *plans, const char *name, gint64 now)
{
  const PtlRule *plan = plans->pdata[0];
  g_autofree char *until = words_until (plan, now);
  g_autofree char *who = words_who (plan);
  g_autofree char *where = words_target (plan);
  g_autofree char *ports = list_ports (plans);

  /* Translators: 1 until when, 2 who, 3 name of the game or service, 4 "this computer" or an
   * address, 5 ports. "From now until today 21:30 (3 hours), anyone who has the address can reach
   * “Minecraft” on this computer from the internet: the router opens port 25565 (TCP)." */
  return g_strdup_printf (_ ("From now %1$s, %2$s can reach “%3$s” on %4$s from the internet: the "
                             "router opens %5$s."),
                          until, who, name, where, ports);
}

/* A listen address that only this computer's own programs can reach speaks of no audience. */
static char *
who_reaches (const PtlRule *plan)
{
  const PtlEndpoint *listen = plan->public_endpoint;

  if (listen == NULL || listen->host == NULL || ptl_host_is_loopback (listen->host))
    return g_strdup (_ ("programs on this computer"));
  return is_for_strangers (plan)
             ? except_denied (plan, g_strdup (_ ("everyone in your network")))
             : words_who (plan);
}

static char *
plan_forward (const PtlRule *plan, gint64 now)
{
  g_autofree char *until = words_until (plan, now);
  g_autofree char *who = who_reaches (plan);
  g_autofree char *target = words_endpoint (plan->target);
  g_autofree char *listen = words_endpoint (plan->public_endpoint);

  /* Translators: 1 until when, 2 who, 3 the target's address and port, 4 the address and port here,
   * 5 protocol. */
  return g_strdup_printf (_ ("From now %1$s, %2$s can reach %3$s by connecting to %4$s (%5$s)."),
                          until, who, target, listen, protocol_name (ptl_rule_get_protocol (plan)));
}

static char *
plan_tunnel (const PtlRule *plan, const char *relay, gint64 now)
{
  g_autofree char *until = words_until (plan, now);
  g_autofree char *target = words_endpoint (plan->target);
  g_autofree char *listen = words_endpoint (plan->public_endpoint);
  g_autofree char *who = NULL;

  if (plan->way == PTL_WAY_LOCAL)
    {
      who = who_reaches (plan);
      /* Translators: 1 until when, 2 who, 3 the target's address and port, 4 the server's name, 5
       * the address and port on this computer. */
      return g_strdup_printf (_ ("From now %1$s, %2$s can reach %3$s through the server “%4$s” by "
                                 "connecting to %5$s."),
                              until, who, target, relay, listen);
    }
  if (plan->public_endpoint != NULL && plan->public_endpoint->host != NULL
      && ptl_host_is_loopback (plan->public_endpoint->host))
    who = g_strdup (_ ("programs on the server"));
  else
    who = words_who (plan);
  if (plan->public_endpoint == NULL || plan->public_endpoint->first == 0)
    /* Translators: 1 until when, 2 who, 3 the target's address and port, 4 the server's name. */
    return g_strdup_printf (_ ("From now %1$s, %2$s can reach %3$s through the server “%4$s”, at a "
                               "port that it picks."),
                            until, who, target, relay);
  /* Translators: 1 until when, 2 who, 3 the target's address and port, 4 the server's name, 5 a
   * port number. */
  return g_strdup_printf (_ ("From now %1$s, %2$s can reach %3$s through the server “%4$s”, at its "
                             "port %5$u."),
                          until, who, target, relay, plan->public_endpoint->first);
}

static char *
plan_kind (GPtrArray *plans, const char *name, const char *relay, gint64 now)
{
  const PtlRule *first = plans->pdata[0];

  switch (first->kind)
    {
    case PTL_KIND_MAPPING:
      return plan_mapping (plans, name, now);
    case PTL_KIND_FORWARD:
      return plan_forward (first, now);
    case PTL_KIND_TUNNEL:
    default:
      return plan_tunnel (first, relay != NULL ? relay : "", now);
    }
}

char *
ptl_words_plan (GPtrArray *plans, const char *name, const char *relay, gint64 now)
{
  g_autofree char *sentence = NULL, *options = NULL;

  g_return_val_if_fail (plans != NULL && plans->len > 0, NULL);
  sentence = plan_kind (plans, name, relay, now);
  options = ptl_options_describe (((const PtlRule *) plans->pdata[0])->options);
  if (*options == '\0')
    return g_steal_pointer (&sentence);
  /* Translators: 1 what will be done, a sentence; 2 limits and the like that the person has set, as
   * in "at most 8 connections at a time, 2 of one address" */
  return g_strdup_printf (_ ("%1$s As you have set: %2$s."), sentence, options);
}

const char *
ptl_words_ending (GPtrArray *plans)
{
  const PtlRule *first;

  g_return_val_if_fail (plans != NULL && plans->len > 0, NULL);
  first = plans->pdata[0];
  if (first->kind == PTL_KIND_MAPPING && first->way == PTL_WAY_DIRECT)
    return ptl_rule_is_permanent (first)
               ? _ ("It stays open until you close it. The router leads straight to the target: "
                    "who is let in and "
                    "how long a connection lives is up to the target and the router.")
               : _ ("When the time is over the router closes the port. It leads straight to the "
                    "target, so "
                    "connections that are already running may go on until one side ends them.");
  if (ptl_rule_is_permanent (first))
    return _ ("It stays open, also after a restart, until you close it. Then every connection on "
              "it is cut.");
  return _ ("When the time is over it closes by itself, and every connection still on it is cut.");
}

char *
ptl_words_stranger (PtlHarm harm, gboolean anyone, const char *risky)
{
  if (!anyone)
    return g_strdup (_ ("A stranger from elsewhere is turned away before a word is exchanged, and "
                        "counted."));
  if (risky != NULL)
    /* Translators: %s is the name of a service, as in "Redis". */
    return g_strdup_printf (_ ("Scanners find it within minutes, and %s is what they look for: a "
                               "stranger could read or "
                               "change what is in it, or take over the computer."),
                            risky);
  switch (harm)
    {
    case PTL_HARM_JOIN:
      return g_strdup (_ ("A stranger who finds the port can knock and try to join, nothing more. "
                          "A password or a guest list in the program keeps out who is not meant."));
    case PTL_HARM_READ:
      return g_strdup (_ ("Scanners find an open port within minutes. A stranger could see what is "
                          "meant for few, "
                          "unless the program asks for a login."));
    case PTL_HARM_CHANGE:
      return g_strdup (_ ("Scanners find an open port within minutes. A stranger could change "
                          "things, or take over "
                          "the computer, if the login is weak or missing."));
    case PTL_HARM_UNSAID:
    default:
      return g_strdup (_ ("Think of the worst that someone you do not know could do with it. If "
                          "you cannot say, "
                          "do not open it."));
    }
}

const char *
ptl_words_better_way (PtlHarm harm, gboolean anyone, PtlKind kind)
{
  if (!anyone || kind == PTL_KIND_FORWARD)
    return NULL;
  if (kind == PTL_KIND_TUNNEL && harm == PTL_HARM_READ)
    return _ ("The better way: let the tunnel end at the server itself, behind a web server there "
              "that asks for a login "
              "and speaks HTTPS.");
  if (kind == PTL_KIND_TUNNEL && harm == PTL_HARM_CHANGE)
    return _ ("The better way: a VPN such as WireGuard, or a tunnel that ends at the server "
              "itself. Then only people you "
              "know get near it, and nothing is open to strangers.");
  if (harm == PTL_HARM_CHANGE)
    return _ ("The better way: a VPN such as WireGuard. Then only people you know get near it, and "
              "nothing is open "
              "to strangers. If it must be open, name the networks that may connect.");
  if (harm == PTL_HARM_READ)
    return _ ("The better way: name the networks that may connect, or put a web server before it "
              "that asks for a login "
              "and speaks HTTPS.");
  return NULL;
}

char *
ptl_words_address (const PtlRule *rule)
{
  const PtlEndpoint *endpoint = rule->public_endpoint;

  char *named = ptl_rule_dup_named_endpoint (rule);

  if (named != NULL)
    return named;
  if (endpoint == NULL)
    return g_strdup ("");
  if (endpoint->path == NULL && endpoint->host == NULL)
    return ptl_words_ports (endpoint->protocol, endpoint->first, endpoint->last);
  return ptl_endpoint_to_string (endpoint);
}

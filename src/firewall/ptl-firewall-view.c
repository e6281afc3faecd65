/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-firewall-view.h"

#include <glib/gi18n-lib.h>
#include <string.h>

const char *
ptl_firewall_kind_to_string (PtlFirewallKind kind)
{
  static const char *const names[] = { "none", "firewalld", "ufw", "nftables" };

  return names[kind];
}

const char *
ptl_firewall_verdict_to_string (PtlFirewallVerdict verdict)
{
  static const char *const names[] = { "unknown", "open", "blocked", "some" };

  return names[verdict];
}

PtlFirewallView *
ptl_firewall_view_new (PtlProtocol protocol, guint16 first, guint16 last)
{
  PtlFirewallView *self = g_new0 (PtlFirewallView, 1);

  self->protocol = protocol;
  self->first = first;
  self->last = last;
  self->ipv4.who = g_strdup ("");
  self->ipv6.who = g_strdup ("");
  self->command = g_strdup ("");
  self->zone = g_strdup ("");
  self->container = g_strdup ("");
  self->unseen = g_strdup ("");
  return self;
}

PtlFirewallView *
ptl_firewall_view_copy (const PtlFirewallView *self)
{
  PtlFirewallView *copy = g_memdup2 (self, sizeof *self);

  copy->ipv4.who = g_strdup (self->ipv4.who);
  copy->ipv6.who = g_strdup (self->ipv6.who);
  copy->command = g_strdup (self->command);
  copy->zone = g_strdup (self->zone);
  copy->container = g_strdup (self->container);
  copy->unseen = g_strdup (self->unseen);
  return copy;
}

void
ptl_firewall_view_free (PtlFirewallView *self)
{
  g_free (self->ipv4.who);
  g_free (self->ipv6.who);
  g_free (self->command);
  g_free (self->zone);
  g_free (self->container);
  g_free (self->unseen);
  g_free (self);
}

void
ptl_firewall_view_settle (PtlFirewallView *self)
{
  const PtlFirewallSide *a = &self->ipv4, *b = &self->ipv6;

  if (a->asked && b->asked)
    self->verdict = a->verdict == b->verdict ? a->verdict : PTL_FIREWALL_SOME;
  else if (a->asked || b->asked)
    self->verdict = a->asked ? a->verdict : b->verdict;
}

static void
join_side (PtlFirewallSide *self, const PtlFirewallSide *other)
{
  if (self->asked || !other->asked)
    return;
  g_free (self->who);
  *self = *other;
  self->who = g_strdup (other->who);
}

void
ptl_firewall_view_join (PtlFirewallView *self, const PtlFirewallView *other)
{
  g_autofree char *command = NULL;

  if (self->kind != other->kind)
    return;
  join_side (&self->ipv4, &other->ipv4);
  join_side (&self->ipv6, &other->ipv6);
  ptl_firewall_view_settle (self);
  self->shut = self->shut || other->shut;
  if (*other->command == '\0' || strstr (self->command, other->command) != NULL)
    return;
  command = g_strconcat (self->command, *self->command != '\0' ? " && " : "", other->command, NULL);
  g_free (self->command);
  self->command = g_steal_pointer (&command);
}

static char *
dup_ports (guint first, guint last)
{
  return first == last ? g_strdup_printf ("%u", first) : g_strdup_printf ("%u-%u", first, last);
}

char *
ptl_firewall_view_dup_ports (const PtlFirewallView *self)
{
  return dup_ports (self->first, self->last);
}

static const char *
protocol_words (const PtlFirewallView *self)
{
  if (self->protocol == PTL_PROTOCOL_BOTH)
    return _("TCP and UDP");
  return self->protocol == PTL_PROTOCOL_UDP ? "UDP" : "TCP";
}

static const char *
kind_words (const PtlFirewallView *self)
{
  switch (self->kind)
    {
    case PTL_FIREWALL_FIREWALLD:
      return "firewalld";
    case PTL_FIREWALL_UFW:
      return "ufw";
    case PTL_FIREWALL_NFTABLES:
      return "nftables";
    case PTL_FIREWALL_NONE:
    default:
      return "";
    }
}

/* As @self says in words. (transfer full) */
static char *
describe (const PtlFirewallView *self, const PtlFirewallSide *side)
{
  g_autofree char *ports = dup_ports (side->first, side->last);
  const char *kind = kind_words (self), *protocol = protocol_words (self), *who = side->who;

  switch (side->verdict)
    {
    case PTL_FIREWALL_OPEN:
      /* Translators: a firewall, "TCP", a port or a range of them */
      return g_strdup_printf (_("This computer's firewall (%s) lets %s port %s in."), kind, protocol, ports);
    case PTL_FIREWALL_SOME:
      /* Translators: a firewall, "TCP", a port or a range of them, and networks or "anyone but" networks */
      return g_strdup_printf (_("This computer's firewall (%s) lets %s port %s in only for %s."), kind, protocol, ports, who);
    case PTL_FIREWALL_BLOCKED:
      if (*who != '\0')
        return g_strdup_printf (
            /* Translators: a firewall, "TCP", a port or a range of them, and networks or "anyone but" networks */
            _("This computer's firewall (%s) lets %s port %s in only for %s, not for those whom it is meant for."), kind,
            protocol, ports, who);
      /* Translators: a firewall, "TCP", a port or a range of them */
      return g_strdup_printf (_("This computer's firewall (%s) keeps %s port %s out."), kind, protocol, ports);
    case PTL_FIREWALL_UNKNOWN:
    default:
      /* Translators: a firewall, "TCP", a port or a range of them */
      return g_strdup_printf (_("This computer's firewall (%s) is on; whether it lets %s port %s in cannot be seen without "
                                "an administrator's rights."),
                              kind, protocol, ports);
    }
}

static gboolean
is_nobody (const PtlFirewallSide *side)
{
  return side->verdict == PTL_FIREWALL_BLOCKED && *side->who == '\0';
}

/* Whether both can be said in one sentence: they are alike, or each lets in some. */
static gboolean
is_one_answer (const PtlFirewallSide *a, const PtlFirewallSide *b)
{
  return a->first == b->first && a->last == b->last &&
         (a->verdict == b->verdict || (a->verdict == PTL_FIREWALL_SOME && is_nobody (b)) ||
          (b->verdict == PTL_FIREWALL_SOME && is_nobody (a)));
}

/* Where IPv4 and IPv6 are two answers, both are said. (transfer full) */
static char *
describe_sides (const PtlFirewallView *self)
{
  const PtlFirewallSide *a = &self->ipv4, *b = &self->ipv6;
  PtlFirewallSide both = { TRUE, self->verdict, self->first, self->last, (char *) "" };
  g_autofree char *who = NULL;
  g_autofree char *by_ipv4 = NULL;
  g_autofree char *by_ipv6 = NULL;

  if (!a->asked || !b->asked)
    return describe (self, a->asked ? a : b->asked ? b : &both);
  if (is_one_answer (a, b))
    {
      who = g_strconcat (a->who, *a->who != '\0' && *b->who != '\0' ? ", " : "", b->who, NULL);
      both.who = who;
      return describe (self, &both);
    }
  by_ipv4 = describe (self, a);
  by_ipv6 = describe (self, b);
  /* Translators: two sentences */
  return g_strdup_printf (_("By IPv4: %s By IPv6: %s"), by_ipv4, by_ipv6);
}

char *
ptl_firewall_view_dup_message (const PtlFirewallView *self)
{
  g_autofree char *ports = ptl_firewall_view_dup_ports (self);

  if (*self->container != '\0')
    /* Translators: the first %s is like "Docker: web", the second a port or a range of them */
    return g_strdup_printf (_("%s publishes port %s past this computer's firewall, whatever that says."), self->container, ports);
  if (self->kind == PTL_FIREWALL_NONE && self->verdict == PTL_FIREWALL_OPEN)
    return g_strdup (_("This computer has no firewall that keeps it out."));
  if (self->kind == PTL_FIREWALL_NONE)
    return g_strdup (_("Whether this computer has a firewall cannot be seen without an administrator's rights."));
  return describe_sides (self);
}

static gboolean
may_be_kept_out (const PtlFirewallView *self)
{
  return *self->container == '\0' && self->kind != PTL_FIREWALL_NONE && self->verdict != PTL_FIREWALL_OPEN;
}

char *
ptl_firewall_view_dup_advice (const PtlFirewallView *self)
{
  if (!may_be_kept_out (self))
    return g_strdup (self->unseen);
  if (self->shut && *self->command == '\0')
    return g_strdup (_("A rich rule, a policy or a zone that turns away on purpose comes first in firewalld: an administrator "
                       "has to change that."));
  if (self->verdict == PTL_FIREWALL_SOME)
    return g_strdup (_("Have an administrator run the command, or nobody else gets through."));
  if (self->verdict == PTL_FIREWALL_UNKNOWN)
    return g_strdup (_("Where nobody gets through, have an administrator run the command."));
  return g_strdup (_("Have an administrator run the command, or nobody gets through."));
}

static void
add_command (GString *commands, const PtlFirewallView *self, const char *protocol, const char *ports)
{
  const char *between = commands->len > 0 ? " && " : "";

  if (self->kind == PTL_FIREWALL_UFW)
    {
      g_autofree char *colon = g_strdelimit (g_strdup (ports), "-", ':');

      g_string_append_printf (commands, "%ssudo ufw allow %s/%s", between, colon, protocol);
    }
  else
    g_string_append_printf (commands, "%ssudo nft insert rule %s %s dport %s accept", between, self->zone, protocol, ports);
}

char *
ptl_firewall_view_dup_command (const PtlFirewallView *self)
{
  g_autoptr (GString) commands = g_string_new (NULL);
  g_autofree char *ports = ptl_firewall_view_dup_ports (self);

  if (self->kind == PTL_FIREWALL_FIREWALLD)
    return g_strdup (may_be_kept_out (self) ? self->command : "");
  if (may_be_kept_out (self) && (self->protocol & PTL_PROTOCOL_TCP) != 0)
    add_command (commands, self, "tcp", ports);
  if (may_be_kept_out (self) && (self->protocol & PTL_PROTOCOL_UDP) != 0)
    add_command (commands, self, "udp", ports);
  return g_string_free (g_steal_pointer (&commands), FALSE);
}

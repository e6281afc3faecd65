/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-firewall-opening.h"

#include <string.h>

PtlFirewallOpening *
ptl_firewall_opening_new (const char *zone, PtlProtocol protocol, guint16 first, guint16 last, const char *source)
{
  PtlFirewallOpening *self = g_new0 (PtlFirewallOpening, 1);

  self->zone = g_strdup (zone);
  self->protocol = protocol;
  self->first = first;
  self->last = last;
  self->source = g_strdup (source);
  return self;
}

PtlFirewallOpening *
ptl_firewall_opening_copy (const PtlFirewallOpening *self)
{
  return ptl_firewall_opening_new (self->zone, self->protocol, self->first, self->last, self->source);
}

void
ptl_firewall_opening_free (PtlFirewallOpening *self)
{
  g_free (self->zone);
  g_free (self->source);
  g_free (self);
}

gboolean
ptl_firewall_opening_equal (const PtlFirewallOpening *a, const PtlFirewallOpening *b)
{
  return a->protocol == b->protocol && a->first == b->first && a->last == b->last && g_str_equal (a->zone, b->zone) &&
         g_str_equal (a->source, b->source);
}

char *
ptl_firewall_opening_dup_ports (const PtlFirewallOpening *self)
{
  return self->first == self->last ? g_strdup_printf ("%u", self->first)
                                   : g_strdup_printf ("%u-%u", self->first, self->last);
}

char *
ptl_firewall_opening_dup_rich_rule (const PtlFirewallOpening *self)
{
  g_autofree char *ports = ptl_firewall_opening_dup_ports (self);

  if (*self->source == '\0')
    return NULL;
  return g_strdup_printf ("rule family=\"%s\" source address=\"%s\" port port=\"%s\" protocol=\"%s\" accept",
                          strchr (self->source, ':') != NULL ? "ipv6" : "ipv4", self->source, ports,
                          ptl_protocol_to_string (self->protocol));
}

char *
ptl_firewall_opening_dup_command (const PtlFirewallOpening *self)
{
  g_autofree char *ports = ptl_firewall_opening_dup_ports (self);
  g_autofree char *rule = ptl_firewall_opening_dup_rich_rule (self);

  if (rule != NULL)
    return g_strdup_printf ("sudo firewall-cmd --zone=%s --add-rich-rule='%s'", self->zone, rule);
  return g_strdup_printf ("sudo firewall-cmd --zone=%s --add-port=%s/%s", self->zone, ports,
                          ptl_protocol_to_string (self->protocol));
}

char *
ptl_firewall_opening_to_string (const PtlFirewallOpening *self)
{
  g_autofree char *ports = ptl_firewall_opening_dup_ports (self);

  return g_strconcat (ports, "/", ptl_protocol_to_string (self->protocol), " in zone ", self->zone,
                      *self->source != '\0' ? " for " : "", self->source, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ptl-endpoint.h"

G_BEGIN_DECLS

/**
 * PtlFirewallOpening:
 *
 * One thing that a zone of firewalld lets in: ports of one protocol, from anyone or from one network. Plain data.
 */
typedef struct
{
  char *zone;
  PtlProtocol protocol; /* TCP or UDP */
  guint16 first;
  guint16 last;
  char *source; /* "192.0.2.0/24"; "" = anyone */
} PtlFirewallOpening;

PtlFirewallOpening *ptl_firewall_opening_new (const char *zone, PtlProtocol protocol, guint16 first, guint16 last, const char *source);
PtlFirewallOpening *ptl_firewall_opening_copy (const PtlFirewallOpening *self);
void ptl_firewall_opening_free (PtlFirewallOpening *self);
gboolean ptl_firewall_opening_equal (const PtlFirewallOpening *a, const PtlFirewallOpening *b);

/* As firewalld writes ports: "25565", "8000-8010". */
char *ptl_firewall_opening_dup_ports (const PtlFirewallOpening *self);
/* The rich rule that it is, as firewalld writes those (firewalld.richlanguage(5)); NULL: it is a plain port. */
char *ptl_firewall_opening_dup_rich_rule (const PtlFirewallOpening *self);
/* What an administrator would run to have it, without an end. */
char *ptl_firewall_opening_dup_command (const PtlFirewallOpening *self);
/* For the log: "25565/tcp in zone public", with " for 192.0.2.0/24" where that is all. Not translated. */
char *ptl_firewall_opening_to_string (const PtlFirewallOpening *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlFirewallOpening, ptl_firewall_opening_free)

G_END_DECLS

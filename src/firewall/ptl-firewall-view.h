/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ptl-endpoint.h"

G_BEGIN_DECLS

typedef enum
{
  PTL_FIREWALL_NONE, /* none is known to be there */
  PTL_FIREWALL_FIREWALLD,
  PTL_FIREWALL_UFW,
  PTL_FIREWALL_NFTABLES,
} PtlFirewallKind;
/* "none", "firewalld", "ufw", "nftables" */
const char *ptl_firewall_kind_to_string (PtlFirewallKind kind);

typedef enum
{
  PTL_FIREWALL_UNKNOWN, /* it cannot be seen */
  PTL_FIREWALL_OPEN,
  PTL_FIREWALL_BLOCKED,
  PTL_FIREWALL_SOME, /* some of those that it is for get in, others do not */
} PtlFirewallVerdict;
/* "unknown", "open", "blocked", "some" */
const char *ptl_firewall_verdict_to_string (PtlFirewallVerdict verdict);

/* By one family of addresses; firewalld's alone. */
typedef struct
{
  gboolean asked;
  PtlFirewallVerdict verdict;
  guint16 first; /* the engine may listen at another port by each family */
  guint16 last;
  char *who; /* who gets in, in words: "192.168.1.0/24"; "" = all that it is for, or nobody */
} PtlFirewallSide;

/* Whether this computer's firewall lets those in that some ports are for: strangers, where nothing else is said. */
typedef struct
{
  PtlFirewallKind kind;
  PtlFirewallVerdict verdict;
  PtlProtocol protocol;
  guint16 first;
  guint16 last;
  PtlFirewallSide ipv4;
  PtlFirewallSide ipv6;
  gboolean shut;   /* opening the port would not help: a rich rule or policy is before it */
  char *command;   /* firewalld's: what would let them in; "" = nothing */
  char *zone;      /* firewalld's, else "" */
  char *container; /* who publishes the port past the firewall: "Docker: web"; "" = nobody that could be seen */
  char *unseen;    /* what could not be asked of containers, in a sentence; "" = all could */
} PtlFirewallView;

PtlFirewallView *ptl_firewall_view_new (PtlProtocol protocol, guint16 first, guint16 last);
PtlFirewallView *ptl_firewall_view_copy (const PtlFirewallView *self);
void ptl_firewall_view_free (PtlFirewallView *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlFirewallView, ptl_firewall_view_free)

/* From what it is by IPv4 and by IPv6, where firewalld was asked. */
void ptl_firewall_view_settle (PtlFirewallView *self);
/* Takes in of @other, which is of the same rule by another way, what @self does not know. */
void ptl_firewall_view_join (PtlFirewallView *self, const PtlFirewallView *other);

/* "25565", "8000-8010": those that were asked for first. */
char *ptl_firewall_view_dup_ports (const PtlFirewallView *self);
/* What it means, in one sentence. (transfer full) */
char *ptl_firewall_view_dup_message (const PtlFirewallView *self);
/* What to do about it, "" = nothing. (transfer full) */
char *ptl_firewall_view_dup_advice (const PtlFirewallView *self);
/* The exact command that lets it in, to be run by an administrator; "" where none is needed, or Portolan does it itself.
 * (transfer full) */
char *ptl_firewall_view_dup_command (const PtlFirewallView *self);

G_END_DECLS

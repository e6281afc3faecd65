/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ptl-endpoint.h"

G_BEGIN_DECLS

/**
 * PtlFirewalldClause:
 *
 * What one line of a zone or policy of firewalld says of new connections: whom it accepts or turns away, and at which
 * ports. Plain data.
 */
typedef struct
{
  PtlProtocol protocol;
  guint8 family; /* 4 or 6; 0 = both */
  guint16 first;
  guint16 last;
  char *source;           /* an address, a network, "ipset:NAME"; NULL = anyone */
  gboolean not_source;    /* all but those */
  char *destination;      /* the same, of this computer's addresses */
  gboolean not_destination;
  gboolean denies;
  int priority;
  char *service; /* the ports are those of this service; NULL = they are above */
  char *rule;    /* the rich rule that it is; NULL = a port, protocol or service of the zone */
  gboolean port; /* a port of the zone */
} PtlFirewalldClause;

PtlFirewalldClause *ptl_firewalld_clause_new (PtlProtocol protocol, guint16 first, guint16 last);
PtlFirewalldClause *ptl_firewalld_clause_copy (const PtlFirewalldClause *self);
void ptl_firewalld_clause_free (PtlFirewalldClause *self);
/* The order in which firewalld asks them: priorities below 0, what turns away, what accepts, priorities above 0. */
int ptl_firewalld_clause_compare (const PtlFirewalldClause *a, const PtlFirewalldClause *b);
/* Whether it comes after the place where a port that is opened now is put. */
gboolean ptl_firewalld_clause_is_late (const PtlFirewalldClause *self);

/* "80", "8000-8010" of "tcp" or "udp". NULL: anything else. */
PtlFirewalldClause *ptl_firewalld_clause_parse_port (const char *ports, const char *protocol);
/* A rich rule (firewalld.richlanguage(5)), as firewalld writes it back. NULL: it decides nothing about new connections to
 * ports, or only about some of them (a limit on what is turned away, a source port). */
PtlFirewalldClause *ptl_firewalld_clause_parse_rule (const char *rule);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlFirewalldClause, ptl_firewalld_clause_free)

G_END_DECLS

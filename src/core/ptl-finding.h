/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-endpoint.h"
#include "ptl-identity.h"

G_BEGIN_DECLS

/* What one vantage point saw of an endpoint, and when. */
typedef struct
{
  PtlVantageKind vantage;
  PtlSeenState state;
  gint64 at;    /* Unix seconds; of a record of others: when they looked, 0 = they do not say */
  char *detail; /* in words, translated, or "": "InternetDB is refreshed about weekly" */
} PtlSighting;

/* What leads from outside to an endpoint. */
typedef struct
{
  char *system;          /* "router", "relay" or "container" */
  char *name;            /* the router's, the relay's or the container's */
  char *id;              /* the foreign entry's id at the router (as ListEntries has it), or "" */
  char *router;          /* the router's id, or "" */
  char *rule;            /* id of the rule that holds it, or "" */
  char *public_endpoint; /* "203.0.113.7:25565", or "" */
  char *target;          /* "192.168.1.20:25565" */
} PtlForwarded;

/* The program on this machine that listens. */
typedef struct
{
  char *address; /* literal; "0.0.0.0" and "::" = every address */
  char *process; /* "" = not to be known; so are all of these */
  guint32 pid;
  char *user;
  char *unit;      /* systemd's: "sshd.service" */
  char *container; /* "jellyfin" */
} PtlListening;

/**
 * PtlFinding:
 *
 * One line of an exposure report: an endpoint, who says so, what answers there, how bad that is and
 * what to do. Plain data. Four views of one port side by side: declared, listening, forwarded,
 * seen. All text is safe to show.
 */
typedef struct
{
  char *key;     /* stable from report to report: "tcp/192.168.1.20:8080" */
  char *address; /* literal, where it can be reached; "0.0.0.0" and "::" = every address of this
                    machine, of IPv4 and of IPv6 */
  guint16 port;
  PtlProtocol protocol;    /* TCP or UDP */
  char *declared;          /* id of the rule, or "" */
  PtlListening *listening; /* (nullable) */
  GPtrArray *forwarded;    /* (element-type PtlForwarded) */
  GPtrArray *seen;         /* (element-type PtlSighting) */
  PtlIdentity *identity;   /* never NULL; nothing in it where nobody answered */
  PtlSeverity severity;    /* with who can reach it reckoned in */
  char *reach;             /* who can: "internet", "lan", "machine" */
  char *firewall;          /* this computer's: "open", "blocked", "unknown", "" = it is not asked here */
  char *firewall_message;  /* a sentence for it, or "" */
  char *evidence;          /* why it is so bad, translated */
  char *advice;            /* what to do, translated */
  char *news;              /* against the report before: "new", "changed", "gone" or "" */
  gint64 accepted_until;   /* Unix seconds; 0 = not accepted */
  char *accepted_reason;
} PtlFinding;

PtlFinding *ptl_finding_new (void);
void ptl_finding_free (PtlFinding *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlFinding, ptl_finding_free)

/* Adds one and gives it, to be filled in; its texts are "" (transfer none). */
PtlSighting *ptl_finding_add_sighting (PtlFinding *self);
PtlForwarded *ptl_finding_add_forwarded (PtlFinding *self);
PtlListening *ptl_finding_set_listening (PtlFinding *self);

/* Whether nothing listens there, nothing leads there and nobody answered: it is told of because it
 * was asked for, and nobody can reach anything there. */
gboolean ptl_finding_is_shut (const PtlFinding *self);
/* Whether it is a plain web page, which is there for everybody to see: it has no lock, for there is
 * nothing to lock. */
gboolean ptl_finding_is_page (const PtlFinding *self);

/* As a{sv}, floating: what ptl_identity_to_variant() has, and Key s, Address s, Port u, Protocol s,
 * Declared s, Listening a{sv} (Address s, Process s, Pid x, User s, Unit s, Container s; missing
 * where nothing listens here), Forwarded aa{sv} (System s, Name s, Id s, Router s, Rule s,
 * PublicEndpoint s, Target s), Seen aa{sv} (Vantage s, State s, At x, Detail s), Reach s,
 * Firewall s, FirewallMessage s, News s,
 * AcceptedUntil x, AcceptedReason s. Severity, Evidence and Advice are the finding's. */
GVariant *ptl_finding_to_variant (const PtlFinding *self);
/* Unknown keys are passed over; wrong types and words are PTL_ERROR_INVALID. */
PtlFinding *ptl_finding_from_variant (GVariant *dict, GError **error);

G_END_DECLS

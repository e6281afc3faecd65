/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ptl-report.h"

G_BEGIN_DECLS

/* What a report is made of, as it was gathered. Plain data; all text is safe to show, "" where it is
 * not known. */

/* A socket of this machine that takes connections or datagrams. */
typedef struct
{
  PtlProtocol protocol; /* TCP or UDP */
  char *address;        /* literal, "0.0.0.0" and "::" = every address */
  guint16 port;
  guint32 pid;
  char *process;
  char *user;
  char *unit;
  char *container;
  gboolean ipv4;      /* by which it is reached, at "::" too */
  gboolean own;       /* this program's engine */
  gboolean used_here; /* it has connections now, and each of them is from this machine itself */
} PtlReportSocket;

/* One port of a rule, or an entry that a router holds. */
typedef struct
{
  PtlProtocol protocol; /* TCP or UDP */
  char *rule;           /* id of the rule, "" = a foreign entry */
  char *address;        /* where it leads to, or for a forward where it listens */
  guint16 port;
  char *system;          /* "router", "relay", or "" = nothing leads here from outside (a forward) */
  char *name;            /* the router's or the relay's */
  char *entry;           /* id of the entry at the router */
  char *router;          /* id of the router */
  char *public_endpoint; /* "203.0.113.7:25565" */
  char *target;          /* "192.168.1.20:25565" */
  gboolean limited;      /* not everybody may come in */
  gboolean off;          /* the router has it, and it is switched off */
  gboolean gone;         /* the host that it leads to does not answer */
} PtlReportDoor;

/* What this machine's firewall says of a port, and who publishes it past that. */
typedef struct
{
  PtlProtocol protocol;
  guint16 port;
  gboolean blocked; /* strangers are kept out, by IPv4 */
  gboolean blocked6; /* and by IPv6 */
  gboolean limited; /* it lets in some alone: the message says whom */
  gboolean known;   /* the firewall could be asked */
  char *message;    /* a sentence for it */
  char *container;  /* "Docker: web", "" = nobody does */
} PtlReportGuard;

/* What was seen of an endpoint from somewhere. */
typedef struct
{
  PtlProtocol protocol;
  char *address; /* literal, as it was looked at: this machine's, a host's at home, or the public one */
  guint16 port;
  PtlVantageKind vantage;
  PtlSeenState state;
  gint64 at;
  char *detail;
  PtlIdentity *identity; /* (nullable) */
  gboolean named;        /* the person asked for this very port: what came of it is told anyway */
  gboolean taken;        /* its state is known already */
} PtlReportLook;

typedef struct
{
  GPtrArray *sockets; /* (element-type PtlReportSocket) */
  GPtrArray *doors;   /* (element-type PtlReportDoor) */
  GPtrArray *guards;  /* (element-type PtlReportGuard) */
  GPtrArray *looks;   /* (element-type PtlReportLook) */
  char **addresses;   /* this machine's own, without loopback and link-local ones */
  char **public_addresses; /* those of them that the internet leads to, IPv4 */
  guint16 passing;    /* UDP ports from here on are given to programs for a while; 0 = none are */
  gboolean machine;   /* it was looked from this machine */
  char *address;      /* whose ports it is about; "" = this machine's */
  gboolean elsewhere; /* that is not in the home's network */
  gint64 now;         /* Unix seconds */
} PtlReportFacts;

PtlReportSocket *ptl_report_socket_new (PtlProtocol protocol, const char *address, guint16 port);
PtlReportDoor *ptl_report_door_new (PtlProtocol protocol, const char *address, guint16 port);
PtlReportGuard *ptl_report_guard_new (PtlProtocol protocol, guint16 port);
/* Whether strangers are kept out of @address, this computer's ("0.0.0.0", "::" = each of that family). */
gboolean ptl_report_guard_blocks (const PtlReportGuard *self, const char *address);
PtlReportLook *ptl_report_look_new (PtlProtocol protocol,
                                    const char *address,
                                    guint16 port,
                                    PtlVantageKind vantage,
                                    PtlSeenState state);

PtlReportFacts *ptl_report_facts_new (void);
void ptl_report_facts_free (PtlReportFacts *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlReportFacts, ptl_report_facts_free)

/* Puts @with, copied, in the place of the text at @text. */
void ptl_report_set (char **text, const char *with);

G_END_DECLS

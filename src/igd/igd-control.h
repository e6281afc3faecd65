/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "router/ptl-igd-message.h"

G_BEGIN_DECLS

/* One entry of the router's table, as GetSpecificPortMappingEntry tells it. */
typedef struct
{
  char address[64];
  char port[16];
  char description[128];
  char enabled[16];
  char lease[32];
} IgdEntry;

typedef enum
{
  IGD_LOOK_FREE,     /* no such entry */
  IGD_LOOK_OURS,     /* leads to the address and port of the request */
  IGD_LOOK_OTHER,
  IGD_LOOK_UNKNOWN,  /* the router cannot tell */
} IgdLook;

/* SOAP to the control URL of @request, through miniupnpc. All block, and return 0, UPnP's code, or
 * ours. */

int igd_control_add (const PtlIgdRequest *request, guint16 port, gint64 lease);
/* AddAnyPortMapping of WANIPConnection:2; @port is set to what was reserved. */
int igd_control_add_any (const PtlIgdRequest *request, guint16 wanted, gint64 lease, guint16 *port);
int igd_control_remove (const PtlIgdRequest *request, guint16 port);
IgdLook igd_control_look (const PtlIgdRequest *request, guint16 port, IgdEntry *entry, int *code);
/* All entries, those of others too; @entries (transfer full) is set on success. @complete: FALSE
 * where there may be more, for the list did not end in time. */
int igd_control_list (const PtlIgdRequest *request, GPtrArray **entries, gboolean *complete);
/* What ConnectionStatus says, in whichever letters. */
gboolean igd_control_is_up (const char *status);
/* External address, status and uptime of the service at @url into @answer; `connected` is TRUE
 * where either of the first two says so, because either may be wrong. */
int igd_control_status (const char *url, const char *type, PtlIgdAnswer *answer);

/* The request's description as it is sent: ASCII that needs no escaping in XML. */
char *igd_control_dup_description (const PtlIgdRequest *request);
gboolean igd_control_has_any (const PtlIgdRequest *request);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "ptl-router.h"

G_BEGIN_DECLS

/* What the worker and portolan-igd say to each other: one JSON object each way. Both sides read
 * strictly, because the helper may have been taken over by what it parsed. */

#define PTL_IGD_MESSAGE_MAX (1024 * 1024) /* bytes, either way */
#define PTL_IGD_TEXT_MAX 1024             /* bytes of one text */
#define PTL_IGD_ENTRIES_MAX 1024

typedef enum
{
  PTL_IGD_OP_DISCOVER,
  PTL_IGD_OP_STATUS,
  PTL_IGD_OP_ADD,
  PTL_IGD_OP_READ_BACK,
  PTL_IGD_OP_REMOVE,
  PTL_IGD_OP_LIST,
  /* WANIPv6FirewallControl:1, over IPv6 */
  PTL_IGD_OP_PINHOLE_DISCOVER,
  PTL_IGD_OP_PINHOLE_STATUS,
  PTL_IGD_OP_PINHOLE_ADD,
  PTL_IGD_OP_PINHOLE_READ_BACK,
  PTL_IGD_OP_PINHOLE_REMOVE,
  PTL_IGD_N_OPS
} PtlIgdOp;

/* Codes of our own beside UPnP's, which are positive. 0 = done. */
typedef enum
{
  PTL_IGD_CODE_NONE = -1,       /* nothing at the gateway speaks UPnP IGD */
  PTL_IGD_CODE_SILENT = -2,     /* no answer in time */
  PTL_IGD_CODE_FOREIGN = -3,    /* it answered, and pointed to another host: not followed */
  PTL_IGD_CODE_LIED = -4,       /* said done, and stores nothing or another thing */
  PTL_IGD_CODE_CONFLICT = -5,   /* the port is another's: see the holder */
  PTL_IGD_CODE_USAGE = -6,      /* the request is wrong */
  PTL_IGD_CODE_ABSENT = -7,     /* reading back: there is no such mapping */
  PTL_IGD_CODE_DIFFERENT = -8,  /* reading back: the port leads elsewhere */
  PTL_IGD_CODE_GARBAGE = -9,    /* an answer that cannot be understood */
  PTL_IGD_CODE_CANNOT_TELL = -10, /* the router has no way to read back or list */
  PTL_IGD_CODE_STUCK = -12,       /* it answers searches, and not HTTP */
  PTL_IGD_CODE_OTHER_HOST = -11,  /* it opens ports to the one who asks alone (secure mode) */
  PTL_IGD_CODE_CROWDED = -13,     /* it finds the request wrong, and holds many entries: see `held` */
  PTL_IGD_CODE_DROPS = -14,       /* said done, stores nothing, and holds many entries */
  PTL_IGD_CODE_CRASHED = -15,     /* asked for a lease it was gone */
  PTL_IGD_CODE_WRONG_URL = -16,   /* no description at the URL that was given, and none is found */
} PtlIgdCode;

typedef struct
{
  PtlIgdOp op;
  char *gateway;      /* the one host that may be contacted */
  char *local;        /* this computer's address towards it */
  gint64 timeout;     /* milliseconds for all of it */
  char *description_url; /* discover: where to look first, or NULL */
  char *control_url;  /* from an earlier discovery; needed by all but `discover` */
  char *service_type;
  char *protocol;     /* "TCP" or "UDP" */
  gint64 external_port;
  char *internal_address;
  gint64 internal_port;
  gint64 lifetime;
  char *description;
  char *remote;       /* one address, or NULL */
  gboolean pinned;
  gboolean renew;     /* the entry is known to be ours */
  gint64 granted;     /* of such: the seconds that it was granted, 0 = permanent */
  gboolean search;    /* remove: look for it in the whole list, its port is not known */
  /* of pinholes: */
  char *gateway6;     /* the same gateway's IPv6 address, "fe80::1%eth0" */
  char *local6;       /* this computer's stable global address: the request must come from it */
  gint64 pinhole;     /* UniqueID, -1 = not known */
} PtlIgdRequest;

typedef struct
{
  gint64 code;
  /* discover, status */
  char *control_url;
  char *service_type;
  char *name;
  char *model;
  char *external_address;
  char *status;
  gint64 uptime; /* seconds, -1 = not told */
  gboolean connected;
  /* add, read-back */
  gint64 external_port;
  gint64 lifetime; /* 0 = permanent */
  gboolean read_back;
  /* of a conflict */
  char *holder_address;
  gint64 holder_port;
  char *holder_description;
  gint64 free_port;
  gint64 held;        /* entries, where that may be why */
  /* of pinholes */
  gint64 pinhole; /* UniqueID; -1 = the firewall is off, and lets in everything */
  /* list */
  GPtrArray *entries; /* (element-type PtlRouterEntry) (nullable) */
} PtlIgdAnswer;

PtlIgdRequest *ptl_igd_request_new (PtlIgdOp op);
void ptl_igd_request_free (PtlIgdRequest *self);
PtlIgdAnswer *ptl_igd_answer_new (void);
void ptl_igd_answer_free (PtlIgdAnswer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlIgdRequest, ptl_igd_request_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlIgdAnswer, ptl_igd_answer_free)

/* One line of JSON with a newline. */
char *ptl_igd_request_to_json (const PtlIgdRequest *self);
char *ptl_igd_answer_to_json (const PtlIgdAnswer *self);
/* G_IO_ERROR_INVALID_DATA: not JSON, too deep, a key that is not known, a wrong type, a number out
 * of range, a text that is too long. */
PtlIgdRequest *ptl_igd_request_from_json (const char *json, gsize length, GError **error);
PtlIgdAnswer *ptl_igd_answer_from_json (const char *json, gsize length, GError **error);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * PtlError:
 *
 * Everything that can go wrong, in one domain. The names are stable: they are the D-Bus error names
 * (`io.github.portolan.Portolan.Error.*`), the `code` in JSON, and what portolanctl's exit code is
 * chosen by.
 */
typedef enum
{
  PTL_ERROR_FAILED,            /* something that has no better name */
  PTL_ERROR_INVALID,           /* an argument is wrong: nothing was changed */
  PTL_ERROR_POLICY,            /* refused by policy */
  PTL_ERROR_NOT_FOUND,         /* no such rule, router, relay */
  PTL_ERROR_AMBIGUOUS,         /* a short id that fits more than one */
  PTL_ERROR_STATE,             /* the rule's state does not allow it */
  PTL_ERROR_PORT_TAKEN,        /* a local port is held by another program */
  PTL_ERROR_PERMISSION,        /* the system does not let us (privileged port, ...) */
  PTL_ERROR_TARGET,            /* the target cannot be used or reached */
  PTL_ERROR_ROUTER_NONE,       /* no gateway, or none that takes mappings */
  PTL_ERROR_ROUTER_SILENT,     /* the router does not answer any more */
  PTL_ERROR_ROUTER_REFUSED,    /* the router said no */
  PTL_ERROR_ROUTER_CONFLICT,   /* the external port is held by another device or mapping */
  PTL_ERROR_ROUTER_FULL,       /* no room in the router's table */
  PTL_ERROR_ROUTER_OFFLINE,    /* the router has no internet */
  PTL_ERROR_ROUTER_LIED,       /* said done, and reading back shows another thing */
  PTL_ERROR_RELAY_UNREACHABLE, /* no connection to the relay */
  PTL_ERROR_RELAY_REFUSED,     /* login or forwarding refused */
  PTL_ERROR_HOST_KEY_UNKNOWN,  /* the relay's key is new: the person is to be asked */
  PTL_ERROR_HOST_KEY_CHANGED,  /* the relay's key is not the one known */
  PTL_ERROR_STORE_FULL,        /* no space left */
  PTL_ERROR_STORE_READ_ONLY,
  PTL_ERROR_STORE_DAMAGED,
  PTL_ERROR_STORE_NEWER, /* written by a newer version */
  PTL_ERROR_BUSY,        /* too many requests, or a change of this rule is under way */
  PTL_ERROR_TIMED_OUT,
  PTL_ERROR_CANCELLED,
  PTL_ERROR_WORKER,        /* the worker cannot be reached (client side) */
  PTL_ERROR_NOT_SUPPORTED, /* not in this version */
  PTL_N_ERRORS             /*< skip >*/
} PtlError;

#define PTL_ERROR (ptl_error_quark ())
#define PTL_ERROR_DBUS_PREFIX "io.github.portolan.Portolan.Error."

GQuark ptl_error_quark (void);

/* A message is one or two lines: what went wrong, and after a newline what to do. Both survive the
 * bus that way. Each is a sentence with its full stop. */
GError *ptl_error_new (PtlError code, const char *advice, const char *format, ...)
    G_GNUC_PRINTF (3, 4);
void ptl_error_set (GError **error, PtlError code, const char *advice, const char *format, ...)
    G_GNUC_PRINTF (4, 5);
char *ptl_error_dup_what (const GError *error);
char *ptl_error_dup_advice (const GError *error);
/* Both in one line. (transfer full) */
char *ptl_error_dup_sentence (const GError *error);

/* "port-taken", the stable name in JSON and in the store; "PortTaken" is its end in the D-Bus name.
 */
const char *ptl_error_code_to_name (PtlError code);
gboolean ptl_error_code_from_name (const char *name, PtlError *code);
const char *ptl_error_code_to_dbus_suffix (PtlError code);
/* Any error as one of ours: foreign domains become FAILED, G_IO_ERROR_CANCELLED becomes CANCELLED,
 * ... */
PtlError ptl_error_code_of (const GError *error);
/* 0 done; 1 failed; 2 usage; 3 policy; 4 worker not reachable; 5 no such object; 6 router or relay.
 */
int ptl_error_code_to_exit (PtlError code);

G_END_DECLS

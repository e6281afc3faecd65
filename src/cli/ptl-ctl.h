/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "client/ptl-client.h"

G_BEGIN_DECLS

typedef struct _PtlCtl PtlCtl;

typedef enum
{
  PTL_CTL_FLAG,
  PTL_CTL_VALUE,
  PTL_CTL_REPEAT, /* a value, any number of times */
} PtlCtlOptionKind;

typedef struct
{
  const char *name;        /* "port", without the hyphens */
  PtlCtlOptionKind kind;
  const char *placeholder; /* "PORT"; NULL for a flag */
  const char *help;
} PtlCtlOption;

typedef enum
{
  PTL_CTL_NO_LIMITS,
  PTL_CTL_LIMITS,
  PTL_CTL_LIMITS_EDITED, /* lists can be taken back */
} PtlCtlLimits;

#define PTL_CTL_OPTIONS_END { NULL, PTL_CTL_FLAG, NULL, NULL }

/**
 * PtlCtlVerb:
 * @check: looks at the arguments alone: whatever is wrong with them is said before the worker is called.
 * @run: does it. The output goes out when it returns, or by ptl_ctl_flush().
 * @missing: what to do where an argument is missing.
 */
typedef struct
{
  const char *name;      /* "open mapping" */
  const char *arguments; /* "ID..."; NULL = none */
  guint min_arguments;
  guint max_arguments;
  const char *missing;
  const char *summary;
  const char *details;   /* a paragraph for --help, or NULL */
  const PtlCtlOption *options;
  PtlCtlLimits limits;   /* whether it takes those of ptl-ctl-limits.h too */
  gboolean (*check) (PtlCtl *self, GError **error);
  gboolean (*run) (PtlCtl *self, GError **error);
} PtlCtlVerb;

/* The table of verbs, ended by one without a name. */
extern const PtlCtlVerb *const ptl_ctl_verbs[];

/**
 * PtlCtl:
 *
 * One call of portolanctl. @request, @rule and @seconds are filled by a verb's check() for its run().
 */
struct _PtlCtl
{
  const PtlCtlVerb *verb;
  GHashTable *values;   /* option name -> GPtrArray of values */
  GPtrArray *arguments; /* those that are no options */
  gboolean json;
  gboolean at_terminal; /* standard input is one: a person can be asked */
  PtlClient *client;
  GString *out;
  int exit_code; /* of a run that came to its end: 0, or what the verb documents */

  GVariant *request;    /* a{sv} */
  PtlRule *rule;        /* what the request asks for, settled */
  gint64 until;
  gint64 by;
};

/* The program: everything but the process. Returns the exit code. */
int ptl_ctl_main (int argc, char **argv);

/* What the command line said. */
gboolean ptl_ctl_has (PtlCtl *self, const char *option);
const char *ptl_ctl_get (PtlCtl *self, const char *option); /* NULL where it was not given */
const char *const *ptl_ctl_get_all (PtlCtl *self, const char *option, guint *n);
const char *ptl_ctl_get_argument (PtlCtl *self, guint index);
gboolean ptl_ctl_get_number (PtlCtl *self, const char *option, guint min, guint max, guint *number, GError **error);

/* Calls, in which the main loop turns until the answer is here. */
gboolean ptl_ctl_connect (PtlCtl *self, GError **error);
GVariant *ptl_ctl_call (PtlCtl *self, const char *method, GVariant *arguments, GError **error);
PtlRule *ptl_ctl_find_rule (PtlCtl *self, const char *id, GError **error);
/* Closes; returns when all have left the bus. */
gboolean ptl_ctl_close (PtlCtl *self, const char *const *ids, GError **error);

G_END_DECLS

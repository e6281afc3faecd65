/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ptl-rule.h"

G_BEGIN_DECLS

typedef enum
{
  PTL_HOP_OK,
  PTL_HOP_BUSY,     /* something is under way here */
  PTL_HOP_WAITING,  /* its turn has not come */
  PTL_HOP_TROUBLE,  /* the reason says what */
  PTL_HOP_OFF,      /* closed, or cut off by trouble elsewhere */
  PTL_HOP_UNKNOWN,  /* nobody can tell from here */
} PtlHopState;

/* One station on the way from whoever connects to the program. */
typedef struct
{
  const char *icon;
  char *title;
  char *address; /* or "" */
  PtlHopState state;
  const char *words; /* for the state, where it has others than are usual; NULL */
  char *reason;  /* a sentence or two, or "" */
} PtlHop;
void ptl_hop_free (gpointer hop); /* a PtlHop */

/* What is known besides the rule; any of them may be NULL. */
typedef struct
{
  const char *router_name;
  const char *local_address; /* this computer's address towards the router */
  const char *relay_name;
  const char *relay_host;
  gint64 now;                /* Unix seconds */
  const char *kept_out;      /* why this computer's firewall lets nobody in, a sentence; NULL = it does, or that is not known */
  gboolean listeners_known;  /* whether @process is the answer of a look at this computer's listeners */
  const char *process;       /* the program that listens at the target: "" = one whose name is not to be known, NULL = none */
} PtlWayContext;

/* The way as stations, outermost first: of PtlHop. Pure. */
GPtrArray *ptl_way_describe (const PtlRule *rule, const PtlWayContext *context);
/* Whether the target is on this computer. @local_address: nullable. */
gboolean ptl_way_is_local_target (const PtlRule *rule, const char *local_address);
const char *ptl_hop_state_to_words (PtlHopState state);
const char *ptl_hop_state_to_icon (PtlHopState state);
const char *ptl_hop_state_to_style (PtlHopState state);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Empty ones that a thread keeps. */
#define PTL_PIPES_N_SPARE_MOST 8

/* A pipe for splice(2). */
typedef struct
{
  int read_fd;
  int write_fd;
  gsize size; /* bytes it can hold at best */
} PtlPipe;

/**
 * PtlPipes:
 *
 * The pipes of one thread. A direction holds one only while bytes are in it, so a few serve many
 * connections; a few that are empty are kept for the next.
 */
typedef struct
{
  GPtrArray *spare; /* of PtlPipe */
  guint n_out;
  gint64 not_before_us; /* the system gave none a moment ago */
} PtlPipes;

void ptl_pipes_init (PtlPipes *self);
void ptl_pipes_clear (PtlPipes *self);
/* NULL where the system gives none, or only one too small to be worth it: then copy. */
PtlPipe *ptl_pipes_take (PtlPipes *self, gint64 now_us);
/* @empty: nothing is left in it; else it is closed. */
void ptl_pipes_give_back (PtlPipes *self, PtlPipe *pipe, gboolean empty);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A target came up or went down. */
typedef struct
{
  char *id;       /* of the forward */
  char *endpoint; /* as people write it */
  gboolean up;
  GError *reason; /* NULL where it is up */
} PtlTargetChange;

typedef void (*PtlTargetNewsFunc) (const PtlTargetChange *change, gpointer data);

/**
 * PtlTargetNews:
 *
 * How the threads tell the main loop that a target came up or went down. It may outlive who hears it: what is told
 * then is dropped. Counted.
 */
typedef struct _PtlTargetNews PtlTargetNews;

/* @func runs in @context, until ptl_target_news_close(). */
PtlTargetNews *
ptl_target_news_new (GMainContext *context, PtlTargetNewsFunc func, gpointer data);
PtlTargetNews *ptl_target_news_ref (PtlTargetNews *self);
void ptl_target_news_unref (PtlTargetNews *self);
void ptl_target_news_close (PtlTargetNews *self);
/* From any thread. @reason: (transfer none) */
void ptl_target_news_tell (
    PtlTargetNews *self, const char *id, const char *endpoint, gboolean up, const GError *reason);

G_END_DECLS

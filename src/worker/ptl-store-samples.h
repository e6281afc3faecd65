/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "worker/ptl-store.h"

G_BEGIN_DECLS

#define PTL_SAMPLE_MINUTE 60
#define PTL_SAMPLE_HOUR 3600

/* What a rule carried in the minute or hour that began at @at. */
typedef struct
{
  gint64 at; /* Unix seconds, a multiple of the step */
  guint64 bytes_in;
  guint64 bytes_out;
  guint64 peak;  /* connections at a time; the most that were seen */
  guint64 begun; /* connections */
  guint64 refused;
} PtlSample;

gboolean ptl_sample_is_empty (const PtlSample *self);
/* Adds @more, of the same time, to it. */
void ptl_sample_add (PtlSample *self, const PtlSample *more);

/* A transaction of samples alone. It is refused where little space is left on the disk, and a disk that is full
 * ends it without a word about the store: a sample that is lost must not keep a rule from being changed. */
gboolean ptl_store_begin_samples (PtlStore *self, GError **error);
/* Within a transaction: adds to the minute of a rule. One that the store does not know is left out. */
gboolean
ptl_store_add_sample (PtlStore *self, const char *rule_id, const PtlSample *sample, GError **error);
/* Within a transaction: adds minutes older than a day to their hours, and drops hours older than thirty days; a
 * few minutes' worth at a time, so that a long absence is worked off bit by bit. */
gboolean ptl_store_roll_samples (PtlStore *self, gint64 now, GError **error);

/* @step: PTL_SAMPLE_MINUTE, or PTL_SAMPLE_HOUR, in which minutes that are kept as such are added up. From @from on,
 * and before @until; the earliest first. (element-type PtlSample) */
GArray *ptl_store_list_samples (
    PtlStore *self, const char *rule_id, gint64 from, gint64 until, guint step, GError **error);

G_END_DECLS

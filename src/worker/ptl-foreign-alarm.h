/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Whether new entries are told of one by one, or a flood of them at once. Plain data. */

#define PTL_FLOOD_ENTRIES 5                               /* more than so many ... */
#define PTL_FLOOD_US (10 * 60 * G_GINT64_CONSTANT (1000000)) /* ... within so long are a flood */

typedef struct
{
  gint64 since_us; /* since boot: when the first of @count came */
  gint64 last_us;
  guint count;
  gboolean flood;
} PtlForeignAlarm;

typedef enum
{
  PTL_FOREIGN_NEWS_EACH,  /* tell of each */
  PTL_FOREIGN_NEWS_FLOOD, /* tell that there is a flood: @count has come so far */
  PTL_FOREIGN_NEWS_NONE,  /* it was told, and goes on */
} PtlForeignNews;

/* @n new ones came at @boot_us. A flood is over when none came for ten minutes. */
PtlForeignNews ptl_foreign_alarm_weigh (PtlForeignAlarm *self, guint n, gint64 boot_us);

G_END_DECLS

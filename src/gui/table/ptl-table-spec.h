/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * PtlColumn:
 *
 * One column of a table. The functions take an item of the table's model; they are pure.
 */
typedef struct
{
  const char *id;    /* its name in the settings and in actions */
  const char *title; /* N_() */
  guint min_chars;   /* how wide it is at least, in characters */
  guint nat_chars;   /* how wide it would like to be; 0 = as @min_chars */
  gboolean expand;
  gboolean numeric;  /* set at the end, in figures of one width */
  char *(*dup_text) (gpointer item);
  const char *(*get_icon) (gpointer item);  /* nullable: an icon's name, or NULL */
  const char *(*get_style) (gpointer item); /* nullable: a style class for the icon, or NULL */
  int (*compare) (gpointer a, gpointer b);  /* nullable: not sortable */
  /* nullable: seconds from @now (Unix seconds) until @dup_text says another thing, 0 = never */
  guint (*next_change) (gpointer item, gint64 now);
  /* nullable: shows a picture before the text in @picture (its kind is the column's own; NULL = there is none yet),
   * and gives it; or NULL where there is nothing to be seen. While there is, it is asked again each second. */
  GtkWidget *(*show_picture) (gpointer item, GtkWidget *picture);
} PtlColumn;

/**
 * PtlTableSpec:
 *
 * What a table shows. The first column that has an icon gives a narrow row its icon, and the first that has a picture
 * its picture.
 */
typedef struct
{
  const PtlColumn *columns;
  guint n_columns;
  char *(*dup_title) (gpointer item);       /* first line of a narrow row */
  char *(*dup_subtitle) (gpointer item);    /* second line */
  char *(*dup_trailing) (gpointer item);    /* nullable: at its end */
  char *(*dup_description) (gpointer item); /* the whole row in words, for screen readers */
  guint (*next_change) (gpointer item, gint64 now); /* nullable: of @dup_trailing */
  const char *columns_key;                  /* nullable: setting (as) of the columns shown */
  const char *sort_key;                     /* nullable: setting (s) of the column sorted by */
} PtlTableSpec;

const PtlColumn *ptl_table_spec_find (const PtlTableSpec *spec, const char *id);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* How a state is shown: by a word and an icon, and by colour besides. */
typedef struct
{
  const char *name;  /* the worker's word for it */
  const char *words; /* NC_() */
  const char *icon, *style;
} PtlStateLook;

/* The one of @looks, of which there are @n, that is called @name; else the one at @otherwise. */
const PtlStateLook *ptl_state_look_find (const PtlStateLook *looks, guint n, const char *name, guint otherwise);
/* @context: that of NC_(). @style: the class that @icon has from the last time, or NULL. */
void ptl_state_look_show (const PtlStateLook *self, const char *context, GtkLabel *label, GtkImage *icon, const char **style);

G_END_DECLS

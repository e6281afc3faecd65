/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-ctl.h"

G_BEGIN_DECLS

/* The verb that @argv (without the program) begins with; @n_words: how many words it takes. PTL_ERROR_INVALID. */
const PtlCtlVerb *ptl_ctl_find_verb (char **argv, guint *n_words, GError **error);
/* Whether @word begins verbs of two words and is none by itself, as "open" is. */
gboolean ptl_ctl_is_group (const char *word);
/* Takes options and arguments of self->verb apart. PTL_ERROR_INVALID with one sentence. */
gboolean ptl_ctl_parse (PtlCtl *self, char **argv, GError **error);
/* Whether @option is among the arguments, wherever: so that a wrong command line is answered in JSON too. */
gboolean ptl_ctl_scan (char **argv, const char *option);

char *ptl_ctl_dup_help (void);
char *ptl_ctl_dup_verb_help (const PtlCtlVerb *verb);

G_END_DECLS

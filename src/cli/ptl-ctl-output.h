/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "ptl-ctl.h"

G_BEGIN_DECLS

/* What goes to standard output is gathered in self->out. */
void ptl_ctl_print (PtlCtl *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
/* Consumes what was built. @line: one line, for a stream of objects. */
void ptl_ctl_print_json (PtlCtl *self, JsonBuilder *builder, gboolean line);
/* Writes it out. Whatever the device says no to is an error: who asked has not got the answer. */
gboolean ptl_ctl_flush (PtlCtl *self, GError **error);
/* One sentence, or JSON, to standard error; returns the exit code. */
int ptl_ctl_report (PtlCtl *self, const GError *error);
/* A line to standard error that is no error, for a person only. */
void ptl_ctl_note (PtlCtl *self, const char *format, ...) G_GNUC_PRINTF (2, 3);

G_END_DECLS

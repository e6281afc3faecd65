/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-ctl.h"

G_BEGIN_DECLS

/* Words for people: local times, safe text. */

char *ptl_ctl_dup_time (gint64 unix_seconds);              /* "2026-12-24 18:00:00", "-" for none */
char *ptl_ctl_dup_end (const PtlRule *rule, gint64 now);   /* "2026-12-24 18:00:00 (in 2h 5m)", "permanent, review ..." */
char *ptl_ctl_dup_left (const PtlRule *rule, gint64 now);  /* "2h 5m", "permanent", "over" */
char *ptl_ctl_dup_endpoint (const PtlEndpoint *endpoint);  /* "-" where it is not known */
/* With the name that leads there: "home.example.org:25565 (203.0.113.5)". */
char *ptl_ctl_dup_public (const PtlRule *rule);
char *ptl_ctl_dup_short_id (const char *id);
const char *ptl_ctl_state_word (const PtlRule *rule);      /* the close reason for a closed one */

/* "label  value", aligned, value made safe; nothing for an empty value. */
void ptl_ctl_print_field (PtlCtl *self, const char *label, const char *value);
/* A few lines; @all: everything that is known. */
void ptl_ctl_print_rule (PtlCtl *self, const PtlRule *rule, gboolean all);
/* A row for each of @rules (PtlRule), or JSON. */
void ptl_ctl_print_rules (PtlCtl *self, GPtrArray *rules, gboolean history);

G_END_DECLS

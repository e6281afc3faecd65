/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ptl-rule.h"

G_BEGIN_DECLS

/* One fact, mostly about a rule: what it is called, what it is. */
typedef struct
{
  const char *title;
  char *value;
  const char *action; /* nullable: an action that copies it */
} PtlFact;

/* An empty list of PtlFact. */
GPtrArray *ptl_facts_new (void);
/* Takes @value. NULL where there is nothing to say, which is not said. */
PtlFact *ptl_facts_add (GPtrArray *facts, const char *title, char *value);

/* The facts of a rule, in the order to be shown, of PtlFact; those that are not known or say nothing are left
 * out. Pure. @now: Unix seconds. */
GPtrArray *ptl_facts_describe (const PtlRule *rule, gint64 now);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-name.h"

G_BEGIN_DECLS

/* Threads in which a look-up may take its time. Nobody waits for them at the end. */
GThreadPool *ptl_resolver_new (void);
void ptl_resolver_free (GThreadPool *self);
/* The answer comes by ptl_name_answer(). */
void ptl_resolver_ask (GThreadPool *self, PtlName *name);

G_END_DECLS

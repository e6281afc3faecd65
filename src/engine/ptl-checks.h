/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-site.h"

G_BEGIN_DECLS

/**
 * PtlChecks:
 *
 * Finds out by itself how the targets of a forward fare: whether they take a TCP connection, every so often, or, where that
 * is not asked for, as long as none of them is up; and where a name leads that may not lead where it led last. One thread does it for all, on its timers: the home of the
 * forward. A check goes to the first port of a range, and has one socket at a time.
 */
typedef struct _PtlChecks PtlChecks;

/* Begins, or begins anew with the configuration that @site has now. */
void ptl_checks_start (PtlSite *site);
void ptl_checks_stop (PtlSite *site);
/* No target is up: those that failed connections are checked when their time is over. */
void ptl_checks_begin_where_out (PtlSite *site);
/* A look-up of the name of a target came to its end. */
void ptl_checks_named (PtlSite *site, const PtlName *name);

G_END_DECLS

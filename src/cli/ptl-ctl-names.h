/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "client/ptl-name-item.h"
#include "ptl-ctl.h"

G_BEGIN_DECLS

/* Dynamic names, for eyes and for scripts. */

/* By host name or id, or the beginning of one. NOT_FOUND, AMBIGUOUS. (transfer full) */
PtlNameItem *ptl_ctl_name_find (PtlCtl *self, const char *text, GError **error);
/* Waits until no update of it is under way: a minute at the most. */
void ptl_ctl_name_wait (PtlCtl *self, PtlNameItem *item);
void ptl_ctl_name_print (PtlCtl *self, PtlNameItem *item);
/* A table, or JSON. */
void ptl_ctl_names_print (PtlCtl *self, GListModel *names);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-ctl.h"

G_BEGIN_DECLS

/* Those of a living rule's targets that are on this computer while no program listens there, as texts; empty where none is
 * so, or the listeners are not to be known. Of other computers nothing can be told from here. (transfer full)
 * (element-type utf8) */
GPtrArray *ptl_ctl_find_deaf_targets (PtlCtl *self, const PtlRule *rule);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-probing.h"

G_BEGIN_DECLS

/* Begins an SMB 2 session without a name or a password (MS-NLMP 3.2.5.1.2), asks which folders are
 * shared, and whether one of them lets such a guest in: then it is open. Nothing in them is read.
 */
void ptl_smb_ask_guest (PtlProbing *probing);

G_END_DECLS

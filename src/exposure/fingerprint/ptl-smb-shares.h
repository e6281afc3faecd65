/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The service that lists shares, asked over its pipe (MS-SRVS, over DCE 1.1 remote calls). */

/* The first message: which interface is meant (transfer full). */
GByteArray *ptl_smb_shares_bind (void);
/* NetrShareEnum at level 1 (MS-SRVS 3.1.4.8) (transfer full). */
GByteArray *ptl_smb_shares_ask (void);

/**
 * ptl_smb_shares_read:
 *
 * Reads the answer to ptl_smb_shares_ask(), as far as it goes.
 *
 * Returns: (element-type utf8) (transfer full): the names of the folders that are shared, at most
 * %PTL_SMB_SHARES_MAX; neither printers nor pipes, nor those for administrators.
 */
GPtrArray *ptl_smb_shares_read (const guint8 *bytes, gsize length);

#define PTL_SMB_SHARES_MAX 16

G_END_DECLS

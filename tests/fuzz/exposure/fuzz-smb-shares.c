/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "exposure/fingerprint/ptl-smb-shares.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* A list of shares: a bounded number of names, each of them text. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  /* Of its own, so that one byte too far is seen. */
  g_autofree guint8 *bytes = g_memdup2 (data, size);
  g_autoptr (GPtrArray) names = ptl_smb_shares_read (bytes, size);

  g_assert_cmpuint (names->len, <=, PTL_SMB_SHARES_MAX);
  for (guint i = 0; i < names->len; i++)
    g_assert_true (g_utf8_validate (g_ptr_array_index (names, i), -1, NULL));
  return 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "exposure/fingerprint/ptl-fingerprint.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* Data that somebody changed: taken, or refused with a reason. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) json = g_bytes_new (data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (PtlFingerprints) set = ptl_fingerprints_load (json, &error);

  g_assert_true ((set == NULL) == (error != NULL));
  return 0;
}

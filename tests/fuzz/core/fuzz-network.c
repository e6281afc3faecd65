/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "core/ptl-audience.h"
#include "core/ptl-error.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* What is taken holds its own first address and comes back the same. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autofree char *written = NULL;
  g_autoptr (GError) error = NULL;
  PtlNetwork network, again;

  if (!ptl_network_parse (text, &network, &error))
    {
      g_assert_error (error, PTL_ERROR, PTL_ERROR_INVALID);
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
      return 0;
    }
  written = ptl_network_to_string (&network);
  g_assert_true (ptl_network_parse (written, &again, NULL));
  g_assert_cmpmem (&network, sizeof network, &again, sizeof again);
  g_assert_cmpuint (network.prefix, <=, network.family == 4 ? 32 : 128);
  g_assert_true (ptl_network_contains (&network, network.family, network.bytes));
  return 0;
}

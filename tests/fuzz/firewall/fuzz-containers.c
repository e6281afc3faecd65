/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "firewall/ptl-containers.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) containers = ptl_containers_read ((const char *) data, size, &error);

  g_assert_true ((containers == NULL) == (error != NULL));
  if (containers != NULL)
    ptl_containers_find (containers, PTL_PROTOCOL_BOTH, 80, 8080);
  return 0;
}

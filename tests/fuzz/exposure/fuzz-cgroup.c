/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ptl-text.h"
#include "exposure/ptl-cgroup.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *path = ptl_cgroup_find_path ((const char *) data, size);
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (PtlCgroup) group = ptl_cgroup_read_path (path != NULL ? path : text);

  g_assert_true (ptl_text_is_safe (group->unit, 0));
  g_assert_true (ptl_text_is_safe (group->container, 0));
  return 0;
}

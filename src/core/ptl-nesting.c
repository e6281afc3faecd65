/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-nesting.h"

gboolean
ptl_nesting_is_shallow (const char *json, gsize length, guint depth_max)
{
  gboolean in_string = FALSE;
  guint depth = 0;

  for (gsize i = 0; i < length; i++)
    {
      if (in_string && json[i] == '\\')
        i++;
      else if (json[i] == '"')
        in_string = !in_string;
      else if (!in_string && (json[i] == '[' || json[i] == '{') && ++depth > depth_max)
        return FALSE;
      else if (!in_string && (json[i] == ']' || json[i] == '}') && depth > 0)
        depth--;
    }
  return TRUE;
}

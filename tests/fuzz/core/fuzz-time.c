/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ptl-error.h"
#include "core/ptl-time.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
try_duration (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *written = NULL;
  gint64 seconds;

  if (!ptl_duration_parse (text, &seconds, &error))
    {
      g_assert_error (error, PTL_ERROR, PTL_ERROR_INVALID);
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
      return;
    }
  g_assert_cmpint (seconds, >, 0);
  g_assert_cmpint (seconds, <=, G_GINT64_CONSTANT (3653) * 24 * 3600);
  written = ptl_duration_to_string (seconds);
  g_assert_true (ptl_duration_parse (written, &seconds, NULL));
}

static void
try_time (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *written = NULL;
  gint64 seconds, again;

  if (!ptl_time_parse (text, &seconds, &error))
    {
      g_assert_error (error, PTL_ERROR, PTL_ERROR_INVALID);
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
      return;
    }
  written = ptl_time_to_rfc3339 (seconds);
  g_assert_true (ptl_time_from_rfc3339 (written, &again));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);

  try_duration (text);
  try_time (text);
  return 0;
}

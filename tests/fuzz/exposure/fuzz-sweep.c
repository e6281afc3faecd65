/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ports as they are typed, and sweeps as they were saved: what is accepted can be said again, and
 * is the same. */
#include <string.h>

#include "exposure/sweep/ptl-sweep.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize length);

static void
read_ports (const char *text)
{
  PtlPortSet ports, again;
  g_autoptr (GError) error = NULL;
  g_autofree char *said = NULL;

  if (!ptl_sweep_parse_ports (text, &ports, &error))
    {
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
      return;
    }
  g_assert_cmpuint (ptl_port_set_count (&ports), >, 0);
  said = ptl_port_set_to_string (&ports);
  g_assert_true (ptl_sweep_parse_ports (said, &again, NULL));
  g_assert_cmpmem (&ports, sizeof ports, &again, sizeof again);
}

static void
read_saved (const char *text)
{
  g_autoptr (PtlSweep) sweep = ptl_sweep_resume (text, NULL);
  g_autoptr (PtlSweep) again = NULL;
  g_autofree char *saved = NULL;
  g_autofree char *saved_again = NULL;

  if (sweep == NULL)
    return;
  saved = ptl_sweep_save (sweep);
  again = ptl_sweep_resume (saved, NULL);
  g_assert_nonnull (again);
  saved_again = ptl_sweep_save (again);
  g_assert_cmpstr (saved, ==, saved_again);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize length)
{
  g_autofree char *text = g_strndup ((const char *) data, length);

  read_ports (text);
  read_saved (text);
  return 0;
}

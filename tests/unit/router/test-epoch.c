/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "router/ptl-epoch.h"

typedef struct
{
  const char *name;
  guint32 before;
  guint32 after;
  gint64 seconds; /* on our clock, between them */
  gboolean pcp;   /* whether all is well, by either rule */
  gboolean natpmp;
} Case;

static const Case cases[] = {
  { "in step", 1000, 1060, 60, TRUE, TRUE },
  { "at once", 1000, 1000, 0, TRUE, TRUE },
  { "one back: reordered", 1000, 999, 0, TRUE, TRUE },
  { "two back", 1000, 998, 0, FALSE, TRUE },
  { "three back", 1000, 997, 0, FALSE, FALSE },
  { "to zero", 1000, 0, 60, FALSE, FALSE },
  { "to zero from little", 2, 0, 0, FALSE, TRUE },
  { "a sixteenth slow, and two", 0, 958, 1024, TRUE, TRUE },
  { "slower than that", 0, 957, 1024, FALSE, TRUE },
  { "an eighth slow, and two", 0, 894, 1024, FALSE, TRUE },
  { "slower than that too", 0, 893, 1024, FALSE, FALSE },
  { "a sixteenth fast, and two", 0, 1094, 1024, TRUE, TRUE },
  { "faster than that", 0, 1096, 1024, FALSE, TRUE },
  { "we were suspended, it rebooted meanwhile", 90000, 3600, 86400, FALSE, FALSE },
  { "it rebooted and is beyond where it was", 100, 1800, 3600, FALSE, FALSE },
  { "far from zero", G_MAXUINT32 - 10, G_MAXUINT32, 10, TRUE, TRUE },
  { "wrapped", G_MAXUINT32, 5, 6, FALSE, FALSE },
};

static void
test_hear (gconstpointer data)
{
  const Case *c = data;
  const gint64 start = 5 * G_USEC_PER_SEC;
  const gint64 later = start + c->seconds * G_USEC_PER_SEC;
  PtlEpoch pcp = { 0 };
  PtlEpoch natpmp = { 0 };

  g_assert_true (ptl_epoch_hear_pcp (&pcp, c->before, start));
  g_assert_true (ptl_epoch_hear_natpmp (&natpmp, c->before, start));
  g_assert_cmpint (ptl_epoch_hear_pcp (&pcp, c->after, later), ==, c->pcp);
  g_assert_cmpint (ptl_epoch_hear_natpmp (&natpmp, c->after, later), ==, c->natpmp);
}

/* A restart is announced up to ten times in a burst: it counts once. */
static void
test_burst (void)
{
  PtlEpoch epoch = { 0 };
  guint lost = 0;

  ptl_epoch_hear_pcp (&epoch, 5000, 0);
  for (gint64 i = 0; i < 10; i++)
    lost += !ptl_epoch_hear_pcp (&epoch, (guint32) (i / 4), (i + 1) * G_USEC_PER_SEC / 4);
  g_assert_cmpuint (lost, ==, 1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/router/epoch/%s", cases[i].name);

      g_test_add_data_func (path, &cases[i], test_hear);
    }
  g_test_add_func ("/router/epoch/burst", test_burst);
  return g_test_run ();
}

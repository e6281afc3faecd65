/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-asks.h"
#include "ptl-identify-private.h"
#include "ptl-lines.h"

#define TFTP_PORT 69

static gboolean
know_nothing (PtlProbing *probing, GByteArray *heard)
{
  return FALSE;
}

/* The asks that are usual at this port, or all the others. */
static GArray *
choose (GArray *all, guint16 port, gboolean usual)
{
  GArray *chosen = g_array_new (FALSE, FALSE, sizeof (PtlAsk));

  for (guint i = 0; i < all->len; i++)
    {
      const PtlAsk *ask = &g_array_index (all, PtlAsk, i);

      if (ask->hear != NULL && ptl_ask_is_usual (ask, port) == usual && (usual || !ask->usual_only))
        g_array_append_val (chosen, *ask);
    }
  return chosen;
}

static void
complete (PtlProbing *probing)
{
  g_autofree char *service = g_strdup (probing->found.service);

  for (const PtlAsk *ask = ptl_asks; ask->service != NULL; ask++)
    if (ask->udp && ask->hear == NULL && g_str_equal (ask->service, service))
      ask->detail (ask, probing, NULL);
}

gboolean
ptl_identify_udp (PtlProbing *probing, GError **error)
{
  g_autoptr (GArray) all = ptl_asks_list (probing, TRUE);
  g_autoptr (GArray) usual = choose (all, probing->port, TRUE);
  g_autoptr (GArray) others = choose (all, probing->port, FALSE);

  probing->state = PTL_SEEN_FILTERED;
  if (probing->port == TFTP_PORT && ptl_ask_tftp (probing))
    return TRUE;
  /* A datagram may be lost: what is likely is asked twice. */
  if (ptl_lines_run (probing, usual, NULL, know_nothing)
      || (probing->state == PTL_SEEN_FILTERED && ptl_lines_run (probing, usual, NULL, know_nothing))
      || (probing->state != PTL_SEEN_CLOSED && ptl_lines_run (probing, others, NULL, know_nothing)))
    complete (probing);
  else if (probing->state == PTL_SEEN_FILTERED)
    ptl_ask_tftp (probing);
  return TRUE;
}

gboolean
ptl_identify_udp_soon (PtlProbing *probing)
{
  g_autoptr (GArray) all = NULL;
  g_autoptr (GArray) usual = NULL;

  ptl_probing_want_set (probing);
  all = ptl_asks_list (probing, TRUE);
  usual = choose (all, probing->port, TRUE);
  probing->state = PTL_SEEN_FILTERED;
  if (usual->len == 0 || !ptl_lines_run (probing, usual, NULL, know_nothing))
    probing->unfinished = probing->state != PTL_SEEN_CLOSED;
  return TRUE;
}

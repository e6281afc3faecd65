/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-udp-pace.h"

#include "ptl-pace.h"

/* Where the datagrams of a piece no longer pass, those behind are too many as well. */
static guint
get_passing (PtlUdpSession *session, gboolean in, const PtlUdpPiece *piece)
{
  guint passing = 0;

  for (guint at = 0; at < piece->n; at += piece->segment)
    {
      guint n = MIN (piece->segment, piece->n - at);

      if (ptl_pace_let_pass (&session->connection, session->site, in, n) && passing == at)
        passing = at + n;
    }
  return passing;
}

guint
ptl_udp_let_pass (
    PtlUdpSession *session, gboolean in, const PtlUdpPiece *pieces, guint n, PtlUdpPiece *passed)
{
  guint n_passed = 0;

  for (guint i = 0; i < n; i++)
    {
      PtlUdpPiece piece = pieces[i];

      /* An empty datagram costs nothing. */
      if (piece.n > 0 && (piece.n = get_passing (session, in, &pieces[i])) == 0)
        continue;
      piece.segment = MIN (piece.segment, piece.n);
      passed[n_passed++] = piece;
    }
  return n_passed;
}

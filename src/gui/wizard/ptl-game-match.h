/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "client/ptl-games.h"

G_BEGIN_DECLS

/**
 * PtlRunning:
 *
 * A program that listens on this machine on a game's port. @address: the literal address it listens on where it is one of
 * its own, "" for every address. @process: "" = not to be known; made safe for display.
 */
typedef struct
{
  PtlGame *game;
  char *process;
  char *address;
  guint pid;
  int rank; /* how sure: the higher, the surer */
} PtlRunning;

void ptl_running_free (PtlRunning *self);
/* Which of @games are running here, the surest first: @listeners is the answer of ListListeners (aa{sv}).
 * A port that many games share (27015, 7777) counts only where the process tells which of them it is, or where few
 * share it. (element-type PtlRunning) */
GPtrArray *ptl_game_match_listeners (GListModel *games, GVariant *listeners);

G_END_DECLS

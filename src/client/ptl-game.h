/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "core/ptl-endpoint.h"

G_BEGIN_DECLS

/* One port or range that a game's server listens on; each becomes one rule. */
typedef struct
{
  PtlProtocol protocol;
  guint16 first;
  guint16 last;
  gboolean optional; /* the game works without it (query, voice, web map): offered, not opened by default */
  char *note;        /* "query port", or "" */
} PtlGamePort;

/**
 * PtlGame:
 *
 * A game or self-hosted server of data/games.json. Properties for bindings: name, note, category.
 */
#define PTL_TYPE_GAME (ptl_game_get_type ())
G_DECLARE_FINAL_TYPE (PtlGame, ptl_game, PTL, GAME, GObject)

/* One entry of games.json; PTL_ERROR_INVALID names the entry and what is wrong with it. */
PtlGame *ptl_game_new_from_json (JsonObject *object, GError **error);
const char *ptl_game_get_name (PtlGame *self);
const char *ptl_game_get_category (PtlGame *self); /* "game" or "server" */
const char *ptl_game_get_note (PtlGame *self);     /* one sentence, or "" */
const char *ptl_game_get_source (PtlGame *self);   /* where the ports are documented */
const char *ptl_game_get_join (PtlGame *self);     /* what a friend does with the address, with {address} and {port}, or "" */
guint ptl_game_get_n_ports (PtlGame *self);
const PtlGamePort *ptl_game_get_port (PtlGame *self, guint index);
/* Case-folded words, all found in name or aliases; "" matches. */
gboolean ptl_game_matches (PtlGame *self, const char *search);
/* An IPv6 @address gets its brackets where a port follows it, or a URL holds it. */
char *ptl_game_dup_join_text (PtlGame *self, const char *address, guint16 port);

G_END_DECLS

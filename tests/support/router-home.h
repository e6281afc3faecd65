/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "router-lab.h"
#include "router/ptl-discovery.h"
#include "router/ptl-router.h"

G_BEGIN_DECLS

/* The router library at work in the lab: a discovery, its default router, and what runs at the
 * router. The functions turn the main context until the answer is there. */
typedef struct
{
  PtlClock *clock;
  PtlDiscovery *discovery;
  PtlRouter *router;
  RouterLabDaemon *daemon;
  guint lost_state; /* how often it was told */
} RouterHome;

/* With Debian's miniupnpd, or with nothing where both are FALSE. */
void router_home_open_real (RouterHome *self, gboolean upnp, gboolean natpmp, const char *extra);
/* With tests/support/router-emulator.py. */
void router_home_open_emulated (RouterHome *self, const char *options);
void router_home_close (RouterHome *self);

PtlMapping *router_home_add (RouterHome *self, const PtlMapping *mapping, GError **error);
gboolean router_home_delete (RouterHome *self, const PtlMapping *mapping, GError **error);
gboolean router_home_read_back (RouterHome *self, const PtlMapping *mapping, GError **error);
GPtrArray *router_home_list (RouterHome *self, GError **error);
gboolean router_home_probe (RouterHome *self, GError **error);
void router_home_search (RouterHome *self);

/* Of the emulator: its table and its log, and a signal that is carried out before this returns. */
char *router_home_dup_table (RouterHome *self);
char *router_home_dup_log (RouterHome *self);
void router_home_signal (RouterHome *self, int number);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "worker/ptl-alarm.h"
#include "worker/ptl-pinholes.h"

G_BEGIN_DECLS

/* Inside of PtlPinholes, for its own files alone. */

struct _PtlPinholes
{
  GObject parent;

  PtlClock *clock;
  PtlEngine *engine;
  PtlDiscovery *ipv4;
  PtlDiscovery *discovery;
  PtlKeeper *keeper;
  PtlBackend *backend;
  GHashTable *entries; /* rule id -> Entry */
  PtlAlarm *alarm;
  gint64 probe_boot_us;
  gboolean probing;
  guint kick_id;
};

/* ptl-pinholes-open.c */
GError *ptl_pinholes_no_router (PtlPinholes *self);

G_END_DECLS

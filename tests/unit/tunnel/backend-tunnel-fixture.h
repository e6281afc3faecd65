/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "tunnel-helpers.h"
#include "worker/ptl-backend-tunnel.h"

G_BEGIN_DECLS

#define SECOND ((gint64)G_USEC_PER_SEC)

/* The back end against a real sshd: see tests/support/tunnel-sshd.h. */
typedef struct
{
  TunnelSshd *sshd;
  PtlClock *clock;
  PtlRelay *relay;
  char *state_dir;
  GSocketService *echo;
  guint16 echo_port;
  PtlBackend *backend;
  PtlRule *rule;
  char *key_line;
  GString *told; /* what the signals said, a word each */
  GPtrArray *leases;
} Fixture;

/* What the signals said since it was asked before. */
void assert_told (Fixture *f, const char *wanted);
PtlRule *make_rule (Fixture *f, PtlWay way, const char *host, guint16 port);
/* All is NULL where there can be no sshd: the test is skipped, and returns at once. */
void set_up (Fixture *f, gconstpointer data);
void tear_down (Fixture *f, gconstpointer data);
/* A restore has nothing prepared. */
gboolean open_rule (Fixture *f, gboolean restore, GError **error);
/* The lease stays with the fixture. */
const PtlLease *open_well (Fixture *f, gboolean restore);
void open_badly (Fixture *f, gboolean restore, PtlError code);
void close_rule (Fixture *f);
/* As the worker keeps them with the rule. */
void keep_leases (Fixture *f);
guint64 get_ever (Fixture *f);
/* Starts the server, trusts its key and makes the rule. */
void begin (Fixture *f, PtlWay way, const char *host, guint16 port);

G_END_DECLS

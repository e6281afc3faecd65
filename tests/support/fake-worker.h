/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "core/ptl-event.h"
#include "core/ptl-rule.h"

G_BEGIN_DECLS

/* What OpenRule leads to. */
typedef enum
{
  FAKE_OPENS,          /* the rule goes from opening to open */
  FAKE_FAILS,          /* ... to failed, and into the history: with fake_worker_set_failure() */
  FAKE_FAILS_AT_ONCE,  /* the same, before the answer to OpenRule */
  FAKE_STAYS,          /* stays opening, until closed */
} FakeOpening;

/**
 * FakeWorker:
 *
 * The bus contract and nothing behind it, in the test's own process: for what a client must stand that a
 * real worker does not do on demand. Runs on the default main context; has a bus connection of its own.
 */
typedef struct _FakeWorker FakeWorker;

FakeWorker *fake_worker_new (const char *address);
/* Leaves the bus, as a worker that died. What it held is gone. */
void fake_worker_free (FakeWorker *self);

void fake_worker_add_rule (FakeWorker *self, const PtlRule *rule);
/* @changed: a{sv} of Rule1, may be floating. */
void fake_worker_change_rule (FakeWorker *self, const char *id, GVariant *changed);
/* What GetStatistics and ListConnections tell of it, and its counters. */
void fake_worker_set_traffic (FakeWorker *self, const char *id, guint64 bytes_in, guint connections);
/* To the history, as its state says. */
void fake_worker_retire_rule (FakeWorker *self, const char *id, PtlRuleState state, const GError *error);
/* @n rules that closed long ago, named "closed 0" (the latest) and so on. */
void fake_worker_add_closed (FakeWorker *self, guint n);
void fake_worker_add_router (FakeWorker *self, const char *id, const char *name);
void fake_worker_add_relay (FakeWorker *self, const char *id, const char *name, const char *offered_key);
void fake_worker_log (FakeWorker *self, const char *what, const char *rule_id);
void fake_worker_set_network (FakeWorker *self, const char *state, const char *message);

void fake_worker_set_opening (FakeWorker *self, FakeOpening opening);
/* What @method answers from now on: a tuple, may be floating. Before that KickConnections and ListListeners are not
 * supported. */
void fake_worker_set_answer (FakeWorker *self, const char *method, GVariant *answer);
/* The error of what fails, and of every request where @always. */
void fake_worker_set_failure (FakeWorker *self, const GError *error, gboolean always);
guint fake_worker_get_n_calls (FakeWorker *self);          /* of methods of Worker1 */
guint fake_worker_count (FakeWorker *self, const char *method);
GVariant *fake_worker_get_last (FakeWorker *self, const char *method); /* its arguments; (nullable) (transfer none) */

/* A whole open rule. @n makes the id. */
PtlRule *fake_rule (guint n, const char *name);
char *fake_id (guint n);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FakeWorker, fake_worker_free)

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <sqlite3.h>

#include "worker/ptl-store.h"

G_BEGIN_DECLS

/* For the tests of the store: a folder, a clock, and rules to put. */
typedef struct
{
  char *directory;
  char *path; /* of the database */
  PtlClock *clock;
  PtlStore *store; /* NULL until opened */
} StoreFixture;

StoreFixture *store_fixture_new (void); /* nothing in the folder yet */
StoreFixture *store_fixture_new_in (const char *parent);
void store_fixture_free (StoreFixture *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StoreFixture, store_fixture_free)

PtlStore *store_fixture_open (StoreFixture *self); /* closes it first where it is open */
void store_fixture_close (StoreFixture *self);
/* Another connection, for looking and breaking; the store must be closed. */
sqlite3 *store_fixture_open_sqlite (StoreFixture *self);
void store_fixture_exec (sqlite3 *db, const char *sql);
/* Copies database and log, as a process killed now would leave them. */
void store_fixture_copy_to (StoreFixture *self, const char *directory);
/* How many files of the folder begin with @prefix. */
guint store_fixture_count_files (StoreFixture *self, const char *prefix);
char *
store_fixture_dup_sum (const char *path); /* of its bytes, and "missing" where there is none */
void store_fixture_remove (const char *directory);

PtlRule *store_fixture_rule (const char *keys); /* a{sv} in GVariant's text form */
/* One transaction with @rule and an event; asserts that it goes through. */
void store_fixture_put (PtlStore *store, const PtlRule *rule);
/* The same, telling whether it did. */
gboolean store_fixture_try_put (PtlStore *store, const PtlRule *rule, GError **error);

/* Runs @func in a child process: 0 = it returned, else how it ended (an exit status, or 128 and the
 * signal). */
int store_fixture_run_child (void (*func) (gpointer data), gpointer data);
#define STORE_FIXTURE_SKIP 77
/* In a child: mount points of its own. FALSE: the system does not let us. */
gboolean store_fixture_enter_namespace (void);

G_END_DECLS

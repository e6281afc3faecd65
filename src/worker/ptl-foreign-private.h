/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "worker/ptl-entry-hosts.h"
#include "worker/ptl-foreign-alarm.h"
#include "worker/ptl-foreign.h"
#include "worker/ptl-store-entries.h"

G_BEGIN_DECLS

/* Inside of PtlForeign, for its own files alone. */

/* What the table of one router showed last. */
typedef struct
{
  char *key;          /* the router, by its hardware address where that is known */
  GPtrArray *entries; /* of PtlRouterEntry */
  gint64 boot_us;     /* when */
  GPtrArray *waiting; /* of GTask: those that wait until it is known whose the entries are; NULL = it is */
} PtlForeignTable;

struct _PtlForeign
{
  GObject parent;

  PtlClock *clock;
  PtlStore *store;
  PtlInventory *inventory;
  PtlDebts *debts;
  PtlDiscovery *discovery;
  PtlBackendRouter *mappings;
  PtlKeeper *keeper;
  PtlNotifier *notifier;
  PtlEntryHosts *hosts;
  GHashTable *tables;  /* PtlRouter -> PtlForeignTable */
  GHashTable *records; /* text -> PtlEntryRecord */
  GHashTable *known;   /* set of router keys that were looked at before */
  GQueue removed;      /* of Removed: what can be put back, the latest first */
  PtlForeignAlarm alarm;
  gboolean loaded;
};

/* ptl-foreign.c */
/* The router's id in the store: by its hardware address, which the kernel knows once it answered. (transfer full) */
char *ptl_foreign_dup_router_key (PtlRouter *router);
char *ptl_foreign_dup_entry_id (const PtlRouterEntry *entry);
PtlRouterEntry *ptl_foreign_copy_entry (const PtlRouterEntry *entry);
/* Which rule an entry belongs to, living or still owed; "" = foreign. */
const char *ptl_foreign_owner_of (PtlForeign *self, PtlRouter *router, const PtlRouterEntry *entry);
/* What is remembered of it; NULL = nothing. */
PtlEntryRecord *ptl_foreign_get_record (PtlForeign *self, const char *key, const PtlRouterEntry *entry);
PtlEntryRecord *ptl_foreign_put_record (PtlForeign *self, const char *key, const PtlRouterEntry *entry);
PtlForeignTable *ptl_foreign_get_table (PtlForeign *self, PtlRouter *router);
/* "tcp 25565 → 192.168.77.20:22 “ssh”", for the log. */
char *ptl_foreign_describe (const PtlRouterEntry *entry);

/* ptl-foreign-change.c */
void ptl_foreign_free_removed (PtlForeign *self);

/* ptl-foreign-news.c */
/* Looks through a table that was just read: remembers what is new in it, logs that, and tells of it. */
void ptl_foreign_take_news (PtlForeign *self, PtlRouter *router, PtlForeignTable *table);
void ptl_foreign_load (PtlForeign *self);

/* ptl-foreign-list.c */
/* Answers one that waited for a listing. Takes over @task. */
void ptl_foreign_return_list (PtlForeign *self, PtlRouter *router, GTask *task);

G_END_DECLS

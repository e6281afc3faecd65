/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "core/ptl-clock.h"
#include "router/ptl-router.h"

G_BEGIN_DECLS

/* What is known of a computer that an entry leads to. Texts are safe to show; "" = not known. */
typedef struct
{
  char *name;      /* by the system's resolver */
  char *mac;       /* "00:22:72:00:00:01" */
  char *vendor;    /* who made its network card */
  gboolean gone;   /* it does not answer by ARP */
} PtlEntryHost;

/**
 * PtlEntryHosts:
 *
 * Whose the entries in a router are: names, hardware addresses and makers of the computers that they lead to, whether those
 * are there, and which programs of this computer listen. What is found is remembered. Only computers in this one's own
 * network are looked for, whatever a router lists, and their names by the resolver alone.
 */
#define PTL_TYPE_ENTRY_HOSTS (ptl_entry_hosts_get_type ())
G_DECLARE_FINAL_TYPE (PtlEntryHosts, ptl_entry_hosts, PTL, ENTRY_HOSTS, GObject)

PtlEntryHosts *ptl_entry_hosts_new (PtlClock *clock);
/* Looks who is behind @entries (of PtlRouterEntry) now. @local: this computer's address towards the router. Takes a second
 * at most: a name that comes later is there the next time. */
void ptl_entry_hosts_look_async (PtlEntryHosts *self,
                                 GPtrArray *entries,
                                 const char *local,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
void ptl_entry_hosts_look_finish (PtlEntryHosts *self, GAsyncResult *result);
/* (nullable) (transfer none): until the next look */
const PtlEntryHost *ptl_entry_hosts_get (PtlEntryHosts *self, const char *address);
/* Whether a program of this computer listened where an entry to @local leads, at the last look. @process: its name, ""
 * where that cannot be known; good until the next look. */
gboolean ptl_entry_hosts_is_listened (PtlEntryHosts *self,
                                      PtlProtocol protocol,
                                      guint16 port,
                                      const char *local,
                                      const char **process);

G_END_DECLS

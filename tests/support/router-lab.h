/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* For tests that router-lab.sh runs: the router's side of the home. */

#define ROUTER_LAB_GATEWAY "192.168.77.1"
#define ROUTER_LAB_LOCAL "192.168.77.10"
#define ROUTER_LAB_EXTERNAL "5.6.7.8"

/* A program in the router's namespace, killed by router_lab_stop(). */
typedef GSubprocess RouterLabDaemon;

/* Runs @command by a shell in the router's namespace (or here), and fails the test where it fails.
 */
void router_lab_router (const char *command, ...) G_GNUC_PRINTF (1, 2);
void router_lab_here (const char *command, ...) G_GNUC_PRINTF (1, 2);
char *router_lab_router_output (const char *command);

/* miniupnpd with these lines added to its configuration, ready to answer. "+upnp", "+natpmp" choose
 * the protocols. */
RouterLabDaemon *router_lab_miniupnpd (gboolean upnp, gboolean natpmp, const char *extra);
/* tests/support/router-emulator.py with these options, ready to answer; its log is empty. */
RouterLabDaemon *router_lab_emulator (const char *options);
void router_lab_stop (RouterLabDaemon *daemon);
/* Empties what miniupnpd made in the router's tables, as a reboot does. */
void router_lab_flush (void);
/* Drops, or lets through again, everything that the computer sends to the router itself. */
void router_lab_mute (gboolean mute);

/* Loses three of ten packets either way, or none. */
void router_lab_lose (gboolean lose);

/* Path of a file in the lab's scratch directory. */
char *router_lab_path (const char *name);

/* Turns the default main context until *@flag is TRUE; fails the test after @seconds. */
void router_lab_wait (const gboolean *flag, guint seconds);

G_END_DECLS

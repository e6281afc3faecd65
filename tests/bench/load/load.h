/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What `load` can do, a file each. All of it is on 127.0.0.1, and ends with standard input at the
 * latest, so that nothing outlives the benchmark. */

/* The far ends: they print "port N" and serve. @kind: "sink" reads and throws away, "echo" sends
 * back, "answer" answers the first bytes of a connection and ends it. */
int load_serve (const char *kind);
/* @merged: see load-udp.c. */
int load_udp_echo (gboolean merged);

/* The near ends: each prints "begin" once it measures, then a line of numbers. */

/* @n_streams send as fast as they can. Prints bytes and seconds; the streams go on until standard
 * input ends, so that what carries them can still be looked at. */
int load_source (guint16 port, guint n_streams, double seconds);
/* Connections one after the other, @n_parallel at a time: each sends a request, reads the answer to
 * its end. Prints how many came back whole, how many did not, and seconds. */
int load_connects (guint16 port, guint n_parallel, double seconds);
/* Opens @n connections, makes sure by an echo that each leads somewhere, prints how many are held,
 * and keeps them until standard input ends. */
int load_idle (guint16 port, guint n);
/* Datagrams of @size bytes over @n_flows sources, each to come back. @rate: datagrams per second; 0
 * = as many as come back. Prints sent, received, seconds, and p50 and p99 of the time there and
 * back in us. */
int
load_udp (gboolean merged, guint16 port, guint size, guint n_flows, double seconds, double rate);

/* Shared by them. */
void load_fail (const char *what) G_GNUC_NORETURN; /* with errno */
gint64 load_now_us (void);
void load_set_int (int fd, int level, int option, int value);
/* Bound to 127.0.0.1 on any port, which is printed; not blocking. */
int load_bind (int type);
/* Connected, or about to be; not blocking. */
int load_connect (int type, guint16 port);
/* Whether standard input has ended, looked at without waiting. */
gboolean load_is_over (void);
void load_say_begin (void);

G_END_DECLS

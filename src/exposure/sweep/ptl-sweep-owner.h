/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Whose an address is. What others may be asked without a confirmation, and how that is logged, is
 * for the worker to decide. */
typedef enum
{
  PTL_SWEEP_OTHER,        /* somebody's: it wants a confirmation */
  PTL_SWEEP_THIS_MACHINE, /* loopback, or an address of one of its interfaces */
  PTL_SWEEP_ROUTER,       /* the router of a network that this machine is in */
  PTL_SWEEP_PUBLIC,       /* the public address that this home is reached by */
  PTL_SWEEP_NEIGHBOUR, /* another device on a network that this machine is in: another's too, as far
                          as we know */
  PTL_N_SWEEP_OWNERS   /*< skip >*/
} PtlSweepOwner;

/* What is known of this machine and its home; each list (nullable), and what is no address in it is
 * left out. */
typedef struct
{
  const char *const
      *interfaces; /* own addresses with prefix: "192.168.1.5/24"; PtlNetInterface.addresses */
  const char *const *routers; /* "192.168.1.1", "fe80::1" */
  const char *const *publics; /* "203.0.113.7" */
} PtlSweepHome;

/* IPv4 addresses written as IPv6 ("::ffff:192.0.2.1") are those IPv4 addresses. Addresses that
 * nobody can be asked at by themselves (unspecified, multicast, broadcast) are OTHER. */
PtlSweepOwner ptl_sweep_classify (GInetAddress *address, const PtlSweepHome *home);
const char *ptl_sweep_owner_to_string (PtlSweepOwner owner); /* "other", "this-machine", ... */

G_END_DECLS

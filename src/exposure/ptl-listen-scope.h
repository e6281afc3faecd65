/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Who can reach a socket by the address that it listens at, were there no firewall and no router in between. */
typedef enum
{
  PTL_LISTEN_SCOPE_MACHINE, /* loopback: programs of this machine */
  PTL_LISTEN_SCOPE_LINK,    /* link-local: whoever is on the same cable or Wi-Fi */
  PTL_LISTEN_SCOPE_LAN,     /* one private address (RFC 1918, RFC 4193, RFC 6598) */
  PTL_LISTEN_SCOPE_PUBLIC,  /* one address that is anywhere to be reached */
  PTL_LISTEN_SCOPE_EVERY,   /* every address that this machine has or will have */
} PtlListenScope;

/* @address: a literal, with an interface ("fe80::1%eth0") or without. What is none counts as EVERY: rather too much is
 * said than too little. */
PtlListenScope ptl_listen_scope_of (const char *address);
const char *ptl_listen_scope_to_string (PtlListenScope scope); /* "machine", "link", "lan", "public", "every" */

G_END_DECLS

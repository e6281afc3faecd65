/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  PTL_ARP_UNKNOWN, /* nobody asked for it of late */
  PTL_ARP_THERE,
  PTL_ARP_ABSENT,  /* it was asked for, and did not answer */
} PtlArpState;

/* The kernel's table of IPv4 neighbours as text (/proc/net/arp, proc(5)); "" where it cannot be read. */
char *ptl_arp_read (void);
/* What @table, from ptl_arp_read(), tells of @address; @mac is filled where it is THERE. */
PtlArpState ptl_arp_find (const char *table, const char *address, guint8 mac[6]);
/* Whether @address is in the network that this computer has @local, an address of its own, in. */
gboolean ptl_arp_is_on_link (const char *address, const char *local);
/* Has the kernel ask for @address: an empty datagram is sent to its discard port (RFC 863), which comes about only where it
 * answers by ARP. Nothing is sent to what is not on the link of @local, nor to this computer. FALSE: nothing was sent. */
gboolean ptl_arp_ask (const char *address, const char *local);

G_END_DECLS

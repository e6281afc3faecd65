/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Who made a network card, by the beginning of its hardware address and a list that some other package has installed:
 * systemd's (20-OUI.hwdb), the IEEE's own (Debian's ieee-data) or nmap's. Nobody is asked over the network. */

/* In the text of such a list, whichever of the three; the longest beginning that fits counts. NULL: it is not in it.
 * (transfer full), not yet safe. */
char *ptl_vendor_search (const char *list, gsize length, const guint8 mac[6]);
/* In the first list installed that knows it. Reads files of some megabytes: call it in a thread. NULL: not to be known, or
 * an address that its device made up by itself, as telephones do. (transfer full), not yet safe. */
char *ptl_vendor_find (const guint8 mac[6]);

G_END_DECLS

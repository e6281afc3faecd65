/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A name server of the test's own, and namespaces in which the system's resolver asks it. Call dns_enter() before there
 * are threads: from then on this process is alone in a network where 10.0.0.0/8 is this computer. FALSE: such
 * namespaces are not to be had here. */
gboolean dns_enter (void);

typedef struct _DnsServer DnsServer;
DnsServer *dns_server_new (void);
void dns_server_free (DnsServer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DnsServer, dns_server_free)
/* @addresses: IPv4, separated by spaces; "" = there is no such name. */
void dns_server_set (DnsServer *self, const char *addresses, guint32 ttl);
/* Answers nothing any more. */
void dns_server_set_mute (DnsServer *self, gboolean mute);
guint dns_server_get_n_asked (DnsServer *self);

G_END_DECLS

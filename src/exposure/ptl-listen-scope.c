/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-listen-scope.h"

#include <gio/gio.h>
#include <string.h>

static gboolean
is_private (GInetAddress *address)
{
  const guint8 *bytes = g_inet_address_to_bytes (address);

  if (g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6)
    return (bytes[0] & 0xfe) == 0xfc || g_inet_address_get_is_site_local (address);
  return bytes[0] == 10 || (bytes[0] == 172 && (bytes[1] & 0xf0) == 16) || (bytes[0] == 192 && bytes[1] == 168) ||
         (bytes[0] == 100 && (bytes[1] & 0xc0) == 64);
}

PtlListenScope
ptl_listen_scope_of (const char *address)
{
  g_autofree char *bare = g_strndup (address, strcspn (address, "%"));
  g_autoptr (GInetAddress) parsed = g_inet_address_new_from_string (bare);

  if (parsed == NULL || g_inet_address_get_is_any (parsed))
    return PTL_LISTEN_SCOPE_EVERY;
  if (g_inet_address_get_is_loopback (parsed))
    return PTL_LISTEN_SCOPE_MACHINE;
  if (g_inet_address_get_is_link_local (parsed))
    return PTL_LISTEN_SCOPE_LINK;
  return is_private (parsed) ? PTL_LISTEN_SCOPE_LAN : PTL_LISTEN_SCOPE_PUBLIC;
}

const char *
ptl_listen_scope_to_string (PtlListenScope scope)
{
  static const char *const names[] = { "machine", "link", "lan", "public", "every" };

  return names[scope];
}

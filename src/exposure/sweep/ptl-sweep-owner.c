/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-sweep-owner.h"

#include <string.h>

static const char *const names[PTL_N_SWEEP_OWNERS] = {
  [PTL_SWEEP_OTHER] = "other",         [PTL_SWEEP_THIS_MACHINE] = "this-machine",
  [PTL_SWEEP_ROUTER] = "router",       [PTL_SWEEP_PUBLIC] = "public",
  [PTL_SWEEP_NEIGHBOUR] = "neighbour",
};

const char *
ptl_sweep_owner_to_string (PtlSweepOwner owner)
{
  g_return_val_if_fail (owner < PTL_N_SWEEP_OWNERS, names[PTL_SWEEP_OTHER]);
  return names[owner];
}

/* (transfer full): "::ffff:1.2.3.4" as 1.2.3.4, which is where a connect goes. */
static GInetAddress *
unmap (GInetAddress *address)
{
  static const guint8 mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };
  const guint8 *bytes = g_inet_address_to_bytes (address);

  if (g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6
      && memcmp (bytes, mapped, sizeof mapped) == 0)
    return g_inet_address_new_from_bytes (bytes + sizeof mapped, G_SOCKET_FAMILY_IPV4);
  return g_object_ref (address);
}

static gboolean
is_among (GInetAddress *address, const char *const *list)
{
  for (guint i = 0; list != NULL && list[i] != NULL; i++)
    {
      g_autofree char *bare = g_strndup (list[i], strcspn (list[i], "/%"));
      g_autoptr (GInetAddress) other = g_inet_address_new_from_string (bare);

      if (other != NULL && g_inet_address_equal (other, address))
        return TRUE;
    }
  return FALSE;
}

/* Whether the first @n_bits are the same. */
static gboolean
shares_prefix (GInetAddress *a, GInetAddress *b, guint n_bits)
{
  const guint8 *left = g_inet_address_to_bytes (a), *right = g_inet_address_to_bytes (b);
  guint rest = n_bits % 8;

  if (g_inet_address_get_family (a) != g_inet_address_get_family (b)
      || n_bits > 8 * g_inet_address_get_native_size (a) || memcmp (left, right, n_bits / 8) != 0)
    return FALSE;
  return rest == 0 || (left[n_bits / 8] ^ right[n_bits / 8]) >> (8 - rest) == 0;
}

static gboolean
is_near (GInetAddress *address, const char *const *interfaces)
{
  for (guint i = 0; interfaces != NULL && interfaces[i] != NULL; i++)
    {
      g_auto (GStrv) parts = g_strsplit (interfaces[i], "/", 2);
      g_autoptr (GInetAddress) own = g_inet_address_new_from_string (parts[0]);
      guint64 prefix;

      if (own != NULL && parts[1] != NULL
          && g_ascii_string_to_unsigned (parts[1], 10, 1, 128, &prefix, NULL)
          && shares_prefix (own, address, (guint) prefix))
        return TRUE;
    }
  return FALSE;
}

PtlSweepOwner
ptl_sweep_classify (GInetAddress *address, const PtlSweepHome *home)
{
  g_autoptr (GInetAddress) plain = unmap (address);
  g_autofree char *text = g_inet_address_to_string (plain);

  if (g_inet_address_get_is_any (plain) || g_inet_address_get_is_multicast (plain)
      || strcmp (text, "255.255.255.255") == 0)
    return PTL_SWEEP_OTHER;
  if (g_inet_address_get_is_loopback (plain) || is_among (plain, home->interfaces))
    return PTL_SWEEP_THIS_MACHINE;
  if (is_among (plain, home->routers))
    return PTL_SWEEP_ROUTER;
  if (is_among (plain, home->publics))
    return PTL_SWEEP_PUBLIC;
  return is_near (plain, home->interfaces) ? PTL_SWEEP_NEIGHBOUR : PTL_SWEEP_OTHER;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-address-class.h"

#include <arpa/inet.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "core/ptl-error.h"

typedef struct
{
  guint32 network;
  guint8 prefix;
  PtlAddressClass kind;
} Range;

#define IPV4(a, b, c, d) ((guint32) (a) << 24 | (b) << 16 | (c) << 8 | (d))

/* IANA IPv4 special-purpose address registry; what is not here is public. */
static const Range ranges[] = {
  { IPV4 (0, 0, 0, 0), 8, PTL_ADDRESS_NONE },
  { IPV4 (10, 0, 0, 0), 8, PTL_ADDRESS_PRIVATE },
  { IPV4 (100, 64, 0, 0), 10, PTL_ADDRESS_SHARED },
  { IPV4 (127, 0, 0, 0), 8, PTL_ADDRESS_LOOPBACK },
  { IPV4 (169, 254, 0, 0), 16, PTL_ADDRESS_LINK_LOCAL },
  { IPV4 (172, 16, 0, 0), 12, PTL_ADDRESS_PRIVATE },
  { IPV4 (192, 0, 0, 0), 24, PTL_ADDRESS_DSLITE },
  { IPV4 (192, 0, 2, 0), 24, PTL_ADDRESS_SPECIAL },
  { IPV4 (192, 88, 99, 0), 24, PTL_ADDRESS_SPECIAL },
  { IPV4 (192, 168, 0, 0), 16, PTL_ADDRESS_PRIVATE },
  { IPV4 (198, 18, 0, 0), 15, PTL_ADDRESS_SPECIAL },
  { IPV4 (198, 51, 100, 0), 24, PTL_ADDRESS_SPECIAL },
  { IPV4 (203, 0, 113, 0), 24, PTL_ADDRESS_SPECIAL },
  { IPV4 (224, 0, 0, 0), 3, PTL_ADDRESS_SPECIAL },
};

static PtlAddressClass
class_of_ipv4 (guint32 address)
{
  for (gsize i = 0; i < G_N_ELEMENTS (ranges); i++)
    {
      guint32 mask = G_MAXUINT32 << (32 - ranges[i].prefix);

      if ((address & mask) == ranges[i].network)
        return ranges[i].kind;
    }
  return PTL_ADDRESS_PUBLIC;
}

static PtlAddressClass
class_of_ipv6 (const guint8 *bytes)
{
  static const guint8 zero[16] = { 0 };
  static const guint8 mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };

  if (memcmp (bytes, zero, 16) == 0)
    return PTL_ADDRESS_NONE;
  if (memcmp (bytes, mapped, 12) == 0)
    return class_of_ipv4 (IPV4 (bytes[12], bytes[13], bytes[14], bytes[15]));
  if (memcmp (bytes, zero, 15) == 0 && bytes[15] == 1)
    return PTL_ADDRESS_LOOPBACK;
  if (bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0x80)
    return PTL_ADDRESS_LINK_LOCAL;
  if ((bytes[0] & 0xfe) == 0xfc)
    return PTL_ADDRESS_PRIVATE;
  return (bytes[0] & 0xe0) == 0x20 ? PTL_ADDRESS_PUBLIC : PTL_ADDRESS_SPECIAL;
}

PtlAddressClass
ptl_address_class_of (const char *address)
{
  struct in_addr v4;
  guint8 v6[16];

  if (address == NULL)
    return PTL_ADDRESS_NONE;
  if (inet_pton (AF_INET, address, &v4) == 1)
    return class_of_ipv4 (ntohl (v4.s_addr));
  if (inet_pton (AF_INET6, address, v6) == 1)
    return class_of_ipv6 (v6);
  return PTL_ADDRESS_NONE;
}

GError *
ptl_address_class_to_error (PtlAddressClass kind, const char *router, const char *address)
{
  switch (kind)
    {
    case PTL_ADDRESS_PUBLIC:
      return NULL;
    case PTL_ADDRESS_NONE:
      /* Translators: %s is the router's address */
      return ptl_error_new (PTL_ERROR_ROUTER_OFFLINE,
                            _("Check the cable or line between the router and the internet."),
                            _("The router %s has no internet address."), router);
    case PTL_ADDRESS_SHARED:
      /* Translators: first %s is the router's address, the second its address on the other side */
      return ptl_error_new (PTL_ERROR_ROUTER_OFFLINE,
                            _ ("Ask your provider for a public IPv4 address, or use a tunnel "
                               "through a relay."),
                            _ ("The router %s has the shared address %s: your provider's "
                               "carrier-grade NAT keeps strangers out."),
                            router, address);
    case PTL_ADDRESS_DSLITE:
      /* Translators: first %s is the router's address, the second its address on the other side */
      return ptl_error_new (PTL_ERROR_ROUTER_OFFLINE,
                            _ ("Ask your provider for a public IPv4 address, or use a tunnel "
                               "through a relay."),
                            _ ("The router %s has the address %s: your line carries IPv4 inside "
                               "IPv6 (DS-Lite), and nobody can connect in."),
                            router, address);
    default:
      /* Translators: first %s is the router's address, the second its address on the other side */
      return ptl_error_new (PTL_ERROR_ROUTER_OFFLINE,
                            _ ("Forward the port in the router before it too, or put this one into "
                               "bridge mode."),
                            _ ("The router %s has the address %s, which is not public: another "
                               "router stands between it and the internet (double NAT)."),
                            router, address);
    }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "namespace-support.h"

#include <linux/ipv6.h>
#include <net/if.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "engine/ptl-sockaddr.h"

static gboolean
control (int family, unsigned long what, gpointer request)
{
  int fd = socket (family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  gboolean done = fd >= 0 && ioctl (fd, what, request) == 0;

  if (fd >= 0)
    close (fd);
  return done;
}

/* netdevice(7): each but the first address of a device has a label of its own. */
static gboolean
add_address4 (const PtlSockaddr *address)
{
  static guint n;
  struct ifreq request = { 0 };

  g_snprintf (request.ifr_name, sizeof request.ifr_name, n == 0 ? "lo" : "lo:%u", n);
  n++;
  memcpy (&request.ifr_addr, &address->in, sizeof address->in);
  if (!control (AF_INET, SIOCSIFADDR, &request))
    return FALSE;
  request.ifr_flags = IFF_UP | IFF_RUNNING;
  return control (AF_INET, SIOCSIFFLAGS, &request);
}

static gboolean
add_address6 (const PtlSockaddr *address)
{
  struct in6_ifreq request = { .ifr6_prefixlen = 128, .ifr6_ifindex = 1 };

  request.ifr6_addr = address->in6.sin6_addr;
  return control (AF_INET6, SIOCSIFADDR, &request);
}

gboolean
namespace_add_address (const char *host)
{
  PtlSockaddr address;

  g_assert_true (ptl_sockaddr_parse (&address, host, 0));
  return address.any.sa_family == AF_INET ? add_address4 (&address) : add_address6 (&address);
}

gboolean
namespace_set_mtu (int mtu)
{
  struct ifreq request = { .ifr_name = "lo", .ifr_mtu = mtu };

  return control (AF_INET, SIOCSIFMTU, &request);
}

gboolean
namespace_enter (void)
{
  return (unshare (CLONE_NEWNET) == 0 || unshare (CLONE_NEWUSER | CLONE_NEWNET) == 0)
         && namespace_add_address ("127.0.0.1");
}

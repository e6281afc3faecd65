/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-sweep-answer.h"

#include <errno.h>
#include <linux/errqueue.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <netinet/tcp.h>
#include <string.h>

#define READS_MAX 16 /* at a time: who floods us is looked at again when all others were */

typedef union
{
  struct sockaddr any;
  struct sockaddr_in in;
  struct sockaddr_in6 in6;
  struct sockaddr_storage storage;
} Address;

/* What an ICMP error says, and who says it. */
typedef struct
{
  gboolean unreachable; /* as against "try smaller packets" and the like */
  gboolean no_port, no_host;
  Address from;
} IcmpError;

void
ptl_sweep_want_errors (int fd, int family)
{
  const int on = 1;

  if (family == AF_INET6)
    setsockopt (fd, SOL_IPV6, IPV6_RECVERR, &on, sizeof on);
  else
    setsockopt (fd, SOL_IP, IP_RECVERR, &on, sizeof on);
}

static gboolean
is_same_host (const Address *a, const struct sockaddr *b)
{
  if (a->any.sa_family != b->sa_family)
    return FALSE;
  if (b->sa_family == AF_INET6)
    return memcmp (&a->in6.sin6_addr, &((const struct sockaddr_in6 *) (const void *) b)->sin6_addr,
                   16)
           == 0;
  return a->in.sin_addr.s_addr == ((const struct sockaddr_in *) (const void *) b)->sin_addr.s_addr;
}

static in_port_t
get_port (const struct sockaddr *address)
{
  return ((const struct sockaddr_in *) (const void *) address)
      ->sin_port; /* in the same place in both */
}

static gboolean
take_error (const struct cmsghdr *header, IcmpError *icmp)
{
  const struct sock_extended_err *error = (const void *) CMSG_DATA (header);
  const struct sockaddr *from = (const void *) SO_EE_OFFENDER (error);
  gsize length = header->cmsg_len - CMSG_LEN (0);
  gboolean v6 = error->ee_origin == SO_EE_ORIGIN_ICMP6;
  gsize from_length = v6 ? sizeof icmp->from.in6 : sizeof icmp->from.in;

  if (length < sizeof *error + from_length || (!v6 && error->ee_origin != SO_EE_ORIGIN_ICMP))
    return FALSE;
  memcpy (&icmp->from, from, from_length);
  icmp->unreachable
      = v6 ? error->ee_type == ICMP6_DST_UNREACH
           : error->ee_type == ICMP_DEST_UNREACH && error->ee_code != ICMP_FRAG_NEEDED;
  icmp->no_port
      = icmp->unreachable && error->ee_code == (v6 ? ICMP6_DST_UNREACH_NOPORT : ICMP_PORT_UNREACH);
  icmp->no_host
      = icmp->unreachable && error->ee_code == (v6 ? ICMP6_DST_UNREACH_ADDR : ICMP_HOST_UNREACH);
  return icmp->unreachable;
}

/* TRUE where an ICMP error that matters was noted on the socket. Everything that was noted is
 * taken. */
static gboolean
read_icmp (int fd, IcmpError *icmp)
{
  guint8 payload[64];
  union
  {
    struct cmsghdr align;
    guint8 bytes[256];
  } control;
  gboolean found = FALSE;

  for (;;)
    {
      struct iovec data = { payload, sizeof payload };
      struct msghdr message = {
        .msg_iov = &data, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control
      };

      if (recvmsg (fd, &message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0)
        return found;
      for (struct cmsghdr *header = CMSG_FIRSTHDR (&message); header != NULL && !found;
           header = CMSG_NXTHDR (&message, header))
        if ((header->cmsg_level == SOL_IP && header->cmsg_type == IP_RECVERR)
            || (header->cmsg_level == SOL_IPV6 && header->cmsg_type == IPV6_RECVERR))
          found = take_error (header, icmp);
    }
}

/* Where nobody answers for the address on the network that we are in, the kernel tells us so
 * itself, from our own address. */
static gboolean
is_from_here (int fd, const IcmpError *icmp)
{
  Address own;
  socklen_t length = sizeof own;

  return icmp->no_host && getsockname (fd, &own.any, &length) == 0
         && is_same_host (&icmp->from, &own.any);
}

static gboolean
is_self (int fd, const struct sockaddr *to)
{
  Address own;
  socklen_t length = sizeof own;

  return getsockname (fd, &own.any, &length) == 0 && get_port (&own.any) == get_port (to)
         && is_same_host (&own, to);
}

static PtlSweepAnswer
of_tcp_errno (int code, PtlSeenState *state)
{
  switch (code)
    {
    case EALREADY:
    case EINPROGRESS:
      return PTL_SWEEP_NOTHING;
    case ECONNREFUSED:
    case ECONNRESET:
      *state = PTL_SEEN_CLOSED;
      return PTL_SWEEP_ANSWERED;
    default: /* an ICMP error whose origin this kernel does not tell */
      *state = PTL_SEEN_FILTERED;
      return PTL_SWEEP_ANSWERED;
    }
}

PtlSweepAnswer
ptl_sweep_read_tcp (int fd,
                    const struct sockaddr *to,
                    socklen_t to_length,
                    PtlSeenState *state,
                    gboolean *reusable)
{
  IcmpError icmp;
  PtlSweepAnswer answer;

  *reusable = FALSE;
  if (read_icmp (fd, &icmp))
    {
      *state = PTL_SEEN_FILTERED;
      return is_from_here (fd, &icmp) ? PTL_SWEEP_ABSENT : PTL_SWEEP_ANSWERED;
    }
  if (connect (fd, to, to_length) == 0 || errno == EISCONN)
    {
      *state = PTL_SEEN_OPEN;
      return is_self (fd, to) ? PTL_SWEEP_SELF : PTL_SWEEP_ANSWERED;
    }
  answer = of_tcp_errno (errno, state);
  *reusable = answer == PTL_SWEEP_ANSWERED && *state == PTL_SEEN_CLOSED;
  return answer;
}

PtlSweepAnswer
ptl_sweep_read_udp (int fd, const struct sockaddr *to, gboolean elsewhere, PtlSeenState *state)
{
  IcmpError icmp;
  Address from;
  guint8 byte;

  for (guint i = 0; i < READS_MAX; i++)
    {
      socklen_t length = sizeof from;

      if (recvfrom (fd, &byte, 1, MSG_DONTWAIT | MSG_TRUNC, &from.any, &length) < 0)
        {
          if (errno == EAGAIN || errno == EWOULDBLOCK)
            break;
          continue; /* an error that was noted: it is read below, and told once */
        }
      if (!is_same_host (&from, to) || (!elsewhere && get_port (&from.any) != get_port (to)))
        continue; /* a stranger's */
      *state = PTL_SEEN_OPEN;
      return is_self (fd, &from.any) ? PTL_SWEEP_SELF : PTL_SWEEP_ANSWERED;
    }
  if (!read_icmp (fd, &icmp))
    return PTL_SWEEP_NOTHING;
  *state = icmp.no_port && is_same_host (&icmp.from, to) ? PTL_SEEN_CLOSED : PTL_SEEN_FILTERED;
  return is_from_here (fd, &icmp) ? PTL_SWEEP_ABSENT : PTL_SWEEP_ANSWERED;
}

PtlSweepAnswer
ptl_sweep_read_late (int fd, PtlSeenState *state)
{
  struct tcp_info info = { 0 };
  int code = 0;
  socklen_t length = sizeof code, info_length = sizeof info;

  if (getsockopt (fd, SOL_SOCKET, SO_ERROR, &code, &length) < 0 || code == 0 || code == ETIMEDOUT)
    return PTL_SWEEP_NOTHING;
  /* A reset ends the connect; an ICMP error that was only noted leaves it under way. */
  getsockopt (fd, SOL_TCP, TCP_INFO, &info, &info_length);
  *state
      = code == ECONNREFUSED && info.tcpi_state == TCP_CLOSE ? PTL_SEEN_CLOSED : PTL_SEEN_FILTERED;
  return PTL_SWEEP_ANSWERED;
}

gboolean
ptl_sweep_disconnect (int fd)
{
  const struct sockaddr nowhere = { .sa_family = AF_UNSPEC };
  int code;
  socklen_t length = sizeof code;

  /* That the connect was reset is noted on the socket, and taken here. */
  return connect (fd, &nowhere, sizeof nowhere) == 0
         && getsockopt (fd, SOL_SOCKET, SO_ERROR, &code, &length) == 0;
}

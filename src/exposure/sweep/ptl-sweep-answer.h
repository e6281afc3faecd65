/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <sys/socket.h>

#include "ptl-sweep-target.h"

G_BEGIN_DECLS

/* What a socket tells of the one probe that it was used for. */
typedef enum
{
  PTL_SWEEP_NOTHING,  /* it is still under way */
  PTL_SWEEP_ANSWERED, /* the state is known */
  PTL_SWEEP_SELF,   /* it reached itself: TCP's simultaneous open, or a datagram to its own port */
  PTL_SWEEP_ABSENT, /* this machine says that nothing on its network has the address */
} PtlSweepAnswer;

/* Lets ICMP errors through to @fd, with their origin (ip(7), ipv6(7)). */
void ptl_sweep_want_errors (int fd, int family);

/* Looks at a connect to @to, which is left ready for the next one where it was refused (connect(2)
 * on a socket whose connect failed takes the error, and Linux then allows another). */
PtlSweepAnswer ptl_sweep_read_tcp (int fd,
                                   const struct sockaddr *to,
                                   socklen_t to_length,
                                   PtlSeenState *state,
                                   gboolean *reusable);
/* Takes what came back on a datagram socket. @elsewhere: from another port of the address too. */
PtlSweepAnswer
ptl_sweep_read_udp (int fd, const struct sockaddr *to, gboolean elsewhere, PtlSeenState *state);
/* What was noted on @fd while the answer came too early to be told (an ICMP error during
 * connect(2)). */
PtlSweepAnswer ptl_sweep_read_late (int fd, PtlSeenState *state);
/* Breaks off a connect that is under way, without a packet, so that another may begin on the same
 * socket. */
gboolean ptl_sweep_disconnect (int fd);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-descriptors.h"

#include <errno.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define RESERVED_MOST 64
#define RESERVED_PART 8 /* of a low limit */

/* The first that is reserved. The system gives the lowest that is free, so the number tells. */
static _Atomic int first_reserved;

static int
read_first_reserved (void)
{
  struct rlimit limit;
  rlim_t most;

  if (getrlimit (RLIMIT_NOFILE, &limit) < 0)
    return G_MAXINT;
  most = MIN (limit.rlim_cur, G_MAXINT);
  return (int) (most - MIN (most / RESERVED_PART, RESERVED_MOST));
}

/* The limit may have been raised meanwhile. */
gboolean
ptl_descriptors_is_reserved (int fd)
{
  if (G_LIKELY (fd < atomic_load_explicit (&first_reserved, memory_order_relaxed)))
    return FALSE;
  atomic_store_explicit (&first_reserved, read_first_reserved (), memory_order_relaxed);
  return fd >= atomic_load_explicit (&first_reserved, memory_order_relaxed);
}

int
ptl_descriptors_open_socket (int family, int type)
{
  int fd = socket (family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

  if (fd >= 0 && ptl_descriptors_is_reserved (fd))
    {
      close (fd);
      errno = EMFILE;
      return -1;
    }
  if (fd < 0 && errno == EMFILE) /* it was lowered meanwhile */
    {
      atomic_store_explicit (&first_reserved, read_first_reserved (), memory_order_relaxed);
      errno = EMFILE;
    }
  return fd;
}

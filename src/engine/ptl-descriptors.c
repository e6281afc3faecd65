/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-descriptors.h"

#include <errno.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define RESERVED_MOST 64
#define RESERVED_PART 8 /* of a low limit */
/* Below the reserved ones: of a high limit, at least so many, and of a low limit at most so much.
 */
#define SCARCE_PART 32
#define SCARCE_LEAST 64
#define SCARCE_MOST_PART 4
#define MANY_LEAST 64u

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

static int
get_first_scarce (void)
{
  int end = atomic_load_explicit (&first_reserved, memory_order_relaxed);

  return end - MIN (MAX (end / SCARCE_PART, SCARCE_LEAST), end / SCARCE_MOST_PART);
}

/* Asked for each connection, so a limit that was lowered is known before it is reached. */
gboolean
ptl_descriptors_are_scarce (int fd)
{
  atomic_store_explicit (&first_reserved, read_first_reserved (), memory_order_relaxed);
  return fd >= get_first_scarce ();
}

guint
ptl_descriptors_get_many (void)
{
  return MAX (MANY_LEAST, (guint) get_first_scarce () / 8);
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

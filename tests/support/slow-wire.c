/* SPDX-License-Identifier: GPL-3.0-or-later */
/* slow-wire NETNS DELAY_US LOST_PER_MILLE: a wire between this network namespace and another (both
 * ends are called "slow"), on which every packet takes so long, and some are lost, each way. What
 * `tc qdisc add ... netem` does, for kernels without it. */
#include <fcntl.h>
#include <glib.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define PACKET_MAX 2048
#define QUEUE_MAX 50000 /* packets on the way, each way */

typedef struct
{
  gint64 due_us;
  gsize length;
  guint8 bytes[];
} Packet;

typedef struct
{
  int from, to;
  GQueue packets;
} Way;

static gint64 delay_us;
static guint lost_per_mille;

static int
open_end (void)
{
  struct ifreq request = { .ifr_flags = IFF_TUN | IFF_NO_PI };
  int fd = open ("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);

  g_strlcpy (request.ifr_name, "slow", sizeof request.ifr_name);
  if (fd < 0 || ioctl (fd, TUNSETIFF, &request) < 0)
    g_error ("no wire can be made: %m");
  return fd;
}

static int
open_end_in (const char *netns)
{
  int here = open ("/proc/self/ns/net", O_RDONLY | O_CLOEXEC),
      there = open (netns, O_RDONLY | O_CLOEXEC), fd;

  if (here < 0 || there < 0 || setns (there, CLONE_NEWNET) < 0)
    g_error ("%s: %m", netns);
  fd = open_end ();
  if (setns (here, CLONE_NEWNET) < 0)
    g_error ("no way back: %m");
  close (here);
  close (there);
  return fd;
}

static void
take (Way *way, gint64 now_us)
{
  guint8 bytes[PACKET_MAX];
  gssize n;

  while ((n = read (way->from, bytes, sizeof bytes)) > 0)
    {
      Packet *packet;

      if ((guint) g_random_int_range (0, 1000) < lost_per_mille || way->packets.length >= QUEUE_MAX)
        continue;
      packet = g_malloc (sizeof *packet + (gsize) n);
      packet->due_us = now_us + delay_us;
      packet->length = (gsize) n;
      memcpy (packet->bytes, bytes, (gsize) n);
      g_queue_push_tail (&way->packets, packet);
    }
}

/* What an end does not take is lost, as on a real wire. */
static gint64
give (Way *way, gint64 now_us)
{
  const Packet *first;

  while ((first = g_queue_peek_head (&way->packets)) != NULL && first->due_us <= now_us)
    {
      g_autofree Packet *packet = g_queue_pop_head (&way->packets);
      gssize written = write (way->to, packet->bytes, packet->length);

      (void) written;
    }
  return first != NULL ? first->due_us : G_MAXINT64;
}

int
main (int argc, char **argv)
{
  Way ways[2] = { 0 };

  if (argc != 4)
    return 2;
  delay_us = g_ascii_strtoll (argv[2], NULL, 10);
  lost_per_mille = (guint) g_ascii_strtoull (argv[3], NULL, 10);
  ways[0].from = ways[1].to = open_end ();
  ways[0].to = ways[1].from = open_end_in (argv[1]);
  g_print ("ready\n");
  for (;;)
    {
      struct pollfd ends[2]
          = { { .fd = ways[0].from, .events = POLLIN }, { .fd = ways[1].from, .events = POLLIN } };
      gint64 now_us = g_get_monotonic_time (), next_us = G_MAXINT64;
      struct timespec wait;

      for (guint i = 0; i < 2; i++)
        next_us = MIN (next_us, give (&ways[i], now_us));
      next_us = next_us == G_MAXINT64 ? G_USEC_PER_SEC : MAX (next_us - now_us, 0);
      wait = (struct timespec){ .tv_sec = next_us / G_USEC_PER_SEC,
                                .tv_nsec = next_us % G_USEC_PER_SEC * 1000 };
      if (ppoll (ends, 2, &wait, NULL) < 0)
        return 1;
      now_us = g_get_monotonic_time ();
      for (guint i = 0; i < 2; i++)
        take (&ways[i], now_us);
    }
}

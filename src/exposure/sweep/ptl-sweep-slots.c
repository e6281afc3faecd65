/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-sweep-slots.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ptl-sweep-answer.h"

#define BUDGET_LEAST 4

void
ptl_sweep_lane_init (PtlSweepLane *self, PtlSweepTarget *target)
{
  *self = (PtlSweepLane){ .target = target, .canary = PTL_SWEEP_NO_SLOT };
  for (guint i = 0; i < G_N_ELEMENTS (self->first); i++)
    self->first[i] = self->last[i] = PTL_SWEEP_NO_SLOT;
}

guint
ptl_sweep_lane_get_room (const PtlSweepLane *self)
{
  return self->share > self->target->in_flight ? self->share - self->target->in_flight : 0;
}

/* Half of what is left: the other parts of this process have people waiting. */
static guint
spare_descriptors (void)
{
  struct rlimit limit;
  guint64 used = 0;
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);

  if (getrlimit (RLIMIT_NOFILE, &limit) < 0)
    return 256;
  while (dir != NULL && g_dir_read_name (dir) != NULL)
    used++;
  return limit.rlim_cur > used ? (guint) MIN ((limit.rlim_cur - used) / 2, G_MAXINT) : 0;
}

void
ptl_sweep_slots_init (PtlSweepSlots *self, int epoll_fd, guint wanted)
{
  *self = (PtlSweepSlots){
    .epoll_fd = epoll_fd,
    .unused = PTL_SWEEP_NO_SLOT,
    .idle = { PTL_SWEEP_NO_SLOT, PTL_SWEEP_NO_SLOT },
  };
  self->budget = MAX (MIN (wanted, spare_descriptors ()), BUDGET_LEAST);
  self->n_slots = self->budget;
  self->slots = g_new0 (PtlSweepSlot, self->n_slots);
}

void
ptl_sweep_slots_clear (PtlSweepSlots *self)
{
  for (guint i = 0; i < self->n_made; i++)
    if (self->slots[i].lane != NULL)
      ptl_sweep_slots_end (self, i, FALSE);
    else if (self->slots[i].fd >= 0)
      close (self->slots[i].fd);
  g_clear_pointer (&self->slots, g_free);
  self->n_slots = self->n_made = self->n_open = 0;
}

static int
family_of (const PtlSweepLane *lane)
{
  return lane->target->to.any.sa_family;
}

static guint *
idle_of (PtlSweepSlots *self, int family)
{
  return &self->idle[family == AF_INET6];
}

static guint
pop (PtlSweepSlots *self, guint *list)
{
  guint slot = *list;

  if (slot != PTL_SWEEP_NO_SLOT)
    *list = self->slots[slot].next;
  return slot;
}

static void
push (PtlSweepSlots *self, guint *list, guint slot)
{
  self->slots[slot].lane = NULL;
  self->slots[slot].next = *list;
  *list = slot;
}

static void
close_socket (PtlSweepSlots *self, guint slot)
{
  close (self->slots[slot].fd);
  self->slots[slot].fd = -1;
  self->n_open--;
  push (self, &self->unused, slot);
}

/* Those that are late give way, and idle ones of the other family. */
static gboolean
make_room (PtlSweepSlots *self, PtlSweepLane *lane)
{
  if (lane->n_late > 0)
    ptl_sweep_slots_end (self, lane->first[PTL_SWEEP_LATE], FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (self->idle) && self->n_open >= self->budget; i++)
    if (self->idle[i] != PTL_SWEEP_NO_SLOT)
      close_socket (self, pop (self, &self->idle[i]));
  return self->n_open < self->budget;
}

static int
open_socket (int family, int type)
{
  int fd = socket (family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

  if (fd >= 0)
    ptl_sweep_want_errors (fd, family);
  return fd;
}

guint
ptl_sweep_slots_take (PtlSweepSlots *self, PtlSweepLane *lane)
{
  gboolean tcp = lane->target->protocol == PTL_PROTOCOL_TCP;
  guint slot = tcp ? pop (self, idle_of (self, family_of (lane))) : PTL_SWEEP_NO_SLOT;
  int fd;

  if (slot == PTL_SWEEP_NO_SLOT)
    {
      if (self->n_open >= self->budget && !make_room (self, lane))
        {
          errno = EMFILE;
          return PTL_SWEEP_NO_SLOT;
        }
      fd = open_socket (family_of (lane), tcp ? SOCK_STREAM : SOCK_DGRAM);
      if (fd < 0)
        return PTL_SWEEP_NO_SLOT;
      slot = pop (self, &self->unused);
      if (slot == PTL_SWEEP_NO_SLOT)
        slot = self->n_made++;
      self->slots[slot] = (PtlSweepSlot){ .fd = fd };
      self->n_open++;
    }
  self->slots[slot].lane = lane;
  return slot;
}

/* Edge-triggered, so that a socket which is used again needs nothing more. It is added after its
 * first connect, for before that it would be reported as hung up. */
gboolean
ptl_sweep_slots_watch (PtlSweepSlots *self, guint slot)
{
  struct epoll_event event = { .events = EPOLLIN | EPOLLOUT | EPOLLET, .data.u32 = slot };

  if (self->slots[slot].watched)
    return TRUE;
  if (epoll_ctl (self->epoll_fd, EPOLL_CTL_ADD, self->slots[slot].fd, &event) < 0)
    return FALSE;
  self->slots[slot].watched = TRUE;
  return TRUE;
}

static void
link_slot (PtlSweepSlots *self, guint index, guint list)
{
  PtlSweepSlot *slot = &self->slots[index];
  PtlSweepLane *lane = slot->lane;

  slot->list = (guint8) list;
  slot->previous = lane->last[list];
  slot->next = PTL_SWEEP_NO_SLOT;
  if (slot->previous == PTL_SWEEP_NO_SLOT)
    lane->first[list] = index;
  else
    self->slots[slot->previous].next = index;
  lane->last[list] = index;
  if (list == PTL_SWEEP_LATE)
    lane->n_late++;
  else
    lane->target->in_flight++;
}

static void
unlink_slot (PtlSweepSlots *self, const PtlSweepSlot *slot)
{
  PtlSweepLane *lane = slot->lane;

  if (slot->previous == PTL_SWEEP_NO_SLOT)
    lane->first[slot->list] = slot->next;
  else
    self->slots[slot->previous].next = slot->next;
  if (slot->next == PTL_SWEEP_NO_SLOT)
    lane->last[slot->list] = slot->previous;
  else
    self->slots[slot->next].previous = slot->previous;
  if (slot->list == PTL_SWEEP_LATE)
    lane->n_late--;
  else
    lane->target->in_flight--;
}

void
ptl_sweep_slots_begin (PtlSweepSlots *self, guint slot, guint16 port, guint try, gint64 now_us)
{
  PtlSweepSlot *begun = &self->slots[slot];

  begun->port = port;
  begun->try = (guint8) MIN (try, PTL_SWEEP_TRIES_MAX - 1);
  begun->sent_us = now_us;
  link_slot (self, slot, begun->try);
}

gboolean
ptl_sweep_slots_make_late (PtlSweepSlots *self, guint slot)
{
  PtlSweepSlot *over = &self->slots[slot];

  if (over->lane->target->in_flight + over->lane->n_late > over->lane->share)
    return FALSE;
  unlink_slot (self, over);
  link_slot (self, slot, PTL_SWEEP_LATE);
  return TRUE;
}

void
ptl_sweep_slots_end (PtlSweepSlots *self, guint slot, gboolean reusable)
{
  if (self->slots[slot].lane->canary == slot)
    self->slots[slot].lane->canary = PTL_SWEEP_NO_SLOT;
  else
    unlink_slot (self, &self->slots[slot]);
  if (reusable)
    push (self, idle_of (self, family_of (self->slots[slot].lane)), slot);
  else
    ptl_sweep_slots_drop (self, slot);
}

void
ptl_sweep_slots_drop (PtlSweepSlots *self, guint slot)
{
  const struct linger reset = { .l_onoff = 1, .l_linger = 0 };

  if (self->slots[slot].lane->target->protocol == PTL_PROTOCOL_TCP)
    setsockopt (self->slots[slot].fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  close_socket (self, slot);
}

void
ptl_sweep_slots_shrink (PtlSweepSlots *self)
{
  self->budget = MIN (MAX (self->n_open * 3 / 4, BUDGET_LEAST), self->n_slots);
  for (guint i = 0; i < G_N_ELEMENTS (self->idle); i++)
    while (self->n_open > self->budget && self->idle[i] != PTL_SWEEP_NO_SLOT)
      close_socket (self, pop (self, &self->idle[i]));
}

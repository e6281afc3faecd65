/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-pipes.h"

#include <fcntl.h>
#include <unistd.h>

#include "ptl-descriptors.h"

/* What four threads can fill at most is a user's share of pipe memory (pipe-user-pages-soft,
 * pipe(7)): past it, all of the user's programs would get small pipes. */
#define PIPE_SIZE (512 * 1024)
#define PIPE_SIZE_LEAST (64 * 1024)
#define N_OUT_MOST 32
#define PAUSE_US G_USEC_PER_SEC

static void
pipe_free (PtlPipe *self)
{
  close (self->read_fd);
  close (self->write_fd);
  g_free (self);
}

void
ptl_pipes_init (PtlPipes *self)
{
  self->spare = g_ptr_array_new_with_free_func ((GDestroyNotify) pipe_free);
  self->n_out = 0;
  self->not_before_us = 0;
}

void
ptl_pipes_clear (PtlPipes *self)
{
  g_clear_pointer (&self->spare, g_ptr_array_unref);
}

/* Past pipe-user-pages-soft a user gets pipes of a page or two and may not make them larger. */
static PtlPipe *
pipe_new (void)
{
  PtlPipe *self;
  int fds[2], size;

  if (pipe2 (fds, O_CLOEXEC | O_NONBLOCK) < 0)
    return NULL;
  self = g_new (PtlPipe, 1);
  self->read_fd = fds[0];
  self->write_fd = fds[1];
  size = fcntl (fds[1], F_SETPIPE_SZ, PIPE_SIZE);
  if (size < 0)
    size = fcntl (fds[1], F_GETPIPE_SZ);
  self->size = size > 0 ? (gsize) size : 0;
  if (self->size < PIPE_SIZE_LEAST || ptl_descriptors_is_reserved (fds[1]))
    g_clear_pointer (&self, pipe_free);
  return self;
}

PtlPipe *
ptl_pipes_take (PtlPipes *self, gint64 now_us)
{
  PtlPipe *pipe = NULL;

  if (self->spare->len > 0)
    pipe = g_ptr_array_steal_index_fast (self->spare, self->spare->len - 1);
  else if (self->n_out < N_OUT_MOST && now_us >= self->not_before_us)
    {
      pipe = pipe_new ();
      if (!pipe)
        self->not_before_us = now_us + PAUSE_US;
    }
  if (pipe)
    self->n_out++;
  return pipe;
}

void
ptl_pipes_give_back (PtlPipes *self, PtlPipe *pipe, gboolean empty)
{
  self->n_out--;
  if (empty && self->spare->len < PTL_PIPES_N_SPARE_MOST)
    g_ptr_array_add (self->spare, pipe);
  else
    pipe_free (pipe);
}

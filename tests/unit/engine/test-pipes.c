/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <sys/resource.h>
#include <unistd.h>

#include "engine-support.h"
#include "engine/ptl-pipes.h"

static void
test_reused (void)
{
  PtlPipes pipes;
  PtlPipe *pipe;
  int fd;

  ptl_pipes_init (&pipes);
  pipe = ptl_pipes_take (&pipes, 0);
  g_assert_nonnull (pipe);
  g_assert_cmpuint (pipe->size, >=, 64 * 1024);
  fd = pipe->read_fd;
  ptl_pipes_give_back (&pipes, pipe, TRUE);
  pipe = ptl_pipes_take (&pipes, 0);
  g_assert_cmpint (pipe->read_fd, ==, fd);
  ptl_pipes_give_back (&pipes, pipe, TRUE);
  ptl_pipes_clear (&pipes);
}

/* What one connection left in a pipe never reaches another. */
static void
test_not_reused_with_bytes (void)
{
  PtlPipes pipes;
  PtlPipe *pipe;
  char byte;

  ptl_pipes_init (&pipes);
  pipe = ptl_pipes_take (&pipes, 0);
  g_assert_cmpint (write (pipe->write_fd, "x", 1), ==, 1);
  ptl_pipes_give_back (&pipes, pipe, FALSE);
  pipe = ptl_pipes_take (&pipes, 0);
  g_assert_cmpint (read (pipe->read_fd, &byte, 1), ==, -1);
  ptl_pipes_give_back (&pipes, pipe, TRUE);
  ptl_pipes_clear (&pipes);
}

static void
test_bounded (void)
{
  guint before = count_descriptors (), n = 0;
  PtlPipe *taken[1000];
  PtlPipes pipes;

  ptl_pipes_init (&pipes);
  while (n < G_N_ELEMENTS (taken) && (taken[n] = ptl_pipes_take (&pipes, 0)))
    n++;
  g_assert_cmpuint (n, >, 0);
  g_assert_cmpuint (n, <, 100);
  while (n > 0)
    ptl_pipes_give_back (&pipes, taken[--n], TRUE);
  g_assert_cmpuint (count_descriptors (), <, before + 2 * 16);
  ptl_pipes_clear (&pipes);
  g_assert_cmpuint (count_descriptors (), ==, before);
}

/* The system is not asked again at once. */
static void
test_none_to_be_had (void)
{
  struct rlimit before, none;
  PtlPipes pipes;
  PtlPipe *pipe;

  ptl_pipes_init (&pipes);
  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &before), ==, 0);
  none = (struct rlimit){ 0, before.rlim_max };
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &none), ==, 0);
  pipe = ptl_pipes_take (&pipes, 0);
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &before), ==, 0);
  g_assert_null (pipe);
  g_assert_null (ptl_pipes_take (&pipes, 1000));
  pipe = ptl_pipes_take (&pipes, 2 * G_USEC_PER_SEC);
  g_assert_nonnull (pipe);
  ptl_pipes_give_back (&pipes, pipe, TRUE);
  ptl_pipes_clear (&pipes);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/pipes/reused", test_reused);
  g_test_add_func ("/engine/pipes/not-reused-with-bytes", test_not_reused_with_bytes);
  g_test_add_func ("/engine/pipes/bounded", test_bounded);
  g_test_add_func ("/engine/pipes/none-to-be-had", test_none_to_be_had);
  return g_test_run ();
}

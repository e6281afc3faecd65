/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "igd-limits.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#define ADDRESS_SPACE_MAX (64 * 1024 * 1024)
#define CPU_SECONDS_MAX 3
#define FILES_MAX 16

#if defined(__SANITIZE_ADDRESS__)
#define HAS_SHADOW_MEMORY 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAS_SHADOW_MEMORY 1
#endif
#endif

static int deadline_fd = -1;
/* PTL_IGD_CODE_SILENT and _STUCK, ready made: a signal handler may not build them. */
static const char silent_answer[] = "{\"code\":-2}\n";
static const char stuck_answer[] = "{\"code\":-12}\n";
static volatile sig_atomic_t heard;

static void
limit (int resource, rlim_t value)
{
  const struct rlimit limits = { value, value };

  if (setrlimit (resource, &limits) != 0)
    _exit (EXIT_FAILURE);
}

int
igd_limits_apply (void)
{
  int answer_fd = fcntl (STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
  int null_fd = open ("/dev/null", O_WRONLY | O_CLOEXEC);

  if (answer_fd < 0 || null_fd < 0 || dup2 (null_fd, STDOUT_FILENO) < 0)
    _exit (EXIT_FAILURE);
  close (null_fd);
  setpgid (0, 0);
  prctl (PR_SET_PDEATHSIG, SIGKILL);
  if (prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
    _exit (EXIT_FAILURE);
  /* A peer that closes early, or a parent that is gone, shows as an error of write(). */
  signal (SIGPIPE, SIG_IGN);
#ifndef HAS_SHADOW_MEMORY
  limit (RLIMIT_AS, ADDRESS_SPACE_MAX);
#endif
  limit (RLIMIT_CPU, CPU_SECONDS_MAX);
  limit (RLIMIT_NOFILE, FILES_MAX);
  limit (RLIMIT_FSIZE, 0);
  limit (RLIMIT_CORE, 0);
  return answer_fd;
}

static void
on_deadline (int signal_number)
{
  ssize_t written = heard ? write (deadline_fd, stuck_answer, sizeof stuck_answer - 1)
                          : write (deadline_fd, silent_answer, sizeof silent_answer - 1);

  if (written < 0)
    _exit (EXIT_FAILURE);
  _exit (EXIT_SUCCESS);
}

void
igd_limits_note_heard (void)
{
  heard = 1;
}

void
igd_limits_set_deadline (int answer_fd, guint milliseconds)
{
  struct itimerval timer = { 0 };
  struct sigaction action = { 0 };

  deadline_fd = answer_fd;
  action.sa_handler = on_deadline;
  sigaction (SIGALRM, &action, NULL);
  timer.it_value.tv_sec = milliseconds / 1000;
  timer.it_value.tv_usec = (suseconds_t) (milliseconds % 1000) * 1000;
  setitimer (ITIMER_REAL, &timer, NULL);
}

gint64
igd_limits_get_left_us (void)
{
  struct itimerval timer = { 0 };

  if (getitimer (ITIMER_REAL, &timer) != 0 || (timer.it_value.tv_sec == 0 && timer.it_value.tv_usec == 0))
    return G_MAXINT64;
  return (gint64) timer.it_value.tv_sec * G_USEC_PER_SEC + timer.it_value.tv_usec;
}

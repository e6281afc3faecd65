/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-child.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* What one dispatch reads at most: a child that talks without end must not hold the main loop. */
#define READ_SIZE 4096

typedef struct
{
  PtlChild *child; /* borrowed */
  gboolean is_error;
  int fd;
  guint source_id;
  GString *line;
  gboolean cut;
} Stream;

struct _PtlChild
{
  GObject parent;
  GPid pid;
  guint watch_id;
  Stream streams[2];
};

G_DEFINE_FINAL_TYPE (PtlChild, ptl_child, G_TYPE_OBJECT)

enum
{
  SIGNAL_LINE,
  SIGNAL_EXITED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
stream_end_line (Stream *stream)
{
  PtlChild *self = stream->child;
  g_autofree char *line = g_strndup (stream->line->str, stream->line->len);

  g_string_truncate (stream->line, 0);
  stream->cut = FALSE;
  if (*line != '\0')
    g_signal_emit (self, signals[SIGNAL_LINE], 0, stream->is_error, line);
}

static void
stream_push (Stream *stream, const char *data, gsize length)
{
  for (gsize i = 0; i < length; i++)
    if (data[i] == '\n')
      stream_end_line (stream);
    else if (data[i] == '\r' || data[i] == '\0' || stream->cut)
      continue;
    else if (stream->line->len >= PTL_CHILD_LINE_MAX)
      stream->cut = TRUE;
    else
      g_string_append_c (stream->line, data[i]);
}

static void
stream_close (Stream *stream)
{
  g_clear_handle_id (&stream->source_id, g_source_remove);
  if (stream->fd >= 0)
    close (stream->fd);
  stream->fd = -1;
}

/* The number of bytes, 0 = the end, -1 = nothing just now. */
static gssize
stream_read (Stream *stream)
{
  char data[READ_SIZE];
  gssize n;

  do
    n = read (stream->fd, data, sizeof data);
  while (n < 0 && errno == EINTR);
  if (n < 0)
    return errno == EAGAIN ? -1 : 0;
  stream_push (stream, data, (gsize)n);
  return n;
}

static gboolean
on_readable (int fd, GIOCondition condition, gpointer user_data)
{
  Stream *stream = user_data;
  g_autoptr (PtlChild) self = g_object_ref (stream->child);

  if (stream_read (stream) != 0)
    return G_SOURCE_CONTINUE;
  stream->source_id = 0;
  stream_close (stream);
  return G_SOURCE_REMOVE;
}

static void
stream_open (Stream *stream, PtlChild *child, gboolean is_error, int fd)
{
  stream->child = child;
  stream->is_error = is_error;
  stream->fd = fd;
  g_unix_set_fd_nonblocking (fd, TRUE, NULL);
  stream->source_id = g_unix_fd_add (fd, G_IO_IN | G_IO_HUP | G_IO_ERR, on_readable, stream);
}

/* What the child wrote before its end is in the pipe; what a grandchild still writes is not waited
 * for. */
static void
stream_drain (Stream *stream)
{
  gsize most = 64;

  while (stream->fd >= 0 && most-- > 0 && stream_read (stream) > 0)
    ;
  stream_end_line (stream);
  stream_close (stream);
}

static void
signal_group (GPid pid, int number)
{
  if (pid > 0 && kill (-pid, number) < 0 && errno != ESRCH)
    g_debug ("Signal %d to process group %d: %s", number, (int)pid, g_strerror (errno));
}

static void
on_exited (GPid pid, int wait_status, gpointer user_data)
{
  g_autoptr (PtlChild) self = g_object_ref (user_data); /* a handler may drop it */

  /* Members that are left keep the number of the group from being given away. */
  signal_group (pid, SIGKILL);
  self->pid = 0;
  self->watch_id = 0;
  for (gsize i = 0; i < G_N_ELEMENTS (self->streams); i++)
    stream_drain (&self->streams[i]);
  g_spawn_close_pid (pid);
  g_signal_emit (self, signals[SIGNAL_EXITED], 0, wait_status);
}

/* Nobody is interested in its end any more, but it must be reaped all the same. */
static void
on_orphan_exited (GPid pid, int wait_status, gpointer user_data)
{
  signal_group (pid, SIGKILL);
  g_spawn_close_pid (pid);
}

/* Between fork and exec: only async-signal-safe calls. */
static void
set_up_child (gpointer user_data)
{
  pid_t parent = GPOINTER_TO_INT (user_data);
  sigset_t none;

  sigemptyset (&none);
  sigprocmask (SIG_SETMASK, &none, NULL);
  setpgid (0, 0);
  prctl (PR_SET_PDEATHSIG, SIGKILL);
  /* It died before the order stood. */
  if (getppid () != parent)
    _exit (127);
}

PtlChild *
ptl_child_new (const char *const *argv, const char *const *environment, GError **error)
{
  g_autoptr (PtlChild) self = NULL;
  GPid pid;
  int out;
  int err;

  g_return_val_if_fail (argv != NULL && argv[0] != NULL && g_path_is_absolute (argv[0]), NULL);

  if (!g_spawn_async_with_pipes (NULL, (char **)argv, (char **)environment,
                                 G_SPAWN_DO_NOT_REAP_CHILD, set_up_child,
                                 GINT_TO_POINTER ((int)getpid ()), &pid, NULL, &out, &err, error))
    return NULL;
  self = g_object_new (PTL_TYPE_CHILD, NULL);
  self->pid = pid;
  stream_open (&self->streams[0], self, FALSE, out);
  stream_open (&self->streams[1], self, TRUE, err);
  self->watch_id = g_child_watch_add (pid, on_exited, self);
  return g_steal_pointer (&self);
}

GPid
ptl_child_get_pid (PtlChild *self)
{
  g_return_val_if_fail (PTL_IS_CHILD (self), 0);
  return self->pid;
}

void
ptl_child_terminate (PtlChild *self)
{
  g_return_if_fail (PTL_IS_CHILD (self));
  signal_group (self->pid, SIGTERM);
  signal_group (self->pid, SIGCONT);
}

void
ptl_child_kill (PtlChild *self)
{
  g_return_if_fail (PTL_IS_CHILD (self));
  signal_group (self->pid, SIGKILL);
}

gboolean
ptl_child_is_stopped (PtlChild *self)
{
  siginfo_t info = { 0 };

  g_return_val_if_fail (PTL_IS_CHILD (self), FALSE);
  if (self->pid == 0 || waitid (P_PID, (id_t)self->pid, &info, WSTOPPED | WNOHANG | WNOWAIT) < 0)
    return FALSE;
  return info.si_pid == self->pid && info.si_code == CLD_STOPPED;
}

static void
ptl_child_dispose (GObject *object)
{
  PtlChild *self = PTL_CHILD (object);

  if (self->pid != 0)
    {
      signal_group (self->pid, SIGKILL);
      g_clear_handle_id (&self->watch_id, g_source_remove);
      g_child_watch_add (self->pid, on_orphan_exited, NULL);
      self->pid = 0;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (self->streams); i++)
    stream_close (&self->streams[i]);
  G_OBJECT_CLASS (ptl_child_parent_class)->dispose (object);
}

static void
ptl_child_finalize (GObject *object)
{
  PtlChild *self = PTL_CHILD (object);

  for (gsize i = 0; i < G_N_ELEMENTS (self->streams); i++)
    g_string_free (self->streams[i].line, TRUE);
  G_OBJECT_CLASS (ptl_child_parent_class)->finalize (object);
}

static void
ptl_child_class_init (PtlChildClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = ptl_child_dispose;
  object_class->finalize = ptl_child_finalize;
  signals[SIGNAL_LINE] = g_signal_new ("line", PTL_TYPE_CHILD, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                       NULL, G_TYPE_NONE, 2, G_TYPE_BOOLEAN, G_TYPE_STRING);
  signals[SIGNAL_EXITED] = g_signal_new ("exited", PTL_TYPE_CHILD, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                         NULL, G_TYPE_NONE, 1, G_TYPE_INT);
}

static void
ptl_child_init (PtlChild *self)
{
  for (gsize i = 0; i < G_N_ELEMENTS (self->streams); i++)
    {
      self->streams[i].fd = -1;
      self->streams[i].line = g_string_sized_new (256);
    }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-igd-run.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/ptl-drop.h"

#define CHUNK 16384
/* The helper ends itself; this is for one that does not. */
#define GRACE_MS 1000

typedef struct
{
  GSubprocess *process;
  GByteArray *output;
  GSource *deadline;
  GCancellable *stop; /* of the reading */
  gulong cancelled_id;
  gboolean timed_out;
} Run;

static void
run_free (Run *run)
{
  ptl_drop_source (&run->deadline);
  /* Harmless where it has ended: GSubprocess knows. */
  if (run->process != NULL)
    g_subprocess_force_exit (run->process);
  g_clear_object (&run->process);
  g_clear_object (&run->stop);
  g_byte_array_unref (run->output);
  g_free (run);
}

static void
disconnect_cancel (GTask *task)
{
  Run *run = g_task_get_task_data (task);

  g_cancellable_disconnect (g_task_get_cancellable (task), run->cancelled_id);
  run->cancelled_id = 0;
}

static void
finish (GTask *task)
{
  Run *run = g_task_get_task_data (task);
  GError *error = NULL;
  PtlIgdAnswer *answer;

  disconnect_cancel (task);
  answer = ptl_igd_answer_from_json ((const char *) run->output->data, run->output->len, &error);
  if (answer != NULL)
    g_task_return_pointer (task, answer, (GDestroyNotify) ptl_igd_answer_free);
  else
    g_task_return_error (task, error);
}

static void
fail (GTask *task, const GError *error)
{
  Run *run = g_task_get_task_data (task);

  disconnect_cancel (task);
  if (run->timed_out)
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "The helper did not end");
  else
    g_task_return_error (task, g_error_copy (error));
}

static void read_more (GTask *task);

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Run *run = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes
      = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, &error);
  gsize length = 0;
  gconstpointer data;

  if (bytes == NULL)
    {
      fail (task, error);
      return;
    }
  data = g_bytes_get_data (bytes, &length);
  if (length == 0)
    {
      finish (task);
      return;
    }
  g_byte_array_append (run->output, data, (guint) length);
  if (run->output->len > PTL_IGD_MESSAGE_MAX)
    {
      error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "The helper says too much");
      fail (task, error);
      return;
    }
  read_more (g_steal_pointer (&task));
}

static void
read_more (GTask *task)
{
  Run *run = g_task_get_task_data (task);

  g_input_stream_read_bytes_async (g_subprocess_get_stdout_pipe (run->process), CHUNK,
                                   G_PRIORITY_DEFAULT, run->stop, on_read, task);
}

static gboolean
on_deadline (gpointer user_data)
{
  Run *run = user_data;

  run->timed_out = TRUE;
  g_subprocess_force_exit (run->process);
  g_cancellable_cancel (run->stop);
  return G_SOURCE_REMOVE;
}

static void
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  g_cancellable_cancel (user_data);
}

/* The request as the helper's standard input: in memory, so that nothing has to be written while it
 * runs. */
static int
request_fd (const PtlIgdRequest *request)
{
  g_autofree char *json = ptl_igd_request_to_json (request);
  gsize length = strlen (json);
  int fd = memfd_create ("portolan-igd", MFD_CLOEXEC);

  if (fd >= 0 && (write (fd, json, length) != (gssize) length || lseek (fd, 0, SEEK_SET) != 0))
    {
      close (fd);
      return -1;
    }
  return fd;
}

static GSubprocess *
spawn (const char *helper, const PtlIgdRequest *request, GError **error)
{
  g_autoptr (GSubprocessLauncher) launcher = NULL;
  int fd = request_fd (request);

  if (fd < 0)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, "No memory for the request");
      return NULL;
    }
  launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE
                                        | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_subprocess_launcher_take_stdin_fd (launcher, fd);
  return g_subprocess_launcher_spawn (launcher, error, helper, NULL);
}

void
ptl_igd_run_async (const char *helper,
                   const PtlIgdRequest *request,
                   GCancellable *cancellable,
                   GAsyncReadyCallback callback,
                   gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  Run *run = g_new0 (Run, 1);
  GError *error = NULL;

  g_task_set_source_tag (task, ptl_igd_run_async);
  run->output = g_byte_array_new ();
  run->stop = g_cancellable_new ();
  g_task_set_task_data (task, run, (GDestroyNotify) run_free);
  if (g_task_return_error_if_cancelled (task))
    {
      g_object_unref (task);
      return;
    }
  run->process = spawn (helper, request, &error);
  if (run->process == NULL)
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }
  run->deadline = g_timeout_source_new ((guint) request->timeout + GRACE_MS);
  g_source_set_callback (run->deadline, on_deadline, run, NULL);
  g_source_attach (run->deadline, g_task_get_context (task));
  if (cancellable != NULL)
    run->cancelled_id = g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled),
                                               g_object_ref (run->stop), g_object_unref);
  read_more (task);
}

PtlIgdAnswer *
ptl_igd_run_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

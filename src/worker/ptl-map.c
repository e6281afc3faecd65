/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-map.h"

#define PORT_TRIES 4
#define HIGH_PORT_FIRST 20000
#define HIGH_PORT_LAST 32000

typedef struct
{
  PtlRouter *router;
  GPtrArray *asked;   /* of PtlMapping */
  GPtrArray *granted; /* the same length; NULL = not yet */
  GPtrArray *left;
  GPtrArray *unsure;  /* of PtlMapping: perhaps granted, but the answer did not come */
  guint n_pending;
  guint n_tries;
  gboolean any_port;
  gboolean spoke;     /* it had answered before: so it was asked for more than whether it is there */
  GError *error;      /* the first */
} Job;

typedef struct
{
  GTask *task;
  guint index;
} Part;

static void map_first (GTask *task);

static void
clear_mapping (gpointer mapping)
{
  g_clear_pointer ((PtlMapping **) &mapping, ptl_mapping_free);
}

static GPtrArray *
mappings_new (void)
{
  return g_ptr_array_new_with_free_func (clear_mapping);
}

static GPtrArray *
mappings_copy (GPtrArray *mappings)
{
  GPtrArray *copy = mappings_new ();

  for (guint i = 0; i < mappings->len; i++)
    g_ptr_array_add (copy, ptl_mapping_copy (mappings->pdata[i]));
  return copy;
}

static void
job_free (Job *job)
{
  g_object_unref (job->router);
  g_ptr_array_unref (job->asked);
  g_ptr_array_unref (job->granted);
  g_clear_pointer (&job->left, g_ptr_array_unref);
  g_clear_pointer (&job->unsure, g_ptr_array_unref);
  g_clear_error (&job->error);
  g_free (job);
}

static Part *
part_new (GTask *task, guint index)
{
  Part *part = g_new (Part, 1);

  part->task = g_object_ref (task);
  part->index = index;
  return part;
}

static Job *
part_done (Part *part, GTask **task, guint *index)
{
  Job *job = g_task_get_task_data (part->task);

  *task = part->task;
  *index = part->index;
  g_free (part);
  job->n_pending--;
  return job;
}

static gboolean
speaks (PtlRouter *router)
{
  const char *const *protocols = ptl_router_get_protocols (router);

  return protocols != NULL && protocols[0] != NULL;
}

/* A router that was asked and then fell silent may hold it all the same. One that held it before the question is told
 * by the rule's own leases. */
static void
note_unsure (Job *job, guint index, const GError *error)
{
  const PtlMapping *asked = job->asked->pdata[index];
  PtlError code = ptl_error_code_of (error);

  if ((job->spoke || speaks (job->router)) && asked->system == PTL_ROUTER_PROTOCOL_NONE &&
      (code == PTL_ERROR_ROUTER_SILENT || code == PTL_ERROR_TIMED_OUT || code == PTL_ERROR_CANCELLED))
    g_ptr_array_add (job->unsure, ptl_mapping_copy (asked));
}

static void
keep_first (Job *job, GError *error)
{
  if (job->error == NULL)
    job->error = error;
  else
    g_error_free (error);
}

/* ---- Rolling back ---- */

static gboolean
may_try_again (const Job *job, GTask *task)
{
  return job->any_port && job->asked->len > 1 && job->n_tries < PORT_TRIES && job->left->len == 0 &&
         !g_cancellable_is_cancelled (g_task_get_cancellable (task)) &&
         g_error_matches (job->error, PTL_ERROR, PTL_ERROR_ROUTER_CONFLICT);
}

/* The port was free for one protocol and not for the other: another one, chosen here, for the router would give the
 * same again. */
static void
try_other_port (GTask *task, Job *job)
{
  PtlMapping *first = job->asked->pdata[0];

  g_clear_error (&job->error);
  first->external_port = (guint16) g_random_int_range (HIGH_PORT_FIRST, HIGH_PORT_LAST);
  map_first (task);
}

static void
fail (GTask *task, Job *job)
{
  if (may_try_again (job, task))
    {
      try_other_port (task, job);
      return;
    }
  for (guint i = 0; i < job->unsure->len; i++)
    g_ptr_array_add (job->left, ptl_mapping_copy (job->unsure->pdata[i]));
  /* It is the router that cannot do it, not this version: another one could. */
  if (g_error_matches (job->error, PTL_ERROR, PTL_ERROR_NOT_SUPPORTED))
    job->error->code = PTL_ERROR_ROUTER_REFUSED;
  g_task_return_error (task, g_error_copy (job->error));
}

static void
on_rolled_back (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (GError) error = NULL;
  guint index;
  Job *job = part_done (data, &task, &index);

  if (!ptl_router_delete_finish (PTL_ROUTER (source), result, &error))
    g_ptr_array_add (job->left, g_steal_pointer (&job->granted->pdata[index]));
  else
    g_clear_pointer ((PtlMapping **) &job->granted->pdata[index], ptl_mapping_free);
  if (job->n_pending == 0)
    fail (task, job);
}

static void
roll_back (GTask *task, Job *job)
{
  for (guint i = 0; i < job->granted->len; i++)
    {
      if (job->granted->pdata[i] == NULL)
        continue;
      job->n_pending++;
      ptl_router_delete_async (job->router, job->granted->pdata[i], NULL, on_rolled_back,
                               part_new (task, i));
    }
  if (job->n_pending == 0)
    fail (task, job);
}

/* ---- Mapping ---- */

static void
finish (GTask *task, Job *job)
{
  if (job->error != NULL)
    roll_back (task, job);
  else
    g_task_return_pointer (task, mappings_copy (job->granted), (GDestroyNotify) g_ptr_array_unref);
}

static void
on_added (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = NULL;
  guint index;
  Job *job = part_done (data, &task, &index);
  GError *error = NULL;

  job->granted->pdata[index] = ptl_router_add_finish (PTL_ROUTER (source), result, &error);
  if (error != NULL)
    {
      note_unsure (job, index, error);
      keep_first (job, error);
    }
  if (job->n_pending == 0)
    finish (task, job);
}

static void
add (GTask *task, Job *job, guint index)
{
  job->n_pending++;
  ptl_router_add_async (job->router, job->asked->pdata[index], g_task_get_cancellable (task),
                        on_added, part_new (task, index));
}

static void
map_rest (GTask *task, Job *job)
{
  const PtlMapping *first = job->granted->pdata[0];

  for (guint i = 1; i < job->asked->len; i++)
    {
      PtlMapping *mapping = job->asked->pdata[i];

      mapping->external_port = first->granted_port;
      mapping->pinned = TRUE;
      add (task, job, i);
    }
}

static void
on_first_added (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = NULL;
  guint index;
  Job *job = part_done (data, &task, &index);
  GError *error = NULL;

  job->granted->pdata[0] = ptl_router_add_finish (PTL_ROUTER (source), result, &error);
  if (error != NULL)
    {
      note_unsure (job, 0, error);
      keep_first (job, error);
    }
  if (error != NULL || job->asked->len == 1)
    finish (task, job);
  else
    map_rest (task, job);
}

static void
map_first (GTask *task)
{
  Job *job = g_task_get_task_data (task);

  job->n_tries++;
  job->n_pending++;
  ptl_router_add_async (job->router, job->asked->pdata[0], g_task_get_cancellable (task),
                        on_first_added, part_new (task, 0));
}

static Job *
job_new (PtlRouter *router, GPtrArray *mappings)
{
  Job *job = g_new0 (Job, 1);
  const PtlMapping *first = mappings->pdata[0];

  job->router = g_object_ref (router);
  job->asked = mappings_copy (mappings);
  job->granted = mappings_new ();
  g_ptr_array_set_size (job->granted, (int) mappings->len);
  job->left = mappings_new ();
  job->unsure = mappings_new ();
  job->spoke = speaks (router);
  job->any_port = !first->pinned && first->system == PTL_ROUTER_PROTOCOL_NONE;
  return job;
}

void
ptl_map_async (PtlRouter *router,
               GPtrArray *mappings,
               GCancellable *cancellable,
               GAsyncReadyCallback callback,
               gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (router, cancellable, callback, user_data);
  Job *job = job_new (router, mappings);

  g_task_set_task_data (task, job, (GDestroyNotify) job_free);
  /* A cancelled step has its answer when all of it is taken back, not before. */
  g_task_set_check_cancellable (task, FALSE);
  if (job->any_port)
    {
      map_first (task);
      return;
    }
  for (guint i = 0; i < job->asked->len; i++)
    add (task, job, i);
}

GPtrArray *
ptl_map_finish (GAsyncResult *result, GPtrArray **left, GError **error)
{
  Job *job = g_task_get_task_data (G_TASK (result));

  *left = job->left->len > 0 ? g_ptr_array_ref (job->left) : NULL;
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- Taking back ---- */

static void
unmap_finish_one (GTask *task, Job *job)
{
  if (job->n_pending == 0)
    g_task_return_pointer (task, mappings_copy (job->left), (GDestroyNotify) g_ptr_array_unref);
}

static void
on_deleted (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = NULL;
  guint index;
  Job *job = part_done (data, &task, &index);
  GError *error = NULL;

  if (!ptl_router_delete_finish (PTL_ROUTER (source), result, &error))
    {
      keep_first (job, error);
      g_ptr_array_add (job->left, ptl_mapping_copy (job->asked->pdata[index]));
    }
  unmap_finish_one (task, job);
}

void
ptl_unmap_async (PtlRouter *router,
                 GPtrArray *mappings,
                 GAsyncReadyCallback callback,
                 gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (router, NULL, callback, user_data);
  Job *job = g_new0 (Job, 1);

  job->router = g_object_ref (router);
  job->asked = mappings_copy (mappings);
  job->granted = mappings_new ();
  job->left = mappings_new ();
  g_task_set_task_data (task, job, (GDestroyNotify) job_free);
  for (guint i = 0; i < job->asked->len; i++)
    {
      job->n_pending++;
      ptl_router_delete_async (router, job->asked->pdata[i], NULL, on_deleted, part_new (task, i));
    }
  unmap_finish_one (task, job);
}

GPtrArray *
ptl_unmap_finish (GAsyncResult *result, GError **error)
{
  Job *job = g_task_get_task_data (G_TASK (result));
  GPtrArray *left = g_task_propagate_pointer (G_TASK (result), NULL);

  if (left->len > 0 && error != NULL)
    *error = g_error_copy (job->error);
  return left;
}

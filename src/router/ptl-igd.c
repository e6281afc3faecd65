/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-igd.h"

#include <string.h>

#include "ptl-epoch.h"
#include "ptl-igd-cause.h"
#include "ptl-igd-control.h"
#include "ptl-igd-run.h"

/* Together under the 8 s after which a mute router is called so: a request, and a search where it
 * failed. */
#define REQUEST_TIMEOUT_MS 4000
#define STATUS_TIMEOUT_MS 2000
#define DISCOVER_TIMEOUT_MS 5000
#define LIST_TIMEOUT_MS 10000
/* Once a search has shown that the router is there, for what it did not answer before. */
#define AGAIN_TIMEOUT_MS 2500

struct _PtlIgd
{
  PtlMapper parent;
  char *helper;
  PtlIgdControl control;
  char *description_url; /* NULL = not given */
  PtlEpoch uptime;
  gboolean takes_no_leases; /* it refused one, or died of it: permanent ones are asked for at once */
};

G_DEFINE_FINAL_TYPE (PtlIgd, ptl_igd, PTL_TYPE_MAPPER)

typedef void (*AnswerFunc) (PtlIgd *self, GTask *task, PtlIgdAnswer *answer);

/* One operation: its request, and what to do with the answer. */
typedef struct
{
  PtlIgdRequest *request;
  PtlMapping *mapping;
  AnswerFunc done;
  gboolean fresh;   /* the control URL was discovered just now */
  gboolean crashed; /* the router was gone when it was asked for a lease */
} Job;

static void
job_free (Job *job)
{
  ptl_igd_request_free (job->request);
  g_clear_pointer (&job->mapping, ptl_mapping_free);
  g_free (job);
}

static Job *
job_of (GTask *task)
{
  return g_object_get_data (G_OBJECT (task), "job");
}

/* --- what the answers tell --- */

static GError *
error_of_code (PtlIgd *self, gint64 code)
{
  return ptl_igd_cause_of_code (PTL_MAPPER (self), code);
}

static GError *
error_of_answer (PtlIgd *self, const Job *job, const PtlIgdAnswer *answer)
{
  return ptl_igd_cause_of_answer (PTL_MAPPER (self), job->request, answer);
}

/* A router whose uptime does not go on has restarted; many always tell the same number, 0 for one,
 * which tells nothing. */
static void
learn_uptime (PtlIgd *self, gint64 uptime)
{
  gint64 now = ptl_clock_get_boot_us (ptl_mapper_get_clock (PTL_MAPPER (self)));

  if (uptime < 0 || (self->uptime.known ? uptime == self->uptime.server : uptime == 0))
    return;
  if (!ptl_epoch_hear_natpmp (&self->uptime, (guint32) uptime, now))
    ptl_mapper_lost_state (PTL_MAPPER (self));
}

static void
learn_status (PtlIgd *self, const PtlIgdAnswer *answer)
{
  PtlMapper *mapper = PTL_MAPPER (self);

  ptl_mapper_learn_external_address (mapper, answer->external_address);
  ptl_mapper_learn_connected (mapper, answer->connected);
  ptl_mapper_learn_uptime (mapper, answer->uptime);
  learn_uptime (self, answer->uptime);
}

/* IGD:2 is what has WANIPConnection:2; with an older service it is no more than IGD:1. */
static const char *
version_of (const char *service_type)
{
  return g_str_has_suffix (service_type, ":WANIPConnection:2") ? "IGD:2" : "IGD:1";
}

static gboolean
learn_discovery (PtlIgd *self, PtlIgdAnswer *answer)
{
  if (!ptl_igd_control_learn (&self->control, answer))
    return FALSE;
  ptl_mapper_learn_present (PTL_MAPPER (self), FALSE);
  ptl_mapper_learn_name (PTL_MAPPER (self), answer->name);
  ptl_mapper_learn_model (PTL_MAPPER (self), answer->model, version_of (self->control.service_type));
  learn_status (self, answer);
  return TRUE;
}

/* --- running a job: discover where needed, once more where the control URL has become stale --- */

static PtlIgdRequest *
new_request (PtlIgd *self, PtlIgdOp op)
{
  PtlIgdRequest *request = ptl_igd_request_new (op);

  request->gateway = g_strdup (ptl_mapper_get_gateway (PTL_MAPPER (self)));
  request->local = g_strdup (ptl_mapper_get_local (PTL_MAPPER (self)));
  request->timeout = REQUEST_TIMEOUT_MS;
  return request;
}

static void run_job (PtlIgd *self, GTask *task);

static void
on_discovered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  PtlIgd *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (PtlIgdAnswer) answer = ptl_igd_run_finish (result, &error);

  if (answer == NULL)
    g_task_return_error (task, ptl_igd_cause_of_run (PTL_MAPPER (self), self->helper, error));
  else if (!learn_discovery (self, answer))
    {
      gint64 code = answer->code != 0 ? answer->code : PTL_IGD_CODE_GARBAGE;

      ptl_mapper_learn_present (PTL_MAPPER (self), answer->code == PTL_IGD_CODE_STUCK);
      g_task_return_error (
          task, error_of_code (self, job_of (task)->crashed ? PTL_IGD_CODE_CRASHED : code));
    }
  else if (job_of (task)->request->op == PTL_IGD_OP_STATUS)
    g_task_return_boolean (task, TRUE); /* it told the status on the way */
  else
    {
      job_of (task)->fresh = TRUE;
      job_of (task)->request->timeout
          = MAX (job_of (task)->request->timeout / 2, AGAIN_TIMEOUT_MS);
      run_job (self, g_steal_pointer (&task));
    }
}

static void
discover (PtlIgd *self, GTask *task)
{
  g_autoptr (PtlIgdRequest) request = new_request (self, PTL_IGD_OP_DISCOVER);

  request->timeout = DISCOVER_TIMEOUT_MS;
  request->description_url = g_strdup (self->description_url);
  ptl_igd_run_async (self->helper, request, g_task_get_cancellable (task), on_discovered, task);
}

/* Some routers restart when they are asked for a lease: the next question is for none. */
static void
note_crash (PtlIgd *self, Job *job)
{
  self->takes_no_leases = TRUE;
  job->crashed = TRUE;
  job->request->lifetime = 0;
}

static void
on_forgotten (GObject *source, GAsyncResult *result, gpointer user_data)
{
  ptl_mapper_remove_finish (PTL_MAPPER (source), result, NULL);
}

/* An add whose answer got lost may have been stored. Waits for nobody. */
static void
forget_add (PtlIgd *self, const Job *job)
{
  if (job->request->op == PTL_IGD_OP_ADD && job->mapping->system == PTL_ROUTER_PROTOCOL_NONE)
    ptl_mapper_remove_async (PTL_MAPPER (self), job->mapping, NULL, on_forgotten, NULL);
}

static void
on_job_run (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  PtlIgd *self = g_task_get_source_object (task);
  Job *job = job_of (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (PtlIgdAnswer) answer = ptl_igd_run_finish (result, &error);

  if (answer == NULL)
    {
      forget_add (self, job);
      g_task_return_error (task, ptl_igd_cause_of_run (PTL_MAPPER (self), self->helper, error));
      return;
    }
  if (answer->code == PTL_IGD_CODE_CRASHED)
    note_crash (self, job);
  if (ptl_igd_control_is_stale (answer) && !job->fresh)
    {
      ptl_igd_control_forget (&self->control);
      discover (self, g_steal_pointer (&task));
      return;
    }
  job->done (self, task, answer);
}

/* Takes over @task. */
static void
run_job (PtlIgd *self, GTask *task)
{
  Job *job = job_of (task);

  if (self->control.url == NULL)
    {
      discover (self, task);
      return;
    }
  ptl_igd_control_put (&self->control, job->request);
  ptl_igd_run_async (self->helper, job->request, g_task_get_cancellable (task), on_job_run, task);
}

/* Takes over @task and @request. */
static void
start_job (PtlIgd *self,
           GTask *task,
           PtlIgdRequest *request,
           const PtlMapping *mapping,
           AnswerFunc done)
{
  Job *job = g_new0 (Job, 1);

  job->request = request;
  job->mapping = mapping != NULL ? ptl_mapping_copy (mapping) : NULL;
  job->done = done;
  g_object_set_data_full (G_OBJECT (task), "job", job, (GDestroyNotify) job_free);
  run_job (self, task);
}

static void
return_boolean (PtlIgd *self, GTask *task, PtlIgdAnswer *answer)
{
  if (answer->code != 0)
    g_task_return_error (task, error_of_answer (self, job_of (task), answer));
  else
    g_task_return_boolean (task, TRUE);
}

/* --- the operations --- */

static void
on_status (PtlIgd *self, GTask *task, PtlIgdAnswer *answer)
{
  if (answer->code == 0)
    learn_status (self, answer);
  return_boolean (self, task, answer);
}

static void
ptl_igd_probe (PtlMapper *mapper, GTask *task)
{
  PtlIgd *self = PTL_IGD (mapper);
  PtlIgdRequest *request = new_request (self, PTL_IGD_OP_STATUS);

  request->timeout = STATUS_TIMEOUT_MS;
  start_job (self, task, request, NULL, on_status);
}

/* "1.2.3.4" and "1.2.3.4/32" are what RemoteHost can say. */
static gboolean
fill_remote (PtlIgdRequest *request, const char *remote)
{
  g_auto (GStrv) parts = g_strsplit (remote, "/", 2);

  if (parts[0] == NULL || (parts[1] != NULL && strcmp (parts[1], "32") != 0))
    return FALSE;
  request->remote = g_strdup (parts[0]);
  return TRUE;
}

static PtlIgdRequest *
new_mapping_request (PtlIgd *self, PtlIgdOp op, const PtlMapping *mapping)
{
  PtlIgdRequest *request = new_request (self, op);
  const char *inside = mapping->internal_address;

  request->protocol = g_strdup (mapping->protocol == PTL_PROTOCOL_UDP ? "UDP" : "TCP");
  request->external_port
      = mapping->granted_port != 0 ? mapping->granted_port : mapping->external_port;
  request->internal_address = g_strdup (inside != NULL ? inside : request->local);
  request->internal_port = mapping->internal_port;
  request->lifetime = mapping->lifetime;
  request->description = g_strdup (mapping->description);
  request->pinned = mapping->pinned && request->external_port != 0;
  request->renew = mapping->system == PTL_ROUTER_PROTOCOL_UPNP;
  request->granted = request->renew ? mapping->granted_lifetime : 0;
  return request;
}

static void
on_add (PtlIgd *self, GTask *task, PtlIgdAnswer *answer)
{
  const Job *job = job_of (task);
  PtlMapping *granted;

  if (answer->code != 0 || answer->external_port == 0)
    {
      if (answer->code == PTL_IGD_CODE_SILENT || answer->code == PTL_IGD_CODE_CRASHED)
        forget_add (self, job);
      g_task_return_error (task, answer->code != 0 ? error_of_answer (self, job, answer)
                                                   : error_of_code (self, PTL_IGD_CODE_GARBAGE));
      return;
    }
  granted = ptl_mapping_dup_granted (job->mapping, PTL_ROUTER_PROTOCOL_UPNP,
                                     (guint16) answer->external_port, (guint32) answer->lifetime,
                                     ptl_mapper_get_external_address (PTL_MAPPER (self)));
  granted->read_back = answer->read_back;
  self->takes_no_leases |= answer->lifetime == 0;
  g_task_return_pointer (task, granted, (GDestroyNotify) ptl_mapping_free);
}

static void
ptl_igd_add (PtlMapper *mapper, GTask *task, const PtlMapping *mapping)
{
  PtlIgd *self = PTL_IGD (mapper);
  PtlIgdRequest *request = new_mapping_request (self, PTL_IGD_OP_ADD, mapping);

  if (self->takes_no_leases || (request->renew && mapping->granted_lifetime == 0))
    request->lifetime = 0;
  if (mapping->remote != NULL && !fill_remote (request, mapping->remote))
    {
      ptl_igd_request_free (request);
      g_task_return_error (task, error_of_code (self, 726));
      g_object_unref (task);
      return;
    }
  start_job (self, task, request, mapping, on_add);
}

static void
ptl_igd_remove (PtlMapper *mapper, GTask *task, const PtlMapping *mapping)
{
  PtlIgd *self = PTL_IGD (mapper);
  PtlIgdRequest *request = new_mapping_request (self, PTL_IGD_OP_REMOVE, mapping);

  if (mapping->remote != NULL)
    fill_remote (request, mapping->remote);
  /* What was never granted may have been stored at any port. */
  request->search = mapping->granted_port == 0;
  if (request->search)
    request->timeout = LIST_TIMEOUT_MS;
  start_job (self, task, request, mapping, return_boolean);
}

static void
ptl_igd_read_back (PtlMapper *mapper, GTask *task, const PtlMapping *mapping)
{
  PtlIgd *self = PTL_IGD (mapper);
  PtlIgdRequest *request = new_mapping_request (self, PTL_IGD_OP_READ_BACK, mapping);

  if (mapping->remote != NULL && mapping->system == PTL_ROUTER_PROTOCOL_UPNP)
    fill_remote (request, mapping->remote);
  start_job (self, task, request, mapping, return_boolean);
}

static void
on_list (PtlIgd *self, GTask *task, PtlIgdAnswer *answer)
{
  if (answer->code != 0)
    g_task_return_error (task, answer->code == 401 || answer->code == 602
                                 ? error_of_code (self, PTL_IGD_CODE_CANNOT_TELL)
                                 : error_of_code (self, answer->code));
  else
    {
      GPtrArray *entries = g_steal_pointer (&answer->entries);

      if (entries == NULL)
        entries = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_router_entry_free);
      g_task_return_pointer (task, entries, (GDestroyNotify) g_ptr_array_unref);
    }
}

static void
ptl_igd_list (PtlMapper *mapper, GTask *task)
{
  PtlIgd *self = PTL_IGD (mapper);
  PtlIgdRequest *request = new_request (self, PTL_IGD_OP_LIST);

  request->timeout = LIST_TIMEOUT_MS;
  start_job (self, task, request, NULL, on_list);
}

static void
ptl_igd_path_changed (PtlMapper *mapper)
{
  ptl_igd_control_forget (&PTL_IGD (mapper)->control);
  PTL_IGD (mapper)->takes_no_leases = FALSE;
}

void
ptl_igd_set_description_url (PtlIgd *self, const char *url)
{
  if (g_strcmp0 (self->description_url, url) == 0)
    return;
  g_free (self->description_url);
  self->description_url = g_strdup (url);
  ptl_igd_control_forget (&self->control);
}

static void
ptl_igd_finalize (GObject *object)
{
  PtlIgd *self = PTL_IGD (object);

  ptl_igd_control_forget (&self->control);
  g_free (self->description_url);
  g_free (self->helper);
  G_OBJECT_CLASS (ptl_igd_parent_class)->finalize (object);
}

static void
ptl_igd_class_init (PtlIgdClass *klass)
{
  PtlMapperClass *mapper_class = PTL_MAPPER_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = ptl_igd_finalize;
  mapper_class->protocol = PTL_ROUTER_PROTOCOL_UPNP;
  /* Routers are small, and some answer one connection at a time. */
  mapper_class->parallel = 2;
  mapper_class->probe = ptl_igd_probe;
  mapper_class->add = ptl_igd_add;
  mapper_class->remove = ptl_igd_remove;
  mapper_class->read_back = ptl_igd_read_back;
  mapper_class->list = ptl_igd_list;
  mapper_class->path_changed = ptl_igd_path_changed;
}

static void
ptl_igd_init (PtlIgd *self)
{
}

PtlMapper *
ptl_igd_new (PtlClock *clock,
             const char *helper,
             const char *gateway,
             const char *local,
             const char *interface)
{
  PtlIgd *self = g_object_new (PTL_TYPE_IGD, "clock", clock, "gateway", gateway, "local", local,
                               "interface", interface, NULL);

  self->helper = g_strdup (helper);
  return PTL_MAPPER (self);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-pinhole.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "ptl-igd-cause.h"
#include "ptl-igd-control.h"
#include "ptl-igd-run.h"
#include "ptl-router-cause.h"

#define REQUEST_TIMEOUT_MS 4000
#define STATUS_TIMEOUT_MS 2000
#define DISCOVER_TIMEOUT_MS 5000

struct _PtlPinhole
{
  PtlMapper parent;
  char *helper;
  char *peer;         /* the router's IPv4 address, NULL = none */
  char *peer_local;
  PtlIgdControl control; /* at the peer */
};

G_DEFINE_FINAL_TYPE (PtlPinhole, ptl_pinhole, PTL_TYPE_MAPPER)

typedef struct
{
  PtlIgdRequest *request;
  PtlMapping *mapping; /* or NULL */
  gboolean fresh;      /* the control URL was discovered just now */
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

/* --- what its codes mean (WANIPv6FirewallControl:1, clause 2.5) --- */

static GError *
error_of_code (PtlPinhole *self, gint64 code)
{
  const char *gateway = ptl_mapper_get_gateway (PTL_MAPPER (self));

  switch (code)
    {
    case 606:
      return ptl_error_new (PTL_ERROR_ROUTER_REFUSED,
                            _("Allow this device to open ports by IPv6 in the router's settings."),
                            /* Translators: %s is the router's address */
                            _("The router %s does not let this computer open its IPv6 firewall."), gateway);
    case 701:
      return ptl_error_new (PTL_ERROR_ROUTER_FULL,
                            _("Close pinholes that are not needed any more, or restart the router."),
                            /* Translators: %s is the router's address */
                            _("The router %s has no room for another IPv6 pinhole."), gateway);
    case 703:
      return ptl_error_new (PTL_ERROR_ROUTER_REFUSED,
                            _("Allow pinholes, or port sharing by IPv6, in the router's settings."),
                            /* Translators: %s is the router's address */
                            _("The router %s is set to open nothing in its IPv6 firewall."), gateway);
    case 705:
    case 706:
    case 707:
    case 708:
      return ptl_error_new (PTL_ERROR_ROUTER_REFUSED,
                            _("Open the port for IPv6 by hand in the router's settings."),
                            /* Translators: %s is the router's address, the number is UPnP's code */
                            _("The router %s does not open its IPv6 firewall for anyone to this port (UPnP code %d)."),
                            gateway, (int) code);
    case PTL_IGD_CODE_STUCK:
      return ptl_error_new (PTL_ERROR_ROUTER_SILENT,
                            _("Restart the router; or open the port for IPv6 by hand in its settings."),
                            /* Translators: %s is the router's address */
                            _("The router %s describes an IPv6 firewall, and does not answer over IPv6."), gateway);
    default:
      return ptl_igd_cause_of_code (PTL_MAPPER (self), code);
    }
}

/* --- running a job --- */

static PtlIgdRequest *
new_request (PtlPinhole *self, PtlIgdOp op, gint64 timeout)
{
  PtlIgdRequest *request = ptl_igd_request_new (op);

  request->gateway = g_strdup (self->peer);
  request->local = g_strdup (self->peer_local);
  request->gateway6 = g_strdup (ptl_mapper_get_gateway (PTL_MAPPER (self)));
  request->local6 = g_strdup (ptl_mapper_get_local (PTL_MAPPER (self)));
  request->timeout = timeout;
  return request;
}

static void
finish (PtlPinhole *self, GTask *task, const PtlIgdAnswer *answer)
{
  const Job *job = job_of (task);
  PtlMapping *granted;

  if (answer->code != 0)
    {
      g_task_return_error (task, error_of_code (self, answer->code));
      return;
    }
  if (job->request->op != PTL_IGD_OP_PINHOLE_ADD)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  granted = ptl_mapping_dup_granted (job->mapping, PTL_ROUTER_PROTOCOL_UPNP, job->mapping->internal_port,
                                     (guint32) answer->lifetime, job->request->internal_address);
  granted->pinhole = (gint32) answer->pinhole;
  granted->read_back = answer->read_back;
  g_task_return_pointer (task, granted, (GDestroyNotify) ptl_mapping_free);
}

static void run_job (PtlPinhole *self, GTask *task);

static void
on_discovered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  PtlPinhole *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (PtlIgdAnswer) answer = ptl_igd_run_finish (result, &error);

  if (answer == NULL)
    {
      g_task_return_error (task, ptl_igd_cause_of_run (PTL_MAPPER (self), self->helper, error));
      return;
    }
  if (!ptl_igd_control_learn (&self->control, answer))
    {
      g_task_return_error (task, error_of_code (self, answer->code != 0 ? answer->code : PTL_IGD_CODE_GARBAGE));
      return;
    }
  job_of (task)->fresh = TRUE;
  if (job_of (task)->request->op == PTL_IGD_OP_PINHOLE_STATUS)
    g_task_return_boolean (task, TRUE); /* it told the status on the way */
  else
    run_job (self, g_steal_pointer (&task));
}

static void
discover (PtlPinhole *self, GTask *task)
{
  g_autoptr (PtlIgdRequest) request = new_request (self, PTL_IGD_OP_PINHOLE_DISCOVER, DISCOVER_TIMEOUT_MS);

  ptl_igd_run_async (self->helper, request, g_task_get_cancellable (task), on_discovered, task);
}

static void
on_run (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  PtlPinhole *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (PtlIgdAnswer) answer = ptl_igd_run_finish (result, &error);

  if (answer == NULL)
    g_task_return_error (task, ptl_igd_cause_of_run (PTL_MAPPER (self), self->helper, error));
  else if (ptl_igd_control_is_stale (answer) && !job_of (task)->fresh)
    {
      ptl_igd_control_forget (&self->control);
      discover (self, g_steal_pointer (&task));
    }
  else
    finish (self, task, answer);
}

/* Takes over @task. */
static void
run_job (PtlPinhole *self, GTask *task)
{
  Job *job = job_of (task);

  if (self->peer == NULL)
    {
      g_task_return_error (task, ptl_router_cause_none (ptl_mapper_get_gateway (PTL_MAPPER (self))));
      g_object_unref (task);
      return;
    }
  if (self->control.url == NULL)
    {
      discover (self, task);
      return;
    }
  ptl_igd_control_put (&self->control, job->request);
  ptl_igd_run_async (self->helper, job->request, g_task_get_cancellable (task), on_run, task);
}

/* Takes over @task and @request. */
static void
start_job (PtlPinhole *self, GTask *task, PtlIgdRequest *request, const PtlMapping *mapping)
{
  Job *job = g_new0 (Job, 1);

  job->request = request;
  job->mapping = mapping != NULL ? ptl_mapping_copy (mapping) : NULL;
  g_object_set_data_full (G_OBJECT (task), "job", job, (GDestroyNotify) job_free);
  run_job (self, task);
}

/* --- the operations --- */

static void
ptl_pinhole_probe (PtlMapper *mapper, GTask *task)
{
  PtlPinhole *self = PTL_PINHOLE (mapper);

  start_job (self, task, new_request (self, PTL_IGD_OP_PINHOLE_STATUS, STATUS_TIMEOUT_MS), NULL);
}

static PtlIgdRequest *
new_mapping_request (PtlPinhole *self, PtlIgdOp op, const PtlMapping *mapping)
{
  PtlIgdRequest *request = new_request (self, op, REQUEST_TIMEOUT_MS);
  const char *inside = mapping->internal_address;

  request->protocol = g_strdup (mapping->protocol == PTL_PROTOCOL_UDP ? "UDP" : "TCP");
  request->internal_address = g_strdup (inside != NULL ? inside : request->local6);
  request->internal_port = mapping->internal_port;
  request->lifetime = mapping->lifetime;
  request->pinhole = mapping->system == PTL_ROUTER_PROTOCOL_UPNP ? mapping->pinhole : -1;
  request->renew = request->pinhole >= 0;
  return request;
}

/* RemoteHost holds one address. */
static gboolean
fill_remote (PtlIgdRequest *request, const char *remote)
{
  g_auto (GStrv) parts = g_strsplit (remote, "/", 2);

  if (parts[0] == NULL || strchr (parts[0], ':') == NULL || (parts[1] != NULL && strcmp (parts[1], "128") != 0))
    return FALSE;
  request->remote = g_strdup (parts[0]);
  return TRUE;
}

static void
ptl_pinhole_add (PtlMapper *mapper, GTask *task, const PtlMapping *mapping)
{
  PtlPinhole *self = PTL_PINHOLE (mapper);
  PtlIgdRequest *request = new_mapping_request (self, PTL_IGD_OP_PINHOLE_ADD, mapping);

  if (mapping->remote != NULL && !fill_remote (request, mapping->remote))
    {
      ptl_igd_request_free (request);
      g_task_return_error (task, ptl_error_new (PTL_ERROR_NOT_SUPPORTED,
                                                _("Make it guarded: then this computer checks who comes."),
                                                _("By UPnP a router keeps an IPv6 pinhole to one address or to "
                                                  "nobody.")));
      g_object_unref (task);
      return;
    }
  start_job (self, task, request, mapping);
}

static void
ptl_pinhole_remove (PtlMapper *mapper, GTask *task, const PtlMapping *mapping)
{
  PtlPinhole *self = PTL_PINHOLE (mapper);
  PtlIgdRequest *request = new_mapping_request (self, PTL_IGD_OP_PINHOLE_REMOVE, mapping);

  if (mapping->remote != NULL)
    fill_remote (request, mapping->remote);
  start_job (self, task, request, mapping);
}

static void
ptl_pinhole_read_back (PtlMapper *mapper, GTask *task, const PtlMapping *mapping)
{
  PtlPinhole *self = PTL_PINHOLE (mapper);

  if (mapping->system != PTL_ROUTER_PROTOCOL_UPNP || mapping->pinhole < 0)
    {
      g_task_return_error (task, error_of_code (self, PTL_IGD_CODE_CANNOT_TELL));
      g_object_unref (task);
      return;
    }
  start_job (self, task, new_mapping_request (self, PTL_IGD_OP_PINHOLE_READ_BACK, mapping), mapping);
}

static void
ptl_pinhole_path_changed (PtlMapper *mapper)
{
  ptl_igd_control_forget (&PTL_PINHOLE (mapper)->control);
}

void
ptl_pinhole_set_peer (PtlPinhole *self, const char *peer, const char *peer_local)
{
  if (g_strcmp0 (self->peer, peer) == 0 && g_strcmp0 (self->peer_local, peer_local) == 0)
    return;
  g_free (self->peer);
  self->peer = g_strdup (peer);
  g_free (self->peer_local);
  self->peer_local = g_strdup (peer_local);
  ptl_igd_control_forget (&self->control);
}

static void
ptl_pinhole_finalize (GObject *object)
{
  PtlPinhole *self = PTL_PINHOLE (object);

  ptl_igd_control_forget (&self->control);
  g_free (self->helper);
  g_free (self->peer);
  g_free (self->peer_local);
  G_OBJECT_CLASS (ptl_pinhole_parent_class)->finalize (object);
}

static void
ptl_pinhole_class_init (PtlPinholeClass *klass)
{
  PtlMapperClass *mapper_class = PTL_MAPPER_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = ptl_pinhole_finalize;
  mapper_class->protocol = PTL_ROUTER_PROTOCOL_UPNP;
  mapper_class->parallel = 2;
  mapper_class->probe = ptl_pinhole_probe;
  mapper_class->add = ptl_pinhole_add;
  mapper_class->remove = ptl_pinhole_remove;
  mapper_class->read_back = ptl_pinhole_read_back;
  mapper_class->path_changed = ptl_pinhole_path_changed;
}

static void
ptl_pinhole_init (PtlPinhole *self)
{
}

PtlMapper *
ptl_pinhole_new (PtlClock *clock, const char *helper, const PtlGateway *gateway)
{
  PtlPinhole *self = g_object_new (PTL_TYPE_PINHOLE, "clock", clock, "gateway", gateway->address, "local",
                                   gateway->local, "interface", gateway->interface, NULL);

  self->helper = g_strdup (helper);
  ptl_pinhole_set_peer (self, gateway->peer, gateway->peer_local);
  return PTL_MAPPER (self);
}

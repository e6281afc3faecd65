/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-report-facts.h"

#include <string.h>

#include "core/ptl-host.h"

void
ptl_report_set (char **text, const char *with)
{
  char *copy = g_strdup (with != NULL ? with : "");

  g_free (*text);
  *text = copy;
}

PtlReportSocket *
ptl_report_socket_new (PtlProtocol protocol, const char *address, guint16 port)
{
  PtlReportSocket *self = g_new0 (PtlReportSocket, 1);

  self->protocol = protocol;
  self->address = ptl_host_normalize (address);
  self->port = port;
  self->ipv4 = strchr (self->address, ':') == NULL;
  self->process = g_strdup ("");
  self->user = g_strdup ("");
  self->unit = g_strdup ("");
  self->container = g_strdup ("");
  return self;
}

static void
socket_free (gpointer data)
{
  PtlReportSocket *self = data;

  g_free (self->address);
  g_free (self->process);
  g_free (self->user);
  g_free (self->unit);
  g_free (self->container);
  g_free (self);
}

PtlReportDoor *
ptl_report_door_new (PtlProtocol protocol, const char *address, guint16 port)
{
  PtlReportDoor *self = g_new0 (PtlReportDoor, 1);

  self->protocol = protocol;
  self->address = ptl_host_normalize (address);
  self->port = port;
  self->rule = g_strdup ("");
  self->system = g_strdup ("");
  self->name = g_strdup ("");
  self->entry = g_strdup ("");
  self->router = g_strdup ("");
  self->public_endpoint = g_strdup ("");
  self->target = g_strdup ("");
  return self;
}

static void
door_free (gpointer data)
{
  PtlReportDoor *self = data;

  g_free (self->rule);
  g_free (self->address);
  g_free (self->system);
  g_free (self->name);
  g_free (self->entry);
  g_free (self->router);
  g_free (self->public_endpoint);
  g_free (self->target);
  g_free (self);
}

PtlReportGuard *
ptl_report_guard_new (PtlProtocol protocol, guint16 port)
{
  PtlReportGuard *self = g_new0 (PtlReportGuard, 1);

  self->protocol = protocol;
  self->port = port;
  self->message = g_strdup ("");
  self->container = g_strdup ("");
  return self;
}

static void
guard_free (gpointer data)
{
  PtlReportGuard *self = data;

  g_free (self->message);
  g_free (self->container);
  g_free (self);
}

gboolean
ptl_report_guard_blocks (const PtlReportGuard *self, const char *address)
{
  return strchr (address, ':') != NULL ? self->blocked6 : self->blocked;
}

PtlReportLook *
ptl_report_look_new (PtlProtocol protocol,
                     const char *address,
                     guint16 port,
                     PtlVantageKind vantage,
                     PtlSeenState state)
{
  PtlReportLook *self = g_new0 (PtlReportLook, 1);

  self->protocol = protocol;
  self->address = ptl_host_normalize (address);
  self->port = port;
  self->vantage = vantage;
  self->state = state;
  self->detail = g_strdup ("");
  return self;
}

static void
look_free (gpointer data)
{
  PtlReportLook *self = data;

  g_free (self->address);
  g_free (self->detail);
  ptl_identity_free (self->identity);
  g_free (self);
}

PtlReportFacts *
ptl_report_facts_new (void)
{
  PtlReportFacts *self = g_new0 (PtlReportFacts, 1);

  self->sockets = g_ptr_array_new_with_free_func (socket_free);
  self->doors = g_ptr_array_new_with_free_func (door_free);
  self->guards = g_ptr_array_new_with_free_func (guard_free);
  self->looks = g_ptr_array_new_with_free_func (look_free);
  self->addresses = g_new0 (char *, 1);
  self->public_addresses = g_new0 (char *, 1);
  self->address = g_strdup ("");
  return self;
}

void
ptl_report_facts_free (PtlReportFacts *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->sockets);
  g_ptr_array_unref (self->doors);
  g_ptr_array_unref (self->guards);
  g_ptr_array_unref (self->looks);
  g_strfreev (self->addresses);
  g_strfreev (self->public_addresses);
  g_free (self->address);
  g_free (self);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-vantage-private.h"

#include <string.h>

#include "core/ptl-error.h"

PtlVantageEndpoint *
ptl_vantage_endpoint_new (GInetAddress *address, guint16 port, PtlProtocol protocol)
{
  PtlVantageEndpoint *self = g_new0 (PtlVantageEndpoint, 1);

  self->address = g_object_ref (address);
  self->port = port;
  self->protocol = protocol;
  return self;
}

void
ptl_vantage_endpoint_free (PtlVantageEndpoint *self)
{
  if (self == NULL)
    return;
  g_object_unref (self->address);
  g_free (self);
}

PtlVantageAnswer *
ptl_vantage_answer_new (GInetAddress *address,
                        guint16 port,
                        PtlProtocol protocol,
                        PtlVantageKind kind,
                        PtlSeenState state,
                        gint64 at,
                        char *detail)
{
  PtlVantageAnswer *self = g_new0 (PtlVantageAnswer, 1);

  self->address = g_object_ref (address);
  self->port = port;
  self->protocol = protocol;
  self->sighting = g_new0 (PtlSighting, 1);
  self->sighting->vantage = kind;
  self->sighting->state = state;
  self->sighting->at = at;
  self->sighting->detail = detail != NULL ? detail : g_strdup ("");
  return self;
}

void
ptl_vantage_answer_free (PtlVantageAnswer *self)
{
  if (self == NULL)
    return;
  g_object_unref (self->address);
  g_free (self->sighting->detail);
  g_free (self->sighting);
  ptl_identity_free (self->identity);
  g_free (self);
}

const char *
ptl_vantage_get_server (PtlVantageKind kind)
{
  switch (kind)
    {
    case PTL_VANTAGE_INTERNETDB:
      return "https://internetdb.shodan.io";
    case PTL_VANTAGE_SHODAN:
      return "https://api.shodan.io";
    case PTL_VANTAGE_CENSYS:
      return "https://api.platform.censys.io";
    default:
      return NULL;
    }
}

gboolean
ptl_vantage_needs_consent (PtlVantageKind kind)
{
  return ptl_vantage_get_server (kind) != NULL;
}

gboolean
ptl_vantage_needs_key (PtlVantageKind kind)
{
  return kind == PTL_VANTAGE_SHODAN || kind == PTL_VANTAGE_CENSYS;
}

static void
work_free (gpointer data)
{
  PtlVantageWork *work = data;

  if (work->more != NULL)
    work->free_more (work->more);
  g_ptr_array_unref (work->endpoints);
  g_ptr_array_unref (work->addresses);
  g_ptr_array_unref (work->answers);
  g_clear_pointer (&work->dial, ptl_dial_unref);
  g_free (work->server);
  if (work->key != NULL)
    explicit_bzero (work->key, strlen (work->key));
  g_free (work->key);
  g_free (work);
}

static GPtrArray *
copy_endpoints (GPtrArray *endpoints)
{
  GPtrArray *copy = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_vantage_endpoint_free);

  for (guint i = 0; i < endpoints->len; i++)
    {
      const PtlVantageEndpoint *endpoint = endpoints->pdata[i];

      g_ptr_array_add (copy, ptl_vantage_endpoint_new (endpoint->address, endpoint->port,
                                                       endpoint->protocol));
    }
  return copy;
}

static void
add_address (GPtrArray *addresses, GInetAddress *address)
{
  for (guint i = 0; i < addresses->len; i++)
    if (g_inet_address_equal (addresses->pdata[i], address))
      return;
  g_ptr_array_add (addresses, g_object_ref (address));
}

static GPtrArray *
collect_addresses (const PtlVantageAsk *ask)
{
  GPtrArray *addresses = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < ask->endpoints->len; i++)
    add_address (addresses, ((const PtlVantageEndpoint *) ask->endpoints->pdata[i])->address);
  for (guint i = 0; ask->addresses != NULL && i < ask->addresses->len; i++)
    add_address (addresses, ask->addresses->pdata[i]);
  return addresses;
}

void
ptl_vantage_ask_async (const PtlVantageAsk *ask,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  PtlVantageWork *work = g_new0 (PtlVantageWork, 1);
  gboolean is_record = ptl_vantage_get_server (ask->kind) != NULL;

  g_return_if_fail (is_record || ask->dial != NULL);

  g_task_set_source_tag (task, ptl_vantage_ask_async);
  work->kind = ask->kind;
  work->endpoints = copy_endpoints (ask->endpoints);
  work->addresses = collect_addresses (ask);
  work->at = ptl_clock_get_wall (ask->clock);
  work->identify = ask->identify;
  work->dial = ask->dial != NULL ? ptl_dial_ref (ask->dial) : NULL;
  work->server
      = g_strdup (ask->server != NULL && *ask->server != '\0' ? ask->server
                                                              : ptl_vantage_get_server (ask->kind));
  work->key = g_strdup (ask->key);
  work->answers = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_vantage_answer_free);
  g_task_set_task_data (task, work, work_free);
  if (is_record)
    ptl_vantage_read_record (task);
  else
    ptl_vantage_look (task);
}

GPtrArray *
ptl_vantage_ask_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

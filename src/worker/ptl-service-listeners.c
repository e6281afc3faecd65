/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-service-private.h"

#include "core/ptl-text.h"

#define SHOWN_CHARS 120

static void
insert_safe (GVariantDict *dict, const char *key, const char *text)
{
  g_autofree char *safe = ptl_text_make_safe (text, -1, SHOWN_CHARS);

  g_variant_dict_insert (dict, key, "s", safe);
}

static GVariant *
listener_to_variant (const PtlListener *listener)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "Protocol", "s", ptl_protocol_to_string (listener->protocol));
  g_variant_dict_insert (&dict, "Address", "s", listener->address);
  g_variant_dict_insert (&dict, "Port", "u", (guint32) listener->port);
  g_variant_dict_insert (&dict, "Reach", "s", ptl_listen_scope_to_string (listener->scope));
  g_variant_dict_insert (&dict, "Ipv4", "b", listener->ipv4);
  g_variant_dict_insert (&dict, "Ipv6", "b", listener->ipv6);
  insert_safe (&dict, "Process", listener->process);
  g_variant_dict_insert (&dict, "Pid", "u", listener->pid);
  insert_safe (&dict, "User", listener->user);
  insert_safe (&dict, "Unit", listener->unit);
  g_variant_dict_insert (&dict, "UserUnit", "b", listener->user_unit);
  insert_safe (&dict, "Container", listener->container);
  return g_variant_dict_end (&dict);
}

static void
on_listeners (GObject *source, GAsyncResult *result, gpointer data)
{
  GError *error = NULL;
  g_autoptr (PtlListenersView) view = ptl_listener_watch_look_finish (PTL_LISTENER_WATCH (source), result, &error);
  GVariantBuilder builder;

  if (view == NULL)
    {
      ptl_service_fail (data, error);
      return;
    }
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < view->listeners->len; i++)
    g_variant_builder_add_value (&builder, listener_to_variant (view->listeners->pdata[i]));
  g_dbus_method_invocation_return_value (data, g_variant_new ("(aa{sv})", &builder));
}

static void
list_listeners (PtlService *self, GDBusMethodInvocation *invocation, GVariant *arguments, const char *who)
{
  ptl_listener_watch_look_async (self->parts.listeners, on_listeners, invocation);
}

static void
follow_listeners (PtlService *self, GDBusMethodInvocation *invocation, GVariant *arguments, const char *who)
{
  gboolean follow;

  g_variant_get (arguments, "(b)", &follow);
  ptl_listener_watch_follow (self->parts.listeners, g_dbus_method_invocation_get_sender (invocation), follow);
  g_dbus_method_invocation_return_value (invocation, NULL);
}

static void
set_listener_notices (PtlService *self, GDBusMethodInvocation *invocation, GVariant *arguments, const char *who)
{
  GError *error = NULL;
  gboolean notices;

  g_variant_get (arguments, "(b)", &notices);
  if (ptl_changes_may_write (self->parts.changes, &error) &&
      ptl_listener_watch_set_notices (self->parts.listeners, notices, who, &error))
    g_dbus_method_invocation_return_value (invocation, NULL);
  else
    ptl_service_fail (invocation, error);
}

const PtlServiceMethod ptl_service_listener_methods[] = {
  { "handle-list-listeners", list_listeners, FALSE },
  { "handle-follow-listeners", follow_listeners, FALSE },
  { "handle-set-listener-notices", set_listener_notices, TRUE },
  { NULL, NULL, FALSE },
};

/* ---- The property ---- */

void
ptl_service_show_listeners (PtlService *self)
{
  static const char *const none[] = { NULL };
  const PtlListenersView *view = ptl_listener_watch_get_view (self->parts.listeners);
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "Serial", "t", ptl_listener_watch_get_serial (self->parts.listeners));
  g_variant_dict_insert (&dict, "Count", "u", view != NULL ? view->listeners->len : 0);
  g_variant_dict_insert (&dict, "Unknown", "u", view != NULL ? view->n_unknown : 0);
  g_variant_dict_insert (&dict, "Unseen", "^as", view != NULL ? (const char *const *) view->unseen : none);
  g_variant_dict_insert (&dict, "Notices", "b", ptl_listener_watch_get_notices (self->parts.listeners));
  ptl_bus_worker1_set_listeners (self->worker, g_variant_dict_end (&dict));
  /* Before the answer to who asked for the look. */
  g_dbus_interface_skeleton_flush (G_DBUS_INTERFACE_SKELETON (self->worker));
}

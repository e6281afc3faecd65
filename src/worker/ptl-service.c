/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-service-private.h"

#include <glib/gi18n-lib.h>

#include "core/ptl-text.h"
#include "ptl-api.h"

G_DEFINE_FINAL_TYPE (PtlService, ptl_service, G_TYPE_OBJECT)

/* ---- Errors ---- */

static void
register_errors (void)
{
  static gsize done = 0;

  if (!g_once_init_enter (&done))
    return;
  for (guint code = 0; code < PTL_N_ERRORS; code++)
    {
      g_autofree char *name =
          g_strconcat (PTL_ERROR_DBUS_PREFIX, ptl_error_code_to_dbus_suffix (code), NULL);

      g_dbus_error_register_error (PTL_ERROR, (int) code, name);
    }
  g_once_init_leave (&done, 1);
}

void
ptl_service_fail (GDBusMethodInvocation *invocation, GError *error)
{
  g_autoptr (GError) owned = error;

  if (error->domain == PTL_ERROR)
    g_dbus_method_invocation_return_gerror (invocation, error);
  else
    g_dbus_method_invocation_return_error_literal (invocation, PTL_ERROR,
                                                   (int) ptl_error_code_of (error), error->message);
}

char *
ptl_service_resolve (PtlService *self, const char *prefix, GError **error)
{
  if (ptl_inventory_get (self->parts.inventory, prefix) != NULL)
    return g_strdup (prefix);
  return ptl_store_resolve_id (self->parts.store, prefix, error);
}

const PtlRule *
ptl_service_find_living (PtlService *self, GVariant *arguments, GError **error)
{
  const PtlRule *rule;
  g_autofree char *id = NULL;
  const char *prefix;

  g_variant_get_child (arguments, 0, "&s", &prefix);
  id = ptl_service_resolve (self, prefix, error);
  if (id == NULL)
    return NULL;
  rule = ptl_inventory_get (self->parts.inventory, id);
  if (rule == NULL)
    ptl_error_set (error, PTL_ERROR_STATE, _("Open it anew first."), _("This rule is closed."));
  return rule;
}

/* ---- Requests ---- */

typedef struct
{
  PtlService *self;
  GDBusMethodInvocation *invocation;
  const PtlServiceMethod *method;
} Call;

static void
run (const char *who, gpointer data)
{
  Call *call = data;
  g_autoptr (PtlService) self = call->self;
  GDBusMethodInvocation *invocation = g_steal_pointer (&call->invocation);
  const PtlServiceMethod *method = call->method;
  GError *error = NULL;

  g_free (call);
  if (who == NULL)
    ptl_service_fail (invocation, ptl_error_new (PTL_ERROR_CANCELLED, NULL, _("The caller has gone.")));
  else if (method->changes &&
           !ptl_callers_spend (self->callers, g_dbus_method_invocation_get_sender (invocation), &error))
    ptl_service_fail (invocation, error);
  else
    method->func (self, invocation, g_dbus_method_invocation_get_parameters (invocation), who);
}

/* One marshaller for every method: who calls is found out first, and the handler reads its own arguments. */
static void
on_method (GClosure *closure,
           GValue *return_value,
           guint n_values,
           const GValue *values,
           gpointer hint,
           gpointer marshal_data)
{
  Call *call = g_new0 (Call, 1);
  const char *sender;

  call->self = g_object_ref (closure->data);
  call->invocation = g_value_get_object (&values[1]);
  call->method = marshal_data;
  sender = g_dbus_method_invocation_get_sender (call->invocation);
  g_value_set_boolean (return_value, TRUE);
  ptl_callers_identify (call->self->callers, sender, run, call);
}

static void
connect_methods (PtlService *self, const PtlServiceMethod *methods)
{
  for (; methods->signal != NULL; methods++)
    {
      GClosure *closure = g_closure_new_simple (sizeof (GClosure), self);

      g_closure_set_meta_marshal (closure, (gpointer) methods, on_method);
      g_closure_set_marshal (closure, g_cclosure_marshal_generic);
      g_signal_connect_closure (self->worker, methods->signal, closure, FALSE);
    }
}

/* ---- Life ---- */

PtlCallers *
ptl_service_get_callers (PtlService *self)
{
  return self->callers;
}

void
ptl_service_attach (PtlService *self, const PtlServiceParts *parts)
{
  self->parts = *parts;
  connect_methods (self, ptl_service_change_methods);
  connect_methods (self, ptl_service_view_methods);
  connect_methods (self, ptl_service_history_methods);
  connect_methods (self, ptl_service_metrics_methods);
  connect_methods (self, ptl_service_name_methods);
  connect_methods (self, ptl_service_entry_methods);
  connect_methods (self, ptl_service_firewall_methods);
  connect_methods (self, ptl_service_network_methods);
  connect_methods (self, ptl_service_traffic_methods);
  connect_methods (self, ptl_service_check_methods);
  connect_methods (self, ptl_service_router_methods);
  connect_methods (self, ptl_service_identify_methods);
  connect_methods (self, ptl_service_exposure_methods);
  connect_methods (self, ptl_service_listener_methods);
  ptl_service_follow (self);
}

static void
ptl_service_dispose (GObject *object)
{
  PtlService *self = PTL_SERVICE (object);

  if (self->parts.inventory != NULL)
    ptl_service_unfollow (self);
  memset (&self->parts, 0, sizeof self->parts);
  if (self->worker != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->worker, self);
      g_dbus_interface_skeleton_unexport (G_DBUS_INTERFACE_SKELETON (self->worker));
    }
  if (self->objects != NULL)
    ptl_objects_end (self->objects);
  g_clear_object (&self->worker);
  g_clear_object (&self->objects);
  g_clear_object (&self->callers);
  g_clear_object (&self->connection);
  G_OBJECT_CLASS (ptl_service_parent_class)->dispose (object);
}

static void
ptl_service_class_init (PtlServiceClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ptl_service_dispose;
  register_errors ();
}

static void
ptl_service_init (PtlService *self)
{
}

PtlService *
ptl_service_new (GDBusConnection *connection, PtlClock *clock, GError **error)
{
  g_autoptr (PtlService) self = g_object_new (PTL_TYPE_SERVICE, NULL);

  self->connection = g_object_ref (connection);
  self->callers = ptl_callers_new (connection, clock);
  self->worker = ptl_bus_worker1_skeleton_new ();
  self->objects = ptl_objects_new (connection, PTL_API_PATH, error);
  if (self->objects == NULL || !g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (self->worker), connection,
                                                                 PTL_API_PATH, error))
    return NULL;
  return g_steal_pointer (&self);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-client-private.h"

#include "api/ptl-api.h"
#include "api/ptl-api-error.h"
#include "core/ptl-error.h"

/* Searching for routers and asking a slow one take their time; a hung worker is told of all the
 * same. */
#define CALL_TIMEOUT_MS 120000
/* A sweep of all ports of an address that does not answer takes minutes, and shows how far it is. */
#define CHECK_TIMEOUT_MS (60 * 60 * 1000)

enum
{
  PROP_0,
  PROP_STATE,
  PROP_STORE_STATE,
  PROP_STORE_MESSAGE,
  PROP_NETWORK_STATE,
  PROP_NETWORK_MESSAGE,
  PROP_FIREWALL,
  PROP_DEBTS,
  PROP_METRICS_PORT,
  PROP_NETWORK_CHECK,
  PROP_EXPOSURE_CHECK,
  PROP_LISTENERS,
  N_PROPS
};

enum
{
  SIGNAL_EVENT,
  SIGNAL_RULE_CLOSED,
  N_SIGNALS
};

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (PtlClient, ptl_client, G_TYPE_OBJECT)

static void
ptl_client_get_property (GObject *object, guint prop, GValue *value, GParamSpec *pspec)
{
  PtlClient *self = PTL_CLIENT (object);

  switch (prop)
    {
    case PROP_STATE:
      g_value_set_int (value, (int) self->state);
      break;
    case PROP_STORE_STATE:
      g_value_set_string (value, self->store_state);
      break;
    case PROP_STORE_MESSAGE:
      g_value_set_string (value, self->store_message);
      break;
    case PROP_FIREWALL:
      g_value_set_string (value, self->firewall);
      break;
    case PROP_NETWORK_STATE:
      g_value_set_string (value, self->network_state);
      break;
    case PROP_NETWORK_MESSAGE:
      g_value_set_string (value, self->network_message);
      break;
    case PROP_DEBTS:
      g_value_set_variant (value, self->debts);
      break;
    case PROP_METRICS_PORT:
      g_value_set_uint (value, self->metrics_port);
      break;
    case PROP_NETWORK_CHECK:
      g_value_set_variant (value, self->network_check);
      break;
    case PROP_EXPOSURE_CHECK:
      g_value_set_variant (value, self->exposure_check);
      break;
    case PROP_LISTENERS:
      g_value_set_variant (value, self->listeners);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop, pspec);
    }
}

static void
ptl_client_dispose (GObject *object)
{
  PtlClient *self = PTL_CLIENT (object);

  self->following = FALSE;
  g_clear_handle_id (&self->retry_source, g_source_remove);
  ptl_client_unlink (self);
  G_OBJECT_CLASS (ptl_client_parent_class)->dispose (object);
}

static void
ptl_client_finalize (GObject *object)
{
  PtlClient *self = PTL_CLIENT (object);

  g_free (self->owner);
  g_ptr_array_unref (self->link_tasks);
  g_ptr_array_unref (self->connect_tasks);
  g_ptr_array_unref (self->waits);
  g_object_unref (self->rules);
  g_object_unref (self->routers);
  g_object_unref (self->relays);
  g_object_unref (self->names);
  g_free (self->store_state);
  g_free (self->store_message);
  g_free (self->firewall);
  g_free (self->network_state);
  g_free (self->network_message);
  g_variant_unref (self->debts);
  g_variant_unref (self->network_check);
  g_variant_unref (self->exposure_check);
  g_variant_unref (self->listeners);
  G_OBJECT_CLASS (ptl_client_parent_class)->finalize (object);
}

static void
ptl_client_class_init (PtlClientClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = ptl_client_get_property;
  object_class->dispose = ptl_client_dispose;
  object_class->finalize = ptl_client_finalize;

  props[PROP_STATE] = g_param_spec_int ("state", NULL, NULL, PTL_CLIENT_STATE_CONNECTING,
                                        PTL_CLIENT_STATE_LOST, PTL_CLIENT_STATE_CONNECTING, flags);
  props[PROP_STORE_STATE] = g_param_spec_string ("store-state", NULL, NULL, "ok", flags);
  props[PROP_STORE_MESSAGE] = g_param_spec_string ("store-message", NULL, NULL, "", flags);
  props[PROP_NETWORK_STATE] = g_param_spec_string ("network-state", NULL, NULL, "searching", flags);
  props[PROP_NETWORK_MESSAGE] = g_param_spec_string ("network-message", NULL, NULL, "", flags);
  props[PROP_FIREWALL] = g_param_spec_string ("firewall", NULL, NULL, "", flags);
  props[PROP_DEBTS]
    = g_param_spec_variant ("debts", NULL, NULL, G_VARIANT_TYPE ("aa{sv}"), NULL, flags);
  props[PROP_METRICS_PORT]
    = g_param_spec_uint ("metrics-port", NULL, NULL, 0, G_MAXUINT16, 0, flags);
  props[PROP_NETWORK_CHECK]
    = g_param_spec_variant ("network-check", NULL, NULL, G_VARIANT_TYPE_VARDICT, NULL, flags);
  props[PROP_EXPOSURE_CHECK]
    = g_param_spec_variant ("exposure-check", NULL, NULL, G_VARIANT_TYPE_VARDICT, NULL, flags);
  props[PROP_LISTENERS]
    = g_param_spec_variant ("listeners", NULL, NULL, G_VARIANT_TYPE_VARDICT, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);

  signals[SIGNAL_EVENT] = g_signal_new ("event", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                        NULL, NULL, NULL, G_TYPE_NONE, 1, PTL_TYPE_EVENT);
  signals[SIGNAL_RULE_CLOSED]
    = g_signal_new ("rule-closed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 1, PTL_TYPE_RULE_ITEM);
}

static void
ptl_client_init (PtlClient *self)
{
  self->link_tasks = g_ptr_array_new_with_free_func (g_object_unref);
  self->connect_tasks = g_ptr_array_new_with_free_func (g_object_unref);
  self->waits = g_ptr_array_new ();
  self->rules = ptl_item_list_new (PTL_TYPE_RULE_ITEM);
  self->routers = ptl_item_list_new (PTL_TYPE_ROUTER_ITEM);
  self->relays = ptl_item_list_new (PTL_TYPE_RELAY_ITEM);
  self->names = ptl_item_list_new (PTL_TYPE_NAME_ITEM);
  self->store_state = g_strdup ("ok");
  self->store_message = g_strdup ("");
  self->firewall = g_strdup ("");
  self->network_state = g_strdup ("searching");
  self->network_message = g_strdup ("");
  self->debts = g_variant_ref_sink (g_variant_new ("aa{sv}", NULL));
  self->network_check = g_variant_ref_sink (g_variant_new ("a{sv}", NULL));
  self->exposure_check = g_variant_ref_sink (g_variant_new ("a{sv}", NULL));
  self->listeners = g_variant_ref_sink (g_variant_new ("a{sv}", NULL));
}

PtlClient *
ptl_client_new (GDBusConnection *connection)
{
  PtlClient *self = g_object_new (PTL_TYPE_CLIENT, NULL);

  ptl_api_register_errors ();
  self->own_connection = connection == NULL;
  g_set_object (&self->connection, connection);
  return self;
}

void
ptl_client_set_state (PtlClient *self, PtlClientState state)
{
  if (self->state == state)
    return;
  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATE]);
}

static void
apply_text (PtlClient *self, GVariant *changed, const char *key, char **field, guint prop)
{
  const char *text;

  if (!g_variant_lookup (changed, key, "&s", &text) || g_str_equal (text, *field))
    return;
  g_free (*field);
  *field = g_strdup (text);
  g_object_notify_by_pspec (G_OBJECT (self), props[prop]);
}

static void
apply_metrics_port (PtlClient *self, GVariant *changed)
{
  guint port;

  if (!g_variant_lookup (changed, "MetricsPort", "u", &port) || port == self->metrics_port)
    return;
  self->metrics_port = port;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_METRICS_PORT]);
}

static void
apply_check (PtlClient *self, GVariant *changed, const char *key, GVariant **field, guint prop)
{
  g_autoptr (GVariant) check = g_variant_lookup_value (changed, key, G_VARIANT_TYPE_VARDICT);

  if (check == NULL || g_variant_equal (check, *field))
    return;
  g_variant_unref (*field);
  *field = g_steal_pointer (&check);
  g_object_notify_by_pspec (G_OBJECT (self), props[prop]);
}

void
ptl_client_apply_worker (PtlClient *self, GVariant *changed)
{
  g_autoptr (GVariant) debts
    = g_variant_lookup_value (changed, "Debts", G_VARIANT_TYPE ("aa{sv}"));

  g_object_freeze_notify (G_OBJECT (self));
  apply_text (self, changed, "StoreState", &self->store_state, PROP_STORE_STATE);
  apply_text (self, changed, "StoreMessage", &self->store_message, PROP_STORE_MESSAGE);
  apply_text (self, changed, "NetworkState", &self->network_state, PROP_NETWORK_STATE);
  apply_text (self, changed, "NetworkMessage", &self->network_message, PROP_NETWORK_MESSAGE);
  apply_text (self, changed, "Firewall", &self->firewall, PROP_FIREWALL);
  apply_metrics_port (self, changed);
  apply_check (self, changed, "NetworkCheck", &self->network_check, PROP_NETWORK_CHECK);
  apply_check (self, changed, "ExposureCheck", &self->exposure_check, PROP_EXPOSURE_CHECK);
  apply_check (self, changed, "Listeners", &self->listeners, PROP_LISTENERS);
  if (debts != NULL && !g_variant_equal (debts, self->debts))
    {
      g_variant_unref (self->debts);
      self->debts = g_steal_pointer (&debts);
      g_object_notify_by_pspec (G_OBJECT (self), props[PROP_DEBTS]);
    }
  g_object_thaw_notify (G_OBJECT (self));
}

void
ptl_client_emit_event (PtlClient *self, GVariant *variant)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PtlEvent) event = ptl_event_from_variant (variant, &error);

  if (event != NULL)
    g_signal_emit (self, signals[SIGNAL_EVENT], 0, event);
  else
    g_message ("An event of the worker could not be read: %s", error->message);
}

void
ptl_client_emit_rule_closed (PtlClient *self, GVariant *variant)
{
  g_autoptr (GError) error = NULL;
  PtlRule *rule = ptl_rule_from_variant (variant, &error);
  g_autoptr (PtlRuleItem) item = NULL;

  if (rule == NULL)
    {
      g_message ("A closed rule could not be read: %s", error->message);
      return;
    }
  item = ptl_rule_item_new (rule);
  g_signal_emit (self, signals[SIGNAL_RULE_CLOSED], 0, item);
  ptl_client_waits_seen (self, rule);
}

const char *
ptl_client_get_firewall (PtlClient *self)
{
  g_return_val_if_fail (PTL_IS_CLIENT (self), "");
  return self->firewall;
}

GVariant *
ptl_client_get_network_check (PtlClient *self)
{
  g_return_val_if_fail (PTL_IS_CLIENT (self), NULL);
  return self->network_check;
}

GVariant *
ptl_client_get_exposure_check (PtlClient *self)
{
  g_return_val_if_fail (PTL_IS_CLIENT (self), NULL);
  return self->exposure_check;
}

GVariant *
ptl_client_get_listeners (PtlClient *self)
{
  g_return_val_if_fail (PTL_IS_CLIENT (self), NULL);
  return self->listeners;
}

void
ptl_client_connect_async (PtlClient *self,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (PTL_IS_CLIENT (self));
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, ptl_client_connect_async);
  if (self->state == PTL_CLIENT_STATE_READY)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  g_ptr_array_add (self->connect_tasks, g_steal_pointer (&task));
  ptl_client_load (self);
}

gboolean
ptl_client_connect_finish (PtlClient *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

PtlClientState
ptl_client_get_state (PtlClient *self)
{
  g_return_val_if_fail (PTL_IS_CLIENT (self), PTL_CLIENT_STATE_LOST);
  return self->state;
}

GListModel *
ptl_client_get_rules (PtlClient *self)
{
  g_return_val_if_fail (PTL_IS_CLIENT (self), NULL);
  return G_LIST_MODEL (self->rules);
}

GListModel *
ptl_client_get_routers (PtlClient *self)
{
  g_return_val_if_fail (PTL_IS_CLIENT (self), NULL);
  return G_LIST_MODEL (self->routers);
}

GListModel *
ptl_client_get_relays (PtlClient *self)
{
  g_return_val_if_fail (PTL_IS_CLIENT (self), NULL);
  return G_LIST_MODEL (self->relays);
}

GListModel *
ptl_client_get_names (PtlClient *self)
{
  g_return_val_if_fail (PTL_IS_CLIENT (self), NULL);
  return G_LIST_MODEL (self->names);
}

PtlRuleItem *
ptl_client_get_rule (PtlClient *self, const char *id)
{
  g_autofree char *path = NULL;

  g_return_val_if_fail (PTL_IS_CLIENT (self), NULL);
  g_return_val_if_fail (id != NULL, NULL);
  path = g_strconcat (PTL_API_RULES_PATH "/", id, NULL);
  g_strdelimit (path + strlen (PTL_API_RULES_PATH), "-", '_');
  return ptl_item_list_lookup (self->rules, path);
}

/* --- calls --- */

typedef struct
{
  char *method;
  GVariant *arguments;
} Call;

static void
call_free (gpointer data)
{
  Call *call = data;

  g_free (call->method);
  g_clear_pointer (&call->arguments, g_variant_unref);
  g_free (call);
}

static void
on_called (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  GVariant *answer = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (answer != NULL)
    g_task_return_pointer (task, answer, (GDestroyNotify) g_variant_unref);
  else
    g_task_return_error (task, ptl_client_map_error (error));
}

static void
on_call_linked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  PtlClient *self = PTL_CLIENT (source);
  g_autoptr (GTask) task = user_data;
  Call *call = g_task_get_task_data (task);
  GError *error = NULL;

  if (!ptl_client_link_finish (self, result, &error))
    g_task_return_error (task, error);
  else if (self->connection == NULL)
    g_task_return_error (task, ptl_client_new_lost_error ());
  else
    g_dbus_connection_call (self->connection, PTL_API_BUS_NAME, PTL_API_PATH,
                            PTL_API_WORKER_INTERFACE, call->method, call->arguments, NULL,
                            G_DBUS_CALL_FLAGS_NONE,
                            g_str_equal (call->method, "CheckExposure") ? CHECK_TIMEOUT_MS
                                                                        : CALL_TIMEOUT_MS,
                            g_task_get_cancellable (task),
                            on_called, g_object_ref (task));
}

void
ptl_client_call_async (PtlClient *self,
                       const char *method,
                       GVariant *arguments,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  GTask *task;
  Call *call;

  g_return_if_fail (PTL_IS_CLIENT (self));
  g_return_if_fail (method != NULL);
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, ptl_client_call_async);
  call = g_new0 (Call, 1);
  call->method = g_strdup (method);
  call->arguments = arguments != NULL ? g_variant_ref_sink (arguments) : NULL;
  g_task_set_task_data (task, call, call_free);
  ptl_client_link_async (self, on_call_linked, task);
}

GVariant *
ptl_client_call_finish (PtlClient *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

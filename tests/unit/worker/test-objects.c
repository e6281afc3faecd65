/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-objects.h"

#include "ptl-bus.h"

#define ROOT "/io/github/portolan/Test"
#define FIRST ROOT "/relays/first"
#define SECOND ROOT "/relays/second"
#define RELAY "io.github.portolan.Portolan.Relay1"
#define MANAGER "org.freedesktop.DBus.ObjectManager"
#define PROPERTIES "org.freedesktop.DBus.Properties"

/* Objects on one connection, and a caller on another that keeps the signals it is sent. */
typedef struct
{
  GTestDBus *bus;
  GDBusConnection *server;
  GDBusConnection *client;
  GPtrArray *signals; /* (element-type utf8): "PATH Signal arguments" */
  PtlObjects *objects;
} Fixture;

static GDBusConnection *
connect_bus (GTestDBus *bus)
{
  g_autoptr (GError) error = NULL;
  GDBusConnection *connection = g_dbus_connection_new_for_address_sync (
      g_test_dbus_get_bus_address (bus),
      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION, NULL, NULL,
      &error);

  g_assert_no_error (error);
  return connection;
}

static void
on_signal (GDBusConnection *connection,
           const char *sender,
           const char *path,
           const char *interface,
           const char *signal,
           GVariant *arguments,
           gpointer data)
{
  Fixture *fixture = data;
  g_autofree char *text = g_variant_print (arguments, FALSE);

  g_ptr_array_add (fixture->signals, g_strdup_printf ("%s %s %s", path, signal, text));
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (fixture->bus);
  fixture->server = connect_bus (fixture->bus);
  fixture->client = connect_bus (fixture->bus);
  fixture->signals = g_ptr_array_new_with_free_func (g_free);
  g_dbus_connection_signal_subscribe (fixture->client, g_dbus_connection_get_unique_name (fixture->server), NULL, NULL,
                                      NULL, NULL, G_DBUS_SIGNAL_FLAGS_NONE, on_signal, fixture, NULL);
  fixture->objects = ptl_objects_new (fixture->server, ROOT, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_object (&fixture->objects);
  g_dbus_connection_close_sync (fixture->client, NULL, NULL);
  g_dbus_connection_close_sync (fixture->server, NULL, NULL);
  g_clear_object (&fixture->client);
  g_clear_object (&fixture->server);
  g_ptr_array_unref (fixture->signals);
  g_test_dbus_down (fixture->bus);
  g_clear_object (&fixture->bus);
}

static void
put (Fixture *fixture, const char *path, const char *name, const char *state, guint32 port)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "Name", "s", name);
  g_variant_dict_insert (&dict, "State", "s", state);
  g_variant_dict_insert (&dict, "Port", "u", port);
  ptl_objects_put (fixture->objects, path, ptl_bus_relay1_interface_info (), g_variant_dict_end (&dict));
}

typedef struct
{
  GVariant *answer;
  GError *error;
  gboolean done;
} Call;

static void
on_answered (GObject *source, GAsyncResult *result, gpointer data)
{
  Call *call = data;

  call->answer = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &call->error);
  call->done = TRUE;
}

/* Signals that were sent before its answer have come when it returns. */
static GVariant *
ask (Fixture *fixture, const char *path, const char *interface, const char *method, GVariant *arguments, GError **error)
{
  Call call = { NULL, NULL, FALSE };

  g_dbus_connection_call (fixture->client, g_dbus_connection_get_unique_name (fixture->server), path, interface, method,
                          arguments, NULL, G_DBUS_CALL_FLAGS_NONE, 10000, NULL, on_answered, &call);
  while (!call.done)
    g_main_context_iteration (NULL, TRUE);
  if (call.error != NULL)
    g_propagate_error (error, call.error);
  return call.answer;
}

static GVariant *
ask_for_all (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  GVariant *answer = ask (fixture, ROOT, MANAGER, "GetManagedObjects", NULL, &error);

  g_assert_no_error (error);
  return answer;
}

/* The property of FIRST as GetManagedObjects, GetAll and Get tell it. */
static void
assert_state (Fixture *fixture, const char *state)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) all = ask_for_all (fixture);
  g_autoptr (GVariant) objects = g_variant_get_child_value (all, 0);
  g_autoptr (GVariant) interfaces = g_variant_lookup_value (objects, FIRST, NULL);
  g_autoptr (GVariant) listed = g_variant_lookup_value (interfaces, RELAY, NULL);
  g_autoptr (GVariant) one = ask (fixture, FIRST, PROPERTIES, "Get", g_variant_new ("(ss)", RELAY, "State"), &error);
  g_autoptr (GVariant) value = NULL;
  const char *text;

  g_assert_no_error (error);
  g_assert_true (g_variant_lookup (listed, "State", "&s", &text));
  g_assert_cmpstr (text, ==, state);
  g_variant_get (one, "(v)", &value);
  g_assert_cmpstr (g_variant_get_string (value, NULL), ==, state);
}

static void
test_asked (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GVariant) all = NULL;
  g_autoptr (GVariant) objects = NULL;

  put (fixture, FIRST, "my relay", "ready", 22);
  put (fixture, SECOND, "another", "unknown", 2222);
  ptl_objects_start (fixture->objects);
  all = ask_for_all (fixture);
  objects = g_variant_get_child_value (all, 0);
  g_assert_cmpuint (g_variant_n_children (objects), ==, 2);
  assert_state (fixture, "ready");
  g_assert_cmpuint (fixture->signals->len, ==, 0);
}

static void
test_told (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GVariant) all = NULL;

  ptl_objects_start (fixture->objects);
  put (fixture, FIRST, "my relay", "unknown", 22);
  put (fixture, FIRST, "my relay", "unknown", 22);
  put (fixture, FIRST, "my relay", "ready", 22);
  assert_state (fixture, "ready");
  ptl_objects_remove (fixture->objects, FIRST);
  ptl_objects_remove (fixture->objects, FIRST);
  all = ask_for_all (fixture);
  g_assert_cmpuint (fixture->signals->len, ==, 3);
  g_assert_true (g_str_has_prefix (fixture->signals->pdata[0],
                                   ROOT " InterfacesAdded ('" FIRST "', {'" RELAY "': {"));
  g_assert_cmpstr (fixture->signals->pdata[1], ==,
                   FIRST " PropertiesChanged ('" RELAY "', {'State': <'ready'>}, [])");
  g_assert_cmpstr (fixture->signals->pdata[2], ==, ROOT " InterfacesRemoved ('" FIRST "', ['" RELAY "'])");
}

/* Whoever makes the properties may put them in another order. */
static void
test_order (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GVariant) all = NULL;

  ptl_objects_start (fixture->objects);
  ptl_objects_put (fixture->objects, FIRST, ptl_bus_relay1_interface_info (),
                   g_variant_new_parsed ("{'Name': <'a'>, 'State': <'ready'>, 'Port': <uint32 22>}"));
  ptl_objects_put (fixture->objects, FIRST, ptl_bus_relay1_interface_info (),
                   g_variant_new_parsed ("{'State': <'ready'>, 'Port': <uint32 23>, 'Name': <'a'>}"));
  all = ask_for_all (fixture);
  g_assert_cmpuint (fixture->signals->len, ==, 2);
  g_assert_cmpstr (fixture->signals->pdata[1], ==,
                   FIRST " PropertiesChanged ('" RELAY "', {'Port': <uint32 23>}, [])");
}

static void
test_gone (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) ended = NULL;
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GPtrArray) paths = NULL;

  ptl_objects_start (fixture->objects);
  put (fixture, FIRST, "my relay", "ready", 22);
  put (fixture, SECOND, "another", "unknown", 2222);
  g_assert_cmpstr (ptl_objects_get_text (fixture->objects, FIRST, "Name"), ==, "my relay");
  g_assert_null (ptl_objects_get_text (fixture->objects, FIRST, "Port"));
  ptl_objects_remove (fixture->objects, FIRST);
  g_assert_false (ptl_objects_has (fixture->objects, FIRST));
  g_assert_null (ptl_objects_get_text (fixture->objects, FIRST, "Name"));
  paths = ptl_objects_dup_paths (fixture->objects, ptl_bus_relay1_interface_info ());
  g_assert_cmpuint (paths->len, ==, 1);
  g_assert_cmpstr (paths->pdata[0], ==, SECOND);
  answer = ask (fixture, FIRST, PROPERTIES, "GetAll", g_variant_new ("(s)", RELAY), &error);
  g_assert_null (answer);
  g_assert_nonnull (error);
  ptl_objects_end (fixture->objects);
  answer = ask (fixture, ROOT, MANAGER, "GetManagedObjects", NULL, &ended);
  g_assert_null (answer);
  g_assert_nonnull (ended);
}

#define add(name) g_test_add ("/objects/" #name, Fixture, NULL, set_up, test_##name, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add (asked);
  add (told);
  add (order);
  add (gone);
  return g_test_run ();
}

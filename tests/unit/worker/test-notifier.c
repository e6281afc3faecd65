/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-notifier.h"

#include <string.h>

#define NAME "org.freedesktop.Notifications"
#define PATH "/org/freedesktop/Notifications"

static const char introspection[]
    = "<node><interface name='org.freedesktop.Notifications'>"
      "<method name='GetCapabilities'><arg type='as' direction='out'/></method>"
      "<method name='Notify'><arg type='s' direction='in'/><arg type='u' direction='in'/><arg "
      "type='s' direction='in'/>"
      "<arg type='s' direction='in'/><arg type='s' direction='in'/><arg type='as' direction='in'/>"
      "<arg type='a{sv}' direction='in'/><arg type='i' direction='in'/><arg type='u' "
      "direction='out'/></method>"
      "<method name='CloseNotification'><arg type='u' direction='in'/></method>"
      "</interface></node>";

/* A bus with a notification server on it that keeps what it is told. */
typedef struct
{
  GTestDBus *bus;
  GDBusConnection *client;
  GDBusConnection *server;
  guint name_id;
  guint object_id;
  const char *const *capabilities;
  guint32 last_id;
  guint n_notify;
  guint n_close;
  guint32 closed_id;
  guint32 replaces;
  char *summary;
  char *body;
  char **actions;
  GDBusMethodInvocation *held; /* the answer to Notify that @hold keeps back */
  gboolean hold;
  PtlNotifier *notifier;
  GString *pressed;
} Fixture;

static const char *const all_capabilities[] = { "actions", "body", "body-markup", NULL };
static const char *const no_capabilities[] = { "body", NULL };

static void
take_notification (Fixture *fixture, GVariant *arguments)
{
  g_clear_pointer (&fixture->summary, g_free);
  g_clear_pointer (&fixture->body, g_free);
  g_clear_pointer (&fixture->actions, g_strfreev);
  g_variant_get (arguments, "(susss^as@a{sv}i)", NULL, &fixture->replaces, NULL, &fixture->summary,
                 &fixture->body, &fixture->actions, NULL, NULL);
  fixture->n_notify++;
}

static void
on_call (GDBusConnection *connection,
         const char *sender,
         const char *path,
         const char *interface,
         const char *method,
         GVariant *arguments,
         GDBusMethodInvocation *invocation,
         gpointer data)
{
  Fixture *fixture = data;

  if (strcmp (method, "GetCapabilities") == 0)
    g_dbus_method_invocation_return_value (invocation,
                                           g_variant_new ("(^as)", fixture->capabilities));
  else if (strcmp (method, "CloseNotification") == 0)
    {
      g_variant_get (arguments, "(u)", &fixture->closed_id);
      fixture->n_close++;
      g_dbus_method_invocation_return_value (invocation, NULL);
    }
  else
    {
      take_notification (fixture, arguments);
      if (fixture->hold)
        fixture->held = invocation;
      else
        g_dbus_method_invocation_return_value (invocation,
                                               g_variant_new ("(u)", fixture->replaces != 0
                                                                         ? fixture->replaces
                                                                         : ++fixture->last_id));
    }
}

static gboolean
give_up (gpointer data)
{
  g_error ("Waited in vain for %s", (const char *) data);
  return G_SOURCE_REMOVE;
}

#define wait_until(condition)                                                                      \
  G_STMT_START                                                                                     \
  {                                                                                                \
    guint guard = g_timeout_add_seconds (10, give_up, (gpointer) #condition);                      \
    while (!(condition))                                                                           \
      g_main_context_iteration (NULL, TRUE);                                                       \
    g_source_remove (guard);                                                                       \
  }                                                                                                \
  G_STMT_END

static GDBusConnection *
connect_bus (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  GDBusConnection *connection = g_dbus_connection_new_for_address_sync (
      g_test_dbus_get_bus_address (fixture->bus),
      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
          | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
      NULL, NULL, &error);

  g_assert_no_error (error);
  g_dbus_connection_set_exit_on_close (connection, FALSE);
  return connection;
}

static void
on_acquired (GDBusConnection *connection, const char *name, gpointer data)
{
  gboolean *acquired = data;

  *acquired = TRUE;
}

static void
start_server (Fixture *fixture)
{
  static const GDBusInterfaceVTable vtable = { .method_call = on_call };
  g_autoptr (GDBusNodeInfo) node = g_dbus_node_info_new_for_xml (introspection, NULL);
  gboolean acquired = FALSE;

  fixture->server = connect_bus (fixture);
  fixture->object_id
      = g_dbus_connection_register_object (fixture->server, PATH, node->interfaces[0], &vtable,
                                           fixture, NULL, NULL);
  g_assert_cmpuint (fixture->object_id, !=, 0);
  fixture->name_id
      = g_bus_own_name_on_connection (fixture->server, NAME, G_BUS_NAME_OWNER_FLAGS_NONE,
                                      on_acquired, NULL, &acquired, NULL);
  wait_until (acquired);
}

static void
stop_server (Fixture *fixture)
{
  if (fixture->server == NULL)
    return;
  g_bus_unown_name (fixture->name_id);
  g_dbus_connection_unregister_object (fixture->server, fixture->object_id);
  g_dbus_connection_close_sync (fixture->server, NULL, NULL);
  g_clear_object (&fixture->server);
}

static void
on_action (PtlNotifier *notifier, const char *tag, const char *key, Fixture *fixture)
{
  g_string_append_printf (fixture->pressed, "%s/%s ", tag, key);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (fixture->bus);
  fixture->capabilities = all_capabilities;
  fixture->pressed = g_string_new (NULL);
  fixture->client = connect_bus (fixture);
  if (data == NULL)
    start_server (fixture);
  fixture->notifier = ptl_notifier_new (fixture->client);
  g_signal_connect (fixture->notifier, "action", G_CALLBACK (on_action), fixture);
}

static void
ask_bus (GDBusConnection *connection)
{
  g_autoptr (GVariant) reply
      = g_dbus_connection_call_sync (connection, "org.freedesktop.DBus", "/",
                                     "org.freedesktop.DBus", "GetId", NULL, NULL,
                                     G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);

  g_assert_nonnull (reply);
}

/* The bus keeps each connection's messages in order: each round takes what is under way one hop
 * further, and asking what a server can do, notifying it and its answers are six. */
static void
sync_with_server (Fixture *fixture)
{
  for (int round = 0; round < 8; round++)
    {
      ask_bus (fixture->client);
      if (fixture->server != NULL)
        ask_bus (fixture->server);
      ask_bus (fixture->client);
      while (g_main_context_iteration (NULL, FALSE))
        ;
    }
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  sync_with_server (fixture);
  g_assert_finalize_object (fixture->notifier);
  stop_server (fixture);
  g_dbus_connection_close_sync (fixture->client, NULL, NULL);
  g_clear_object (&fixture->client);
  g_test_dbus_down (fixture->bus);
  g_clear_object (&fixture->bus);
  g_clear_pointer (&fixture->summary, g_free);
  g_clear_pointer (&fixture->body, g_free);
  g_clear_pointer (&fixture->actions, g_strfreev);
  g_string_free (fixture->pressed, TRUE);
}

static const char *const extend[] = { "extend", "Extend by 1 hour", NULL };

static void
emit (Fixture *fixture, const char *signal, GVariant *arguments)
{
  g_assert_true (g_dbus_connection_emit_signal (fixture->server, NULL, PATH, NAME, signal,
                                                arguments, NULL));
}

static void
send_and_wait (Fixture *fixture, const char *tag, const char *body)
{
  guint before = fixture->n_notify;

  ptl_notifier_send (fixture->notifier, tag, "A game closes", body, extend);
  wait_until (fixture->n_notify > before);
  sync_with_server (fixture);
}

static void
test_send (Fixture *fixture, gconstpointer data)
{
  send_and_wait (fixture, "a", "ann: <b>friday</b> & more");
  g_assert_cmpstr (fixture->summary, ==, "A game closes");
  g_assert_cmpstr (fixture->body, ==, "ann: &lt;b&gt;friday&lt;/b&gt; &amp; more");
  g_assert_cmpstr (fixture->actions[0], ==, "extend");
  g_assert_cmpstr (fixture->actions[1], ==, "Extend by 1 hour");
  g_assert_null (fixture->actions[2]);
  g_assert_cmpuint (fixture->replaces, ==, 0);
}

static void
test_plain_server (Fixture *fixture, gconstpointer data)
{
  fixture->capabilities = no_capabilities;
  send_and_wait (fixture, "a", "a & b");
  g_assert_cmpstr (fixture->body, ==, "a & b");
  g_assert_null (fixture->actions[0]);
}

static void
test_replace (Fixture *fixture, gconstpointer data)
{
  send_and_wait (fixture, "a", "1");
  send_and_wait (fixture, "b", "1");
  send_and_wait (fixture, "a", "2");
  g_assert_cmpuint (fixture->replaces, ==, 1);
  g_assert_cmpuint (fixture->last_id, ==, 2);
}

static void
test_action (Fixture *fixture, gconstpointer data)
{
  send_and_wait (fixture, "a", "1");
  send_and_wait (fixture, "b", "1");
  emit (fixture, "ActionInvoked", g_variant_new ("(us)", 99, "extend"));
  emit (fixture, "ActionInvoked", g_variant_new ("(us)", 2, "extend"));
  emit (fixture, "ActionInvoked", g_variant_new ("(ss)", "2", "nonsense"));
  emit (fixture, "ActionInvoked", g_variant_new ("(us)", 1, "default"));
  wait_until (strcmp (fixture->pressed->str, "b/extend a/default ") == 0);
}

static void
test_withdraw (Fixture *fixture, gconstpointer data)
{
  ptl_notifier_withdraw (fixture->notifier, "never");
  send_and_wait (fixture, "a", "1");
  ptl_notifier_withdraw (fixture->notifier, "a");
  wait_until (fixture->n_close == 1);
  g_assert_cmpuint (fixture->closed_id, ==, 1);
  ptl_notifier_withdraw (fixture->notifier, "a");
  send_and_wait (fixture, "a", "2");
  g_assert_cmpuint (fixture->replaces, ==, 0);
  g_assert_cmpuint (fixture->n_close, ==, 1);
}

static void
test_closed_by_person (Fixture *fixture, gconstpointer data)
{
  send_and_wait (fixture, "a", "1");
  emit (fixture, "NotificationClosed", g_variant_new ("(uu)", 1, 2));
  sync_with_server (fixture);
  emit (fixture, "ActionInvoked", g_variant_new ("(us)", 1, "extend"));
  send_and_wait (fixture, "a", "2");
  g_assert_cmpuint (fixture->replaces, ==, 0);
  g_assert_cmpstr (fixture->pressed->str, ==, "");
}

static void
answer (Fixture *fixture)
{
  fixture->hold = FALSE;
  g_dbus_method_invocation_return_value (g_steal_pointer (&fixture->held),
                                         g_variant_new ("(u)", ++fixture->last_id));
}

/* Before the server has answered the first: the second waits and replaces it. */
static void
test_send_while_busy (Fixture *fixture, gconstpointer data)
{
  fixture->hold = TRUE;
  ptl_notifier_send (fixture->notifier, "a", "1", "", NULL);
  wait_until (fixture->held != NULL);
  ptl_notifier_send (fixture->notifier, "a", "2", "", NULL);
  ptl_notifier_send (fixture->notifier, "a", "3", "", NULL);
  answer (fixture);
  wait_until (fixture->n_notify == 2);
  g_assert_cmpstr (fixture->summary, ==, "3");
  g_assert_cmpuint (fixture->replaces, ==, 1);
}

static void
test_withdraw_while_busy (Fixture *fixture, gconstpointer data)
{
  fixture->hold = TRUE;
  ptl_notifier_send (fixture->notifier, "a", "1", "", NULL);
  wait_until (fixture->held != NULL);
  ptl_notifier_withdraw (fixture->notifier, "a");
  answer (fixture);
  wait_until (fixture->n_close == 1);
  g_assert_cmpuint (fixture->closed_id, ==, 1);
  g_assert_cmpuint (fixture->n_notify, ==, 1);
}

static void
test_server_restarts (Fixture *fixture, gconstpointer data)
{
  send_and_wait (fixture, "a", "&");
  g_assert_cmpstr (fixture->body, ==, "&amp;");
  stop_server (fixture);
  sync_with_server (fixture);
  fixture->capabilities = no_capabilities;
  start_server (fixture);
  sync_with_server (fixture);
  send_and_wait (fixture, "a", "&");
  g_assert_cmpstr (fixture->body, ==, "&");
  g_assert_cmpuint (fixture->replaces, ==, 0);
}

static void
test_hostile_text (Fixture *fixture, gconstpointer data)
{
  ptl_notifier_send (fixture->notifier, "a", "x\x1b[2J\xff\n", "\xff<", NULL);
  wait_until (fixture->n_notify == 1);
  g_assert_true (g_utf8_validate (fixture->summary, -1, NULL));
  g_assert_null (strchr (fixture->summary, '\x1b'));
  g_assert_nonnull (strstr (fixture->body, "&lt;"));
}

static void
test_no_server (Fixture *fixture, gconstpointer data)
{
  ptl_notifier_send (fixture->notifier, "a", "1", "", extend);
  ptl_notifier_send (fixture->notifier, "a", "2", "", extend);
  ptl_notifier_withdraw (fixture->notifier, "a");
  sync_with_server (fixture);
  start_server (fixture);
  send_and_wait (fixture, "a", "3");
  g_assert_cmpuint (fixture->n_notify, ==, 1);
}

static void
test_no_bus (void)
{
  g_autoptr (PtlNotifier) notifier = ptl_notifier_new (NULL);

  ptl_notifier_send (notifier, "a", "1", "2", NULL);
  ptl_notifier_withdraw (notifier, "a");
}

#define ADD(name, func) g_test_add ("/notifier/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("send", test_send);
  ADD ("plain-server", test_plain_server);
  ADD ("replace", test_replace);
  ADD ("action", test_action);
  ADD ("withdraw", test_withdraw);
  ADD ("closed-by-person", test_closed_by_person);
  ADD ("send-while-busy", test_send_while_busy);
  ADD ("withdraw-while-busy", test_withdraw_while_busy);
  ADD ("server-restarts", test_server_restarts);
  ADD ("hostile-text", test_hostile_text);
  g_test_add ("/notifier/no-server", Fixture, "none", set_up, test_no_server, tear_down);
  g_test_add_func ("/notifier/no-bus", test_no_bus);
  return g_test_run ();
}

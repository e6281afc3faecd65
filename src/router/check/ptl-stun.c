/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-stun.h"

#include <glib/gi18n-lib.h>

#include "core/ptl-drop.h"
#include "core/ptl-host.h"
#include "ptl-stun-codec.h"

#define FIRST_WAIT_MS 500
#define TRIES 4 /* 500, 1000, 2000 ms apart, and 4000 ms for the last answer */
#define PATIENCE_MS (FIRST_WAIT_MS * ((1 << TRIES) - 1))
/* Two are enough to compare: a third one that is away is not waited for to the end. */
#define ENOUGH 2
#define GRACE_MS 1000

typedef struct
{
  PtlWitness *witness;
  GSocketAddress *address; /* NULL until its name is looked up */
  guint8 id[PTL_STUN_ID_SIZE];
  guint sent;
  GSource *again;
  gboolean settled;
} Server;

typedef struct
{
  GPtrArray *servers; /* of Server */
  guint8 family;
  GSocket *socket;
  GCancellable *lookups;
  GSource *readable, *deadline, *cancelled;
  guint n_open, n_answers;
  gboolean over;
} Ask;

static void
server_free (Server *server)
{
  ptl_drop_source (&server->again);
  g_clear_pointer (&server->witness, ptl_witness_free);
  g_clear_object (&server->address);
  g_free (server);
}

static void
stop (Ask *ask)
{
  ask->over = TRUE;
  ptl_drop_source (&ask->readable);
  ptl_drop_source (&ask->deadline);
  ptl_drop_source (&ask->cancelled);
  for (guint i = 0; i < ask->servers->len; i++)
    ptl_drop_source (&((Server *) ask->servers->pdata[i])->again);
  g_cancellable_cancel (ask->lookups);
}

static void
ask_free (Ask *ask)
{
  stop (ask);
  g_ptr_array_unref (ask->servers);
  g_clear_object (&ask->socket);
  g_object_unref (ask->lookups);
  g_free (ask);
}

/* --- the end --- */

static void
finish (GTask *task)
{
  Ask *ask = g_task_get_task_data (task);
  g_autoptr (GPtrArray) witnesses = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_witness_free);
  g_autoptr (GError) late = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "No answer");

  if (ask->over)
    return;
  g_object_ref (task);
  stop (ask);
  for (guint i = 0; i < ask->servers->len; i++)
    {
      Server *server = ask->servers->pdata[i];

      if (!server->settled)
        ptl_witness_fail (server->witness, late);
      g_ptr_array_add (witnesses, g_steal_pointer (&server->witness));
    }
  g_task_return_pointer (task, g_steal_pointer (&witnesses), (GDestroyNotify) g_ptr_array_unref);
  g_object_unref (task);
}

static gboolean
on_deadline (gpointer user_data)
{
  finish (user_data);
  return G_SOURCE_REMOVE;
}

static void
set_deadline (GTask *task, guint ms)
{
  Ask *ask = g_task_get_task_data (task);

  ptl_drop_source (&ask->deadline);
  ask->deadline = g_timeout_source_new (ms);
  g_task_attach_source (task, ask->deadline, on_deadline);
}

static void
settle (GTask *task, Server *server, const GError *error)
{
  Ask *ask = g_task_get_task_data (task);

  if (server->settled || ask->over)
    return;
  server->settled = TRUE;
  ptl_drop_source (&server->again);
  if (error != NULL)
    ptl_witness_fail (server->witness, error);
  else if (++ask->n_answers == ENOUGH)
    set_deadline (task, GRACE_MS);
  if (--ask->n_open == 0)
    finish (task);
}

/* --- asking --- */

typedef struct
{
  GTask *task;
  Server *server;
} Turn;

static void
turn_free (gpointer data)
{
  Turn *turn = data;

  g_object_unref (turn->task);
  g_free (turn);
}

static Turn *
turn_new (GTask *task, Server *server)
{
  Turn *turn = g_new (Turn, 1);

  turn->task = g_object_ref (task);
  turn->server = server;
  return turn;
}

static gboolean on_again (gpointer user_data);

/* A way that is not there just now may come back: only the last try says so. */
static void
send_once (GTask *task, Server *server)
{
  Ask *ask = g_task_get_task_data (task);
  guint8 request[PTL_STUN_REQUEST_SIZE];
  g_autoptr (GError) error = NULL;
  guint wait = FIRST_WAIT_MS << server->sent;

  ptl_stun_encode (server->id, request);
  server->sent++;
  if (g_socket_send_to (ask->socket, server->address, (const char *) request, sizeof request, NULL, &error) < 0
      && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK) && server->sent == TRIES)
    {
      settle (task, server, error);
      return;
    }
  ptl_drop_source (&server->again);
  if (server->sent == TRIES && error == NULL)
    return; /* the deadline of all of it is its last wait */
  server->again = g_timeout_source_new (wait);
  g_source_set_callback (server->again, on_again, turn_new (task, server), turn_free);
  g_source_attach (server->again, g_task_get_context (task));
}

static gboolean
on_again (gpointer user_data)
{
  Turn *turn = user_data;
  g_autoptr (GTask) task = g_object_ref (turn->task);

  send_once (task, turn->server);
  return G_SOURCE_REMOVE;
}

static gboolean
is_same_place (GSocketAddress *a, GSocketAddress *b)
{
  GInetSocketAddress *x = G_INET_SOCKET_ADDRESS (a), *y = G_INET_SOCKET_ADDRESS (b);

  return g_inet_socket_address_get_port (x) == g_inet_socket_address_get_port (y)
         && g_inet_address_equal (g_inet_socket_address_get_address (x), g_inet_socket_address_get_address (y));
}

/* Two names of one server are one witness: what it says twice proves nothing. */
static gboolean
is_known (Ask *ask, const Server *server)
{
  for (guint i = 0; i < ask->servers->len; i++)
    {
      const Server *other = ask->servers->pdata[i];

      if (other != server && other->address != NULL && is_same_place (other->address, server->address))
        return TRUE;
    }
  return FALSE;
}

static void
start_server (GTask *task, Server *server, GInetAddress *address, guint16 port)
{
  Ask *ask = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  server->address = g_inet_socket_address_new (address, port);
  if (is_known (ask, server))
    {
      g_clear_object (&server->address);
      error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_EXISTS, _("it is another name of a server that is asked already"));
      settle (task, server, error);
      return;
    }
  for (guint i = 0; i < PTL_STUN_ID_SIZE; i++)
    server->id[i] = (guint8) g_random_int ();
  send_once (task, server);
}

static void
on_looked_up (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Turn *turn = user_data;
  g_autoptr (GTask) task = g_object_ref (turn->task);
  Server *server = turn->server;
  Ask *ask = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  GList *addresses = g_resolver_lookup_by_name_with_flags_finish (G_RESOLVER (source), result, &error);
  guint16 port = 0;

  turn_free (turn);
  if (ask->over || addresses == NULL)
    {
      if (!ask->over)
        settle (task, server, error);
      g_resolver_free_addresses (addresses);
      return;
    }
  ptl_stun_server_parse (server->witness->server, NULL, &port, NULL);
  start_server (task, server, addresses->data, port);
  g_resolver_free_addresses (addresses);
}

static void
look_up (GTask *task, Server *server)
{
  Ask *ask = g_task_get_task_data (task);
  g_autoptr (GResolver) resolver = g_resolver_get_default ();
  g_autoptr (GInetAddress) literal = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *host = NULL;
  guint16 port = 0;

  if (!ptl_stun_server_parse (server->witness->server, &host, &port, &error))
    {
      settle (task, server, error);
      return;
    }
  literal = g_inet_address_new_from_string (host);
  if (literal == NULL)
    g_resolver_lookup_by_name_with_flags_async (resolver, host,
                                                ask->family == 4 ? G_RESOLVER_NAME_LOOKUP_FLAGS_IPV4_ONLY
                                                                 : G_RESOLVER_NAME_LOOKUP_FLAGS_IPV6_ONLY,
                                                ask->lookups, on_looked_up, turn_new (task, server));
  else
    start_server (task, server, literal, port);
}

/* --- answers --- */

static Server *
find_server (Ask *ask, GSocketAddress *from)
{
  for (guint i = 0; i < ask->servers->len; i++)
    {
      Server *server = ask->servers->pdata[i];

      if (server->address != NULL && !server->settled && is_same_place (server->address, from))
        return server;
    }
  return NULL;
}

static void
take_answer (GTask *task, Server *server, const PtlStunAnswer *answer, PtlStunKind kind)
{
  g_autoptr (GError) error = NULL;

  if (kind == PTL_STUN_MAPPED && answer->family == ((Ask *) g_task_get_task_data (task))->family)
    {
      server->witness->address = ptl_address_to_string (answer->family, answer->address);
      server->witness->port = answer->port;
    }
  else
    /* Translators: %u is a code of STUN, such as 400 */
    error = g_error_new (G_IO_ERROR, G_IO_ERROR_FAILED, _("it refused with the code %u"), answer->error_code);
  settle (task, server, error);
}

static gboolean
on_readable (GSocket *socket, GIOCondition condition, gpointer user_data)
{
  g_autoptr (GTask) task = g_object_ref (user_data);
  Ask *ask = g_task_get_task_data (task);
  g_autoptr (GSocketAddress) from = NULL;
  /* One more than the most, so that what is too long is seen as such. */
  guint8 buffer[PTL_STUN_MAX_SIZE + 1];
  PtlStunAnswer answer;
  PtlStunKind kind;
  Server *server;
  gssize length = g_socket_receive_from (socket, &from, (char *) buffer, sizeof buffer, NULL, NULL);

  if (length <= 0)
    return G_SOURCE_CONTINUE;
  server = find_server (ask, from);
  if (server == NULL)
    return G_SOURCE_CONTINUE;
  kind = ptl_stun_decode (buffer, (gsize) length, server->id, &answer);
  if (kind != PTL_STUN_FOREIGN)
    take_answer (task, server, &answer, kind);
  return ask->over ? G_SOURCE_REMOVE : G_SOURCE_CONTINUE;
}

static gboolean
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  g_autoptr (GTask) task = g_object_ref (user_data);
  Ask *ask = g_task_get_task_data (task);

  if (!ask->over)
    {
      stop (ask);
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "Cancelled");
    }
  return G_SOURCE_REMOVE;
}

/* --- the beginning --- */

static gboolean
open_socket (Ask *ask, GError **error)
{
  GSocketFamily family = ask->family == 4 ? G_SOCKET_FAMILY_IPV4 : G_SOCKET_FAMILY_IPV6;
  g_autoptr (GInetAddress) any = g_inet_address_new_any (family);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (any, 0);

  ask->socket = g_socket_new (family, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, error);
  if (ask->socket == NULL)
    return FALSE;
  g_socket_set_blocking (ask->socket, FALSE);
  return g_socket_bind (ask->socket, address, FALSE, error);
}

static void
watch (GTask *task)
{
  Ask *ask = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);

  ask->readable = g_socket_create_source (ask->socket, G_IO_IN, NULL);
  g_task_attach_source (task, ask->readable, G_SOURCE_FUNC (on_readable));
  set_deadline (task, PATIENCE_MS);
  if (cancellable == NULL)
    return;
  ask->cancelled = g_cancellable_source_new (cancellable);
  g_task_attach_source (task, ask->cancelled, G_SOURCE_FUNC (on_cancelled));
}

static void
start_all (GTask *task, Ask *ask)
{
  g_autoptr (GError) error = NULL;
  gboolean open = open_socket (ask, &error);

  if (open)
    watch (task);
  ask->n_open = ask->servers->len;
  /* One more, so that what settles at once does not end it under this loop. */
  ask->n_open++;
  for (guint i = 0; i < ask->servers->len; i++)
    {
      if (open)
        look_up (task, ask->servers->pdata[i]);
      else
        settle (task, ask->servers->pdata[i], error);
    }
  if (--ask->n_open == 0)
    finish (task);
}

void
ptl_stun_ask_async (const char *const *servers,
                    guint8 family,
                    GCancellable *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Ask *ask = g_new0 (Ask, 1);

  g_task_set_source_tag (task, ptl_stun_ask_async);
  ask->family = family;
  ask->lookups = g_cancellable_new ();
  ask->servers = g_ptr_array_new_with_free_func ((GDestroyNotify) server_free);
  for (guint i = 0; servers[i] != NULL && ask->servers->len < PTL_STUN_SERVERS_MAX; i++)
    {
      Server *server;

      if (!ptl_stun_server_has_family (servers[i], family))
        continue;
      server = g_new0 (Server, 1);

      server->witness = ptl_witness_new (PTL_WITNESS_STUN, servers[i], family);
      g_ptr_array_add (ask->servers, server);
    }
  g_task_set_task_data (task, ask, (GDestroyNotify) ask_free);
  if (!g_task_return_error_if_cancelled (task))
    start_all (task, ask);
}

GPtrArray *
ptl_stun_ask_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

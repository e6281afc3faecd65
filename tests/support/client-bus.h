/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "client/ptl-client.h"
#include "fake-worker.h"

/* A private bus with a fake worker and a client on it, for the tests of the client library. */
typedef struct
{
  GTestDBus *bus;
  FakeWorker *worker; /* NULL until client_bus_start_worker() */
  PtlClient *client;
} ClientBus;

static inline void
client_bus_set_up (ClientBus *self, gconstpointer data)
{
  self->bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (self->bus);
  self->client = ptl_client_new (NULL);
}

static inline void
client_bus_start_worker (ClientBus *self)
{
  self->worker = fake_worker_new (g_test_dbus_get_bus_address (self->bus));
}

static inline void
client_bus_stop_worker (ClientBus *self)
{
  g_clear_pointer (&self->worker, fake_worker_free);
}

static inline void
client_bus_tear_down (ClientBus *self, gconstpointer data)
{
  g_object_unref (self->client);
  client_bus_stop_worker (self);
  g_test_dbus_down (self->bus);
  g_object_unref (self->bus);
}

/* Turns the main loop until @condition; a test that waits for nothing is ended by meson. */
#define WAIT_UNTIL(condition)                 \
  G_STMT_START                                \
  {                                           \
    while (!(condition))                      \
      g_main_context_iteration (NULL, TRUE);  \
  }                                           \
  G_STMT_END

static inline void
client_bus_on_result (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static inline gboolean
client_bus_connect (ClientBus *self, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  ptl_client_connect_async (self->client, NULL, client_bus_on_result, &result);
  WAIT_UNTIL (result != NULL);
  return ptl_client_connect_finish (self->client, result, error);
}

/* Connected swapped. */
static inline void
client_bus_count (guint *count)
{
  (*count)++;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "router-home.h"

#include <signal.h>
#include <string.h>

#define WAIT_SECONDS 20

static void
on_lost_state (PtlRouter *router, gpointer user_data)
{
  ((RouterHome *) user_data)->lost_state++;
}

static void
begin (RouterHome *self)
{
  self->clock = ptl_clock_new ();
  self->discovery = ptl_discovery_new (self->clock, g_getenv ("PORTOLAN_IGD_HELPER"));
  self->router = ptl_discovery_get_default (self->discovery);
  g_assert_nonnull (self->router);
  g_signal_connect (self->router, "lost-state", G_CALLBACK (on_lost_state), self);
}

void
router_home_open_real (RouterHome *self, gboolean upnp, gboolean natpmp, const char *extra)
{
  memset (self, 0, sizeof *self);
  router_lab_flush ();
  if (upnp || natpmp)
    self->daemon = router_lab_miniupnpd (upnp, natpmp, extra);
  begin (self);
}

void
router_home_open_emulated (RouterHome *self, const char *options)
{
  memset (self, 0, sizeof *self);
  self->daemon = router_lab_emulator (options);
  begin (self);
}

static void
on_gone (gpointer user_data, GObject *object)
{
  *(gboolean *) user_data = TRUE;
}

/* What is still asked of the router holds on to the clock until it is over; then nothing may be
 * left. */
void
router_home_close (RouterHome *self)
{
  gboolean gone = FALSE;

  g_signal_handlers_disconnect_by_data (self->router, self);
  g_assert_finalize_object (self->discovery);
  g_object_weak_ref (G_OBJECT (self->clock), on_gone, &gone);
  g_object_unref (self->clock);
  router_lab_wait (&gone, WAIT_SECONDS);
  g_clear_pointer (&self->daemon, router_lab_stop);
}

/* --- calling and waiting --- */

typedef struct
{
  gboolean done;
  GAsyncResult *result;
} Wait;

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Wait *wait = user_data;

  wait->result = g_object_ref (result);
  wait->done = TRUE;
}

static GAsyncResult *
await (Wait *wait)
{
  router_lab_wait (&wait->done, WAIT_SECONDS);
  return wait->result;
}

PtlMapping *
router_home_add (RouterHome *self, const PtlMapping *mapping, GError **error)
{
  Wait wait = { 0 };
  PtlMapping *granted;

  ptl_router_add_async (self->router, mapping, NULL, on_done, &wait);
  granted = ptl_router_add_finish (self->router, await (&wait), error);
  g_object_unref (wait.result);
  return granted;
}

gboolean
router_home_delete (RouterHome *self, const PtlMapping *mapping, GError **error)
{
  Wait wait = { 0 };
  gboolean ok;

  ptl_router_delete_async (self->router, mapping, NULL, on_done, &wait);
  ok = ptl_router_delete_finish (self->router, await (&wait), error);
  g_object_unref (wait.result);
  return ok;
}

gboolean
router_home_read_back (RouterHome *self, const PtlMapping *mapping, GError **error)
{
  Wait wait = { 0 };
  gboolean ok;

  ptl_router_read_back_async (self->router, mapping, NULL, on_done, &wait);
  ok = ptl_router_read_back_finish (self->router, await (&wait), error);
  g_object_unref (wait.result);
  return ok;
}

GPtrArray *
router_home_list (RouterHome *self, GError **error)
{
  Wait wait = { 0 };
  GPtrArray *entries;

  ptl_router_list_async (self->router, NULL, on_done, &wait);
  entries = ptl_router_list_finish (self->router, await (&wait), error);
  g_object_unref (wait.result);
  return entries;
}

gboolean
router_home_probe (RouterHome *self, GError **error)
{
  Wait wait = { 0 };
  gboolean ok;

  ptl_router_probe_async (self->router, NULL, on_done, &wait);
  ok = ptl_router_probe_finish (self->router, await (&wait), error);
  g_object_unref (wait.result);
  return ok;
}

void
router_home_search (RouterHome *self)
{
  Wait wait = { 0 };

  ptl_discovery_search_async (self->discovery, NULL, on_done, &wait);
  g_assert_true (ptl_discovery_search_finish (self->discovery, await (&wait), NULL));
  g_object_unref (wait.result);
}

/* --- the emulator --- */

static char *
dup_file (const char *name)
{
  g_autofree char *path = router_lab_path (name);
  char *text = NULL;

  return g_file_get_contents (path, &text, NULL, NULL) ? text : g_strdup ("");
}

char *
router_home_dup_table (RouterHome *self)
{
  return dup_file ("table");
}

char *
router_home_dup_log (RouterHome *self)
{
  return dup_file ("log");
}

static guint
count_done (RouterHome *self)
{
  g_autofree char *text = router_home_dup_log (self);
  guint n = 0;

  for (const char *at = strstr (text, "done "); at != NULL; at = strstr (at + 1, "done "))
    n++;
  return n;
}

void
router_home_signal (RouterHome *self, int number)
{
  guint before = count_done (self);

  g_subprocess_send_signal (self->daemon, number);
  for (guint i = 0; i < 500 && count_done (self) == before; i++)
    g_usleep (10 * 1000);
  g_assert_cmpuint (count_done (self), >, before);
}

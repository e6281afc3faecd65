/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-firewall.h"

#include <string.h>

#include "ptl-containers.h"
#include "ptl-nft.h"
#include "ptl-ufw.h"

#define RULESET_MAX_BYTES (8 * 1024 * 1024)
#define NFT_SECONDS 3

struct _PtlFirewall
{
  GObject parent;

  PtlFirewalld *firewalld;
};

G_DEFINE_FINAL_TYPE (PtlFirewall, ptl_firewall, G_TYPE_OBJECT)

typedef struct
{
  PtlEndpoint *where;
  PtlAudience *audience;
  PtlFirewallView *view;
} Look;

static void
look_free (gpointer data)
{
  Look *look = data;

  ptl_endpoint_free (look->where);
  ptl_audience_unref (look->audience);
  ptl_firewall_view_free (look->view);
  g_free (look);
}

/* ---- In a thread ---- */

static char *
find_nft (void)
{
  static const char *const places[] = { "/usr/sbin/nft", "/sbin/nft", "/usr/bin/nft", NULL };

  for (guint i = 0; places[i] != NULL; i++)
    if (g_file_test (places[i], G_FILE_TEST_IS_EXECUTABLE))
      return g_strdup (places[i]);
  return NULL;
}

static gboolean
on_late (gpointer data)
{
  g_subprocess_force_exit (data);
  return G_SOURCE_REMOVE;
}

typedef struct
{
  GBytes *output;
  gboolean done;
} Reading;

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  Reading *reading = data;

  g_subprocess_communicate_finish (G_SUBPROCESS (source), result, &reading->output, NULL, NULL);
  reading->done = TRUE;
}

/* NULL: nft is not there, refuses (it wants an administrator's rights), or takes too long. */
static GBytes *
read_ruleset (void)
{
  g_autofree char *nft = find_nft ();
  const char *argv[] = { nft, "-j", "list", "ruleset", NULL };
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GSource) late = g_timeout_source_new_seconds (NFT_SECONDS);
  Reading reading = { NULL, FALSE };

  if (nft == NULL)
    return NULL;
  g_main_context_push_thread_default (context);
  process = g_subprocess_newv (argv, G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, NULL);
  if (process != NULL)
    {
      g_source_set_callback (late, on_late, process, NULL);
      g_source_attach (late, context);
      g_subprocess_communicate_async (process, NULL, NULL, on_read, &reading);
      while (!reading.done)
        g_main_context_iteration (context, TRUE);
      g_source_destroy (late);
    }
  g_main_context_pop_thread_default (context);
  if (process != NULL && g_subprocess_get_if_exited (process) && g_subprocess_get_exit_status (process) == 0 &&
      reading.output != NULL && g_bytes_get_size (reading.output) <= RULESET_MAX_BYTES)
    return reading.output;
  g_clear_pointer (&reading.output, g_bytes_unref);
  return NULL;
}

static void
look_at_nft (PtlFirewallView *view)
{
  g_autoptr (GBytes) ruleset = read_ruleset ();

  if (ruleset == NULL ||
      !ptl_nft_weigh (g_bytes_get_data (ruleset, NULL), g_bytes_get_size (ruleset), view))
    {
      view->kind = PTL_FIREWALL_NONE;
      view->verdict = PTL_FIREWALL_UNKNOWN;
    }
}

/* Where no firewalld runs. */
static void
look_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  PtlFirewallView *view = ((Look *) data)->view;

  if (view->kind == PTL_FIREWALL_NONE && !ptl_ufw_look ("", view))
    look_at_nft (view);
  ptl_containers_look (NULL, view);
  g_task_return_pointer (task, ptl_firewall_view_copy (view), (GDestroyNotify) ptl_firewall_view_free);
}

static void
on_zones (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Look *look = g_task_get_task_data (task);
  g_autoptr (PtlFirewalldZones) zones = ptl_firewalld_read_zones_finish (PTL_FIREWALLD (source), result, NULL);

  if (zones != NULL)
    ptl_firewalld_zones_weigh (zones, look->where, look->audience, look->view);
  g_task_run_in_thread (task, look_in_thread);
}

void
ptl_firewall_look_async (PtlFirewall *self,
                         const PtlEndpoint *where,
                         PtlAudience *audience,
                         const char *interface,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  Look *look = g_new0 (Look, 1);

  look->where = ptl_endpoint_copy (where);
  look->audience = audience != NULL ? ptl_audience_ref (audience) : ptl_audience_new_anyone ();
  look->view = ptl_firewall_view_new (where->protocol, where->first, where->last);
  g_task_set_task_data (task, look, look_free);
  ptl_firewalld_read_zones_async (self->firewalld, interface != NULL ? interface : "", on_zones, task);
}

PtlFirewallView *
ptl_firewall_look_finish (PtlFirewall *self, GAsyncResult *result)
{
  return g_task_propagate_pointer (G_TASK (result), NULL);
}

PtlFirewalld *
ptl_firewall_get_firewalld (PtlFirewall *self)
{
  return self->firewalld;
}

static void
ptl_firewall_finalize (GObject *object)
{
  PtlFirewall *self = PTL_FIREWALL (object);

  g_object_unref (self->firewalld);
  G_OBJECT_CLASS (ptl_firewall_parent_class)->finalize (object);
}

static void
ptl_firewall_class_init (PtlFirewallClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ptl_firewall_finalize;
}

static void
ptl_firewall_init (PtlFirewall *self)
{
  self->firewalld = ptl_firewalld_new ();
}

PtlFirewall *
ptl_firewall_new (void)
{
  return g_object_new (PTL_TYPE_FIREWALL, NULL);
}

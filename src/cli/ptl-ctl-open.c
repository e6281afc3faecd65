/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-ctl-open.h"

#include <glib-unix.h>

#include "ptl-ctl-json.h"
#include "ptl-ctl-output.h"
#include "ptl-ctl-text.h"

static void
on_opened (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

/* The first interrupt takes the opening back, a second one ends the program as ever. */
static gboolean
on_interrupt (gpointer data)
{
  g_cancellable_cancel (data);
  return G_SOURCE_CONTINUE;
}

PtlRule *
ptl_ctl_open (PtlCtl *self, GVariant *request, GError **error)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  guint interrupt = g_unix_signal_add (SIGINT, on_interrupt, cancellable);
  guint terminate = g_unix_signal_add (SIGTERM, on_interrupt, cancellable);

  ptl_client_open_async (self->client, request, cancellable, on_opened, &result);
  while (result == NULL)
    {
      g_main_context_iteration (NULL, TRUE);
      if (g_cancellable_is_cancelled (cancellable) && interrupt != 0)
        {
          g_source_remove (interrupt);
          g_source_remove (terminate);
          interrupt = terminate = 0;
        }
    }
  if (interrupt != 0)
    {
      g_source_remove (interrupt);
      g_source_remove (terminate);
    }
  return ptl_client_open_finish (self->client, result, error);
}

void
ptl_ctl_print_one (PtlCtl *self, const PtlRule *rule, gboolean all)
{
  g_autoptr (JsonBuilder) builder = NULL;

  if (!self->json)
    {
      ptl_ctl_print_rule (self, rule, all);
      return;
    }
  builder = json_builder_new ();
  ptl_ctl_json_rule (builder, rule);
  ptl_ctl_print_json (self, builder, FALSE);
}

gboolean
ptl_ctl_run_open (PtlCtl *self, GError **error)
{
  g_autoptr (PtlRule) rule = ptl_ctl_open (self, self->request, error);

  if (rule == NULL)
    return FALSE;
  ptl_ctl_print_one (self, rule, FALSE);
  return TRUE;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-ddns-update.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "ddns/ptl-ddns-http.h"

#define DEADLINE_SECONDS 60
#define SECRET_MIN_BYTES 4

PtlDdnsRequest *
ptl_ddns_request_new (const PtlDynamicName *name,
                      const char *secret,
                      const char *ipv4,
                      const char *ipv6)
{
  PtlDdnsRequest *self = g_new0 (PtlDdnsRequest, 1);

  self->name = ptl_dynamic_name_copy (name);
  self->secret = g_strdup (secret != NULL ? secret : "");
  self->ipv4 = g_strdup (ipv4);
  self->ipv6 = g_strdup (ipv6);
  return self;
}

void
ptl_ddns_request_free (PtlDdnsRequest *self)
{
  if (self == NULL)
    return;
  ptl_dynamic_name_free (self->name);
  /* It is of no use any more, and need not stay in memory that is used again. */
  explicit_bzero (self->secret, strlen (self->secret));
  g_free (self->secret);
  g_free (self->ipv4);
  g_free (self->ipv6);
  g_free (self);
}

typedef struct
{
  PtlDdnsRequest *request;
  GCancellable *deadline; /* ends the work: the time is over, or the caller wants no more */
  guint source;
  gulong cancelled_id;
} Run;

static void
run_free (gpointer data)
{
  Run *run = data;

  ptl_ddns_request_free (run->request);
  g_object_unref (run->deadline);
  g_free (run);
}

static gboolean
on_deadline (gpointer data)
{
  Run *run = data;

  run->source = 0;
  g_cancellable_cancel (run->deadline);
  return G_SOURCE_REMOVE;
}

static void
on_cancelled (GCancellable *cancellable, GCancellable *deadline)
{
  g_cancellable_cancel (deadline);
}

static PtlDdnsUpdateFunc
find_func (const PtlDdnsRequest *request)
{
  static const PtlDdnsUpdateFunc funcs[] = {
    [PTL_NAME_PROTOCOL_DYNDNS2] = ptl_ddns_dyndns2_update,
    [PTL_NAME_PROTOCOL_DUCKDNS] = ptl_ddns_duckdns_update,
    [PTL_NAME_PROTOCOL_CLOUDFLARE] = ptl_ddns_cloudflare_update,
    [PTL_NAME_PROTOCOL_RFC2136] = ptl_ddns_nsupdate_update,
    [PTL_NAME_PROTOCOL_CUSTOM] = ptl_ddns_custom_update,
  };
  const PtlNameProvider *provider = ptl_dynamic_name_get_provider (request->name);

  return provider != NULL ? funcs[provider->protocol] : NULL;
}

static PtlDdnsAnswer *
unknown_provider (void)
{
  return ptl_ddns_answer_new (PTL_DDNS_STOP, "provider",
                              _ ("Choose another provider, or update Portolan."),
                              _ ("This version of Portolan does not know the provider."));
}

/* @text with @secret, wherever it is in it, crossed out. (transfer full), @text too. */
static char *
cross_out (char *text, const char *secret)
{
  GString *crossed;

  if (strlen (secret) < SECRET_MIN_BYTES || strstr (text, secret) == NULL)
    return text;
  crossed = g_string_new (text);
  g_free (text);
  g_string_replace (crossed, secret, "***", 0);
  return g_string_free (crossed, FALSE);
}

/* A server may say back what it was sent, in the clear or as it came over the line; and what it
 * says is shown and kept. */
static void
keep_secret (PtlDdnsAnswer *answer, const PtlDdnsRequest *request)
{
  g_autofree char *escaped = g_uri_escape_string (request->secret, NULL, FALSE);
  g_autofree char *basic = ptl_ddns_http_dup_basic (request->name->user, request->secret);

  answer->message = cross_out (answer->message, request->secret);
  answer->message = cross_out (answer->message, escaped);
  answer->message = cross_out (answer->message, basic + strlen ("Basic "));
}

static void
work (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Run *run = data;
  PtlDdnsUpdateFunc func = find_func (run->request);
  PtlDdnsAnswer *answer = func != NULL ? func (run->request, run->deadline) : unknown_provider ();

  keep_secret (answer, run->request);
  g_task_return_pointer (task, answer, (GDestroyNotify) ptl_ddns_answer_free);
}

static void
on_worked (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Run *run = g_task_get_task_data (G_TASK (result));
  PtlDdnsAnswer *answer = g_task_propagate_pointer (G_TASK (result), NULL);

  g_clear_handle_id (&run->source, g_source_remove);
  if (run->cancelled_id != 0)
    g_cancellable_disconnect (g_task_get_cancellable (task), run->cancelled_id);
  if (g_task_return_error_if_cancelled (task))
    ptl_ddns_answer_free (answer);
  else
    g_task_return_pointer (task, answer, (GDestroyNotify) ptl_ddns_answer_free);
}

void
ptl_ddns_update_async (PtlDdnsRequest *request,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  g_autoptr (GTask) thread = g_task_new (NULL, NULL, on_worked, task);
  Run *run = g_new0 (Run, 1);

  g_task_set_check_cancellable (task, FALSE);
  run->request = request;
  run->deadline = g_cancellable_new ();
  run->source = g_timeout_add_seconds (DEADLINE_SECONDS, on_deadline, run);
  if (cancellable != NULL)
    run->cancelled_id = g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled),
                                               g_object_ref (run->deadline), g_object_unref);
  g_task_set_task_data (thread, run, run_free);
  g_task_run_in_thread (thread, work);
}

PtlDdnsAnswer *
ptl_ddns_update_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-names-private.h"

#include <glib/gi18n-lib.h>

#include "core/ptl-time.h"
#include "ddns/ptl-ddns-pace.h"
#include "secret/ptl-secret.h"
#include "ddns/ptl-ddns-update.h"

#define DAY (24 * 3600)
/* A clock that was set far back must not keep a name waiting for years. */
#define WAIT_MOST (PTL_DDNS_WAIT_MOST_SECONDS)

static void
set_text (char **text, const char *value)
{
  char *copy = g_strdup (value);

  g_free (*text);
  *text = copy;
}

static gint64
now_of (PtlFollower *self)
{
  return ptl_clock_get_wall (self->names->clock);
}

static void
show (PtlFollower *self, const char *state, gint64 next_try)
{
  self->state = state;
  self->next_try = next_try;
  ptl_names_emit_changed (self->names, self->name->id);
}

/* ---- Who wants to know ---- */

/* @waiting: (nullable) */
static void
tell (GPtrArray *waiting, const GError *error)
{
  for (guint i = 0; waiting != NULL && i < waiting->len; i++)
    {
      GTask *task = waiting->pdata[i];

      if (error != NULL)
        g_task_return_error (task, g_error_copy (error));
      else
        g_task_return_boolean (task, TRUE);
    }
}

static void
add_waiting (PtlFollower *self, GTask *task)
{
  if (self->waiting == NULL)
    self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  g_ptr_array_add (self->waiting, task);
}

/* ---- What came of it ---- */

static char *
dup_detail (PtlFollower *self, const PtlDdnsAnswer *answer)
{
  GString *detail = g_string_new (self->name->hostname);

  if (self->asked_ipv4 != NULL)
    g_string_append_printf (detail, " %s", self->asked_ipv4);
  if (self->asked_ipv6 != NULL)
    g_string_append_printf (detail, " %s", self->asked_ipv6);
  if (*answer->code != '\0')
    g_string_append_printf (detail, " (%s)", answer->code);
  return g_string_free (detail, FALSE);
}

static void
keep (PtlFollower *self, const char *result, const PtlDdnsAnswer *answer)
{
  g_autofree char *detail = dup_detail (self, answer);
  g_autoptr (GError) error = NULL;

  if (!ptl_names_write (self->names, self->name, self->who, "update-name", result, detail, &error))
    g_message ("What came of an update of a name could not be kept: %s", error->message);
}

static void
take_success (PtlFollower *self, const PtlDdnsAnswer *answer)
{
  PtlDynamicName *name = self->name;

  if (self->asked_ipv4 != NULL)
    set_text (&name->published_ipv4, self->asked_ipv4);
  if (self->asked_ipv6 != NULL)
    set_text (&name->published_ipv6, self->asked_ipv6);
  name->last_update = now_of (self);
  name->not_before = name->last_update + PTL_DDNS_PACE_REST_SECONDS;
  name->tries = 0;
  name->told_to_wait = name->stopped = FALSE;
}

static void
take_failure (PtlFollower *self, const PtlDdnsAnswer *answer)
{
  PtlDynamicName *name = self->name;
  gint64 wait = ptl_ddns_pace_get_wait (answer, ++name->tries, g_random_double ());

  name->stopped = wait < 0;
  name->told_to_wait = answer->verdict == PTL_DDNS_WAIT;
  name->not_before = wait < 0 ? 0 : now_of (self) + wait;
}

static void
clear_run (PtlFollower *self)
{
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->asked_ipv4, g_free);
  g_clear_pointer (&self->asked_ipv6, g_free);
}

static void
take_answer (PtlFollower *self, const PtlDdnsAnswer *answer)
{
  gboolean ok = answer->verdict == PTL_DDNS_DONE || answer->verdict == PTL_DDNS_UNCHANGED;
  g_autoptr (GPtrArray) waiting = g_steal_pointer (&self->waiting);
  g_autoptr (GError) error = NULL;

  set_text (&self->name->message, answer->message);
  set_text (&self->name->advice, answer->advice);
  if (ok)
    take_success (self, answer);
  else
    take_failure (self, answer);
  keep (self, ok ? "ok" : "failed", answer);
  if (!ok)
    error = ptl_error_new (PTL_ERROR_FAILED, answer->advice, "%s", answer->message);
  clear_run (self);
  ptl_follower_consider (self);
  if (self->name->stopped && waiting == NULL)
    ptl_names_emit_stopped (self->names, self->name->id);
  /* Who looks now sees what it led to. */
  tell (waiting, error);
}

/* ---- An update ---- */

/* The name may have been removed, or edited, since: then nobody waits for this any more. */
typedef struct
{
  PtlNames *names;
  char *id;
  GCancellable *cancellable;
} Run;

static Run *
run_new (PtlFollower *self)
{
  Run *run = g_new0 (Run, 1);

  run->names = g_object_ref (self->names);
  run->id = g_strdup (self->name->id);
  run->cancellable = g_object_ref (self->cancellable);
  return run;
}

static void
run_free (Run *run)
{
  g_object_unref (run->names);
  g_object_unref (run->cancellable);
  g_free (run->id);
  g_free (run);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Run, run_free)

static PtlFollower *
run_get_follower (Run *run)
{
  PtlFollower *self = g_hash_table_lookup (run->names->followers, run->id);

  return self != NULL && self->cancellable == run->cancellable ? self : NULL;
}

static void
on_updated (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Run) run = data;
  g_autoptr (PtlDdnsAnswer) answer = ptl_ddns_update_finish (result, NULL);
  PtlFollower *self = run_get_follower (run);

  if (self != NULL && answer != NULL)
    take_answer (self, answer);
}

static PtlDdnsAnswer *
no_secret (const GError *error)
{
  g_autofree char *what = ptl_error_dup_what (error);
  g_autofree char *advice = ptl_error_dup_advice (error);

  /* One that is gone stays so; a keyring that is locked or not there yet is looked at again. */
  return ptl_ddns_answer_new (g_error_matches (error, PTL_ERROR, PTL_ERROR_NOT_FOUND)
                                  ? PTL_DDNS_STOP
                                  : PTL_DDNS_RETRY,
                              "keyring", advice, "%s", what);
}

static void
send_update (PtlFollower *self, Run *run, const char *secret)
{
  PtlDdnsRequest *request
      = ptl_ddns_request_new (self->name, secret, self->asked_ipv4, self->asked_ipv6);

  ptl_ddns_update_async (request, self->cancellable, on_updated, run);
}

/* Whether to go on without one: there is none, or no keyring that could hold one. */
static gboolean
is_dispensable (PtlFollower *self, const GError *error)
{
  return !ptl_dynamic_name_needs_secret (self->name)
         && (g_error_matches (error, PTL_ERROR, PTL_ERROR_NOT_FOUND)
             || g_error_matches (error, PTL_ERROR, PTL_ERROR_FAILED));
}

static void
on_secret (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Run) run = data;
  g_autoptr (GError) error = NULL;
  char *secret = ptl_secret_lookup_finish (result, &error);
  PtlFollower *self = run_get_follower (run);

  if (self != NULL && secret == NULL && !is_dispensable (self, error))
    {
      g_autoptr (PtlDdnsAnswer) answer = no_secret (error);

      take_answer (self, answer);
    }
  else if (self != NULL)
    send_update (self, g_steal_pointer (&run), secret);
  ptl_secret_free (secret);
}

static void
begin (PtlFollower *self, const char *who, const char *ipv4, const char *ipv6)
{
  gboolean a_person = self->waiting != NULL;

  ptl_alarm_clear (self->alarm);
  self->cancellable = g_cancellable_new ();
  self->asked_ipv4 = g_strdup (ipv4);
  self->asked_ipv6 = g_strdup (ipv6);
  set_text (&self->who, who);
  show (self, "updating", 0);
  ptl_secret_lookup_async (PTL_SECRET_NAME, self->name->id, a_person, self->cancellable, on_secret,
                                run_new (self));
}

void
ptl_follower_cancel (PtlFollower *self)
{
  g_autoptr (GError) error = ptl_error_new (PTL_ERROR_CANCELLED, NULL, _ ("It was cancelled."));
  g_autoptr (GPtrArray) waiting = g_steal_pointer (&self->waiting);

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  clear_run (self);
  tell (waiting, error);
}

/* ---- What is to be done ---- */

static const char *
wanted (PtlFollower *self, PtlAddressFamily family)
{
  gboolean follows = family == PTL_ADDRESS_FAMILY_IPV4 ? self->name->ipv4 : self->name->ipv6;

  return follows ? ptl_address_source_get (self->names->source, family) : NULL;
}

/* Why it cannot follow an address that it should; the first reason. */
static void
note_no_address (PtlFollower *self)
{
  const gboolean follows[] = { self->name->ipv4, self->name->ipv6 };

  g_clear_error (&self->no_address);
  g_clear_pointer (&self->why_not, g_free);
  g_clear_pointer (&self->what_to_do, g_free);
  for (guint i = 0; i < PTL_N_ADDRESS_FAMILIES && self->no_address == NULL; i++)
    {
      const GError *error = ptl_address_source_get_error (self->names->source, i);

      if (follows[i] && error != NULL)
        self->no_address = g_error_copy (error);
    }
  if (self->no_address == NULL)
    return;
  self->why_not = ptl_error_dup_what (self->no_address);
  self->what_to_do = ptl_error_dup_advice (self->no_address);
}

static gint64
refresh_due (PtlFollower *self)
{
  if (self->name->refresh_days == 0 || self->name->last_update == 0)
    return 0;
  return self->name->last_update + (gint64) self->name->refresh_days * DAY;
}

static gboolean
is_changed (PtlFollower *self, const char *ipv4, const char *ipv6)
{
  return (ipv4 != NULL && !g_str_equal (ipv4, self->name->published_ipv4))
         || (ipv6 != NULL && !g_str_equal (ipv6, self->name->published_ipv6));
}

static void
on_alarm (gpointer data)
{
  ptl_follower_consider (data);
}

static void
wait_until (PtlFollower *self, const char *state, gint64 time)
{
  if (time != 0)
    ptl_alarm_set_wall (self->alarm, time * G_USEC_PER_SEC, on_alarm, self);
  show (self, state, time);
}

void
ptl_follower_consider (PtlFollower *self)
{
  const char *ipv4 = wanted (self, PTL_ADDRESS_FAMILY_IPV4);
  const char *ipv6 = wanted (self, PTL_ADDRESS_FAMILY_IPV6);
  gint64 now = now_of (self), refresh = refresh_due (self);
  gboolean due;

  ptl_alarm_clear (self->alarm);
  note_no_address (self);
  /* It is looked at again when the answer is here. */
  if (self->cancellable != NULL)
    return;
  self->name->not_before = MIN (self->name->not_before, now + WAIT_MOST);
  /* An update by hand that failed is made up for too. */
  due = is_changed (self, ipv4, ipv6) || (refresh != 0 && refresh <= now) || self->name->tries > 0;
  if (self->name->stopped)
    show (self, "stopped", 0);
  else if (ipv4 == NULL && ipv6 == NULL)
    show (self, "no-address", 0);
  /* Nothing is done that could not be logged. */
  else if (due && ptl_store_get_state (self->names->store) != PTL_STORE_STATE_OK)
    show (self, "waiting", 0);
  else if (!due)
    wait_until (self, "up-to-date", refresh);
  else if (self->name->not_before > now)
    wait_until (self, "waiting", self->name->not_before);
  else
    begin (self, "worker", ipv4, ipv6);
}

static GError *
told_to_wait (PtlFollower *self)
{
  g_autofree char *time = ptl_time_to_rfc3339 (self->name->not_before);

  return ptl_error_new (PTL_ERROR_STATE, _ ("It is updated by itself then."),
                        /* Translators: %s is a time */
                        _ ("The provider wants no update before %s."), time);
}

void
ptl_follower_force (PtlFollower *self, const char *who, GTask *task)
{
  const char *ipv4 = wanted (self, PTL_ADDRESS_FAMILY_IPV4);
  const char *ipv6 = wanted (self, PTL_ADDRESS_FAMILY_IPV6);

  note_no_address (self);
  if (self->cancellable != NULL)
    add_waiting (self, task);
  else if (ipv4 == NULL && ipv6 == NULL)
    {
      g_task_return_error (task, self->no_address != NULL
                                     ? g_error_copy (self->no_address)
                                     : ptl_error_new (PTL_ERROR_ROUTER_NONE, NULL,
                                                      _ ("There is no public address.")));
      g_object_unref (task);
      ptl_follower_consider (self);
    }
  else if (self->name->told_to_wait && self->name->not_before > now_of (self))
    {
      g_task_return_error (task, told_to_wait (self));
      g_object_unref (task);
    }
  else
    {
      add_waiting (self, task);
      begin (self, who, ipv4, ipv6);
    }
}

void
ptl_follower_free (PtlFollower *self)
{
  ptl_follower_cancel (self);
  g_object_unref (self->alarm);
  ptl_dynamic_name_free (self->name);
  g_clear_error (&self->no_address);
  g_free (self->why_not);
  g_free (self->what_to_do);
  g_free (self->who);
  g_free (self);
}

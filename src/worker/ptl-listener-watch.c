/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-listener-watch.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include <unistd.h>

#include "core/ptl-endpoint.h"
#include "core/ptl-error.h"
#include "worker/ptl-alarm.h"
#include "worker/ptl-listener-news.h"

#define FOLLOWED_US (5 * G_USEC_PER_SEC)
#define QUIET_US (30 * G_USEC_PER_SEC)
/* Who follows asks because a look just had another answer: another look would find the next, and so on. */
#define FRESH_US G_USEC_PER_SEC
#define SETTING "listener-notices"

struct _PtlListenerWatch
{
  GObject parent;

  PtlClock *clock;
  PtlStore *store;
  PtlInventory *inventory;
  PtlNotifier *notifier;
  PtlAlarm *alarm;
  PtlListenersView *view;
  PtlListenerNews *news; /* NULL: nobody wants to be told */
  GHashTable *followers; /* set of bus names */
  GPtrArray *waiting;    /* of GTask: they want a look that begins now */
  guint64 serial;
  gboolean looking;
  gint64 looked_us; /* of the monotonic clock */
};

G_DEFINE_FINAL_TYPE (PtlListenerWatch, ptl_listener_watch, G_TYPE_OBJECT)

static guint changed_signal;
static guint needed_signal;

static void look (PtlListenerWatch *self);

/* ---- Telling ---- */

static gboolean
covers (const PtlEndpoint *endpoint, const PtlListener *listener)
{
  return endpoint != NULL && endpoint->path == NULL && (endpoint->protocol & listener->protocol) != 0 &&
         listener->port >= endpoint->first && listener->port <= endpoint->last;
}

/* Whether @host is an address of this machine: nobody can bind to another's. */
static gboolean
is_here (const char *host)
{
  g_autoptr (GSocketAddress) address = NULL;
  g_autoptr (GSocket) probe = NULL;

  if (host == NULL || ptl_host_is_loopback (host))
    return TRUE;
  address = g_inet_socket_address_new_from_string (host, 0);
  if (address == NULL)
    return FALSE;
  probe = g_socket_new (g_socket_address_get_family (address), G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, NULL);
  return probe != NULL && g_socket_bind (probe, address, FALSE, NULL);
}

/* Here is where the engine or ssh listens for a rule, or what a rule leads to: a person opened that knowingly. */
static gboolean
is_own (const PtlListener *listener, gpointer data)
{
  PtlListenerWatch *self = data;
  g_autoptr (GPtrArray) rules = NULL;

  if (listener->pid == (guint32) getpid ())
    return TRUE;
  rules = ptl_inventory_list (self->inventory);
  for (guint i = 0; i < rules->len; i++)
    {
      const PtlRule *rule = rules->pdata[i];
      gboolean listens = rule->kind == PTL_KIND_FORWARD || rule->way == PTL_WAY_LOCAL;

      if ((listens && covers (rule->public_endpoint, listener)) || (covers (rule->target, listener) && is_here (rule->target->host)))
        return TRUE;
    }
  return FALSE;
}

static const char *
describe_reach (const PtlListener *listener)
{
  switch (listener->scope)
    {
    case PTL_LISTEN_SCOPE_LINK:
      return _("Whoever is on the same cable or Wi-Fi can connect to it.");
    case PTL_LISTEN_SCOPE_PUBLIC:
      return _("It listens at an address that the whole internet can reach, unless a firewall is in between.");
    case PTL_LISTEN_SCOPE_MACHINE:
    case PTL_LISTEN_SCOPE_LAN:
    case PTL_LISTEN_SCOPE_EVERY:
      break;
    }
  return _("Everybody in your network can connect to it, unless a firewall is in between.");
}

static void
tell_one (PtlListenerWatch *self, const PtlListener *listener)
{
  const char *who = *listener->container != '\0' ? listener->container
                    : *listener->process != '\0' ? listener->process
                    : *listener->unit != '\0'    ? listener->unit
                                                 : _("A program");
  const char *protocol = listener->protocol == PTL_PROTOCOL_UDP ? "UDP" : "TCP";
  g_autofree char *tag = g_strdup_printf ("listener %s %u", protocol, listener->port);
  /* Translators: %1$s is a program, %2$u a port, %3$s "TCP" or "UDP" */
  g_autofree char *summary = g_strdup_printf (_("%1$s listens on port %2$u (%3$s)"), who, listener->port, protocol);

  ptl_notifier_send (self->notifier, tag, summary, describe_reach (listener), NULL);
}

static void
tell_flood (PtlListenerWatch *self)
{
  guint n = ptl_listener_news_get_n_flood (self->news);
  /* Translators: %u is a number of ports that programs of this computer opened */
  g_autofree char *summary = g_strdup_printf (
      ngettext ("%u new port is open on this computer", "%u new ports are open on this computer", n), n);

  ptl_notifier_send (self->notifier, "listener-flood", summary,
                     _("Programs open many at once. Look at the listeners; each can be reached from your network."), NULL);
}

static void
take_news (PtlListenerWatch *self)
{
  PtlForeignNews how;
  g_autoptr (GPtrArray) fresh
      = ptl_listener_news_take (self->news, self->view, is_own, self, ptl_clock_get_boot_us (self->clock), &how);

  if (how == PTL_FOREIGN_NEWS_FLOOD)
    tell_flood (self);
  for (guint i = 0; how == PTL_FOREIGN_NEWS_EACH && i < fresh->len; i++)
    tell_one (self, fresh->pdata[i]);
}

/* ---- Looking ---- */

static void
on_alarm (gpointer data)
{
  look (data);
}

static void
plan (PtlListenerWatch *self)
{
  gboolean soon = g_hash_table_size (self->followers) > 0 ||
                  (self->news != NULL && ptl_listener_news_is_waiting (self->news));

  if (soon || self->news != NULL)
    ptl_alarm_set_boot (self->alarm, ptl_clock_get_boot_us (self->clock) + (soon ? FOLLOWED_US : QUIET_US), on_alarm, self);
  else
    ptl_alarm_clear (self->alarm);
}

static void
look_in_thread (GTask *task, gpointer source, gpointer before, GCancellable *cancellable)
{
  GError *error = NULL;
  PtlListenersView *view = ptl_listeners_look (before, &error);

  if (view != NULL)
    g_task_return_pointer (task, view, (GDestroyNotify) ptl_listeners_view_unref);
  else
    g_task_return_error (task, error);
}

/* Takes over @view. */
static void
take_view (PtlListenerWatch *self, PtlListenersView *view)
{
  gboolean same = self->view != NULL && ptl_listeners_view_equal (self->view, view);

  g_clear_pointer (&self->view, ptl_listeners_view_unref);
  self->view = view;
  self->looked_us = g_get_monotonic_time ();
  if (self->news != NULL)
    take_news (self);
  if (same)
    return;
  self->serial++;
  g_signal_emit (self, changed_signal, 0);
}

/* @error: or, where it is NULL, the view. */
static void
answer (PtlListenerWatch *self, GPtrArray *tasks, const GError *error)
{
  for (guint i = 0; i < tasks->len; i++)
    {
      if (error == NULL)
        g_task_return_pointer (tasks->pdata[i], ptl_listeners_view_ref (self->view), (GDestroyNotify) ptl_listeners_view_unref);
      else
        g_task_return_error (tasks->pdata[i], g_error_copy (error));
    }
}

static void
on_looked (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (PtlListenerWatch) self = PTL_LISTENER_WATCH (g_object_ref (source));
  g_autoptr (GPtrArray) answered = data;
  g_autoptr (GError) error = NULL;
  PtlListenersView *view = g_task_propagate_pointer (G_TASK (result), &error);

  self->looking = FALSE;
  if (self->alarm == NULL)
    {
      g_clear_pointer (&view, ptl_listeners_view_unref);
      g_clear_error (&error);
      error = ptl_error_new (PTL_ERROR_CANCELLED, NULL, _("The worker ends."));
    }
  else if (view != NULL)
    take_view (self, view);
  else
    g_message ("The listeners cannot be seen: %s", error->message);
  answer (self, answered, error);
  if (self->alarm == NULL)
    return;
  if (self->waiting->len > 0)
    look (self);
  else
    plan (self);
}

/* Who asks while a look is under way waits for the next: theirs is to see what was there when they asked. */
static void
look (PtlListenerWatch *self)
{
  g_autoptr (GTask) task = NULL;
  GPtrArray *answered;

  if (self->looking)
    return;
  self->looking = TRUE;
  answered = g_steal_pointer (&self->waiting);
  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  task = g_task_new (self, NULL, on_looked, answered);
  if (self->view != NULL)
    g_task_set_task_data (task, ptl_listeners_view_ref (self->view), (GDestroyNotify) ptl_listeners_view_unref);
  g_task_run_in_thread (task, look_in_thread);
}

void
ptl_listener_watch_look_async (PtlListenerWatch *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);

  if (self->view != NULL && g_hash_table_size (self->followers) > 0 &&
      g_get_monotonic_time () < self->looked_us + FRESH_US)
    {
      g_task_return_pointer (task, ptl_listeners_view_ref (self->view), (GDestroyNotify) ptl_listeners_view_unref);
      return;
    }
  g_ptr_array_add (self->waiting, g_steal_pointer (&task));
  look (self);
}

PtlListenersView *
ptl_listener_watch_look_finish (PtlListenerWatch *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

const PtlListenersView *
ptl_listener_watch_get_view (PtlListenerWatch *self)
{
  return self->view;
}

guint64
ptl_listener_watch_get_serial (PtlListenerWatch *self)
{
  return self->serial;
}

void
ptl_listener_watch_follow (PtlListenerWatch *self, const char *sender, gboolean follow)
{
  g_return_if_fail (PTL_IS_LISTENER_WATCH (self));
  if (follow ? !g_hash_table_add (self->followers, g_strdup (sender)) : !g_hash_table_remove (self->followers, sender))
    return;
  if (follow)
    look (self);
  else if (!self->looking)
    plan (self);
}

void
ptl_listener_watch_drop_followers (PtlListenerWatch *self, PtlFollowerFunc is_there, gpointer user_data)
{
  GHashTableIter iter;
  gpointer sender;
  guint before = g_hash_table_size (self->followers);

  g_hash_table_iter_init (&iter, self->followers);
  while (g_hash_table_iter_next (&iter, &sender, NULL))
    if (!is_there (sender, user_data))
      g_hash_table_iter_remove (&iter);
  if (g_hash_table_size (self->followers) != before && !self->looking)
    plan (self);
}

/* ---- Settings ---- */

static void
switch_notices (PtlListenerWatch *self, gboolean notices)
{
  if (notices == (self->news != NULL))
    return;
  g_clear_pointer (&self->news, ptl_listener_news_free);
  if (notices)
    {
      self->news = ptl_listener_news_new ();
      look (self);
    }
  else if (!self->looking)
    plan (self);
  g_signal_emit (self, needed_signal, 0);
  g_signal_emit (self, changed_signal, 0);
}

gboolean
ptl_listener_watch_get_notices (PtlListenerWatch *self)
{
  return self->news != NULL;
}

gboolean
ptl_listener_watch_set_notices (PtlListenerWatch *self, gboolean notices, const char *who, GError **error)
{
  if (notices == (self->news != NULL))
    return TRUE;
  if (!ptl_store_begin (self->store, error) ||
      !ptl_store_put_setting (self->store, SETTING, notices ? "on" : "off", error) ||
      !ptl_store_add_event (self->store, who, "listener-notices", "", "ok", notices ? "on" : "off", error) ||
      !ptl_store_commit (self->store, error))
    return FALSE;
  switch_notices (self, notices);
  return TRUE;
}

gboolean
ptl_listener_watch_is_needed (PtlListenerWatch *self)
{
  return self->news != NULL;
}

void
ptl_listener_watch_start (PtlListenerWatch *self)
{
  g_autofree char *setting = ptl_store_dup_setting (self->store, SETTING);

  switch_notices (self, strcmp (setting, "on") == 0);
}

/* ---- Life ---- */

static void
ptl_listener_watch_dispose (GObject *object)
{
  PtlListenerWatch *self = PTL_LISTENER_WATCH (object);

  g_clear_object (&self->alarm);
  g_clear_pointer (&self->view, ptl_listeners_view_unref);
  g_clear_pointer (&self->news, ptl_listener_news_free);
  g_clear_pointer (&self->followers, g_hash_table_unref);
  g_clear_pointer (&self->waiting, g_ptr_array_unref);
  g_clear_object (&self->notifier);
  g_clear_object (&self->inventory);
  g_clear_object (&self->store);
  g_clear_object (&self->clock);
  G_OBJECT_CLASS (ptl_listener_watch_parent_class)->dispose (object);
}

static void
ptl_listener_watch_class_init (PtlListenerWatchClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ptl_listener_watch_dispose;
  changed_signal = g_signal_new ("changed", PTL_TYPE_LISTENER_WATCH, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  needed_signal = g_signal_new ("needed", PTL_TYPE_LISTENER_WATCH, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
ptl_listener_watch_init (PtlListenerWatch *self)
{
  self->followers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
}

PtlListenerWatch *
ptl_listener_watch_new (PtlClock *clock, PtlStore *store, PtlInventory *inventory, PtlNotifier *notifier)
{
  PtlListenerWatch *self = g_object_new (PTL_TYPE_LISTENER_WATCH, NULL);

  self->clock = g_object_ref (clock);
  self->store = g_object_ref (store);
  self->inventory = g_object_ref (inventory);
  self->notifier = g_object_ref (notifier);
  self->alarm = ptl_alarm_new (clock);
  return self;
}

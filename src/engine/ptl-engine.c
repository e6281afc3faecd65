/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-engine.h"

#include <glib/gi18n-lib.h>
#include <sys/resource.h>

#include "core/ptl-error.h"
#include "ptl-admission.h"
#include "ptl-engine-config.h"
#include "ptl-engine-private.h"
#include "ptl-listen.h"
#include "ptl-resolve.h"
#include "ptl-site.h"

typedef PtlEngineEntry Entry;

struct _PtlEngine
{
  GObject parent_instance;
  guint n_threads;
  PtlEngineThread *threads[PTL_ENGINE_N_THREADS_MOST]; /* none until the first forward */
  gboolean running;
  GThreadPool *resolver;
  PtlActivity activity;
  PtlTargetNews *news;
  char **forbidden; /* addresses that names may not lead to */
  GHashTable *entries; /* id -> Entry */
  gint64 last_serial;
  gboolean has_drained;
};

enum
{
  SIGNAL_ACTIVITY,
  SIGNAL_TARGET_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (PtlEngine, ptl_engine, G_TYPE_OBJECT)

void
ptl_engine_place_free (PtlEnginePlace *self)
{
  ptl_endpoint_free (self->listen);
  g_free (self);
}

static Entry *
entry_new (PtlTally *tally)
{
  Entry *self = g_new0 (Entry, 1);

  self->places = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_engine_place_free);
  self->sites = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->tally = tally;
  return self;
}

static void
entry_free (Entry *self)
{
  g_ptr_array_unref (self->places);
  g_array_unref (self->sites);
  ptl_forward_free (self->forward);
  ptl_tally_unref (self->tally);
  ptl_targets_unref (self->targets);
  g_free (self);
}

static void
on_activity (gpointer data)
{
  g_signal_emit (data, signals[SIGNAL_ACTIVITY], 0);
}

/* One that an edit has taken away meanwhile is of no interest. */
static gboolean
is_present (const PtlTargets *targets, const char *endpoint)
{
  for (guint i = 0; i < targets->n; i++)
    if (g_str_equal (targets->items[i]->text, endpoint))
      return TRUE;
  return FALSE;
}

static void
on_target (const PtlTargetChange *change, gpointer data)
{
  PtlEngine *self = data;
  const Entry *entry = g_hash_table_lookup (self->entries, change->id);

  if (entry && is_present (entry->targets, change->endpoint))
    g_signal_emit (self, signals[SIGNAL_TARGET_CHANGED], 0, change->id, change->endpoint,
                   change->up, change->reason);
}

static void
ptl_engine_dispose (GObject *object)
{
  PtlEngine *self = PTL_ENGINE (object);

  ptl_engine_stop (self);
  ptl_activity_clear (&self->activity);
  if (self->news)
    ptl_target_news_close (self->news);
  g_clear_pointer (&self->news, ptl_target_news_unref);
  G_OBJECT_CLASS (ptl_engine_parent_class)->dispose (object);
}

static void
ptl_engine_finalize (GObject *object)
{
  PtlEngine *self = PTL_ENGINE (object);

  g_hash_table_unref (self->entries);
  g_strfreev (self->forbidden);
  G_OBJECT_CLASS (ptl_engine_parent_class)->finalize (object);
}

static void
ptl_engine_class_init (PtlEngineClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);

  object_class->dispose = ptl_engine_dispose;
  object_class->finalize = ptl_engine_finalize;

  signals[SIGNAL_ACTIVITY] = g_signal_new ("activity", PTL_TYPE_ENGINE, G_SIGNAL_RUN_LAST, 0, NULL,
                                           NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_TARGET_CHANGED]
      = g_signal_new ("target-changed", PTL_TYPE_ENGINE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                      G_TYPE_NONE, 4, G_TYPE_STRING, G_TYPE_STRING, G_TYPE_BOOLEAN, G_TYPE_ERROR);
}

static void
ptl_engine_init (PtlEngine *self)
{
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();

  self->entries
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) entry_free);
  ptl_activity_init (&self->activity, context, on_activity, self);
  self->news = ptl_target_news_new (context, on_target, self);
}

PtlEngine *
ptl_engine_new (guint n_threads)
{
  PtlEngine *self = g_object_new (PTL_TYPE_ENGINE, NULL);

  self->n_threads = CLAMP (n_threads ? n_threads : g_get_num_processors (), 1, PTL_ENGINE_N_THREADS_MOST);
  return self;
}

/* Two descriptors a connection: the soft limit is a relic of select(), which is not used here. */
static void
raise_descriptor_limit (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur >= limit.rlim_max)
    return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit (RLIMIT_NOFILE, &limit);
}

static void
stop_threads (PtlEngine *self)
{
  ptl_engine_threads_free (self->threads, self->n_threads);
  g_clear_pointer (&self->resolver, ptl_resolver_free);
  self->running = FALSE;
  self->has_drained = FALSE;
}

static gboolean
start_threads (PtlEngine *self, GError **error)
{
  if (self->running)
    return TRUE;
  raise_descriptor_limit ();
  self->resolver = ptl_resolver_new ();
  for (guint i = 0; i < self->n_threads; i++)
    {
      self->threads[i]
          = ptl_engine_thread_new (i, self->threads, &self->activity, self->resolver, error);
      if (!self->threads[i])
        {
          stop_threads (self);
          return FALSE;
        }
    }
  self->running = TRUE;
  return TRUE;
}

guint
ptl_engine_get_n_threads (PtlEngine *self)
{
  return self->n_threads;
}

void
ptl_engine_call (PtlEngine *self, PtlEngineFunc func, gpointer data)
{
  ptl_engine_threads_call (self->threads, self->n_threads, func, data);
}

/* UDP sessions that are being drained still hold their port: the new rule goes before them. */
static GArray *
bind_sockets (PtlEngine *self, const PtlEndpoint *listen, guint16 *port, GError **error)
{
  g_autoptr (GError) taken = NULL;
  GArray *sockets = ptl_listen_bind (listen, self->n_threads, port, &taken);

  if (sockets)
    return sockets;
  if (self->has_drained && g_error_matches (taken, PTL_ERROR, PTL_ERROR_PORT_TAKEN))
    {
      ptl_engine_call (self, ptl_sites_release_udp, NULL);
      return ptl_listen_bind (listen, self->n_threads, port, error);
    }
  g_propagate_error (error, g_steal_pointer (&taken));
  return NULL;
}

void
ptl_engine_close_site (PtlEngine *self, gint64 serial, PtlProtocol protocol, gboolean drain)
{
  PtlSiteClose order = { serial, protocol, drain };

  self->has_drained |= drain && (protocol & PTL_PROTOCOL_UDP) != 0;
  ptl_engine_call (self, ptl_site_close, &order);
}

static gboolean
add_sites (PtlEngine *self, const Entry *entry, gint64 serial, GArray *sockets, GError **error)
{
  g_autoptr (PtlEngineConfig) config = ptl_engine_config_new (entry->forward, entry->targets);
  PtlSiteAdd add = {
    .serial = serial,
    .config = config,
    .tally = entry->tally,
    .sockets = (const PtlListenSocket *)(gpointer) sockets->data,
    .n_sockets = sockets->len,
    .is_home = entry->places->len == 0,
  };

  ptl_engine_call (self, ptl_site_add, &add);
  if (!atomic_load (&add.failed))
    return TRUE;
  ptl_engine_close_site (self, serial, PTL_PROTOCOL_BOTH, FALSE);
  ptl_error_set (error, PTL_ERROR_FAILED, _("Close some rules, or raise the system's limits."),
                 _("The system does not let the engine watch more sockets."));
  return FALSE;
}

static PtlEndpoint *
bound_at (const PtlEndpoint *listen, guint16 port)
{
  PtlEndpoint *bound = ptl_endpoint_copy (listen);

  bound->last = port + (bound->last - bound->first);
  bound->first = port;
  return bound;
}

static PtlEndpoint *
describe_bound (const Entry *entry)
{
  return bound_at (entry->forward->listen, entry->port);
}

const PtlEnginePlace *
ptl_engine_add_place (PtlEngine *self, Entry *entry, const PtlEndpoint *listen, GError **error)
{
  guint16 port = 0;
  g_autoptr (GArray) sockets = bind_sockets (self, listen, &port, error);
  gint64 serial = ++self->last_serial;
  PtlEnginePlace *place;

  if (!sockets || !add_sites (self, entry, serial, sockets, error))
    return NULL;
  place = g_new (PtlEnginePlace, 1);
  place->serial = serial;
  place->listen = bound_at (listen, port);
  place->beside = FALSE;
  g_ptr_array_add (entry->places, place);
  g_array_append_val (entry->sites, serial);
  return place;
}

void
ptl_engine_set_gate (PtlEngine *self, const Entry *entry)
{
  g_autoptr (PtlEndpoint) bound = describe_bound (entry);
  g_autoptr (PtlGate) gate = ptl_gate_new (bound, (const char *const *) self->forbidden);

  for (guint i = 0; i < entry->places->len; i++)
    if (((const PtlEnginePlace *) entry->places->pdata[i])->beside)
      ptl_gate_set_beside (gate, ((const PtlEnginePlace *) entry->places->pdata[i])->listen);
  ptl_targets_set_gate (entry->targets, gate);
}

/* The targets as @entry's forward and port are now; those that were there before stay what they are. */
static void
set_targets (PtlEngine *self, const char *id, Entry *entry)
{
  PtlTargets *before = entry->targets;

  entry->targets = ptl_targets_new (id, entry->forward, self->n_threads, self->news, before);
  ptl_targets_unref (before);
  ptl_engine_set_gate (self, entry);
}

gboolean
ptl_engine_open (
    PtlEngine *self, const char *id, const PtlForward *forward, PtlEndpoint **bound, GError **error)
{
  const PtlEnginePlace *place;
  Entry *entry;

  g_return_val_if_fail (PTL_IS_ENGINE (self) && id && forward, FALSE);

  if (g_hash_table_contains (self->entries, id))
    {
      ptl_error_set (error, PTL_ERROR_STATE, _("Close it first."),
                     _("This forward is open already."));
      return FALSE;
    }
  if (!ptl_forward_check (forward, error) || !ptl_engine_check_no_ring (self, id, forward, error)
      || !start_threads (self, error))
    return FALSE;
  entry = entry_new (ptl_tally_new (self->n_threads, id));
  entry->forward = ptl_forward_copy (forward);
  entry->port = forward->listen->first;
  set_targets (self, id, entry);
  place = ptl_engine_add_place (self, entry, forward->listen, error);
  if (!place)
    {
      entry_free (entry);
      return FALSE;
    }
  entry->port = place->listen->first;
  ptl_engine_set_gate (self, entry);
  if (bound)
    *bound = ptl_endpoint_copy (place->listen);
  g_hash_table_insert (self->entries, g_strdup (id), entry);
  return TRUE;
}

const PtlEngineEntry *
ptl_engine_get_entry (PtlEngine *self, const char *id)
{
  return g_hash_table_lookup (self->entries, id);
}

GHashTable *
ptl_engine_get_entries (PtlEngine *self)
{
  return self->entries;
}

Entry *
ptl_engine_look_up (PtlEngine *self, const char *id, GError **error)
{
  Entry *entry = g_hash_table_lookup (self->entries, id);

  if (!entry)
    ptl_error_set (error, PTL_ERROR_NOT_FOUND, _("Open it again."),
                   _("This forward is not open."));
  return entry;
}

/* Any free port may be named by what was asked or by what was bound. */
static gboolean
is_same_listen (const Entry *entry, const PtlEndpoint *listen)
{
  g_autoptr (PtlEndpoint) bound = describe_bound (entry);

  return ptl_endpoint_equal (listen, bound) || ptl_endpoint_equal (listen, entry->forward->listen);
}

/* The audience is new for those too who came before the forward moved. */
static void
edit_sites (PtlEngine *self, const Entry *entry)
{
  g_autoptr (PtlEngineConfig) config = ptl_engine_config_new (entry->forward, entry->targets);
  const PtlEnginePlace *home = entry->places->pdata[0];

  for (guint i = 0; i < entry->sites->len; i++)
    {
      gint64 serial = g_array_index (entry->sites, gint64, i);
      PtlSiteEdit edit = { serial, config, serial == home->serial };

      ptl_engine_call (self, ptl_site_edit, &edit);
    }
}

void
ptl_engine_configure (PtlEngine *self, const char *id, Entry *entry, const PtlForward *forward)
{
  g_autoptr (PtlForward) old = entry->forward;

  ptl_admission_edited (entry->tally->admission, old->options, forward->options);
  entry->forward = ptl_forward_copy (forward);
  set_targets (self, id, entry);
  edit_sites (self, entry);
}

gboolean
ptl_engine_edit (PtlEngine *self, const char *id, const PtlForward *forward, GError **error)
{
  Entry *entry;

  g_return_val_if_fail (PTL_IS_ENGINE (self) && id && forward, FALSE);

  entry = ptl_engine_look_up (self, id, error);
  if (!entry || !ptl_forward_check (forward, error)
      || !ptl_engine_check_no_ring (self, id, forward, error))
    return FALSE;
  if (!is_same_listen (entry, forward->listen))
    {
      ptl_error_set (error, PTL_ERROR_INVALID, _("Close the rule and open a new one."),
                     _("The ports to listen on cannot change while the rule is open."));
      return FALSE;
    }
  ptl_engine_configure (self, id, entry, forward);
  return TRUE;
}

gboolean
ptl_engine_close (PtlEngine *self, const char *id, gboolean drain, GError **error)
{
  Entry *entry;

  g_return_val_if_fail (PTL_IS_ENGINE (self) && id, FALSE);

  entry = ptl_engine_look_up (self, id, error);
  if (!entry)
    return FALSE;
  for (guint i = 0; i < entry->sites->len; i++)
    ptl_engine_close_site (self, g_array_index (entry->sites, gint64, i), PTL_PROTOCOL_BOTH, drain);
  g_hash_table_remove (self->entries, id);
  return TRUE;
}

gboolean
ptl_engine_get_traffic (PtlEngine *self, const char *id, PtlTraffic *traffic)
{
  Entry *entry = g_hash_table_lookup (self->entries, id);

  if (!entry)
    return FALSE;
  ptl_tally_sum (entry->tally, traffic);
  return TRUE;
}

void
ptl_engine_set_forbidden (PtlEngine *self, const char *const *addresses)
{
  GHashTableIter iter;
  gpointer entry;

  g_return_if_fail (PTL_IS_ENGINE (self));

  if (self->forbidden && addresses && g_strv_equal ((const char *const *) self->forbidden, addresses))
    return;
  g_strfreev (self->forbidden);
  self->forbidden = g_strdupv ((char **) addresses);
  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, NULL, &entry))
    ptl_engine_set_gate (self, entry);
}

GError *
ptl_engine_dup_trouble (PtlEngine *self, const char *id)
{
  const Entry *entry = g_hash_table_lookup (self->entries, id);

  return entry ? ptl_targets_dup_trouble (entry->targets) : NULL;
}

gint64
ptl_engine_get_last_used_boot_us (PtlEngine *self, const char *id)
{
  Entry *entry = g_hash_table_lookup (self->entries, id);

  return entry ? ptl_tally_get_last_used_us (entry->tally) : 0;
}

void
ptl_engine_arm_activity (PtlEngine *self)
{
  ptl_activity_arm (&self->activity);
}

guint
ptl_engine_get_n_forwards (PtlEngine *self)
{
  return g_hash_table_size (self->entries);
}

void
ptl_engine_stop (PtlEngine *self)
{
  g_return_if_fail (PTL_IS_ENGINE (self));

  stop_threads (self);
  g_hash_table_remove_all (self->entries);
}

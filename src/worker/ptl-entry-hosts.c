/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-entry-hosts.h"

#include <string.h>

#include "core/ptl-text.h"
#include "exposure/ptl-listeners.h"
#include "router/ptl-arp.h"
#include "router/ptl-vendor.h"

/* A router may list a thousand made-up ones. */
#define HOSTS_MOST 64
#define NAME_PATIENCE_MS 1000
#define NAME_TIMEOUT_MS 5000
#define NAME_AGAIN_US (600 * G_USEC_PER_SEC)
/* The kernel asks three times, a second apart. */
#define GONE_AFTER_US (5 * G_USEC_PER_SEC)
/* Who is there answers by ARP at once. */
#define ARP_ANSWER_US (150 * 1000)
#define SHOWN_CHARS 80

typedef struct
{
  PtlEntryHost seen;
  gint64 named_us;  /* when its name was last asked for, since boot; 0 = never */
  gint64 absent_us; /* since when it has not answered, since boot; 0 = it did, or was not asked for */
} Host;

struct _PtlEntryHosts
{
  GObject parent;

  PtlClock *clock;
  GResolver *resolver;
  GHashTable *hosts;    /* address -> Host */
  GPtrArray *listeners; /* of PtlListener, at the last look */
};

G_DEFINE_FINAL_TYPE (PtlEntryHosts, ptl_entry_hosts, G_TYPE_OBJECT)

static void
host_free (gpointer data)
{
  Host *host = data;

  g_free (host->seen.name);
  g_free (host->seen.mac);
  g_free (host->seen.vendor);
  g_free (host);
}

static Host *
host_of (PtlEntryHosts *self, const char *address)
{
  Host *host = g_hash_table_lookup (self->hosts, address);

  if (host != NULL)
    return host;
  host = g_new0 (Host, 1);
  host->seen.name = g_strdup ("");
  host->seen.mac = g_strdup ("");
  host->seen.vendor = g_strdup ("");
  g_hash_table_insert (self->hosts, g_strdup (address), host);
  return host;
}

/* ---- What a thread finds out ---- */

typedef struct
{
  char *address;
  char *known_mac; /* its maker is known already */
  PtlArpState state;
  char *mac;       /* NULL = not known */
  char *vendor;    /* NULL = not looked up */
} Fact;

typedef struct
{
  GPtrArray *facts; /* of Fact: those on the link */
  char *local;
  GPtrArray *listeners;
  guint n_pending;  /* names that are waited for */
  guint patience;   /* source */
  gboolean done;    /* the thread has answered */
  gboolean over;    /* the look was answered; names may still come */
} Look;

static void
fact_free (gpointer data)
{
  Fact *fact = data;

  g_free (fact->address);
  g_free (fact->known_mac);
  g_free (fact->mac);
  g_free (fact->vendor);
  g_free (fact);
}

static void
look_free (gpointer data)
{
  Look *look = data;

  g_clear_handle_id (&look->patience, g_source_remove);
  g_ptr_array_unref (look->facts);
  g_clear_pointer (&look->listeners, g_ptr_array_unref);
  g_free (look->local);
  g_free (look);
}

static void
find_out (Fact *fact, const char *table)
{
  guint8 mac[6];

  fact->state = ptl_arp_find (table, fact->address, mac);
  if (fact->state != PTL_ARP_THERE)
    return;
  fact->mac = g_strdup_printf ("%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
  if (strcmp (fact->mac, fact->known_mac) != 0)
    fact->vendor = ptl_vendor_find (mac);
}

/* Whether one of them is not known to be there, nor not to be. */
static gboolean
find_out_all (Look *look)
{
  g_autofree char *table = ptl_arp_read ();
  gboolean unknown = FALSE;

  for (guint i = 0; i < look->facts->len; i++)
    {
      Fact *fact = look->facts->pdata[i];

      if (fact->state == PTL_ARP_UNKNOWN)
        find_out (fact, table);
      unknown = unknown || fact->state == PTL_ARP_UNKNOWN;
    }
  return unknown;
}

static void
look_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Look *look = data;
  gboolean unknown = find_out_all (look);

  /* Those that were known are asked again for the next look. */
  for (guint i = 0; i < look->facts->len; i++)
    ptl_arp_ask (((Fact *) look->facts->pdata[i])->address, look->local);
  look->listeners = ptl_listeners_list (NULL);
  if (unknown)
    {
      g_usleep (ARP_ANSWER_US);
      find_out_all (look);
    }
  g_task_return_boolean (task, TRUE);
}

/* ---- Taking it over ---- */

static void
take_text (char **where, const char *text)
{
  g_free (*where);
  *where = ptl_text_make_safe (text != NULL ? text : "", -1, SHOWN_CHARS);
}

static void
take_fact (PtlEntryHosts *self, const Fact *fact)
{
  Host *host = host_of (self, fact->address);
  gint64 now = ptl_clock_get_boot_us (self->clock);

  if (fact->mac != NULL && strcmp (fact->mac, host->seen.mac) != 0)
    {
      take_text (&host->seen.mac, fact->mac);
      take_text (&host->seen.vendor, fact->vendor);
    }
  if (fact->state == PTL_ARP_ABSENT && host->absent_us == 0)
    host->absent_us = now;
  else if (fact->state == PTL_ARP_THERE)
    host->absent_us = 0;
  host->seen.gone = host->absent_us != 0 && now - host->absent_us >= GONE_AFTER_US;
}

static void
finish_if_done (GTask *task)
{
  Look *look = g_task_get_task_data (task);

  if (look->over || !look->done || (look->n_pending > 0 && look->patience != 0))
    return;
  look->over = TRUE;
  g_clear_handle_id (&look->patience, g_source_remove);
  g_task_return_boolean (task, TRUE);
}

static void
on_looked (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  PtlEntryHosts *self = PTL_ENTRY_HOSTS (source);
  Look *look = g_task_get_task_data (task);

  for (guint i = 0; i < look->facts->len; i++)
    take_fact (self, look->facts->pdata[i]);
  if (look->listeners != NULL)
    {
      g_ptr_array_unref (self->listeners);
      self->listeners = g_steal_pointer (&look->listeners);
    }
  look->done = TRUE;
  finish_if_done (task);
}

/* ---- Names ---- */

typedef struct
{
  GTask *task;
  char *address;
  GCancellable *cancellable;
  guint timeout;
} Question;

static gboolean
on_name_timeout (gpointer data)
{
  Question *question = data;

  question->timeout = 0;
  g_cancellable_cancel (question->cancellable);
  return G_SOURCE_REMOVE;
}

static void
on_named (GObject *source, GAsyncResult *result, gpointer data)
{
  Question *question = data;
  g_autoptr (GTask) task = question->task;
  PtlEntryHosts *self = g_task_get_source_object (task);
  Look *look = g_task_get_task_data (task);
  g_autofree char *name = g_resolver_lookup_by_address_finish (G_RESOLVER (source), result, NULL);

  if (name != NULL && strcmp (name, question->address) != 0)
    take_text (&host_of (self, question->address)->seen.name, name);
  g_clear_handle_id (&question->timeout, g_source_remove);
  g_object_unref (question->cancellable);
  g_free (question->address);
  g_free (question);
  look->n_pending--;
  finish_if_done (task);
}

/* Only of home networks: what else a router may list is nobody's business. */
static gboolean
is_private (GInetAddress *address)
{
  return g_inet_address_get_is_site_local (address) || g_inet_address_get_is_link_local (address);
}

static void
ask_name (GTask *task, const char *address)
{
  PtlEntryHosts *self = g_task_get_source_object (task);
  Look *look = g_task_get_task_data (task);
  Host *host = host_of (self, address);
  gint64 now = ptl_clock_get_boot_us (self->clock);
  g_autoptr (GInetAddress) inet = g_inet_address_new_from_string (address);
  Question *question;

  if (inet == NULL || !is_private (inet) || (host->named_us != 0 && now - host->named_us < NAME_AGAIN_US))
    return;
  host->named_us = now;
  question = g_new0 (Question, 1);
  question->task = g_object_ref (task);
  question->address = g_strdup (address);
  question->cancellable = g_cancellable_new ();
  question->timeout = g_timeout_add (NAME_TIMEOUT_MS, on_name_timeout, question);
  look->n_pending++;
  g_resolver_lookup_by_address_async (self->resolver, inet, question->cancellable, on_named, question);
}

static gboolean
on_patience_over (gpointer data)
{
  GTask *task = data;
  Look *look = g_task_get_task_data (task);

  look->patience = 0;
  finish_if_done (task);
  return G_SOURCE_REMOVE;
}

/* ---- A look ---- */

static void
add_fact (PtlEntryHosts *self, Look *look, const char *address)
{
  Fact *fact;

  for (guint i = 0; i < look->facts->len; i++)
    if (strcmp (((Fact *) look->facts->pdata[i])->address, address) == 0)
      return;
  if (look->facts->len >= HOSTS_MOST || strcmp (address, look->local) == 0 ||
      !ptl_arp_is_on_link (address, look->local))
    return;
  fact = g_new0 (Fact, 1);
  fact->address = g_strdup (address);
  fact->known_mac = g_strdup (host_of (self, address)->seen.mac);
  g_ptr_array_add (look->facts, fact);
}

/* Those that no router lists any more are forgotten once there are many. */
static void
forget_some (PtlEntryHosts *self)
{
  if (g_hash_table_size (self->hosts) > 4 * HOSTS_MOST)
    g_hash_table_remove_all (self->hosts);
}

void
ptl_entry_hosts_look_async (PtlEntryHosts *self,
                            GPtrArray *entries,
                            const char *local,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  g_autoptr (GTask) thread = NULL;
  Look *look = g_new0 (Look, 1);

  forget_some (self);
  look->facts = g_ptr_array_new_with_free_func (fact_free);
  look->local = g_strdup (local);
  g_task_set_task_data (task, look, look_free);
  for (guint i = 0; i < entries->len; i++)
    {
      const PtlRouterEntry *entry = entries->pdata[i];

      if (entry->address != NULL)
        add_fact (self, look, entry->address);
    }
  look->patience = g_timeout_add (NAME_PATIENCE_MS, on_patience_over, task);
  for (guint i = 0; i < look->facts->len; i++)
    ask_name (task, ((Fact *) look->facts->pdata[i])->address);
  thread = g_task_new (self, NULL, on_looked, g_object_ref (task));
  g_task_set_task_data (thread, look, NULL);
  g_task_run_in_thread (thread, look_in_thread);
}

void
ptl_entry_hosts_look_finish (PtlEntryHosts *self, GAsyncResult *result)
{
  g_task_propagate_boolean (G_TASK (result), NULL);
}

const PtlEntryHost *
ptl_entry_hosts_get (PtlEntryHosts *self, const char *address)
{
  const Host *host = g_hash_table_lookup (self->hosts, address);

  return host != NULL ? &host->seen : NULL;
}

gboolean
ptl_entry_hosts_is_listened (PtlEntryHosts *self,
                             PtlProtocol protocol,
                             guint16 port,
                             const char *local,
                             const char **process)
{
  static const char *const any[] = { "0.0.0.0", "::", NULL };

  for (guint i = 0; i < self->listeners->len; i++)
    {
      const PtlListener *listener = self->listeners->pdata[i];

      if (listener->protocol != protocol || listener->port != port ||
          (strcmp (listener->address, local) != 0 && !g_strv_contains (any, listener->address)))
        continue;
      *process = listener->process != NULL ? listener->process : "";
      return TRUE;
    }
  return FALSE;
}

static void
ptl_entry_hosts_finalize (GObject *object)
{
  PtlEntryHosts *self = PTL_ENTRY_HOSTS (object);

  g_hash_table_unref (self->hosts);
  g_ptr_array_unref (self->listeners);
  g_object_unref (self->resolver);
  g_object_unref (self->clock);
  G_OBJECT_CLASS (ptl_entry_hosts_parent_class)->finalize (object);
}

static void
ptl_entry_hosts_class_init (PtlEntryHostsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ptl_entry_hosts_finalize;
}

static void
ptl_entry_hosts_init (PtlEntryHosts *self)
{
  self->hosts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, host_free);
  self->listeners = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_listener_free);
  self->resolver = g_resolver_get_default ();
}

PtlEntryHosts *
ptl_entry_hosts_new (PtlClock *clock)
{
  PtlEntryHosts *self = g_object_new (PTL_TYPE_ENTRY_HOSTS, NULL);

  self->clock = g_object_ref (clock);
  return self;
}

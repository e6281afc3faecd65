/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-relays.h"

#include <glib/gi18n-lib.h>

#include "tunnel/ptl-tunnel.h"

struct _PtlRelays
{
  GObject parent;

  PtlStore *store;
  PtlInventory *inventory;
  char *state_dir;
  GHashTable *views; /* id -> PtlRelayView */
};

G_DEFINE_FINAL_TYPE (PtlRelays, ptl_relays, G_TYPE_OBJECT)

enum
{
  ADDED,
  CHANGED,
  REMOVED,
  KEY_TRUSTED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static void
set_text (char **text, const char *value)
{
  g_free (*text);
  *text = g_strdup (value);
}

static void
view_free (PtlRelayView *view)
{
  ptl_relay_free (view->relay);
  g_free (view->state);
  g_free (view->offered_key);
  g_free (view->key_line);
  g_free (view->message);
  g_free (view->advice);
  g_free (view);
}

static void
add_view (PtlRelays *self, PtlRelay *relay)
{
  PtlRelayView *view = g_new0 (PtlRelayView, 1);

  view->relay = relay;
  view->state = g_strdup ("unknown");
  view->offered_key = g_strdup ("");
  view->key_line = g_strdup ("");
  view->message = g_strdup ("");
  view->advice = g_strdup ("");
  g_hash_table_insert (self->views, relay->id, view);
  g_signal_emit (self, signals[ADDED], 0, relay->id);
}

void
ptl_relays_load (PtlRelays *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) relays = ptl_store_list_relays (self->store, &error);

  if (relays == NULL)
    {
      g_message ("The relays could not be read: %s", error->message);
      return;
    }
  for (guint i = 0; i < relays->len; i++)
    add_view (self, ptl_relay_copy (relays->pdata[i]));
}

static int
by_name (gconstpointer a, gconstpointer b)
{
  const PtlRelayView *const *x = a, *const *y = b;

  return g_utf8_collate ((*x)->relay->name, (*y)->relay->name);
}

GPtrArray *
ptl_relays_list (PtlRelays *self)
{
  GPtrArray *views = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer view;

  g_hash_table_iter_init (&iter, self->views);
  while (g_hash_table_iter_next (&iter, NULL, &view))
    g_ptr_array_add (views, view);
  g_ptr_array_sort (views, by_name);
  return views;
}

static PtlRelayView *
find_by_name (PtlRelays *self, const char *name)
{
  GHashTableIter iter;
  PtlRelayView *view;

  g_hash_table_iter_init (&iter, self->views);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &view))
    if (g_str_equal (view->relay->name, name))
      return view;
  return NULL;
}

static PtlRelayView *
find_view (PtlRelays *self, const char *id_or_name, GError **error)
{
  PtlRelayView *view = g_hash_table_lookup (self->views, id_or_name);

  if (view == NULL)
    view = find_by_name (self, id_or_name);
  if (view == NULL)
    ptl_error_set (error, PTL_ERROR_NOT_FOUND, _("Add it first: its host, user and key file."),
                   _("There is no relay of this name."));
  return view;
}

const PtlRelayView *
ptl_relays_find (PtlRelays *self, const char *id_or_name, GError **error)
{
  return find_view (self, id_or_name, error);
}

static gboolean
write_relay (PtlRelays *self, const PtlRelay *relay, const char *who, GError **error)
{
  return ptl_store_begin (self->store, error) &&
         ptl_store_put_relay (self->store, relay, error) &&
         ptl_store_add_event (self->store, who, "add-relay", "", "ok", relay->name, error) &&
         ptl_store_commit (self->store, error);
}

char *
ptl_relays_add (PtlRelays *self, PtlRelay *relay, const char *who, GError **error)
{
  g_autoptr (PtlRelay) owned = relay;

  if (find_by_name (self, relay->name) != NULL)
    {
      ptl_error_set (error, PTL_ERROR_INVALID, _("Take another name."),
                     _("There is a relay of this name already."));
      return NULL;
    }
  g_free (relay->id);
  relay->id = g_uuid_string_random ();
  if (!write_relay (self, relay, who, error))
    return NULL;
  add_view (self, g_steal_pointer (&owned));
  return g_strdup (relay->id);
}

static gboolean
check_unused (PtlRelays *self, const char *id, GError **error)
{
  g_autoptr (GPtrArray) rules = ptl_inventory_list (self->inventory);

  for (guint i = 0; i < rules->len; i++)
    {
      const PtlRule *rule = rules->pdata[i];

      if (!g_str_equal (rule->backend, id))
        continue;
      /* Translators: %s is the name of a rule */
      ptl_error_set (error, PTL_ERROR_STATE, _("Close that rule first."),
                     _("The relay is used by “%s”."), rule->name);
      return FALSE;
    }
  return TRUE;
}

static gboolean
write_removal (PtlRelays *self, const PtlRelay *relay, const char *who, GError **error)
{
  return ptl_store_begin (self->store, error) &&
         ptl_store_delete_relay (self->store, relay->id, error) &&
         ptl_store_add_event (self->store, who, "remove-relay", "", "ok", relay->name, error) &&
         ptl_store_commit (self->store, error);
}

gboolean
ptl_relays_remove (PtlRelays *self, const char *id_or_name, const char *who, GError **error)
{
  PtlRelayView *view = find_view (self, id_or_name, error);
  g_autofree char *id = NULL;

  if (view == NULL || !check_unused (self, view->relay->id, error) ||
      !write_removal (self, view->relay, who, error))
    return FALSE;
  id = g_strdup (view->relay->id);
  /* A key that is not forgotten does no harm: whoever comes back under the same name is the same. */
  ptl_tunnel_forget_key (self->state_dir, view->relay, NULL);
  g_hash_table_remove (self->views, id);
  g_signal_emit (self, signals[REMOVED], 0, id);
  return TRUE;
}

static gboolean
log_trust (PtlRelays *self, const PtlRelayView *view, const char *who, GError **error)
{
  g_autofree char *detail = g_strdup_printf ("%s %s", view->relay->name, view->offered_key);

  return ptl_store_begin (self->store, error) &&
         ptl_store_add_event (self->store, who, "trust-key", "", "ok", detail, error) &&
         ptl_store_commit (self->store, error);
}

gboolean
ptl_relays_trust (PtlRelays *self,
                  const char *id_or_name,
                  const char *fingerprint,
                  const char *who,
                  GError **error)
{
  PtlRelayView *view = find_view (self, id_or_name, error);

  if (view == NULL)
    return FALSE;
  if (*view->offered_key == '\0')
    {
      ptl_error_set (error, PTL_ERROR_STATE, NULL, _("No key of this relay waits to be trusted."));
      return FALSE;
    }
  if (!g_str_equal (view->offered_key, fingerprint))
    {
      ptl_error_set (error, PTL_ERROR_INVALID, _("Compare it with what the relay offers now."),
                     _("This is not the fingerprint of the key that waits."));
      return FALSE;
    }
  if (!log_trust (self, view, who, error) ||
      !ptl_tunnel_trust_key (self->state_dir, view->relay, view->key_line, error))
    return FALSE;
  set_text (&view->state, "unknown");
  set_text (&view->offered_key, "");
  set_text (&view->key_line, "");
  set_text (&view->message, "");
  set_text (&view->advice, "");
  g_signal_emit (self, signals[CHANGED], 0, view->relay->id);
  g_signal_emit (self, signals[KEY_TRUSTED], 0, view->relay->id);
  return TRUE;
}

void
ptl_relays_set_state (PtlRelays *self, const char *id, const char *state, const GError *error)
{
  PtlRelayView *view = g_hash_table_lookup (self->views, id);

  if (view == NULL)
    return;
  set_text (&view->state, state);
  g_free (view->message);
  g_free (view->advice);
  view->message = error != NULL ? ptl_error_dup_what (error) : g_strdup ("");
  view->advice = error != NULL ? ptl_error_dup_advice (error) : g_strdup ("");
  g_signal_emit (self, signals[CHANGED], 0, id);
}

void
ptl_relays_offer_key (PtlRelays *self, const char *id, const char *key_line, const char *fingerprint)
{
  PtlRelayView *view = g_hash_table_lookup (self->views, id);

  if (view == NULL)
    return;
  set_text (&view->state, "key-offered");
  set_text (&view->offered_key, fingerprint);
  set_text (&view->key_line, key_line);
  g_signal_emit (self, signals[CHANGED], 0, id);
}

static void
ptl_relays_finalize (GObject *object)
{
  PtlRelays *self = PTL_RELAYS (object);

  g_hash_table_unref (self->views);
  g_object_unref (self->store);
  g_object_unref (self->inventory);
  g_free (self->state_dir);
  G_OBJECT_CLASS (ptl_relays_parent_class)->finalize (object);
}

static guint
new_signal (const char *name)
{
  return g_signal_new (name, PTL_TYPE_RELAYS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                       G_TYPE_STRING);
}

static void
ptl_relays_class_init (PtlRelaysClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ptl_relays_finalize;
  signals[ADDED] = new_signal ("added");
  signals[CHANGED] = new_signal ("changed");
  signals[REMOVED] = new_signal ("removed");
  signals[KEY_TRUSTED] = new_signal ("key-trusted");
}

static void
ptl_relays_init (PtlRelays *self)
{
  self->views = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) view_free);
}

PtlRelays *
ptl_relays_new (PtlStore *store, PtlInventory *inventory, const char *state_dir)
{
  PtlRelays *self = g_object_new (PTL_TYPE_RELAYS, NULL);

  self->store = g_object_ref (store);
  self->inventory = g_object_ref (inventory);
  self->state_dir = g_strdup (state_dir);
  return self;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-item-list.h"

typedef struct
{
  char *key;
  GObject *item;
} Entry;

struct _PtlItemList
{
  GObject parent_instance;
  GType item_type;
  GSequence *entries;
  GHashTable *by_key; /* key, owned by the entry -> GSequenceIter */
  guint queued;       /* at the end of entries, not told of yet */
};

static void list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (PtlItemList, ptl_item_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_object_unref (entry->item);
  g_free (entry->key);
  g_free (entry);
}

static GType
get_item_type (GListModel *model)
{
  return PTL_ITEM_LIST (model)->item_type;
}

static guint
get_n_items (GListModel *model)
{
  PtlItemList *self = PTL_ITEM_LIST (model);

  return (guint) g_sequence_get_length (self->entries) - self->queued;
}

static gpointer
get_item (GListModel *model, guint position)
{
  PtlItemList *self = PTL_ITEM_LIST (model);
  Entry *entry;

  if (position >= get_n_items (model))
    return NULL;
  entry = g_sequence_get (g_sequence_get_iter_at_pos (self->entries, (int) position));
  return g_object_ref (entry->item);
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

static void
ptl_item_list_finalize (GObject *object)
{
  PtlItemList *self = PTL_ITEM_LIST (object);

  g_hash_table_unref (self->by_key);
  g_sequence_free (self->entries);
  G_OBJECT_CLASS (ptl_item_list_parent_class)->finalize (object);
}

static void
ptl_item_list_class_init (PtlItemListClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ptl_item_list_finalize;
}

static void
ptl_item_list_init (PtlItemList *self)
{
  self->entries = g_sequence_new (entry_free);
  self->by_key = g_hash_table_new (g_str_hash, g_str_equal);
}

PtlItemList *
ptl_item_list_new (GType item_type)
{
  PtlItemList *self = g_object_new (PTL_TYPE_ITEM_LIST, NULL);

  self->item_type = item_type;
  return self;
}

gpointer
ptl_item_list_lookup (PtlItemList *self, const char *key)
{
  GSequenceIter *iter;

  g_return_val_if_fail (PTL_IS_ITEM_LIST (self), NULL);
  iter = g_hash_table_lookup (self->by_key, key);
  return iter != NULL ? ((Entry *) g_sequence_get (iter))->item : NULL;
}

void
ptl_item_list_add (PtlItemList *self, const char *key, gpointer item)
{
  Entry *entry;

  g_return_if_fail (PTL_IS_ITEM_LIST (self));
  g_return_if_fail (!g_hash_table_contains (self->by_key, key));
  entry = g_new0 (Entry, 1);
  entry->key = g_strdup (key);
  entry->item = g_object_ref (item);
  g_hash_table_insert (self->by_key, entry->key, g_sequence_append (self->entries, entry));
  self->queued++;
}

void
ptl_item_list_flush (PtlItemList *self)
{
  guint added;

  g_return_if_fail (PTL_IS_ITEM_LIST (self));
  added = self->queued;
  if (added == 0)
    return;
  self->queued = 0;
  g_list_model_items_changed (G_LIST_MODEL (self), get_n_items (G_LIST_MODEL (self)) - added, 0,
                              added);
}

gboolean
ptl_item_list_remove (PtlItemList *self, const char *key)
{
  GSequenceIter *iter;
  guint position;

  g_return_val_if_fail (PTL_IS_ITEM_LIST (self), FALSE);
  ptl_item_list_flush (self);
  iter = g_hash_table_lookup (self->by_key, key);
  if (iter == NULL)
    return FALSE;
  position = (guint) g_sequence_iter_get_position (iter);
  g_hash_table_remove (self->by_key, key);
  g_sequence_remove (iter);
  g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 0);
  return TRUE;
}

/* Removes the run of @n entries that ends before @end, and tells of it. */
static void
remove_run (PtlItemList *self, GSequenceIter *end, guint n)
{
  GSequenceIter *begin = g_sequence_iter_move (end, -(int) n);
  guint position = (guint) g_sequence_iter_get_position (begin);

  if (n == 0)
    return;
  for (GSequenceIter *i = begin; i != end; i = g_sequence_iter_next (i))
    g_hash_table_remove (self->by_key, ((Entry *) g_sequence_get (i))->key);
  g_sequence_remove_range (begin, end);
  g_list_model_items_changed (G_LIST_MODEL (self), position, n, 0);
}

void
ptl_item_list_retain (PtlItemList *self, GHashTable *keys)
{
  GSequenceIter *end;
  guint run = 0;

  g_return_if_fail (PTL_IS_ITEM_LIST (self));
  ptl_item_list_flush (self);
  end = g_sequence_get_end_iter (self->entries);
  while (TRUE)
    {
      GSequenceIter *first = g_sequence_iter_move (end, -(int) run);
      GSequenceIter *before;

      if (g_sequence_iter_is_begin (first))
        break;
      before = g_sequence_iter_prev (first);
      if (!g_hash_table_contains (keys, ((Entry *) g_sequence_get (before))->key))
        {
          run++;
          continue;
        }
      remove_run (self, end, run);
      end = before;
      run = 0;
    }
  remove_run (self, end, run);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-inventory.h"

struct _PtlInventory
{
  GObject parent;

  GHashTable *rules; /* id -> PtlRule */
};

G_DEFINE_FINAL_TYPE (PtlInventory, ptl_inventory, G_TYPE_OBJECT)

enum
{
  ADDED,
  CHANGED,
  REMOVED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static void
ptl_inventory_finalize (GObject *object)
{
  PtlInventory *self = PTL_INVENTORY (object);

  g_hash_table_unref (self->rules);
  G_OBJECT_CLASS (ptl_inventory_parent_class)->finalize (object);
}

static guint
new_signal (const char *name)
{
  return g_signal_new (name, PTL_TYPE_INVENTORY, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                       1, PTL_TYPE_RULE | G_SIGNAL_TYPE_STATIC_SCOPE);
}

static void
ptl_inventory_class_init (PtlInventoryClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ptl_inventory_finalize;
  signals[ADDED] = new_signal ("added");
  signals[CHANGED] = new_signal ("changed");
  signals[REMOVED] = new_signal ("removed");
}

static void
ptl_inventory_init (PtlInventory *self)
{
  self->rules =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) ptl_rule_free);
}

PtlInventory *
ptl_inventory_new (void)
{
  return g_object_new (PTL_TYPE_INVENTORY, NULL);
}

guint
ptl_inventory_get_n_rules (PtlInventory *self)
{
  return g_hash_table_size (self->rules);
}

guint
ptl_inventory_count (PtlInventory *self, PtlRuleState state)
{
  GHashTableIter iter;
  PtlRule *rule;
  guint n = 0;

  g_hash_table_iter_init (&iter, self->rules);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &rule))
    if (rule->state == state)
      n++;
  return n;
}

const PtlRule *
ptl_inventory_get (PtlInventory *self, const char *id)
{
  return g_hash_table_lookup (self->rules, id);
}

PtlRule *
ptl_inventory_dup (PtlInventory *self, const char *id)
{
  const PtlRule *rule = ptl_inventory_get (self, id);

  return rule != NULL ? ptl_rule_copy (rule) : NULL;
}

GPtrArray *
ptl_inventory_dup_ids (PtlInventory *self)
{
  GPtrArray *ids = g_ptr_array_new_full (g_hash_table_size (self->rules), g_free);
  GHashTableIter iter;
  const char *id;

  g_hash_table_iter_init (&iter, self->rules);
  while (g_hash_table_iter_next (&iter, (gpointer *) &id, NULL))
    g_ptr_array_add (ids, g_strdup (id));
  return ids;
}

GPtrArray *
ptl_inventory_list (PtlInventory *self)
{
  GPtrArray *rules = g_ptr_array_sized_new (g_hash_table_size (self->rules));
  GHashTableIter iter;
  gpointer rule;

  g_hash_table_iter_init (&iter, self->rules);
  while (g_hash_table_iter_next (&iter, NULL, &rule))
    g_ptr_array_add (rules, rule);
  return rules;
}

void
ptl_inventory_put (PtlInventory *self, PtlRule *rule)
{
  gboolean known = g_hash_table_contains (self->rules, rule->id);

  g_hash_table_replace (self->rules, rule->id, rule);
  g_signal_emit (self, signals[known ? CHANGED : ADDED], 0, rule);
}

void
ptl_inventory_set_traffic (PtlInventory *self, const char *id, const PtlTraffic *traffic)
{
  PtlRule *rule = g_hash_table_lookup (self->rules, id);

  if (rule == NULL)
    return;
  rule->traffic = *traffic;
  g_signal_emit (self, signals[CHANGED], 0, rule);
}

void
ptl_inventory_remove (PtlInventory *self, const char *id)
{
  gpointer rule;

  if (!g_hash_table_steal_extended (self->rules, id, NULL, &rule))
    return;
  g_signal_emit (self, signals[REMOVED], 0, rule);
  ptl_rule_free (rule);
}

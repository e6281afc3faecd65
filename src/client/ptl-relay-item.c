/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-relay-item.h"

#include "ptl-item-props.h"

static const PtlItemProp table[] = {
  { "Id", "id", "s" },
  { "Name", "name", "s" },
  { "Host", "host", "s" },
  { "User", "user", "s" },
  { "KeyFile", "key-file", "s" },
  { "State", "state", "s" },
  { "OfferedKey", "offered-key", "s" },
  { "Message", "message", "s" },
  { "Advice", "advice", "s" },
  { "Port", "port", "u" },
};

#define N_VALUES G_N_ELEMENTS (table)

struct _PtlRelayItem
{
  GObject parent_instance;
  GVariant *values[N_VALUES];
};

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

static GParamSpec *specs[N_VALUES + 1];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (PtlRelayItem, ptl_relay_item, G_TYPE_OBJECT)

static void
ptl_relay_item_get_property (GObject *object, guint prop, GValue *value, GParamSpec *pspec)
{
  PtlRelayItem *self = PTL_RELAY_ITEM (object);

  if (prop >= 1 && prop <= N_VALUES)
    ptl_item_props_get (&table[prop - 1], self->values[prop - 1], value);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop, pspec);
}

static void
ptl_relay_item_finalize (GObject *object)
{
  PtlRelayItem *self = PTL_RELAY_ITEM (object);

  for (guint i = 0; i < N_VALUES; i++)
    g_clear_pointer (&self->values[i], g_variant_unref);
  G_OBJECT_CLASS (ptl_relay_item_parent_class)->finalize (object);
}

static void
ptl_relay_item_class_init (PtlRelayItemClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = ptl_relay_item_get_property;
  object_class->finalize = ptl_relay_item_finalize;
  ptl_item_props_install (object_class, table, N_VALUES, specs);
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
ptl_relay_item_init (PtlRelayItem *self)
{
}

PtlRelayItem *
ptl_relay_item_new (GVariant *properties)
{
  PtlRelayItem *self = g_object_new (PTL_TYPE_RELAY_ITEM, NULL);

  ptl_relay_item_apply (self, properties);
  return self;
}

void
ptl_relay_item_apply (PtlRelayItem *self, GVariant *changed)
{
  g_return_if_fail (PTL_IS_RELAY_ITEM (self));
  if (!ptl_item_props_apply (G_OBJECT (self), table, N_VALUES, specs, self->values, changed))
    return;
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

const char *
ptl_relay_item_get (PtlRelayItem *self, const char *key)
{
  g_return_val_if_fail (PTL_IS_RELAY_ITEM (self), "");
  return ptl_item_props_get_text (table, N_VALUES, self->values, key);
}

guint
ptl_relay_item_get_port (PtlRelayItem *self)
{
  GVariant *value;

  g_return_val_if_fail (PTL_IS_RELAY_ITEM (self), 0);
  value = self->values[N_VALUES - 1];
  return value != NULL ? g_variant_get_uint32 (value) : 0;
}

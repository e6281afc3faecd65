/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-router-item.h"

#include "ptl-item-props.h"

static const PtlItemProp table[] = {
  { "Id", "id", "s" },
  { "Name", "name", "s" },
  { "Address", "address", "s" },
  { "Interface", "interface", "s" },
  { "LocalAddress", "local-address", "s" },
  { "ExternalAddress", "external-address", "s" },
  { "State", "state", "s" },
  { "Message", "message", "s" },
  { "Advice", "advice", "s" },
  { "DescriptionUrl", "description-url", "s" },
  { "Named", "named", "b" },
  { "Protocols", "protocols", "as" },
};

#define N_VALUES G_N_ELEMENTS (table)

struct _PtlRouterItem
{
  GObject parent_instance;
  GVariant *values[N_VALUES];
  char **protocols;
};

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

static GParamSpec *specs[N_VALUES + 1];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (PtlRouterItem, ptl_router_item, G_TYPE_OBJECT)

static void
ptl_router_item_get_property (GObject *object, guint prop, GValue *value, GParamSpec *pspec)
{
  PtlRouterItem *self = PTL_ROUTER_ITEM (object);

  if (prop >= 1 && prop <= N_VALUES)
    ptl_item_props_get (&table[prop - 1], self->values[prop - 1], value);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop, pspec);
}

static void
ptl_router_item_finalize (GObject *object)
{
  PtlRouterItem *self = PTL_ROUTER_ITEM (object);

  for (guint i = 0; i < N_VALUES; i++)
    g_clear_pointer (&self->values[i], g_variant_unref);
  g_clear_pointer (&self->protocols, g_strfreev);
  G_OBJECT_CLASS (ptl_router_item_parent_class)->finalize (object);
}

static void
ptl_router_item_class_init (PtlRouterItemClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = ptl_router_item_get_property;
  object_class->finalize = ptl_router_item_finalize;
  ptl_item_props_install (object_class, table, N_VALUES, specs);
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
ptl_router_item_init (PtlRouterItem *self)
{
  self->protocols = g_new0 (char *, 1);
}

/* Kept beside the variant, because ptl_router_item_get_protocols() lends it. */
static void
update_protocols (PtlRouterItem *self)
{
  GVariant *value = self->values[N_VALUES - 1];

  if (value == NULL)
    return;
  g_strfreev (self->protocols);
  self->protocols = g_variant_dup_strv (value, NULL);
}

PtlRouterItem *
ptl_router_item_new (GVariant *properties)
{
  PtlRouterItem *self = g_object_new (PTL_TYPE_ROUTER_ITEM, NULL);

  ptl_router_item_apply (self, properties);
  return self;
}

void
ptl_router_item_apply (PtlRouterItem *self, GVariant *changed)
{
  g_return_if_fail (PTL_IS_ROUTER_ITEM (self));
  if (!ptl_item_props_apply (G_OBJECT (self), table, N_VALUES, specs, self->values, changed))
    return;
  update_protocols (self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

const char *
ptl_router_item_get (PtlRouterItem *self, const char *key)
{
  g_return_val_if_fail (PTL_IS_ROUTER_ITEM (self), "");
  return ptl_item_props_get_text (table, N_VALUES, self->values, key);
}

const char *const *
ptl_router_item_get_protocols (PtlRouterItem *self)
{
  g_return_val_if_fail (PTL_IS_ROUTER_ITEM (self), NULL);
  return (const char *const *) self->protocols;
}

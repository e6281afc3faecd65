/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-name-item.h"

struct _PtlNameItem
{
  GObject parent_instance;
  PtlDynamicName *name;
  char *state;
  gint64 next_try;
};

G_DEFINE_FINAL_TYPE (PtlNameItem, ptl_name_item, G_TYPE_OBJECT)

static guint changed_signal;

static void
take_text (GVariant *dict, const char *key, char **text)
{
  char *value;

  if (!g_variant_lookup (dict, key, "s", &value))
    return;
  g_free (*text);
  *text = value;
}

void
ptl_name_item_apply (PtlNameItem *self, GVariant *changed)
{
  PtlDynamicName *name;

  g_return_if_fail (PTL_IS_NAME_ITEM (self));
  name = self->name;
  take_text (changed, "Id", &name->id);
  take_text (changed, "Hostname", &name->hostname);
  take_text (changed, "Provider", &name->provider);
  take_text (changed, "Server", &name->server);
  take_text (changed, "User", &name->user);
  take_text (changed, "Success", &name->success);
  take_text (changed, "PublishedIpv4", &name->published_ipv4);
  take_text (changed, "PublishedIpv6", &name->published_ipv6);
  take_text (changed, "Message", &name->message);
  take_text (changed, "Advice", &name->advice);
  take_text (changed, "State", &self->state);
  g_variant_lookup (changed, "Ipv4", "b", &name->ipv4);
  g_variant_lookup (changed, "Ipv6", "b", &name->ipv6);
  g_variant_lookup (changed, "RefreshDays", "u", &name->refresh_days);
  g_variant_lookup (changed, "LastUpdate", "x", &name->last_update);
  g_variant_lookup (changed, "NextTry", "x", &self->next_try);
  g_signal_emit (self, changed_signal, 0);
}

static void
ptl_name_item_finalize (GObject *object)
{
  PtlNameItem *self = PTL_NAME_ITEM (object);

  ptl_dynamic_name_free (self->name);
  g_free (self->state);
  G_OBJECT_CLASS (ptl_name_item_parent_class)->finalize (object);
}

static void
ptl_name_item_class_init (PtlNameItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ptl_name_item_finalize;
  changed_signal = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 0);
}

static void
ptl_name_item_init (PtlNameItem *self)
{
  self->name = ptl_dynamic_name_new ();
  self->state = g_strdup ("waiting");
}

PtlNameItem *
ptl_name_item_new (GVariant *properties)
{
  PtlNameItem *self = g_object_new (PTL_TYPE_NAME_ITEM, NULL);

  ptl_name_item_apply (self, properties);
  return self;
}

const PtlDynamicName *
ptl_name_item_get_name (PtlNameItem *self)
{
  g_return_val_if_fail (PTL_IS_NAME_ITEM (self), NULL);
  return self->name;
}

const char *
ptl_name_item_get_state (PtlNameItem *self)
{
  g_return_val_if_fail (PTL_IS_NAME_ITEM (self), "");
  return self->state;
}

gint64
ptl_name_item_get_next_try (PtlNameItem *self)
{
  g_return_val_if_fail (PTL_IS_NAME_ITEM (self), 0);
  return self->next_try;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-event-item.h"

struct _PtlEventItem
{
  GObject parent_instance;
  PtlEvent *event;
};

enum
{
  PROP_0,
  PROP_SEQ,
  PROP_AT,
  PROP_WHO,
  PROP_WHAT,
  PROP_RULE_ID,
  PROP_RESULT,
  PROP_DETAIL,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (PtlEventItem, ptl_event_item, G_TYPE_OBJECT)

static void
ptl_event_item_get_property (GObject *object, guint prop, GValue *value, GParamSpec *pspec)
{
  const PtlEvent *event = PTL_EVENT_ITEM (object)->event;

  switch (prop)
    {
    case PROP_SEQ:
      g_value_set_int64 (value, event->seq);
      break;
    case PROP_AT:
      g_value_set_int64 (value, event->at);
      break;
    case PROP_WHO:
      g_value_set_string (value, event->who);
      break;
    case PROP_WHAT:
      g_value_set_string (value, event->what);
      break;
    case PROP_RULE_ID:
      g_value_set_string (value, event->rule_id);
      break;
    case PROP_RESULT:
      g_value_set_string (value, event->result);
      break;
    case PROP_DETAIL:
      g_value_set_string (value, event->detail);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop, pspec);
    }
}

static void
ptl_event_item_finalize (GObject *object)
{
  g_clear_pointer (&PTL_EVENT_ITEM (object)->event, ptl_event_free);
  G_OBJECT_CLASS (ptl_event_item_parent_class)->finalize (object);
}

static void
ptl_event_item_class_init (PtlEventItemClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = ptl_event_item_get_property;
  object_class->finalize = ptl_event_item_finalize;
  props[PROP_SEQ] = g_param_spec_int64 ("seq", NULL, NULL, 0, G_MAXINT64, 0, flags);
  props[PROP_AT] = g_param_spec_int64 ("at", NULL, NULL, G_MININT64, G_MAXINT64, 0, flags);
  props[PROP_WHO] = g_param_spec_string ("who", NULL, NULL, "", flags);
  props[PROP_WHAT] = g_param_spec_string ("what", NULL, NULL, "", flags);
  props[PROP_RULE_ID] = g_param_spec_string ("rule-id", NULL, NULL, "", flags);
  props[PROP_RESULT] = g_param_spec_string ("result", NULL, NULL, "", flags);
  props[PROP_DETAIL] = g_param_spec_string ("detail", NULL, NULL, "", flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
ptl_event_item_init (PtlEventItem *self)
{
}

PtlEventItem *
ptl_event_item_new (PtlEvent *event)
{
  PtlEventItem *self = g_object_new (PTL_TYPE_EVENT_ITEM, NULL);

  self->event = event;
  return self;
}

const PtlEvent *
ptl_event_item_get_event (PtlEventItem *self)
{
  g_return_val_if_fail (PTL_IS_EVENT_ITEM (self), NULL);
  return self->event;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-rule-item.h"

struct _PtlRuleItem
{
  GObject parent_instance;
  PtlRule *rule;
  gboolean placeholder;
};

enum
{
  PROP_0,
  PROP_ID,
  PROP_KIND,
  PROP_NAME,
  PROP_STATE,
  PROP_PUBLIC_ENDPOINT,
  PROP_TARGET,
  PROP_OWNER,
  PROP_PURPOSE,
  PROP_PROTOCOL,
  PROP_EXPIRES,
  PROP_REVIEW,
  PROP_CREATED,
  PROP_CLOSED,
  PROP_BYTES_IN,
  PROP_BYTES_OUT,
  PROP_CONNECTIONS_NOW,
  PROP_ERROR_MESSAGE,
  PROP_ERROR_ADVICE,
  PROP_STEP,
  PROP_PLACEHOLDER,
  N_PROPS
};

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (PtlRuleItem, ptl_rule_item, G_TYPE_OBJECT)

static void
set_text (GValue *value, const char *text)
{
  g_value_set_string (value, text != NULL ? text : "");
}

/* What is not known yet is shown as nothing rather than as ":0". */
static gboolean
is_known (const PtlEndpoint *endpoint)
{
  return endpoint != NULL
         && (endpoint->host != NULL || endpoint->path != NULL || endpoint->first != 0);
}

static void
set_endpoint (GValue *value, const PtlEndpoint *endpoint)
{
  if (!is_known (endpoint))
    g_value_set_static_string (value, "");
  else
    g_value_take_string (value, ptl_endpoint_to_string (endpoint));
}

static const char *
text_of (const PtlRule *rule, guint prop)
{
  switch (prop)
    {
    case PROP_ID:
      return rule->id;
    case PROP_KIND:
      return ptl_kind_to_string (rule->kind);
    case PROP_NAME:
      return rule->name;
    case PROP_STATE:
      return ptl_rule_state_to_string (rule->state);
    case PROP_OWNER:
      return rule->owner;
    case PROP_PURPOSE:
      return rule->purpose;
    case PROP_PROTOCOL:
      return ptl_protocol_to_string (ptl_rule_get_protocol (rule));
    case PROP_ERROR_MESSAGE:
      return rule->error_message;
    case PROP_ERROR_ADVICE:
      return rule->error_advice;
    case PROP_STEP:
      return rule->step;
    default:
      g_return_val_if_reached ("");
    }
}

static void
get_value (const PtlRule *rule, guint prop, GValue *value)
{
  switch (prop)
    {
    case PROP_PUBLIC_ENDPOINT:
      set_endpoint (value, rule->public_endpoint);
      break;
    case PROP_TARGET:
      set_endpoint (value, rule->target);
      break;
    case PROP_EXPIRES:
      g_value_set_int64 (value, rule->expires);
      break;
    case PROP_REVIEW:
      g_value_set_int64 (value, rule->review);
      break;
    case PROP_CREATED:
      g_value_set_int64 (value, rule->created);
      break;
    case PROP_CLOSED:
      g_value_set_int64 (value, rule->closed);
      break;
    case PROP_BYTES_IN:
      g_value_set_uint64 (value, rule->traffic.bytes_in);
      break;
    case PROP_BYTES_OUT:
      g_value_set_uint64 (value, rule->traffic.bytes_out);
      break;
    case PROP_CONNECTIONS_NOW:
      g_value_set_uint64 (value, rule->traffic.connections_now);
      break;
    default:
      set_text (value, text_of (rule, prop));
    }
}

static void
ptl_rule_item_get_property (GObject *object, guint prop, GValue *value, GParamSpec *pspec)
{
  PtlRuleItem *self = PTL_RULE_ITEM (object);

  if (prop == PROP_PLACEHOLDER)
    g_value_set_boolean (value, self->placeholder);
  else if (prop > PROP_0 && prop < N_PROPS)
    get_value (self->rule, prop, value);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop, pspec);
}

static void
ptl_rule_item_finalize (GObject *object)
{
  PtlRuleItem *self = PTL_RULE_ITEM (object);

  g_clear_pointer (&self->rule, ptl_rule_free);
  G_OBJECT_CLASS (ptl_rule_item_parent_class)->finalize (object);
}

#define READABLE (G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY)

static void
install_text (guint prop, const char *name)
{
  props[prop] = g_param_spec_string (name, NULL, NULL, "", READABLE);
}

static void
install_time (guint prop, const char *name)
{
  props[prop] = g_param_spec_int64 (name, NULL, NULL, G_MININT64, G_MAXINT64, 0, READABLE);
}

static void
install_count (guint prop, const char *name)
{
  props[prop] = g_param_spec_uint64 (name, NULL, NULL, 0, G_MAXUINT64, 0, READABLE);
}

static void
ptl_rule_item_class_init (PtlRuleItemClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = ptl_rule_item_get_property;
  object_class->finalize = ptl_rule_item_finalize;
  install_text (PROP_ID, "id");
  install_text (PROP_KIND, "kind");
  install_text (PROP_NAME, "name");
  install_text (PROP_STATE, "state");
  install_text (PROP_PUBLIC_ENDPOINT, "public-endpoint");
  install_text (PROP_TARGET, "target");
  install_text (PROP_OWNER, "owner");
  install_text (PROP_PURPOSE, "purpose");
  install_text (PROP_PROTOCOL, "protocol");
  install_time (PROP_EXPIRES, "expires");
  install_time (PROP_REVIEW, "review");
  install_time (PROP_CREATED, "created");
  install_time (PROP_CLOSED, "closed");
  install_count (PROP_BYTES_IN, "bytes-in");
  install_count (PROP_BYTES_OUT, "bytes-out");
  install_count (PROP_CONNECTIONS_NOW, "connections-now");
  install_text (PROP_ERROR_MESSAGE, "error-message");
  install_text (PROP_ERROR_ADVICE, "error-advice");
  install_text (PROP_STEP, "step");
  props[PROP_PLACEHOLDER] = g_param_spec_boolean ("placeholder", NULL, NULL, FALSE, READABLE);
  g_object_class_install_properties (object_class, N_PROPS, props);

  signals[SIGNAL_CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
ptl_rule_item_init (PtlRuleItem *self)
{
}

PtlRuleItem *
ptl_rule_item_new (PtlRule *rule)
{
  PtlRuleItem *self = g_object_new (PTL_TYPE_RULE_ITEM, NULL);

  self->rule = rule;
  return self;
}

PtlRuleItem *
ptl_rule_item_new_placeholder (void)
{
  PtlRuleItem *self = ptl_rule_item_new (ptl_rule_new (PTL_KIND_MAPPING));

  self->placeholder = TRUE;
  return self;
}

gboolean
ptl_rule_item_is_placeholder (PtlRuleItem *self)
{
  g_return_val_if_fail (PTL_IS_RULE_ITEM (self), FALSE);
  return self->placeholder;
}

const PtlRule *
ptl_rule_item_get_rule (PtlRuleItem *self)
{
  g_return_val_if_fail (PTL_IS_RULE_ITEM (self), NULL);
  return self->rule;
}

static gboolean
differs (const PtlRule *a, const PtlRule *b, guint prop)
{
  g_auto (GValue) value_a = G_VALUE_INIT;
  g_auto (GValue) value_b = G_VALUE_INIT;

  g_value_init (&value_a, G_PARAM_SPEC_VALUE_TYPE (props[prop]));
  g_value_init (&value_b, G_PARAM_SPEC_VALUE_TYPE (props[prop]));
  get_value (a, prop, &value_a);
  get_value (b, prop, &value_b);
  return g_param_values_cmp (props[prop], &value_a, &value_b) != 0;
}

void
ptl_rule_item_update (PtlRuleItem *self, PtlRule *rule)
{
  g_autoptr (PtlRule) before = NULL;
  gboolean was_placeholder;

  g_return_if_fail (PTL_IS_RULE_ITEM (self));
  before = g_steal_pointer (&self->rule);
  self->rule = rule;
  was_placeholder = self->placeholder;
  self->placeholder = FALSE;

  g_object_freeze_notify (G_OBJECT (self));
  for (guint prop = PROP_0 + 1; prop < PROP_PLACEHOLDER; prop++)
    if (differs (before, rule, prop))
      g_object_notify_by_pspec (G_OBJECT (self), props[prop]);
  if (was_placeholder)
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_PLACEHOLDER]);
  g_object_thaw_notify (G_OBJECT (self));
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

/* Counters change every second or so for each busy rule: they take a short way that rebuilds
 * nothing. */
static gboolean
apply_count (PtlRule *rule, const char *key, GVariant *value, guint *prop)
{
  const struct
  {
    const char *key;
    guint64 *field;
    guint prop;
  } counts[] = {
    { "BytesIn", &rule->traffic.bytes_in, PROP_BYTES_IN },
    { "BytesOut", &rule->traffic.bytes_out, PROP_BYTES_OUT },
    { "ConnectionsNow", &rule->traffic.connections_now, PROP_CONNECTIONS_NOW },
    { "ConnectionsEver", &rule->traffic.connections_ever, PROP_0 },
    { "Refused", &rule->traffic.refused, PROP_0 },
  };

  *prop = PROP_0;
  if (g_str_equal (key, "LastUsed") && g_variant_is_of_type (value, G_VARIANT_TYPE_INT64))
    {
      rule->traffic.last_used = g_variant_get_int64 (value);
      return TRUE;
    }
  if (!g_variant_is_of_type (value, G_VARIANT_TYPE_UINT64))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    if (g_str_equal (key, counts[i].key))
      {
        *prop = *counts[i].field != g_variant_get_uint64 (value) ? counts[i].prop : PROP_0;
        *counts[i].field = g_variant_get_uint64 (value);
        return TRUE;
      }
  return FALSE;
}

/* Applies counters in place; FALSE when there is more in @changed than counters. */
static gboolean
apply_counts (PtlRuleItem *self, GVariant *changed)
{
  GVariantIter iter;
  const char *key;
  GVariant *value;
  gboolean only_counts = TRUE;

  g_object_freeze_notify (G_OBJECT (self));
  g_variant_iter_init (&iter, changed);
  while (g_variant_iter_loop (&iter, "{&sv}", &key, &value))
    {
      guint prop;

      if (!apply_count (self->rule, key, value, &prop))
        only_counts = FALSE;
      else if (prop != PROP_0)
        g_object_notify_by_pspec (G_OBJECT (self), props[prop]);
    }
  g_object_thaw_notify (G_OBJECT (self));
  return only_counts;
}

static PtlRule *
merge (const PtlRule *rule, GVariant *changed, GError **error)
{
  g_autoptr (GVariant) present = g_variant_ref_sink (ptl_rule_to_variant (rule));
  g_autoptr (GVariant) merged = NULL;
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (present);
  GVariantIter iter;
  const char *key;
  GVariant *value;

  g_variant_iter_init (&iter, changed);
  while (g_variant_iter_loop (&iter, "{&sv}", &key, &value))
    g_variant_dict_insert_value (&dict, key, value);
  merged = g_variant_ref_sink (g_variant_dict_end (&dict));
  return ptl_rule_from_variant (merged, error);
}

gboolean
ptl_rule_item_apply (PtlRuleItem *self, GVariant *changed, GError **error)
{
  PtlRule *rule;

  g_return_val_if_fail (PTL_IS_RULE_ITEM (self), FALSE);
  if (apply_counts (self, changed))
    {
      g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
      return TRUE;
    }
  rule = merge (self->rule, changed, error);
  if (rule == NULL)
    return FALSE;
  ptl_rule_item_update (self, rule);
  return TRUE;
}

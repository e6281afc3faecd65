/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-rule-object.h"

struct _PtlRuleObject
{
  PtlBusRule1Skeleton parent;
};

G_DEFINE_FINAL_TYPE (PtlRuleObject, ptl_rule_object, PTL_BUS_TYPE_RULE1_SKELETON)

static GVariant *
ptl_rule_object_get_properties (GDBusInterfaceSkeleton *skeleton)
{
  GVariant *properties =
      G_DBUS_INTERFACE_SKELETON_CLASS (ptl_rule_object_parent_class)->get_properties (skeleton);

  g_variant_get_data (properties);
  return properties;
}

static void
ptl_rule_object_class_init (PtlRuleObjectClass *klass)
{
  G_DBUS_INTERFACE_SKELETON_CLASS (klass)->get_properties = ptl_rule_object_get_properties;
}

static void
ptl_rule_object_init (PtlRuleObject *self)
{
}

PtlBusRule1 *
ptl_rule_object_new (void)
{
  return g_object_new (PTL_TYPE_RULE_OBJECT, NULL);
}

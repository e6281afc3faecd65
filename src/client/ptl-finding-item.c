/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-finding-item.h"

struct _PtlFindingItem
{
  GObject parent_instance;
  PtlReport *report;
  const PtlFinding *finding;
};

G_DEFINE_FINAL_TYPE (PtlFindingItem, ptl_finding_item, G_TYPE_OBJECT)

static void
ptl_finding_item_finalize (GObject *object)
{
  PtlFindingItem *self = PTL_FINDING_ITEM (object);

  ptl_report_unref (self->report);
  G_OBJECT_CLASS (ptl_finding_item_parent_class)->finalize (object);
}

static void
ptl_finding_item_class_init (PtlFindingItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ptl_finding_item_finalize;
}

static void
ptl_finding_item_init (PtlFindingItem *self)
{
}

PtlFindingItem *
ptl_finding_item_new (PtlReport *report, guint index)
{
  PtlFindingItem *self = g_object_new (PTL_TYPE_FINDING_ITEM, NULL);

  self->report = ptl_report_ref (report);
  self->finding = report->findings->pdata[index];
  return self;
}

const PtlFinding *
ptl_finding_item_get_finding (PtlFindingItem *self)
{
  g_return_val_if_fail (PTL_IS_FINDING_ITEM (self), NULL);
  return self->finding;
}

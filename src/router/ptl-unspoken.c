/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-unspoken.h"

#include "ptl-router-cause.h"

struct _PtlUnspoken
{
  PtlMapper parent;
};

G_DEFINE_FINAL_TYPE (PtlUnspoken, ptl_unspoken, PTL_TYPE_MAPPER)

static void
ptl_unspoken_probe (PtlMapper *mapper, GTask *task)
{
  g_task_return_error (task, ptl_router_cause_none (ptl_mapper_get_gateway (mapper)));
  g_object_unref (task);
}

static void
ptl_unspoken_class_init (PtlUnspokenClass *klass)
{
  PtlMapperClass *mapper_class = PTL_MAPPER_CLASS (klass);

  mapper_class->protocol = PTL_ROUTER_PROTOCOL_NATPMP;
  mapper_class->probe = ptl_unspoken_probe;
}

static void
ptl_unspoken_init (PtlUnspoken *self)
{
}

PtlMapper *
ptl_unspoken_new (PtlClock *clock, const char *gateway)
{
  return g_object_new (PTL_TYPE_UNSPOKEN, "clock", clock, "gateway", gateway, NULL);
}

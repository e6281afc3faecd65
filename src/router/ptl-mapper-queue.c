/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-mapper-queue.h"

#include <glib/gi18n-lib.h>

typedef struct
{
  PtlMapperOp kind;
  PtlMapping *mapping;
  PtlMapperQueue *queue; /* of the mapper, which the task keeps alive */
} Op;

static void run_queue (PtlMapperQueue *self, PtlMapper *mapper);

static void
op_free (Op *op)
{
  g_clear_pointer (&op->mapping, ptl_mapping_free);
  g_free (op);
}

void
ptl_mapper_queue_init (PtlMapperQueue *self)
{
  g_queue_init (&self->tasks);
  self->running = 0;
}

void
ptl_mapper_queue_clear (PtlMapperQueue *self)
{
  g_queue_clear (&self->tasks);
}

static gboolean
has_op (PtlMapperClass *klass, PtlMapperOp kind)
{
  switch (kind)
    {
    case PTL_MAPPER_OP_PROBE:
      return klass->probe != NULL;
    case PTL_MAPPER_OP_ADD:
      return klass->add != NULL;
    case PTL_MAPPER_OP_REMOVE:
      return klass->remove != NULL;
    case PTL_MAPPER_OP_READ_BACK:
      return klass->read_back != NULL;
    default:
      return klass->list != NULL;
    }
}

static void
on_task_completed (GTask *task, GParamSpec *pspec, gpointer user_data)
{
  PtlMapper *mapper = user_data;
  const Op *op = g_task_get_task_data (task);

  op->queue->running--;
  run_queue (op->queue, mapper);
}

/* Takes over @task. */
static void
run_op (PtlMapper *mapper, GTask *task)
{
  PtlMapperClass *klass = PTL_MAPPER_GET_CLASS (mapper);
  Op *op = g_task_get_task_data (task);

  if (g_cancellable_is_cancelled (g_task_get_cancellable (task)))
    {
      g_task_return_error (task, ptl_error_new (PTL_ERROR_CANCELLED, NULL,
                                                _ ("The request to the router was cancelled.")));
      g_object_unref (task);
      return;
    }
  op->queue->running++;
  g_signal_connect_object (task, "notify::completed", G_CALLBACK (on_task_completed), mapper, 0);
  if (op->kind == PTL_MAPPER_OP_PROBE)
    klass->probe (mapper, task);
  else if (op->kind == PTL_MAPPER_OP_ADD)
    klass->add (mapper, task, op->mapping);
  else if (op->kind == PTL_MAPPER_OP_REMOVE)
    klass->remove (mapper, task, op->mapping);
  else if (op->kind == PTL_MAPPER_OP_READ_BACK)
    klass->read_back (mapper, task, op->mapping);
  else
    klass->list (mapper, task);
}

static void
run_queue (PtlMapperQueue *self, PtlMapper *mapper)
{
  while (self->running < PTL_MAPPER_GET_CLASS (mapper)->parallel && !g_queue_is_empty (&self->tasks))
    run_op (mapper, g_queue_pop_head (&self->tasks));
}

void
ptl_mapper_queue_push (PtlMapperQueue *self,
                       PtlMapper *mapper,
                       PtlMapperOp kind,
                       const PtlMapping *mapping,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  GTask *task = g_task_new (mapper, cancellable, callback, user_data);
  Op *op = g_new0 (Op, 1);

  op->kind = kind;
  op->queue = self;
  op->mapping = mapping != NULL ? ptl_mapping_copy (mapping) : NULL;
  g_task_set_source_tag (task, ptl_mapper_queue_push);
  /* What was granted must not get lost because the request was cancelled a moment later. */
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, op, (GDestroyNotify) op_free);
  if (!has_op (PTL_MAPPER_GET_CLASS (mapper), kind))
    {
      g_task_return_error (task,
                           ptl_error_new (PTL_ERROR_NOT_SUPPORTED,
                                          _ ("Switch on UPnP in the router's settings."),
                                          _ ("This router's protocol cannot tell what it holds.")));
      g_object_unref (task);
      return;
    }
  /* What a person waits for should not stand behind a long listing's successors. */
  if (kind == PTL_MAPPER_OP_PROBE)
    g_queue_push_head (&self->tasks, task);
  else
    g_queue_push_tail (&self->tasks, task);
  run_queue (self, mapper);
}

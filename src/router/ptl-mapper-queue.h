/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-mapper.h"

G_BEGIN_DECLS

typedef enum
{
  PTL_MAPPER_OP_PROBE,
  PTL_MAPPER_OP_ADD,
  PTL_MAPPER_OP_REMOVE,
  PTL_MAPPER_OP_READ_BACK,
  PTL_MAPPER_OP_LIST,
} PtlMapperOp;

/**
 * PtlMapperQueue:
 *
 * The requests of one mapper, of which the router bears only some at a time. It belongs to the mapper.
 */
typedef struct
{
  GQueue tasks; /* of GTask */
  guint running;
} PtlMapperQueue;

void ptl_mapper_queue_init (PtlMapperQueue *self);
void ptl_mapper_queue_clear (PtlMapperQueue *self);
/* The answer is what the protocol's function returns on its task. NOT_SUPPORTED where it has none.
 * @mapping: copied; NULL where there is none. */
void ptl_mapper_queue_push (PtlMapperQueue *self,
                            PtlMapper *mapper,
                            PtlMapperOp kind,
                            const PtlMapping *mapping,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);

G_END_DECLS

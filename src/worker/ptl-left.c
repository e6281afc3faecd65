/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-left.h"

typedef struct
{
  GPtrArray *leases; /* of PtlLease */
  GError *error;
} Left;

static void
left_free (gpointer data)
{
  Left *left = data;

  g_clear_pointer (&left->leases, g_ptr_array_unref);
  g_clear_error (&left->error);
  g_free (left);
}

void
ptl_left_return (GTask *task, GPtrArray *left, GError *error)
{
  Left *both = g_new (Left, 1);

  both->leases = left;
  both->error = error;
  g_task_return_pointer (task, both, left_free);
  g_object_unref (task);
}

GPtrArray *
ptl_left_finish (GAsyncResult *result, GError **error)
{
  Left *both = g_task_propagate_pointer (G_TASK (result), NULL);
  GPtrArray *left = g_steal_pointer (&both->leases);

  if (both->error != NULL)
    g_propagate_error (error, g_steal_pointer (&both->error));
  left_free (both);
  return left;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-waiters.h"

#include <glib/gi18n-lib.h>

#include "core/ptl-error.h"

GPtrArray *
ptl_waiters_new (void)
{
  return g_ptr_array_new_with_free_func (g_object_unref);
}

void
ptl_waiters_leave (GPtrArray *waiting, const char *waiter)
{
  g_autoptr (GPtrArray) leaving = ptl_waiters_new ();

  for (guint i = waiting->len; i-- > 0;)
    if (g_strcmp0 (g_task_get_task_data (waiting->pdata[i]), waiter) == 0)
      g_ptr_array_add (leaving, g_ptr_array_steal_index (waiting, i));
  /* Who is told may come again, or have others leave. */
  for (guint i = 0; i < leaving->len; i++)
    g_task_return_error (leaving->pdata[i], ptl_error_new (PTL_ERROR_CANCELLED, NULL, _("The check was stopped.")));
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-igd-control.h"

void
ptl_igd_control_forget (PtlIgdControl *self)
{
  g_clear_pointer (&self->url, g_free);
  g_clear_pointer (&self->service_type, g_free);
}

gboolean
ptl_igd_control_learn (PtlIgdControl *self, PtlIgdAnswer *answer)
{
  if (answer->code != 0 || answer->control_url == NULL || answer->service_type == NULL)
    return FALSE;
  ptl_igd_control_forget (self);
  self->url = g_steal_pointer (&answer->control_url);
  self->service_type = g_steal_pointer (&answer->service_type);
  return TRUE;
}

void
ptl_igd_control_put (const PtlIgdControl *self, PtlIgdRequest *request)
{
  g_free (request->control_url);
  request->control_url = g_strdup (self->url);
  g_free (request->service_type);
  request->service_type = g_strdup (self->service_type);
}

gboolean
ptl_igd_control_is_stale (const PtlIgdAnswer *answer)
{
  return answer->code == PTL_IGD_CODE_SILENT || answer->code == PTL_IGD_CODE_GARBAGE
         || answer->code == PTL_IGD_CODE_CRASHED || answer->code == 401;
}

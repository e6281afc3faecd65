/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-igd-message.h"

G_BEGIN_DECLS

/* Where a service of an IGD is to be asked, from its description (UPnP Device Architecture 1.1,
 * clause 3). */
typedef struct
{
  char *url; /* NULL until discovered */
  char *service_type;
} PtlIgdControl;

void ptl_igd_control_forget (PtlIgdControl *self);
/* Takes it out of what a discovery found. FALSE, and nothing is changed, where it found none. */
gboolean ptl_igd_control_learn (PtlIgdControl *self, PtlIgdAnswer *answer);
/* @request is to go there. */
void ptl_igd_control_put (const PtlIgdControl *self, PtlIgdRequest *request);
/* Whether @answer is what comes where the control URL is no more: some routers move their control
 * port when they restart. */
gboolean ptl_igd_control_is_stale (const PtlIgdAnswer *answer);

G_END_DECLS

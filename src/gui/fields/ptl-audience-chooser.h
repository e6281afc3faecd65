/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "core/ptl-audience.h"

G_BEGIN_DECLS

/**
 * PtlAudienceChooser:
 *
 * Who may connect: anyone who has the address, only some networks, or everyone but some; typed as CIDR and checked as
 * they are typed. Signal `changed`.
 */
#define PTL_TYPE_AUDIENCE_CHOOSER (ptl_audience_chooser_get_type ())
G_DECLARE_FINAL_TYPE (PtlAudienceChooser, ptl_audience_chooser, PTL, AUDIENCE_CHOOSER, AdwPreferencesGroup)

void ptl_audience_chooser_focus (PtlAudienceChooser *self);
/* Whether strangers are let in: anyone is, or everyone but some. */
gboolean ptl_audience_chooser_is_anyone (PtlAudienceChooser *self);
void ptl_audience_chooser_set_audience (PtlAudienceChooser *self, const PtlAudience *audience);
PtlAudience *ptl_audience_chooser_dup_audience (PtlAudienceChooser *self, GError **error);
/* Shows what is wrong and puts the focus there, or gives the networks as on the bus; none = anyone. (transfer full) */
gboolean ptl_audience_chooser_check (PtlAudienceChooser *self, char ***networks);
/* The words for "anyone", which differ with what is opened. */
void ptl_audience_chooser_set_anyone_label (PtlAudienceChooser *self, const char *label);

G_END_DECLS

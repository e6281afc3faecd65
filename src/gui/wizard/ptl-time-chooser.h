/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "ptl-term.h"

G_BEGIN_DECLS

/**
 * PtlTimeChooser:
 *
 * For how long: presets, an own length of time or an own end; below it, when that is.
 */
#define PTL_TYPE_TIME_CHOOSER (ptl_time_chooser_get_type ())
G_DECLARE_FINAL_TYPE (PtlTimeChooser, ptl_time_chooser, PTL, TIME_CHOOSER, AdwPreferencesGroup)

/* Fills in the person's usual length of time. */
void ptl_time_chooser_set_seconds (PtlTimeChooser *self, gint64 seconds);
/* Shows what is wrong and puts the focus there, or gives the term. */
gboolean ptl_time_chooser_check (PtlTimeChooser *self, PtlTerm *term);

G_END_DECLS

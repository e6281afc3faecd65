/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "core/ptl-finding.h"

G_BEGIN_DECLS

/**
 * PtlFindingMarks:
 *
 * The four views of a port side by side: declared, listening, forwarded, seen; each lit where it is so.
 */
#define PTL_TYPE_FINDING_MARKS (ptl_finding_marks_get_type ())
G_DECLARE_FINAL_TYPE (PtlFindingMarks, ptl_finding_marks, PTL, FINDING_MARKS, GtkWidget)

GtkWidget *ptl_finding_marks_new (void);
void ptl_finding_marks_set_finding (PtlFindingMarks *self, const PtlFinding *finding);

typedef enum
{
  PTL_MARK_DECLARED,
  PTL_MARK_LISTENING,
  PTL_MARK_FORWARDED,
  PTL_MARK_SEEN,
  PTL_N_MARKS /*< skip >*/
} PtlFindingMark;
gboolean ptl_finding_has_mark (const PtlFinding *finding, PtlFindingMark mark);
const char *ptl_finding_mark_to_icon (PtlFindingMark mark);
/* "Declared by a rule", "Not declared by a rule" */
const char *ptl_finding_mark_to_words (PtlFindingMark mark, gboolean lit);

G_END_DECLS

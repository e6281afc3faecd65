/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-finding-marks.h"

#include <glib/gi18n-lib.h>

struct _PtlFindingMarks
{
  GtkWidget parent_instance;
  GtkWidget *icons[PTL_N_MARKS];
};

G_DEFINE_FINAL_TYPE (PtlFindingMarks, ptl_finding_marks, GTK_TYPE_WIDGET)

static gboolean
is_seen (const PtlFinding *finding)
{
  for (guint i = 0; i < finding->seen->len; i++)
    if (((const PtlSighting *) finding->seen->pdata[i])->state == PTL_SEEN_OPEN)
      return TRUE;
  return FALSE;
}

gboolean
ptl_finding_has_mark (const PtlFinding *finding, PtlFindingMark mark)
{
  switch (mark)
    {
    case PTL_MARK_DECLARED:
      return *finding->declared != '\0';
    case PTL_MARK_LISTENING:
      return finding->listening != NULL;
    case PTL_MARK_FORWARDED:
      return finding->forwarded->len > 0;
    case PTL_MARK_SEEN:
      return is_seen (finding);
    case PTL_N_MARKS:
      break;
    }
  return FALSE;
}

const char *
ptl_finding_mark_to_icon (PtlFindingMark mark)
{
  static const char *const icons[] = { "text-x-generic-symbolic", "ptl-program-symbolic", "ptl-router-symbolic",
                                       "view-reveal-symbolic" };

  return icons[mark];
}

const char *
ptl_finding_mark_to_words (PtlFindingMark mark, gboolean lit)
{
  switch (mark)
    {
    case PTL_MARK_DECLARED:
      return lit ? _("Declared by a rule") : _("Declared by no rule");
    case PTL_MARK_LISTENING:
      return lit ? _("A program of this computer listens") : _("No program of this computer listens");
    case PTL_MARK_FORWARDED:
      return lit ? _("Something leads to it from outside") : _("Nothing leads to it from outside");
    case PTL_MARK_SEEN:
      return lit ? _("Seen to answer") : _("Not seen to answer");
    case PTL_N_MARKS:
      break;
    }
  return "";
}

void
ptl_finding_marks_set_finding (PtlFindingMarks *self, const PtlFinding *finding)
{
  for (PtlFindingMark mark = 0; mark < PTL_N_MARKS; mark++)
    {
      gboolean lit = ptl_finding_has_mark (finding, mark);

      gtk_widget_set_tooltip_text (self->icons[mark], ptl_finding_mark_to_words (mark, lit));
      if (lit)
        gtk_widget_remove_css_class (self->icons[mark], "off");
      else
        gtk_widget_add_css_class (self->icons[mark], "off");
    }
}

static void
ptl_finding_marks_dispose (GObject *object)
{
  PtlFindingMarks *self = PTL_FINDING_MARKS (object);

  for (guint i = 0; i < PTL_N_MARKS; i++)
    g_clear_pointer (&self->icons[i], gtk_widget_unparent);
  G_OBJECT_CLASS (ptl_finding_marks_parent_class)->dispose (object);
}

static void
ptl_finding_marks_class_init (PtlFindingMarksClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ptl_finding_marks_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "findingmarks");
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
ptl_finding_marks_init (PtlFindingMarks *self)
{
  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (gtk_widget_get_layout_manager (GTK_WIDGET (self))), 8);
  for (PtlFindingMark mark = 0; mark < PTL_N_MARKS; mark++)
    {
      self->icons[mark] = gtk_image_new_from_icon_name (ptl_finding_mark_to_icon (mark));
      gtk_widget_set_parent (self->icons[mark], GTK_WIDGET (self));
    }
}

GtkWidget *
ptl_finding_marks_new (void)
{
  return g_object_new (PTL_TYPE_FINDING_MARKS, NULL);
}

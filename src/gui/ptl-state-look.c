/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-state-look.h"

#include <glib/gi18n-lib.h>

const PtlStateLook *
ptl_state_look_find (const PtlStateLook *looks, guint n, const char *name, guint otherwise)
{
  for (guint i = 0; i < n; i++)
    if (g_str_equal (name, looks[i].name))
      return &looks[i];
  return &looks[otherwise];
}

void
ptl_state_look_show (const PtlStateLook *self, const char *context, GtkLabel *label, GtkImage *icon, const char **style)
{
  gtk_label_set_text (label, g_dpgettext2 (GETTEXT_PACKAGE, context, self->words));
  gtk_image_set_from_icon_name (icon, self->icon);
  if (*style)
    gtk_widget_remove_css_class (GTK_WIDGET (icon), *style);
  gtk_widget_add_css_class (GTK_WIDGET (icon), self->style);
  *style = self->style;
}

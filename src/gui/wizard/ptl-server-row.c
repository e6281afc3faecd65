/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-server-row.h"

struct _PtlServerRow
{
  AdwActionRow parent_instance;
};

G_DEFINE_FINAL_TYPE (PtlServerRow, ptl_server_row, ADW_TYPE_ACTION_ROW)

static void
ptl_server_row_class_init (PtlServerRowClass *klass)
{
  gtk_widget_class_set_template_from_resource (
      GTK_WIDGET_CLASS (klass), "/io/github/portolan/Portolan/wizard/ptl-server-row.ui");
}

static void
ptl_server_row_init (PtlServerRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

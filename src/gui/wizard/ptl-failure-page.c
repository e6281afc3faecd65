/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-failure-page.h"

#include "core/ptl-error.h"
#include "ptl-server-row.h"

struct _PtlFailurePage
{
  PtlWizardPage parent_instance;
  GtkLabel *what_label;
  GtkLabel *advice_label;
  GtkLabel *leftover_label;
  GtkWidget *server_group;
};

G_DEFINE_FINAL_TYPE (PtlFailurePage, ptl_failure_page, PTL_TYPE_WIZARD_PAGE)

static void
set_label (GtkLabel *label, const char *text)
{
  gtk_label_set_label (label, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (label), text != NULL && *text != '\0');
}

void
ptl_failure_page_show (PtlFailurePage *self,
                       const GError *error,
                       const char *leftover,
                       gboolean offer_server)
{
  g_autofree char *what = ptl_error_dup_what (error);
  g_autofree char *advice = ptl_error_dup_advice (error);

  g_return_if_fail (PTL_IS_FAILURE_PAGE (self));
  set_label (self->what_label, what);
  set_label (self->advice_label, advice);
  set_label (self->leftover_label, leftover);
  gtk_widget_set_visible (self->server_group, offer_server);
}

static void
ptl_failure_page_class_init (PtlFailurePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (PTL_TYPE_SERVER_ROW);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/portolan/Portolan/wizard/"
                                                             "ptl-failure-page.ui");
  gtk_widget_class_bind_template_child (widget_class, PtlFailurePage, what_label);
  gtk_widget_class_bind_template_child (widget_class, PtlFailurePage, advice_label);
  gtk_widget_class_bind_template_child (widget_class, PtlFailurePage, leftover_label);
  gtk_widget_class_bind_template_child (widget_class, PtlFailurePage, server_group);
}

static void
ptl_failure_page_init (PtlFailurePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

PtlFailurePage *
ptl_failure_page_new (void)
{
  return g_object_new (PTL_TYPE_FAILURE_PAGE, NULL);
}

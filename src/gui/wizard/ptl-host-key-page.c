/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-host-key-page.h"

#include <glib/gi18n-lib.h>

#include "core/ptl-text.h"
#include "ptl-host-key-words.h"

struct _PtlHostKeyPage
{
  PtlWizardPage parent_instance;
  GtkLabel *intro_label;
  GtkLabel *type_label;
  GtkLabel *fingerprint_label;
  GtkLabel *command_label;
  char *key;
};

G_DEFINE_FINAL_TYPE (PtlHostKeyPage, ptl_host_key_page, PTL_TYPE_WIZARD_PAGE)

const char *
ptl_host_key_page_get_key (PtlHostKeyPage *self)
{
  g_return_val_if_fail (PTL_IS_HOST_KEY_PAGE (self), NULL);
  return self->key;
}

void
ptl_host_key_page_show (PtlHostKeyPage *self, const char *server, const char *key)
{
  g_autofree char *type = NULL, *fingerprint = NULL, *command = ptl_host_key_command (key);
  g_autofree char *safe_server = ptl_text_make_safe (server, -1, 80);
  g_autofree char *intro = NULL;

  g_return_if_fail (PTL_IS_HOST_KEY_PAGE (self));
  g_free (self->key);
  self->key = g_strdup (key);
  ptl_host_key_split (key, &type, &fingerprint);
  /* Translators: %s is the name of a server. */
  intro
      = g_strdup_printf (_ ("This is the first time that Portolan meets “%s”. Compare its "
                            "fingerprint before you "
                            "trust it: someone in between could show another one and read along."),
                         safe_server);
  gtk_label_set_label (self->intro_label, intro);
  gtk_label_set_label (self->type_label, type);
  gtk_label_set_label (self->fingerprint_label, fingerprint);
  gtk_label_set_label (self->command_label, command);
}

static void
ptl_host_key_page_finalize (GObject *object)
{
  g_free (PTL_HOST_KEY_PAGE (object)->key);
  G_OBJECT_CLASS (ptl_host_key_page_parent_class)->finalize (object);
}

static void
ptl_host_key_page_class_init (PtlHostKeyPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = ptl_host_key_page_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/portolan/Portolan/wizard/"
                                                             "ptl-host-key-page.ui");
  gtk_widget_class_bind_template_child (widget_class, PtlHostKeyPage, intro_label);
  gtk_widget_class_bind_template_child (widget_class, PtlHostKeyPage, type_label);
  gtk_widget_class_bind_template_child (widget_class, PtlHostKeyPage, fingerprint_label);
  gtk_widget_class_bind_template_child (widget_class, PtlHostKeyPage, command_label);
}

static void
ptl_host_key_page_init (PtlHostKeyPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

PtlHostKeyPage *
ptl_host_key_page_new (void)
{
  return g_object_new (PTL_TYPE_HOST_KEY_PAGE, NULL);
}

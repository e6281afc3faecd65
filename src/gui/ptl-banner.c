/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-banner.h"

#include "ptl-a11y.h"
#include "ptl-gui.h"
#include "ptl-wrap-layout.h"

struct _PtlBanner
{
  GtkWidget parent_instance;
  GtkRevealer *revealer;
  GtkImage *icon;
  GtkLabel *what;
  GtkLabel *advice;
  GtkButton *button;
};

enum
{
  PROP_0,
  PROP_ICON_NAME,
  PROP_BUTTON_LABEL,
  PROP_ACTION_NAME,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (PtlBanner, ptl_banner, GTK_TYPE_WIDGET)

void
ptl_banner_set_message (PtlBanner *self, const char *message)
{
  gboolean revealed = message && *message;
  g_auto (GStrv) lines = g_strsplit (revealed ? message : "", "\n", 2);

  if (revealed)
    gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
  gtk_revealer_set_reveal_child (self->revealer, revealed);
  /* While it slides away it keeps its words. */
  if (!revealed)
    return;
  gtk_label_set_text (self->what, lines[0]);
  gtk_label_set_text (self->advice, lines[1] ? lines[1] : "");
  gtk_widget_set_visible (GTK_WIDGET (self->advice), lines[1] != NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, message, -1);
}

static void
on_child_revealed (PtlBanner *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self), gtk_revealer_get_reveal_child (self->revealer)
                                                 || gtk_revealer_get_child_revealed (self->revealer));
}

static void
ptl_banner_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  PtlBanner *self = PTL_BANNER (object);
  const char *text = g_value_get_string (value);

  switch (id)
    {
    case PROP_ICON_NAME:
      gtk_image_set_from_icon_name (self->icon, text);
      break;
    case PROP_BUTTON_LABEL:
      gtk_button_set_label (self->button, text);
      ptl_a11y_name_buttons (GTK_WIDGET (self->button));
      gtk_widget_set_visible (GTK_WIDGET (self->button), text != NULL);
      break;
    case PROP_ACTION_NAME:
      gtk_actionable_set_action_name (GTK_ACTIONABLE (self->button), text);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
ptl_banner_dispose (GObject *object)
{
  PtlBanner *self = PTL_BANNER (object);

  g_clear_pointer ((GtkWidget **) &self->revealer, gtk_widget_unparent);
  G_OBJECT_CLASS (ptl_banner_parent_class)->dispose (object);
}

static void
ptl_banner_class_init (PtlBannerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->set_property = ptl_banner_set_property;
  object_class->dispose = ptl_banner_dispose;
  props[PROP_ICON_NAME] = g_param_spec_string ("icon-name", NULL, NULL, NULL,
                                               G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS);
  props[PROP_BUTTON_LABEL] = g_param_spec_string ("button-label", NULL, NULL, NULL,
                                                  G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS);
  props[PROP_ACTION_NAME] = g_param_spec_string ("action-name", NULL, NULL, NULL,
                                                 G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  g_type_ensure (PTL_TYPE_WRAP_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, PTL_GUI_RESOURCES "/ptl-banner.ui");
  gtk_widget_class_bind_template_child (widget_class, PtlBanner, revealer);
  gtk_widget_class_bind_template_child (widget_class, PtlBanner, icon);
  gtk_widget_class_bind_template_child (widget_class, PtlBanner, what);
  gtk_widget_class_bind_template_child (widget_class, PtlBanner, advice);
  gtk_widget_class_bind_template_child (widget_class, PtlBanner, button);
  gtk_widget_class_bind_template_callback (widget_class, on_child_revealed);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_ALERT);
}

static void
ptl_banner_init (PtlBanner *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-wizard-page.h"

typedef struct
{
  char *title;
  char *action_label;
  gboolean ready;
  gboolean careful;
} PtlWizardPagePrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (PtlWizardPage, ptl_wizard_page, ADW_TYPE_BIN)

enum
{
  PROP_0,
  PROP_TITLE,
  PROP_ACTION_LABEL,
  PROP_READY,
  PROP_CAREFUL,
  N_PROPS
};

static GParamSpec *props[N_PROPS];
static guint go_on_signal;

static PtlWizardPagePrivate *
get_private (PtlWizardPage *self)
{
  return ptl_wizard_page_get_instance_private (self);
}

static void
ptl_wizard_page_finalize (GObject *object)
{
  PtlWizardPagePrivate *priv = get_private (PTL_WIZARD_PAGE (object));

  g_free (priv->title);
  g_free (priv->action_label);
  G_OBJECT_CLASS (ptl_wizard_page_parent_class)->finalize (object);
}

static void
ptl_wizard_page_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PtlWizardPagePrivate *priv = get_private (PTL_WIZARD_PAGE (object));

  switch (id)
    {
    case PROP_TITLE:
      g_value_set_string (value, priv->title);
      break;
    case PROP_ACTION_LABEL:
      g_value_set_string (value, priv->action_label);
      break;
    case PROP_READY:
      g_value_set_boolean (value, priv->ready);
      break;
    case PROP_CAREFUL:
      g_value_set_boolean (value, priv->careful);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
ptl_wizard_page_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  PtlWizardPage *self = PTL_WIZARD_PAGE (object);

  switch (id)
    {
    case PROP_TITLE:
      ptl_wizard_page_set_title (self, g_value_get_string (value));
      break;
    case PROP_ACTION_LABEL:
      ptl_wizard_page_set_action_label (self, g_value_get_string (value));
      break;
    case PROP_READY:
      ptl_wizard_page_set_ready (self, g_value_get_boolean (value));
      break;
    case PROP_CAREFUL:
      ptl_wizard_page_set_careful (self, g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
ptl_wizard_page_class_init (PtlWizardPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->finalize = ptl_wizard_page_finalize;
  object_class->get_property = ptl_wizard_page_get_property;
  object_class->set_property = ptl_wizard_page_set_property;
  props[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, flags);
  props[PROP_ACTION_LABEL] = g_param_spec_string ("action-label", NULL, NULL, NULL, flags);
  props[PROP_READY] = g_param_spec_boolean ("ready", NULL, NULL, TRUE, flags);
  props[PROP_CAREFUL] = g_param_spec_boolean ("careful", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
  go_on_signal = g_signal_new ("go-on", PTL_TYPE_WIZARD_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                               NULL, G_TYPE_NONE, 0);
}

static void
ptl_wizard_page_init (PtlWizardPage *self)
{
  get_private (self)->ready = TRUE;
}

const char *
ptl_wizard_page_get_title (PtlWizardPage *self)
{
  g_return_val_if_fail (PTL_IS_WIZARD_PAGE (self), NULL);
  return get_private (self)->title;
}

const char *
ptl_wizard_page_get_action_label (PtlWizardPage *self)
{
  g_return_val_if_fail (PTL_IS_WIZARD_PAGE (self), NULL);
  return get_private (self)->action_label;
}

gboolean
ptl_wizard_page_get_ready (PtlWizardPage *self)
{
  g_return_val_if_fail (PTL_IS_WIZARD_PAGE (self), FALSE);
  return get_private (self)->ready;
}

static void
set_text (PtlWizardPage *self, char **field, const char *text, guint prop)
{
  if (g_strcmp0 (*field, text) == 0)
    return;
  g_free (*field);
  *field = g_strdup (text);
  g_object_notify_by_pspec (G_OBJECT (self), props[prop]);
}

void
ptl_wizard_page_set_title (PtlWizardPage *self, const char *title)
{
  g_return_if_fail (PTL_IS_WIZARD_PAGE (self));
  set_text (self, &get_private (self)->title, title, PROP_TITLE);
}

void
ptl_wizard_page_set_action_label (PtlWizardPage *self, const char *label)
{
  g_return_if_fail (PTL_IS_WIZARD_PAGE (self));
  set_text (self, &get_private (self)->action_label, label, PROP_ACTION_LABEL);
}

void
ptl_wizard_page_set_ready (PtlWizardPage *self, gboolean ready)
{
  g_return_if_fail (PTL_IS_WIZARD_PAGE (self));
  if (get_private (self)->ready == ready)
    return;
  get_private (self)->ready = ready;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_READY]);
}

gboolean
ptl_wizard_page_get_careful (PtlWizardPage *self)
{
  g_return_val_if_fail (PTL_IS_WIZARD_PAGE (self), FALSE);
  return get_private (self)->careful;
}

void
ptl_wizard_page_set_careful (PtlWizardPage *self, gboolean careful)
{
  g_return_if_fail (PTL_IS_WIZARD_PAGE (self));
  if (get_private (self)->careful == careful)
    return;
  get_private (self)->careful = careful;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_CAREFUL]);
}

gboolean
ptl_wizard_page_check (PtlWizardPage *self)
{
  PtlWizardPageClass *klass = PTL_WIZARD_PAGE_GET_CLASS (self);

  return klass->check == NULL || klass->check (self);
}

gboolean
ptl_wizard_page_enter (PtlWizardPage *self)
{
  PtlWizardPageClass *klass = PTL_WIZARD_PAGE_GET_CLASS (self);

  if (klass->enter == NULL)
    return FALSE;
  klass->enter (self);
  return TRUE;
}

void
ptl_wizard_page_go_on (PtlWizardPage *self)
{
  g_return_if_fail (PTL_IS_WIZARD_PAGE (self));
  g_signal_emit (self, go_on_signal, 0);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-fingerprints.h"
#include "ptl-json-read.h"

#include "core/ptl-error.h"

static gboolean
load_control (PtlWeight *self, JsonObject *object, GError **error)
{
  static const char *const words[] = { "none", "media", "data", "admin", "host" };
  g_autofree char *word = NULL;

  if (!ptl_json_text (object, "control", &word, error))
    return FALSE;
  for (guint i = 0; word != NULL && i < G_N_ELEMENTS (words); i++)
    if (g_str_equal (word, words[i]))
      {
        self->control = i;
        return TRUE;
      }
  if (word == NULL)
    return TRUE;
  ptl_error_set (error, PTL_ERROR_INVALID, NULL, "“%s” is not a control that is known.", word);
  return FALSE;
}

static gboolean
load_severities (PtlWeight *self, JsonObject *object, GError **error)
{
  static const char *const known[] = { "unknown", "open", "protected", "none", NULL };
  JsonObject *severities = NULL;

  if (!ptl_json_object (object, "severity", &severities, error))
    return FALSE;
  if (severities != NULL && !ptl_json_only (severities, known, error))
    return FALSE;
  for (guint auth = 0; severities != NULL && auth < PTL_N_AUTHS; auth++)
    {
      g_autofree char *word = NULL;
      PtlSeverity severity;

      if (!ptl_json_text (severities, ptl_auth_to_string (auth), &word, error))
        return FALSE;
      if (word == NULL)
        continue;
      if (!ptl_severity_from_string (word, &severity))
        {
          ptl_error_set (error, PTL_ERROR_INVALID, NULL, "“%s” is not a severity.", word);
          return FALSE;
        }
      self->severity[auth] = severity;
    }
  return TRUE;
}

static gboolean
load_advice (PtlWeight *self, JsonObject *object, GError **error)
{
  static const char *const known[] = { "unknown", "open", "protected", "none", NULL };
  JsonObject *advice = NULL;

  if (!ptl_json_object (object, "advice", &advice, error))
    return FALSE;
  if (advice != NULL && !ptl_json_only (advice, known, error))
    return FALSE;
  for (guint auth = 0; advice != NULL && auth < PTL_N_AUTHS; auth++)
    if (!ptl_json_text (advice, ptl_auth_to_string (auth), &self->advice[auth], error))
      return FALSE;
  return TRUE;
}

gboolean
ptl_weight_load (PtlWeight *self, JsonObject *object, GError **error)
{
  for (guint auth = 0; auth < PTL_N_AUTHS; auth++)
    self->severity[auth] = PTL_SEVERITY_UNTOLD;
  return load_control (self, object, error) && load_severities (self, object, error)
         && load_advice (self, object, error);
}

void
ptl_weight_clear (PtlWeight *self)
{
  for (guint auth = 0; auth < PTL_N_AUTHS; auth++)
    g_clear_pointer (&self->advice[auth], g_free);
}

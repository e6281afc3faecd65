/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-fingerprints.h"
#include "ptl-json-read.h"

#include <string.h>

#include "core/ptl-error.h"

#define MAX_SENT 2048

static void
ptl_answer_free (PtlAnswer *self)
{
  g_clear_pointer (&self->match, ptl_pattern_free);
  g_free (self->service);
  g_free (self->product);
  g_free (self->version);
  g_free (self->note);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlAnswer, ptl_answer_free)

static void
ptl_step_free (PtlStep *self)
{
  g_clear_pointer (&self->send, g_bytes_unref);
  g_clear_pointer (&self->answers, g_ptr_array_unref);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlStep, ptl_step_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlTalk, ptl_talk_free)

void
ptl_talk_free (PtlTalk *self)
{
  g_free (self->service);
  g_clear_pointer (&self->ports, g_array_unref);
  g_clear_pointer (&self->steps, g_ptr_array_unref);
  g_free (self);
}

static PtlAnswer *
load_answer (JsonObject *object, GError **error)
{
  static const char *const known[]
      = { "match", "service", "product", "version", "note", "auth", "last", NULL };
  g_autoptr (PtlAnswer) self = g_new0 (PtlAnswer, 1);

  self->auth = PTL_AUTH_UNTOLD;
  if (!ptl_json_only (object, known, error)
      || !ptl_json_pattern (object, "match", FALSE, &self->match, error)
      || !ptl_json_text (object, "service", &self->service, error)
      || !ptl_json_text (object, "product", &self->product, error)
      || !ptl_json_text (object, "version", &self->version, error)
      || !ptl_json_text (object, "note", &self->note, error)
      || !ptl_json_auth (object, "auth", &self->auth, error)
      || !ptl_json_flag (object, "last", &self->last, error))
    return NULL;
  if (self->match != NULL)
    return g_steal_pointer (&self);
  ptl_error_set (error, PTL_ERROR_INVALID, NULL, "An answer has no “match”.");
  return NULL;
}

/* "\r\n\x00" as bytes. */
static GBytes *
unescape (const char *text, GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  for (const char *p = text; *p != '\0'; p++)
    {
      guint8 byte = (guint8) *p;

      if (*p == '\\')
        switch (*++p)
          {
          case 'r':
            byte = '\r';
            break;
          case 'n':
            byte = '\n';
            break;
          case '\\':
            break;
          case 'x':
            if (g_ascii_isxdigit (p[1]) && g_ascii_isxdigit (p[2]))
              {
                byte = (guint8) (g_ascii_xdigit_value (p[1]) << 4 | g_ascii_xdigit_value (p[2]));
                p += 2;
                break;
              }
            G_GNUC_FALLTHROUGH;
          default:
            ptl_error_set (error, PTL_ERROR_INVALID, NULL, "“%s” has an escape that is not known.",
                           text);
            return NULL;
          }
      g_byte_array_append (bytes, &byte, 1);
    }
  if (bytes->len <= MAX_SENT)
    return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
  ptl_error_set (error, PTL_ERROR_INVALID, NULL, "A “send” is too long.");
  return NULL;
}

static gboolean
load_answers (PtlStep *self, JsonObject *object, GError **error)
{
  JsonArray *answers = NULL;

  if (!ptl_json_array (object, "answers", &answers, error))
    return FALSE;
  self->answers = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_answer_free);
  for (guint i = 0; answers != NULL && i < json_array_get_length (answers); i++)
    {
      JsonObject *element = ptl_json_element (answers, i, error);
      PtlAnswer *answer = element == NULL ? NULL : load_answer (element, error);

      if (answer == NULL)
        return FALSE;
      g_ptr_array_add (self->answers, answer);
    }
  return TRUE;
}

static PtlStep *
load_step (JsonObject *object, GError **error)
{
  static const char *const known[] = { "send", "answers", NULL };
  g_autoptr (PtlStep) self = g_new0 (PtlStep, 1);
  g_autofree char *send = NULL;

  if (!ptl_json_only (object, known, error) || !ptl_json_text (object, "send", &send, error)
      || !load_answers (self, object, error))
    return NULL;
  if (send != NULL && (self->send = unescape (send, error)) == NULL)
    return NULL;
  self->has_place = send != NULL && strstr (send, "{host}") != NULL;
  return g_steal_pointer (&self);
}

PtlTalk *
ptl_talk_load (JsonObject *object, GError **error)
{
  static const char *const known[]
      = { "service", "ports", "udp", "usual_only", "no_tls", "steps", NULL };
  g_autoptr (PtlTalk) self = g_new0 (PtlTalk, 1);
  JsonArray *steps = NULL;

  self->steps = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_step_free);
  if (!ptl_json_only (object, known, error)
      || !ptl_json_text (object, "service", &self->service, error)
      || !ptl_json_numbers (object, "ports", sizeof (guint16), &self->ports, error)
      || !ptl_json_flag (object, "udp", &self->udp, error)
      || !ptl_json_flag (object, "usual_only", &self->usual_only, error)
      || !ptl_json_flag (object, "no_tls", &self->no_tls, error)
      || !ptl_json_array (object, "steps", &steps, error))
    return NULL;
  for (guint i = 0; steps != NULL && i < json_array_get_length (steps); i++)
    {
      JsonObject *element = ptl_json_element (steps, i, error);
      PtlStep *step = element == NULL ? NULL : load_step (element, error);

      if (step == NULL)
        return NULL;
      g_ptr_array_add (self->steps, step);
    }
  if (self->service != NULL && self->steps->len > 0)
    return g_steal_pointer (&self);
  ptl_error_set (error, PTL_ERROR_INVALID, NULL, "A talk has no “service”, or no “steps”.");
  return NULL;
}

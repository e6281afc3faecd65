/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-ctl-output.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <unistd.h>

#include "core/ptl-error.h"
#include "core/ptl-text.h"

void
ptl_ctl_print (PtlCtl *self, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_string_append_vprintf (self->out, format, args);
  va_end (args);
}

static char *
to_text (JsonBuilder *builder, gboolean line)
{
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  g_autoptr (JsonNode) root = json_builder_get_root (builder);

  json_generator_set_root (generator, root);
  json_generator_set_pretty (generator, !line);
  return json_generator_to_data (generator, NULL);
}

void
ptl_ctl_print_json (PtlCtl *self, JsonBuilder *builder, gboolean line)
{
  g_autofree char *text = to_text (builder, line);

  g_string_append (self->out, text);
  g_string_append_c (self->out, '\n');
}

static gboolean
write_all (int fd, const char *text, gsize length)
{
  while (length > 0)
    {
      gssize n = write (fd, text, length);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return FALSE;
      text += n;
      length -= (gsize) n;
    }
  return TRUE;
}

gboolean
ptl_ctl_flush (PtlCtl *self, GError **error)
{
  gboolean written = write_all (STDOUT_FILENO, self->out->str, self->out->len);
  int code = errno;

  g_string_truncate (self->out, 0);
  if (!written)
    ptl_error_set (error, PTL_ERROR_FAILED, _("Send the output to another place and ask again."),
                   /* Translators: %s is the system's reason, like “No space left on device” */
                   _("The answer could not be written: %s."), g_strerror (code));
  return written;
}

static char *
json_error (PtlError code, const char *message, const char *advice)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "error");
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "code");
  json_builder_add_string_value (builder, ptl_error_code_to_name (code));
  json_builder_set_member_name (builder, "message");
  json_builder_add_string_value (builder, message);
  json_builder_set_member_name (builder, "advice");
  json_builder_add_string_value (builder, advice);
  json_builder_end_object (builder);
  json_builder_end_object (builder);
  return to_text (builder, TRUE);
}

/* Every error says what to do: where it does not, and arguments were wrong, the help does. */
static char *
advice_for (PtlCtl *self, const GError *error, PtlError code)
{
  g_autofree char *advice = ptl_error_dup_advice (error);

  if (*advice != '\0')
    return ptl_text_make_safe (advice, -1, 0);
  if (code == PTL_ERROR_INVALID && self->verb != NULL)
    return g_strdup_printf (_("See “portolanctl %s --help”."), self->verb->name);
  return g_strdup ("");
}

int
ptl_ctl_report (PtlCtl *self, const GError *error)
{
  PtlError code = ptl_error_code_of (error);
  g_autofree char *what = ptl_error_dup_what (error);
  g_autofree char *message = ptl_text_make_safe (what, -1, 0);
  g_autofree char *advice = advice_for (self, error, code);
  g_autofree char *json = self->json ? json_error (code, message, advice) : NULL;
  g_autofree char *line = json != NULL
                              ? g_strconcat (json, "\n", NULL)
                              : g_strconcat ("portolanctl: ", message, *advice != '\0' ? " " : "",
                                             advice, "\n", NULL);

  write_all (STDERR_FILENO, line, strlen (line));
  return ptl_error_code_to_exit (code);
}

void
ptl_ctl_note (PtlCtl *self, const char *format, ...)
{
  g_autofree char *text = NULL;
  g_autofree char *line = NULL;
  va_list args;

  if (self->json)
    return;
  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  line = g_strconcat (text, "\n", NULL);
  write_all (STDERR_FILENO, line, strlen (line));
}

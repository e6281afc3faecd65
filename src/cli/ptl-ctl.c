/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-ctl.h"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <unistd.h>

#include "core/ptl-error.h"
#include "core/ptl-text.h"
#include "ptl-ctl-options.h"
#include "ptl-ctl-output.h"

/* --- what the command line said --- */

gboolean
ptl_ctl_has (PtlCtl *self, const char *option)
{
  return g_hash_table_contains (self->values, option);
}

const char *
ptl_ctl_get (PtlCtl *self, const char *option)
{
  GPtrArray *values = g_hash_table_lookup (self->values, option);

  return values != NULL ? values->pdata[0] : NULL;
}

const char *const *
ptl_ctl_get_all (PtlCtl *self, const char *option, guint *n)
{
  GPtrArray *values = g_hash_table_lookup (self->values, option);

  *n = values != NULL ? values->len : 0;
  return values != NULL ? (const char *const *) values->pdata : NULL;
}

const char *
ptl_ctl_get_argument (PtlCtl *self, guint index)
{
  return index < self->arguments->len ? self->arguments->pdata[index] : NULL;
}

gboolean
ptl_ctl_get_number (PtlCtl *self,
                    const char *option,
                    guint min,
                    guint max,
                    guint *number,
                    GError **error)
{
  const char *text = ptl_ctl_get (self, option);
  g_autofree char *advice = NULL;
  g_autofree char *shown = NULL;
  guint64 value;

  if (text == NULL)
    return TRUE;
  if (g_ascii_string_to_unsigned (text, 10, min, max, &value, NULL))
    {
      *number = (guint) value;
      return TRUE;
    }
  shown = ptl_text_make_safe (text, -1, 40);
  /* Translators: two numbers */
  advice = g_strdup_printf (_("Give a number from %u to %u."), min, max);
  /* Translators: the first %s is an option, the second what was given for it */
  ptl_error_set (error, PTL_ERROR_INVALID, advice, _("--%s cannot be “%s”."), option, shown);
  return FALSE;
}

/* --- calls --- */

static void
on_result (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static GAsyncResult *
wait_for (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return *result;
}

gboolean
ptl_ctl_connect (PtlCtl *self, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  ptl_client_connect_async (self->client, NULL, on_result, &result);
  return ptl_client_connect_finish (self->client, wait_for (&result), error);
}

GVariant *
ptl_ctl_call (PtlCtl *self, const char *method, GVariant *arguments, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  ptl_client_call_async (self->client, method, arguments, NULL, on_result, &result);
  return ptl_client_call_finish (self->client, wait_for (&result), error);
}

PtlRule *
ptl_ctl_find_rule (PtlCtl *self, const char *id, GError **error)
{
  g_autoptr (GVariant) answer = ptl_ctl_call (self, "FindRule", g_variant_new ("(s)", id), error);
  g_autoptr (GVariant) properties = NULL;

  if (answer == NULL)
    return NULL;
  properties = g_variant_get_child_value (answer, 0);
  return ptl_rule_from_variant (properties, error);
}

/* The worker takes so many ids at a time. */
#define CLOSE_MAX 1000

gboolean
ptl_ctl_close (PtlCtl *self, const char *const *ids, GError **error)
{
  guint n = g_strv_length ((char **) ids);

  for (guint i = 0; i < n; i += CLOSE_MAX)
    {
      guint some = MIN (n - i, CLOSE_MAX);
      g_autofree const char **batch = g_new0 (const char *, some + 1);
      g_autoptr (GAsyncResult) result = NULL;

      memcpy (batch, ids + i, some * sizeof (char *));
      ptl_client_close_async (self->client, batch, NULL, on_result, &result);
      if (!ptl_client_close_finish (self->client, wait_for (&result), error))
        return FALSE;
    }
  return TRUE;
}

/* --- the program --- */

static PtlCtl *
ctl_new (void)
{
  PtlCtl *self = g_new0 (PtlCtl, 1);

  self->values = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                        (GDestroyNotify) g_ptr_array_unref);
  self->arguments = g_ptr_array_new_with_free_func (g_free);
  self->out = g_string_new (NULL);
  self->at_terminal = isatty (STDIN_FILENO);
  return self;
}

static void
ctl_free (PtlCtl *self)
{
  g_clear_object (&self->client);
  g_hash_table_unref (self->values);
  g_ptr_array_unref (self->arguments);
  g_string_free (self->out, TRUE);
  g_clear_pointer (&self->request, g_variant_unref);
  g_clear_pointer (&self->rule, ptl_rule_free);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlCtl, ctl_free)

static gboolean
check_text (char **argv, GError **error)
{
  for (guint i = 0; argv[i] != NULL; i++)
    if (!g_utf8_validate (argv[i], -1, NULL))
      {
        ptl_error_set (error, PTL_ERROR_INVALID, _("Type it anew."),
                       /* Translators: %u is the number of a word on the command line */
                       _("Word %u of the command line is not valid text (UTF-8)."), i + 1);
        return FALSE;
      }
  return TRUE;
}

static gboolean
run_verb (PtlCtl *self, char **argv, GError **error)
{
  guint n_words = 0;

  self->verb = ptl_ctl_find_verb (argv, &n_words, error);
  if (self->verb == NULL || !ptl_ctl_parse (self, argv + n_words, error))
    return FALSE;
  if (ptl_ctl_has (self, "help"))
    {
      g_autofree char *help = ptl_ctl_dup_verb_help (self->verb);

      ptl_ctl_print (self, "%s", help);
      return TRUE;
    }
  if (self->verb->check != NULL && !self->verb->check (self, error))
    return FALSE;
  self->client = ptl_client_new (NULL);
  return self->verb->run (self, error);
}

static gboolean
is_help (const char *word)
{
  return word != NULL && (g_str_equal (word, "--help") || g_str_equal (word, "-h"));
}

/* "--help", "help", and "open --help". */
static gboolean
wants_help (char **argv)
{
  if (argv[0] == NULL)
    return FALSE;
  if (is_help (argv[0]) || (g_str_equal (argv[0], "help") && argv[1] == NULL))
    return TRUE;
  return is_help (argv[1]) && ptl_ctl_is_group (argv[0]);
}

static gboolean
run (PtlCtl *self, char **argv, GError **error)
{
  self->json = ptl_ctl_scan (argv, "--json");
  if (!check_text (argv, error))
    return FALSE;
  if (argv[0] != NULL && g_str_equal (argv[0], "--json"))
    argv++;
  if (wants_help (argv))
    {
      g_autofree char *help = ptl_ctl_dup_help ();

      ptl_ctl_print (self, "%s", help);
      return TRUE;
    }
  if (argv[0] != NULL && g_str_equal (argv[0], "--version"))
    {
      ptl_ctl_print (self, "portolanctl %s\n", PACKAGE_VERSION);
      return TRUE;
    }
  return run_verb (self, argv, error);
}

int
ptl_ctl_main (int argc, char **argv)
{
  g_autoptr (PtlCtl) self = ctl_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) unwritten = NULL;
  gboolean done = run (self, argc > 0 ? argv + 1 : argv, &error);

  /* What is known is written even where the end of it failed. */
  if (!ptl_ctl_flush (self, &unwritten) && done)
    {
      done = FALSE;
      error = g_steal_pointer (&unwritten);
    }
  return done ? self->exit_code : ptl_ctl_report (self, error);
}

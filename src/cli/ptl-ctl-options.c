/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-ctl-options.h"

#include <glib/gi18n-lib.h>

#include "core/ptl-error.h"
#include "core/ptl-text.h"
#include "ptl-ctl-limits.h"

#define SHOWN_CHARS 40
#define LEFT_WIDTH 24

static gboolean G_GNUC_PRINTF (3, 4)
fail (GError **error, const char *advice, const char *format, ...)
{
  g_autofree char *what = NULL;
  va_list args;

  va_start (args, format);
  what = g_strdup_vprintf (format, args);
  va_end (args);
  ptl_error_set (error, PTL_ERROR_INVALID, advice, "%s", what);
  return FALSE;
}

/* --- verbs --- */

static gboolean
is_first_word (const PtlCtlVerb *verb, const char *word)
{
  gsize length = strlen (word);

  return strncmp (verb->name, word, length) == 0 && verb->name[length] == ' ';
}

/* The second words that go with @word, like "mapping, forward, tunnel, game"; or NULL. */
static char *
second_words (const char *word)
{
  g_autoptr (GString) words = g_string_new (NULL);

  for (guint i = 0; ptl_ctl_verbs[i] != NULL; i++)
    if (is_first_word (ptl_ctl_verbs[i], word))
      g_string_append_printf (words, "%s%s", words->len > 0 ? ", " : "",
                              ptl_ctl_verbs[i]->name + strlen (word) + 1);
  return words->len > 0 ? g_string_free (g_steal_pointer (&words), FALSE) : NULL;
}

static const PtlCtlVerb *
verb_named (const char *name)
{
  for (guint i = 0; ptl_ctl_verbs[i] != NULL; i++)
    if (g_str_equal (ptl_ctl_verbs[i]->name, name))
      return ptl_ctl_verbs[i];
  return NULL;
}

gboolean
ptl_ctl_is_group (const char *word)
{
  g_autofree char *words = second_words (word);

  return words != NULL && verb_named (word) == NULL;
}

static const PtlCtlVerb *
find_second (const char *first, const char *second, const char *choices, GError **error)
{
  g_autofree char *name = NULL;
  g_autofree char *advice = NULL;
  g_autofree char *shown = NULL;
  const PtlCtlVerb *verb;

  /* Translators: the first %s is “open” or “check”, the second a list of what may follow */
  advice = g_strdup_printf (_("After “%s” say one of: %s."), first, choices);
  if (second == NULL || second[0] == '-')
    {
      /* Translators: %s is “open” or “check” */
      fail (error, advice, _("It is not said what to %s."), first);
      return NULL;
    }
  name = g_strconcat (first, " ", second, NULL);
  verb = verb_named (name);
  shown = ptl_text_make_safe (second, -1, SHOWN_CHARS);
  if (verb == NULL)
    /* Translators: the first %s is what was typed, the second “open” or “check” */
    fail (error, advice, _("“%s” is nothing to %s."), shown, first);
  return verb;
}

/* "routers" is a verb of its own beside "routers add". */
static gboolean
stands_alone (char **argv)
{
  return verb_named (argv[0]) != NULL && (argv[1] == NULL || argv[1][0] == '-');
}

const PtlCtlVerb *
ptl_ctl_find_verb (char **argv, guint *n_words, GError **error)
{
  const char *advice = _("See “portolanctl --help”.");
  g_autofree char *choices = NULL;
  g_autofree char *shown = NULL;
  const PtlCtlVerb *verb;

  if (argv[0] == NULL)
    {
      fail (error, advice, _("It is not said what to do."));
      return NULL;
    }
  shown = ptl_text_make_safe (argv[0], -1, SHOWN_CHARS);
  choices = second_words (argv[0]);
  if (choices != NULL && !stands_alone (argv))
    {
      *n_words = 2;
      return find_second (argv[0], argv[1], choices, error);
    }
  *n_words = 1;
  verb = strchr (argv[0], ' ') == NULL ? verb_named (argv[0]) : NULL;
  if (verb == NULL && argv[0][0] == '-')
    /* Translators: %s is what was typed */
    fail (error, advice, _("The option “%s” stands before the verb."), shown);
  else if (verb == NULL)
    /* Translators: %s is what was typed */
    fail (error, advice, _("There is no verb “%s”."), shown);
  return verb;
}

/* --- options --- */

static const PtlCtlOption common[] = {
  { "json", PTL_CTL_FLAG, NULL, N_("Write JSON, errors too") },
  { "help", PTL_CTL_FLAG, NULL, N_("Show this help") },
  PTL_CTL_OPTIONS_END,
};

static const PtlCtlOption *
option_in (const PtlCtlOption *options, const char *name)
{
  for (; options != NULL && options->name != NULL; options++)
    if (g_str_equal (options->name, name))
      return options;
  return NULL;
}

static const PtlCtlOption *
limits_of (const PtlCtlVerb *verb)
{
  return verb->limits == PTL_CTL_NO_LIMITS
             ? NULL
             : ptl_ctl_limits_get_options (verb->limits == PTL_CTL_LIMITS_EDITED);
}

static const PtlCtlOption *
find_option (const PtlCtlVerb *verb, const char *name)
{
  const PtlCtlOption *option = option_in (verb->options, name);

  if (option == NULL)
    option = option_in (limits_of (verb), name);
  return option != NULL ? option : option_in (common, name);
}

static gboolean
add_value (PtlCtl *self, const PtlCtlOption *option, const char *value, GError **error)
{
  GPtrArray *values = g_hash_table_lookup (self->values, option->name);

  if (values != NULL && option->kind == PTL_CTL_VALUE)
    /* Translators: %s is the name of an option */
    return fail (error, _("Give it once."), _("--%s is given twice."), option->name);
  if (values == NULL)
    {
      values = g_ptr_array_new_with_free_func (g_free);
      g_hash_table_insert (self->values, g_strdup (option->name), values);
    }
  g_ptr_array_add (values, g_strdup (value));
  return TRUE;
}

/* The word after an option is its value, unless it is plainly the next option. */
static gboolean
looks_like_option (const PtlCtlVerb *verb, const char *word)
{
  g_autofree char *name = NULL;

  if (!g_str_has_prefix (word, "--"))
    return FALSE;
  name = g_strndup (word + 2, strcspn (word + 2, "="));
  return find_option (verb, name) != NULL;
}

static gboolean
take_option (PtlCtl *self, char ***argv, GError **error)
{
  const char *word = **argv + 2;
  const char *equals = strchr (word, '=');
  g_autofree char *name
      = equals != NULL ? g_strndup (word, (gsize) (equals - word)) : g_strdup (word);
  g_autofree char *shown = ptl_text_make_safe (name, -1, SHOWN_CHARS);
  g_autofree char *advice
    /* Translators: %s is a verb of portolanctl */
    = g_strdup_printf (_("See “portolanctl %s --help”."), self->verb->name);
  const PtlCtlOption *option = find_option (self->verb, name);

  if (option == NULL)
    /* Translators: the first %s is a verb, the second what was typed */
    return fail (error, advice, _("“%s” has no option --%s."), self->verb->name, shown);
  if (option->kind == PTL_CTL_FLAG && equals != NULL)
    /* Translators: %s is the name of an option */
    return fail (error, _("Leave out the equals sign and what follows."),
                 _("--%s takes no value."), name);
  if (option->kind == PTL_CTL_FLAG)
    return add_value (self, option, "", error);
  if (equals != NULL)
    return add_value (self, option, equals + 1, error);
  if ((*argv)[1] == NULL || looks_like_option (self->verb, (*argv)[1]))
    {
      g_autofree char *example = g_strdup_printf ("--%s %s", name, option->placeholder);
      g_autofree char *write
        /* Translators: %s is an example of an option with its value */
        = g_strdup_printf (_("Write it like %s."), example);

      /* Translators: %s is the name of an option */
      return fail (error, write, _("--%s needs a value."), name);
    }
  (*argv)++;
  return add_value (self, option, **argv, error);
}

static gboolean
take_word (PtlCtl *self, const char *word, GError **error)
{
  g_autofree char *shown = ptl_text_make_safe (word, -1, SHOWN_CHARS);
  g_autofree char *advice = g_strdup_printf (_("See “portolanctl %s --help”."), self->verb->name);

  if (self->arguments->len >= self->verb->max_arguments)
    return fail (error, advice,
                 self->verb->max_arguments == 0
                   /* Translators: the first %s is what was typed, the second a verb */
                   ? _("“%s” is too much: “%s” takes options alone.")
                   : _("“%s” is one too many for “%s”."),
                 shown, self->verb->name);
  if (*word == '\0')
    return fail (error, gettext (self->verb->missing), _("An argument is empty."));
  g_ptr_array_add (self->arguments, g_strdup (word));
  return TRUE;
}

gboolean
ptl_ctl_parse (PtlCtl *self, char **argv, GError **error)
{
  gboolean words_only = FALSE;

  for (; *argv != NULL; argv++)
    {
      if (!words_only && g_str_equal (*argv, "--"))
        words_only = TRUE;
      else if (!words_only && g_str_has_prefix (*argv, "--"))
        {
          if (!take_option (self, &argv, error))
            return FALSE;
        }
      else if (!words_only && (*argv)[0] == '-' && (*argv)[1] != '\0')
        {
          g_autofree char *shown = ptl_text_make_safe (*argv, -1, SHOWN_CHARS);

          if (g_str_equal (*argv, "-h"))
            add_value (self, option_in (common, "help"), "", NULL);
          else
            /* Translators: %s is what was typed */
            return fail (error, _("Options are whole words with two hyphens, like --owner."),
                         _("“%s” is not an option."), shown);
        }
      else if (!take_word (self, *argv, error))
        return FALSE;
    }
  if (self->arguments->len < self->verb->min_arguments && !ptl_ctl_has (self, "help"))
    return fail (error, gettext (self->verb->missing),
                 /* Translators: the first %s is a verb, the second what it needs, like ID */
                 _("“%s” needs %s."), self->verb->name, self->verb->arguments);
  return TRUE;
}

gboolean
ptl_ctl_scan (char **argv, const char *option)
{
  for (; *argv != NULL && !g_str_equal (*argv, "--"); argv++)
    if (g_str_equal (*argv, option))
      return TRUE;
  return FALSE;
}

/* --- help --- */

char *
ptl_ctl_dup_help (void)
{
  GString *text = g_string_new (NULL);

  g_string_append (text, _("Opens ports for a time, shows what is open, and closes it.\n"));
  g_string_append_printf (text, "\n%s\n  portolanctl %s\n\n%s\n", _("Usage:"), _("VERB [OPTIONS]"),
                          _("Verbs:"));
  for (guint i = 0; ptl_ctl_verbs[i] != NULL; i++)
    g_string_append_printf (text, "  %-16s %s\n", ptl_ctl_verbs[i]->name,
                            gettext (ptl_ctl_verbs[i]->summary));
  g_string_append_printf (
    text, "\n%s\n  --json           %s\n  --help           %s\n  --version        %s\n\n%s\n",
    _("Options:"), gettext (common[0].help), _("Show this help, or that of a verb"),
    _("Show the version"), _("“portolanctl VERB --help” explains each verb."));
  g_string_append (text, _("Exit codes: 0 done; 1 failed; 2 wrong arguments; 3 refused by policy;\n"
                           "4 worker not reachable; 5 no such object; 6 router or relay.\n"));
  return g_string_free (text, FALSE);
}

static void
append_options (GString *text, const PtlCtlOption *options)
{
  for (; options != NULL && options->name != NULL; options++)
    {
      g_autofree char *left
        = options->placeholder != NULL
            ? g_strdup_printf ("--%s %s%s", options->name, options->placeholder,
                               options->kind == PTL_CTL_REPEAT ? "..." : "")
            : g_strdup_printf ("--%s", options->name);

      if (strlen (left) > LEFT_WIDTH)
        g_string_append_printf (text, "  %s\n  %*s %s\n", left, LEFT_WIDTH, "",
                                gettext (options->help));
      else
        g_string_append_printf (text, "  %-*s %s\n", LEFT_WIDTH, left, gettext (options->help));
    }
}

char *
ptl_ctl_dup_verb_help (const PtlCtlVerb *verb)
{
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, "%s\n\n%s\n  portolanctl %s%s%s %s\n", gettext (verb->summary),
                          _("Usage:"), verb->name, verb->arguments != NULL ? " " : "",
                          verb->arguments != NULL ? verb->arguments : "", _("[OPTIONS]"));
  if (verb->details != NULL)
    g_string_append_printf (text, "\n%s\n", gettext (verb->details));
  g_string_append_printf (text, "\n%s\n", _("Options:"));
  append_options (text, verb->options);
  append_options (text, common);
  if (verb->limits != PTL_CTL_NO_LIMITS)
    g_string_append_printf (text, "\n%s\n", _("Limits, time-outs and further targets:"));
  append_options (text, limits_of (verb));
  return g_string_free (text, FALSE);
}

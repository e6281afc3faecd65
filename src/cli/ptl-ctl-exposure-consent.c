/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-ctl-exposure.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "core/ptl-error.h"
#include "core/ptl-text.h"
#include "ptl-ctl-json.h"
#include "ptl-ctl-output.h"
#include "ptl-ctl-secret.h"

#define SHOWN_CHARS 40

static const char *const records[] = { "internetdb", "shodan", "censys", NULL };
static const char *const keyed[] = { "shodan", "censys", NULL };

/* ---- the command line ---- */

static gboolean
check_names (PtlCtl *self, const char *option, const char *const *allowed, GError **error)
{
  guint n;
  const char *const *names = ptl_ctl_get_all (self, option, &n);

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *list = g_strjoinv (", ", (char **) allowed);
      g_autofree char *shown = ptl_text_make_safe (names[i], -1, SHOWN_CHARS);

      if (g_strv_contains (allowed, names[i]))
        continue;
      ptl_error_set (error, PTL_ERROR_INVALID,
                     /* Translators: a list of words: internetdb, shodan, censys */
                     "", _ ("--%s cannot be “%s”; give one of %s."), option, shown, list);
      return FALSE;
    }
  return TRUE;
}

static gboolean
check_servers (PtlCtl *self, GError **error)
{
  guint n;
  const char *const *servers = ptl_ctl_get_all (self, "server", &n);

  for (guint i = 0; i < n; i++)
    {
      const char *equals = strchr (servers[i], '=');
      g_autofree char *name
          = equals != NULL ? g_strndup (servers[i], (gsize) (equals - servers[i])) : NULL;

      if (name != NULL && g_strv_contains (records, name))
        continue;
      ptl_error_set (error, PTL_ERROR_INVALID,
                     _ ("Give it as internetdb=https://HOST, or internetdb= for the usual one."),
                     _ ("It is not said whose server that is."));
      return FALSE;
    }
  return TRUE;
}

/* Both would not be kept apart: the second is what counts, and who knows which was meant. */
static gboolean
check_once (PtlCtl *self, GError **error)
{
  guint n, n_refused;
  const char *const *granted = ptl_ctl_get_all (self, "consent", &n);
  const char *const *refused = ptl_ctl_get_all (self, "no-consent", &n_refused);

  for (guint i = 0; i < n; i++)
    for (guint k = 0; k < n_refused; k++)
      if (g_str_equal (granted[i], refused[k]))
        {
          ptl_error_set (error, PTL_ERROR_INVALID, _ ("Give one of them."),
                         /* Translators: two options */
                         _ ("--%s and --%s exclude each other."), "consent", "no-consent");
          return FALSE;
        }
  return TRUE;
}

gboolean
ptl_ctl_exposure_check_records (PtlCtl *self, GError **error)
{
  return check_names (self, "consent", records, error)
         && check_names (self, "no-consent", records, error)
         && check_names (self, "key", keyed, error)
         && check_names (self, "forget-key", keyed, error) && check_servers (self, error)
         && check_once (self, error);
}

gboolean
ptl_ctl_exposure_says_records (PtlCtl *self)
{
  return ptl_ctl_has (self, "consent") || ptl_ctl_has (self, "no-consent")
         || ptl_ctl_has (self, "server") || ptl_ctl_has (self, "key")
         || ptl_ctl_has (self, "forget-key");
}

/* ---- what is set ---- */

static void
add_consent (PtlCtl *self, const char *option, gboolean granted, GVariantBuilder *consent)
{
  guint n;
  const char *const *names = ptl_ctl_get_all (self, option, &n);

  for (guint i = 0; i < n; i++)
    g_variant_builder_add (consent, "{sb}", names[i], granted);
}

void
ptl_ctl_exposure_add_records (PtlCtl *self, GVariantDict *settings)
{
  guint n;
  const char *const *given = ptl_ctl_get_all (self, "server", &n);
  GVariantBuilder consent;
  GVariantBuilder servers;

  g_variant_builder_init (&consent, G_VARIANT_TYPE ("a{sb}"));
  g_variant_builder_init (&servers, G_VARIANT_TYPE ("a{ss}"));
  add_consent (self, "consent", TRUE, &consent);
  add_consent (self, "no-consent", FALSE, &consent);
  for (guint i = 0; i < n; i++)
    {
      const char *equals = strchr (given[i], '=');
      g_autofree char *name = g_strndup (given[i], (gsize) (equals - given[i]));

      g_variant_builder_add (&servers, "{ss}", name, equals + 1);
    }
  g_variant_dict_insert_value (settings, "Consent", g_variant_builder_end (&consent));
  g_variant_dict_insert_value (settings, "Servers", g_variant_builder_end (&servers));
}

static gboolean
set_key (PtlCtl *self, const char *name, const char *key, GError **error)
{
  g_autoptr (GVariant) answer
      = ptl_ctl_call (self, "SetExposureKey", g_variant_new ("(ss)", name, key), error);

  return answer != NULL;
}

gboolean
ptl_ctl_exposure_set_keys (PtlCtl *self, GError **error)
{
  guint n, n_forgotten;
  const char *const *names = ptl_ctl_get_all (self, "key", &n);
  const char *const *forgotten = ptl_ctl_get_all (self, "forget-key", &n_forgotten);

  for (guint i = 0; i < n; i++)
    {
      /* Translators: %s is Shodan or Censys; what is asked for at a terminal */
      g_autofree char *what = g_strdup_printf (_ ("Key for %s"), names[i]);
      char *key = ptl_ctl_secret_read (self, what, error);
      gboolean done = key != NULL && set_key (self, names[i], key, error);

      ptl_ctl_secret_free (key);
      if (!done)
        return FALSE;
    }
  for (guint i = 0; i < n_forgotten; i++)
    if (!set_key (self, forgotten[i], "", error))
      return FALSE;
  return TRUE;
}

/* ---- what is shown ---- */

void
ptl_ctl_exposure_print_records (PtlCtl *self, GVariant *state)
{
  g_autoptr (GVariantIter) iter = NULL;
  const char *name;
  gboolean granted;

  if (!g_variant_lookup (state, "Consent", "a{sb}", &iter))
    return;
  while (g_variant_iter_next (iter, "{&sb}", &name, &granted))
    /* Translators: %s is internetdb, shodan or censys */
    ptl_ctl_print (self, granted ? _ ("“%s” may be asked.\n") : _ ("“%s” is not asked.\n"), name);
}

void
ptl_ctl_exposure_records_to_json (GVariant *state, JsonBuilder *builder)
{
  g_autoptr (GVariantIter) consent = NULL;
  g_autoptr (GVariantIter) servers = NULL;
  const char *name;
  const char *server;
  gboolean granted;

  json_builder_set_member_name (builder, "consent");
  json_builder_begin_object (builder);
  if (g_variant_lookup (state, "Consent", "a{sb}", &consent))
    while (g_variant_iter_next (consent, "{&sb}", &name, &granted))
      ptl_json_add_bool (builder, name, granted);
  json_builder_end_object (builder);
  json_builder_set_member_name (builder, "servers");
  json_builder_begin_object (builder);
  if (g_variant_lookup (state, "Servers", "a{ss}", &servers))
    while (g_variant_iter_next (servers, "{&s&s}", &name, &server))
      ptl_json_add_text (builder, name, server);
  json_builder_end_object (builder);
}

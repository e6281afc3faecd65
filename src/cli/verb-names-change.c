/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-ctl-verbs.h"

#include <glib/gi18n-lib.h>

#include "core/ptl-error.h"
#include "ptl-ctl-names.h"
#include "ptl-ctl-output.h"
#include "ptl-ctl-secret.h"

#define COMMON_OPTIONS                                                                             \
  { "provider", PTL_CTL_VALUE, "PROVIDER", N_ ("Who keeps the name: see below") },                 \
      { "server", PTL_CTL_VALUE, "SERVER",                                                         \
        N_ ("Where updates go, if the provider is not in the list") },                             \
      { "user", PTL_CTL_VALUE, "USER", N_ ("The user name, or the name of the TSIG key") },        \
      PTL_CTL_SECRET_OPTION,                                                                       \
      { "success", PTL_CTL_VALUE, "TEXT",                                                          \
        N_ ("For “custom”: what the answer must hold; * and ? are wild") },                        \
      { "ipv4", PTL_CTL_VALUE, "on|off", N_ ("Whether it follows the IPv4 address") },             \
      { "ipv6", PTL_CTL_VALUE, "on|off", N_ ("Whether it follows the IPv6 address") },             \
  {                                                                                                \
    "refresh", PTL_CTL_VALUE, "DAYS",                                                              \
        N_ ("An update at least so often; 0 = only when something changes")                        \
  }

static const PtlCtlOption options_add[] = { COMMON_OPTIONS, PTL_CTL_OPTIONS_END };

static const PtlCtlOption options_edit[] = {
  { "name", PTL_CTL_VALUE, "NAME", N_ ("Another name") },
  COMMON_OPTIONS,
  PTL_CTL_OPTIONS_END,
};

/* ---- What was typed ---- */

static void
take_text (PtlCtl *self, GVariantDict *dict, const char *option, const char *key)
{
  const char *text = ptl_ctl_get (self, option);

  if (text != NULL)
    g_variant_dict_insert (dict, key, "s", text);
}

static gboolean
take_switch (PtlCtl *self, GVariantDict *dict, const char *option, const char *key, GError **error)
{
  const char *text = ptl_ctl_get (self, option);
  gboolean on = g_strcmp0 (text, "on") == 0;

  if (text == NULL)
    return TRUE;
  if (!on && !g_str_equal (text, "off"))
    {
      /* Translators: %s is the name of an option */
      ptl_error_set (error, PTL_ERROR_INVALID, _ ("Say “on” or “off”."),
                     _ ("--%s is either on or off."), option);
      return FALSE;
    }
  g_variant_dict_insert (dict, key, "b", on);
  return TRUE;
}

static gboolean
take_options (PtlCtl *self, GVariantDict *dict, GError **error)
{
  guint days;

  take_text (self, dict, "provider", "Provider");
  take_text (self, dict, "server", "Server");
  take_text (self, dict, "user", "User");
  take_text (self, dict, "success", "Success");
  if (!take_switch (self, dict, "ipv4", "Ipv4", error)
      || !take_switch (self, dict, "ipv6", "Ipv6", error)
      || !ptl_ctl_get_number (self, "refresh", 0, PTL_DYNAMIC_NAME_REFRESH_MAX, &days, error))
    return FALSE;
  if (ptl_ctl_has (self, "refresh"))
    g_variant_dict_insert (dict, "RefreshDays", "u", (guint32) days);
  return TRUE;
}

/* The request, checked as the worker will check it. */
static gboolean
check_request (PtlCtl *self, GVariantDict *dict, gboolean is_new, GError **error)
{
  g_autoptr (PtlDynamicName) name = ptl_dynamic_name_new ();

  self->request = g_variant_ref_sink (g_variant_dict_end (dict));
  if (!ptl_dynamic_name_apply (name, self->request, is_new, error))
    return FALSE;
  ptl_dynamic_name_settle (name);
  return !is_new || ptl_dynamic_name_validate (name, error);
}

/* ---- names add ---- */

static gboolean
check_add (PtlCtl *self, GError **error)
{
  g_autoptr (GVariantDict) dict = g_variant_dict_new (NULL);

  if (!ptl_ctl_has (self, "provider"))
    {
      ptl_error_set (error, PTL_ERROR_INVALID,
                     _ ("Add --provider; “portolanctl names add --help” lists them."), "%s",
                     _ ("It is not said which provider the name is at."));
      return FALSE;
    }
  g_variant_dict_insert (dict, "Hostname", "s", ptl_ctl_get_argument (self, 0));
  return take_options (self, dict, error) && check_request (self, dict, TRUE, error);
}

/* The request with what was read or typed; (transfer full), not floating. */
static GVariant *
with_secret (GVariant *request, const char *secret)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (request);

  if (secret != NULL)
    g_variant_dict_insert (&dict, "Secret", "s", secret);
  return g_variant_ref_sink (g_variant_dict_end (&dict));
}

static gboolean
read_secret (PtlCtl *self,
             const PtlNameProvider *provider,
             gboolean needed,
             char **secret,
             GError **error)
{
  if (!needed && !ptl_ctl_has (self, "secret-stdin"))
    return TRUE;
  *secret = ptl_ctl_secret_read (self,
                                 provider != NULL ? gettext (provider->secret_label)
                                                  : _ ("Password or token"),
                                 error);
  return *secret != NULL;
}

static gboolean
show (PtlCtl *self, const char *id, GError **error)
{
  g_autoptr (PtlNameItem) item = ptl_ctl_name_find (self, id, error);

  if (item == NULL)
    return FALSE;
  ptl_ctl_name_wait (self, item);
  ptl_ctl_name_print (self, item);
  return TRUE;
}

static gboolean
run_add (PtlCtl *self, GError **error)
{
  const PtlNameProvider *provider = ptl_name_provider_find (ptl_ctl_get (self, "provider"));
  g_autoptr (PtlDynamicName) name = ptl_dynamic_name_new ();
  g_autoptr (GVariant) request = NULL;
  g_autoptr (GVariant) answer = NULL;
  const char *id;
  char *secret = NULL;

  if (!ptl_dynamic_name_apply (name, self->request, TRUE, error) || !ptl_ctl_connect (self, error)
      || !read_secret (self, provider, ptl_dynamic_name_needs_secret (name), &secret, error))
    return FALSE;
  request = with_secret (self->request, secret);
  ptl_ctl_secret_free (secret);
  answer = ptl_ctl_call (self, "AddName", g_variant_new ("(@a{sv})", request), error);
  if (answer == NULL)
    return FALSE;
  g_variant_get (answer, "(&s)", &id);
  return show (self, id, error);
}

const PtlCtlVerb ptl_ctl_verb_names_add = {
  .name = "names add",
  .arguments = "NAME",
  .min_arguments = 1,
  .max_arguments = 1,
  .missing = N_ ("Say which name, like home.example.org."),
  .summary = N_ ("Let a name follow your public address"),
  .details
  = N_ ("Make the name at its provider first. PROVIDER is one of:\n"
        "  duckdns, desec, cloudflare   with a token\n"
        "  noip, dynu                   with user name and password\n"
        "  dyndns2                      any other that speaks this protocol, with --server\n"
        "  rfc2136                      a name server of your own, with --server and a TSIG key\n"
        "  custom                       any web address: --server\n"
        "                               "
        "'https://example.org/set?host={name}&ip={ipv4}&key={secret}'\n"
        "Password or token are asked for, or read with --secret-stdin; they are kept in the "
        "keyring of the\n"
        "desktop and nowhere else."),
  .options = options_add,
  .check = check_add,
  .run = run_add,
};

/* ---- names edit ---- */

static gboolean
check_edit (PtlCtl *self, GError **error)
{
  g_autoptr (GVariantDict) dict = g_variant_dict_new (NULL);

  take_text (self, dict, "name", "Hostname");
  if (!take_options (self, dict, error) || !check_request (self, dict, FALSE, error))
    return FALSE;
  if (g_variant_n_children (self->request) > 0 || ptl_ctl_has (self, "secret-stdin"))
    return TRUE;
  ptl_error_set (error, PTL_ERROR_INVALID, _ ("See “portolanctl names edit --help”."), "%s",
                 _ ("It is not said what to change."));
  return FALSE;
}

static gboolean
run_edit (PtlCtl *self, GError **error)
{
  const PtlNameProvider *provider = ptl_name_provider_find (ptl_ctl_get (self, "provider"));
  g_autoptr (PtlNameItem) item = NULL;
  g_autoptr (GVariant) changes = NULL;
  g_autoptr (GVariant) answer = NULL;
  const char *id;
  char *secret = NULL;

  if (!ptl_ctl_connect (self, error))
    return FALSE;
  item = ptl_ctl_name_find (self, ptl_ctl_get_argument (self, 0), error);
  if (item == NULL)
    return FALSE;
  if (provider != NULL && g_str_equal (provider->id, ptl_name_item_get_name (item)->provider))
    provider = NULL;
  if (!read_secret (self, provider, provider != NULL && provider->secret_needed, &secret, error))
    return FALSE;
  changes = with_secret (self->request, secret);
  ptl_ctl_secret_free (secret);
  id = ptl_name_item_get_name (item)->id;
  answer = ptl_ctl_call (self, "EditName", g_variant_new ("(s@a{sv})", id, changes), error);
  return answer != NULL && show (self, id, error);
}

const PtlCtlVerb ptl_ctl_verb_names_edit = {
  .name = "names edit",
  .arguments = "NAME",
  .min_arguments = 1,
  .max_arguments = 1,
  .missing = N_ ("Say which name; “portolanctl names” shows them."),
  .summary = N_ ("Change how a name follows your address"),
  .details = N_ ("What is not named stays as it is. With --secret-stdin the password or token is "
                 "another. A name that\n"
                 "the provider had stopped goes on."),
  .options = options_edit,
  .check = check_edit,
  .run = run_edit,
};

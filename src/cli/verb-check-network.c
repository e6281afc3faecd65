/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-ctl-verbs.h"

#include <glib/gi18n-lib.h>

#include "core/ptl-error.h"
#include "ptl-ctl-network.h"
#include "ptl-ctl-output.h"

static const PtlCtlOption options[] = {
  { "consent", PTL_CTL_FLAG, NULL, N_("Ask servers on the internet too, now and from now on") },
  { "no-consent", PTL_CTL_FLAG, NULL, N_("Ask nobody on the internet, now and from now on") },
  { "stun-server", PTL_CTL_REPEAT, "HOST[:PORT]", N_("Ask this STUN server from now on, in place of those so far; “none” for none") },
  { "http-server", PTL_CTL_REPEAT, "URL", N_("Ask this page for the address from now on; “none” for none") },
  { "no-hairpin", PTL_CTL_FLAG, NULL, N_("Do not test it: the router is asked for no mapping") },
  PTL_CTL_OPTIONS_END,
};

static gboolean
check (PtlCtl *self, GError **error)
{
  if (!ptl_ctl_has (self, "consent") || !ptl_ctl_has (self, "no-consent"))
    return TRUE;
  ptl_error_set (error, PTL_ERROR_INVALID, _("Give one of them."), "%s",
                 _("--consent and --no-consent exclude each other."));
  return FALSE;
}

static gboolean
add_servers (PtlCtl *self, GVariantDict *settings, const char *option, const char *key)
{
  GVariantBuilder builder;
  guint n;
  const char *const *servers = ptl_ctl_get_all (self, option, &n);

  if (n == 0)
    return FALSE;
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("as"));
  for (guint i = 0; i < n && !g_str_equal (servers[0], "none"); i++)
    g_variant_builder_add (&builder, "s", servers[i]);
  g_variant_dict_insert_value (settings, key, g_variant_builder_end (&builder));
  return TRUE;
}

/* The worker checks them again, and keeps them. */
static gboolean
set (PtlCtl *self, GError **error)
{
  g_autoptr (GVariant) answer = NULL;
  GVariantDict settings;
  gboolean consent = ptl_ctl_has (self, "consent") || ptl_ctl_has (self, "no-consent");
  gboolean wanted = consent;

  g_variant_dict_init (&settings, NULL);
  if (consent)
    g_variant_dict_insert (&settings, "Consent", "s", ptl_ctl_has (self, "consent") ? "granted" : "refused");
  wanted |= add_servers (self, &settings, "stun-server", "StunServers");
  wanted |= add_servers (self, &settings, "http-server", "HttpServers");
  if (!wanted)
    {
      g_variant_dict_clear (&settings);
      return TRUE;
    }
  answer = ptl_ctl_call (self, "SetNetworkCheck", g_variant_new ("(@a{sv})", g_variant_dict_end (&settings)), error);
  return answer != NULL;
}

static GVariant *
call (PtlCtl *self, GError **error)
{
  g_autoptr (GVariant) answer = NULL;
  GVariantDict asked;

  g_variant_dict_init (&asked, NULL);
  g_variant_dict_insert (&asked, "Hairpin", "b", !ptl_ctl_has (self, "no-hairpin"));
  answer = ptl_ctl_call (self, "CheckNetwork", g_variant_new ("(@a{sv})", g_variant_dict_end (&asked)), error);
  return answer != NULL ? g_variant_get_child_value (answer, 0) : NULL;
}

/* How to let it ask, said once it is clear that it was not allowed to. */
static void
note_consent (PtlCtl *self, GVariant *result)
{
  const char *consent = "";

  g_variant_lookup (result, "Consent", "&s", &consent);
  if (g_str_equal (consent, "granted"))
    return;
  if (g_str_equal (consent, "refused"))
    ptl_ctl_note (self, "%s", _("Nobody on the internet was asked, as you wished. “portolanctl check network --consent” "
                                "allows it."));
  else
    ptl_ctl_note (self, "%s", _("Nobody on the internet was asked: that needs your consent. “portolanctl check network "
                                "--consent” gives it, for now and later; “--no-consent” takes it back. The servers would "
                                "learn your public address, as every server does that you use."));
}

static gboolean
run (PtlCtl *self, GError **error)
{
  g_autoptr (GVariant) result = NULL;
  g_autoptr (JsonBuilder) builder = NULL;

  if (!set (self, error))
    return FALSE;
  result = call (self, error);
  if (result == NULL)
    return FALSE;
  if (self->json)
    {
      builder = json_builder_new ();
      ptl_ctl_json_network (builder, result);
      ptl_ctl_print_json (self, builder, FALSE);
    }
  else
    {
      ptl_ctl_print_network (self, result);
      note_consent (self, result);
    }
  self->exit_code = ptl_ctl_network_is_reachable (result) ? 0 : 1;
  return TRUE;
}

const PtlCtlVerb ptl_ctl_verb_check_network = {
  .name = "check network",
  .summary = N_("Find out how this network is reached from outside"),
  .details = N_("Asks the router and, where you have agreed, servers on the internet. Exits with 0 where others can\n"
                "connect in by IPv4 once a port is mapped, and with 1 where they cannot or it is not known."),
  .options = options,
  .check = check,
  .run = run,
};

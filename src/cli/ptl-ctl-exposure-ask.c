/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-ctl-exposure.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "client/ptl-finding-list.h"
#include "core/ptl-error.h"
#include "ptl-ctl-json.h"
#include "ptl-ctl-output.h"
#include "ptl-ctl-text.h"

/* --- progress --- */

static const char *
phase_word (const char *phase)
{
  static const struct
  {
    const char *name, *word;
  } words[] = {
    { "listening", N_("Looking what listens") },
    { "forwarded", N_("Asking the router") },
    { "firewall", N_("Asking the firewall") },
    { "sweeping", N_("Looking which ports answer") },
    { "outside", N_("Looking from outside") },
    { "looking", N_("Looking at ports") },
    { "outside", N_("Looking from outside") },
    { "report", N_("Writing the report") },
  };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (strcmp (words[i].name, phase) == 0)
      return _(words[i].word);
  return "";
}

static void
on_progress (PtlCtl *self)
{
  GVariant *state = ptl_client_get_exposure_check (self->client);
  const char *phase = "";
  guint64 done = 0, total = 0;

  g_variant_lookup (state, "Phase", "&s", &phase);
  g_variant_lookup (state, "Done", "t", &done);
  g_variant_lookup (state, "Total", "t", &total);
  if (*phase == '\0')
    return;
  /* To the beginning of the line, and nothing of the former one behind. */
  if (total > 0)
    fprintf (stderr, "\r\033[K%s: %" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT, phase_word (phase), done, total);
  else
    fprintf (stderr, "\r\033[K%s …", phase_word (phase));
  fflush (stderr);
}

static gboolean
is_followed (PtlCtl *self)
{
  return !self->json && isatty (STDERR_FILENO);
}

static void
follow (PtlCtl *self)
{
  if (is_followed (self))
    g_signal_connect_swapped (self->client, "notify::exposure-check", G_CALLBACK (on_progress), self);
}

static void
unfollow (PtlCtl *self)
{
  if (!is_followed (self))
    return;
  g_signal_handlers_disconnect_by_func (self->client, on_progress, self);
  fputs ("\r\033[K", stderr);
  fflush (stderr);
}

/* --- a check --- */

static void
add_text (PtlCtl *self, GVariantDict *asked, const char *option, const char *key)
{
  if (ptl_ctl_has (self, option))
    g_variant_dict_insert (asked, key, "s", ptl_ctl_get (self, option));
}

static void
add_flag (PtlCtl *self, GVariantDict *asked, const char *option, const char *key)
{
  if (ptl_ctl_has (self, option))
    g_variant_dict_insert (asked, key, "b", TRUE);
}

static GVariant *
make_options (PtlCtl *self)
{
  GVariantDict asked;
  guint n;
  const char *const *vantages = ptl_ctl_get_all (self, "vantage", &n);

  g_variant_dict_init (&asked, NULL);
  if (n > 0)
    g_variant_dict_insert_value (&asked, "Vantages", g_variant_new_strv (vantages, (gssize) n));
  if (ptl_ctl_has (self, "relay"))
    g_variant_dict_insert (&asked, "Relay", "s", ptl_ctl_get (self, "relay"));
  add_text (self, &asked, "address", "Address");
  add_text (self, &asked, "ports", "Ports");
  add_flag (self, &asked, "confirm-mine", "Mine");
  add_flag (self, &asked, "sweep", "SweepPorts");
  return g_variant_dict_end (&asked);
}

char *
ptl_ctl_exposure_check (PtlCtl *self, GError **error)
{
  g_autoptr (GVariant) answer = NULL;
  char *id;

  if (is_followed (self) && !ptl_ctl_connect (self, error))
    return NULL;
  follow (self);
  answer = ptl_ctl_call (self, "CheckExposure", g_variant_new ("(@a{sv})", make_options (self)), error);
  unfollow (self);
  if (answer == NULL)
    return NULL;
  g_variant_get (answer, "(s)", &id);
  return id;
}

/* --- reports --- */

PtlReport *
ptl_ctl_exposure_get_report (PtlCtl *self, const char *id, GError **error)
{
  g_autoptr (GVariant) answer = ptl_ctl_call (self, "GetExposureReport", g_variant_new ("(s)", id), error);

  return answer != NULL ? ptl_report_from_answer (answer, error) : NULL;
}

PtlReport *
ptl_ctl_exposure_compare (PtlCtl *self, GError **error)
{
  g_autoptr (GVariant) answer = ptl_ctl_call (self, "GetExposureDifference", g_variant_new ("(ss)", "", ""), error);
  g_autoptr (GVariant) findings = answer != NULL ? g_variant_get_child_value (answer, 0) : NULL;
  g_autoptr (GVariant) head = g_variant_ref_sink (g_variant_new ("a{sv}", NULL));
  PtlReport *difference = findings != NULL ? ptl_report_from_variants (head, findings, error) : NULL;

  if (difference != NULL)
    ptl_report_settle (difference, g_get_real_time () / G_USEC_PER_SEC);
  return difference;
}

gboolean
ptl_ctl_exposure_history (PtlCtl *self, GError **error)
{
  g_autoptr (GVariant) answer = ptl_ctl_call (self, "ListExposureReports", NULL, error);
  g_autoptr (GVariant) heads = answer != NULL ? g_variant_get_child_value (answer, 0) : NULL;
  g_autoptr (GPtrArray) reports = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_report_unref);

  for (gsize i = 0; heads != NULL && i < g_variant_n_children (heads); i++)
    {
      g_autoptr (GVariant) head = g_variant_get_child_value (heads, i);
      PtlReport *report = ptl_report_from_variants (head, NULL, error);

      if (report == NULL)
        return FALSE;
      g_ptr_array_add (reports, report);
    }
  if (heads != NULL)
    ptl_ctl_print_reports (self, reports);
  return heads != NULL;
}

/* --- accepting --- */

static void
print_accepted (PtlCtl *self, const char *key, gint64 until)
{
  g_autoptr (JsonBuilder) builder = NULL;
  g_autofree char *time = ptl_ctl_dup_time (until);

  if (!self->json)
    {
      if (until != 0)
        /* Translators: the first %s is a finding, the second a time */
        ptl_ctl_print (self, _("“%s” is accepted until %s.\n"), key, time);
      else
        /* Translators: %s is a finding */
        ptl_ctl_print (self, _("“%s” is accepted no longer.\n"), key);
      return;
    }
  builder = json_builder_new ();
  json_builder_begin_object (builder);
  ptl_json_add_text (builder, "result", until != 0 ? "accepted" : "unaccepted");
  ptl_json_add_text (builder, "key", key);
  ptl_json_add_time (builder, "accepted_until", until);
  json_builder_end_object (builder);
  ptl_ctl_print_json (self, builder, FALSE);
}

gboolean
ptl_ctl_exposure_accept (PtlCtl *self, GError **error)
{
  const char *taken_back = ptl_ctl_get (self, "unaccept");
  const char *key = taken_back != NULL ? taken_back : ptl_ctl_get (self, "accept");
  const char *reason = ptl_ctl_get (self, "reason");
  gint64 until = self->by != 0 ? g_get_real_time () / G_USEC_PER_SEC + self->by : self->until;
  g_autoptr (GVariant) answer = NULL;

  if (taken_back != NULL)
    until = 0;
  answer = ptl_ctl_call (self, "AcceptFinding", g_variant_new ("(sxs)", key, until, reason != NULL ? reason : ""), error);
  if (answer == NULL)
    return FALSE;
  print_accepted (self, key, until);
  return TRUE;
}

/* --- settings --- */

gboolean
ptl_ctl_exposure_says_settings (PtlCtl *self)
{
  return ptl_ctl_has (self, "schedule") || ptl_ctl_has (self, "on-network-change")
         || ptl_ctl_exposure_says_records (self);
}

gboolean
ptl_ctl_exposure_says_check (PtlCtl *self)
{
  return ptl_ctl_has (self, "vantage") || ptl_ctl_has (self, "address") || ptl_ctl_has (self, "sweep") || ptl_ctl_has (self, "ports") || ptl_ctl_has (self, "export") || ptl_ctl_has (self, "severity");
}

static void
print_settings_json (PtlCtl *self, GVariant *state, const char *schedule, gboolean change, gint64 next)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  ptl_json_add_text (builder, "result", "set");
  ptl_json_add_text (builder, "schedule", schedule);
  ptl_json_add_bool (builder, "on_network_change", change);
  ptl_json_add_time (builder, "next_check_at", next);
  ptl_ctl_exposure_records_to_json (state, builder);
  json_builder_end_object (builder);
  ptl_ctl_print_json (self, builder, FALSE);
}

gboolean
ptl_ctl_exposure_print_settings (PtlCtl *self, GError **error)
{
  const char *schedule = "off";
  g_autofree char *time = NULL;
  gboolean change = FALSE;
  gint64 next = 0;
  GVariant *state;

  if (!ptl_ctl_connect (self, error))
    return FALSE;
  state = ptl_client_get_exposure_check (self->client);
  g_variant_lookup (state, "Schedule", "&s", &schedule);
  g_variant_lookup (state, "OnNetworkChange", "b", &change);
  g_variant_lookup (state, "NextCheck", "x", &next);
  time = ptl_ctl_dup_time (next);
  if (self->json)
    print_settings_json (self, state, schedule, change, next);
  else if (next != 0)
    /* Translators: %s is a time */
    ptl_ctl_print (self, _("It is checked by itself, the next time: %s.\n"), time);
  else
    ptl_ctl_print (self, "%s\n", change ? _("It is checked by itself in another network alone.")
                                        : _("It is not checked by itself."));
  if (!self->json)
    ptl_ctl_exposure_print_records (self, state);
  return TRUE;
}

gboolean
ptl_ctl_exposure_set (PtlCtl *self, GError **error)
{
  const char *schedule = ptl_ctl_get (self, "schedule"), *change = ptl_ctl_get (self, "on-network-change");
  g_autoptr (GVariant) answer = NULL;
  GVariantDict settings;

  g_variant_dict_init (&settings, NULL);
  if (schedule != NULL)
    g_variant_dict_insert (&settings, "Schedule", "s", schedule);
  if (change != NULL)
    g_variant_dict_insert (&settings, "OnNetworkChange", "b", g_str_equal (change, "on"));
  ptl_ctl_exposure_add_records (self, &settings);
  answer = ptl_ctl_call (self, "SetExposureCheck", g_variant_new ("(@a{sv})", g_variant_dict_end (&settings)), error);
  return answer != NULL && ptl_ctl_exposure_set_keys (self, error);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ptl-finding.h"

#include "core/ptl-error.h"

static PtlFinding *
new_full (void)
{
  PtlFinding *finding = ptl_finding_new ();
  PtlListening *listening = ptl_finding_set_listening (finding);
  PtlForwarded *forwarded = ptl_finding_add_forwarded (finding);
  PtlSighting *sighting = ptl_finding_add_sighting (finding);

  g_free (finding->key);
  finding->key = g_strdup ("tcp/192.168.1.20:8080");
  g_free (finding->address);
  finding->address = g_strdup ("192.168.1.20");
  finding->port = 8080;
  finding->protocol = PTL_PROTOCOL_TCP;
  finding->severity = PTL_SEVERITY_HIGH;
  finding->accepted_until = 1800000000;
  g_free (listening->unit);
  listening->unit = g_strdup ("grafana.service");
  listening->pid = 4321;
  g_free (forwarded->system);
  forwarded->system = g_strdup ("router");
  sighting->vantage = PTL_VANTAGE_RELAY;
  sighting->state = PTL_SEEN_FILTERED;
  sighting->at = 1700000000;
  g_free (finding->identity->product);
  finding->identity->product = g_strdup ("Grafana");
  g_free (finding->identity->version);
  finding->identity->version = g_strdup ("10.2");
  finding->identity->auth = PTL_AUTH_PROTECTED;
  finding->identity->severity = PTL_SEVERITY_LOW;
  finding->identity->tls = ptl_tls_facts_new ();
  finding->identity->tls->self_signed = TRUE;
  g_strfreev (finding->identity->tls->old_versions);
  finding->identity->tls->old_versions = g_strsplit ("TLS 1.0,TLS 1.1", ",", -1);
  return finding;
}

static void
test_there_and_back (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PtlFinding) finding = new_full ();
  g_autoptr (GVariant) variant = g_variant_ref_sink (ptl_finding_to_variant (finding));
  g_autoptr (PtlFinding) back = ptl_finding_from_variant (variant, &error);
  g_autoptr (GVariant) again = NULL;
  const PtlSighting *sighting;
  g_autofree char *name = NULL;

  g_assert_no_error (error);
  sighting = back->seen->pdata[0];
  again = g_variant_ref_sink (ptl_finding_to_variant (back));
  name = ptl_identity_to_name (back->identity);

  g_assert_cmpuint (back->port, ==, 8080);
  g_assert_cmpint (back->severity, ==, PTL_SEVERITY_HIGH);
  g_assert_cmpstr (back->listening->unit, ==, "grafana.service");
  g_assert_cmpuint (back->listening->pid, ==, 4321);
  g_assert_cmpint (sighting->vantage, ==, PTL_VANTAGE_RELAY);
  g_assert_cmpint (sighting->state, ==, PTL_SEEN_FILTERED);
  g_assert_cmpstr (name, ==, "Grafana 10.2");
  g_assert_true (back->identity->tls->self_signed);
  g_assert_cmpstr (back->identity->tls->old_versions[1], ==, "TLS 1.1");
  g_assert_cmpuint (g_variant_n_children (variant), ==, g_variant_n_children (again));
}

static void
test_empty (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PtlFinding) finding = ptl_finding_new ();
  g_autoptr (GVariant) variant = g_variant_ref_sink (ptl_finding_to_variant (finding));
  g_autoptr (PtlFinding) back = ptl_finding_from_variant (variant, &error);

  g_assert_no_error (error);
  g_assert_null (back->listening);
  g_assert_null (back->identity->tls);
  g_assert_cmpint (back->identity->auth, ==, PTL_AUTH_UNKNOWN);
  g_assert_cmpint (back->protocol, ==, PTL_PROTOCOL_NONE);
}

static void
test_refused (void)
{
  static const char *const broken[] = {
    "{'Severity': <'terrible'>}",
    "{'Auth': <'perhaps'>}",
    "{'Port': <uint32 65536>}",
    "{'Port': <'80'>}",
    "{'Protocol': <'sctp'>}",
    "{'Tls': <'yes'>}",
    "{'Tls': <{'NotAfter': <'soon'>}>}",
    "{'Seen': <[{'Vantage': <'moon'>, 'State': <'open'>}]>}",
    "{'Seen': <[{'Vantage': <'lan'>}]>}",
    "{'Forwarded': <[{'System': <true>}]>}",
    "{'Listening': <{'Pid': <'one'>}>}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (broken); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GVariant) variant
          = g_variant_parse (G_VARIANT_TYPE_VARDICT, broken[i], NULL, NULL, NULL);
      g_autoptr (PtlFinding) finding = ptl_finding_from_variant (variant, &error);

      g_test_message ("%s", broken[i]);
      g_assert_null (finding);
      g_assert_error (error, PTL_ERROR, PTL_ERROR_INVALID);
    }
}

static void
test_words (void)
{
  for (guint i = 0; i < PTL_N_SEVERITIES; i++)
    {
      PtlSeverity severity;

      g_assert_true (ptl_severity_from_string (ptl_severity_to_string (i), &severity));
      g_assert_cmpuint (severity, ==, i);
      g_assert_cmpstr (ptl_severity_to_title (i), !=, "");
    }
  for (guint i = 0; i < PTL_N_AUTHS; i++)
    {
      PtlAuth auth;

      g_assert_true (ptl_auth_from_string (ptl_auth_to_string (i), &auth));
      g_assert_cmpuint (auth, ==, i);
      g_assert_cmpstr (ptl_auth_to_title (i), !=, "");
    }
  for (guint i = 0; i < PTL_N_VANTAGES; i++)
    {
      PtlVantageKind vantage;

      g_assert_true (ptl_vantage_from_string (ptl_vantage_to_string (i), &vantage));
      g_assert_cmpuint (vantage, ==, i);
      g_assert_cmpstr (ptl_vantage_to_title (i), !=, "");
    }
  for (guint i = 0; i < PTL_N_SEENS; i++)
    {
      PtlSeenState state;

      g_assert_true (ptl_seen_from_string (ptl_seen_to_string (i), &state));
      g_assert_cmpuint (state, ==, i);
      g_assert_cmpstr (ptl_seen_to_title (i), !=, "");
    }
}

/* A port that was asked for and is closed is no open one. */
static void
test_shut (void)
{
  g_autoptr (PtlFinding) seen = ptl_finding_new ();
  g_autoptr (PtlFinding) listening = ptl_finding_new ();
  g_autoptr (PtlFinding) forwarded = ptl_finding_new ();

  for (guint state = 0; state < PTL_N_SEENS; state++)
    if (state != PTL_SEEN_OPEN)
      ptl_finding_add_sighting (seen)->state = (PtlSeenState) state;
  g_assert_true (ptl_finding_is_shut (seen));
  ptl_finding_add_sighting (seen)->state = PTL_SEEN_OPEN;
  g_assert_false (ptl_finding_is_shut (seen));
  ptl_finding_set_listening (listening);
  g_assert_false (ptl_finding_is_shut (listening));
  ptl_finding_add_forwarded (forwarded);
  g_assert_false (ptl_finding_is_shut (forwarded));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/finding/there-and-back", test_there_and_back);
  g_test_add_func ("/finding/empty", test_empty);
  g_test_add_func ("/finding/shut", test_shut);
  g_test_add_func ("/finding/refused", test_refused);
  g_test_add_func ("/finding/words", test_words);
  return g_test_run ();
}

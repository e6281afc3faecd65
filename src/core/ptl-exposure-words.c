/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-exposure-words.h"

#include <glib/gi18n-lib.h>

typedef struct
{
  const char *name;
  const char *title;
} Words;

static const Words severities[PTL_N_SEVERITIES] = {
  [PTL_SEVERITY_INFO] = { "info", NC_ ("severity", "For information") },
  [PTL_SEVERITY_LOW] = { "low", NC_ ("severity", "Low") },
  [PTL_SEVERITY_MEDIUM] = { "medium", NC_ ("severity", "Medium") },
  [PTL_SEVERITY_HIGH] = { "high", NC_ ("severity", "High") },
  [PTL_SEVERITY_CRITICAL] = { "critical", NC_ ("severity", "Critical") },
};

static const Words auths[PTL_N_AUTHS] = {
  [PTL_AUTH_UNKNOWN] = { "unknown", NC_ ("login", "Login not known") },
  [PTL_AUTH_OPEN] = { "open", NC_ ("login", "No login") },
  [PTL_AUTH_PROTECTED] = { "protected", NC_ ("login", "Asks for a login") },
  [PTL_AUTH_NONE] = { "none", NC_ ("login", "Needs no login") },
};

static const Words vantages[PTL_N_VANTAGES] = {
  [PTL_VANTAGE_MACHINE] = { "machine", NC_ ("vantage point", "This computer") },
  [PTL_VANTAGE_LAN] = { "lan", NC_ ("vantage point", "The home network") },
  [PTL_VANTAGE_HAIRPIN]
  = { "hairpin", NC_ ("vantage point", "The router’s public address, from inside") },
  [PTL_VANTAGE_RELAY] = { "relay", NC_ ("vantage point", "The internet, by your relay") },
  [PTL_VANTAGE_INTERNETDB] = { "internetdb", NC_ ("vantage point", "Shodan’s InternetDB") },
  [PTL_VANTAGE_SHODAN] = { "shodan", NC_ ("vantage point", "Shodan") },
  [PTL_VANTAGE_CENSYS] = { "censys", NC_ ("vantage point", "Censys") },
};

static const Words seens[PTL_N_SEENS] = {
  [PTL_SEEN_FAILED] = { "failed", NC_ ("port", "Could not look") },
  [PTL_SEEN_OPEN] = { "open", NC_ ("port", "Answers") },
  [PTL_SEEN_CLOSED] = { "closed", NC_ ("port", "Closed") },
  [PTL_SEEN_FILTERED] = { "filtered", NC_ ("port", "Filtered") },
  [PTL_SEEN_UNLISTED] = { "unlisted", NC_ ("port", "Not listed") },
};

static gboolean
find (const Words *words, guint n_words, const char *name, guint *found)
{
  for (guint i = 0; i < n_words; i++)
    if (g_strcmp0 (name, words[i].name) == 0)
      {
        *found = i;
        return TRUE;
      }
  return FALSE;
}

const char *
ptl_severity_to_string (PtlSeverity severity)
{
  g_return_val_if_fail (severity < PTL_N_SEVERITIES, "info");
  return severities[severity].name;
}

const char *
ptl_auth_to_string (PtlAuth auth)
{
  g_return_val_if_fail (auth < PTL_N_AUTHS, "unknown");
  return auths[auth].name;
}

const char *
ptl_vantage_to_string (PtlVantageKind vantage)
{
  g_return_val_if_fail (vantage < PTL_N_VANTAGES, "machine");
  return vantages[vantage].name;
}

const char *
ptl_seen_to_string (PtlSeenState state)
{
  g_return_val_if_fail (state < PTL_N_SEENS, "failed");
  return seens[state].name;
}

gboolean
ptl_severity_from_string (const char *name, PtlSeverity *severity)
{
  guint found;

  if (!find (severities, PTL_N_SEVERITIES, name, &found))
    return FALSE;
  *severity = (PtlSeverity) found;
  return TRUE;
}

gboolean
ptl_auth_from_string (const char *name, PtlAuth *auth)
{
  guint found;

  if (!find (auths, PTL_N_AUTHS, name, &found))
    return FALSE;
  *auth = (PtlAuth) found;
  return TRUE;
}

gboolean
ptl_vantage_from_string (const char *name, PtlVantageKind *vantage)
{
  guint found;

  if (!find (vantages, PTL_N_VANTAGES, name, &found))
    return FALSE;
  *vantage = (PtlVantageKind) found;
  return TRUE;
}

gboolean
ptl_seen_from_string (const char *name, PtlSeenState *state)
{
  guint found;

  if (!find (seens, PTL_N_SEENS, name, &found))
    return FALSE;
  *state = (PtlSeenState) found;
  return TRUE;
}

const char *
ptl_severity_to_title (PtlSeverity severity)
{
  g_return_val_if_fail (severity < PTL_N_SEVERITIES, "");
  return g_dpgettext2 (GETTEXT_PACKAGE, "severity", severities[severity].title);
}

const char *
ptl_auth_to_title (PtlAuth auth)
{
  g_return_val_if_fail (auth < PTL_N_AUTHS, "");
  return g_dpgettext2 (GETTEXT_PACKAGE, "login", auths[auth].title);
}

const char *
ptl_vantage_to_title (PtlVantageKind vantage)
{
  g_return_val_if_fail (vantage < PTL_N_VANTAGES, "");
  return g_dpgettext2 (GETTEXT_PACKAGE, "vantage point", vantages[vantage].title);
}

const char *
ptl_seen_to_title (PtlSeenState state)
{
  g_return_val_if_fail (state < PTL_N_SEENS, "");
  return g_dpgettext2 (GETTEXT_PACKAGE, "port", seens[state].title);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>

#include "ptl-options.h"

static const char *const labels[PTL_N_OPTIONS] = {
  [PTL_OPTION_MAX_CONNECTIONS] = N_ ("Connections at a time"),
  [PTL_OPTION_MAX_PER_SOURCE] = N_ ("Connections of one source"),
  [PTL_OPTION_NEW_PER_SECOND] = N_ ("New connections per second"),
  [PTL_OPTION_NEW_PER_SOURCE] = N_ ("New connections of one source per second"),
  [PTL_OPTION_RATE] = N_ ("Bytes per second"),
  [PTL_OPTION_RATE_PER_CONNECTION] = N_ ("Bytes per second of one connection"),
  [PTL_OPTION_BAN_AFTER] = N_ ("Refusals within a minute that ban a source"),
  [PTL_OPTION_BAN_FOR] = N_ ("A source is banned for"),
  [PTL_OPTION_CONNECT_TIMEOUT] = N_ ("A target may take to answer"),
  [PTL_OPTION_IDLE_TIMEOUT] = N_ ("A connection may be idle"),
  [PTL_OPTION_TOTAL_TIMEOUT] = N_ ("A connection may last"),
  [PTL_OPTION_UDP_IDLE_TIMEOUT] = N_ ("A UDP session may be idle"),
  [PTL_OPTION_UDP_SESSIONS] = N_ ("UDP sessions"),
  [PTL_OPTION_UDP_REPLIES] = N_ ("UDP reply bytes for each byte of an unknown source"),
  [PTL_OPTION_BALANCE] = N_ ("Choice of the target"),
  [PTL_OPTION_HEALTH_INTERVAL] = N_ ("A target is checked every"),
  [PTL_OPTION_HEALTH_TIMEOUT] = N_ ("A check may take"),
  [PTL_OPTION_HEALTH_RISE] = N_ ("Good checks that bring a target back"),
  [PTL_OPTION_HEALTH_FALL] = N_ ("Failures that take a target out"),
  [PTL_OPTION_PROXY] = N_ ("PROXY protocol to the target"),
};

const char *
ptl_option_get_label (PtlOption option)
{
  g_return_val_if_fail (option < PTL_N_OPTIONS, NULL);
  return labels[option];
}

static const char *
say (const char *msgid, gboolean translated)
{
  return translated ? gettext (msgid) : msgid;
}

static void
add_line (GStrvBuilder *lines, const char *label, const char *value, gboolean translated)
{
  g_autofree char *line
      /* Translators: what is limited, and to what, like “Connections of one source: 5” */
      = g_strdup_printf (translated ? _ ("%s: %s") : "%s: %s", say (label, translated), value);

  g_strv_builder_add (lines, line);
}

static void
add_values (GStrvBuilder *lines, const PtlOptions *self, gboolean translated)
{
  for (guint i = 0; i < PTL_N_OPTIONS; i++)
    {
      g_autofree char *value = NULL;

      if (self->values[i] == ptl_option_get_spec (i)->fallback)
        continue;
      if (i == PTL_OPTION_UDP_REPLIES && self->values[i] == 0)
        value = g_strdup (say (N_ ("no bound"), translated));
      else
        value = ptl_option_to_string (i, self->values[i]);
      add_line (lines, labels[i], value, translated);
    }
}

static void
add_targets (GStrvBuilder *lines, const PtlOptions *self, gboolean backup, gboolean translated)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < self->targets->len; i++)
    {
      const PtlTarget *target = g_ptr_array_index (self->targets, i);
      g_autofree char *endpoint = NULL;

      if (target->backup != backup)
        continue;
      endpoint = ptl_endpoint_to_string (target->endpoint);
      g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "", endpoint);
    }
  if (text->len > 0)
    add_line (lines, backup ? N_ ("Backup targets") : N_ ("Further targets"), text->str, translated);
}

char **
ptl_options_to_words (const PtlOptions *self, gboolean translated)
{
  g_autoptr (GStrvBuilder) lines = g_strv_builder_new ();

  add_values (lines, self, translated);
  add_targets (lines, self, FALSE, translated);
  add_targets (lines, self, TRUE, translated);
  if (self->proxy_from != NULL)
    {
      g_autofree char *networks = ptl_audience_to_string (self->proxy_from);

      add_line (lines, N_ ("A PROXY header is asked of"), networks, translated);
    }
  return g_strv_builder_end (lines);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-options.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "ptl-error.h"
#include "ptl-text.h"
#include "ptl-time.h"

#define SHOWN_CHARS 40
#define DAY (24 * 3600)

static const char *const balances[] = { "round-robin", "least-connections", "source-hash", NULL };
static const char *const proxies[] = { "none", "v1", "v2", NULL };

#define COUNT(key, name, fallback, least, most)                                                    \
  { key, name, PTL_OPTION_TYPE_COUNT, fallback, least, most, NULL }
#define SECONDS(key, name, fallback, least, most)                                                  \
  { key, name, PTL_OPTION_TYPE_SECONDS, fallback, least, most, NULL }
#define BYTES(key, name) { key, name, PTL_OPTION_TYPE_BYTES, 0, 0, G_GUINT64_CONSTANT (1) << 40, NULL }
#define WORD(key, name, words)                                                                     \
  { key, name, PTL_OPTION_TYPE_WORD, 0, 0, G_N_ELEMENTS (words) - 2, words }

static const PtlOptionSpec specs[PTL_N_OPTIONS] = {
  [PTL_OPTION_MAX_CONNECTIONS] = COUNT ("MaxConnections", "max_connections", 0, 0, 1000000),
  [PTL_OPTION_MAX_PER_SOURCE] = COUNT ("MaxPerSource", "max_per_source", 0, 0, 1000000),
  [PTL_OPTION_NEW_PER_SECOND] = COUNT ("NewPerSecond", "new_per_second", 0, 0, 1000000),
  [PTL_OPTION_NEW_PER_SOURCE] = COUNT ("NewPerSource", "new_per_source", 0, 0, 1000000),
  [PTL_OPTION_RATE] = BYTES ("Rate", "rate"),
  [PTL_OPTION_RATE_PER_CONNECTION] = BYTES ("RatePerConnection", "rate_per_connection"),
  [PTL_OPTION_BAN_AFTER] = COUNT ("BanAfter", "ban_after", 0, 0, 1000000),
  [PTL_OPTION_BAN_FOR] = SECONDS ("BanFor", "ban_for", 600, 1, 30 * DAY),
  [PTL_OPTION_CONNECT_TIMEOUT] = SECONDS ("ConnectTimeout", "connect_timeout", 10, 1, 300),
  [PTL_OPTION_IDLE_TIMEOUT] = SECONDS ("IdleTimeout", "idle_timeout", 2 * 3600, 1, 30 * DAY),
  [PTL_OPTION_TOTAL_TIMEOUT] = SECONDS ("TotalTimeout", "total_timeout", 0, 0, 30 * DAY),
  [PTL_OPTION_UDP_IDLE_TIMEOUT] = SECONDS ("UdpIdleTimeout", "udp_idle_timeout", 120, 1, DAY),
  [PTL_OPTION_UDP_SESSIONS] = COUNT ("UdpSessions", "udp_sessions", 1024, 1, 65536),
  [PTL_OPTION_UDP_REPLIES] = COUNT ("UdpReplies", "udp_replies", 3, 0, 10000),
  [PTL_OPTION_BALANCE] = WORD ("Balance", "balance", balances),
  [PTL_OPTION_HEALTH_INTERVAL] = SECONDS ("HealthInterval", "health_interval", 0, 0, 3600),
  [PTL_OPTION_HEALTH_TIMEOUT] = SECONDS ("HealthTimeout", "health_timeout", 3, 1, 60),
  [PTL_OPTION_HEALTH_RISE] = COUNT ("HealthRise", "health_rise", 2, 1, 100),
  [PTL_OPTION_HEALTH_FALL] = COUNT ("HealthFall", "health_fall", 3, 1, 100),
  [PTL_OPTION_PROXY] = WORD ("Proxy", "proxy", proxies),
};

const PtlOptionSpec *
ptl_option_get_spec (PtlOption option)
{
  g_return_val_if_fail (option < PTL_N_OPTIONS, NULL);
  return &specs[option];
}

static gboolean
is_name (const char *name, const char *text)
{
  for (; *name != '\0' && (*name == *text || (*name == '_' && *text == '-')); name++)
    text++;
  return *name == '\0' && *text == '\0';
}

gboolean
ptl_option_find (const char *text, PtlOption *option)
{
  for (guint i = 0; i < PTL_N_OPTIONS; i++)
    if (strcmp (specs[i].key, text) == 0 || is_name (specs[i].name, text))
      {
        *option = i;
        return TRUE;
      }
  return FALSE;
}

/* Text and numbers */

static gboolean
parse_number (const char *text, const char **end, guint64 *value)
{
  char *after;

  if (!g_ascii_isdigit (*text) || strlen (text) > 20)
    return FALSE;
  errno = 0;
  *value = g_ascii_strtoull (text, &after, 10);
  *end = after;
  return errno == 0;
}

/* "M", "MB", " MiB/s": what @text has after a number. Bits ("Mb") are not meant. @base is 1 where
 * there is no letter. */
static gboolean
parse_byte_unit (const char *text, guint64 *base)
{
  static const char units[] = "kMGT";
  const char *place = NULL;
  guint64 step = 1000;

  text += strspn (text, " ");
  *base = 1;
  if (*text != '\0')
    place = strchr (units, *text == 'K' ? 'k' : *text);
  if (place != NULL)
    text++;
  if (place != NULL && *text == 'i')
    {
      step = 1024;
      text++;
    }
  for (gssize i = 0; place != NULL && i <= place - units; i++)
    *base *= step;
  text += *text == 'B';
  return *text == '\0' || strcmp (text, "/s") == 0;
}

/* @after: what follows the number; "1.5" and "1,5" alike, as one writes it here or there. */
static gboolean
add_fraction (const char **after, guint64 base, guint64 *value)
{
  const char *p = *after;
  guint64 digits = 0, scale = 1;

  if (*p != '.' && *p != ',')
    return TRUE;
  if (!g_ascii_isdigit (*++p))
    return FALSE;
  for (; g_ascii_isdigit (*p) && scale < 1000000; p++)
    {
      digits = digits * 10 + (guint64) (*p - '0');
      scale *= 10;
    }
  /* Within 64 bits: of a base of 2^40 at most, a million parts. */
  *value += base * digits / scale;
  *after = p;
  return TRUE;
}

static gboolean
parse_bytes (const char *text, guint64 *value)
{
  const char *after, *unit;
  guint64 base;

  if (!parse_number (text, &after, value))
    return FALSE;
  unit = after + strspn (after, ".,0123456789");
  return parse_byte_unit (unit, &base) && g_uint64_checked_mul (value, *value, base)
         && add_fraction (&after, base, value) && after == unit;
}

static gboolean
parse_seconds (const char *text, guint64 *value)
{
  const char *end;
  gint64 seconds;

  if (parse_number (text, &end, value) && *end == '\0')
    return TRUE;
  if (!ptl_duration_parse (text, &seconds, NULL))
    return FALSE;
  *value = (guint64) seconds;
  return TRUE;
}

static gboolean
parse_word (const char *const *words, const char *text, guint64 *value)
{
  for (guint i = 0; words[i] != NULL; i++)
    if (strcmp (words[i], text) == 0)
      {
        *value = i;
        return TRUE;
      }
  return FALSE;
}

static gboolean
parse (const PtlOptionSpec *spec, const char *text, guint64 *value)
{
  const char *end;

  switch (spec->type)
    {
    case PTL_OPTION_TYPE_SECONDS:
      return parse_seconds (text, value);
    case PTL_OPTION_TYPE_BYTES:
      return parse_bytes (text, value);
    case PTL_OPTION_TYPE_WORD:
      return parse_word (spec->words, text, value);
    case PTL_OPTION_TYPE_COUNT:
    default:
      return parse_number (text, &end, value) && *end == '\0';
    }
}

static char *
dup_range (PtlOption option)
{
  const PtlOptionSpec *spec = &specs[option];
  g_autofree char *least = NULL;
  g_autofree char *most = NULL;

  if (spec->words != NULL)
    {
      g_autofree char *words = g_strjoinv (", ", (char **) spec->words);

      /* Translators: %s is a list of words to choose from */
      return g_strdup_printf (_ ("Say one of: %s."), words);
    }
  least = ptl_option_to_string (option, spec->least);
  most = ptl_option_to_string (option, spec->most);
  if (spec->type == PTL_OPTION_TYPE_BYTES)
    /* Translators: %s is the largest value, like “1T” */
    return g_strdup_printf (_ ("Write it like 500k, 10M or 1.5G; %s is the most."), most);
  /* Translators: the smallest and the largest value, like “1s” and “1d” */
  return g_strdup_printf (_ ("It may be from %s to %s."), least, most);
}

gboolean
ptl_option_parse (PtlOption option, const char *text, guint64 *value, GError **error)
{
  const PtlOptionSpec *spec = &specs[option];
  g_autofree char *range = NULL;
  g_autofree char *shown = NULL;
  guint64 parsed;

  if (parse (spec, text, &parsed) && parsed >= spec->least && parsed <= spec->most)
    {
      *value = parsed;
      return TRUE;
    }
  range = dup_range (option);
  shown = ptl_text_make_safe (text, -1, SHOWN_CHARS);
  ptl_error_set (error, PTL_ERROR_INVALID, range,
                 /* Translators: what was given, and the name of an option like “max_connections” */
                 _ ("“%s” does not do for “%s”."), shown, spec->name);
  return FALSE;
}

static char *
bytes_to_string (guint64 value)
{
  static const char *const units[] = { "", "k", "M", "G", "T" };
  static const char *const binary[] = { "", "Ki", "Mi", "Gi", "Ti" };
  gboolean by_1024 = value % 1000 != 0 && value % 1024 == 0;
  guint64 base = by_1024 ? 1024 : 1000;
  guint i = 0;

  for (; value != 0 && value % base == 0 && i < G_N_ELEMENTS (units) - 1; i++)
    value /= base;
  return g_strdup_printf ("%" G_GUINT64_FORMAT "%s", value, by_1024 ? binary[i] : units[i]);
}

/* Unlike ptl_duration_to_string() nothing is left out. */
static char *
seconds_to_string (guint64 value)
{
  static const struct
  {
    guint64 seconds;
    char unit;
  } units[] = { { DAY, 'd' }, { 3600, 'h' }, { 60, 'm' }, { 1, 's' } };
  g_autoptr (GString) text = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (units); i++)
    {
      if (value >= units[i].seconds)
        g_string_append_printf (text, "%" G_GUINT64_FORMAT "%c", value / units[i].seconds,
                                units[i].unit);
      value %= units[i].seconds;
    }
  return text->len > 0 ? g_string_free (g_steal_pointer (&text), FALSE) : g_strdup ("0s");
}

char *
ptl_option_to_string (PtlOption option, guint64 value)
{
  const PtlOptionSpec *spec = ptl_option_get_spec (option);

  switch (spec->type)
    {
    case PTL_OPTION_TYPE_SECONDS:
      return seconds_to_string (value);
    case PTL_OPTION_TYPE_BYTES:
      return bytes_to_string (value);
    case PTL_OPTION_TYPE_WORD:
      return g_strdup (value <= spec->most ? spec->words[value] : "");
    case PTL_OPTION_TYPE_COUNT:
    default:
      return g_strdup_printf ("%" G_GUINT64_FORMAT, value);
    }
}

/* Targets */

PtlTarget *
ptl_target_new (const PtlEndpoint *endpoint, gboolean backup)
{
  PtlTarget *self = g_new0 (PtlTarget, 1);

  self->endpoint = ptl_endpoint_copy (endpoint);
  self->backup = backup;
  return self;
}

PtlTarget *
ptl_target_copy (const PtlTarget *self)
{
  return ptl_target_new (self->endpoint, self->backup);
}

void
ptl_target_free (PtlTarget *self)
{
  if (self == NULL)
    return;
  ptl_endpoint_free (self->endpoint);
  g_free (self);
}

gboolean
ptl_targets_equal (const GPtrArray *a, const GPtrArray *b)
{
  if (a->len != b->len)
    return FALSE;
  for (guint i = 0; i < a->len; i++)
    {
      const PtlTarget *first = g_ptr_array_index (a, i), *second = g_ptr_array_index (b, i);

      if (first->backup != second->backup
          || !ptl_endpoint_equal (first->endpoint, second->endpoint))
        return FALSE;
    }
  return TRUE;
}

/* All together */

PtlOptions *
ptl_options_new (void)
{
  PtlOptions *self = g_new0 (PtlOptions, 1);

  for (guint i = 0; i < PTL_N_OPTIONS; i++)
    self->values[i] = specs[i].fallback;
  self->targets = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_target_free);
  return self;
}

PtlOptions *
ptl_options_copy (const PtlOptions *self)
{
  PtlOptions *copy = ptl_options_new ();

  memcpy (copy->values, self->values, sizeof copy->values);
  for (guint i = 0; i < self->targets->len; i++)
    g_ptr_array_add (copy->targets, ptl_target_copy (g_ptr_array_index (self->targets, i)));
  copy->proxy_from = self->proxy_from != NULL ? ptl_audience_ref (self->proxy_from) : NULL;
  return copy;
}

void
ptl_options_free (PtlOptions *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->targets);
  g_clear_pointer (&self->proxy_from, ptl_audience_unref);
  g_free (self);
}

gboolean
ptl_options_equal (const PtlOptions *a, const PtlOptions *b)
{
  return memcmp (a->values, b->values, sizeof a->values) == 0
         && ptl_targets_equal (a->targets, b->targets)
         && ptl_audience_equal (a->proxy_from, b->proxy_from);
}

gboolean
ptl_options_is_plain (const PtlOptions *self)
{
  for (guint i = 0; i < PTL_N_OPTIONS; i++)
    if (self->values[i] != specs[i].fallback)
      return FALSE;
  return self->targets->len == 0 && self->proxy_from == NULL;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-rule-columns.h"

#include <glib/gi18n-lib.h>

#include "gui/ptl-format.h"
#include "gui/traffic/ptl-sparkline.h"

#define SOON_SECONDS 600

static gint64
now (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

static const PtlRule *
rule_of (gpointer item)
{
  return ptl_rule_item_get_rule (PTL_RULE_ITEM (item));
}

static gboolean
is_blank (gpointer item)
{
  return ptl_rule_item_is_placeholder (PTL_RULE_ITEM (item));
}

static char *
dup_state (gpointer item)
{
  const PtlRule *rule = rule_of (item);

  return is_blank (item) ? g_strdup ("…") : g_strdup (ptl_format_state (rule->state, rule->close_reason));
}

static const char *
get_state_icon (gpointer item)
{
  const PtlRule *rule = rule_of (item);

  return is_blank (item) ? NULL : ptl_format_state_icon (rule->state, rule->close_reason);
}

static const char *
get_state_style (gpointer item)
{
  return is_blank (item) ? NULL : ptl_format_state_style (rule_of (item)->state);
}

static char *
dup_name (gpointer item)
{
  return g_strdup (is_blank (item) ? "" : rule_of (item)->name);
}

static char *
dup_kind (gpointer item)
{
  return g_strdup (is_blank (item) ? "" : ptl_format_kind (rule_of (item)->kind));
}

static char *
dup_public_endpoint (gpointer item)
{
  const PtlRule *rule = rule_of (item);
  g_autofree char *endpoint = ptl_format_endpoint (rule->public_endpoint);

  g_autofree char *named = is_blank (item) ? NULL : ptl_rule_dup_named_endpoint (rule);

  if (is_blank (item) || *endpoint == '\0')
    return g_strdup ("");
  if (named)
    return g_strdup_printf ("%s %s (%s)", named, ptl_format_protocol (ptl_rule_get_protocol (rule)),
                            rule->public_endpoint->host);
  return g_strconcat (endpoint, " ", ptl_format_protocol (ptl_rule_get_protocol (rule)), NULL);
}

static char *
dup_target (gpointer item)
{
  return is_blank (item) ? g_strdup ("") : ptl_format_endpoint (rule_of (item)->target);
}

static char *
dup_owner (gpointer item)
{
  return g_strdup (is_blank (item) ? "" : rule_of (item)->owner);
}

static char *
dup_purpose (gpointer item)
{
  return g_strdup (is_blank (item) ? "" : rule_of (item)->purpose);
}

static char *
dup_expires (gpointer item)
{
  const PtlRule *rule = rule_of (item);

  return is_blank (item) ? g_strdup ("") : ptl_format_expires (rule->expires, rule->review, now ());
}

static char *
dup_time_left (gpointer item)
{
  const PtlRule *rule = rule_of (item);

  return is_blank (item) ? g_strdup ("") : ptl_format_time_left (rule->expires, rule->review, now ());
}

static guint
next_change (gpointer item, gint64 at)
{
  const PtlRule *rule = rule_of (item);

  return is_blank (item) ? 0 : ptl_format_next_change (rule->expires, rule->review, at);
}

static char *
dup_closed (gpointer item)
{
  return is_blank (item) ? g_strdup ("") : ptl_format_time (rule_of (item)->closed, now ());
}

static char *
dup_traffic (gpointer item)
{
  return is_blank (item) ? g_strdup ("") : ptl_format_traffic (rule_of (item));
}

/* While something moves, how fast; else how much it was. */
static char *
dup_moving (gpointer item)
{
  double rate = is_blank (item) ? 0 : ptl_throughput_get_rate (ptl_throughput_of (item), g_get_monotonic_time ());

  return rate >= 1 ? ptl_format_rate ((guint64) rate) : dup_traffic (item);
}

static GtkWidget *
show_moving (gpointer item, GtkWidget *picture)
{
  if (is_blank (item) || !ptl_throughput_is_alive (ptl_throughput_of (item), g_get_monotonic_time ()))
    return NULL;
  if (!picture)
    picture = ptl_sparkline_new ();
  ptl_sparkline_set_item (PTL_SPARKLINE (picture), item);
  return picture;
}

static int
compare_text (const char *a, const char *b)
{
  return g_utf8_collate (a ? a : "", b ? b : "");
}

static int
compare_state (gpointer a, gpointer b)
{
  return (int) rule_of (a)->state - (int) rule_of (b)->state;
}

static int
compare_name (gpointer a, gpointer b)
{
  return compare_text (rule_of (a)->name, rule_of (b)->name);
}

static int
compare_kind (gpointer a, gpointer b)
{
  return (int) rule_of (a)->kind - (int) rule_of (b)->kind;
}

static int
compare_endpoints (const PtlEndpoint *a, const PtlEndpoint *b)
{
  g_autofree char *left = NULL, *right = NULL;

  if (a && b && a->first != b->first)
    return (int) a->first - (int) b->first;
  left = ptl_format_endpoint (a);
  right = ptl_format_endpoint (b);
  return compare_text (left, right);
}

/* By port: that is what people look for. */
static int
compare_public_endpoint (gpointer a, gpointer b)
{
  return compare_endpoints (rule_of (a)->public_endpoint, rule_of (b)->public_endpoint);
}

static int
compare_target (gpointer a, gpointer b)
{
  g_autofree char *left = ptl_format_endpoint (rule_of (a)->target);
  g_autofree char *right = ptl_format_endpoint (rule_of (b)->target);

  return compare_text (left, right);
}

static int
compare_owner (gpointer a, gpointer b)
{
  return compare_text (rule_of (a)->owner, rule_of (b)->owner);
}

static int
compare_purpose (gpointer a, gpointer b)
{
  return compare_text (rule_of (a)->purpose, rule_of (b)->purpose);
}

static gint64
end_of (gpointer item)
{
  const PtlRule *rule = rule_of (item);

  return rule->expires != 0 ? rule->expires : rule->review;
}

static int
compare_expires (gpointer a, gpointer b)
{
  gint64 left = end_of (a), right = end_of (b);

  return (left > right) - (left < right);
}

static int
compare_traffic (gpointer a, gpointer b)
{
  const PtlTraffic *x = &rule_of (a)->traffic, *y = &rule_of (b)->traffic;
  guint64 left = x->bytes_in + x->bytes_out, right = y->bytes_in + y->bytes_out;

  return (left > right) - (left < right);
}

static char *
dup_description (gpointer item)
{
  const PtlRule *rule = rule_of (item);
  g_autofree char *state = dup_state (item);
  g_autofree char *endpoint = dup_public_endpoint (item);
  g_autofree char *end = NULL;

  if (is_blank (item))
    return g_strdup (_("Loading"));
  end = rule->closed != 0 ? dup_closed (item) : dup_time_left (item);
  return g_strdup_printf ("%s, %s, %s, %s", rule->name, state, endpoint, end);
}

static const PtlColumn living_columns[] = {
  { "state", N_ ("State"), 9, 10, FALSE, FALSE, dup_state, get_state_icon, get_state_style,
    compare_state, NULL, NULL },
  { "name", N_ ("Name"), 14, 24, TRUE, FALSE, dup_name, NULL, NULL, compare_name, NULL, NULL },
  { "public-endpoint", N_ ("Public Endpoint"), 18, 21, FALSE, TRUE, dup_public_endpoint, NULL, NULL,
    compare_public_endpoint, NULL, NULL },
  { "expires", N_ ("Expires"), 11, 14, FALSE, TRUE, dup_expires, NULL, NULL, compare_expires,
    next_change, NULL },
  { "target", N_ ("Target"), 13, 18, FALSE, TRUE, dup_target, NULL, NULL, compare_target, NULL,
    NULL },
  { "kind", N_ ("Kind"), 7, 7, FALSE, FALSE, dup_kind, NULL, NULL, compare_kind, NULL, NULL },
  { "owner", N_ ("Owner"), 6, 9, FALSE, FALSE, dup_owner, NULL, NULL, compare_owner, NULL, NULL },
  { "purpose", N_ ("Purpose"), 10, 20, FALSE, FALSE, dup_purpose, NULL, NULL, compare_purpose, NULL,
    NULL },
  { "traffic", N_ ("Traffic"), 14, 24, FALSE, TRUE, dup_moving, NULL, NULL, compare_traffic, NULL,
    show_moving },
};

static const PtlColumn closed_columns[] = {
  { "state", N_("State"), 9, 10, FALSE, FALSE, dup_state, get_state_icon, get_state_style, NULL, NULL, NULL },
  { "name", N_("Name"), 14, 24, TRUE, FALSE, dup_name, NULL, NULL, NULL, NULL, NULL },
  { "public-endpoint", N_("Public Endpoint"), 18, 21, FALSE, TRUE, dup_public_endpoint, NULL, NULL, NULL, NULL, NULL },
  { "closed", N_("Closed"), 15, 20, FALSE, TRUE, dup_closed, NULL, NULL, NULL, NULL, NULL },
  { "target", N_("Target"), 13, 18, FALSE, TRUE, dup_target, NULL, NULL, NULL, NULL, NULL },
  { "kind", N_("Kind"), 7, 7, FALSE, FALSE, dup_kind, NULL, NULL, NULL, NULL, NULL },
  { "owner", N_("Owner"), 6, 9, FALSE, FALSE, dup_owner, NULL, NULL, NULL, NULL, NULL },
  { "purpose", N_("Purpose"), 10, 20, FALSE, FALSE, dup_purpose, NULL, NULL, NULL, NULL, NULL },
  { "traffic", N_("Traffic"), 9, 20, FALSE, TRUE, dup_traffic, NULL, NULL, NULL, NULL, NULL },
};

const PtlTableSpec ptl_rule_table_living = {
  living_columns, G_N_ELEMENTS (living_columns),
  dup_name, dup_public_endpoint, dup_time_left, dup_description, next_change,
  "columns", "sort",
};

const PtlTableSpec ptl_rule_table_closed = {
  closed_columns, G_N_ELEMENTS (closed_columns),
  dup_name, dup_public_endpoint, dup_closed, dup_description, NULL,
  "history-columns", NULL,
};

gboolean
ptl_rule_needs_attention (const PtlRule *rule, gint64 at)
{
  switch (rule->state)
    {
    case PTL_RULE_STATE_REQUESTED:
    case PTL_RULE_STATE_DEGRADED:
    case PTL_RULE_STATE_FAILED:
      return TRUE;
    case PTL_RULE_STATE_OPEN:
      return rule->expires != 0 ? rule->expires - at <= SOON_SECONDS : rule->review <= at;
    case PTL_RULE_STATE_OPENING:
    case PTL_RULE_STATE_CLOSING:
    case PTL_RULE_STATE_CLOSED:
      break;
    }
  return FALSE;
}

static gboolean
contains_word (const char *text, const char *word)
{
  g_autofree char *folded = text ? g_utf8_casefold (text, -1) : NULL;

  return folded && strstr (folded, word) != NULL;
}

static gboolean
matches_word (const PtlRule *rule, const char *word)
{
  g_autofree char *public_endpoint = NULL, *target = NULL;


  if (contains_word (rule->name, word) || contains_word (rule->owner, word) || contains_word (rule->purpose, word)
      || contains_word (rule->public_name, word))
    return TRUE;
  public_endpoint = ptl_format_endpoint (rule->public_endpoint);
  target = ptl_format_endpoint (rule->target);
  return contains_word (public_endpoint, word) || contains_word (target, word);
}

gboolean
ptl_rule_matches (const PtlRule *rule, const char *const *words)
{
  for (; words && *words; words++)
    if (!matches_word (rule, *words))
      return FALSE;
  return TRUE;
}

char **
ptl_search_words (const char *text)
{
  g_autofree char *folded = g_utf8_casefold (text ? text : "", -1);
  g_auto (GStrv) parts = g_strsplit_set (folded, " \t\n", -1);
  g_autoptr (GStrvBuilder) words = g_strv_builder_new ();

  for (guint i = 0; parts[i]; i++)
    if (*parts[i])
      g_strv_builder_add (words, parts[i]);
  return g_strv_builder_end (words);
}

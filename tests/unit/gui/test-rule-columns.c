/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gui/inventory/ptl-rule-columns.h"

#define NOW G_GINT64_CONSTANT (1795176000)

static PtlRule *
make_rule (const char *name, guint16 port)
{
  PtlRule *rule = ptl_rule_new (PTL_KIND_MAPPING);

  g_free (rule->name);
  g_free (rule->owner);
  g_free (rule->purpose);
  ptl_endpoint_free (rule->public_endpoint);
  ptl_endpoint_free (rule->target);
  rule->name = g_strdup (name);
  rule->owner = g_strdup ("Ann Müller");
  rule->purpose = g_strdup ("Friday game");
  rule->public_endpoint = ptl_endpoint_new (PTL_PROTOCOL_TCP, "203.0.113.5", port, port);
  rule->target = ptl_endpoint_new (PTL_PROTOCOL_TCP, "192.168.1.20", port, port);
  rule->state = PTL_RULE_STATE_OPEN;
  rule->expires = NOW + 7200;
  return rule;
}

static void
test_matches (void)
{
  static const struct { const char *search; gboolean matches; } rows[] = {
    { "", TRUE },           { "  ", TRUE },         { "mine", TRUE },        { "MINECRAFT", TRUE },
    { "müller", TRUE },     { "MÜLLER", TRUE },     { "friday ann", TRUE },  { "25565", TRUE },
    { "192.168", TRUE },    { "203.0.113.5:255", TRUE }, { "valheim", FALSE }, { "mine valheim", FALSE },
    { "%", FALSE },
  };
  g_autoptr (PtlRule) rule = make_rule ("Minecraft with friends", 25565);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_auto (GStrv) words = ptl_search_words (rows[i].search);

      g_assert_cmpint (ptl_rule_matches (rule, (const char *const *) words), ==, rows[i].matches);
    }
  g_assert_true (ptl_rule_matches (rule, NULL));
}

static void
test_attention (void)
{
  static const struct { PtlRuleState state; gint64 expires, review; gboolean needs; } rows[] = {
    { PTL_RULE_STATE_OPEN, NOW + 7200, 0, FALSE },
    { PTL_RULE_STATE_OPEN, NOW + 600, 0, TRUE },
    { PTL_RULE_STATE_OPEN, NOW + 601, 0, FALSE },
    { PTL_RULE_STATE_OPEN, 0, NOW + 60, FALSE },
    { PTL_RULE_STATE_OPEN, 0, NOW, TRUE },
    { PTL_RULE_STATE_DEGRADED, NOW + 7200, 0, TRUE },
    { PTL_RULE_STATE_REQUESTED, NOW + 7200, 0, TRUE },
    { PTL_RULE_STATE_FAILED, NOW + 7200, 0, TRUE },
    { PTL_RULE_STATE_OPENING, NOW + 60, 0, FALSE },
    { PTL_RULE_STATE_CLOSING, NOW + 60, 0, FALSE },
  };
  g_autoptr (PtlRule) rule = make_rule ("x", 80);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      rule->state = rows[i].state;
      rule->expires = rows[i].expires;
      rule->review = rows[i].review;
      g_assert_cmpint (ptl_rule_needs_attention (rule, NOW), ==, rows[i].needs);
    }
}

static char *
text_of (const PtlTableSpec *spec, const char *id, PtlRuleItem *item)
{
  const PtlColumn *column = ptl_table_spec_find (spec, id);

  g_assert_nonnull (column);
  return column->dup_text (item);
}

static void
test_texts (void)
{
  g_autoptr (PtlRuleItem) item = ptl_rule_item_new (make_rule ("Minecraft", 25565));
  g_autofree char *state = text_of (&ptl_rule_table_living, "state", item);
  g_autofree char *endpoint = text_of (&ptl_rule_table_living, "public-endpoint", item);
  g_autofree char *target = text_of (&ptl_rule_table_living, "target", item);
  g_autofree char *spoken = ptl_rule_table_living.dup_description (item);

  g_assert_cmpstr (state, ==, "Open");
  g_assert_cmpstr (endpoint, ==, "203.0.113.5:25565 TCP");
  g_assert_cmpstr (target, ==, "192.168.1.20:25565");
  g_assert_true (g_str_has_prefix (spoken, "Minecraft, Open, 203.0.113.5:25565 TCP"));
}

/* A history row whose page is on its way says so, in every column. */
static void
test_placeholder (void)
{
  g_autoptr (PtlRuleItem) item = ptl_rule_item_new_placeholder ();
  g_autofree char *spoken = ptl_rule_table_closed.dup_description (item);

  for (guint i = 0; i < ptl_rule_table_closed.n_columns; i++)
    {
      g_autofree char *text = ptl_rule_table_closed.columns[i].dup_text (item);

      g_assert_cmpstr (text, ==, i == 0 ? "…" : "");
    }
  g_assert_cmpstr (spoken, ==, "Loading");
}

static int
compare (const char *id, PtlRule *a, PtlRule *b)
{
  g_autoptr (PtlRuleItem) left = ptl_rule_item_new (a);
  g_autoptr (PtlRuleItem) right = ptl_rule_item_new (b);
  int order = ptl_table_spec_find (&ptl_rule_table_living, id)->compare (left, right);
  int turned = ptl_table_spec_find (&ptl_rule_table_living, id)->compare (right, left);

  g_assert_cmpint ((order > 0) - (order < 0), ==, (turned < 0) - (turned > 0));
  return order;
}

static PtlRule *
make_expiring (gint64 expires, gint64 review)
{
  PtlRule *rule = make_rule ("x", 80);

  rule->expires = expires;
  rule->review = review;
  return rule;
}

static PtlRule *
make_busy (guint64 bytes)
{
  PtlRule *rule = make_rule ("x", 80);

  rule->traffic.bytes_in = bytes;
  return rule;
}

static void
test_order (void)
{
  g_assert_cmpint (compare ("name", make_rule ("a", 1), make_rule ("b", 1)), <, 0);
  g_assert_cmpint (compare ("name", make_rule ("same", 1), make_rule ("same", 2)), ==, 0);
  /* 9000 comes before 25565, which as text it does not. */
  g_assert_cmpint (compare ("public-endpoint", make_rule ("a", 9000), make_rule ("b", 25565)), <, 0);
  g_assert_cmpint (compare ("expires", make_expiring (NOW + 5, 0), make_expiring (NOW + 6, 0)), <, 0);
  g_assert_cmpint (compare ("expires", make_expiring (NOW + 5, 0), make_expiring (0, NOW + 4)), >, 0);
  g_assert_cmpint (compare ("traffic", make_busy (G_MAXUINT32), make_busy (G_GUINT64_CONSTANT (1) << 40)), <, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gui/rule-columns/matches", test_matches);
  g_test_add_func ("/gui/rule-columns/attention", test_attention);
  g_test_add_func ("/gui/rule-columns/texts", test_texts);
  g_test_add_func ("/gui/rule-columns/placeholder", test_placeholder);
  g_test_add_func ("/gui/rule-columns/order", test_order);
  return g_test_run ();
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Fills a store as a long life would have: seed-store DIRECTORY N-OPEN N-CLOSED FIRST-PORT [mapping]. The open rules are
 * forwards on 127.0.0.1, from FIRST-PORT on, or mappings of those ports. */

#include <stdlib.h>

#include "worker/ptl-store.h"

static const char *const purposes[] = { "friday game", "show the new site", "webhook from the shop", "backup of the nas", "video call" };
static const char *const owners[] = { "ann", "bert", "celia", "dimitri" };
static const char *const names[] = { "Minecraft with friends", "Staging site", "Webhook", "Jellyfin", "Factorio", "Photos for the family" };

static PtlRule *
make_rule (guint index, guint16 port, gint64 now)
{
  PtlRule *rule = ptl_rule_new (PTL_KIND_FORWARD);

  g_free (rule->name);
  g_free (rule->owner);
  g_free (rule->purpose);
  g_free (rule->backend);
  rule->name = g_strdup_printf ("%s %u", names[index % G_N_ELEMENTS (names)], index);
  rule->owner = g_strdup (owners[index % G_N_ELEMENTS (owners)]);
  rule->purpose = g_strdup (purposes[index % G_N_ELEMENTS (purposes)]);
  rule->backend = g_strdup ("engine");
  g_clear_pointer (&rule->public_endpoint, ptl_endpoint_free);
  g_clear_pointer (&rule->target, ptl_endpoint_free);
  rule->public_endpoint = ptl_endpoint_new (PTL_PROTOCOL_TCP, "127.0.0.1", port, port);
  rule->target = ptl_endpoint_new (PTL_PROTOCOL_TCP, "127.0.0.1", 9, 9);
  rule->created = now - 3600 - index;
  rule->expires = now + 24 * 3600 + index;
  rule->state = PTL_RULE_STATE_OPEN;
  return rule;
}

static void
make_mapping (PtlRule *rule, guint16 port)
{
  rule->kind = PTL_KIND_MAPPING;
  rule->way = PTL_WAY_GUARDED;
  rule->asked_port = port;
  g_free (rule->backend);
  rule->backend = g_strdup ("");
  g_clear_pointer (&rule->public_endpoint, ptl_endpoint_free);
  rule->public_endpoint = ptl_endpoint_new (PTL_PROTOCOL_TCP, NULL, port, port);
}

static void
close_rule (PtlRule *rule, guint index, gint64 now)
{
  rule->created = now - 90 * 24 * 3600 + index * 60;
  rule->expires = rule->created + 3600;
  rule->closed = rule->expires;
  rule->state = PTL_RULE_STATE_CLOSED;
  rule->close_reason = PTL_CLOSE_REASON_EXPIRED;
}

static gboolean
put (PtlStore *store, PtlRule *rule, const char *what, GError **error)
{
  return ptl_store_put_rule (store, rule, error)
         && ptl_store_add_event (store, "seed", what, rule->id, "ok", "", error);
}

int
main (int argc, char **argv)
{
  g_autoptr (PtlClock) clock = ptl_clock_new ();
  g_autoptr (PtlStore) store = NULL;
  g_autoptr (GError) error = NULL;
  gint64 now = ptl_clock_get_wall (clock);
  gboolean ok;

  if (argc != 5 && argc != 6)
    return 2;
  store = ptl_store_new (argv[1], clock);
  ok = ptl_store_begin (store, &error);
  for (guint i = 0; ok && i < (guint) atoi (argv[3]); i++)
    {
      g_autoptr (PtlRule) rule = make_rule (i, (guint16) (1024 + i % 60000), now);

      close_rule (rule, i, now);
      ok = put (store, rule, "close", &error);
    }
  for (guint i = 0; ok && i < (guint) atoi (argv[2]); i++)
    {
      g_autoptr (PtlRule) rule = make_rule (i, (guint16) (atoi (argv[4]) + i), now);

      if (argc == 6)
        make_mapping (rule, (guint16) (atoi (argv[4]) + i));
      ok = put (store, rule, "open", &error);
    }
  ok = ok && ptl_store_commit (store, &error);
  if (!ok)
    g_printerr ("%s\n", error ? error->message : "the store could not be opened");
  return ok ? 0 : 1;
}

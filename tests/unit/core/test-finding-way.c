/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ptl-finding-way.h"

static void
set (char **text, const char *with)
{
  g_free (*text);
  *text = g_strdup (with);
}

typedef struct
{
  const char *name;
  const char *address, *reach, *firewall;
  gboolean listening;
  const char *systems[3]; /* what leads there */
  PtlSeenState lan;
  const char *ways; /* "kind=state kind=state | ..." */
} Case;

static const Case cases[] = {
  { "everywhere", "0.0.0.0", "lan", "open", TRUE, { NULL }, PTL_SEEN_OPEN,
    "lan=ok computer=ok firewall=ok program=ok" },
  { "kept out", "0.0.0.0", "machine", "blocked", TRUE, { NULL }, PTL_SEEN_FILTERED,
    "lan=ok computer=ok firewall=off program=ok" },
  { "not to be known", "192.168.1.10", "lan", "unknown", TRUE, { NULL }, PTL_SEEN_OPEN,
    "lan=ok computer=ok firewall=unknown program=ok" },
  { "loopback", "127.0.0.1", "machine", "", TRUE, { NULL }, PTL_SEEN_FAILED, "computer=ok program=ok" },
  { "mapped", "0.0.0.0", "internet", "open", TRUE, { "router" }, PTL_SEEN_OPEN,
    "internet=ok router=ok computer=ok firewall=ok program=ok" },
  { "mapped twice", "0.0.0.0", "internet", "", TRUE, { "router", "router" }, PTL_SEEN_OPEN,
    "internet=ok router=ok computer=ok program=ok | internet=ok router=ok computer=ok program=ok" },
  { "another device", "192.168.1.20", "internet", "", FALSE, { "router" }, PTL_SEEN_OPEN,
    "internet=ok router=ok device=unknown program=ok" },
  { "nobody there", "192.168.1.20", "internet", "", FALSE, { "router" }, PTL_SEEN_CLOSED,
    "internet=ok router=ok device=unknown program=trouble" },
  { "silence", "192.168.1.20", "internet", "", FALSE, { "router" }, PTL_SEEN_FILTERED,
    "internet=ok router=ok device=unknown program=unknown" },
  { "tunnel", "127.0.0.1", "internet", "blocked", TRUE, { "relay" }, PTL_SEEN_FAILED,
    "internet=ok relay=ok computer=ok program=ok" },
  { "published", "0.0.0.0", "lan", "blocked", TRUE, { "container" }, PTL_SEEN_OPEN,
    "lan=ok computer=ok container=ok program=ok" },
};

static PtlFinding *
make (const Case *one)
{
  PtlFinding *finding = ptl_finding_new ();
  PtlSighting *sighting = ptl_finding_add_sighting (finding);

  set (&finding->address, one->address);
  finding->port = 80;
  finding->protocol = PTL_PROTOCOL_TCP;
  set (&finding->reach, one->reach);
  set (&finding->firewall, one->firewall);
  if (one->listening)
    set (&ptl_finding_set_listening (finding)->process, "server");
  sighting->vantage = PTL_VANTAGE_LAN;
  sighting->state = one->lan;
  for (guint i = 0; one->systems[i] != NULL; i++)
    set (&ptl_finding_add_forwarded (finding)->system, one->systems[i]);
  return finding;
}

static char *
describe (GPtrArray *ways)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < ways->len; i++)
    {
      const GPtrArray *way = ways->pdata[i];

      for (guint j = 0; j < way->len; j++)
        {
          const PtlStop *stop = way->pdata[j];

          g_string_append_printf (text, "%s%s=%s", j > 0 ? " " : i > 0 ? " | " : "", stop->kind, stop->state);
        }
    }
  return g_string_free (text, FALSE);
}

static void
test_ways (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (PtlFinding) finding = make (&cases[i]);
      g_autoptr (GPtrArray) ways = ptl_finding_dup_ways (finding);
      g_autoptr (GVariant) variant = g_variant_ref_sink (ptl_finding_ways_to_variant (finding));
      g_autofree char *text = describe (ways);

      g_test_message ("%s", cases[i].name);
      g_assert_cmpstr (text, ==, cases[i].ways);
      g_assert_cmpuint (g_variant_n_children (variant), ==, ways->len);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/finding-way/ways", test_ways);
  return g_test_run ();
}

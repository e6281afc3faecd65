/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gui/wizard/ptl-draft.h"

static void
check (const PtlDraft *draft, const char *wanted)
{
  g_autoptr (GVariant) request = g_variant_ref_sink (ptl_draft_to_request (draft));
  g_autoptr (GVariant) other = g_variant_ref_sink (g_variant_new_parsed (wanted));

  if (!g_variant_equal (request, other))
    {
      g_autofree char *text = g_variant_print (request, TRUE);

      g_error ("%s", text);
    }
}

static void
test_full (void)
{
  g_autoptr (PtlDraft) draft = ptl_draft_new (PTL_KIND_MAPPING);
  g_autoptr (PtlDraft) copy = NULL;
  const char *networks[] = { "10.0.0.0/8", "192.0.2.1/32", NULL };

  draft->protocol = PTL_PROTOCOL_BOTH;
  draft->way = PTL_WAY_GUARDED;
  draft->name = g_strdup ("N");
  draft->public_endpoint = g_strdup (":25565");
  draft->target = g_strdup ("127.0.0.1:25565");
  draft->backend = g_strdup ("b");
  draft->owner = g_strdup ("ann");
  draft->purpose = g_strdup ("friday game");
  draft->preset = g_strdup ("Minecraft");
  draft->override = g_strdup ("why not");
  draft->audience = g_strdupv ((char **)networks);
  draft->firewall = PTL_FIREWALL_WISH_LEAVE;
  draft->options = ptl_options_new ();
  draft->options->values[PTL_OPTION_MAX_CONNECTIONS] = 8;
  draft->term = (PtlTerm){ PTL_TERM_DURATION, 10800 };
  copy = ptl_draft_copy (draft);
  for (guint i = 0; i < 2; i++)
    check (i == 0 ? draft : copy,
           "{'Kind': <'mapping'>, 'Protocol': <'both'>, 'Way': <'guarded'>, 'Name': <'N'>,"
           " 'PublicEndpoint': <':25565'>, 'Target': <'127.0.0.1:25565'>, 'Backend': <'b'>, "
           "'Owner': <'ann'>,"
           " 'Purpose': <'friday game'>, 'Preset': <'Minecraft'>, 'Override': <'why not'>,"
           " 'Audience': <['10.0.0.0/8', '192.0.2.1/32']>,"
           " 'Options': <{'MaxConnections': <uint64 8>}>, 'Firewall': <'leave'>, 'Duration': <int64 10800>}");
}

/* What was not said is left out, so that the worker settles it. */
static void
test_sparse (void)
{
  static const struct
  {
    PtlTerm term;
    const char *wanted;
  } rows[] = {
    { { PTL_TERM_DURATION, 60 },
      "{'Kind': <'tunnel'>, 'Protocol': <'tcp'>, 'Way': <'auto'>, 'Duration': <int64 60>}" },
    { { PTL_TERM_UNTIL, 99 },
      "{'Kind': <'tunnel'>, 'Protocol': <'tcp'>, 'Way': <'auto'>, 'Expires': <int64 99>}" },
    { { PTL_TERM_REVIEW, 99 },
      "{'Kind': <'tunnel'>, 'Protocol': <'tcp'>, 'Way': <'auto'>, 'Review': <int64 99>}" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (PtlDraft) draft = ptl_draft_new (PTL_KIND_TUNNEL);

      draft->term = rows[i].term;
      draft->name = g_strdup ("");
      draft->audience = g_new0 (char *, 1);
      draft->options = ptl_options_new ();
      check (draft, rows[i].wanted);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/draft/full", test_full);
  g_test_add_func ("/draft/sparse", test_sparse);
  return g_test_run ();
}

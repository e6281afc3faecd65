/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "client/ptl-answering.h"

#include "core/ptl-identity.h"

typedef struct
{
  const char *state;
  const char *service;
  const char *product;
  PtlAuth auth;
  PtlSeverity severity;
  gboolean unfinished;
  const char *says; /* NULL = nothing */
} Case;

static const Case cases[] = {
  { "open", "http", "Grafana", PTL_AUTH_PROTECTED, PTL_SEVERITY_MEDIUM, FALSE,
    "Grafana answers at 127.0.0.1:80, and asks for a login or turns strangers away." },
  { "open", "http", "Prometheus", PTL_AUTH_OPEN, PTL_SEVERITY_HIGH, FALSE,
    "Prometheus answers at 127.0.0.1:80, and lets everybody in without a login." },
  { "open", "http", "nginx", PTL_AUTH_OPEN, PTL_SEVERITY_LOW, FALSE,
    "nginx answers at 127.0.0.1:80, and shows its pages to everybody." },
  { "open", "ssh", "OpenSSH", PTL_AUTH_UNKNOWN, PTL_SEVERITY_LOW, FALSE,
    "OpenSSH answers at 127.0.0.1:80. Whether it asks for a login is not known." },
  /* It was not asked yet. */
  { "open", "ssh", "OpenSSH", PTL_AUTH_UNKNOWN, PTL_SEVERITY_LOW, TRUE,
    "OpenSSH answers at 127.0.0.1:80." },
  { "open", "minecraft", "Minecraft", PTL_AUTH_NONE, PTL_SEVERITY_INFO, FALSE,
    "Minecraft answers at 127.0.0.1:80." },
  { "open", "", "", PTL_AUTH_UNKNOWN, PTL_SEVERITY_MEDIUM, TRUE,
    "Something answers at 127.0.0.1:80 that is not known to Portolan." },
  { "closed", "", "", PTL_AUTH_UNKNOWN, PTL_SEVERITY_INFO, FALSE,
    "Nothing listens at 127.0.0.1:80 yet." },
  { "filtered", "", "", PTL_AUTH_UNKNOWN, PTL_SEVERITY_INFO, TRUE, NULL },
  { "failed", "", "", PTL_AUTH_UNKNOWN, PTL_SEVERITY_INFO, TRUE, NULL },
};

static GVariant *
make (const Case *it, const char *where)
{
  g_autoptr (PtlIdentity) identity = ptl_identity_new ();
  g_autoptr (GVariant) known = NULL;
  GVariantDict dict;

  g_free (identity->service);
  identity->service = g_strdup (it->service);
  g_free (identity->product);
  identity->product = g_strdup (it->product);
  identity->auth = it->auth;
  identity->severity = it->severity;
  known = g_variant_ref_sink (ptl_identity_to_variant (identity));
  g_variant_dict_init (&dict, known);
  g_variant_dict_insert (&dict, "Where", "s", where);
  g_variant_dict_insert (&dict, "State", "s", it->state);
  g_variant_dict_insert (&dict, "Unfinished", "b", it->unfinished);
  return g_variant_ref_sink (g_variant_dict_end (&dict));
}

static void
test_describe (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GVariant) identity = make (&cases[i], "127.0.0.1:80");
      g_autofree char *says = ptl_answering_describe (identity);

      g_assert_cmpstr (says, ==, cases[i].says);
    }
}

static char *
describe_plan (const Case *const *all, const char *const *wheres, gsize n)
{
  g_autoptr (GVariant) plan = NULL;
  GVariantBuilder builder;
  GVariantDict dict;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) one = make (all[i], wheres[i]);

      g_variant_builder_add_value (&builder, one);
    }
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert_value (&dict, "Answering", g_variant_builder_end (&builder));
  plan = g_variant_ref_sink (g_variant_dict_end (&dict));
  return ptl_answering_describe_plan (plan);
}

static void
test_plan (void)
{
  const Case *minecraft = &cases[5], *closed = &cases[7], *failed = &cases[9];
  const Case *some[] = { closed, minecraft, minecraft, failed };
  const Case *none[] = { closed, closed, failed };
  const char *wheres[] = { "a:1", "a:2", "a:2", "a:3" };
  g_autofree char *said = describe_plan (some, wheres, 4);
  g_autofree char *waiting = describe_plan (none, wheres, 3);
  g_autofree char *nothing = describe_plan (some + 3, wheres, 1);

  /* By both protocols the same is said once; where somebody answers, who does not is not told. */
  g_assert_cmpstr (said, ==, "Minecraft answers at a:2.");
  g_assert_cmpstr (waiting, ==, "Nothing listens at a:1 yet.");
  g_assert_null (nothing);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/answering/describe", test_describe);
  g_test_add_func ("/answering/plan", test_plan);
  return g_test_run ();
}

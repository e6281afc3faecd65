/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "core/ptl-validate.h"

#define NOW G_GINT64_CONSTANT (1800000000)

/* The rule is settled first; what is written here replaces what a good rule of that kind has. */
typedef struct
{
  PtlKind kind;
  const char *keys;    /* a{sv} in GVariant's text form, over the good ones */
  const char *problem; /* NULL = good */
} Case;

#define F PTL_KIND_FORWARD
#define T PTL_KIND_TUNNEL
#define M PTL_KIND_MAPPING

static const Case cases[] = {
  { F, "@a{sv} {}", NULL },
  { T, "@a{sv} {}", NULL },
  { M, "@a{sv} {}", NULL },

  { M, "{'Owner': <''>}", "The owner is missing." },
  { M, "{'Purpose': <' '>}", "The purpose is missing." },
  { M, "{'Owner': <'a\\u202eb'>}", "The owner has characters that cannot be shown." },
  { M, "{'Name': <'a\\u0007'>}", "The name has characters that cannot be shown." },
  { M, "{'Purpose': <'a\\nb'>}", "The purpose has characters that cannot be shown." },

  { M, "{'Expires': <int64 0>}", "It is not said when the rule should close." },
  { M, "{'Review': <int64 1800000100>}",
    "A rule has either an end or, when it is permanent, a review date: not both." },
  { M, "{'Expires': <int64 1800000000>}",
    "The time at which the rule should close has already passed." },
  { M, "{'Expires': <int64 1800000001>}", NULL },
  { M, "{'Expires': <int64 -5>}", "The time at which the rule should close has already passed." },
  { M, "{'Expires': <int64 1831622400>}", NULL },
  { M, "{'Expires': <int64 1831622401>}", "The rule would stay open for more than 366 days." },
  { M, "{'Expires': <int64 9223372036854775807>}",
    "The rule would stay open for more than 366 days." },
  { M, "{'Expires': <int64 0>, 'Review': <int64 1800000100>}", NULL },
  { M, "{'Expires': <int64 0>, 'Review': <int64 1800000000>}",
    "The review date has already passed." },
  { M, "{'Expires': <int64 0>, 'Review': <int64 1831622401>}",
    "The review date is more than 366 days away." },

  { F, "{'Target': <''>}", "The target is missing." },
  { F, "{'Target': <':80'>}", "The target's address is missing." },
  { F, "{'PublicEndpoint': <'127.0.0.1:0'>, 'Target': <'192.168.1.5'>}",
    "The target's port is missing." },
  { M, "{'PublicEndpoint': <''>, 'Target': <'192.168.1.5'>}", "The target's port is missing." },
  { F, "{'PublicEndpoint': <'/run/x'>}", "A unix socket can only be a target." },

  { F, "{'PublicEndpoint': <'127.0.0.1:8000-8010'>, 'Target': <'192.168.1.5:80-90'>}", NULL },
  { F, "{'PublicEndpoint': <'127.0.0.1:8000-8010'>, 'Target': <'192.168.1.5:80-91'>}",
    "The numbers of ports differ: 11 outside, 12 at the target." },
  { F, "{'PublicEndpoint': <'127.0.0.1:8000'>, 'Target': <'192.168.1.5:80-81'>}",
    "The numbers of ports differ: 1 outside, 2 at the target." },
  { M, "{'PublicEndpoint': <''>, 'Target': <'127.0.0.1:80-81'>}",
    "For a range of ports the free ones cannot be chosen automatically." },
  { M, "{'PublicEndpoint': <''>}", NULL },

  { F, "{'Target': <'/run/x.sock'>}", NULL },
  { F, "{'Target': <'/run/x.sock'>, 'Protocol': <'udp'>}", "A unix socket cannot take UDP." },
  { F, "{'Target': <'/run/x.sock'>, 'Protocol': <'both'>}", "A unix socket cannot take UDP." },
  { F, "{'Target': <'/run/x.sock'>, 'PublicEndpoint': <'127.0.0.1:80-81'>}",
    "A range of ports cannot lead to one unix socket." },
  { M, "{'Target': <'/run/x.sock'>}", NULL },
  { M, "{'Target': <'/run/x.sock'>, 'Way': <'direct'>}",
    "A router cannot lead to a unix socket directly." },

  { F, "{'Way': <'guarded'>}", "A forward has one way only: “guarded” does not fit it." },
  { M, "{'Way': <'remote'>}", "A mapping is guarded or direct: “remote” does not fit it." },
  { T, "{'Way': <'direct'>}", "A tunnel is remote or local: “direct” does not fit it." },

  { F, "{'PublicEndpoint': <'nas.lan:80'>}",
    "It is not possible to listen on the name “nas.lan”." },
  { F, "{'PublicEndpoint': <'224.0.0.1:80'>}",
    "224.0.0.1 belongs to no single device: it is not possible to listen on it." },
  { F, "{'PublicEndpoint': <'[ff02::1]:80'>}",
    "ff02::1 belongs to no single device: it is not possible to listen on it." },
  { F, "{'Backend': <'vps'>}", "A forward does not use a router or a relay." },

  { F, "{'PublicEndpoint': <'127.0.0.1:80'>, 'Target': <'127.0.0.1:80'>}",
    "The rule would lead to itself: it listens on its own target." },
  { F, "{'PublicEndpoint': <'0.0.0.0:80'>, 'Target': <'127.0.0.1:80'>}",
    "The rule would lead to itself: it listens on its own target." },
  { F, "{'PublicEndpoint': <'[::]:80'>, 'Target': <'localhost:80'>}",
    "The rule would lead to itself: it listens on its own target." },
  { F, "{'PublicEndpoint': <'127.0.0.1:80'>, 'Target': <'localhost:80'>}",
    "The rule would lead to itself: it listens on its own target." },
  { F, "{'PublicEndpoint': <'127.0.0.1:80'>, 'Target': <'[::ffff:127.0.0.1]:80'>}",
    "The rule would lead to itself: it listens on its own target." },
  { F, "{'PublicEndpoint': <'127.0.0.1:80'>, 'Target': <'0.0.0.0:80'>}",
    "The rule would lead to itself: it listens on its own target." },
  { F, "{'PublicEndpoint': <'127.0.0.1:80-90'>, 'Target': <'127.0.0.1:85-95'>}",
    "The rule would lead to itself: it listens on its own target." },
  { F, "{'PublicEndpoint': <'127.0.0.1:80'>, 'Target': <'127.0.0.2:80'>}", NULL },
  { F, "{'PublicEndpoint': <'127.0.0.1:80'>, 'Target': <'127.0.0.1:81'>}", NULL },

  { M, "{'Way': <'direct'>}",
    "A router cannot reach 127.0.0.1: that address means the router itself there." },
  { M, "{'Way': <'direct'>, 'Target': <'localhost:80'>}",
    "A router cannot reach localhost: that address means the router itself there." },
  { M, "{'Way': <'direct'>, 'Target': <'nas.lan:80'>}",
    "A router cannot be given the name “nas.lan”." },
  { M, "{'Way': <'direct'>, 'Target': <'192.168.1.5:80'>}", NULL },
  { M, "{'Way': <'direct'>, 'Target': <'192.168.1.5:80'>, 'Audience': <['203.0.113.7']>}", NULL },
  { M,
    "{'Way': <'direct'>, 'Target': <'192.168.1.5:80'>, 'Audience': <['203.0.113.7', "
    "'203.0.113.8']>}",
    "With a direct mapping the router lets in one network or anyone, not a list." },
  { M, "{'Audience': <['203.0.113.7', '203.0.113.8']>}", NULL },
  { M, "{'PublicEndpoint': <'203.0.113.5:80'>}",
    "The public address of a mapping is the router's and cannot be chosen." },
  { M, "{'Backend': <'engine'>}", "A mapping needs a router." },

  { T, "{'Backend': <''>}", "The relay is missing." },
  { T, "{'Protocol': <'udp'>}", "A tunnel through ssh carries TCP only." },
  { T, "{'Protocol': <'both'>}", "A tunnel through ssh carries TCP only." },
  { T, "{'PublicEndpoint': <':80-81'>, 'Target': <'127.0.0.1:80-81'>}",
    "A tunnel carries one port, not a range." },
  { T, "{'Audience': <['203.0.113.7']>}",
    "A tunnel cannot see who connects, so it cannot keep to a list of networks." },
  { T, "{'Way': <'local'>, 'PublicEndpoint': <'127.0.0.1:0'>}",
    "The port to listen on is missing." },
  { T, "{'Way': <'local'>, 'PublicEndpoint': <'nas:80'>}",
    "It is not possible to listen on the name “nas”." },
  { T, "{'Way': <'local'>, 'PublicEndpoint': <'127.0.0.1:5432'>, 'Target': <'127.0.0.1:5432'>}",
    NULL },
  { T, "{'Target': <'/run/x.sock'>}", NULL },
  { T, "{'PublicEndpoint': <''>}", NULL },
};

static const char *const good_keys[] = {
  [PTL_KIND_FORWARD] = "{'PublicEndpoint': <'127.0.0.1:8080'>, 'Target': <'192.168.1.5:80'>}",
  [PTL_KIND_TUNNEL]
  = "{'PublicEndpoint': <':8080'>, 'Target': <'127.0.0.1:3000'>, 'Backend': <'vps'>}",
  [PTL_KIND_MAPPING] = "{'PublicEndpoint': <':25565'>, 'Target': <'127.0.0.1:25565'>}",
};

static void
add_keys (GVariantDict *dict, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) keys = g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, &error);
  GVariantIter iter;
  const char *key;
  GVariant *value;

  g_assert_no_error (error);
  g_variant_iter_init (&iter, keys);
  while (g_variant_iter_loop (&iter, "{&sv}", &key, &value))
    g_variant_dict_insert_value (dict, key, value);
}

static PtlRule *
make (PtlKind kind, const char *keys)
{
  g_autoptr (GVariantDict) dict = g_variant_dict_new (NULL);
  g_autoptr (GVariant) variant = NULL;
  g_autoptr (GError) error = NULL;
  PtlRule *rule;

  g_variant_dict_insert (dict, "Kind", "s", ptl_kind_to_string (kind));
  g_variant_dict_insert (dict, "Owner", "s", "ann");
  g_variant_dict_insert (dict, "Purpose", "s", "friday game");
  g_variant_dict_insert (dict, "Expires", "x", NOW + 3600);
  add_keys (dict, good_keys[kind]);
  add_keys (dict, keys);
  variant = g_variant_ref_sink (g_variant_dict_end (dict));
  rule = ptl_rule_from_variant (variant, &error);
  g_assert_no_error (error);
  ptl_rule_settle (rule);
  return rule;
}

static void
test_cases (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (PtlRule) rule = make (cases[i].kind, cases[i].keys);
      g_autoptr (GError) error = NULL;
      g_autofree char *what = NULL;

      g_test_message ("%s %s", ptl_kind_to_string (cases[i].kind), cases[i].keys);
      g_assert_cmpint (ptl_rule_validate (rule, NOW, &error), ==, error == NULL);
      what = error != NULL ? ptl_error_dup_what (error) : NULL;
      g_assert_cmpstr (what, ==, cases[i].problem);
      if (error != NULL)
        g_assert_error (error, PTL_ERROR, PTL_ERROR_INVALID);
    }
}

static const char *
get_problem (const PtlRule *rule)
{
  static char problem[200];
  g_autoptr (GError) error = NULL;
  g_autofree char *what = NULL;

  g_assert_false (ptl_rule_validate (rule, NOW, &error));
  what = ptl_error_dup_what (error);
  g_strlcpy (problem, what, sizeof problem);
  return problem;
}

/* What cannot come over the bus but could from code. */
static void
test_raw (void)
{
  g_autoptr (PtlRule) rule = make (F, "@a{sv} {}");

  rule->target->last = 79;
  g_assert_cmpstr (get_problem (rule), ==, "The range 80-79 runs backwards.");
  rule->target->last = 2000;
  g_assert_cmpstr (get_problem (rule), ==,
                   "The range 80-2000 has 1921 ports; at most 1000 are allowed.");
  rule->target->last = 80;
  rule->target->protocol = PTL_PROTOCOL_UDP;
  g_assert_cmpstr (get_problem (rule), ==, "The target's protocol is not that of the rule.");
  rule->target->protocol = rule->public_endpoint->protocol = PTL_PROTOCOL_NONE;
  g_assert_cmpstr (get_problem (rule), ==, "The protocol is missing.");
  g_free (rule->target->host);
  rule->target->host = g_strdup ("-x");
  g_assert_cmpstr (get_problem (rule), ==, "“-x” is neither a host name nor an address.");
  rule->target->path = g_strdup ("/run/x");
  g_assert_cmpstr (get_problem (rule), ==,
                   "The target is either a unix socket or an address and port: not both.");
  rule->public_endpoint->last = 0;
  g_assert_cmpstr (get_problem (rule), ==, "The range 8080-0 runs backwards.");
}

static void
test_long_texts (void)
{
  g_autoptr (PtlRule) rule = make (M, "@a{sv} {}");

  g_free (rule->name);
  rule->name = g_strnfill (81, 'x');
  g_assert_cmpstr (get_problem (rule), ==,
                   "The name is too long: at most 80 characters are allowed.");
  g_free (rule->purpose);
  rule->purpose = g_strnfill (10 * 1024, 'x');
  g_assert_cmpstr (get_problem (rule), ==,
                   "The purpose is too long: at most 200 characters are allowed.");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/validate-rule/cases", test_cases);
  g_test_add_func ("/validate-rule/raw", test_raw);
  g_test_add_func ("/validate-rule/long-texts", test_long_texts);
  return g_test_run ();
}

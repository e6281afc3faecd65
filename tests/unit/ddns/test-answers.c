/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "ddns/ptl-ddns-cloudflare-codec.h"
#include "ddns/ptl-ddns-custom.h"
#include "ddns/ptl-ddns-duckdns.h"
#include "ddns/ptl-ddns-dyndns2.h"

static PtlDdnsAnswer *
dyndns2 (guint status, const char *body)
{
  return ptl_ddns_dyndns2_parse (status, 0, body, strlen (body));
}

static void
test_dyndns2 (void)
{
  static const struct
  {
    guint status;
    const char *body;
    PtlDdnsVerdict verdict;
    const char *code;
  } cases[] = {
    { 200, "good 5.6.7.8", PTL_DDNS_DONE, "good" },
    { 200, "GOOD\r\n", PTL_DDNS_DONE, "good" },
    { 200, " \n nochg 5.6.7.8\n", PTL_DDNS_UNCHANGED, "nochg" },
    { 200, "good 127.0.0.1", PTL_DDNS_STOP, "badagent" },
    { 200, "badauth", PTL_DDNS_STOP, "badauth" },
    { 401, "badauth", PTL_DDNS_STOP, "badauth" },
    { 404, "nohost", PTL_DDNS_STOP, "nohost" },
    { 200, "notfqdn", PTL_DDNS_STOP, "notfqdn" },
    { 200, "numhost", PTL_DDNS_STOP, "numhost" },
    { 200, "abuse", PTL_DDNS_STOP, "abuse" },
    { 200, "badagent", PTL_DDNS_STOP, "badagent" },
    { 200, "!donator", PTL_DDNS_STOP, "!donator" },
    { 200, "911", PTL_DDNS_WAIT, "911" },
    { 200, "dnserr", PTL_DDNS_WAIT, "dnserr" },
    { 200, "good 5.6.7.8\nnohost", PTL_DDNS_STOP, "nohost" },
    { 200, "nochg 5.6.7.8\ngood 2001:db8::1", PTL_DDNS_DONE, "good" },
    { 200, "", PTL_DDNS_RETRY, "http 200" },
    { 200, "goodbye", PTL_DDNS_RETRY, "http 200" },
    { 500, "good", PTL_DDNS_RETRY, "http 500" },
    { 401, "<html>", PTL_DDNS_STOP, "http 401" },
    { 429, "", PTL_DDNS_WAIT, "http 429" },
    { 404, "", PTL_DDNS_STOP, "http 404" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (PtlDdnsAnswer) answer = dyndns2 (cases[i].status, cases[i].body);

      g_test_message ("%u %s", cases[i].status, cases[i].body);
      g_assert_cmpint (answer->verdict, ==, cases[i].verdict);
      g_assert_cmpstr (answer->code, ==, cases[i].code);
      g_assert_cmpint (*answer->message == '\0', ==, answer->verdict <= PTL_DDNS_UNCHANGED);
      g_assert_cmpint (answer->wait >= PTL_DDNS_WAIT_SECONDS, ==, answer->verdict == PTL_DDNS_WAIT);
    }
}

static void
test_retry_after (void)
{
  g_autoptr (PtlDdnsAnswer) longer = ptl_ddns_dyndns2_parse (200, 7200, "911", 3);
  g_autoptr (PtlDdnsAnswer) shorter = ptl_ddns_dyndns2_parse (200, 10, "911", 3);
  g_autoptr (PtlDdnsAnswer) endless = ptl_ddns_dyndns2_parse (429, 1 << 30, "", 0);

  g_assert_cmpint (longer->wait, ==, 7200);
  g_assert_cmpint (shorter->wait, ==, PTL_DDNS_WAIT_SECONDS);
  g_assert_cmpint (endless->wait, ==, PTL_DDNS_WAIT_MOST_SECONDS);
}

/* What a server says is shown as text, and briefly. */
static void
test_hostile_words (void)
{
  g_autofree char *long_body = g_strnfill (5000, 'x');
  g_autoptr (PtlDdnsAnswer) escape = dyndns2 (200, "\033]0;owned\007<b>bold</b>");
  g_autoptr (PtlDdnsAnswer) endless = dyndns2 (200, long_body);

  g_assert_null (strchr (escape->message, '\033'));
  g_assert_cmpuint (g_utf8_strlen (endless->message, -1), <, 200);
}

static void
test_duckdns (void)
{
  static const struct
  {
    const char *body;
    PtlDdnsVerdict verdict;
  } cases[] = {
    { "OK\n5.6.7.8\n\nUPDATED", PTL_DDNS_DONE },
    { "OK\n5.6.7.8\n\nNOCHANGE", PTL_DDNS_UNCHANGED },
    { "OK", PTL_DDNS_DONE },
    { "KO", PTL_DDNS_STOP },
    { "OKAY", PTL_DDNS_RETRY },
    { "", PTL_DDNS_RETRY },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (PtlDdnsAnswer) answer
          = ptl_ddns_duckdns_parse (200, 0, cases[i].body, strlen (cases[i].body));

      g_assert_cmpint (answer->verdict, ==, cases[i].verdict);
    }
}

static PtlDdnsAnswer *
cloudflare (guint status, const char *body, PtlDdnsCloudflareItem *item)
{
  return ptl_ddns_cloudflare_parse (status, 0, body, strlen (body), item);
}

static void
test_cloudflare (void)
{
  g_auto (PtlDdnsCloudflareItem) item = { 0 };
  g_auto (PtlDdnsCloudflareItem) none = { 0 };
  g_auto (PtlDdnsCloudflareItem) bad = { 0 };
  g_autoptr (PtlDdnsAnswer) token = cloudflare (403,
                                                "{\"success\":false,\"errors\":[{\"code\":9109,"
                                                "\"message\":\"no\"}],\"result\":null}",
                                                NULL);
  g_autoptr (PtlDdnsAnswer) other
      = cloudflare (400,
                    "{\"success\":false,\"errors\":[{\"code\":81058,\"message\":\"identical\"}]}",
                    NULL);
  g_autoptr (PtlDdnsAnswer) busy = cloudflare (503, "<html>", NULL);
  g_autoptr (PtlDdnsAnswer) path
      = cloudflare (200, "{\"success\":true,\"result\":[{\"id\":\"../../evil\"}]}", &bad);

  g_assert_null (cloudflare (200,
                             "{\"success\":true,\"result\":[{\"id\":\"0a1b\",\"content\":\"5.6.7."
                             "8\",\"proxied\":true},{}]}",
                             &item));
  g_assert_cmpuint (item.n, ==, 2);
  g_assert_cmpstr (item.id, ==, "0a1b");
  g_assert_cmpstr (item.content, ==, "5.6.7.8");
  g_assert_true (item.proxied);
  g_assert_null (cloudflare (200, "{\"success\":true,\"result\":[]}", &none));
  g_assert_cmpuint (none.n, ==, 0);
  g_assert_cmpint (token->verdict, ==, PTL_DDNS_STOP);
  g_assert_cmpint (other->verdict, ==, PTL_DDNS_STOP);
  g_assert_nonnull (strstr (other->message, "identical"));
  g_assert_cmpint (busy->verdict, ==, PTL_DDNS_RETRY);
  g_assert_cmpint (path->verdict, ==, PTL_DDNS_RETRY);
}

/* The parser of JSON goes down on the stack. */
static void
test_cloudflare_nested (void)
{
  g_autofree char *deep = g_strnfill (60000, '[');
  g_autofree char *text = g_strdup_printf ("{\"success\":true,\"x\":%s", deep);
  g_autoptr (PtlDdnsAnswer) answer = cloudflare (200, text, NULL);

  g_assert_cmpint (answer->verdict, ==, PTL_DDNS_RETRY);
}

static gboolean
matches (const char *text, const char *pattern)
{
  return ptl_ddns_custom_matches (text, strlen (text), pattern);
}

static void
test_patterns (void)
{
  g_autofree char *many = g_strnfill (60000, 'a');

  g_assert_true (matches ("result: updated\n", "updated"));
  g_assert_true (matches ("result: updated\n", "res*dated"));
  g_assert_true (matches ("result: updated\n", "u?da"));
  g_assert_true (matches ("aab", "ab"));
  g_assert_true (matches ("abxabc", "ab*bc"));
  g_assert_true (matches ("", ""));
  g_assert_true (matches ("x", "*"));
  g_assert_false (matches ("result: failed", "updated"));
  g_assert_false (matches ("ab", "abc"));
  g_assert_false (matches ("", "?"));
  g_assert_false (matches (many, "a*a*a*a*a*a*a*a*b"));
}

static void
test_custom (void)
{
  g_autoptr (PtlDdnsAnswer) any = ptl_ddns_custom_parse ("", 204, 0, "", 0);
  g_autoptr (PtlDdnsAnswer) other = ptl_ddns_custom_parse ("good", 200, 0, "bad", 3);
  g_autoptr (PtlDdnsAnswer) refused = ptl_ddns_custom_parse ("", 403, 0, "good", 4);

  g_assert_cmpint (any->verdict, ==, PTL_DDNS_DONE);
  g_assert_cmpint (other->verdict, ==, PTL_DDNS_RETRY);
  g_assert_nonnull (strstr (other->message, "bad"));
  g_assert_cmpint (refused->verdict, ==, PTL_DDNS_STOP);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ddns/answers/dyndns2", test_dyndns2);
  g_test_add_func ("/ddns/answers/retry-after", test_retry_after);
  g_test_add_func ("/ddns/answers/hostile-words", test_hostile_words);
  g_test_add_func ("/ddns/answers/duckdns", test_duckdns);
  g_test_add_func ("/ddns/answers/cloudflare", test_cloudflare);
  g_test_add_func ("/ddns/answers/cloudflare-nested", test_cloudflare_nested);
  g_test_add_func ("/ddns/answers/patterns", test_patterns);
  g_test_add_func ("/ddns/answers/custom", test_custom);
  return g_test_run ();
}

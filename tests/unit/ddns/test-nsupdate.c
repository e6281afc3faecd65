/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "ddns/ptl-ddns-nsupdate.h"

static PtlDdnsRequest *
make (const char *hostname, const char *server, const char *user, const char *secret)
{
  g_autoptr (PtlDynamicName) name = ptl_dynamic_name_new ();

  g_free (name->hostname);
  name->hostname = g_strdup (hostname);
  g_free (name->provider);
  name->provider = g_strdup ("rfc2136");
  g_free (name->server);
  name->server = g_strdup (server);
  g_free (name->user);
  name->user = g_strdup (user);
  return ptl_ddns_request_new (name, secret, "5.6.7.8", "2001:db8::1");
}

static void
test_script (void)
{
  g_autoptr (PtlDdnsRequest) request
      = make ("home.example.org", "ns1.example.org:5353", "hmac-sha512:home", "c2VjcmV0");
  g_autofree char *script = ptl_ddns_nsupdate_dup_script (request);

  g_assert_cmpstr (script, ==,
                   "server ns1.example.org 5353\n"
                   "key hmac-sha512:home c2VjcmV0\n"
                   "update delete home.example.org. A\n"
                   "update add home.example.org. 60 A 5.6.7.8\n"
                   "update delete home.example.org. AAAA\n"
                   "update add home.example.org. 60 AAAA 2001:db8::1\n"
                   "send\n");
}

/* Nothing becomes a command of its own, even where nobody checked before. */
static void
test_injection (void)
{
  static const char *const bad[][4] = {
    { "a.org.\nupdate delete b.org. A\n", "ns.example.org", "home", "c2VjcmV0" },
    { "a.example.org", "ns.example.org\nserver evil", "home", "c2VjcmV0" },
    { "a.example.org", "ns.example.org", "home c2Vj\nshow", "c2VjcmV0" },
    { "a.example.org", "ns.example.org", "home", "c2VjcmV0\nshow" },
    { "a.example.org", "ns.example.org", "home", "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (PtlDdnsRequest) request = make (bad[i][0], bad[i][1], bad[i][2], bad[i][3]);

      g_assert_null (ptl_ddns_nsupdate_dup_script (request));
    }
}

/* The words are those of nsupdate 9.18 to a real BIND. */
static void
test_output (void)
{
  static const struct
  {
    int exit_code;
    const char *output;
    PtlDdnsVerdict verdict;
    const char *code;
  } cases[] = {
    { 0, "", PTL_DDNS_DONE, "NOERROR" },
    { 2, "; TSIG error with server: tsig indicates error\nupdate failed: NOTAUTH(BADKEY)\n",
      PTL_DDNS_STOP, "BADKEY" },
    { 2, "; TSIG error with server: tsig indicates error\nupdate failed: NOTAUTH(BADSIG)\n",
      PTL_DDNS_STOP, "BADSIG" },
    { 2, "update failed: NOTAUTH(BADTIME)\n", PTL_DDNS_RETRY, "BADTIME" },
    { 2, "update failed: REFUSED\n", PTL_DDNS_STOP, "REFUSED" },
    { 2, "update failed: SERVFAIL\n", PTL_DDNS_RETRY, "SERVFAIL" },
    { 1, "; Communication with 127.0.0.1#5 failed: timed out\ncould not reach any name server\n",
      PTL_DDNS_RETRY, "timed out" },
    { 1, "; Communication with 127.0.0.1#5 failed: connection refused\n", PTL_DDNS_RETRY,
      "connection refused" },
    { 0, "update failed: NOTZONE\n", PTL_DDNS_STOP, "NOTZONE" },
    { 1, "\377\376 what\033[31m", PTL_DDNS_RETRY, "nsupdate" },
    { 1, "", PTL_DDNS_RETRY, "nsupdate" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (PtlDdnsAnswer) answer
          = ptl_ddns_nsupdate_parse (cases[i].exit_code, cases[i].output, strlen (cases[i].output),
                                     "ns.example.org");

      g_test_message ("%s", cases[i].code);
      g_assert_cmpint (answer->verdict, ==, cases[i].verdict);
      g_assert_cmpstr (answer->code, ==, cases[i].code);
      g_assert_true (g_utf8_validate (answer->message, -1, NULL));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ddns/nsupdate/script", test_script);
  g_test_add_func ("/ddns/nsupdate/injection", test_injection);
  g_test_add_func ("/ddns/nsupdate/output", test_output);
  return g_test_run ();
}

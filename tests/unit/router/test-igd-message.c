/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "router/ptl-igd-message.h"

#include <string.h>

static void
test_request (void)
{
  g_autoptr (PtlIgdRequest) request = ptl_igd_request_new (PTL_IGD_OP_ADD);
  g_autoptr (PtlIgdRequest) back = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *json = NULL;

  request->gateway = g_strdup ("192.168.1.1");
  request->description = g_strdup ("a \"quoted\"\n\xff line");
  request->external_port = 65535;
  request->lifetime = G_MAXUINT32;
  request->pinned = TRUE;
  json = ptl_igd_request_to_json (request);
  back = ptl_igd_request_from_json (json, strlen (json), &error);
  g_assert_no_error (error);
  g_assert_cmpint (back->op, ==, PTL_IGD_OP_ADD);
  g_assert_cmpstr (back->gateway, ==, "192.168.1.1");
  g_assert_cmpstr (back->description, ==, "a \"quoted\"\n\xef\xbf\xbd line");
  g_assert_cmpint (back->external_port, ==, 65535);
  g_assert_cmpint (back->lifetime, ==, G_MAXUINT32);
  g_assert_true (back->pinned);
  g_assert_false (back->renew);
  g_assert_null (back->remote);
}

static void
test_answer (void)
{
  g_autoptr (PtlIgdAnswer) answer = ptl_igd_answer_new ();
  g_autoptr (PtlIgdAnswer) back = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *json = NULL;
  PtlRouterEntry *entry = g_new0 (PtlRouterEntry, 1);

  answer->code = PTL_IGD_CODE_CONFLICT;
  answer->holder_address = g_strdup ("192.168.1.9");
  answer->holder_port = 80;
  answer->free_port = 81;
  answer->entries = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_router_entry_free);
  entry->protocol = PTL_PROTOCOL_UDP;
  entry->external_port = 7;
  entry->port = 8;
  entry->address = g_strdup ("192.168.1.9");
  entry->description = g_strdup ("<b>&\x1b[31m");
  entry->remote = g_strdup ("");
  entry->lifetime = 9;
  entry->enabled = TRUE;
  g_ptr_array_add (answer->entries, entry);
  json = ptl_igd_answer_to_json (answer);
  back = ptl_igd_answer_from_json (json, strlen (json), &error);
  g_assert_no_error (error);
  g_assert_cmpint (back->code, ==, PTL_IGD_CODE_CONFLICT);
  g_assert_cmpstr (back->holder_address, ==, "192.168.1.9");
  g_assert_cmpint (back->free_port, ==, 81);
  g_assert_cmpint (back->uptime, ==, -1);
  g_assert_cmpuint (back->entries->len, ==, 1);
  entry = back->entries->pdata[0];
  g_assert_cmpint (entry->protocol, ==, PTL_PROTOCOL_UDP);
  g_assert_cmpint (entry->external_port, ==, 7);
  g_assert_cmpint (entry->port, ==, 8);
  g_assert_cmpstr (entry->description, ==, "<b>&\x1b[31m");
  g_assert_cmpint (entry->lifetime, ==, 9);
  g_assert_true (entry->enabled);
}

/* What a helper that was taken over might say. */
static const char *const bad_answers[] = {
  "",
  "{",
  "null",
  "[]",
  "7",
  "\"code\"",
  "{}",
  "{\"code\":\"0\"}",
  "{\"code\":0.5}",
  "{\"code\":null}",
  "{\"code\":[0]}",
  "{\"code\":99999}",
  "{\"code\":0,\"more\":1}",
  "{\"code\":0,\"op\":\"add\"}",
  "{\"code\":0,\"external_port\":65536}",
  "{\"code\":0,\"external_port\":-1}",
  "{\"code\":0,\"external_port\":9223372036854775807}",
  "{\"code\":0,\"lifetime\":4294967296}",
  "{\"code\":0,\"control_url\":5}",
  "{\"code\":0,\"control_url\":null}",
  "{\"code\":0,\"read_back\":1}",
  "{\"code\":0,\"read_back\":\"true\"}",
  "{\"code\":0,\"entries\":{}}",
  "{\"code\":0,\"entries\":[1]}",
  "{\"code\":0,\"entries\":[{}]}",
  "{\"code\":0,\"entries\":[{\"protocol\":\"sctp\"}]}",
  "{\"code\":0,\"entries\":[{\"protocol\":\"tcp\",\"port\":70000}]}",
  "{\"code\":0,\"entries\":[{\"protocol\":\"tcp\",\"more\":1}]}",
  "{\"code\":0,\"entries\":[[[[[]]]]]}",
  "{\"code\":0,\"name\":\"\xff\"}",
  "{\"code\":0}{\"code\":0}",
};

static void
test_bad (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (bad_answers); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", bad_answers[i]);
      g_assert_null (ptl_igd_answer_from_json (bad_answers[i], strlen (bad_answers[i]), &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
    }
}

static void
test_sizes (void)
{
  g_autofree char *text = g_strnfill (PTL_IGD_TEXT_MAX + 1, 'x');
  g_autofree char *longer = g_strdup_printf ("{\"code\":0,\"name\":\"%s\"}", text);
  g_autofree char *deep = g_strnfill (100000, '[');
  g_autofree char *huge = g_strnfill (PTL_IGD_MESSAGE_MAX + 1, ' ');
  g_autoptr (GString) many = g_string_new ("{\"code\":0,\"entries\":[");

  g_assert_null (ptl_igd_answer_from_json (longer, strlen (longer), NULL));
  g_assert_null (ptl_igd_answer_from_json (deep, strlen (deep), NULL));
  g_assert_null (ptl_igd_answer_from_json (huge, strlen (huge), NULL));
  for (guint i = 0; i <= PTL_IGD_ENTRIES_MAX; i++)
    g_string_append_printf (many, "%s{\"protocol\":\"tcp\"}", i > 0 ? "," : "");
  g_string_append (many, "]}");
  g_assert_null (ptl_igd_answer_from_json (many->str, many->len, NULL));
}

static void
test_bad_request (void)
{
  static const char *const bad[] = { "{}",
                                     "{\"op\":\"format\"}",
                                     "{\"op\":3}",
                                     "{\"op\":\"add\",\"timeout\":0}",
                                     "{\"op\":\"add\",\"timeout\":600000}",
                                     "{\"op\":\"add\",\"x\":0}" };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_null (ptl_igd_request_from_json (bad[i], strlen (bad[i]), NULL));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/router/igd-message/request", test_request);
  g_test_add_func ("/router/igd-message/answer", test_answer);
  g_test_add_func ("/router/igd-message/bad", test_bad);
  g_test_add_func ("/router/igd-message/sizes", test_sizes);
  g_test_add_func ("/router/igd-message/bad-request", test_bad_request);
  return g_test_run ();
}

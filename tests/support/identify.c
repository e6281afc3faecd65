/* SPDX-License-Identifier: GPL-3.0-or-later */

/* identify [--data FILE] [--soon] ADDRESS PORT[/udp]...: what answers at each port, one line of
 * JSON each, for the benchmark and the tests:
 * {"port","protocol","state","service","product","version","auth","severity",
 * "tls","evidence","advice","banner","ms"}. All are looked at together. */

#include <json-glib/json-glib.h>

#include "exposure/fingerprint/ptl-fingerprint.h"

typedef struct
{
  guint16 port;
  PtlProtocol protocol;
  gint64 began_us;
  guint *left;
  gboolean soon;
} Look;

static void
add_text (JsonBuilder *json, const char *name, const char *text)
{
  json_builder_set_member_name (json, name);
  json_builder_add_string_value (json, text);
}

static void
add_number (JsonBuilder *json, const char *name, gint64 number)
{
  json_builder_set_member_name (json, name);
  json_builder_add_int_value (json, number);
}

static void
add_list (JsonBuilder *json, const char *name, char **list)
{
  json_builder_set_member_name (json, name);
  json_builder_begin_array (json);
  for (; *list != NULL; list++)
    json_builder_add_string_value (json, *list);
  json_builder_end_array (json);
}

static void
add_tls (JsonBuilder *json, const PtlTlsFacts *tls)
{
  json_builder_set_member_name (json, "tls");
  if (tls == NULL)
    {
      json_builder_add_null_value (json);
      return;
    }
  json_builder_begin_object (json);
  add_text (json, "version", tls->version);
  add_text (json, "subject", tls->subject);
  add_text (json, "issuer", tls->issuer);
  add_list (json, "names", tls->names);
  add_number (json, "not_before", tls->not_before);
  add_number (json, "not_after", tls->not_after);
  json_builder_set_member_name (json, "self_signed");
  json_builder_add_boolean_value (json, tls->self_signed);
  add_list (json, "old_versions", tls->old_versions);
  json_builder_end_object (json);
}

static void
add_identity (JsonBuilder *json, const PtlIdentity *identity)
{
  add_text (json, "service", identity->service);
  add_text (json, "product", identity->product);
  add_text (json, "version", identity->version);
  add_text (json, "auth", ptl_auth_to_string (identity->auth));
  add_text (json, "severity", ptl_severity_to_string (identity->severity));
  add_tls (json, identity->tls);
  add_text (json, "evidence", identity->evidence);
  add_text (json, "advice", identity->advice);
  add_text (json, "banner", identity->banner);
}

static void
show (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree Look *look = data;
  g_autoptr (GError) error = NULL;
  PtlSeenState state = PTL_SEEN_FAILED;
  gboolean unfinished = FALSE;
  g_autoptr (PtlIdentity) identity
      = ptl_identify_soon_finish (result, &state, &unfinished, &error);
  g_autoptr (JsonBuilder) json = json_builder_new ();
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  g_autofree char *line = NULL;

  json_builder_begin_object (json);
  add_number (json, "port", look->port);
  add_text (json, "protocol", ptl_protocol_to_string (look->protocol));
  add_text (json, "state", ptl_seen_to_string (state));
  if (error != NULL)
    add_text (json, "error", error->message);
  if (identity != NULL)
    add_identity (json, identity);
  if (look->soon)
    add_number (json, "unfinished", unfinished);
  add_number (json, "ms", (g_get_monotonic_time () - look->began_us) / 1000);
  json_builder_end_object (json);
  json_generator_set_root (generator, json_builder_get_root (json));
  line = json_generator_to_data (generator, NULL);
  g_print ("%s\n", line);
  *look->left -= 1;
}

static PtlFingerprints *
load (const char *file)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GBytes) json = NULL;
  gsize length;
  PtlFingerprints *set;

  if (file == NULL)
    return ptl_fingerprints_dup_default ();
  if (!g_file_get_contents (file, &text, &length, &error))
    g_error ("%s", error->message);
  json = g_bytes_new_take (g_steal_pointer (&text), length);
  set = ptl_fingerprints_load (json, &error);
  if (set == NULL)
    g_error ("%s: %s", file, error->message);
  return set;
}

int
main (int argc, char *argv[])
{
  g_autofree char *file = NULL;
  gboolean soon = FALSE;
  GOptionEntry entries[] = {
    { "data", 0, 0, G_OPTION_ARG_FILENAME, &file, "Fingerprints in place of those built in",
      "FILE" },
    { "soon", 0, 0, G_OPTION_ARG_NONE, &soon, "As for somebody who is kept waiting", NULL },
    { 0 },
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("ADDRESS PORT[/udp]...");
  g_autoptr (GError) error = NULL;
  g_autoptr (GInetAddress) address = NULL;
  g_autoptr (PtlFingerprints) set = NULL;
  g_autoptr (PtlDial) dial = ptl_dial_new_direct ();
  guint left = 0;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || argc < 3
      || (address = g_inet_address_new_from_string (argv[1])) == NULL)
    {
      g_printerr ("identify: %s\n", error ? error->message : "ADDRESS PORT[/udp]... are wanted.");
      return 2;
    }
  set = load (file);
  for (int i = 2; i < argc; i++)
    {
      Look *look = g_new0 (Look, 1);

      look->port = (guint16) g_ascii_strtoull (argv[i], NULL, 10);
      look->protocol = g_str_has_suffix (argv[i], "/udp") ? PTL_PROTOCOL_UDP : PTL_PROTOCOL_TCP;
      look->began_us = g_get_monotonic_time ();
      look->left = &left;
      look->soon = soon;
      left++;
      (soon ? ptl_identify_soon_async : ptl_identify_async) (set, dial, address, look->port,
                                                             look->protocol, NULL, show, look);
    }
  while (left > 0)
    g_main_context_iteration (NULL, TRUE);
  return 0;
}

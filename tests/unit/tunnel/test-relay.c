/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ptl-error.h"
#include "tunnel/ptl-relay.h"

typedef struct
{
  const char *name;
  const char *host;
  guint16 port;
  const char *user;
  const char *key_file;
  gboolean ok;
} Case;

static const Case cases[] = {
  { "My server", "vps.example.org", 22, "ann", "", TRUE },
  { "My server", "203.0.113.5", 65535, "ann", "/home/ann/.ssh/id_ed25519", TRUE },
  { "My server", "2001:db8::1", 22, "a.b-c_d", "/home/ann/my keys/id #1 100%", TRUE },
  { "", "vps.example.org", 22, "ann", "", FALSE },
  { "My server", "", 22, "ann", "", FALSE },
  { "My server", "-oProxyCommand=touch /tmp/x", 22, "ann", "", FALSE },
  { "My server", "vps.example.org\nProxyCommand touch", 22, "ann", "", FALSE },
  { "My server", "a b", 22, "ann", "", FALSE },
  { "My server", "vps;id", 22, "ann", "", FALSE },
  { "My server", "ann@vps", 22, "ann", "", FALSE },
  { "My server", "ssh://vps", 22, "ann", "", FALSE },
  { "My server", "%h", 22, "ann", "", FALSE },
  { "My server", "vps.example.org", 0, "ann", "", FALSE },
  { "My server", "vps.example.org", 22, "-lroot", "", FALSE },
  { "My server", "vps.example.org", 22, "ann\nLocalCommand id", "", FALSE },
  { "My server", "vps.example.org", 22, "$(id)", "", FALSE },
  { "My server", "vps.example.org", 22, "ann", "id_ed25519", FALSE },
  { "My server", "vps.example.org", 22, "ann", "~/.ssh/id", FALSE },
  { "My server", "vps.example.org", 22, "ann", "-i", FALSE },
  { "My server", "vps.example.org", 22, "ann", "/tmp/a\nProxyCommand id", FALSE },
  { "My server", "vps.example.org", 22, "ann", "/tmp/a\"b", FALSE },
  { "My server", "vps.example.org", 22, "ann", "/tmp/a\\b", FALSE },
  { "My server", "vps.example.org", 22, "ann", "/tmp/${HOME}", FALSE },
  { "My server", "vps.example.org", 22, "ann", "/tmp/\xff", FALSE },
};

static void
set (char **field, const char *value)
{
  g_free (*field);
  *field = g_strdup (value);
}

static void
test_validate (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (PtlRelay) relay = ptl_relay_new ();
      g_autoptr (PtlRelay) copy = NULL;
      g_autoptr (GError) error = NULL;

      set (&relay->name, cases[i].name);
      set (&relay->host, cases[i].host);
      set (&relay->user, cases[i].user);
      set (&relay->key_file, cases[i].key_file);
      relay->port = cases[i].port;
      copy = ptl_relay_copy (relay);
      g_assert_cmpstr (copy->host, ==, cases[i].host);
      g_assert_cmpstr (copy->key_file, ==, cases[i].key_file);
      g_assert_cmpuint (copy->port, ==, cases[i].port);
      if (ptl_relay_validate (copy, &error) != cases[i].ok)
        g_error ("case %" G_GSIZE_FORMAT ": %s", i, error != NULL ? error->message : "accepted");
      if (!cases[i].ok)
        g_assert_error (error, PTL_ERROR, PTL_ERROR_INVALID);
    }
}

static void
test_state (void)
{
  static const struct
  {
    PtlError code;
    const char *state;
  } states[] = {
    { PTL_ERROR_HOST_KEY_UNKNOWN, "key-offered" }, { PTL_ERROR_HOST_KEY_CHANGED, "key-changed" },
    { PTL_ERROR_RELAY_REFUSED, "refused" },        { PTL_ERROR_RELAY_UNREACHABLE, "unreachable" },
    { PTL_ERROR_PORT_TAKEN, NULL },                { PTL_ERROR_CANCELLED, NULL },
  };

  g_assert_cmpstr (ptl_relay_state_for (NULL), ==, "ready");
  for (gsize i = 0; i < G_N_ELEMENTS (states); i++)
    {
      g_autoptr (GError) error = ptl_error_new (states[i].code, NULL, "No.");

      g_assert_cmpstr (ptl_relay_state_for (error), ==, states[i].state);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/relay/validate", test_validate);
  g_test_add_func ("/relay/state", test_state);
  return g_test_run ();
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ptl-text.h"
#include "gui/wizard/ptl-host-key-words.h"

static void
test_words (void)
{
  static const struct
  {
    const char *key;
    const char *type;
    const char *fingerprint;
    const char *command;
  } rows[] = {
    { "ED25519 SHA256:abc", "ED25519", "SHA256:abc",
      "ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub" },
    { "ECDSA SHA256:abc", "ECDSA", "SHA256:abc", "ssh-keygen -lf /etc/ssh/ssh_host_ecdsa_key.pub" },
    { "RSA SHA256:abc", "RSA", "SHA256:abc", "ssh-keygen -lf /etc/ssh/ssh_host_rsa_key.pub" },
    { "SHA256:abc", "", "SHA256:abc",
      "for k in /etc/ssh/ssh_host_*_key.pub; do ssh-keygen -lf $k; done" },
    { "NEW SHA256:abc", "NEW", "SHA256:abc",
      "for k in /etc/ssh/ssh_host_*_key.pub; do ssh-keygen -lf $k; done" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *type = NULL, *fingerprint = NULL,
                      *command = ptl_host_key_command (rows[i].key);

      ptl_host_key_split (rows[i].key, &type, &fingerprint);
      g_assert_cmpstr (type, ==, rows[i].type);
      g_assert_cmpstr (fingerprint, ==, rows[i].fingerprint);
      g_assert_cmpstr (command, ==, rows[i].command);
    }
}

/* It comes from a server that nobody trusts yet. */
static void
test_hostile (void)
{
  g_autofree char *long_key = g_strnfill (20000, 'x');
  const char *rows[] = { "ED25519 SHA256:\033[31mred", "\xff\xfe",
                         "a \xe2\x80\xae"
                         "evil",
                         long_key };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *type = NULL, *fingerprint = NULL;

      ptl_host_key_split (rows[i], &type, &fingerprint);
      g_assert_true (ptl_text_is_safe (type, 200));
      g_assert_true (ptl_text_is_safe (fingerprint, 200));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/host-key-words/words", test_words);
  g_test_add_func ("/host-key-words/hostile", test_hostile);
  return g_test_run ();
}

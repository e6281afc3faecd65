/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "exposure/ptl-greeting.h"

#include <string.h>

static void
test_greetings (void)
{
  static const struct
  {
    const char *bytes;
    gboolean worth;
  } cases[] = {
    { "", TRUE },
    { "hello 203.0.113.7\n", FALSE },
    { "220 mail.example ESMTP\r\n", FALSE },
    { "SSH-2.0-OpenSSH_9.2p1\r\n", FALSE },
    { "* OK IMAP4rev1\r\n", FALSE },
    { "RFB 003.008\n", TRUE },
    { "@RSYNCD: 31.0\n", TRUE },
    { "\xff\xfd\x18\xff\xfd\x20", TRUE },
    { "Debian GNU/Linux 12\r\nnas login: ", TRUE },
    { "root@nas:~# ", TRUE },
    { "sh-5.2$ ", TRUE },
    { "J\x01\x02\n5.7.42", TRUE },
    { "Asterisk Call Manager/5.0\r\n", TRUE },
    { "HTTP/1.0 400 Bad Request\r\n", TRUE },
    { "Willkommen f\xc3\xbcr alle\n", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *shown = g_strescape (cases[i].bytes, NULL);

      g_test_message ("%s", shown);
      g_assert_cmpint (ptl_greeting_is_worth_a_look ((const guint8 *) cases[i].bytes,
                                                     strlen (cases[i].bytes)),
                       ==, cases[i].worth);
    }
  g_assert_true (ptl_greeting_is_worth_a_look ((const guint8 *) "a\0b", 3));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/greeting/greetings", test_greetings);
  return g_test_run ();
}

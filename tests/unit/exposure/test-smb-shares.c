/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "exposure/fingerprint/ptl-smb-shares.h"

#include <string.h>

static void
put (GByteArray *to, guint32 number, guint bytes)
{
  number = GUINT32_TO_LE (number);
  g_byte_array_append (to, (const guint8 *) &number, bytes);
}

static void
put_text (GByteArray *to, const char *text)
{
  guint letters = strlen (text) + 1;

  put (to, letters, 4);
  put (to, 0, 4);
  put (to, letters, 4);
  for (guint i = 0; i < letters; i++)
    put (to, (guint8) text[i], 2);
  if (letters % 2 != 0)
    put (to, 0, 2);
}

static const struct
{
  const char *name;
  guint32 kind;
} shares[] = { { "files", 0 },
               { "IPC$", 0x80000003u },
               { "C$", 0x80000000u },
               { "laser", 1 },
               { "Bilder", 0 } };

/* As MS-SRVS 2.2.4.32 has it, and as Samba answers. */
static GByteArray *
make_answer (void)
{
  static const guint8 header[24] = { 5, 0, 2, 3, 0x10 };
  GByteArray *answer = g_byte_array_append (g_byte_array_new (), header, sizeof header);

  put (answer, 1, 4);
  put (answer, 1, 4);
  put (answer, 0x20000, 4);
  put (answer, G_N_ELEMENTS (shares), 4);
  put (answer, 0x20004, 4);
  put (answer, G_N_ELEMENTS (shares), 4);
  for (guint i = 0; i < G_N_ELEMENTS (shares); i++)
    {
      put (answer, 0x20008, 4);
      put (answer, shares[i].kind, 4);
      put (answer, 0x2000c, 4);
    }
  for (guint i = 0; i < G_N_ELEMENTS (shares); i++)
    {
      put_text (answer, shares[i].name);
      put_text (answer, "of the house");
    }
  return answer;
}

static void
test_folders (void)
{
  g_autoptr (GByteArray) answer = make_answer ();
  g_autoptr (GPtrArray) names = ptl_smb_shares_read (answer->data, answer->len);

  g_assert_cmpuint (names->len, ==, 2);
  g_assert_cmpstr (g_ptr_array_index (names, 0), ==, "files");
  g_assert_cmpstr (g_ptr_array_index (names, 1), ==, "Bilder");
}

/* Cut anywhere it gives what was whole. */
static void
test_cut (void)
{
  g_autoptr (GByteArray) answer = make_answer ();

  for (guint length = 0; length < answer->len; length++)
    {
      g_autofree guint8 *bytes = g_memdup2 (answer->data, length);
      g_autoptr (GPtrArray) names = ptl_smb_shares_read (bytes, length);

      g_assert_cmpuint (names->len, <=, 2);
    }
}

static void
test_lies (void)
{
  g_autoptr (GByteArray) many = make_answer (), long_name = make_answer (), refused = make_answer ();
  g_autoptr (GPtrArray) of_many = NULL, of_long = NULL, of_refused = NULL;

  memset (many->data + 36, 0xff, 4);
  memset (long_name->data + 48 + 12 * G_N_ELEMENTS (shares) + 8, 0xff, 4);
  refused->data[2] = 3;
  of_many = ptl_smb_shares_read (many->data, many->len);
  of_long = ptl_smb_shares_read (long_name->data, long_name->len);
  of_refused = ptl_smb_shares_read (refused->data, refused->len);
  g_assert_cmpuint (of_many->len, ==, 0);
  g_assert_cmpuint (of_long->len, ==, 0);
  g_assert_cmpuint (of_refused->len, ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/smb-shares/folders", test_folders);
  g_test_add_func ("/smb-shares/cut", test_cut);
  g_test_add_func ("/smb-shares/lies", test_lies);
  return g_test_run ();
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "core/ptl-error.h"
#include "exposure/fingerprint/ptl-ask.h"
#include "exposure/fingerprint/ptl-fingerprints.h"
#include "exposure/fingerprint/ptl-page.h"

/* The examples in tests/fixtures/fingerprints.http are made by us after the data, one for each
 * application: (for some) "certificate: CN=...", "path: /api", then the answer. They see to it that
 * every entry can match, and that none takes another's pages. Real servers are asked in tests/rig
 * and by the benchmark. */
typedef struct
{
  char *path;
  PtlTlsFacts *tls;
  PtlPage *page;
} Example;

static void
example_free (Example *self)
{
  g_free (self->path);
  g_clear_pointer (&self->tls, ptl_tls_facts_free);
  ptl_page_free (self->page);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Example, example_free)

/* What stands after "=== ID" in @all. */
static Example *
read_example (const char *all, const char *id)
{
  g_autofree char *head = g_strdup_printf ("=== %s\n", id);
  const char *start = strstr (all, head), *end;
  g_autofree char *text = NULL;
  Example *self = g_new0 (Example, 1);
  const char *p;

  if (start == NULL)
    g_error ("There is no example of %s", id);
  start += strlen (head);
  end = strstr (start, "\n=== ");
  text = end ? g_strndup (start, end + 1 - start) : g_strdup (start);
  p = text;
  if (g_str_has_prefix (p, "certificate: "))
    {
      self->tls = ptl_tls_facts_new ();
      g_free (self->tls->subject);
      self->tls->subject = g_strndup (p + 13, strcspn (p + 13, "\n"));
      p = strchr (p, '\n') + 1;
    }
  g_assert_true (g_str_has_prefix (p, "path: "));
  self->path = g_strndup (p + 6, strcspn (p + 6, "\n"));
  p = strchr (p, '\n') + 1;
  self->page = ptl_page_parse (p, strlen (p));
  g_assert_nonnull (self->page);
  return self;
}

static gboolean
matches (const PtlApplication *application, const Example *example)
{
  for (guint i = 0; i < application->match->len; i++)
    {
      const PtlPlace *place = g_ptr_array_index (application->match, i);

      if (g_str_equal (place->path, example->path)
          && ptl_place_match (place, example->page, example->tls, NULL))
        return TRUE;
    }
  return FALSE;
}

/* Each entry knows its example; the first that knows it is the one it is of. */
static void
test_examples (void)
{
  g_autoptr (PtlFingerprints) set = ptl_fingerprints_dup_default ();
  g_autofree char *all = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (FIXTURES "/fingerprints.http", &all, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < set->applications->len; i++)
    {
      const PtlApplication *application = g_ptr_array_index (set->applications, i);
      g_autoptr (Example) example = read_example (all, application->id);

      if (!matches (application, example))
        {
          g_test_message ("%s does not know its example", application->id);
          g_test_fail ();
        }
      for (guint j = 0; j < set->applications->len; j++)
        {
          const PtlApplication *other = g_ptr_array_index (set->applications, j);

          if (j < i && other->generic == application->generic && matches (other, example))
            {
              g_test_message ("%s takes the example of %s", other->id, application->id);
              g_test_fail ();
            }
        }
    }
}

/* TLS with who knows what in it: the certificate may tell whose it is. */
static void
test_certificate_alone (void)
{
  g_autoptr (PtlFingerprints) set = ptl_fingerprints_dup_default ();
  g_autoptr (PtlTlsFacts) tls = ptl_tls_facts_new ();

  g_assert_null (ptl_place_find_by_certificate (set, NULL));
  tls->subject = g_strdup ("CN=nas.home.example");
  tls->issuer = g_strdup ("CN=nas.home.example");
  g_assert_null (ptl_place_find_by_certificate (set, tls));
  g_free (tls->subject);
  tls->subject = g_strdup ("CN=syncthing,OU=Automatically Generated,O=Syncthing");
  g_assert_cmpstr (ptl_place_find_by_certificate (set, tls)->id, ==, "syncthing");
}

static void
test_ids_are_unique (void)
{
  g_autoptr (PtlFingerprints) set = ptl_fingerprints_dup_default ();
  g_autoptr (GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);

  g_assert_cmpuint (set->applications->len, >=, 150);
  g_assert_cmpuint (set->talks->len, >=, 80);
  for (guint i = 0; i < set->applications->len; i++)
    {
      const PtlApplication *application = g_ptr_array_index (set->applications, i);

      g_assert_true (g_hash_table_add (ids, application->id));
    }
}

/* What the first step of any talk makes of @heard; FALSE where no talk knows it. */
static gboolean
hear (const char *service, const char *heard, gsize length, PtlFound *found)
{
  g_autoptr (PtlFingerprints) set = ptl_fingerprints_dup_default ();

  for (guint i = 0; i < set->talks->len; i++)
    {
      PtlAsk ask = ptl_ask_of_talk (g_ptr_array_index (set->talks, i));

      if (g_str_equal (ask.service, service)
          && ask.hear (&ask, (const guint8 *) heard, length, found))
        return TRUE;
    }
  return FALSE;
}

/* From what real services said. */
static void
test_talks (void)
{
#define HEARD(text) text, sizeof text - 1
  static const struct
  {
    const char *service;
    const char *heard;
    gsize length;
    const char *product, *version;
    int auth;
  } cases[] = {
    { "memcached", HEARD ("VERSION 1.6.18\r\n"), NULL, "1.6.18", PTL_AUTH_OPEN },
    { "memcached", HEARD ("VERSION yrmcds version 1.1.9\r\n"), "yrmcds", "1.1.9", PTL_AUTH_OPEN },
    { "telnet", HEARD ("VLC media player 3.0.24 Vetinari\nPassword: \xff\xfb\x01"),
      "VLC media player", "3.0.24", PTL_AUTH_PROTECTED },
    { "telnet", HEARD ("Weather Station v2.10\r\n\r\nPlease enter your password: "),
      "Weather Station", "2.10", PTL_AUTH_PROTECTED },
    { "icecc", HEARD ("+\0\0\0"), "Icecream", NULL, PTL_AUTH_UNTOLD },
    { "lcdproc", HEARD ("huh? Invalid command \"GET\"\n"), NULL, NULL, PTL_AUTH_UNTOLD },
    { "irc", HEARD (":b.i.p NOTICE x :You should type /QUOTE PASS user:password:connection\r\n"),
      "bip", NULL, PTL_AUTH_PROTECTED },
    { "irc", HEARD (":dircproxy NOTICE AUTH :Looking up your hostname...\r\n"), "dircproxy", NULL,
      PTL_AUTH_PROTECTED },
    { "irc", HEARD ("ERROR :Closing link: (x@192.0.2.1) [Access denied by configuration]\r\n"),
      "InspIRCd", NULL, PTL_AUTH_PROTECTED },
    { "finger",
      HEARD ("\r\nWelcome to Linux version 6.1 at nas !\r\n\n 07:51:16 up 1 min, load average: 0"),
      NULL, NULL, PTL_AUTH_OPEN },
    { "milter", HEARD ("\0\0\0\x0dO\0\0\0\6\0\0\1\x11\0\x10\7\2"), NULL, NULL, PTL_AUTH_NONE },
    { "adc",
      HEARD ("ISUP ADBASE ADTIGR ADPING ADUCMD\nISID AAAB\nIINF CT32 VEuhub/0.4.1-release "
             "NIuhub\n"),
      "uhub", "0.4.1", PTL_AUTH_UNTOLD },
    { "nmdc", HEARD ("$Lock EXTENDEDPROTOCOL_verlihub Pk=verlihub1.3.0|"), "verlihub", "1.3.0",
      PTL_AUTH_UNTOLD },
    { "owfs", HEARD ("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\x0a\0\0\0\0\0\0\0\0"), NULL, NULL,
      PTL_AUTH_OPEN },
    { "openttd",
      HEARD ("4\0\6\6\1\xff\xff\xff\xff\0\0A\xde\x0a\0\x1f\xde\x0a\0\x0f\0\x19Unnamed Server\0"
             "13.0\0\0\x19\0\0\0\1\0\1\0\1"),
      "OpenTTD", "13.0", PTL_AUTH_NONE },
    { "openttd",
      HEARD ("4\0\6\6\1\xff\xff\xff\xff\0\0A\xde\x0a\0\x1f\xde\x0a\0\x0f\0\x19Unnamed Server\0"
             "13.0\0\1\x19\0\0\0\1\0\1\0\1"),
      "OpenTTD", "13.0", PTL_AUTH_PROTECTED },
    { "openttd", HEARD ("\3\0\1"), "OpenTTD", NULL, PTL_AUTH_UNTOLD },
    /* An older one may ask for a password, too. */
    { "openttd", HEARD ("\x30\0\1\4\0\0\0\0\0\0"), "OpenTTD", NULL, PTL_AUTH_UNTOLD },
    { "teeworlds", HEARD ("\4\0\0PTLN\5Vv\xb7\x90"), "Teeworlds", NULL, PTL_AUTH_UNTOLD },
    { "teeworlds",
      HEARD ("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xffinf30\0000.6.4\0home\0dm1\0DM\0001\0000\0"),
      "Teeworlds", "0.6.4", PTL_AUTH_PROTECTED },
    { "armagetron", HEARD ("\0\x32\0\0\0\5A\xef\0\0\0\0\0\0\0\0\0\0"), "Armagetron Advanced", NULL,
      PTL_AUTH_UNTOLD },
    { "quake3",
      HEARD ("\xff\xff\xff\xffstatusResponse\n\\version\\ioq3 "
             "1.36\\gamename\\baseoa\\g_needpass\\0\n"),
      "OpenArena", NULL, PTL_AUTH_NONE },
  };
#undef HEARD

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      PtlFound found
          = { .auth = PTL_AUTH_UNTOLD, .evidence = g_ptr_array_new_with_free_func (g_free) };

      g_test_message ("%s, %u", cases[i].service, i);
      g_assert_true (hear (cases[i].service, cases[i].heard, cases[i].length, &found));
      g_assert_cmpstr (found.service, ==, cases[i].service);
      g_assert_cmpstr (found.product, ==, cases[i].product);
      g_assert_cmpstr (found.version, ==, cases[i].version);
      g_assert_cmpint (found.auth, ==, cases[i].auth);
      ptl_found_clear (&found);
    }
}

/* Whoever asks for a login by what it is must not be made "open" by a mere page. */
static void
test_open_needs_proof (void)
{
  g_autoptr (PtlFingerprints) set = ptl_fingerprints_dup_default ();

  for (guint i = 0; i < set->applications->len; i++)
    {
      const PtlApplication *application = g_ptr_array_index (set->applications, i);

      for (guint j = 0; j < application->logins->len; j++)
        {
          const PtlLogin *login = g_ptr_array_index (application->logins, j);

          for (guint k = 0; k < login->open->len; k++)
            {
              const PtlPlace *place = g_ptr_array_index (login->open, k);

              if (place->status == NULL && place->body == NULL && place->json == NULL
                  && place->headers == NULL && place->title == NULL && place->cookie == NULL)
                g_error ("%s is open by nothing", application->id);
            }
        }
    }
}

static void
test_wrong_data_is_refused (void)
{
  static const char *const wrong[] = {
    "",
    "[]",
    "{}",
    "{\"services\":{},\"unknown\":1}",
    "{\"services\":{\"x\":{\"control\":\"all\"}}}",
    "{\"services\":{\"x\":{\"severity\":{\"open\":\"bad\"}}}}",
    "{\"services\":{\"x\":{}},\"talks\":[{\"service\":\"y\",\"steps\":[{\"answers\":[]}]}]}",
    "{\"services\":{\"x\":{}},\"talks\":[{\"service\":\"x\"}]}",
    "{\"services\":{\"x\":{}},\"talks\":[{\"service\":\"x\",\"steps\":[{\"send\":\"\\\\q\"}]}]}",
    "{\"services\":{\"x\":{}},\"talks\":[{\"service\":\"x\",\"steps\":[{\"answers\":[{\"match\":\"("
    "a+)+\"}]}]}]}",
    "{\"services\":{\"x\":{}},\"talks\":[{\"service\":\"x\",\"ports\":[70000],\"steps\":[{"
    "\"answers\":[]}]}]}",
    "{\"services\":{\"http\":{}},\"applications\":[{\"id\":\"a\",\"name\":\"A\"}]}",
    "{\"services\":{\"http\":{}},\"applications\":[{\"id\":\"a\",\"name\":\"A\",\"match\":[{"
    "\"titel\":\"x\"}]}]}",
    "{\"services\":{\"http\":{}},\"applications\":[{\"id\":\"a\",\"name\":\"A\",\"match\":[{"
    "\"path\":\"x\"}]}]}",
    "{\"services\":{\"http\":{}},\"applications\":[{\"id\":\"a\",\"name\":\"A\",\"match\":[{"
    "\"path\":\"DELETE /\"}]}]}",
    "{\"services\":{\"http\":{}},\"applications\":[{\"id\":\"a\",\"name\":\"A\",\"match\":[{"
    "\"title\":3}]}]}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (GBytes) json = g_bytes_new_static (wrong[i], strlen (wrong[i]));
      g_autoptr (GError) error = NULL;
      g_autoptr (PtlFingerprints) set = ptl_fingerprints_load (json, &error);

      g_assert_null (set);
      g_assert_nonnull (error);
    }
}

static void
check_translated (const char *strings, const PtlWeight *weight)
{
  for (guint auth = 0; auth < PTL_N_AUTHS; auth++)
    {
      g_autofree char *line
          = weight->advice[auth] ? g_strdup_printf ("N_ (\"%s\")\n", weight->advice[auth]) : NULL;

      if (line != NULL && strstr (strings, line) == NULL)
        g_error ("data/fingerprints-strings.h lacks “%s”", weight->advice[auth]);
    }
}

static void
test_advice_is_translated (void)
{
  g_autoptr (PtlFingerprints) set = ptl_fingerprints_dup_default ();
  g_autofree char *strings = NULL;
  g_autoptr (GError) error = NULL;
  GHashTableIter iter;
  gpointer service;

  g_file_get_contents (STRINGS, &strings, NULL, &error);
  g_assert_no_error (error);
  g_hash_table_iter_init (&iter, set->services);
  while (g_hash_table_iter_next (&iter, NULL, &service))
    check_translated (strings, &((PtlService *) service)->weight);
  for (guint i = 0; i < set->applications->len; i++)
    check_translated (strings,
                      &((PtlApplication *) g_ptr_array_index (set->applications, i))->weight);
}

/* What data alone adds. */
static void
test_an_application_by_data_alone (void)
{
  static const char text[] = "{\"version\":1,\"services\":{\"http\":{\"control\":\"none\"}},"
                             "\"applications\":[{\"id\":\"a\",\"name\":\"A\","
                             "\"control\":\"data\",\"match\":[{\"title\":\"^A "
                             "([0-9.]+)$\",\"header\":{\"Server\":\"^a\"}}]}]}";
  g_autoptr (GBytes) json = g_bytes_new_static (text, strlen (text));
  g_autoptr (GError) error = NULL;
  g_autoptr (PtlFingerprints) set = ptl_fingerprints_load (json, &error);
  const char *answer = "HTTP/1.1 200 OK\r\nServer: a/1\r\n\r\n<title>A 1.2</title>";
  g_autoptr (PtlPage) page = ptl_page_parse (answer, strlen (answer));
  g_autofree char *version = NULL;
  const PtlApplication *application;

  g_assert_no_error (error);
  application = g_ptr_array_index (set->applications, 0);
  g_assert_true (ptl_place_match (g_ptr_array_index (application->match, 0), page, NULL, &version));
  g_assert_cmpstr (version, ==, "1.2");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/fingerprints/examples", test_examples);
  g_test_add_func ("/fingerprints/certificate-alone", test_certificate_alone);
  g_test_add_func ("/fingerprints/ids-are-unique", test_ids_are_unique);
  g_test_add_func ("/fingerprints/talks", test_talks);
  g_test_add_func ("/fingerprints/open-needs-proof", test_open_needs_proof);
  g_test_add_func ("/fingerprints/wrong-data-is-refused", test_wrong_data_is_refused);
  g_test_add_func ("/fingerprints/advice-is-translated", test_advice_is_translated);
  g_test_add_func ("/fingerprints/an-application-by-data-alone", test_an_application_by_data_alone);
  return g_test_run ();
}

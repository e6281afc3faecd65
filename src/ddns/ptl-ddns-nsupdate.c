/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-ddns-nsupdate.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "core/ptl-text.h"

#define TTL_SECONDS 60
#define OUTPUT_MAX_BYTES (16 * 1024)
#define SHOWN_CHARS 120

/* ---- What it is told ---- */

static void
add_record (GString *script, const char *name, const char *type, const char *address)
{
  if (address == NULL)
    return;
  g_string_append_printf (script, "update delete %s. %s\n", name, type);
  g_string_append_printf (script, "update add %s. %d %s %s\n", name, TTL_SECONDS, type, address);
}

char *
ptl_ddns_nsupdate_dup_script (const PtlDdnsRequest *request)
{
  const PtlDynamicName *name = request->name;
  g_autofree char *host = NULL;
  g_autofree char *algorithm = NULL;
  g_autofree char *key = NULL;
  g_autoptr (GError) error = NULL;
  GString *script;
  guint16 port;

  /* Each of them becomes a word: none may hold a blank or a line's end. */
  if (!ptl_dynamic_name_validate (name, NULL)
      || !ptl_dynamic_name_validate_secret (name, request->secret, NULL)
      || !ptl_dynamic_name_parse_server (ptl_dynamic_name_get_server (name), &host, &port)
      || !ptl_dynamic_name_parse_key (name->user, &algorithm, &key))
    return NULL;
  script = g_string_new (NULL);
  g_string_append_printf (script, "server %s %u\n", host, port);
  g_string_append_printf (script, "key %s:%s %s\n", algorithm, key, request->secret);
  add_record (script, name->hostname, "A", request->ipv4);
  add_record (script, name->hostname, "AAAA", request->ipv6);
  g_string_append (script, "send\n");
  return g_string_free (script, FALSE);
}

/* ---- What it says ---- */

typedef struct
{
  const char *word;
  PtlDdnsVerdict verdict;
  const char *message;
  const char *advice;
} Cause;

/* The first that is found counts. */
static const Cause causes[] = {
  { "BADTIME", PTL_DDNS_RETRY, N_ ("The name server's clock and this computer's differ too much."),
    N_ ("Set the clock of both.") },
  { "BADKEY", PTL_DDNS_STOP, N_ ("The name server does not know the TSIG key."),
    N_ ("Check the name of the key and its kind.") },
  { "BADSIG", PTL_DDNS_STOP, N_ ("The TSIG key is not the one that the name server has."),
    N_ ("Copy the key anew from the name server.") },
  { "could not create key", PTL_DDNS_STOP, N_ ("The TSIG key cannot be used."),
    N_ ("Copy the key anew from the name server.") },
  { "tsig", PTL_DDNS_STOP, N_ ("The name server and we do not agree on the TSIG key."),
    N_ ("Check the name of the key, its kind and the key itself.") },
  { "NOTAUTH", PTL_DDNS_STOP,
    N_ ("The name server is not the one that keeps the domain of the name."),
    N_ ("Give the primary name server of the domain.") },
  { "connection refused", PTL_DDNS_RETRY, N_ ("No name server answers at that address."),
    N_ ("Check the server's address. It is tried again by itself.") },
  { "REFUSED", PTL_DDNS_STOP, N_ ("The name server does not let this key change the name."),
    N_ ("Allow it in the name server, with “update-policy” in the case of BIND.") },
  { "NOTZONE", PTL_DDNS_STOP, N_ ("The name server does not keep the domain of the name."),
    N_ ("Check the name, and the server's address.") },
  { "NOTIMP", PTL_DDNS_STOP, N_ ("The name server takes no updates."),
    N_ ("Allow them in the name server.") },
  { "enclosing zone", PTL_DDNS_STOP, N_ ("The name server does not keep the domain of the name."),
    N_ ("Check the name, and the server's address.") },
  { "SERVFAIL", PTL_DDNS_RETRY, N_ ("The name server is out of order."),
    N_ ("It is tried again by itself.") },
  { "couldn't get address", PTL_DDNS_RETRY, N_ ("The name server's own name was not found."),
    N_ ("Check the server's address, and the connection to the internet.") },
  { "timed out", PTL_DDNS_RETRY, N_ ("The name server does not answer."),
    N_ ("It is tried again by itself.") },
  { "unreachable", PTL_DDNS_RETRY, N_ ("The name server cannot be reached."),
    N_ ("Check the connection to the internet.") },
};

static const Cause *
find_cause (const char *text)
{
  g_autofree char *folded = g_ascii_strdown (text, -1);

  for (guint i = 0; i < G_N_ELEMENTS (causes); i++)
    {
      g_autofree char *word = g_ascii_strdown (causes[i].word, -1);

      if (strstr (folded, word) != NULL)
        return &causes[i];
    }
  return NULL;
}

PtlDdnsAnswer *
ptl_ddns_nsupdate_parse (int exit_code, const char *output, gsize length, const char *server)
{
  g_autofree char *text = g_strndup (output, MIN (length, OUTPUT_MAX_BYTES));
  g_autofree char *shown = NULL;
  const Cause *cause;

  if (exit_code == 0 && strstr (text, "failed") == NULL)
    return ptl_ddns_answer_new (PTL_DDNS_DONE, "NOERROR", NULL, NULL);
  cause = find_cause (text);
  if (cause != NULL)
    return ptl_ddns_answer_new (cause->verdict, cause->word, _ (cause->advice), "%s",
                                _ (cause->message));
  shown = ptl_text_make_safe (text, -1, SHOWN_CHARS);
  return ptl_ddns_answer_new (PTL_DDNS_RETRY, "nsupdate", _ ("Check the name server's own log."),
                              /* Translators: the first %s is the name of a server, the second what
                                 a program said */
                              _ ("The update at %s failed: “%s”"), server, g_strstrip (shown));
}

/* ---- The update ---- */

static PtlDdnsAnswer *
not_installed (void)
{
  return ptl_ddns_answer_new (PTL_DDNS_STOP, "nsupdate",
                              _ ("Install it (in Debian the package bind9-dnsutils), then update "
                                 "the name here."),
                              _ ("The program nsupdate is not installed."));
}

static PtlDdnsAnswer *
run (GSubprocess *child, const char *script, const char *server, GCancellable *cancellable)
{
  g_autoptr (GBytes) input = g_bytes_new (script, strlen (script));
  g_autoptr (GBytes) output = NULL;
  g_autoptr (GError) error = NULL;
  const char *text;
  gsize length;

  if (!g_subprocess_communicate (child, input, cancellable, &output, NULL, &error))
    {
      g_subprocess_force_exit (child);
      g_subprocess_wait (child, NULL, NULL);
      return ptl_ddns_answer_from_error (error, server);
    }
  text = g_bytes_get_data (output, &length);
  return ptl_ddns_nsupdate_parse (g_subprocess_get_if_exited (child)
                                      ? g_subprocess_get_exit_status (child)
                                      : 1,
                                  text != NULL ? text : "", length, server);
}

PtlDdnsAnswer *
ptl_ddns_nsupdate_update (const PtlDdnsRequest *request, GCancellable *cancellable)
{
  const char *server = ptl_dynamic_name_get_server (request->name);
  g_autofree char *program = g_find_program_in_path ("nsupdate");
  g_autofree char *script = ptl_ddns_nsupdate_dup_script (request);
  g_autoptr (GSubprocessLauncher) launcher
      = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE
                                   | G_SUBPROCESS_FLAGS_STDERR_MERGE);
  g_autoptr (GSubprocess) child = NULL;
  g_autoptr (GError) error = NULL;
  PtlDdnsAnswer *answer;

  if (program == NULL)
    return not_installed ();
  if (script == NULL)
    return ptl_ddns_answer_new (PTL_DDNS_STOP, "key", _ ("Copy the key anew from the name server."),
                                _ ("The TSIG key cannot be used."));
  /* Its words are looked at: they must not be translated. */
  g_subprocess_launcher_setenv (launcher, "LC_ALL", "C", TRUE);
  child = g_subprocess_launcher_spawn (launcher, &error, program, "-t", "20", "-u", "5", "-r", "2",
                                       NULL);
  answer = child != NULL ? run (child, script, server, cancellable)
                         : ptl_ddns_answer_from_error (error, server);
  explicit_bzero (script, strlen (script));
  return answer;
}

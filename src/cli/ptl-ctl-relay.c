/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-ctl-relay.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <unistd.h>

#include "core/ptl-error.h"
#include "core/ptl-text.h"
#include "core/ptl-validate.h"
#include "ptl-ctl-output.h"
#include "ptl-ctl-request.h"

#define SSH_PORT 22
/* The key is published beside the failure, which may be seen first. */
#define OFFER_WAIT_MS 3000

void
ptl_ctl_relay_free (PtlCtlRelay *relay)
{
  if (relay == NULL)
    return;
  g_free (relay->name);
  g_free (relay->user);
  g_free (relay->host);
  g_free (relay->key_file);
  g_free (relay);
}

/* "host", "host:22", "[fd00::1]:22" or "fd00::1". */
static gboolean
parse_host (const char *text, PtlCtlRelay *relay, GError **error)
{
  const char *colon = strrchr (text, ':');
  const char *bracket = strchr (text, ']');
  guint16 last;

  relay->port = SSH_PORT;
  if (*text == '[' && bracket != NULL)
    {
      relay->host = g_strndup (text + 1, (gsize) (bracket - text - 1));
      colon = bracket[1] != '\0' ? bracket + 1 : NULL;
    }
  else if (colon != NULL && strchr (text, ':') == colon)
    relay->host = g_strndup (text, (gsize) (colon - text));
  else
    {
      relay->host = g_strdup (text);
      colon = NULL;
    }
  if (colon == NULL)
    return TRUE;
  if (!ptl_port_range_parse (*colon == ':' ? colon + 1 : "", FALSE, &relay->port, &last, error))
    return FALSE;
  if (last != relay->port)
    {
      ptl_error_set (error, PTL_ERROR_INVALID, _("Give the one port that ssh listens on."), "%s",
                     _("A relay has one port, not a range."));
      return FALSE;
    }
  return TRUE;
}

static gboolean
parse_server (PtlCtlRelay *relay, const char *at, GError **error)
{
  relay->user = g_strndup (relay->name, (gsize) (at - relay->name));
  return ptl_validate_relay_user (relay->user, error) && parse_host (at + 1, relay, error)
         && ptl_validate_relay_host (relay->host, error);
}

static gboolean
parse_key (PtlCtl *self, PtlCtlRelay *relay, GError **error)
{
  const char *key = ptl_ctl_get (self, "key");
  g_autofree char *shown = NULL;

  relay->key_file
      = key != NULL && *key != '\0' ? g_canonicalize_filename (key, NULL) : g_strdup ("");
  if (key == NULL)
    return TRUE;
  shown = ptl_text_make_safe (key, -1, 200);
  if (relay->user == NULL)
    ptl_error_set (error, PTL_ERROR_INVALID, _("Give the relay as USER@HOST, or leave --key out."),
                   "%s", _("--key is for a relay that is not known yet."));
  else if (g_access (relay->key_file, R_OK) != 0
           || g_file_test (relay->key_file, G_FILE_TEST_IS_DIR))
    ptl_error_set (error, PTL_ERROR_INVALID, _("Name the file of the private key."),
                   /* Translators: %s is a file name */
                   _("--key: the file “%s” cannot be read."), shown);
  else
    return TRUE;
  return FALSE;
}

PtlCtlRelay *
ptl_ctl_relay_parse (PtlCtl *self, GError **error)
{
  g_autoptr (PtlCtlRelay) relay = g_new0 (PtlCtlRelay, 1);
  const char *text = ptl_ctl_get (self, "relay");
  const char *at;

  if (text == NULL)
    {
      ptl_error_set (error, PTL_ERROR_INVALID, _("Add --relay NAME, or --relay USER@HOST."), "%s",
                     _("The relay is missing."));
      return NULL;
    }
  if (!ptl_validate_text (_("The relay"), text, PTL_NAME_MAX_CHARS, TRUE, error))
    return NULL;
  relay->name = g_strdup (text);
  at = strrchr (relay->name, '@');
  if ((at != NULL && !parse_server (relay, at, error)))
    {
      ptl_ctl_prefix_error (error, "relay");
      return NULL;
    }
  return parse_key (self, relay, error) ? g_steal_pointer (&relay) : NULL;
}

static gboolean
is_relay (PtlRelayItem *item, const PtlCtlRelay *relay)
{
  if (g_str_equal (ptl_relay_item_get (item, "Name"), relay->name)
      || g_str_equal (ptl_relay_item_get (item, "Id"), relay->name))
    return TRUE;
  return relay->user != NULL && g_str_equal (ptl_relay_item_get (item, "User"), relay->user)
         && g_ascii_strcasecmp (ptl_relay_item_get (item, "Host"), relay->host) == 0
         && ptl_relay_item_get_port (item) == relay->port;
}

static PtlRelayItem *
find_item (PtlCtl *self, const PtlCtlRelay *relay, const char *id)
{
  GListModel *relays = ptl_client_get_relays (self->client);

  for (guint i = 0; i < g_list_model_get_n_items (relays); i++)
    {
      g_autoptr (PtlRelayItem) item = g_list_model_get_item (relays, i);

      if (relay != NULL ? is_relay (item, relay)
                        : g_str_equal (ptl_relay_item_get (item, "Id"), id))
        return g_steal_pointer (&item);
    }
  return NULL;
}

static char *
add_relay (PtlCtl *self, const PtlCtlRelay *relay, GError **error)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (GVariant) answer = NULL;
  char *id;

  g_variant_dict_insert (&dict, "Name", "s", relay->name);
  g_variant_dict_insert (&dict, "Host", "s", relay->host);
  g_variant_dict_insert (&dict, "Port", "u", (guint) relay->port);
  g_variant_dict_insert (&dict, "User", "s", relay->user);
  g_variant_dict_insert (&dict, "KeyFile", "s", relay->key_file);
  answer = ptl_ctl_call (self, "AddRelay", g_variant_new ("(@a{sv})", g_variant_dict_end (&dict)),
                         error);
  if (answer == NULL)
    return NULL;
  g_variant_get (answer, "(s)", &id);
  return id;
}

char *
ptl_ctl_relay_find_or_add (PtlCtl *self, const PtlCtlRelay *relay, GError **error)
{
  g_autoptr (PtlRelayItem) item = find_item (self, relay, NULL);
  g_autofree char *shown = ptl_text_make_safe (relay->name, -1, PTL_NAME_MAX_CHARS);

  if (item == NULL && relay->user != NULL)
    return add_relay (self, relay, error);
  if (item == NULL)
    ptl_error_set (error, PTL_ERROR_NOT_FOUND,
                   _("Give it as USER@HOST or USER@HOST:PORT to add it."),
                   /* Translators: %s is the name of a relay */
                   _("There is no relay “%s”."), shown);
  else if (*relay->key_file != '\0'
           && !g_str_equal (ptl_relay_item_get (item, "KeyFile"), relay->key_file))
    ptl_error_set (error, PTL_ERROR_INVALID,
                   _("Leave --key out to use the key that is set for it."),
                   /* Translators: %s is the name of a relay */
                   _("The relay “%s” is known already, with another key file."), shown);
  else
    return g_strdup (ptl_relay_item_get (item, "Id"));
  return NULL;
}

/* --- host keys --- */

static gboolean
on_waited (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

static const char *
wait_for_offer (PtlRelayItem *item)
{
  gboolean waited = FALSE;
  guint source = g_timeout_add (OFFER_WAIT_MS, on_waited, &waited);

  while (!waited && *ptl_relay_item_get (item, "OfferedKey") == '\0')
    g_main_context_iteration (NULL, TRUE);
  if (!waited)
    g_source_remove (source);
  return ptl_relay_item_get (item, "OfferedKey");
}

/* "ED25519 SHA256:..." or the second word of it. */
static gboolean
is_same_key (const char *offered, const char *given)
{
  const char *space = strchr (offered, ' ');

  return g_str_equal (offered, given) || (space != NULL && g_str_equal (space + 1, given));
}

static gboolean
ask (const char *name, const char *offered)
{
  char answer[16];

  fprintf (stderr,
           /* Translators: the name of a relay, then the fingerprint of its key */
           _("The relay “%s” is new. Its host key is\n  %s\nCompare it with the server's own. "
              "Trust it? [y/N] "),
           name, offered);
  fflush (stderr);
  if (fgets (answer, sizeof answer, stdin) == NULL)
    return FALSE;
  return g_ascii_strncasecmp (answer, "y", 1) == 0;
}

static gboolean
fail_unknown (const char *name, const char *offered, GError **error)
{
  const char *space = strchr (offered, ' ');
  g_autofree char *advice
      /* Translators: the fingerprint of a key */
      = g_strdup_printf (
          _("Compare it with the server's own, and if it is the same add --trust-host-key %s."),
          space != NULL ? space + 1 : offered);

  ptl_error_set (error, PTL_ERROR_HOST_KEY_UNKNOWN, advice,
                 /* Translators: the name of a relay, then the fingerprint of its key */
                 _("The host key of the relay “%s” is not known: %s."), name, offered);
  return FALSE;
}

static gboolean
decide (PtlCtl *self, const char *name, const char *offered, GError **error)
{
  const char *given = ptl_ctl_get (self, "trust-host-key");

  if (given != NULL && is_same_key (offered, given))
    return TRUE;
  if (given != NULL)
    {
      ptl_error_set (error, PTL_ERROR_HOST_KEY_UNKNOWN,
                     _("Do not go on before you know why: somebody may stand between."),
                     /* Translators: the name of a relay, then the fingerprint of its key */
                     _("The relay “%s” shows another key than the one given: %s."), name, offered);
      return FALSE;
    }
  if (self->at_terminal && !self->json && isatty (STDERR_FILENO) && ask (name, offered))
    return TRUE;
  return fail_unknown (name, offered, error);
}

gboolean
ptl_ctl_relay_trust (PtlCtl *self, const char *id, GError **error)
{
  g_autoptr (PtlRelayItem) item = find_item (self, NULL, id);
  g_autofree char *offered = NULL;
  g_autofree char *name = NULL;
  g_autofree char *shown = NULL;
  g_autoptr (GVariant) answer = NULL;

  if (item == NULL)
    return FALSE;
  offered = g_strdup (wait_for_offer (item));
  if (*offered == '\0')
    return FALSE;
  name = ptl_text_make_safe (ptl_relay_item_get (item, "Name"), -1, PTL_NAME_MAX_CHARS);
  shown = ptl_text_make_safe (offered, -1, 200);
  if (!decide (self, name, shown, error))
    return FALSE;
  answer = ptl_ctl_call (self, "TrustHostKey", g_variant_new ("(ss)", id, offered), error);
  return answer != NULL;
}

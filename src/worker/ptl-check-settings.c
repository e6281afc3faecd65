/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-check-settings.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "core/ptl-text.h"
#include "router/check/ptl-stun.h"
#include "router/check/ptl-witness.h"

#define CONSENT "check-consent"
#define STUN_SERVERS "check-stun-servers"
#define HTTP_SERVERS "check-http-servers"
/* An empty list is kept as this, because nothing means that nobody said anything. */
#define NO_SERVER "-"
#define SERVERS_MAX PTL_STUN_SERVERS_MAX
#define SERVER_MAX_BYTES 512

/* Two that are run by different people, so that they differ in place; and a page. Asked by nobody who has not agreed. */
static const char *const usual_stun[] = { "stun.cloudflare.com:3478", "stun.l.google.com:19302", NULL };
static const char *const usual_http[] = { "https://icanhazip.com", NULL };

static char **
load_list (PtlStore *store, const char *key, const char *const *usual)
{
  g_autofree char *text = ptl_store_dup_setting (store, key);

  if (*text == '\0')
    return g_strdupv ((char **) usual);
  if (strcmp (text, NO_SERVER) == 0)
    return g_new0 (char *, 1);
  return g_strsplit (text, "\n", SERVERS_MAX);
}

PtlCheckSettings *
ptl_check_settings_load (PtlStore *store)
{
  PtlCheckSettings *self = g_new0 (PtlCheckSettings, 1);

  self->consent = ptl_store_dup_setting (store, CONSENT);
  self->stun_servers = load_list (store, STUN_SERVERS, usual_stun);
  self->http_servers = load_list (store, HTTP_SERVERS, usual_http);
  return self;
}

void
ptl_check_settings_free (PtlCheckSettings *self)
{
  g_free (self->consent);
  g_strfreev (self->stun_servers);
  g_strfreev (self->http_servers);
  g_free (self);
}

gboolean
ptl_check_settings_is_granted (const PtlCheckSettings *self)
{
  return strcmp (self->consent, "granted") == 0;
}

/* --- changes --- */

static gboolean
check_consent (const char *consent, GError **error)
{
  if (strcmp (consent, "granted") == 0 || strcmp (consent, "refused") == 0 || *consent == '\0')
    return TRUE;
  ptl_error_set (error, PTL_ERROR_INVALID, NULL, _("Consent is “granted” or “refused”, or nothing."));
  return FALSE;
}

static gboolean
check_list (char **servers, gboolean stun, GError **error)
{
  if (g_strv_length (servers) > SERVERS_MAX)
    {
      /* Translators: %d is a number */
      ptl_error_set (error, PTL_ERROR_INVALID, NULL, _("There can be %d servers of a kind at most."), SERVERS_MAX);
      return FALSE;
    }
  for (guint i = 0; servers[i] != NULL; i++)
    {
      if (strlen (servers[i]) > SERVER_MAX_BYTES)
        {
          ptl_error_set (error, PTL_ERROR_INVALID, NULL, _("The name of a server is too long."));
          return FALSE;
        }
      if (!(stun ? ptl_stun_server_parse (servers[i], NULL, NULL, error) : ptl_http_server_check (servers[i], error)))
        return FALSE;
    }
  return TRUE;
}

static gboolean
fail_key (const char *key, GError **error)
{
  g_autofree char *shown = ptl_text_make_safe (key, -1, 40);

  /* Translators: %s is the name of a setting */
  ptl_error_set (error, PTL_ERROR_INVALID, NULL, _("“%s” is no setting of the check."), shown);
  return FALSE;
}

static gboolean
take (PtlCheckSettings *self, const char *key, GVariant *value, GError **error)
{
  gboolean list = g_variant_is_of_type (value, G_VARIANT_TYPE_STRING_ARRAY);

  if (strcmp (key, "Consent") == 0 && g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    {
      g_free (self->consent);
      self->consent = g_variant_dup_string (value, NULL);
      return check_consent (self->consent, error);
    }
  if (strcmp (key, "StunServers") == 0 && list)
    {
      g_strfreev (self->stun_servers);
      self->stun_servers = g_variant_dup_strv (value, NULL);
      return check_list (self->stun_servers, TRUE, error);
    }
  if (strcmp (key, "HttpServers") == 0 && list)
    {
      g_strfreev (self->http_servers);
      self->http_servers = g_variant_dup_strv (value, NULL);
      return check_list (self->http_servers, FALSE, error);
    }
  return fail_key (key, error);
}

static PtlCheckSettings *
copy (const PtlCheckSettings *self)
{
  PtlCheckSettings *other = g_new0 (PtlCheckSettings, 1);

  other->consent = g_strdup (self->consent);
  other->stun_servers = g_strdupv (self->stun_servers);
  other->http_servers = g_strdupv (self->http_servers);
  return other;
}

static gboolean
put_list (PtlStore *store, const char *key, char **servers, GError **error)
{
  g_autofree char *text = servers[0] != NULL ? g_strjoinv ("\n", servers) : g_strdup (NO_SERVER);

  return ptl_store_put_setting (store, key, text, error);
}

static gboolean
keep (const PtlCheckSettings *self, PtlStore *store, const char *who, GError **error)
{
  g_autofree char *stun = g_strjoinv (" ", self->stun_servers);
  g_autofree char *http = g_strjoinv (" ", self->http_servers);
  g_autofree char *detail = g_strdup_printf ("%s: %s %s", *self->consent != '\0' ? self->consent : "-", stun, http);

  return ptl_store_begin (store, error) && ptl_store_put_setting (store, CONSENT, self->consent, error) &&
         put_list (store, STUN_SERVERS, self->stun_servers, error) &&
         put_list (store, HTTP_SERVERS, self->http_servers, error) &&
         ptl_store_add_event (store, who, "check-settings", "", "ok", detail, error) &&
         ptl_store_commit (store, error);
}

PtlCheckSettings *
ptl_check_settings_apply (const PtlCheckSettings *self,
                          PtlStore *store,
                          GVariant *changes,
                          const char *who,
                          GError **error)
{
  g_autoptr (PtlCheckSettings) changed = copy (self);
  GVariantIter iter;
  const char *key;
  GVariant *inner;

  g_variant_iter_init (&iter, changes);
  while (g_variant_iter_next (&iter, "{&sv}", &key, &inner))
    {
      g_autoptr (GVariant) value = inner;

      if (!take (changed, key, value, error))
        return NULL;
    }
  return keep (changed, store, who, error) ? g_steal_pointer (&changed) : NULL;
}

void
ptl_check_settings_fill (const PtlCheckSettings *self, GVariantDict *dict)
{
  g_variant_dict_insert (dict, "Consent", "s", self->consent);
  g_variant_dict_insert (dict, "StunServers", "^as", self->stun_servers);
  g_variant_dict_insert (dict, "HttpServers", "^as", self->http_servers);
}

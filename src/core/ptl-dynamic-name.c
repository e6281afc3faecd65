/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-dynamic-name.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "ptl-endpoint.h"
#include "ptl-text.h"

#define TEXT_MAX_BYTES 600
#define SHOWN_CHARS 40
#define DNS_PORT 53

PtlDynamicName *
ptl_dynamic_name_new (void)
{
  PtlDynamicName *self = g_new0 (PtlDynamicName, 1);

  self->id = g_strdup ("");
  self->hostname = g_strdup ("");
  self->provider = g_strdup ("");
  self->server = g_strdup ("");
  self->user = g_strdup ("");
  self->success = g_strdup ("");
  self->ipv4 = TRUE;
  self->published_ipv4 = g_strdup ("");
  self->published_ipv6 = g_strdup ("");
  self->message = g_strdup ("");
  self->advice = g_strdup ("");
  return self;
}

PtlDynamicName *
ptl_dynamic_name_copy (const PtlDynamicName *self)
{
  PtlDynamicName *copy = g_new0 (PtlDynamicName, 1);

  *copy = *self;
  copy->id = g_strdup (self->id);
  copy->hostname = g_strdup (self->hostname);
  copy->provider = g_strdup (self->provider);
  copy->server = g_strdup (self->server);
  copy->user = g_strdup (self->user);
  copy->success = g_strdup (self->success);
  copy->published_ipv4 = g_strdup (self->published_ipv4);
  copy->published_ipv6 = g_strdup (self->published_ipv6);
  copy->message = g_strdup (self->message);
  copy->advice = g_strdup (self->advice);
  return copy;
}

void
ptl_dynamic_name_free (PtlDynamicName *self)
{
  if (self == NULL)
    return;
  g_free (self->id);
  g_free (self->hostname);
  g_free (self->provider);
  g_free (self->server);
  g_free (self->user);
  g_free (self->success);
  g_free (self->published_ipv4);
  g_free (self->published_ipv6);
  g_free (self->message);
  g_free (self->advice);
  g_free (self);
}

const PtlNameProvider *
ptl_dynamic_name_get_provider (const PtlDynamicName *self)
{
  return ptl_name_provider_find (self->provider);
}

const char *
ptl_dynamic_name_get_server (const PtlDynamicName *self)
{
  const PtlNameProvider *provider = ptl_dynamic_name_get_provider (self);

  if (*self->server != '\0' || provider == NULL || provider->server == NULL)
    return self->server;
  return provider->server;
}

gboolean
ptl_dynamic_name_is_same_place (const PtlDynamicName *self, const PtlDynamicName *other)
{
  return g_str_equal (self->hostname, other->hostname)
         && g_str_equal (self->provider, other->provider)
         && g_str_equal (self->server, other->server) && g_str_equal (self->user, other->user)
         && g_str_equal (self->success, other->success);
}

/* ---- From the bus ---- */

static const struct
{
  const char *key;
  const char *type;
} fields[] = {
  { "Hostname", "s" }, { "Provider", "s" },    { "Server", "s" },
  { "User", "s" },     { "Success", "s" },     { "Ipv4", "b" },
  { "Ipv6", "b" },     { "RefreshDays", "u" }, { "Secret", "s" },
};

static gboolean
check_field (const char *key, GVariant *value, GError **error)
{
  g_autofree char *shown = ptl_text_make_safe (key, -1, SHOWN_CHARS);

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      if (!g_str_equal (fields[i].key, key))
        continue;
      if (g_variant_is_of_type (value, G_VARIANT_TYPE (fields[i].type))
          && (*fields[i].type != 's'
              || g_variant_get_size (value) <= (g_str_equal (key, "Secret")
                                                    ? PTL_DYNAMIC_NAME_SECRET_MAX_BYTES + 1
                                                    : TEXT_MAX_BYTES)))
        return TRUE;
      /* Translators: %s is the name of a field */
      ptl_error_set (error, PTL_ERROR_INVALID, NULL, _ ("“%s” is of the wrong kind or too long."),
                     shown);
      return FALSE;
    }
  /* Translators: %s is the name of a field */
  ptl_error_set (error, PTL_ERROR_INVALID, NULL, _ ("There is no field “%s”."), shown);
  return FALSE;
}

static gboolean
check_fields (GVariant *dict, GError **error)
{
  GVariantIter iter;
  const char *key;
  GVariant *value;

  g_variant_iter_init (&iter, dict);
  while (g_variant_iter_next (&iter, "{&sv}", &key, &value))
    {
      g_autoptr (GVariant) owned = value;

      if (!check_field (key, owned, error))
        return FALSE;
    }
  return TRUE;
}

static void
take_text (GVariant *dict, const char *key, char **text)
{
  g_autofree char *value = NULL;

  if (!g_variant_lookup (dict, key, "s", &value))
    return;
  g_strstrip (value);
  g_free (*text);
  *text = g_steal_pointer (&value);
}

static void
take_refresh (PtlDynamicName *self, GVariant *dict, gboolean is_new)
{
  const PtlNameProvider *provider = ptl_dynamic_name_get_provider (self);

  if (!g_variant_lookup (dict, "RefreshDays", "u", &self->refresh_days) && is_new
      && provider != NULL)
    self->refresh_days = provider->refresh_days;
}

gboolean
ptl_dynamic_name_apply (PtlDynamicName *self, GVariant *dict, gboolean is_new, GError **error)
{
  g_autofree char *before = g_strdup (self->provider);

  if (!check_fields (dict, error))
    return FALSE;
  take_text (dict, "Hostname", &self->hostname);
  take_text (dict, "Provider", &self->provider);
  if (!is_new && !g_str_equal (before, self->provider))
    {
      /* What the other one was told is of no use for this one. */
      *self->server = *self->user = *self->success = '\0';
      is_new = TRUE;
    }
  take_text (dict, "Server", &self->server);
  take_text (dict, "User", &self->user);
  take_text (dict, "Success", &self->success);
  g_variant_lookup (dict, "Ipv4", "b", &self->ipv4);
  g_variant_lookup (dict, "Ipv6", "b", &self->ipv6);
  take_refresh (self, dict, is_new);
  return TRUE;
}

/* ---- As typed ---- */

static void
replace (char **text, char *with)
{
  g_free (*text);
  *text = with;
}

static void
settle_hostname (PtlDynamicName *self, const PtlNameProvider *provider)
{
  char *ascii = g_hostname_to_ascii (self->hostname);
  gsize length;

  if (ascii != NULL)
    replace (&self->hostname, g_ascii_strdown (ascii, -1));
  g_free (ascii);
  length = strlen (self->hostname);
  if (length > 0 && self->hostname[length - 1] == '.')
    self->hostname[length - 1] = '\0';
  if (provider != NULL && provider->domain != NULL && *self->hostname != '\0'
      && strchr (self->hostname, '.') == NULL)
    replace (&self->hostname, g_strconcat (self->hostname, ".", provider->domain, NULL));
}

/* "dyndns.example.org" is what a person reads on a provider's page. */
static void
settle_server (PtlDynamicName *self, const PtlNameProvider *provider)
{
  g_autoptr (GUri) uri = NULL;
  const char *path;

  if (provider == NULL || provider->protocol == PTL_NAME_PROTOCOL_RFC2136 || *self->server == '\0')
    return;
  if (strstr (self->server, "://") == NULL)
    replace (&self->server, g_strconcat ("https://", self->server, NULL));
  if (provider->protocol != PTL_NAME_PROTOCOL_DYNDNS2 || provider->server != NULL)
    return;
  uri = g_uri_parse (self->server, G_URI_FLAGS_ENCODED, NULL);
  path = uri != NULL ? g_uri_get_path (uri) : NULL;
  if (uri != NULL && (*path == '\0' || g_str_equal (path, "/")) && g_uri_get_query (uri) == NULL)
    replace (&self->server,
             g_strconcat (self->server, *path == '\0' ? "/" : "", "nic/update", NULL));
}

void
ptl_dynamic_name_settle (PtlDynamicName *self)
{
  const PtlNameProvider *provider = ptl_dynamic_name_get_provider (self);

  settle_hostname (self, provider);
  settle_server (self, provider);
}

gboolean
ptl_dynamic_name_parse_server (const char *text, char **host, guint16 *port)
{
  g_autoptr (PtlEndpoint) endpoint = NULL;
  g_autofree char *with_port = NULL;

  if (ptl_host_is_valid (text))
    {
      *host = g_strdup (text);
      *port = DNS_PORT;
      return TRUE;
    }
  if (*text == '[' && g_str_has_suffix (text, "]"))
    with_port = g_strdup_printf ("%s:%d", text, DNS_PORT);
  endpoint = ptl_endpoint_parse (with_port != NULL ? with_port : text, PTL_PROTOCOL_UDP, NULL);
  if (endpoint == NULL || endpoint->host == NULL || endpoint->path != NULL || endpoint->first == 0
      || endpoint->first != endpoint->last)
    return FALSE;
  *host = g_strdup (endpoint->host);
  *port = endpoint->first;
  return TRUE;
}

gboolean
ptl_dynamic_name_parse_key (const char *text, char **algorithm, char **name)
{
  static const char *const algorithms[] = { "hmac-md5",    "hmac-sha1",   "hmac-sha224",
                                            "hmac-sha256", "hmac-sha384", "hmac-sha512",
                                            NULL };
  const char *colon = strchr (text, ':');
  g_autofree char *kind
      = colon != NULL ? g_ascii_strdown (text, colon - text) : g_strdup ("hmac-sha256");
  const char *key = colon != NULL ? colon + 1 : text;

  if (!g_strv_contains (algorithms, kind) || !ptl_host_is_valid (key) || ptl_host_is_address (key))
    return FALSE;
  *algorithm = g_steal_pointer (&kind);
  *name = g_strdup (key);
  return TRUE;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-dynamic-name.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "ptl-endpoint.h"
#include "ptl-text.h"
#include "ptl-validate.h"

#define SHOWN_CHARS 60
#define SERVER_MAX_CHARS 500
#define USER_MAX_CHARS 200
#define SUCCESS_MAX_CHARS 200

static gboolean
fail (GError **error, const char *advice, const char *what)
{
  ptl_error_set (error, PTL_ERROR_INVALID, advice, "%s", what);
  return FALSE;
}

static gboolean
check_provider (const PtlDynamicName *self, GError **error)
{
  g_autofree char *shown = NULL;

  if (ptl_dynamic_name_get_provider (self) != NULL)
    return TRUE;
  if (*self->provider == '\0')
    return fail (error, _ ("Choose one from the list."),
                 _ ("It is not said which provider the name is at."));
  shown = ptl_text_make_safe (self->provider, -1, SHOWN_CHARS);
  ptl_error_set (error, PTL_ERROR_INVALID,
                 _ ("Take one from the list; “dyndns2” and “custom” fit many others."),
                 /* Translators: %s is what was given */
                 _ ("The provider “%s” is not known."), shown);
  return FALSE;
}

static gboolean
check_hostname (const PtlDynamicName *self, const PtlNameProvider *provider, GError **error)
{
  g_autofree char *shown = ptl_text_make_safe (self->hostname, -1, SHOWN_CHARS);
  g_autofree char *suffix
      = provider->domain != NULL ? g_strconcat (".", provider->domain, NULL) : NULL;

  if (*self->hostname == '\0')
    return fail (error, NULL, _ ("The name is missing."));
  if (!ptl_host_is_valid (self->hostname) || ptl_host_is_address (self->hostname)
      || strchr (self->hostname, '.') == NULL)
    {
      ptl_error_set (error, PTL_ERROR_INVALID, _ ("Give the whole name, like home.example.org."),
                     /* Translators: %s is what was given */
                     _ ("“%s” is not a name of the internet."), shown);
      return FALSE;
    }
  if (suffix == NULL
      || (g_str_has_suffix (self->hostname, suffix)
          && memchr (self->hostname, '.', strlen (self->hostname) - strlen (suffix)) == NULL))
    return TRUE;
  ptl_error_set (error, PTL_ERROR_INVALID,
                 _ ("Give it as the provider shows it, or choose another provider."),
                 /* Translators: the first %s is a name, the second the title of a provider, the
                    third a domain */
                 _ ("“%s” is not a name of %s: those are like home.%s."), shown, provider->title,
                 provider->domain);
  return FALSE;
}

/* Secrets go there: nobody on the way may read them. */
static gboolean
check_scheme (GUri *uri, GError **error)
{
  if (g_str_equal (g_uri_get_scheme (uri), "https")
      || (g_str_equal (g_uri_get_scheme (uri), "http")
          && ptl_host_is_loopback (g_uri_get_host (uri))))
    return TRUE;
  return fail (error, _ ("Begin it with https://."),
               _ ("The server's address is not safe: anyone on the way could read the password."));
}

static gboolean
check_url (const char *text, GError **error)
{
  g_autofree char *shown = ptl_text_make_safe (text, -1, SHOWN_CHARS);
  g_autoptr (GUri) uri = g_uri_parse (text, G_URI_FLAGS_ENCODED | G_URI_FLAGS_HAS_PASSWORD, NULL);

  if (uri == NULL || g_uri_get_host (uri) == NULL || *g_uri_get_host (uri) == '\0')
    {
      ptl_error_set (error, PTL_ERROR_INVALID,
                     _ ("Give it like https://dyndns.example.org/nic/update."),
                     /* Translators: %s is what was given */
                     _ ("“%s” is not the address of a server."), shown);
      return FALSE;
    }
  if (g_uri_get_userinfo (uri) != NULL)
    return fail (error, _ ("Give user name and password apart: there they are kept safe."),
                 _ ("The server's address must not hold a password."));
  return check_scheme (uri, error);
}

/* With the places filled in it must be an address. */
static gboolean
check_template (const char *text, GError **error)
{
  static const char *const places[] = { "{name}", "{ipv4}", "{ipv6}", "{user}", "{secret}" };
  g_autoptr (GString) filled = g_string_new (text);

  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    g_string_replace (filled, places[i], "x", 0);
  if (strpbrk (filled->str, "{}") != NULL)
    return fail (error, _ ("Use {name}, {ipv4}, {ipv6}, {user} and {secret}, and no other braces."),
                 _ ("The address has a place that is not known."));
  return check_url (filled->str, error);
}

static gboolean
check_name_server (const char *text, GError **error)
{
  g_autofree char *host = NULL;
  guint16 port;

  if (ptl_dynamic_name_parse_server (text, &host, &port))
    return TRUE;
  return fail (error,
               _ ("Give it like ns1.example.org, or ns1.example.org:5353 where its port is not "
                  "53."),
               _ ("That is not the address of a name server."));
}

static gboolean
check_server (const PtlDynamicName *self, const PtlNameProvider *provider, GError **error)
{
  const char *server = ptl_dynamic_name_get_server (self);

  if (*server == '\0')
    return fail (error, NULL, _ ("The server is missing."));
  if (!ptl_validate_text (_ ("The server"), server, SERVER_MAX_CHARS, TRUE, error))
    return FALSE;
  if (provider->protocol == PTL_NAME_PROTOCOL_RFC2136)
    return check_name_server (server, error);
  return provider->protocol == PTL_NAME_PROTOCOL_CUSTOM ? check_template (server, error)
                                                        : check_url (server, error);
}

static gboolean
check_user (const PtlDynamicName *self, const PtlNameProvider *provider, GError **error)
{
  g_autofree char *algorithm = NULL;
  g_autofree char *key = NULL;

  if (provider->user_label == NULL && *self->user != '\0')
    return fail (error, _ ("Leave the user name out."), _ ("This provider has no user names."));
  if (!ptl_validate_text (_ ("The user name"), self->user, USER_MAX_CHARS, provider->user_needed,
                          error))
    return FALSE;
  if (provider->protocol == PTL_NAME_PROTOCOL_RFC2136
      && !ptl_dynamic_name_parse_key (self->user, &algorithm, &key))
    return fail (error,
                 _ ("Give it as in the name server's own configuration, like home or "
                    "hmac-sha512:home."),
                 _ ("That is not the name of a TSIG key."));
  /* RFC 7617, 2: what stands before the first colon is the user. */
  if (provider->protocol != PTL_NAME_PROTOCOL_RFC2136 && strchr (self->user, ':') != NULL)
    return fail (error, NULL, _ ("A user name holds no colon."));
  return TRUE;
}

static gboolean
check_rest (const PtlDynamicName *self, const PtlNameProvider *provider, GError **error)
{
  if (!self->ipv4 && !self->ipv6)
    return fail (error, _ ("Let it follow the IPv4 address, the IPv6 address, or both."),
                 _ ("The name would follow no address."));
  if (self->refresh_days > PTL_DYNAMIC_NAME_REFRESH_MAX)
    return fail (error, NULL,
                 _ ("An update is made at least every 1 to 365 days, or (0) only when something "
                    "changes."));
  if (provider->protocol != PTL_NAME_PROTOCOL_CUSTOM && *self->success != '\0')
    return fail (error, _ ("Leave it out."),
                 _ ("What the answer must hold is for any web address alone."));
  return ptl_validate_text (_ ("What the answer must hold"), self->success, SUCCESS_MAX_CHARS,
                            FALSE, error);
}

gboolean
ptl_dynamic_name_validate (const PtlDynamicName *self, GError **error)
{
  const PtlNameProvider *provider = ptl_dynamic_name_get_provider (self);

  return check_provider (self, error) && check_hostname (self, provider, error)
         && check_server (self, provider, error) && check_user (self, provider, error)
         && check_rest (self, provider, error);
}

static gboolean
is_base64 (const char *text)
{
  gsize length = strlen (text);

  for (const char *c = text; *c != '\0'; c++)
    if (!g_ascii_isalnum (*c) && strchr ("+/=", *c) == NULL)
      return FALSE;
  return length > 0 && length % 4 == 0;
}

gboolean
ptl_dynamic_name_needs_secret (const PtlDynamicName *self)
{
  const PtlNameProvider *provider = ptl_dynamic_name_get_provider (self);

  return provider == NULL || provider->secret_needed || *self->user != '\0'
         || strstr (self->server, "{secret}") != NULL;
}

gboolean
ptl_dynamic_name_validate_secret (const PtlDynamicName *self, const char *secret, GError **error)
{
  const PtlNameProvider *provider = ptl_dynamic_name_get_provider (self);

  if (provider == NULL)
    return check_provider (self, error);
  if (secret == NULL || *secret == '\0')
    {
      if (!ptl_dynamic_name_needs_secret (self))
        return TRUE;
      return fail (error, NULL, _ ("The password or token is missing."));
    }
  if (strlen (secret) > PTL_DYNAMIC_NAME_SECRET_MAX_BYTES || !ptl_text_is_safe (secret, 0))
    return fail (error, _ ("Copy it anew, without line breaks."),
                 _ ("The password or token is too long, or has characters that cannot be sent."));
  /* It becomes a word of nsupdate's input. */
  if (provider->protocol == PTL_NAME_PROTOCOL_RFC2136 && !is_base64 (secret))
    return fail (error, _ ("Copy what stands after “secret”, without the quotes."),
                 _ ("The TSIG key is not in base64."));
  return TRUE;
}

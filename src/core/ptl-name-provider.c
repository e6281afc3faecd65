/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-name-provider.h"

#include <glib/gi18n-lib.h>

#define USER N_ ("User name")
#define PASSWORD N_ ("Password")
#define TOKEN N_ ("Token")

static const PtlNameProvider providers[] = {
  {
      .id = "duckdns",
      .title = "DuckDNS",
      .protocol = PTL_NAME_PROTOCOL_DUCKDNS,
      .server = "https://www.duckdns.org/update",
      .secret_label = TOKEN,
      .secret_needed = TRUE,
      .domain = "duckdns.org",
      .help = N_ ("Free. Sign in at DuckDNS, add a domain there, and copy the token from the top "
                  "of the page."),
      .help_url = "https://www.duckdns.org/",
  },
  {
      .id = "desec",
      .title = "deSEC",
      .protocol = PTL_NAME_PROTOCOL_DYNDNS2,
      .style = PTL_NAME_STYLE_PRESERVE,
      .server = "https://update.dedyn.io/",
      .secret_label = TOKEN,
      .secret_needed = TRUE,
      .help = N_ ("Free, with DNSSEC. The token is shown when the domain is made; further ones are "
                  "made under “Token "
                  "Management”."),
      .help_url = "https://desec.io/tokens",
  },
  {
      .id = "noip",
      .title = "No-IP",
      .protocol = PTL_NAME_PROTOCOL_DYNDNS2,
      .style = PTL_NAME_STYLE_COMMA,
      .server = "https://dynupdate.no-ip.com/nic/update",
      .user_label = USER,
      .user_needed = TRUE,
      .secret_label = PASSWORD,
      .secret_needed = TRUE,
      .refresh_days = 25,
      .help
      = N_ ("Make a DDNS key for the name at No-IP, and give its user name and password here."),
      .help_url = "https://my.noip.com/ddns-keys",
  },
  {
      .id = "dynu",
      .title = "Dynu",
      .protocol = PTL_NAME_PROTOCOL_DYNDNS2,
      .style = PTL_NAME_STYLE_NO,
      .server = "https://api.dynu.com/nic/update",
      .user_label = USER,
      .user_needed = TRUE,
      .secret_label = PASSWORD,
      .secret_needed = TRUE,
      .help = N_ ("Free. The password is that of the account, or better the IP update password of "
                  "its settings."),
      .help_url = "https://www.dynu.com/ControlPanel/ManageCredentials",
  },
  {
      .id = "cloudflare",
      .title = "Cloudflare",
      .protocol = PTL_NAME_PROTOCOL_CLOUDFLARE,
      .server = "https://api.cloudflare.com/client/v4",
      .secret_label = N_ ("API token"),
      .secret_needed = TRUE,
      .help = N_ ("For a domain of your own that is at Cloudflare. Make an API token of the kind "
                  "“Edit zone DNS” that "
                  "is good for this domain alone."),
      .help_url = "https://dash.cloudflare.com/profile/api-tokens",
  },
  {
      .id = "dyndns2",
      /* Translators: a provider that is not in the list, and speaks the protocol of DynDNS */
      .title = N_ ("Another (DynDNS protocol)"),
      .protocol = PTL_NAME_PROTOCOL_DYNDNS2,
      .server_label = N_ ("Update server"),
      .user_label = USER,
      .user_needed = TRUE,
      .secret_label = PASSWORD,
      .secret_needed = TRUE,
      .help = N_ ("The provider's page on setting up a router tells its update server."),
  },
  {
      .id = "rfc2136",
      /* Translators: RFC 2136 and TSIG are the names of standards */
      .title = N_ ("Own name server (RFC 2136)"),
      .protocol = PTL_NAME_PROTOCOL_RFC2136,
      .server_label = N_ ("Name server"),
      .user_label = N_ ("Name of the TSIG key"),
      .user_needed = TRUE,
      .secret_label = N_ ("TSIG key"),
      .secret_needed = TRUE,
      .help
      = N_ ("For BIND, Knot, PowerDNS and others that take signed updates. “tsig-keygen” makes a "
            "key; where it is "
            "not of the kind hmac-sha256, write the kind before its name, like hmac-sha512:home."),
  },
  {
      .id = "custom",
      .title = N_ ("Any web address"),
      .protocol = PTL_NAME_PROTOCOL_CUSTOM,
      .server_label = N_ ("Web address"),
      .user_label = USER,
      .secret_label = N_ ("Password or token"),
      .help = N_ ("The address is asked for whenever the public address changes. In it {name}, "
                  "{ipv4}, {ipv6}, {user} "
                  "and {secret} stand for what they say."),
  },
  { .id = NULL },
};

const PtlNameProvider *
ptl_name_provider_list (void)
{
  return providers;
}

const PtlNameProvider *
ptl_name_provider_find (const char *id)
{
  for (const PtlNameProvider *provider = providers; provider->id != NULL; provider++)
    if (g_strcmp0 (provider->id, id) == 0)
      return provider;
  return NULL;
}

const char *
ptl_name_provider_get_title (const PtlNameProvider *self)
{
  return _ (self->title);
}

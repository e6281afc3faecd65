/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the helper reads from strangers: SSDP, HTTP, descriptions, URLs. */
#include "igd-description.h"
#include "igd-http.h"
#include "igd-ssdp.h"
#include "router/ptl-igd-url.h"

#define GATEWAY "192.168.1.1"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize length);

static void
read_url (const char *text)
{
  g_autofree char *resolved
      = ptl_igd_url_resolve ("http://" GATEWAY ":5000/a/b.xml", NULL, text, GATEWAY);
  g_autofree char *based
      = ptl_igd_url_resolve ("http://" GATEWAY ":5000/a/b.xml", text, "/x", GATEWAY);

  /* A base that may not be asked is not used. */
  g_assert_true (ptl_igd_url_check (based, GATEWAY, NULL, NULL));
  if (!ptl_igd_url_check (resolved, GATEWAY, NULL, NULL))
    return;
  g_assert_cmpuint (ptl_igd_url_get_port (resolved), >, 0);
  g_assert_true (*ptl_igd_url_get_path (resolved) == '/');
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize length)
{
  g_autofree char *text = g_strndup ((const char *) data, length);
  g_autoptr (IgdDescription) description = igd_description_parse ((const char *) data, length);
  g_autofree char *location = NULL;
  gboolean is_gateway;
  GString *body = NULL;

  if (description != NULL)
    g_assert_cmpuint (description->services->len, <=, IGD_DESCRIPTION_SERVICES_MAX);
  if (igd_http_parse ((const char *) data, length, length % 2 == 0, &body) == IGD_HTTP_DONE)
    {
      g_assert_cmpuint (body->len, <=, IGD_HTTP_BODY_MAX);
      g_string_free (body, TRUE);
    }
  igd_ssdp_parse ((const char *) data, length, &location, &is_gateway);
  read_url (text);
  return 0;
}

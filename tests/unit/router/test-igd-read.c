/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the helper reads from strangers: SSDP answers, HTTP, descriptions. */

#include <string.h>

#include "igd-description.h"
#include "igd-http.h"
#include "igd-ssdp.h"

/* --- SSDP --- */

static const struct
{
  const char *text;
  gboolean ok;
  const char *location;
  gboolean is_gateway;
} ssdp_cases[] = {
  { "HTTP/1.1 200 OK\r\nST: urn:schemas-upnp-org:device:InternetGatewayDevice:1\r\nLOCATION: "
    "http://1.2.3.4:5/x\r\n\r\n",
    TRUE, "http://1.2.3.4:5/x", TRUE },
  { "HTTP/1.0 200 OK\nst:urn:schemas-upnp-org:service:WANPPPConnection:1\nlocation:   "
    "http://1.2.3.4:5/x  \n\n",
    TRUE, "http://1.2.3.4:5/x", TRUE },
  { "HTTP/1.1 200 OK\r\nST: upnp:rootdevice\r\nLocation: http://1.2.3.4/\r\nSERVER:\r\n\r\n", TRUE,
    "http://1.2.3.4/", FALSE },
  { "HTTP/1.1 200 OK\r\nLocation: http://1.2.3.4/\r\n\r\n", TRUE, "http://1.2.3.4/", FALSE },
  { "HTTP/1.1 200 OK\r\nST: upnp:rootdevice\r\n\r\n", FALSE, NULL, FALSE },
  { "HTTP/1.1 200 OK\r\nLocation:\r\n\r\n", FALSE, NULL, FALSE },
  { "HTTP/1.1 404 Not Found\r\nLocation: http://1.2.3.4/\r\n\r\n", FALSE, NULL, FALSE },
  { "NOTIFY * HTTP/1.1\r\nLocation: http://1.2.3.4/\r\n\r\n", FALSE, NULL, FALSE },
  { "M-SEARCH * HTTP/1.1\r\nLocation: http://1.2.3.4/\r\n\r\n", FALSE, NULL, FALSE },
  { "", FALSE, NULL, FALSE },
  { "\xff\xfe\x00", FALSE, NULL, FALSE },
};

static void
test_ssdp (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (ssdp_cases); i++)
    {
      g_autofree char *location = NULL;
      gboolean is_gateway = FALSE;

      g_assert_cmpint (igd_ssdp_parse (ssdp_cases[i].text, strlen (ssdp_cases[i].text), &location,
                                       &is_gateway),
                       ==, ssdp_cases[i].ok);
      g_assert_cmpstr (location, ==, ssdp_cases[i].location);
      g_assert_cmpint (is_gateway, ==, ssdp_cases[i].is_gateway);
    }
}

/* --- HTTP --- */

static const struct
{
  const char *text;
  gboolean ended;
  IgdHttpState state;
  const char *body;
} http_cases[] = {
  { "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabcd", FALSE, IGD_HTTP_DONE, "abcd" },
  { "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabcdefgh", FALSE, IGD_HTTP_DONE, "abcd" },
  { "HTTP/1.1 200 OK\ncontent-length: 4\n\nabcd", FALSE, IGD_HTTP_DONE, "abcd" },
  { "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab", FALSE, IGD_HTTP_MORE, NULL },
  { "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab", TRUE, IGD_HTTP_DONE, "ab" },
  { "HTTP/1.1 200 OK\r\n\r\nab", FALSE, IGD_HTTP_MORE, NULL },
  { "HTTP/1.1 200 OK\r\n\r\nab", TRUE, IGD_HTTP_DONE, "ab" },
  { "HTTP/1.1 200 OK\r\n", FALSE, IGD_HTTP_MORE, NULL },
  { "HTTP/1.1 200 OK\r\n", TRUE, IGD_HTTP_BAD, NULL },
  { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", FALSE,
    IGD_HTTP_DONE, "abcde" },
  { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2", FALSE, IGD_HTTP_MORE,
    NULL },
  { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2", TRUE, IGD_HTTP_BAD,
    NULL },
  { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", FALSE, IGD_HTTP_BAD, NULL },
  { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n", FALSE,
    IGD_HTTP_BAD, NULL },
  { "HTTP/1.1 200 OK\r\nContent-Length: 5000000\r\n\r\n", FALSE, IGD_HTTP_BAD, NULL },
  { "HTTP/1.1 301 Moved\r\nLocation: http://5.6.7.8/\r\nContent-Length: 0\r\n\r\n", FALSE,
    IGD_HTTP_BAD, NULL },
  { "HTTP/1.1 302 Found\r\nLocation: http://5.6.7.8/\r\n\r\n", TRUE, IGD_HTTP_BAD, NULL },
  { "HTTP/1.1 500 Error\r\nContent-Length: 1\r\n\r\nx", FALSE, IGD_HTTP_BAD, NULL },
  { "SSH-2.0-OpenSSH\r\n\r\n", TRUE, IGD_HTTP_BAD, NULL },
};

static void
test_http (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (http_cases); i++)
    {
      GString *body = NULL;

      g_test_message ("%s", http_cases[i].text);
      g_assert_cmpint (igd_http_parse (http_cases[i].text, strlen (http_cases[i].text),
                                       http_cases[i].ended, &body),
                       ==, http_cases[i].state);
      g_assert_cmpstr (body != NULL ? body->str : NULL, ==, http_cases[i].body);
      if (body != NULL)
        g_string_free (body, TRUE);
    }
}

/* Cut anywhere, it is "more" and then the same body: nothing depends on how the network cuts it. */
static void
test_http_cut (void)
{
  const char *text = http_cases[9].text;
  gsize length = strlen (text);

  for (gsize cut = 0; cut < length - 4; cut++)
    {
      GString *body = NULL;

      g_assert_cmpint (igd_http_parse (text, cut, FALSE, &body), ==, IGD_HTTP_MORE);
      g_assert_null (body);
    }
}

static void
test_http_head (void)
{
  g_autofree char *endless = g_strnfill (IGD_HTTP_HEAD_MAX + 1, 'x');
  GString *body = NULL;

  g_assert_cmpint (igd_http_parse (endless, IGD_HTTP_HEAD_MAX - 1, FALSE, &body), ==,
                   IGD_HTTP_MORE);
  g_assert_cmpint (igd_http_parse (endless, IGD_HTTP_HEAD_MAX + 1, FALSE, &body), ==, IGD_HTTP_BAD);
}

/* --- descriptions --- */

#define SERVICE(type, control)                                                                     \
  "<service><serviceType>" type "</serviceType><controlURL>" control "</controlURL></service>"
#define IP1 "urn:schemas-upnp-org:service:WANIPConnection:1"
#define PPP1 "urn:schemas-upnp-org:service:WANPPPConnection:1"

static void
test_description (void)
{
  static const char xml[]
      = "<?xml version=\"1.0\"?>\n<root xmlns=\"urn:schemas-upnp-org:device-1-0\"><!-- a <b> c -->"
        "<URLBase>http://1.2.3.4:5</"
        "URLBase><device><deviceType>urn:x:device:InternetGatewayDevice:1</deviceType>"
        "<friendlyName> Tom &amp; Jerry&apos;s &lt;box&gt; </friendlyName><manufacturer><![CDATA[A "
        "& B]]></manufacturer>"
        "<modelName>X1</modelName><serviceList>" SERVICE (
            "urn:x:service:Layer3Forwarding:1",
            "/l3") "</serviceList>"
                   "<deviceList><device><friendlyName>inner</friendlyName><serviceList>" SERVICE (
                       IP1, "/ip") SERVICE (PPP1, " /ppp ")
                       SERVICE (IP1, "") "</serviceList></device></deviceList></device></root>";
  g_autoptr (IgdDescription) description = igd_description_parse (xml, sizeof xml - 1);
  const IgdService *service;

  g_assert_nonnull (description);
  g_assert_cmpstr (description->url_base, ==, "http://1.2.3.4:5");
  g_assert_cmpstr (description->name, ==, "Tom & Jerry's <box>");
  g_assert_cmpstr (description->manufacturer, ==, "A & B");
  g_assert_cmpstr (description->model, ==, "X1");
  g_assert_cmpuint (description->services->len, ==, 2);
  service = description->services->pdata[0];
  g_assert_cmpstr (service->type, ==, IP1);
  g_assert_cmpstr (service->control, ==, "/ip");
  service = description->services->pdata[1];
  g_assert_cmpstr (service->control, ==, "/ppp");
}

static const struct
{
  const char *xml;
  gboolean ok;
  guint services;
} description_cases[] = {
  { "", TRUE, 0 },
  { "no XML at all", TRUE, 0 },
  { "<root>" SERVICE (IP1, "/a"), TRUE, 1 }, /* never closed */
  { "<r:root><u:service><u:serviceType>" IP1
    "</u:serviceType><u:controlURL>/a</u:controlURL></u:service>",
    TRUE, 1 },
  { "<service><serviceType>" IP1 "</serviceType><controlURL>/a</controlURL>", TRUE, 1 },
  { "<service><serviceType>" IP1 "<controlURL>/a</controlURL></service>", TRUE, 0 },
  { "<root><", TRUE, 0 },
  { "<root><!-- no end " SERVICE (IP1, "/a"), TRUE, 0 },
  { "<root><![CDATA[ no end " SERVICE (IP1, "/a"), TRUE, 0 },
  { "<!DOCTYPE root>" SERVICE (IP1, "/a"), FALSE, 0 },
  { "<!DOCTYPE r [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]>" SERVICE (IP1, "/&b;"), FALSE, 0 },
  { "<root><!ENTITY x SYSTEM \"file:///etc/passwd\">", FALSE, 0 },
};

static void
test_descriptions (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (description_cases); i++)
    {
      const char *xml = description_cases[i].xml;
      g_autoptr (IgdDescription) description = igd_description_parse (xml, strlen (xml));

      g_test_message ("%s", xml);
      g_assert_cmpint (description != NULL, ==, description_cases[i].ok);
      if (description != NULL)
        g_assert_cmpuint (description->services->len, ==, description_cases[i].services);
    }
}

static void
test_description_limits (void)
{
  g_autoptr (GString) deep = g_string_new (NULL);
  g_autoptr (GString) many = g_string_new (NULL);
  g_autoptr (IgdDescription) description = NULL;

  for (guint i = 0; i <= IGD_DESCRIPTION_DEPTH_MAX; i++)
    g_string_append (deep, "<a>");
  g_assert_null (igd_description_parse (deep->str, deep->len));
  description = igd_description_parse (deep->str, deep->len - 3);
  g_assert_nonnull (description);
  g_clear_pointer (&description, igd_description_free);
  for (guint i = 0; i < 1000; i++)
    g_string_append (many, SERVICE (IP1, "/a"));
  description = igd_description_parse (many->str, many->len);
  g_assert_cmpuint (description->services->len, ==, IGD_DESCRIPTION_SERVICES_MAX);
  g_assert_null (igd_description_parse ("<a>\0</a>", 8));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/igd/ssdp", test_ssdp);
  g_test_add_func ("/igd/http", test_http);
  g_test_add_func ("/igd/http/cut", test_http_cut);
  g_test_add_func ("/igd/http/head", test_http_head);
  g_test_add_func ("/igd/description", test_description);
  g_test_add_func ("/igd/description/table", test_descriptions);
  g_test_add_func ("/igd/description/limits", test_description_limits);
  return g_test_run ();
}

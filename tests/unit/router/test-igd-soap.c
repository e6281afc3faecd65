/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a router's IPv6 firewall says by SOAP, and where its service is described. */

#include "igd-soap.h"

#include <string.h>

#include "igd-description.h"
#include "igd-http.h"

static const struct
{
  const char *xml;
  const char *value; /* of UniqueID */
} cases[] = {
  { "<UniqueID>17</UniqueID>", "17" },
  { "<s:Envelope><s:Body><u:AddPinholeResponse xmlns:u=\"urn:x\"><UniqueID> 17\r\n</UniqueID>", "17" },
  { "<u:UniqueID type=\"ui2\">17</u:UniqueID>", "17" },
  { "<UniqueIDs>1</UniqueIDs><UniqueID>2</UniqueID>", "2" },
  { "<UniqueID></UniqueID>", "" },
  { "<UniqueID/><UniqueID>3</UniqueID>", "" },
  { "</UniqueID>17<", NULL },
  { "<UniqueID>17", NULL },
  { "<UniqueID", NULL },
  { "<", NULL },
  { "", NULL },
  { "UniqueID 17", NULL },
};

static void
test_values (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *value = igd_soap_dup_value (cases[i].xml, strlen (cases[i].xml), "UniqueID");

      g_test_message ("%s", cases[i].xml);
      g_assert_cmpstr (value, ==, cases[i].value);
    }
}

static void
test_long_value (void)
{
  g_autofree char *digits = g_strnfill (300, '1');
  g_autofree char *xml = g_strdup_printf ("<UniqueID>%s</UniqueID>", digits);

  g_assert_null (igd_soap_dup_value (xml, strlen (xml), "UniqueID"));
}

static void
test_numbers (void)
{
  static const struct
  {
    const char *xml;
    gboolean ok;
    guint64 number;
  } numbers[] = {
    { "<a>0</a>", TRUE, 0 },      { "<a>65535</a>", TRUE, 65535 }, { "<a>65536</a>", FALSE, 0 },
    { "<a>-1</a>", FALSE, 0 },    { "<a>1x</a>", FALSE, 0 },       { "<a></a>", FALSE, 0 },
    { "<b>1</b>", FALSE, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      guint64 number = 0;

      g_assert_cmpint (
          igd_soap_get_number (numbers[i].xml, strlen (numbers[i].xml), "a", G_MAXUINT16, &number), ==,
          numbers[i].ok);
      g_assert_cmpuint (number, ==, numbers[i].number);
    }
}

static void
test_addresses (void)
{
  g_assert_true (igd_soap_is_ipv6 ("2001:db8::1", FALSE));
  g_assert_true (igd_soap_is_ipv6 ("fe80::1%eth0", TRUE));
  g_assert_true (igd_soap_is_ipv6 ("fe80::1", TRUE));
  g_assert_false (igd_soap_is_ipv6 ("fe80::1%eth0", FALSE));
  g_assert_false (igd_soap_is_ipv6 ("fe80::1%", TRUE));
  g_assert_false (igd_soap_is_ipv6 ("fe80::1%a b", TRUE));
  g_assert_false (igd_soap_is_ipv6 ("fe80::1%../../x", TRUE));
  g_assert_false (igd_soap_is_ipv6 ("fe80::1%0123456789abcdef", TRUE));
  g_assert_false (igd_soap_is_ipv6 ("192.168.1.1", TRUE));
  g_assert_false (igd_soap_is_ipv6 ("[2001:db8::1]", TRUE));
  g_assert_false (igd_soap_is_ipv6 ("router.example", TRUE));
  g_assert_false (igd_soap_is_ipv6 (NULL, TRUE));
}

/* An error of UPnP comes as 500 with a body; what is fetched without asking for the status is 200 or nothing. */
static void
test_status (void)
{
  const char *answer = "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 23\r\n\r\n<errorCode>606</errorCode>";
  GString *body = NULL;
  guint64 code = 0;
  int status = 0;

  g_assert_cmpint (igd_http_parse (answer, strlen (answer), TRUE, &body), ==, IGD_HTTP_BAD);
  g_assert_null (body);
  g_assert_cmpint (igd_http_parse_any (answer, strlen (answer), TRUE, &status, &body), ==, IGD_HTTP_DONE);
  g_assert_cmpint (status, ==, 500);
  g_assert_true (igd_soap_get_number (body->str, body->len, "errorCode", 9999, &code));
  g_assert_cmpuint (code, ==, 606);
  g_string_free (body, TRUE);
}

#define SERVICE(type, control)                                                                     \
  "<service><serviceType>urn:schemas-upnp-org:service:" type "</serviceType><controlURL>" control  \
  "</controlURL></service>"

static void
test_description (void)
{
  const char *with = "<root><device>" SERVICE ("WANIPConnection:2", "/ip") SERVICE (
      "WANIPv6FirewallControl:1", "/fw") SERVICE ("WANIPv6FirewallControl:1", "/fw2") "</device></root>";
  const char *without = "<root><device>" SERVICE ("WANIPConnection:1", "/ip") SERVICE (
      "WANIPv6FirewallControl:1", "") "</device></root>";
  g_autoptr (IgdDescription) found = igd_description_parse (with, strlen (with));
  g_autoptr (IgdDescription) none = igd_description_parse (without, strlen (without));

  g_assert_cmpstr (found->firewall->control, ==, "/fw");
  g_assert_cmpstr (found->firewall->type, ==, "urn:schemas-upnp-org:service:WANIPv6FirewallControl:1");
  /* It is none of those that take mappings. */
  g_assert_cmpuint (found->services->len, ==, 1);
  g_assert_null (none->firewall);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/igd-soap/values", test_values);
  g_test_add_func ("/igd-soap/long-value", test_long_value);
  g_test_add_func ("/igd-soap/numbers", test_numbers);
  g_test_add_func ("/igd-soap/addresses", test_addresses);
  g_test_add_func ("/igd-soap/status", test_status);
  g_test_add_func ("/igd-soap/description", test_description);
  return g_test_run ();
}

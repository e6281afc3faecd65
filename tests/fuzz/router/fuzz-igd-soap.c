/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Answers by SOAP over IPv6, with any status. */
#include <string.h>

#include "igd-http.h"
#include "igd-soap.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize length);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize length)
{
  g_autofree char *text = g_strndup ((const char *) data, length);
  g_autofree char *value = igd_soap_dup_value ((const char *) data, length, "UniqueID");
  guint64 number = 0;
  int status = 0;
  GString *body = NULL;

  if (value != NULL)
    g_assert_cmpuint (strlen (value), <=, 256);
  if (igd_soap_get_number ((const char *) data, length, "errorCode", 9999, &number))
    g_assert_cmpuint (number, <=, 9999);
  if (igd_http_parse_any ((const char *) data, length, length % 2 == 0, &status, &body) == IGD_HTTP_DONE)
    {
      g_assert_cmpuint (body->len, <=, IGD_HTTP_BODY_MAX);
      g_string_free (body, TRUE);
    }
  igd_soap_is_ipv6 (text, TRUE);
  return 0;
}

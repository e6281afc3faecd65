/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ptl-endpoint.h"
#include "core/ptl-error.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* What is taken must come back as the same endpoint; what is refused must have a sentence that is
 * text. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (PtlEndpoint) endpoint = ptl_endpoint_parse (text, PTL_PROTOCOL_TCP, &error);
  g_autoptr (PtlEndpoint) again = NULL;
  g_autofree char *written = NULL;

  if (endpoint == NULL)
    {
      g_assert_error (error, PTL_ERROR, PTL_ERROR_INVALID);
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
      return 0;
    }
  written = ptl_endpoint_to_string (endpoint);
  again = ptl_endpoint_parse (written, PTL_PROTOCOL_TCP, NULL);
  g_assert_true (ptl_endpoint_equal (endpoint, again));
  g_assert_true (endpoint->host == NULL || ptl_host_is_valid (endpoint->host));
  return 0;
}

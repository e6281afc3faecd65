/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ptl-text.h"
#include "exposure/vantage/ptl-record.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* The first byte chooses whose record it is to be. What is taken has ports and text that is safe to
 * show. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static const PtlVantageKind kinds[]
      = { PTL_VANTAGE_INTERNETDB, PTL_VANTAGE_SHODAN, PTL_VANTAGE_CENSYS };
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string ("5.6.7.8");
  g_autoptr (PtlRecord) record = NULL;

  if (size == 0)
    return 0;
  record = ptl_record_parse (kinds[data[0] % G_N_ELEMENTS (kinds)], address,
                             (const char *) data + 1, size - 1, NULL);
  for (guint i = 0; record != NULL && i < record->ports->len; i++)
    {
      const PtlRecordPort *port = record->ports->pdata[i];

      g_assert_cmpuint (port->port, >, 0);
      g_assert_cmpint (port->at, >=, 0);
      g_assert_true (ptl_text_is_safe (port->service, 0));
    }
  for (guint i = 0; record != NULL && i < record->cves->len; i++)
    g_assert_true (ptl_text_is_safe (record->cves->pdata[i], 0));
  return 0;
}

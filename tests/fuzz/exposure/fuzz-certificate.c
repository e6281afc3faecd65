/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ptl-text.h"
#include "exposure/fingerprint/ptl-tls-facts.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (PtlTlsFacts) facts = ptl_tls_facts_new ();

  ptl_tls_facts_read_certificate (facts, data, size);
  g_assert_true (ptl_text_is_safe (facts->subject, 0));
  g_assert_true (ptl_text_is_safe (facts->issuer, 0));
  for (char **name = facts->names; *name != NULL; name++)
    g_assert_true (ptl_text_is_safe (*name, 0));
  return 0;
}

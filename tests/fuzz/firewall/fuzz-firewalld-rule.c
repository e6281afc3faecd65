/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "firewall/ptl-firewalld-clause.h"
#include "firewall/ptl-firewalld-zone.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* A rich rule, as somebody may have written it, and whom it is about. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *rule = g_strndup ((const char *) data, size);
  g_autoptr (PtlFirewalldClause) clause = ptl_firewalld_clause_parse_rule (rule);

  if (clause == NULL)
    return 0;
  g_assert_true (clause->service != NULL || (clause->first >= 1 && clause->first <= clause->last));
  for (guint8 family = 4; family <= 6; family += 2)
    {
      g_autoptr (PtlAddressSet) set = ptl_firewalld_find_source (clause->source, clause->not_source, family, NULL);
      g_autoptr (PtlAddressSet) others = set != NULL ? ptl_address_set_invert (set) : NULL;
      g_autoptr (PtlAddressSet) all = set != NULL ? ptl_address_set_unite (set, others) : NULL;
      g_auto (GStrv) networks = set != NULL ? ptl_address_set_dup_networks (set, 300) : NULL;

      g_assert_true (set == NULL || (ptl_address_set_is_all (all) && networks != NULL));
    }
  return 0;
}

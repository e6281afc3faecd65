/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Answers of name servers: nothing is read past the end, and what is told is of the family that was asked for. */
#include "engine/ptl-dns.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize length);

static void
read_as (int family, const guint8 *data, gsize length)
{
  PtlDnsAnswer answer = { .ttl = G_MAXUINT32 };

  if (!ptl_dns_read (&answer, family, data, length))
    return;
  g_assert_cmpuint (answer.n, <=, PTL_DNS_ADDRESSES_MOST);
  g_assert_true (answer.n > 0 || answer.ttl == G_MAXUINT32);
  for (guint i = 0; i < answer.n; i++)
    g_assert_cmpint (answer.items[i].any.sa_family, ==, family);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize length)
{
  read_as (AF_INET, data, length);
  read_as (AF_INET6, data, length);
  return 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-dns.h"

#include <arpa/nameser.h>
#include <resolv.h>
#include <string.h>

#define ALIASES_MOST 16

/* Follows the name from alias to alias through the records, in whatever order they are. */
typedef struct
{
  ns_msg message;
  char name[NS_MAXDNAME];
  guint32 ttl;
} Reader;

static gboolean
is_of_name (const Reader *self, const ns_rr *record)
{
  return ns_rr_class (*record) == ns_c_in
         && g_ascii_strcasecmp (ns_rr_name (*record), self->name) == 0;
}

static gboolean
follow_one_alias (Reader *self)
{
  for (int i = 0; i < ns_msg_count (self->message, ns_s_an); i++)
    {
      ns_rr record;

      if (ns_parserr (&self->message, ns_s_an, i, &record) < 0)
        return FALSE;
      if (ns_rr_type (record) != ns_t_cname || !is_of_name (self, &record))
        continue;
      if (ns_name_uncompress (ns_msg_base (self->message), ns_msg_end (self->message),
                              ns_rr_rdata (record), self->name, sizeof self->name)
          < 0)
        return FALSE;
      self->ttl = MIN (self->ttl, ns_rr_ttl (record));
      return TRUE;
    }
  return FALSE;
}

static gboolean
get_address (const ns_rr *record, int family, PtlSockaddr *address)
{
  memset (address, 0, sizeof *address);
  address->any.sa_family = (sa_family_t) family;
  if (family == AF_INET && ns_rr_type (*record) == ns_t_a && ns_rr_rdlen (*record) == 4)
    memcpy (&address->in.sin_addr, ns_rr_rdata (*record), 4);
  else if (family == AF_INET6 && ns_rr_type (*record) == ns_t_aaaa && ns_rr_rdlen (*record) == 16)
    memcpy (&address->in6.sin6_addr, ns_rr_rdata (*record), 16);
  else
    return FALSE;
  return TRUE;
}

static gboolean
add_addresses (Reader *self, int family, PtlDnsAnswer *answer)
{
  guint before = answer->n;

  for (int i = 0; i < ns_msg_count (self->message, ns_s_an); i++)
    {
      ns_rr record;

      if (ns_parserr (&self->message, ns_s_an, i, &record) < 0)
        return FALSE;
      if (answer->n >= PTL_DNS_ADDRESSES_MOST || !is_of_name (self, &record)
          || !get_address (&record, family, &answer->items[answer->n]))
        continue;
      answer->n++;
      self->ttl = MIN (self->ttl, ns_rr_ttl (record));
    }
  if (answer->n > before)
    answer->ttl = MIN (answer->ttl, self->ttl);
  return TRUE;
}

gboolean
ptl_dns_read (PtlDnsAnswer *answer, int family, const guint8 *bytes, gsize n)
{
  Reader reader = { .ttl = G_MAXUINT32 };
  ns_rr question;

  if (n > NS_MAXMSG || ns_initparse (bytes, (int) n, &reader.message) < 0
      || !ns_msg_getflag (reader.message, ns_f_qr)
      || ns_msg_getflag (reader.message, ns_f_rcode) != ns_r_noerror
      || ns_msg_count (reader.message, ns_s_qd) != 1
      || ns_parserr (&reader.message, ns_s_qd, 0, &question) < 0)
    return FALSE;
  g_strlcpy (reader.name, ns_rr_name (question), sizeof reader.name);
  for (guint i = 0; i < ALIASES_MOST && follow_one_alias (&reader); i++)
    ;
  return add_addresses (&reader, family, answer);
}

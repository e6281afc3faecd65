/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-arrivals.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <string.h>

#include "core/ptl-family.h"

void
ptl_arrival_free (PtlArrival *self)
{
  ptl_endpoint_free (self->where);
  g_free (self->interface);
  g_free (self);
}

static gboolean
is_wildcard (const char *host)
{
  return host == NULL || *host == '\0' || strcmp (host, "0.0.0.0") == 0 || strcmp (host, "::") == 0;
}

static gboolean
address_is (const struct sockaddr *address, const char *host)
{
  char text[INET6_ADDRSTRLEN];

  if (address == NULL)
    return FALSE;
  if (address->sa_family == AF_INET)
    inet_ntop (AF_INET, &((const struct sockaddr_in *) (const void *) address)->sin_addr, text, sizeof text);
  else if (address->sa_family == AF_INET6)
    inet_ntop (AF_INET6, &((const struct sockaddr_in6 *) (const void *) address)->sin6_addr, text, sizeof text);
  else
    return FALSE;
  return strcmp (text, host) == 0;
}

/* The interface that has @host as an address; NULL = it is not this computer's. (transfer full) */
static char *
find_interface (const char *host)
{
  struct ifaddrs *list = NULL;
  char *found = NULL;

  if (getifaddrs (&list) != 0)
    return NULL;
  for (struct ifaddrs *entry = list; entry != NULL && found == NULL; entry = entry->ifa_next)
    if (address_is (entry->ifa_addr, host))
      found = g_strdup (entry->ifa_name);
  freeifaddrs (list);
  return found;
}

static void
add (GPtrArray *arrivals, const PtlEndpoint *where, const char *interface)
{
  PtlArrival *arrival;

  for (guint i = 0; i < arrivals->len; i++)
    {
      const PtlArrival *there = arrivals->pdata[i];

      if (ptl_endpoint_equal (there->where, where) && g_str_equal (there->interface, interface))
        return;
    }
  arrival = g_new0 (PtlArrival, 1);
  arrival->where = ptl_endpoint_copy (where);
  arrival->interface = g_strdup (interface);
  g_ptr_array_add (arrivals, arrival);
}

/* Who listens at all addresses is come to by every interface. */
static void
add_all (GPtrArray *arrivals, const PtlEndpoint *where)
{
  struct ifaddrs *list = NULL;

  if (getifaddrs (&list) != 0)
    return;
  for (struct ifaddrs *entry = list; entry != NULL; entry = entry->ifa_next)
    if (entry->ifa_addr != NULL && (entry->ifa_flags & IFF_UP) != 0 && (entry->ifa_flags & IFF_LOOPBACK) == 0 &&
        (entry->ifa_addr->sa_family == AF_INET || entry->ifa_addr->sa_family == AF_INET6))
      add (arrivals, where, entry->ifa_name);
  freeifaddrs (list);
}

static void
consider (GPtrArray *arrivals, const PtlEndpoint *where)
{
  g_autofree char *interface = NULL;

  if (where == NULL || where->path != NULL || where->first == 0)
    return;
  if (is_wildcard (where->host))
    {
      add_all (arrivals, where);
      return;
    }
  if (ptl_host_is_loopback (where->host))
    return;
  interface = find_interface (where->host);
  if (interface != NULL)
    add (arrivals, where, interface);
}

GPtrArray *
ptl_rule_list_arrivals (const PtlRule *rule)
{
  GPtrArray *arrivals = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_arrival_free);

  for (guint i = 0; i < rule->leases->len; i++)
    {
      const PtlLease *lease = rule->leases->pdata[i];

      if (strcmp (lease->system, "engine") == 0)
        consider (arrivals, lease->endpoint);
      else if (rule->kind == PTL_KIND_MAPPING && rule->way == PTL_WAY_DIRECT)
        consider (arrivals, lease->inner);
    }
  if (rule->kind == PTL_KIND_TUNNEL && rule->way == PTL_WAY_LOCAL)
    consider (arrivals, rule->public_endpoint);
  return arrivals;
}

gboolean
ptl_arrivals_equal (const GPtrArray *a, const GPtrArray *b)
{
  if (a->len != b->len)
    return FALSE;
  for (guint i = 0; i < a->len; i++)
    {
      const PtlArrival *x = a->pdata[i], *y = b->pdata[i];

      if (!ptl_endpoint_equal (x->where, y->where) || !g_str_equal (x->interface, y->interface))
        return FALSE;
    }
  return TRUE;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-ctl-target.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <netinet/in.h>

static gboolean
is_address_of (const struct ifaddrs *interface, const char *host)
{
  char text[INET6_ADDRSTRLEN] = "";

  if (interface->ifa_addr == NULL)
    return FALSE;
  if (interface->ifa_addr->sa_family == AF_INET)
    inet_ntop (AF_INET, &((struct sockaddr_in *) (gpointer) interface->ifa_addr)->sin_addr, text,
               sizeof text);
  else if (interface->ifa_addr->sa_family == AF_INET6)
    inet_ntop (AF_INET6, &((struct sockaddr_in6 *) (gpointer) interface->ifa_addr)->sin6_addr, text,
               sizeof text);
  return g_str_equal (text, host);
}

static gboolean
is_this_computer (const char *host)
{
  struct ifaddrs *interfaces = NULL;
  gboolean found = host == NULL || ptl_host_is_loopback (host);

  if (found || getifaddrs (&interfaces) < 0)
    return found;
  for (struct ifaddrs *i = interfaces; i != NULL && !found; i = i->ifa_next)
    found = is_address_of (i, host);
  freeifaddrs (interfaces);
  return found;
}

static gboolean
is_any (const char *address)
{
  return g_str_equal (address, "") || g_str_equal (address, "0.0.0.0") || g_str_equal (address, "::")
         || g_str_equal (address, "*");
}

static gboolean
listens_at (GVariant *listener, const PtlEndpoint *target)
{
  const char *word = "", *address = "";
  PtlProtocol protocol = PTL_PROTOCOL_NONE;
  guint32 port = 0;

  g_variant_lookup (listener, "Protocol", "&s", &word);
  g_variant_lookup (listener, "Address", "&s", &address);
  g_variant_lookup (listener, "Port", "u", &port);
  if (!ptl_protocol_from_string (word, &protocol, NULL) || (protocol & target->protocol) == 0
      || port < target->first || port > target->last)
    return FALSE;
  return is_any (address) || target->host == NULL || g_str_equal (address, target->host)
         || (g_str_equal (target->host, "localhost") && ptl_host_is_loopback (address));
}

static void
check (GPtrArray *deaf, GVariant *listeners, const PtlEndpoint *target)
{
  if (target == NULL || target->path != NULL || !is_this_computer (target->host))
    return;
  for (gsize i = 0; i < g_variant_n_children (listeners); i++)
    {
      g_autoptr (GVariant) listener = g_variant_get_child_value (listeners, i);

      if (listens_at (listener, target))
        return;
    }
  g_ptr_array_add (deaf, ptl_endpoint_to_string (target));
}

GPtrArray *
ptl_ctl_find_deaf_targets (PtlCtl *self, const PtlRule *rule)
{
  GPtrArray *deaf = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GVariant) listeners = NULL;

  /* Seen from a relay even "localhost" is over there. */
  if (!ptl_rule_is_living (rule) || rule->way == PTL_WAY_LOCAL)
    return deaf;
  answer = ptl_ctl_call (self, "ListListeners", NULL, NULL);
  if (answer == NULL)
    return deaf;
  listeners = g_variant_get_child_value (answer, 0);
  check (deaf, listeners, rule->target);
  for (guint i = 0; i < rule->options->targets->len; i++)
    check (deaf, listeners, ((const PtlTarget *) rule->options->targets->pdata[i])->endpoint);
  return deaf;
}

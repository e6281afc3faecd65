/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>

#include "ptl-judge.h"
#include "router/ptl-address-class.h"

#define NAMED_FAILURES 4

/* --- evidence: what was seen, in the order of the way out --- */

static void
add (GStrvBuilder *lines, char *line)
{
  g_autofree char *owned = line;

  g_strv_builder_add (lines, owned);
}

static void
add_computer (GStrvBuilder *lines, const PtlCheckFacts *facts)
{
  if (!facts->connected)
    add (lines, g_strdup (_("This computer has no way to the internet: it is connected to no network.")));
  else if (facts->vpn)
    /* Translators: the first %s is a network interface like tun0, the second an address */
    add (lines, g_strdup_printf (_("What this computer sends leaves through the VPN %s, with the address %s."),
                                 facts->way_interface, facts->way_address));
  else if (*facts->way_interface != '\0')
    /* Translators: the first %s is a network interface like eth0, the second an address */
    add (lines, g_strdup_printf (_("This computer is connected by %s, with the address %s."), facts->way_interface,
                                 facts->way_address));
  else if (*facts->local_ipv6 != '\0')
    add (lines, g_strdup (_("This computer is connected by IPv6 alone.")));
}

static char *
dup_spoken (const PtlCheckFacts *facts)
{
  static const char *const names[][2] = { { "pcp", "PCP" }, { "natpmp", "NAT-PMP" }, { "upnp", "UPnP" } };
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < facts->spoken->len; i++)
    {
      const PtlSpoken *spoken = facts->spoken->pdata[i];
      const char *name = spoken->name;

      for (guint j = 0; j < G_N_ELEMENTS (names); j++)
        if (g_str_equal (names[j][0], spoken->name))
          name = names[j][1];
      g_string_append_printf (text, "%s%s %s", text->len > 0 ? ", " : "", name, spoken->version);
    }
  return g_string_free (text, FALSE);
}

static void
add_router (GStrvBuilder *lines, const PtlCheckFacts *facts)
{
  g_autofree char *spoken = dup_spoken (facts);

  if (*facts->router_address == '\0')
    return;
  if (facts->spoken->len > 0)
    /* Translators: the first %s is the router's address, the second names of protocols, like "PCP 2, UPnP IGD:1" */
    add (lines, g_strdup_printf (_("The router %s takes mappings by %s."), facts->router_address, spoken));
  else
    /* Translators: %s is the router's address */
    add (lines, g_strdup_printf (_("The router %s takes no mappings from this computer."), facts->router_address));
}

static const char *
wan_words (PtlAddressClass kind)
{
  switch (kind)
    {
    case PTL_ADDRESS_PUBLIC:
      /* Translators: %s is an address */
      return _("The router says that its address towards the internet is %s, which is public.");
    case PTL_ADDRESS_SHARED:
      /* Translators: %s is an address */
      return _("The router says that its address towards the internet is %s: of 100.64.0.0/10, which a provider shares "
               "among many customers.");
    case PTL_ADDRESS_DSLITE:
      /* Translators: %s is an address */
      return _("The router says that its address towards the internet is %s: of 192.0.0.0/24, which lines have that "
               "carry IPv4 inside IPv6.");
    case PTL_ADDRESS_PRIVATE:
      /* Translators: %s is an address */
      return _("The router says that its address towards the internet is %s: a private one, given by another router "
               "or by a provider's NAT.");
    default:
      /* Translators: %s is an address */
      return _("The router says that its address towards the internet is %s, which is not public.");
    }
}

static void
add_wan (GStrvBuilder *lines, const PtlCheckFacts *facts)
{
  PtlAddressClass kind = ptl_address_class_of (facts->wan_address);

  if (*facts->router_address == '\0')
    return;
  if (kind != PTL_ADDRESS_NONE)
    {
      const char *words = wan_words (kind);
      g_auto (GStrv) parts = g_strsplit (words, "%s", 2);

      add (lines, g_strconcat (parts[0], facts->wan_address, parts[1], NULL));
    }
  if (facts->wan_state == PTL_WAN_DISCONNECTED)
    add (lines, g_strdup (_("The router says that it is not connected to the internet.")));
  else if (kind == PTL_ADDRESS_NONE)
    add (lines, g_strdup (_("The router does not tell its address towards the internet.")));
}

static void
add_upstream (GStrvBuilder *lines, const PtlCheckFacts *facts)
{
  if (facts->holder == PTL_HOLDER_ROUTER)
    add (lines, g_strdup (_("The router answers for the public address itself.")));
  else if (facts->holder == PTL_HOLDER_BEYOND)
    add (lines, g_strdup (_("The router passes on what is sent to the public address: it is not its own.")));
  for (guint i = 0; i < facts->upstream->len; i++)
    {
      const char *address = facts->upstream->pdata[i];
      PtlAddressClass kind = ptl_address_class_of (address);

      if (kind == PTL_ADDRESS_SHARED)
        /* Translators: %s is an address */
        add (lines, g_strdup_printf (_("After the router comes %s, of the addresses of a carrier-grade NAT."), address));
      else if (kind == PTL_ADDRESS_PRIVATE)
        /* Translators: %s is an address */
        add (lines, g_strdup_printf (_("After the router comes %s, with a private address: another router."), address));
    }
}

static void
add_seen (GStrvBuilder *lines, const PtlWitness *witness)
{
  if (witness->kind == PTL_WITNESS_STUN)
    /* Translators: the first %s is a server, the second an address, %u a port */
    add (lines, g_strdup_printf (_("%s (STUN) sees this computer at %s, port %u."), witness->server, witness->address,
                                 witness->port));
  else
    /* Translators: the first %s is a web page, the second an address */
    add (lines, g_strdup_printf (_("%s sees this computer at %s."), witness->server, witness->address));
}

static void
add_witnesses (GStrvBuilder *lines, const PtlCheckFacts *facts)
{
  guint named = 0;

  for (guint i = 0; i < facts->witnesses->len; i++)
    {
      const PtlWitness *witness = facts->witnesses->pdata[i];

      if (witness->address != NULL)
        add_seen (lines, witness);
    }
  for (guint i = 0; i < facts->witnesses->len && named < NAMED_FAILURES; i++)
    {
      const PtlWitness *witness = facts->witnesses->pdata[i];

      if (witness->address != NULL)
        continue;
      named++;
      /* Translators: the first %s is a server, %u is 4 or 6, the last %s why, like "no answer in time" */
      add (lines, g_strdup_printf (_("%s did not help over IPv%u: %s."), witness->server, witness->family,
                                   witness->error != NULL ? witness->error : ""));
    }
}

static void
add_comparison (GStrvBuilder *lines, const PtlCheckFacts *facts, const PtlOutside *outside)
{
  PtlAddressClass wan = ptl_address_class_of (facts->wan_address);

  if (wan != PTL_ADDRESS_NONE && *outside->ipv4 != '\0' && !g_str_equal (outside->ipv4, facts->wan_address) && !facts->vpn)
    /* Translators: two addresses */
    add (lines, g_strdup_printf (_("The internet sees %s and not the router's %s: something stands between them."),
                                 outside->ipv4, facts->wan_address));
  if (outside->other != NULL)
    add (lines, g_strdup (_("Two servers saw one and the same socket at different places: the NAT takes another port "
                            "for each of them.")));
}

static void
add_outside (GStrvBuilder *lines, const PtlCheckFacts *facts)
{
  PtlOutside outside;

  ptl_check_facts_look_outside (facts, &outside);
  add_comparison (lines, facts, &outside);
  add_witnesses (lines, facts);
  if (!facts->connected)
    return;
  if (!facts->asked)
    add (lines, g_strdup (_("Nobody on the internet was asked: that needs your consent.")));
  else if (outside.n_asked == 0)
    add (lines, g_strdup (_("Nobody on the internet was asked: there is no server in the settings.")));
  else if (outside.n_answered == 0)
    add (lines, g_strdup (_("None of the servers on the internet answered.")));
  if (*facts->local_ipv6 == '\0')
    add (lines, g_strdup (_("This computer has no public IPv6 address.")));
  else if (*outside.ipv6 == '\0')
    /* Translators: %s is an address */
    add (lines, g_strdup_printf (_("This computer has the IPv6 address %s."), facts->local_ipv6));
}

static void
add_hairpin (GStrvBuilder *lines, const PtlCheckFacts *facts)
{
  /* Of an address that is not public nobody outside makes use. */
  if (ptl_address_class_of (facts->wan_address) != PTL_ADDRESS_PUBLIC)
    return;
  if (facts->hairpin == PTL_HAIRPIN_WORKS)
    add (lines, g_strdup (_("The public address can be used from inside this network too.")));
  else if (facts->hairpin == PTL_HAIRPIN_FAILS)
    add (lines, g_strdup (_("The public address cannot be used from inside this network: there, use the address of "
                            "this computer.")));
}

char **
ptl_judge_dup_evidence (const PtlCheckFacts *facts)
{
  g_autoptr (GStrvBuilder) lines = g_strv_builder_new ();

  add_computer (lines, facts);
  add_router (lines, facts);
  add_wan (lines, facts);
  add_upstream (lines, facts);
  add_outside (lines, facts);
  add_hairpin (lines, facts);
  return g_strv_builder_end (lines);
}

/* --- advice --- */

static const char *
public_advice (const PtlCheckFacts *facts)
{
  if (*facts->router_address == '\0' || ptl_address_class_of (facts->way_address) == PTL_ADDRESS_PUBLIC)
    return _("This computer has a public address of its own. Others can connect where its firewall lets them: open a "
             "forward.");
  if (facts->spoken->len == 0)
    return _("Others can connect, once a port is mapped. The router takes no mappings from programs: switch on UPnP, "
             "NAT-PMP or PCP in its settings, or forward the port there by hand.");
  return _("Others can connect, once a port is mapped in the router. Portolan can do that.");
}

static const char *
symmetric_advice (const PtlCheckFacts *facts)
{
  if (ptl_address_class_of (facts->wan_address) == PTL_ADDRESS_PUBLIC && facts->spoken->len > 0)
    return _("A mapping in the router works all the same. Games and calls that connect two people directly without one "
             "may fail: map their port.");
  return _("Games and calls that connect two people directly may fail. Switch on UPnP, NAT-PMP or PCP in the router, or "
           "use a tunnel through a relay.");
}

static const char *
unknown_advice (const PtlCheckFacts *facts)
{
  if (!facts->asked)
    return _("Let the check ask servers on the internet: then it can tell. A tunnel through a relay works in any case.");
  if (facts->spoken->len == 0 && *facts->router_address != '\0')
    return _("The router tells nothing. Switch on UPnP, NAT-PMP or PCP in its settings and check again. A tunnel through "
             "a relay works in any case.");
  return _("Check again later, or with other servers. A tunnel through a relay works in any case.");
}

static const char *
internet_advice (const PtlCheckFacts *facts)
{
  if (!facts->connected)
    return _("Connect this computer to a network, and check again.");
  if (facts->vpn)
    return _("The VPN leads nowhere: end it or connect it anew, and check again.");
  return _("Check the cable or line between the router and the internet, and restart the router. If that does not help, "
           "call your provider.");
}

static const char *
find_advice (const PtlCheckFacts *facts, PtlVerdict verdict)
{
  switch (verdict)
    {
    case PTL_VERDICT_PUBLIC:
      return public_advice (facts);
    case PTL_VERDICT_CARRIER_GRADE_NAT:
      return _("Your provider shares one public address among many customers: nobody can connect in by IPv4, whatever "
               "the router maps. Use a tunnel through a relay, or ask your provider for a public IPv4 address.");
    case PTL_VERDICT_DOUBLE_NAT:
      return _("Another NAT stands between the router and the internet. A mapping works only where that one forwards the "
               "port too: forward it there, or put one of the two into bridge mode. If it is your provider's, use a "
               "tunnel through a relay.");
    case PTL_VERDICT_SYMMETRIC_NAT:
      return symmetric_advice (facts);
    case PTL_VERDICT_DS_LITE:
      return _("Your line carries IPv4 inside IPv6, behind a NAT of your provider's: nobody can connect in by IPv4. Use "
               "IPv6, a tunnel through a relay, or ask your provider for a public IPv4 address.");
    case PTL_VERDICT_VPN:
      return _("Answers would go through the VPN and not back through the router, so a mapping does not work while it is "
               "on. End the VPN, or use a tunnel through a relay.");
    case PTL_VERDICT_NO_INTERNET:
      return internet_advice (facts);
    case PTL_VERDICT_UNKNOWN:
    default:
      return unknown_advice (facts);
    }
}

char *
ptl_judge_dup_advice (const PtlCheckFacts *facts, PtlVerdict verdict)
{
  return g_strdup (find_advice (facts, verdict));
}

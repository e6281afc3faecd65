/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-network-path.h"

#include <glib/gi18n-lib.h>

#include "router/ptl-address-class.h"

typedef struct
{
  const PtlCheckFacts *facts;
  const PtlJudgement *judgement;
  const char *step;
  PtlOutside outside;
  GPtrArray *stations;
  gboolean cut; /* nothing gets past the last station */
} Path;

void
ptl_station_free (PtlStation *self)
{
  g_free (self->name);
  g_free (self->address);
  g_free (self->reason);
  g_free (self);
}

static PtlStation *
add (Path *self, const char *kind, const char *state, const char *name, const char *address, const char *reason)
{
  PtlStation *station = g_new0 (PtlStation, 1);

  station->kind = kind;
  station->state = self->cut ? "off" : state;
  station->name = g_strdup (name);
  station->address = g_strdup (address != NULL ? address : "");
  station->reason = g_strdup (reason != NULL ? reason : "");
  g_ptr_array_add (self->stations, station);
  return station;
}

static gboolean
is_at (Path *self, const char *step)
{
  return g_str_equal (self->step, step) || g_str_equal (self->step, "asking");
}

static void
add_computer (Path *self)
{
  const PtlCheckFacts *facts = self->facts;
  const char *address = *facts->router_local != '\0' && facts->vpn ? facts->router_local : facts->way_address;
  const char *interface = *facts->router_interface != '\0' && facts->vpn ? facts->router_interface : facts->way_interface;
  g_autofree char *by = NULL;

  if (!facts->connected)
    {
      add (self, "computer", "trouble", _("This Computer"), "", _("It is connected to no network."));
      self->cut = TRUE;
      return;
    }
  if (*interface != '\0')
    /* Translators: %s is a network interface like eth0 */
    by = g_strdup_printf (_("Connected by %s."), interface);
  add (self, "computer", "ok", _("This Computer"), *address != '\0' ? address : facts->local_ipv6, by);
}

static void
add_vpn (Path *self)
{
  g_autofree char *name = NULL;

  if (!self->facts->vpn)
    return;
  /* Translators: %s is a network interface like tun0 */
  name = g_strdup_printf (_("VPN %s"), self->facts->way_interface);
  add (self, "vpn", "trouble", name, self->facts->way_address,
       _("What this computer sends leaves through it: answers do not take the way that a mapping would need."));
}

static char *
dup_router_reason (const PtlCheckFacts *facts)
{
  if (facts->searching)
    return g_strdup (_("It is being asked what it speaks."));
  if (facts->wan_state == PTL_WAN_DISCONNECTED)
    return g_strdup (_("It says that it is not connected to the internet."));
  if (facts->spoken->len == 0)
    return g_strdup (_("It takes no mappings from this computer."));
  return g_strdup (_("It takes mappings."));
}

static const char *
router_state (Path *self)
{
  if (self->facts->searching || is_at (self, "router"))
    return "busy";
  if (self->facts->wan_state == PTL_WAN_DISCONNECTED && self->judgement->verdict == PTL_VERDICT_NO_INTERNET)
    return "trouble";
  return self->facts->spoken->len > 0 ? "ok" : "unknown";
}

static void
add_router (Path *self)
{
  const PtlCheckFacts *facts = self->facts;
  const char *state = router_state (self);
  const char *name = *facts->router_name != '\0' ? facts->router_name : _("Router");
  g_autofree char *reason = dup_router_reason (facts);
  g_autofree char *address = NULL;

  if (*facts->router_address == '\0' || !facts->connected)
    return;
  if (*facts->wan_address != '\0')
    address = g_strdup_printf ("%s – %s", facts->router_address, facts->wan_address);
  add (self, "router", state, g_str_equal (name, facts->router_address) ? _("Router") : name,
       address != NULL ? address : facts->router_address, reason);
  self->cut |= g_str_equal (state, "trouble");
}

/* The address of whoever is after the router, of the kind that gave it away. */
static const char *
find_upstream (const PtlCheckFacts *facts, PtlAddressClass kind)
{
  for (guint i = 0; i < facts->upstream->len; i++)
    if (ptl_address_class_of (facts->upstream->pdata[i]) == kind)
      return facts->upstream->pdata[i];
  return "";
}

static void
add_between (Path *self)
{
  const PtlCheckFacts *facts = self->facts;

  switch (self->judgement->verdict)
    {
    case PTL_VERDICT_CARRIER_GRADE_NAT:
      add (self, "provider", "trouble", _("Your Provider’s NAT"), find_upstream (facts, PTL_ADDRESS_SHARED),
           _("It shares one public address among many customers, and lets nobody in."));
      break;
    case PTL_VERDICT_DS_LITE:
      add (self, "provider", "trouble", _("Your Provider’s IPv4 Gateway"), "",
           _("IPv4 comes out of IPv6 here, and nobody gets in."));
      break;
    case PTL_VERDICT_DOUBLE_NAT:
      add (self, "upstream-router", "trouble", _("Another NAT"), find_upstream (facts, PTL_ADDRESS_PRIVATE),
           _("A mapping works only where it forwards the port too."));
      break;
    default:
      break;
    }
}

static void
add_internet (Path *self)
{
  const PtlOutside *outside = &self->outside;
  const char *sep = *outside->ipv4 != '\0' && *outside->ipv6 != '\0' ? ", " : "";
  g_autofree char *address = g_strconcat (outside->ipv4, sep, outside->ipv6, NULL);
  const char *name = _("Internet");

  if (is_at (self, "outside"))
    add (self, "internet", "busy", name, address, _("Servers are being asked where they see this computer."));
  else if (outside->n_answered > 0)
    add (self, "internet", "ok", name, address, _("This is where it sees this computer."));
  else if (self->judgement->verdict == PTL_VERDICT_NO_INTERNET)
    add (self, "internet", self->cut ? "off" : "trouble", name, "", _("It is not reached."));
  else if (outside->n_asked > 0)
    add (self, "internet", "trouble", name, "", _("None of the servers answered."));
  else
    add (self, "internet", "unknown", name, "", _("Nobody there was asked."));
}

GPtrArray *
ptl_network_path (const PtlCheckFacts *facts, const PtlJudgement *judgement, const char *step)
{
  Path path = { .facts = facts, .judgement = judgement, .step = step };

  ptl_check_facts_look_outside (facts, &path.outside);
  path.stations = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_station_free);
  add_computer (&path);
  add_vpn (&path);
  add_router (&path);
  if (!facts->vpn)
    add_between (&path);
  add_internet (&path);
  return path.stations;
}

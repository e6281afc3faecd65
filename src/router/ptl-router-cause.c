/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-router-cause.h"

#include <glib/gi18n-lib.h>

#include "ptl-natpmp-codec.h"
#include "ptl-pcp-codec.h"

#define ADVICE_ALLOW                                                                               \
  N_ ("Allow this computer to open ports in the router's settings (UPnP, NAT-PMP or PCP; on a "    \
      "FRITZ!Box \"Permit independent port sharing\" for this device).")
#define ADVICE_LATER N_ ("Try again in a few minutes.")
#define ADVICE_ROOM N_ ("Close mappings that nobody needs any more, or restart the router.")
#define ADVICE_OTHER_PORT N_ ("Choose another external port.")
#define ADVICE_UPDATE                                                                              \
  N_ ("Look for new firmware for the router, or switch UPnP on in its settings.")
#define ADVICE_BY_HAND                                                                             \
  N_ ("Forward the port by hand in the router's settings, or use a tunnel through a relay.")

/* RFC 6887, section 7.4 */
static const PtlRouterCause pcp_causes[] = {
  { PTL_PCP_UNSUPP_VERSION, PTL_ERROR_ROUTER_REFUSED, N_ ("it speaks another version of PCP"),
    ADVICE_UPDATE },
  { PTL_PCP_NOT_AUTHORIZED, PTL_ERROR_ROUTER_REFUSED, N_ ("this computer may not open this port"),
    ADVICE_ALLOW },
  { PTL_PCP_MALFORMED_REQUEST, PTL_ERROR_ROUTER_REFUSED, N_ ("it did not understand the request"),
    ADVICE_UPDATE },
  { PTL_PCP_UNSUPP_OPCODE, PTL_ERROR_ROUTER_REFUSED, N_ ("it does not take mappings by PCP"),
    ADVICE_UPDATE },
  { PTL_PCP_UNSUPP_OPTION, PTL_ERROR_ROUTER_REFUSED, N_ ("it cannot do what was asked in this way"),
    ADVICE_BY_HAND },
  { PTL_PCP_MALFORMED_OPTION, PTL_ERROR_ROUTER_REFUSED,
    N_ ("it did not understand an option of the request"), ADVICE_UPDATE },
  { PTL_PCP_NETWORK_FAILURE, PTL_ERROR_ROUTER_OFFLINE, N_ ("it has no internet at the moment"),
    N_ ("Check the cable or line between the router and the internet.") },
  { PTL_PCP_NO_RESOURCES, PTL_ERROR_ROUTER_FULL, N_ ("there is no room for another mapping"),
    ADVICE_ROOM },
  { PTL_PCP_UNSUPP_PROTOCOL, PTL_ERROR_ROUTER_REFUSED,
    N_ ("it does not map this transport protocol"), ADVICE_BY_HAND },
  { PTL_PCP_USER_EX_QUOTA, PTL_ERROR_ROUTER_FULL,
    N_ ("this computer has as many mappings as it is allowed"), ADVICE_ROOM },
  { PTL_PCP_CANNOT_PROVIDE_EXTERNAL, PTL_ERROR_ROUTER_CONFLICT,
    N_ ("the external port is not to be had"), ADVICE_OTHER_PORT },
  { PTL_PCP_ADDRESS_MISMATCH, PTL_ERROR_ROUTER_REFUSED,
    N_ ("another router stands between this computer and it"),
    N_ ("Forward the port in the nearer router too, or put that one into bridge mode.") },
  { PTL_PCP_EXCESSIVE_REMOTE_PEERS, PTL_ERROR_ROUTER_REFUSED,
    N_ ("the list of those who may connect is too long for it"),
    N_ ("Open the mapping guarded: then this computer checks who connects.") },
};

/* RFC 6886, section 3.5 */
static const PtlRouterCause natpmp_causes[] = {
  { PTL_NATPMP_UNSUPP_VERSION, PTL_ERROR_ROUTER_REFUSED,
    N_ ("it speaks another version of NAT-PMP"), ADVICE_UPDATE },
  { PTL_NATPMP_NOT_AUTHORIZED, PTL_ERROR_ROUTER_REFUSED,
    N_ ("NAT-PMP is switched off, or this computer may not open this port"), ADVICE_ALLOW },
  { PTL_NATPMP_NETWORK_FAILURE, PTL_ERROR_ROUTER_OFFLINE, N_ ("it has no internet at the moment"),
    N_ ("Check the cable or line between the router and the internet.") },
  { PTL_NATPMP_NO_RESOURCES, PTL_ERROR_ROUTER_FULL, N_ ("there is no room for another mapping"),
    ADVICE_ROOM },
  { PTL_NATPMP_UNSUPP_OPCODE, PTL_ERROR_ROUTER_REFUSED, N_ ("it does not take mappings by NAT-PMP"),
    ADVICE_UPDATE },
};

/* WANIPConnection:1 section 2.4 and WANIPConnection:2 section 2.5; negative ones are the helper's.
 */
static const PtlRouterCause upnp_causes[] = {
  { 401, PTL_ERROR_ROUTER_REFUSED, N_ ("it does not know the action"), ADVICE_UPDATE },
  { 402, PTL_ERROR_ROUTER_REFUSED, N_ ("it finds the request wrong, with a lease and without"),
    ADVICE_BY_HAND },
  { 501, PTL_ERROR_ROUTER_REFUSED, N_ ("the action failed"),
    N_ ("Choose another external port, or restart the router.") },
  { 606, PTL_ERROR_ROUTER_REFUSED, N_ ("this computer may not open this port"), ADVICE_ALLOW },
  { 713, PTL_ERROR_NOT_FOUND, N_ ("there is no such line in its table"), ADVICE_LATER },
  { 714, PTL_ERROR_NOT_FOUND, N_ ("there is no such mapping"), ADVICE_LATER },
  { 715, PTL_ERROR_ROUTER_REFUSED, N_ ("it wants to know exactly who may connect"),
    N_ ("Open the mapping direct and for one address only, or forward the port by hand in the "
        "router's settings.") },
  { 716, PTL_ERROR_ROUTER_REFUSED, N_ ("it wants one certain external port"), ADVICE_OTHER_PORT },
  { 718, PTL_ERROR_ROUTER_CONFLICT, N_ ("the external port is taken, or not for this computer"),
    ADVICE_OTHER_PORT },
  { 724, PTL_ERROR_ROUTER_REFUSED, N_ ("the external port has to be the same as the internal one"),
    N_ ("Open the mapping with the same port on both sides.") },
  { 725, PTL_ERROR_ROUTER_REFUSED, N_ ("it takes permanent mappings only"), ADVICE_BY_HAND },
  { 726, PTL_ERROR_ROUTER_REFUSED, N_ ("it cannot limit who may connect"),
    N_ ("Open the mapping guarded: then this computer checks who connects.") },
  { 727, PTL_ERROR_ROUTER_REFUSED, N_ ("it opens all external ports or none"), ADVICE_BY_HAND },
  { 728, PTL_ERROR_ROUTER_FULL, N_ ("there is no room for another mapping"), ADVICE_ROOM },
  { 729, PTL_ERROR_ROUTER_CONFLICT,
    N_ ("the external port is used by a fixed rule or by the router itself"), ADVICE_OTHER_PORT },
  { 730, PTL_ERROR_NOT_FOUND, N_ ("there is no such mapping"), ADVICE_LATER },
  { 732, PTL_ERROR_ROUTER_REFUSED, N_ ("it opens all internal ports or none"), ADVICE_BY_HAND },
  { 733, PTL_ERROR_ROUTER_REFUSED, N_ ("it finds the ports inconsistent"), ADVICE_LATER },
};

static const PtlRouterCause unknown_cause = {
  0, PTL_ERROR_ROUTER_REFUSED, N_ ("it failed without a reason that is known"), ADVICE_BY_HAND
};

const PtlRouterCause *
ptl_router_cause_lookup (PtlRouterProtocol protocol, int code)
{
  const PtlRouterCause *table = upnp_causes;
  gsize length = G_N_ELEMENTS (upnp_causes);

  if (protocol == PTL_ROUTER_PROTOCOL_PCP)
    {
      table = pcp_causes;
      length = G_N_ELEMENTS (pcp_causes);
    }
  else if (protocol == PTL_ROUTER_PROTOCOL_NATPMP)
    {
      table = natpmp_causes;
      length = G_N_ELEMENTS (natpmp_causes);
    }
  for (gsize i = 0; i < length; i++)
    if (table[i].code == code)
      return &table[i];
  return &unknown_cause;
}

static const char *
protocol_name (PtlRouterProtocol protocol)
{
  switch (protocol)
    {
    case PTL_ROUTER_PROTOCOL_PCP:
      return "PCP";
    case PTL_ROUTER_PROTOCOL_NATPMP:
      return "NAT-PMP";
    default:
      return "UPnP";
    }
}

GError *
ptl_router_cause_to_error (PtlRouterProtocol protocol, int code, const char *router)
{
  const PtlRouterCause *cause = ptl_router_cause_lookup (protocol, code);

  /* Translators: the router's address, a clause like "it has no room", PCP or NAT-PMP or UPnP, a
   * number */
  return ptl_error_new (cause->error, _ (cause->advice), _ ("The router %s says: %s (%s code %d)."),
                        router, _ (cause->cause), protocol_name (protocol), code);
}

GError *
ptl_router_cause_silent (const char *router)
{
  /* Translators: %s is the router's address */
  return ptl_error_new (PTL_ERROR_ROUTER_SILENT,
                        _ ("Check that the router is on, and that UPnP, NAT-PMP or PCP is switched "
                           "on in its settings."),
                        _ ("The router %s does not answer."), router);
}

GError *
ptl_router_cause_none (const char *router)
{
  /* Translators: %s is the router's address */
  return ptl_error_new (PTL_ERROR_ROUTER_NONE,
                        _ ("Switch on UPnP, NAT-PMP or PCP in the router's settings, or use a "
                           "tunnel through a relay."),
                        _ ("The router %s takes no mappings: it speaks neither PCP nor NAT-PMP nor "
                           "UPnP."),
                        router);
}

GError *
ptl_router_cause_conflict (const char *router, guint16 port, const char *holder, guint16 free_port)
{
  g_autofree char *advice = NULL;

  /* Translators: %u is a port number */
  advice = free_port != 0
               ? g_strdup_printf (_ ("Choose another external port: %u is free."), free_port)
               : g_strdup (_ ("Choose another external port."));
  if (holder != NULL)
    /* Translators: a port number, the router's address, who holds the port */
    return ptl_error_new (PTL_ERROR_ROUTER_CONFLICT, advice,
                          _ ("The external port %u of the router %s is held by %s."), port, router,
                          holder);
  /* Translators: a port number, the router's address */
  return ptl_error_new (PTL_ERROR_ROUTER_CONFLICT, advice,
                        _("The external port %u of the router %s is not to be had."), port, router);
}

int
ptl_router_cause_rank (const GError *error)
{
  static const PtlError order[] = {
    PTL_ERROR_FAILED,          PTL_ERROR_ROUTER_NONE,    PTL_ERROR_ROUTER_SILENT,
    PTL_ERROR_TIMED_OUT,       PTL_ERROR_NOT_SUPPORTED,  PTL_ERROR_ROUTER_LIED,
    PTL_ERROR_ROUTER_REFUSED,  PTL_ERROR_ROUTER_OFFLINE, PTL_ERROR_ROUTER_FULL,
    PTL_ERROR_ROUTER_CONFLICT, PTL_ERROR_INVALID,        PTL_ERROR_CANCELLED,
  };
  PtlError code = ptl_error_code_of (error);

  for (gsize i = 0; i < G_N_ELEMENTS (order); i++)
    if (order[i] == code)
      return (int) i;
  return 0;
}

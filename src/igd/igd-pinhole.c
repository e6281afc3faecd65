/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pinholes for IPv6: WANIPv6FirewallControl:1 of IGD:2. The description is found over IPv4, as for mappings;
 * what changes the firewall is said over IPv6 to the default gateway, from the address that is to be reached,
 * because routers take it from that one alone (clause 2.5.3). */

#include "igd-pinhole.h"

#include <string.h>

#include "igd-description.h"
#include "igd-http.h"
#include "igd-soap.h"
#include "igd-ssdp.h"
#include "router/ptl-igd-url.h"

#define ANSWER_TIME_US (200 * 1000)
#define SEARCH_PATIENCE_US (3500 * 1000)
#define LEASE_MAX 86400 /* clause 2.3.16: 1 to 86400 s */
/* Only long enough to be taken back. */
#define LEASE_TO_FIND "60"

/* Clause 2.5, error codes */
#define FIREWALL_DISABLED 702
#define PINHOLE_NOT_ALLOWED 703
#define NO_SUCH_ENTRY 704

typedef struct
{
  const PtlIgdRequest *request;
  PtlIgdAnswer *answer;
  gint64 deadline_us;
  gboolean foreign;
} Search;

static gint64
deadline_of (const PtlIgdRequest *request)
{
  return g_get_monotonic_time () + request->timeout * 1000 - ANSWER_TIME_US;
}

static IgdSoapPeer
peer_of (const PtlIgdRequest *request, const char *url, const char *type)
{
  return (IgdSoapPeer) { .gateway = request->gateway6,
                         .local = request->local6,
                         .port = ptl_igd_url_get_port (url),
                         .path = ptl_igd_url_get_path (url),
                         .service_type = type,
                         .deadline_us = deadline_of (request) };
}

/* --- status --- */

/* 703 is what an AddPinhole would be answered. */
static int
ask_status (const IgdSoapPeer *peer)
{
  static const char *const none[] = { NULL };
  GString *body = NULL;
  int code = igd_soap_call (peer, "GetFirewallStatus", none, &body);
  g_autofree char *allowed = NULL;
  g_autofree char *enabled = NULL;

  if (code != 0)
    return code;
  allowed = igd_soap_dup_value (body->str, body->len, "InboundPinholeAllowed");
  enabled = igd_soap_dup_value (body->str, body->len, "FirewallEnabled");
  g_string_free (body, TRUE);
  if (allowed == NULL)
    return PTL_IGD_CODE_GARBAGE;
  if (*allowed == '0' || g_ascii_strcasecmp (allowed, "false") == 0)
    return enabled != NULL && (*enabled == '0' || g_ascii_strcasecmp (enabled, "false") == 0)
               ? 0 /* no firewall, so nothing to be allowed */
               : PINHOLE_NOT_ALLOWED;
  return 0;
}

static void
do_status (const PtlIgdRequest *request, PtlIgdAnswer *answer)
{
  IgdSoapPeer peer = peer_of (request, request->control_url, request->service_type);

  answer->code = ask_status (&peer);
}

/* --- discovery --- */

static IgdDescription *
fetch_description (Search *search, const char *location)
{
  gboolean silent;
  GString *body
      = igd_http_get (search->request->gateway, location, search->deadline_us, &silent);
  IgdDescription *description;

  if (body == NULL)
    return NULL;
  description = igd_description_parse (body->str, body->len);
  g_string_free (body, TRUE);
  return description;
}

/* It goes into an HTTP header and into XML as it is. */
static gboolean
is_plain (const char *type)
{
  return type[strspn (type, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS ":-_.")] == '\0';
}

static gboolean
on_location (const char *location, gpointer user_data)
{
  Search *search = user_data;
  const char *gateway = search->request->gateway;
  g_autoptr (IgdDescription) description = fetch_description (search, location);
  g_autofree char *url = NULL;

  if (description == NULL || description->firewall == NULL || !is_plain (description->firewall->type))
    return FALSE;
  url = ptl_igd_url_resolve (location, description->url_base, description->firewall->control, gateway);
  if (!ptl_igd_url_check (url, gateway, NULL, NULL))
    {
      search->foreign = TRUE;
      return FALSE;
    }
  search->answer->control_url = g_steal_pointer (&url);
  search->answer->service_type = g_strdup (description->firewall->type);
  return TRUE;
}

static int
code_of (const Search *search, IgdSsdpResult result)
{
  if (result == IGD_SSDP_FOREIGN || search->foreign)
    return PTL_IGD_CODE_FOREIGN;
  return result == IGD_SSDP_SILENT ? PTL_IGD_CODE_SILENT : PTL_IGD_CODE_NONE;
}

static void
do_discover (const PtlIgdRequest *request, PtlIgdAnswer *answer)
{
  Search search = { .request = request, .answer = answer, .deadline_us = deadline_of (request) };
  gint64 end = MIN (g_get_monotonic_time () + SEARCH_PATIENCE_US, search.deadline_us);
  IgdSsdpResult result = igd_ssdp_search (request->gateway, request->local, end, on_location, &search);
  IgdSoapPeer peer;

  if (result != IGD_SSDP_FOUND)
    {
      answer->code = code_of (&search, result);
      return;
    }
  peer = peer_of (request, answer->control_url, answer->service_type);
  peer.deadline_us = search.deadline_us;
  answer->code = ask_status (&peer);
  /* It describes the service, and does not answer over IPv6: it cannot be used. */
  if (answer->code == PTL_IGD_CODE_SILENT)
    answer->code = PTL_IGD_CODE_STUCK;
}

/* --- pinholes --- */

static int
call_add (const IgdSoapPeer *peer, const PtlIgdRequest *request, const char *lease, gint64 *id)
{
  g_autofree char *port = g_strdup_printf ("%" G_GINT64_FORMAT, request->internal_port);
  const char *protocol = strcmp (request->protocol, "UDP") == 0 ? "17" : "6";
  const char *arguments[] = { "RemoteHost",     request->remote != NULL ? request->remote : "",
                              "RemotePort",     "0",
                              "InternalClient", request->internal_address,
                              "InternalPort",   port,
                              "Protocol",       protocol,
                              "LeaseTime",      lease,
                              NULL };
  GString *body = NULL;
  guint64 number;
  int code = igd_soap_call (peer, "AddPinhole", arguments, &body);

  if (code != 0)
    return code;
  if (!igd_soap_get_number (body->str, body->len, "UniqueID", G_MAXUINT16, &number))
    code = PTL_IGD_CODE_GARBAGE;
  else
    *id = (gint64) number;
  g_string_free (body, TRUE);
  return code;
}

static int
call_by_id (const IgdSoapPeer *peer, const char *action, gint64 id, const char *name, const char *value)
{
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, id);
  const char *arguments[] = { "UniqueID", text, name, value, NULL };

  return igd_soap_call (peer, action, arguments, NULL);
}

/* miniupnpd 2.3.1 says 402 of one that it does not have. */
static gboolean
is_gone (int code)
{
  return code == NO_SUCH_ENTRY || code == 402;
}

/* GetPinholePackets knows only those that are there; one of them may have had no packet yet, which
 * CheckPinholeWorking calls an error (709). */
static int
look (const IgdSoapPeer *peer, gint64 id)
{
  int code = call_by_id (peer, "GetPinholePackets", id, NULL, NULL);

  if (is_gone (code))
    return PTL_IGD_CODE_ABSENT;
  return code == 0 || code == PTL_IGD_CODE_SILENT ? code : PTL_IGD_CODE_CANNOT_TELL;
}

/* A pinhole that is asked for again is the same one with a new lease (clause 2.5.2). UpdatePinhole would do the
 * same by its number alone, and after a router's restart that number may be another pinhole's: so it is left for
 * routers that refuse the first. */
static void
do_add (const PtlIgdRequest *request, PtlIgdAnswer *answer)
{
  IgdSoapPeer peer = peer_of (request, request->control_url, request->service_type);
  gint64 lease = CLAMP (request->lifetime, 1, LEASE_MAX);
  g_autofree char *lease_text = g_strdup_printf ("%" G_GINT64_FORMAT, lease);
  gint64 id = -1;
  int code = call_add (&peer, request, lease_text, &id);

  if (code > 0 && code != FIREWALL_DISABLED && request->renew && request->pinhole >= 0
      && call_by_id (&peer, "UpdatePinhole", request->pinhole, "NewLeaseTime", lease_text) == 0)
    {
      id = request->pinhole;
      code = 0;
    }
  answer->external_port = request->internal_port;
  answer->lifetime = lease;
  answer->pinhole = id;
  /* Where nothing is kept out, nothing has to be opened. */
  answer->code = code == FIREWALL_DISABLED ? 0 : code;
  if (code != 0)
    return;
  code = look (&peer, id);
  answer->read_back = code == 0;
  if (code == PTL_IGD_CODE_ABSENT)
    answer->code = PTL_IGD_CODE_LIED;
}

static void
do_read_back (const PtlIgdRequest *request, PtlIgdAnswer *answer)
{
  IgdSoapPeer peer = peer_of (request, request->control_url, request->service_type);

  answer->external_port = request->internal_port;
  answer->code = look (&peer, request->pinhole);
  answer->read_back = answer->code == 0;
}

/* One whose number is not known (the answer never came) is found by asking for it again. */
static void
do_remove (const PtlIgdRequest *request, PtlIgdAnswer *answer)
{
  IgdSoapPeer peer = peer_of (request, request->control_url, request->service_type);
  gint64 id = request->pinhole;
  int code = 0;

  if (id < 0)
    code = call_add (&peer, request, LEASE_TO_FIND, &id);
  if (code == 0)
    code = call_by_id (&peer, "DeletePinhole", id, NULL, NULL);
  answer->code = is_gone (code) || code == FIREWALL_DISABLED ? 0 : code;
}

/* --- requests --- */

gboolean
igd_pinhole_handles (PtlIgdOp op)
{
  return op >= PTL_IGD_OP_PINHOLE_DISCOVER && op <= PTL_IGD_OP_PINHOLE_REMOVE;
}

gboolean
igd_pinhole_is_complete (const PtlIgdRequest *request)
{
  if (!igd_soap_is_ipv6 (request->gateway6, TRUE) || !igd_soap_is_ipv6 (request->local6, FALSE))
    return FALSE;
  if (request->op == PTL_IGD_OP_PINHOLE_DISCOVER || request->op == PTL_IGD_OP_PINHOLE_STATUS)
    return TRUE;
  return (g_strcmp0 (request->protocol, "TCP") == 0 || g_strcmp0 (request->protocol, "UDP") == 0)
         && igd_soap_is_ipv6 (request->internal_address, FALSE) && request->internal_port != 0
         && (request->remote == NULL || igd_soap_is_ipv6 (request->remote, FALSE))
         && (request->op != PTL_IGD_OP_PINHOLE_READ_BACK || request->pinhole >= 0);
}

void
igd_pinhole_do (const PtlIgdRequest *request, PtlIgdAnswer *answer)
{
  switch (request->op)
    {
    case PTL_IGD_OP_PINHOLE_DISCOVER:
      do_discover (request, answer);
      break;
    case PTL_IGD_OP_PINHOLE_STATUS:
      do_status (request, answer);
      break;
    case PTL_IGD_OP_PINHOLE_ADD:
      do_add (request, answer);
      break;
    case PTL_IGD_OP_PINHOLE_READ_BACK:
      do_read_back (request, answer);
      break;
    case PTL_IGD_OP_PINHOLE_REMOVE:
      do_remove (request, answer);
      break;
    default:
      answer->code = PTL_IGD_CODE_USAGE;
    }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "igd-control.h"

#include <miniupnpc/miniupnpc.h>
#include <miniupnpc/portlistingparse.h>
#include <miniupnpc/upnpcommands.h>
#include <string.h>

#include "igd-limits.h"
#include "router/ptl-address-class.h"

#define DESCRIPTION_MAX 60
/* Of the request's milliseconds, in microseconds: the rest is for the answer. */
#define LIST_TIME_SHARE 800
/* So many lines in a row may be missing before the list is over. */
#define LIST_GAPS_MAX 2

typedef struct
{
  char external[8];
  char internal[8];
  char lease[16];
  char *description;
  const char *remote;
} Arguments;

static void
fill_arguments (Arguments *arguments, const PtlIgdRequest *request, guint16 port, gint64 lease)
{
  g_snprintf (arguments->external, sizeof arguments->external, "%u", port);
  g_snprintf (arguments->internal, sizeof arguments->internal, "%u",
              (guint) request->internal_port);
  g_snprintf (arguments->lease, sizeof arguments->lease, "%" G_GINT64_FORMAT, lease);
  arguments->description = igd_control_dup_description (request);
  arguments->remote = request->remote != NULL ? request->remote : "";
}

/* miniupnpc's own codes are negative and mean other things than ours. */
static int
code_of (int result)
{
  if (result >= 0)
    return result;
  return result == UPNPCOMMAND_HTTP_ERROR ? PTL_IGD_CODE_SILENT : PTL_IGD_CODE_GARBAGE;
}

char *
igd_control_dup_description (const PtlIgdRequest *request)
{
  GString *text = g_string_new (NULL);

  for (const char *p = request->description != NULL ? request->description : "Portolan";
       *p != '\0' && text->len < DESCRIPTION_MAX; p++)
    g_string_append_c (text, g_ascii_isprint (*p) && strchr ("<>&\"'", *p) == NULL ? *p : '_');
  return g_string_free (text, FALSE);
}

gboolean
igd_control_has_any (const PtlIgdRequest *request)
{
  return g_str_has_suffix (request->service_type, ":WANIPConnection:2");
}

int
igd_control_add (const PtlIgdRequest *request, guint16 port, gint64 lease)
{
  Arguments arguments;
  int result;

  fill_arguments (&arguments, request, port, lease);
  result
      = UPNP_AddPortMapping (request->control_url, request->service_type, arguments.external,
                             arguments.internal, request->internal_address, arguments.description,
                             request->protocol, arguments.remote, arguments.lease);
  g_free (arguments.description);
  return code_of (result);
}

int
igd_control_add_any (const PtlIgdRequest *request, guint16 wanted, gint64 lease, guint16 *port)
{
  Arguments arguments;
  char reserved[16] = "";
  guint64 number;
  int result;

  fill_arguments (&arguments, request, wanted, lease);
  result = UPNP_AddAnyPortMapping (request->control_url, request->service_type, arguments.external,
                                   arguments.internal, request->internal_address,
                                   arguments.description, request->protocol, arguments.remote,
                                   arguments.lease, reserved);
  g_free (arguments.description);
  if (result != UPNPCOMMAND_SUCCESS)
    return code_of (result);
  if (!g_ascii_string_to_unsigned (reserved, 10, 1, 65535, &number, NULL))
    return PTL_IGD_CODE_GARBAGE;
  *port = (guint16) number;
  return 0;
}

int
igd_control_remove (const PtlIgdRequest *request, guint16 port)
{
  Arguments arguments;
  int result;

  fill_arguments (&arguments, request, port, 0);
  result = UPNP_DeletePortMapping (request->control_url, request->service_type, arguments.external,
                                   request->protocol, arguments.remote);
  g_free (arguments.description);
  return code_of (result);
}

IgdLook
igd_control_look (const PtlIgdRequest *request, guint16 port, IgdEntry *entry, int *code)
{
  Arguments arguments;
  int result;

  memset (entry, 0, sizeof *entry);
  fill_arguments (&arguments, request, port, 0);
  result = UPNP_GetSpecificPortMappingEntry (request->control_url, request->service_type,
                                             arguments.external, request->protocol,
                                             arguments.remote, entry->address, entry->port,
                                             entry->description, entry->enabled, entry->lease);
  g_free (arguments.description);
  *code = code_of (result);
  if (result == 713 || result == 714 || result == 730)
    return IGD_LOOK_FREE;
  if (result != UPNPCOMMAND_SUCCESS || entry->address[0] == '\0')
    return IGD_LOOK_UNKNOWN;
  if (strcmp (entry->address, request->internal_address) == 0 &&
      g_ascii_strtoull (entry->port, NULL, 10) == (guint64) request->internal_port)
    return IGD_LOOK_OURS;
  return IGD_LOOK_OTHER;
}

/* --- list --- */

static PtlRouterEntry *
new_entry (const char *protocol,
           guint64 external,
           const char *address,
           guint64 port,
           const char *description)
{
  PtlRouterEntry *entry;

  if (external > 65535 || port > 65535)
    return NULL;
  entry = g_new0 (PtlRouterEntry, 1);
  entry->protocol = g_ascii_strcasecmp (protocol, "UDP") == 0 ? PTL_PROTOCOL_UDP : PTL_PROTOCOL_TCP;
  entry->external_port = (guint16) external;
  entry->address = g_strdup (address);
  entry->port = (guint16) port;
  entry->description = g_strdup (description);
  return entry;
}

static gboolean
same_entry (const PtlRouterEntry *a, const PtlRouterEntry *b)
{
  return a->protocol == b->protocol && a->external_port == b->external_port
         && strcmp (a->remote, b->remote) == 0 && strcmp (a->address, b->address) == 0
         && a->port == b->port;
}

static gboolean
is_known (GPtrArray *entries, const PtlRouterEntry *entry)
{
  for (guint i = 0; i < entries->len; i++)
    if (same_entry (entries->pdata[i], entry))
      return TRUE;
  return FALSE;
}

static int
list_one (const PtlIgdRequest *request, guint index, PtlRouterEntry **entry)
{
  char number[16];
  char external[8] = "", client[64] = "", internal[8] = "", protocol[8] = "", description[128] = "";
  char enabled[8] = "", remote[128] = "", lease[32] = "";
  int result;

  g_snprintf (number, sizeof number, "%u", index);
  result = UPNP_GetGenericPortMappingEntry (request->control_url, request->service_type, number,
                                            external, client, internal, protocol, description,
                                            enabled, remote, lease);
  if (result != UPNPCOMMAND_SUCCESS)
    return code_of (result);
  *entry = new_entry (protocol, g_ascii_strtoull (external, NULL, 10), client,
                      g_ascii_strtoull (internal, NULL, 10), description);
  if (*entry == NULL)
    return PTL_IGD_CODE_GARBAGE;
  (*entry)->remote = g_strdup (remote);
  (*entry)->enabled = enabled[0] != '0';
  (*entry)->lifetime = (gint64) MIN (g_ascii_strtoull (lease, NULL, 10), G_MAXUINT32);
  return 0;
}

/* Whether the answer to the first question may be that of an empty table. */
static gboolean
ends_list (const PtlIgdRequest *request, int code)
{
  unsigned int uptime;
  char status[64] = "", last_error[64] = "";

  if (code == PTL_IGD_CODE_SILENT)
    return UPNP_GetStatusInfo (request->control_url, request->service_type, status, &uptime,
                               last_error)
           == 0;
  return code > 0 && code != 401 && code != 606 && code != 602;
}

/* One by one until the router says that there are no more: 713, or on some 501, 402, or an empty
 * answer, which on others is said of a line that is skipped. One that never ends repeats itself, or
 * is left where time is over. */
static int
list_generic (const PtlIgdRequest *request, GPtrArray *entries, gboolean *complete)
{
  /* What came before may have taken its time: there has to be some left to say what was found. */
  gint64 left_us = igd_limits_get_left_us () - request->timeout * (1000 - LIST_TIME_SHARE);
  gint64 end_us = g_get_monotonic_time () + MIN (request->timeout * LIST_TIME_SHARE, left_us);
  guint gaps = 0;

  for (guint i = 0; entries->len < PTL_IGD_ENTRIES_MAX && g_get_monotonic_time () < end_us; i++)
    {
      PtlRouterEntry *entry = NULL;
      int code = list_one (request, i, &entry);

      /* The first question is the one whose failure may be told from an empty table. */
      if (i == 0 && code != 0 && !ends_list (request, code))
        return code;
      *complete = code == 713 || (code != 0 && gaps == LIST_GAPS_MAX)
                  || (code == 0 && is_known (entries, entry));
      if (*complete || code != 0)
        g_clear_pointer (&entry, ptl_router_entry_free);
      else
        g_ptr_array_add (entries, entry);
      if (*complete)
        break;
      gaps = code != 0 ? gaps + 1 : 0;
    }
  return 0;
}

static int
list_range (const PtlIgdRequest *request, const char *protocol, GPtrArray *entries)
{
  struct PortMappingParserData data = { 0 };
  int result;

  result = UPNP_GetListOfPortMappings (request->control_url, request->service_type, "1", "65535",
                                       protocol, "1000", &data);
  /* 730: nothing in this range */
  if (result != UPNPCOMMAND_SUCCESS && result != 730)
    return code_of (result);
  for (struct PortMapping *at = data.l_head; at != NULL && entries->len < PTL_IGD_ENTRIES_MAX;
       at = at->l_next)
    {
      PtlRouterEntry *entry = new_entry (at->protocol, at->externalPort, at->internalClient,
                                         at->internalPort, at->description);

      entry->remote = g_strdup (at->remoteHost);
      entry->enabled = at->enabled != 0;
      entry->lifetime = (gint64) MIN (at->leaseTime, G_MAXUINT32);
      g_ptr_array_add (entries, entry);
    }
  FreePortListing (&data);
  return 0;
}

int
igd_control_list (const PtlIgdRequest *request, GPtrArray **entries, gboolean *complete)
{
  g_autoptr (GPtrArray) found
      = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_router_entry_free);
  int code = 401;

  *complete = TRUE;
  if (igd_control_has_any (request))
    {
      code = list_range (request, "TCP", found);
      if (code == 0)
        code = list_range (request, "UDP", found);
    }
  /* An empty range may also be a router that shows a control point nothing but its own. */
  if (code != 0 || found->len == 0)
    {
      g_ptr_array_set_size (found, 0);
      code = list_generic (request, found, complete);
    }
  if (code == 0)
    *entries = g_steal_pointer (&found);
  return code;
}

/* --- status --- */

gboolean
igd_control_is_up (const char *status)
{
  return g_ascii_strcasecmp (status, "Connected") == 0 || g_ascii_strcasecmp (status, "Up") == 0;
}

int
igd_control_status (const char *url, const char *type, PtlIgdAnswer *answer)
{
  char address[64] = "";
  char status[64] = "";
  char last_error[64] = "";
  unsigned int uptime = 0;
  int got_status = UPNP_GetStatusInfo (url, type, status, &uptime, last_error);
  int got_address = UPNP_GetExternalIPAddress (url, type, address);
  gboolean up = got_status == 0 && igd_control_is_up (status);

  if (got_status != 0 && got_address != 0)
    return code_of (got_address);
  g_free (answer->external_address);
  answer->external_address =
    g_strdup (ptl_address_class_of (address) != PTL_ADDRESS_NONE ? address : "");
  g_free (answer->status);
  answer->status = g_strdup (status);
  answer->uptime = got_status == 0 ? (gint64) uptime : -1;
  answer->connected = *answer->external_address != '\0' || (up && got_address != 0);
  return 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "igd-look.h"

#include <string.h>

/* What a lease may have lost between being granted and being read back, in seconds. */
#define LEASE_AGE_S 5

static char dotted_wildcard[] = "0.0.0.0";

void
igd_request_spell_wildcard (PtlIgdRequest *request)
{
  request->remote = dotted_wildcard;
}

void
igd_look_note_holder (PtlIgdAnswer *answer, const IgdEntry *entry)
{
  if (answer->holder_address != NULL)
    return;
  answer->holder_address = g_strdup (entry->address);
  answer->holder_port = (gint64) MIN (g_ascii_strtoull (entry->port, NULL, 10), 65535);
  answer->holder_description = g_strdup (entry->description);
}

static const PtlRouterEntry *
find_in_list (GPtrArray *entries, const PtlIgdRequest *request, guint16 port)
{
  for (guint i = 0; i < entries->len; i++)
    {
      const PtlRouterEntry *entry = entries->pdata[i];

      if (entry->external_port == port
          && (entry->protocol == PTL_PROTOCOL_UDP) == (strcmp (request->protocol, "UDP") == 0))
        return entry;
    }
  return NULL;
}

/* By the whole list, where the router does not know the shorter way. */
static IgdLook
look_in_list (const PtlIgdRequest *request, guint16 port, IgdEntry *found, int *why_not)
{
  g_autoptr (GPtrArray) entries = NULL;
  const PtlRouterEntry *entry;
  gboolean complete;
  int code = igd_control_list (request, &entries, &complete);

  /* That it cannot show it, in words of UPnP, is another thing than no words of UPnP at all. */
  if (code > 0 || (code == 0 && entries->len == 0))
    *why_not = code > 0 ? code : 713;
  if (code != 0 || entries->len == 0)
    return IGD_LOOK_UNKNOWN;
  entry = find_in_list (entries, request, port);
  if (entry == NULL)
    return complete ? IGD_LOOK_FREE : IGD_LOOK_UNKNOWN;
  g_strlcpy (found->address, entry->address, sizeof found->address);
  g_snprintf (found->port, sizeof found->port, "%u", entry->port);
  g_strlcpy (found->description, entry->description, sizeof found->description);
  g_strlcpy (found->enabled, entry->enabled ? "1" : "0", sizeof found->enabled);
  g_snprintf (found->lease, sizeof found->lease, "%" G_GINT64_FORMAT, entry->lifetime);
  return strcmp (entry->address, request->internal_address) == 0
                 && entry->port == request->internal_port
             ? IGD_LOOK_OURS
             : IGD_LOOK_OTHER;
}

IgdLook
igd_look_thoroughly (const PtlIgdRequest *request, guint16 port, IgdEntry *entry, int *code)
{
  IgdLook look = igd_control_look (request, port, entry, code);

  if (look == IGD_LOOK_UNKNOWN && *code != PTL_IGD_CODE_SILENT)
    look = look_in_list (request, port, entry, code);
  return look;
}

IgdLook
igd_look_either_way (PtlIgdRequest *request, guint16 port, IgdEntry *entry, int *code)
{
  IgdLook look = igd_look_thoroughly (request, port, entry, code);
  PtlIgdRequest dotted = *request;

  if (look != IGD_LOOK_FREE || request->remote != NULL)
    return look;
  igd_request_spell_wildcard (&dotted);
  if (igd_control_look (&dotted, port, entry, code) != IGD_LOOK_OURS)
    return look;
  *request = dotted;
  return IGD_LOOK_OURS;
}

gint64
igd_look_get_lease (const IgdEntry *entry)
{
  return (gint64) MIN (g_ascii_strtoull (entry->lease, NULL, 10), G_MAXUINT32);
}

gint64
igd_look_lease_granted (gint64 asked, const IgdEntry *entry)
{
  gint64 reported = igd_look_get_lease (entry);

  return reported > 0 && reported + LEASE_AGE_S < asked ? reported : asked;
}

gboolean
igd_look_is_enabled (const IgdEntry *entry)
{
  return entry->enabled[0] != '0';
}

guint
igd_look_count (const PtlIgdRequest *request)
{
  g_autoptr (GPtrArray) entries = NULL;
  gboolean complete;

  return igd_control_list (request, &entries, &complete) == 0 ? entries->len : 0;
}

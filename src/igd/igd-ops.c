/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading back and removing. */

#include "igd-ops.h"

#include <string.h>

#include "igd-look.h"

void
igd_ops_read_back (const PtlIgdRequest *request, PtlIgdAnswer *answer)
{
  PtlIgdRequest asked = *request;
  IgdEntry entry = { 0 };
  int code;

  answer->external_port = request->external_port;
  switch (igd_look_either_way (&asked, (guint16) request->external_port, &entry, &code))
    {
    case IGD_LOOK_OURS:
      answer->read_back = igd_look_is_enabled (&entry);
      answer->lifetime = igd_look_lease_granted (request->lifetime, &entry);
      answer->code = answer->read_back ? 0 : PTL_IGD_CODE_DIFFERENT;
      break;
    case IGD_LOOK_OTHER:
      igd_look_note_holder (answer, &entry);
      answer->code = PTL_IGD_CODE_DIFFERENT;
      break;
    case IGD_LOOK_FREE:
      answer->code = PTL_IGD_CODE_ABSENT;
      break;
    default:
      answer->code = PTL_IGD_CODE_CANNOT_TELL;
    }
}

/* --- removing --- */

static int
remove_and_check (const PtlIgdRequest *request, guint16 port)
{
  IgdEntry entry;
  int after;
  int code = igd_control_remove (request, port);
  IgdLook look;

  if (code == 714 || code == 713 || code == 730)
    return 0;
  if (code != 0)
    return code;
  look = igd_control_look (request, port, &entry, &after);
  if (look == IGD_LOOK_OURS)
    return PTL_IGD_CODE_LIED;
  /* No answer that is UPnP: nothing was removed. */
  return look == IGD_LOOK_UNKNOWN && after <= 0 ? PTL_IGD_CODE_GARBAGE : 0;
}

/* Every entry that bears our description and leads to our port. */
static int
remove_by_search (const PtlIgdRequest *request)
{
  g_autofree char *description = igd_control_dup_description (request);
  g_autoptr (GPtrArray) entries = NULL;
  gboolean complete;
  int worst = igd_control_list (request, &entries, &complete);

  for (guint i = 0; entries != NULL && i < entries->len; i++)
    {
      const PtlRouterEntry *entry = entries->pdata[i];
      int code;

      if (entry->port != request->internal_port
          || strcmp (entry->address, request->internal_address) != 0
          || strcmp (entry->description, description) != 0
          || (entry->protocol == PTL_PROTOCOL_UDP) != (strcmp (request->protocol, "UDP") == 0))
        continue;
      code = remove_and_check (request, entry->external_port);
      if (code != 0)
        worst = code;
    }
  return worst;
}

void
igd_ops_remove (const PtlIgdRequest *request, PtlIgdAnswer *answer)
{
  PtlIgdRequest asked = *request;
  IgdEntry entry = { 0 };
  guint16 port = (guint16) request->external_port;
  IgdLook look;
  int code;

  if (request->search)
    {
      answer->code = remove_by_search (request);
      return;
    }
  look = igd_look_either_way (&asked, port, &entry, &code);
  if (code == PTL_IGD_CODE_SILENT)
    answer->code = code;
  else if (look == IGD_LOOK_FREE || look == IGD_LOOK_OTHER)
    answer->code = 0;
  else
    answer->code = remove_and_check (&asked, port);
}

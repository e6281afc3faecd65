/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "igd-ops.h"

#include <string.h>

#include "igd-control.h"

/* How many other ports are tried where the one asked for is not to be had. */
#define TRIES_MAX 6
/* Ports for "any free": not those that the kernel gives out, so that nothing surprising listens
 * there. */
#define FREE_PORT_FIRST 49152
#define FREE_PORT_LAST 65535
/* How far from the one asked for a free port is looked for as a suggestion. */
#define SUGGESTIONS_MAX 8
/* What a lease may have lost between being granted and being read back, in seconds. */
#define LEASE_AGE_S 5

typedef struct
{
  const PtlIgdRequest *request;
  PtlIgdAnswer *answer;
  gint64 lease;     /* as it will be asked for: 0 once the router took none */
  gboolean equal;   /* the router wants the external port to be the internal one */
} Add;

static void
note_holder (PtlIgdAnswer *answer, const IgdEntry *entry)
{
  if (answer->holder_address != NULL)
    return;
  answer->holder_address = g_strdup (entry->address);
  answer->holder_port = (gint64) MIN (g_ascii_strtoull (entry->port, NULL, 10), 65535);
  answer->holder_description = g_strdup (entry->description);
}

static void
suggest_port (const PtlIgdRequest *request, PtlIgdAnswer *answer)
{
  IgdEntry entry;
  int code;

  for (guint i = 1; i <= SUGGESTIONS_MAX; i++)
    {
      gint64 port = request->external_port + i;

      if (port <= 65535
          && igd_control_look (request, (guint16) port, &entry, &code) == IGD_LOOK_FREE)
        {
          answer->free_port = port;
          return;
        }
    }
}

static gboolean
bears_our_description (const PtlIgdRequest *request, const IgdEntry *entry)
{
  g_autofree char *description = igd_control_dup_description (request);

  return strcmp (entry->description, description) == 0;
}

/* An entry to our address and port that bears another description was made by another program of
 * this computer. */
static gboolean
is_ours (const PtlIgdRequest *request, const IgdEntry *entry)
{
  g_autofree char *description = igd_control_dup_description (request);

  return request->renew || entry->description[0] == '\0'
         || strcmp (entry->description, description) == 0
         || g_str_has_prefix (description, entry->description);
}

static gboolean
is_for_other (const PtlIgdRequest *request)
{
  return strcmp (request->internal_address, request->local) != 0;
}

static gboolean
is_enabled (const IgdEntry *entry)
{
  return entry->enabled[0] != '0';
}

/* --- reading back --- */

static const PtlRouterEntry *
find_in_list (GPtrArray *entries, const PtlIgdRequest *request, guint16 port)
{
  for (guint i = 0; i < entries->len; i++)
    {
      const PtlRouterEntry *entry = entries->pdata[i];

      if (entry->external_port == port &&
          (entry->protocol == PTL_PROTOCOL_UDP) == (strcmp (request->protocol, "UDP") == 0))
        return entry;
    }
  return NULL;
}

/* By the whole list, where the router does not know the shorter way. */
static IgdLook
look_in_list (const PtlIgdRequest *request, guint16 port, IgdEntry *found)
{
  g_autoptr (GPtrArray) entries = NULL;
  const PtlRouterEntry *entry;

  if (igd_control_list (request, &entries) != 0 || entries->len == 0)
    return IGD_LOOK_UNKNOWN;
  entry = find_in_list (entries, request, port);
  if (entry == NULL)
    return IGD_LOOK_FREE;
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

static IgdLook
look_thoroughly (const PtlIgdRequest *request, guint16 port, IgdEntry *entry)
{
  int code;
  IgdLook look = igd_control_look (request, port, entry, &code);

  if (look == IGD_LOOK_UNKNOWN && code != PTL_IGD_CODE_SILENT)
    look = look_in_list (request, port, entry);
  return look;
}

/* A shorter lease than asked for is obeyed; 0 and a longer one are what some routers report
 * whatever they do. */
static gint64
lease_granted (gint64 asked, const IgdEntry *entry)
{
  gint64 reported = (gint64) MIN (g_ascii_strtoull (entry->lease, NULL, 10), G_MAXUINT32);

  return reported > 0 && reported + LEASE_AGE_S < asked ? reported : asked;
}

static int
verify (Add *add, guint16 port)
{
  PtlIgdAnswer *answer = add->answer;
  IgdEntry entry = { 0 };

  answer->external_port = port;
  answer->lifetime = add->lease;
  switch (look_thoroughly (add->request, port, &entry))
    {
    case IGD_LOOK_OURS:
      if (!is_enabled (&entry))
        break;
      answer->read_back = TRUE;
      answer->lifetime = lease_granted (add->lease, &entry);
      return 0;
    case IGD_LOOK_UNKNOWN:
      return 0;
    case IGD_LOOK_OTHER:
      note_holder (answer, &entry);
      /* It bears our name and leads elsewhere: ours to clear away. Without it, it was another's all
       * along. */
      if (!bears_our_description (add->request, &entry))
        return PTL_IGD_CODE_LIED;
      break;
    default:
      return PTL_IGD_CODE_LIED;
    }
  igd_control_remove (add->request, port);
  return PTL_IGD_CODE_LIED;
}

/* --- adding --- */

/* 402 and 501 mean "no leases" on some; whether they did here shows without one. */
static gboolean
may_be_about_lease (int code)
{
  return code == 725 || code == 402 || code == 501;
}

static int
add_with_lease (Add *add, guint16 port)
{
  int code = igd_control_add (add->request, port, add->lease);

  if (add->lease != 0 && may_be_about_lease (code) && igd_control_add (add->request, port, 0) == 0)
    {
      add->lease = 0;
      code = 0;
    }
  return code;
}

/* One port: looked at, added, read back. Never takes what is another's. */
static int
try_port (Add *add, guint16 port)
{
  IgdEntry entry;
  int code;
  IgdLook look = igd_control_look (add->request, port, &entry, &code);

  if (code == PTL_IGD_CODE_SILENT)
    return code;
  if (look == IGD_LOOK_OTHER || (look == IGD_LOOK_OURS && !is_ours (add->request, &entry)))
    {
      note_holder (add->answer, &entry);
      return PTL_IGD_CODE_CONFLICT;
    }
  code = add_with_lease (add, port);
  if (code == 718 && look == IGD_LOOK_OURS && igd_control_remove (add->request, port) == 0)
    code = add_with_lease (add, port);
  if ((code == 718 || code == 606) && look == IGD_LOOK_FREE && is_for_other (add->request))
    return PTL_IGD_CODE_OTHER_HOST;
  return code == 0 ? verify (add, port) : code;
}

static int
try_any (Add *add)
{
  const PtlIgdRequest *request = add->request;
  gint64 wanted = request->external_port != 0 ? request->external_port : request->internal_port;
  guint16 port = 0;
  int code = igd_control_add_any (request, (guint16) wanted, add->lease, &port);

  if (add->lease != 0 && may_be_about_lease (code))
    {
      code = igd_control_add_any (request, (guint16) wanted, 0, &port);
      if (code == 0)
        add->lease = 0;
    }
  return code == 0 ? verify (add, port) : code;
}

static gboolean
another_port_may_do (int code)
{
  return code == PTL_IGD_CODE_CONFLICT || code == 718 || code == 729 || code == 501 || code == 716;
}

static guint16
pick_port (const Add *add, guint try)
{
  gint64 asked = add->request->external_port;

  if (add->equal)
    return (guint16) add->request->internal_port;
  if (try == 0)
    return (guint16) (asked != 0 ? asked : add->request->internal_port);
  return (guint16) g_random_int_range (FREE_PORT_FIRST, FREE_PORT_LAST + 1);
}

static int
try_ports (Add *add)
{
  guint tries = add->request->pinned ? 1 : TRIES_MAX;
  int first = 0;
  int code = 0;

  for (guint i = 0; i < tries; i++)
    {
      code = try_port (add, pick_port (add, i));
      if (i == 0)
        first = code;
      if (code == 724 && !add->equal && !add->request->pinned)
        {
          add->equal = TRUE;
          code = try_port (add, pick_port (add, i));
        }
      if (code == 0 || add->equal || !another_port_may_do (code))
        return code;
      /* The person's port first; where it is taken, the router knows best which one is free. */
      if (i == 0 && tries > 1 && igd_control_has_any (add->request) && try_any (add) == 0)
        return 0;
    }
  return first != 0 ? first : code;
}

void
igd_ops_add (const PtlIgdRequest *request, PtlIgdAnswer *answer)
{
  Add add = { .request = request, .answer = answer, .lease = request->lifetime };

  answer->code = try_ports (&add);
  if (answer->code == PTL_IGD_CODE_CONFLICT || answer->code == 718)
    suggest_port (request, answer);
}

void
igd_ops_read_back (const PtlIgdRequest *request, PtlIgdAnswer *answer)
{
  IgdEntry entry = { 0 };

  answer->external_port = request->external_port;
  switch (look_thoroughly (request, (guint16) request->external_port, &entry))
    {
    case IGD_LOOK_OURS:
      answer->read_back = is_enabled (&entry);
      answer->lifetime = lease_granted (request->lifetime, &entry);
      answer->code = answer->read_back ? 0 : PTL_IGD_CODE_DIFFERENT;
      break;
    case IGD_LOOK_OTHER:
      note_holder (answer, &entry);
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
  int ignored;
  int code = igd_control_remove (request, port);

  if (code == 714 || code == 713)
    return 0;
  if (code == 0 && igd_control_look (request, port, &entry, &ignored) == IGD_LOOK_OURS)
    return PTL_IGD_CODE_LIED;
  return code;
}

/* Every entry that bears our description and leads to our port. */
static int
remove_by_search (const PtlIgdRequest *request)
{
  g_autofree char *description = igd_control_dup_description (request);
  g_autoptr (GPtrArray) entries = NULL;
  int worst = igd_control_list (request, &entries);

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
  IgdEntry entry = { 0 };
  guint16 port = (guint16) request->external_port;
  IgdLook look;
  int code;

  if (request->search)
    {
      answer->code = remove_by_search (request);
      return;
    }
  look = igd_control_look (request, port, &entry, &code);
  if (code == PTL_IGD_CODE_SILENT)
    answer->code = code;
  else if (look == IGD_LOOK_FREE || look == IGD_LOOK_OTHER)
    answer->code = 0;
  else
    answer->code = remove_and_check (request, port);
}

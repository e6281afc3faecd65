/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Adding a mapping: looked at, added, read back, on one port after another where that may help. */

#include "igd-ops.h"

#include <string.h>

#include "igd-look.h"

/* How many other ports are tried where the one asked for is not to be had. */
#define TRIES_MAX 6
/* Ports for "any free": not those that the kernel gives out, so that nothing surprising listens
 * there. */
#define FREE_PORT_FIRST 49152
#define FREE_PORT_LAST 65535
/* How far from the one asked for a free port is looked for as a suggestion. */
#define SUGGESTIONS_MAX 8
/* With fewer entries than this a table is not taken for full. */
#define CROWD 8
/* A router that a lease makes crash is waited for: so often, and so long each time. */
#define REVIVALS_MAX 6
#define REVIVAL_PAUSE_US (250 * 1000)
#define HANG_UP_US (1000 * 1000)

typedef struct
{
  PtlIgdRequest request; /* its texts are the caller's */
  PtlIgdAnswer *answer;
  gint64 lease;   /* as it will be asked for: 0 once the router took none */
  gint64 before;  /* what the lease of our own entry was, 0 = not told */
  gboolean equal; /* the router wants the external port to be the internal one */
  gboolean again; /* it was asked a second time because it contradicted itself */
} Add;

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

/* --- reading back --- */

/* It is there, and re-adding it did not make it last longer. */
static gboolean
was_not_extended (const Add *add, const IgdEntry *entry)
{
  gint64 after = igd_look_get_lease (entry);

  return add->request.renew && add->lease != 0 && add->before != 0 && after != 0
         && after <= add->before
         && igd_look_lease_granted (add->lease, entry) != add->lease
         && igd_look_lease_granted (add->request.granted, entry) != add->request.granted;
}

static int
take_entry (Add *add, const IgdEntry *entry)
{
  add->answer->read_back = TRUE;
  add->answer->lifetime = igd_look_lease_granted (add->lease, entry);
  return 0;
}

static int verify (Add *add, guint16 port);

static int
extend_anew (Add *add, guint16 port, const IgdEntry *entry)
{
  int code;

  add->before = 0;
  if (igd_control_remove (&add->request, port) != 0)
    return take_entry (add, entry);
  code = igd_control_add (&add->request, port, add->lease);
  return code == 0 ? verify (add, port) : code;
}

static int
verify (Add *add, guint16 port)
{
  PtlIgdAnswer *answer = add->answer;
  IgdEntry entry = { 0 };
  int code;

  answer->external_port = port;
  answer->lifetime = add->lease;
  switch (igd_look_thoroughly (&add->request, port, &entry, &code))
    {
    case IGD_LOOK_OURS:
      if (!igd_look_is_enabled (&entry))
        break;
      return was_not_extended (add, &entry) ? extend_anew (add, port, &entry)
                                            : take_entry (add, &entry);
    case IGD_LOOK_UNKNOWN:
      /* Where nothing that it says is UPnP, "done" was not either: miniupnpc takes any answer
       * without an error code for success. */
      if (code > 0)
        return 0;
      igd_control_remove (&add->request, port);
      return code == 0 ? PTL_IGD_CODE_GARBAGE : code;
    case IGD_LOOK_OTHER:
      igd_look_note_holder (answer, &entry);
      /* It bears our name and leads elsewhere: ours to clear away. Without it, it was another's all
       * along. */
      if (!bears_our_description (&add->request, &entry))
        return PTL_IGD_CODE_LIED;
      break;
    default:
      return PTL_IGD_CODE_LIED;
    }
  igd_control_remove (&add->request, port);
  return PTL_IGD_CODE_LIED;
}

/* --- adding --- */

/* 402 and 501 mean "no leases" on some; whether they did here shows without one. */
static gboolean
may_be_about_lease (int code)
{
  return code == 725 || code == 402 || code == 501;
}

typedef int (*Attempt) (Add *add, guint16 wanted, gint64 lease, guint16 *port);

static int
attempt_one (Add *add, guint16 wanted, gint64 lease, guint16 *port)
{
  *port = wanted;
  return igd_control_add (&add->request, wanted, lease);
}

static int
attempt_any (Add *add, guint16 wanted, gint64 lease, guint16 *port)
{
  return igd_control_add_any (&add->request, wanted, lease, port);
}

/* 715 and 726: the wildcard is spelled in another way here. A certain remote host is never widened
 * to everyone. 730 and 733: it contradicts itself, and is asked once more. */
static int
attempt_stubbornly (Add *add, Attempt attempt, guint16 wanted, gint64 lease, guint16 *port)
{
  int code = attempt (add, wanted, lease, port);

  if ((code == 715 || code == 726) && add->request.remote == NULL)
    {
      igd_request_spell_wildcard (&add->request);
      if (attempt (add, wanted, lease, port) == 0)
        return 0;
      add->request.remote = NULL;
    }
  else if ((code == 730 || code == 733) && !add->again)
    {
      add->again = TRUE;
      code = attempt (add, wanted, lease, port);
    }
  return code;
}

/* It died of the question: some crash on every lease but none. */
static int
revive (Add *add, Attempt attempt, guint16 wanted, guint16 *port)
{
  for (guint i = 0; i < REVIVALS_MAX; i++)
    {
      IgdEntry entry;
      int code;

      g_usleep (REVIVAL_PAUSE_US);
      igd_control_look (&add->request, wanted, &entry, &code);
      if (code == PTL_IGD_CODE_SILENT)
        continue;
      add->lease = 0;
      return attempt_stubbornly (add, attempt, wanted, 0, port);
    }
  return PTL_IGD_CODE_CRASHED;
}

static int
add_with_lease (Add *add, Attempt attempt, guint16 wanted, guint16 *port)
{
  gint64 start_us = g_get_monotonic_time ();
  int code = attempt_stubbornly (add, attempt, wanted, add->lease, port);

  if (add->lease == 0)
    return code;
  /* Hung up on at once; what takes longer got lost on the way. */
  if (code == PTL_IGD_CODE_SILENT && g_get_monotonic_time () - start_us < HANG_UP_US)
    return revive (add, attempt, wanted, port);
  if (!may_be_about_lease (code))
    return code;
  code = attempt_stubbornly (add, attempt, wanted, 0, port);
  if (code == 0)
    add->lease = 0;
  return code;
}

static gboolean
is_others (const Add *add, IgdLook look, const IgdEntry *entry)
{
  return look == IGD_LOOK_OTHER || (look == IGD_LOOK_OURS && !is_ours (&add->request, entry));
}

/* One port: looked at, added, read back. Never takes what is another's. */
static int
try_port (Add *add, guint16 port)
{
  IgdEntry entry;
  int code;
  IgdLook look = igd_look_thoroughly (&add->request, port, &entry, &code);

  if (code == PTL_IGD_CODE_SILENT)
    return code;
  if (is_others (add, look, &entry))
    {
      igd_look_note_holder (add->answer, &entry);
      return PTL_IGD_CODE_CONFLICT;
    }
  add->before = look == IGD_LOOK_OURS ? igd_look_get_lease (&entry) : 0;
  code = add_with_lease (add, attempt_one, port, &port);
  if (code == 718 && look == IGD_LOOK_OURS && igd_control_remove (&add->request, port) == 0)
    code = add_with_lease (add, attempt_one, port, &port);
  if ((code == 718 || code == 606) && look == IGD_LOOK_FREE && is_for_other (&add->request))
    return PTL_IGD_CODE_OTHER_HOST;
  return code == 0 ? verify (add, port) : code;
}

static int
try_any (Add *add)
{
  const PtlIgdRequest *request = &add->request;
  gint64 wanted = request->external_port != 0 ? request->external_port : request->internal_port;
  guint16 port = 0;
  int code = add_with_lease (add, attempt_any, (guint16) wanted, &port);

  return code == 0 ? verify (add, port) : code;
}

static gboolean
another_port_may_do (int code)
{
  return code == PTL_IGD_CODE_CONFLICT || code == 718 || code == 729 || code == 501 || code == 716
         || code == 727;
}

static guint16
pick_port (const Add *add, guint try)
{
  gint64 asked = add->request.external_port;

  if (add->equal)
    return (guint16) add->request.internal_port;
  if (try == 0)
    return (guint16) (asked != 0 ? asked : add->request.internal_port);
  return (guint16) g_random_int_range (FREE_PORT_FIRST, FREE_PORT_LAST + 1);
}

static int
try_ports (Add *add)
{
  guint tries = add->request.pinned ? 1 : TRIES_MAX;
  int first = 0;
  int code = 0;

  for (guint i = 0; i < tries; i++)
    {
      code = try_port (add, pick_port (add, i));
      if (i == 0)
        first = code;
      if (code == 724 && !add->equal && !add->request.pinned)
        {
          add->equal = TRUE;
          code = try_port (add, pick_port (add, i));
        }
      if (code == 0 || add->equal || !another_port_may_do (code))
        return code;
      /* The person's port first; where it is taken, the router knows best which one is free. */
      if (i == 0 && tries > 1 && igd_control_has_any (&add->request) && try_any (add) == 0)
        return 0;
    }
  return first != 0 ? first : code;
}

/* 402 means "full" on some, and some say that it is done and store nothing more: how much it holds
 * tells. */
static int
tell_full (const Add *add, int code)
{
  guint held;

  if (code != 402 && code != PTL_IGD_CODE_LIED)
    return code;
  if (code == PTL_IGD_CODE_LIED && add->answer->holder_address != NULL)
    return code;
  held = igd_look_count (&add->request);
  if (held < CROWD)
    return code;
  add->answer->held = held;
  return code == 402 ? PTL_IGD_CODE_CROWDED : PTL_IGD_CODE_DROPS;
}

void
igd_ops_add (const PtlIgdRequest *request, PtlIgdAnswer *answer)
{
  Add add = { .request = *request, .answer = answer, .lease = request->lifetime };

  answer->code = tell_full (&add, try_ports (&add));
  if (answer->code == PTL_IGD_CODE_CONFLICT || answer->code == 718)
    suggest_port (request, answer);
}

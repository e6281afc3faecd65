/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-report-join.h"

#include <string.h>

#include "core/ptl-host.h"
#include "ptl-report-case.h"

/* RFC 6887 section 14.1: where clients hear that a router has started anew. */
#define ANNOUNCE_PORT 5350

typedef struct
{
  const PtlReportFacts *facts;
  GPtrArray *cases;  /* (element-type PtlReportCase) */
  GHashTable *by_key; /* key -> PtlReportCase, borrowed from cases */
} Join;

static void
case_free (gpointer data)
{
  PtlReportCase *self = data;

  ptl_finding_free (self->finding);
  g_ptr_array_unref (self->doors);
  g_free (self);
}

/* ---- Endpoints ---- */

static gboolean
is_ipv6 (const char *address)
{
  return strchr (address, ':') != NULL;
}

static gboolean
is_own (const Join *join, const char *address)
{
  return ptl_host_is_loopback (address) || ptl_host_is_wildcard (address)
         || g_strv_contains ((const char *const *) join->facts->addresses, address);
}

static char *
make_key (PtlProtocol protocol, const char *address, guint16 port)
{
  return g_strdup_printf (is_ipv6 (address) ? "%s/[%s]:%u" : "%s/%s:%u",
                          ptl_protocol_to_string (protocol), address, port);
}

static PtlReportCase *
find_exactly (const Join *join, PtlProtocol protocol, const char *address, guint16 port)
{
  g_autofree char *key = make_key (protocol, address, port);

  return g_hash_table_lookup (join->by_key, key);
}

/* What answers at @address: a socket there, or one of every address. */
static PtlReportCase *
find (const Join *join, PtlProtocol protocol, const char *address, guint16 port)
{
  PtlReportCase *found = find_exactly (join, protocol, address, port);

  if (found == NULL && is_own (join, address))
    found = find_exactly (join, protocol, is_ipv6 (address) ? "::" : "0.0.0.0", port);
  return found;
}

static PtlReportCase *
add (Join *join, PtlProtocol protocol, const char *address, guint16 port)
{
  PtlReportCase *made = g_new0 (PtlReportCase, 1);

  made->finding = ptl_finding_new ();
  made->doors = g_ptr_array_new ();
  made->own_address = is_own (join, address);
  g_free (made->finding->key);
  made->finding->key = make_key (protocol, address, port);
  ptl_report_set (&made->finding->address, address);
  made->finding->port = port;
  made->finding->protocol = protocol;
  g_ptr_array_add (join->cases, made);
  g_hash_table_insert (join->by_key, made->finding->key, made);
  return made;
}

static PtlReportCase *
find_or_add (Join *join, PtlProtocol protocol, const char *address, guint16 port)
{
  PtlReportCase *found = find (join, protocol, address, port);

  return found != NULL ? found : add (join, protocol, address, port);
}

/* ---- Listening ---- */

static gboolean
has_address (const Join *join, gboolean ipv6)
{
  for (guint i = 0; join->facts->addresses[i] != NULL; i++)
    if (is_ipv6 (join->facts->addresses[i]) == ipv6)
      return TRUE;
  return FALSE;
}

static void
take_socket (Join *join, const PtlReportSocket *socket, const char *address)
{
  PtlReportCase *one = find_exactly (join, socket->protocol, address, socket->port);
  PtlListening *listening;

  if (one == NULL)
    one = add (join, socket->protocol, address, socket->port);
  /* Several programs may share a port; the one that can be named is shown. */
  if (one->socket != NULL && (*one->socket->process != '\0' || *socket->process == '\0'))
    return;
  one->socket = socket;
  one->own_address = TRUE;
  listening = ptl_finding_set_listening (one->finding);
  ptl_report_set (&listening->address, socket->address);
  ptl_report_set (&listening->process, socket->process);
  listening->pid = socket->pid;
  ptl_report_set (&listening->user, socket->user);
  ptl_report_set (&listening->unit, socket->unit);
  ptl_report_set (&listening->container, socket->container);
}

static void
take_sockets (Join *join)
{
  const GPtrArray *sockets = join->facts->sockets;

  for (guint i = 0; i < sockets->len; i++)
    {
      const PtlReportSocket *socket = sockets->pdata[i];

      if (!g_str_equal (socket->address, "::") || has_address (join, TRUE))
        take_socket (join, socket, socket->address);
    }
  /* A socket of every IPv6 address mostly takes IPv4 too, where none of IPv4 has the port. */
  for (guint i = 0; i < sockets->len; i++)
    {
      const PtlReportSocket *socket = sockets->pdata[i];

      if (g_str_equal (socket->address, "::") && socket->ipv4
          && find_exactly (join, socket->protocol, "0.0.0.0", socket->port) == NULL)
        take_socket (join, socket, "0.0.0.0");
    }
}

/* ---- Declared and forwarded ---- */

static const char *
port_of (const char *endpoint)
{
  const char *colon = strrchr (endpoint, ':');

  return colon != NULL ? colon : endpoint;
}

static void
take_forwarded (PtlReportCase *one, const PtlReportDoor *door)
{
  PtlForwarded *forwarded = NULL;

  /* A router's table shows what a rule's lease has told already. */
  for (guint i = 0; i < one->finding->forwarded->len && forwarded == NULL; i++)
    {
      PtlForwarded *other = one->finding->forwarded->pdata[i];

      if (g_str_equal (other->system, door->system) && *door->rule != '\0'
          && g_str_equal (other->rule, door->rule)
          && g_str_equal (port_of (other->public_endpoint), port_of (door->public_endpoint)))
        forwarded = other;
    }
  if (forwarded == NULL)
    forwarded = ptl_finding_add_forwarded (one->finding);
  ptl_report_set (&forwarded->system, door->system);
  ptl_report_set (&forwarded->name, door->name);
  if (*door->entry != '\0')
    ptl_report_set (&forwarded->id, door->entry);
  ptl_report_set (&forwarded->router, door->router);
  ptl_report_set (&forwarded->rule, door->rule);
  ptl_report_set (&forwarded->public_endpoint, door->public_endpoint);
  if (*forwarded->target == '\0')
    ptl_report_set (&forwarded->target, door->target);
}

/* Where the engine leads what it takes at @one: FALSE where that is not one port of this machine. @behind: (out): what is
 * there, or NULL. */
static gboolean
find_behind (const Join *join, const PtlReportCase *one, const PtlReportDoor *door, PtlReportCase **behind)
{
  g_autoptr (PtlEndpoint) target = NULL;
  const char *host;

  if (one->socket == NULL || !one->socket->own || *door->target == '\0')
    return FALSE;
  target = ptl_endpoint_parse (door->target, door->protocol, NULL);
  if (target == NULL || target->host == NULL || target->first == 0 || target->first != target->last)
    return FALSE;
  host = g_ascii_strcasecmp (target->host, "localhost") == 0 ? "127.0.0.1" : target->host;
  *behind = is_own (join, host) ? find (join, door->protocol, host, target->first) : NULL;
  return is_own (join, host);
}

/* The engine takes connections whether anybody is behind it or not. */
static gboolean
leads_to_nobody (const Join *join, const PtlReportCase *one, const PtlReportDoor *door)
{
  PtlReportCase *behind;

  return find_behind (join, one, door, &behind) && behind == NULL;
}

/* Whoever may not come in to the engine by its audience is told nothing there; the target itself is. */
static void
take_behind (const Join *join, PtlReportCase *one)
{
  for (guint i = 0; i < one->doors->len; i++)
    {
      PtlReportCase *behind = NULL;

      if (*one->finding->identity->service != '\0'
          || !find_behind (join, one, one->doors->pdata[i], &behind) || behind == NULL || behind == one)
        continue;
      ptl_identity_free (one->finding->identity);
      one->finding->identity = ptl_identity_copy (behind->finding->identity);
    }
}

/* Some have their login on TCP at the same port, and nothing of it in their datagrams: Mumble. */
static void
take_beside (const Join *join, PtlReportCase *one)
{
  PtlIdentity *identity = one->finding->identity;
  const PtlReportCase *beside;

  if (one->finding->protocol != PTL_PROTOCOL_UDP || identity->auth != PTL_AUTH_UNKNOWN
      || *identity->service == '\0')
    return;
  beside = find (join, PTL_PROTOCOL_TCP, one->finding->address, one->finding->port);
  if (beside != NULL && g_str_equal (beside->finding->identity->service, identity->service))
    identity->auth = beside->finding->identity->auth;
}

static void
take_door (Join *join, const PtlReportDoor *door)
{
  PtlReportCase *one = find_or_add (join, door->protocol, door->address, door->port);

  if (*door->rule != '\0')
    ptl_report_set (&one->finding->declared, door->rule);
  if (*door->system != '\0')
    take_forwarded (one, door);
  one->empty |= leads_to_nobody (join, one, door);
  g_ptr_array_add (one->doors, (gpointer) door);
}

static void
take_guard (Join *join, const PtlReportGuard *guard)
{
  for (guint i = 0; i < join->cases->len; i++)
    {
      PtlReportCase *one = join->cases->pdata[i];

      if (one->own_address && one->finding->protocol == guard->protocol
          && one->finding->port == guard->port && !ptl_host_is_loopback (one->finding->address))
        one->guard = guard;
    }
}

/* A port that a container publishes may have no socket: the kernel alone leads it on. */
static void
take_container (Join *join, const PtlReportGuard *guard)
{
  PtlReportCase *one;
  PtlForwarded *forwarded;

  if (*guard->container == '\0')
    return;
  one = find_or_add (join, guard->protocol, "0.0.0.0", guard->port);
  one->guard = guard;
  forwarded = ptl_finding_add_forwarded (one->finding);
  ptl_report_set (&forwarded->system, "container");
  ptl_report_set (&forwarded->name, guard->container);
}

/* ---- Seen ---- */

static gboolean
is_outside (PtlVantageKind vantage)
{
  return vantage != PTL_VANTAGE_MACHINE && vantage != PTL_VANTAGE_LAN;
}

/* The case that a look at a public port is about: what is led there, else what is there itself. */
static PtlReportCase *
find_public (Join *join, const PtlReportLook *look)
{
  for (guint i = 0; i < join->facts->doors->len; i++)
    {
      const PtlReportDoor *door = join->facts->doors->pdata[i];
      g_autoptr (PtlEndpoint) outside = NULL;

      if (*door->public_endpoint == '\0' || door->protocol != look->protocol)
        continue;
      outside = ptl_endpoint_parse (door->public_endpoint, door->protocol, NULL);
      if (outside != NULL && outside->host != NULL && outside->first == look->port
          && ptl_host_equal (outside->host, look->address))
        return find (join, door->protocol, door->address, door->port);
    }
  return find (join, look->protocol, look->address, look->port);
}

static gboolean
knows_more (const PtlIdentity *a, const PtlIdentity *b)
{
  if (*a->service != '\0' && *b->service == '\0')
    return TRUE;
  return *b->service == '\0' && *b->banner == '\0' && *a->banner != '\0';
}

/* The same program may ask one who comes from outside for a login and not a neighbour: the first is
 * what counts, if it was asked. */
static void
take_identity (PtlReportCase *one, const PtlReportLook *look)
{
  if (look->identity == NULL)
    return;
  if (!knows_more (look->identity, one->finding->identity)
      && !(is_outside (look->vantage) && *look->identity->service != '\0'
           && look->identity->auth != PTL_AUTH_UNKNOWN))
    return;
  ptl_identity_free (one->finding->identity);
  one->finding->identity = ptl_identity_copy (look->identity);
}

/* Where this machine looks at its own address its firewall is not asked: that keeps out those who
 * come by a wire. */
static gboolean
is_kept_out (const PtlReportCase *one, const PtlReportLook *look)
{
  return look->vantage == PTL_VANTAGE_LAN && one->own_address && one->guard != NULL
         && ptl_report_guard_blocks (one->guard, one->finding->address) && *one->guard->container == '\0' && look->state == PTL_SEEN_OPEN;
}

static void
see_from_machine (const Join *join, PtlReportCase *one)
{
  PtlSighting *sighting;

  if (!join->facts->machine || !one->own_address)
    return;
  sighting = ptl_finding_add_sighting (one->finding);
  sighting->vantage = PTL_VANTAGE_MACHINE;
  sighting->state = one->socket != NULL ? PTL_SEEN_OPEN : PTL_SEEN_CLOSED;
  sighting->at = join->facts->now;
}

static void
take_look (Join *join, const PtlReportLook *look)
{
  gboolean outside = is_outside (look->vantage);
  PtlReportCase *one = outside ? find_public (join, look)
                               : find (join, look->protocol, look->address, look->port);
  PtlSighting *sighting;

  if (one == NULL && look->state != PTL_SEEN_OPEN && !look->named)
    return;
  if (one == NULL)
    {
      one = add (join, look->protocol, look->address, look->port);
      see_from_machine (join, one);
    }
  one->named |= look->named;
  take_identity (one, look);
  /* That somebody listens there is known without a look. */
  if (look->vantage == PTL_VANTAGE_MACHINE)
    return;
  sighting = ptl_finding_add_sighting (one->finding);
  sighting->vantage = look->vantage;
  sighting->state = is_kept_out (one, look) ? PTL_SEEN_FILTERED : look->state;
  sighting->at = look->at;
  ptl_report_set (&sighting->detail, look->detail);
  if (is_kept_out (one, look))
    ptl_report_set (&sighting->detail, one->guard->message);
}

gboolean
ptl_report_case_is_own_ear (const PtlReportCase *self)
{
  return self->socket != NULL && self->socket->own && self->finding->protocol == PTL_PROTOCOL_UDP
         && self->finding->port == ANNOUNCE_PORT && self->doors->len == 0;
}

gboolean
ptl_report_case_was_seen_outside (const PtlReportCase *self, PtlSeenState state)
{
  for (guint i = 0; i < self->finding->seen->len; i++)
    {
      const PtlSighting *sighting = self->finding->seen->pdata[i];

      if (is_outside (sighting->vantage) && sighting->state == state)
        return TRUE;
    }
  return FALSE;
}

gboolean
ptl_report_case_was_seen (const PtlReportCase *self, PtlSeenState state)
{
  for (guint i = 0; i < self->finding->seen->len; i++)
    {
      const PtlSighting *sighting = self->finding->seen->pdata[i];

      if (sighting->vantage != PTL_VANTAGE_MACHINE && sighting->state == state)
        return TRUE;
    }
  return FALSE;
}

/* ---- All of it ---- */

/* A UDP port that a program was given to ask something with is no door, and another one tomorrow. */
static gboolean
is_passing (const Join *join, const PtlReportCase *one)
{
  const PtlFinding *finding = one->finding;

  return finding->protocol == PTL_PROTOCOL_UDP && join->facts->passing != 0
         && finding->port >= join->facts->passing && one->doors->len == 0
         && finding->forwarded->len == 0 && *finding->identity->service == '\0';
}

/* Where this program itself hears routers announce themselves: told only to those who ask for that
 * very port. */
static gboolean
is_own_ear (const PtlReportCase *one)
{
  return ptl_report_case_is_own_ear (one) && !one->named;
}

static gboolean
is_told (const Join *join, const PtlReportCase *one)
{
  const PtlFinding *finding = one->finding;

  if (is_passing (join, one) || is_own_ear (one))
    return FALSE;
  return one->named || one->socket != NULL || one->doors->len > 0 || finding->forwarded->len > 0
         || ptl_report_case_was_seen (one, PTL_SEEN_OPEN);
}

GPtrArray *
ptl_report_join (const PtlReportFacts *facts)
{
  g_autoptr (GPtrArray) cases = g_ptr_array_new_with_free_func (case_free);
  g_autoptr (GHashTable) by_key = g_hash_table_new (g_str_hash, g_str_equal);
  GPtrArray *findings = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_finding_free);
  Join join = { facts, cases, by_key };

  take_sockets (&join);
  for (guint i = 0; i < facts->doors->len; i++)
    take_door (&join, facts->doors->pdata[i]);
  for (guint i = 0; i < facts->guards->len; i++)
    take_guard (&join, facts->guards->pdata[i]);
  for (guint i = 0; i < facts->guards->len; i++)
    take_container (&join, facts->guards->pdata[i]);
  for (guint i = 0; i < cases->len; i++)
    see_from_machine (&join, cases->pdata[i]);
  for (guint i = 0; i < facts->looks->len; i++)
    take_look (&join, facts->looks->pdata[i]);
  for (guint i = 0; i < cases->len; i++)
    {
      take_beside (&join, cases->pdata[i]);
      take_behind (&join, cases->pdata[i]);
    }
  for (guint i = 0; i < cases->len; i++)
    {
      PtlReportCase *one = cases->pdata[i];

      if (!is_told (&join, one))
        continue;
      ptl_report_judge (one, facts);
      g_ptr_array_add (findings, g_steal_pointer (&one->finding));
    }
  return findings;
}

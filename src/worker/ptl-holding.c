/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-holding.h"

#include <string.h>

#include "worker/ptl-backend-engine.h"

#define SHORTEST_LEASE_SECONDS 60
#define RENEWAL_APART_US (4 * G_USEC_PER_SEC)
#define LONGEST_PAUSE_US (300 * G_USEC_PER_SEC)
/* Before the number that UPnP gave a pinhole, in the lease's key. */
#define PINHOLE_KEY "pinhole:"

static void
hold_free (PtlHold *hold)
{
  ptl_mapping_free (hold->mapping);
  g_free (hold);
}

PtlHolding *
ptl_holding_new (const PtlRule *rule, PtlRouter *router)
{
  PtlHolding *self = g_new0 (PtlHolding, 1);

  g_ref_count_init (&self->ref_count);
  self->rule_id = g_strdup (rule->id);
  self->rule = ptl_rule_copy (rule);
  self->router_id = g_strdup (ptl_router_get_lasting_id (router));
  self->local_address = g_strdup (ptl_router_get_local_address (router));
  self->holds = g_ptr_array_new_with_free_func ((GDestroyNotify) hold_free);
  self->renew_boot_us = G_MAXINT64;
  self->ipv6 = ptl_router_is_ipv6 (router);
  return self;
}

PtlHolding *
ptl_holding_ref (PtlHolding *self)
{
  g_ref_count_inc (&self->ref_count);
  return self;
}

void
ptl_holding_unref (PtlHolding *self)
{
  if (!g_ref_count_dec (&self->ref_count))
    return;
  g_free (self->rule_id);
  ptl_rule_free (self->rule);
  g_free (self->router_id);
  g_free (self->local_address);
  g_clear_pointer (&self->guard, ptl_endpoint_free);
  g_ptr_array_unref (self->holds);
  g_free (self->inner_host);
  g_clear_pointer (&self->beside, ptl_holding_unref);
  g_clear_pointer (&self->former, g_ptr_array_unref);
  g_clear_error (&self->problem);
  g_free (self);
}

void
ptl_holding_name_router (PtlHolding *self, PtlRouter *router)
{
  const char *id = router != NULL ? ptl_router_get_lasting_id (router) : self->router_id;

  if (g_str_equal (id, self->router_id))
    return;
  g_free (self->router_id);
  self->router_id = g_strdup (id);
}

void
ptl_holding_set_rule (PtlHolding *self, const PtlRule *rule)
{
  ptl_rule_free (self->rule);
  self->rule = ptl_rule_copy (rule);
  g_ptr_array_set_size (self->rule->leases, 0);
}

void
ptl_holding_set_idle (PtlHolding *self)
{
  PtlHoldingFunc func = g_steal_pointer (&self->when_idle);

  self->busy = FALSE;
  if (func != NULL)
    func (self, self->when_idle_data);
}

void
ptl_holding_when_idle (PtlHolding *self, PtlHoldingFunc func, gpointer user_data)
{
  if (!self->busy)
    {
      func (self, user_data);
      return;
    }
  self->when_idle = func;
  self->when_idle_data = user_data;
}

/* ---- Mappings and leases ---- */

char *
ptl_mapping_describe (const char *rule_id)
{
  return g_strdup_printf ("portolan %.8s", rule_id);
}

static char *
nonce_to_hex (const guint8 *nonce)
{
  GString *text = g_string_sized_new (24);

  for (guint i = 0; i < 12; i++)
    g_string_append_printf (text, "%02x", nonce[i]);
  return g_string_free (text, FALSE);
}

static void
nonce_from_hex (const char *text, guint8 *nonce)
{
  if (text == NULL || strlen (text) != 24)
    return;
  for (guint i = 0; i < 24; i++)
    if (!g_ascii_isxdigit (text[i]))
      return;
  for (guint i = 0; i < 12; i++)
    nonce[i] = (guint8) (g_ascii_xdigit_value (text[2 * i]) << 4 |
                         g_ascii_xdigit_value (text[2 * i + 1]));
}

/* -1: @key is not that of a pinhole. */
static gint32
pinhole_from_key (const char *key)
{
  guint64 number;

  if (key == NULL || !g_str_has_prefix (key, PINHOLE_KEY) ||
      !g_ascii_string_to_unsigned (key + strlen (PINHOLE_KEY), 10, 0, G_MAXUINT16, &number, NULL))
    return -1;
  return (gint32) number;
}

/* A rule's nonces follow from its id, which is random and never leaves the user's own bus: so even a worker that
 * was killed between asking and writing asks with the same nonce again, and nobody else can. */
static void
derive_nonce (const char *rule_id, PtlProtocol protocol, guint16 port, guint8 *nonce)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree char *text = g_strdup_printf ("portolan %s %d %u", rule_id, (int) protocol, port);
  guint8 digest[32];
  gsize size = sizeof digest;

  g_checksum_update (sum, (const guchar *) text, -1);
  g_checksum_get_digest (sum, digest, &size);
  memcpy (nonce, digest, 12);
}

PtlLease *
ptl_lease_from_mapping (const PtlMapping *mapping, const char *holder, const char *local_address)
{
  gboolean granted = mapping->system != PTL_ROUTER_PROTOCOL_NONE;
  const char *system = granted ? ptl_router_protocol_to_string (mapping->system) : "";
  const char *inner = mapping->internal_address != NULL ? mapping->internal_address : local_address;
  guint16 port = granted ? mapping->granted_port : mapping->external_port;
  PtlLease *lease = ptl_lease_new (system, holder);

  g_clear_pointer (&lease->endpoint, ptl_endpoint_free);
  g_clear_pointer (&lease->inner, ptl_endpoint_free);
  lease->endpoint = ptl_endpoint_new (mapping->protocol, mapping->granted_address, port, port);
  lease->inner = ptl_endpoint_new (mapping->protocol, inner, mapping->internal_port, mapping->internal_port);
  lease->lifetime = granted ? mapping->granted_lifetime : mapping->lifetime;
  g_free (lease->key);
  lease->key = mapping->pinhole >= 0 ? g_strdup_printf (PINHOLE_KEY "%d", mapping->pinhole)
                                     : nonce_to_hex (mapping->nonce);
  return lease;
}

PtlMapping *
ptl_lease_to_mapping (const PtlLease *lease, const char *rule_id, const char *local_address)
{
  const PtlEndpoint *outer = lease->endpoint != NULL ? lease->endpoint : lease->inner;
  guint16 inner = lease->inner != NULL ? lease->inner->first : 0;
  guint16 external = lease->endpoint != NULL ? lease->endpoint->first : 0;
  const char *host = lease->inner != NULL ? lease->inner->host : NULL;
  PtlMapping *mapping =
      ptl_mapping_new (outer != NULL ? outer->protocol : PTL_PROTOCOL_TCP, inner, external,
                       (guint32) lease->lifetime);

  nonce_from_hex (lease->key, mapping->nonce);
  mapping->pinhole = pinhole_from_key (lease->key);
  mapping->description = ptl_mapping_describe (rule_id);
  if (host != NULL && g_strcmp0 (host, local_address) != 0)
    mapping->internal_address = g_strdup (host);
  if (!ptl_router_protocol_from_string (lease->system, &mapping->system))
    mapping->system = PTL_ROUTER_PROTOCOL_NONE;
  if (mapping->system != PTL_ROUTER_PROTOCOL_NONE)
    {
      mapping->granted_address = lease->endpoint != NULL ? g_strdup (lease->endpoint->host) : NULL;
      mapping->granted_port = external;
      mapping->granted_lifetime = (guint32) lease->lifetime;
    }
  return mapping;
}

/* ---- Asking ---- */

guint32
ptl_holding_get_lifetime (const PtlHolding *self, PtlClock *clock)
{
  gint64 left;

  if (self->rule->expires == 0)
    return PTL_LEASE_SECONDS;
  left = self->rule->expires - ptl_clock_get_wall (clock);
  return (guint32) CLAMP (left, SHORTEST_LEASE_SECONDS, PTL_LEASE_SECONDS);
}

gint64
ptl_holding_get_end (const PtlHolding *self)
{
  gint64 end = 0;

  for (guint i = 0; i < self->holds->len; i++)
    {
      const PtlHold *hold = self->holds->pdata[i];

      if (hold->granted != 0 && hold->mapping->granted_lifetime == 0)
        return G_MAXINT64;
      end = MAX (end, hold->granted + hold->mapping->granted_lifetime);
    }
  return end;
}

/* The old lease of one port: the @index-th of @protocol. */
static const PtlLease *
find_lease (const PtlHolding *self, PtlProtocol protocol, guint index)
{
  const PtlRule *rule = self->rule;

  for (guint i = 0; i < rule->leases->len; i++)
    {
      const PtlLease *lease = rule->leases->pdata[i];

      if (g_str_equal (lease->system, "engine") || lease->endpoint == NULL ||
          lease->endpoint->protocol != protocol || ptl_lease_is_pinhole (lease) != self->ipv6)
        continue;
      if (index-- == 0)
        return lease;
    }
  return NULL;
}

static char *
remote_of (const PtlRule *rule)
{
  if (rule->way != PTL_WAY_DIRECT || ptl_audience_is_anyone (rule->audience))
    return NULL;
  return ptl_network_to_string (ptl_audience_get_network (rule->audience, 0));
}

static const char *
inner_host_of (const PtlHolding *self)
{
  if (self->inner_host != NULL)
    return self->inner_host;
  return self->guard != NULL ? self->guard->host : self->rule->target->host;
}

/* A pinhole has one port, outside and inside. */
static guint16
asked_port (const PtlHolding *self, guint16 inner, guint index)
{
  const PtlEndpoint *outside = self->rule->public_endpoint;

  if (self->ipv6)
    return inner;
  return outside->first != 0 ? (guint16) (outside->first + index) : 0;
}

static PtlMapping *
mapping_for (const PtlHolding *self, PtlProtocol protocol, guint index, guint32 lifetime)
{
  const PtlRule *rule = self->rule;
  const PtlEndpoint *inner = self->guard != NULL ? self->guard : rule->target;
  const PtlLease *old = find_lease (self, protocol, index);
  guint16 inner_port = (guint16) (inner->first + index);
  PtlMapping *mapping =
      ptl_mapping_new (protocol, inner_port, asked_port (self, inner_port, index), lifetime);

  derive_nonce (rule->id, protocol, mapping->internal_port, mapping->nonce);
  mapping->description = ptl_mapping_describe (rule->id);
  mapping->remote = remote_of (rule);
  mapping->pinned = rule->asked_port != 0;
  if (self->guard == NULL && !ptl_host_is_loopback (inner_host_of (self)) &&
      g_strcmp0 (inner_host_of (self), self->local_address) != 0)
    mapping->internal_address = g_strdup (inner_host_of (self));
  /* The same router and the same inside: what is there is renewed, not mapped beside. */
  if (old != NULL && g_str_equal (old->holder, self->router_id) && old->inner != NULL &&
      old->inner->first == mapping->internal_port &&
      (mapping->internal_address != NULL || g_strcmp0 (old->inner->host, self->local_address) == 0))
    {
      nonce_from_hex (old->key, mapping->nonce);
      mapping->pinhole = pinhole_from_key (old->key);
      if (ptl_router_protocol_from_string (old->system, &mapping->system))
        {
          mapping->granted_port = old->endpoint->first;
          mapping->granted_address = g_strdup (old->endpoint->host);
          mapping->granted_lifetime = (guint32) old->lifetime;
        }
    }
  return mapping;
}

static void
ask_protocol (PtlHolding *self, PtlProtocol protocol, guint32 lifetime)
{
  guint n = MAX (ptl_endpoint_n_ports (self->rule->target), 1);

  for (guint i = 0; i < n; i++)
    {
      PtlHold *hold = g_new0 (PtlHold, 1);

      hold->mapping = mapping_for (self, protocol, i, lifetime);
      g_ptr_array_add (self->holds, hold);
    }
}

void
ptl_holding_ask (PtlHolding *self, PtlClock *clock)
{
  PtlProtocol protocol = ptl_rule_get_protocol (self->rule);
  guint32 lifetime = ptl_holding_get_lifetime (self, clock);

  g_ptr_array_set_size (self->holds, 0);
  if ((protocol & PTL_PROTOCOL_TCP) != 0)
    ask_protocol (self, PTL_PROTOCOL_TCP, lifetime);
  if ((protocol & PTL_PROTOCOL_UDP) != 0)
    ask_protocol (self, PTL_PROTOCOL_UDP, lifetime);
}

/* ---- Granted ---- */

static guint32
shortest_lifetime (const PtlHolding *self)
{
  guint32 shortest = 0;

  for (guint i = 0; i < self->holds->len; i++)
    {
      const PtlHold *hold = self->holds->pdata[i];
      guint32 lifetime = hold->mapping->granted_lifetime;

      if (lifetime != 0 && (shortest == 0 || lifetime < shortest))
        shortest = lifetime;
    }
  return shortest;
}

/* Between 1 - 1/2^(n+1) and a quarter of the way from there to the end: 1/2 to 5/8, 3/4 to 13/16, ... */
static gint64
renewal_offset (gint64 lifetime_us, guint n)
{
  double start = 1.0 - 1.0 / (double) (2u << MIN (n, 20));
  double width = (1.0 - start) / 4.0;

  return (gint64) ((double) lifetime_us * (start + width * g_random_double ()));
}

void
ptl_holding_plan_renewal (PtlHolding *self, PtlClock *clock)
{
  gint64 lifetime = (gint64) shortest_lifetime (self) * G_USEC_PER_SEC;
  gint64 now = ptl_clock_get_boot_us (clock);
  gint64 end = self->granted_boot_us + lifetime;
  gint64 pause = MIN (RENEWAL_APART_US << MIN (self->n_failed, 7), LONGEST_PAUSE_US);

  if (lifetime == 0 && self->n_failed == 0)
    {
      self->renew_boot_us = G_MAXINT64;
      return;
    }
  self->renew_boot_us = self->granted_boot_us + renewal_offset (lifetime, self->n_failed);
  /* What ended, or never had an end, is asked for again at growing intervals. */
  if (self->n_failed > 0 && (lifetime == 0 || now >= end || self->renew_boot_us > end))
    self->renew_boot_us = now + pause;
  self->renew_boot_us = MAX (self->renew_boot_us, now + RENEWAL_APART_US);
}

static void
take_grant (PtlHold *hold, const PtlMapping *granted, gint64 now)
{
  ptl_mapping_free (hold->mapping);
  hold->mapping = ptl_mapping_copy (granted);
  hold->granted = now;
  hold->read_back = hold->mapping->read_back ? now : 0;
  hold->listed = hold->listed || hold->mapping->read_back;
}

void
ptl_holding_grant (PtlHolding *self, GPtrArray *granted, PtlClock *clock)
{
  gint64 now = ptl_clock_get_wall (clock);
  gint64 boot = ptl_clock_get_boot_us (clock), oldest = boot;

  for (guint i = 0; i < self->holds->len; i++)
    {
      PtlHold *hold = self->holds->pdata[i];

      if (hold->kept)
        oldest = self->granted_boot_us;
      else
        take_grant (hold, granted->pdata[i], now);
      hold->kept = FALSE;
    }
  self->granted_boot_us = oldest;
  self->n_failed = 0;
  ptl_holding_plan_renewal (self, clock);
  for (guint i = 0; i < self->holds->len; i++)
    {
      PtlHold *hold = self->holds->pdata[i];

      hold->renew = self->renew_boot_us == G_MAXINT64 ? 0 : now + (self->renew_boot_us - boot) / G_USEC_PER_SEC;
    }
}

/* ---- Showing ---- */

static PtlLease *
guard_lease (const PtlHolding *self)
{
  PtlLease *lease = ptl_lease_new ("engine", "");

  g_clear_pointer (&lease->endpoint, ptl_endpoint_free);
  g_clear_pointer (&lease->inner, ptl_endpoint_free);
  lease->endpoint = ptl_endpoint_copy (self->guard);
  lease->inner = ptl_endpoint_copy (self->rule->target);
  if (self->holds->len > 0)
    lease->granted = ((PtlHold *) self->holds->pdata[0])->granted;
  return lease;
}

static void
add_leases (const PtlHolding *self, GPtrArray *leases)
{
  if (self->guard != NULL)
    g_ptr_array_add (leases, guard_lease (self));
  for (guint i = 0; i < self->holds->len; i++)
    {
      const PtlHold *hold = self->holds->pdata[i];
      PtlLease *lease = ptl_lease_from_mapping (hold->mapping, self->router_id, self->local_address);

      lease->granted = hold->granted;
      lease->renew = hold->renew;
      lease->read_back = hold->read_back;
      g_ptr_array_add (leases, lease);
    }
}

static gboolean
is_granted (const PtlHolding *self)
{
  return self->holds->len > 0 && ((const PtlHold *) self->holds->pdata[0])->granted != 0;
}

GPtrArray *
ptl_holding_to_leases (const PtlHolding *self)
{
  GPtrArray *leases = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_lease_free);

  add_leases (self, leases);
  if (self->beside != NULL && is_granted (self->beside))
    add_leases (self->beside, leases);
  for (guint i = 0; self->former != NULL && i < self->former->len; i++)
    g_ptr_array_add (leases, ptl_lease_copy (self->former->pdata[i]));
  return leases;
}

GPtrArray *
ptl_holding_to_mappings (const PtlHolding *self)
{
  GPtrArray *mappings = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_mapping_free);

  for (guint i = 0; i < self->holds->len; i++)
    g_ptr_array_add (mappings, ptl_mapping_copy (((PtlHold *) self->holds->pdata[i])->mapping));
  return mappings;
}

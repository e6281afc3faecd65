/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-check-facts.h"

#include "router/ptl-address-class.h"

const char *
ptl_wan_state_to_string (PtlWanState state)
{
  static const char *const names[] = { "unknown", "connected", "disconnected" };

  g_return_val_if_fail (state < G_N_ELEMENTS (names), "unknown");
  return names[state];
}

const char *
ptl_hairpin_to_string (PtlHairpin hairpin)
{
  static const char *const names[] = { "untested", "works", "fails" };

  g_return_val_if_fail (hairpin < G_N_ELEMENTS (names), "untested");
  return names[hairpin];
}

PtlSpoken *
ptl_spoken_new (const char *name, const char *version)
{
  PtlSpoken *self = g_new (PtlSpoken, 1);

  self->name = g_strdup (name);
  self->version = g_strdup (version);
  return self;
}

static void
spoken_free (gpointer data)
{
  PtlSpoken *self = data;

  g_free (self->name);
  g_free (self->version);
  g_free (self);
}

#define N_TEXTS 11

static void
list_texts (PtlCheckFacts *self, char **fields[N_TEXTS])
{
  char **all[N_TEXTS] = { &self->way_interface,    &self->way_address,  &self->local_ipv6,  &self->router_id,
                          &self->router_address,   &self->router_local, &self->router_name, &self->router_model,
                          &self->router_interface, &self->wan_address,  &self->hairpin_reason };

  for (guint i = 0; i < N_TEXTS; i++)
    fields[i] = all[i];
}

PtlCheckFacts *
ptl_check_facts_new (void)
{
  PtlCheckFacts *self = g_new0 (PtlCheckFacts, 1);
  char **fields[N_TEXTS];

  list_texts (self, fields);
  for (guint i = 0; i < N_TEXTS; i++)
    *fields[i] = g_strdup ("");
  self->uptime = -1;
  self->spoken = g_ptr_array_new_with_free_func (spoken_free);
  self->witnesses = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_witness_free);
  self->upstream = g_ptr_array_new_with_free_func (g_free);
  return self;
}

void
ptl_check_facts_free (PtlCheckFacts *self)
{
  char **fields[N_TEXTS];

  list_texts (self, fields);
  for (guint i = 0; i < N_TEXTS; i++)
    g_free (*fields[i]);
  g_ptr_array_unref (self->spoken);
  g_ptr_array_unref (self->witnesses);
  g_ptr_array_unref (self->upstream);
  g_free (self);
}

void
ptl_check_facts_set (char **field, const char *text)
{
  char *copy = g_strdup (text != NULL ? text : "");

  g_free (*field);
  *field = copy;
}

static void
share (GPtrArray **list, GPtrArray *from)
{
  g_ptr_array_unref (*list);
  *list = g_ptr_array_ref (from);
}

void
ptl_check_facts_take_outside (PtlCheckFacts *self, const PtlCheckFacts *from)
{
  self->asked = from->asked;
  share (&self->witnesses, from->witnesses);
  share (&self->upstream, from->upstream);
  self->holder = from->holder;
  self->hairpin = from->hairpin;
  ptl_check_facts_set (&self->hairpin_reason, from->hairpin_reason);
  /* Some tell it with a mapping alone. */
  if (*self->wan_address == '\0')
    ptl_check_facts_set (&self->wan_address, from->wan_address);
}

/* A WAN address that was not told at one time and is at another is no other network. */
static gboolean
differ (const char *a, const char *b)
{
  return *a != '\0' && *b != '\0' && g_strcmp0 (a, b) != 0;
}

gboolean
ptl_check_facts_same_network (const PtlCheckFacts *a, const PtlCheckFacts *b)
{
  return a->connected == b->connected && a->vpn == b->vpn && g_str_equal (a->way_interface, b->way_interface)
         && g_str_equal (a->way_address, b->way_address) && g_str_equal (a->router_address, b->router_address)
         && g_str_equal (a->router_local, b->router_local) && !differ (a->wan_address, b->wan_address)
         && (a->wan_state == PTL_WAN_DISCONNECTED) == (b->wan_state == PTL_WAN_DISCONNECTED);
}

/* --- outside --- */

/* STUN shows the address of the very way that a program's packets take; a page may be asked through something that
 * only carries HTTP. */
static void
take_address (PtlOutside *outside, const PtlWitness *witness)
{
  const char **address = witness->family == 4 ? &outside->ipv4 : &outside->ipv6;

  if (**address == '\0' && ptl_address_class_of (witness->address) == PTL_ADDRESS_PUBLIC)
    *address = witness->address;
}

static void
compare (PtlOutside *outside, const PtlWitness *witness, const PtlWitness **reference)
{
  if (witness->kind != PTL_WITNESS_STUN || witness->family != 4 || outside->other != NULL)
    return;
  if (*reference == NULL)
    {
      *reference = witness;
      return;
    }
  if ((*reference)->port == witness->port && g_str_equal ((*reference)->address, witness->address))
    return;
  outside->first = *reference;
  outside->other = witness;
}

static void
look_at (const PtlCheckFacts *self, PtlWitnessKind kind, PtlOutside *outside)
{
  const PtlWitness *reference = NULL;

  for (guint i = 0; i < self->witnesses->len; i++)
    {
      const PtlWitness *witness = self->witnesses->pdata[i];

      if (witness->kind != kind)
        continue;
      outside->n_asked++;
      outside->n_unreachable += witness->unreachable;
      if (witness->address == NULL)
        continue;
      outside->n_answered++;
      take_address (outside, witness);
      compare (outside, witness, &reference);
    }
}

void
ptl_check_facts_look_outside (const PtlCheckFacts *self, PtlOutside *outside)
{
  *outside = (PtlOutside){ .ipv4 = "", .ipv6 = "" };
  look_at (self, PTL_WITNESS_STUN, outside);
  look_at (self, PTL_WITNESS_HTTP, outside);
}

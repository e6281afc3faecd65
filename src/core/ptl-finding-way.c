/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-finding-way.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "ptl-host.h"
#include "ptl-variant.h"

void
ptl_stop_free (gpointer data)
{
  PtlStop *self = data;

  g_free (self->name);
  g_free (self->address);
  g_free (self->reason);
  g_free (self);
}

static void
add (GPtrArray *way,
     const char *kind,
     const char *state,
     const char *name,
     const char *address,
     const char *reason)
{
  PtlStop *stop = g_new0 (PtlStop, 1);

  stop->kind = kind;
  stop->state = state;
  stop->name = g_strdup (name);
  stop->address = g_strdup (address);
  stop->reason = g_strdup (reason);
  g_ptr_array_add (way, stop);
}

/* ---- The end of it: what answers ---- */

static gboolean
was_seen (const PtlFinding *finding, PtlSeenState state)
{
  for (guint i = 0; i < finding->seen->len; i++)
    {
      const PtlSighting *sighting = finding->seen->pdata[i];

      if (sighting->vantage != PTL_VANTAGE_MACHINE && sighting->state == state)
        return TRUE;
    }
  return FALSE;
}

static char *
dup_endpoint (const PtlFinding *finding)
{
  return g_strdup_printf (strchr (finding->address, ':') != NULL ? "[%s]:%u" : "%s:%u",
                          finding->address, finding->port);
}

static void
add_program (GPtrArray *way, const PtlFinding *finding)
{
  const PtlListening *listening = finding->listening;
  g_autofree char *name = ptl_identity_to_name (finding->identity);
  g_autofree char *address = dup_endpoint (finding);
  gboolean answers = listening != NULL || was_seen (finding, PTL_SEEN_OPEN);

  if (*name == '\0' && listening != NULL)
    {
      g_free (name);
      name = g_strdup (*listening->process != '\0' ? listening->process : listening->unit);
    }
  if (answers)
    add (way, "program", "ok", name, address, "");
  else if (was_seen (finding, PTL_SEEN_CLOSED))
    add (way, "program", "trouble", name, address, _ ("Nothing answers there."));
  else
    add (way, "program", "unknown", name, address, _ ("Whether anything answers is not known."));
}

/* Whether the finding is about this computer: the firewall of another device is its own. */
static gboolean
is_here (const PtlFinding *finding)
{
  if (finding->listening != NULL || *finding->firewall != '\0'
      || ptl_host_is_wildcard (finding->address))
    return TRUE;
  for (guint i = 0; i < finding->seen->len; i++)
    if (((const PtlSighting *) finding->seen->pdata[i])->vantage == PTL_VANTAGE_MACHINE)
      return TRUE;
  return FALSE;
}

static void
add_host (GPtrArray *way, const PtlFinding *finding, gboolean through_firewall)
{
  gboolean blocked = strcmp (finding->firewall, "blocked") == 0;

  if (!is_here (finding))
    {
      add (way, "device", "unknown", "", finding->address, "");
      return;
    }
  add (way, "computer", "ok", "", "", "");
  if (through_firewall && *finding->firewall != '\0')
    add (way, "firewall",
         blocked                                   ? "off"
         : strcmp (finding->firewall, "open") == 0 ? "ok"
                                                   : "unknown",
         "", "", finding->firewall_message);
}

/* ---- Each way ---- */

static GPtrArray *
new_way (GPtrArray *ways)
{
  GPtrArray *way = g_ptr_array_new_with_free_func (ptl_stop_free);

  g_ptr_array_add (ways, way);
  return way;
}

static void
add_forwarded (GPtrArray *ways, const PtlFinding *finding, const PtlForwarded *forwarded)
{
  gboolean relay = strcmp (forwarded->system, "relay") == 0;
  GPtrArray *way = new_way (ways);

  add (way, "internet", "ok", "", "", "");
  add (way, relay ? "relay" : "router", "ok", forwarded->name, forwarded->public_endpoint,
       *forwarded->rule != '\0' ? "" : _ ("No rule of yours declares it."));
  /* What comes by a relay comes by ssh, and past the firewall. */
  add_host (way, finding, !relay);
  add_program (way, finding);
}

static void
add_published (GPtrArray *ways, const PtlFinding *finding, const PtlForwarded *forwarded)
{
  GPtrArray *way = new_way (ways);

  add (way, strcmp (finding->reach, "internet") == 0 ? "internet" : "lan", "ok", "", "", "");
  add (way, "computer", "ok", "", "", "");
  add (way, "container", "ok", forwarded->name, "",
       strcmp (finding->firewall, "blocked") == 0
           ? _ ("It is published past this computer’s firewall.")
           : "");
  add_program (way, finding);
}

static void
add_direct (GPtrArray *ways, const PtlFinding *finding)
{
  GPtrArray *way = new_way (ways);
  gboolean loopback = ptl_host_is_loopback (finding->address);

  if (strcmp (finding->reach, "internet") == 0)
    add (way, "internet", "ok", "", "", "");
  else if (!loopback)
    add (way, "lan", "ok", "", "", "");
  add_host (way, finding, !loopback);
  add_program (way, finding);
}

GPtrArray *
ptl_finding_dup_ways (const PtlFinding *finding)
{
  GPtrArray *ways = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);

  for (guint i = 0; i < finding->forwarded->len; i++)
    {
      const PtlForwarded *forwarded = finding->forwarded->pdata[i];

      if (strcmp (forwarded->system, "container") == 0)
        add_published (ways, finding, forwarded);
      else
        add_forwarded (ways, finding, forwarded);
    }
  if (ways->len == 0)
    add_direct (ways, finding);
  return ways;
}

static GVariant *
stop_to_variant (const PtlStop *stop)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  ptl_variant_add_string (&builder, "Kind", stop->kind);
  ptl_variant_add_string (&builder, "State", stop->state);
  ptl_variant_add_string (&builder, "Name", stop->name);
  ptl_variant_add_string (&builder, "Address", stop->address);
  ptl_variant_add_string (&builder, "Reason", stop->reason);
  return g_variant_builder_end (&builder);
}

GVariant *
ptl_finding_ways_to_variant (const PtlFinding *finding)
{
  g_autoptr (GPtrArray) ways = ptl_finding_dup_ways (finding);
  GVariantBuilder list;

  g_variant_builder_init (&list, G_VARIANT_TYPE ("aaa{sv}"));
  for (guint i = 0; i < ways->len; i++)
    {
      const GPtrArray *way = ways->pdata[i];

      g_variant_builder_open (&list, G_VARIANT_TYPE ("aa{sv}"));
      for (guint j = 0; j < way->len; j++)
        g_variant_builder_add_value (&list, stop_to_variant (way->pdata[j]));
      g_variant_builder_close (&list);
    }
  return g_variant_builder_end (&list);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-finding-facts.h"

#include <glib/gi18n-lib.h>

#include "client/ptl-report-export.h"
#include "core/ptl-finding-way.h"
#include "gui/details/ptl-way.h"
#include "gui/ptl-format.h"
#include "ptl-finding-words.h"

/* ---- The ways ---- */

typedef struct
{
  const char *kind;
  const char *icon;
  const char *title; /* NC_("hop"): where it has no name of its own */
  const char *words; /* NC_("hop"): that it lets through */
} StopLook;

static const StopLook looks[] = {
  { "program", "ptl-program-symbolic", NC_ ("hop", "Program"), NC_ ("hop", "Answers") },
  { "internet", "ptl-internet-symbolic", NC_ ("hop", "Internet"), NC_ ("hop", "Can reach it") },
  { "lan", "network-workgroup-symbolic", NC_ ("hop", "Home network"), NC_ ("hop", "Can reach it") },
  { "router", "ptl-router-symbolic", NC_ ("hop", "Router"), NC_ ("hop", "Lets it in") },
  { "relay", "ptl-relay-symbolic", NC_ ("hop", "Relay"), NC_ ("hop", "Leads here") },
  { "firewall", "channel-secure-symbolic", NC_ ("hop", "Firewall of this computer"), NC_ ("hop", "Lets it in") },
  { "container", "ptl-device-symbolic", NC_ ("hop", "Container"), NC_ ("hop", "Publishes it") },
  { "device", "ptl-device-symbolic", NC_ ("hop", "Another device"), NC_ ("hop", "Lets it in") },
  { "computer", "computer-symbolic", NC_ ("hop", "This computer"), NC_ ("hop", "Is reached") },
};

static const StopLook *
find_look (const char *kind)
{
  for (guint i = 0; i < G_N_ELEMENTS (looks); i++)
    if (g_str_equal (looks[i].kind, kind))
      return &looks[i];
  return &looks[0];
}

static PtlHopState
get_state (const PtlStop *stop)
{
  if (g_str_equal (stop->state, "ok"))
    return PTL_HOP_OK;
  if (g_str_equal (stop->state, "trouble"))
    return PTL_HOP_TROUBLE;
  return g_str_equal (stop->state, "off") ? PTL_HOP_OFF : PTL_HOP_UNKNOWN;
}

static const char *
get_words (const PtlStop *stop, const StopLook *look)
{
  switch (get_state (stop))
    {
    case PTL_HOP_OK:
      return g_dpgettext2 (GETTEXT_PACKAGE, "hop", look->words);
    case PTL_HOP_OFF:
      return C_ ("hop", "Keeps strangers out");
    case PTL_HOP_TROUBLE:
      return C_ ("hop", "Nobody is there");
    default:
      return C_ ("hop", "Not known");
    }
}

static PtlHop *
make_hop (const PtlStop *stop)
{
  const StopLook *look = find_look (stop->kind);
  PtlHop *hop = g_new0 (PtlHop, 1);

  hop->icon = look->icon;
  hop->title = g_strdup (*stop->name ? stop->name : g_dpgettext2 (GETTEXT_PACKAGE, "hop", look->title));
  hop->address = g_strdup (stop->address);
  hop->state = get_state (stop);
  hop->words = get_words (stop, look);
  hop->reason = g_strdup (stop->reason);
  return hop;
}

/* Whether who comes that way is asked who they are. */
static void
add_login (PtlHop *hop, PtlAuth auth)
{
  if (auth == PTL_AUTH_UNKNOWN || hop->state != PTL_HOP_OK)
    return;
  hop->words = ptl_auth_to_title (auth);
  if (auth == PTL_AUTH_OPEN)
    hop->state = PTL_HOP_TROUBLE;
}

GPtrArray *
ptl_finding_dup_hops (const PtlFinding *self, const GPtrArray *way)
{
  GPtrArray *hops = g_ptr_array_new_with_free_func (ptl_hop_free);

  for (guint i = 0; i < way->len; i++)
    g_ptr_array_add (hops, make_hop (way->pdata[i]));
  if (hops->len > 0)
    add_login (hops->pdata[hops->len - 1], self->identity->auth);
  return hops;
}

/* ---- The four views ---- */

static char *
describe_sighting (const PtlSighting *sighting, gint64 now)
{
  g_autofree char *when = sighting->at > 0 ? ptl_format_time (sighting->at, now) : g_strdup (_("they do not say when"));

  if (*sighting->detail)
    return g_strdup_printf ("%s, %s. %s", ptl_seen_to_title (sighting->state), when, sighting->detail);
  return g_strdup_printf ("%s, %s", ptl_seen_to_title (sighting->state), when);
}

static char *
describe_listening (const PtlFinding *self)
{
  g_autofree char *program = ptl_finding_dup_program (self);

  if (!self->listening)
    return g_strdup (_("No program of this computer"));
  if (*self->listening->user)
    /* Translators: %1$s is a program, %2$s a user */
    return g_strdup_printf (_("%1$s, of the user %2$s"), *program ? program : _("A program that is not to be known"),
                            self->listening->user);
  return g_strdup (*program ? program : _("A program that is not to be known"));
}

GPtrArray *
ptl_finding_dup_views (const PtlFinding *self, const char *rule_name, gint64 now)
{
  GPtrArray *facts = ptl_facts_new ();
  g_autofree char *forwarded = ptl_finding_dup_forwarded (self);
  const char *declared = rule_name ? rule_name : *self->declared ? _("A rule that is closed") : _("By no rule");

  ptl_facts_add (facts, _("Declared"), g_strdup (declared));
  ptl_facts_add (facts, _("Listening"), describe_listening (self));
  ptl_facts_add (facts, _("Forwarded"), *forwarded ? g_steal_pointer (&forwarded) : g_strdup (_("Nothing leads here from outside")));
  for (guint i = 0; i < self->seen->len; i++)
    {
      const PtlSighting *sighting = self->seen->pdata[i];

      ptl_facts_add (facts, ptl_vantage_to_title (sighting->vantage), describe_sighting (sighting, now));
    }
  return facts;
}

/* ---- What it is ---- */

static char *
describe_end (gint64 not_after, gint64 now)
{
  g_autofree char *when = ptl_format_time (not_after, now);

  if (not_after == 0)
    return NULL;
  /* Translators: of a certificate; %s is a time */
  return not_after < now ? g_strdup_printf (_("%s: it is over"), when) : ptl_format_capitalize (g_steal_pointer (&when));
}

static void
add_tls (GPtrArray *facts, const PtlTlsFacts *tls, gint64 now)
{
  ptl_facts_add (facts, _("Encryption"), g_strdup (*tls->version ? tls->version : "TLS"));
  ptl_facts_add (facts, _("Certificate"), g_strdup (tls->subject));
  ptl_facts_add (facts, _("Signed By"), g_strdup (tls->self_signed ? _("Itself: nobody vouches for it") : tls->issuer));
  if (tls->names)
    ptl_facts_add (facts, _("For the Names"), g_strjoinv (", ", tls->names));
  ptl_facts_add (facts, _("Valid Until"), describe_end (tls->not_after, now));
  if (tls->old_versions && tls->old_versions[0])
    ptl_facts_add (facts, _("Old and Unsafe Versions"), g_strjoinv (", ", tls->old_versions));
}

GPtrArray *
ptl_finding_dup_identity (const PtlFinding *self, gint64 now)
{
  GPtrArray *facts = ptl_facts_new ();
  const PtlIdentity *identity = self->identity;
  g_autofree char *name = ptl_identity_to_name (identity);

  ptl_facts_add (facts, _("Address"), g_strdup (ptl_finding_get_address_title (self)));
  ptl_facts_add (facts, _("Answers"), g_steal_pointer (&name));
  ptl_facts_add (facts, _("Protocol"), g_strdup (identity->service));
  ptl_facts_add (facts, _("Login"), g_strdup (ptl_auth_to_title (identity->auth)));
  ptl_facts_add (facts, _("Evidence"), g_strdup (identity->evidence));
  ptl_facts_add (facts, _("First Bytes"), g_strdup (identity->banner));
  if (identity->tls)
    add_tls (facts, identity->tls, now);
  if (self->accepted_until > 0)
    {
      ptl_facts_add (facts, _("Accepted Until"), ptl_format_capitalize (ptl_format_time (self->accepted_until, now)));
      ptl_facts_add (facts, _("Accepted Because"), g_strdup (self->accepted_reason));
    }
  return facts;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>
#include <string.h>

#include "core/ptl-host.h"
#include "ptl-report-case.h"

/* What is known of a case at a glance. */
typedef struct
{
  PtlReportCase *one;
  const PtlReportFacts *facts;
  gboolean answers;        /* somebody does, or something listens */
  gboolean nobody;         /* something leads here, and nobody is there */
  const PtlReportDoor *in; /* what lets the internet in, or NULL */
  const PtlReportDoor *gone;
  const PtlReportDoor *foreign; /* an entry that no rule declares, or NULL */
  gboolean published;
  gboolean blocked;
  GString *evidence;
} Judge;

/* ---- What is the case ---- */

static gboolean
is_everywhere (const PtlReportCase *one)
{
  return ptl_host_is_wildcard (one->finding->address);
}

static gboolean
is_answering (const PtlReportCase *one)
{
  if (one->socket != NULL)
    return !one->empty;
  return ptl_report_case_was_seen (one, PTL_SEEN_OPEN)
         || (one->guard != NULL && *one->guard->container != '\0');
}

static void
look_at_doors (Judge *judge)
{
  const GPtrArray *doors = judge->one->doors;

  for (guint i = 0; i < doors->len; i++)
    {
      const PtlReportDoor *door = doors->pdata[i];

      if (*door->system == '\0')
        continue;
      if (*door->rule == '\0')
        judge->foreign = door;
      if (door->gone)
        judge->gone = door;
      /* One that lets everybody in is the one that counts. */
      if (!door->off && (judge->in == NULL || judge->in->limited))
        judge->in = door;
    }
}

static gboolean
is_on_internet (const Judge *judge)
{
  const PtlReportCase *one = judge->one;

  if (ptl_report_case_was_seen_outside (one, PTL_SEEN_OPEN))
    return TRUE;
  if (judge->facts->elsewhere && g_str_equal (one->finding->address, judge->facts->address))
    return ptl_report_case_was_seen (one, PTL_SEEN_OPEN);
  /* What comes by the router comes to this computer's firewall; what comes by a relay does not. */
  if (judge->in != NULL
      && (!one->own_address || judge->published || !judge->blocked
          || !g_str_equal (judge->in->system, "router")))
    return TRUE;
  if (judge->facts->public_addresses[0] == NULL || !one->own_address || one->socket == NULL
      || (judge->blocked && !judge->published))
    return FALSE;
  if (g_str_equal (one->finding->address, "0.0.0.0"))
    return TRUE;
  return g_strv_contains ((const char *const *) judge->facts->public_addresses,
                          one->finding->address);
}

static const char *
reach_of (const Judge *judge)
{
  const PtlReportCase *one = judge->one;

  if (is_on_internet (judge))
    return "internet";
  if (one->own_address && ptl_host_is_loopback (one->finding->address))
    return "machine";
  if (one->own_address && judge->blocked && !judge->published)
    return "machine";
  return "lan";
}

/* ---- How bad ---- */

static PtlSeverity
less (PtlSeverity severity)
{
  return severity > PTL_SEVERITY_INFO ? severity - 1 : PTL_SEVERITY_INFO;
}

/* What it is were anyone to reach it. What cannot be told may be anything. */
static PtlSeverity
base_of (const Judge *judge)
{
  const PtlIdentity *identity = judge->one->finding->identity;
  PtlSeverity severity = *identity->service != '\0' ? identity->severity : PTL_SEVERITY_MEDIUM;

  /* A login that is typed in the clear can be read on its way. */
  if (identity->auth == PTL_AUTH_PROTECTED && identity->tls == NULL
      && (g_str_equal (identity->service, "http") || g_str_equal (identity->service, "ftp")))
    severity = MAX (severity, PTL_SEVERITY_MEDIUM);
  return severity;
}

/* Nothing leads there and nobody answers: it is told because the person asked for it. */
static gboolean
is_shut (const Judge *judge)
{
  const PtlReportCase *one = judge->one;

  return one->named && !judge->answers && one->doors->len == 0;
}

static PtlSeverity
severity_of (const Judge *judge)
{
  const char *reach = judge->one->finding->reach;
  PtlSeverity severity = base_of (judge);

  if (g_str_equal (reach, "machine") || is_shut (judge) || ptl_report_case_is_own_ear (judge->one))
    return PTL_SEVERITY_INFO;
  /* Whoever is given that address or port next is on the internet at once. */
  if (judge->nobody)
    return judge->foreign != NULL ? PTL_SEVERITY_MEDIUM : PTL_SEVERITY_LOW;
  if (g_str_equal (reach, "lan"))
    severity = less (severity);
  else if (judge->in != NULL && judge->in->limited
           && !ptl_report_case_was_seen_outside (judge->one, PTL_SEEN_OPEN))
    severity = less (severity);
  if (judge->published && judge->blocked)
    severity = MAX (severity, PTL_SEVERITY_MEDIUM);
  return severity;
}

/* ---- Why ---- */

static void say (Judge *judge, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
say (Judge *judge, const char *format, ...)
{
  va_list arguments;

  if (judge->evidence->len > 0)
    g_string_append_c (judge->evidence, ' ');
  va_start (arguments, format);
  g_string_append_vprintf (judge->evidence, format, arguments);
  va_end (arguments);
}

static const PtlSighting *
find_outside (const PtlReportCase *one)
{
  for (guint i = 0; i < one->finding->seen->len; i++)
    {
      const PtlSighting *sighting = one->finding->seen->pdata[i];

      if (sighting->state == PTL_SEEN_OPEN && sighting->vantage != PTL_VANTAGE_MACHINE
          && sighting->vantage != PTL_VANTAGE_LAN)
        return sighting;
    }
  return NULL;
}

static void
say_door (Judge *judge, const PtlReportDoor *door)
{
  if (g_str_equal (door->system, "relay") && *door->public_endpoint != '\0')
    /* Translators: %1$s is a relay, %2$s an address with a port */
    say (judge, _ ("The relay “%1$s” leads %2$s here."), door->name, door->public_endpoint);
  else if (g_str_equal (door->system, "relay"))
    /* Translators: %s is a relay */
    say (judge, _ ("The relay “%s” leads here."), door->name);
  else if (door->off)
    /* Translators: %s is an address with a port */
    say (judge, _ ("The router has an entry for %s that is switched off."), door->public_endpoint);
  else
    /* Translators: %s is an address with a port */
    say (judge, _ ("The router leads %s here."), door->public_endpoint);
  if (door->limited)
    say (judge, "%s", _ ("Only the networks that the rule names may come in."));
}

static void
say_shut (Judge *judge)
{
  if (ptl_report_case_was_seen (judge->one, PTL_SEEN_CLOSED))
    say (judge, "%s", _ ("It is closed: nothing listens there."));
  else if (ptl_report_case_was_seen (judge->one, PTL_SEEN_FILTERED))
    say (judge, "%s", _ ("Nobody answers: a firewall keeps it shut, or nobody is there."));
  else
    say (judge, "%s", _ ("It could not be looked at."));
}

static void
say_reach (Judge *judge)
{
  const PtlReportCase *one = judge->one;
  const PtlSighting *outside = find_outside (one);
  const char *reach = one->finding->reach;

  if (is_shut (judge))
    {
      say_shut (judge);
      return;
    }
  if (outside != NULL)
    /* Translators: %s is where from it was looked: “Shodan”, “The internet, by your relay” */
    say (judge, _ ("It was seen from outside: %s."), ptl_vantage_to_title (outside->vantage));
  else if (judge->nobody)
    ;
  else if (judge->facts->elsewhere && g_str_equal (one->finding->address, judge->facts->address))
    say (judge, "%s", _ ("It is elsewhere on the internet, and answered this computer."));
  else if (g_str_equal (reach, "internet") && judge->in == NULL)
    say (judge, "%s", _ ("This computer is on the internet itself, with no router in between."));
  else if (g_str_equal (reach, "lan") && one->own_address)
    say (judge, "%s", _ ("Every device in your home network can reach it."));
  else if (g_str_equal (reach, "lan"))
    say (judge, "%s", _ ("It is another device in your home network."));
  else if (ptl_host_is_loopback (one->finding->address))
    say (judge, "%s", _ ("Only programs on this computer can reach it."));
  for (guint i = 0; i < one->doors->len; i++)
    {
      const PtlReportDoor *door = one->doors->pdata[i];

      if (*door->system != '\0')
        say_door (judge, door);
    }
}

static void
say_firewall (Judge *judge)
{
  const PtlReportGuard *guard = judge->one->guard;

  if (judge->published && judge->blocked)
    /* Translators: %s is like “Docker: web” */
    say (judge, _ ("%s publishes it past this computer’s firewall, which would keep strangers out."),
         guard->container);
  else if (judge->published)
    /* Translators: %s is like “Docker: web” */
    say (judge, _ ("%s publishes it."), guard->container);
  else if (judge->blocked || (guard != NULL && guard->limited))
    say (judge, "%s", guard->message);
}

static void
say_declared (Judge *judge)
{
  const PtlReportCase *one = judge->one;
  const PtlFinding *finding = one->finding;

  if (judge->gone != NULL)
    say (judge, "%s", _ ("The device that it leads to does not answer: it is switched off or gone."));
  else if (judge->nobody)
    say (judge, "%s", _ ("Nothing answers there."));
  if (*finding->declared != '\0' && judge->foreign == NULL)
    say (judge, "%s", _ ("A rule of yours declares it."));
  else if (g_str_equal (finding->reach, "internet") && !judge->facts->elsewhere)
    say (judge, "%s", _ ("No rule of yours declares it."));
}

static void
say_what (Judge *judge)
{
  const PtlIdentity *identity = judge->one->finding->identity;
  g_autofree char *name = ptl_identity_to_name (identity);

  if (*name != '\0')
    /* Translators: %s is a program, like “Grafana 10.2” */
    say (judge, _ ("It is %s."), name);
  else if (!judge->nobody && ptl_report_case_was_seen (judge->one, PTL_SEEN_OPEN))
    say (judge, "%s", _ ("What it is could not be told."));
  if (identity->auth == PTL_AUTH_OPEN)
    say (judge, "%s", _ ("It asks for no login."));
  else if (identity->auth == PTL_AUTH_PROTECTED)
    say (judge, "%s", _ ("It asks for a login."));
  if (*identity->evidence != '\0')
    say (judge, "(%s)", identity->evidence);
}

static void
say_tls (Judge *judge)
{
  const PtlTlsFacts *tls = judge->one->finding->identity->tls;

  if (tls == NULL)
    return;
  if (tls->not_after != 0 && tls->not_after < judge->facts->now)
    say (judge, "%s", _ ("Its certificate has expired."));
  if (tls->old_versions != NULL && tls->old_versions[0] != NULL)
    say (judge, "%s", _ ("It still takes versions of TLS that are not safe any more."));
}

static gboolean
is_needlessly_open (const Judge *judge)
{
  const PtlReportCase *one = judge->one;

  return one->socket != NULL && one->socket->used_here && is_everywhere (one)
         && *one->finding->declared == '\0' && one->finding->forwarded->len == 0;
}

static char *
make_evidence (Judge *judge)
{
  judge->evidence = g_string_new (NULL);
  if (ptl_report_case_is_own_ear (judge->one))
    {
      say (judge, "%s",
           _ ("Portolan itself listens here, to hear from routers that they have started anew. It "
              "answers nobody."));
      return g_string_free (judge->evidence, FALSE);
    }
  say_reach (judge);
  say_declared (judge);
  say_firewall (judge);
  say_what (judge);
  say_tls (judge);
  if (is_needlessly_open (judge))
    say (judge, "%s",
         _ ("It listens on every address, though only this computer itself uses it just now."));
  return g_string_free (judge->evidence, FALSE);
}

/* ---- What to do ---- */

static const char *
advise_on_stale (const Judge *judge)
{
  if (judge->foreign != NULL)
    return _ ("Remove the entry from the router: whatever gets this address or port next would be "
              "on the internet at once.");
  return _ ("Start the program that should answer there, or close the rule.");
}

static const char *
advise_on_way (const Judge *judge)
{
  const PtlFinding *finding = judge->one->finding;
  gboolean internet = g_str_equal (finding->reach, "internet");

  if (is_shut (judge) || ptl_report_case_is_own_ear (judge->one))
    return "";
  if (judge->nobody)
    return advise_on_stale (judge);
  if (judge->published)
    return _ ("If only this computer needs it, publish it on 127.0.0.1, like “-p "
              "127.0.0.1:8080:80”.");
  if (judge->foreign != NULL)
    return _ ("If you want it, make it a rule, with an owner, a purpose and an end; else remove the "
              "entry from the router.");
  if (internet && *finding->declared == '\0' && !judge->facts->elsewhere)
    return _ ("If it is not meant for everybody, have the program listen on 127.0.0.1 or block the "
              "port in the firewall.");
  if (is_needlessly_open (judge))
    return _ ("Have the program listen on 127.0.0.1 alone.");
  if (*finding->declared == '\0' && judge->one->own_address && finding->severity > PTL_SEVERITY_INFO)
    return _ ("If only this computer needs it, have the program listen on 127.0.0.1 alone.");
  return "";
}

static char *
make_advice (const Judge *judge)
{
  const PtlFinding *finding = judge->one->finding;
  const char *own = finding->severity > PTL_SEVERITY_INFO ? finding->identity->advice : "";
  const char *way = advise_on_way (judge);

  if (judge->nobody || *own == '\0')
    return g_strdup (way);
  return *way != '\0' ? g_strconcat (own, " ", way, NULL) : g_strdup (own);
}

void
ptl_report_judge (PtlReportCase *self, const PtlReportFacts *facts)
{
  Judge judge = { .one = self, .facts = facts };
  PtlFinding *finding = self->finding;

  look_at_doors (&judge);
  judge.published = self->guard != NULL && *self->guard->container != '\0';
  judge.blocked = self->guard != NULL && ptl_report_guard_blocks (self->guard, finding->address);
  judge.answers = is_answering (self);
  judge.nobody = (judge.in != NULL || *finding->declared != '\0') && !judge.answers
                 && (self->own_address || judge.gone != NULL
                     || ptl_report_case_was_seen (self, PTL_SEEN_CLOSED));
  ptl_report_set (&finding->reach, reach_of (&judge));
  if (self->guard != NULL)
    {
      ptl_report_set (&finding->firewall, !self->guard->known ? "unknown" : judge.blocked ? "blocked" : "open");
      ptl_report_set (&finding->firewall_message, self->guard->message);
    }
  finding->severity = severity_of (&judge);
  g_free (finding->evidence);
  finding->evidence = make_evidence (&judge);
  g_free (finding->advice);
  finding->advice = make_advice (&judge);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-format.h"

#include <glib/gi18n-lib.h>

#define MINUTE G_GINT64_CONSTANT (60)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

static char *
days (gint64 n)
{
  /* Translators: a length of time; %u is a number of days */
  return g_strdup_printf (ngettext ("%u day", "%u days", (gulong) n), (guint) n);
}

static char *
join (char *large, char *small)
{
  g_autofree char *first = large;
  g_autofree char *second = small;

  /* Translators: two parts of a length of time, as in "2 h" and "13 min" */
  return second ? g_strdup_printf (C_ ("duration", "%s %s"), first, second) : g_steal_pointer (&first);
}

static char *
short_hours (gint64 n)
{
  /* Translators: hours, abbreviated */
  return g_strdup_printf (ngettext ("%u h", "%u h", (gulong) n), (guint) n);
}

static char *
short_minutes (gint64 n)
{
  /* Translators: minutes, abbreviated */
  return g_strdup_printf (ngettext ("%u min", "%u min", (gulong) n), (guint) n);
}

static char *
short_seconds (gint64 n)
{
  /* Translators: seconds, abbreviated */
  return g_strdup_printf (ngettext ("%u s", "%u s", (gulong) n), (guint) n);
}

/* With many days nobody asks for hours. */
static gboolean
shows_hours (gint64 seconds)
{
  return seconds < 7 * DAY && seconds % DAY >= HOUR;
}

char *
ptl_format_duration (gint64 seconds)
{
  seconds = MAX (seconds, 0);
  if (seconds < MINUTE)
    return short_seconds (seconds);
  if (seconds < HOUR)
    return short_minutes (seconds / MINUTE);
  if (seconds < DAY)
    return join (short_hours (seconds / HOUR),
                 seconds % HOUR >= MINUTE ? short_minutes (seconds % HOUR / MINUTE) : NULL);
  return join (days (seconds / DAY), shows_hours (seconds) ? short_hours (seconds % DAY / HOUR) : NULL);
}

static char *
long_hours (gint64 n)
{
  return g_strdup_printf (ngettext ("%u hour", "%u hours", (gulong) n), (guint) n);
}

static char *
long_minutes (gint64 n)
{
  return g_strdup_printf (ngettext ("%u minute", "%u minutes", (gulong) n), (guint) n);
}

char *
ptl_format_duration_long (gint64 seconds)
{
  seconds = MAX (seconds, 0);
  if (seconds < MINUTE)
    return g_strdup_printf (ngettext ("%u second", "%u seconds", (gulong) seconds), (guint) seconds);
  if (seconds < HOUR)
    return long_minutes (seconds / MINUTE);
  if (seconds < DAY)
    return join (long_hours (seconds / HOUR),
                 seconds % HOUR >= MINUTE ? long_minutes (seconds % HOUR / MINUTE) : NULL);
  return join (days (seconds / DAY), shows_hours (seconds) ? long_hours (seconds % DAY / HOUR) : NULL);
}

static char *
format_review (gint64 review, gint64 now)
{
  g_autofree char *left = NULL;

  if (review <= now)
    return g_strdup (_("review is due"));
  left = ptl_format_duration (review - now);
  /* Translators: a rule without an end that is to be looked at again; %s is a length of time */
  return g_strdup_printf (_("review in %s"), left);
}

char *
ptl_format_expires (gint64 expires, gint64 review, gint64 now)
{
  g_autofree char *left = NULL;

  if (expires == 0)
    return format_review (review, now);
  if (expires <= now)
    return g_strdup (_("closing now"));
  left = ptl_format_duration (expires - now);
  /* Translators: when a rule closes; %s is a length of time, as in "in 2 h 13 min" */
  return g_strdup_printf (_("in %s"), left);
}

char *
ptl_format_time_left (gint64 expires, gint64 review, gint64 now)
{
  g_autofree char *left = NULL;

  if (expires == 0)
    return format_review (review, now);
  if (expires <= now)
    return g_strdup (_("closing now"));
  left = ptl_format_duration (expires - now);
  /* Translators: time until a rule closes; %s is a length of time, as in "2 h 13 min left" */
  return g_strdup_printf (_("%s left"), left);
}

guint
ptl_format_next_change (gint64 expires, gint64 review, gint64 now)
{
  gint64 left = (expires != 0 ? expires : review) - now;
  gint64 unit = left < MINUTE + 1 ? 1 : left < DAY + MINUTE ? MINUTE : HOUR;

  if (left <= 0)
    return DAY;
  return (guint) (left % unit + 1);
}

static gboolean
is_day (GDateTime *time, GDateTime *now, int offset)
{
  g_autoptr (GDateTime) day = g_date_time_add_days (now, offset);

  return g_date_time_get_year (time) == g_date_time_get_year (day)
         && g_date_time_get_day_of_year (time) == g_date_time_get_day_of_year (day);
}

char *
ptl_format_time (gint64 time, gint64 now)
{
  g_autoptr (GDateTime) then = time > 0 ? g_date_time_new_from_unix_local (time) : NULL;
  g_autoptr (GDateTime) today = g_date_time_new_from_unix_local (now);

  if (!then)
    return g_strdup ("");
  if (is_day (then, today, 0))
    /* Translators: a time of today, in the form of g_date_time_format() */
    return g_date_time_format (then, _("today %H:%M"));
  if (is_day (then, today, 1))
    /* Translators: a time of tomorrow, in the form of g_date_time_format() */
    return g_date_time_format (then, _("tomorrow %H:%M"));
  if (is_day (then, today, -1))
    /* Translators: a time of yesterday, in the form of g_date_time_format() */
    return g_date_time_format (then, _("yesterday %H:%M"));
  /* Translators: a date and time in the form of g_date_time_format() */
  return g_date_time_format (then, _("%-e %B %Y %H:%M"));
}

char *
ptl_format_log_time (gint64 time)
{
  g_autoptr (GDateTime) then = time > 0 ? g_date_time_new_from_unix_local (time) : NULL;

  return then ? g_date_time_format (then, "%Y-%m-%d %H:%M:%S") : g_strdup ("");
}

gboolean
ptl_format_counts_traffic (const PtlRule *rule)
{
  return rule->way != PTL_WAY_DIRECT && rule->kind != PTL_KIND_TUNNEL;
}

char *
ptl_format_capitalize (char *text)
{
  g_autofree char *owned = text;
  g_autofree char *first = NULL;

  if (*owned == '\0')
    return g_steal_pointer (&owned);
  first = g_utf8_strup (owned, g_utf8_next_char (owned) - owned);
  return g_strconcat (first, g_utf8_next_char (owned), NULL);
}

char *
ptl_format_rate (guint64 bytes)
{
  g_autofree char *amount = g_format_size (bytes);

  /* Translators: a speed; %s is an amount of data, as in "1.2 MB/s" */
  return g_strdup_printf (_("%s/s"), amount);
}

char *
ptl_format_traffic (const PtlRule *rule)
{
  const PtlTraffic *traffic = &rule->traffic;
  g_autofree char *in = NULL;
  g_autofree char *out = NULL;

  if (traffic->bytes_in + traffic->bytes_out == 0)
    return g_strdup (ptl_format_counts_traffic (rule) ? _("none yet") : _("not counted"));
  in = g_format_size (traffic->bytes_in);
  out = g_format_size (traffic->bytes_out);
  /* Translators: traffic of a rule; the %s are amounts of data, as in "1.2 MB in, 300 kB out" */
  return g_strdup_printf (_("%s in, %s out"), in, out);
}

char *
ptl_format_connections (const PtlRule *rule)
{
  g_autofree char *now = NULL;
  g_autofree char *ever = NULL;

  if (!ptl_format_counts_traffic (rule) && rule->traffic.connections_ever == 0)
    return g_strdup ("");
  now = g_strdup_printf ("%" G_GUINT64_FORMAT, rule->traffic.connections_now);
  ever = g_strdup_printf ("%" G_GUINT64_FORMAT, rule->traffic.connections_ever);
  /* Translators: how many are connected; the %s are numbers */
  return g_strdup_printf (_("%s now, %s ever"), now, ever);
}

const char *
ptl_format_state (PtlRuleState state, PtlCloseReason reason)
{
  switch (state)
    {
    case PTL_RULE_STATE_REQUESTED:
      return C_ ("state", "Requested");
    case PTL_RULE_STATE_OPENING:
      return C_ ("state", "Opening");
    case PTL_RULE_STATE_OPEN:
      return C_ ("state", "Open");
    case PTL_RULE_STATE_DEGRADED:
      return C_ ("state", "Degraded");
    case PTL_RULE_STATE_CLOSING:
      return C_ ("state", "Closing");
    case PTL_RULE_STATE_FAILED:
      return C_ ("state", "Failed");
    case PTL_RULE_STATE_CLOSED:
      break;
    }
  switch (reason)
    {
    case PTL_CLOSE_REASON_EXPIRED:
      return C_ ("state", "Expired");
    case PTL_CLOSE_REASON_SUPERSEDED:
      return C_ ("state", "Superseded");
    case PTL_CLOSE_REASON_NONE:
    case PTL_CLOSE_REASON_REVOKED:
      break;
    }
  return C_ ("state", "Closed");
}

const char *
ptl_format_state_icon (PtlRuleState state, PtlCloseReason reason)
{
  switch (state)
    {
    case PTL_RULE_STATE_REQUESTED:
      return "dialog-question-symbolic";
    case PTL_RULE_STATE_OPENING:
    case PTL_RULE_STATE_CLOSING:
      return "content-loading-symbolic";
    case PTL_RULE_STATE_OPEN:
      return "object-select-symbolic";
    case PTL_RULE_STATE_DEGRADED:
      return "dialog-warning-symbolic";
    case PTL_RULE_STATE_FAILED:
      return "dialog-error-symbolic";
    case PTL_RULE_STATE_CLOSED:
      break;
    }
  return reason == PTL_CLOSE_REASON_EXPIRED ? "alarm-symbolic" : "media-playback-stop-symbolic";
}

const char *
ptl_format_state_style (PtlRuleState state)
{
  switch (state)
    {
    case PTL_RULE_STATE_OPEN:
      return "success";
    case PTL_RULE_STATE_REQUESTED:
    case PTL_RULE_STATE_DEGRADED:
      return "warning";
    case PTL_RULE_STATE_FAILED:
      return "error";
    case PTL_RULE_STATE_OPENING:
    case PTL_RULE_STATE_CLOSING:
      return "accent";
    case PTL_RULE_STATE_CLOSED:
      break;
    }
  return "dim-label";
}

const char *
ptl_format_kind (PtlKind kind)
{
  switch (kind)
    {
    case PTL_KIND_FORWARD:
      return C_ ("kind", "Forward");
    case PTL_KIND_TUNNEL:
      return C_ ("kind", "Tunnel");
    case PTL_KIND_MAPPING:
      break;
    }
  return C_ ("kind", "Mapping");
}

const char *
ptl_format_protocol (PtlProtocol protocol)
{
  switch (protocol)
    {
    case PTL_PROTOCOL_TCP:
      return "TCP";
    case PTL_PROTOCOL_UDP:
      return "UDP";
    case PTL_PROTOCOL_BOTH:
      return _("TCP and UDP");
    case PTL_PROTOCOL_NONE:
      break;
    }
  return "";
}

char *
ptl_format_endpoint (const PtlEndpoint *endpoint)
{
  if (!endpoint)
    return g_strdup ("");
  if (endpoint->path || endpoint->host)
    return ptl_endpoint_to_string (endpoint);
  if (endpoint->first == 0)
    return g_strdup (_("any free port"));
  if (endpoint->first == endpoint->last)
    /* Translators: an endpoint without an address; %u is a port number */
    return g_strdup_printf (_("port %u"), endpoint->first);
  /* Translators: an endpoint without an address; the %u are the first and last port of a range */
  return g_strdup_printf (_("ports %u to %u"), endpoint->first, endpoint->last);
}

const char *
ptl_format_system (const char *system)
{
  static const struct { const char *name, *words; } systems[] = {
    { "pcp", "PCP" },
    { "natpmp", "NAT-PMP" },
    { "upnp", "UPnP" },
    { "ssh", "ssh" },
    { "engine", N_("this computer") },
  };

  for (guint i = 0; i < G_N_ELEMENTS (systems); i++)
    if (g_strcmp0 (system, systems[i].name) == 0)
      return _(systems[i].words);
  return system ? system : "";
}

/* Nobody reads ten thousand networks. */
#define NETWORKS_SHOWN 20

static char *
list_networks (const PtlAudience *audience, guint n, const PtlNetwork *(*get) (const PtlAudience *, guint))
{
  g_autoptr (GString) text = g_string_new (NULL);
  guint more = n > NETWORKS_SHOWN ? n - NETWORKS_SHOWN : 0;

  for (guint i = 0; i < n - more; i++)
    {
      g_autofree char *network = ptl_network_to_string (get (audience, i));

      g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", network);
    }
  if (more > 0)
    /* Translators: after a list of networks; %u is how many are left out of it */
    g_string_append_printf (text, ngettext (" and %u more", " and %u more", more), more);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

char *
ptl_format_networks (const PtlAudience *audience)
{
  return list_networks (audience, ptl_audience_get_n_networks (audience), ptl_audience_get_network);
}

char *
ptl_format_denied (const PtlAudience *audience)
{
  return list_networks (audience, ptl_audience_get_n_denied (audience), ptl_audience_get_denied);
}

char *
ptl_format_audience (const PtlRule *rule)
{
  g_autofree char *allowed = NULL, *denied = NULL;

  if (!rule->audience || ptl_audience_is_anyone (rule->audience))
    return g_strdup (_("Anyone"));
  allowed = ptl_format_networks (rule->audience);
  denied = ptl_format_denied (rule->audience);
  if (*denied == '\0')
    return g_steal_pointer (&allowed);
  if (*allowed == '\0')
    /* Translators: who may connect; %s is a list of networks */
    return g_strdup_printf (_("Anyone but %s"), denied);
  /* Translators: who may connect; both %s are lists of networks */
  return g_strdup_printf (_("%s but not %s"), allowed, denied);
}

const char *
ptl_format_event (const char *what, const char *result)
{
  static const struct { const char *what, *ok, *begun, *failed; } events[] = {
    { "open", N_("Opened"), N_("Opening"), N_("Opening failed") },
    { "reopen", N_("Reopened"), N_("Reopening"), N_("Reopening failed") },
    { "close", N_("Closed"), N_("Closing"), N_("Closing failed") },
    { "expire", N_("Expired"), N_("Expired, closing"), N_("Closing failed") },
    { "extend", N_("Extended"), N_("Extending"), N_("Extending failed") },
    { "edit", N_("Edited"), N_("Editing"), N_("Editing failed") },
    { "block", N_("Source blocked"), N_("Blocking a source"), N_("Blocking a source failed") },
    { "unblock", N_("Source unblocked"), N_("Unblocking a source"), N_("Unblocking a source failed") },
    { "kick", N_("Connections closed"), N_("Closing connections"), N_("Closing connections failed") },
    { "renew", N_("Lease renewed"), N_("Renewing the lease"), N_("Renewing the lease failed") },
    { "restore", N_("Restored"), N_("Restoring"), N_("Restoring failed") },
    { "recover", N_("Recovered"), N_("Recovering"), N_("Recovery failed") },
    { "move", N_("Moved"), N_("Moving"), N_("Moving failed") },
    { "lost", N_("Lost by the router"), N_("Lost by the router"), N_("Lost by the router") },
    { "address", N_("This computer has another address"), N_("This computer has another address"),
      N_("This computer has another address") },
    { "gateway", N_("Another router"), N_("Another router"), N_("Another router") },
    { "resume", N_("Woken up"), N_("Woken up"), N_("Woken up") },
    { "pinhole", N_("IPv6 pinhole open"), N_("Opening the IPv6 pinhole"), N_("IPv6 pinhole failed") },
    { "degrade", N_("Degraded"), N_("Degraded"), N_("Degraded") },
    { "target-down", N_("Target down"), N_("Target down"), N_("Target down") },
    { "target-up", N_("Target up again"), N_("Target up again"), N_("Target up again") },
    { "debt", N_("Taken back later"), N_("Left in the router"), N_("Left in the router") },
    { "debt-paid", N_("Taken back from the router"), N_("Taking back"), N_("Taking back failed") },
    { "start", N_("Worker started"), N_("Worker starting"), N_("Worker did not start") },
    { "stop", N_("Worker ended"), N_("Worker ending"), N_("Worker ended with a fault") },
    { "relay-add", N_("Relay added"), N_("Adding a relay"), N_("Adding a relay failed") },
    { "relay-remove", N_("Relay removed"), N_("Removing a relay"), N_("Removing a relay failed") },
    { "check", N_("Network checked"), N_("Checking the network"), N_("Checking the network failed") },
    { "check-settings", N_("Network check set"), N_("Setting the network check"), N_("Setting the network check failed") },
    { "metrics", N_("Metrics set"), N_("Setting the metrics"), N_("Setting the metrics failed") },
    { "add-name", N_("Name added"), N_("Adding a name"), N_("Adding a name failed") },
    { "edit-name", N_("Name edited"), N_("Editing a name"), N_("Editing a name failed") },
    { "remove-name", N_("Name removed"), N_("Removing a name"), N_("Removing a name failed") },
    { "update-name", N_("Name updated"), N_("Updating a name"), N_("Updating a name failed") },
    { "entry-new", N_("Foreign entry appeared"), N_("Foreign entry appeared"), N_("Foreign entry appeared") },
    { "entries-flood", N_("Many foreign entries appeared"), N_("Many foreign entries appeared"), N_("Many foreign entries appeared") },
    { "entry-remove", N_("Foreign entry removed"), N_("Removing a foreign entry"), N_("Removing a foreign entry failed") },
    { "entry-restore", N_("Foreign entry put back"), N_("Putting a foreign entry back"), N_("Putting a foreign entry back failed") },
    { "entry-ignore", N_("Foreign entry ignored"), N_("Ignoring a foreign entry"), N_("Ignoring a foreign entry failed") },
    { "entry-unignore", N_("Foreign entry shown again"), N_("Showing a foreign entry again"), N_("Showing a foreign entry again failed") },
    { "trust", N_("Host key trusted"), N_("Trusting a host key"), N_("Trusting a host key failed") },
  };

  for (guint i = 0; i < G_N_ELEMENTS (events); i++)
    {
      if (g_strcmp0 (what, events[i].what) != 0)
        continue;
      if (g_strcmp0 (result, "failed") == 0)
        return _(events[i].failed);
      return g_strcmp0 (result, "begun") == 0 ? _(events[i].begun) : _(events[i].ok);
    }
  return what ? what : "";
}

const char *
ptl_format_step (const char *step)
{
  static const struct { const char *step, *words; } steps[] = {
    { "listen", N_("Taking the port on this computer") },
    { "router", N_("Asking the router") },
    { "verify", N_("Reading back what the router granted") },
    { "ssh", N_("Connecting to the relay") },
    { "close", N_("Taking everything back") },
  };

  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    if (g_strcmp0 (step, steps[i].step) == 0)
      return _(steps[i].words);
  return "";
}

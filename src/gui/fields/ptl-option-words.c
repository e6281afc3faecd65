/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-option-words.h"

#include <glib/gi18n-lib.h>

#include "gui/ptl-format.h"

static const char *const balances[] = {
  N_("in turn"),
  N_("to the one with the fewest connections"),
  N_("by address: the same one to the same target"),
  NULL,
};

static const char *const proxies[] = {
  N_("no"),
  N_("yes, version 1 (text)"),
  N_("yes, version 2 (binary)"),
  NULL,
};

static const PtlOptionWords words[PTL_N_OPTIONS] = {
  [PTL_OPTION_MAX_CONNECTIONS] = {
    PTL_TOPIC_LIMITS, PTL_PROTOCOL_BOTH, N_("At most so many _connections at a time"),
    N_("All together. Who comes when so many are there is turned away."), N_("no limit"), NULL },
  [PTL_OPTION_MAX_PER_SOURCE] = {
    PTL_TOPIC_LIMITS, PTL_PROTOCOL_BOTH, N_("Of one _address"),
    N_("So many connections at a time from the same address."), N_("no limit"), NULL },
  [PTL_OPTION_NEW_PER_SECOND] = {
    PTL_TOPIC_LIMITS, PTL_PROTOCOL_BOTH, N_("_New connections in a second"),
    N_("All together. A burst beyond that is turned away."), N_("no limit"), NULL },
  [PTL_OPTION_NEW_PER_SOURCE] = {
    PTL_TOPIC_LIMITS, PTL_PROTOCOL_BOTH, N_("New ones of one add_ress in a second"),
    N_("Slows down who tries one password after the other."), N_("no limit"), NULL },
  [PTL_OPTION_RATE] = {
    PTL_TOPIC_LIMITS, PTL_PROTOCOL_BOTH, N_("_Speed limit"),
    N_("Bytes per second in each direction, of all connections together, like 10M."), N_("no limit"), NULL },
  [PTL_OPTION_RATE_PER_CONNECTION] = {
    PTL_TOPIC_LIMITS, PTL_PROTOCOL_BOTH, N_("Speed limit of _one connection"),
    N_("Bytes per second in each direction, like 500k."), N_("no limit"), NULL },
  [PTL_OPTION_BAN_AFTER] = {
    PTL_TOPIC_BAN, PTL_PROTOCOL_BOTH, N_("After so many _refusals"),
    N_("An address that is turned away so often within a minute is shut out."), N_("never"), NULL },
  [PTL_OPTION_BAN_FOR] = {
    PTL_TOPIC_BAN, PTL_PROTOCOL_BOTH, N_("_For how long"),
    N_("Then it may try again, as after 10m or 2h."), NULL, NULL },
  [PTL_OPTION_CONNECT_TIMEOUT] = {
    PTL_TOPIC_TIMES, PTL_PROTOCOL_TCP, N_("_Wait for the target"),
    N_("How long it may take to answer a new connection, like 10s."), NULL, NULL },
  [PTL_OPTION_IDLE_TIMEOUT] = {
    PTL_TOPIC_TIMES, PTL_PROTOCOL_TCP, N_("Close what is s_ilent for"),
    N_("A connection on which nothing moves for so long is closed, like 2h."), NULL, NULL },
  [PTL_OPTION_TOTAL_TIMEOUT] = {
    PTL_TOPIC_TIMES, PTL_PROTOCOL_BOTH, N_("Close after, _however busy"),
    N_("No connection lasts longer than that, like 8h."), N_("never"), NULL },
  [PTL_OPTION_UDP_IDLE_TIMEOUT] = {
    PTL_TOPIC_UDP, PTL_PROTOCOL_UDP, N_("_Gone when silent for"),
    N_("UDP has no goodbye: who is silent for so long counts as gone, like 2m."), NULL, NULL },
  [PTL_OPTION_UDP_SESSIONS] = {
    PTL_TOPIC_UDP, PTL_PROTOCOL_UDP, N_("_Senders known at a time"),
    N_("For a further one, the one that is silent longest is forgotten."), NULL, NULL },
  [PTL_OPTION_UDP_REPLIES] = {
    PTL_TOPIC_UDP, PTL_PROTOCOL_UDP, N_("_Answer at most so many times as much"),
    N_("Until a sender has shown that it is there, so that nobody is flooded in its name."), N_("no limit"), NULL },
  [PTL_OPTION_BALANCE] = {
    PTL_TOPIC_TARGETS, PTL_PROTOCOL_BOTH, N_("_Who gets the next one"),
    N_("How new connections are shared out among the targets."), NULL, balances },
  [PTL_OPTION_HEALTH_INTERVAL] = {
    PTL_TOPIC_TARGETS, PTL_PROTOCOL_TCP, N_("_Check each target every"),
    N_("One that does not answer gets no new connections, like 10s."), N_("never"), NULL },
  [PTL_OPTION_HEALTH_TIMEOUT] = {
    PTL_TOPIC_TARGETS, PTL_PROTOCOL_TCP, N_("It must answer wi_thin"),
    N_("Longer than that counts as a failure, like 3s."), NULL, NULL },
  [PTL_OPTION_HEALTH_FALL] = {
    PTL_TOPIC_TARGETS, PTL_PROTOCOL_BOTH, N_("Down after so many _failures"),
    N_("In a row, of checks or of connections."), NULL, NULL },
  [PTL_OPTION_HEALTH_RISE] = {
    PTL_TOPIC_TARGETS, PTL_PROTOCOL_TCP, N_("_Up again after so many answers"),
    N_("In a row, of checks."), NULL, NULL },
  [PTL_OPTION_PROXY] = {
    PTL_TOPIC_PROXY, PTL_PROTOCOL_TCP, N_("_Tell the server who connects"),
    N_("By the PROXY protocol. A server that is not set up for it does not understand what comes."), NULL, proxies },
};

const PtlOptionWords *
ptl_option_get_words (PtlOption option)
{
  g_return_val_if_fail (option < PTL_N_OPTIONS, NULL);
  return &words[option];
}

const char *
ptl_topic_get_title (PtlOptionTopic topic)
{
  static const char *const titles[PTL_N_TOPICS] = {
    [PTL_TOPIC_LIMITS] = N_ ("Li_mits"),
    [PTL_TOPIC_BAN] = N_ ("Shut Out Whoever _Keeps Knocking"),
    [PTL_TOPIC_TIMES] = N_ ("Ti_me-Outs"),
    [PTL_TOPIC_UDP] = N_ ("_UDP"),
    [PTL_TOPIC_TARGETS] = N_ ("Se_veral Targets"),
    [PTL_TOPIC_PROXY] = N_ ("_PROXY Protocol"),
  };

  return _(titles[topic]);
}

gboolean
ptl_topic_fits (PtlOptionTopic topic, PtlProtocol protocol)
{
  for (guint i = 0; i < PTL_N_OPTIONS; i++)
    if (words[i].topic == topic && (words[i].protocols & protocol) != 0)
      return TRUE;
  return FALSE;
}

/* What is not as usual */

static gboolean
differs (const PtlOptions *options, PtlOption option)
{
  return options->values[option] != ptl_option_get_spec (option)->fallback;
}

static void G_GNUC_PRINTF (2, 3)
add (GPtrArray *parts, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_ptr_array_add (parts, g_strdup_vprintf (format, args));
  va_end (args);
}

static void
add_plural (GPtrArray *parts, const PtlOptions *options, PtlOption option, char *(*say) (guint n))
{
  if (differs (options, option))
    g_ptr_array_add (parts, say ((guint) options->values[option]));
}

static char *
say_max_connections (guint n)
{
  /* Translators: a limit of a rule; %u is a number */
  return g_strdup_printf (ngettext ("at most %u connection at a time", "at most %u connections at a time", n), n);
}

static char *
say_max_per_source (guint n)
{
  /* Translators: a limit of a rule: how many connections of one address; %u is a number */
  return g_strdup_printf (ngettext ("%u of one address", "%u of one address", n), n);
}

static char *
say_new_per_second (guint n)
{
  /* Translators: a limit of a rule; %u is a number */
  return g_strdup_printf (ngettext ("%u new in a second", "%u new in a second", n), n);
}

static char *
say_new_per_source (guint n)
{
  /* Translators: a limit of a rule; %u is a number of connections */
  return g_strdup_printf (ngettext ("%u new of one address in a second", "%u new of one address in a second", n), n);
}

static void
describe_limits (GPtrArray *parts, const PtlOptions *options)
{
  g_autofree char *rate = ptl_format_rate (options->values[PTL_OPTION_RATE]);
  g_autofree char *each = ptl_format_rate (options->values[PTL_OPTION_RATE_PER_CONNECTION]);

  add_plural (parts, options, PTL_OPTION_MAX_CONNECTIONS, say_max_connections);
  add_plural (parts, options, PTL_OPTION_MAX_PER_SOURCE, say_max_per_source);
  add_plural (parts, options, PTL_OPTION_NEW_PER_SECOND, say_new_per_second);
  add_plural (parts, options, PTL_OPTION_NEW_PER_SOURCE, say_new_per_source);
  if (differs (options, PTL_OPTION_RATE))
    /* Translators: a limit of a rule; %s is like "10 MB/s" */
    add (parts, _("%s in each direction"), rate);
  if (differs (options, PTL_OPTION_RATE_PER_CONNECTION))
    /* Translators: a limit of a rule; %s is like "500 kB/s" */
    add (parts, _("%s for one connection"), each);
}

static void
describe_ban (GPtrArray *parts, const PtlOptions *options)
{
  guint n = (guint) options->values[PTL_OPTION_BAN_AFTER];
  g_autofree char *length = ptl_format_duration ((gint64) options->values[PTL_OPTION_BAN_FOR]);

  if (differs (options, PTL_OPTION_BAN_AFTER))
    /* Translators: 1 a number, 2 a length of time: "after 20 refusals shut out for 10 min" */
    add (parts, ngettext ("after %1$u refusal shut out for %2$s", "after %1$u refusals shut out for %2$s", n), n, length);
}

static void
add_time (GPtrArray *parts, const PtlOptions *options, PtlOption option, char *(*say) (const char *length))
{
  g_autofree char *length = ptl_format_duration ((gint64) options->values[option]);

  if (differs (options, option))
    g_ptr_array_add (parts, say (length));
}

static char *
say_connect_timeout (const char *length)
{
  /* Translators: %s is a length of time */
  return g_strdup_printf (_("waiting %s for the target"), length);
}

static char *
say_idle_timeout (const char *length)
{
  /* Translators: of a connection; %s is a length of time */
  return g_strdup_printf (_("closed when silent for %s"), length);
}

static char *
say_total_timeout (const char *length)
{
  /* Translators: of a connection; %s is a length of time */
  return g_strdup_printf (_("closed after %s in any case"), length);
}

static char *
say_udp_idle_timeout (const char *length)
{
  /* Translators: of a UDP sender; %s is a length of time */
  return g_strdup_printf (_("UDP: gone when silent for %s"), length);
}

static void
describe_times (GPtrArray *parts, const PtlOptions *options)
{
  add_time (parts, options, PTL_OPTION_CONNECT_TIMEOUT, say_connect_timeout);
  add_time (parts, options, PTL_OPTION_IDLE_TIMEOUT, say_idle_timeout);
  add_time (parts, options, PTL_OPTION_TOTAL_TIMEOUT, say_total_timeout);
}

static char *
say_udp_sessions (guint n)
{
  /* Translators: %u is a number */
  return g_strdup_printf (ngettext ("%u UDP sender at a time", "%u UDP senders at a time", n), n);
}

static char *
say_udp_replies (guint n)
{
  if (n == 0)
    return g_strdup (_("UDP answers without a limit"));
  /* Translators: %u is a number: UDP answers have at most so many times the bytes of what was asked */
  return g_strdup_printf (ngettext ("UDP answers at most %u time as long", "UDP answers at most %u times as long", n), n);
}

static void
describe_udp (GPtrArray *parts, const PtlOptions *options)
{
  add_time (parts, options, PTL_OPTION_UDP_IDLE_TIMEOUT, say_udp_idle_timeout);
  add_plural (parts, options, PTL_OPTION_UDP_SESSIONS, say_udp_sessions);
  add_plural (parts, options, PTL_OPTION_UDP_REPLIES, say_udp_replies);
}

static guint
count_targets (const PtlOptions *options, gboolean backup)
{
  guint n = 0;

  for (guint i = 0; i < options->targets->len; i++)
    n += ((const PtlTarget *) options->targets->pdata[i])->backup == backup ? 1 : 0;
  return n;
}

static char *
say_health_interval (const char *length)
{
  /* Translators: of the targets of a rule; %s is a length of time */
  return g_strdup_printf (_("checked every %s"), length);
}

static void
describe_targets (GPtrArray *parts, const PtlOptions *options)
{
  guint more = count_targets (options, FALSE), backups = count_targets (options, TRUE);

  if (more > 0)
    /* Translators: %u is a number of targets of a rule besides the first */
    add (parts, ngettext ("%u more target", "%u more targets", more), more);
  if (backups > 0)
    /* Translators: %u is a number of targets that are used when no other is left */
    add (parts, ngettext ("%u backup", "%u backups", backups), backups);
  if (differs (options, PTL_OPTION_BALANCE))
    g_ptr_array_add (parts, g_strdup (_(balances[options->values[PTL_OPTION_BALANCE]])));
  add_time (parts, options, PTL_OPTION_HEALTH_INTERVAL, say_health_interval);
}

static void
describe_proxy (GPtrArray *parts, const PtlOptions *options)
{
  g_autofree char *from = options->proxy_from ? ptl_format_networks (options->proxy_from) : NULL;

  if (differs (options, PTL_OPTION_PROXY))
    /* Translators: %u is the version of the PROXY protocol, by which the target is told who connects */
    add (parts, _("PROXY protocol version %u"), (guint) options->values[PTL_OPTION_PROXY]);
  if (from)
    /* Translators: %s is a list of networks whose PROXY protocol header is believed */
    add (parts, _("PROXY protocol from %s"), from);
}

static void
describe (PtlOptionTopic topic, GPtrArray *parts, const PtlOptions *options)
{
  static void (*const describers[PTL_N_TOPICS]) (GPtrArray *, const PtlOptions *) = {
    [PTL_TOPIC_LIMITS] = describe_limits,
    [PTL_TOPIC_BAN] = describe_ban,
    [PTL_TOPIC_TIMES] = describe_times,
    [PTL_TOPIC_UDP] = describe_udp,
    [PTL_TOPIC_TARGETS] = describe_targets,
    [PTL_TOPIC_PROXY] = describe_proxy,
  };

  describers[topic] (parts, options);
}

static char *
join (GPtrArray *parts)
{
  g_ptr_array_add (parts, NULL);
  return g_strjoinv (", ", (char **) parts->pdata);
}

char *
ptl_topic_describe (PtlOptionTopic topic, const PtlOptions *options)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);

  describe (topic, parts, options);
  return join (parts);
}

char *
ptl_options_describe (const PtlOptions *options)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);

  for (PtlOptionTopic topic = 0; topic < PTL_N_TOPICS; topic++)
    describe (topic, parts, options);
  return join (parts);
}

void
ptl_options_fit (PtlOptions *options, PtlProtocol protocol)
{
  for (guint i = 0; i < PTL_N_OPTIONS; i++)
    if ((words[i].protocols & protocol) == 0)
      options->values[i] = ptl_option_get_spec (i)->fallback;
  if ((protocol & PTL_PROTOCOL_TCP) == 0)
    g_clear_pointer (&options->proxy_from, ptl_audience_unref);
}

const char *
ptl_options_why_not (PtlKind kind, PtlWay way)
{
  if (kind == PTL_KIND_TUNNEL)
    return _("Limits, time-outs and further targets are not to be had here: ssh carries the connections, and knows none.");
  if (kind == PTL_KIND_MAPPING && way == PTL_WAY_DIRECT)
    return _("Limits, time-outs and further targets are not to be had here: the router leads straight to the target, past this "
             "computer. A guarded mapping has them.");
  return NULL;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-ctl-text.h"

#include <inttypes.h>
#include <glib/gi18n-lib.h>

#include "core/ptl-text.h"
#include "core/ptl-time.h"
#include "ptl-ctl-json.h"
#include "ptl-ctl-output.h"
#include "ptl-ctl-table.h"

#define LABEL_WIDTH 12
#define SHORT_ID 8

char *
ptl_ctl_dup_time (gint64 unix_seconds)
{
  g_autoptr (GDateTime) time = NULL;
  char *text;

  if (unix_seconds == 0)
    return g_strdup ("-");
  time = g_date_time_new_from_unix_local (unix_seconds);
  text = time != NULL ? g_date_time_format (time, "%Y-%m-%d %H:%M:%S") : NULL;
  return text != NULL ? text : g_strdup ("-");
}

char *
ptl_ctl_dup_left (const PtlRule *rule, gint64 now)
{
  if (ptl_rule_is_permanent (rule))
    return g_strdup (_("permanent"));
  if (rule->expires <= now)
    return g_strdup (_("over"));
  return ptl_duration_to_string (rule->expires - now);
}

char *
ptl_ctl_dup_end (const PtlRule *rule, gint64 now)
{
  g_autofree char *time = ptl_ctl_dup_time (rule->expires != 0 ? rule->expires : rule->review);
  g_autofree char *left = ptl_ctl_dup_left (rule, now);

  if (ptl_rule_is_permanent (rule))
    /* Translators: %s is a date and time */
    return g_strdup_printf (_("never; to be looked at by %s"), time);
  if (rule->expires <= now || !ptl_rule_is_living (rule))
    return g_steal_pointer (&time);
  /* Translators: a date and time, then how far off it is, like “2h 5m” */
  return g_strdup_printf (_("%s (in %s)"), time, left);
}

char *
ptl_ctl_dup_endpoint (const PtlEndpoint *endpoint)
{
  if (endpoint == NULL
      || (endpoint->host == NULL && endpoint->path == NULL && endpoint->first == 0))
    return g_strdup ("-");
  return ptl_endpoint_to_string (endpoint);
}

char *
ptl_ctl_dup_public (const PtlRule *rule)
{
  g_autofree char *named = ptl_rule_dup_named_endpoint (rule);

  if (named == NULL)
    return ptl_ctl_dup_endpoint (rule->public_endpoint);
  return g_strdup_printf ("%s (%s)", named, rule->public_endpoint->host);
}

char *
ptl_ctl_dup_short_id (const char *id)
{
  return g_strndup (id, SHORT_ID);
}

const char *
ptl_ctl_state_word (const PtlRule *rule)
{
  if (rule->state == PTL_RULE_STATE_CLOSED && rule->close_reason != PTL_CLOSE_REASON_NONE)
    return ptl_close_reason_to_string (rule->close_reason);
  return ptl_rule_state_to_string (rule->state);
}

void
ptl_ctl_print_field (PtlCtl *self, const char *label, const char *value)
{
  g_autofree char *safe = ptl_text_make_safe (value, -1, 0);
  guint width = ptl_ctl_text_get_width (label);

  if (*safe == '\0')
    return;
  ptl_ctl_print (self, "%s%*s%s\n", label, width < LABEL_WIDTH ? (int) (LABEL_WIDTH - width) : 1, "",
                 safe);
}

static void
print_way (PtlCtl *self, const PtlRule *rule)
{
  g_autofree char *text = g_strdup_printf (
      "%s%s%s", ptl_kind_to_string (rule->kind), rule->way != PTL_WAY_AUTO ? ", " : "",
      rule->way != PTL_WAY_AUTO ? ptl_way_to_string (rule->way) : "");

  ptl_ctl_print_field (self, _("Kind"), text);
}

/* Where the public endpoint is IPv6's already, it is not said twice. */
static void
print_pinhole (PtlCtl *self, const PtlRule *rule)
{
  g_autoptr (PtlEndpoint) endpoint = ptl_leases_dup_pinhole_endpoint (rule->leases);
  g_autofree char *text = endpoint != NULL ? ptl_ctl_dup_endpoint (endpoint) : NULL;

  if (text != NULL && ptl_leases_have_ipv4 (rule->leases))
    ptl_ctl_print_field (self, _("By IPv6"), text);
}

static void
print_options (PtlCtl *self, const PtlOptions *options)
{
  g_auto (GStrv) words = ptl_options_to_words (options, TRUE);

  for (char **line = words; *line != NULL; line++)
    ptl_ctl_print_field (self, _("Option"), *line);
}

/* What was asked for and could not be had, or cannot be kept. */
static void
print_notes (PtlCtl *self, const PtlRule *rule)
{
  if (rule->asked_port != 0 && rule->public_endpoint->first != 0
      && rule->asked_port != rule->public_endpoint->first && ptl_rule_is_living (rule))
    {
      g_autofree char *text
        /* Translators: two port numbers */
        = g_strdup_printf (_("Port %u was given in place of %u, which was not free."),
                           rule->public_endpoint->first, rule->asked_port);

      ptl_ctl_print_field (self, _("Note"), text);
    }
  if (rule->kind == PTL_KIND_MAPPING && rule->way == PTL_WAY_DIRECT && ptl_rule_is_living (rule))
    ptl_ctl_print_field (
        self, _("Note"),
        _("The mapping is direct: traffic is not counted, and a connection that stands when "
           "it closes may live on."));
  if (rule->error_message != NULL && *rule->error_message != '\0')
    {
      g_autofree char *text = g_strconcat (rule->error_message, " ", rule->error_advice, NULL);

      ptl_ctl_print_field (self, _("Trouble"), g_strchomp (text));
    }
}

static void
print_leases (PtlCtl *self, const PtlRule *rule)
{
  for (guint i = 0; rule->leases != NULL && i < rule->leases->len; i++)
    {
      const PtlLease *lease = rule->leases->pdata[i];
      g_autofree char *endpoint = ptl_ctl_dup_endpoint (lease->endpoint);
      g_autofree char *inner = ptl_ctl_dup_endpoint (lease->inner);
      g_autofree char *text = g_strdup_printf (
        "%s %s %s -> %s", lease->system,
        lease->endpoint != NULL ? ptl_protocol_to_string (lease->endpoint->protocol) : "", endpoint,
        inner);

      ptl_ctl_print_field (self, _("Lease"), text);
    }
}

static void
print_traffic (PtlCtl *self, const PtlTraffic *traffic)
{
  g_autofree char *in = g_format_size (traffic->bytes_in);
  g_autofree char *out = g_format_size (traffic->bytes_out);
  g_autofree char *bytes
    /* Translators: two sizes, like “1.2 MB” */
    = g_strdup_printf (_("%s in, %s out"), in, out);
  g_autofree char *connections
    /* Translators: three numbers of connections */
    = g_strdup_printf (_("%" PRIu64 " now, %" PRIu64 " ever, %" PRIu64
                         " refused"),
                       traffic->connections_now, traffic->connections_ever, traffic->refused);
  g_autofree char *used = ptl_ctl_dup_time (traffic->last_used);

  ptl_ctl_print_field (self, _("Traffic"), bytes);
  ptl_ctl_print_field (self, _("Connections"), connections);
  ptl_ctl_print_field (self, _("Last used"), used);
}

void
ptl_ctl_print_rule (PtlCtl *self, const PtlRule *rule, gboolean all)
{
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  g_autofree char *public_endpoint = ptl_ctl_dup_endpoint (rule->public_endpoint);
  g_autofree char *with_protocol = g_strdup_printf (
    "%s %s", public_endpoint, ptl_protocol_to_string (ptl_rule_get_protocol (rule)));
  g_autofree char *named = ptl_rule_dup_named_endpoint (rule);
  g_autofree char *target = ptl_ctl_dup_endpoint (rule->target);
  g_autofree char *end = ptl_ctl_dup_end (rule, now);
  g_autofree char *audience = ptl_audience_to_string (rule->audience);
  g_autofree char *created = ptl_ctl_dup_time (rule->created);
  g_autofree char *closed = ptl_ctl_dup_time (rule->closed);

  ptl_ctl_print_field (self, _("Name"), rule->name);
  ptl_ctl_print_field (self, _("Id"), rule->id);
  ptl_ctl_print_field (self, _("State"), ptl_ctl_state_word (rule));
  print_way (self, rule);
  ptl_ctl_print_field (self, _("Public"), with_protocol);
  ptl_ctl_print_field (self, _("By name"), named != NULL ? named : "");
  print_pinhole (self, rule);
  ptl_ctl_print_field (self, _("Target"), target);
  ptl_ctl_print_field (self, _("For"), audience);
  print_options (self, rule->options);
  ptl_ctl_print_field (self, _("Closes"), end);
  if (all)
    {
      ptl_ctl_print_field (self, _("Owner"), rule->owner);
      ptl_ctl_print_field (self, _("Purpose"), rule->purpose);
      ptl_ctl_print_field (self, _("Preset"), rule->preset);
      ptl_ctl_print_field (self, _("Exception"), rule->override);
      ptl_ctl_print_field (self, _("Backend"), rule->backend);
      ptl_ctl_print_field (self, _("Created"), created);
      if (rule->closed != 0)
        ptl_ctl_print_field (self, _("Closed"), closed);
      ptl_ctl_print_field (self, _("Step"), rule->step);
      print_leases (self, rule);
      print_traffic (self, &rule->traffic);
    }
  print_notes (self, rule);
}

static char *
dup_public (const PtlRule *rule)
{
  g_autoptr (PtlEndpoint) pinhole = ptl_leases_dup_pinhole_endpoint (rule->leases);
  g_autofree char *endpoint = ptl_ctl_dup_public (rule);

  if (pinhole == NULL || !ptl_leases_have_ipv4 (rule->leases))
    return g_steal_pointer (&endpoint);
  return g_strconcat (endpoint, " + IPv6", NULL);
}

static void
add_row (PtlCtlTable *table, const PtlRule *rule, gboolean history, gint64 now)
{
  g_autofree char *id = ptl_ctl_dup_short_id (rule->id);
  g_autofree char *public_endpoint = dup_public (rule);
  g_autofree char *target = ptl_ctl_dup_endpoint (rule->target);
  g_autofree char *time
    = history ? ptl_ctl_dup_time (rule->closed) : ptl_ctl_dup_left (rule, now);

  ptl_ctl_table_add (table, (const char *[]){
                                id,
                                ptl_ctl_state_word (rule),
                                rule->name,
                                ptl_kind_to_string (rule->kind),
                                ptl_protocol_to_string (ptl_rule_get_protocol (rule)),
                                public_endpoint,
                                target,
                                rule->owner,
                                time,
                            });
}

static void
print_table (PtlCtl *self, GPtrArray *rules, gboolean history)
{
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  g_autofree char *text = NULL;
  g_autoptr (PtlCtlTable) table = ptl_ctl_table_new ((const char *[]) {
    _("ID"), _("STATE"), _("NAME"), _("KIND"), _("PROTO"), _("PUBLIC"), _("TARGET"), _("OWNER"),
    history ? _("CLOSED") : _("LEFT"), NULL,
  });

  for (guint i = 0; i < rules->len; i++)
    add_row (table, rules->pdata[i], history, now);
  text = ptl_ctl_table_to_string (table, ptl_ctl_table_get_terminal_width ());
  ptl_ctl_print (self, "%s", text);
}

void
ptl_ctl_print_rules (PtlCtl *self, GPtrArray *rules, gboolean history)
{
  g_autoptr (JsonBuilder) builder = NULL;

  if (!self->json)
    {
      print_table (self, rules, history);
      return;
    }
  builder = ptl_ctl_json_begin_list ("rules");
  for (guint i = 0; i < rules->len; i++)
    ptl_ctl_json_rule (builder, rules->pdata[i]);
  ptl_ctl_json_end_list (builder);
  ptl_ctl_print_json (self, builder, FALSE);
}

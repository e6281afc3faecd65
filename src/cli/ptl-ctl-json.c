/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-ctl-json.h"

JsonBuilder *
ptl_ctl_json_begin_list (const char *key)
{
  JsonBuilder *builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, key);
  json_builder_begin_array (builder);
  return builder;
}

void
ptl_ctl_json_end_list (JsonBuilder *builder)
{
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}

static void
add_endpoint (JsonBuilder *builder, const char *key, const PtlEndpoint *endpoint)
{
  json_builder_set_member_name (builder, key);
  if (endpoint == NULL)
    {
      json_builder_add_null_value (builder);
      return;
    }
  json_builder_begin_object (builder);
  if (endpoint->path != NULL)
    ptl_json_add_text (builder, "path", endpoint->path);
  else
    {
      ptl_json_add_text_or_null (builder, "address", endpoint->host);
      ptl_json_add_int (builder, "port", endpoint->first);
      ptl_json_add_int (builder, "last_port", endpoint->last);
      ptl_json_add_text (builder, "protocol", ptl_protocol_to_string (endpoint->protocol));
    }
  json_builder_end_object (builder);
}

/* Those allowed, or those denied. */
static void
add_networks (JsonBuilder *builder, const PtlAudience *audience, gboolean denied)
{
  g_auto (GStrv) networks = ptl_audience_to_strv (audience);

  json_builder_begin_array (builder);
  for (char **text = networks; *text != NULL; text++)
    if ((**text == '!') == denied)
      json_builder_add_string_value (builder, *text + denied);
  json_builder_end_array (builder);
}

static void
add_audience (JsonBuilder *builder, const PtlAudience *audience)
{
  json_builder_set_member_name (builder, "audience");
  if (ptl_audience_get_n_networks (audience) == 0)
    json_builder_add_string_value (builder, "anyone");
  else
    add_networks (builder, audience, FALSE);
  json_builder_set_member_name (builder, "denied");
  add_networks (builder, audience, TRUE);
}

static void
add_targets (JsonBuilder *builder, const GPtrArray *targets)
{
  json_builder_set_member_name (builder, "targets");
  json_builder_begin_array (builder);
  for (guint i = 0; i < targets->len; i++)
    {
      const PtlTarget *target = targets->pdata[i];
      g_autofree char *endpoint = ptl_endpoint_to_string (target->endpoint);

      json_builder_begin_object (builder);
      ptl_json_add_text (builder, "endpoint", endpoint);
      ptl_json_add_bool (builder, "backup", target->backup);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

static void
add_options (JsonBuilder *builder, const PtlOptions *options)
{
  json_builder_set_member_name (builder, "options");
  json_builder_begin_object (builder);
  for (guint i = 0; i < PTL_N_OPTIONS; i++)
    {
      const PtlOptionSpec *spec = ptl_option_get_spec (i);

      if (options->values[i] == spec->fallback)
        continue;
      if (spec->words != NULL)
        ptl_json_add_text (builder, spec->name, spec->words[options->values[i]]);
      else
        ptl_json_add_int (builder, spec->name, (gint64) options->values[i]);
    }
  if (options->targets->len > 0)
    add_targets (builder, options->targets);
  if (options->proxy_from != NULL)
    {
      json_builder_set_member_name (builder, "proxy_from");
      add_networks (builder, options->proxy_from, FALSE);
    }
  json_builder_end_object (builder);
}

static void
add_pinhole (JsonBuilder *builder, const PtlRule *rule)
{
  g_autoptr (PtlEndpoint) endpoint = ptl_leases_dup_pinhole_endpoint (rule->leases);

  add_endpoint (builder, "public_endpoint6", endpoint);
}

static void
add_error (JsonBuilder *builder, const PtlRule *rule)
{
  json_builder_set_member_name (builder, "error");
  if (rule->error_message == NULL || *rule->error_message == '\0')
    {
      json_builder_add_null_value (builder);
      return;
    }
  json_builder_begin_object (builder);
  ptl_json_add_text (builder, "code", rule->error_code);
  ptl_json_add_text (builder, "message", rule->error_message);
  ptl_json_add_text (builder, "advice", rule->error_advice);
  json_builder_end_object (builder);
}

static void
add_lease (JsonBuilder *builder, const PtlLease *lease)
{
  json_builder_begin_object (builder);
  ptl_json_add_text (builder, "system", lease->system);
  ptl_json_add_text_or_null (builder, "holder", lease->holder);
  add_endpoint (builder, "endpoint", lease->endpoint);
  add_endpoint (builder, "inner", lease->inner);
  ptl_json_add_int (builder, "lifetime", lease->lifetime);
  ptl_json_add_time (builder, "granted", lease->granted);
  ptl_json_add_time (builder, "renew", lease->renew);
  ptl_json_add_time (builder, "read_back", lease->read_back);
  json_builder_end_object (builder);
}

static void
add_leases (JsonBuilder *builder, const PtlRule *rule)
{
  json_builder_set_member_name (builder, "leases");
  json_builder_begin_array (builder);
  for (guint i = 0; rule->leases != NULL && i < rule->leases->len; i++)
    add_lease (builder, rule->leases->pdata[i]);
  json_builder_end_array (builder);
}

static void
add_traffic (JsonBuilder *builder, const PtlTraffic *traffic)
{
  json_builder_set_member_name (builder, "traffic");
  json_builder_begin_object (builder);
  ptl_json_add_int (builder, "bytes_in", (gint64) traffic->bytes_in);
  ptl_json_add_int (builder, "bytes_out", (gint64) traffic->bytes_out);
  ptl_json_add_int (builder, "connections_now", (gint64) traffic->connections_now);
  ptl_json_add_int (builder, "connections_ever", (gint64) traffic->connections_ever);
  ptl_json_add_int (builder, "refused", (gint64) traffic->refused);
  ptl_json_add_time (builder, "last_used", traffic->last_used);
  json_builder_end_object (builder);
}

void
ptl_ctl_json_rule_members (JsonBuilder *builder, const PtlRule *rule)
{
  ptl_json_add_text (builder, "id", rule->id);
  ptl_json_add_text (builder, "kind", ptl_kind_to_string (rule->kind));
  ptl_json_add_text (builder, "name", rule->name);
  ptl_json_add_text (builder, "protocol", ptl_protocol_to_string (ptl_rule_get_protocol (rule)));
  add_endpoint (builder, "public_endpoint", rule->public_endpoint);
  ptl_json_add_text_or_null (builder, "public_name", rule->public_name);
  add_pinhole (builder, rule);
  ptl_json_add_int (builder, "asked_port", rule->asked_port);
  add_endpoint (builder, "target", rule->target);
  ptl_json_add_text (builder, "way", ptl_way_to_string (rule->way));
  ptl_json_add_text (builder, "family", ptl_family_to_string (rule->family));
  ptl_json_add_text (builder, "firewall_wish", ptl_firewall_wish_to_string (rule->firewall));
  ptl_json_add_text (builder, "backend", rule->backend);
  ptl_json_add_text (builder, "owner", rule->owner);
  ptl_json_add_text (builder, "purpose", rule->purpose);
  ptl_json_add_text_or_null (builder, "preset", rule->preset);
  ptl_json_add_text_or_null (builder, "override", rule->override);
  add_audience (builder, rule->audience);
  add_options (builder, rule->options);
  ptl_json_add_time (builder, "created", rule->created);
  ptl_json_add_time (builder, "expires", rule->expires);
  ptl_json_add_time (builder, "review", rule->review);
  ptl_json_add_time (builder, "closed", rule->closed);
  ptl_json_add_text (builder, "state", ptl_rule_state_to_string (rule->state));
  ptl_json_add_text_or_null (builder, "close_reason",
                             ptl_close_reason_to_string (rule->close_reason));
  add_error (builder, rule);
  ptl_json_add_text_or_null (builder, "step", rule->step);
  add_leases (builder, rule);
  add_traffic (builder, &rule->traffic);
}

void
ptl_ctl_json_rule (JsonBuilder *builder, const PtlRule *rule)
{
  json_builder_begin_object (builder);
  ptl_ctl_json_rule_members (builder, rule);
  json_builder_end_object (builder);
}

void
ptl_ctl_json_event (JsonBuilder *builder, const PtlEvent *event)
{
  json_builder_begin_object (builder);
  ptl_json_add_int (builder, "seq", event->seq);
  ptl_json_add_time (builder, "at", event->at);
  ptl_json_add_text (builder, "who", event->who);
  ptl_json_add_text (builder, "what", event->what);
  ptl_json_add_text_or_null (builder, "rule_id", event->rule_id);
  ptl_json_add_text (builder, "result", event->result);
  ptl_json_add_text (builder, "detail", event->detail);
  ptl_json_add_text (builder, "hash", event->hash);
  json_builder_end_object (builder);
}

void
ptl_ctl_json_router (JsonBuilder *builder, PtlRouterItem *router)
{
  const char *const *protocols = ptl_router_item_get_protocols (router);
  gboolean named;

  json_builder_begin_object (builder);
  ptl_json_add_text (builder, "id", ptl_router_item_get (router, "Id"));
  ptl_json_add_text (builder, "name", ptl_router_item_get (router, "Name"));
  ptl_json_add_text (builder, "address", ptl_router_item_get (router, "Address"));
  ptl_json_add_text (builder, "interface", ptl_router_item_get (router, "Interface"));
  ptl_json_add_text_or_null (builder, "local_address",
                             ptl_router_item_get (router, "LocalAddress"));
  ptl_json_add_text_or_null (builder, "external_address",
                             ptl_router_item_get (router, "ExternalAddress"));
  ptl_json_add_texts (builder, "protocols", protocols);
  ptl_json_add_text (builder, "state", ptl_router_item_get (router, "State"));
  ptl_json_add_text_or_null (builder, "message", ptl_router_item_get (router, "Message"));
  ptl_json_add_text_or_null (builder, "advice", ptl_router_item_get (router, "Advice"));
  g_object_get (router, "named", &named, NULL);
  ptl_json_add_bool (builder, "named", named);
  ptl_json_add_text_or_null (builder, "description_url",
                             ptl_router_item_get (router, "DescriptionUrl"));
  json_builder_end_object (builder);
}

static const char *
text_of (GVariant *dict, const char *key)
{
  const char *text = "";

  g_variant_lookup (dict, key, "&s", &text);
  return text;
}

static gint64
number_of (GVariant *dict, const char *key)
{
  g_autoptr (GVariant) value = g_variant_lookup_value (dict, key, NULL);

  if (value != NULL && g_variant_is_of_type (value, G_VARIANT_TYPE_UINT32))
    return g_variant_get_uint32 (value);
  if (value != NULL && g_variant_is_of_type (value, G_VARIANT_TYPE_INT64))
    return g_variant_get_int64 (value);
  return 0;
}

void
ptl_ctl_json_entry (JsonBuilder *builder, GVariant *entry)
{
  gboolean enabled = TRUE, ignored = FALSE, local = FALSE;

  g_variant_lookup (entry, "Enabled", "b", &enabled);
  g_variant_lookup (entry, "Ignored", "b", &ignored);
  g_variant_lookup (entry, "Local", "b", &local);
  json_builder_begin_object (builder);
  ptl_json_add_text (builder, "id", text_of (entry, "Id"));
  ptl_json_add_text (builder, "protocol", text_of (entry, "Protocol"));
  ptl_json_add_int (builder, "external_port", number_of (entry, "ExternalPort"));
  ptl_json_add_text (builder, "address", text_of (entry, "Address"));
  ptl_json_add_int (builder, "port", number_of (entry, "Port"));
  ptl_json_add_text (builder, "description", text_of (entry, "Description"));
  ptl_json_add_text_or_null (builder, "remote", text_of (entry, "Remote"));
  ptl_json_add_int (builder, "lifetime", number_of (entry, "Lifetime"));
  ptl_json_add_bool (builder, "enabled", enabled);
  ptl_json_add_text_or_null (builder, "rule_id", text_of (entry, "RuleId"));
  ptl_json_add_bool (builder, "foreign", *text_of (entry, "RuleId") == '\0');
  ptl_json_add_text (builder, "router", text_of (entry, "Router"));
  ptl_json_add_text_or_null (builder, "host", text_of (entry, "Host"));
  ptl_json_add_text_or_null (builder, "mac", text_of (entry, "Mac"));
  ptl_json_add_text_or_null (builder, "vendor", text_of (entry, "Vendor"));
  ptl_json_add_bool (builder, "this_computer", local);
  ptl_json_add_text_or_null (builder, "process", text_of (entry, "Process"));
  ptl_json_add_time (builder, "first_seen", number_of (entry, "FirstSeen"));
  ptl_json_add_bool (builder, "ignored", ignored);
  ptl_json_add_text_or_null (builder, "review", text_of (entry, "Review"));
  json_builder_end_object (builder);
}

void
ptl_ctl_json_debt (JsonBuilder *builder, GVariant *debt)
{
  json_builder_begin_object (builder);
  ptl_json_add_text (builder, "rule_id", text_of (debt, "RuleId"));
  ptl_json_add_text (builder, "name", text_of (debt, "Name"));
  ptl_json_add_text (builder, "system", text_of (debt, "System"));
  ptl_json_add_text_or_null (builder, "holder", text_of (debt, "Holder"));
  ptl_json_add_text (builder, "endpoint", text_of (debt, "Endpoint"));
  ptl_json_add_time (builder, "since", number_of (debt, "Since"));
  ptl_json_add_int (builder, "tries", number_of (debt, "Tries"));
  ptl_json_add_text (builder, "message", text_of (debt, "Message"));
  ptl_json_add_time (builder, "ends", number_of (debt, "Ends"));
  json_builder_end_object (builder);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-report-json.h"

#include "core/ptl-finding-way.h"
#include "ptl-json-add.h"

/* --- a finding --- */

static void
add_endpoint (JsonBuilder *builder, const PtlFinding *finding)
{
  json_builder_set_member_name (builder, "endpoint");
  json_builder_begin_object (builder);
  ptl_json_add_text (builder, "address", finding->address);
  ptl_json_add_int (builder, "port", finding->port);
  ptl_json_add_text (builder, "protocol", ptl_protocol_to_string (finding->protocol));
  json_builder_end_object (builder);
}

static void
add_listening (JsonBuilder *builder, const PtlListening *listening)
{
  json_builder_set_member_name (builder, "listening");
  if (listening == NULL)
    {
      json_builder_add_null_value (builder);
      return;
    }
  json_builder_begin_object (builder);
  ptl_json_add_text (builder, "address", listening->address);
  ptl_json_add_text_or_null (builder, "process", listening->process);
  json_builder_set_member_name (builder, "pid");
  if (listening->pid != 0)
    json_builder_add_int_value (builder, listening->pid);
  else
    json_builder_add_null_value (builder);
  ptl_json_add_text_or_null (builder, "user", listening->user);
  ptl_json_add_text_or_null (builder, "unit", listening->unit);
  ptl_json_add_text_or_null (builder, "container", listening->container);
  json_builder_end_object (builder);
}

static void
add_forwarded (JsonBuilder *builder, const PtlFinding *finding)
{
  json_builder_set_member_name (builder, "forwarded");
  json_builder_begin_array (builder);
  for (guint i = 0; i < finding->forwarded->len; i++)
    {
      const PtlForwarded *forwarded = finding->forwarded->pdata[i];

      json_builder_begin_object (builder);
      ptl_json_add_text (builder, "system", forwarded->system);
      ptl_json_add_text_or_null (builder, "name", forwarded->name);
      ptl_json_add_text_or_null (builder, "entry", forwarded->id);
      ptl_json_add_text_or_null (builder, "router", forwarded->router);
      ptl_json_add_text_or_null (builder, "rule", forwarded->rule);
      ptl_json_add_text_or_null (builder, "public_endpoint", forwarded->public_endpoint);
      ptl_json_add_text_or_null (builder, "target", forwarded->target);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

static void
add_stop (JsonBuilder *builder, const PtlStop *stop)
{
  json_builder_begin_object (builder);
  ptl_json_add_text (builder, "kind", stop->kind);
  ptl_json_add_text (builder, "state", stop->state);
  ptl_json_add_text_or_null (builder, "name", stop->name);
  ptl_json_add_text_or_null (builder, "address", stop->address);
  ptl_json_add_text_or_null (builder, "reason", stop->reason);
  json_builder_end_object (builder);
}

static void
add_ways (JsonBuilder *builder, const PtlFinding *finding)
{
  g_autoptr (GPtrArray) ways = ptl_finding_dup_ways (finding);

  json_builder_set_member_name (builder, "ways");
  json_builder_begin_array (builder);
  for (guint i = 0; i < ways->len; i++)
    {
      const GPtrArray *way = ways->pdata[i];

      json_builder_begin_array (builder);
      for (guint j = 0; j < way->len; j++)
        add_stop (builder, way->pdata[j]);
      json_builder_end_array (builder);
    }
  json_builder_end_array (builder);
}

static void
add_seen (JsonBuilder *builder, const PtlFinding *finding)
{
  json_builder_set_member_name (builder, "seen");
  json_builder_begin_array (builder);
  for (guint i = 0; i < finding->seen->len; i++)
    {
      const PtlSighting *sighting = finding->seen->pdata[i];

      json_builder_begin_object (builder);
      ptl_json_add_text (builder, "vantage", ptl_vantage_to_string (sighting->vantage));
      ptl_json_add_text (builder, "state", ptl_seen_to_string (sighting->state));
      ptl_json_add_time (builder, "at", sighting->at);
      ptl_json_add_text_or_null (builder, "detail", sighting->detail);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

static void
add_tls (JsonBuilder *builder, const PtlTlsFacts *tls)
{
  json_builder_set_member_name (builder, "tls");
  if (tls == NULL)
    {
      json_builder_add_null_value (builder);
      return;
    }
  json_builder_begin_object (builder);
  ptl_json_add_text_or_null (builder, "version", tls->version);
  ptl_json_add_text_or_null (builder, "subject", tls->subject);
  ptl_json_add_text_or_null (builder, "issuer", tls->issuer);
  ptl_json_add_texts (builder, "names", (const char *const *) tls->names);
  ptl_json_add_time (builder, "not_before", tls->not_before);
  ptl_json_add_time (builder, "not_after", tls->not_after);
  ptl_json_add_bool (builder, "self_signed", tls->self_signed);
  ptl_json_add_texts (builder, "old_versions", (const char *const *) tls->old_versions);
  json_builder_end_object (builder);
}

static void
add_identity (JsonBuilder *builder, const PtlIdentity *identity)
{
  ptl_json_add_text_or_null (builder, "service", identity->service);
  ptl_json_add_text_or_null (builder, "product", identity->product);
  ptl_json_add_text_or_null (builder, "version", identity->version);
  ptl_json_add_text (builder, "auth", ptl_auth_to_string (identity->auth));
  add_tls (builder, identity->tls);
  ptl_json_add_text_or_null (builder, "banner", identity->banner);
}

void
ptl_finding_to_json (const PtlFinding *finding, JsonBuilder *builder)
{
  json_builder_begin_object (builder);
  ptl_json_add_text (builder, "key", finding->key);
  add_endpoint (builder, finding);
  ptl_json_add_text_or_null (builder, "declared", finding->declared);
  add_listening (builder, finding->listening);
  add_forwarded (builder, finding);
  add_seen (builder, finding);
  add_identity (builder, finding->identity);
  ptl_json_add_text (builder, "severity", ptl_severity_to_string (finding->severity));
  ptl_json_add_text (builder, "reach", finding->reach);
  ptl_json_add_text_or_null (builder, "firewall", finding->firewall);
  add_ways (builder, finding);
  ptl_json_add_text (builder, "evidence", finding->evidence);
  ptl_json_add_text (builder, "advice", finding->advice);
  ptl_json_add_text_or_null (builder, "news", finding->news);
  ptl_json_add_time (builder, "accepted_until", finding->accepted_until);
  ptl_json_add_text_or_null (builder, "accepted_reason", finding->accepted_reason);
  json_builder_end_object (builder);
}

/* --- the report --- */

void
ptl_report_head_to_json (const PtlReport *self, JsonBuilder *builder)
{
  json_builder_begin_object (builder);
  ptl_json_add_text (builder, "id", self->id);
  ptl_json_add_time (builder, "started_at", self->started);
  ptl_json_add_time (builder, "finished_at", self->finished);
  ptl_json_add_texts (builder, "vantages", (const char *const *) self->vantages);
  ptl_json_add_text_or_null (builder, "address", self->address);
  ptl_json_add_text_or_null (builder, "asked_by", self->asked_by);
  ptl_json_add_texts (builder, "notes", (const char *const *) self->notes);
  json_builder_set_member_name (builder, "counts");
  json_builder_begin_object (builder);
  for (guint i = PTL_N_SEVERITIES; i-- > 0;)
    ptl_json_add_int (builder, ptl_severity_to_string ((PtlSeverity) i), self->n_severities[i]);
  ptl_json_add_int (builder, "accepted", self->n_accepted);
  ptl_json_add_int (builder, "news", self->n_news);
  json_builder_end_object (builder);
  json_builder_end_object (builder);
}

void
ptl_report_to_json (const PtlReport *self, JsonBuilder *builder)
{
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "report");
  ptl_report_head_to_json (self, builder);
  json_builder_set_member_name (builder, "findings");
  json_builder_begin_array (builder);
  for (guint i = 0; i < self->findings->len; i++)
    ptl_finding_to_json (self->findings->pdata[i], builder);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}

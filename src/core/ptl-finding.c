/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-finding.h"

#include <glib/gi18n-lib.h>

#include "ptl-error.h"
#include "ptl-variant.h"

static void
sighting_free (gpointer data)
{
  PtlSighting *self = data;

  g_free (self->detail);
  g_free (self);
}

static void
forwarded_free (gpointer data)
{
  PtlForwarded *self = data;

  g_free (self->system);
  g_free (self->name);
  g_free (self->id);
  g_free (self->router);
  g_free (self->rule);
  g_free (self->public_endpoint);
  g_free (self->target);
  g_free (self);
}

static void
listening_free (PtlListening *self)
{
  if (self == NULL)
    return;
  g_free (self->address);
  g_free (self->process);
  g_free (self->user);
  g_free (self->unit);
  g_free (self->container);
  g_free (self);
}

PtlFinding *
ptl_finding_new (void)
{
  PtlFinding *self = g_new0 (PtlFinding, 1);

  self->key = g_strdup ("");
  self->address = g_strdup ("");
  self->declared = g_strdup ("");
  self->forwarded = g_ptr_array_new_with_free_func (forwarded_free);
  self->seen = g_ptr_array_new_with_free_func (sighting_free);
  self->identity = ptl_identity_new ();
  self->reach = g_strdup ("");
  self->firewall = g_strdup ("");
  self->firewall_message = g_strdup ("");
  self->evidence = g_strdup ("");
  self->advice = g_strdup ("");
  self->news = g_strdup ("");
  self->accepted_reason = g_strdup ("");
  return self;
}

void
ptl_finding_free (PtlFinding *self)
{
  if (self == NULL)
    return;
  g_free (self->key);
  g_free (self->address);
  g_free (self->declared);
  listening_free (self->listening);
  g_ptr_array_unref (self->forwarded);
  g_ptr_array_unref (self->seen);
  ptl_identity_free (self->identity);
  g_free (self->reach);
  g_free (self->firewall);
  g_free (self->firewall_message);
  g_free (self->evidence);
  g_free (self->advice);
  g_free (self->news);
  g_free (self->accepted_reason);
  g_free (self);
}

PtlSighting *
ptl_finding_add_sighting (PtlFinding *self)
{
  PtlSighting *sighting = g_new0 (PtlSighting, 1);

  sighting->detail = g_strdup ("");
  g_ptr_array_add (self->seen, sighting);
  return sighting;
}

PtlForwarded *
ptl_finding_add_forwarded (PtlFinding *self)
{
  PtlForwarded *forwarded = g_new0 (PtlForwarded, 1);

  forwarded->system = g_strdup ("");
  forwarded->name = g_strdup ("");
  forwarded->id = g_strdup ("");
  forwarded->router = g_strdup ("");
  forwarded->rule = g_strdup ("");
  forwarded->public_endpoint = g_strdup ("");
  forwarded->target = g_strdup ("");
  g_ptr_array_add (self->forwarded, forwarded);
  return forwarded;
}

PtlListening *
ptl_finding_set_listening (PtlFinding *self)
{
  listening_free (self->listening);
  self->listening = g_new0 (PtlListening, 1);
  self->listening->address = g_strdup ("");
  self->listening->process = g_strdup ("");
  self->listening->user = g_strdup ("");
  self->listening->unit = g_strdup ("");
  self->listening->container = g_strdup ("");
  return self->listening;
}

static GVariant *
listening_to_variant (const PtlListening *listening)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  ptl_variant_add_string (&builder, "Address", listening->address);
  ptl_variant_add_string (&builder, "Process", listening->process);
  ptl_variant_add_int64 (&builder, "Pid", listening->pid);
  ptl_variant_add_string (&builder, "User", listening->user);
  ptl_variant_add_string (&builder, "Unit", listening->unit);
  ptl_variant_add_string (&builder, "Container", listening->container);
  return g_variant_builder_end (&builder);
}

static GVariant *
forwarded_to_variant (gconstpointer item)
{
  const PtlForwarded *forwarded = item;
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  ptl_variant_add_string (&builder, "System", forwarded->system);
  ptl_variant_add_string (&builder, "Name", forwarded->name);
  ptl_variant_add_string (&builder, "Id", forwarded->id);
  ptl_variant_add_string (&builder, "Router", forwarded->router);
  ptl_variant_add_string (&builder, "Rule", forwarded->rule);
  ptl_variant_add_string (&builder, "PublicEndpoint", forwarded->public_endpoint);
  ptl_variant_add_string (&builder, "Target", forwarded->target);
  return g_variant_builder_end (&builder);
}

static GVariant *
sighting_to_variant (gconstpointer item)
{
  const PtlSighting *sighting = item;
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  ptl_variant_add_string (&builder, "Vantage", ptl_vantage_to_string (sighting->vantage));
  ptl_variant_add_string (&builder, "State", ptl_seen_to_string (sighting->state));
  ptl_variant_add_int64 (&builder, "At", sighting->at);
  ptl_variant_add_string (&builder, "Detail", sighting->detail);
  return g_variant_builder_end (&builder);
}

typedef GVariant *(*WriteFunc) (gconstpointer item);

static GVariant *
list_to_variant (const GPtrArray *items, WriteFunc write)
{
  GVariantBuilder list;

  g_variant_builder_init (&list, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < items->len; i++)
    g_variant_builder_add_value (&list, write (items->pdata[i]));
  return g_variant_builder_end (&list);
}

gboolean
ptl_finding_is_shut (const PtlFinding *self)
{
  if (self->listening != NULL || self->forwarded->len > 0)
    return FALSE;
  for (guint i = 0; i < self->seen->len; i++)
    if (((const PtlSighting *) self->seen->pdata[i])->state == PTL_SEEN_OPEN)
      return FALSE;
  return TRUE;
}

gboolean
ptl_finding_is_page (const PtlFinding *self)
{
  /* What neighbours alone can reach is told as less bad by one. */
  PtlSeverity most = g_str_equal (self->reach, "internet") ? PTL_SEVERITY_LOW : PTL_SEVERITY_INFO;

  return self->identity->auth == PTL_AUTH_OPEN && g_str_equal (self->identity->service, "http")
         && self->severity <= most;
}

GVariant *
ptl_finding_to_variant (const PtlFinding *self)
{
  g_autoptr (GVariant) identity = g_variant_ref_sink (ptl_identity_to_variant (self->identity));
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (identity);
  const char *protocol
      = self->protocol != PTL_PROTOCOL_NONE ? ptl_protocol_to_string (self->protocol) : "";

  g_variant_dict_insert (&dict, "Severity", "s", ptl_severity_to_string (self->severity));
  g_variant_dict_insert (&dict, "Evidence", "s", self->evidence);
  g_variant_dict_insert (&dict, "Advice", "s", self->advice);
  g_variant_dict_insert (&dict, "Key", "s", self->key);
  g_variant_dict_insert (&dict, "Address", "s", self->address);
  g_variant_dict_insert (&dict, "Port", "u", (guint32) self->port);
  g_variant_dict_insert (&dict, "Protocol", "s", protocol);
  g_variant_dict_insert (&dict, "Declared", "s", self->declared);
  g_variant_dict_insert (&dict, "Reach", "s", self->reach);
  g_variant_dict_insert (&dict, "Firewall", "s", self->firewall);
  g_variant_dict_insert (&dict, "FirewallMessage", "s", self->firewall_message);
  g_variant_dict_insert (&dict, "News", "s", self->news);
  g_variant_dict_insert (&dict, "AcceptedUntil", "x", self->accepted_until);
  g_variant_dict_insert (&dict, "AcceptedReason", "s", self->accepted_reason);
  if (self->listening != NULL)
    g_variant_dict_insert_value (&dict, "Listening", listening_to_variant (self->listening));
  g_variant_dict_insert_value (&dict, "Forwarded",
                               list_to_variant (self->forwarded, forwarded_to_variant));
  g_variant_dict_insert_value (&dict, "Seen", list_to_variant (self->seen, sighting_to_variant));
  return g_variant_dict_end (&dict);
}

static gboolean
set_unknown (GError **error)
{
  ptl_error_set (error, PTL_ERROR_INVALID, NULL, _ ("A finding holds a word that is not known."));
  return FALSE;
}

static gboolean
read_listening (PtlFinding *self, GVariant *value, GError **error)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (value);
  PtlListening *listening = ptl_finding_set_listening (self);
  gint64 pid = 0;

  if (!ptl_variant_get_string (&dict, "Address", &listening->address, error)
      || !ptl_variant_get_string (&dict, "Process", &listening->process, error)
      || !ptl_variant_get_int64 (&dict, "Pid", &pid, error)
      || !ptl_variant_get_string (&dict, "User", &listening->user, error)
      || !ptl_variant_get_string (&dict, "Unit", &listening->unit, error)
      || !ptl_variant_get_string (&dict, "Container", &listening->container, error))
    return FALSE;
  listening->pid = (guint32) CLAMP (pid, 0, G_MAXUINT32);
  return TRUE;
}

static gboolean
read_forwarded (PtlFinding *self, GVariant *value, GError **error)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (value);
  PtlForwarded *forwarded = ptl_finding_add_forwarded (self);

  return ptl_variant_get_string (&dict, "System", &forwarded->system, error)
         && ptl_variant_get_string (&dict, "Name", &forwarded->name, error)
         && ptl_variant_get_string (&dict, "Id", &forwarded->id, error)
         && ptl_variant_get_string (&dict, "Router", &forwarded->router, error)
         && ptl_variant_get_string (&dict, "Rule", &forwarded->rule, error)
         && ptl_variant_get_string (&dict, "PublicEndpoint", &forwarded->public_endpoint, error)
         && ptl_variant_get_string (&dict, "Target", &forwarded->target, error);
}

static gboolean
read_sighting (PtlFinding *self, GVariant *value, GError **error)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (value);
  PtlSighting *sighting = ptl_finding_add_sighting (self);
  g_autofree char *vantage = NULL;
  g_autofree char *state = NULL;

  if (!ptl_variant_get_string (&dict, "Vantage", &vantage, error)
      || !ptl_variant_get_string (&dict, "State", &state, error)
      || !ptl_variant_get_int64 (&dict, "At", &sighting->at, error)
      || !ptl_variant_get_string (&dict, "Detail", &sighting->detail, error))
    return FALSE;
  if (ptl_vantage_from_string (vantage, &sighting->vantage)
      && ptl_seen_from_string (state, &sighting->state))
    return TRUE;
  return set_unknown (error);
}

typedef gboolean (*ReadFunc) (PtlFinding *self, GVariant *value, GError **error);

static gboolean
read_list (PtlFinding *self, GVariantDict *dict, const char *key, ReadFunc read, GError **error)
{
  g_autoptr (GError) problem = NULL;
  g_autoptr (GVariant) list = ptl_variant_get_value (dict, key, "aa{sv}", &problem);

  for (gsize i = 0; list != NULL && problem == NULL && i < g_variant_n_children (list); i++)
    {
      g_autoptr (GVariant) child = g_variant_get_child_value (list, i);

      read (self, child, &problem);
    }
  if (problem == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

static gboolean
read_parts (PtlFinding *self, GVariantDict *dict, GError **error)
{
  g_autoptr (GError) problem = NULL;
  g_autoptr (GVariant) listening = ptl_variant_get_value (dict, "Listening", "a{sv}", &problem);

  if (problem == NULL && listening != NULL)
    read_listening (self, listening, &problem);
  if (problem != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }
  return read_list (self, dict, "Forwarded", read_forwarded, error)
         && read_list (self, dict, "Seen", read_sighting, error);
}

PtlFinding *
ptl_finding_from_variant (GVariant *value, GError **error)
{
  g_autoptr (PtlFinding) self = ptl_finding_new ();
  PtlIdentity *identity = ptl_identity_from_variant (value, error);

  if (identity == NULL)
    return NULL;
  ptl_identity_free (self->identity);
  self->identity = identity;
  self->severity = identity->severity;

  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (value);

  if (!ptl_variant_get_string (&dict, "Key", &self->key, error)
      || !ptl_variant_get_string (&dict, "Address", &self->address, error)
      || !ptl_variant_get_port (&dict, "Port", &self->port, error)
      || !ptl_variant_get_protocol (&dict, "Protocol", &self->protocol, error)
      || !ptl_variant_get_string (&dict, "Declared", &self->declared, error)
      || !ptl_variant_get_string (&dict, "Reach", &self->reach, error)
      || !ptl_variant_get_string (&dict, "Firewall", &self->firewall, error)
      || !ptl_variant_get_string (&dict, "FirewallMessage", &self->firewall_message, error)
      || !ptl_variant_get_string (&dict, "Evidence", &self->evidence, error)
      || !ptl_variant_get_string (&dict, "Advice", &self->advice, error)
      || !ptl_variant_get_string (&dict, "News", &self->news, error)
      || !ptl_variant_get_int64 (&dict, "AcceptedUntil", &self->accepted_until, error)
      || !ptl_variant_get_string (&dict, "AcceptedReason", &self->accepted_reason, error)
      || !read_parts (self, &dict, error))
    return NULL;
  return g_steal_pointer (&self);
}

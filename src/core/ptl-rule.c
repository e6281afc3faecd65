/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-rule.h"

#include <glib/gi18n-lib.h>

#include "ptl-text.h"

#define SHOWN_CHARS 40

G_DEFINE_BOXED_TYPE (PtlRule, ptl_rule, ptl_rule_copy, ptl_rule_free)

static const char *const kind_names[] = { "forward", "tunnel", "mapping" };
static const char *const way_names[] = { "auto", "guarded", "direct", "remote", "local" };

static GPtrArray *
new_leases (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_lease_free);
}

static gpointer
copy_lease (gconstpointer lease, gpointer data)
{
  return ptl_lease_copy (lease);
}

/* The public endpoint and the audience are always there, the target is not: NULL = not said. */
PtlRule *
ptl_rule_new (PtlKind kind)
{
  PtlRule *self = g_new0 (PtlRule, 1);
  char **texts[] = { &self->name,         &self->backend,  &self->owner,      &self->purpose,
                     &self->preset,       &self->override, &self->error_code, &self->error_message,
                     &self->error_advice, &self->step,     &self->public_name,
                     &self->firewall_zone };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    *texts[i] = g_strdup ("");
  self->id = g_uuid_string_random ();
  self->kind = kind;
  self->public_endpoint = ptl_endpoint_new (PTL_PROTOCOL_TCP, NULL, 0, 0);
  self->audience = ptl_audience_new_anyone ();
  self->options = ptl_options_new ();
  self->state = PTL_RULE_STATE_REQUESTED;
  self->leases = new_leases ();
  return self;
}

PtlRule *
ptl_rule_copy (const PtlRule *self)
{
  PtlRule *copy = g_memdup2 (self, sizeof *self);

  copy->id = g_strdup (self->id);
  copy->name = g_strdup (self->name);
  copy->public_endpoint = ptl_endpoint_copy (self->public_endpoint);
  copy->target = ptl_endpoint_copy (self->target);
  copy->backend = g_strdup (self->backend);
  copy->owner = g_strdup (self->owner);
  copy->purpose = g_strdup (self->purpose);
  copy->preset = g_strdup (self->preset);
  copy->override = g_strdup (self->override);
  copy->audience = self->audience != NULL ? ptl_audience_ref (self->audience) : NULL;
  copy->options = ptl_options_copy (self->options);
  copy->error_code = g_strdup (self->error_code);
  copy->error_message = g_strdup (self->error_message);
  copy->error_advice = g_strdup (self->error_advice);
  copy->step = g_strdup (self->step);
  copy->public_name = g_strdup (self->public_name);
  copy->firewall_zone = g_strdup (self->firewall_zone);
  copy->leases
      = self->leases != NULL ? g_ptr_array_copy (self->leases, copy_lease, NULL) : new_leases ();
  return copy;
}

void
ptl_rule_free (PtlRule *self)
{
  if (self == NULL)
    return;
  g_free (self->id);
  g_free (self->name);
  ptl_endpoint_free (self->public_endpoint);
  ptl_endpoint_free (self->target);
  g_free (self->backend);
  g_free (self->owner);
  g_free (self->purpose);
  g_free (self->preset);
  g_free (self->override);
  g_clear_pointer (&self->audience, ptl_audience_unref);
  g_clear_pointer (&self->options, ptl_options_free);
  g_free (self->error_code);
  g_free (self->error_message);
  g_free (self->error_advice);
  g_free (self->step);
  g_free (self->public_name);
  g_free (self->firewall_zone);
  g_clear_pointer (&self->leases, g_ptr_array_unref);
  g_free (self);
}

gboolean
ptl_rule_is_living (const PtlRule *self)
{
  return !ptl_rule_state_is_final (self->state);
}

gboolean
ptl_rule_is_carried (const PtlRule *self)
{
  return self->kind == PTL_KIND_FORWARD
         || (self->kind == PTL_KIND_MAPPING && self->way == PTL_WAY_GUARDED);
}

char *
ptl_rule_dup_named_endpoint (const PtlRule *self)
{
  g_autoptr (PtlEndpoint) endpoint = NULL;

  if (*self->public_name == '\0' || self->public_endpoint->host == NULL)
    return NULL;
  endpoint = ptl_endpoint_copy (self->public_endpoint);
  g_free (endpoint->host);
  endpoint->host = g_strdup (self->public_name);
  return ptl_endpoint_to_string (endpoint);
}

gboolean
ptl_rule_is_permanent (const PtlRule *self)
{
  return self->expires == 0;
}

gboolean
ptl_rule_is_expired (const PtlRule *self, gint64 now)
{
  return self->expires != 0 && now >= self->expires;
}

PtlProtocol
ptl_rule_get_protocol (const PtlRule *self)
{
  if (self->public_endpoint != NULL)
    return self->public_endpoint->protocol;
  return self->target != NULL ? self->target->protocol : PTL_PROTOCOL_NONE;
}

void
ptl_rule_set_error (PtlRule *self, const GError *error)
{
  g_free (self->error_code);
  g_free (self->error_message);
  g_free (self->error_advice);
  self->error_code
      = g_strdup (error != NULL ? ptl_error_code_to_name (ptl_error_code_of (error)) : "");
  self->error_message = error != NULL ? ptl_error_dup_what (error) : g_strdup ("");
  self->error_advice = error != NULL ? ptl_error_dup_advice (error) : g_strdup ("");
}

GError *
ptl_rule_dup_error (const PtlRule *self)
{
  PtlError code = PTL_ERROR_FAILED;

  if (self->error_code == NULL || *self->error_code == '\0')
    return NULL;
  ptl_error_code_from_name (self->error_code, &code);
  return ptl_error_new (code, self->error_advice, "%s", self->error_message);
}

static gboolean
find (const char *const *names, gsize n, const char *text, guint *index)
{
  for (guint i = 0; i < n; i++)
    {
      if (g_strcmp0 (names[i], text) == 0)
        {
          *index = i;
          return TRUE;
        }
    }
  return FALSE;
}

const char *
ptl_kind_to_string (PtlKind kind)
{
  g_return_val_if_fail ((guint) kind < G_N_ELEMENTS (kind_names), "");
  return kind_names[kind];
}

gboolean
ptl_kind_from_string (const char *text, PtlKind *kind, GError **error)
{
  g_autofree char *shown = NULL;
  guint i;

  if (find (kind_names, G_N_ELEMENTS (kind_names), text, &i))
    {
      *kind = (PtlKind) i;
      return TRUE;
    }
  shown = ptl_text_make_safe (text, -1, SHOWN_CHARS);
  ptl_error_set (error, PTL_ERROR_INVALID, _ ("Say forward, tunnel or mapping."),
                 /* Translators: %s is the word that was given */
                 _ ("“%s” is not a kind of rule."), shown);
  return FALSE;
}

const char *
ptl_way_to_string (PtlWay way)
{
  g_return_val_if_fail ((guint) way < G_N_ELEMENTS (way_names), "");
  return way_names[way];
}

gboolean
ptl_way_from_string (const char *text, PtlWay *way, GError **error)
{
  g_autofree char *shown = NULL;
  guint i;

  if (find (way_names, G_N_ELEMENTS (way_names), text, &i))
    {
      *way = (PtlWay) i;
      return TRUE;
    }
  shown = ptl_text_make_safe (text, -1, SHOWN_CHARS);
  ptl_error_set (error, PTL_ERROR_INVALID, _ ("Say auto, guarded, direct, remote or local."),
                 /* Translators: %s is the word that was given */
                 _ ("“%s” is not a way that a rule can take."), shown);
  return FALSE;
}

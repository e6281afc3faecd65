/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-ctl-verbs.h"

#include <inttypes.h>
#include <glib/gi18n-lib.h>

#include "ptl-ctl-json.h"
#include "ptl-ctl-output.h"
#include "ptl-ctl-text.h"

/* GetStatus, and how each of its values is called in JSON. */
static const struct
{
  const char *key;
  const char *json;
} values[] = {
  { "Version", "version" },
  { "Pid", "pid" },
  { "Started", "started" },
  { "Open", "open" },
  { "Degraded", "degraded" },
  { "Closed", "closed" },
  { "Debts", "debts" },
  { "Events", "events" },
  { "Connections", "connections" },
  { "StoreState", "store_state" },
  { "StoreMessage", "store_message" },
  { "NetworkState", "network_state" },
  { "NetworkMessage", "network_message" },
};

static gint64
number_of (GVariant *status, const char *key)
{
  g_autoptr (GVariant) value = g_variant_lookup_value (status, key, NULL);

  if (value != NULL && g_variant_is_of_type (value, G_VARIANT_TYPE_UINT32))
    return g_variant_get_uint32 (value);
  if (value != NULL && g_variant_is_of_type (value, G_VARIANT_TYPE_UINT64))
    return (gint64) g_variant_get_uint64 (value);
  if (value != NULL && g_variant_is_of_type (value, G_VARIANT_TYPE_INT64))
    return g_variant_get_int64 (value);
  return 0;
}

static char *
text_of (GVariant *status, const char *key)
{
  const char *text = "";

  g_variant_lookup (status, key, "&s", &text);
  return g_strdelimit (g_strdup (text), "\n", ' ');
}

static void
print_json (PtlCtl *self, GVariant *status, GVariant *debts)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    {
      g_autoptr (GVariant) value = g_variant_lookup_value (status, values[i].key, NULL);
      g_autofree char *text = text_of (status, values[i].key);

      if (g_str_equal (values[i].key, "Started"))
        ptl_json_add_time (builder, values[i].json, number_of (status, values[i].key));
      else if (value != NULL && g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
        ptl_json_add_text (builder, values[i].json, text);
      else
        ptl_json_add_int (builder, values[i].json, number_of (status, values[i].key));
    }
  json_builder_set_member_name (builder, "debt_list");
  json_builder_begin_array (builder);
  for (gsize i = 0; i < g_variant_n_children (debts); i++)
    {
      g_autoptr (GVariant) debt = g_variant_get_child_value (debts, i);

      ptl_ctl_json_debt (builder, debt);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  ptl_ctl_print_json (self, builder, FALSE);
}

static void
print_debts (PtlCtl *self, GVariant *debts)
{
  for (gsize i = 0; i < g_variant_n_children (debts); i++)
    {
      g_autoptr (GVariant) debt = g_variant_get_child_value (debts, i);
      g_autofree char *name = text_of (debt, "Name");
      g_autofree char *endpoint = text_of (debt, "Endpoint");
      g_autofree char *message = text_of (debt, "Message");
      g_autofree char *text
          /* Translators: an address and port, the name of a rule, and a sentence with the reason */
          = g_strdup_printf (_("%s of “%s” could not be taken back yet: %s"), endpoint, name,
                             message);

      ptl_ctl_print_field (self, _("Debt"), text);
    }
}

static void
print_state (PtlCtl *self,
             const char *label,
             GVariant *status,
             const char *state_key,
             const char *message_key)
{
  g_autofree char *state = text_of (status, state_key);
  g_autofree char *message = text_of (status, message_key);
  g_autofree char *text
      = *message != '\0' ? g_strdup_printf ("%s. %s", state, message) : g_strdup (state);

  ptl_ctl_print_field (self, label, text);
}

static void
print_text (PtlCtl *self, GVariant *status, GVariant *debts)
{
  g_autofree char *version = text_of (status, "Version");
  g_autofree char *started = ptl_ctl_dup_time (number_of (status, "Started"));
  g_autofree char *worker
    /* Translators: a version, a process number, and a date and time */
    = g_strdup_printf (_("version %s, process %" PRId64 ", since %s"), version,
                       number_of (status, "Pid"), started);
  g_autofree char *rules
      /* Translators: three numbers of rules */
      = g_strdup_printf (_("%" PRId64 " open, %" PRId64
                            " degraded, %" PRId64 " in the history"),
                         number_of (status, "Open"), number_of (status, "Degraded"),
                         number_of (status, "Closed"));
  g_autofree char *connections
      = g_strdup_printf ("%" PRId64, number_of (status, "Connections"));
  g_autofree char *events
    /* Translators: a number of events */
    = g_strdup_printf (_("%" PRId64 " events"), number_of (status, "Events"));

  ptl_ctl_print_field (self, _("Worker"), worker);
  ptl_ctl_print_field (self, _("Rules"), rules);
  ptl_ctl_print_field (self, _("Connections"), connections);
  ptl_ctl_print_field (self, _("Log"), events);
  print_state (self, _("Store"), status, "StoreState", "StoreMessage");
  print_state (self, _("Network"), status, "NetworkState", "NetworkMessage");
  print_debts (self, debts);
}

/* All rules come along with them: so they are asked for only where there are some. */
static GVariant *
read_debts (PtlCtl *self, GVariant *status, GError **error)
{
  GVariant *debts = NULL;

  if (number_of (status, "Debts") == 0)
    return g_variant_ref_sink (g_variant_new ("aa{sv}", NULL));
  if (ptl_ctl_connect (self, error))
    g_object_get (self->client, "debts", &debts, NULL);
  return debts;
}

static gboolean
run (PtlCtl *self, GError **error)
{
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GVariant) status = NULL;
  g_autoptr (GVariant) debts = NULL;

  answer = ptl_ctl_call (self, "GetStatus", NULL, error);
  if (answer == NULL)
    return FALSE;
  status = g_variant_get_child_value (answer, 0);
  debts = read_debts (self, status, error);
  if (debts == NULL)
    return FALSE;
  if (self->json)
    print_json (self, status, debts);
  else
    print_text (self, status, debts);
  return TRUE;
}

const PtlCtlVerb ptl_ctl_verb_status = {
  .name = "status",
  .summary = N_("Show how the worker, its store and the network are"),
  .run = run,
};

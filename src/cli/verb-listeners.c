/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-ctl-verbs.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "core/ptl-error.h"
#include "ptl-ctl-json.h"
#include "ptl-ctl-output.h"
#include "ptl-ctl-table.h"

static const PtlCtlOption options[] = {
  { "all", PTL_CTL_FLAG, NULL, N_("Those that only programs of this computer reach, too") },
  { "notify", PTL_CTL_VALUE, "on|off", N_("Whether a notification tells of new ones that others can reach") },
  PTL_CTL_OPTIONS_END,
};

static gboolean
check (PtlCtl *self, GError **error)
{
  const char *notify = ptl_ctl_get (self, "notify");

  if (notify == NULL || strcmp (notify, "on") == 0 || strcmp (notify, "off") == 0)
    return TRUE;
  ptl_error_set (error, PTL_ERROR_INVALID, NULL, "%s", _("--notify is “on” or “off”."));
  return FALSE;
}

static const char *
text_of (GVariant *listener, const char *key)
{
  const char *text = "";

  g_variant_lookup (listener, key, "&s", &text);
  return text;
}

static gboolean
bool_of (GVariant *listener, const char *key)
{
  gboolean value = FALSE;

  g_variant_lookup (listener, key, "b", &value);
  return value;
}

static guint
number_of (GVariant *listener, const char *key)
{
  guint value = 0;

  g_variant_lookup (listener, key, "u", &value);
  return value;
}

static gboolean
is_wanted (PtlCtl *self, GVariant *listener)
{
  return ptl_ctl_has (self, "all") || strcmp (text_of (listener, "Reach"), "machine") != 0;
}

static const char *
describe_reach (GVariant *listener)
{
  const char *reach = text_of (listener, "Reach");

  if (strcmp (reach, "machine") == 0)
    return _("this computer");
  if (strcmp (reach, "link") == 0)
    return _("the same cable or Wi-Fi");
  return strcmp (reach, "public") == 0 ? _("anywhere") : _("your network");
}

static void
add_row (PtlCtlTable *table, GVariant *listener)
{
  g_autofree char *port = g_strdup_printf ("%u", number_of (listener, "Port"));
  const char *address = text_of (listener, "Address"), *container = text_of (listener, "Container");
  gboolean every = strcmp (text_of (listener, "Reach"), "every") == 0;
  const char *shown = !every                         ? address
                      : !bool_of (listener, "Ipv6") ? _("every IPv4")
                      : !bool_of (listener, "Ipv4") ? _("every IPv6")
                                                     : _("every");
  const char *process = text_of (listener, "Process");

  ptl_ctl_table_add (table, (const char *[]) {
    port, text_of (listener, "Protocol"), shown, describe_reach (listener), *process != '\0' ? process : "?",
    text_of (listener, "User"), text_of (listener, "Unit"), container,
  });
}

static void
print_table (PtlCtl *self, GVariant *listeners, const char *const *unseen)
{
  g_autofree char *text = NULL;
  guint n = 0;
  g_autoptr (PtlCtlTable) table = ptl_ctl_table_new ((const char *[]) {
    _("PORT"), _("PROTO"), _("ADDRESS"), _("REACHED FROM"), _("PROGRAM"), _("USER"), _("UNIT"), _("CONTAINER"), NULL,
  });

  for (gsize i = 0; i < g_variant_n_children (listeners); i++)
    {
      g_autoptr (GVariant) listener = g_variant_get_child_value (listeners, i);

      if (!is_wanted (self, listener))
        continue;
      add_row (table, listener);
      n++;
    }
  text = ptl_ctl_table_to_string (table, ptl_ctl_table_get_terminal_width ());
  if (n > 0)
    ptl_ctl_print (self, "%s", text);
  else
    ptl_ctl_print (self, "%s\n", _("Nothing listens here that others can reach."));
  for (; *unseen != NULL; unseen++)
    ptl_ctl_print (self, "%s\n", *unseen);
}

static void
add_json (JsonBuilder *builder, GVariant *listener)
{
  json_builder_begin_object (builder);
  ptl_json_add_text (builder, "protocol", text_of (listener, "Protocol"));
  ptl_json_add_text (builder, "address", text_of (listener, "Address"));
  ptl_json_add_int (builder, "port", number_of (listener, "Port"));
  ptl_json_add_text (builder, "reach", text_of (listener, "Reach"));
  ptl_json_add_bool (builder, "ipv4", bool_of (listener, "Ipv4"));
  ptl_json_add_bool (builder, "ipv6", bool_of (listener, "Ipv6"));
  ptl_json_add_text_or_null (builder, "process", text_of (listener, "Process"));
  if (number_of (listener, "Pid") != 0)
    ptl_json_add_int (builder, "pid", number_of (listener, "Pid"));
  else
    ptl_json_add_text_or_null (builder, "pid", "");
  ptl_json_add_text (builder, "user", text_of (listener, "User"));
  ptl_json_add_text_or_null (builder, "unit", text_of (listener, "Unit"));
  ptl_json_add_bool (builder, "user_unit", bool_of (listener, "UserUnit"));
  ptl_json_add_text_or_null (builder, "container", text_of (listener, "Container"));
  json_builder_end_object (builder);
}

static void
print_json (PtlCtl *self, GVariant *listeners, const char *const *unseen, gboolean notices)
{
  g_autoptr (JsonBuilder) builder = ptl_ctl_json_begin_list ("listeners");

  for (gsize i = 0; i < g_variant_n_children (listeners); i++)
    {
      g_autoptr (GVariant) listener = g_variant_get_child_value (listeners, i);

      if (is_wanted (self, listener))
        add_json (builder, listener);
    }
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "unseen");
  json_builder_begin_array (builder);
  for (; *unseen != NULL; unseen++)
    json_builder_add_string_value (builder, *unseen);
  json_builder_end_array (builder);
  ptl_json_add_bool (builder, "notify", notices);
  json_builder_end_object (builder);
  ptl_ctl_print_json (self, builder, FALSE);
}

/* What the last look could not see. (transfer full) */
static char **
dup_unseen (PtlCtl *self, gboolean *notices)
{
  GVariant *known = ptl_client_get_listeners (self->client);
  char **unseen = NULL;

  if (!g_variant_lookup (known, "Unseen", "^as", &unseen))
    unseen = g_new0 (char *, 1);
  *notices = bool_of (known, "Notices");
  return unseen;
}

static gboolean
run (PtlCtl *self, GError **error)
{
  const char *notify = ptl_ctl_get (self, "notify");
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GVariant) listeners = NULL;
  g_auto (GStrv) unseen = NULL;
  gboolean notices = FALSE;

  if (!ptl_ctl_connect (self, error))
    return FALSE;
  if (notify != NULL)
    {
      g_autoptr (GVariant) set
          = ptl_ctl_call (self, "SetListenerNotices", g_variant_new ("(b)", strcmp (notify, "on") == 0), error);

      if (set == NULL)
        return FALSE;
    }
  answer = ptl_ctl_call (self, "ListListeners", NULL, error);
  if (answer == NULL)
    return FALSE;
  listeners = g_variant_get_child_value (answer, 0);
  unseen = dup_unseen (self, &notices);
  if (self->json)
    print_json (self, listeners, (const char *const *) unseen, notices);
  else
    print_table (self, listeners, (const char *const *) unseen);
  return TRUE;
}

const PtlCtlVerb ptl_ctl_verb_listeners = {
  .name = "listeners",
  .summary = N_("Show what programs of this computer listen on, and who can reach it"),
  .details = N_("Programs of other users are told as far as the system lets see them."),
  .options = options,
  .check = check,
  .run = run,
};

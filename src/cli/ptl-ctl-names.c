/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-ctl-names.h"

#include <glib/gi18n-lib.h>

#include "core/ptl-error.h"
#include "core/ptl-text.h"
#include "ptl-ctl-json.h"
#include "ptl-ctl-output.h"
#include "ptl-ctl-table.h"
#include "ptl-ctl-text.h"

#define SHOWN_CHARS 60
#define PREFIX_MIN 4
/* An update is over after a minute. */
#define WAIT_MS 65000

/* ---- Finding ---- */

static gboolean
is_exactly (const PtlDynamicName *name, const char *text)
{
  return g_ascii_strcasecmp (name->hostname, text) == 0 || g_ascii_strcasecmp (name->id, text) == 0;
}

static gboolean
begins_with (const PtlDynamicName *name, const char *text)
{
  return strlen (text) >= PREFIX_MIN
         && (g_str_has_prefix (name->id, text) || g_str_has_prefix (name->hostname, text));
}

static PtlNameItem *
fail (GError **error, const char *text, guint n)
{
  g_autofree char *shown = ptl_text_make_safe (text, -1, SHOWN_CHARS);

  if (n == 0)
    ptl_error_set (error, PTL_ERROR_NOT_FOUND, _ ("“portolanctl names” shows them."),
                   /* Translators: %s is what was given */
                   _ ("There is no dynamic name “%s”."), shown);
  else
    ptl_error_set (error, PTL_ERROR_AMBIGUOUS,
                   _ ("Give it in full; “portolanctl names” shows them."),
                   /* Translators: %s is what was given */
                   _ ("“%s” is the beginning of more than one dynamic name."), shown);
  return NULL;
}

PtlNameItem *
ptl_ctl_name_find (PtlCtl *self, const char *text, GError **error)
{
  GListModel *names = ptl_client_get_names (self->client);
  g_autoptr (PtlNameItem) found = NULL;
  guint n = 0;

  for (guint i = 0; i < g_list_model_get_n_items (names); i++)
    {
      g_autoptr (PtlNameItem) item = g_list_model_get_item (names, i);

      if (is_exactly (ptl_name_item_get_name (item), text))
        return g_steal_pointer (&item);
      if (begins_with (ptl_name_item_get_name (item), text))
        {
          n++;
          g_set_object (&found, item);
        }
    }
  return n == 1 ? g_steal_pointer (&found) : fail (error, text, n);
}

static gboolean
on_waited (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

void
ptl_ctl_name_wait (PtlCtl *self, PtlNameItem *item)
{
  gboolean waited = FALSE;
  guint source = g_timeout_add (WAIT_MS, on_waited, &waited);

  while (!waited && g_str_equal (ptl_name_item_get_state (item), "updating"))
    g_main_context_iteration (NULL, TRUE);
  if (!waited)
    g_source_remove (source);
}

/* ---- Showing ---- */

static const char *
title_of (const PtlDynamicName *name)
{
  const PtlNameProvider *provider = ptl_dynamic_name_get_provider (name);

  return provider != NULL ? ptl_name_provider_get_title (provider) : name->provider;
}

/* "-" where it does not follow that one, "?" where none was taken yet. */
static const char *
address_of (gboolean follows, const char *published)
{
  if (!follows)
    return "-";
  return *published != '\0' ? published : "?";
}

static void
print_trouble (PtlCtl *self, const char *label, const PtlDynamicName *name)
{
  g_autofree char *text = g_strconcat (name->message, " ", name->advice, NULL);

  if (*name->message != '\0')
    ptl_ctl_print_field (self, label, g_strchomp (text));
}

static void
print_json_name (JsonBuilder *builder, PtlNameItem *item)
{
  const PtlDynamicName *name = ptl_name_item_get_name (item);

  json_builder_begin_object (builder);
  ptl_json_add_text (builder, "id", name->id);
  ptl_json_add_text (builder, "hostname", name->hostname);
  ptl_json_add_text (builder, "provider", name->provider);
  ptl_json_add_text_or_null (builder, "server", ptl_dynamic_name_get_server (name));
  ptl_json_add_text_or_null (builder, "user", name->user);
  ptl_json_add_text_or_null (builder, "success", name->success);
  ptl_json_add_bool (builder, "ipv4", name->ipv4);
  ptl_json_add_bool (builder, "ipv6", name->ipv6);
  ptl_json_add_int (builder, "refresh_days", name->refresh_days);
  ptl_json_add_text (builder, "state", ptl_name_item_get_state (item));
  ptl_json_add_text_or_null (builder, "published_ipv4", name->published_ipv4);
  ptl_json_add_text_or_null (builder, "published_ipv6", name->published_ipv6);
  ptl_json_add_time (builder, "last_update", name->last_update);
  ptl_json_add_time (builder, "next_try", ptl_name_item_get_next_try (item));
  ptl_json_add_text_or_null (builder, "message", name->message);
  ptl_json_add_text_or_null (builder, "advice", name->advice);
  json_builder_end_object (builder);
}

static void
print_text (PtlCtl *self, PtlNameItem *item)
{
  const PtlDynamicName *name = ptl_name_item_get_name (item);
  g_autofree char *updated = ptl_ctl_dup_time (name->last_update);
  g_autofree char *next = ptl_ctl_dup_time (ptl_name_item_get_next_try (item));

  ptl_ctl_print_field (self, _ ("Name"), name->hostname);
  ptl_ctl_print_field (self, _ ("State"), ptl_name_item_get_state (item));
  ptl_ctl_print_field (self, _ ("Provider"), title_of (name));
  ptl_ctl_print_field (self, _ ("Server"), ptl_dynamic_name_get_server (name));
  ptl_ctl_print_field (self, _ ("User"), name->user);
  ptl_ctl_print_field (self, "IPv4", address_of (name->ipv4, name->published_ipv4));
  ptl_ctl_print_field (self, "IPv6", address_of (name->ipv6, name->published_ipv6));
  ptl_ctl_print_field (self, _ ("Updated"), updated);
  if (ptl_name_item_get_next_try (item) != 0)
    ptl_ctl_print_field (self, _ ("Next try"), next);
  print_trouble (self, _ ("Trouble"), name);
}

void
ptl_ctl_name_print (PtlCtl *self, PtlNameItem *item)
{
  g_autoptr (JsonBuilder) builder = NULL;

  if (!self->json)
    {
      print_text (self, item);
      return;
    }
  builder = json_builder_new ();
  print_json_name (builder, item);
  ptl_ctl_print_json (self, builder, FALSE);
}

static void
print_table (PtlCtl *self, GListModel *names)
{
  g_autofree char *text = NULL;
  g_autoptr (PtlCtlTable) table = ptl_ctl_table_new ((const char *[]){
      _ ("NAME"),
      _ ("STATE"),
      _ ("PROVIDER"),
      "IPV4",
      "IPV6",
      _ ("UPDATED"),
      NULL,
  });

  for (guint i = 0; i < g_list_model_get_n_items (names); i++)
    {
      g_autoptr (PtlNameItem) item = g_list_model_get_item (names, i);
      const PtlDynamicName *name = ptl_name_item_get_name (item);
      g_autofree char *updated = ptl_ctl_dup_time (name->last_update);

      ptl_ctl_table_add (table, (const char *[]){
                                    name->hostname,
                                    ptl_name_item_get_state (item),
                                    name->provider,
                                    address_of (name->ipv4, name->published_ipv4),
                                    address_of (name->ipv6, name->published_ipv6),
                                    updated,
                                });
    }
  text = ptl_ctl_table_to_string (table, ptl_ctl_table_get_terminal_width ());
  ptl_ctl_print (self, "%s", text);
}

static void
print_list (PtlCtl *self, GListModel *names)
{
  print_table (self, names);
  for (guint i = 0; i < g_list_model_get_n_items (names); i++)
    {
      g_autoptr (PtlNameItem) item = g_list_model_get_item (names, i);
      const PtlDynamicName *name = ptl_name_item_get_name (item);
      g_autofree char *label = g_strconcat (name->hostname, ":", NULL);

      print_trouble (self, label, name);
    }
}

void
ptl_ctl_names_print (PtlCtl *self, GListModel *names)
{
  g_autoptr (JsonBuilder) builder = NULL;

  if (!self->json && g_list_model_get_n_items (names) == 0)
    ptl_ctl_print (self, "%s\n",
                   _ ("There is no name that follows your address. “portolanctl names add” makes "
                      "one."));
  else if (!self->json)
    print_list (self, names);
  if (!self->json)
    return;
  builder = ptl_ctl_json_begin_list ("names");
  for (guint i = 0; i < g_list_model_get_n_items (names); i++)
    {
      g_autoptr (PtlNameItem) item = g_list_model_get_item (names, i);

      print_json_name (builder, item);
    }
  ptl_ctl_json_end_list (builder);
  ptl_ctl_print_json (self, builder, FALSE);
}

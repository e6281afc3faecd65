/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-exposure-settings.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "core/ptl-text.h"
#include "exposure/vantage/ptl-record-fetch.h"
#include "exposure/vantage/ptl-vantage.h"

#define SCHEDULE "exposure-schedule"
#define ON_NETWORK_CHANGE "exposure-on-network-change"
#define GRANTED "exposure-granted"
#define REFUSED "exposure-refused"
#define SERVER_OF "exposure-server-%s"
#define SERVER_MAX_BYTES 512
#define SHOWN_CHARS 40

static const char *const schedules[PTL_N_SCHEDULES] = {
  [PTL_SCHEDULE_OFF] = "off",
  [PTL_SCHEDULE_DAILY] = "daily",
  [PTL_SCHEDULE_WEEKLY] = "weekly",
};

const char *
ptl_schedule_to_string (PtlSchedule schedule)
{
  g_return_val_if_fail (schedule < PTL_N_SCHEDULES, "off");
  return schedules[schedule];
}

static gboolean
schedule_from_string (const char *name, PtlSchedule *schedule)
{
  for (guint i = 0; i < PTL_N_SCHEDULES; i++)
    if (strcmp (name, schedules[i]) == 0)
      {
        *schedule = (PtlSchedule) i;
        return TRUE;
      }
  return FALSE;
}

gint64
ptl_schedule_get_seconds (PtlSchedule schedule)
{
  static const gint64 day = 24 * 3600;

  if (schedule == PTL_SCHEDULE_OFF)
    return 0;
  return schedule == PTL_SCHEDULE_DAILY ? day : 7 * day;
}

/* ---- In the store ---- */

static guint
load_kinds (PtlStore *store, const char *key)
{
  g_autofree char *text = ptl_store_dup_setting (store, key);
  g_auto (GStrv) names = g_strsplit (text, " ", -1);
  guint kinds = 0;

  for (guint i = 0; names[i] != NULL; i++)
    {
      PtlVantageKind kind;

      if (ptl_vantage_from_string (names[i], &kind))
        kinds |= 1u << kind;
    }
  return kinds;
}

static char *
list_kinds (guint kinds)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < PTL_N_VANTAGES; i++)
    if ((kinds & (1u << i)) != 0)
      g_string_append_printf (text, "%s%s", text->len > 0 ? " " : "", ptl_vantage_to_string ((PtlVantageKind) i));
  return g_string_free (text, FALSE);
}

static void
load_servers (PtlExposureSettings *self, PtlStore *store)
{
  for (guint i = 0; i < PTL_N_VANTAGES; i++)
    {
      g_autofree char *key = g_strdup_printf (SERVER_OF, ptl_vantage_to_string ((PtlVantageKind) i));
      g_autofree char *server = ptl_store_dup_setting (store, key);

      self->servers[i] = *server != '\0' ? g_intern_string (server) : NULL;
    }
}

static gboolean
keep_servers (const PtlExposureSettings *self, PtlStore *store, GError **error)
{
  for (guint i = 0; i < PTL_N_VANTAGES; i++)
    {
      g_autofree char *key = g_strdup_printf (SERVER_OF, ptl_vantage_to_string ((PtlVantageKind) i));

      if (ptl_vantage_needs_consent ((PtlVantageKind) i)
          && !ptl_store_put_setting (store, key, self->servers[i] != NULL ? self->servers[i] : "", error))
        return FALSE;
    }
  return TRUE;
}

void
ptl_exposure_settings_load (PtlExposureSettings *self, PtlStore *store)
{
  g_autofree char *schedule = ptl_store_dup_setting (store, SCHEDULE);
  g_autofree char *change = ptl_store_dup_setting (store, ON_NETWORK_CHANGE);

  self->schedule = PTL_SCHEDULE_OFF;
  schedule_from_string (schedule, &self->schedule);
  self->on_network_change = strcmp (change, "1") == 0;
  self->granted = load_kinds (store, GRANTED);
  self->refused = load_kinds (store, REFUSED);
  load_servers (self, store);
}

static gboolean
keep (const PtlExposureSettings *self, PtlStore *store, const char *who, GError **error)
{
  g_autofree char *granted = list_kinds (self->granted);
  g_autofree char *refused = list_kinds (self->refused);
  const char *schedule = ptl_schedule_to_string (self->schedule);
  g_autofree char *detail = g_strdup_printf ("schedule %s%s; consent: %s", schedule,
                                             self->on_network_change ? ", on network change" : "",
                                             *granted != '\0' ? granted : "none");

  return ptl_store_begin (store, error) && ptl_store_put_setting (store, SCHEDULE, schedule, error) &&
         ptl_store_put_setting (store, ON_NETWORK_CHANGE, self->on_network_change ? "1" : "0", error) &&
         ptl_store_put_setting (store, GRANTED, granted, error) &&
         ptl_store_put_setting (store, REFUSED, refused, error) && keep_servers (self, store, error) &&
         ptl_store_add_event (store, who, "set-exposure", "", "ok", detail, error) && ptl_store_commit (store, error);
}

/* ---- Changes ---- */

static gboolean
fail (const char *text, const char *advice, GError **error)
{
  g_autofree char *shown = ptl_text_make_safe (text, -1, SHOWN_CHARS);

  /* Translators: %s is what was given */
  ptl_error_set (error, PTL_ERROR_INVALID, advice, _("“%s” is no setting of the exposure check."), shown);
  return FALSE;
}

static gboolean
record_from_string (const char *name, PtlVantageKind *kind, GError **error)
{
  return (ptl_vantage_from_string (name, kind) && ptl_vantage_needs_consent (*kind))
         || fail (name, _("Name one of internetdb, shodan, censys."), error);
}

static gboolean
take_servers (PtlExposureSettings *self, GVariant *value, GError **error)
{
  GVariantIter iter;
  const char *name;
  const char *server;

  g_variant_iter_init (&iter, value);
  while (g_variant_iter_next (&iter, "{&s&s}", &name, &server))
    {
      PtlVantageKind kind;

      if (!record_from_string (name, &kind, error))
        return FALSE;
      if (strlen (server) > SERVER_MAX_BYTES)
        return fail (server, NULL, error);
      if (*server != '\0' && !ptl_record_server_check (server, error))
        return FALSE;
      self->servers[kind] = *server != '\0' ? g_intern_string (server) : NULL;
    }
  return TRUE;
}

static gboolean
take_consent (PtlExposureSettings *self, GVariant *value, GError **error)
{
  GVariantIter iter;
  const char *name;
  gboolean granted;

  g_variant_iter_init (&iter, value);
  while (g_variant_iter_next (&iter, "{&sb}", &name, &granted))
    {
      PtlVantageKind kind;

      /* One that needs none is kept all the same. */
      if (!ptl_vantage_from_string (name, &kind))
        return fail (name, _("Name a vantage point: relay, internetdb, shodan, censys."), error);
      self->granted &= ~(1u << kind);
      self->refused &= ~(1u << kind);
      if (granted)
        self->granted |= 1u << kind;
      else
        self->refused |= 1u << kind;
    }
  return TRUE;
}

static gboolean
take (PtlExposureSettings *self, const char *key, GVariant *value, GError **error)
{
  if (strcmp (key, "Schedule") == 0 && g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    {
      const char *name = g_variant_get_string (value, NULL);

      return schedule_from_string (name, &self->schedule) ||
             fail (name, _("Give one of off, daily, weekly."), error);
    }
  if (strcmp (key, "OnNetworkChange") == 0 && g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN))
    {
      self->on_network_change = g_variant_get_boolean (value);
      return TRUE;
    }
  if (strcmp (key, "Consent") == 0 && g_variant_is_of_type (value, G_VARIANT_TYPE ("a{sb}")))
    return take_consent (self, value, error);
  if (strcmp (key, "Servers") == 0 && g_variant_is_of_type (value, G_VARIANT_TYPE ("a{ss}")))
    return take_servers (self, value, error);
  return fail (key, NULL, error);
}

gboolean
ptl_exposure_settings_apply (PtlExposureSettings *self,
                             PtlStore *store,
                             GVariant *changes,
                             const char *who,
                             GError **error)
{
  PtlExposureSettings changed = *self;
  GVariantIter iter;
  const char *key;
  GVariant *inner;

  g_variant_iter_init (&iter, changes);
  while (g_variant_iter_next (&iter, "{&sv}", &key, &inner))
    {
      g_autoptr (GVariant) value = inner;

      if (!take (&changed, key, value, error))
        return FALSE;
    }
  if (!keep (&changed, store, who, error))
    return FALSE;
  *self = changed;
  return TRUE;
}

void
ptl_exposure_settings_fill (const PtlExposureSettings *self, GVariantDict *dict)
{
  GVariantBuilder consent;
  GVariantBuilder servers;

  g_variant_builder_init (&consent, G_VARIANT_TYPE ("a{sb}"));
  g_variant_builder_init (&servers, G_VARIANT_TYPE ("a{ss}"));
  for (guint i = 0; i < PTL_N_VANTAGES; i++)
    if (self->servers[i] != NULL)
      g_variant_builder_add (&servers, "{ss}", ptl_vantage_to_string ((PtlVantageKind) i), self->servers[i]);
  for (guint i = 0; i < PTL_N_VANTAGES; i++)
    if (((self->granted | self->refused) & (1u << i)) != 0)
      g_variant_builder_add (&consent, "{sb}", ptl_vantage_to_string ((PtlVantageKind) i),
                             (self->granted & (1u << i)) != 0);
  g_variant_dict_insert (dict, "Schedule", "s", ptl_schedule_to_string (self->schedule));
  g_variant_dict_insert (dict, "OnNetworkChange", "b", self->on_network_change);
  g_variant_dict_insert_value (dict, "Consent", g_variant_builder_end (&consent));
  g_variant_dict_insert_value (dict, "Servers", g_variant_builder_end (&servers));
}

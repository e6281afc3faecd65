/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-firewalld-private.h"

#define TIMEOUT_MS 10000

/* Reads the zones: questions, each a call, one after the other. */
typedef struct
{
  PtlFirewalldZones *zones;
} Look;

static void
look_free (gpointer data)
{
  Look *look = data;

  g_clear_pointer (&look->zones, ptl_firewalld_zones_free);
  g_free (look);
}

static void ask_next (GTask *task);

static void
on_answer (GObject *source, GAsyncResult *result, gpointer data)
{
  GTask *task = data;
  Look *look = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  g_autoptr (GVariant) first = NULL;

  if (answer != NULL && g_variant_is_of_type (answer, G_VARIANT_TYPE_TUPLE) && g_variant_n_children (answer) == 1)
    first = g_variant_get_child_value (answer, 0);
  if (ptl_firewalld_zones_answer (look->zones, first))
    {
      ask_next (task);
      return;
    }
  if (error == NULL)
    g_set_error_literal (&error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "no settings");
  ptl_firewalld_fail (task, error);
}

static void
ask_next (GTask *task)
{
  static const struct
  {
    const char *interface, *method;
    gboolean named;
  } calls[] = {
    [PTL_FIREWALLD_ASK_ZONES] = { PTL_FIREWALLD_ZONE_INTERFACE, "getActiveZones", FALSE },
    [PTL_FIREWALLD_ASK_DEFAULT] = { PTL_FIREWALLD_INTERFACE, "getDefaultZone", FALSE },
    [PTL_FIREWALLD_ASK_POLICIES] = { PTL_FIREWALLD_INTERFACE ".policy", "getActivePolicies", FALSE },
    [PTL_FIREWALLD_ASK_ZONE] = { PTL_FIREWALLD_ZONE_INTERFACE, "getZoneSettings2", TRUE },
    [PTL_FIREWALLD_ASK_POLICY] = { PTL_FIREWALLD_INTERFACE ".policy", "getPolicySettings", TRUE },
    [PTL_FIREWALLD_ASK_SERVICE] = { PTL_FIREWALLD_INTERFACE, "getServiceSettings2", TRUE },
    [PTL_FIREWALLD_ASK_SET] = { PTL_FIREWALLD_INTERFACE ".ipset", "getEntries", TRUE },
  };
  Look *look = g_task_get_task_data (task);
  PtlFirewalldQuestion what;
  const char *name;

  if (ptl_firewalld_zones_next (look->zones, &what, &name))
    {
      ptl_firewalld_call (task, calls[what].interface, calls[what].method,
                          calls[what].named ? g_variant_new ("(s)", name) : NULL, TIMEOUT_MS, on_answer);
      return;
    }
  g_task_return_pointer (task, g_steal_pointer (&look->zones), (GDestroyNotify) ptl_firewalld_zones_free);
  g_object_unref (task);
}

void
ptl_firewalld_read_zones_async (PtlFirewalld *self,
                                const char *interface,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  Look *look = g_new0 (Look, 1);

  look->zones = ptl_firewalld_zones_new (interface);
  g_task_set_task_data (task, look, look_free);
  ptl_firewalld_begin (self, task, ask_next);
}

PtlFirewalldZones *
ptl_firewalld_read_zones_finish (PtlFirewalld *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

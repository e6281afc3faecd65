/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-metrics.h"

#include <glib/gi18n-lib.h>

#include "worker/ptl-alarm.h"
#include "worker/ptl-metrics-server.h"

#define SETTING "metrics-port"
#define TRY_AGAIN_US (60 * G_USEC_PER_SEC)

struct _PtlMetrics
{
  GObject parent;

  PtlClock *clock;
  PtlMetricsSource source;
  PtlMetricsServer *server; /* NULL: off */
  PtlAlarm *alarm;
  gboolean told; /* that it does not work */
};

G_DEFINE_FINAL_TYPE (PtlMetrics, ptl_metrics, G_TYPE_OBJECT)

static guint changed_signal;

static char *
write_text (gpointer data)
{
  return ptl_metrics_text_new (&((PtlMetrics *) data)->source);
}

/* @server: (transfer full) (nullable) */
static void
take_server (PtlMetrics *self, PtlMetricsServer *server)
{
  ptl_alarm_clear (self->alarm);
  if (self->server != NULL)
    ptl_metrics_server_stop (self->server);
  g_clear_object (&self->server);
  self->server = server;
  g_signal_emit (self, changed_signal, 0);
}

static gboolean
keep (PtlMetrics *self, guint port, const char *who, GError **error)
{
  PtlStore *store = self->source.store;
  g_autofree char *text = g_strdup_printf ("%u", port);
  g_autofree char *detail = port != 0 ? g_strdup_printf ("127.0.0.1:%u", port) : g_strdup ("off");

  return ptl_store_begin (store, error) && ptl_store_put_setting (store, SETTING, text, error)
         && ptl_store_add_event (store, who, "metrics", "", "ok", detail, error)
         && ptl_store_commit (store, error);
}

gboolean
ptl_metrics_set_port (PtlMetrics *self, guint port, const char *who, GError **error)
{
  g_autoptr (PtlMetricsServer) server = NULL;

  g_return_val_if_fail (PTL_IS_METRICS (self), FALSE);
  if (port > G_MAXUINT16)
    {
      ptl_error_set (error, PTL_ERROR_INVALID, NULL, _("A port is a number from 1 to 65535."));
      return FALSE;
    }
  if (port != 0 && port == ptl_metrics_get_port (self))
    return TRUE;
  if (port != 0)
    {
      server = ptl_metrics_server_new ((guint16) port, write_text, self, error);
      if (server == NULL)
        return FALSE;
    }
  if (!keep (self, port, who, error))
    {
      if (server != NULL)
        ptl_metrics_server_stop (server);
      return FALSE;
    }
  take_server (self, g_steal_pointer (&server));
  return TRUE;
}

guint
ptl_metrics_get_port (PtlMetrics *self)
{
  return self->server != NULL ? ptl_metrics_server_get_port (self->server) : 0;
}

/* ---- As it was left ---- */

static void
try_again (gpointer data)
{
  ptl_metrics_start (data);
}

void
ptl_metrics_start (PtlMetrics *self)
{
  g_autofree char *text = ptl_store_dup_setting (self->source.store, SETTING);
  g_autoptr (GError) error = NULL;
  PtlMetricsServer *server;
  guint64 port;

  if (!g_ascii_string_to_unsigned (text, 10, 1, G_MAXUINT16, &port, NULL))
    return;
  server = ptl_metrics_server_new ((guint16) port, write_text, self, &error);
  if (server != NULL)
    {
      take_server (self, server);
      return;
    }
  if (!self->told)
    g_message ("The metrics cannot be read: %s", error->message);
  self->told = TRUE;
  ptl_alarm_set_boot (self->alarm, ptl_clock_get_boot_us (self->clock) + TRY_AGAIN_US, try_again, self);
}

/* ---- Life ---- */

static void
ptl_metrics_dispose (GObject *object)
{
  PtlMetrics *self = PTL_METRICS (object);

  g_clear_object (&self->alarm);
  if (self->server != NULL)
    ptl_metrics_server_stop (self->server);
  g_clear_object (&self->server);
  g_clear_object (&self->clock);
  G_OBJECT_CLASS (ptl_metrics_parent_class)->dispose (object);
}

static void
ptl_metrics_class_init (PtlMetricsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ptl_metrics_dispose;
  changed_signal = g_signal_new ("changed", PTL_TYPE_METRICS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 0);
}

static void
ptl_metrics_init (PtlMetrics *self)
{
}

PtlMetrics *
ptl_metrics_new (PtlClock *clock, const PtlMetricsSource *source)
{
  PtlMetrics *self = g_object_new (PTL_TYPE_METRICS, NULL);

  self->clock = g_object_ref (clock);
  self->source = *source;
  self->alarm = ptl_alarm_new (clock);
  return self;
}

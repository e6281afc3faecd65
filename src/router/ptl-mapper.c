/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-mapper-queue.h"

#include <glib/gi18n-lib.h>

#include "ptl-router-cause.h"

typedef struct
{
  PtlClock *clock;
  char *gateway;
  char *local;
  char *interface;
  PtlMapperState state;
  PtlMapperState settled;
  GError *error;
  char *external_address;
  char *name;
  char *model;
  char *version;
  gint64 started_us; /* when it was started, on the boot clock, by what it told; G_MAXINT64 = not told */
  gboolean connected;
  gboolean present;
  PtlMapperQueue queue;
  GPtrArray *askers; /* of GTask: those who wait for the probe under way */
  GCancellable *probing;
} PtlMapperPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (PtlMapper, ptl_mapper, G_TYPE_OBJECT)

enum
{
  PROP_CLOCK = 1,
  PROP_GATEWAY,
  PROP_LOCAL,
  PROP_INTERFACE,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];

enum
{
  CHANGED,
  LOST_STATE,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

#define PRIV(self) ((PtlMapperPrivate *) ptl_mapper_get_instance_private (self))

static void
ptl_mapper_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  PtlMapperPrivate *priv = PRIV (PTL_MAPPER (object));

  switch (id)
    {
    case PROP_CLOCK:
      priv->clock = g_value_dup_object (value);
      break;
    case PROP_GATEWAY:
      priv->gateway = g_value_dup_string (value);
      break;
    case PROP_LOCAL:
      priv->local = g_value_dup_string (value);
      break;
    case PROP_INTERFACE:
      priv->interface = g_value_dup_string (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
ptl_mapper_finalize (GObject *object)
{
  PtlMapperPrivate *priv = PRIV (PTL_MAPPER (object));

  /* Tasks hold a reference to us, so both are empty by now. */
  ptl_mapper_queue_clear (&priv->queue);
  g_clear_pointer (&priv->askers, g_ptr_array_unref);
  g_clear_object (&priv->probing);
  g_clear_object (&priv->clock);
  g_clear_error (&priv->error);
  g_free (priv->gateway);
  g_free (priv->local);
  g_free (priv->interface);
  g_free (priv->external_address);
  g_free (priv->name);
  g_free (priv->model);
  g_free (priv->version);
  G_OBJECT_CLASS (ptl_mapper_parent_class)->finalize (object);
}

static void
ptl_mapper_class_init (PtlMapperClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;

  object_class->set_property = ptl_mapper_set_property;
  object_class->finalize = ptl_mapper_finalize;
  klass->parallel = 1;
  props[PROP_CLOCK] = g_param_spec_object ("clock", NULL, NULL, PTL_TYPE_CLOCK, flags);
  props[PROP_GATEWAY] = g_param_spec_string ("gateway", NULL, NULL, NULL, flags);
  props[PROP_LOCAL] = g_param_spec_string ("local", NULL, NULL, NULL, flags);
  props[PROP_INTERFACE] = g_param_spec_string ("interface", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
  signals[CHANGED] = g_signal_new ("changed", PTL_TYPE_MAPPER, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 0);
  signals[LOST_STATE] = g_signal_new ("lost-state", PTL_TYPE_MAPPER, G_SIGNAL_RUN_LAST, 0, NULL,
                                      NULL, NULL, G_TYPE_NONE, 0);
}

static void
ptl_mapper_init (PtlMapper *self)
{
  PtlMapperPrivate *priv = PRIV (self);

  ptl_mapper_queue_init (&priv->queue);
  priv->askers = g_ptr_array_new_with_free_func (g_object_unref);
  priv->external_address = g_strdup ("");
  priv->name = g_strdup ("");
  priv->model = g_strdup ("");
  priv->version = g_strdup ("");
  priv->started_us = G_MAXINT64;
  priv->connected = TRUE;
}

PtlRouterProtocol
ptl_mapper_get_protocol (PtlMapper *self)
{
  return PTL_MAPPER_GET_CLASS (self)->protocol;
}

PtlMapperState
ptl_mapper_get_state (PtlMapper *self)
{
  return PRIV (self)->state;
}

PtlMapperState
ptl_mapper_get_settled_state (PtlMapper *self)
{
  return PRIV (self)->settled;
}

const GError *
ptl_mapper_get_error (PtlMapper *self)
{
  return PRIV (self)->error;
}

const char *
ptl_mapper_get_external_address (PtlMapper *self)
{
  return PRIV (self)->external_address;
}

const char *
ptl_mapper_get_name (PtlMapper *self)
{
  return PRIV (self)->name;
}

const char *
ptl_mapper_get_model (PtlMapper *self)
{
  return PRIV (self)->model;
}

const char *
ptl_mapper_get_version (PtlMapper *self)
{
  return PRIV (self)->version;
}

gint64
ptl_mapper_get_uptime (PtlMapper *self)
{
  PtlMapperPrivate *priv = PRIV (self);

  if (priv->started_us == G_MAXINT64)
    return -1;
  return (ptl_clock_get_boot_us (priv->clock) - priv->started_us) / G_USEC_PER_SEC;
}

gboolean
ptl_mapper_get_is_connected (PtlMapper *self)
{
  return PRIV (self)->connected;
}

gboolean
ptl_mapper_get_is_present (PtlMapper *self)
{
  return PRIV (self)->present;
}

const char *
ptl_mapper_get_gateway (PtlMapper *self)
{
  return PRIV (self)->gateway;
}

const char *
ptl_mapper_get_local (PtlMapper *self)
{
  return PRIV (self)->local;
}

const char *
ptl_mapper_get_interface (PtlMapper *self)
{
  return PRIV (self)->interface;
}

PtlClock *
ptl_mapper_get_clock (PtlMapper *self)
{
  return PRIV (self)->clock;
}

static void
set_state (PtlMapper *self, PtlMapperState state, const GError *error)
{
  PtlMapperPrivate *priv = PRIV (self);

  priv->state = state;
  /* While it is asked, what it said last still stands. */
  if (state != PTL_MAPPER_ASKING)
    {
      priv->settled = state;
      g_clear_error (&priv->error);
      priv->error = error != NULL ? g_error_copy (error) : NULL;
    }
  g_signal_emit (self, signals[CHANGED], 0);
}

void
ptl_mapper_set_path (PtlMapper *self, const char *local, const char *interface)
{
  PtlMapperPrivate *priv = PRIV (self);

  if (g_strcmp0 (priv->local, local) == 0 && g_strcmp0 (priv->interface, interface) == 0)
    return;
  g_free (priv->local);
  priv->local = g_strdup (local);
  g_free (priv->interface);
  priv->interface = g_strdup (interface);
  if (PTL_MAPPER_GET_CLASS (self)->path_changed != NULL)
    PTL_MAPPER_GET_CLASS (self)->path_changed (self);
}

/* --- probe --- */

static PtlMapperState
state_of_error (const GError *error)
{
  switch (ptl_error_code_of (error))
    {
    case PTL_ERROR_ROUTER_NONE:
      return PTL_MAPPER_ABSENT;
    case PTL_ERROR_ROUTER_SILENT:
    case PTL_ERROR_TIMED_OUT:
    case PTL_ERROR_CANCELLED:
      return PTL_MAPPER_SILENT;
    default:
      return PTL_MAPPER_REFUSES;
    }
}

static void
on_probed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  PtlMapper *self = PTL_MAPPER (source);
  PtlMapperPrivate *priv = PRIV (self);
  g_autoptr (GPtrArray) askers = g_steal_pointer (&priv->askers);
  g_autoptr (GError) error = NULL;
  gboolean works = g_task_propagate_boolean (G_TASK (result), &error);

  priv->askers = g_ptr_array_new_with_free_func (g_object_unref);
  set_state (self, works ? PTL_MAPPER_WORKS : state_of_error (error), error);
  for (guint i = 0; i < askers->len; i++)
    {
      if (works)
        g_task_return_boolean (askers->pdata[i], TRUE);
      else
        g_task_return_error (askers->pdata[i], g_error_copy (error));
    }
}

void
ptl_mapper_probe_async (PtlMapper *self,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  PtlMapperPrivate *priv = PRIV (self);
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, ptl_mapper_probe_async);
  g_ptr_array_add (priv->askers, task);
  if (priv->state == PTL_MAPPER_ASKING)
    return;
  set_state (self, PTL_MAPPER_ASKING, NULL);
  g_clear_object (&priv->probing);
  priv->probing = g_cancellable_new ();
  ptl_mapper_queue_push (&PRIV (self)->queue, self, PTL_MAPPER_OP_PROBE, NULL,
                         priv->probing, on_probed, NULL);
}

void
ptl_mapper_cancel_probe (PtlMapper *self)
{
  if (PRIV (self)->probing != NULL)
    g_cancellable_cancel (PRIV (self)->probing);
}

gboolean
ptl_mapper_probe_finish (PtlMapper *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
ptl_mapper_note_failure (PtlMapper *self, const GError *error)
{
  PtlMapperState state = state_of_error (error);

  if (PRIV (self)->state != PTL_MAPPER_WORKS
      || g_error_matches (error, PTL_ERROR, PTL_ERROR_CANCELLED))
    return;
  if (state == PTL_MAPPER_SILENT || state == PTL_MAPPER_ABSENT)
    set_state (self, state, error);
}

/* --- the rest --- */

void
ptl_mapper_add_async (PtlMapper *self,
                      const PtlMapping *mapping,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  ptl_mapper_queue_push (&PRIV (self)->queue, self, PTL_MAPPER_OP_ADD, mapping,
                         cancellable, callback, user_data);
}

PtlMapping *
ptl_mapper_add_finish (PtlMapper *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
ptl_mapper_remove_async (PtlMapper *self,
                         const PtlMapping *mapping,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  ptl_mapper_queue_push (&PRIV (self)->queue, self, PTL_MAPPER_OP_REMOVE, mapping,
                         cancellable, callback, user_data);
}

gboolean
ptl_mapper_remove_finish (PtlMapper *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
ptl_mapper_read_back_async (PtlMapper *self,
                            const PtlMapping *mapping,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  ptl_mapper_queue_push (&PRIV (self)->queue, self, PTL_MAPPER_OP_READ_BACK, mapping,
                         cancellable, callback, user_data);
}

gboolean
ptl_mapper_read_back_finish (PtlMapper *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
ptl_mapper_list_async (PtlMapper *self,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  ptl_mapper_queue_push (&PRIV (self)->queue, self, PTL_MAPPER_OP_LIST, NULL,
                         cancellable, callback, user_data);
}

GPtrArray *
ptl_mapper_list_finish (PtlMapper *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* --- for the protocols --- */

static void
learn_text (PtlMapper *self, char **where, const char *text)
{
  if (text == NULL)
    text = "";
  if (g_strcmp0 (*where, text) == 0)
    return;
  g_free (*where);
  *where = g_strdup (text);
  g_signal_emit (self, signals[CHANGED], 0);
}

void
ptl_mapper_learn_external_address (PtlMapper *self, const char *address)
{
  learn_text (self, &PRIV (self)->external_address, address);
}

void
ptl_mapper_learn_name (PtlMapper *self, const char *name)
{
  learn_text (self, &PRIV (self)->name, name);
}

void
ptl_mapper_learn_connected (PtlMapper *self, gboolean connected)
{
  if (PRIV (self)->connected == connected)
    return;
  PRIV (self)->connected = connected;
  g_signal_emit (self, signals[CHANGED], 0);
}

void
ptl_mapper_learn_model (PtlMapper *self, const char *model, const char *version)
{
  learn_text (self, &PRIV (self)->model, model);
  learn_text (self, &PRIV (self)->version, version);
}

/* It goes on by itself: that is no change to tell of. */
void
ptl_mapper_learn_uptime (PtlMapper *self, gint64 uptime)
{
  PtlMapperPrivate *priv = PRIV (self);

  priv->started_us = uptime >= 0 ? ptl_clock_get_boot_us (priv->clock) - uptime * G_USEC_PER_SEC : G_MAXINT64;
}

void
ptl_mapper_learn_present (PtlMapper *self, gboolean present)
{
  PRIV (self)->present = present;
}

void
ptl_mapper_lost_state (PtlMapper *self)
{
  g_signal_emit (self, signals[LOST_STATE], 0);
}

GError *
ptl_mapper_translate_error (PtlMapper *self, const GError *error)
{
  const char *gateway = PRIV (self)->gateway;

  if (error->domain == PTL_ERROR)
    return g_error_copy (error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED))
    return ptl_router_cause_none (gateway);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return ptl_error_new (PTL_ERROR_CANCELLED, NULL, _("The request to the router was cancelled."));
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED))
    return ptl_error_new (PTL_ERROR_PERMISSION, _ ("Allow it in this computer's firewall."),
                          /* Translators: %s is the router's address */
                          _ ("This computer's firewall lets nothing through to the router %s."),
                          gateway);
  return ptl_router_cause_silent (gateway);
}

gboolean
ptl_mapper_is_for_other (PtlMapper *self, const PtlMapping *mapping)
{
  return mapping->internal_address != NULL
         && g_strcmp0 (mapping->internal_address, PRIV (self)->local) != 0;
}

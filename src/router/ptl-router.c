/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-router.h"

#include <string.h>

#include "core/ptl-text.h"
#include "ptl-announce.h"
#include "ptl-igd.h"
#include "ptl-natpmp.h"
#include "ptl-notify.h"
#include "ptl-pcp.h"
#include "ptl-pinhole.h"
#include "ptl-router-private.h"
#include "ptl-unspoken.h"

#define NAME_MAX_CHARS 80
/* PCP and NAT-PMP of one router both tell of one restart. */
#define LOST_STATE_PAUSE_US (2 * G_USEC_PER_SEC)

struct _PtlRouter
{
  GObject parent;
  PtlClock *clock;
  char *id;
  char *alias;
  char *better_id; /* by hardware address, where that became known later */
  char *address;
  char *interface;
  char *local;
  gboolean named;
  char *description_url;
  PtlMapper *mappers[PTL_ROUTER_N_MAPPERS];
  PtlAnnounce *announce;
  PtlNotify *notify; /* where UPnP alone is spoken */
  /* what the mappers tell, as it was published last: */
  char *name;
  char *external_address;
  char **protocols;
  PtlRouterState state;
  GError *error;
  char *remembered;
  gint64 lost_state_us;
};

G_DEFINE_FINAL_TYPE (PtlRouter, ptl_router, G_TYPE_OBJECT)

enum
{
  PROP_ID = 1,
  PROP_NAME,
  PROP_ADDRESS,
  PROP_INTERFACE,
  PROP_LOCAL_ADDRESS,
  PROP_EXTERNAL_ADDRESS,
  PROP_PROTOCOLS,
  PROP_STATE,
  PROP_ERROR,
  PROP_REMEMBERED_PROTOCOL,
  PROP_NAMED,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];
static guint lost_state_signal;

/* --- what is told of it --- */

static void
publish_text (PtlRouter *self, char **where, const char *text, guint prop)
{
  if (g_strcmp0 (*where, text) == 0)
    return;
  g_free (*where);
  *where = g_strdup (text);
  g_object_notify_by_pspec (G_OBJECT (self), props[prop]);
}

static void
publish_state (PtlRouter *self)
{
  g_autoptr (GError) error = NULL;
  PtlRouterState state = ptl_router_compute_state (self, &error);
  gboolean same_error = g_strcmp0 (error != NULL ? error->message : NULL,
                                   self->error != NULL ? self->error->message : NULL) == 0;

  if (!same_error)
    {
      g_clear_error (&self->error);
      self->error = g_steal_pointer (&error);
    }
  if (state != self->state)
    {
      self->state = state;
      g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATE]);
    }
  if (!same_error)
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_ERROR]);
}

static void
publish_protocols (PtlRouter *self)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  char **protocols;

  for (guint i = 0; i < PTL_ROUTER_N_MAPPERS; i++)
    if (ptl_mapper_works (self->mappers[i]))
      g_strv_builder_add (builder,
                          ptl_router_protocol_to_string (ptl_mapper_get_protocol (self->mappers
                                                                                      [i])));
  protocols = g_strv_builder_end (builder);
  if (g_strv_equal ((const char *const *) protocols, (const char *const *) self->protocols))
    {
      g_strfreev (protocols);
      return;
    }
  g_strfreev (self->protocols);
  self->protocols = protocols;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_PROTOCOLS]);
}

static void
publish_name (PtlRouter *self)
{
  PtlMapper *igd = ptl_router_find_mapper (self, PTL_ROUTER_PROTOCOL_UPNP);
  g_autofree char *name = ptl_text_make_safe (ptl_mapper_get_name (igd), -1, NAME_MAX_CHARS);

  publish_text (self, &self->name, *name != '\0' ? name : self->address, PROP_NAME);
}

/* --- announcements --- */

static void
on_announcement (const guint8 *data, gsize length, gpointer user_data)
{
  PtlRouter *self = user_data;

  ptl_pcp_hear (PTL_PCP (ptl_router_find_mapper (self, PTL_ROUTER_PROTOCOL_PCP)), data, length);
  if (!ptl_router_is_ipv6 (self))
    ptl_natpmp_hear (PTL_NATPMP (ptl_router_find_mapper (self, PTL_ROUTER_PROTOCOL_NATPMP)), data,
                     length);
}

static gboolean
announces (PtlRouter *self)
{
  return ptl_mapper_works (ptl_router_find_mapper (self, PTL_ROUTER_PROTOCOL_PCP)) ||
         ptl_mapper_works (ptl_router_find_mapper (self, PTL_ROUTER_PROTOCOL_NATPMP));
}

static void
on_notified_probed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  ptl_mapper_probe_finish (PTL_MAPPER (source), result, NULL);
}

/* It may have started anew: its uptime tells, or that it is somewhere else now. */
static void
on_notified (gpointer user_data)
{
  PtlMapper *igd = ptl_router_find_mapper (user_data, PTL_ROUTER_PROTOCOL_UPNP);

  ptl_mapper_probe_async (igd, NULL, on_notified_probed, NULL);
}

/* By PCP and NAT-PMP a restart is told in one datagram; where there is UPnP alone, SSDP tells. */
static void
listen_to_it (PtlRouter *self)
{
  PtlMapper *igd = ptl_router_find_mapper (self, PTL_ROUTER_PROTOCOL_UPNP);

  if (self->announce == NULL && announces (self))
    self->announce = ptl_announce_new (self->address, self->interface, on_announcement, self);
  if (announces (self))
    g_clear_pointer (&self->notify, ptl_notify_free);
  else if (self->notify == NULL && PTL_IS_IGD (igd) && ptl_mapper_works (igd))
    self->notify = ptl_notify_new (self->address, self->interface, on_notified, self);
}

static void
on_mapper_changed (PtlMapper *mapper, gpointer user_data)
{
  PtlRouter *self = user_data;

  g_object_freeze_notify (G_OBJECT (self));
  publish_name (self);
  publish_text (self, &self->external_address, ptl_router_find_external_address (self),
                PROP_EXTERNAL_ADDRESS);
  publish_protocols (self);
  publish_state (self);
  g_object_thaw_notify (G_OBJECT (self));
  listen_to_it (self);
}

void
ptl_router_lost_state (PtlRouter *self)
{
  gint64 now = ptl_clock_get_boot_us (self->clock);

  if (self->lost_state_us != 0 && now - self->lost_state_us < LOST_STATE_PAUSE_US)
    return;
  self->lost_state_us = now;
  g_signal_emit (self, lost_state_signal, 0);
}

static void
on_mapper_lost_state (PtlMapper *mapper, gpointer user_data)
{
  ptl_router_lost_state (user_data);
}

/* --- the object --- */

static void
ptl_router_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PtlRouter *self = PTL_ROUTER (object);

  switch (id)
    {
    case PROP_ID:
      g_value_set_string (value, self->id);
      break;
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    case PROP_ADDRESS:
      g_value_set_string (value, self->address);
      break;
    case PROP_INTERFACE:
      g_value_set_string (value, self->interface);
      break;
    case PROP_LOCAL_ADDRESS:
      g_value_set_string (value, self->local);
      break;
    case PROP_EXTERNAL_ADDRESS:
      g_value_set_string (value, self->external_address);
      break;
    case PROP_PROTOCOLS:
      g_value_set_boxed (value, self->protocols);
      break;
    case PROP_STATE:
      g_value_set_int (value, (int) self->state);
      break;
    case PROP_ERROR:
      g_value_set_boxed (value, self->error);
      break;
    case PROP_REMEMBERED_PROTOCOL:
      g_value_set_string (value, self->remembered);
      break;
    case PROP_NAMED:
      g_value_set_boolean (value, self->named);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
ptl_router_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_REMEMBERED_PROTOCOL)
    ptl_router_set_remembered_protocol (PTL_ROUTER (object), g_value_get_string (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
ptl_router_dispose (GObject *object)
{
  PtlRouter *self = PTL_ROUTER (object);

  g_clear_pointer (&self->announce, ptl_announce_free);
  g_clear_pointer (&self->notify, ptl_notify_free);
  for (guint i = 0; i < PTL_ROUTER_N_MAPPERS; i++)
    {
      if (self->mappers[i] == NULL)
        continue;
      g_signal_handlers_disconnect_by_data (self->mappers[i], self);
      ptl_mapper_cancel_probe (self->mappers[i]);
      g_clear_object (&self->mappers[i]);
    }
  G_OBJECT_CLASS (ptl_router_parent_class)->dispose (object);
}

static void
ptl_router_finalize (GObject *object)
{
  PtlRouter *self = PTL_ROUTER (object);

  g_clear_object (&self->clock);
  g_free (self->id);
  g_free (self->alias);
  g_free (self->better_id);
  g_free (self->address);
  g_free (self->interface);
  g_free (self->local);
  g_free (self->description_url);
  g_free (self->name);
  g_free (self->external_address);
  g_strfreev (self->protocols);
  g_clear_error (&self->error);
  g_free (self->remembered);
  G_OBJECT_CLASS (ptl_router_parent_class)->finalize (object);
}

static void
install_properties (GObjectClass *klass)
{
  GParamFlags readable = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  props[PROP_ID] = g_param_spec_string ("id", NULL, NULL, NULL, readable);
  props[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, readable);
  props[PROP_ADDRESS] = g_param_spec_string ("address", NULL, NULL, NULL, readable);
  props[PROP_INTERFACE] = g_param_spec_string ("interface", NULL, NULL, NULL, readable);
  props[PROP_LOCAL_ADDRESS] = g_param_spec_string ("local-address", NULL, NULL, NULL, readable);
  props[PROP_EXTERNAL_ADDRESS]
      = g_param_spec_string ("external-address", NULL, NULL, NULL, readable);
  props[PROP_PROTOCOLS] = g_param_spec_boxed ("protocols", NULL, NULL, G_TYPE_STRV, readable);
  props[PROP_STATE] = g_param_spec_int ("state", NULL, NULL, 0, PTL_ROUTER_STATE_NONE,
                                        PTL_ROUTER_STATE_SEARCHING, readable);
  props[PROP_ERROR] = g_param_spec_boxed ("error", NULL, NULL, G_TYPE_ERROR, readable);
  props[PROP_REMEMBERED_PROTOCOL] =
    g_param_spec_string ("remembered-protocol", NULL, NULL, "", readable | G_PARAM_WRITABLE);
  props[PROP_NAMED] = g_param_spec_boolean ("named", NULL, NULL, FALSE, readable);
  g_object_class_install_properties (klass, N_PROPS, props);
}

static void
ptl_router_class_init (PtlRouterClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = ptl_router_get_property;
  object_class->set_property = ptl_router_set_property;
  object_class->dispose = ptl_router_dispose;
  object_class->finalize = ptl_router_finalize;
  install_properties (object_class);
  lost_state_signal = g_signal_new ("lost-state", PTL_TYPE_ROUTER, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                    NULL, G_TYPE_NONE, 0);
}

static void
ptl_router_init (PtlRouter *self)
{
  self->external_address = g_strdup ("");
  self->description_url = g_strdup ("");
  self->remembered = g_strdup ("");
  self->protocols = g_new0 (char *, 1);
}

static void
take_naming (PtlRouter *self, const PtlGateway *gateway)
{
  PtlMapper *igd = ptl_router_find_mapper (self, PTL_ROUTER_PROTOCOL_UPNP);
  const char *url = gateway->url != NULL ? gateway->url : "";

  if (self->named == gateway->named && strcmp (self->description_url, url) == 0)
    return;
  self->named = gateway->named;
  g_free (self->description_url);
  self->description_url = g_strdup (url);
  if (PTL_IS_IGD (igd))
    ptl_igd_set_description_url (PTL_IGD (igd), gateway->url);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_NAMED]);
}

static void
make_mappers (PtlRouter *self, const char *igd_helper, const PtlGateway *gateway)
{
  PtlClock *clock = self->clock;

  self->mappers[0] = ptl_pcp_new (clock, gateway->address, gateway->local, gateway->interface);
  if (ptl_router_is_ipv6 (self))
    {
      self->mappers[1] = ptl_unspoken_new (clock, gateway->address);
      self->mappers[2] = ptl_pinhole_new (clock, igd_helper, gateway);
      return;
    }
  self->mappers[1] = ptl_natpmp_new (clock, gateway->address, gateway->local, gateway->interface);
  self->mappers[2]
      = ptl_igd_new (clock, igd_helper, gateway->address, gateway->local, gateway->interface);
}

PtlRouter *
ptl_router_new (PtlClock *clock, const char *igd_helper, const PtlGateway *gateway)
{
  PtlRouter *self = g_object_new (PTL_TYPE_ROUTER, NULL);

  self->clock = g_object_ref (clock);
  self->id = g_strdup (gateway->id);
  self->alias = g_strdup (gateway->alias);
  self->address = g_strdup (gateway->address);
  self->interface = g_strdup (gateway->interface);
  self->local = g_strdup (gateway->local);
  self->name = g_strdup (gateway->address);
  make_mappers (self, igd_helper, gateway);
  for (guint i = 0; i < PTL_ROUTER_N_MAPPERS; i++)
    {
      g_signal_connect (self->mappers[i], "changed", G_CALLBACK (on_mapper_changed), self);
      g_signal_connect (self->mappers[i], "lost-state", G_CALLBACK (on_mapper_lost_state), self);
    }
  take_naming (self, gateway);
  return self;
}

gboolean
ptl_router_is_ipv6 (PtlRouter *self)
{
  return strchr (self->address, ':') != NULL;
}

gboolean
ptl_router_has_id (PtlRouter *self, const char *id)
{
  if (id == NULL)
    return FALSE;
  return g_strcmp0 (id, self->id) == 0 || g_strcmp0 (id, self->alias) == 0
         || g_strcmp0 (id, self->better_id) == 0;
}

gboolean
ptl_router_is_at (PtlRouter *self, const PtlGateway *gateway)
{
  gboolean same_place = strcmp (self->alias, gateway->alias) == 0;
  gboolean hardware_known = self->better_id != NULL || strcmp (self->id, self->alias) != 0;
  gboolean hardware_told = strcmp (gateway->id, gateway->alias) != 0;

  if (strcmp (self->address, gateway->address) != 0)
    return FALSE;
  if (hardware_known && hardware_told)
    return strcmp (gateway->id, self->better_id != NULL ? self->better_id : self->id) == 0;
  return same_place;
}

void
ptl_router_set_gateway (PtlRouter *self, const PtlGateway *gateway)
{
  if (strcmp (gateway->id, gateway->alias) != 0 && strcmp (gateway->id, self->id) != 0)
    {
      g_free (self->better_id);
      self->better_id = g_strdup (gateway->id);
    }
  take_naming (self, gateway);
  if (ptl_router_is_ipv6 (self))
    ptl_pinhole_set_peer (PTL_PINHOLE (self->mappers[2]), gateway->peer, gateway->peer_local);
  if (strcmp (self->interface, gateway->interface) == 0
      && strcmp (self->local, gateway->local) == 0)
    return;
  g_free (self->alias);
  self->alias = g_strdup (gateway->alias);
  g_clear_pointer (&self->announce, ptl_announce_free);
  g_clear_pointer (&self->notify, ptl_notify_free);
  for (guint i = 0; i < PTL_ROUTER_N_MAPPERS; i++)
    ptl_mapper_set_path (self->mappers[i], gateway->local, gateway->interface);
  publish_text (self, &self->interface, gateway->interface, PROP_INTERFACE);
  publish_text (self, &self->local, gateway->local, PROP_LOCAL_ADDRESS);
  listen_to_it (self);
}

PtlMapper *
ptl_router_get_mapper (PtlRouter *self, guint index)
{
  return self->mappers[index];
}

PtlMapper *
ptl_router_find_mapper (PtlRouter *self, PtlRouterProtocol protocol)
{
  for (guint i = 0; i < PTL_ROUTER_N_MAPPERS; i++)
    if (ptl_mapper_get_protocol (self->mappers[i]) == protocol)
      return self->mappers[i];
  return NULL;
}

const char *
ptl_router_get_id (PtlRouter *self)
{
  return self->id;
}

const char *
ptl_router_get_lasting_id (PtlRouter *self)
{
  return self->better_id != NULL ? self->better_id : self->id;
}

const char *
ptl_router_get_name (PtlRouter *self)
{
  return self->name;
}

const char *
ptl_router_get_address (PtlRouter *self)
{
  return self->address;
}

const char *
ptl_router_get_interface (PtlRouter *self)
{
  return self->interface;
}

const char *
ptl_router_get_local_address (PtlRouter *self)
{
  return self->local;
}

const char *
ptl_router_get_external_address (PtlRouter *self)
{
  return self->external_address;
}

const char *const *
ptl_router_get_protocols (PtlRouter *self)
{
  return (const char *const *) self->protocols;
}

PtlRouterState
ptl_router_get_state (PtlRouter *self)
{
  return self->state;
}

const GError *
ptl_router_get_error (PtlRouter *self)
{
  return self->error;
}

gboolean
ptl_router_get_is_named (PtlRouter *self)
{
  return self->named;
}

const char *
ptl_router_get_description_url (PtlRouter *self)
{
  return self->description_url;
}

const char *
ptl_router_get_remembered_protocol (PtlRouter *self)
{
  return self->remembered;
}

void
ptl_router_set_remembered_protocol (PtlRouter *self, const char *protocol)
{
  PtlRouterProtocol known;

  publish_text (self, &self->remembered,
                ptl_router_protocol_from_string (protocol, &known) ? protocol : "",
                PROP_REMEMBERED_PROTOCOL);
}

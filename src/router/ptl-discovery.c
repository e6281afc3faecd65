/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-discovery.h"

#include "ptl-gateway.h"
#include "ptl-netlink.h"
#include "ptl-router-private.h"

struct _PtlDiscovery
{
  GObject parent;
  PtlClock *clock;
  char *helper;
  PtlNetlink *netlink;
  GPtrArray *routers;
  GPtrArray *places; /* of PtlRouterPlace: named by the person */
  PtlNetTables *tables;
  GError *problem;
  gboolean was_read;
  guint searching;
  gboolean ipv6;
};

static void list_model_init (GListModelInterface *interface);

G_DEFINE_FINAL_TYPE_WITH_CODE (PtlDiscovery, ptl_discovery, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

enum
{
  PROP_SEARCHING = 1,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];
static guint network_changed_signal;

/* --- the routing table --- */

/* A router that was known keeps its object: who holds it goes on with it. */
static PtlRouter *
take_router (PtlDiscovery *self, GPtrArray *known, const PtlGateway *gateway)
{
  for (guint i = 0; i < known->len; i++)
    {
      PtlRouter *router = known->pdata[i];

      if (!ptl_router_is_at (router, gateway))
        continue;
      ptl_router_set_gateway (router, gateway);
      return g_object_ref (router);
    }
  return ptl_router_new (self->clock, self->helper, gateway);
}

static gboolean
is_same_list (GPtrArray *a, GPtrArray *b)
{
  if (a->len != b->len)
    return FALSE;
  for (guint i = 0; i < a->len; i++)
    if (a->pdata[i] != b->pdata[i])
      return FALSE;
  return TRUE;
}

static void
replace_routers (PtlDiscovery *self, GPtrArray *gateways)
{
  g_autoptr (GPtrArray) known = self->routers;
  guint before = known->len;

  self->routers = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < gateways->len; i++)
    {
      PtlRouter *router = take_router (self, known, gateways->pdata[i]);

      /* Two routes to one router, whose hardware address became known between them. */
      if (g_ptr_array_find (self->routers, router, NULL))
        g_object_unref (router);
      else
        g_ptr_array_add (self->routers, router);
    }
  if (!is_same_list (known, self->routers))
    g_list_model_items_changed (G_LIST_MODEL (self), 0, before, self->routers->len);
}

static void
read_tables (PtlDiscovery *self)
{
  g_autoptr (GError) error = NULL;
  PtlNetTables *tables = ptl_netlink_read (self->netlink, &error);
  g_autoptr (GPtrArray) gateways = NULL;

  self->was_read = TRUE;
  if (tables == NULL)
    {
      g_warning ("%s", error->message);
      return;
    }
  g_clear_pointer (&self->tables, ptl_net_tables_free);
  self->tables = tables;
  gateways = self->ipv6 ? ptl_gateway_choose_ipv6 (tables) : ptl_gateway_choose (tables);
  if (!self->ipv6)
    ptl_gateway_add_places (gateways, tables, self->places);
  g_clear_error (&self->problem);
  if (gateways->len == 0)
    self->problem = self->ipv6 ? ptl_gateway_explain_ipv6 (tables) : ptl_gateway_explain (tables);
  replace_routers (self, gateways);
  g_signal_emit (self, network_changed_signal, 0);
}

static void
read_once (PtlDiscovery *self)
{
  if (!self->was_read)
    read_tables (self);
}

/* --- the list --- */

static GType
get_item_type (GListModel *model)
{
  return PTL_TYPE_ROUTER;
}

static guint
get_n_items (GListModel *model)
{
  return PTL_DISCOVERY (model)->routers->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  PtlDiscovery *self = PTL_DISCOVERY (model);

  return position < self->routers->len ? g_object_ref (self->routers->pdata[position]) : NULL;
}

static void
list_model_init (GListModelInterface *interface)
{
  interface->get_item_type = get_item_type;
  interface->get_n_items = get_n_items;
  interface->get_item = get_item;
}

/* --- the object --- */

static void
ptl_discovery_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_SEARCHING)
    g_value_set_boolean (value, ptl_discovery_is_searching (PTL_DISCOVERY (object)));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
ptl_discovery_finalize (GObject *object)
{
  PtlDiscovery *self = PTL_DISCOVERY (object);

  g_clear_object (&self->netlink);
  g_clear_object (&self->clock);
  g_clear_error (&self->problem);
  g_ptr_array_unref (self->routers);
  g_ptr_array_unref (self->places);
  g_clear_pointer (&self->tables, ptl_net_tables_free);
  g_free (self->helper);
  G_OBJECT_CLASS (ptl_discovery_parent_class)->finalize (object);
}

static void
ptl_discovery_class_init (PtlDiscoveryClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = ptl_discovery_get_property;
  object_class->finalize = ptl_discovery_finalize;
  props[PROP_SEARCHING]
      = g_param_spec_boolean ("searching", NULL, NULL, FALSE,
                              G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, props);
  network_changed_signal = g_signal_new ("network-changed", PTL_TYPE_DISCOVERY, G_SIGNAL_RUN_LAST,
                                         0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
ptl_discovery_init (PtlDiscovery *self)
{
  self->routers = g_ptr_array_new_with_free_func (g_object_unref);
  self->places = ptl_router_places_new ();
  self->netlink = ptl_netlink_new ();
  g_signal_connect_swapped (self->netlink, "changed", G_CALLBACK (read_tables), self);
}

static PtlDiscovery *
new_of_family (PtlClock *clock, const char *igd_helper, gboolean ipv6)
{
  PtlDiscovery *self = g_object_new (PTL_TYPE_DISCOVERY, NULL);

  self->ipv6 = ipv6;
  self->clock = g_object_ref (clock);
  self->helper = g_strdup (igd_helper);
  read_tables (self);
  return self;
}

PtlDiscovery *
ptl_discovery_new (PtlClock *clock, const char *igd_helper)
{
  return new_of_family (clock, igd_helper, FALSE);
}

PtlDiscovery *
ptl_discovery_new_ipv6 (PtlClock *clock, const char *igd_helper)
{
  return new_of_family (clock, igd_helper, TRUE);
}

char *
ptl_discovery_dup_ipv6_of (PtlDiscovery *self, const char *address)
{
  g_autoptr (PtlNetTables) tables = ptl_netlink_read (self->netlink, NULL);

  return tables != NULL ? ptl_gateway_find_ipv6_of (tables, address) : NULL;
}

PtlRouter *
ptl_discovery_get_default (PtlDiscovery *self)
{
  read_once (self);
  return self->routers->len > 0 ? self->routers->pdata[0] : NULL;
}

GError *
ptl_discovery_dup_problem (PtlDiscovery *self)
{
  read_once (self);
  return self->problem != NULL ? g_error_copy (self->problem) : NULL;
}

PtlRouter *
ptl_discovery_get_router (PtlDiscovery *self, const char *id)
{
  read_once (self);
  for (guint i = 0; i < self->routers->len; i++)
    if (ptl_router_has_id (self->routers->pdata[i], id))
      return self->routers->pdata[i];
  return NULL;
}

void
ptl_discovery_set_places (PtlDiscovery *self, GPtrArray *places)
{
  g_ptr_array_unref (self->places);
  self->places = ptl_router_places_copy (places);
  read_tables (self);
}

GPtrArray *
ptl_discovery_list_interfaces (PtlDiscovery *self)
{
  read_once (self);
  return ptl_net_interfaces_list (self->tables);
}

gboolean
ptl_discovery_is_searching (PtlDiscovery *self)
{
  return self->searching > 0;
}

/* --- search --- */

static void
change_searching (PtlDiscovery *self, int by)
{
  gboolean before = self->searching > 0;

  self->searching = (guint) ((int) self->searching + by);
  if (before != (self->searching > 0))
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SEARCHING]);
}

static void
end_search (GTask *task)
{
  PtlDiscovery *self = g_task_get_source_object (task);

  /* By now the kernel knows the gateways' hardware addresses. */
  read_tables (self);
  change_searching (self, -1);
  g_task_return_boolean (task, TRUE);
}

static void
on_router_asked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  guint *left = g_task_get_task_data (task);

  ptl_router_ask_finish (PTL_ROUTER (source), result);
  if (--*left == 0)
    end_search (task);
}

void
ptl_discovery_search_async (PtlDiscovery *self,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  guint *left = g_new0 (guint, 1);

  read_tables (self);
  g_task_set_source_tag (task, ptl_discovery_search_async);
  g_task_set_task_data (task, left, g_free);
  change_searching (self, 1);
  *left = self->routers->len;
  if (*left == 0)
    end_search (task);
  else
    {
      g_autoptr (GPtrArray) routers
          = g_ptr_array_copy (self->routers, (GCopyFunc) (void *) g_object_ref, NULL);

      for (guint i = 0; i < routers->len; i++)
        ptl_router_ask_async (routers->pdata[i], PTL_ROUTER_ASK_ALL, cancellable, on_router_asked,
                              g_object_ref (task));
    }
}

gboolean
ptl_discovery_search_finish (PtlDiscovery *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

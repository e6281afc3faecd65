/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-router-choice.h"

#include <glib/gi18n-lib.h>

#include "client/ptl-router-item.h"
#include "ptl-field.h"

struct _PtlRouterChoice
{
  AdwComboRow parent_instance;
  GPtrArray *ids;    /* of char *, for each choice; the first is "": the default router */
  GPtrArray *locals; /* of char *, likewise */
};

G_DEFINE_FINAL_TYPE (PtlRouterChoice, ptl_router_choice, ADW_TYPE_COMBO_ROW)

static void
add_choice (PtlRouterChoice *self, GtkStringList *names, const char *id, const char *local, const char *name)
{
  gtk_string_list_append (names, name);
  g_ptr_array_add (self->ids, g_strdup (id));
  g_ptr_array_add (self->locals, g_strdup (local));
}

static guint
find_id (PtlRouterChoice *self, const char *id)
{
  for (guint i = 0; i < self->ids->len; i++)
    if (g_strcmp0 (self->ids->pdata[i], id) == 0)
      return i;
  return GTK_INVALID_LIST_POSITION;
}

static void
add_router (PtlRouterChoice *self, GtkStringList *names, PtlRouterItem *item)
{
  const char *name = ptl_router_item_get (item, "Name");
  const char *address = ptl_router_item_get (item, "Address");
  /* Translators: a router's name, and its address */
  g_autofree char *both = g_strdup_printf (_ ("%s (%s)"), name, address);

  add_choice (self, names, ptl_router_item_get (item, "Id"), ptl_router_item_get (item, "LocalAddress"),
              g_str_equal (name, address) ? name : both);
}

void
ptl_router_choice_set_routers (PtlRouterChoice *self, GListModel *routers, const char *chosen)
{
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);

  g_return_if_fail (PTL_IS_ROUTER_CHOICE (self));
  g_ptr_array_set_size (self->ids, 0);
  g_ptr_array_set_size (self->locals, 0);
  add_choice (self, names, "", "", _ ("The default router"));
  for (guint i = 0; i < g_list_model_get_n_items (routers); i++)
    {
      g_autoptr (PtlRouterItem) item = g_list_model_get_item (routers, i);

      add_router (self, names, item);
    }
  if (find_id (self, chosen) == GTK_INVALID_LIST_POSITION)
    add_choice (self, names, chosen, "", _ ("A router that is not in this network"));
  adw_combo_row_set_model (ADW_COMBO_ROW (self), G_LIST_MODEL (names));
  adw_combo_row_set_selected (ADW_COMBO_ROW (self), find_id (self, chosen));
}

static const char *
get_chosen (PtlRouterChoice *self, GPtrArray *texts)
{
  guint selected = adw_combo_row_get_selected (ADW_COMBO_ROW (self));

  return selected < texts->len ? texts->pdata[selected] : "";
}

const char *
ptl_router_choice_get_id (PtlRouterChoice *self)
{
  g_return_val_if_fail (PTL_IS_ROUTER_CHOICE (self), "");
  return get_chosen (self, self->ids);
}

const char *
ptl_router_choice_get_local_address (PtlRouterChoice *self)
{
  g_return_val_if_fail (PTL_IS_ROUTER_CHOICE (self), "");
  return get_chosen (self, self->locals);
}

gboolean
ptl_router_choice_is_needed (PtlRouterChoice *self)
{
  g_return_val_if_fail (PTL_IS_ROUTER_CHOICE (self), FALSE);
  /* With one router the default one is that. */
  return self->ids->len > 2;
}

static void
ptl_router_choice_finalize (GObject *object)
{
  g_ptr_array_unref (PTL_ROUTER_CHOICE (object)->ids);
  g_ptr_array_unref (PTL_ROUTER_CHOICE (object)->locals);
  G_OBJECT_CLASS (ptl_router_choice_parent_class)->finalize (object);
}

static void
ptl_router_choice_class_init (PtlRouterChoiceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ptl_router_choice_finalize;
}

static void
ptl_router_choice_init (PtlRouterChoice *self)
{
  self->ids = g_ptr_array_new_with_free_func (g_free);
  self->locals = g_ptr_array_new_with_free_func (g_free);
  ptl_field_set_up_combo (ADW_COMBO_ROW (self));
}

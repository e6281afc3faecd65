/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-router-place.h"

#include <glib/gi18n-lib.h>
#include <linux/if.h>
#include <string.h>

#include "core/ptl-error.h"
#include "core/ptl-text.h"
#include "ptl-address-class.h"
#include "ptl-igd-url.h"

#define SHOWN_CHARS 60

void
ptl_router_place_free (PtlRouterPlace *self)
{
  g_free (self->address);
  g_free (self->interface);
  g_free (self->url);
  g_free (self);
}

static gboolean
check_address (const char *address, GError **error)
{
  PtlAddressClass kind = ptl_address_class_of (address);
  g_autofree char *shown = ptl_text_make_safe (address, -1, SHOWN_CHARS);

  /* A router's address inside is one of a private network, as a rule; any that hosts have will do.
   */
  if (g_hostname_is_ip_address (address) && strchr (address, ':') == NULL
      && (kind == PTL_ADDRESS_PUBLIC || kind == PTL_ADDRESS_PRIVATE || kind == PTL_ADDRESS_SHARED))
    return TRUE;
  ptl_error_set (error, PTL_ERROR_INVALID,
                 _ ("Type the router's IPv4 address in your network, like 192.168.1.1."),
                 /* Translators: %s is what the person typed */
                 _ ("“%s” is not the address of a router."), shown);
  return FALSE;
}

static gboolean
check_interface (const char *interface, GError **error)
{
  gboolean is_name = strlen (interface) < IFNAMSIZ;

  for (const char *c = interface; *c != '\0'; c++)
    is_name = is_name && g_ascii_isgraph (*c) && *c != '/';
  if (is_name)
    return TRUE;
  ptl_error_set (error, PTL_ERROR_INVALID,
                 _ ("Take one of the list of interfaces, like eth0 or wlan0."),
                 _ ("That is not the name of a network interface."));
  return FALSE;
}

static gboolean
check_url (const char *address, const char *url, GError **error)
{
  g_autofree char *advice = NULL;

  if (*url == '\0' || ptl_igd_url_check (url, address, NULL, NULL))
    return TRUE;
  /* Translators: %s is the router's address */
  advice = g_strdup_printf (
      _ ("It looks like http://%s:5000/rootDesc.xml: http, and this very address."), address);
  ptl_error_set (error, PTL_ERROR_INVALID, advice,
                 /* Translators: %s is the router's address */
                 _ ("The address of the description does not lead to the router %s."), address);
  return FALSE;
}

PtlRouterPlace *
ptl_router_place_new (const char *address, const char *interface, const char *url, GError **error)
{
  PtlRouterPlace *self;

  if (!check_address (address, error) || !check_interface (interface, error)
      || !check_url (address, url, error))
    return NULL;
  self = g_new0 (PtlRouterPlace, 1);
  self->address = g_strdup (address);
  self->interface = g_strdup (interface);
  self->url = g_strdup (url);
  return self;
}

PtlRouterPlace *
ptl_router_place_copy (const PtlRouterPlace *self)
{
  PtlRouterPlace *copy = g_new0 (PtlRouterPlace, 1);

  copy->address = g_strdup (self->address);
  copy->interface = g_strdup (self->interface);
  copy->url = g_strdup (self->url);
  return copy;
}

GPtrArray *
ptl_router_places_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_router_place_free);
}

GPtrArray *
ptl_router_places_copy (GPtrArray *places)
{
  GPtrArray *copy = ptl_router_places_new ();

  for (guint i = 0; i < places->len; i++)
    g_ptr_array_add (copy, ptl_router_place_copy (places->pdata[i]));
  return copy;
}

PtlRouterPlace *
ptl_router_places_find (GPtrArray *places, const char *address)
{
  for (guint i = 0; i < places->len; i++)
    {
      PtlRouterPlace *place = places->pdata[i];

      if (g_str_equal (place->address, address))
        return place;
    }
  return NULL;
}

/* GVariant's own text format, a(sss): what the store keeps. */
char *
ptl_router_places_to_text (GPtrArray *places)
{
  g_autoptr (GVariant) list = NULL;
  GVariantBuilder builder;

  if (places->len == 0)
    return g_strdup ("");
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(sss)"));
  for (guint i = 0; i < places->len; i++)
    {
      const PtlRouterPlace *place = places->pdata[i];

      g_variant_builder_add (&builder, "(sss)", place->address, place->interface, place->url);
    }
  list = g_variant_ref_sink (g_variant_builder_end (&builder));
  return g_variant_print (list, FALSE);
}

GPtrArray *
ptl_router_places_from_text (const char *text)
{
  GPtrArray *places = ptl_router_places_new ();
  g_autoptr (GVariant) list = NULL;
  GVariantIter iter;
  const char *address, *interface, *url;

  if (*text != '\0')
    list = g_variant_parse (G_VARIANT_TYPE ("a(sss)"), text, NULL, NULL, NULL);
  if (list == NULL)
    return places;
  g_variant_iter_init (&iter, list);
  while (g_variant_iter_next (&iter, "(&s&s&s)", &address, &interface, &url))
    {
      PtlRouterPlace *place = ptl_router_place_new (address, interface, url, NULL);

      if (place != NULL && places->len < PTL_ROUTER_PLACES_MAX
          && ptl_router_places_find (places, address) == NULL)
        g_ptr_array_add (places, place);
      else
        g_clear_pointer (&place, ptl_router_place_free);
    }
  return places;
}

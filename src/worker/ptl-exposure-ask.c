/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-exposure-ask.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "core/ptl-host.h"
#include "core/ptl-text.h"
#include "exposure/sweep/ptl-port-set.h"

#define SHOWN_CHARS 40
/* Those that ask nobody else. */
#define USUAL (1u << PTL_VANTAGE_MACHINE | 1u << PTL_VANTAGE_LAN)

static gboolean
read_vantages (GVariant *value, PtlExposureAsk *ask, GError **error)
{
  g_autofree const char **names = g_variant_get_strv (value, NULL);

  ask->vantages = 0;
  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autofree char *shown = ptl_text_make_safe (names[i], -1, SHOWN_CHARS);
      PtlVantageKind kind;

      if (!ptl_vantage_from_string (names[i], &kind))
        {
          ptl_error_set (error, PTL_ERROR_INVALID, _("Give some of machine, lan, hairpin, relay, internetdb, shodan, censys."),
                         /* Translators: %s is what was asked for */
                         _("“%s” is no vantage point that can be looked from."), shown);
          return FALSE;
        }
      ask->vantages |= 1u << kind;
    }
  if (ask->vantages == 0)
    ask->vantages = USUAL;
  return TRUE;
}

/* One that is not named is the only one there is. */
static gboolean
choose_relay (PtlExposureAsk *ask, PtlRelays *relays, const char *name, GError **error)
{
  g_autoptr (GPtrArray) all = ptl_relays_list (relays);
  const PtlRelayView *view = NULL;

  if ((ask->vantages & (1u << PTL_VANTAGE_RELAY)) == 0)
    return TRUE;
  if (name != NULL && *name != '\0')
    view = ptl_relays_find (relays, name, error);
  else if (all->len == 1)
    view = all->pdata[0];
  else if (all->len == 0)
    ptl_error_set (error, PTL_ERROR_NOT_FOUND, _("Add a server of yours that is reached by ssh, in Network."),
                   _("There is no relay to look from."));
  else
    ptl_error_set (error, PTL_ERROR_INVALID, _("Name one."), _("There is more than one relay to look from."));
  if (view == NULL)
    return FALSE;
  ask->relay = g_intern_string (view->relay->id);
  return TRUE;
}

/* ---- Addresses and ports ---- */

static gboolean
read_address (const char *text, PtlExposureAsk *ask, GError **error)
{
  g_autofree char *shown = NULL;

  if (*text == '\0' || ptl_host_is_address (text))
    {
      g_free (ask->address);
      ask->address = ptl_host_normalize (text);
      return TRUE;
    }
  shown = ptl_text_make_safe (text, -1, SHOWN_CHARS);
  ptl_error_set (error, PTL_ERROR_INVALID, _("Give it in numbers, like 192.168.1.20."),
                 /* Translators: %s is what was given */
                 _("“%s” is no address."), shown);
  return FALSE;
}

static gboolean
read_ports (const char *text, PtlExposureAsk *ask, GError **error)
{
  g_autofree PtlPortSet *set = g_new0 (PtlPortSet, 1);

  g_free (ask->ports);
  ask->ports = g_strdup ("");
  if (*text == '\0')
    return TRUE;
  if (!ptl_port_set_parse (text, set, error))
    return FALSE;
  g_free (ask->ports);
  ask->ports = ptl_port_set_to_string (set);
  return TRUE;
}

/* Another machine than this can be looked at from this one alone, and what listens there cannot be known. */
static gboolean
settle_address (PtlExposureAsk *ask, gboolean said, GError **error)
{
  if (*ask->address == '\0')
    return TRUE;
  if (*ask->ports == '\0')
    ask->sweep = TRUE;
  if (said && (ask->vantages & ~USUAL) != 0)
    {
      ptl_error_set (error, PTL_ERROR_INVALID, _("Leave out --address, or look from “lan”."), "%s",
                     _("An address that is named can be looked at from this computer alone."));
      return FALSE;
    }
  ask->vantages = USUAL;
  return TRUE;
}

/* ---- All of it ---- */

static gboolean
take (PtlExposureAsk *ask, const char *key, GVariant *value, char **relay, gboolean *said, GError **error)
{
  gboolean text = g_variant_is_of_type (value, G_VARIANT_TYPE_STRING);
  gboolean flag = g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN);
  g_autofree char *shown = NULL;

  if (strcmp (key, "Vantages") == 0 && g_variant_is_of_type (value, G_VARIANT_TYPE_STRING_ARRAY))
    {
      *said = TRUE;
      return read_vantages (value, ask, error);
    }
  if (strcmp (key, "Relay") == 0 && text)
    {
      g_free (*relay);
      *relay = g_variant_dup_string (value, NULL);
      return TRUE;
    }
  if (strcmp (key, "Address") == 0 && text)
    return read_address (g_variant_get_string (value, NULL), ask, error);
  if (strcmp (key, "Ports") == 0 && text)
    return read_ports (g_variant_get_string (value, NULL), ask, error);
  if (strcmp (key, "Mine") == 0 && flag)
    {
      ask->mine = g_variant_get_boolean (value);
      return TRUE;
    }
  if (strcmp (key, "SweepPorts") == 0 && flag)
    {
      ask->sweep = g_variant_get_boolean (value);
      return TRUE;
    }
  shown = ptl_text_make_safe (key, -1, SHOWN_CHARS);
  /* Translators: %s is the name of an option */
  ptl_error_set (error, PTL_ERROR_INVALID, NULL, _("“%s” is no option of the check."), shown);
  return FALSE;
}

PtlExposureAsk *
ptl_exposure_ask_read (GVariant *options, PtlRelays *relays, GError **error)
{
  g_autoptr (PtlExposureAsk) ask = g_new0 (PtlExposureAsk, 1);
  g_autofree char *relay = NULL;
  gboolean said = FALSE;
  GVariantIter iter;
  const char *key;
  GVariant *inner;

  ask->vantages = USUAL;
  ask->address = g_strdup ("");
  ask->ports = g_strdup ("");
  g_variant_iter_init (&iter, options);
  while (g_variant_iter_next (&iter, "{&sv}", &key, &inner))
    {
      g_autoptr (GVariant) value = inner;

      if (!take (ask, key, value, &relay, &said, error))
        return NULL;
    }
  if (!settle_address (ask, said, error) || !choose_relay (ask, relays, relay, error))
    return NULL;
  return g_steal_pointer (&ask);
}

PtlExposureAsk *
ptl_exposure_ask_copy (const PtlExposureAsk *self)
{
  PtlExposureAsk *copy = g_new0 (PtlExposureAsk, 1);

  *copy = *self;
  copy->address = g_strdup (self->address);
  copy->ports = g_strdup (self->ports);
  return copy;
}

void
ptl_exposure_ask_free (PtlExposureAsk *self)
{
  if (self == NULL)
    return;
  g_free (self->address);
  g_free (self->ports);
  g_free (self);
}

gboolean
ptl_exposure_ask_equal (const PtlExposureAsk *a, const PtlExposureAsk *b)
{
  return a->vantages == b->vantages && a->relay == b->relay && a->sweep == b->sweep &&
         strcmp (a->address, b->address) == 0 && strcmp (a->ports, b->ports) == 0;
}

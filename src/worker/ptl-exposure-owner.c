/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-exposure-owner.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "core/ptl-host.h"
#include "worker/ptl-routers.h"

/* Where a machine in a cloud is told its secrets. */
static const char *const never[] = { "169.254.169.254", "fd00:ec2::254", "100.100.100.200", NULL };

static char **
list_interfaces (const PtlExposureParts *parts)
{
  g_autoptr (GPtrArray) interfaces = ptl_discovery_list_interfaces (parts->discovery);
  g_autoptr (GStrvBuilder) all = g_strv_builder_new ();

  for (guint i = 0; i < interfaces->len; i++)
    g_strv_builder_addv (all, (const char **) ((PtlNetInterface *) interfaces->pdata[i])->addresses);
  return g_strv_builder_end (all);
}

static char **
list_publics (const PtlExposureParts *parts)
{
  g_autoptr (GStrvBuilder) all = g_strv_builder_new ();

  for (guint i = 0; i < PTL_N_ADDRESS_FAMILIES; i++)
    if (ptl_address_source_get (parts->addresses, (PtlAddressFamily) i) != NULL)
      g_strv_builder_add (all, ptl_address_source_get (parts->addresses, (PtlAddressFamily) i));
  return g_strv_builder_end (all);
}

static PtlSweepOwner
classify (const PtlExposureParts *parts, GInetAddress *address, char **interfaces)
{
  g_auto (GStrv) routers = ptl_routers_dup_addresses (parts->discovery);
  g_auto (GStrv) publics = list_publics (parts);
  PtlSweepHome home = { (const char *const *) interfaces, (const char *const *) routers,
                        (const char *const *) publics };

  return ptl_sweep_classify (address, &home);
}

/* The last address of an IPv4 network of ours is everybody's there. */
static gboolean
is_broadcast (const char *text, char **interfaces)
{
  guint8 bytes[16], own[16];

  if (ptl_address_parse (text, bytes) != 4)
    return FALSE;
  for (guint i = 0; interfaces[i] != NULL; i++)
    {
      g_auto (GStrv) parts = g_strsplit (interfaces[i], "/", 2);
      guint64 prefix = parts[1] != NULL ? g_ascii_strtoull (parts[1], NULL, 10) : 32;
      guint32 host = prefix < 31 ? G_MAXUINT32 >> prefix : 0;
      guint32 mine, other;

      if (ptl_address_parse (parts[0], own) != 4 || host == 0)
        continue;
      memcpy (&mine, own, 4);
      memcpy (&other, bytes, 4);
      if ((GUINT32_FROM_BE (mine) | host) == GUINT32_FROM_BE (other))
        return TRUE;
    }
  return FALSE;
}

static gboolean
is_nobody (GInetAddress *address, const char *text, char **interfaces)
{
  return g_inet_address_get_is_any (address) || g_inet_address_get_is_multicast (address) ||
         strcmp (text, "255.255.255.255") == 0 || g_strv_contains (never, text) || is_broadcast (text, interfaces);
}

static gboolean
log_other (const PtlExposureParts *parts, const char *address, const char *who, GError **error)
{
  return ptl_store_begin (parts->store, error) &&
         ptl_store_add_event (parts->store, who, "check-other-address", "", "ok", address, error) &&
         ptl_store_commit (parts->store, error);
}

gboolean
ptl_exposure_owner_check (const PtlExposureParts *parts,
                          const PtlExposureAsk *ask,
                          const char *who,
                          PtlSweepOwner *owner,
                          GError **error)
{
  g_autoptr (GInetAddress) address = NULL;
  g_auto (GStrv) interfaces = NULL;

  *owner = PTL_SWEEP_THIS_MACHINE;
  if (*ask->address == '\0')
    return TRUE;
  address = g_inet_address_new_from_string (ask->address);
  interfaces = list_interfaces (parts);
  if (is_nobody (address, ask->address, interfaces))
    {
      ptl_error_set (error, PTL_ERROR_POLICY, _("Name the address of one computer of yours."),
                     /* Translators: %s is an address */
                     _("%s is not the address of one computer."), ask->address);
      return FALSE;
    }
  *owner = classify (parts, address, interfaces);
  if (*owner == PTL_SWEEP_THIS_MACHINE || *owner == PTL_SWEEP_PUBLIC)
    return TRUE;
  if (ask->mine)
    return log_other (parts, ask->address, who, error);
  ptl_error_set (error, PTL_ERROR_POLICY,
                 _("If it is yours, or its owner has agreed, confirm that (--confirm-mine). It is written in the log."),
                 /* Translators: %s is an address */
                 _("%s is not known to be yours."), ask->address);
  return FALSE;
}

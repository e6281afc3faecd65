/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-igd-cause.h"

#include <glib/gi18n-lib.h>

#include "core/ptl-text.h"
#include "ptl-router-cause.h"

GError *
ptl_igd_cause_of_code (PtlMapper *mapper, gint64 code)
{
  const char *gateway = ptl_mapper_get_gateway (mapper);

  switch (code)
    {
    case PTL_IGD_CODE_NONE:
      return ptl_router_cause_none (gateway);
    case PTL_IGD_CODE_SILENT:
      return ptl_router_cause_silent (gateway);
    case PTL_IGD_CODE_STUCK:
      return ptl_error_new (PTL_ERROR_ROUTER_SILENT, _ ("Restart the router."),
                            /* Translators: %s is the router's address */
                            _ ("The router %s announces UPnP, but does not answer when asked by "
                               "it."),
                            gateway);
    case PTL_IGD_CODE_FOREIGN:
      return ptl_error_new (
          PTL_ERROR_ROUTER_REFUSED,
          _ ("Look for new firmware for the router; another device may pose as it."),
          /* Translators: %s is the router's address */
          _ ("The router %s pointed to another host for UPnP, which was not followed."), gateway);
    case PTL_IGD_CODE_LIED:
      return ptl_error_new (PTL_ERROR_ROUTER_LIED,
                            _ ("Restart the router, or forward the port by hand in its settings."),
                            /* Translators: %s is the router's address */
                            _ ("The router %s says that it is done, but its own table shows "
                               "another thing."),
                            gateway);
    case PTL_IGD_CODE_GARBAGE:
      return ptl_error_new (PTL_ERROR_ROUTER_REFUSED,
                            _ ("Restart the router, or look for new firmware for it."),
                            /* Translators: %s is the router's address */
                            _ ("The answer of the router %s by UPnP cannot be understood."),
                            gateway);
    case PTL_IGD_CODE_CANNOT_TELL:
      return ptl_error_new (PTL_ERROR_NOT_SUPPORTED, _("Look into the router's own pages."),
                            /* Translators: %s is the router's address */
                            _("The router %s cannot tell what it holds."), gateway);
    case PTL_IGD_CODE_ABSENT:
    case PTL_IGD_CODE_DIFFERENT:
      return ptl_error_new (PTL_ERROR_NOT_FOUND, _("It is mapped again where it is still due."),
                            /* Translators: %s is the router's address */
                            _("The router %s does not hold the mapping any more."), gateway);
    case PTL_IGD_CODE_WRONG_URL:
      return ptl_error_new (PTL_ERROR_ROUTER_REFUSED,
                            _ ("Correct the address of the description, or remove it; and see that "
                               "UPnP is switched on in the router's settings."),
                            /* Translators: %s is the router's address */
                            _ ("The router %s has no UPnP description at the address that was "
                               "given, and none is found by a search."),
                            gateway);
    case PTL_IGD_CODE_CRASHED:
      return ptl_error_new (PTL_ERROR_ROUTER_SILENT,
                            _ ("Wait a minute and try again: then it is asked for one without an "
                               "end, which Portolan takes back itself. New firmware may help."),
                            /* Translators: %s is the router's address */
                            _ ("The router %s went silent when it was asked for a mapping that "
                               "ends by itself; it may have crashed of it."),
                            gateway);
    case PTL_IGD_CODE_OTHER_HOST:
      return ptl_error_new (PTL_ERROR_ROUTER_REFUSED,
                            _ ("Open the mapping guarded, or switch off UPnP's secure mode in the "
                               "router's settings."),
                            /* Translators: %s is the router's address */
                            _ ("The router %s lets this computer open ports to itself only."),
                            gateway);
    case PTL_IGD_CODE_USAGE:
      return ptl_error_new (PTL_ERROR_INVALID, _("Use a port from 1 to 65535 and an IPv4 address."),
                            _("The mapping cannot be asked for by UPnP."));
    default:
      return ptl_router_cause_to_error (PTL_ROUTER_PROTOCOL_UPNP, (int) code, gateway);
    }
}

GError *
ptl_igd_cause_of_run (PtlMapper *mapper, const char *helper, const GError *error)
{
  if (error->domain == G_SPAWN_ERROR)
    return ptl_error_new (PTL_ERROR_FAILED, _("Install Portolan again."),
                          /* Translators: %s is the path of a program */
                          _("The helper for UPnP, %s, cannot be started."), helper);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA))
    return ptl_igd_cause_of_code (mapper, PTL_IGD_CODE_GARBAGE);
  return ptl_mapper_translate_error (mapper, error);
}

static char *
describe_holder (PtlMapper *mapper, const PtlIgdAnswer *answer)
{
  const char *local = ptl_mapper_get_local (mapper);
  g_autofree char *what = NULL;
  g_autofree char *who = NULL;

  if (answer->holder_address == NULL)
    return NULL;
  what = ptl_text_make_safe (answer->holder_description != NULL ? answer->holder_description : "",
                             -1, 60);
  if (g_strcmp0 (answer->holder_address, local) == 0)
    who = g_strdup (_("this computer"));
  else
    who = ptl_text_make_safe (answer->holder_address, -1, 45);
  if (*what == '\0')
    /* Translators: an address or "this computer", and a port */
    return g_strdup_printf (_("%s, port %u"), who, (guint) answer->holder_port);
  /* Translators: an address or "this computer", a port, and what the mapping is for */
  return g_strdup_printf (_("%s, port %u (“%s”)"), who, (guint) answer->holder_port, what);
}

static GError *
cause_of_crowd (PtlMapper *mapper, const PtlIgdAnswer *answer)
{
  const char *advice = _ ("Close mappings that nobody needs any more, there and in Portolan's list "
                          "of entries, or restart the router.");
  guint held = (guint) answer->held;

  if (answer->code == PTL_IGD_CODE_CROWDED)
    return ptl_error_new (
        PTL_ERROR_ROUTER_FULL, advice,
        g_dngettext (GETTEXT_PACKAGE,
                     /* Translators: the router's address, how many entries its table holds */
                     "The router %s finds the request wrong (UPnP code 402), with a lease and "
                     "without; it holds %u entry already, and its table may be full.",
                     "The router %s finds the request wrong (UPnP code 402), with a lease and "
                     "without; it holds %u entries already, and its table may be full.",
                     held),
        ptl_mapper_get_gateway (mapper), held);
  return ptl_error_new (
      PTL_ERROR_ROUTER_FULL, advice,
      g_dngettext (GETTEXT_PACKAGE,
                   /* Translators: the router's address, how many entries its table holds */
                   "The router %s says that it is done and stores nothing; it holds %u entry "
                   "already, and its table may be full.",
                   "The router %s says that it is done and stores nothing; it holds %u entries "
                   "already, and its table may be full.",
                   held),
      ptl_mapper_get_gateway (mapper), held);
}

GError *
ptl_igd_cause_of_answer (PtlMapper *mapper, const PtlIgdRequest *request, const PtlIgdAnswer *answer)
{
  g_autofree char *holder = NULL;

  if (answer->code == PTL_IGD_CODE_CROWDED || answer->code == PTL_IGD_CODE_DROPS)
    return cause_of_crowd (mapper, answer);
  if (answer->code != PTL_IGD_CODE_CONFLICT && answer->code != 718)
    return ptl_igd_cause_of_code (mapper, answer->code);
  holder = describe_holder (mapper, answer);
  return ptl_router_cause_conflict (ptl_mapper_get_gateway (mapper),
                                    (guint16) request->external_port, holder,
                                    (guint16) answer->free_port);
}

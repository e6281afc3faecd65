/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-firewall-wish.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "ptl-error.h"
#include "ptl-text.h"

#define SHOWN_CHARS 40

static const char *const names[] = { "auto", "leave" };

const char *
ptl_firewall_wish_to_string (PtlFirewallWish wish)
{
  g_return_val_if_fail ((guint) wish < G_N_ELEMENTS (names), "");
  return names[wish];
}

gboolean
ptl_firewall_wish_from_string (const char *text, PtlFirewallWish *wish, GError **error)
{
  g_autofree char *shown = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (strcmp (names[i], text) == 0)
      {
        *wish = (PtlFirewallWish) i;
        return TRUE;
      }
  shown = ptl_text_make_safe (text, -1, SHOWN_CHARS);
  ptl_error_set (error, PTL_ERROR_INVALID,
                 _("Say auto, to have it opened for the rule, or leave, to leave it as it is."),
                 /* Translators: %s is what a person typed */
                 _("“%s” is nothing to do with a firewall."), shown);
  return FALSE;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-wizards.h"

#include "ptl-forward-wizard.h"
#include "ptl-game-wizard.h"
#include "ptl-tunnel-wizard.h"
#include "ptl-wizard-resources.h"

/* Of a static library nothing is linked that nobody names: so the resources are registered by name.
 */
static void
ensure_resources (void)
{
  static gsize done = 0;

  if (g_once_init_enter (&done))
    {
      ptl_wizard_register_resource ();
      g_once_init_leave (&done, 1);
    }
}

void
ptl_wizard_open_game (GtkWindow *parent, PtlClient *client)
{
  ensure_resources ();
  gtk_window_present (GTK_WINDOW (ptl_game_wizard_new (parent, client)));
}

void
ptl_wizard_open_forward (GtkWindow *parent, PtlClient *client)
{
  ensure_resources ();
  gtk_window_present (GTK_WINDOW (ptl_forward_wizard_new (parent, client)));
}

void
ptl_wizard_open_forward_to (GtkWindow *parent, PtlClient *client, PtlProtocol protocol, guint16 port, const char *name)
{
  PtlForwardWizard *wizard;

  ensure_resources ();
  wizard = ptl_forward_wizard_new (parent, client);
  ptl_forward_wizard_propose (wizard, protocol, port, name);
  gtk_window_present (GTK_WINDOW (wizard));
}

void
ptl_wizard_open_tunnel (GtkWindow *parent, PtlClient *client)
{
  ensure_resources ();
  gtk_window_present (GTK_WINDOW (ptl_tunnel_wizard_new (parent, client)));
}

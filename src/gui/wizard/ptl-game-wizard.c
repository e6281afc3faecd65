/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-game-wizard.h"

#include <glib/gi18n-lib.h>

#include "core/ptl-policy.h"
#include "core/ptl-text.h"
#include "core/ptl-validate.h"
#include "gui/fields/ptl-option-words.h"
#include "ptl-games-page.h"
#include "ptl-place-group.h"
#include "ptl-ports-page.h"
#include "ptl-tunnel-wizard.h"

struct _PtlGameWizard
{
  PtlOpenWizard parent_instance;
  PtlGamesPage *games_page;
  PtlPortsPage *ports_page;
  PtlPlaceGroup *place_group;
};

G_DEFINE_FINAL_TYPE (PtlGameWizard, ptl_game_wizard, PTL_TYPE_OPEN_WIZARD)

static char *
dup_name (PtlGameWizard *self)
{
  PtlGame *game = ptl_games_page_get_game (self->games_page);

  return game != NULL ? g_strdup (ptl_game_get_name (game))
                      : ptl_ports_page_dup_name (self->ports_page);
}

/* With several ports each rule's name says which one it is. */
static char *
make_rule_name (const char *name, const PtlGamePort *port, gboolean only)
{
  g_autofree char *ports = NULL, *full = NULL;

  if (only)
    return g_strdup (name);
  ports = port->first == port->last ? g_strdup_printf ("%u", port->first)
                                    : g_strdup_printf ("%u-%u", port->first, port->last);
  /* Translators: 1 a game, 2 its port: "Satisfactory (8888)" */
  full = g_strdup_printf (_ ("%1$s (%2$s)"), name, ports);
  return ptl_text_make_safe (full, -1, PTL_NAME_MAX_CHARS);
}

static PtlDraft *
draft_port (PtlGameWizard *self,
            const char *name,
            const char *preset,
            const PtlGamePort *port,
            gboolean only)
{
  PtlDraft *draft = ptl_draft_new (PTL_KIND_MAPPING);

  draft->protocol = port->protocol;
  draft->name = make_rule_name (name, port, only);
  draft->preset = g_strdup (preset);
  ptl_terms_page_fill (ptl_open_wizard_get_terms (PTL_OPEN_WIZARD (self)), draft);
  ptl_options_fit (draft->options, port->protocol);
  ptl_place_group_fill (self->place_group, draft, port->first, port->last);
  return draft;
}

/* The ports that are to be opened: those needed, and those of the others that the person wants. */
static GPtrArray *
list_ports (PtlGameWizard *self, PtlGame *game)
{
  GPtrArray *ports = g_ptr_array_new ();

  for (guint i = 0; i < ptl_game_get_n_ports (game); i++)
    {
      const PtlGamePort *port = ptl_game_get_port (game, i);

      if (!port->optional || ptl_place_group_wants (self->place_group, i))
        g_ptr_array_add (ports, (gpointer) port);
    }
  return ports;
}

static PtlGamePort
own_port (PtlGameWizard *self)
{
  PtlGamePort port
      = { .protocol = ptl_ports_page_get_protocol (self->ports_page), .note = (char *) "" };

  ptl_ports_page_get_range (self->ports_page, &port.first, &port.last);
  return port;
}

static GPtrArray *
build (PtlOpenWizard *wizard)
{
  PtlGameWizard *self = PTL_GAME_WIZARD (wizard);
  PtlGame *game = ptl_games_page_get_game (self->games_page);
  GPtrArray *drafts = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_draft_free);
  g_autofree char *name = dup_name (self);
  g_autoptr (GPtrArray) ports = NULL;
  PtlGamePort own;

  ptl_place_group_set_local_address (self->place_group, ptl_open_wizard_get_local_address (wizard));
  if (game == NULL)
    {
      own = own_port (self);
      g_ptr_array_add (drafts, draft_port (self, name, NULL, &own, TRUE));
      return drafts;
    }
  ports = list_ports (self, game);
  for (guint i = 0; i < ports->len; i++)
    g_ptr_array_add (drafts, draft_port (self, name, ptl_game_get_name (game), ports->pdata[i],
                                         ports->len == 1));
  return drafts;
}

static char *
dup_join (PtlOpenWizard *wizard, const PtlRule *rule)
{
  PtlGame *game = ptl_games_page_get_game (PTL_GAME_WIZARD (wizard)->games_page);
  const PtlEndpoint *endpoint = rule->public_endpoint;

  if (game == NULL || endpoint == NULL || endpoint->host == NULL)
    return NULL;
  return ptl_game_dup_join_text (game, *rule->public_name != '\0' ? rule->public_name : endpoint->host,
                                 endpoint->first);
}

static const char *
find_risky (PtlGame *game, const PtlGamePort *own)
{
  const char *risky
      = game == NULL ? ptl_policy_get_risky_service (own->protocol, own->first) : NULL;

  for (guint i = 0; game != NULL && risky == NULL && i < ptl_game_get_n_ports (game); i++)
    {
      const PtlGamePort *port = ptl_game_get_port (game, i);

      if (!port->optional)
        risky = ptl_policy_get_risky_service (port->protocol, port->first);
    }
  return risky;
}

static guint
count_needed (PtlGame *game)
{
  guint n = 0;

  for (guint i = 0; i < ptl_game_get_n_ports (game); i++)
    n += !ptl_game_get_port (game, i)->optional;
  return n;
}

static PtlProtocol
join_protocols (PtlGame *game, const PtlGamePort *own)
{
  PtlProtocol protocols = game == NULL ? own->protocol : PTL_PROTOCOL_NONE;

  for (guint i = 0; game != NULL && i < ptl_game_get_n_ports (game); i++)
    protocols |= ptl_game_get_port (game, i)->protocol;
  return protocols;
}

/* What can be set depends on the way too, which is asked on the same page. */
static void
update_options (PtlGameWizard *self)
{
  PtlOptionsGroup *options
      = ptl_terms_page_get_options (ptl_open_wizard_get_terms (PTL_OPEN_WIZARD (self)));
  PtlGame *game = ptl_games_page_get_game (self->games_page);
  PtlGamePort own = own_port (self);

  ptl_options_group_set_several (options, game != NULL && ptl_game_get_n_ports (game) > 1);
  ptl_options_group_set_subject (options, PTL_KIND_MAPPING, ptl_place_group_get_way (self->place_group),
                                 join_protocols (game, &own));
}

/* What was chosen is known now: the questions about it follow. */
static void
ask_terms (PtlGameWizard *self)
{
  PtlOpenWizard *wizard = PTL_OPEN_WIZARD (self);
  PtlGame *game = ptl_games_page_get_game (self->games_page);
  gboolean is_game = game != NULL && g_str_equal (ptl_game_get_category (game), "game");
  PtlGamePort port = game != NULL ? *ptl_game_get_port (game, 0) : own_port (self);
  g_autofree char *name = dup_name (self);
  g_autofree char *purpose = NULL;

  if (is_game)
    /* Translators: the purpose of an opening; %s is a game. */
    purpose = g_strdup_printf (_ ("Playing %s"), name);
  ptl_open_wizard_set_subject (wizard, name, NULL);
  ptl_terms_page_set_subject (ptl_open_wizard_get_terms (wizard),
                              is_game ? PTL_HARM_JOIN : PTL_HARM_UNSAID, find_risky (game, &port),
                              purpose);
  ptl_place_group_set_game (self->place_group, game, ptl_games_page_get_address (self->games_page));
  ptl_place_group_set_ports (self->place_group, game != NULL ? count_needed (game) : 1, port.first,
                             port.last);
  ptl_place_group_set_routers (self->place_group,
                               ptl_client_get_routers (ptl_open_wizard_get_client (wizard)));
  update_options (self);
  ptl_wizard_window_show_page (PTL_WIZARD_WINDOW (self),
                               PTL_WIZARD_PAGE (ptl_open_wizard_get_terms (wizard)));
}

static void
go_on (PtlWizardWindow *window, PtlWizardPage *page)
{
  PtlGameWizard *self = PTL_GAME_WIZARD (window);
  PtlWizardPage *terms = PTL_WIZARD_PAGE (ptl_open_wizard_get_terms (PTL_OPEN_WIZARD (self)));

  if (page == PTL_WIZARD_PAGE (self->games_page)
      && ptl_games_page_get_game (self->games_page) == NULL)
    ptl_wizard_window_show_page (window, PTL_WIZARD_PAGE (self->ports_page));
  else if (page == PTL_WIZARD_PAGE (self->games_page) || page == PTL_WIZARD_PAGE (self->ports_page))
    ask_terms (self);
  else if (page != terms || ptl_place_group_check (self->place_group))
    PTL_WIZARD_WINDOW_CLASS (ptl_game_wizard_parent_class)->go_on (window, page);
}

/* The same server, for as much of it as ssh carries. */
static void
use_server (PtlOpenWizard *wizard)
{
  PtlGameWizard *self = PTL_GAME_WIZARD (wizard);
  PtlGame *game = ptl_games_page_get_game (self->games_page);
  gboolean chosen
      = ptl_wizard_window_get_page (PTL_WIZARD_WINDOW (self)) != PTL_WIZARD_PAGE (self->games_page);
  g_autofree char *name = chosen ? dup_name (self) : NULL;
  GtkWindow *parent = gtk_window_get_transient_for (GTK_WINDOW (self));
  PtlTunnelWizard *tunnel = ptl_tunnel_wizard_new (parent, ptl_open_wizard_get_client (wizard));
  guint16 port = 0;

  for (guint i = 0; chosen && game != NULL && port == 0 && i < ptl_game_get_n_ports (game); i++)
    if ((ptl_game_get_port (game, i)->protocol & PTL_PROTOCOL_TCP) != 0)
      port = ptl_game_get_port (game, i)->first;
  if (chosen && game == NULL)
    port = own_port (self).first;
  ptl_tunnel_wizard_suggest (tunnel, name, port);
  gtk_window_present (GTK_WINDOW (tunnel));
  gtk_window_destroy (GTK_WINDOW (self));
}

static void
ptl_game_wizard_class_init (PtlGameWizardClass *klass)
{
  PTL_WIZARD_WINDOW_CLASS (klass)->go_on = go_on;
  PTL_OPEN_WIZARD_CLASS (klass)->build = build;
  PTL_OPEN_WIZARD_CLASS (klass)->dup_join = dup_join;
  PTL_OPEN_WIZARD_CLASS (klass)->use_server = use_server;
}

static void
ptl_game_wizard_init (PtlGameWizard *self)
{
  self->ports_page = ptl_ports_page_new ();
  self->place_group = ptl_place_group_new ();
}

PtlGameWizard *
ptl_game_wizard_new (GtkWindow *parent, PtlClient *client)
{
  PtlGameWizard *self = g_object_new (PTL_TYPE_GAME_WIZARD, "title", _ ("Open a Game Port"),
                                      "transient-for", parent, NULL);
  PtlOpenWizard *wizard = PTL_OPEN_WIZARD (self);

  self->games_page = ptl_games_page_new (client);
  ptl_wizard_window_add (PTL_WIZARD_WINDOW (self), PTL_WIZARD_PAGE (self->games_page));
  ptl_wizard_window_add (PTL_WIZARD_WINDOW (self), PTL_WIZARD_PAGE (self->ports_page));
  ptl_open_wizard_set_up (wizard, client);
  ptl_open_wizard_needs_router (wizard);
  ptl_terms_page_add_group (ptl_open_wizard_get_terms (wizard),
                            ADW_PREFERENCES_GROUP (self->place_group));
  g_signal_connect_object (self->place_group, "changed", G_CALLBACK (update_options), self,
                           G_CONNECT_SWAPPED);
  return self;
}

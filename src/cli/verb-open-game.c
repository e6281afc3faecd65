/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-ctl-verbs.h"

#include <glib/gi18n-lib.h>

#include "client/ptl-games.h"
#include "core/ptl-error.h"
#include "ptl-ctl-limits.h"
#include "ptl-ctl-open.h"
#include "ptl-ctl-output.h"
#include "ptl-ctl-request.h"
#include "ptl-ctl-text.h"

static const PtlCtlOption options[] = {
  { "optional", PTL_CTL_FLAG, NULL, N_("Also the ports that the game works without") },
  { "to", PTL_CTL_VALUE, "HOST", N_("The computer that the game's server runs on; otherwise this one") },
  { "router", PTL_CTL_VALUE, "ID", N_("Which router; otherwise the default one") },
  { "guarded", PTL_CTL_FLAG, NULL, N_("Through this computer: limits, counters and a real cut at the end") },
  { "direct", PTL_CTL_FLAG, NULL, N_("From the router straight to the target") },
  PTL_CTL_FAMILY_OPTION,
  { "allow", PTL_CTL_REPEAT, "CIDR", N_("Only this network or address; otherwise anyone") },
  PTL_CTL_OPEN_OPTIONS,
  PTL_CTL_OPTIONS_END,
};

static PtlGame *
find_game (PtlCtl *self, GError **error)
{
  g_autoptr (GListModel) games = ptl_games_load (error);

  return games != NULL ? ptl_games_find (games, ptl_ctl_get_argument (self, 0), error) : NULL;
}

/* What is opened: ports that are needed, with TCP and UDP of the same ports as one rule. */
static GArray *
wanted_ports (PtlCtl *self, PtlGame *game)
{
  GArray *ports = g_array_new (FALSE, FALSE, sizeof (PtlGamePort));

  for (guint i = 0; i < ptl_game_get_n_ports (game); i++)
    {
      const PtlGamePort *port = ptl_game_get_port (game, i);
      gboolean merged = FALSE;

      if (port->optional && !ptl_ctl_has (self, "optional"))
        continue;
      for (guint j = 0; j < ports->len && !merged; j++)
        {
          PtlGamePort *other = &g_array_index (ports, PtlGamePort, j);

          if (other->first != port->first || other->last != port->last)
            continue;
          other->protocol |= port->protocol;
          merged = TRUE;
        }
      if (!merged)
        g_array_append_vals (ports, port, 1);
    }
  return ports;
}

static gboolean
set_target (PtlCtl *self, GVariantDict *request, PtlRule *rule, const PtlGamePort *port, GError **error)
{
  g_autoptr (GError) wrong = NULL;
  g_autoptr (PtlEndpoint) to = ptl_ctl_parse_endpoint (self, "to", port->protocol, &wrong);
  g_autofree char *text = NULL;

  if (wrong != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&wrong));
      return FALSE;
    }
  if (to != NULL && (to->path != NULL || to->first != 0))
    {
      ptl_error_set (error, PTL_ERROR_INVALID, _("Give the host alone, or use “open mapping”."), "%s",
                     _("--to takes no port here: the game's ports are known."));
      return FALSE;
    }
  g_clear_pointer (&rule->target, ptl_endpoint_free);
  rule->target = ptl_endpoint_new (port->protocol, to != NULL ? to->host : NULL, port->first, port->last);
  text = ptl_endpoint_to_string (rule->target);
  ptl_ctl_request_set (request, "Target", text);
  return TRUE;
}

/* The request for one of the game's ports. */
static GVariant *
make_request (PtlCtl *self, PtlGame *game, const PtlGamePort *port, GError **error)
{
  g_autoptr (GVariantDict) request = ptl_ctl_request_new (self, PTL_KIND_MAPPING, error);
  g_autofree char *external = NULL;
  PtlRule *rule = self->rule;

  if (request == NULL || !set_target (self, request, rule, port, error)
      || !ptl_ctl_request_way (self, request, rule, error)
      || !ptl_ctl_request_family (self, request, rule, error)
      || !ptl_ctl_request_audience (self, request, rule, error))
    return NULL;
  g_clear_pointer (&rule->public_endpoint, ptl_endpoint_free);
  rule->public_endpoint = ptl_endpoint_new (port->protocol, NULL, port->first, port->last);
  if (!ptl_ctl_limits_take (self, request, rule, error))
    return NULL;
  external = ptl_endpoint_to_string (rule->public_endpoint);
  g_free (rule->preset);
  rule->preset = g_strdup (ptl_game_get_name (game));
  ptl_ctl_request_set (request, "Preset", rule->preset);
  ptl_ctl_request_set (request, "PublicEndpoint", external);
  ptl_ctl_request_set (request, "Protocol", ptl_protocol_to_string (port->protocol));
  ptl_ctl_request_set (request, "Backend", ptl_ctl_get (self, "router"));
  if (!ptl_ctl_request_finish (self, request, rule, error))
    return NULL;
  return g_variant_ref (self->request);
}

static GPtrArray *
make_requests (PtlCtl *self, GError **error)
{
  g_autoptr (PtlGame) game = find_game (self, error);
  g_autoptr (GPtrArray) requests
    = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);
  g_autoptr (GArray) ports = NULL;

  if (game == NULL)
    return NULL;
  ports = wanted_ports (self, game);
  for (guint i = 0; i < ports->len; i++)
    {
      GVariant *request = make_request (self, game, &g_array_index (ports, PtlGamePort, i), error);

      if (request == NULL)
        return NULL;
      g_ptr_array_add (requests, request);
    }
  return g_steal_pointer (&requests);
}

static gboolean
check (PtlCtl *self, GError **error)
{
  g_autoptr (GPtrArray) requests = make_requests (self, error);

  return requests != NULL;
}

/* A game with half its ports open does not work: all or none. */
static void
take_back (PtlCtl *self, GPtrArray *rules)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < rules->len; i++)
    g_ptr_array_add (ids, ((PtlRule *) rules->pdata[i])->id);
  g_ptr_array_add (ids, NULL);
  if (rules->len > 0 && !ptl_ctl_close (self, (const char *const *) ids->pdata, &error))
    ptl_ctl_note (self, _("What was opened before could not be closed: %s"), error->message);
}

static void
print_join (PtlCtl *self, GPtrArray *rules)
{
  g_autoptr (PtlGame) game = find_game (self, NULL);
  const PtlRule *rule;
  g_autofree char *join = NULL;

  if (self->json || game == NULL || rules->len == 0)
    return;
  rule = rules->pdata[0];
  if (rule->public_endpoint->host == NULL)
    return;
  join = ptl_game_dup_join_text (game, *rule->public_name != '\0' ? rule->public_name : rule->public_endpoint->host,
                                 rule->public_endpoint->first);
  ptl_ctl_print_field (self, _("To join"), join);
}

static gboolean
run (PtlCtl *self, GError **error)
{
  g_autoptr (GPtrArray) requests = make_requests (self, error);
  g_autoptr (GPtrArray) rules = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_rule_free);

  if (requests == NULL)
    return FALSE;
  for (guint i = 0; i < requests->len; i++)
    {
      PtlRule *rule = ptl_ctl_open (self, requests->pdata[i], error);

      if (rule == NULL)
        {
          take_back (self, rules);
          return FALSE;
        }
      g_ptr_array_add (rules, rule);
    }
  if (rules->len == 1)
    ptl_ctl_print_opened (self, rules->pdata[0]);
  else
    ptl_ctl_print_all_opened (self, rules);
  print_join (self, rules);
  return TRUE;
}

const PtlCtlVerb ptl_ctl_verb_open_game = {
  .name = "open game",
  .arguments = "NAME",
  .min_arguments = 1,
  .max_arguments = 1,
  .missing = N_("Name the game, like “Minecraft: Java Edition”."),
  .summary = N_("Open the ports of a game or self-hosted server in the router"),
  .details = N_("NAME is the game's name, or enough of it. One rule is opened for each port; where one cannot\n"
                "be opened none is. With --json one rule is printed as “open mapping” does, several as a list."),
  .options = options,
  .limits = PTL_CTL_LIMITS,
  .check = check,
  .run = run,
};

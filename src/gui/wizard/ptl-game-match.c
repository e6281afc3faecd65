/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-game-match.h"

#include <string.h>

#include "core/ptl-text.h"

/* More candidates than this for one port say nothing about which of them runs. */
#define MAX_SHARERS 2
#define OWN_WORKER "portolan-worker"

typedef struct
{
  PtlProtocol protocol;
  guint16 port;
  guint pid;
  char *process;
  char *address;
} Listener;

static void
listener_free (gpointer data)
{
  Listener *self = data;

  g_free (self->process);
  g_free (self->address);
  g_free (self);
}

void
ptl_running_free (PtlRunning *self)
{
  if (self == NULL)
    return;
  g_clear_object (&self->game);
  g_free (self->process);
  g_free (self->address);
  g_free (self);
}

static PtlRunning *
running_copy (const PtlRunning *self)
{
  PtlRunning *copy = g_memdup2 (self, sizeof *self);

  g_object_ref (copy->game);
  copy->process = g_strdup (self->process);
  copy->address = g_strdup (self->address);
  return copy;
}

static gboolean
is_every_address (const char *address)
{
  return g_str_equal (address, "0.0.0.0") || g_str_equal (address, "::");
}

static Listener *
listener_from_variant (GVariant *variant)
{
  const char *protocol = "", *address = "", *process = "";
  guint32 port = 0, pid = 0;
  Listener *self;
  PtlProtocol parsed;

  g_variant_lookup (variant, "Protocol", "&s", &protocol);
  g_variant_lookup (variant, "Address", "&s", &address);
  g_variant_lookup (variant, "Process", "&s", &process);
  g_variant_lookup (variant, "Port", "u", &port);
  g_variant_lookup (variant, "Pid", "u", &pid);
  if (port == 0 || port > G_MAXUINT16 || g_str_equal (process, OWN_WORKER)
      || !ptl_protocol_from_string (protocol, &parsed, NULL))
    return NULL;
  self = g_new0 (Listener, 1);
  self->protocol = parsed;
  self->port = port;
  self->pid = pid;
  self->process = ptl_text_make_safe (process, -1, 40);
  self->address = g_strdup (is_every_address (address) ? "" : address);
  return self;
}

static GPtrArray *
parse_listeners (GVariant *variant)
{
  g_autoptr (GPtrArray) listeners = g_ptr_array_new_with_free_func (listener_free);
  GVariantIter iter;
  GVariant *entry;

  g_variant_iter_init (&iter, variant);
  while (g_variant_iter_loop (&iter, "@a{sv}", &entry))
    {
      Listener *listener = listener_from_variant (entry);

      if (listener != NULL)
        g_ptr_array_add (listeners, listener);
    }
  return g_steal_pointer (&listeners);
}

/* A listener on the first port of the range, which a server always takes. */
static Listener *
find_listener (GPtrArray *listeners, const PtlGamePort *port)
{
  for (guint i = 0; i < listeners->len; i++)
    {
      Listener *listener = listeners->pdata[i];

      if ((listener->protocol & port->protocol) != 0 && listener->port == port->first)
        return listener;
    }
  return NULL;
}

/* "valheim_server.x86_64" names Valheim; "java" names nothing, but is what Minecraft's server runs
 * in. */
static gboolean
process_names_game (const char *process, PtlGame *game)
{
  g_autofree char *text = g_ascii_strdown (process, -1);
  char *end = text + strcspn (text, "_-.0123456789 ");

  if (end - text < 3)
    return FALSE;
  *end = '\0';
  return ptl_game_matches (game, text);
}

static PtlRunning *
match_game (PtlGame *game, GPtrArray *listeners)
{
  Listener *found = NULL;
  guint needed = 0, heard = 0;
  PtlRunning *running;

  for (guint i = 0; i < ptl_game_get_n_ports (game); i++)
    {
      const PtlGamePort *port = ptl_game_get_port (game, i);
      Listener *listener;

      if (port->optional)
        continue;
      needed++;
      listener = find_listener (listeners, port);
      if (listener == NULL)
        continue;
      heard++;
      if (found == NULL)
        found = listener;
    }
  if (found == NULL || heard < needed)
    return NULL;
  running = g_new0 (PtlRunning, 1);
  running->game = g_object_ref (game);
  running->process = g_strdup (found->process);
  running->address = g_strdup (found->address);
  running->pid = found->pid;
  running->rank = process_names_game (found->process, game) ? 2 : 1;
  return running;
}

static const PtlGamePort *
first_needed (PtlGame *game)
{
  for (guint i = 0; i < ptl_game_get_n_ports (game); i++)
    if (!ptl_game_get_port (game, i)->optional)
      return ptl_game_get_port (game, i);
  return ptl_game_get_port (game, 0);
}

static gboolean
shares_port (PtlRunning *a, PtlRunning *b)
{
  const PtlGamePort *left = first_needed (a->game), *right = first_needed (b->game);

  return left->first == right->first && (left->protocol & right->protocol) != 0;
}

/* Whether too many others claim the same port to tell, or one that the process names does. */
static gboolean
is_doubtful (GPtrArray *matches, PtlRunning *running)
{
  guint sharers = 0;

  if (running->rank > 1)
    return FALSE;
  for (guint i = 0; i < matches->len; i++)
    {
      PtlRunning *other = matches->pdata[i];

      if (other == running || !shares_port (running, other))
        continue;
      if (other->rank > 1)
        return TRUE;
      sharers++;
    }
  return sharers + 1 > MAX_SHARERS;
}

static int
compare_running (gconstpointer a, gconstpointer b)
{
  const PtlRunning *left = *(PtlRunning *const *) a, *right = *(PtlRunning *const *) b;
  gboolean left_game = g_str_equal (ptl_game_get_category (left->game), "game");
  gboolean right_game = g_str_equal (ptl_game_get_category (right->game), "game");

  if (left_game != right_game)
    return left_game ? -1 : 1;
  if (left->rank != right->rank)
    return right->rank - left->rank;
  return g_utf8_collate (ptl_game_get_name (left->game), ptl_game_get_name (right->game));
}

GPtrArray *
ptl_game_match_listeners (GListModel *games, GVariant *listeners)
{
  g_autoptr (GPtrArray) heard = parse_listeners (listeners);
  g_autoptr (GPtrArray) matches
      = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_running_free);
  g_autoptr (GPtrArray) sure = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_running_free);

  for (guint i = 0; i < g_list_model_get_n_items (games); i++)
    {
      g_autoptr (PtlGame) game = g_list_model_get_item (games, i);
      PtlRunning *running = match_game (game, heard);

      if (running != NULL)
        g_ptr_array_add (matches, running);
    }
  for (guint i = 0; i < matches->len; i++)
    if (!is_doubtful (matches, matches->pdata[i]))
      g_ptr_array_add (sure, running_copy (matches->pdata[i]));
  g_ptr_array_sort (sure, compare_running);
  return g_steal_pointer (&sure);
}

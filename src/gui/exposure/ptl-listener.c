/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-listener.h"

#include <glib/gi18n-lib.h>

#include "core/ptl-text.h"
#include "gui/ptl-format.h"

#define NAME_MAX_CHARS 100

struct _PtlListener
{
  GObject parent_instance;
  PtlProtocol protocol;
  char *address;
  guint port;
  char *process;
  guint pid;
  char *user;
  char *unit;
  char *container;
  gboolean every; /* it listens at every address, of the families that follow */
  gboolean ipv4;
  gboolean ipv6;
  char *rule_name; /* of the rule that leads to it, or NULL */
};

static guint changed_signal;

G_DEFINE_FINAL_TYPE (PtlListener, ptl_listener, G_TYPE_OBJECT)

static char *
dup_safe (GVariant *properties, const char *key)
{
  const char *text = "";

  g_variant_lookup (properties, key, "&s", &text);
  return ptl_text_make_safe (text, -1, NAME_MAX_CHARS);
}

static gboolean
is_any (const char *address)
{
  return g_str_equal (address, "") || g_str_equal (address, "0.0.0.0") || g_str_equal (address, "::")
         || g_str_equal (address, "*");
}

gpointer
ptl_listener_new (GVariant *properties)
{
  PtlListener *self = g_object_new (PTL_TYPE_LISTENER, NULL);
  const char *protocol = "", *reach = "";

  g_variant_lookup (properties, "Protocol", "&s", &protocol);
  ptl_protocol_from_string (protocol, &self->protocol, NULL);
  g_variant_lookup (properties, "Port", "u", &self->port);
  g_variant_lookup (properties, "Pid", "u", &self->pid);
  self->address = dup_safe (properties, "Address");
  self->process = dup_safe (properties, "Process");
  self->user = dup_safe (properties, "User");
  self->unit = dup_safe (properties, "Unit");
  self->container = dup_safe (properties, "Container");
  g_variant_lookup (properties, "Reach", "&s", &reach);
  self->every = g_str_equal (reach, "every") || is_any (self->address);
  if (!g_variant_lookup (properties, "Ipv4", "b", &self->ipv4) || !g_variant_lookup (properties, "Ipv6", "b", &self->ipv6))
    self->ipv4 = self->ipv6 = TRUE;
  return self;
}

PtlReach
ptl_listener_get_reach (PtlListener *self)
{
  if (self->rule_name)
    return PTL_REACH_INTERNET;
  return ptl_host_is_loopback (self->address) ? PTL_REACH_COMPUTER : PTL_REACH_NETWORK;
}

static gboolean
listens_at (PtlListener *self, const PtlEndpoint *target)
{
  if (target->path || (self->protocol & target->protocol) == 0)
    return FALSE;
  if (self->port < target->first || self->port > target->last)
    return FALSE;
  return is_any (self->address) || !target->host || g_str_equal (self->address, target->host)
         || (g_str_equal (target->host, "localhost") && ptl_host_is_loopback (self->address));
}

const char *
ptl_listener_find_process (GListModel *listeners, const PtlEndpoint *target)
{
  const char *found = NULL;

  for (guint i = 0; target && i < g_list_model_get_n_items (listeners); i++)
    {
      g_autoptr (PtlListener) listener = g_list_model_get_item (listeners, i);

      if (!listens_at (listener, target))
        continue;
      if (!found || *found == '\0')
        found = listener->process;
    }
  return found;
}

static const PtlRule *
find_rule (PtlListener *self, GListModel *rules)
{
  for (guint i = 0; i < g_list_model_get_n_items (rules); i++)
    {
      g_autoptr (PtlRuleItem) item = g_list_model_get_item (rules, i);
      const PtlRule *rule = ptl_rule_item_get_rule (item);
      gboolean outside = rule->kind == PTL_KIND_MAPPING || rule->way == PTL_WAY_REMOTE;
      gboolean open = rule->state == PTL_RULE_STATE_OPEN || rule->state == PTL_RULE_STATE_DEGRADED;

      if (outside && open && rule->target && listens_at (self, rule->target)
          && (!rule->target->host || ptl_host_is_loopback (rule->target->host)))
        return rule;
    }
  return NULL;
}

void
ptl_listener_look_for_rule (PtlListener *self, GListModel *rules)
{
  const PtlRule *rule = find_rule (self, rules);

  if (g_strcmp0 (self->rule_name, rule ? rule->name : NULL) == 0)
    return;
  g_free (self->rule_name);
  self->rule_name = rule ? g_strdup (rule->name) : NULL;
  g_signal_emit (self, changed_signal, 0);
}

static gboolean
contains_word (const char *text, const char *word)
{
  g_autofree char *folded = g_utf8_casefold (text, -1);

  return strstr (folded, word) != NULL;
}

gboolean
ptl_listener_matches (PtlListener *self, const char *const *words)
{
  g_autofree char *port = g_strdup_printf ("%u", self->port);

  for (; words && *words; words++)
    if (!contains_word (self->process, *words) && !contains_word (self->address, *words)
        && !contains_word (self->user, *words) && !contains_word (self->unit, *words)
        && !contains_word (self->container, *words) && !contains_word (port, *words))
      return FALSE;
  return TRUE;
}

PtlAskedList *
ptl_listener_list_new (PtlClient *client)
{
  PtlAskedList *list = ptl_asked_list_new (client, "ListListeners", NULL, ptl_listener_new);

  ptl_asked_list_set_steady (list);
  return list;
}

static char *
dup_reach (gpointer item)
{
  switch (ptl_listener_get_reach (item))
    {
    case PTL_REACH_INTERNET:
      return g_strdup (C_ ("reach", "Internet"));
    case PTL_REACH_NETWORK:
      return g_strdup (C_ ("reach", "This network"));
    case PTL_REACH_COMPUTER:
      break;
    }
  return g_strdup (C_ ("reach", "This computer"));
}

static const char *
get_reach_icon (gpointer item)
{
  static const char *const icons[] = { "computer-symbolic", "ptl-router-symbolic", "ptl-internet-symbolic" };

  return icons[ptl_listener_get_reach (item)];
}

static const char *
get_reach_style (gpointer item)
{
  static const char *const styles[] = { "dim-label", "accent", "warning" };

  return styles[ptl_listener_get_reach (item)];
}

static char *
dup_program (gpointer item)
{
  PtlListener *self = item;

  if (*self->process)
    return g_strdup (self->process);
  return g_strdup (*self->container ? self->container : *self->unit ? self->unit : _("Not to be known"));
}

static char *
dup_port (gpointer item)
{
  PtlListener *self = item;

  return g_strdup_printf ("%u %s", self->port, ptl_format_protocol (self->protocol));
}

static char *
dup_address (gpointer item)
{
  PtlListener *self = item;

  if (!self->every)
    return g_strdup (self->address);
  return g_strdup (!self->ipv6 ? _("All IPv4 addresses") : !self->ipv4 ? _("All IPv6 addresses") : _("All addresses"));
}

static char *
dup_user (gpointer item)
{
  return g_strdup (((PtlListener *) item)->user);
}

static char *
dup_unit (gpointer item)
{
  return g_strdup (((PtlListener *) item)->unit);
}

static char *
dup_container (gpointer item)
{
  return g_strdup (((PtlListener *) item)->container);
}

static char *
dup_pid (gpointer item)
{
  PtlListener *self = item;

  return self->pid > 0 ? g_strdup_printf ("%u", self->pid) : g_strdup ("");
}

static char *
dup_rule (gpointer item)
{
  return g_strdup (((PtlListener *) item)->rule_name);
}

static char *
dup_line (gpointer item)
{
  g_autofree char *port = dup_port (item), *address = dup_address (item);

  return g_strdup_printf ("%s · %s", port, address);
}

static char *
dup_spoken (gpointer item)
{
  g_autofree char *program = dup_program (item), *line = dup_line (item), *reach = dup_reach (item);

  return g_strdup_printf ("%s, %s, %s", program, line, reach);
}

static int
compare_reach (gpointer a, gpointer b)
{
  return (int) ptl_listener_get_reach (b) - (int) ptl_listener_get_reach (a);
}

static int
compare_program (gpointer a, gpointer b)
{
  return g_utf8_collate (((PtlListener *) a)->process, ((PtlListener *) b)->process);
}

static int
compare_port (gpointer a, gpointer b)
{
  return (int) ((PtlListener *) a)->port - (int) ((PtlListener *) b)->port;
}

static int
compare_address (gpointer a, gpointer b)
{
  return g_utf8_collate (((PtlListener *) a)->address, ((PtlListener *) b)->address);
}

static int
compare_user (gpointer a, gpointer b)
{
  return g_utf8_collate (((PtlListener *) a)->user, ((PtlListener *) b)->user);
}

static int
compare_unit (gpointer a, gpointer b)
{
  return g_utf8_collate (((PtlListener *) a)->unit, ((PtlListener *) b)->unit);
}

static int
compare_container (gpointer a, gpointer b)
{
  return g_utf8_collate (((PtlListener *) a)->container, ((PtlListener *) b)->container);
}

static const PtlColumn columns[] = {
  { "reach", N_("Reachable From"), 12, 14, FALSE, FALSE, dup_reach, get_reach_icon, get_reach_style, compare_reach, NULL, NULL },
  { "program", N_("Program"), 14, 24, TRUE, FALSE, dup_program, NULL, NULL, compare_program, NULL, NULL },
  { "port", N_("Port"), 9, 10, FALSE, TRUE, dup_port, NULL, NULL, compare_port, NULL, NULL },
  { "address", N_("Address"), 12, 20, FALSE, TRUE, dup_address, NULL, NULL, compare_address, NULL, NULL },
  { "user", N_("User"), 8, 12, FALSE, FALSE, dup_user, NULL, NULL, compare_user, NULL, NULL },
  { "unit", N_("Service"), 10, 20, FALSE, FALSE, dup_unit, NULL, NULL, compare_unit, NULL, NULL },
  { "container", N_("Container"), 8, 14, FALSE, FALSE, dup_container, NULL, NULL, compare_container, NULL, NULL },
  { "pid", N_("Process"), 7, 8, FALSE, TRUE, dup_pid, NULL, NULL, NULL, NULL, NULL },
  { "rule", N_("Opened By"), 10, 20, FALSE, FALSE, dup_rule, NULL, NULL, NULL, NULL, NULL },
};

const PtlTableSpec ptl_listener_table = {
  columns, G_N_ELEMENTS (columns), dup_program, dup_line, dup_reach, dup_spoken, NULL, NULL, NULL,
};

static void
ptl_listener_finalize (GObject *object)
{
  PtlListener *self = PTL_LISTENER (object);

  g_free (self->address);
  g_free (self->process);
  g_free (self->user);
  g_free (self->unit);
  g_free (self->container);
  g_free (self->rule_name);
  G_OBJECT_CLASS (ptl_listener_parent_class)->finalize (object);
}

static void
ptl_listener_class_init (PtlListenerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ptl_listener_finalize;
  changed_signal = g_signal_new ("changed", PTL_TYPE_LISTENER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
ptl_listener_init (PtlListener *self)
{
}

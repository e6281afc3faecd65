/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-entry.h"

#include <glib/gi18n-lib.h>

#include "core/ptl-text.h"
#include "gui/ptl-format.h"

#define DESCRIPTION_MAX_CHARS 200

struct _PtlEntry
{
  GObject parent_instance;
  PtlProtocol protocol;
  guint external_port;
  char *target;
  char *description;
  char *remote;
  char *rule_id;
  char *id;
  char *router;
  char *host;
  char *mac;
  char *vendor;
  char *process;
  char *review;
  gint64 lifetime;
  gint64 first_seen;
  gboolean enabled;
  gboolean ignored;
  gboolean local;
};

G_DEFINE_FINAL_TYPE (PtlEntry, ptl_entry, G_TYPE_OBJECT)

/* What strangers wrote into the router is shown, but only as harmless text. */
static char *
dup_safe (GVariant *properties, const char *key)
{
  const char *text = "";

  g_variant_lookup (properties, key, "&s", &text);
  return ptl_text_make_safe (text, -1, DESCRIPTION_MAX_CHARS);
}

gpointer
ptl_entry_new (GVariant *properties)
{
  PtlEntry *self = g_object_new (PTL_TYPE_ENTRY, NULL);
  g_autofree char *address = dup_safe (properties, "Address");
  guint port = 0;
  const char *protocol = "";

  g_variant_lookup (properties, "Protocol", "&s", &protocol);
  ptl_protocol_from_string (protocol, &self->protocol, NULL);
  g_variant_lookup (properties, "ExternalPort", "u", &self->external_port);
  g_variant_lookup (properties, "Port", "u", &port);
  g_variant_lookup (properties, "Lifetime", "x", &self->lifetime);
  g_variant_lookup (properties, "Enabled", "b", &self->enabled);
  self->target = g_strdup_printf (strchr (address, ':') ? "[%s]:%u" : "%s:%u", address, port);
  self->description = dup_safe (properties, "Description");
  self->remote = dup_safe (properties, "Remote");
  self->rule_id = dup_safe (properties, "RuleId");
  self->id = dup_safe (properties, "Id");
  self->router = dup_safe (properties, "Router");
  self->host = dup_safe (properties, "Host");
  self->mac = dup_safe (properties, "Mac");
  self->vendor = dup_safe (properties, "Vendor");
  self->process = dup_safe (properties, "Process");
  self->review = dup_safe (properties, "Review");
  g_variant_lookup (properties, "FirstSeen", "x", &self->first_seen);
  g_variant_lookup (properties, "Ignored", "b", &self->ignored);
  g_variant_lookup (properties, "Local", "b", &self->local);
  return self;
}

gboolean
ptl_entry_is_foreign (PtlEntry *self)
{
  return *self->rule_id == '\0';
}

gboolean
ptl_entry_is_ignored (PtlEntry *self)
{
  return self->ignored;
}

gboolean
ptl_entry_needs_review (PtlEntry *self)
{
  return ptl_entry_is_foreign (self) && *self->review != '\0';
}

const char *
ptl_entry_get_id (PtlEntry *self)
{
  return self->id;
}

const char *
ptl_entry_get_router (PtlEntry *self)
{
  return self->router;
}

static gboolean
contains_word (const char *text, const char *word)
{
  g_autofree char *folded = g_utf8_casefold (text, -1);

  return strstr (folded, word) != NULL;
}

gboolean
ptl_entry_matches (PtlEntry *self, const char *const *words)
{
  g_autofree char *port = g_strdup_printf ("%u", self->external_port);

  for (; words && *words; words++)
    if (!contains_word (self->description, *words) && !contains_word (self->target, *words)
        && !contains_word (port, *words) && !contains_word (self->host, *words)
        && !contains_word (self->vendor, *words))
      return FALSE;
  return TRUE;
}

PtlAskedList *
ptl_entry_list_new (PtlClient *client)
{
  return ptl_asked_list_new (client, "ListEntries", g_variant_new ("(s)", ""), ptl_entry_new);
}

static char *
dup_whose (gpointer item)
{
  PtlEntry *self = item;

  if (!ptl_entry_is_foreign (self))
    return g_strdup (C_ ("entry", "Rule"));
  if (self->ignored)
    return g_strdup (C_ ("entry", "Ignored"));
  if (ptl_entry_needs_review (self))
    return g_strdup (C_ ("entry", "To review"));
  return g_strdup (self->enabled ? C_ ("entry", "Foreign") : C_ ("entry", "Foreign, off"));
}

static const char *
get_whose_icon (gpointer item)
{
  return ptl_entry_is_foreign (item) ? "ptl-foreign-symbolic" : "object-select-symbolic";
}

static const char *
get_whose_style (gpointer item)
{
  return ptl_entry_is_foreign (item) ? "warning" : "success";
}

char *
ptl_entry_dup_state (PtlEntry *self)
{
  return dup_whose (self);
}

const char *
ptl_entry_get_icon (PtlEntry *self)
{
  return get_whose_icon (self);
}

const char *
ptl_entry_get_style (PtlEntry *self)
{
  return get_whose_style (self);
}

const char *
ptl_entry_get_review (PtlEntry *self)
{
  if (!ptl_entry_needs_review (self))
    return "";
  if (strcmp (self->review, "host-gone") == 0)
    return _("The device that it leads to does not answer in this network. If it is gone for good, nobody needs this entry.");
  return _("No program on this computer listens there at present. If none is to come, nobody needs this entry.");
}

/* Whose device it leads to. */
static char *
dup_host (gpointer item)
{
  PtlEntry *self = item;

  if (self->local && *self->process)
    /* Translators: %s is the name of a program */
    return g_strdup_printf (_("This computer, %s"), self->process);
  if (self->local)
    return g_strdup (_("This computer"));
  if (*self->host)
    return g_strdup (self->host);
  return g_strdup (*self->vendor ? self->vendor : self->mac);
}

static char *
dup_since (gpointer item)
{
  PtlEntry *self = item;

  if (self->first_seen == 0)
    return g_strdup ("");
  return ptl_format_time (self->first_seen, g_get_real_time () / G_USEC_PER_SEC);
}

static char *
dup_port (gpointer item)
{
  PtlEntry *self = item;

  return g_strdup_printf ("%u %s", self->external_port, ptl_format_protocol (self->protocol));
}

static char *
dup_target (gpointer item)
{
  return g_strdup (((PtlEntry *) item)->target);
}

static char *
dup_description (gpointer item)
{
  return g_strdup (((PtlEntry *) item)->description);
}

static char *
dup_remote (gpointer item)
{
  PtlEntry *self = item;

  return g_strdup (*self->remote ? self->remote : _("Anyone"));
}

static char *
dup_lifetime (gpointer item)
{
  PtlEntry *self = item;

  return self->lifetime == 0 ? g_strdup (_("permanent")) : ptl_format_duration (self->lifetime);
}

static char *
dup_spoken (gpointer item)
{
  g_autofree char *whose = dup_whose (item), *port = dup_port (item);
  PtlEntry *self = item;

  return g_strdup_printf ("%s, %s, %s, %s", whose, port, self->target, self->description);
}

static char *
dup_name (gpointer item)
{
  PtlEntry *self = item;

  return g_strdup (*self->description ? self->description : _("Without a description"));
}

static char *
dup_line (gpointer item)
{
  g_autofree char *port = dup_port (item);

  return g_strdup_printf ("%s → %s", port, ((PtlEntry *) item)->target);
}

char *
ptl_entry_dup_name (PtlEntry *self)
{
  return dup_name (self);
}

char *
ptl_entry_dup_line (PtlEntry *self)
{
  return dup_line (self);
}

static int
compare_host (gpointer a, gpointer b)
{
  g_autofree char *left = dup_host (a), *right = dup_host (b);

  return g_utf8_collate (left, right);
}

static int
compare_since (gpointer a, gpointer b)
{
  gint64 left = ((PtlEntry *) a)->first_seen, right = ((PtlEntry *) b)->first_seen;

  return (left > right) - (left < right);
}

static int
compare_whose (gpointer a, gpointer b)
{
  return ptl_entry_is_foreign (b) - ptl_entry_is_foreign (a);
}

static int
compare_port (gpointer a, gpointer b)
{
  return (int) ((PtlEntry *) a)->external_port - (int) ((PtlEntry *) b)->external_port;
}

static int
compare_target (gpointer a, gpointer b)
{
  return g_utf8_collate (((PtlEntry *) a)->target, ((PtlEntry *) b)->target);
}

static int
compare_description (gpointer a, gpointer b)
{
  return g_utf8_collate (((PtlEntry *) a)->description, ((PtlEntry *) b)->description);
}

static int
compare_lifetime (gpointer a, gpointer b)
{
  /* 0 is for ever, which is the longest. */
  guint64 left = (guint64) (((PtlEntry *) a)->lifetime - 1), right = (guint64) (((PtlEntry *) b)->lifetime - 1);

  return (left > right) - (left < right);
}

static const PtlColumn columns[] = {
  { "whose", N_("Whose"), 10, 12, FALSE, FALSE, dup_whose, get_whose_icon, get_whose_style, compare_whose, NULL, NULL },
  { "port", N_("Public Port"), 10, 12, FALSE, TRUE, dup_port, NULL, NULL, compare_port, NULL, NULL },
  { "target", N_("Target"), 14, 22, FALSE, TRUE, dup_target, NULL, NULL, compare_target, NULL, NULL },
  { "host", N_("Device"), 10, 18, FALSE, FALSE, dup_host, NULL, NULL, compare_host, NULL, NULL },
  { "description", N_("Description"), 14, 30, TRUE, FALSE, dup_description, NULL, NULL, compare_description, NULL, NULL },
  { "remote", N_("Audience"), 8, 12, FALSE, TRUE, dup_remote, NULL, NULL, NULL, NULL, NULL },
  { "lifetime", N_("Time Left"), 9, 12, FALSE, TRUE, dup_lifetime, NULL, NULL, compare_lifetime, NULL, NULL },
  { "since", N_("First Seen"), 10, 14, FALSE, TRUE, dup_since, NULL, NULL, compare_since, NULL, NULL },
};

const PtlTableSpec ptl_entry_table = {
  columns, G_N_ELEMENTS (columns), dup_name, dup_line, dup_lifetime, dup_spoken, NULL, NULL, NULL,
};

/* ---- Facts ---- */

GPtrArray *
ptl_entry_dup_facts (PtlEntry *self, gint64 now)
{
  GPtrArray *facts = ptl_facts_new ();

  ptl_facts_add (facts, _("Public Port"), dup_port (self));
  ptl_facts_add (facts, _("Target"), g_strdup (self->target));
  if (self->local || *self->host || *self->vendor)
    ptl_facts_add (facts, _("Device"), dup_host (self));
  if (*self->vendor && *self->host && !self->local)
    ptl_facts_add (facts, _("Network Card By"), g_strdup (self->vendor));
  ptl_facts_add (facts, _("Hardware Address"), g_strdup (self->mac));
  ptl_facts_add (facts, _("Description in the Router"), g_strdup (self->description));
  ptl_facts_add (facts, _("Audience"), dup_remote (self));
  ptl_facts_add (facts, _("Time Left"), ptl_format_capitalize (dup_lifetime (self)));
  if (self->first_seen != 0)
    ptl_facts_add (facts, _("First Seen"), ptl_format_capitalize (ptl_format_time (self->first_seen, now)));
  return facts;
}

static void
ptl_entry_finalize (GObject *object)
{
  PtlEntry *self = PTL_ENTRY (object);

  g_free (self->target);
  g_free (self->description);
  g_free (self->remote);
  g_free (self->rule_id);
  g_free (self->id);
  g_free (self->router);
  g_free (self->host);
  g_free (self->mac);
  g_free (self->vendor);
  g_free (self->process);
  g_free (self->review);
  G_OBJECT_CLASS (ptl_entry_parent_class)->finalize (object);
}

static void
ptl_entry_class_init (PtlEntryClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ptl_entry_finalize;
}

static void
ptl_entry_init (PtlEntry *self)
{
  self->enabled = TRUE;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-ctl-entry.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "core/ptl-error.h"
#include "core/ptl-text.h"

#define NAME_MAX_BYTES 80

typedef struct
{
  guint port;
  const char *protocol; /* NULL = not said */
  char *remote;         /* "" = not said */
} Name;

static gboolean
parse_port (const char *text, guint *port)
{
  guint64 value;

  if (!g_ascii_string_to_unsigned (text, 10, 1, G_MAXUINT16, &value, NULL))
    return FALSE;
  *port = (guint) value;
  return TRUE;
}

static const char *
parse_protocol (const char *text)
{
  if (g_ascii_strcasecmp (text, "tcp") == 0)
    return "tcp";
  return g_ascii_strcasecmp (text, "udp") == 0 ? "udp" : NULL;
}

/* remote: (transfer full) */
static gboolean
parse (const char *text, Name *name)
{
  g_auto (GStrv) parts = g_strsplit (text, "/", 3);
  guint n = g_strv_length (parts);
  gboolean port_first = n > 0 && parse_port (parts[0], &name->port);

  name->protocol = NULL;
  name->remote = NULL;
  if (n == 0 || strlen (text) > NAME_MAX_BYTES || (n == 1 && !port_first))
    return FALSE;
  if (n > 1)
    {
      name->protocol = parse_protocol (parts[port_first ? 1 : 0]);
      if (name->protocol == NULL || (!port_first && !parse_port (parts[1], &name->port)))
        return FALSE;
    }
  name->remote = g_strdup (n > 2 ? parts[2] : "");
  return TRUE;
}

gboolean
ptl_ctl_entry_check (const char *text, GError **error)
{
  g_autofree char *shown = NULL;
  Name name;

  if (parse (text, &name))
    {
      g_free (name.remote);
      return TRUE;
    }
  shown = ptl_text_make_safe (text, -1, 40);
  ptl_error_set (error, PTL_ERROR_INVALID, _("Name it by its public port, like 25565/tcp; “portolanctl entries” shows them."),
                 /* Translators: %s is what was typed */
                 _("“%s” is no entry in a router."), shown);
  return FALSE;
}

char *
ptl_ctl_entry_dup_id (const char *text)
{
  g_autofree char *remote = NULL;
  Name name;

  if (!parse (text, &name))
    return g_strdup (text);
  remote = name.remote;
  return g_strdup_printf ("%s/%u%s%s", name.protocol != NULL ? name.protocol : "tcp", name.port,
                          *remote != '\0' ? "/" : "", remote);
}

/* ---- The list ---- */

GVariant *
ptl_ctl_entry_list (PtlCtl *self, GError **error)
{
  const char *router = ptl_ctl_get (self, "router");
  g_autoptr (GError) refused = NULL;
  g_autoptr (GVariant) answer =
      ptl_ctl_call (self, "ListEntries", g_variant_new ("(s)", router != NULL ? router : ""), &refused);

  /* The arguments were right: it is the router that cannot do it. */
  if (g_error_matches (refused, PTL_ERROR, PTL_ERROR_NOT_SUPPORTED))
    refused->code = PTL_ERROR_ROUTER_REFUSED;
  if (answer != NULL)
    return g_variant_get_child_value (answer, 0);
  g_propagate_error (error, g_steal_pointer (&refused));
  return NULL;
}

static const char *
text_of (GVariant *entry, const char *key)
{
  const char *text = "";

  g_variant_lookup (entry, key, "&s", &text);
  return text;
}

static gboolean
fits (GVariant *entry, const Name *name)
{
  guint32 port = 0;

  g_variant_lookup (entry, "ExternalPort", "u", &port);
  return port == name->port && (name->protocol == NULL || g_str_equal (text_of (entry, "Protocol"), name->protocol)) &&
         (*name->remote == '\0' || g_str_equal (text_of (entry, "Remote"), name->remote));
}

static GVariant *
choose (GVariant *entries, const Name *name, guint *n)
{
  g_autoptr (GVariant) found = NULL;

  *n = 0;
  for (gsize i = 0; i < g_variant_n_children (entries); i++)
    {
      g_autoptr (GVariant) entry = g_variant_get_child_value (entries, i);

      if (!fits (entry, name))
        continue;
      if (found == NULL)
        found = g_variant_ref (entry);
      (*n)++;
    }
  return g_steal_pointer (&found);
}

GVariant *
ptl_ctl_entry_find (PtlCtl *self, const char *text, GError **error)
{
  g_autoptr (GVariant) entries = ptl_ctl_entry_list (self, error);
  g_autoptr (GVariant) found = NULL;
  g_autofree char *remote = NULL;
  Name name;
  guint n;

  if (entries == NULL || !parse (text, &name))
    return NULL;
  remote = name.remote;
  found = choose (entries, &name, &n);
  if (n == 1)
    return g_steal_pointer (&found);
  if (n == 0)
    ptl_error_set (error, PTL_ERROR_NOT_FOUND, _("“portolanctl entries” shows those that there are."),
                   /* Translators: %u is a port */
                   _("The router holds no entry for port %u."), name.port);
  else
    ptl_error_set (error, PTL_ERROR_AMBIGUOUS, _("Say which one, like 25565/tcp or tcp/25565/ADDRESS."),
                   /* Translators: %u is a port */
                   _("The router holds more than one entry for port %u."), name.port);
  return NULL;
}

/* ---- In words ---- */

char *
ptl_ctl_entry_describe (GVariant *entry)
{
  const char *description = text_of (entry, "Description");
  guint32 external = 0, port = 0;

  g_variant_lookup (entry, "ExternalPort", "u", &external);
  g_variant_lookup (entry, "Port", "u", &port);
  return g_strdup_printf (*description != '\0' ? "%u/%s → %s:%u “%s”" : "%u/%s → %s:%u", external,
                          text_of (entry, "Protocol"), text_of (entry, "Address"), port, description);
}

char *
ptl_ctl_entry_describe_host (GVariant *entry)
{
  const char *process = text_of (entry, "Process"), *host = text_of (entry, "Host"), *vendor = text_of (entry, "Vendor");
  gboolean local = FALSE;

  g_variant_lookup (entry, "Local", "b", &local);
  if (local && *process != '\0')
    /* Translators: %s is a program of this computer */
    return g_strdup_printf (_("this computer (%s)"), process);
  if (local)
    return g_strdup (_("this computer"));
  return g_strdup (*host != '\0' ? host : vendor);
}

const char *
ptl_ctl_entry_get_note (GVariant *entry)
{
  const char *review = text_of (entry, "Review");
  gboolean ignored = FALSE, enabled = TRUE;

  g_variant_lookup (entry, "Ignored", "b", &ignored);
  g_variant_lookup (entry, "Enabled", "b", &enabled);
  if (g_str_equal (review, "host-gone"))
    return _("its computer does not answer");
  if (g_str_equal (review, "no-listener"))
    return _("nothing listens there");
  if (ignored)
    return _("ignored");
  return enabled ? "" : _("switched off");
}

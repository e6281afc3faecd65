/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "igd-description.h"

#include <string.h>

#define TEXT_MAX 512

typedef struct
{
  IgdDescription *found;
  guint depth;
  guint devices;       /* how many <device> are open */
  guint devices_seen;
  gboolean in_service;
  char *type;          /* of the service that is open */
  char *control;
  GString *text;       /* since the last tag */
} Reader;

static void
service_free (IgdService *self)
{
  g_free (self->type);
  g_free (self->control);
  g_free (self);
}

void
igd_description_free (IgdDescription *self)
{
  g_free (self->url_base);
  g_free (self->device_type);
  g_free (self->name);
  g_free (self->manufacturer);
  g_free (self->model);
  g_ptr_array_unref (self->services);
  g_clear_pointer (&self->firewall, service_free);
  g_free (self);
}

/* --- text --- */

/* The five entities of XML and ASCII by number; anything else stays as it is written. */
static gsize
decode_entity (const char *at, gsize left, GString *out)
{
  static const struct
  {
    const char *name;
    char character;
  } entities[] = {
    { "&amp;", '&' }, { "&lt;", '<' }, { "&gt;", '>' }, { "&quot;", '"' }, { "&apos;", '\'' }
  };

  for (gsize i = 0; i < G_N_ELEMENTS (entities); i++)
    {
      gsize length = strlen (entities[i].name);

      if (left >= length && strncmp (at, entities[i].name, length) == 0)
        {
          g_string_append_c (out, entities[i].character);
          return length;
        }
    }
  g_string_append_c (out, *at);
  return 1;
}

static void
add_text (Reader *reader, const char *at, gsize length)
{
  while (length > 0 && reader->text->len < TEXT_MAX)
    {
      gsize used = 1;

      if (*at == '&')
        used = decode_entity (at, length, reader->text);
      else
        g_string_append_c (reader->text, *at);
      at += used;
      length -= used;
    }
}

static void
take_text (Reader *reader, char **where)
{
  if (*where == NULL)
    *where = g_strstrip (g_strdup (reader->text->str));
}

/* --- tags --- */

static gboolean
takes_mappings (const char *type)
{
  return strstr (type, ":WANIPConnection:") != NULL || strstr (type, ":WANPPPConnection:") != NULL;
}

/* IGD:2's firewall for IPv6 is another kind of service: it takes no mappings. */
static void
note_firewall (Reader *reader)
{
  IgdDescription *found = reader->found;

  if (reader->type == NULL || reader->control == NULL || *reader->control == '\0'
      || strstr (reader->type, ":WANIPv6FirewallControl:") == NULL || found->firewall != NULL)
    return;
  found->firewall = g_new0 (IgdService, 1);
  found->firewall->type = g_strdup (reader->type);
  found->firewall->control = g_strdup (reader->control);
}

static void
end_service (Reader *reader)
{
  GPtrArray *services = reader->found->services;

  note_firewall (reader);

  if (reader->type != NULL && reader->control != NULL && *reader->control != '\0'
      && takes_mappings (reader->type) && services->len < IGD_DESCRIPTION_SERVICES_MAX)
    {
      IgdService *service = g_new0 (IgdService, 1);

      service->type = g_steal_pointer (&reader->type);
      service->control = g_steal_pointer (&reader->control);
      g_ptr_array_add (services, service);
    }
  reader->in_service = FALSE;
  g_clear_pointer (&reader->type, g_free);
  g_clear_pointer (&reader->control, g_free);
}

static void
start_element (Reader *reader, const char *name)
{
  if (strcmp (name, "device") == 0)
    {
      reader->devices++;
      reader->devices_seen++;
    }
  else if (strcmp (name, "service") == 0)
    {
      end_service (reader);
      reader->in_service = TRUE;
    }
}

static void
end_root_device_element (Reader *reader, const char *name)
{
  IgdDescription *found = reader->found;

  if (strcmp (name, "deviceType") == 0)
    take_text (reader, &found->device_type);
  else if (strcmp (name, "friendlyName") == 0)
    take_text (reader, &found->name);
  else if (strcmp (name, "manufacturer") == 0)
    take_text (reader, &found->manufacturer);
  else if (strcmp (name, "modelName") == 0)
    take_text (reader, &found->model);
}

static void
end_element (Reader *reader, const char *name)
{
  if (strcmp (name, "device") == 0 && reader->devices > 0)
    reader->devices--;
  else if (strcmp (name, "service") == 0)
    end_service (reader);
  else if (reader->in_service && strcmp (name, "serviceType") == 0)
    take_text (reader, &reader->type);
  else if (reader->in_service && strcmp (name, "controlURL") == 0)
    take_text (reader, &reader->control);
  else if (strcmp (name, "URLBase") == 0)
    take_text (reader, &reader->found->url_base);
  else if (reader->devices_seen == 1)
    end_root_device_element (reader, name);
}

/* "s:service attr=..." -> "service" */
static char *
dup_local_name (const char *tag, gsize length)
{
  gsize end = 0;
  gsize start = 0;

  while (end < length && !g_ascii_isspace (tag[end]) && tag[end] != '/')
    {
      if (tag[end] == ':')
        start = end + 1;
      end++;
    }
  return g_strndup (tag + start, MIN (end - start, 64));
}

/* @tag: what stands between < and >. FALSE where the document is to be refused. */
static gboolean
read_tag (Reader *reader, const char *tag, gsize length)
{
  gboolean closes = length > 0 && tag[0] == '/';
  gboolean empty = length > 0 && tag[length - 1] == '/';
  g_autofree char *name = NULL;

  if (length > 0 && tag[0] == '!')
    return FALSE;
  if (length == 0 || tag[0] == '?')
    return TRUE;
  name = dup_local_name (closes ? tag + 1 : tag, closes ? length - 1 : length);
  if (closes)
    {
      end_element (reader, name);
      if (reader->depth > 0)
        reader->depth--;
    }
  else if (!empty)
    {
      start_element (reader, name);
      if (++reader->depth > IGD_DESCRIPTION_DEPTH_MAX)
        return FALSE;
    }
  g_string_truncate (reader->text, 0);
  return TRUE;
}

/* A comment or CDATA that begins at @at: how long it is, 0 where it is neither, or @left where it
 * never ends. */
static gsize
read_special (Reader *reader, const char *at, gsize left)
{
  const char *end;

  if (left >= 4 && strncmp (at, "<!--", 4) == 0)
    {
      end = g_strstr_len (at + 4, (gssize) (left - 4), "-->");
      return end != NULL ? (gsize) (end - at) + 3 : left;
    }
  if (left >= 9 && strncmp (at, "<![CDATA[", 9) == 0)
    {
      end = g_strstr_len (at + 9, (gssize) (left - 9), "]]>");
      if (end == NULL)
        return left;
      g_string_append_len (reader->text, at + 9, MIN (end - at - 9, TEXT_MAX));
      return (gsize) (end - at) + 3;
    }
  return 0;
}

static gboolean
read_document (Reader *reader, const char *at, gsize left)
{
  while (left > 0)
    {
      const char *open = memchr (at, '<', left);
      const char *close;
      gsize special;

      if (open == NULL)
        return TRUE;
      add_text (reader, at, (gsize) (open - at));
      left -= (gsize) (open - at);
      at = open;
      special = read_special (reader, at, left);
      if (special == 0)
        {
          close = memchr (at, '>', left);
          if (close == NULL)
            return TRUE;
          if (!read_tag (reader, at + 1, (gsize) (close - at) - 1))
            return FALSE;
          special = (gsize) (close - at) + 1;
        }
      at += special;
      left -= special;
    }
  return TRUE;
}

IgdDescription *
igd_description_parse (const char *xml, gsize length)
{
  g_autoptr (IgdDescription) found = g_new0 (IgdDescription, 1);
  Reader reader = { .found = found };
  gboolean ok;

  found->services = g_ptr_array_new_with_free_func ((GDestroyNotify) service_free);
  if (memchr (xml, '\0', length) != NULL)
    return NULL;
  reader.text = g_string_new (NULL);
  ok = read_document (&reader, xml, length);
  end_service (&reader);
  g_string_free (reader.text, TRUE);
  return ok ? g_steal_pointer (&found) : NULL;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-answering.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "core/ptl-identity.h"
#include "core/ptl-text.h"

#define WHERE_MAX_CHARS 80

/* One that is there for everybody to see, with nothing to lock: see ptl_finding_is_page(). */
static gboolean
is_page (const PtlIdentity *identity)
{
  return strcmp (identity->service, "http") == 0 && identity->severity <= PTL_SEVERITY_LOW;
}

static char *
describe_identity (const PtlIdentity *identity, const char *where, gboolean unfinished)
{
  g_autofree char *name = ptl_identity_to_name (identity);

  if (*name == '\0')
    /* Translators: %s is an address with a port */
    return g_strdup_printf (_ ("Something answers at %s that is not known to Portolan."), where);
  switch (identity->auth)
    {
    case PTL_AUTH_OPEN:
      if (is_page (identity))
        /* Translators: the name of a program, like nginx 1.22, and an address with a port */
        return g_strdup_printf (_ ("%s answers at %s, and shows its pages to everybody."), name,
                                where);
      /* Translators: the name of a program, like Grafana 10.2, and an address with a port */
      return g_strdup_printf (_ ("%s answers at %s, and lets everybody in without a login."), name,
                              where);
    case PTL_AUTH_PROTECTED:
      /* Translators: the name of a program, like Grafana 10.2, and an address with a port */
      return g_strdup_printf (_ ("%s answers at %s, and asks for a login or turns strangers away."),
                              name, where);
    case PTL_AUTH_UNKNOWN:
      if (unfinished)
        break;
      /* Translators: the name of a program, like Grafana 10.2, and an address with a port */
      return g_strdup_printf (_ ("%s answers at %s. Whether it asks for a login is not known."),
                              name, where);
    default:
      break;
    }
  /* Translators: the name of a program, like Minecraft 1.20, and an address with a port */
  return g_strdup_printf (_ ("%s answers at %s."), name, where);
}

char *
ptl_answering_describe (GVariant *identity)
{
  g_autoptr (PtlIdentity) known = ptl_identity_from_variant (identity, NULL);
  g_autofree char *where = NULL;
  const char *said = "";
  const char *state = "";
  gboolean unfinished = FALSE;

  g_variant_lookup (identity, "Unfinished", "b", &unfinished);
  g_variant_lookup (identity, "Where", "&s", &said);
  g_variant_lookup (identity, "State", "&s", &state);
  where = ptl_text_make_safe (said, -1, WHERE_MAX_CHARS);
  if (known == NULL)
    return NULL;
  if (strcmp (state, "closed") == 0)
    /* Translators: %s is an address with a port */
    return g_strdup_printf (_ ("Nothing listens at %s yet."), where);
  return strcmp (state, "open") == 0 ? describe_identity (known, where, unfinished) : NULL;
}

static gboolean
is_open (GVariant *identity)
{
  const char *state = "";

  g_variant_lookup (identity, "State", "&s", &state);
  return strcmp (state, "open") == 0;
}

/* What @all have to say that are open, or that are not, each once. */
static void
append_lines (GVariant *all, gboolean open, guint max, GString *text)
{
  for (gsize i = 0; i < g_variant_n_children (all) && max > 0; i++)
    {
      g_autoptr (GVariant) one = g_variant_get_child_value (all, i);
      g_autofree char *line = is_open (one) == open ? ptl_answering_describe (one) : NULL;

      if (line == NULL || strstr (text->str, line) != NULL)
        continue;
      g_string_append_printf (text, "%s%s", text->len > 0 ? "\n" : "", line);
      max--;
    }
}

char *
ptl_answering_describe_plan (GVariant *plan)
{
  g_autoptr (GVariant) all = g_variant_lookup_value (plan, "Answering", G_VARIANT_TYPE ("aa{sv}"));
  GString *text = g_string_new (NULL);

  if (all != NULL)
    append_lines (all, TRUE, G_MAXUINT, text);
  /* Of many ports that wait for their program, one says it. */
  if (all != NULL && text->len == 0)
    append_lines (all, FALSE, 1, text);
  return g_string_free (text, text->len == 0);
}

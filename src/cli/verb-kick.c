/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-ctl-verbs.h"

#include <glib/gi18n-lib.h>

#include "api/ptl-api.h"
#include "core/ptl-error.h"
#include "core/ptl-text.h"
#include "ptl-ctl-json.h"
#include "ptl-ctl-output.h"

static const PtlCtlOption options[] = {
  { "source", PTL_CTL_VALUE, "ADDR", N_("All from this address or network") },
  { "all", PTL_CTL_FLAG, NULL, N_("All connections of the rule") },
  PTL_CTL_OPTIONS_END,
};

static gboolean
parse_connection (const char *text, guint64 *connection, GError **error)
{
  g_autofree char *shown = NULL;

  if (g_ascii_string_to_unsigned (text, 10, 1, G_MAXUINT64, connection, NULL))
    return TRUE;
  shown = ptl_text_make_safe (text, -1, 40);
  ptl_error_set (error, PTL_ERROR_INVALID, _("“portolanctl show ID --connections” shows their numbers."),
                 /* Translators: %s is what was typed */
                 _("“%s” is not the number of a connection."), shown);
  return FALSE;
}

static gboolean
check_connections (PtlCtl *self, GError **error)
{
  guint64 connection;

  for (guint i = 1; i < self->arguments->len; i++)
    if (!parse_connection (ptl_ctl_get_argument (self, i), &connection, error))
      return FALSE;
  return TRUE;
}

static gboolean
check (PtlCtl *self, GError **error)
{
  const char *source = ptl_ctl_get (self, "source");
  guint n_ways = (self->arguments->len > 1) + (source != NULL) + ptl_ctl_has (self, "all");

  if (n_ways != 1)
    {
      ptl_error_set (error, PTL_ERROR_INVALID, _("Name connections, or add --source or --all."), "%s",
                     n_ways == 0 ? _("It is not said which connections to end.")
                                 : _("Connections, --source and --all exclude each other."));
      return FALSE;
    }
  return ptl_ctl_check_id (ptl_ctl_get_argument (self, 0), error) && check_connections (self, error)
         && (source == NULL || ptl_network_parse (source, &(PtlNetwork){ 0 }, error));
}

static GVariant *
make_request (PtlCtl *self)
{
  const char *source = ptl_ctl_get (self, "source");
  GVariantBuilder connections;

  g_variant_builder_init (&connections, G_VARIANT_TYPE ("at"));
  for (guint i = 1; i < self->arguments->len; i++)
    {
      guint64 connection = 0;

      parse_connection (ptl_ctl_get_argument (self, i), &connection, NULL);
      g_variant_builder_add (&connections, "t", connection);
    }
  return g_variant_new ("(sats)", ptl_ctl_get_argument (self, 0), &connections,
                        source != NULL ? source : "");
}

static void
print (PtlCtl *self, guint n)
{
  g_autoptr (JsonBuilder) builder = NULL;

  if (!self->json)
    {
      ptl_ctl_print (self,
                     /* Translators: %u is a number */
                     g_dngettext (GETTEXT_PACKAGE, "%u connection ended.", "%u connections ended.", n), n);
      ptl_ctl_print (self, "\n");
      return;
    }
  builder = json_builder_new ();
  json_builder_begin_object (builder);
  ptl_json_add_int (builder, "ended", n);
  json_builder_end_object (builder);
  ptl_ctl_print_json (self, builder, FALSE);
}

static gboolean
run (PtlCtl *self, GError **error)
{
  g_autoptr (GVariant) answer = ptl_ctl_call (self, "KickConnections", make_request (self), error);
  guint32 n = 0;

  if (answer == NULL)
    return FALSE;
  g_variant_get (answer, "(u)", &n);
  if (n == 0)
    {
      ptl_error_set (error, PTL_ERROR_NOT_FOUND,
                     _("“portolanctl show ID --connections” shows who is."), "%s",
                     ptl_ctl_has (self, "all") ? _("Nobody is connected.")
                                               : _("None of these is connected."));
      return FALSE;
    }
  print (self, n);
  return TRUE;
}

const PtlCtlVerb ptl_ctl_verb_kick = {
  .name = "kick",
  .arguments = "ID [CONNECTION...]",
  .min_arguments = 1,
  .max_arguments = 1 + 1000,
  .missing = N_("Name a rule by its id; “portolanctl list” shows them."),
  .summary = N_("End living connections of a rule; they may come again"),
  .details = N_("“portolanctl block” keeps an address out."),
  .options = options,
  .check = check,
  .run = run,
};

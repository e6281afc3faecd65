/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-exposure-news.h"

#include <glib/gi18n-lib.h>

/* So many are named; of the others their number is told. */
#define NAMED_MAX 4
#define SETTING_KEY "exposure-notices"

static gboolean
is_news (const PtlReport *report, const PtlFinding *finding)
{
  return *finding->news != '\0' && finding->severity > PTL_SEVERITY_INFO &&
         !ptl_finding_is_accepted (finding, report->finished);
}

static char *
describe (const PtlFinding *finding)
{
  g_autofree char *name = ptl_identity_to_name (finding->identity);
  const char *program = finding->listening != NULL ? finding->listening->process : "";
  const char *protocol = ptl_protocol_to_string (finding->protocol);

  if (*name == '\0')
    {
      g_free (name);
      name = g_strdup (program);
    }
  if (*name == '\0')
    return g_strdup_printf ("%s: %u/%s", ptl_severity_to_title (finding->severity), finding->port, protocol);
  return g_strdup_printf ("%s: %u/%s, %s", ptl_severity_to_title (finding->severity), finding->port, protocol, name);
}

void
ptl_exposure_tell_news (PtlNotifier *notifier, const PtlReport *report)
{
  const char *const actions[] = { PTL_EXPOSURE_SHOW, _("Show"), NULL };
  g_autoptr (GString) body = g_string_new (NULL);
  g_autofree char *summary = NULL;
  guint n = 0;

  for (guint i = 0; i < report->findings->len; i++)
    {
      const PtlFinding *finding = report->findings->pdata[i];
      g_autofree char *line = NULL;

      if (!is_news (report, finding) || ++n > NAMED_MAX)
        continue;
      line = describe (finding);
      g_string_append_printf (body, "%s%s", body->len > 0 ? "\n" : "", line);
    }
  if (n == 0 || notifier == NULL || !ptl_notifier_is_wanted (SETTING_KEY))
    return;
  /* Translators: %u is a number of ports of this computer that others can reach */
  summary = g_strdup_printf (ngettext ("%u port that others can reach is new or has changed",
                                       "%u ports that others can reach are new or have changed", n),
                             n);
  ptl_notifier_send (notifier, PTL_EXPOSURE_NEWS, summary, body->str, actions);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-event-columns.h"

#include <glib/gi18n-lib.h>

#include "client/ptl-event-item.h"
#include "gui/ptl-format.h"

static const PtlEvent *
event_of (gpointer item)
{
  return ptl_event_item_get_event (item);
}

static gboolean
has_failed (const PtlEvent *event)
{
  return g_strcmp0 (event->result, "failed") == 0 || g_strcmp0 (event->what, "degrade") == 0;
}

static gboolean
is_one_of (const PtlEvent *event, const char *const *kinds)
{
  return event->what && g_strv_contains (kinds, event->what);
}

static const char *const opened_kinds[] = { "open", "reopen", "restore", "recover", NULL };
static const char *const closed_kinds[] = { "close", "expire", "debt", "debt-paid", NULL };
static const char *const changed_kinds[] = { "extend", "edit", "block", "unblock", NULL };

gboolean
ptl_event_passes (const PtlEvent *event, PtlEventFilter filter)
{
  switch (filter)
    {
    case PTL_EVENT_FILTER_OPENED:
      return is_one_of (event, opened_kinds);
    case PTL_EVENT_FILTER_CLOSED:
      return is_one_of (event, closed_kinds);
    case PTL_EVENT_FILTER_CHANGED:
      return is_one_of (event, changed_kinds);
    case PTL_EVENT_FILTER_TROUBLE:
      return has_failed (event);
    case PTL_EVENT_FILTER_ALL:
      break;
    }
  return TRUE;
}

static gboolean
contains_word (const char *text, const char *word)
{
  g_autofree char *folded = text ? g_utf8_casefold (text, -1) : NULL;

  return folded && strstr (folded, word) != NULL;
}

gboolean
ptl_event_matches (const PtlEvent *event, const char *const *words)
{
  const char *title = ptl_format_event (event->what, event->result);

  for (; words && *words; words++)
    if (!contains_word (event->who, *words) && !contains_word (title, *words) && !contains_word (event->detail, *words)
        && !contains_word (event->rule_id, *words))
      return FALSE;
  return TRUE;
}

static char *
dup_what (gpointer item)
{
  return g_strdup (ptl_format_event (event_of (item)->what, event_of (item)->result));
}

static const char *
get_icon (gpointer item)
{
  const PtlEvent *event = event_of (item);

  if (has_failed (event))
    return "dialog-warning-symbolic";
  if (g_strcmp0 (event->result, "begun") == 0)
    return "content-loading-symbolic";
  if (is_one_of (event, opened_kinds))
    return "object-select-symbolic";
  if (is_one_of (event, closed_kinds))
    return "media-playback-stop-symbolic";
  return is_one_of (event, changed_kinds) ? "document-edit-symbolic" : "emblem-system-symbolic";
}

static const char *
get_style (gpointer item)
{
  const PtlEvent *event = event_of (item);

  if (has_failed (event))
    return "warning";
  return is_one_of (event, opened_kinds) ? "success" : "dim-label";
}

static char *
dup_at (gpointer item)
{
  return ptl_format_log_time (event_of (item)->at);
}

static char *
dup_who (gpointer item)
{
  return g_strdup (event_of (item)->who);
}

static char *
dup_detail (gpointer item)
{
  return g_strdup (event_of (item)->detail);
}

static char *
dup_rule (gpointer item)
{
  const char *id = event_of (item)->rule_id;

  return id ? g_strndup (id, 8) : g_strdup ("");
}

static char *
dup_seq (gpointer item)
{
  return g_strdup_printf ("%" G_GINT64_FORMAT, event_of (item)->seq);
}

static char *
dup_line (gpointer item)
{
  const PtlEvent *event = event_of (item);

  return g_strdup (event->detail && *event->detail ? event->detail : event->who);
}

static char *
dup_when (gpointer item)
{
  return ptl_format_time (event_of (item)->at, g_get_real_time () / G_USEC_PER_SEC);
}

static char *
dup_spoken (gpointer item)
{
  g_autofree char *what = dup_what (item), *when = dup_when (item);
  const PtlEvent *event = event_of (item);

  return g_strdup_printf ("%s, %s, %s, %s", what, when, event->who, event->detail);
}

static const PtlColumn columns[] = {
  { "what", N_("Event"), 14, 22, FALSE, FALSE, dup_what, get_icon, get_style, NULL, NULL, NULL },
  { "at", N_("Time"), 19, 19, FALSE, TRUE, dup_at, NULL, NULL, NULL, NULL, NULL },
  { "detail", N_("Details"), 18, 40, TRUE, FALSE, dup_detail, NULL, NULL, NULL, NULL, NULL },
  { "who", N_("Who"), 12, 22, FALSE, FALSE, dup_who, NULL, NULL, NULL, NULL, NULL },
  { "rule", N_("Rule"), 8, 9, FALSE, TRUE, dup_rule, NULL, NULL, NULL, NULL, NULL },
  { "seq", N_("Number"), 6, 7, FALSE, TRUE, dup_seq, NULL, NULL, NULL, NULL, NULL },
};

const PtlTableSpec ptl_event_table = {
  columns, G_N_ELEMENTS (columns), dup_what, dup_line, dup_when, dup_spoken, NULL, NULL, NULL,
};

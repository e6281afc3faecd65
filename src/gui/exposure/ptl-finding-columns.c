/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-finding-columns.h"

#include <glib/gi18n-lib.h>

#include "client/ptl-finding-item.h"
#include "client/ptl-report-export.h"
#include "ptl-finding-marks.h"
#include "ptl-finding-words.h"

static const PtlFinding *
get (gpointer item)
{
  return ptl_finding_item_get_finding (item);
}

static char *
dup_severity (gpointer item)
{
  return g_strdup (ptl_severity_to_title (get (item)->severity));
}

static const char *
get_severity_icon (gpointer item)
{
  return ptl_severity_to_icon (get (item)->severity);
}

static const char *
get_severity_style (gpointer item)
{
  return ptl_severity_to_style (get (item)->severity);
}

static char *
dup_port (gpointer item)
{
  return ptl_finding_dup_port (get (item));
}

static char *
dup_name (gpointer item)
{
  return ptl_finding_dup_name (get (item));
}

static char *
dup_reach (gpointer item)
{
  return g_strdup (ptl_finding_get_reach (get (item)));
}

static char *
dup_login (gpointer item)
{
  return g_strdup (ptl_auth_to_title (get (item)->identity->auth));
}

static const char *
get_login_icon (gpointer item)
{
  return ptl_auth_to_icon (get (item)->identity->auth);
}

static const char *
get_login_style (gpointer item)
{
  return ptl_auth_to_style (get (item)->identity->auth);
}

static char *
dup_no_text (gpointer item)
{
  return g_strdup ("");
}

/* The marks do not change while they are shown. */
static guint
never (gpointer item, gint64 now)
{
  return 0;
}

static GtkWidget *
show_marks (gpointer item, GtkWidget *picture)
{
  if (!picture)
    picture = ptl_finding_marks_new ();
  ptl_finding_marks_set_finding (PTL_FINDING_MARKS (picture), get (item));
  return picture;
}

static char *
dup_address (gpointer item)
{
  return g_strdup (ptl_finding_get_address_title (get (item)));
}

static char *
dup_program (gpointer item)
{
  return ptl_finding_dup_program (get (item));
}

static char *
dup_news (gpointer item)
{
  return g_strdup (ptl_finding_get_news (get (item)));
}

static int
compare_severity (gpointer a, gpointer b)
{
  return (int) get (b)->severity - (int) get (a)->severity;
}

static int
compare_port (gpointer a, gpointer b)
{
  return (int) get (a)->port - (int) get (b)->port;
}

static int
compare_name (gpointer a, gpointer b)
{
  g_autofree char *left = dup_name (a), *right = dup_name (b);

  return g_utf8_collate (left, right);
}

static int
rank_reach (gpointer item)
{
  const char *reach = get (item)->reach;

  return g_str_equal (reach, "internet") ? 0 : g_str_equal (reach, "lan") ? 1 : 2;
}

static int
compare_reach (gpointer a, gpointer b)
{
  return rank_reach (a) - rank_reach (b);
}

/* Without a login first, then what is not known. */
static int
rank_login (gpointer item)
{
  static const int ranks[] = { 1, 0, 3, 2 };

  return ranks[get (item)->identity->auth];
}

static int
compare_login (gpointer a, gpointer b)
{
  return rank_login (a) - rank_login (b);
}

static int
rank_marks (gpointer item)
{
  int rank = 0;

  for (PtlFindingMark mark = 0; mark < PTL_N_MARKS; mark++)
    rank = rank * 2 + (ptl_finding_has_mark (get (item), mark) ? 0 : 1);
  return rank;
}

static int
compare_marks (gpointer a, gpointer b)
{
  return rank_marks (a) - rank_marks (b);
}

static int
compare_news (gpointer a, gpointer b)
{
  return g_strcmp0 (get (b)->news, get (a)->news);
}

static char *
dup_line (gpointer item)
{
  g_autofree char *port = dup_port (item);

  return g_strdup_printf ("%s · %s · %s", port, ptl_finding_get_reach (get (item)),
                          ptl_auth_to_title (get (item)->identity->auth));
}

static char *
dup_trailing (gpointer item)
{
  const char *news = ptl_finding_get_news (get (item));

  return *news ? g_strdup (news) : dup_severity (item);
}

static char *
dup_spoken (gpointer item)
{
  return ptl_finding_dup_spoken (get (item));
}

static const PtlColumn columns[] = {
  { "severity", N_("Severity"), 9, 12, FALSE, FALSE, dup_severity, get_severity_icon, get_severity_style, compare_severity, NULL, NULL },
  { "name", N_("What It Is"), 12, 22, TRUE, FALSE, dup_name, NULL, NULL, compare_name, NULL, NULL },
  { "port", N_("Port"), 8, 10, FALSE, TRUE, dup_port, NULL, NULL, compare_port, NULL, NULL },
  { "reach", N_("Open To"), 11, 13, FALSE, FALSE, dup_reach, NULL, NULL, compare_reach, NULL, NULL },
  { "login", N_("Login"), 10, 16, FALSE, FALSE, dup_login, get_login_icon, get_login_style, compare_login, NULL, NULL },
  { "views", N_("Four Views"), 12, 12, FALSE, FALSE, dup_no_text, NULL, NULL, compare_marks, never, show_marks },
  { "news", N_("News"), 7, 8, FALSE, FALSE, dup_news, NULL, NULL, compare_news, NULL, NULL },
  { "address", N_("Address"), 10, 16, FALSE, TRUE, dup_address, NULL, NULL, NULL, NULL, NULL },
  { "program", N_("Program"), 10, 18, FALSE, FALSE, dup_program, NULL, NULL, NULL, NULL, NULL },
};

const PtlTableSpec ptl_finding_table = {
  columns, G_N_ELEMENTS (columns), dup_name, dup_line, dup_trailing, dup_spoken, NULL, "finding-columns", "finding-sort",
};

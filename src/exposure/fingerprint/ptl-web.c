/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-web.h"

#include <string.h>

/* Pages asked for to find out which application it is, and until when new ones are. */
#define MAX_PAGES 110
#define SEARCH_US (4000 * G_TIME_SPAN_MILLISECOND)

#define NO_SUCH_PAGE "/portolan-no-such"
/* Pages that do nothing but send on, one after the other. */
#define MAX_SENT_ON 3

typedef struct
{
  PtlProbing *probing;
  GHashTable *pages; /* path to PtlPage; NULL = no answer */
  const PtlPage *root;
  const PtlPage *shown; /* what a person sees who opens it: the first page, or where that sends */
  char *shown_path;
  PtlStream *line;   /* (nullable): takes another request */
  gint64 began_us;
} PtlWeb;

static void
free_page (gpointer page)
{
  if (page != NULL)
    ptl_page_free (page);
}

/* One request on @self->line, or on a new one where that has ended meanwhile. */
static PtlPage *
fetch (PtlWeb *self, const char *path)
{
  PtlPage *page = NULL;

  for (guint i = 0; i < 2 && page == NULL; i++)
    {
      g_autoptr (GByteArray) heard = g_byte_array_new ();
      gboolean used = self->line != NULL;
      g_autoptr (PtlStream) line
          = used ? g_steal_pointer (&self->line) : ptl_probing_open (self->probing);

      if (line == NULL)
        return NULL;
      page = ptl_web_fetch (self->probing, line, path, 2 * G_TIME_SPAN_SECOND, heard);
      if (page != NULL)
        page->whole = ptl_page_is_whole (heard->data, heard->len) || line->end == PTL_STREAM_ENDED;
      if (page != NULL && ptl_web_may_go_on (line, page, heard))
        {
          line->deadline_us = MIN (line->deadline_us, self->probing->deadline_us);
          self->line = g_steal_pointer (&line);
        }
      if (!used || heard->len > 0)
        break;
    }
  return page;
}

/* The page at @path, asked for once; NULL where it gave no answer. */
static const PtlPage *
get_page (PtlWeb *self, const char *path)
{
  gpointer page = NULL;

  if (g_hash_table_lookup_extended (self->pages, path, NULL, &page))
    return page;
  if (ptl_probing_is_over (self->probing) || g_hash_table_size (self->pages) >= MAX_PAGES)
    return NULL;
  page = fetch (self, path);
  g_hash_table_insert (self->pages, g_strdup (path), page);
  return page;
}

static gboolean
matches (PtlWeb *self, const PtlPlace *place, char **found)
{
  const PtlPage *page = get_page (self, place->path);

  return page != NULL && ptl_place_match (place, page, self->probing->tls, found);
}

/* As matches(), and where the first page only sends on, by what it sends to too. */
static gboolean
is_told (PtlWeb *self, const PtlPlace *place, char **found)
{
  return matches (self, place, found)
         || (self->shown != self->root && g_str_equal (place->path, "/")
             && ptl_place_match (place, self->shown, self->probing->tls, found));
}

static gboolean
any_matches (PtlWeb *self, GPtrArray *places)
{
  for (guint i = 0; i < places->len; i++)
    if (matches (self, g_ptr_array_index (places, i), NULL))
      return TRUE;
  return FALSE;
}

/* Whether a page that was asked for already tells that it is @application. */
static gboolean
is_known_by (PtlWeb *self, const PtlApplication *application)
{
  for (guint i = 0; i < application->match->len; i++)
    {
      const PtlPlace *place = g_ptr_array_index (application->match, i);

      if (g_hash_table_contains (self->pages, place->path) && is_told (self, place, NULL))
        return TRUE;
    }
  return FALSE;
}

static const PtlApplication *
find_known (PtlWeb *self, gboolean generic)
{
  GPtrArray *all = self->probing->set->applications;

  for (guint i = 0; i < all->len; i++)
    {
      const PtlApplication *application = g_ptr_array_index (all, i);

      if (application->generic == generic && is_known_by (self, application))
        return application;
    }
  return NULL;
}

/* Asks for the pages that only some applications have: those usual at this port first. */
static const PtlApplication *
search (PtlWeb *self, gboolean usual)
{
  GPtrArray *all = self->probing->set->applications;

  for (guint i = 0; i < all->len; i++)
    {
      const PtlApplication *application = g_ptr_array_index (all, i);

      if (application->generic || ptl_ports_have (application->ports, self->probing->port) != usual)
        continue;
      /* In a hurry, those that must not be before strangers alone. */
      if (self->probing->hurry && application->weight.control < PTL_CONTROL_DATA)
        {
          self->probing->unfinished = TRUE;
          continue;
        }
      if (g_get_monotonic_time () - self->began_us > SEARCH_US)
        return NULL;
      if (any_matches (self, application->match))
        return application;
    }
  return NULL;
}

static gboolean
is_refused (const PtlPage *page)
{
  return page->status == 401 || page->status == 407;
}

static const PtlApplication *
find_application (PtlWeb *self)
{
  const PtlApplication *application = find_known (self, FALSE);

  if (application == NULL)
    application = search (self, TRUE);
  /* Behind a login all pages are alike, and a page that only shows what it has is all there is. */
  if (application == NULL && !is_refused (self->shown) && !ptl_page_is_plain (self->shown))
    application = search (self, FALSE);
  if (application == NULL)
    application = find_known (self, TRUE);
  /* What a server says of a page that it does not have often tells which it is. */
  if (application == NULL && self->root->status != 401 && get_page (self, NO_SUCH_PAGE) != NULL)
    application = find_known (self, TRUE);
  return application;
}

/* Its name; a $1 in it is what the place took that told it: "Prometheus $1 exporter". */
static char *
dup_name (PtlWeb *self, const PtlApplication *application)
{
  g_auto (GStrv) parts = g_strsplit (application->name, "$1", 2);

  for (guint i = 0; parts[1] != NULL && i < application->match->len; i++)
    {
      const PtlPlace *place = g_ptr_array_index (application->match, i);
      g_autofree char *found = NULL;

      if (g_hash_table_contains (self->pages, place->path) && is_told (self, place, &found)
          && found != NULL)
        return g_strconcat (parts[0], found, parts[1], NULL);
    }
  return g_strdup (application->name);
}

static void
read_version (PtlWeb *self, const PtlApplication *application)
{
  for (guint i = 0; i < application->versions->len; i++)
    {
      g_autofree char *version = NULL;

      if (is_told (self, g_ptr_array_index (application->versions, i), &version) && version != NULL)
        {
          ptl_found_set (&self->probing->found, NULL, NULL, version);
          return;
        }
    }
}

static void
note_page (PtlWeb *self, GPtrArray *places)
{
  const PtlPlace *place = places->len > 0 ? g_ptr_array_index (places, 0) : NULL;
  const PtlPage *page = place == NULL ? NULL : g_hash_table_lookup (self->pages, place->path);

  if (page != NULL)
    ptl_found_note (&self->probing->found, "GET %s: %d", place->path, page->status);
}

/* Whether what is there first asks for a login: that is then no proof that there is none. */
static gboolean
begins_with_login (const PtlWeb *self)
{
  return ptl_page_asks_login (self->root) || ptl_page_asks_login (self->shown);
}

static gboolean
is_open (PtlWeb *self, GPtrArray *places)
{
  for (guint i = 0; i < places->len; i++)
    {
      const PtlPlace *place = g_ptr_array_index (places, i);

      if (matches (self, place, NULL)
          && !(g_str_equal (place->path, "/") && begins_with_login (self)))
        return TRUE;
    }
  return FALSE;
}

/* What the application's own rules say; PTL_AUTH_UNTOLD where none decides. */
static int
ask_logins (PtlWeb *self, const PtlApplication *application)
{
  for (guint i = 0; i < application->logins->len; i++)
    {
      const PtlLogin *login = g_ptr_array_index (application->logins, i);

      if (any_matches (self, login->protected_))
        {
          note_page (self, login->protected_);
          return PTL_AUTH_PROTECTED;
        }
      if (is_open (self, login->open))
        {
          note_page (self, login->open);
          return PTL_AUTH_OPEN;
        }
    }
  if (application->auth == PTL_AUTH_OPEN
      && (self->shown->status >= 400 || begins_with_login (self)))
    return PTL_AUTH_UNTOLD;
  return application->auth;
}

/* Whether any page that was asked for was refused for want of a login: what is behind a first page
 * that anybody may see. */
static gboolean
refuses_any (PtlWeb *self)
{
  GHashTableIter iter;
  gpointer path, page;

  g_hash_table_iter_init (&iter, self->pages);
  while (g_hash_table_iter_next (&iter, &path, &page))
    if (page != NULL && is_refused (page))
      {
        ptl_found_note (&self->probing->found, "GET %s: %d", (const char *) path,
                        ((const PtlPage *) page)->status);
        return TRUE;
      }
  return FALSE;
}

/* A web server that lists no files, but says of any other page that it is not there: nobody is kept
 * out. @application is what made both answers. */
static gboolean
only_lists_nothing (PtlWeb *self, const PtlApplication *application)
{
  const PtlPage *other = NULL;

  if (self->root->status != 403 || self->root->json != NULL || application == NULL
      || !application->generic)
    return FALSE;
  other = get_page (self, NO_SUCH_PAGE);
  return other != NULL && other->status == 404;
}

/* A page that its scripts make: what they ask the server may be refused. "Open" only where all of
 * them could be read, and none has a word of a login. */
static int
judge_scripts (PtlWeb *self)
{
  const PtlProbing *probing = self->probing;
  g_autoptr (GPtrArray) scripts
      = ptl_page_list_scripts (self->shown, self->shown_path, probing->port, probing->in_tls);
  gboolean without_login = scripts != NULL && scripts->len > 0;

  for (guint i = 0; scripts != NULL && i < scripts->len; i++)
    {
      const PtlPage *script = get_page (self, g_ptr_array_index (scripts, i));
      g_autoptr (GPtrArray) asks = script == NULL ? NULL : ptl_page_list_asks (script);

      for (guint j = 0; asks != NULL && j < asks->len; j++)
        get_page (self, g_ptr_array_index (asks, j));
      without_login = without_login && script != NULL && ptl_page_is_script_without_login (script);
    }
  if (refuses_any (self))
    return PTL_AUTH_PROTECTED;
  return without_login ? PTL_AUTH_OPEN : PTL_AUTH_UNKNOWN;
}

/* What any page tells of itself. "Open" only where all was shown. */
static int
judge_page (PtlWeb *self, const PtlApplication *application)
{
  if (begins_with_login (self))
    return PTL_AUTH_PROTECTED;
  if (only_lists_nothing (self, application))
    return PTL_AUTH_NONE;
  if (self->root->status == 403 || self->shown->status == 403 || refuses_any (self))
    return PTL_AUTH_PROTECTED;
  return ptl_page_shows_all (self->shown) ? PTL_AUTH_OPEN : judge_scripts (self);
}

static int
judge_login (PtlWeb *self, const PtlApplication *application)
{
  int auth = PTL_AUTH_UNTOLD;

  if (is_refused (self->root))
    return PTL_AUTH_PROTECTED;
  if (application != NULL)
    auth = ask_logins (self, application);
  return auth != PTL_AUTH_UNTOLD ? auth : judge_page (self, application);
}

/* A server that no rule names says itself what it is: "Werkzeug/2.2.2 Python/3.11". */
static void
read_server (PtlProbing *probing, const PtlPage *root)
{
  static const char pattern[]
      = "^([A-Za-z][A-Za-z0-9 ._+-]{1,40}?)(?:[/ ]v?([0-9][0-9A-Za-z.+~-]{0,20}))?(?:[ (;,]|$)";
  const char *server = ptl_page_get_header (root, "Server");
  g_autoptr (PtlPattern) shape = ptl_pattern_new (pattern, FALSE, NULL);
  g_autoptr (GPtrArray) groups = NULL;
  g_autofree char *product = NULL, *version = NULL;

  if (server == NULL || !ptl_pattern_match (shape, server, strlen (server), &groups))
    return;
  product = ptl_pattern_expand ("$1", groups);
  version = ptl_pattern_expand ("$2", groups);
  ptl_found_set (&probing->found, NULL, product, version);
}

/* Where the first page only sends on, on this port, that is asked for as a browser would: nothing
 * of another port or host. */
static void
go_where_sent (PtlWeb *self)
{
  for (guint i = 0; i < MAX_SENT_ON; i++)
    {
      g_autofree char *next = ptl_page_dup_next (self->shown, self->shown_path, self->probing->port,
                                                 self->probing->in_tls);
      const PtlPage *page;

      if (next == NULL || g_hash_table_contains (self->pages, next)
          || (page = get_page (self, next)) == NULL)
        return;
      self->shown = page;
      ptl_found_note (&self->probing->found, "GET %s: %d%s%s", next, page->status,
                      *page->title ? ", " : "", page->title);
      g_free (self->shown_path);
      self->shown_path = g_steal_pointer (&next);
    }
}

void
ptl_web_identify (PtlProbing *probing, PtlPage *root, PtlStream *line)
{
  PtlWeb self = { .probing = probing,
                  .pages = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_page),
                  .root = root,
                  .shown = root,
                  .shown_path = g_strdup ("/"),
                  .line = line,
                  .began_us = g_get_monotonic_time () };
  const PtlApplication *application;

  g_hash_table_insert (self.pages, g_strdup ("/"), root);
  ptl_found_set (&probing->found, "http", NULL, NULL);
  ptl_found_note (&probing->found, "GET /: %d%s%s", root->status, *root->title ? ", " : "",
                  root->title);
  go_where_sent (&self);
  application = find_application (&self);
  probing->found.application = application;
  if (application != NULL)
    {
      g_autofree char *name = dup_name (&self, application);

      ptl_found_set (&probing->found, application->service, name, NULL);
      read_version (&self, application);
    }
  else
    read_server (probing, root);
  ptl_found_set_auth (&probing->found, judge_login (&self, application));
  if (application != NULL && g_str_equal (application->service, "http-proxy")
      && probing->found.auth == PTL_AUTH_UNKNOWN)
    ptl_web_ask_proxy (probing);
  if (application == NULL && probing->found.auth == PTL_AUTH_UNKNOWN)
    ptl_web_find_proxy (probing, root->status);
  g_clear_pointer (&self.line, ptl_stream_free);
  g_free (self.shown_path);
  g_hash_table_unref (self.pages);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "core/ptl-identity.h"
#include "ptl-fingerprints.h"

G_BEGIN_DECLS

/**
 * PtlPage:
 *
 * One HTTP answer (RFC 9112), as far as it came. Of its text nothing is safe to show but @title.
 */
typedef struct
{
  int status;
  GPtrArray *headers; /* (element-type PtlHeader) */
  GBytes *body;       /* without chunks and compression, at most PTL_PAGE_MAX_BODY */
  char *lower;        /* ptl_page_get_lower(); NULL = nobody asked yet */
  char *title;        /* "" where it has none */
  JsonNode *json;     /* (nullable) */
  gboolean whole;     /* all of it came; set by who read it */
} PtlPage;

typedef struct
{
  char *name;
  char *value;
} PtlHeader;

#define PTL_PAGE_MAX_BODY (256 * 1024)

/* NULL where the bytes are no HTTP answer. */
PtlPage *ptl_page_parse (const void *data, gsize length);
void ptl_page_free (PtlPage *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlPage, ptl_page_free)

/* Whether the answer is all there, so that waiting for its end can end. */
gboolean ptl_page_is_whole (const void *data, gsize length);

/* The body in lower case (ASCII): as many bytes, and a nul after them. It is made when it is first
 * asked for: of most pages nobody does. */
const char *ptl_page_get_lower (const PtlPage *self);
/* The first header of that name, or NULL. */
const char *ptl_page_get_header (const PtlPage *self, const char *name);
/* Whether any word of the page says that it wants a login: a password field, a redirect to a login.
 */
gboolean ptl_page_asks_login (const PtlPage *self);
/* Whether it is a plain page that shows what it has: no script, no form, no word of a login. */
gboolean ptl_page_is_plain (const PtlPage *self);
/* Whether it shows everybody what is there, as far as can be read: a plain page, a list of files, a
 * page with text enough that has scripts besides. An application may still ask for a login
 * elsewhere.
 */
gboolean ptl_page_shows_all (const PtlPage *self);
/* The path (with its query) that this page of @path does nothing but send to: by Location, by a
 * refresh, or by a short script; only where that is on this same @port, and in TLS or not as now.
 * NULL where it does not. */
char *ptl_page_dup_next (const PtlPage *self, const char *path, guint16 port, gboolean in_tls);
/* The path that a page of @path means by @to, or NULL where that is not on this same port. */
char *ptl_page_resolve (const char *to, const char *path, guint16 port, gboolean in_tls);

/* A page that is made by its scripts: the paths of those (element-type utf8) (transfer full), at
 * most four. NULL where the page itself has a word of a login, or a script comes from elsewhere. */
GPtrArray *
ptl_page_list_scripts (const PtlPage *self, const char *path, guint16 port, gboolean in_tls);
/* Whether a script is all there, and has no word of a login, and loads no further one. */
gboolean ptl_page_is_script_without_login (const PtlPage *self);
/* What a script asks its server that only tells who or what is there: paths of words like "me" or
 * "settings" (element-type utf8) (transfer full), at most four. */
GPtrArray *ptl_page_list_asks (const PtlPage *self);
/* An answer to plain HTTP that says TLS is wanted at this @port: by its words, or by sending there.
 */
gboolean ptl_page_wants_tls (const PtlPage *self, guint16 port);

/* Whether the page is like @place. @found: (out) (optional): the first group of the first pattern
 * that has one, safe, or NULL. */
gboolean
ptl_place_match (const PtlPlace *place, const PtlPage *page, const PtlTlsFacts *tls, char **found);
/* The first application of @set that a certificate alone tells; NULL where none. */
const PtlApplication *ptl_place_find_by_certificate (PtlFingerprints *set, const PtlTlsFacts *tls);

G_END_DECLS

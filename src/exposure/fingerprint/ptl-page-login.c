/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-page.h"

#include <string.h>

/* Bytes of an answer that only refuses. */
#define MAX_REFUSAL 2000
/* Letters of a page that is not made by its scripts alone. */
#define MIN_SHOWN 200
#define MIN_FILE 1000
/* Of a tag no more is read. */
#define MAX_TAG 1000

static gboolean
body_has (const PtlPage *self, const char *const *words)
{
  const char *lower = ptl_page_get_lower (self);

  for (; *words != NULL; words++)
    if (g_strstr_len (lower, g_bytes_get_size (self->body), *words) != NULL)
      return TRUE;
  return FALSE;
}

static gboolean
text_has (const char *text, const char *const *words)
{
  g_autofree char *lower = text == NULL ? NULL : g_ascii_strdown (text, -1);

  for (; lower != NULL && *words != NULL; words++)
    if (strstr (lower, *words) != NULL)
      return TRUE;
  return FALSE;
}

static const char *
end_of (const PtlPage *self)
{
  return ptl_page_get_lower (self) + g_bytes_get_size (self->body);
}

/* TRUE where the page has @name="@value", however it is written. */
static gboolean
has_attribute (const PtlPage *self, const char *name, const char *value)
{
  const char *end = end_of (self), *at = ptl_page_get_lower (self);

  while ((at = g_strstr_len (at, end - at, name)) != NULL)
    {
      const char *p = at += strlen (name);

      while (p < end && g_ascii_isspace (*p))
        p++;
      if (p == end || *p++ != '=')
        continue;
      while (p < end && (g_ascii_isspace (*p) || *p == '"' || *p == '\''))
        p++;
      if ((gsize) (end - p) >= strlen (value) && strncmp (p, value, strlen (value)) == 0)
        return TRUE;
    }
  return FALSE;
}

static gboolean
has_password_field (const PtlPage *self)
{
  return has_attribute (self, "type", "password") || has_attribute (self, "name", "password")
         || has_attribute (self, "id", "password")
         || has_attribute (self, "autocomplete", "current-password")
         || has_attribute (self, "http-equiv", "wwwauth");
}

/* A short answer for programs that says who may not come in. */
static gboolean
refuses_strangers (const PtlPage *self)
{
  static const char *const words[] = { "unauthorized",
                                       "unauthorised",
                                       "unauthenticated",
                                       "not authenticated",
                                       "authentication",
                                       "not authorized",
                                       "not logged in",
                                       "login required",
                                       "please log in",
                                       "please login",
                                       "access token",
                                       "missing token",
                                       "invalid token",
                                       "no token provided",
                                       "api key",
                                       "apikey",
                                       "authorization header",
                                       "credentials",
                                       "ssl certificate was sent",
                                       "client certificate",
                                       NULL };

  return (self->status >= 400 || self->json != NULL) && g_bytes_get_size (self->body) <= MAX_REFUSAL
         && body_has (self, words);
}

gboolean
ptl_page_asks_login (const PtlPage *self)
{
  static const char *const titles[]
      = { "log in", "login",     "sign in",  "signin",      "log on",       "logon",
          "anmeld", "connexion", "inloggen", "authenticat", "unauthorized", NULL };
  static const char *const paths[]
      = { "login", "signin", "sign_in", "sign-in", "logon",  "auth", "sso",
          "oauth", "saml",   "session", "account", "webui/", NULL };

  if (self->status == 401 || self->status == 407)
    return TRUE;
  if (self->status >= 300 && self->status < 400)
    return text_has (ptl_page_get_header (self, "Location"), paths);
  return has_password_field (self) || text_has (self->title, titles) || refuses_strangers (self);
}

static gboolean
has_type (const PtlPage *self, const char *start)
{
  const char *type = ptl_page_get_header (self, "Content-Type");

  return type != NULL && g_ascii_strncasecmp (type, start, strlen (start)) == 0;
}

/* Text, or a file that the server has no name of a kind for. */
static gboolean
is_file (const PtlPage *self)
{
  return ptl_page_get_header (self, "Content-Type") == NULL || has_type (self, "text/")
         || has_type (self, "application/octet-stream");
}

/* Words that a page may have for a login, in the languages that many devices speak. */
static const char *const login_words[]
    = { "log in",       "login",        "log on",       "logon",     "sign in",
        "signin",       "sign_in",      "sign-in",      "password",  "passwort",
        "kennwort",     "anmeld",       "einlogg",      "connexion", "se connecter",
        "mot de passe", "iniciar sesi", "contrase",     "acceder",   "accedi",
        "inloggen",     "wachtwoord",   "logga in",     "zaloguj",   "přihl",
        "войти",        "вход",         "登录",         "登入",      "ログイン",
        "로그인",       "authent",      "unauthorized", "denied",    "forbidden",
        "token",        "restricted",   "not allowed",  NULL };

/* What has failed shows neither what it would, nor whether it would ask for a login. */
static gboolean
tells_failure (const PtlPage *self)
{
  static const char *const words[] = { "fatal error",         "unexpected error",
                                       "error happened",      "error occurred",
                                       "uncaught ",           "stack trace",
                                       "traceback (most",     "missing configuration",
                                       "could not connect",   "<b>warning</b>:",
                                       "database connection", "under maintenance",
                                       "not configured yet",  NULL };

  return body_has (self, words);
}

gboolean
ptl_page_is_plain (const PtlPage *self)
{
  static const char *const doubts[]
      = { "<script", "<form", "<frame", "<iframe", "<input", "http-equiv", NULL };

  return !ptl_page_asks_login (self) && self->status == 200 && g_bytes_get_size (self->body) > 0
         && is_file (self) && !body_has (self, doubts) && !body_has (self, login_words)
         && !tells_failure (self);
}

/* A list of files that a server makes itself. Their names may be any words. */
static gboolean
is_listing (const PtlPage *self)
{
  static const char *const titles[]
      = { "index of /", "directory listing for /", "directory listing of /", NULL };
  /* Of those that are called after their folder alone. */
  static const char *const tables[]
      = { "href=\"./", "class=\"listing\"", "aria-describedby=\"summary\"", NULL };
  g_autofree char *lower = g_ascii_strdown (self->title, -1);

  for (const char *const *title = titles; *title != NULL; title++)
    if (g_str_has_prefix (lower, *title))
      return TRUE;
  return g_str_equal (lower, "/") && body_has (self, tables);
}

/* So many of the letters that a reader sees, without what scripts and styles are made of. */
static gsize
count_shown (const PtlPage *self)
{
  static const char *const hidden[] = { "script", "style", "noscript", "template" };
  const char *p = ptl_page_get_lower (self), *end = end_of (self);
  gsize shown = 0;

  while (p < end)
    {
      if (*p != '<')
        {
          shown += g_ascii_isalpha (*p) || (guchar) *p >= 0x80;
          p++;
          continue;
        }
      for (guint i = 0; i < G_N_ELEMENTS (hidden); i++)
        {
          g_autofree char *close = g_strconcat ("</", hidden[i], NULL);
          const char *stop;

          if ((gsize) (end - p) <= strlen (hidden[i])
              || strncmp (p + 1, hidden[i], strlen (hidden[i])) != 0)
            continue;
          stop = g_strstr_len (p, end - p, close);
          p = stop != NULL ? stop : end;
          break;
        }
      p = p < end ? memchr (p, '>', end - p) : end;
      p = p == NULL || p == end ? end : p + 1;
    }
  return shown;
}

/* Whether a field asks who somebody is. */
static gboolean
asks_who (const PtlPage *self)
{
  static const char *const words[] = { "user", "mail",   "pass", "account",    "pin", "code",
                                       "otp",  "secret", "key",  "name=\"u\"", NULL };
  const char *end = end_of (self), *at = ptl_page_get_lower (self);

  while ((at = g_strstr_len (at, end - at, "<input")) != NULL)
    {
      gsize most = MIN (end - at, MAX_TAG);
      const char *stop = memchr (at, '>', most);
      g_autofree char *tag = g_strndup (at, stop ? (gsize) (stop - at) : most);

      for (const char *const *word = words; *word != NULL; word++)
        if (strstr (tag, *word) != NULL)
          return TRUE;
      at += strlen ("<input");
    }
  return FALSE;
}

static gboolean
reads_as_page (const PtlPage *self)
{
  static const char *const frames[] = { "<frame", "<iframe", NULL };

  /* What is posted may be the answer to who goes there, in whatever language. */
  return !body_has (self, frames) && !body_has (self, login_words) && !asks_who (self)
         && !tells_failure (self) && !has_attribute (self, "method", "post")
         && !has_attribute (self, "http-equiv", "refresh") && count_shown (self) >= MIN_SHOWN;
}

gboolean
ptl_page_shows_all (const PtlPage *self)
{
  if (ptl_page_is_plain (self))
    return TRUE;
  if (ptl_page_asks_login (self) || self->status != 200)
    return FALSE;
  if (is_listing (self))
    return TRUE;
  /* Of measurements and the like, whatever words they have. */
  if (has_type (self, "text/plain"))
    return g_bytes_get_size (self->body) >= MIN_FILE;
  return has_type (self, "text/html") && reads_as_page (self);
}

gboolean
ptl_page_wants_tls (const PtlPage *self, guint16 port)
{
  static const char *const words[] = { "sent to https port",
                                       "speaking plain http to an ssl",
                                       "sent to an https",
                                       "http request to an https server",
                                       "plain http request",
                                       "requires tls",
                                       "use the https scheme",
                                       "instead use the https",
                                       "client sent an http request to",
                                       "only https",
                                       NULL };

  const char *location = ptl_page_get_header (self, "Location");
  g_autofree char *place = g_strdup_printf (":%u", port);

  if (self->status >= 300 && self->status < 400 && location != NULL
      && g_ascii_strncasecmp (location, "https://", 8) == 0)
    {
      const char *end = strchr (location + 8, '/');
      gsize length = end == NULL ? strlen (location) : (gsize) (end - location);

      return length > strlen (place)
             && strncmp (location + length - strlen (place), place, strlen (place)) == 0;
    }
  return self->status >= 400 && body_has (self, words);
}

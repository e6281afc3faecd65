/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-validate.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "ptl-text.h"

#define SHOWN_CHARS 60
#define RELAY_HOST_MAX_LENGTH 253
#define RELAY_USER_MAX_LENGTH 64

static gboolean
is_blank (const char *text)
{
  for (; text != NULL && *text != '\0'; text = g_utf8_next_char (text))
    if (!g_unichar_isspace (g_utf8_get_char (text)))
      return FALSE;
  return TRUE;
}

gboolean
ptl_validate_text (const char *what,
                   const char *text,
                   gsize max_chars,
                   gboolean required,
                   GError **error)
{
  if (text != NULL && !g_utf8_validate (text, -1, NULL))
    /* Translators: %s is what is wrong, like “The owner” */
    ptl_error_set (error, PTL_ERROR_INVALID, NULL, _ ("%s is not valid text (UTF-8)."), what);
  else if (is_blank (text) && required)
    /* Translators: %s is what is missing, like “The owner” */
    ptl_error_set (error, PTL_ERROR_INVALID, NULL, _ ("%s is missing."), what);
  else if (text != NULL && g_utf8_strlen (text, -1) > (glong) max_chars)
    ptl_error_set (error, PTL_ERROR_INVALID, _ ("Make it shorter."),
                   /* Translators: %s is what is wrong, like “The owner”; %u is a number */
                   _ ("%s is too long: at most %u characters are allowed."), what,
                   (guint) max_chars);
  else if (text != NULL && !ptl_text_is_safe (text, max_chars))
    ptl_error_set (error, PTL_ERROR_INVALID, _ ("Type it anew, without line breaks."),
                   /* Translators: %s is what is wrong, like “The owner” */
                   _ ("%s has characters that cannot be shown."), what);
  else
    return TRUE;
  return FALSE;
}

/* What ssh takes as one word and never as an option. */
static gboolean
is_plain_word (const char *text, gsize max_length)
{
  gsize length = strlen (text);

  if (length > max_length || (!g_ascii_isalnum (text[0]) && text[0] != ':'))
    return FALSE;
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isalnum (text[i]) && strchr ("._:-", text[i]) == NULL)
      return FALSE;
  return TRUE;
}

gboolean
ptl_validate_relay_host (const char *host, GError **error)
{
  g_autofree char *shown = ptl_text_make_safe (host, -1, SHOWN_CHARS);

  if (host == NULL || *host == '\0')
    ptl_error_set (error, PTL_ERROR_INVALID, NULL, _ ("The relay's address is missing."));
  else if (*host == '[')
    ptl_error_set (error, PTL_ERROR_INVALID,
                   _ ("Write the address without brackets; the port goes into its own field."),
                   /* Translators: %s is what was given */
                   _ ("“%s” cannot be used as the relay's address."), shown);
  else if (!is_plain_word (host, RELAY_HOST_MAX_LENGTH))
    ptl_error_set (error, PTL_ERROR_INVALID,
                   _ ("Give a name like vps.example.org or an address; it begins with a letter or "
                      "digit."),
                   /* Translators: %s is what was given */
                   _ ("“%s” cannot be used as the relay's address."), shown);
  else
    return TRUE;
  return FALSE;
}

gboolean
ptl_validate_relay_user (const char *user, GError **error)
{
  g_autofree char *shown = ptl_text_make_safe (user, -1, SHOWN_CHARS);

  if (user == NULL || *user == '\0')
    ptl_error_set (error, PTL_ERROR_INVALID, NULL, _ ("The user name on the relay is missing."));
  else if (!is_plain_word (user, RELAY_USER_MAX_LENGTH))
    ptl_error_set (error, PTL_ERROR_INVALID,
                   _ ("Use letters, digits, dots, hyphens and underscores; begin with a letter or "
                      "digit."),
                   /* Translators: %s is what was given */
                   _ ("“%s” cannot be used as a user name on the relay."), shown);
  else
    return TRUE;
  return FALSE;
}

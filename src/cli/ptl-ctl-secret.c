/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-ctl-secret.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <termios.h>
#include <unistd.h>

#include "core/ptl-dynamic-name.h"
#include "core/ptl-error.h"

#define INTERRUPT '\003'

void
ptl_ctl_secret_free (char *secret)
{
  if (secret == NULL)
    return;
  explicit_bzero (secret, strlen (secret));
  g_free (secret);
}

/* One line, byte by byte: what stands behind it is left alone. FALSE: too long, or not to be read.
 */
static gboolean
read_line (char *line, gsize size)
{
  gsize length = 0;
  char c;

  for (;;)
    {
      ssize_t n = read (STDIN_FILENO, &c, 1);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0 || (n == 1 && (c == INTERRUPT || c == '\0')))
        return FALSE;
      if (n == 0 || c == '\n')
        break;
      if (length + 1 >= size)
        return FALSE;
      line[length++] = c;
    }
  if (length > 0 && line[length - 1] == '\r')
    length--;
  line[length] = '\0';
  return TRUE;
}

/* Ctrl-C is read as a byte meanwhile, so that no terminal is left without its echo. */
static gboolean
ask_line (const char *what, char *line, gsize size)
{
  struct termios before, quiet;
  gboolean known = tcgetattr (STDIN_FILENO, &before) == 0;
  gboolean done;

  if (known)
    {
      quiet = before;
      quiet.c_lflag &= ~(tcflag_t) (ECHO | ISIG);
      tcsetattr (STDIN_FILENO, TCSADRAIN, &quiet);
    }
  /* Only now: what is typed as soon as it is seen must not be shown. */
  fprintf (stderr, "%s: ", what);
  fflush (stderr);
  done = read_line (line, size);
  if (known)
    tcsetattr (STDIN_FILENO, TCSADRAIN, &before);
  fputc ('\n', stderr);
  return done;
}

char *
ptl_ctl_secret_read (PtlCtl *self, const char *what, GError **error)
{
  char line[PTL_DYNAMIC_NAME_SECRET_MAX_BYTES + 2] = { 0 };
  gboolean done;
  char *secret = NULL;

  if (!self->at_terminal && !ptl_ctl_has (self, "secret-stdin"))
    {
      ptl_error_set (error, PTL_ERROR_INVALID,
                     _ ("Add --secret-stdin and give it on standard input."), "%s",
                     _ ("The password or token is missing."));
      return NULL;
    }
  done = self->at_terminal ? ask_line (what, line, sizeof line) : read_line (line, sizeof line);
  if (!done)
    ptl_error_set (error, PTL_ERROR_INVALID, _ ("Give it as one line."), "%s",
                   _ ("The password or token could not be read, or is too long."));
  else if (*line == '\0')
    ptl_error_set (error, PTL_ERROR_INVALID, _ ("Give it as one line."), "%s",
                   _ ("The password or token is missing."));
  else if (!g_utf8_validate (line, -1, NULL))
    ptl_error_set (error, PTL_ERROR_INVALID, _ ("Copy it anew."), "%s",
                   _ ("The password or token is not valid text (UTF-8)."));
  else
    secret = g_strdup (line);
  explicit_bzero (line, sizeof line);
  return secret;
}

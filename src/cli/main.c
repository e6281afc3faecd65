/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <fcntl.h>
#include <glib/gi18n.h>
#include <locale.h>
#include <unistd.h>

#include "ptl-ctl.h"

/* A standard stream that was closed would be given to the next socket, and answers would go to the
 * bus. Read-only, so that writing to it fails as it should. */
static void
hold_standard_streams (void)
{
  for (int fd = 0; fd <= 2; fd++)
    if (fcntl (fd, F_GETFD) < 0)
      {
        int opened = open ("/dev/null", O_RDONLY);

        if (opened >= 0 && opened != fd)
          close (opened);
      }
}

int
main (int argc, char **argv)
{
  hold_standard_streams ();
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  return ptl_ctl_main (argc, argv);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-ctl.h"

G_BEGIN_DECLS

/* A password or token: never from the command line, which every program can read. From standard
 * input with
 * --secret-stdin (its first line); asked for without an echo where that is a terminal. (transfer
 * full): to be freed by ptl_ctl_secret_free(). @what: "Token". PTL_ERROR_INVALID where there is
 * none. */
char *ptl_ctl_secret_read (PtlCtl *self, const char *what, GError **error);
void ptl_ctl_secret_free (char *secret);

#define PTL_CTL_SECRET_OPTION                                                                      \
  {                                                                                                \
    "secret-stdin", PTL_CTL_FLAG, NULL, N_ ("Read password or token from standard input")          \
  }

G_END_DECLS

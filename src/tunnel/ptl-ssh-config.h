/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ptl-endpoint.h"
#include "ptl-relay.h"

G_BEGIN_DECLS

/* Whether a path can stand in an ssh_config(5) value and mean itself: no control characters, quotes
 * or backslashes, and no "${", for which ssh has no escape. PTL_ERROR_INVALID. */
gboolean ptl_ssh_config_check_value (const char *value, GError **error);
/* The value in quotes, with ssh's "%" tokens escaped. */
char *ptl_ssh_config_quote (const char *value, GError **error);

/* The text of the file for `ssh -F`: everything a person's own configuration could change is
 * settled in it.
 * @known_hosts: absolute path. */
char *ptl_ssh_config_to_text (const PtlRelay *relay, const char *known_hosts, GError **error);
/* One "bind:port:host:port" per port of the range, each with its -R or -L, and what comes before
 * and after it.
 * @program: path of ssh. */
char **ptl_ssh_config_to_argv (const char *program,
                               const char *config_file,
                               const PtlRelay *relay,
                               gboolean remote,
                               const PtlEndpoint *listen,
                               const PtlEndpoint *target,
                               GError **error);
/* The caller's environment without what makes ssh ask, or speak another language. */
char **ptl_ssh_config_dup_environment (void);

G_END_DECLS

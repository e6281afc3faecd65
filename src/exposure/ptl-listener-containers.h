/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-listeners.h"

G_BEGIN_DECLS

/* Puts the name of the container in the place of the id that a control group told, and names the one that publishes a
 * port which a program of the engine holds. The engines are asked only where something of @listeners may be theirs.
 * @sockets: as of ptl_containers_list(). Gives sentences (translated) about engines that do not tell, NULL where none
 * was asked. (transfer full) */
char **ptl_listener_containers_find (GPtrArray *listeners, const char *const *sockets);

/* The same from what the engines answered (of PtlContainer): pure. */
void ptl_listener_containers_join (GPtrArray *listeners, GPtrArray *containers);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "igd-control.h"

G_BEGIN_DECLS

/* What the router's table shows, in whichever way it can be made to show it. */

/* RemoteHost's wildcard is the empty text (WANIPConnection:1, section 2.2.15); some routers know
 * "0.0.0.0" alone. @request is not to be freed as one then. */
void igd_request_spell_wildcard (PtlIgdRequest *request);

/* As igd_control_look(), and by the whole list where the router does not know the shorter way.
 * @code: of an unknown one: positive where the router says, as UPnP has it, that it cannot show it;
 * else what it says cannot be understood. */
IgdLook
igd_look_thoroughly (const PtlIgdRequest *request, guint16 port, IgdEntry *entry, int *code);
/* And under the other spelling of the wildcard: then @request has that. */
IgdLook igd_look_either_way (PtlIgdRequest *request, guint16 port, IgdEntry *entry, int *code);
void igd_look_note_holder (PtlIgdAnswer *answer, const IgdEntry *entry);
/* Seconds; 0 = permanent, or not told. */
gint64 igd_look_get_lease (const IgdEntry *entry);
/* A shorter lease than asked for is obeyed; 0 and a longer one are what some routers report
 * whatever they do. */
gint64 igd_look_lease_granted (gint64 asked, const IgdEntry *entry);
gboolean igd_look_is_enabled (const IgdEntry *entry);
/* How many entries the router shows; 0 where it shows none, or cannot. */
guint igd_look_count (const PtlIgdRequest *request);

G_END_DECLS

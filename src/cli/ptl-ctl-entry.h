/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-ctl.h"

G_BEGIN_DECLS

/* Entries in the router, as a person names them: "25565", "25565/tcp" or "tcp/25565", with a third part where one is for
 * one address only. */

/* Whether @text can be one. */
gboolean ptl_ctl_entry_check (const char *text, GError **error);
/* The id on the bus; without a protocol it is TCP. */
char *ptl_ctl_entry_dup_id (const char *text);
/* ListEntries of the router that --router names: the answer's array. */
GVariant *ptl_ctl_entry_list (PtlCtl *self, GError **error);
/* The one that @text names: a{sv}. NOT_FOUND, AMBIGUOUS where only the protocol tells two apart. */
GVariant *ptl_ctl_entry_find (PtlCtl *self, const char *text, GError **error);
/* "port 25565 (tcp) → 192.168.77.20:22 “ssh”" */
char *ptl_ctl_entry_describe (GVariant *entry);
/* Whose it is, in a few words: this computer, a name, a maker; "" = not known. */
char *ptl_ctl_entry_describe_host (GVariant *entry);
/* Why it should be looked at, or that it is ignored; "" = nothing to say. */
const char *ptl_ctl_entry_get_note (GVariant *entry);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-ctl.h"

G_BEGIN_DECLS

extern const PtlCtlVerb ptl_ctl_verb_open_mapping;
extern const PtlCtlVerb ptl_ctl_verb_open_forward;
extern const PtlCtlVerb ptl_ctl_verb_open_tunnel;
extern const PtlCtlVerb ptl_ctl_verb_open_game;
extern const PtlCtlVerb ptl_ctl_verb_list;
extern const PtlCtlVerb ptl_ctl_verb_show;
extern const PtlCtlVerb ptl_ctl_verb_extend;
extern const PtlCtlVerb ptl_ctl_verb_edit;
extern const PtlCtlVerb ptl_ctl_verb_kick;
extern const PtlCtlVerb ptl_ctl_verb_block;
extern const PtlCtlVerb ptl_ctl_verb_unblock;
extern const PtlCtlVerb ptl_ctl_verb_close;
extern const PtlCtlVerb ptl_ctl_verb_routers;
extern const PtlCtlVerb ptl_ctl_verb_routers_add;    /* verb-routers-add.c */
extern const PtlCtlVerb ptl_ctl_verb_routers_remove; /* verb-routers-add.c */
extern const PtlCtlVerb ptl_ctl_verb_names;
extern const PtlCtlVerb ptl_ctl_verb_names_add;
extern const PtlCtlVerb ptl_ctl_verb_names_edit;
extern const PtlCtlVerb ptl_ctl_verb_names_remove;
extern const PtlCtlVerb ptl_ctl_verb_names_update;
extern const PtlCtlVerb ptl_ctl_verb_entries;
extern const PtlCtlVerb ptl_ctl_verb_entries_adopt;
extern const PtlCtlVerb ptl_ctl_verb_entries_remove;
extern const PtlCtlVerb ptl_ctl_verb_entries_restore;
extern const PtlCtlVerb ptl_ctl_verb_entries_ignore;
extern const PtlCtlVerb ptl_ctl_verb_entries_unignore;
extern const PtlCtlVerb ptl_ctl_verb_listeners;
extern const PtlCtlVerb ptl_ctl_verb_check_network;
extern const PtlCtlVerb ptl_ctl_verb_check_exposure;
extern const PtlCtlVerb ptl_ctl_verb_log;
extern const PtlCtlVerb ptl_ctl_verb_monitor;
extern const PtlCtlVerb ptl_ctl_verb_metrics;
extern const PtlCtlVerb ptl_ctl_verb_status;

/* @id is an id or the beginning of one. */
gboolean ptl_ctl_check_id (const char *id, GError **error);
/* Every argument is an id or the beginning of one. */
gboolean ptl_ctl_check_ids (PtlCtl *self, GError **error);

G_END_DECLS

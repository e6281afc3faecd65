/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "core/ptl-report.h"
#include "ptl-ctl.h"

G_BEGIN_DECLS

/* ptl-ctl-exposure.c: for people, or as JSON. */
/* @all: with what is for information alone, and what is accepted. */
void ptl_ctl_print_report (PtlCtl *self, const PtlReport *report, gboolean all);
/* @difference: its findings have news. */
void ptl_ctl_print_difference (PtlCtl *self, const PtlReport *difference);
/* Heads. (element-type PtlReport) */
void ptl_ctl_print_reports (PtlCtl *self, GPtrArray *reports);

/* ptl-ctl-exposure-ask.c: what the worker is asked. */
/* Runs a check as the options say, and shows on a terminal how far it is. The report's id (transfer full). */
char *ptl_ctl_exposure_check (PtlCtl *self, GError **error);
/* @id: "" = the last one. (transfer full) */
PtlReport *ptl_ctl_exposure_get_report (PtlCtl *self, const char *id, GError **error);
/* What is other than in the report before. (transfer full) */
PtlReport *ptl_ctl_exposure_compare (PtlCtl *self, GError **error);
gboolean ptl_ctl_exposure_history (PtlCtl *self, GError **error);
/* --accept or --unaccept. */
gboolean ptl_ctl_exposure_accept (PtlCtl *self, GError **error);
/* Whether the options say something to be remembered, and whether besides that they want a check. */
gboolean ptl_ctl_exposure_says_settings (PtlCtl *self);
gboolean ptl_ctl_exposure_says_check (PtlCtl *self);
gboolean ptl_ctl_exposure_set (PtlCtl *self, GError **error);
/* When it is checked by itself, and who may be asked. */
gboolean ptl_ctl_exposure_print_settings (PtlCtl *self, GError **error);

/* ptl-ctl-exposure-consent.c: who else may be asked. */
gboolean ptl_ctl_exposure_check_records (PtlCtl *self, GError **error);
gboolean ptl_ctl_exposure_says_records (PtlCtl *self);
void ptl_ctl_exposure_add_records (PtlCtl *self, GVariantDict *settings);
/* --key and --forget-key. */
gboolean ptl_ctl_exposure_set_keys (PtlCtl *self, GError **error);
/* @state: the property ExposureCheck. */
void ptl_ctl_exposure_print_records (PtlCtl *self, GVariant *state);
void ptl_ctl_exposure_records_to_json (GVariant *state, JsonBuilder *builder);

G_END_DECLS

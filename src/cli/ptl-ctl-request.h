/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-ctl.h"

G_BEGIN_DECLS

/* What every `open` takes. */
#define PTL_CTL_OPEN_OPTIONS                                                                        \
  { "owner", PTL_CTL_VALUE, "NAME", N_("Who answers for it (in a terminal: your login name)") },    \
  { "purpose", PTL_CTL_VALUE, "TEXT", N_("What it is for") },                                       \
  { "for", PTL_CTL_VALUE, "TIME", N_("How long: 45m, 2h30m, 1d") },                                 \
  { "until", PTL_CTL_VALUE, "TIME", N_("Until when: 2026-12-24T18:00, local time") },               \
  { "permanent", PTL_CTL_FLAG, NULL, N_("No end; needs --review") },                                \
  { "review", PTL_CTL_VALUE, "TIME", N_("When to look at it again: 30d, or a date and time") },     \
  { "name", PTL_CTL_VALUE, "TEXT", N_("What to call it") },                                         \
  { "override", PTL_CTL_VALUE, "REASON", N_("Open it though policy advises against it, and why") },  \
  { "firewall", PTL_CTL_VALUE, "auto|leave",                                                        \
    N_("Open this computer's firewall for it while it is open, or leave that as it is; otherwise auto") }

#define PTL_CTL_FAMILY_OPTION                                                                       \
  { "family", PTL_CTL_VALUE, "FAMILY",                                                              \
    N_("ipv4, ipv6 or both; otherwise IPv4, and IPv6 besides where that can be") }

/* self->rule and self->request (floating until ptl_ctl_request_finish()) are begun with what all kinds share. */
GVariantDict *ptl_ctl_request_new (PtlCtl *self, PtlKind kind, GError **error);
void ptl_ctl_request_set (GVariantDict *request, const char *key, const char *text);
/* --protocol; tcp where it was not given. */
gboolean ptl_ctl_request_protocol (PtlCtl *self, PtlProtocol *protocol, GError **error);
/* --allow and --deny, any number of times. Where only one of the two kinds is said, the other stays as @rule
 * has it. */
gboolean ptl_ctl_request_audience (PtlCtl *self, GVariantDict *request, PtlRule *rule, GError **error);
gboolean ptl_ctl_says_audience (PtlCtl *self);
/* --guarded or --direct. */
gboolean ptl_ctl_request_way (PtlCtl *self, GVariantDict *request, PtlRule *rule, GError **error);
/* --family. */
gboolean ptl_ctl_request_family (PtlCtl *self, GVariantDict *request, PtlRule *rule, GError **error);
/* --firewall. */
gboolean ptl_ctl_request_firewall (PtlCtl *self, GVariantDict *request, PtlRule *rule, GError **error);
/* Settles and validates the rule, and keeps both. */
gboolean ptl_ctl_request_finish (PtlCtl *self, GVariantDict *request, PtlRule *rule, GError **error);

/* The end that the options name: exactly one of @expires (of --until), @duration (of --for) and @review is set. @required: one must be
 * given. */
gboolean ptl_ctl_parse_times (PtlCtl *self, gboolean required, gint64 *expires, gint64 *duration, gint64 *review, GError **error);
/* The option's endpoint; NULL with no error where it was not given. */
PtlEndpoint *ptl_ctl_parse_endpoint (PtlCtl *self, const char *option, PtlProtocol protocol, GError **error);
/* "8080", "8000-8010", and where @any "any" or 0. */
gboolean ptl_ctl_parse_ports (PtlCtl *self, const char *option, gboolean any, guint16 *first, guint16 *last, GError **error);
/* Puts the option's name before what went wrong. */
gboolean ptl_ctl_prefix_error (GError **error, const char *option);

G_END_DECLS

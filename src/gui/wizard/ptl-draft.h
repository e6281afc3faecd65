/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ptl-rule.h"
#include "ptl-term.h"

G_BEGIN_DECLS

/**
 * PtlDraft:
 *
 * What a person has said of one rule so far. Plain data; texts may be NULL for what was not said, and then
 * the worker fills it in.
 */
typedef struct
{
  PtlKind kind;
  PtlWay way;
  PtlProtocol protocol;
  char *name;
  char *public_endpoint;
  char *target;
  char *backend;
  char *owner;
  char *purpose;
  char *preset;
  char *override;
  char **audience;     /* NULL or empty = anyone */
  PtlOptions *options; /* NULL = as usual */
  PtlFirewallWish firewall;
  PtlTerm term;
} PtlDraft;

PtlDraft *ptl_draft_new (PtlKind kind);
PtlDraft *ptl_draft_copy (const PtlDraft *self);
void ptl_draft_free (PtlDraft *self);
/* The request of OpenRule and CheckRule. Floating a{sv}. */
GVariant *ptl_draft_to_request (const PtlDraft *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlDraft, ptl_draft_free)

G_END_DECLS

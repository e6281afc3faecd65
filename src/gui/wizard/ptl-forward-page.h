/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ptl-endpoint.h"
#include "ptl-draft.h"
#include "ptl-wizard-page.h"

G_BEGIN_DECLS

/* From where to where a forward leads. */
#define PTL_TYPE_FORWARD_PAGE (ptl_forward_page_get_type ())
G_DECLARE_FINAL_TYPE (PtlForwardPage, ptl_forward_page, PTL, FORWARD_PAGE, PtlWizardPage)

PtlForwardPage *ptl_forward_page_new (void);
/* What is filled in at first: a program of this computer. @name: nullable. */
void ptl_forward_page_propose (PtlForwardPage *self, PtlProtocol protocol, guint16 port, const char *name);
/* After the page was found right. */
gboolean ptl_forward_page_is_private (PtlForwardPage *self); /* only this computer can reach it */
PtlProtocol ptl_forward_page_get_protocol (PtlForwardPage *self);
PtlEndpoint *ptl_forward_page_dup_target (PtlForwardPage *self);
char *ptl_forward_page_dup_name (PtlForwardPage *self); /* "" = the worker makes one */
void ptl_forward_page_fill (PtlForwardPage *self, PtlDraft *draft);

G_END_DECLS

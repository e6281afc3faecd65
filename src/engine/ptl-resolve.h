/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-engine-config.h"
#include "ptl-mailbox.h"

G_BEGIN_DECLS

/* What a look-up of a target's name came to. */
typedef struct
{
  PtlMailbox *mailbox;
  PtlEngineFunc func;
  guint64 serial;          /* of the site that asked */
  PtlEngineConfig *config; /* for which it asked */
  PtlAddresses *addresses; /* NULL = not found */
} PtlResolution;

/* Threads in which getaddrinfo() may take its time. Nobody waits for them at the end. */
GThreadPool *ptl_resolver_new (void);
void ptl_resolver_free (GThreadPool *self);
/* @func is run with a PtlResolution by the owner of @mailbox and frees it. */
void ptl_resolver_ask (GThreadPool *self,
                       PtlMailbox *mailbox,
                       PtlEngineConfig *config,
                       guint64 serial,
                       PtlEngineFunc func);
void ptl_resolution_free (PtlResolution *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlResolution, ptl_resolution_free)

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-ctl.h"

G_BEGIN_DECLS

/* What --relay said: a name, or a server that need not be known yet. */
typedef struct
{
  char *name;     /* as typed */
  char *user;     /* NULL where it is a name only */
  char *host;
  guint16 port;
  char *key_file; /* absolute, or "" */
} PtlCtlRelay;

/* From --relay and --key. PTL_ERROR_INVALID. */
PtlCtlRelay *ptl_ctl_relay_parse (PtlCtl *self, GError **error);
void ptl_ctl_relay_free (PtlCtlRelay *relay);
/* The id of the relay, which is added where it is a server that is not known. */
char *ptl_ctl_relay_find_or_add (PtlCtl *self, const PtlCtlRelay *relay, GError **error);
/* After an open failed for a new host key: asks the person, or compares with --trust-host-key. TRUE: it is trusted now. */
gboolean ptl_ctl_relay_trust (PtlCtl *self, const char *id, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlCtlRelay, ptl_ctl_relay_free)

G_END_DECLS

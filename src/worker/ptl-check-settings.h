/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "worker/ptl-store.h"

G_BEGIN_DECLS

/* Who on the internet a check of the network may ask, and whether it may: kept in the store. Without consent nobody is. */
typedef struct
{
  char *consent; /* "granted", "refused", "" = not asked yet */
  char **stun_servers;
  char **http_servers;
} PtlCheckSettings;

/* What the store says; where it says nothing, the servers that are usual. */
PtlCheckSettings *ptl_check_settings_load (PtlStore *store);
void ptl_check_settings_free (PtlCheckSettings *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlCheckSettings, ptl_check_settings_free)

gboolean ptl_check_settings_is_granted (const PtlCheckSettings *self);
/* @changes: Consent s, StunServers as, HttpServers as; those named change. They are validated, kept and logged (event
 * "check-settings"), or nothing is changed. INVALID, STORE_*. */
PtlCheckSettings *ptl_check_settings_apply (const PtlCheckSettings *self,
                                            PtlStore *store,
                                            GVariant *changes,
                                            const char *who,
                                            GError **error);
/* The same keys into @dict. */
void ptl_check_settings_fill (const PtlCheckSettings *self, GVariantDict *dict);

G_END_DECLS

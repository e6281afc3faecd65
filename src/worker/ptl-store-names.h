/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ptl-dynamic-name.h"
#include "worker/ptl-store.h"

G_BEGIN_DECLS

/* The dynamic names in the store. Within a transaction: */
gboolean ptl_store_put_name (PtlStore *self, const PtlDynamicName *name, GError **error);
gboolean ptl_store_delete_name (PtlStore *self, const char *id, GError **error);

/* Any time: of PtlDynamicName, by host name. */
GPtrArray *ptl_store_list_names (PtlStore *self, GError **error);

G_END_DECLS

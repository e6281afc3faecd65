/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-firewalld.h"

G_BEGIN_DECLS

/* Inside of PtlFirewalld, for its own files alone. */

#define PTL_FIREWALLD_NAME "org.fedoraproject.FirewallD1"
#define PTL_FIREWALLD_PATH "/org/fedoraproject/FirewallD1"
#define PTL_FIREWALLD_INTERFACE PTL_FIREWALLD_NAME
#define PTL_FIREWALLD_ZONE_INTERFACE PTL_FIREWALLD_NAME ".zone"

struct _PtlFirewalld
{
  GObject parent;

  GDBusConnection *bus; /* NULL until it is connected to, or where there is none */
  GCancellable *cancellable;
  guint subscriptions[3];
  guint watch_id;
  char *instance;
  gboolean told; /* that there is no system bus */
};

/* A job of several calls, one after the other: has @begin called once there is a bus, or fails @task (transfer full). */
typedef void (*PtlFirewalldBegin) (GTask *task);
void ptl_firewalld_begin (PtlFirewalld *self, GTask *task, PtlFirewalldBegin begin);
/* Calls firewalld; @callback gets @task as its data. */
void ptl_firewalld_call (GTask *task, const char *interface, const char *method, GVariant *arguments, int timeout_ms, GAsyncReadyCallback callback);
/* Returns @error, in our words, from @task (transfer full). */
void ptl_firewalld_fail (GTask *task, const GError *error);

G_END_DECLS

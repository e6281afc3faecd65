/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * PtlObjects:
 *
 * The objects on the bus that have properties alone: a rule, a router, a relay or a name each, of one interface, under
 * one ObjectManager (D-Bus Specification, "Standard Interfaces"). There may be thousands: of each the properties are kept
 * as one block of bytes, as they were told, and what is put again is told as far as it differs.
 */
#define PTL_TYPE_OBJECTS (ptl_objects_get_type ())
G_DECLARE_FINAL_TYPE (PtlObjects, ptl_objects, PTL, OBJECTS, GObject)

/* The ObjectManager is at @path, beside what else is there. */
PtlObjects *ptl_objects_new (GDBusConnection *connection, const char *path, GError **error);
/* From now on changes are told. Until then nobody can have asked for anything: whoever asks afterwards gets all. */
void ptl_objects_start (PtlObjects *self);

gboolean ptl_objects_has (PtlObjects *self, const char *path);
/* (transfer none) (nullable): a property of type s as it was put last, until the next; NULL where there is no such object. */
const char *ptl_objects_get_text (PtlObjects *self, const char *path, const char *property);
/* (transfer full) (element-type utf8): of those that have @interface. */
GPtrArray *ptl_objects_dup_paths (PtlObjects *self, const GDBusInterfaceInfo *interface);
/* @properties: a{sv} with every property of @interface; a floating one is taken. What changed is told before this returns. */
void ptl_objects_put (PtlObjects *self, const char *path, GDBusInterfaceInfo *interface, GVariant *properties);
void ptl_objects_remove (PtlObjects *self, const char *path);
/* Takes everything off the bus and tells nobody: we end. */
void ptl_objects_end (PtlObjects *self);

G_END_DECLS

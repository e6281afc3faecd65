/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/* One property of a bus object that an item shows under a GObject name. @type: "s", "as", "u" or "b". */
typedef struct
{
  const char *key;  /* "ExternalAddress" */
  const char *name; /* "external-address" */
  const char *type;
} PtlItemProp;

/* Installs @props as GObject properties 1 to @n of @klass, and keeps their specs in @specs (n + 1 of them). */
void ptl_item_props_install (GObjectClass *klass, const PtlItemProp *props, guint n, GParamSpec **specs);
/* @values: n of them, NULL until known. What differs is notified on @object. TRUE if anything did. */
gboolean ptl_item_props_apply (GObject *object, const PtlItemProp *props, guint n, GParamSpec **specs, GVariant **values, GVariant *changed);
void ptl_item_props_get (const PtlItemProp *prop, GVariant *value, GValue *out);
/* The text under @key; "" where there is none. */
const char *ptl_item_props_get_text (const PtlItemProp *props, guint n, GVariant **values, const char *key);

G_END_DECLS

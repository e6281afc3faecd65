/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define PTL_N_PORTS 65536

/* A set of ports, one bit each; {0} = none. Port 0 is never in it. */
typedef struct
{
  guint64 bits[PTL_N_PORTS / 64];
} PtlPortSet;

static inline gboolean
ptl_port_set_has (const PtlPortSet *self, guint16 port)
{
  return (self->bits[port / 64] >> (port % 64)) & 1;
}

static inline void
ptl_port_set_add (PtlPortSet *self, guint16 port)
{
  self->bits[port / 64] |= G_GUINT64_CONSTANT (1) << (port % 64);
}

guint ptl_port_set_count (const PtlPortSet *self);

/* Ports and ranges as a person types them, with commas between them: "22,80, 8000-8100". Blanks
 * around a port or a range are let pass, and a port that is named twice is in it once; everything
 * else (nothing at all, an empty place, port 0, a port above 65535, a range that runs backwards,
 * any other sign) is PTL_ERROR_INVALID with one sentence on which part is wrong. */
gboolean ptl_port_set_parse (const char *text, PtlPortSet *ports, GError **error);
/* The shortest such text, "" for an empty set: "22,80,8000-8100". */
char *ptl_port_set_to_string (const PtlPortSet *self);

G_END_DECLS

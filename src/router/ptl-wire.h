/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Big-endian numbers at any alignment. */

static inline void
ptl_wire_put16 (guint8 *at, guint16 value)
{
  at[0] = value >> 8;
  at[1] = value & 0xff;
}

static inline void
ptl_wire_put32 (guint8 *at, guint32 value)
{
  ptl_wire_put16 (at, value >> 16);
  ptl_wire_put16 (at + 2, value & 0xffff);
}

static inline guint16
ptl_wire_get16 (const guint8 *at)
{
  return (guint16) (at[0] << 8 | at[1]);
}

static inline guint32
ptl_wire_get32 (const guint8 *at)
{
  return (guint32) ptl_wire_get16 (at) << 16 | ptl_wire_get16 (at + 2);
}

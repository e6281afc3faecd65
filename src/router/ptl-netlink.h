/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct
{
  int index;
  char name[16];
  char kind[16]; /* IFLA_INFO_KIND, "" for hardware */
  guint type;    /* ARPHRD_* */
  guint flags;   /* IFF_* */
} PtlNetLink;

typedef struct
{
  int index;
  int family;
  char *address;
  guint8 prefix;
  guint32 flags; /* IFA_F_* */
} PtlNetAddress;

/* A default route of the main table. */
typedef struct
{
  int index;
  int family;
  char *gateway; /* NULL = none: straight onto the link */
  char *source;  /* preferred source, or NULL */
  guint32 metric;
} PtlNetRoute;

typedef struct
{
  int index;
  char *address;
  guint8 mac[6];
} PtlNetNeighbour;

typedef struct
{
  GPtrArray *links;
  GPtrArray *addresses;
  GPtrArray *routes;
  GPtrArray *neighbours;
} PtlNetTables;

PtlNetTables *ptl_net_tables_new (void);
void ptl_net_tables_free (PtlNetTables *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlNetTables, ptl_net_tables_free)
/* Adds what a run of netlink messages tells. Pure; what is malformed is skipped. TRUE where it held
 * the end of a dump. */
gboolean ptl_net_tables_read (PtlNetTables *self, const void *data, gsize length);

/**
 * PtlNetlink:
 *
 * Links, addresses, default routes and neighbours, from the kernel (rtnetlink(7)).
 *
 * Signal `changed`: links, addresses or routes are others; neighbours come and go all the time and
 * are not followed.
 */
#define PTL_TYPE_NETLINK (ptl_netlink_get_type ())
G_DECLARE_FINAL_TYPE (PtlNetlink, ptl_netlink, PTL, NETLINK, GObject)

PtlNetlink *ptl_netlink_new (void);
/* Reads the tables anew. The kernel answers at once: this does not wait for anybody. */
PtlNetTables *ptl_netlink_read (PtlNetlink *self, GError **error);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

G_BEGIN_DECLS

/* A socket address of any family the engine knows. */
typedef union
{
  struct sockaddr any;
  struct sockaddr_in in;
  struct sockaddr_in6 in6;
  struct sockaddr_un un;
} PtlSockaddr;

/* Where a connection comes from, as an audience is asked: IPv4-mapped addresses are IPv4. */
typedef struct
{
  guint8 family; /* 4 or 6 */
  guint8 bytes[16];
} PtlAddress;

gboolean ptl_address_equal (gconstpointer a, gconstpointer b);
guint ptl_address_hash (gconstpointer self);
char *ptl_address_describe (const PtlAddress *self);
/* "192.0.2.7:80", "[2001:db8::7]:80". */
char *ptl_address_describe_with_port (const PtlAddress *self, guint16 port);

/* The literal to bind to: "0.0.0.0" for none, 127.0.0.1 for "localhost". */
const char *ptl_sockaddr_get_listen_host (const char *host);
/* Literal addresses only, with a scope ("fe80::1%eth0") or without. */
gboolean ptl_sockaddr_parse (PtlSockaddr *self, const char *host, guint16 port);
/* @path must fit. */
void ptl_sockaddr_set_path (PtlSockaddr *self, const char *path);
socklen_t ptl_sockaddr_get_length (const PtlSockaddr *self);
guint16 ptl_sockaddr_get_port (const PtlSockaddr *self);
void ptl_sockaddr_set_port (PtlSockaddr *self, guint16 port);
void ptl_sockaddr_get_address (const PtlSockaddr *self, PtlAddress *address);
gboolean ptl_sockaddr_is_any (const PtlSockaddr *self);
/* What goes there does not leave this computer. */
gboolean ptl_sockaddr_is_loopback (const PtlSockaddr *self);
/* Whether a socket bound to @self takes what is sent to @to, whatever the ports. */
gboolean ptl_sockaddr_covers (const PtlSockaddr *self, const PtlSockaddr *to);

/**
 * PtlAddresses:
 *
 * Where a target may be reached, in the order in which to try. Immutable and counted.
 */
typedef struct
{
  gatomicrefcount refs;
  guint n;
  PtlSockaddr items[];
} PtlAddresses;

PtlAddresses *ptl_addresses_new (const PtlSockaddr *items, guint n);
PtlAddresses *ptl_addresses_ref (PtlAddresses *self);
void ptl_addresses_unref (PtlAddresses *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlAddresses, ptl_addresses_unref)

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/ptl-engine.h"

G_BEGIN_DECLS

/* Sockets block, and give up after half a minute: a test that hangs fails, one on a busy machine does not. */

#define WAIT_S 30

/* Runs in a thread of its own for each connection; owns @fd. */
typedef void (*PeerFunc) (int fd, gpointer data);

/* A TCP or unix server on loopback. */
typedef struct _Peer Peer;
Peer *peer_new (const char *host, PeerFunc func, gpointer data);
Peer *peer_new_at (const char *host, guint16 port, PeerFunc func, gpointer data);
/* NULL where the port is taken. */
Peer *peer_try_new_at (const char *host, guint16 port, PeerFunc func, gpointer data);
Peer *peer_new_unix (const char *path, PeerFunc func, gpointer data);
guint16 peer_get_port (Peer *self);
guint peer_get_n_accepted (Peer *self);
void peer_free (Peer *self); /* waits for the threads */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Peer, peer_free)
void peer_echo (int fd, gpointer unused);
/* Says who it is, and then echoes. */
void tell_name (int fd, gpointer name);
char receive_name (int fd);

/* A UDP server that answers each datagram with itself. */
typedef struct _UdpEcho UdpEcho;
UdpEcho *udp_echo_new (const char *host, guint16 port);
guint16 udp_echo_get_port (UdpEcho *self);
guint udp_echo_get_n_received (UdpEcho *self);
guint udp_echo_get_n_sources (UdpEcho *self);
void udp_echo_free (UdpEcho *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (UdpEcho, udp_echo_free)

/* @type: SOCK_STREAM or SOCK_DGRAM. @from: source address, may be NULL. -1 with errno. */
int connect_to (int type, const char *from, const char *host, guint16 port);
int connect_ok (int type, const char *host, guint16 port); /* asserts */
int bind_to (int type, const char *host, guint16 port);
guint16 get_local_port (int fd);
void send_all (int fd, const void *data, gsize n);
void receive_all (int fd, void *data, gsize n);
void assert_echo (int fd, const char *text);
/* The peer ended or reset the connection. */
void assert_ended (int fd);
/* Reads to the end; SHA-256 in hex. */
char *receive_digest (int fd, guint64 *n);
/* Sends so many bytes that depend on @seed and returns their SHA-256. */
char *send_stream (int fd, guint32 seed, guint64 n);

PtlForward *forward_new (PtlProtocol protocol,
                         const char *listen_host,
                         guint16 listen_port,
                         const char *target_host,
                         guint16 target_port,
                         const char *audience);
/* One more target of it. */
void forward_add_target (PtlForward *forward, const char *host, guint16 port, gboolean backup);
/* Opens and asserts; returns the port. */
guint16 open_forward (PtlEngine *engine, const char *id, PtlForward *forward);
guint16 open_simple (PtlEngine *engine, const char *id, PtlProtocol protocol, guint16 target_port);
/* Where a target speaks TCP and UDP at one port: nobody else's socket happens to have that port there. */
#define BOTH_HOST "127.0.0.44"
/* From any port to that of @peer, which is at BOTH_HOST, for both protocols. */
guint16 open_both (PtlEngine *engine, const char *id, Peer *peer);
/* Asserts that it fails, with advice, and leaves its output alone. (transfer full) */
GError *open_fails (PtlEngine *engine, PtlForward *forward);
PtlTraffic get_traffic (PtlEngine *engine, const char *id);

/* Polls until it holds; fails after WAIT_S seconds. */
#define wait_until(condition)                                                                      \
  G_STMT_START                                                                                     \
  {                                                                                                \
    gint64 wait_end_ = g_get_monotonic_time () + WAIT_S * G_USEC_PER_SEC;                          \
    while (!(condition) && g_get_monotonic_time () < wait_end_)                                    \
      g_usleep (500);                                                                              \
    g_assert_true (condition);                                                                     \
  }                                                                                                \
  G_STMT_END

guint count_descriptors (void);
guint count_threads (void);
gboolean has_ipv6 (void);

G_END_DECLS

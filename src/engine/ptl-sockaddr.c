/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-sockaddr.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

const char *
ptl_sockaddr_get_listen_host (const char *host)
{
  if (!host || !*host)
    return "0.0.0.0";
  return g_ascii_strcasecmp (host, "localhost") == 0 ? "127.0.0.1" : host;
}

gboolean
ptl_sockaddr_parse (PtlSockaddr *self, const char *host, guint16 port)
{
  struct addrinfo hints = { .ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_STREAM };
  struct addrinfo *found = NULL;

  if (getaddrinfo (host, NULL, &hints, &found) != 0)
    return FALSE;
  memset (self, 0, sizeof *self);
  memcpy (self, found->ai_addr, MIN (sizeof *self, found->ai_addrlen));
  freeaddrinfo (found);
  ptl_sockaddr_set_port (self, port);
  return TRUE;
}

void
ptl_sockaddr_set_path (PtlSockaddr *self, const char *path)
{
  memset (self, 0, sizeof *self);
  self->un.sun_family = AF_UNIX;
  g_strlcpy (self->un.sun_path, path, sizeof self->un.sun_path);
}

socklen_t
ptl_sockaddr_get_length (const PtlSockaddr *self)
{
  switch (self->any.sa_family)
    {
    case AF_INET:
      return sizeof self->in;
    case AF_INET6:
      return sizeof self->in6;
    default:
      return offsetof (struct sockaddr_un, sun_path) + strlen (self->un.sun_path) + 1;
    }
}

guint16
ptl_sockaddr_get_port (const PtlSockaddr *self)
{
  if (self->any.sa_family == AF_INET)
    return g_ntohs (self->in.sin_port);
  return self->any.sa_family == AF_INET6 ? g_ntohs (self->in6.sin6_port) : 0;
}

void
ptl_sockaddr_set_port (PtlSockaddr *self, guint16 port)
{
  if (self->any.sa_family == AF_INET)
    self->in.sin_port = g_htons (port);
  else if (self->any.sa_family == AF_INET6)
    self->in6.sin6_port = g_htons (port);
}

void
ptl_sockaddr_get_address (const PtlSockaddr *self, PtlAddress *address)
{
  memset (address, 0, sizeof *address);
  if (self->any.sa_family == AF_INET)
    {
      address->family = 4;
      memcpy (address->bytes, &self->in.sin_addr, 4);
    }
  else if (IN6_IS_ADDR_V4MAPPED (&self->in6.sin6_addr))
    {
      address->family = 4;
      memcpy (address->bytes, self->in6.sin6_addr.s6_addr + 12, 4);
    }
  else
    {
      address->family = 6;
      memcpy (address->bytes, &self->in6.sin6_addr, 16);
    }
}

gboolean
ptl_address_equal (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, sizeof (PtlAddress)) == 0;
}

/* Seeded, so that a stranger cannot choose addresses that all fall into one bucket. */
guint
ptl_address_hash (gconstpointer data)
{
  static gsize seed;
  const PtlAddress *self = data;
  guint64 words[2], hash;

  if (g_once_init_enter (&seed))
    g_once_init_leave (&seed, ((gsize) g_random_int () << 32 | g_random_int ()) | 1);
  memcpy (words, self->bytes, sizeof words);
  hash = seed ^ self->family;
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      hash = (hash ^ words[i]) * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
      hash ^= hash >> 29;
    }
  return (guint) (hash >> 16);
}

char *
ptl_address_describe (const PtlAddress *self)
{
  char text[INET6_ADDRSTRLEN];

  inet_ntop (self->family == 4 ? AF_INET : AF_INET6, self->bytes, text, sizeof text);
  return g_strdup (text);
}

char *
ptl_address_describe_with_port (const PtlAddress *self, guint16 port)
{
  g_autofree char *address = ptl_address_describe (self);

  return g_strdup_printf (self->family == 4 ? "%s:%u" : "[%s]:%u", address, port);
}

gboolean
ptl_sockaddr_is_any (const PtlSockaddr *self)
{
  if (self->any.sa_family == AF_INET)
    return self->in.sin_addr.s_addr == INADDR_ANY;
  return self->any.sa_family == AF_INET6 && IN6_IS_ADDR_UNSPECIFIED (&self->in6.sin6_addr);
}

gboolean
ptl_sockaddr_is_loopback (const PtlSockaddr *self)
{
  PtlAddress address;

  if (self->any.sa_family != AF_INET && self->any.sa_family != AF_INET6)
    return FALSE;
  ptl_sockaddr_get_address (self, &address);
  if (address.family == 4)
    return address.bytes[0] == 127;
  return IN6_IS_ADDR_LOOPBACK (&self->in6.sin6_addr);
}

/* Only an address of this machine can be bound. */
static gboolean
is_local (const PtlSockaddr *self)
{
  PtlSockaddr copy = *self;
  int fd = socket (self->any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  gboolean local;

  if (fd < 0)
    return FALSE;
  ptl_sockaddr_set_port (&copy, 0);
  local = bind (fd, &copy.any, ptl_sockaddr_get_length (&copy)) == 0;
  close (fd);
  return local;
}

gboolean
ptl_sockaddr_covers (const PtlSockaddr *self, const PtlSockaddr *to)
{
  PtlAddress a, b;

  ptl_sockaddr_get_address (self, &a);
  ptl_sockaddr_get_address (to, &b);
  if (ptl_sockaddr_is_any (self))
    return (self->any.sa_family == AF_INET6 || b.family == 4) && is_local (to);
  if (ptl_sockaddr_is_any (to)) /* connecting to "any" reaches the loopback address */
    return a.family == b.family
           && (a.family == 4 ? a.bytes[0] == 127 : IN6_IS_ADDR_LOOPBACK (&self->in6.sin6_addr));
  return memcmp (&a, &b, sizeof a) == 0;
}

PtlAddresses *
ptl_addresses_new (const PtlSockaddr *items, guint n)
{
  PtlAddresses *self = g_malloc0 (sizeof *self + n * sizeof *items);

  g_atomic_ref_count_init (&self->refs);
  self->n = n;
  if (n > 0)
    memcpy (self->items, items, n * sizeof *items);
  return self;
}

PtlAddresses *
ptl_addresses_ref (PtlAddresses *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
ptl_addresses_unref (PtlAddresses *self)
{
  if (self && g_atomic_ref_count_dec (&self->refs))
    g_free (self);
}

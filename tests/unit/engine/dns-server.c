/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dns-server.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <fcntl.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/socket.h>
#include <unistd.h>

/* The namespaces */

static char *
write_file (const char *name, const char *text)
{
  char *path = g_strdup_printf ("%s/%s-XXXXXX", g_get_tmp_dir (), name);
  int fd = g_mkstemp (path);

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (write (fd, text, strlen (text)), ==, (gssize) strlen (text));
  g_assert_cmpint (fchmod (fd, 0644), ==, 0);
  close (fd);
  return path;
}

static gboolean
set_interface (const char *name, const char *address)
{
  struct ifreq request = { 0 };
  struct sockaddr_in *in = (struct sockaddr_in *) (gpointer) &request.ifr_addr;
  int fd = socket (AF_INET, SOCK_DGRAM, 0);
  gboolean done;

  g_strlcpy (request.ifr_name, name, sizeof request.ifr_name);
  if (address)
    {
      in->sin_family = AF_INET;
      inet_pton (AF_INET, address, &in->sin_addr);
      done = ioctl (fd, SIOCSIFADDR, &request) == 0;
    }
  else
    {
      request.ifr_flags = IFF_UP | IFF_RUNNING | IFF_LOOPBACK;
      done = ioctl (fd, SIOCSIFFLAGS, &request) == 0;
    }
  close (fd);
  return done;
}

static gboolean
put_over (const char *path, const char *text)
{
  g_autofree char *with = write_file ("ptl-dns", text);
  gboolean done = mount (with, path, NULL, MS_BIND, NULL) == 0;

  unlink (with);
  return done;
}

gboolean
dns_enter (void)
{
  if (unshare (CLONE_NEWNET | CLONE_NEWNS) < 0
      && unshare (CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWNS) < 0)
    return FALSE;
  return mount ("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 && set_interface ("lo", NULL)
         && set_interface ("lo:1", "10.1.1.1")
         && put_over ("/etc/resolv.conf", "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n")
         && put_over ("/etc/nsswitch.conf", "hosts: files dns\n")
         && put_over ("/etc/hosts", "127.0.0.1 localhost\n10.1.1.9 in-a-file.example\n");
}

/* The server */

struct _DnsServer
{
  int fd;
  int stop[2];
  GThread *thread;
  GMutex lock;
  char **addresses;
  guint32 ttl;
  gboolean mute;
  guint n_asked;
};

/* Where the question ends; its name is not read: all names are the same here. */
static gsize
get_question_end (const guint8 *bytes, gsize n)
{
  gsize at = NS_HFIXEDSZ;

  while (at < n && bytes[at] != 0)
    at += bytes[at] + 1u;
  return at + 5;
}

static void
put_record (GByteArray *to, const char *address, guint32 ttl)
{
  guint8 record[16] = { 0xc0, NS_HFIXEDSZ, 0, ns_t_a, 0, ns_c_in };
  guint32 seconds = g_htonl (ttl);

  memcpy (record + 6, &seconds, 4);
  record[11] = 4;
  g_assert_cmpint (inet_pton (AF_INET, address, record + 12), ==, 1);
  g_byte_array_append (to, record, sizeof record);
}

/* Locked. */
static GByteArray *
make_answer (DnsServer *self, const guint8 *question, gsize n)
{
  gsize end = get_question_end (question, n);
  GByteArray *answer = g_byte_array_new ();
  guint n_addresses = g_strv_length (self->addresses);
  gboolean is_a;

  g_assert_cmpuint (end, <=, n);
  is_a = question[end - 3] == ns_t_a;
  g_byte_array_append (answer, question, (guint) end);
  answer->data[2] = 0x81; /* a response; recursion desired */
  answer->data[3] = 0x80 | (n_addresses == 0 ? ns_r_nxdomain : ns_r_noerror);
  memset (answer->data + 6, 0, 6);
  if (!is_a)
    return answer;
  answer->data[7] = (guint8) n_addresses;
  for (guint i = 0; i < n_addresses; i++)
    put_record (answer, self->addresses[i], self->ttl);
  return answer;
}

static void
answer_one (DnsServer *self)
{
  guint8 question[512];
  struct sockaddr_in from;
  socklen_t length = sizeof from;
  ssize_t n = recvfrom (self->fd, question, sizeof question, 0, (struct sockaddr *) &from, &length);
  g_autoptr (GByteArray) answer = NULL;

  g_assert_cmpint (n, >=, NS_HFIXEDSZ + 5);
  g_mutex_lock (&self->lock);
  self->n_asked++;
  if (!self->mute)
    answer = make_answer (self, question, (gsize) n);
  g_mutex_unlock (&self->lock);
  if (answer)
    sendto (self->fd, answer->data, answer->len, 0, (struct sockaddr *) &from, length);
}

static gpointer
serve (gpointer data)
{
  DnsServer *self = data;
  struct pollfd polls[] = { { self->fd, POLLIN, 0 }, { self->stop[0], POLLIN, 0 } };

  while (poll (polls, 2, -1) > 0 && !polls[1].revents)
    answer_one (self);
  return NULL;
}

DnsServer *
dns_server_new (void)
{
  DnsServer *self = g_new0 (DnsServer, 1);
  struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = g_htons (53) };

  at.sin_addr.s_addr = g_htonl (INADDR_LOOPBACK);
  self->fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (bind (self->fd, (struct sockaddr *) &at, sizeof at), ==, 0);
  g_assert_cmpint (pipe (self->stop), ==, 0);
  g_mutex_init (&self->lock);
  self->addresses = g_new0 (char *, 1);
  self->thread = g_thread_new ("dns", serve, self);
  return self;
}

void
dns_server_free (DnsServer *self)
{
  g_assert_cmpint (write (self->stop[1], "", 1), ==, 1);
  g_thread_join (self->thread);
  close (self->fd);
  close (self->stop[0]);
  close (self->stop[1]);
  g_strfreev (self->addresses);
  g_mutex_clear (&self->lock);
  g_free (self);
}

void
dns_server_set (DnsServer *self, const char *addresses, guint32 ttl)
{
  g_mutex_lock (&self->lock);
  g_strfreev (self->addresses);
  self->addresses = *addresses ? g_strsplit (addresses, " ", 0) : g_new0 (char *, 1);
  self->ttl = ttl;
  g_mutex_unlock (&self->lock);
}

void
dns_server_set_mute (DnsServer *self, gboolean mute)
{
  g_mutex_lock (&self->lock);
  self->mute = mute;
  g_mutex_unlock (&self->lock);
}

guint
dns_server_get_n_asked (DnsServer *self)
{
  guint n;

  g_mutex_lock (&self->lock);
  n = self->n_asked;
  g_mutex_unlock (&self->lock);
  return n;
}

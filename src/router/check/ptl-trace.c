/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-trace.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/errqueue.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <string.h>
#include <sys/socket.h>

#include "core/ptl-drop.h"
#include "router/ptl-address-class.h"

#define STEPS 4
#define PORT 33434 /* nothing listens there, and traceroute(8) uses it for the same */
#define AGAIN_MS 300
#define TRIES 3

typedef struct
{
  GSocket *socket;
  GSource *readable;
  gboolean expired; /* somebody so many steps away passed it on, and had to drop it */
  gboolean arrived; /* it came to whoever holds the address, who has no such port */
  char *address;    /* of who said so */
} Step;

typedef struct
{
  GSocketAddress *to;
  Step steps[STEPS];
  GSource *again, *cancelled;
  guint n_sent;
} Trace;

static void
stop (Trace *trace)
{
  ptl_drop_source (&trace->again);
  ptl_drop_source (&trace->cancelled);
  for (guint i = 0; i < STEPS; i++)
    ptl_drop_source (&trace->steps[i].readable);
}

static void
trace_free (Trace *trace)
{
  stop (trace);
  for (guint i = 0; i < STEPS; i++)
    {
      g_clear_object (&trace->steps[i].socket);
      g_free (trace->steps[i].address);
    }
  g_clear_object (&trace->to);
  g_free (trace);
}

void
ptl_trace_free (PtlTrace *self)
{
  g_ptr_array_unref (self->upstream);
  g_free (self);
}

/* --- what came back --- */

static PtlTrace *
conclude (const Trace *trace)
{
  PtlTrace *found = g_new0 (PtlTrace, 1);

  found->upstream = g_ptr_array_new_with_free_func (g_free);
  found->holder = trace->steps[0].arrived   ? PTL_HOLDER_ROUTER
                  : trace->steps[0].expired ? PTL_HOLDER_BEYOND
                                            : PTL_HOLDER_UNKNOWN;
  for (guint i = 1; i < STEPS && found->holder != PTL_HOLDER_ROUTER; i++)
    {
      const Step *step = &trace->steps[i];

      if (step->expired && ptl_address_class_of (step->address) != PTL_ADDRESS_PUBLIC)
        g_ptr_array_add (found->upstream, g_strdup (step->address));
    }
  return found;
}

static void
finish (GTask *task)
{
  Trace *trace = g_task_get_task_data (task);
  g_autoptr (GTask) keep = g_object_ref (task);

  stop (trace);
  g_task_return_pointer (task, conclude (trace), (GDestroyNotify) ptl_trace_free);
}

static void
take_error (Step *step, const struct sock_extended_err *error)
{
  const struct sockaddr_in *offender = (const void *) SO_EE_OFFENDER (error);
  char text[INET_ADDRSTRLEN];

  if (error->ee_origin != SO_EE_ORIGIN_ICMP || offender->sin_family != AF_INET || step->address != NULL)
    return;
  step->expired = error->ee_type == ICMP_TIME_EXCEEDED;
  step->arrived = error->ee_type == ICMP_DEST_UNREACH && error->ee_code == ICMP_PORT_UNREACH;
  if (step->expired || step->arrived)
    step->address = g_strdup (inet_ntop (AF_INET, &offender->sin_addr, text, sizeof text));
}

static gboolean
read_error (int fd, Step *step)
{
  guint8 payload[64];
  union
  {
    struct cmsghdr align;
    guint8 bytes[256];
  } control;
  struct iovec data = { payload, sizeof payload };
  struct msghdr message = { .msg_iov = &data, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control };

  if (recvmsg (fd, &message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0)
    return FALSE;
  for (struct cmsghdr *header = CMSG_FIRSTHDR (&message); header != NULL; header = CMSG_NXTHDR (&message, header))
    if (header->cmsg_level == SOL_IP && header->cmsg_type == IP_RECVERR
        && header->cmsg_len >= CMSG_LEN (sizeof (struct sock_extended_err) + sizeof (struct sockaddr_in)))
      take_error (step, (const void *) CMSG_DATA (header));
  return TRUE;
}

static gboolean
is_complete (const Trace *trace)
{
  for (guint i = 0; i < STEPS; i++)
    {
      if (trace->steps[i].arrived)
        return TRUE;
      if (trace->steps[i].address == NULL)
        return FALSE;
    }
  return TRUE;
}

static gboolean
on_readable (GSocket *socket, GIOCondition condition, gpointer user_data)
{
  GTask *task = user_data;
  Trace *trace = g_task_get_task_data (task);
  int fd = g_socket_get_fd (socket);
  int pending;
  socklen_t size = sizeof pending;

  for (guint i = 0; i < STEPS; i++)
    while (trace->steps[i].socket == socket && read_error (fd, &trace->steps[i]))
      ;
  /* What was reported there is pending on the socket too. */
  getsockopt (fd, SOL_SOCKET, SO_ERROR, &pending, &size);
  if (!is_complete (trace))
    return G_SOURCE_CONTINUE;
  finish (task);
  return G_SOURCE_REMOVE;
}

/* --- sending --- */

static gboolean
on_again (gpointer user_data)
{
  GTask *task = user_data;
  Trace *trace = g_task_get_task_data (task);

  if (trace->n_sent++ == TRIES)
    {
      finish (task);
      return G_SOURCE_REMOVE;
    }
  for (guint i = 0; i < STEPS; i++)
    if (trace->steps[i].address == NULL && trace->steps[i].socket != NULL)
      g_socket_send_to (trace->steps[i].socket, trace->to, "portolan", 8, NULL, NULL);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  g_autoptr (GTask) task = g_object_ref (user_data);

  stop (g_task_get_task_data (task));
  g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "Cancelled");
  return G_SOURCE_REMOVE;
}

static void
open_step (GTask *task, Step *step, guint ttl)
{
  step->socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, NULL);
  if (step->socket == NULL)
    return;
  g_socket_set_blocking (step->socket, FALSE);
  g_socket_set_ttl (step->socket, ttl);
  if (!g_socket_set_option (step->socket, IPPROTO_IP, IP_RECVERR, 1, NULL))
    {
      g_clear_object (&step->socket);
      return;
    }
  step->readable = g_socket_create_source (step->socket, G_IO_ERR, NULL);
  g_task_attach_source (task, step->readable, G_SOURCE_FUNC (on_readable));
}

void
ptl_trace_async (const char *address, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Trace *trace = g_new0 (Trace, 1);

  g_task_set_source_tag (task, ptl_trace_async);
  g_task_set_task_data (task, trace, (GDestroyNotify) trace_free);
  trace->to = g_inet_socket_address_new_from_string (address, PORT);
  if (trace->to == NULL)
    {
      finish (task);
      return;
    }
  for (guint i = 0; i < STEPS; i++)
    open_step (task, &trace->steps[i], i + 1);
  trace->again = g_timeout_source_new (AGAIN_MS);
  g_task_attach_source (task, trace->again, on_again);
  if (cancellable != NULL)
    {
      trace->cancelled = g_cancellable_source_new (cancellable);
      g_task_attach_source (task, trace->cancelled, G_SOURCE_FUNC (on_cancelled));
    }
  on_again (task);
}

PtlTrace *
ptl_trace_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

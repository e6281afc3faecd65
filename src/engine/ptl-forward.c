/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-forward.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/un.h>

#include "core/ptl-error.h"
#include "core/ptl-validate.h"
#include "ptl-sockaddr.h"

PtlForward *
ptl_forward_new (const PtlEndpoint *listen, const PtlEndpoint *target, PtlAudience *audience)
{
  PtlForward *self = g_new0 (PtlForward, 1);

  self->listen = ptl_endpoint_copy (listen);
  self->target = ptl_endpoint_copy (target);
  self->audience = audience ? ptl_audience_ref (audience) : ptl_audience_new_anyone ();
  self->options = ptl_options_new ();
  return self;
}

void
ptl_forward_set_options (PtlForward *self, const PtlOptions *options)
{
  PtlOptions *copy = ptl_options_copy (options);

  ptl_options_free (self->options);
  self->options = copy;
}

PtlForward *
ptl_forward_copy (const PtlForward *self)
{
  PtlForward *copy = ptl_forward_new (self->listen, self->target, self->audience);

  ptl_forward_set_options (copy, self->options);
  copy->vanish_timeout_ms = self->vanish_timeout_ms;
  copy->connect_timeout_ms = self->connect_timeout_ms;
  copy->tcp_idle_timeout_ms = self->tcp_idle_timeout_ms;
  copy->total_timeout_ms = self->total_timeout_ms;
  copy->udp_idle_timeout_ms = self->udp_idle_timeout_ms;
  copy->udp_max_sessions = self->udp_max_sessions;
  return copy;
}

void
ptl_forward_free (PtlForward *self)
{
  if (!self)
    return;
  ptl_endpoint_free (self->listen);
  ptl_endpoint_free (self->target);
  ptl_audience_unref (self->audience);
  ptl_options_free (self->options);
  g_free (self);
}

static gboolean
check_listen (const PtlEndpoint *listen, GError **error)
{
  PtlSockaddr address;

  if (listen->protocol == PTL_PROTOCOL_NONE || (listen->protocol & ~PTL_PROTOCOL_BOTH)
      || listen->path)
    {
      ptl_error_set (error, PTL_ERROR_INVALID, _("Choose TCP, UDP or both."),
                     _("A forward must listen on TCP or UDP ports."));
      return FALSE;
    }
  if (!ptl_sockaddr_parse (&address, ptl_sockaddr_get_listen_host (listen->host), 0))
    {
      ptl_error_set (error, PTL_ERROR_INVALID,
                     _("Give an address of this computer, such as 127.0.0.1."),
                     /* Translators: %s is what was given in place of an IP address. */
                     _("“%s” is not an address to listen on."), listen->host);
      return FALSE;
    }
  if (listen->last < listen->first || (listen->first == 0 && listen->last != 0))
    {
      ptl_error_set (error, PTL_ERROR_INVALID, _("Put the lower port first."),
                     _("The port range to listen on is not in order."));
      return FALSE;
    }
  if (listen->last - listen->first >= PTL_RANGE_MAX_PORTS)
    {
      ptl_error_set (error, PTL_ERROR_INVALID, _("Split the range into several rules."),
                     /* Translators: %d is the greatest number of ports. */
                     _("A rule can hold at most %d ports."), PTL_RANGE_MAX_PORTS);
      return FALSE;
    }
  return TRUE;
}

static gboolean
check_socket_path (const PtlForward *self, const PtlEndpoint *target, GError **error)
{
  struct sockaddr_un probe;

  if (self->listen->protocol != PTL_PROTOCOL_TCP)
    ptl_error_set (error, PTL_ERROR_TARGET,
                   _("Forward TCP only, or choose a host and port as the target."),
                   _("UDP cannot be forwarded to a unix socket."));
  else if (target->path[0] != '/')
    ptl_error_set (error, PTL_ERROR_TARGET, _("Give the whole path, beginning with “/”."),
                   _("The path of a unix socket must be absolute."));
  else if (strlen (target->path) >= sizeof probe.sun_path)
    ptl_error_set (error, PTL_ERROR_TARGET, _("Give the socket a shorter path."),
                   /* Translators: %d is a number of bytes. */
                   _("The path of the unix socket is longer than the %d bytes that Linux takes."),
                   (int) sizeof probe.sun_path - 1);
  else
    return TRUE;
  return FALSE;
}

static gboolean
check_target (const PtlForward *self, const PtlEndpoint *target, GError **error)
{
  guint n_listen = self->listen->last - self->listen->first + 1;
  PtlSockaddr literal;

  if (target->path)
    return check_socket_path (self, target, error);
  if (!target->host || !*target->host || target->first == 0)
    ptl_error_set (error, PTL_ERROR_INVALID, _("Give the target's host and port."),
                   _("The target has no host or no port."));
  else if (!ptl_host_is_valid (target->host) && !ptl_sockaddr_parse (&literal, target->host, 0))
    ptl_error_set (error, PTL_ERROR_INVALID, _("Give a host name or an IP address."),
                   _("The target is neither a host name nor an address."));
  else if (target->last < target->first || target->last - target->first + 1u != n_listen)
    ptl_error_set (error, PTL_ERROR_INVALID, _("Give both ranges the same number of ports."),
                   _("The ports to listen on and the target's ports are not equally many."));
  else
    return TRUE;
  return FALSE;
}

/* A forward that leads to its own port would connect to itself until no descriptor is left. */
static gboolean
check_no_loop (const PtlForward *self, const PtlEndpoint *target, GError **error)
{
  const PtlEndpoint *listen = self->listen;
  PtlSockaddr from, to;

  if (target->path || listen->first == 0 || target->first > listen->last
      || target->last < listen->first)
    return TRUE;
  if (!ptl_sockaddr_parse (&from, ptl_sockaddr_get_listen_host (listen->host), 0)
      || !ptl_sockaddr_parse (&to, ptl_sockaddr_get_listen_host (target->host), 0))
    return TRUE;
  if (!ptl_sockaddr_covers (&from, &to))
    return TRUE;
  ptl_error_set (error, PTL_ERROR_TARGET,
                 _("Choose another port to listen on, or another target."),
                 _("The target is the forward's own port: it would lead to itself."));
  return FALSE;
}

static gboolean
check_place (const PtlForward *self, const PtlEndpoint *target, GError **error)
{
  return check_target (self, target, error) && check_no_loop (self, target, error);
}

static gboolean
check_further (const PtlForward *self, GError **error)
{
  GPtrArray *further = self->options->targets;

  for (guint i = 0; i < further->len; i++)
    if (!check_place (self, ((PtlTarget *) g_ptr_array_index (further, i))->endpoint, error))
      return FALSE;
  return TRUE;
}

gboolean
ptl_forward_check (const PtlForward *self, GError **error)
{
  return check_listen (self->listen, error) && check_place (self, self->target, error)
         && check_further (self, error)
         && ptl_options_check (self->options, self->listen->protocol, self->target, error);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The short-lived helper for UPnP: one JSON request on standard input, one JSON answer on standard
 * output. */

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "igd-control.h"
#include "igd-limits.h"
#include "igd-ops.h"
#include "igd-pinhole.h"
#include "router/ptl-igd-url.h"

#define REQUEST_MAX (16 * 1024)
/* Until the request has told its own. */
#define READ_DEADLINE_MS 5000

static GString *
read_request (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  char buffer[4096];

  for (;;)
    {
      ssize_t n = read (STDIN_FILENO, buffer, sizeof buffer);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0 || text->len > REQUEST_MAX)
        return NULL;
      if (n == 0)
        return g_steal_pointer (&text);
      g_string_append_len (text, buffer, n);
    }
}

static gboolean
is_ipv4 (const char *text)
{
  struct in_addr address;

  return text != NULL && inet_pton (AF_INET, text, &address) == 1;
}

static gboolean
is_mapping_complete (const PtlIgdRequest *request)
{
  return (g_strcmp0 (request->protocol, "TCP") == 0 || g_strcmp0 (request->protocol, "UDP") == 0) &&
         is_ipv4 (request->internal_address) && request->internal_port != 0 &&
         (request->remote == NULL || is_ipv4 (request->remote));
}

/* The service type goes into an HTTP header and into XML as it is. */
static gboolean
is_service_type (const char *type)
{
  for (const char *p = type; *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && strchr (":-_.", *p) == NULL)
      return FALSE;
  return *type != '\0';
}

static gboolean
is_complete (const PtlIgdRequest *request)
{
  if (!is_ipv4 (request->gateway) || !is_ipv4 (request->local))
    return FALSE;
  if (igd_pinhole_handles (request->op) && !igd_pinhole_is_complete (request))
    return FALSE;
  if (request->op == PTL_IGD_OP_DISCOVER || request->op == PTL_IGD_OP_PINHOLE_DISCOVER)
    return TRUE;
  if (request->control_url == NULL || request->service_type == NULL
      || !is_service_type (request->service_type)
      || !ptl_igd_url_check (request->control_url, request->gateway, NULL, NULL))
    return FALSE;
  if (request->op == PTL_IGD_OP_STATUS || request->op == PTL_IGD_OP_LIST
      || igd_pinhole_handles (request->op))
    return TRUE;
  if (!is_mapping_complete (request))
    return FALSE;
  /* Port 0 is UPnP's wildcard: it would open everything. */
  return request->op == PTL_IGD_OP_ADD || request->search || request->external_port != 0;
}

static void
do_op (const PtlIgdRequest *request, PtlIgdAnswer *answer)
{
  gboolean complete;

  if (igd_pinhole_handles (request->op))
    {
      igd_pinhole_do (request, answer);
      return;
    }
  switch (request->op)
    {
    case PTL_IGD_OP_DISCOVER:
      igd_ops_discover (request, answer);
      break;
    case PTL_IGD_OP_STATUS:
      answer->code = igd_control_status (request->control_url, request->service_type, answer);
      break;
    case PTL_IGD_OP_ADD:
      igd_ops_add (request, answer);
      break;
    case PTL_IGD_OP_READ_BACK:
      igd_ops_read_back (request, answer);
      break;
    case PTL_IGD_OP_REMOVE:
      igd_ops_remove (request, answer);
      break;
    case PTL_IGD_OP_LIST:
      answer->code = igd_control_list (request, &answer->entries, &complete);
      break;
    default:
      answer->code = PTL_IGD_CODE_USAGE;
    }
}

static gboolean
write_all (int fd, const char *text)
{
  gsize left = strlen (text);

  while (left > 0)
    {
      ssize_t n = write (fd, text, left);

      if (n < 0 && errno != EINTR)
        return FALSE;
      if (n > 0)
        {
          text += n;
          left -= (gsize) n;
        }
    }
  return TRUE;
}

int
main (void)
{
  int answer_fd = igd_limits_apply ();
  g_autoptr (PtlIgdAnswer) answer = ptl_igd_answer_new ();
  g_autoptr (PtlIgdRequest) request = NULL;
  g_autoptr (GString) text = NULL;
  g_autofree char *json = NULL;

  igd_limits_set_deadline (answer_fd, READ_DEADLINE_MS);
  text = read_request ();
  if (text != NULL)
    request = ptl_igd_request_from_json (text->str, text->len, NULL);
  if (request == NULL || !is_complete (request))
    answer->code = PTL_IGD_CODE_USAGE;
  else
    {
      igd_limits_set_deadline (answer_fd, (guint) request->timeout);
      do_op (request, answer);
    }
  json = ptl_igd_answer_to_json (answer);
  igd_limits_set_deadline (answer_fd, 0);
  return write_all (answer_fd, json) ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "igd-control.h"
#include "igd-description.h"
#include "igd-http.h"
#include "igd-limits.h"
#include "igd-ops.h"
#include "igd-ssdp.h"
#include "router/ptl-address-class.h"
#include "router/ptl-igd-url.h"

/* So much before the process's own deadline, an answer can still be given. */
#define ANSWER_TIME_US (200 * 1000)
/* A search that finds nothing ends here; what a device that answered may cost is the request's own
 * time. */
#define SEARCH_PATIENCE_US (3500 * 1000)

typedef struct
{
  const PtlIgdRequest *request;
  PtlIgdAnswer *answer;
  gint64 deadline_us;
  gboolean foreign; /* a description pointed to another host */
  gboolean garbage;
  gboolean stuck;   /* a description was promised and did not come */
} Discovery;

/* How good a service is: connected before not, and a public address before any before none. */
static int
score (const PtlIgdAnswer *status)
{
  int points = 0;

  if (igd_control_is_up (status->status))
    points += 4;
  if (*status->external_address != '\0')
    points += 1;
  if (ptl_address_class_of (status->external_address) == PTL_ADDRESS_PUBLIC)
    points += 1;
  return points;
}

static void
take_service (Discovery *discovery, const char *url, const char *type, const PtlIgdAnswer *status)
{
  PtlIgdAnswer *answer = discovery->answer;

  g_free (answer->control_url);
  answer->control_url = g_strdup (url);
  g_free (answer->service_type);
  answer->service_type = g_strdup (type);
  g_free (answer->external_address);
  answer->external_address = g_strdup (status->external_address);
  g_free (answer->status);
  answer->status = g_strdup (status->status);
  answer->uptime = status->uptime;
  answer->connected = status->connected;
}

static void
ask_status (const char *url, const char *type, PtlIgdAnswer *status)
{
  if (igd_control_status (url, type, status) == 0)
    return;
  /* One that does not tell its status may take mappings all the same. */
  status->status = g_strdup ("");
  status->external_address = g_strdup ("");
  status->connected = TRUE;
}

/* The best of its services. One that is "disconnected" is ranked, not refused. */
static gboolean
choose_service (Discovery *discovery, const char *location, const IgdDescription *description)
{
  const char *gateway = discovery->request->gateway;
  int best = -1;

  for (guint i = 0; i < description->services->len; i++)
    {
      const IgdService *service = description->services->pdata[i];
      g_autofree char *url
          = ptl_igd_url_resolve (location, description->url_base, service->control, gateway);
      g_autoptr (PtlIgdAnswer) status = ptl_igd_answer_new ();

      if (!ptl_igd_url_check (url, gateway, NULL, NULL))
        {
          discovery->foreign = TRUE;
          continue;
        }
      ask_status (url, service->type, status);
      if (score (status) <= best)
        continue;
      best = score (status);
      take_service (discovery, url, service->type, status);
    }
  return best >= 0;
}

static gboolean
on_location (const char *location, gpointer user_data)
{
  Discovery *discovery = user_data;
  gboolean silent;
  GString *body
      = igd_http_get (discovery->request->gateway, location, discovery->deadline_us, &silent);
  g_autoptr (IgdDescription) description = NULL;

  if (body != NULL)
    {
      igd_limits_note_heard ();
      description = igd_description_parse (body->str, body->len);
      g_string_free (body, TRUE);
    }
  if (description == NULL)
    {
      discovery->garbage |= !silent;
      discovery->stuck |= silent;
      return FALSE;
    }
  if (!choose_service (discovery, location, description))
    return FALSE;
  discovery->answer->name = g_strdup (description->name);
  discovery->answer->model = g_strdup (description->model);
  return TRUE;
}

/* The one that a person gave. */
static gboolean
try_given (Discovery *discovery)
{
  const char *url = discovery->request->description_url;
  const char *gateway = discovery->request->gateway;

  return url != NULL && ptl_igd_url_check (url, gateway, NULL, NULL)
         && on_location (url, discovery);
}

static int
code_of_search (const Discovery *discovery, IgdSsdpResult result)
{
  if (result == IGD_SSDP_FOUND)
    return 0;
  if (result == IGD_SSDP_FOREIGN || discovery->foreign)
    return PTL_IGD_CODE_FOREIGN;
  if (discovery->garbage)
    return PTL_IGD_CODE_GARBAGE;
  if (discovery->stuck)
    return PTL_IGD_CODE_STUCK;
  return result == IGD_SSDP_SILENT ? PTL_IGD_CODE_SILENT : PTL_IGD_CODE_NONE;
}

void
igd_ops_discover (const PtlIgdRequest *request, PtlIgdAnswer *answer)
{
  gint64 now = g_get_monotonic_time ();
  Discovery discovery = { .request = request, .answer = answer,
                          .deadline_us = now + request->timeout * 1000 - ANSWER_TIME_US };
  gint64 search_end = MIN (now + SEARCH_PATIENCE_US, discovery.deadline_us);
  IgdSsdpResult result;

  if (try_given (&discovery))
    {
      answer->code = 0;
      return;
    }
  result = igd_ssdp_search (request->gateway, request->local, search_end, on_location, &discovery);
  answer->code = code_of_search (&discovery, result);
  if (answer->code != 0 && request->description_url != NULL)
    answer->code = PTL_IGD_CODE_WRONG_URL;
}

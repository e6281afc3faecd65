/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-exposure-look.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "core/ptl-error.h"
#include "exposure/fingerprint/ptl-fingerprint.h"

#define AT_A_TIME 32

typedef struct
{
  GPtrArray *looks;
  PtlClock *clock;
  PtlDial *dial;
  PtlExposureLookFunc progress;
  gpointer progress_data;
  guint next;    /* the first that was not begun */
  guint n_going;
  guint n_done;
} Work;

static void
work_free (Work *work)
{
  g_ptr_array_unref (work->looks);
  g_object_unref (work->clock);
  ptl_dial_unref (work->dial);
  g_free (work);
}

typedef struct
{
  GTask *task;
  PtlReportLook *look;
} Going;

static void go_on (GTask *task);

static gboolean
is_looked_at (const Work *work, PtlProtocol protocol, const char *address, guint16 port)
{
  for (guint i = 0; i < work->looks->len; i++)
    {
      const PtlReportLook *other = work->looks->pdata[i];

      if (other->protocol == protocol && other->port == port
          && g_str_equal (other->address, address))
        return TRUE;
    }
  return FALSE;
}

/* Nobody can sweep every UDP port of a host; but some services have the same port of both
 * protocols, and one of them was found. */
static void
look_beside (Work *work, const PtlReportLook *look)
{
  static const char *const both[] = { "dns", "sip", "kerberos", "stun", "turn", "mumble", NULL };

  if (look->protocol == PTL_PROTOCOL_TCP && look->identity != NULL
      && g_strv_contains (both, look->identity->service)
      && !is_looked_at (work, PTL_PROTOCOL_UDP, look->address, look->port))
    g_ptr_array_add (work->looks, ptl_report_look_new (PTL_PROTOCOL_UDP, look->address, look->port,
                                                       look->vantage, PTL_SEEN_FAILED));
}

static void
on_identified (GObject *source, GAsyncResult *result, gpointer data)
{
  Going *going = data;
  g_autoptr (GTask) task = going->task;
  Work *work = g_task_get_task_data (task);
  PtlReportLook *look = going->look;
  g_autoptr (GError) error = NULL;

  look->identity = ptl_identify_finish (result, &look->state, &error);
  look->at = ptl_clock_get_wall (work->clock);
  if (error != NULL)
    {
      g_autofree char *what = ptl_error_dup_what (error);

      ptl_report_set (&look->detail, what);
    }
  look_beside (work, look);
  work->n_going--;
  work->n_done++;
  g_free (going);
  go_on (task);
}

static void
begin (GTask *task, PtlReportLook *look)
{
  g_autoptr (GInetAddress) address = NULL;
  g_autofree char *bare = g_strndup (look->address, strcspn (look->address, "%"));
  Work *work = g_task_get_task_data (task);
  Going *going;

  /* A link-local address is good on one link alone, which is not said here. */
  if (*bare != '\0' && strlen (bare) == strlen (look->address))
    address = g_inet_address_new_from_string (bare);
  if (address == NULL)
    {
      look->at = ptl_clock_get_wall (work->clock);
      ptl_report_set (&look->detail, _("The address cannot be used."));
      work->n_done++;
      return;
    }
  going = g_new0 (Going, 1);
  going->task = g_object_ref (task);
  going->look = look;
  work->n_going++;
  ptl_identify_async (NULL, work->dial, address, look->port, look->protocol,
                      g_task_get_cancellable (task), on_identified, going);
}

/* What is known already is not looked at again. */
static void
pass (Work *work)
{
  work->n_done++;
}

static void
go_on (GTask *task)
{
  Work *work = g_task_get_task_data (task);
  gboolean cancelled = g_cancellable_is_cancelled (g_task_get_cancellable (task));

  while (!cancelled && work->n_going < AT_A_TIME && work->next < work->looks->len)
    {
      PtlReportLook *look = work->looks->pdata[work->next++];

      if (look->taken)
        pass (work);
      else
        begin (task, look);
    }
  if (!cancelled)
    work->progress (work->n_done, work->looks->len, work->progress_data);
  if (work->n_going > 0)
    return;
  if (cancelled)
    g_task_return_error (task, ptl_error_new (PTL_ERROR_CANCELLED, NULL, _("The check was stopped.")));
  else
    g_task_return_boolean (task, TRUE);
}

void
ptl_exposure_look_async (GPtrArray *looks,
                         PtlClock *clock,
                         PtlExposureLookFunc progress,
                         gpointer progress_data,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Work *work = g_new0 (Work, 1);

  g_task_set_source_tag (task, ptl_exposure_look_async);
  g_task_set_check_cancellable (task, FALSE);
  work->looks = g_ptr_array_ref (looks);
  work->clock = g_object_ref (clock);
  work->dial = ptl_dial_new_direct ();
  work->progress = progress;
  work->progress_data = progress_data;
  g_task_set_task_data (task, work, (GDestroyNotify) work_free);
  go_on (task);
}

gboolean
ptl_exposure_look_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

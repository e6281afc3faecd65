/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-vantage-private.h"

#include <glib/gi18n-lib.h>
#include <unistd.h>

#include "core/ptl-error.h"
#include "exposure/fingerprint/ptl-fingerprint.h"

/* A filtered port takes so long. */
#define PATIENCE_US (4 * G_USEC_PER_SEC)
/* Half-open connections at a time: so few that a small router's table does not notice. */
#define AT_A_TIME 32
/* Providers bar these on the way out, lest their customers send spam or spread worms. */
static const guint16 barred_ports[] = { 25, 135, 137, 138, 139, 445 };

typedef struct
{
  GThreadPool *pool;
  gint n_left; /* atomic */
} Look;

static void
look_free (gpointer data)
{
  Look *look = data;

  g_thread_pool_free (look->pool, FALSE, FALSE);
  g_free (look);
}

static gboolean
is_barred (guint16 port)
{
  for (gsize i = 0; i < G_N_ELEMENTS (barred_ports); i++)
    if (barred_ports[i] == port)
      return TRUE;
  return FALSE;
}

/* (transfer full) (nullable) */
static char *
describe_relay (guint16 port, PtlSeenState state, const GError *error)
{
  if (state == PTL_SEEN_FAILED && error != NULL)
    return ptl_error_dup_sentence (error);
  if (state == PTL_SEEN_FILTERED && is_barred (port))
    /* Translators: %u is the number of a port */
    return g_strdup_printf (_ ("Many providers let no server connect to port %u, so it may be the "
                               "relay's that does not "
                               "let this through."),
                            port);
  return NULL;
}

/* Silence from inside proves nothing, so it is no FILTERED. (transfer full) (nullable) */
static char *
describe_hairpin (PtlSeenState *state, const GError *error)
{
  switch (*state)
    {
    case PTL_SEEN_OPEN:
      return g_strdup (_ ("Something answered at the public address from inside. That proves "
                          "little: it may be the router "
                          "itself."));
    case PTL_SEEN_CLOSED:
      return g_strdup (_ ("Refused from inside. From the internet it may be otherwise."));
    case PTL_SEEN_FILTERED:
      *state = PTL_SEEN_FAILED;
      return g_strdup (_ ("No answer from inside. Most routers do not lead such connections back "
                          "in, so this proves "
                          "nothing."));
    default:
      return error != NULL ? ptl_error_dup_sentence (error) : NULL;
    }
}

/* A connected UDP socket has asked nobody yet. */
static PtlSeenState
look_at (PtlVantageWork *work,
         const PtlVantageEndpoint *endpoint,
         GCancellable *cancellable,
         GError **error)
{
  PtlSeenState state = PTL_SEEN_FAILED;
  int fd = ptl_dial_connect (work->dial, endpoint->address, endpoint->port, endpoint->protocol,
                             g_get_monotonic_time () + PATIENCE_US, cancellable, &state, error);

  if (fd >= 0)
    close (fd);
  return state;
}

/* The last one to end gives the answers; nothing of the task is touched after. */
static void
end_one (GTask *task)
{
  PtlVantageWork *work = g_task_get_task_data (task);
  Look *look = work->more;

  if (!g_atomic_int_dec_and_test (&look->n_left))
    return;
  if (!g_task_return_error_if_cancelled (task))
    g_task_return_pointer (task, g_ptr_array_ref (work->answers),
                           (GDestroyNotify) g_ptr_array_unref);
  g_object_unref (task);
}

static void
identify (PtlVantageWork *work,
          const PtlVantageEndpoint *endpoint,
          GCancellable *cancellable,
          PtlVantageAnswer *answer)
{
  g_autoptr (PtlFingerprints) set = ptl_fingerprints_dup_default ();

  answer->identity = ptl_identify (set, work->dial, endpoint->address, endpoint->port, endpoint->protocol,
                                   cancellable, NULL, NULL);
}

static void
look_in_thread (gpointer data, gpointer user_data)
{
  GTask *task = user_data;
  PtlVantageWork *work = g_task_get_task_data (task);
  guint index = GPOINTER_TO_UINT (data) - 1;
  const PtlVantageEndpoint *endpoint = work->endpoints->pdata[index];
  g_autoptr (GError) error = NULL;
  GCancellable *cancellable = g_task_get_cancellable (task);
  PtlSeenState state = look_at (work, endpoint, cancellable, &error);
  PtlVantageAnswer *answer;
  char *detail = work->kind == PTL_VANTAGE_HAIRPIN ? describe_hairpin (&state, error)
                                                   : describe_relay (endpoint->port, state, error);

  answer = ptl_vantage_answer_new (endpoint->address, endpoint->port, endpoint->protocol,
                                   work->kind, state, work->at, detail);
  if (state == PTL_SEEN_OPEN && work->identify)
    identify (work, endpoint, cancellable, answer);
  /* Its own place, which nobody else touches. */
  work->answers->pdata[index] = answer;
  end_one (task);
}

void
ptl_vantage_look (GTask *task)
{
  PtlVantageWork *work = g_task_get_task_data (task);
  Look *look;

  if (work->endpoints->len == 0)
    {
      g_task_return_pointer (task, g_ptr_array_ref (work->answers),
                             (GDestroyNotify) g_ptr_array_unref);
      g_object_unref (task);
      return;
    }
  look = g_new0 (Look, 1);
  look->n_left = (gint) work->endpoints->len;
  look->pool = g_thread_pool_new (look_in_thread, task, AT_A_TIME, FALSE, NULL);
  work->more = look;
  work->free_more = look_free;
  g_ptr_array_set_size (work->answers, (gint) work->endpoints->len);
  for (guint i = 0; i < work->endpoints->len; i++)
    g_thread_pool_push (look->pool, GUINT_TO_POINTER (i + 1), NULL);
}

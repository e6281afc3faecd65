/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-identifier.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "core/ptl-drop.h"
#include "worker/ptl-near.h"

/* What was found out is told for so long, as from the plan of a wizard to its Open. Who opens looks
 * again all the same: it may be another program by then. */
#define KEPT_US (30 * G_USEC_PER_SEC)
#define RUNS_MAX 256
/* What the key of a look in haste ends in. */
#define HASTY "/soon"
/* The look itself ends long before; this is for a name that is slow to lead anywhere. */
#define OPEN_MS 1500
#define LOOK_MS 2000
/* By UDP silence is usual: nobody waits for it. */
#define LOOK_UDP_MS 700
#define WHOLE_MS 20000

/* One look at one endpoint. */
typedef struct
{
  char *key;
  GPtrArray *waiting; /* (element-type GTask); NULL = it is over */
  PtlSeenState state;
  PtlIdentity *identity;
  gboolean unfinished;
  gint64 at_us; /* boot time of its end */
} Run;

struct _PtlIdentifier
{
  GObject parent;

  PtlClock *clock;
  PtlDial *dial;
  GCancellable *ending;
  GHashTable *runs; /* key -> Run */
};

G_DEFINE_FINAL_TYPE (PtlIdentifier, ptl_identifier, G_TYPE_OBJECT)

static guint looked_signal;

/* Somebody who waits. */
typedef struct
{
  PtlEndpoint *target;
  char *where;
  GInetAddress *address; /* (nullable) until it is known */
  PtlIdentifierHaste haste;
  GSource *late;
  GSource *cancelled;
  gboolean answered;
  Run *run; /* (nullable), borrowed */
} Wait;

void
ptl_identified_free (PtlIdentified *self)
{
  if (self == NULL)
    return;
  ptl_identity_free (self->identity);
  g_free (self->where);
  g_free (self);
}

static void
run_free (gpointer data)
{
  Run *run = data;

  g_clear_pointer (&run->waiting, g_ptr_array_unref);
  ptl_identity_free (run->identity);
  g_free (run->key);
  g_free (run);
}

static void
wait_free (gpointer data)
{
  Wait *wait = data;

  ptl_drop_source (&wait->late);
  ptl_drop_source (&wait->cancelled);
  g_clear_object (&wait->address);
  ptl_endpoint_free (wait->target);
  g_free (wait->where);
  g_free (wait);
}

/* ---- Those who wait ---- */

/* @run: (nullable): nothing was found out. */
static PtlIdentified *
identified_new (const char *where, const Run *run)
{
  PtlIdentified *identified = g_new0 (PtlIdentified, 1);

  identified->where = g_strdup (where);
  identified->state = run != NULL ? run->state : PTL_SEEN_FAILED;
  identified->identity
      = run != NULL && run->identity != NULL ? ptl_identity_copy (run->identity) : NULL;
  identified->unfinished = run == NULL || run->unfinished;
  return identified;
}

static void
answer (GTask *task, const Run *run)
{
  Wait *wait = g_task_get_task_data (task);

  wait->answered = TRUE;
  ptl_drop_source (&wait->late);
  ptl_drop_source (&wait->cancelled);
  g_task_return_pointer (task, identified_new (wait->where, run),
                         (GDestroyNotify) ptl_identified_free);
}

/* Its run goes on: whoever asks next may profit. */
static void
leave (GTask *task)
{
  Wait *wait = g_task_get_task_data (task);
  Run *run = g_steal_pointer (&wait->run);

  if (run != NULL && run->waiting != NULL)
    g_ptr_array_remove (run->waiting, task);
}

/* (nullable): what was found in haste, where that is over. */
static const Run *
find_hasty (PtlIdentifier *self, const char *key)
{
  g_autofree char *hasty = g_strconcat (key, HASTY, NULL);
  const Run *run = g_hash_table_lookup (self->runs, hasty);

  return run != NULL && run->waiting == NULL ? run : NULL;
}

/* What was found in haste is better than nothing. */
static gboolean
on_late (gpointer data)
{
  g_autoptr (GTask) task = g_object_ref (data);
  Wait *wait = g_task_get_task_data (task);
  const Run *hasty
      = wait->run != NULL ? find_hasty (g_task_get_source_object (task), wait->run->key) : NULL;

  leave (task);
  answer (task, hasty);
  return G_SOURCE_REMOVE;
}

static void
fail (GTask *task, GError *error)
{
  Wait *wait = g_task_get_task_data (task);

  wait->answered = TRUE;
  ptl_drop_source (&wait->late);
  ptl_drop_source (&wait->cancelled);
  g_task_return_error (task, error);
}

static gboolean
on_cancelled (GCancellable *cancellable, gpointer data)
{
  g_autoptr (GTask) task = g_object_ref (data);

  leave (task);
  fail (task, ptl_error_new (PTL_ERROR_CANCELLED, NULL, _ ("It was cancelled.")));
  return G_SOURCE_REMOVE;
}

static guint
patience_of (const Wait *wait)
{
  switch (wait->haste)
    {
    case PTL_IDENTIFIER_OPEN:
      return OPEN_MS;
    case PTL_IDENTIFIER_LOOK:
      return wait->target->protocol == PTL_PROTOCOL_UDP ? LOOK_UDP_MS : LOOK_MS;
    default:
      return WHOLE_MS;
    }
}

static void
set_timers (GTask *task)
{
  Wait *wait = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);

  wait->late = g_timeout_source_new (patience_of (wait));
  g_task_attach_source (task, wait->late, on_late);
  if (cancellable == NULL)
    return;
  wait->cancelled = g_cancellable_source_new (cancellable);
  g_task_attach_source (task, wait->cancelled, G_SOURCE_FUNC (on_cancelled));
}

/* ---- Looks ---- */

/* A look that is under way. */
typedef struct
{
  PtlIdentifier *identifier;
  char *key;
  gboolean hasty;
} Looking;

static gboolean
is_same_program (const PtlIdentity *hasty, const PtlIdentity *whole)
{
  return hasty != NULL && whole != NULL
         && (*hasty->service == '\0' || g_str_equal (hasty->service, whole->service));
}

/* A plan that was just looked at in full knows more than a look in haste that came to no end. */
static void
take_whole (PtlIdentifier *self, Run *hasty)
{
  g_autofree char *key = g_strndup (hasty->key, strlen (hasty->key) - strlen (HASTY));
  const Run *whole = g_hash_table_lookup (self->runs, key);

  if (!hasty->unfinished || whole == NULL || whole->waiting != NULL
      || ptl_clock_get_boot_us (self->clock) - whole->at_us > KEPT_US
      || !is_same_program (hasty->identity, whole->identity))
    return;
  ptl_identity_free (hasty->identity);
  hasty->identity = ptl_identity_copy (whole->identity);
  hasty->unfinished = FALSE;
}

static void look (PtlIdentifier *self, GTask *task, gboolean hasty);

/* Whoever looks at a plan wants to know all of it, as far as there is time. */
static void
pass_on (PtlIdentifier *self, GTask *task, const Run *run, gboolean hasty)
{
  Wait *wait = g_task_get_task_data (task);

  wait->run = NULL;
  if (hasty && run->unfinished && wait->haste == PTL_IDENTIFIER_LOOK)
    look (self, task, FALSE);
  else
    answer (task, run);
}

static void
on_identified (GObject *source, GAsyncResult *result, gpointer data)
{
  Looking *looking = data;
  g_autoptr (PtlIdentifier) self = looking->identifier;
  g_autofree char *key = looking->key;
  gboolean hasty = looking->hasty;
  Run *run = g_hash_table_lookup (self->runs, key);
  g_autoptr (GPtrArray) waiting = g_steal_pointer (&run->waiting);

  run->state = PTL_SEEN_FAILED;
  run->identity = hasty ? ptl_identify_soon_finish (result, &run->state, &run->unfinished, NULL)
                        : ptl_identify_finish (result, &run->state, NULL);
  run->at_us = ptl_clock_get_boot_us (self->clock);
  if (hasty)
    take_whole (self, run);
  g_free (looking);
  for (guint i = 0; i < waiting->len; i++)
    pass_on (self, waiting->pdata[i], run, hasty);
  g_signal_emit (self, looked_signal, 0);
}

/* What somebody waits for is kept, and what may be told. */
static gboolean
is_stale (gpointer key, gpointer value, gpointer data)
{
  PtlIdentifier *self = data;
  const Run *run = value;

  return run->waiting == NULL && ptl_clock_get_boot_us (self->clock) - run->at_us > KEPT_US;
}

static gboolean
is_over (gpointer key, gpointer value, gpointer data)
{
  return ((const Run *) value)->waiting == NULL;
}

static Run *
start_run (PtlIdentifier *self, const char *key, const Wait *wait, gboolean hasty)
{
  Run *run = g_new0 (Run, 1);
  Looking *looking = g_new0 (Looking, 1);

  run->key = g_strdup (key);
  run->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  g_hash_table_replace (self->runs, run->key, run);
  looking->identifier = g_object_ref (self);
  looking->key = g_strdup (key);
  looking->hasty = hasty;
  (hasty ? ptl_identify_soon_async
         : ptl_identify_async) (NULL, self->dial, wait->address, wait->target->first,
                                wait->target->protocol, self->ending, on_identified, looking);
  return run;
}

static char *
key_of (const PtlEndpoint *target, GInetAddress *address)
{
  g_autofree char *host = g_inet_address_to_string (address);

  return g_strdup_printf ("%s/%s/%u", ptl_protocol_to_string (target->protocol), host,
                          target->first);
}

static void
look (PtlIdentifier *self, GTask *task, gboolean hasty)
{
  Wait *wait = g_task_get_task_data (task);
  g_autofree char *whole = key_of (wait->target, wait->address);
  g_autofree char *key = g_strconcat (whole, hasty ? HASTY : "", NULL);
  Run *run = g_hash_table_lookup (self->runs, key);

  if (run == NULL && g_hash_table_size (self->runs) >= RUNS_MAX)
    g_hash_table_foreach_remove (self->runs, is_over, NULL);
  if (run == NULL && g_hash_table_size (self->runs) >= RUNS_MAX)
    {
      answer (task, NULL);
      return;
    }
  if (run == NULL || run->waiting == NULL)
    run = start_run (self, key, wait, hasty);
  wait->run = run;
  g_ptr_array_add (run->waiting, g_object_ref (task));
}

static void
look_at (PtlIdentifier *self, GTask *task, GInetAddress *address)
{
  Wait *wait = g_task_get_task_data (task);

  wait->address = g_object_ref (address);
  g_hash_table_foreach_remove (self->runs, is_stale, self);
  look (self, task, wait->haste != PTL_IDENTIFIER_WHOLE);
}

/* ---- Where it may be looked ---- */

static GError *
not_near (const char *host)
{
  return ptl_error_new (PTL_ERROR_INVALID, _ ("Give a target on this computer or in its network."),
                        /* Translators: %s is a name or an address */
                        _ ("%s is not on this computer or in its network, so it is not looked at."),
                        host);
}

static void
on_resolved (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  PtlIdentifier *self = g_task_get_source_object (task);
  Wait *wait = g_task_get_task_data (task);
  GList *addresses = g_resolver_lookup_by_name_finish (G_RESOLVER (source), result, NULL);
  GList *near = addresses;

  while (near != NULL && !ptl_near_has (near->data))
    near = near->next;
  if (!wait->answered && near != NULL)
    look_at (self, task, near->data);
  else if (!wait->answered)
    fail (task, not_near (wait->target->host));
  g_resolver_free_addresses (addresses);
}

/* (nullable): of a target that is given by its address. */
static GInetAddress *
address_of (const PtlEndpoint *target)
{
  if (target->host == NULL || g_ascii_strcasecmp (target->host, "localhost") == 0)
    return g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  return g_inet_address_new_from_string (target->host);
}

static void
find_and_look (PtlIdentifier *self, GTask *task)
{
  Wait *wait = g_task_get_task_data (task);
  g_autoptr (GInetAddress) address = address_of (wait->target);
  g_autoptr (GResolver) resolver = NULL;

  if (address != NULL && ptl_near_has (address))
    look_at (self, task, address);
  else if (address != NULL)
    fail (task, not_near (wait->target->host));
  else
    {
      resolver = g_resolver_get_default ();
      g_resolver_lookup_by_name_async (resolver, wait->target->host, self->ending, on_resolved,
                                       g_object_ref (task));
    }
}

void
ptl_identifier_ask_async (PtlIdentifier *self,
                          const PtlEndpoint *target,
                          PtlIdentifierHaste haste,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Wait *wait = g_new0 (Wait, 1);

  g_task_set_source_tag (task, ptl_identifier_ask_async);
  g_task_set_check_cancellable (task, FALSE);
  wait->target = ptl_endpoint_copy (target);
  wait->target->last = wait->target->first;
  if (wait->target->protocol == PTL_PROTOCOL_BOTH)
    wait->target->protocol = PTL_PROTOCOL_TCP;
  wait->where = ptl_endpoint_to_string (wait->target);
  wait->haste = haste;
  g_task_set_task_data (task, wait, wait_free);
  if (target->path != NULL || target->first == 0)
    {
      fail (task, ptl_error_new (PTL_ERROR_INVALID, _ ("Give an address and a port."),
                                 _ ("Only a port can be looked at.")));
      return;
    }
  set_timers (task);
  find_and_look (self, task);
}

PtlIdentified *
ptl_identifier_ask_finish (PtlIdentifier *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

PtlIdentified *
ptl_identifier_dup_known (PtlIdentifier *self, const PtlEndpoint *target)
{
  g_autoptr (GInetAddress) address = address_of (target);
  g_autofree char *key = address != NULL ? key_of (target, address) : NULL;
  g_autofree char *where = NULL;
  const Run *run = key != NULL ? g_hash_table_lookup (self->runs, key) : NULL;

  if (key != NULL && (run == NULL || run->waiting != NULL))
    run = find_hasty (self, key);
  if (run == NULL || run->state == PTL_SEEN_FAILED)
    return NULL;
  where = ptl_endpoint_to_string (target);
  return identified_new (where, run);
}

/* ---- Its life ---- */

static void
ptl_identifier_dispose (GObject *object)
{
  PtlIdentifier *self = PTL_IDENTIFIER (object);

  g_cancellable_cancel (self->ending);
  G_OBJECT_CLASS (ptl_identifier_parent_class)->dispose (object);
}

static void
ptl_identifier_finalize (GObject *object)
{
  PtlIdentifier *self = PTL_IDENTIFIER (object);

  g_hash_table_unref (self->runs);
  g_clear_object (&self->ending);
  g_clear_object (&self->clock);
  ptl_dial_unref (self->dial);
  G_OBJECT_CLASS (ptl_identifier_parent_class)->finalize (object);
}

static void
ptl_identifier_class_init (PtlIdentifierClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = ptl_identifier_dispose;
  object_class->finalize = ptl_identifier_finalize;
  looked_signal = g_signal_new ("looked", PTL_TYPE_IDENTIFIER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
ptl_identifier_init (PtlIdentifier *self)
{
  self->runs = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, run_free);
  self->ending = g_cancellable_new ();
}

PtlIdentifier *
ptl_identifier_new (PtlClock *clock)
{
  PtlIdentifier *self = g_object_new (PTL_TYPE_IDENTIFIER, NULL);

  self->clock = g_object_ref (clock);
  self->dial = ptl_dial_new_direct ();
  return self;
}

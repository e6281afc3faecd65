/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-exposure-outside.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "core/ptl-drop.h"
#include "core/ptl-host.h"
#include "exposure/vantage/ptl-vantage.h"
#include "router/ptl-address-class.h"
#include "secret/ptl-secret.h"
#include "tunnel/ptl-ssh-master.h"

/* A router takes a moment to tell its address. */
#define ADDRESS_PATIENCE_S 4
/* Of one address. */
#define PORTS_MAX 512

typedef struct
{
  PtlClock *clock;
  PtlAddressSource *addresses;
  PtlRelays *relays;
  char *state_dir;
  guint vantages;
  PtlRelay *relay;
  char *servers[PTL_N_VANTAGES];
  GArray *ports;
  PtlReportFacts *facts; /* borrowed: whoever asked holds it */
  char *ipv4;            /* "" = none */
  GPtrArray *endpoints;  /* (element-type PtlVantageEndpoint) */
  GPtrArray *notes;
  PtlSshMaster *master;
  GSource *late;
  gulong changed_id;
  guint n_pending;
} Work;

static void
work_free (gpointer data)
{
  Work *work = data;

  ptl_drop_source (&work->late);
  g_clear_object (&work->master);
  g_clear_object (&work->clock);
  g_clear_object (&work->addresses);
  g_clear_object (&work->relays);
  ptl_relay_free (work->relay);
  for (guint i = 0; i < PTL_N_VANTAGES; i++)
    g_free (work->servers[i]);
  g_clear_pointer (&work->ports, g_array_unref);
  g_clear_pointer (&work->endpoints, g_ptr_array_unref);
  g_ptr_array_unref (work->notes);
  g_free (work->state_dir);
  g_free (work->ipv4);
  g_free (work);
}

static gboolean
wants (const Work *work, PtlVantageKind kind)
{
  return (work->vantages & (1u << kind)) != 0;
}

static void
note (Work *work, const char *text)
{
  g_ptr_array_add (work->notes, g_strdup (text));
}

static void
note_error (Work *work, const GError *error)
{
  g_ptr_array_add (work->notes, ptl_error_dup_sentence (error));
}

/* ---- What to look at ---- */

static void
add_endpoint (GPtrArray *endpoints, GInetAddress *address, guint16 port, PtlProtocol protocol)
{
  for (guint i = 0; i < endpoints->len; i++)
    {
      const PtlVantageEndpoint *other = endpoints->pdata[i];

      if (other->port == port && other->protocol == protocol
          && g_inet_address_equal (other->address, address))
        return;
    }
  if (endpoints->len < 2 * PORTS_MAX)
    g_ptr_array_add (endpoints, ptl_vantage_endpoint_new (address, port, protocol));
}

/* Ports that routers and rules lead to from outside. */
static void
add_doors (Work *work, GInetAddress *address)
{
  for (guint i = 0; i < work->facts->doors->len; i++)
    {
      const PtlReportDoor *door = work->facts->doors->pdata[i];
      g_autoptr (PtlEndpoint) outside
          = *door->public_endpoint != '\0' && strcmp (door->system, "router") == 0
                ? ptl_endpoint_parse (door->public_endpoint, door->protocol, NULL)
                : NULL;

      if (outside != NULL && outside->first != 0
          && (outside->host == NULL || ptl_host_equal (outside->host, work->ipv4)))
        add_endpoint (work->endpoints, address, outside->first, door->protocol);
    }
}

static gboolean
is_passing (const Work *work, const PtlReportSocket *socket)
{
  return socket->protocol == PTL_PROTOCOL_UDP && work->facts->passing != 0
         && socket->port >= work->facts->passing;
}

/* What listens at @text, or at every address of its kind. A socket of every IPv6 address mostly
 * takes IPv4 too. */
static void
add_sockets (Work *work, GInetAddress *address, const char *text)
{
  gboolean ipv4 = g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV4;

  for (guint i = 0; i < work->facts->sockets->len; i++)
    {
      const PtlReportSocket *socket = work->facts->sockets->pdata[i];
      gboolean fits
          = ipv4 ? strchr (socket->address, ':') == NULL || strcmp (socket->address, "::") == 0
                 : strcmp (socket->address, "::") == 0 || ptl_host_equal (socket->address, text);

      if (fits && !ptl_host_is_loopback (socket->address) && !is_passing (work, socket))
        add_endpoint (work->endpoints, address, socket->port, socket->protocol);
    }
}

static void
add_address (Work *work, const char *text)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (text);

  if (address == NULL)
    return;
  if (g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV4)
    add_doors (work, address);
  add_sockets (work, address, text);
  for (guint i = 0; work->ports != NULL && i < work->ports->len; i++)
    add_endpoint (work->endpoints, address, g_array_index (work->ports, guint16, i),
                  PTL_PROTOCOL_TCP);
}

static void
collect_endpoints (Work *work)
{
  work->endpoints = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_vantage_endpoint_free);
  if (*work->ipv4 != '\0')
    add_address (work, work->ipv4);
  for (char **address = work->facts->addresses; *address != NULL; address++)
    if (strchr (*address, ':') != NULL && ptl_address_class_of (*address) == PTL_ADDRESS_PUBLIC)
      add_address (work, *address);
}

/* Those that @kind can say anything about. (transfer full) */
static GPtrArray *
choose_endpoints (Work *work, PtlVantageKind kind)
{
  GPtrArray *chosen = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_vantage_endpoint_free);
  gboolean looks = kind == PTL_VANTAGE_RELAY || kind == PTL_VANTAGE_HAIRPIN;

  for (guint i = 0; i < work->endpoints->len; i++)
    {
      const PtlVantageEndpoint *one = work->endpoints->pdata[i];
      gboolean ipv4 = g_inet_address_get_family (one->address) == G_SOCKET_FAMILY_IPV4;

      if ((looks && one->protocol == PTL_PROTOCOL_UDP)
          || ((kind == PTL_VANTAGE_HAIRPIN || kind == PTL_VANTAGE_INTERNETDB) && !ipv4))
        continue;
      g_ptr_array_add (chosen, ptl_vantage_endpoint_new (one->address, one->port, one->protocol));
    }
  return chosen;
}

/* ---- Asking ---- */

static void
end_one (GTask *task)
{
  Work *work = g_task_get_task_data (task);

  if (--work->n_pending > 0)
    return;
  /* The relay's ssh ends with the check. */
  g_clear_object (&work->master);
  if (g_cancellable_is_cancelled (g_task_get_cancellable (task)))
    g_task_return_error (task,
                         ptl_error_new (PTL_ERROR_CANCELLED, NULL, _ ("The check was stopped.")));
  else
    g_task_return_pointer (task, g_ptr_array_ref (work->notes), (GDestroyNotify) g_ptr_array_unref);
}

static void
take_answer (Work *work, const PtlVantageAnswer *answer)
{
  g_autofree char *address = g_inet_address_to_string (answer->address);
  PtlReportLook *look = ptl_report_look_new (answer->protocol, address, answer->port,
                                             answer->sighting->vantage, answer->sighting->state);

  look->at = answer->sighting->at;
  ptl_report_set (&look->detail, answer->sighting->detail);
  look->identity = answer->identity != NULL ? ptl_identity_copy (answer->identity) : NULL;
  g_ptr_array_add (work->facts->looks, look);
}

static void
on_answers (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GPtrArray) answers = ptl_vantage_ask_finish (result, NULL);

  for (guint i = 0; answers != NULL && i < answers->len; i++)
    take_answer (g_task_get_task_data (task), answers->pdata[i]);
  end_one (task);
}

static void
ask (GTask *task, PtlVantageKind kind, PtlDial *dial, const char *key)
{
  Work *work = g_task_get_task_data (task);
  g_autoptr (GPtrArray) endpoints = choose_endpoints (work, kind);
  g_autoptr (GPtrArray) addresses = g_ptr_array_new_with_free_func (g_object_unref);
  PtlVantageAsk question = { .kind = kind,
                             .endpoints = endpoints,
                             .addresses = addresses,
                             .clock = work->clock,
                             .identify = TRUE,
                             .dial = dial,
                             .server = work->servers[kind],
                             .key = key };

  /* A record may know of a door that nobody here knows of. */
  if (*work->ipv4 != '\0')
    g_ptr_array_add (addresses, g_inet_address_new_from_string (work->ipv4));
  work->n_pending++;
  ptl_vantage_ask_async (&question, g_task_get_cancellable (task), on_answers, g_object_ref (task));
}

/* ---- Records that take a key ---- */

typedef struct
{
  GTask *task;
  PtlVantageKind kind;
} Keyed;

static void
on_key (GObject *source, GAsyncResult *result, gpointer data)
{
  Keyed *keyed = data;
  g_autoptr (GTask) task = keyed->task;
  PtlVantageKind kind = keyed->kind;
  g_autoptr (GError) error = NULL;
  char *key = ptl_secret_lookup_finish (result, &error);

  g_free (keyed);
  if (key == NULL && !g_error_matches (error, PTL_ERROR, PTL_ERROR_NOT_FOUND))
    note_error (g_task_get_task_data (task), error);
  /* Without one it is not asked, and says so. */
  ask (task, kind, NULL, key);
  ptl_secret_free (key);
  end_one (task);
}

static void
ask_with_key (GTask *task, PtlVantageKind kind)
{
  Work *work = g_task_get_task_data (task);
  Keyed *keyed;

  if (!wants (work, kind))
    return;
  keyed = g_new0 (Keyed, 1);
  keyed->task = g_object_ref (task);
  keyed->kind = kind;
  work->n_pending++;
  ptl_secret_lookup_async (PTL_SECRET_RECORD, ptl_vantage_to_string (kind), FALSE,
                           g_task_get_cancellable (task), on_key, keyed);
}

/* ---- The relay ---- */

static void
relay_failed (Work *work, const GError *error)
{
  g_autoptr (GPtrArray) endpoints = choose_endpoints (work, PTL_VANTAGE_RELAY);
  g_autofree char *what = ptl_error_dup_what (error);

  note_error (work, error);
  for (guint i = 0; i < endpoints->len; i++)
    {
      const PtlVantageEndpoint *one = endpoints->pdata[i];
      g_autofree char *address = g_inet_address_to_string (one->address);
      PtlReportLook *look = ptl_report_look_new (one->protocol, address, one->port,
                                                 PTL_VANTAGE_RELAY, PTL_SEEN_FAILED);

      look->at = ptl_clock_get_wall (work->clock);
      ptl_report_set (&look->detail, what);
      g_ptr_array_add (work->facts->looks, look);
    }
}

static void
on_relay (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Work *work = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autofree char *key_line = NULL;
  g_autofree char *fingerprint = NULL;
  g_autoptr (PtlDial) dial = NULL;

  work->master = ptl_ssh_master_open_finish (result, &key_line, &fingerprint, &error);
  if (ptl_relay_state_for (error) != NULL)
    ptl_relays_set_state (work->relays, work->relay->id, ptl_relay_state_for (error), error);
  if (key_line != NULL)
    ptl_relays_offer_key (work->relays, work->relay->id, key_line, fingerprint);
  if (work->master != NULL)
    {
      dial = ptl_dial_new_relay (ptl_ssh_master_get_control (work->master), work->relay->name);
      ask (task, PTL_VANTAGE_RELAY, dial, NULL);
    }
  else if (ptl_error_code_of (error) != PTL_ERROR_CANCELLED)
    relay_failed (work, error);
  end_one (task);
}

static void
look_from_relay (GTask *task)
{
  Work *work = g_task_get_task_data (task);
  g_autoptr (GPtrArray) endpoints = choose_endpoints (work, PTL_VANTAGE_RELAY);

  if (endpoints->len == 0)
    return;
  work->n_pending++;
  ptl_ssh_master_open_async (work->relay, work->state_dir, g_task_get_cancellable (task), on_relay,
                             g_object_ref (task));
  for (guint i = 0; i < work->endpoints->len; i++)
    if (((const PtlVantageEndpoint *) work->endpoints->pdata[i])->protocol == PTL_PROTOCOL_UDP)
      {
        note (work, _ ("UDP ports were not looked at from the relay: an ssh connection carries TCP "
                       "only."));
        break;
      }
}

/* ---- All of it ---- */

/* A machine that is on the internet itself has no router to come back through. */
static void
look_from_inside (GTask *task)
{
  Work *work = g_task_get_task_data (task);
  g_autoptr (PtlDial) dial = NULL;

  if (*work->ipv4 == '\0')
    return;
  if (g_strv_contains ((const char *const *) work->facts->addresses, work->ipv4))
    {
      note (work, _ ("This computer has the public address itself, so there is no way back in to "
                     "be tried."));
      return;
    }
  dial = ptl_dial_new_direct ();
  ask (task, PTL_VANTAGE_HAIRPIN, dial, NULL);
}

static void
begin (GTask *task)
{
  Work *work = g_task_get_task_data (task);
  const char *ipv4 = ptl_address_source_get (work->addresses, PTL_ADDRESS_FAMILY_IPV4);
  const GError *why = ptl_address_source_get_error (work->addresses, PTL_ADDRESS_FAMILY_IPV4);

  work->ipv4 = g_strdup (ipv4 != NULL ? ipv4 : "");
  if (ipv4 == NULL && why != NULL)
    note_error (work, why);
  collect_endpoints (work);
  work->n_pending = 1;
  if (wants (work, PTL_VANTAGE_HAIRPIN))
    look_from_inside (task);
  if (wants (work, PTL_VANTAGE_RELAY) && work->relay != NULL)
    look_from_relay (task);
  if (wants (work, PTL_VANTAGE_INTERNETDB) && *work->ipv4 != '\0')
    ask (task, PTL_VANTAGE_INTERNETDB, NULL, NULL);
  ask_with_key (task, PTL_VANTAGE_SHODAN);
  ask_with_key (task, PTL_VANTAGE_CENSYS);
  end_one (task);
}

/* ---- The public address ---- */

static void
begin_now (GTask *owned)
{
  g_autoptr (GTask) task = owned;
  Work *work = g_task_get_task_data (task);

  g_clear_signal_handler (&work->changed_id, work->addresses);
  ptl_drop_source (&work->late);
  begin (task);
}

static gboolean
on_late (gpointer task)
{
  begin_now (task);
  return G_SOURCE_REMOVE;
}

static void
on_changed (PtlAddressSource *addresses, GTask *task)
{
  if (ptl_address_source_get (addresses, PTL_ADDRESS_FAMILY_IPV4) != NULL)
    begin_now (task);
}

static Work *
work_new (const PtlExposureOutside *outside, PtlReportFacts *facts)
{
  Work *work = g_new0 (Work, 1);

  work->clock = g_object_ref (outside->clock);
  work->addresses = g_object_ref (outside->addresses);
  work->relays = g_object_ref (outside->relays);
  work->state_dir = g_strdup (outside->state_dir);
  work->vantages = outside->vantages;
  work->relay = outside->relay != NULL ? ptl_relay_copy (outside->relay) : NULL;
  for (guint i = 0; outside->servers != NULL && i < PTL_N_VANTAGES; i++)
    work->servers[i] = g_strdup (outside->servers[i]);
  work->ports = outside->ports != NULL ? g_array_ref (outside->ports) : NULL;
  work->facts = facts;
  work->notes = g_ptr_array_new_with_free_func (g_free);
  return work;
}

void
ptl_exposure_outside_async (const PtlExposureOutside *outside,
                            PtlReportFacts *facts,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  Work *work = work_new (outside, facts);

  g_task_set_source_tag (task, ptl_exposure_outside_async);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, work, work_free);
  ptl_address_source_refresh (work->addresses);
  if (ptl_address_source_get (work->addresses, PTL_ADDRESS_FAMILY_IPV4) != NULL)
    {
      begin_now (task);
      return;
    }
  /* The task waits, and begin_now() gives it back. */
  work->changed_id = g_signal_connect (work->addresses, "changed", G_CALLBACK (on_changed), task);
  work->late = g_timeout_source_new_seconds (ADDRESS_PATIENCE_S);
  g_task_attach_source (task, work->late, on_late);
}

GPtrArray *
ptl_exposure_outside_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

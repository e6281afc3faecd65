/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-vantage-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "core/ptl-error.h"
#include "ptl-record-fetch.h"
#include "ptl-record.h"

/* One address after the other, lest it be too many questions at once. */
static void next_address (GTask *task);

static const char *
get_name (PtlVantageKind kind)
{
  return kind == PTL_VANTAGE_INTERNETDB ? "InternetDB"
         : kind == PTL_VANTAGE_SHODAN   ? "Shodan"
                                        : "Censys";
}

/* (transfer full) (nullable) */
static char *
describe_cves (const PtlRecord *record)
{
  GString *text;

  if (record->n_cves == 0)
    return NULL;
  text = g_string_new (NULL);
  for (guint i = 0; i < record->cves->len; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", (const char *) record->cves->pdata[i]);
  if (record->n_cves > record->cves->len)
    g_string_append_printf (text, ", +%u", record->n_cves - record->cves->len);
  return g_string_free (text, FALSE);
}

/* (transfer full) */
static char *
describe_listed (PtlVantageKind kind, const PtlRecord *record, const PtlRecordPort *port)
{
  GString *text = g_string_new (NULL);
  g_autofree char *cves = describe_cves (record);

  if (port->at == 0)
    /* Translators: %s is InternetDB or the like */
    g_string_append_printf (text,
                            _ ("%s is brought up to date about once a week, and does not say when "
                               "it looked."),
                            get_name (kind));
  if (*port->service != '\0')
    /* Translators: InternetDB or the like, and the name of a service, such as ssh */
    g_string_append_printf (text, _ ("%s calls it “%s”."), get_name (kind), port->service);
  if (cves != NULL)
    {
      if (text->len > 0)
        g_string_append_c (text, ' ');
      /* Translators: %s are numbers of weaknesses: CVE-2021-44228, CVE-2019-1563 */
      g_string_append_printf (text,
                              _ ("Weaknesses that it guesses from version numbers of this address, "
                                 "without a test: %s."),
                              cves);
    }
  return g_string_free (text, FALSE);
}

/* (transfer full) */
static char *
describe_unlisted (PtlVantageKind kind, const PtlRecord *record, const PtlRecordPort *other)
{
  if (other != NULL)
    /* Translators: InternetDB or the like */
    return g_strdup_printf (_ ("%s names this port, but does not say whether by TCP or by UDP."),
                            get_name (kind));
  if (record == NULL)
    /* Translators: InternetDB or the like */
    return g_strdup_printf (_ ("%s knows nothing of this address. That does not make it closed."),
                            get_name (kind));
  /* Translators: InternetDB or the like */
  return g_strdup_printf (_ ("%s does not name it. That does not make it closed."),
                          get_name (kind));
}

static PtlVantageAnswer *
answer_listed (PtlVantageWork *work,
               GInetAddress *address,
               PtlProtocol protocol,
               const PtlRecord *record,
               const PtlRecordPort *port)
{
  return ptl_vantage_answer_new (address, port->port, protocol, work->kind, PTL_SEEN_OPEN, port->at,
                                 describe_listed (work->kind, record, port));
}

/* A number alone stands for TCP, of which records are made in the first place. */
static PtlVantageAnswer *
answer_asked (PtlVantageWork *work, const PtlVantageEndpoint *endpoint, const PtlRecord *record)
{
  const PtlRecordPort *port
      = record != NULL ? ptl_record_find (record, endpoint->port, endpoint->protocol) : NULL;
  gboolean vague = port != NULL && port->protocol == PTL_PROTOCOL_NONE
                   && endpoint->protocol == PTL_PROTOCOL_UDP;

  if (port != NULL && !vague)
    return answer_listed (work, endpoint->address, endpoint->protocol, record, port);
  return ptl_vantage_answer_new (endpoint->address, endpoint->port, endpoint->protocol, work->kind,
                                 PTL_SEEN_UNLISTED, 0,
                                 describe_unlisted (work->kind, record, port));
}

static gboolean
is_asked (PtlVantageWork *work, GInetAddress *address, guint16 port, PtlProtocol protocol)
{
  for (guint i = 0; i < work->endpoints->len; i++)
    {
      const PtlVantageEndpoint *endpoint = work->endpoints->pdata[i];

      if (endpoint->port == port && endpoint->protocol == protocol
          && g_inet_address_equal (endpoint->address, address))
        return TRUE;
    }
  return FALSE;
}

/* @record: NULL = they know nothing of it. */
static void
take_record (PtlVantageWork *work, GInetAddress *address, const PtlRecord *record)
{
  for (guint i = 0; i < work->endpoints->len; i++)
    {
      const PtlVantageEndpoint *endpoint = work->endpoints->pdata[i];

      if (g_inet_address_equal (endpoint->address, address))
        work->answers->pdata[i] = answer_asked (work, endpoint, record);
    }
  for (guint i = 0; record != NULL && i < record->ports->len; i++)
    {
      const PtlRecordPort *port = record->ports->pdata[i];
      PtlProtocol protocol
          = port->protocol != PTL_PROTOCOL_NONE ? port->protocol : PTL_PROTOCOL_TCP;

      if (!is_asked (work, address, port->port, protocol))
        g_ptr_array_add (work->answers, answer_listed (work, address, protocol, record, port));
    }
}

static void
take_failure (PtlVantageWork *work, GInetAddress *address, const GError *error)
{
  for (guint i = 0; i < work->endpoints->len; i++)
    {
      const PtlVantageEndpoint *endpoint = work->endpoints->pdata[i];

      if (g_inet_address_equal (endpoint->address, address))
        work->answers->pdata[i]
            = ptl_vantage_answer_new (endpoint->address, endpoint->port, endpoint->protocol,
                                      work->kind, PTL_SEEN_FAILED, work->at,
                                      ptl_error_dup_sentence (error));
    }
}

static void
on_fetched (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  PtlVantageWork *work = g_task_get_task_data (task);
  GInetAddress *address = work->addresses->pdata[work->next++];
  g_autoptr (GError) error = NULL;
  g_autoptr (PtlRecord) record = ptl_record_fetch_finish (result, &error);

  if (record == NULL && error != NULL && error->code != PTL_ERROR_NOT_FOUND)
    take_failure (work, address, error);
  else
    take_record (work, address, record);
  next_address (task);
}

static gboolean
may_ask (PtlVantageWork *work, GInetAddress *address, GError **error)
{
  gboolean is_ipv4 = g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV4;

  if (work->kind == PTL_VANTAGE_INTERNETDB && !is_ipv4)
    ptl_error_set (error, PTL_ERROR_NOT_SUPPORTED, NULL,
                   _ ("InternetDB knows IPv4 addresses alone."));
  else if (ptl_vantage_needs_key (work->kind) && (work->key == NULL || *work->key == '\0'))
    /* Translators: Shodan or Censys */
    ptl_error_set (error, PTL_ERROR_PERMISSION, _ ("Give the key of your account there."),
                   _ ("%s needs a key of yours."), get_name (work->kind));
  else
    return TRUE;
  return FALSE;
}

static void
next_address (GTask *task)
{
  PtlVantageWork *work = g_task_get_task_data (task);

  while (work->next < work->addresses->len
         && !g_cancellable_is_cancelled (g_task_get_cancellable (task)))
    {
      GInetAddress *address = work->addresses->pdata[work->next];
      g_autoptr (GError) error = NULL;

      if (may_ask (work, address, &error))
        {
          ptl_record_fetch_async (work->kind, work->server, address, work->key,
                                  g_task_get_cancellable (task), on_fetched, task);
          return;
        }
      take_failure (work, address, error);
      work->next++;
    }
  if (!g_task_return_error_if_cancelled (task))
    g_task_return_pointer (task, g_ptr_array_ref (work->answers),
                           (GDestroyNotify) g_ptr_array_unref);
  g_object_unref (task);
}

void
ptl_vantage_read_record (GTask *task)
{
  PtlVantageWork *work = g_task_get_task_data (task);

  g_ptr_array_set_size (work->answers, (gint) work->endpoints->len);
  next_address (task);
}

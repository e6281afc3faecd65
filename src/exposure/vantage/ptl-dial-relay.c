/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "exposure/ptl-dial-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "core/ptl-error.h"
#include "ptl-mux-codec.h"
#include "ptl-mux.h"

/* ssh is on this computer, and it greets at once. */
#define GREET_US (5 * G_USEC_PER_SEC)

typedef struct
{
  char *control;
  char *name;
  GMutex lock;
  PtlMux *mux;   /* guarded; from the first connection on */
  GError *error; /* guarded; why there is none */
} Way;

/* What the system of the relay says of a connect(2) that failed, as OpenSSH and Dropbear pass it
 * on. */
static const struct
{
  const char *said;
  PtlSeenState state;
} words[] = {
  { "refused", PTL_SEEN_CLOSED },
  { "reset by peer", PTL_SEEN_CLOSED },
  { "timed out", PTL_SEEN_FILTERED },
  { "No route to host", PTL_SEEN_FILTERED },
  /* A firewall on the way says so (ICMPv6 "administratively prohibited"); one on the relay itself
     says "not permitted". */
  { "Permission denied", PTL_SEEN_FILTERED },
};

static void
way_free (gpointer data)
{
  Way *way = data;

  g_clear_pointer (&way->mux, ptl_mux_unref);
  g_clear_error (&way->error);
  g_mutex_clear (&way->lock);
  g_free (way->control);
  g_free (way->name);
  g_free (way);
}

/* (transfer full) (nullable) */
static PtlMux *
get_mux (Way *way, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&way->lock);

  if (way->mux == NULL && way->error == NULL)
    way->mux = ptl_mux_new (way->control, g_get_monotonic_time () + GREET_US, &way->error);
  if (way->mux != NULL)
    return ptl_mux_ref (way->mux);
  if (error != NULL)
    *error = g_error_copy (way->error);
  return NULL;
}

static PtlSeenState
seen_of_words (guint32 reason, const char *said)
{
  if (reason != PTL_SSH_REASON_CONNECT_FAILED)
    return PTL_SEEN_FAILED;
  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    if (strstr (said, words[i].said) != NULL)
      return words[i].state;
  return PTL_SEEN_FAILED;
}

/* Why the relay did not even try, or could not. */
static void
set_failed (const Way *way, guint32 reason, const char *said, GError **error)
{
  if (reason == PTL_SSH_REASON_PROHIBITED)
    ptl_error_set (error, PTL_ERROR_RELAY_REFUSED,
                   _ ("Set AllowTcpForwarding yes (or local) in its sshd_config, and look at "
                      "PermitOpen and the options of "
                      "the key."),
                   /* Translators: the name of a relay */
                   _ ("The relay %s does not let this login connect to other addresses."),
                   way->name);
  else if (strstr (said, "unreachable") != NULL || strstr (said, "not supported") != NULL
           || strstr (said, "assign requested address") != NULL)
    ptl_error_set (error, PTL_ERROR_FAILED,
                   _ ("Look whether it has an address of this family (IPv4, IPv6)."),
                   /* Translators: the name of a relay */
                   _ ("The relay %s has no way to this address."), way->name);
  else if (*said != '\0')
    ptl_error_set (error, PTL_ERROR_FAILED, _ ("Look at the relay's own firewall."),
                   /* Translators: the name of a relay, what its system said went wrong */
                   _ ("The relay %s could not connect: %s."), way->name, said);
  else
    ptl_error_set (error, PTL_ERROR_FAILED, _ ("Look in the log of its ssh server."),
                   /* Translators: the name of a relay */
                   _ ("The relay %s could not connect, and does not say why."), way->name);
}

static void
set_refused (const Way *way, guint32 reason, const char *said, PtlSeenState *state, GError **error)
{
  *state = seen_of_words (reason, said);
  if (*state == PTL_SEEN_CLOSED)
    ptl_error_set (error, PTL_ERROR_TARGET, NULL,
                   _ ("The connection was refused: nothing listens there."));
  else if (*state == PTL_SEEN_FILTERED)
    ptl_error_set (error, PTL_ERROR_TIMED_OUT, NULL, _ ("Nobody answered in time."));
  else
    set_failed (way, reason, said, error);
}

static void
set_lost (const Way *way, GCancellable *cancellable, GError **error)
{
  if (g_cancellable_is_cancelled (cancellable))
    ptl_error_set (error, PTL_ERROR_CANCELLED, NULL, _ ("The check was cancelled."));
  else
    ptl_error_set (error, PTL_ERROR_RELAY_UNREACHABLE, _ ("Start the check again."),
                   /* Translators: the name of a relay */
                   _ ("The connection to the relay %s was lost."), way->name);
}

static int
connect_relay (PtlDial *self,
               GInetAddress *address,
               guint16 port,
               PtlProtocol protocol,
               gint64 deadline_us,
               GCancellable *cancellable,
               PtlSeenState *state,
               GError **error)
{
  Way *way = self->way;
  g_autofree char *host = g_inet_address_to_string (address);
  g_autoptr (PtlMux) mux = NULL;
  g_autofree char *said = NULL;
  PtlMuxOutcome outcome;
  guint32 reason;
  int fd;

  *state = PTL_SEEN_FAILED;
  if (protocol == PTL_PROTOCOL_UDP)
    {
      ptl_error_set (error, PTL_ERROR_NOT_SUPPORTED,
                     _ ("Try it from a network elsewhere, such as a phone's."),
                     _ ("An ssh connection carries TCP only, so a UDP port cannot be asked from a "
                        "relay."));
      return -1;
    }
  mux = get_mux (way, error);
  if (mux == NULL)
    return -1;
  fd = ptl_mux_connect (mux, host, port, deadline_us, cancellable, &outcome, &reason, &said);
  if (outcome == PTL_MUX_CONNECTED)
    *state = PTL_SEEN_OPEN;
  else if (outcome == PTL_MUX_REFUSED)
    set_refused (way, reason, said, state, error);
  else if (outcome == PTL_MUX_LOST)
    set_lost (way, cancellable, error);
  else
    {
      *state = PTL_SEEN_FILTERED;
      ptl_error_set (error, PTL_ERROR_TIMED_OUT, NULL, _ ("Nobody answered in time."));
    }
  return fd;
}

PtlDial *
ptl_dial_new_relay (const char *control, const char *name)
{
  Way *way = g_new0 (Way, 1);

  way->control = g_strdup (control);
  way->name = g_strdup (name);
  g_mutex_init (&way->lock);
  return ptl_dial_new (connect_relay, way, way_free);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "core/ptl-clock.h"
#include "core/ptl-finding.h"
#include "exposure/ptl-dial.h"

G_BEGIN_DECLS

/* What to look at. */
typedef struct
{
  GInetAddress *address;
  guint16 port;
  PtlProtocol protocol; /* TCP or UDP */
} PtlVantageEndpoint;

PtlVantageEndpoint *
ptl_vantage_endpoint_new (GInetAddress *address, guint16 port, PtlProtocol protocol);
void ptl_vantage_endpoint_free (PtlVantageEndpoint *self);

/* What came of it. All text is safe to show. */
typedef struct
{
  GInetAddress *address;
  guint16 port;
  PtlProtocol protocol;
  PtlSighting *sighting;
  PtlIdentity *identity; /* (nullable): where it was asked, and answered */
} PtlVantageAnswer;

void ptl_vantage_answer_free (PtlVantageAnswer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlVantageAnswer, ptl_vantage_answer_free)

/**
 * PtlVantageAsk:
 *
 * A question to one vantage point, from outside or nearly so: RELAY and HAIRPIN look for
 * themselves, INTERNETDB, SHODAN and CENSYS are records that others keep. Whether those may be
 * asked at all (consent) is decided by whoever asks: what is asked here is sent.
 */
typedef struct
{
  PtlVantageKind kind;
  GPtrArray *endpoints; /* (element-type PtlVantageEndpoint) */
  GPtrArray *addresses; /* (nullable) (element-type GInetAddress): what a record is asked about
                           without an endpoint */
  PtlClock *clock;
  gboolean identify;  /* RELAY, HAIRPIN: what answers is asked who it is, by the fingerprints that
                         are built in */
  PtlDial *dial;      /* RELAY: ptl_dial_new_relay(); HAIRPIN: the direct one; else NULL */
  const char *server; /* of a record: "https://..."; NULL = the usual one */
  const char *key;    /* the person's own, for SHODAN and CENSYS; never logged */
} PtlVantageAsk;

/* One answer for each endpoint that was asked about, in that order, and one for each that only a
 * record knows of. Fails with CANCELLED alone: whatever else goes wrong is a FAILED answer that
 * says so. What @ask points to is copied. To be used in the main thread. */
void ptl_vantage_ask_async (const PtlVantageAsk *ask,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
/* (transfer full) (element-type PtlVantageAnswer) */
GPtrArray *ptl_vantage_ask_finish (GAsyncResult *result, GError **error);

/* The usual server of a record, %NULL for what is none. */
const char *ptl_vantage_get_server (PtlVantageKind kind);
/* Whether it is asked over the internet, of somebody who is not the person: only with consent. */
gboolean ptl_vantage_needs_consent (PtlVantageKind kind);
gboolean ptl_vantage_needs_key (PtlVantageKind kind);

G_END_DECLS

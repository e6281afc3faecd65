/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-connection.h"

#include <string.h>

#include "ptl-admission.h"
#include "ptl-tcp.h"
#include "ptl-udp.h"
#include "ptl-walk.h"

/* Of all engines in the process, so that no number ever comes twice, and the younger has the
 * higher. */
static _Atomic guint64 last_id;

static void
link_to_site (PtlConnection *self, PtlSite *site)
{
  self->older = site->youngest;
  if (self->older)
    self->older->younger = self;
  site->youngest = self;
}

static void
unlink_from_site (PtlConnection *self, PtlSite *site)
{
  if (site->walker && site->walker->next == self)
    site->walker->next = self->older;
  if (self->younger)
    self->younger->older = self->older;
  else
    site->youngest = self->older;
  if (self->older)
    self->older->younger = self->younger;
}

void
ptl_connection_begin (PtlConnection *self,
                      PtlSite *site,
                      PtlProtocol protocol,
                      PtlSourceEntry *entry)
{
  self->id = atomic_fetch_add_explicit (&last_id, 1, memory_order_relaxed) + 1;
  self->udp = protocol == PTL_PROTOCOL_UDP;
  self->entry = entry;
  self->began_us = ptl_engine_read_clock_us ();
  link_to_site (self, site);
  ptl_site_connection_began (site);
}

void
ptl_connection_tell_source (PtlConnection *self)
{
  ptl_source_entry_add_bytes (self->entry, self->bytes_in - self->told_in,
                              self->bytes_out - self->told_out);
  self->told_in = self->bytes_in;
  self->told_out = self->bytes_out;
}

void
ptl_connection_end (PtlConnection *self, PtlSite *site)
{
  if (self->entry)
    {
      unlink_from_site (self, site);
      ptl_connection_tell_source (self);
      ptl_admission_end (site, self->entry);
    }
  ptl_site_connection_ended (site);
}

/* The clock is read anew: the time of the round is too coarse for what takes some microseconds. */
static gint64
get_precise_age_us (const PtlConnection *self)
{
  return ptl_engine_read_clock_us () - self->began_us;
}

void
ptl_connection_connected (PtlConnection *self, PtlSite *site)
{
  gint64 took_us = get_precise_age_us (self);

  ptl_histogram_cells_count (&site->counters->connect, took_us);
  ptl_histogram_cells_count (&self->choice.counters->connect, took_us);
}

void
ptl_connection_set_target (PtlConnection *self, const PtlSockaddr *address, guint16 port)
{
  if (address->any.sa_family == AF_UNIX)
    return;
  ptl_sockaddr_get_address (address, &self->to);
  self->to_port = port;
}

void
ptl_connection_first_byte (PtlConnection *self, PtlSite *site)
{
  gint64 took_us = get_precise_age_us (self);

  ptl_histogram_cells_count (&site->counters->first_byte, took_us);
  ptl_histogram_cells_count (&self->choice.counters->first_byte, took_us);
}

void
ptl_connection_get_ends (const PtlConnection *self, PtlConnectionEnds *ends)
{
  if (self->udp)
    ptl_udp_get_ends (self, ends);
  else
    ptl_tcp_get_ends (self, ends);
}

void
ptl_connection_record (const PtlConnection *self, const PtlSite *site, PtlConnectionRecord *record)
{
  gint64 now_us = site->thread->now_us;
  PtlConnectionEnds ends;

  ptl_connection_get_ends (self, &ends);
  record->id = self->id;
  record->protocol = self->udp ? PTL_PROTOCOL_UDP : PTL_PROTOCOL_TCP;
  record->source = ends.source;
  record->port = ends.port;
  record->age_us = MAX (0, now_us - self->began_us);
  record->idle_us = MAX (0, now_us - ends.used_us);
  record->bytes_in = self->bytes_in;
  record->bytes_out = self->bytes_out;
  record->to = self->to;
  record->to_port = self->to_port;
  record->path[0] = '\0';
  if (self->choice.taken && self->choice.target->endpoint->path)
    g_strlcpy (record->path, self->choice.target->endpoint->path, sizeof record->path);
}

void
ptl_connection_cut (PtlConnection *self)
{
  if (self->udp)
    ptl_udp_cut (self);
  else
    ptl_tcp_cut (self);
}

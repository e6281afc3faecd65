/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-sweep-target.h"

/* A program answers, not the kernel, and some wait a while on purpose (mDNS, SSDP); and refusals
 * are rationed: Linux sends an address six at once and then one a second. */
#define UDP_TIMEOUT_LEAST_US 500000
#define UDP_TRIES_LEAST 3

#define PATIENT_PORTS_MAX 32
#define PATIENT_ROUNDS_MAX 3

static const guint16 usual_tcp[] = {
  22,   80,   443,  21,    23,    25,    53,    110,   111,   139,   143,  445,
  548,  554,  631,  993,   995,   1883,  2049,  2375,  3000,  3306,  3389, 5000,
  5001, 5432, 5900, 6379,  8000,  8006,  8080,  8096,  8123,  8443,  8888, 9000,
  9090, 9100, 9200, 10250, 11211, 11434, 25565, 27017, 32400, 51413,
};

static guint
least_of (guint wanted, guint most)
{
  return wanted == 0 ? most : MIN (wanted, most);
}

static PtlSweepPace
bound_pace (const PtlSweepPace *pace)
{
  guint most = pace->router ? PTL_SWEEP_ROUTER_IN_FLIGHT_MAX : PTL_SWEEP_IN_FLIGHT_MAX;

  return (PtlSweepPace){
    .max_in_flight = least_of (pace->max_in_flight, most),
    .max_rate
    = pace->router ? least_of (pace->max_rate, PTL_SWEEP_ROUTER_RATE_MAX) : pace->max_rate,
    .timeout_ms = pace->timeout_ms == 0 ? 1000 : MIN (pace->timeout_ms, PTL_SWEEP_TIMEOUT_MAX_MS),
    .router = pace->router,
  };
}

PtlSweepTarget *
ptl_sweep_target_new (GInetAddress *address, PtlProtocol protocol, const PtlSweepPace *pace)
{
  PtlSweepTarget *self = g_new0 (PtlSweepTarget, 1);
  g_autoptr (GSocketAddress) to = g_inet_socket_address_new (address, 0);

  self->address = g_object_ref (address);
  self->protocol = protocol;
  self->pace = bound_pace (pace);
  self->to_length = (socklen_t) g_socket_address_get_native_size (to);
  g_socket_address_to_native (to, &self->to, sizeof self->to, NULL);
  return self;
}

void
ptl_sweep_target_free (PtlSweepTarget *self)
{
  ptl_sweep_target_stop (self);
  g_clear_error (&self->error);
  g_object_unref (self->address);
  g_free (self);
}

void
ptl_sweep_target_add (PtlSweepTarget *self, const PtlPortSet *ports)
{
  for (guint i = 0; i < G_N_ELEMENTS (ports->bits); i++)
    self->wanted.bits[i] |= ports->bits[i];
  self->n_wanted = ptl_port_set_count (&self->wanted);
}

/* --- the order --- */

static guint
greatest_divisor (guint a, guint b)
{
  while (b != 0)
    {
      guint rest = a % b;

      a = b;
      b = rest;
    }
  return a;
}

/* A step that comes by each of @n places once, far from the last one each time. */
static guint
choose_step (guint n)
{
  guint step = MAX ((guint) (n * 0.618), 1);

  while (greatest_divisor (step, n) != 1)
    step++;
  return step;
}

static void
scatter (PtlSweepTarget *self, const guint16 *ports, guint n)
{
  guint step = n > 0 ? choose_step (n) : 0;

  for (guint64 i = 0; i < n; i++)
    self->order[self->n_order++] = ports[i * step % n];
}

void
ptl_sweep_target_start (PtlSweepTarget *self, gint64 now_us)
{
  PtlPortSet left = self->wanted;
  g_autofree guint16 *ports = g_new (guint16, self->n_wanted + 1);
  guint n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (left.bits); i++)
    left.bits[i] &= ~self->known.bits[i];
  self->order = g_new (guint16, self->n_wanted + 1);
  self->again = g_new (guint16, self->n_wanted + 1);
  for (guint i = 0; i < G_N_ELEMENTS (usual_tcp); i++)
    if (ptl_port_set_has (&left, usual_tcp[i]))
      {
        self->order[self->n_order++] = usual_tcp[i];
        left.bits[usual_tcp[i] / 64] &= ~(G_GUINT64_CONSTANT (1) << (usual_tcp[i] % 64));
      }
  for (guint port = 1; port < PTL_N_PORTS; port++)
    if (ptl_port_set_has (&left, (guint16) port))
      ports[n++] = (guint16) port;
  scatter (self, ports, n);
  ptl_sweep_window_init (&self->window, &self->pace, now_us);
  if (self->protocol == PTL_PROTOCOL_UDP)
    self->window.least_timeout_us = UDP_TIMEOUT_LEAST_US;
}

void
ptl_sweep_target_stop (PtlSweepTarget *self)
{
  g_clear_pointer (&self->order, g_free);
  g_clear_pointer (&self->again, g_free);
  self->n_order = self->next = self->n_again = 0;
}

/* --- what is next --- */

gboolean
ptl_sweep_target_has_next (const PtlSweepTarget *self)
{
  return self->next < self->n_order || self->n_again > 0;
}

static guint16
take_again (PtlSweepTarget *self)
{
  guint16 port = self->again[self->again_first];

  self->again_first = (self->again_first + 1) % self->n_order;
  self->n_again--;
  return port;
}

/* Where nearly everything answers, what did not is asked again first: if it was lost, the pace is
 * too high, and that is to be known soon. Where silence is the rule it comes last. */
guint16
ptl_sweep_target_take_next (PtlSweepTarget *self)
{
  if (self->n_again > 0
      && (self->next == self->n_order || ptl_sweep_window_is_answering (&self->window)))
    return take_again (self);
  return self->order[self->next++];
}

void
ptl_sweep_target_put_back (PtlSweepTarget *self, guint16 port)
{
  self->again[(self->again_first + self->n_again++) % self->n_order] = port;
}

gboolean
ptl_sweep_target_take_silence (PtlSweepTarget *self, guint16 port, gint64 now_us)
{
  guint n_tries = self->window.n_tries;

  if (self->protocol == PTL_PROTOCOL_UDP)
    n_tries = MAX (n_tries, UDP_TRIES_LEAST);
  ptl_sweep_window_note_silence (&self->window, now_us);
  if (++self->tries[port] < n_tries)
    {
      ptl_sweep_target_put_back (self, port);
      return FALSE;
    }
  ptl_sweep_target_settle (self, port, PTL_SEEN_FILTERED);
  return TRUE;
}

void
ptl_sweep_target_settle (PtlSweepTarget *self, guint16 port, PtlSeenState state)
{
  if (!ptl_port_set_has (&self->known, port))
    self->n_known++;
  ptl_port_set_add (&self->known, port);
  self->states[port] = (guint8) state;
}

void
ptl_sweep_target_give_up (PtlSweepTarget *self, GError *error)
{
  for (guint port = 1; port < PTL_N_PORTS; port++)
    if (ptl_port_set_has (&self->wanted, (guint16) port)
        && (!ptl_port_set_has (&self->known, (guint16) port)
            || self->states[port] == PTL_SEEN_FILTERED))
      ptl_sweep_target_settle (self, (guint16) port, PTL_SEEN_FAILED);
  g_clear_error (&self->error);
  self->error = error;
  self->next = self->n_order;
  self->n_again = 0;
}

static guint
count_silent (const PtlSweepTarget *self)
{
  guint n = 0;

  for (guint i = 0; i < self->n_order; i++)
    n += self->states[self->order[i]] == PTL_SEEN_FILTERED && self->tries[self->order[i]] > 0;
  return n;
}

static guint
ask_silent_again (PtlSweepTarget *self, guint fewer_tries_than, gboolean patiently)
{
  for (guint i = 0; i < self->n_order; i++)
    {
      guint16 port = self->order[i];

      if (!ptl_port_set_has (&self->known, port) || self->states[port] != PTL_SEEN_FILTERED
          || self->tries[port] == 0 || self->tries[port] >= fewer_tries_than)
        continue;
      if (patiently)
        self->tries[port] = PTL_SWEEP_TRIES_MAX;
      ptl_sweep_target_put_back (self, port);
    }
  return self->n_again;
}

/* A moment in which nothing got through at all outlasts tries that follow each other closely. So
 * where others answered, the few that did not are asked once more at the end, and waited for as
 * long as may be; and again as long as that finds one. */
static gboolean
ask_patiently (PtlSweepTarget *self)
{
  guint n_answered = self->window.n_answered;
  gboolean again = self->n_patient == 0 || n_answered > self->answered_before;

  if (n_answered == 0 || self->protocol != PTL_PROTOCOL_TCP || self->n_patient == PATIENT_ROUNDS_MAX
      || !again)
    return FALSE;
  if (count_silent (self) > MAX (PATIENT_PORTS_MAX, n_answered / 4))
    return FALSE;
  self->n_patient++;
  self->answered_before = n_answered;
  return ask_silent_again (self, G_MAXUINT, TRUE) > 0;
}

gboolean
ptl_sweep_target_reconsider (PtlSweepTarget *self)
{
  return ask_silent_again (self, self->window.n_tries, FALSE) > 0 || ask_patiently (self);
}

gboolean
ptl_sweep_target_is_done (const PtlSweepTarget *self)
{
  return self->n_known == self->n_wanted && self->n_again == 0 && self->in_flight == 0;
}

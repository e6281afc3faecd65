/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A sweep as text: a line that names the form, and one for each address. */
#include "ptl-sweep-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "core/ptl-error.h"

#define FIRST_LINE "portolan-sweep 1"
#define SAVED_MAX (16 * 1024 * 1024) /* bytes */
#define TARGETS_MAX 256

/* --- saving --- */

static void
append_ports (GString *text, const char *key, const PtlPortSet *ports)
{
  g_autofree char *list = ptl_port_set_to_string (ports);

  if (*list != '\0')
    g_string_append_printf (text, " %s=%s", key, list);
}

/* Ports that failed are asked again: what was in the way may be gone. */
static void
append_target (GString *text, const PtlSweepTarget *target)
{
  g_autoptr (PtlSweepSummary) summary = ptl_sweep_summarise (target);
  g_autofree char *address = g_inet_address_to_string (target->address);

  for (guint i = 0; i < G_N_ELEMENTS (summary->todo.bits); i++)
    summary->todo.bits[i] |= summary->states[PTL_SEEN_FAILED].bits[i];
  g_string_append_printf (text, "%s %s %u,%u,%u,%d", ptl_protocol_to_string (target->protocol),
                          address, target->pace.max_in_flight, target->pace.max_rate,
                          target->pace.timeout_ms, target->pace.router ? 1 : 0);
  append_ports (text, "todo", &summary->todo);
  append_ports (text, "open", &summary->states[PTL_SEEN_OPEN]);
  append_ports (text, "closed", &summary->states[PTL_SEEN_CLOSED]);
  append_ports (text, "filtered", &summary->states[PTL_SEEN_FILTERED]);
  g_string_append_c (text, '\n');
}

char *
ptl_sweep_save (PtlSweep *self)
{
  GString *text = g_string_new (FIRST_LINE "\n");

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->targets->len; i++)
    append_target (text, g_ptr_array_index (self->targets, i));
  g_mutex_unlock (&self->lock);
  return g_string_free (text, FALSE);
}

/* --- going on --- */

static gboolean
read_number (const char *text, guint most, guint *number)
{
  guint64 read;

  if (!g_ascii_string_to_unsigned (text, 10, 0, most, &read, NULL))
    return FALSE;
  *number = (guint) read;
  return TRUE;
}

static gboolean
read_pace (const char *text, PtlSweepPace *pace)
{
  g_auto (GStrv) parts = g_strsplit (text, ",", 5);
  guint router;

  if (g_strv_length (parts) != 4 || !read_number (parts[0], G_MAXINT, &pace->max_in_flight)
      || !read_number (parts[1], G_MAXINT, &pace->max_rate)
      || !read_number (parts[2], G_MAXINT, &pace->timeout_ms)
      || !read_number (parts[3], 1, &router))
    return FALSE;
  pace->router = router == 1;
  return TRUE;
}

static gboolean
read_ports (PtlSweepTarget *target, const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, "=", 2);
  PtlPortSet ports;
  PtlSeenState state = PTL_SEEN_FAILED;

  if (parts[0] == NULL || parts[1] == NULL || !ptl_port_set_parse (parts[1], &ports, NULL))
    return FALSE;
  if (strcmp (parts[0], "todo") != 0
      && (!ptl_seen_from_string (parts[0], &state) || state == PTL_SEEN_FAILED))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (ports.bits); i++)
    if (ports.bits[i] & target->wanted.bits[i]) /* one port in two lists */
      return FALSE;
  ptl_sweep_target_add (target, &ports);
  for (guint port = 1; state != PTL_SEEN_FAILED && port < PTL_N_PORTS; port++)
    if (ptl_port_set_has (&ports, (guint16) port))
      ptl_sweep_target_settle (target, (guint16) port, state);
  return TRUE;
}

static gboolean
read_target (PtlSweep *self, const char *line)
{
  g_auto (GStrv) parts = g_strsplit (line, " ", 8);
  g_autoptr (GInetAddress) address = NULL;
  PtlProtocol protocol;
  PtlSweepPace pace;
  PtlSweepTarget *target;

  if (g_strv_length (parts) < 3 || !ptl_protocol_from_string (parts[0], &protocol, NULL)
      || protocol == PTL_PROTOCOL_BOTH || !read_pace (parts[2], &pace))
    return FALSE;
  address = g_inet_address_new_from_string (parts[1]);
  if (address == NULL || ptl_sweep_find (self, address, protocol) != NULL
      || self->targets->len == TARGETS_MAX)
    return FALSE;
  ptl_sweep_set_pace (self, &pace);
  target = ptl_sweep_ensure (self, address, protocol);
  for (guint i = 3; parts[i] != NULL; i++)
    if (!read_ports (target, parts[i]))
      return FALSE;
  return TRUE;
}

static gboolean
read_all (PtlSweep *self, const char *saved)
{
  g_auto (GStrv) lines = NULL;
  guint n;

  if (strnlen (saved, SAVED_MAX + 1) > SAVED_MAX)
    return FALSE;
  lines = g_strsplit (saved, "\n", -1);
  n = g_strv_length (lines);
  if (n < 2 || strcmp (lines[0], FIRST_LINE) != 0 || *lines[n - 1] != '\0')
    return FALSE;
  for (guint i = 1; i + 1 < n; i++)
    if (!read_target (self, lines[i]))
      return FALSE;
  return TRUE;
}

PtlSweep *
ptl_sweep_resume (const char *saved, GError **error)
{
  g_autoptr (PtlSweep) self = ptl_sweep_new ();

  if (read_all (self, saved))
    return g_steal_pointer (&self);
  ptl_error_set (error, PTL_ERROR_INVALID, _ ("Begin the sweep anew."),
                 _ ("This is no sweep that was saved."));
  return NULL;
}

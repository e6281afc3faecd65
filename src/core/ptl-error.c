/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-error.h"

#include <string.h>

typedef struct
{
  const char *name;
  const char *dbus;
  int exit;
} ErrorInfo;

static const ErrorInfo infos[PTL_N_ERRORS] = {
  [PTL_ERROR_FAILED] = { "failed", "Failed", 1 },
  [PTL_ERROR_INVALID] = { "invalid", "Invalid", 2 },
  [PTL_ERROR_POLICY] = { "policy", "Policy", 3 },
  [PTL_ERROR_NOT_FOUND] = { "not-found", "NotFound", 5 },
  [PTL_ERROR_AMBIGUOUS] = { "ambiguous", "Ambiguous", 2 },
  [PTL_ERROR_STATE] = { "state", "State", 1 },
  [PTL_ERROR_PORT_TAKEN] = { "port-taken", "PortTaken", 1 },
  [PTL_ERROR_PERMISSION] = { "permission", "Permission", 1 },
  [PTL_ERROR_TARGET] = { "target", "Target", 1 },
  [PTL_ERROR_ROUTER_NONE] = { "router-none", "RouterNone", 6 },
  [PTL_ERROR_ROUTER_SILENT] = { "router-silent", "RouterSilent", 6 },
  [PTL_ERROR_ROUTER_REFUSED] = { "router-refused", "RouterRefused", 6 },
  [PTL_ERROR_ROUTER_CONFLICT] = { "router-conflict", "RouterConflict", 6 },
  [PTL_ERROR_ROUTER_FULL] = { "router-full", "RouterFull", 6 },
  [PTL_ERROR_ROUTER_OFFLINE] = { "router-offline", "RouterOffline", 6 },
  [PTL_ERROR_ROUTER_LIED] = { "router-lied", "RouterLied", 6 },
  [PTL_ERROR_RELAY_UNREACHABLE] = { "relay-unreachable", "RelayUnreachable", 6 },
  [PTL_ERROR_RELAY_REFUSED] = { "relay-refused", "RelayRefused", 6 },
  [PTL_ERROR_HOST_KEY_UNKNOWN] = { "host-key-unknown", "HostKeyUnknown", 6 },
  [PTL_ERROR_HOST_KEY_CHANGED] = { "host-key-changed", "HostKeyChanged", 6 },
  [PTL_ERROR_STORE_FULL] = { "store-full", "StoreFull", 1 },
  [PTL_ERROR_STORE_READ_ONLY] = { "store-read-only", "StoreReadOnly", 1 },
  [PTL_ERROR_STORE_DAMAGED] = { "store-damaged", "StoreDamaged", 1 },
  [PTL_ERROR_STORE_NEWER] = { "store-newer", "StoreNewer", 1 },
  [PTL_ERROR_BUSY] = { "busy", "Busy", 1 },
  [PTL_ERROR_TIMED_OUT] = { "timed-out", "TimedOut", 1 },
  [PTL_ERROR_CANCELLED] = { "cancelled", "Cancelled", 1 },
  [PTL_ERROR_WORKER] = { "worker", "Worker", 4 },
  [PTL_ERROR_NOT_SUPPORTED] = { "not-supported", "NotSupported", 2 },
};

/* Codes of G_IO_ERROR, which is part of GIO's stable interface: this layer does not link GIO. */
typedef struct
{
  int io_code;
  PtlError code;
} IoCode;

static const IoCode io_codes[] = {
  { 1, PTL_ERROR_NOT_FOUND },        /* G_IO_ERROR_NOT_FOUND */
  { 12, PTL_ERROR_STORE_FULL },      /* G_IO_ERROR_NO_SPACE */
  { 13, PTL_ERROR_INVALID },         /* G_IO_ERROR_INVALID_ARGUMENT */
  { 14, PTL_ERROR_PERMISSION },      /* G_IO_ERROR_PERMISSION_DENIED */
  { 15, PTL_ERROR_NOT_SUPPORTED },   /* G_IO_ERROR_NOT_SUPPORTED */
  { 19, PTL_ERROR_CANCELLED },       /* G_IO_ERROR_CANCELLED */
  { 21, PTL_ERROR_STORE_READ_ONLY }, /* G_IO_ERROR_READ_ONLY */
  { 24, PTL_ERROR_TIMED_OUT },       /* G_IO_ERROR_TIMED_OUT */
  { 26, PTL_ERROR_BUSY },            /* G_IO_ERROR_BUSY */
  { 33, PTL_ERROR_PORT_TAKEN },      /* G_IO_ERROR_ADDRESS_IN_USE */
};

G_DEFINE_QUARK (ptl - error - quark, ptl_error)

static GError *new_valist (PtlError code, const char *advice, const char *format, va_list args)
    G_GNUC_PRINTF (3, 0);

static GError *
new_valist (PtlError code, const char *advice, const char *format, va_list args)
{
  g_autofree char *what = g_strdup_vprintf (format, args);
  g_autofree char *message = NULL;

  /* The first newline is what parts message and advice. */
  g_strdelimit (what, "\r\n", ' ');
  if (advice == NULL || *advice == '\0')
    return g_error_new_literal (PTL_ERROR, (int) code, what);
  message = g_strconcat (what, "\n", advice, NULL);
  return g_error_new_literal (PTL_ERROR, (int) code, message);
}

GError *
ptl_error_new (PtlError code, const char *advice, const char *format, ...)
{
  GError *error;
  va_list args;

  va_start (args, format);
  error = new_valist (code, advice, format, args);
  va_end (args);
  return error;
}

void
ptl_error_set (GError **error, PtlError code, const char *advice, const char *format, ...)
{
  va_list args;

  if (error == NULL)
    return;
  va_start (args, format);
  g_propagate_error (error, new_valist (code, advice, format, args));
  va_end (args);
}

char *
ptl_error_dup_what (const GError *error)
{
  const char *end;

  g_return_val_if_fail (error != NULL, NULL);
  end = strchr (error->message, '\n');
  return end != NULL ? g_strndup (error->message, (gsize) (end - error->message))
                     : g_strdup (error->message);
}

char *
ptl_error_dup_advice (const GError *error)
{
  const char *end;

  g_return_val_if_fail (error != NULL, NULL);
  end = strchr (error->message, '\n');
  return g_strdup (end != NULL ? end + 1 : "");
}

char *
ptl_error_dup_sentence (const GError *error)
{
  g_autofree char *what = ptl_error_dup_what (error);
  g_autofree char *advice = ptl_error_dup_advice (error);

  return *advice != '\0' ? g_strdup_printf ("%s %s", what, advice) : g_steal_pointer (&what);
}

static gboolean
is_known (PtlError code)
{
  return (int) code >= 0 && code < PTL_N_ERRORS;
}

const char *
ptl_error_code_to_name (PtlError code)
{
  return infos[is_known (code) ? code : PTL_ERROR_FAILED].name;
}

gboolean
ptl_error_code_from_name (const char *name, PtlError *code)
{
  for (int i = 0; i < PTL_N_ERRORS; i++)
    {
      if (g_strcmp0 (infos[i].name, name) == 0)
        {
          *code = (PtlError) i;
          return TRUE;
        }
    }
  return FALSE;
}

const char *
ptl_error_code_to_dbus_suffix (PtlError code)
{
  return infos[is_known (code) ? code : PTL_ERROR_FAILED].dbus;
}

PtlError
ptl_error_code_of (const GError *error)
{
  if (error == NULL)
    return PTL_ERROR_FAILED;
  if (error->domain == PTL_ERROR)
    return is_known ((PtlError) error->code) ? (PtlError) error->code : PTL_ERROR_FAILED;
  if (error->domain != g_quark_from_static_string ("g-io-error-quark"))
    return PTL_ERROR_FAILED;
  for (gsize i = 0; i < G_N_ELEMENTS (io_codes); i++)
    if (io_codes[i].io_code == error->code)
      return io_codes[i].code;
  return PTL_ERROR_FAILED;
}

int
ptl_error_code_to_exit (PtlError code)
{
  return is_known (code) ? infos[code].exit : 1;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* SOAP over IPv6 (UPnP Device Architecture 1.1, section 3.2), from an address of our choice: what opens a
 * pinhole may be asked for only from the address that the pinhole leads to, and miniupnpc cannot bind. */

typedef struct
{
  const char *gateway; /* an IPv6 literal; a link-local one with "%interface" */
  const char *local;   /* the IPv6 address to ask from */
  guint16 port;
  const char *path;
  const char *service_type;
  gint64 deadline_us;  /* monotonic */
} IgdSoapPeer;

/* Name and value in turn, NULL at the end. Values are written as they are: numbers and addresses. 0, UPnP's
 * code, PTL_IGD_CODE_SILENT or PTL_IGD_CODE_GARBAGE. @answer (transfer full): the body, where it is 0. */
int igd_soap_call (const IgdSoapPeer *peer,
                   const char *action,
                   const char *const *arguments,
                   GString **answer);

/* The text of the first element of this local name; NULL where there is none, or more than 256 bytes of it. */
char *igd_soap_dup_value (const char *xml, gsize length, const char *name);
/* The same as a number from 0 to @max; FALSE where it is none. */
gboolean igd_soap_get_number (const char *xml, gsize length, const char *name, guint64 max, guint64 *number);

/* Whether @text is an IPv6 literal, and where @scoped perhaps with "%interface". */
gboolean igd_soap_is_ipv6 (const char *text, gboolean scoped);

G_END_DECLS

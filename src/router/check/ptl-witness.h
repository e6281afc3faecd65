/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  PTL_WITNESS_STUN,
  PTL_WITNESS_HTTP,
} PtlWitnessKind;
/* "stun", "http" */
const char *ptl_witness_kind_to_string (PtlWitnessKind kind);

/* What one server on the internet says of where we come from. */
typedef struct
{
  PtlWitnessKind kind;
  char *server; /* as it was configured */
  guint8 family; /* by which it was asked: 4 or 6 */
  char *address; /* NULL = it gave none */
  guint16 port;  /* STUN: the port that it saw, of the one socket that all of them were asked from */
  gboolean unreachable; /* the system said so: no way there */
  char *error;          /* why there is no address, in words; NULL */
} PtlWitness;

PtlWitness *ptl_witness_new (PtlWitnessKind kind, const char *server, guint8 family);
void ptl_witness_free (PtlWitness *self);
/* A sentence for @error; replaces what was there. */
void ptl_witness_fail (PtlWitness *self, const GError *error);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlWitness, ptl_witness_free)

/* "stun.example.net", "192.0.2.1:3478", "[2001:db8::1]:3478": host and port (3478 unless given). INVALID. */
gboolean ptl_stun_server_parse (const char *text, char **host, guint16 *port, GError **error);
/* Whether @url is http or https, with a host, and without a user, a password or a fragment. INVALID. */
gboolean ptl_http_server_check (const char *url, GError **error);
/* Whether it can be asked by @family: TRUE for a name, and for an address of that family. */
gboolean ptl_stun_server_has_family (const char *text, guint8 family);
gboolean ptl_http_server_has_family (const char *url, guint8 family);
/* The address that the text of an answer is, and nothing besides it but space around it; NULL where it is anything else
 * or of another @family. */
char *ptl_http_answer_parse (const char *text, gsize length, guint8 family);

G_END_DECLS

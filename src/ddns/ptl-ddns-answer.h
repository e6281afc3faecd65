/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What is to be done after an update. */
typedef enum
{
  PTL_DDNS_DONE,      /* the provider has taken it */
  PTL_DDNS_UNCHANGED, /* the provider had it already */
  PTL_DDNS_RETRY,     /* later, by our own back-off */
  PTL_DDNS_WAIT,      /* not before the time that the provider asks for */
  PTL_DDNS_STOP,      /* not before a person has changed something */
} PtlDdnsVerdict;

/* What a provider wants at least after "911" and the like
 * (https://help.dyn.com/remote-access-api/return-codes/). */
#define PTL_DDNS_WAIT_SECONDS (30 * 60)
#define PTL_DDNS_WAIT_MOST_SECONDS (24 * 3600)

typedef struct
{
  PtlDdnsVerdict verdict;
  gint64 wait; /* seconds, for WAIT; and the least for RETRY, 0 = our own */
  char *code;  /* the provider's own word for it, for the log: "nohost", "http 503"; never from free
                  text */
  char *message; /* a sentence, "" where all is well; plain text, made safe */
  char *advice;
} PtlDdnsAnswer;

/* @code and @advice may be NULL, and so may @format. */
PtlDdnsAnswer *ptl_ddns_answer_new (PtlDdnsVerdict verdict,
                                    const char *code,
                                    const char *advice,
                                    const char *format,
                                    ...) G_GNUC_PRINTF (4, 5);
void ptl_ddns_answer_free (PtlDdnsAnswer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlDdnsAnswer, ptl_ddns_answer_free)

/* What an HTTP status says where the body does not (RFC 9110, 15). @retry_after: seconds, 0 = not
 * told. @body: what was answered, of which the beginning is shown where nothing else is known. */
PtlDdnsAnswer *
ptl_ddns_answer_from_status (guint status, gint64 retry_after, const char *body, gsize length);
/* Why nothing came back at all: a name that is not found, a certificate that is not trusted, ...
 * @server: whom we asked, a web address or a host. */
PtlDdnsAnswer *ptl_ddns_answer_from_error (const GError *error, const char *server);

G_END_DECLS

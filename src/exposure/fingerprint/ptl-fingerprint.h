/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ptl-identity.h"
#include "exposure/ptl-dial.h"

G_BEGIN_DECLS

/**
 * PtlFingerprints:
 *
 * What is known of services, web servers and web applications: data/fingerprints.json, read and
 * checked. Immutable and counted: threads share it.
 */
typedef struct _PtlFingerprints PtlFingerprints;

/* INVALID where the data break their schema: it says where. */
PtlFingerprints *ptl_fingerprints_load (GBytes *json, GError **error);
/* The set that is built in (transfer full). It is read where nobody has it, which takes a moment: not in a main loop. */
PtlFingerprints *ptl_fingerprints_dup_default (void);
/* Whether it is kept for the next to ask. */
gboolean ptl_fingerprints_have_default (void);
/* It is kept no more; whoever has it still keeps it. */
void ptl_fingerprints_forget_default (void);
PtlFingerprints *ptl_fingerprints_ref (PtlFingerprints *self);
void ptl_fingerprints_unref (PtlFingerprints *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlFingerprints, ptl_fingerprints_unref)

/**
 * ptl_identify_async:
 * @set: (nullable): NULL = the one that is built in, read in the thread where nobody has it.
 * @protocol: TCP or UDP.
 *
 * Finds out what answers at an endpoint: reads only, tries no password, follows a redirect only
 * to another page of the same port, and takes at most 10 s, each probe 3 s and 64 KiB. It runs in a
 * pool of threads; cancelling ends it at once. The printer ports 9100 to 9107 of TCP are listened
 * to and never written to, for printers print it.
 */
void ptl_identify_async (PtlFingerprints *set,
                         PtlDial *dial,
                         GInetAddress *address,
                         guint16 port,
                         PtlProtocol protocol,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data);

/* The same for somebody who is kept waiting, at an endpoint that is near: 70 ms where it is silent,
 * 130 ms at most where it says something, and nothing where nobody listens. The greeting, a page, and
 * what can do harm are asked for at the same time, on 36 connections at most; UDP only what is usual
 * at the port. Whether there is a login is often not found out, and what is slow stays unknown: then
 * ptl_identify_soon_finish() says that it is @unfinished. */
void ptl_identify_soon_async (PtlFingerprints *set,
                              PtlDial *dial,
                              GInetAddress *address,
                              guint16 port,
                              PtlProtocol protocol,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);

/**
 * ptl_identify_finish:
 * @state: (out) (optional): what came of looking; set on failure too.
 *
 * Returns: what answers, with an empty service where that is not known; or NULL and no error where
 * nobody answered: @state says how. NULL with an error where the look itself failed or was
 * cancelled.
 */
PtlIdentity *ptl_identify_finish (GAsyncResult *result, PtlSeenState *state, GError **error);

/* The same of ptl_identify_soon_async(). @unfinished: (out): ptl_identify_async() may find out more. */
PtlIdentity *ptl_identify_soon_finish (GAsyncResult *result,
                                       PtlSeenState *state,
                                       gboolean *unfinished,
                                       GError **error);

/* The same, blocking: for threads. */
PtlIdentity *ptl_identify (PtlFingerprints *set,
                           PtlDial *dial,
                           GInetAddress *address,
                           guint16 port,
                           PtlProtocol protocol,
                           GCancellable *cancellable,
                           PtlSeenState *state,
                           GError **error);

G_END_DECLS

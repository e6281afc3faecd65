/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _PtlEngineThread PtlEngineThread;
/* Runs in the engine's thread; owns @data. Must not block. */
typedef void (*PtlEngineFunc) (PtlEngineThread *thread, gpointer data);

/**
 * PtlMailbox:
 *
 * How other threads tell an engine thread what to do: a locked queue and an eventfd that wakes it.
 * It may outlive its thread (a name that resolves late): what is posted then is dropped. Counted.
 */
typedef struct _PtlMailbox PtlMailbox;

/* NULL with errno set where no descriptor is left. */
PtlMailbox *ptl_mailbox_new (void);
PtlMailbox *ptl_mailbox_ref (PtlMailbox *self);
void ptl_mailbox_unref (PtlMailbox *self);
int ptl_mailbox_get_fd (const PtlMailbox *self);
/* @destroy: for @data that is not delivered, in the calling thread. */
void ptl_mailbox_post (PtlMailbox *self, PtlEngineFunc func, gpointer data, GDestroyNotify destroy);
/* Runs what was posted. */
void ptl_mailbox_run (PtlMailbox *self, PtlEngineThread *thread);
void ptl_mailbox_close (PtlMailbox *self);
gboolean ptl_mailbox_is_closed (PtlMailbox *self);

G_END_DECLS

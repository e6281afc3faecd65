/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "exposure/ptl-listeners.h"
#include "worker/ptl-foreign-alarm.h"

G_BEGIN_DECLS

/* Which listeners are news to tell of. Plain data; knows no clock, store or bus. */
typedef struct _PtlListenerNews PtlListenerNews;

PtlListenerNews *ptl_listener_news_new (void);
void ptl_listener_news_free (PtlListenerNews *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlListenerNews, ptl_listener_news_free)

/* Whether a rule, or Portolan itself, accounts for it. */
typedef gboolean (*PtlListenerOwnFunc) (const PtlListener *listener, gpointer user_data);

/* Takes a look at @boot_us. What others can reach, is there for some seconds (so that what is gone at once is nobody's
 * news), and was not there within a day, is new; in the first look nothing is. UDP ports that the kernel gives
 * out to clients never are. @how: whether to tell of each of them or of a flood. (element-type PtlListener) (transfer
 * container): of @view. */
GPtrArray *ptl_listener_news_take (PtlListenerNews *self,
                                   const PtlListenersView *view,
                                   PtlListenerOwnFunc is_own,
                                   gpointer user_data,
                                   gint64 boot_us,
                                   PtlForeignNews *how);
/* Whether something is there that may be gone at once. */
gboolean ptl_listener_news_is_waiting (PtlListenerNews *self);
guint ptl_listener_news_get_n_flood (PtlListenerNews *self);

G_END_DECLS

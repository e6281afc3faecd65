/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Whose secret it is. */
typedef enum
{
  PTL_SECRET_NAME,   /* the password or token of a dynamic name; @id is the name's */
  PTL_SECRET_RECORD, /* the key for a record of others that the exposure check asks; @id is the
                        vantage point's: "shodan" */
  PTL_N_SECRETS      /*< skip >*/
} PtlSecretKind;

/* The person's passwords, tokens and keys: in the Secret Service of the session (GNOME Keyring,
 * KWallet, ...) and nowhere else. Errors are of PTL_ERROR: FAILED where there is no such service,
 * NOT_FOUND, STATE where the keyring is locked, TIMED_OUT where a person did not answer its
 * question. */

/* @label: what the keyring's own window shows. */
void ptl_secret_store_async (PtlSecretKind kind,
                             const char *id,
                             const char *label,
                             const char *secret,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
gboolean ptl_secret_store_finish (GAsyncResult *result, GError **error);

/* @ask: the keyring may ask the person to unlock it. */
void ptl_secret_lookup_async (PtlSecretKind kind,
                              const char *id,
                              gboolean ask,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
/* (transfer full): to be freed by secret_password_free() or ptl_secret_free(). */
char *ptl_secret_lookup_finish (GAsyncResult *result, GError **error);
void ptl_secret_free (char *secret);

/* One that is not there is success. */
void ptl_secret_clear_async (PtlSecretKind kind,
                             const char *id,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
gboolean ptl_secret_clear_finish (GAsyncResult *result, GError **error);

G_END_DECLS

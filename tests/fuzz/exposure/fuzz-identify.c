/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/ptl-text.h"
#include "exposure/fingerprint/ptl-fingerprint.h"
#include "exposure/ptl-dial-private.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

#define MAX_ANSWERS 64

/* A host that answers each connection with the next piece of the input, and closes. */
typedef struct
{
  const guint8 *next;
  gsize left;
  guint n;
} Script;

static Script script;

static int
connect_to_script (PtlDial *self,
                   GInetAddress *address,
                   guint16 port,
                   PtlProtocol protocol,
                   gint64 deadline_us,
                   GCancellable *cancellable,
                   PtlSeenState *state,
                   GError **error)
{
  const guint8 *end = script.left > 0 ? memchr (script.next, 0xf5, script.left) : NULL;
  gsize length = end ? (gsize) (end - script.next) : script.left;
  int pair[2];

  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) != 0)
    {
      *state = PTL_SEEN_FAILED;
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, "over");
      return -1;
    }
  /* One that refuses would be waited for, and asked again: this one says nothing more. */
  if (script.n++ >= MAX_ANSWERS)
    length = 0;
  if (length > 0 && send (pair[1], script.next, length, MSG_NOSIGNAL) < 0)
    length = 0;
  shutdown (pair[1], SHUT_WR);
  close (pair[1]);
  /* The last piece is said to all that come after. */
  if (end != NULL)
    {
      script.next += length + 1;
      script.left -= length + 1;
    }
  *state = PTL_SEEN_OPEN;
  return pair[0];
}

static void
check (const PtlIdentity *identity)
{
  if (identity == NULL)
    return;
  g_assert_true (ptl_text_is_safe (identity->service, 0));
  g_assert_true (ptl_text_is_safe (identity->product, 0));
  g_assert_true (ptl_text_is_safe (identity->version, 0));
  g_assert_true (ptl_text_is_safe (identity->evidence, 0));
  g_assert_true (ptl_text_is_safe (identity->banner, 0));
}

static void
begin (const guint8 *data, gsize size)
{
  script.next = data + 2;
  script.left = size - 2;
  script.n = 0;
}

static void
on_soon (GObject *source, GAsyncResult *result, gpointer data)
{
  PtlIdentity **identity = data;
  gboolean unfinished;

  *identity = ptl_identify_soon_finish (result, NULL, &unfinished, NULL);
  script.n = G_MAXUINT;
}

/* Everything that looks at a port, against a peer that says what the input says: its first two
 * bytes are the port, 0xf5 parts the connections. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (PtlDial) dial = ptl_dial_new (connect_to_script, NULL, NULL);
  g_autoptr (GInetAddress) address = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (PtlFingerprints) set = ptl_fingerprints_dup_default ();
  g_autoptr (PtlIdentity) identity = NULL;
  g_autoptr (PtlIdentity) soon = NULL;
  guint16 port;

  if (size < 2)
    return 0;
  port = data[0] << 8 | data[1];
  begin (data, size);
  identity = ptl_identify (set, dial, address, port, PTL_PROTOCOL_TCP, NULL, NULL, NULL);
  check (identity);
  begin (data, size);
  ptl_identify_soon_async (NULL, dial, address, port, PTL_PROTOCOL_TCP, NULL, on_soon, &soon);
  while (script.n != G_MAXUINT)
    g_main_context_iteration (NULL, TRUE);
  check (soon);
  return 0;
}

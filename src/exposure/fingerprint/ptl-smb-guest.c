/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-smb-guest.h"

#include <string.h>

#include "ptl-smb-shares.h"

#define NETBIOS 4
#define HEADER 64
#define MAX_ANSWER 16384
/* What lists the shares is started for the first who asks. */
#define PATIENCE_US (3 * G_TIME_SPAN_SECOND)
#define MORE_PROCESSING 0xc0000016u
#define BUFFER_OVERFLOW 0x80000005u
#define PENDING 0x00000103u
/* MS-SMB2 2.2.1.2. */
#define NEGOTIATE 0
#define SESSION_SETUP 1
#define TREE_CONNECT 3
#define CREATE 5
#define IOCTL 11
/* MS-FSCC 2.3.50: says and hears on a pipe at once. */
#define TRANSCEIVE 0x0011c017u
/* To read and write a pipe, as MS-SMB2 2.2.13.1.1 has it. */
#define PIPE_ACCESS 0x0012019fu
#define LIST_DIRECTORY 0x1u
#define SIGNATURE "NTLMSSP"
/* Unicode, a target wanted, NTLM, always signed, extended security; and anonymous (MS-NLMP 2.2.2.5). */
#define FLAGS 0x00088205u
#define ANONYMOUS 0x00000800u

typedef struct
{
  PtlProbing *probing;
  PtlStream *stream;
  guint64 message;
  guint64 session;
  guint32 tree;
  GByteArray *heard;  /* and not taken yet */
  GByteArray *answer; /* the last one, without what is before its header */
} Session;

static void
put (GByteArray *to, guint64 number, guint bytes)
{
  guint64 value = GUINT64_TO_LE (number);

  g_byte_array_append (to, (const guint8 *) &value, bytes);
}

static guint32
get (const GByteArray *from, gsize at, guint bytes)
{
  guint32 value = 0;

  if (from->len < at + bytes)
    return 0;
  memcpy (&value, from->data + at, bytes);
  return GUINT32_FROM_LE (value);
}

static GByteArray *
begin (Session *self, guint16 command)
{
  GByteArray *message = g_byte_array_new ();

  put (message, 0, NETBIOS);
  g_byte_array_append (message, (const guint8 *) "\xfeSMB", 4);
  put (message, HEADER, 2);
  put (message, 0, 2);
  put (message, 0, 4);
  put (message, command, 2);
  put (message, 16, 2); /* credits that are asked for */
  put (message, 0, 4);
  put (message, 0, 4);
  put (message, self->message++, 8);
  put (message, 0xfeff, 4);
  put (message, self->tree, 4);
  put (message, self->session, 8);
  put (message, 0, 8);
  put (message, 0, 8);
  return message;
}

/* FALSE where @size bytes did not come. */
static gboolean
fill (Session *self, gsize size)
{
  while (self->heard->len < size)
    if (!ptl_stream_read (self->stream, self->heard, size, PATIENCE_US, PATIENCE_US))
      return FALSE;
  return TRUE;
}

/* One answer as a whole into @self->answer. FALSE where none came. */
static gboolean
hear (Session *self)
{
  const guint8 *start;
  gsize size;

  g_byte_array_set_size (self->answer, 0);
  if (!fill (self, NETBIOS))
    return FALSE;
  start = self->heard->data;
  size = (gsize) start[1] << 16 | start[2] << 8 | start[3];
  if (start[0] != 0 || size < HEADER || size > MAX_ANSWER || !fill (self, NETBIOS + size))
    return FALSE;
  g_byte_array_append (self->answer, self->heard->data + NETBIOS, size);
  g_byte_array_remove_range (self->heard, 0, NETBIOS + size);
  return memcmp (self->answer->data, "\xfeSMB", 4) == 0;
}

static guint32
status_of (const Session *self)
{
  return get (self->answer, 8, 4);
}

/* Sends @message (transfer full), and hears what it says to that. */
static gboolean
exchange (Session *self, GByteArray *message)
{
  g_autoptr (GByteArray) owned = message;
  gsize size = message->len - NETBIOS;

  message->data[1] = size >> 16;
  message->data[2] = size >> 8 & 0xff;
  message->data[3] = size & 0xff;
  if (!ptl_stream_write (self->stream, message->data, message->len))
    return FALSE;
  /* One that takes longer says so first (MS-SMB2 3.3.4.2). */
  return hear (self) && (status_of (self) != PENDING || hear (self));
}

static gboolean
negotiate (Session *self)
{
  static const guint8 body[] = { 36, 0, 2, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                                 0,  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x02, 0x02, 0x10, 0x02 };
  GByteArray *message = begin (self, NEGOTIATE);

  G_STATIC_ASSERT (sizeof body == 40);
  g_byte_array_append (message, body, sizeof body);
  return exchange (self, message) && status_of (self) == 0;
}

static gboolean
set_up (Session *self, const GByteArray *token)
{
  GByteArray *message = begin (self, SESSION_SETUP);

  put (message, 25, 2);
  put (message, 0, 1);
  put (message, 1, 1);
  put (message, 0, 4);
  put (message, 0, 4);
  put (message, HEADER + 24, 2);
  put (message, token->len, 2);
  put (message, 0, 8);
  g_byte_array_append (message, token->data, token->len);
  return exchange (self, message);
}

/* MS-NLMP 2.2.1.1: neither a domain nor a workstation. */
static GByteArray *
make_first_token (void)
{
  GByteArray *token = g_byte_array_new ();

  g_byte_array_append (token, (const guint8 *) SIGNATURE, sizeof SIGNATURE);
  put (token, 1, 4);
  put (token, FLAGS, 4);
  put (token, 0, 8);
  put (token, 0, 8);
  return token;
}

/* MS-NLMP 2.2.1.3 with nothing in it: no user, no answer to the challenge, but the one byte that
 * stands for nobody. */
static GByteArray *
make_last_token (void)
{
  enum
  {
    END = 64
  };
  GByteArray *token = g_byte_array_new ();

  g_byte_array_append (token, (const guint8 *) SIGNATURE, sizeof SIGNATURE);
  put (token, 3, 4);
  put (token, 1 | 1 << 16, 4);
  put (token, END, 4);
  for (guint i = 0; i < 5; i++)
    {
      put (token, 0, 4);
      put (token, END, 4);
    }
  put (token, FLAGS | ANONYMOUS, 4);
  put (token, 0, 1);
  return token;
}

static gboolean
come_in (Session *self)
{
  g_autoptr (GByteArray) first = make_first_token (), last = make_last_token ();

  if (!set_up (self, first) || status_of (self) != MORE_PROCESSING || self->answer->len < 48)
    return FALSE;
  memcpy (&self->session, self->answer->data + 40, sizeof self->session);
  self->session = GUINT64_FROM_LE (self->session);
  return set_up (self, last) && status_of (self) == 0;
}

/* Connects to @share; its tree is then the one that is spoken to. */
static gboolean
enter (Session *self, const char *share)
{
  g_autofree char *path = g_strdup_printf ("\\\\%s\\%s", self->probing->host, share);
  glong letters = 0;
  g_autofree gunichar2 *text = g_utf8_to_utf16 (path, -1, NULL, &letters, NULL);
  GByteArray *message;

  if (text == NULL)
    return FALSE;
  self->tree = 0;
  message = begin (self, TREE_CONNECT);
  put (message, 9, 2);
  put (message, 0, 2);
  put (message, HEADER + 8, 2);
  put (message, 2 * letters, 2);
  for (glong i = 0; i < letters; i++)
    put (message, text[i], 2);
  if (!exchange (self, message) || status_of (self) != 0)
    return FALSE;
  self->tree = get (self->answer, 36, 4);
  return TRUE;
}

/* Opens the pipe of the service that lists shares: 16 bytes that name it. */
static gboolean
open_pipe (Session *self, guint8 *id)
{
  static const char name[] = "s\0r\0v\0s\0v\0c";
  GByteArray *message = begin (self, CREATE);

  put (message, 57, 2);
  put (message, 0, 2);
  put (message, 2, 4);
  put (message, 0, 8);
  put (message, 0, 8);
  put (message, PIPE_ACCESS, 4);
  put (message, 0, 4);
  put (message, 7, 4);
  put (message, 1, 4); /* only where it is there */
  put (message, 0, 4);
  put (message, HEADER + 56, 2);
  put (message, sizeof name, 2);
  put (message, 0, 8);
  g_byte_array_append (message, (const guint8 *) name, sizeof name);
  if (!exchange (self, message) || status_of (self) != 0 || self->answer->len < HEADER + 80)
    return FALSE;
  memcpy (id, self->answer->data + HEADER + 64, 16);
  return TRUE;
}

/* Says @call on the pipe. FALSE where no answer came; else it is at *@at of @self->answer. */
static gboolean
call (Session *self, const guint8 *id, const GByteArray *said, gsize *at, gsize *length)
{
  GByteArray *message = begin (self, IOCTL);

  put (message, 57, 2);
  put (message, 0, 2);
  put (message, TRANSCEIVE, 4);
  g_byte_array_append (message, id, 16);
  put (message, HEADER + 56, 4);
  put (message, said->len, 4);
  put (message, 0, 4);
  put (message, 0, 4);
  put (message, 0, 4);
  put (message, 4096, 4);
  put (message, 1, 4);
  put (message, 0, 4);
  g_byte_array_append (message, said->data, said->len);
  if (!exchange (self, message) || (status_of (self) != 0 && status_of (self) != BUFFER_OVERFLOW))
    return FALSE;
  *at = get (self->answer, HEADER + 32, 4);
  *length = get (self->answer, HEADER + 36, 4);
  return *at <= self->answer->len && *length <= self->answer->len - *at;
}

/* (element-type utf8) (transfer full), or NULL. */
static GPtrArray *
list_shares (Session *self)
{
  g_autoptr (GByteArray) bind = ptl_smb_shares_bind (), ask = ptl_smb_shares_ask ();
  guint8 id[16];
  gsize at = 0, length = 0;

  if (!enter (self, "IPC$"))
    return NULL;
  self->stream->deadline_us
      = MIN (self->probing->deadline_us, g_get_monotonic_time () + 2 * PATIENCE_US);
  if (!open_pipe (self, id) || !call (self, id, bind, &at, &length)
      || !call (self, id, ask, &at, &length))
    return NULL;
  return ptl_smb_shares_read (self->answer->data + at, length);
}

/* Whether a guest may see what is in @share: by the rights that the answer names (MS-SMB2 2.2.10). */
static gboolean
lets_in (Session *self, const char *share)
{
  return enter (self, share) && (get (self->answer, HEADER + 12, 4) & LIST_DIRECTORY) != 0;
}

/* FALSE where it did not answer in time, so that it may another time. */
static gboolean
ask_once (PtlProbing *probing)
{
  g_autoptr (PtlStream) stream = ptl_probing_open (probing);
  g_autoptr (GByteArray) heard = g_byte_array_new (), answer = g_byte_array_new ();
  Session self = { .probing = probing, .stream = stream, .heard = heard, .answer = answer };
  g_autoptr (GPtrArray) shares = NULL;

  if (stream == NULL || !negotiate (&self) || !come_in (&self))
    return TRUE;
  shares = list_shares (&self);
  if (shares == NULL && answer->len == 0)
    return FALSE;
  for (guint i = 0; shares != NULL && i < shares->len; i++)
    if (lets_in (&self, g_ptr_array_index (shares, i)))
      {
        ptl_found_note (&probing->found, "Guests may open the share %s",
                        (const char *) g_ptr_array_index (shares, i));
        ptl_found_set_auth (&probing->found, PTL_AUTH_OPEN);
        return TRUE;
      }
  ptl_found_note (&probing->found, shares == NULL ? "A guest is told of no shares"
                                                  : "No share lets a guest in");
  return TRUE;
}

void
ptl_smb_ask_guest (PtlProbing *probing)
{
  if (!ask_once (probing) && !ptl_probing_is_over (probing))
    ask_once (probing);
}

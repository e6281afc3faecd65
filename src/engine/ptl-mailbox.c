/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-mailbox.h"

#include <errno.h>
#include <sys/eventfd.h>
#include <unistd.h>

typedef struct
{
  PtlEngineFunc func;
  gpointer data;
  GDestroyNotify destroy;
} Letter;

struct _PtlMailbox
{
  gatomicrefcount refs;
  GMutex lock;
  GArray *letters; /* of Letter */
  gboolean closed;
  int fd;
};

PtlMailbox *
ptl_mailbox_new (void)
{
  int fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  PtlMailbox *self;

  if (fd < 0)
    return NULL;
  self = g_new0 (PtlMailbox, 1);
  g_atomic_ref_count_init (&self->refs);
  g_mutex_init (&self->lock);
  self->letters = g_array_new (FALSE, FALSE, sizeof (Letter));
  self->fd = fd;
  return self;
}

PtlMailbox *
ptl_mailbox_ref (PtlMailbox *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

static void
drop_letters (GArray *letters)
{
  for (guint i = 0; i < letters->len; i++)
    {
      Letter *letter = &g_array_index (letters, Letter, i);

      if (letter->destroy)
        letter->destroy (letter->data);
    }
  g_array_unref (letters);
}

void
ptl_mailbox_unref (PtlMailbox *self)
{
  if (!self || !g_atomic_ref_count_dec (&self->refs))
    return;
  drop_letters (self->letters);
  g_mutex_clear (&self->lock);
  if (self->fd >= 0)
    close (self->fd);
  g_free (self);
}

int
ptl_mailbox_get_fd (const PtlMailbox *self)
{
  return self->fd;
}

/* An eventfd takes so many ones that a full counter (EAGAIN) only means that the thread is awake
 * already. */
static void
wake (int fd)
{
  guint64 one = 1;

  while (write (fd, &one, sizeof one) < 0 && errno == EINTR)
    ;
}

void
ptl_mailbox_post (PtlMailbox *self, PtlEngineFunc func, gpointer data, GDestroyNotify destroy)
{
  Letter letter = { func, data, destroy };
  gboolean closed;

  g_mutex_lock (&self->lock);
  closed = self->closed;
  if (!closed)
    {
      g_array_append_val (self->letters, letter);
      wake (self->fd);
    }
  g_mutex_unlock (&self->lock);
  if (closed && destroy)
    destroy (data);
}

static GArray *
take_letters (PtlMailbox *self)
{
  g_autoptr (GArray) letters = g_array_new (FALSE, FALSE, sizeof (Letter));

  g_mutex_lock (&self->lock);
  {
    GArray *taken = self->letters;

    self->letters = g_steal_pointer (&letters);
    letters = taken;
  }
  g_mutex_unlock (&self->lock);
  return g_steal_pointer (&letters);
}

void
ptl_mailbox_run (PtlMailbox *self, PtlEngineThread *thread)
{
  g_autoptr (GArray) letters = NULL;
  guint64 n;

  while (read (self->fd, &n, sizeof n) < 0 && errno == EINTR)
    ;
  letters = take_letters (self);
  for (guint i = 0; i < letters->len; i++)
    {
      Letter *letter = &g_array_index (letters, Letter, i);

      letter->func (thread, letter->data);
    }
}

/* The descriptor goes now, not with the last reference: a slow resolver must not hold it. */
void
ptl_mailbox_close (PtlMailbox *self)
{
  GArray *letters;

  g_mutex_lock (&self->lock);
  self->closed = TRUE;
  close (self->fd);
  self->fd = -1;
  letters = self->letters;
  self->letters = g_array_new (FALSE, FALSE, sizeof (Letter));
  g_mutex_unlock (&self->lock);
  drop_letters (letters);
}

gboolean
ptl_mailbox_is_closed (PtlMailbox *self)
{
  gboolean closed;

  g_mutex_lock (&self->lock);
  closed = self->closed;
  g_mutex_unlock (&self->lock);
  return closed;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-sources.h"

#include <string.h>

#define N_SHARDS 16u
#define SHARD_MOST (PTL_SOURCES_MOST / N_SHARDS)
#define SLOT_US (60 * G_USEC_PER_SEC / PTL_VIOLATION_SLOTS)

typedef struct
{
  _Alignas (64) GMutex lock;
  GHashTable *by_key; /* a set of PtlSourceEntry, whose key comes first */
  GQueue idle;        /* the one that came last at the end */
  GQueue proved;      /* likewise */
  GQueue banned;      /* likewise */
} Shard;

struct _PtlSources
{
  Shard *shards; /* of N_SHARDS, from the first source on: most forwards wait for one, and that costs nothing */
};

/* Keys */

static const PtlAddress shared[] = {
  { 6, { 0 } },                            /* ::1 and old kinds of IPv4 */
  { 6, { 0x00, 0x64, 0xff, 0x9b } },       /* RFC 6052 section 2.1 */
  { 6, { 0xfe, 0x80 } },                   /* RFC 4291 section 2.5.6 */
};

guint8
ptl_source_key (const PtlAddress *address, PtlAddress *key)
{
  *key = *address;
  if (address->family == 4)
    return 32;
  for (gsize i = 0; i < G_N_ELEMENTS (shared); i++)
    if (memcmp (address->bytes, shared[i].bytes, 8) == 0)
      return 128;
  memset (key->bytes + 8, 0, 8);
  return 64;
}

static Shard *
make_shards (void)
{
  Shard *shards = g_aligned_alloc0 (N_SHARDS, sizeof (Shard), _Alignof (Shard));

  for (guint i = 0; i < N_SHARDS; i++)
    g_mutex_init (&shards[i].lock);
  return shards;
}

/* Bits that the tables within the shards do not go by first. */
static Shard *
get_shard (PtlSources *self, const PtlAddress *key)
{
  if (g_once_init_enter (&self->shards))
    g_once_init_leave (&self->shards, make_shards ());
  return &self->shards[(ptl_address_hash (key) >> 24) % N_SHARDS];
}

/* Life */

PtlSources *
ptl_sources_new (void)
{
  return g_new0 (PtlSources, 1);
}

static void
clear_shard (Shard *shard)
{
  g_clear_pointer (&shard->by_key, g_hash_table_unref);
  g_mutex_clear (&shard->lock);
}

void
ptl_sources_free (PtlSources *self)
{
  if (!self)
    return;
  for (guint i = 0; self->shards && i < N_SHARDS; i++)
    clear_shard (&self->shards[i]);
  g_aligned_free (self->shards);
  g_free (self);
}

/* Coming and going */

static void
take_out (PtlSourceEntry *entry)
{
  if (entry->queue)
    g_queue_unlink (entry->queue, &entry->link);
  entry->queue = NULL;
}

static void
put_in (Shard *shard, PtlSourceEntry *entry, gint64 now_us)
{
  if (entry->banned_until_us > now_us)
    entry->queue = &shard->banned;
  else if (ptl_udp_proof_holds (&entry->proof, now_us))
    entry->queue = &shard->proved;
  else
    entry->queue = &shard->idle;
  g_queue_push_tail_link (entry->queue, &entry->link);
}

static PtlSourceEntry *
entry_new (Shard *shard, const PtlAddress *key)
{
  PtlSourceEntry *entry = g_new0 (PtlSourceEntry, 1);

  if (!shard->by_key) /* most forwards see few sources */
    shard->by_key = g_hash_table_new_full (ptl_address_hash, ptl_address_equal, g_free, NULL);
  entry->key = *key;
  entry->link.data = entry;
  g_hash_table_add (shard->by_key, entry);
  return entry;
}

PtlSourceEntry *
ptl_sources_enter (PtlSources *self, const PtlAddress *address)
{
  PtlSourceEntry *entry = NULL;
  PtlAddress key;
  Shard *shard;

  ptl_source_key (address, &key);
  shard = get_shard (self, &key);
  g_mutex_lock (&shard->lock);
  if (shard->by_key)
    entry = g_hash_table_lookup (shard->by_key, &key);
  if (!entry)
    entry = entry_new (shard, &key);
  take_out (entry);
  return entry;
}

void
ptl_sources_reenter (PtlSources *self, PtlSourceEntry *entry)
{
  g_mutex_lock (&get_shard (self, &entry->key)->lock);
}

static void
forget_oldest (Shard *shard)
{
  GQueue *queue = &shard->idle;
  PtlSourceEntry *oldest;

  if (shard->banned.length > SHARD_MOST / 2)
    queue = &shard->banned;
  else if (shard->proved.length > SHARD_MOST / 4 || shard->idle.length == 0)
    queue = shard->proved.length > 0 ? &shard->proved : &shard->banned;
  oldest = queue->head->data;

  take_out (oldest);
  g_hash_table_remove (shard->by_key, oldest);
}

void
ptl_sources_leave (PtlSources *self, PtlSourceEntry *entry, gint64 now_us)
{
  Shard *shard = get_shard (self, &entry->key);

  if (entry->now == 0)
    put_in (shard, entry, now_us);
  while (g_hash_table_size (shard->by_key) > SHARD_MOST
         && shard->idle.length + shard->proved.length + shard->banned.length > 0)
    forget_oldest (shard);
  g_mutex_unlock (&shard->lock);
}

/* Entries */

guint
ptl_source_entry_violate (PtlSourceEntry *self, gint64 now_us)
{
  gint64 epoch = MAX (now_us / SLOT_US, self->violations_epoch); /* threads may be a round apart */
  gint64 passed = MIN (epoch - self->violations_epoch, PTL_VIOLATION_SLOTS);
  guint64 sum = 0;

  for (gint64 i = 0; i < passed; i++)
    self->violations[(epoch - i) % PTL_VIOLATION_SLOTS] = 0;
  self->violations_epoch = epoch;
  self->violations[epoch % PTL_VIOLATION_SLOTS]++;
  for (guint i = 0; i < PTL_VIOLATION_SLOTS; i++)
    sum += self->violations[i];
  return (guint) MIN (sum, G_MAXUINT);
}

void
ptl_source_entry_ban (PtlSourceEntry *self, gint64 until_us)
{
  self->banned_until_us = until_us;
  memset (self->violations, 0, sizeof self->violations);
}

void
ptl_source_entry_add_bytes (PtlSourceEntry *self, guint64 in, guint64 out)
{
  atomic_fetch_add_explicit (&self->bytes_in, in, memory_order_relaxed);
  atomic_fetch_add_explicit (&self->bytes_out, out, memory_order_relaxed);
}

/* All of them */

static void
each (PtlSources *self, void (*func) (PtlSourceEntry *, gpointer), gpointer data)
{
  Shard *shards = g_atomic_pointer_get (&self->shards);

  for (guint i = 0; shards && i < N_SHARDS; i++)
    {
      Shard *shard = &shards[i];
      GHashTableIter entries;
      gpointer entry;

      g_mutex_lock (&shard->lock);
      if (shard->by_key)
        {
          g_hash_table_iter_init (&entries, shard->by_key);
          while (g_hash_table_iter_next (&entries, &entry, NULL))
            func (entry, data);
        }
      g_mutex_unlock (&shard->lock);
    }
}

static void
clear_ban (PtlSourceEntry *entry, gpointer unused)
{
  ptl_source_entry_ban (entry, 0);
}

void
ptl_sources_clear_bans (PtlSources *self)
{
  each (self, clear_ban, NULL);
}

static void
take_down (PtlSourceEntry *entry, gpointer records)
{
  PtlSourceRecord record = {
    .now = entry->now,
    .ever = entry->ever,
    .refused = entry->refused,
    .bytes_in = atomic_load_explicit (&entry->bytes_in, memory_order_relaxed),
    .bytes_out = atomic_load_explicit (&entry->bytes_out, memory_order_relaxed),
    .banned_until_us = entry->banned_until_us,
  };

  record.prefix = ptl_source_key (&entry->key, &record.address);
  g_array_append_val (records, record);
}

static int
compare (gconstpointer a, gconstpointer b)
{
  const PtlSourceRecord *first = a, *second = b;
  guint64 bytes_a = first->bytes_in + first->bytes_out;
  guint64 bytes_b = second->bytes_in + second->bytes_out;

  if (bytes_a != bytes_b)
    return bytes_a > bytes_b ? -1 : 1;
  if (first->ever != second->ever)
    return first->ever > second->ever ? -1 : 1;
  return memcmp (&first->address, &second->address, sizeof first->address);
}

GArray *
ptl_sources_list (PtlSources *self, guint n, gint64 now_us)
{
  GArray *records = g_array_new (FALSE, FALSE, sizeof (PtlSourceRecord));

  each (self, take_down, records);
  g_array_sort (records, compare);
  g_array_set_size (records, MIN (records->len, n));
  for (guint i = 0; i < records->len; i++)
    {
      PtlSourceRecord *record = &g_array_index (records, PtlSourceRecord, i);

      if (record->banned_until_us <= now_us)
        record->banned_until_us = 0;
    }
  return records;
}

char *
ptl_source_record_describe (const PtlSourceRecord *record)
{
  g_autofree char *address = ptl_address_describe (&record->address);

  return record->prefix == 64 ? g_strconcat (address, "/64", NULL) : g_steal_pointer (&address);
}

static void
count (PtlSourceEntry *entry, gpointer n)
{
  ++*(guint *) n;
}

guint
ptl_sources_get_n (PtlSources *self)
{
  guint n = 0;

  each (self, count, &n);
  return n;
}

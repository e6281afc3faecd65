/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ptl-store-private.h"

/* Offsets from "Database File Format" on sqlite.org. */
#define VERSION_OFFSET 60
#define WAL_HEADER_SIZE 32
#define WAL_FRAME_HEADER_SIZE 24
#define WAL_PAGE_SIZE_OFFSET 8

static const char *const suffixes[] = { "", "-wal", "-shm" };

static guint32
get_big_endian (const guint8 *bytes)
{
  return (guint32) bytes[0] << 24 | (guint32) bytes[1] << 16 | (guint32) bytes[2] << 8 | bytes[3];
}

static gint64
peek_file (const char *path)
{
  guint8 version[4];
  int fd = open (path, O_RDONLY | O_CLOEXEC);
  gint64 found = -1;

  if (fd < 0)
    return -1;
  if (pread (fd, version, sizeof version, VERSION_OFFSET) == sizeof version)
    found = get_big_endian (version);
  close (fd);
  return found;
}

/* The highest in any frame that holds page 1: whether the frame was committed does not matter to
 * who only asks if a newer version was at work. */
static gint64
peek_wal (const char *path)
{
  guint8 head[WAL_HEADER_SIZE], number[4], version[4];
  int fd = open (path, O_RDONLY | O_CLOEXEC);
  gint64 found = -1;
  gint64 page_size;

  if (fd < 0)
    return -1;
  if (pread (fd, head, sizeof head, 0) == sizeof head
      && (page_size = get_big_endian (head + WAL_PAGE_SIZE_OFFSET)) >= 512 && page_size <= 65536)
    for (off_t at = WAL_HEADER_SIZE; pread (fd, number, sizeof number, at) == sizeof number;
         at += WAL_FRAME_HEADER_SIZE + page_size)
      if (get_big_endian (number) == 1
          && pread (fd, version, sizeof version, at + WAL_FRAME_HEADER_SIZE + VERSION_OFFSET)
                 == sizeof version)
        found = MAX (found, (gint64) get_big_endian (version));
  close (fd);
  return found;
}

/* Four bytes of anything could look like a version: only a file that says it is SQLite's has one.
 */
static gboolean
has_magic (const char *path)
{
  static const char magic[16] = "SQLite format 3";
  char found[sizeof magic];
  int fd = open (path, O_RDONLY | O_CLOEXEC);
  gboolean same;

  if (fd < 0)
    return FALSE;
  same = pread (fd, found, sizeof found, 0) == sizeof found
         && memcmp (found, magic, sizeof magic) == 0;
  close (fd);
  return same;
}

gint64
ptl_store_file_peek_version (const char *path)
{
  g_autofree char *wal = g_strconcat (path, "-wal", NULL);

  if (!has_magic (path))
    return -1;
  return MAX (peek_file (path), peek_wal (wal));
}

/* SQLite takes an empty file for a new database and throws away what its log holds. */
gboolean
ptl_store_file_is_torn (const char *path)
{
  g_autofree char *wal = g_strconcat (path, "-wal", NULL);
  struct stat file, log;

  return stat (path, &file) == 0 && file.st_size == 0 && stat (wal, &log) == 0 && log.st_size > 0;
}

int
ptl_store_file_create (const char *path)
{
  int fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  int code = 0;

  if (fd < 0)
    return errno;
  /* One from elsewhere may have been readable by others; SQLite gives its log the same mode. */
  if (fchmod (fd, 0600) != 0)
    code = errno;
  close (fd);
  return code == EPERM ? 0 : code;
}

static off_t
get_size (const char *path)
{
  struct stat found;

  return stat (path, &found) == 0 ? found.st_size : 0;
}

int
ptl_store_file_try (const char *path)
{
  static const char zeros[65536];
  g_autofree char *wal = g_strconcat (path, "-wal", NULL);
  g_autofree char *name = g_strconcat (path, "-try", NULL);
  int fd = open (name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  ssize_t written;
  int code = 0;

  if (fd < 0)
    return errno;
  written = pwrite (fd, zeros, sizeof zeros, MAX (get_size (path), get_size (wal)));
  if (written < 0 || fsync (fd) != 0)
    code = errno;
  else if (written < (ssize_t) sizeof zeros)
    code = ENOSPC;
  close (fd);
  unlink (name);
  return code;
}

/* Only a folder of our own is made private: a person may have named one that holds other things. */
int
ptl_store_file_make_directory (const char *directory)
{
  g_autofree char *name = g_path_get_basename (directory);
  struct stat found;

  if (stat (directory, &found) == 0)
    {
      if (!S_ISDIR (found.st_mode))
        return ENOTDIR;
      if (strcmp (name, "portolan") == 0 && (found.st_mode & 0077) != 0
          && found.st_uid == geteuid ())
        chmod (directory, 0700);
      return 0;
    }
  return g_mkdir_with_parents (directory, 0700) == 0 ? 0 : errno;
}

int
ptl_store_file_lock (const char *directory, int *code)
{
  g_autofree char *path = g_build_filename (directory, PTL_STORE_LOCK_FILE, NULL);
  int fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

  if (fd < 0)
    {
      *code = errno;
      return -1;
    }
  if (flock (fd, LOCK_EX | LOCK_NB) == 0)
    return fd;
  *code = errno;
  close (fd);
  return -1;
}

static gboolean
rename_all (const char *path, const char *to)
{
  for (gsize i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *old_name = g_strconcat (path, suffixes[i], NULL);
      g_autofree char *new_name = g_strconcat (to, suffixes[i], NULL);

      if (rename (old_name, new_name) != 0 && errno != ENOENT)
        return FALSE;
    }
  return TRUE;
}

static void
sync_directory (const char *path)
{
  g_autofree char *directory = g_path_get_dirname (path);
  int fd = open (directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  if (fd < 0)
    return;
  fsync (fd);
  close (fd);
}

char *
ptl_store_file_set_aside (const char *path, gint64 now)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (now);
  g_autofree char *stamp
      = time != NULL ? g_date_time_format (time, "%Y%m%dT%H%M%SZ") : g_strdup ("unknown");
  g_autofree char *to = g_strdup_printf ("%s.damaged-%s", path, stamp);

  for (int i = 2; g_file_test (to, G_FILE_TEST_EXISTS); i++)
    {
      g_free (to);
      to = g_strdup_printf ("%s.damaged-%s-%d", path, stamp, i);
    }
  if (!rename_all (path, to))
    return NULL;
  sync_directory (path);
  return g_steal_pointer (&to);
}

static gboolean
copy_file (const char *from, const char *to)
{
  g_autofree char *contents = NULL;
  gsize length;

  if (!g_file_test (from, G_FILE_TEST_EXISTS))
    return TRUE;
  return g_file_get_contents (from, &contents, &length, NULL)
         && g_file_set_contents_full (to, contents, (gssize) length, G_FILE_SET_CONTENTS_NONE, 0600,
                                      NULL);
}

char *
ptl_store_file_copy (const char *path)
{
  g_autofree char *template = g_build_filename (g_get_user_runtime_dir (), "portolan-XXXXXX", NULL);
  g_autofree char *directory = NULL;
  g_autofree char *copy = NULL;

  if (g_mkdtemp (template) == NULL)
    {
      directory = g_dir_make_tmp ("portolan-XXXXXX", NULL);
      if (directory == NULL)
        return NULL;
    }
  copy = g_build_filename (directory != NULL ? directory : template, PTL_STORE_FILE, NULL);
  for (gsize i = 0; i < 2; i++)
    {
      g_autofree char *from = g_strconcat (path, suffixes[i], NULL);
      g_autofree char *to = g_strconcat (copy, suffixes[i], NULL);

      if (!copy_file (from, to))
        {
          ptl_store_file_remove_copy (copy);
          return NULL;
        }
    }
  return g_steal_pointer (&copy);
}

/* SQLite keeps its files open: what it reads stays there until it closes. */
void
ptl_store_file_remove_copy (const char *copy)
{
  g_autofree char *directory = g_path_get_dirname (copy);

  for (gsize i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *name = g_strconcat (copy, suffixes[i], NULL);

      g_unlink (name);
    }
  g_rmdir (directory);
}

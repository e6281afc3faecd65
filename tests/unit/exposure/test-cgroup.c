/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "exposure/ptl-cgroup-tree.h"

#define ID "4f6c1a2b3c4d5e6f4f6c1a2b3c4d5e6f4f6c1a2b3c4d5e6f4f6c1a2b3c4d5e6f"

static void
test_path (void)
{
  static const struct
  {
    const char *text;
    const char *path;
  } cases[] = {
    { "0::/system.slice/ssh.service\n", "/system.slice/ssh.service" },
    { "9:name=systemd:/system.slice/cron.service\n8:pids:/x\n0::/\n", "/system.slice/cron.service" },
    { "9:name=systemd:/\n8:pids:/docker/" ID "\n0::/user.slice/a:b.scope\n", "/user.slice/a:b.scope" },
    { "9:name=systemd:/\n0::/\n", NULL },
    { "8:pids:/x\n", NULL },
    { "", NULL },
    { ":::", NULL },
    { "0::no-slash", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = ptl_cgroup_find_path (cases[i].text, strlen (cases[i].text));

      g_assert_cmpstr (path, ==, cases[i].path);
    }
}

static void
test_unit_and_container (void)
{
  static const struct
  {
    const char *path;
    const char *unit;
    gboolean user;
    const char *container;
  } cases[] = {
    { "/system.slice/ssh.service", "ssh.service", FALSE, "" },
    { "/system.slice/system-getty.slice/getty@tty1.service", "getty@tty1.service", FALSE, "" },
    { "/system.slice/docker.service", "docker.service", FALSE, "" },
    { "/init.scope", "init.scope", FALSE, "" },
    { "/user.slice/user-1000.slice/session-2.scope", "session-2.scope", FALSE, "" },
    { "/user.slice/user-1000.slice/user@1000.service/app.slice/syncthing.service", "syncthing.service", TRUE, "" },
    { "/user.slice/user-1000.slice/user@1000.service/app.slice/app-gnome-x-1.scope/inner", "app-gnome-x-1.scope", TRUE, "" },
    { "/user.slice/user-1000.slice/user@1000.service", "user@1000.service", FALSE, "" },
    { "/system.slice/docker-" ID ".scope", "docker-" ID ".scope", FALSE, ID },
    { "/docker/" ID, "", FALSE, ID },
    { "/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-" ID ".scope/container", "libpod-" ID ".scope", TRUE,
      ID },
    { "/kubepods.slice/kubepods-pod7.slice/cri-containerd-" ID ".scope", "cri-containerd-" ID ".scope", FALSE, ID },
    { "/lxc.payload.web", "", FALSE, "web" },
    { "/lxc/web", "", FALSE, "web" },
    { "/machine.slice/systemd-nspawn@box.service/payload", "systemd-nspawn@box.service", FALSE, "box" },
    { "/system.slice/_cgroup.service", "cgroup.service", FALSE, "" },
    { "/", "", FALSE, "" },
    { "", "", FALSE, "" },
    { "/.service", "", FALSE, "" },
    { "/a.slice/b/c.service", "", FALSE, "" },
    { "/docker/" ID "0", "", FALSE, "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (PtlCgroup) group = ptl_cgroup_read_path (cases[i].path);

      g_test_message ("%s", cases[i].path);
      g_assert_cmpstr (group->unit, ==, cases[i].unit);
      g_assert_cmpint (group->user_unit, ==, cases[i].user);
      g_assert_cmpstr (group->container, ==, cases[i].container);
    }
}

/* A name made to trick a terminal; systemd would not take it, whoever may write there can make it. */
static void
test_hostile (void)
{
  g_autoptr (PtlCgroup) group = ptl_cgroup_read_path ("/system.slice/a\033[2J\n\xff.service/lxc.payload.\033[1m");
  g_autofree char *deep = g_strnfill (100000, '/');
  g_autoptr (PtlCgroup) bounded = ptl_cgroup_read_path (deep);

  g_assert_true (g_utf8_validate (group->unit, -1, NULL));
  g_assert_null (strchr (group->unit, '\033'));
  g_assert_null (strchr (group->unit, '\n'));
  g_assert_null (strchr (group->container, '\033'));
  g_assert_cmpstr (bounded->unit, ==, "");
}

static guint64
make_group (const char *root, const char *path, const char *processes)
{
  g_autofree char *dir = g_build_filename (root, path, NULL);
  g_autofree char *file = g_build_filename (dir, "cgroup.procs", NULL);
  struct stat found;

  g_assert_cmpint (g_mkdir_with_parents (dir, 0700), ==, 0);
  g_assert_true (g_file_set_contents (file, processes, -1, NULL));
  g_assert_cmpint (stat (dir, &found), ==, 0);
  return found.st_ino;
}

/* A directory tree in the place of the kernel's: what is relied on is that its numbers are inodes (checked against the
 * kernel in test-listeners, where there is one of version 2). */
static void
test_tree (void)
{
  g_autofree char *root = g_dir_make_tmp ("ptl-cgroup-XXXXXX", NULL);
  g_autofree char *own = g_strdup_printf ("%d\n", getpid ());
  g_autofree char *twice = g_strdup_printf ("%d\n%d\n", getpid (), getpid ());
  g_autofree char *mixed = g_strdup_printf ("1\n%d\n", getpid ());
  guint64 ssh = make_group (root, "system.slice/ssh.service", own), two = make_group (root, "two", twice);
  guint64 many = make_group (root, "many", mixed), none = make_group (root, "none", "");
  g_autoptr (PtlCgroupTree) tree = ptl_cgroup_tree_new (root);
  g_autofree char *program = NULL, *same = NULL;
  guint32 pid = 0;

  g_assert_cmpstr (ptl_cgroup_tree_find (tree, ssh), ==, "/system.slice/ssh.service");
  g_assert_null (ptl_cgroup_tree_find (tree, 1));
  program = ptl_cgroup_tree_dup_program (tree, "/system.slice/ssh.service", &pid);
  g_assert_nonnull (program);
  g_assert_cmpuint (pid, ==, (guint32) getpid ());
  same = ptl_cgroup_tree_dup_program (tree, ptl_cgroup_tree_find (tree, two), &pid);
  g_assert_cmpstr (same, ==, program);
  g_assert_cmpuint (pid, ==, 0);
  g_assert_null (ptl_cgroup_tree_dup_program (tree, ptl_cgroup_tree_find (tree, many), &pid));
  g_assert_null (ptl_cgroup_tree_dup_program (tree, ptl_cgroup_tree_find (tree, none), &pid));
  g_assert_null (ptl_cgroup_tree_dup_program (tree, "/gone", &pid));
}

static void
test_no_tree (void)
{
  g_autoptr (PtlCgroupTree) tree = ptl_cgroup_tree_new ("/nonexistent");

  g_assert_null (ptl_cgroup_tree_find (tree, 7));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/exposure/cgroup/path", test_path);
  g_test_add_func ("/exposure/cgroup/unit-and-container", test_unit_and_container);
  g_test_add_func ("/exposure/cgroup/hostile", test_hostile);
  g_test_add_func ("/exposure/cgroup/tree", test_tree);
  g_test_add_func ("/exposure/cgroup/no-tree", test_no_tree);
  return g_test_run ();
}

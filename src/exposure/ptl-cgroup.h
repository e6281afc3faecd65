/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* To what a process or a socket belongs, as the path of its control group tells. All text is safe to show. */
typedef struct
{
  char *unit;         /* systemd's: "ssh.service", "session-2.scope"; "" = none */
  gboolean user_unit; /* of a user's own service manager */
  char *container;    /* the 64 digits that Docker, Podman and Kubernetes give one, or the name of one of LXC or
                         systemd-nspawn; "" = it is in none */
} PtlCgroup;

PtlCgroup *ptl_cgroup_new (void);
void ptl_cgroup_free (PtlCgroup *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlCgroup, ptl_cgroup_free)

/* The path in the hierarchy that systemd keeps, of the text of /proc/PID/cgroup (cgroups(7)): that of version 2, or the
 * one named "systemd" where version 1 is in use. NULL = it names none. (transfer full) */
char *ptl_cgroup_find_path (const char *text, gsize length);
/* What @path says, as systemd.slice(5) and the container engines make it. */
PtlCgroup *ptl_cgroup_read_path (const char *path);
/* Of a process: NULL where it may not be seen. */
PtlCgroup *ptl_cgroup_of_process (guint32 pid);

G_END_DECLS

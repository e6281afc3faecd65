/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-cgroup.h"

G_BEGIN_DECLS

/**
 * PtlCgroupTree:
 *
 * The control groups of this machine by their number, which the kernel tells of each socket to whoever asks: so that it
 * can be said to which unit another user's socket belongs without an administrator's rights. The number is the inode of
 * the group's directory (Linux 5.8 and later, inet_diag's INET_DIAG_CGROUP_ID).
 */
typedef struct _PtlCgroupTree PtlCgroupTree;

/* @root: where version 2 is mounted; NULL = where it usually is. Walks its directories, once: some milliseconds. */
PtlCgroupTree *ptl_cgroup_tree_new (const char *root);
void ptl_cgroup_tree_free (PtlCgroupTree *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlCgroupTree, ptl_cgroup_tree_free)

/* The path of the group below the root, "/system.slice/ssh.service", or NULL. (transfer none) */
const char *ptl_cgroup_tree_find (PtlCgroupTree *self, guint64 id);
/* What all the processes in the group call themselves, and @pid where there is but one (else 0). NULL where they differ,
 * or there is none. (transfer full), safe to show. */
char *ptl_cgroup_tree_dup_program (PtlCgroupTree *self, const char *path, guint32 *pid);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-worker.h"

int
main (int argc, char **argv)
{
  return ptl_worker_main (argc, argv, NULL);
}

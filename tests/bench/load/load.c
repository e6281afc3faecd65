/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `load`: the two ends of what `./dev bench forward` sends through the forwarders. */
#include "load.h"

#include <stdio.h>
#include <stdlib.h>

static const char usage[] = "load serve sink|echo|answer\n"
                            "load udp-echo[-merged]\n"
                            "load source PORT STREAMS SECONDS\n"
                            "load connects PORT PARALLEL SECONDS\n"
                            "load idle PORT CONNECTIONS\n"
                            "load udp[-merged] PORT SIZE FLOWS SECONDS RATE\n";

int
main (int argc, char **argv)
{
  double number[8] = { 0 };
  const char *what = argc > 1 ? argv[1] : "";
  guint16 port;

  for (int i = 2; i < argc && i < 8; i++)
    number[i] = g_ascii_strtod (argv[i], NULL);
  port = (guint16) number[2];
  if (g_str_equal (what, "serve") && argc == 3)
    return load_serve (argv[2]);
  if (g_str_equal (what, "udp-echo") || g_str_equal (what, "udp-echo-merged"))
    return load_udp_echo (g_str_has_suffix (what, "-merged"));
  if (g_str_equal (what, "source") && argc == 5)
    return load_source (port, (guint) number[3], number[4]);
  if (g_str_equal (what, "connects") && argc == 5)
    return load_connects (port, (guint) number[3], number[4]);
  if (g_str_equal (what, "idle") && argc == 4)
    return load_idle (port, (guint) number[3]);
  if ((g_str_equal (what, "udp") || g_str_equal (what, "udp-merged")) && argc == 7)
    return load_udp (g_str_has_suffix (what, "-merged"), port, (guint) number[3], (guint) number[4], number[5], number[6]);
  fputs (usage, stderr);
  return 2;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "router-lab.h"

#include <glib/gstdio.h>
#include <string.h>

static const char config_format[] =
  "ext_ifname=w0\next_ip=" ROUTER_LAB_EXTERNAL "\nlistening_ip=l0\nport=5000\nhttp_port=5000\n"
  "enable_natpmp=%s\nenable_upnp=%s\nsecure_mode=yes\nfriendly_name=Lab router\n"
  "uuid=00000000-0000-0000-0000-000000000077\n"
  "upnp_table_name=filter\nupnp_nat_table_name=filter\nupnp_forward_chain=miniupnpd\n"
  "upnp_nat_chain=prerouting_miniupnpd\nupnp_nat_postrouting_chain=postrouting_miniupnpd\n"
  "%sallow 1024-65535 192.168.77.0/24 1024-65535\ndeny 0-65535 0.0.0.0/0 0-65535\n";

static char *
run (const char *const *argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process
      = g_subprocess_newv (argv, G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);
  char *output = NULL;

  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, NULL, NULL, &output, NULL, &error);
  g_assert_no_error (error);
  if (!g_subprocess_get_successful (process))
    g_error ("failed: %s", argv[g_strv_length ((char **) argv) - 1]);
  return output;
}

char *
router_lab_router_output (const char *command)
{
  const char *argv[] = { "ip", "netns", "exec", "router-r", "sh", "-c", command, NULL };

  return run (argv);
}

void
router_lab_router (const char *command, ...)
{
  g_autofree char *text = NULL;
  g_autofree char *output = NULL;
  va_list args;

  va_start (args, command);
  text = g_strdup_vprintf (command, args);
  va_end (args);
  output = router_lab_router_output (text);
}

void
router_lab_here (const char *command, ...)
{
  g_autofree char *text = NULL;
  g_autofree char *output = NULL;
  va_list args;

  va_start (args, command);
  text = g_strdup_vprintf (command, args);
  va_end (args);
  output = run ((const char *[]){ "sh", "-c", text, NULL });
}

char *
router_lab_path (const char *name)
{
  const char *folder = g_getenv ("ROUTER_LAB_DIR");

  g_assert_nonnull (folder);
  return g_build_filename (folder, name, NULL);
}

static void
write_config (gboolean upnp, gboolean natpmp, const char *extra)
{
  g_autofree char *path = router_lab_path ("miniupnpd.conf");
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  text = g_strdup_printf (config_format, natpmp ? "yes" : "no", upnp ? "yes" : "no",
                          extra != NULL ? extra : "");
  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
}

/* The daemon is ready when its last socket is there: it has no other sign. */
static void
wait_for_sockets (gboolean upnp, gboolean natpmp)
{
  for (guint i = 0; i < 500; i++)
    {
      g_autofree char *sockets = router_lab_router_output ("ss -Hlnut");

      if ((!upnp || (strstr (sockets, ":1900 ") != NULL && strstr (sockets, ":5000 ") != NULL)) &&
          (!natpmp || strstr (sockets, ":5351 ") != NULL))
        return;
      g_usleep (10 * 1000);
    }
  g_error ("miniupnpd did not start");
}

RouterLabDaemon *
router_lab_miniupnpd (gboolean upnp, gboolean natpmp, const char *extra)
{
  g_autofree char *config = router_lab_path ("miniupnpd.conf");
  g_autofree char *pid = router_lab_path ("miniupnpd.pid");
  g_autoptr (GError) error = NULL;
  GSubprocess *process;

  write_config (upnp, natpmp, extra);
  process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE,
                              &error, "ip", "netns", "exec", "router-r", "miniupnpd", "-d", "-f",
                              config, "-P", pid, NULL);
  g_assert_no_error (error);
  wait_for_sockets (upnp, natpmp);
  return process;
}

RouterLabDaemon *
router_lab_emulator (const char *options)
{
  g_autofree char *log = router_lab_path ("log");
  g_autoptr (GError) error = NULL;
  g_autoptr (GDataInputStream) output = NULL;
  g_autofree char *line = NULL;
  GSubprocess *process;

  g_remove (log);
  process
      = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, "ip", "netns", "exec", "router-r",
                          g_getenv ("ROUTER_EMULATOR"), g_getenv ("ROUTER_LAB_DIR"), options, NULL);
  g_assert_no_error (error);
  output = g_data_input_stream_new (g_subprocess_get_stdout_pipe (process));
  line = g_data_input_stream_read_line (output, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (line, ==, "ready");
  return process;
}

void
router_lab_stop (RouterLabDaemon *daemon)
{
  g_subprocess_force_exit (daemon);
  g_subprocess_wait (daemon, NULL, NULL);
  g_object_unref (daemon);
}

void
router_lab_flush (void)
{
  router_lab_router ("nft flush chain inet filter miniupnpd; nft flush chain inet filter "
                     "prerouting_miniupnpd; "
                     "nft flush chain inet filter postrouting_miniupnpd");
}

void
router_lab_mute (gboolean mute)
{
  if (mute)
    router_lab_router ("nft add table inet mute; nft add chain inet mute input '{ type filter hook "
                       "input priority -300; }'; "
                       "nft add rule inet mute input iifname l0 meta l4proto '{ tcp, udp }' drop");
  else
    router_lab_router ("nft delete table inet mute");
}

static gboolean
on_too_late (gpointer user_data)
{
  g_error ("waited too long");
  return G_SOURCE_REMOVE;
}

void
router_lab_lose (gboolean lose)
{
  if (lose)
    router_lab_router ("nft add table inet loss; "
                       "nft add chain inet loss input '{ type filter hook input priority -300; }'; "
                       "nft add chain inet loss output '{ type filter hook output priority -300; }'; "
                       "nft add rule inet loss input numgen random mod 10 '<' 3 drop; "
                       "nft add rule inet loss output numgen random mod 10 '<' 3 drop");
  else
    router_lab_router ("nft delete table inet loss");
}

void
router_lab_wait (const gboolean *flag, guint seconds)
{
  guint id = g_timeout_add_seconds (seconds, on_too_late, NULL);

  while (!*flag)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (id);
}

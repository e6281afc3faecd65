/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "firewall/ptl-ufw.h"

/* As ufw 0.36 writes them. */
static const char rules[] = "*filter\n### RULES ###\n"
                            "\n### tuple ### allow tcp 22 0.0.0.0/0 any 0.0.0.0/0 in comment=737368\n-A ufw-user-input ...\n"
                            "\n### tuple ### deny any 5432 0.0.0.0/0 any 0.0.0.0/0 in\n"
                            "\n### tuple ### limit tcp 8000:8010 0.0.0.0/0 any 0.0.0.0/0 in\n"
                            "\n### tuple ### allow udp 53,5353 0.0.0.0/0 any 0.0.0.0/0 in\n"
                            "\n### tuple ### allow tcp 9000 0.0.0.0/0 any 192.168.0.0/16 in\n"
                            "\n### tuple ### allow tcp 7000 0.0.0.0/0 any 0.0.0.0/0 out\n"
                            "\n### tuple ### allow tcp\n### END RULES ###\n";

static void
assert_verdict (PtlProtocol protocol, guint16 first, guint16 last, PtlFirewallVerdict verdict)
{
  g_assert_cmpint (ptl_ufw_weigh (rules, TRUE, protocol, first, last), ==, verdict);
}

static void
test_weigh (void)
{
  assert_verdict (PTL_PROTOCOL_TCP, 22, 22, PTL_FIREWALL_OPEN);
  assert_verdict (PTL_PROTOCOL_UDP, 22, 22, PTL_FIREWALL_BLOCKED);
  assert_verdict (PTL_PROTOCOL_TCP, 5432, 5432, PTL_FIREWALL_BLOCKED);
  assert_verdict (PTL_PROTOCOL_TCP, 8003, 8005, PTL_FIREWALL_OPEN);
  assert_verdict (PTL_PROTOCOL_TCP, 8003, 8011, PTL_FIREWALL_BLOCKED);
  assert_verdict (PTL_PROTOCOL_UDP, 5353, 5353, PTL_FIREWALL_OPEN);
  /* For some addresses only, or the other way. */
  assert_verdict (PTL_PROTOCOL_TCP, 9000, 9000, PTL_FIREWALL_BLOCKED);
  assert_verdict (PTL_PROTOCOL_TCP, 7000, 7000, PTL_FIREWALL_BLOCKED);
  g_assert_cmpint (ptl_ufw_weigh (rules, FALSE, PTL_PROTOCOL_TCP, 1234, 1234), ==, PTL_FIREWALL_OPEN);
  g_assert_cmpint (ptl_ufw_weigh (rules, FALSE, PTL_PROTOCOL_TCP, 5432, 5432), ==, PTL_FIREWALL_BLOCKED);
}

static void
test_settings (void)
{
  g_assert_true (ptl_ufw_is_enabled ("# ENABLED=no\nENABLED=yes\nLOGLEVEL=low\n"));
  g_assert_true (ptl_ufw_is_enabled ("ENABLED=\"yes\""));
  g_assert_false (ptl_ufw_is_enabled ("ENABLED=no\n"));
  g_assert_false (ptl_ufw_is_enabled (""));
  g_assert_true (ptl_ufw_is_strict ("DEFAULT_INPUT_POLICY=\"DROP\"\n"));
  g_assert_true (ptl_ufw_is_strict (""));
  g_assert_false (ptl_ufw_is_strict ("DEFAULT_INPUT_POLICY=\"ACCEPT\"\n"));
}

static void
write_file (const char *root, const char *path, const char *text)
{
  g_autofree char *whole = g_build_filename (root, path, NULL);
  g_autofree char *folder = g_path_get_dirname (whole);

  g_mkdir_with_parents (folder, 0700);
  g_assert_true (g_file_set_contents (whole, text, -1, NULL));
}

static void
test_files (void)
{
  g_autofree char *root = g_dir_make_tmp ("test-ufw-XXXXXX", NULL);
  g_autoptr (PtlFirewallView) view = ptl_firewall_view_new (PTL_PROTOCOL_TCP, 22, 22);
  g_autoptr (PtlFirewallView) both = ptl_firewall_view_new (PTL_PROTOCOL_BOTH, 22, 22);

  g_assert_false (ptl_ufw_look (root, view));
  write_file (root, "etc/ufw/ufw.conf", "ENABLED=yes\n");
  g_assert_true (ptl_ufw_look (root, view));
  g_assert_cmpint (view->kind, ==, PTL_FIREWALL_UFW);
  /* Only an administrator may read its rules. */
  g_assert_cmpint (view->verdict, ==, PTL_FIREWALL_UNKNOWN);
  write_file (root, "etc/ufw/user.rules", rules);
  g_assert_true (ptl_ufw_look (root, view));
  g_assert_cmpint (view->verdict, ==, PTL_FIREWALL_OPEN);
  g_assert_true (ptl_ufw_look (root, both));
  g_assert_cmpint (both->verdict, ==, PTL_FIREWALL_BLOCKED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ufw/weigh", test_weigh);
  g_test_add_func ("/ufw/settings", test_settings);
  g_test_add_func ("/ufw/files", test_files);
  return g_test_run ();
}

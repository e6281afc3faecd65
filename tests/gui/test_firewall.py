# SPDX-License-Identifier: GPL-3.0-or-later
"""The details of a rule say what this computer's firewall does with it: a real nftables ruleset in the rig's pc."""

import sys
import unittest

import harness
import rig
import wizards
from harness import Window

screen = desk = home = None
STRICT = """
table inet guard {
  chain input {
    type filter hook input priority 0; policy drop;
    ct state established,related accept
    iifname "lo" accept
  }
}
"""


def setUpModule():
    global screen, desk, home
    home = rig.Home()
    screen = wizards.SharedScreen()
    desk = harness.make_desk(screen, home)
    harness.connect(desk)


def tearDownModule():
    desk.close()
    screen.close()
    home.close()


class TestFirewall(unittest.TestCase):
    def test_blocked(self):
        home.echo_server("pc", 30001, rig.PC)
        desk.open_mapping(30001, "--direct", "--to", f"{rig.PC}:30001", "--name", "web")
        home.ns("pc", "nft", "-f", "-", input=STRICT)
        window = Window(self, desk, screen, height=890)
        window.find(window.row_role, holds="web, ", timeout=15).click()
        window.find("list item", holds="Firewall of This Computer: This computer's firewall (nftables) keeps TCP port 30001 out.",
                    timeout=15)
        command = "sudo nft insert rule inet guard input tcp dport 30001 accept"
        window.find("list item", f"Command for an Administrator: {command}")
        window.find("push button", "Copy: Command for an Administrator").do()
        window.find("label", "The command is copied")
        window.shoot("firewall")


if __name__ == "__main__":
    harness.need("Xvfb", "xdotool", "import", "dbus-daemon")
    try:
        rig.enter()
    except rig.Unavailable as why:
        harness.tap.skip_all(str(why))
    harness.run(sys.modules[__name__])

# SPDX-License-Identifier: GPL-3.0-or-later
"""firewalld opened for a rule, in the window: in the details, in the edit dialog and in a wizard. A real firewalld runs in
the rig's pc, on a system bus of the test's own."""

import sys

import harness
import wizards
from harness import Window, wait_for
from wizards import Wizard

import firewalls
import rig

SWITCH = "Let friends through this computer’s firewall"


class TestFirewalld(firewalls.FirewallCase):
    def setUp(self):
        super().setUp()
        self.start_firewalld()
        self.screen = wizards.SharedScreen()
        self.addCleanup(self.screen.close)
        self.desk = harness.make_desk(self.screen, self.home)
        self.addCleanup(self.desk.close)
        harness.connect(self.desk)

    def lets_in(self, port):
        return "true" in self.firewalld("zone.queryPort", "public", str(port), "tcp").stdout

    def test_in_the_window(self):
        # One after the other: a program looks at one accessibility bus in its life, and each rig has a bus of its own.
        self.window = Window(self, self.desk, self.screen, height=890)
        self.in_a_wizard()
        self.nobody_comes_by_loopback()
        self.in_details_and_edited()

    def to_terms(self, target):
        wizard = Wizard(self.window, "Forward a Port")
        wizard.fill("Target, like 192.168.1.5:80 or /run/app.sock", f"127.0.0.1:{target}")
        wizard.fill("Port on this computer", "30001")
        return wizard

    def in_a_wizard(self):
        wizard = self.to_terms(self.home.echo_server("pc"))
        wizard.choose("Who can reach it", 1, "My whole network")
        wizard.key("Return").at("Who, how long and why?")
        wizard.choose("They could", 1, "join in, no more")
        wizard.fill("Purpose", "lan")
        switch = wizard._show(wizard.find("check box", SWITCH))
        self.assertTrue(switch.has("checked"))
        wizard.shoot("firewalld-wizard")
        wizard.key("Return").at("What will be done")
        wizard.press("Open").at("It is open")
        [rule] = self.desk.rules()
        self.assertEqual(rule["firewall_wish"], "auto")
        self.assertTrue(self.lets_in(30001))
        wizard.press("Done").gone()
        self.desk.ctl("close", rule["id"])

    def nobody_comes_by_loopback(self):
        wizard = self.to_terms(9)
        wizard.key("Return").at("Who, how long and why?")
        self.assertFalse(wizard.sees("check box", SWITCH))
        wizard.press("Cancel").gone()

    def in_details_and_edited(self):
        window = self.window
        rule = self.desk.open_mapping(self.home.echo_server("pc"), "--name", "web", external=30001)
        port = next(lease for lease in rule["leases"] if lease["system"] == "engine")["endpoint"]["port"]
        self.assertTrue(self.lets_in(port))
        window.find(window.row_role, holds="web, ", timeout=15).click()
        before = window.find("list item", holds="firewalld: opened until", timeout=15).name
        window.find("list item", holds="Portolan has opened this computer's firewall (firewalld) for it.")
        window.shoot("firewalld-details")
        # It follows the rule.
        self.desk.ctl("extend", rule["id"], "--for", "1h")
        wait_for("the later time", lambda: any(n.name != before for n in window.all(
            "list item", holds="firewalld: opened until")), step=0.2)
        window.key("F2")
        window.dialog()
        window.find("label", "Edit Rule")
        switch = window.find("check box", SWITCH)
        self.assertTrue(switch.has("checked"))
        window.shoot("firewalld-edit")
        switch.do()
        window.key("alt+s")
        wait_for("firewalld closed", lambda: not self.lets_in(port), step=0.2)
        self.assertEqual(self.desk.ctl("show", rule["id"])["firewall_wish"], "leave")
        window.find("list item", holds=f"This computer's firewall (firewalld) keeps TCP port {port} out.", timeout=15)
        self.assertFalse(window.all("list item", holds="firewalld: opened until"))
        window.shoot("firewalld-left")
        self.for_some_alone(port)

    def for_some_alone(self, port):
        """It says for whom, on the way too, and with which command for all."""
        rule = f'rule family="ipv4" source address="192.168.1.0/24" port port="{port}" protocol="tcp" accept'
        self.firewalld("zone.addRichRule", "public", rule, "0")
        window = self.window
        window.key("Escape")
        window.find(window.row_role, holds="web, ", timeout=15).click()
        text = f"This computer's firewall (firewalld) lets TCP port {port} in only for 192.168.1.0/24."
        wait_for("it on the way and below", lambda: len(window.all("list item", holds=text)) == 2, 15)
        window.find("list item", holds=f"sudo firewall-cmd --zone=public --add-port={port}/tcp")
        window.shoot("firewalld-some")


if __name__ == "__main__":
    harness.need("Xvfb", "xdotool", "import", "dbus-daemon")
    try:
        rig.enter()
    except rig.Unavailable as why:
        harness.tap.skip_all(str(why))
    harness.run(sys.modules[__name__])

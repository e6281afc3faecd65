# SPDX-License-Identifier: GPL-3.0-or-later
"""Names that follow the address, on the Network page: added, told of, edited, removed; with the real worker and keyring.

The provider is emulated (support/ddns_server.py says why).
"""

import subprocess
import sys
import unittest

import harness
import wizards
from harness import Window, desks, wait_for
from wizards import Dialog

import ddns_server
import keyring

TEST_WORKER = desks.BUILD / "tests/support/portolan-test-worker"
HOME, SECRET, FIRST, SECOND = "home.example.org", "s3cr3t-Qx7", "5.6.7.8", "5.6.7.9"
DYNDNS2 = 5  # its place in the list of providers

screen = desk = secrets = None


def has_owner(name):
    asked = desk.run("dbus-send", "--session", "--print-reply=literal", "--dest=org.freedesktop.DBus",
                     "/org/freedesktop/DBus", "org.freedesktop.DBus.NameHasOwner", f"string:{name}")
    return asked.stdout.split()[-1:] == ["true"]


def setUpModule():
    global screen, desk, secrets
    screen = harness.Screen(height=1600)
    desk = harness.make_desk(screen)
    (desk.dir / f"services/{desks.BUS_NAME}.service").write_text(
        f"[D-BUS Service]\nName={desks.BUS_NAME}\nExec={TEST_WORKER}\n")
    desk.reload_bus()
    secrets = keyring.Keyring(desk.dir, desk.env)
    secrets.start()
    wait_for("the keyring", lambda: secrets.is_up(has_owner))
    harness.connect(desk)


def tearDownModule():
    secrets.stop()
    desk.close()
    screen.close()


class TestNames(unittest.TestCase):
    def setUp(self):
        self.server = ddns_server.Server()
        self.addCleanup(self.server.close)
        self.server.users["ann"] = SECRET
        self.server.hosts = {HOME: {}, "spiele.example.org": {}}
        self.addCleanup(self.remove_all)

    @staticmethod
    def remove_all():
        for name in desk.ctl("names")["names"]:
            desk.ctl("names", "remove", name["hostname"])

    @staticmethod
    def call_test(method, *arguments):
        done = desk.run("dbus-send", "--session", "--print-reply", f"--dest={desks.BUS_NAME}", "/io/github/portolan/Portolan",
                        f"io.github.portolan.Test1.{method}", *arguments)
        assert done.returncode == 0, done.stderr

    def witness(self, address):
        desk.ctl("status")
        self.call_test("SetWitness", f"string:{address}", "string:")

    def network(self, height=1400, **kwargs):
        """High enough to show the names, which come below, without scrolling."""
        window = Window(self, desk, screen, height=height, **kwargs)
        window.key("alt+2")
        window.find("label", "Names That Follow Your Address")
        return window

    def add(self, window, hostname=HOME, secret=SECRET):
        window.find("push button", "Add name").click()
        dialog = Dialog(window, "Add Name")
        dialog.choose("Provider", DYNDNS2, "Another (DynDNS protocol)")
        dialog.fill("Name, like home.example.org", hostname)
        dialog.fill("Update server", self.server.url("/nic/update"))
        dialog.fill("User name", "ann")
        dialog.fill("Password", secret)
        return dialog

    def act(self, window, item, hostname=HOME):
        window.find(name=f"What to do with {hostname}").click()
        window.menu(item).click()

    def test_add_follow_and_remove(self):
        self.witness(FIRST)
        window = self.network()
        window.find("label", holds="Your public address may change any day.")
        window.shoot("names-empty")
        dialog = self.add(window)
        dialog.shoot("names-add")
        dialog.press("Add").gone()
        window.find("label", "Up to date")
        window.find("label", holds=f"{FIRST}\nUpdated today")
        self.assertEqual(self.server.hosts[HOME], {"A": FIRST})
        window.shoot("names")
        self.call_test("TurnClock", "int64:61000000", "int64:61000000")
        self.witness(SECOND)
        window.find("label", holds=f"{SECOND}\nUpdated today")
        self.act(window, "Update Now")
        wait_for("the update", lambda: len(self.server.requests) == 3)
        self.act(window, "Remove…")
        window.dialog()
        window.find("push button", holds="Remove").click()
        window.find("label", holds="Your public address may change any day.")
        self.assertEqual(desk.ctl("names")["names"], [])

    def test_wrong_password_is_told_and_mended(self):
        self.witness(FIRST)
        window = self.network()
        self.add(window, secret="wrong").press("Add").gone()
        window.find("label", "Stopped")
        window.find("label", holds="The provider does not take the user name, password or token.")
        window.shoot("names-stopped")
        self.act(window, "Edit…")
        dialog = Dialog(window, "Edit Name")
        dialog.fill("Password (empty: as it is)", SECRET)
        dialog.shoot("names-edit")
        dialog.press("Save").gone()
        window.find("label", "Up to date")

    def test_mistakes_are_said_beside_the_field(self):
        window = self.network()
        window.find("push button", "Add name").click()
        dialog = Dialog(window, "Add Name")
        dialog.press("Add").says("The name is missing.")
        dialog.fill("Name, like home.example.org", "home.example.org").press("Add")
        dialog.says("is not a name of DuckDNS")
        dialog.choose("Provider", 1, "deSEC").press("Add").says("The password or token is missing.")
        dialog.shoot("names-mistake")
        dialog.choose("Provider", 7, "Any web address")
        dialog.fill("Web address", "http://example.org/?ip={ipv4}").press("Add").says("is not safe")
        dialog.shoot("names-custom")
        dialog.press("Cancel").gone()

    def test_the_name_stands_beside_the_address(self):
        subprocess.run(["ip", "addr", "replace", f"{FIRST}/32", "dev", "lo"], check=True)
        rule = desk.ctl("open", "forward", "--listen", f"{FIRST}:25565", "--to", "127.0.0.1:9", "--name", "Minecraft",
                        "--owner", "ann", "--purpose", "friday game", "--for", "2h")
        self.addCleanup(desk.ctl, "close", rule["id"])
        self.witness(FIRST)
        window = self.network()
        self.add(window).press("Add").gone()
        window.find("label", "Up to date")
        window.key("alt+1")
        row = window.find(window.row_role, holds=f"{HOME}:25565 TCP ({FIRST})")
        row.click()
        window.find("list item", f"Public Name: {HOME}:25565")
        window.shoot("names-rule")
        window.find("push button", "Copy: Public Name").do()
        window.find("label", f"{HOME}:25565 copied")

    def test_shapes(self):
        self.witness(FIRST)
        window = self.network(width=360)
        self.add(window).press("Add").gone()
        window.find("label", "Up to date")
        window.shoot("names-narrow")


if __name__ == "__main__":
    harness.need("Xvfb", "xdotool", "import", "dbus-daemon", "gnome-keyring-daemon")
    wizards.private_network()
    harness.run(sys.modules[__name__])

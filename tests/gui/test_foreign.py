# SPDX-License-Identifier: GPL-3.0-or-later
"""Foreign entries in the window: a home with a real router in which Debian's upnpc opened ports before."""

import sys
import unittest

import harness
import rig
import wizards
from harness import Window, wait_for

screen = desk = home = None
NAS_PORT, PC_PORT = 30022, 30080


def setUpModule():
    global screen, desk, home
    home = rig.Home(secure=False)
    screen = wizards.SharedScreen()
    desk = harness.make_desk(screen, home)
    harness.connect(desk)
    home.echo_server("nas", 8022, rig.NAS)


def tearDownModule():
    desk.close()
    screen.close()
    home.close()


def open_by(where, address, port, external, text):
    home.ns(where, "upnpc", "-e", text, "-a", address, str(port), str(external), "tcp", "7200")
    assert home.router_holds(external)


class TestForeign(unittest.TestCase):
    def setUp(self):
        open_by("nas", rig.NAS, 8022, NAS_PORT, "ssh of the nas")
        open_by("pc", rig.PC, 8080, PC_PORT, "left behind")
        self.addCleanup(self.tidy)
        self.addCleanup(desk.env.pop, "ADW_DEBUG_COLOR_SCHEME", None)

    def tidy(self):
        rules = desk.rules()
        if rules:
            desk.ctl("close", *[rule["id"] for rule in rules])
        for entry in desk.ctl("entries", "--all")["entries"]:
            if entry["ignored"]:
                desk.ctl("entries", "unignore", entry["id"])

    def foreign(self, **kwargs):
        window = Window(self, desk, screen, **kwargs)
        window.find("page tab", "Foreign", timeout=15).click()
        return window

    def row(self, window, text, timeout=15.0):
        return window.find(window.row_role, holds=text, timeout=timeout)

    def test_what_is_known(self):
        window = self.foreign()
        self.row(window, "ssh of the nas").click()
        window.find("list item", f"Target: {rig.NAS}:8022")
        window.find("list item", holds="First Seen: Today")
        window.find("list item", holds="Hardware Address: ")
        window.shoot("foreign")
        self.row(window, "left behind").click()
        window.find("list item", "Device: This computer")
        window.find("label", holds="No program on this computer listens there")
        window.shoot("foreign-review")

    def test_adopt(self):
        window = self.foreign()
        client = home.connect(NAS_PORT)
        self.row(window, "ssh of the nas").click()
        window.find("push button", "Adopt…").click()
        window.dialog()
        wait_for("the name of the entry", lambda: any(node.text() == "ssh of the nas" for node in window.all("text")))
        window.type("Backups of the family")
        window.shoot("foreign-adopt")
        window.find("push button", "Adopt").click()
        window.find("label", "“ssh of the nas” is a rule of yours now", timeout=15)
        window.wait_gone(window.row_role, holds="ssh of the nas", timeout=15)
        rule = desk.rules()[0]
        self.assertEqual((rule["purpose"], rule["way"], rule["state"]), ("Backups of the family", "direct", "open"))
        client.sendall(b"still here")
        self.assertEqual(client.recv(64), b"still here")

    def test_remove_and_undo(self):
        window = self.foreign()
        self.row(window, "ssh of the nas").click()
        window.find("push button", "Remove…").click()
        window.dialog()
        window.find("label", "Remove This Entry From the Router?")
        window.shoot("foreign-remove")
        # GTK 4.8 names a dialog's button twice, with its mnemonic.
        next(node for node in window.all("push button", holds="Remove") if "…" not in node.name).click()
        window.find("label", "“ssh of the nas” removed from the router", timeout=15)
        self.assertFalse(home.router_holds(NAS_PORT))
        window.find("push button", holds="Undo").click()
        wait_for("it back", lambda: home.router_holds(NAS_PORT), 15)
        self.row(window, "ssh of the nas")

    def test_ignore_and_show_again(self):
        window = self.foreign()
        self.row(window, "left behind").click()
        window.find("push button", "Ignore").click()
        window.wait_gone(window.row_role, holds="left behind", timeout=15)
        window.find("push button", holds="Undo").click()
        self.row(window, "left behind").click()
        window.find("push button", "Ignore").click()
        window.wait_gone(window.row_role, holds="left behind", timeout=15)
        self.row(window, "ssh of the nas")
        self.assertTrue(home.router_holds(PC_PORT))
        window.find("push button", "View").click()
        window.menu("Show Ignored").click()
        self.row(window, "left behind").click()
        window.shoot("foreign-ignored")
        window.find("push button", "Show again").click()
        wait_for("it told", lambda: not any(entry["ignored"] for entry in desk.ctl("entries", "--all")["entries"]), 15)

    def test_dark_and_narrow(self):
        desk.env["ADW_DEBUG_COLOR_SCHEME"] = "prefer-dark"
        window = self.foreign()
        self.row(window, "ssh of the nas").click()
        window.find("push button", "Adopt…")
        window.shoot("foreign-dark")
        window.resize(360, 700)
        window.row_role = "list item"
        self.row(window, "left behind").click()
        window.find("label", holds="No program on this computer listens there")
        window.shoot("foreign-narrow-details")
        window.find("push button", "Hide details").click()
        self.row(window, "left behind")
        window.shoot("foreign-narrow")

    def test_one_that_comes_while_it_is_looked_at(self):
        window = self.foreign()
        self.row(window, "left behind")
        open_by("nas", rig.NAS, 9001, 30901, "something new")
        window.key("F5")
        self.row(window, "something new")


if __name__ == "__main__":
    harness.need("Xvfb", "xdotool", "import", "dbus-daemon", "upnpc")
    try:
        rig.enter()
    except rig.Unavailable as why:
        harness.tap.skip_all(str(why))
    harness.run(sys.modules[__name__])

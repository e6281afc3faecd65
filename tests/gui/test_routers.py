# SPDX-License-Identifier: GPL-3.0-or-later
"""Routers on the Network page in a home that has two, one of which is not found by itself (it is
tests/support/router-emulator.py; the other is a real miniupnpd), a VPN and a bridge of containers."""

import json
import subprocess
import sys
import unittest

import harness
import rig
import wizards
from harness import Window, wait_for
from wizards import Dialog, Wizard

SECOND, HERE = "192.168.78.1", "192.168.78.10"
CHANGE = "Change How It Is Reached…"
CHOICE = f"Emulated router ({SECOND})"
MINECRAFT = 25565

screen = desk = home = None


def add_second():
    rig.sh("ip", "netns", "add", "second")
    home.ip("second", "link", "set", "lo", "up")
    home.ip("second", "link", "add", "l1", "type", "veth", "peer", "name", "eth1", "netns", "pc")
    home.ip("second", "addr", "add", f"{SECOND}/24", "dev", "l1")
    home.ip("second", "link", "set", "l1", "up")
    home.ip("pc", "addr", "add", f"{HERE}/24", "dev", "eth1")
    home.ip("pc", "link", "set", "eth1", "up")
    (home.dir / "second").mkdir()
    emulator = subprocess.Popen(
        ["ip", "netns", "exec", "second", sys.executable,
         str(harness.desks.SOURCE / "tests/support/router-emulator.py"), str(home.dir / "second"),
         json.dumps({"address": SECOND})], stdout=subprocess.PIPE, text=True)
    home.children.append(emulator)
    assert emulator.stdout.readline().strip() == "ready"


def add_unused():
    home.ip("pc", "tuntap", "add", "dev", "tun0", "mode", "tun")
    home.ip("pc", "link", "add", "docker0", "type", "bridge")
    for name, address in (("tun0", "10.8.0.2/24"), ("docker0", "172.17.0.1/16")):
        home.ip("pc", "addr", "add", address, "dev", name)
        home.ip("pc", "link", "set", name, "up")


def setUpModule():
    global screen, desk, home
    home = rig.Home()
    add_second()
    add_unused()
    screen = wizards.SharedScreen(height=1600)
    desk = harness.make_desk(screen, home)
    harness.connect(desk)


def tearDownModule():
    desk.close()
    screen.close()
    home.close()
    rig.sh("ip", "netns", "del", "second")


class TestRouters(unittest.TestCase):
    def setUp(self):
        self.addCleanup(self.put_back)

    def put_back(self):
        rules = desk.rules()
        if rules:
            desk.ctl("close", *[rule["id"] for rule in rules])
        if any(router["named"] for router in desk.ctl("routers")["routers"]):
            desk.ctl("routers", "remove", SECOND)

    def network(self, height=1560, **kwargs):
        """High enough to show a router's details without scrolling."""
        window = Window(self, desk, screen, height=height, **kwargs)
        window.key("alt+2")
        window.find("label", "Routers")
        return window

    def addresses(self):
        return [router["address"] for router in desk.ctl("routers")["routers"]]

    def ask_for(self, window, address):
        window.find("push button", "Add a router").click()
        dialog = Dialog(window, "Add a Router")
        dialog.type(address)
        return dialog

    def choose_second(self, dialog):
        dialog.choose("Router", 1)
        if dialog.chosen("Router") != CHOICE:
            dialog.choose("Router", 2, CHOICE)

    def test_add_change_and_remove(self):
        window = self.network()
        window.find("label", "tun0")
        window.find("label", "A VPN: its other end decides what may come in")
        window.find("label", "docker0")
        dialog = self.ask_for(window, SECOND)
        window.shoot("router-dialog")
        dialog.key("Return")
        wait_for("the router", lambda: SECOND in self.addresses(), step=0.1)
        row = window.find("label", "Emulated router", timeout=10)
        window.shoot("routers")
        row.click()
        window.shoot("router-row")
        changes = window.find("label", CHANGE)
        changes.click()
        window.dialog()
        window.find("label", "Change Router")
        window.shoot("router-change")
        window.find("push button", "Remove This Router").click()
        wait_for("the router gone", lambda: SECOND not in self.addresses(), step=0.1)
        window.wait_gone("label", "Emulated router")

    def test_mistake(self):
        window = self.network()
        dialog = self.ask_for(window, "192.168.99.1")
        dialog.key("Return")
        window.find(holds="This computer is in no network that the router 192.168.99.1 is in")
        window.shoot("router-mistake")
        dialog.key("Escape")
        self.assertEqual(self.addresses(), [rig.LAN])

    def test_mapping_goes_over(self):
        port = home.echo_server("pc")
        second = desk.ctl("routers", "add", SECOND)
        rule = desk.open_mapping(port, "--name", "Minecraft")
        window = Window(self, desk, screen)
        window.find(holds="Minecraft, ", role=window.row_role, timeout=10).click()
        window.key("F2")
        dialog = Dialog(window, "Edit Rule")
        window.shoot("edit-router")
        self.choose_second(dialog)
        dialog.key("alt+s").gone()
        wait_for("the other router", lambda: desk.ctl("show", rule["id"])["backend"] == second["id"], 10, step=0.1)
        self.assertIn(f"tcp {port} {HERE} ", (home.dir / "second/table").read_text())

    def test_wizard_asks_which_router(self):
        home.echo_server("pc", MINECRAFT)
        second = desk.ctl("routers", "add", SECOND)
        window = Window(self, desk, screen)
        wizard = Wizard(window, "Open a Game Port")
        wizard.at("What do you want to share?").type("minecraft java")
        wizard.find("label", "Minecraft: Java Edition")
        wizard.key("Return").at("Who, how long and why?")
        wizard.activate("Advanced")
        self.choose_second(wizard)
        wizard.shoot("wizard-router")
        wizard.press("Continue").at("What will be done")
        wizard.press("Open").at("It is open", timeout=20)
        [rule] = desk.rules()
        self.assertEqual(rule["backend"], second["id"])
        self.assertIn(f"tcp {MINECRAFT} {HERE} ", (home.dir / "second/table").read_text())
        self.assertFalse(home.router_holds(MINECRAFT))

    def test_narrow(self):
        desk.ctl("routers", "add", SECOND)
        window = self.network(width=360, height=700)
        window.shoot("routers-narrow")
        self.ask_for(window, SECOND)
        window.shoot("router-dialog-narrow")


if __name__ == "__main__":
    harness.need("Xvfb", "xdotool", "import", "dbus-daemon")
    try:
        rig.enter()
    except rig.Unavailable as why:
        harness.tap.skip_all(str(why))
    harness.run(sys.modules[__name__])

# SPDX-License-Identifier: GPL-3.0-or-later
"""The check of the network in the window: from the button to the verdict, in a home with a real router, and with real STUN
and web servers on its internet."""

import contextlib
import sqlite3
import unittest

import harness
import internet as internets
import rig
import tap
import wizards
from harness import Window, wait_for

SERVERS = f"'StunServers': <['{rig.FRIEND}', '{rig.STRANGER}']>, 'HttpServers': <['http://{rig.FRIEND}/ip']>"
home = screen = desk = None


def setUpModule():
    global home, screen, desk
    home = rig.Home()
    internet = internets.Internet(home)
    internet.start_stun()
    internet.start_web()
    screen = wizards.SharedScreen()
    desk = harness.make_desk(screen, home)
    harness.connect(desk)


def tearDownModule():
    desk.close()
    screen.close()
    home.close()


class CheckTest(unittest.TestCase):
    def setUp(self):
        # A worker that knows of no check, and a person who was not asked yet.
        self.set(f"{{'Consent': <''>, {SERVERS}}}")
        desk.kill_worker()
        with contextlib.closing(sqlite3.connect(desk.state / "portolan.db")) as store:
            store.execute("DELETE FROM setting WHERE key = 'check-last'")
            store.commit()
        self.checks = 0
        self.checks = self.count_checks()
        home.nft("flush chain inet filter input")

    def set(self, settings):
        result = desk.run("gdbus", "call", "--session", "--dest", "io.github.portolan.Portolan.Worker", "--object-path",
                          "/io/github/portolan/Portolan", "--method", "io.github.portolan.Portolan.Worker1.SetNetworkCheck",
                          settings)
        self.assertEqual(result.returncode, 0, result.stderr)

    def window(self, **kwargs):
        window = Window(self, desk, screen, **kwargs)
        if kwargs.get("width", 1180) < 500:
            window.find("push button", "Back").click()
            window.find("list item", "Network").click()
        else:
            window.key("alt+2")
        window.find("label", "This Network")
        return window

    def check(self, window, answer=None):
        window.find("push button", "Check Network").click()
        if answer:
            window.dialog()
            window.find("push button", answer).click()
            wait_for("the question to go", lambda: len(window.surfaces()) == 1, step=0.1)

    def hop(self, window, name, state, timeout=15.0):
        return window.find("list item", holds=f"{name}, ", timeout=timeout) if state is None else wait_for(
            f"{name}: {state}", lambda: next((node for node in window.all("list item")
                                              if node.name.startswith(f"{name}, ") and f", {state}. " in node.name), None),
            timeout, step=0.1)

    def test_first_use_asks(self):
        window = self.window()
        window.find("label", "Not checked yet")
        self.hop(window, "This Computer", "OK")
        self.hop(window, "Internet", "Not known")
        window.shoot("check-empty")
        self.check(window)
        window.dialog()
        question = window.find(holds=rig.FRIEND, role="label")
        self.assertIn(f"http://{rig.FRIEND}/ip", question.name)
        window.shoot("check-consent")
        window.key("Escape")
        wait_for("the question to go", lambda: len(window.surfaces()) == 1, step=0.1)
        window.find("label", "Not checked yet")
        self.assertIsNone(desk.ctl("check", "network", "--no-hairpin")["consent"])

    def test_without_them(self):
        window = self.window()
        self.check(window, "Check Without Them")
        window.find("label", "A public address", timeout=20)
        window.find("label", "Nobody on the internet was asked.")
        self.hop(window, "Internet", "Not known")
        window.find("push button", "Ask Outside Too…")
        window.shoot("check-without")
        # It was decided: no question comes any more.
        self.assertEqual(self.count_checks(), 1)
        self.check(window)
        wait_for("another check", lambda: self.count_checks() == 2, 20, step=0.2)
        self.assertEqual(len(window.surfaces()), 1)

    def count_checks(self):
        """Since this test began."""
        events = desk.ctl("log")["events"]
        return sum(1 for event in events if event["what"] == "check" and event["result"] == "ok") - self.checks

    def test_with_consent(self):
        window = self.window(height=880)
        self.check(window, "Ask Them")
        window.find("label", "A public address", timeout=20)
        self.hop(window, "Internet", "OK")
        found = window.find("label", "What Was Found")
        found.click()
        window.find("label", holds="(STUN) sees this computer at")
        window.find("list item", holds="Public IPv4 Address")
        window.shoot("check-public")
        self.assertEqual(desk.ctl("check", "network", "--no-hairpin")["consent"], "granted")
        window.key("ctrl+comma")
        window.dialog()
        switch = window.find("check box", "Ask Servers on the Internet")
        self.assertTrue(switch.has("checked"))
        window.shoot("check-preferences")
        switch.do()
        wait_for("consent taken back", lambda: self.consent() == "refused", step=0.2)

    def consent(self):
        result = desk.run("gdbus", "call", "--session", "--dest", "io.github.portolan.Portolan.Worker", "--object-path",
                          "/io/github/portolan/Portolan", "--method", "org.freedesktop.DBus.Properties.Get",
                          "io.github.portolan.Portolan.Worker1", "NetworkCheck")
        return result.stdout.split("'Consent': <'")[1].split("'")[0]

    def test_progress_and_stop(self):
        # Nobody answers there, so that it takes its time.
        home.ns("inet", "nft", "add table inet mute; add chain inet mute in { type filter hook input priority 0; }; "
                               "add rule inet mute in udp dport 3478 drop")
        self.addCleanup(home.ns, "inet", "nft", "delete", "table", "inet", "mute")
        self.set("{'Consent': <'granted'>}")
        window = self.window()
        self.check(window)
        window.find("label", holds="Asking")
        self.hop(window, "Internet", "Being asked")
        window.shoot("check-progress")
        window.find("push button", "Stop").click()
        window.find("push button", "Check Network")
        window.find("label", "Not checked yet")
        self.hop(window, "Internet", "Not known")

    def test_known_after_a_restart(self):
        self.set("{'Consent': <'granted'>}")
        desk.run(harness.desks.CTL, "check", "network")
        desk.kill_worker()
        window = self.window()
        window.find("label", "A public address", timeout=20)
        self.hop(window, "Internet", "OK")
        self.assertFalse(window.all("label", holds="The network has changed"))

    def test_follows_the_network(self):
        self.set("{'Consent': <'granted'>}")
        window = self.window()
        self.check(window)
        window.find("label", "A public address", timeout=20)
        home.ip("pc", "route", "del", "default")
        self.addCleanup(home.ip, "pc", "route", "replace", "default", "via", rig.LAN)
        self.hop(window, "This Computer", "Trouble")
        self.hop(window, "Internet", "Cut off")
        window.find("label", holds="The network has changed")
        window.shoot("check-stale")
        home.ip("pc", "route", "replace", "default", "via", rig.LAN)
        self.hop(window, "Internet", "OK")

    def test_way_out(self):
        """No line: said so. And a tunnel is one press away where it helps."""
        self.set("{'Consent': <'granted'>, 'StunServers': <@as []>, 'HttpServers': <@as []>}")
        home.stop_router()
        self.addCleanup(home.reboot_router)
        home.mute_router()
        window = self.window()
        self.check(window)
        window.find("label", "It cannot be told", timeout=25)
        window.shoot("check-unknown")
        window.find("push button", "Open a Tunnel…").click()
        window.dialog()
        window.find(holds="Tunnel")

    def test_narrow_and_dark(self):
        self.set("{'Consent': <'granted'>}")
        desk.env["ADW_DEBUG_COLOR_SCHEME"] = "prefer-dark"
        self.addCleanup(desk.env.pop, "ADW_DEBUG_COLOR_SCHEME")
        window = self.window(width=360, height=700)
        width = int(window.xdo("getwindowgeometry", "--shell", window.surface)[3].split("=")[1])
        self.assertLessEqual(width, 360 + 2 * harness.SHADOW)
        self.check(window)
        window.find("label", "A public address", timeout=20)
        window.shoot("check-narrow")


if __name__ == "__main__":
    harness.need("Xvfb", "xdotool", "import", "turnserver", "nginx")
    try:
        rig.enter()
    except rig.Unavailable as reason:
        tap.skip_all(str(reason))
    tap.main()

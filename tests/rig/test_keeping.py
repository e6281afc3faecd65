# SPDX-License-Identifier: GPL-3.0-or-later
"""What befalls a home while mappings are open, how it is put right, and that the rule's own history tells of it; and that
what is owed to a router is paid whatever lies between. The worker's clock turns; the router is real but where it says so."""

import json
import os
import subprocess
import sys
import unittest

sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)),
                os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support")]
import desk as desks  # noqa: E402
import rig  # noqa: E402
import tap  # noqa: E402

TEST_WORKER = desks.BUILD / "tests/support/portolan-test-worker"
AUDIT, HOUR, DAY, YEAR = 61, 3600, 24 * 3600, 365 * 24 * 3600
NEW_PC, NEW_LAN = "192.168.77.44", "192.168.77.2"


class KeepingTest(unittest.TestCase):
    def live_in(self, **kwargs):
        self.home = rig.Home(**kwargs)
        self.addCleanup(self.home.close)
        self.desk = desks.Desk(self.home, worker=TEST_WORKER)
        self.addCleanup(self.desk.close)
        self.port = self.home.echo_server("pc")

    def turn(self, wall, boot):
        done = self.desk.run("dbus-send", "--session", "--print-reply", f"--dest={desks.BUS_NAME}",
                             "/io/github/portolan/Portolan", "io.github.portolan.Test1.TurnClock",
                             f"int64:{wall * 1000000}", f"int64:{boot * 1000000}")
        self.assertEqual(done.returncode, 0, done.stderr)

    def events(self, rule, what=None):
        """Newest first."""
        return [event for event in self.desk.ctl("log", "--rule", rule["id"])["events"]
                if what is None or event["what"] == what]

    def wait_event(self, rule, what, timeout=15.0):
        return rig.wait_for(f"{what} in the rule's history", lambda: self.events(rule, what), timeout)[0]

    def debts(self):
        return self.desk.ctl("status")["debts"]

    def emulate(self, **options):
        """A router that grants for good alone (725): miniupnpd grants nothing without an end."""
        self.home.stop_router()
        self.home.ip("router", "addr", "add", "192.168.77.66/24", "dev", "l0")
        self.emulator = subprocess.Popen(
            ["ip", "netns", "exec", "router", sys.executable, str(desks.SOURCE / "tests/support/router-emulator.py"),
             str(self.home.dir), json.dumps(dict({"pcp": "off", "natpmp": "off", "upnp": "permanent"}, **options))],
            stdout=subprocess.PIPE, text=True)
        self.addCleanup(self.emulator.stdout.close)
        self.home.children.append(self.emulator)
        self.assertEqual(self.emulator.stdout.readline().strip(), "ready")

    def emulated_table(self):
        return (self.home.dir / "table").read_text()

    # -- what befalls it ---------------------------------------------------------------------------

    def test_reboot_is_in_the_history(self):
        self.live_in()
        rule = self.desk.open_mapping(self.port)
        self.home.reboot_router()
        self.turn(AUDIT, AUDIT)
        rig.wait_for("mapped again", lambda: self.home.router_holds(self.port), 10.0)
        lost, restored = self.wait_event(rule, "lost"), self.wait_event(rule, "restore")
        self.assertLess(lost["seq"], restored["seq"])
        self.assertTrue(lost["detail"])
        self.assertTrue(self.home.reached(self.port))

    def test_another_lan_address_is_in_the_history(self):
        self.live_in(secure=False)
        rule = self.desk.open_mapping(self.port)
        self.home.ip("pc", "addr", "del", f"{rig.PC}/24", "dev", "eth0")
        self.home.ip("pc", "addr", "add", f"{NEW_PC}/24", "dev", "eth0")
        self.home.ip("pc", "route", "replace", "default", "via", rig.LAN)
        rig.wait_for("reached at the new address", lambda: self.home.reached(self.port, timeout=0.5), 30.0)
        moved = self.wait_event(rule, "address")["detail"]
        self.assertIn(rig.PC, moved)
        self.assertIn(NEW_PC, moved)

    def test_another_wan_address_is_in_the_history(self):
        self.live_in(told=False)
        rule = self.desk.open_mapping(self.port)
        self.home.ip("router", "addr", "del", f"{rig.WAN}/24", "dev", "w0")
        self.home.ip("router", "addr", "add", "5.6.7.9/24", "dev", "w0")

        def shown():
            self.turn(AUDIT, AUDIT)
            return self.desk.ctl("show", rule["id"])["public_endpoint"]["address"] == "5.6.7.9"

        rig.wait_for("the new address shown", shown, 20.0, step=0.5)
        self.assertTrue([event for event in self.events(rule) if "5.6.7.9" in event["detail"]])

    def test_another_gateway_is_in_the_history(self):
        self.live_in()
        rule = self.desk.open_mapping(self.port)
        # A second box: the same home behind another hardware address.
        self.home.ip("router", "link", "add", "l1", "link", "l0", "type", "macvlan", "mode", "bridge")
        self.home.ip("router", "addr", "add", f"{NEW_LAN}/24", "dev", "l1")
        self.home.ip("router", "link", "set", "l1", "up")
        self.home.ip("pc", "route", "replace", "default", "via", NEW_LAN)
        self.assertIn(NEW_LAN, self.wait_event(rule, "gateway", 30.0)["detail"])

    def test_suspend_and_resume(self):
        """Three hours: one rule's time is over, the other's lease is, and the router has forgotten both."""
        self.live_in()
        short = self.desk.open_mapping(self.port, for_="1h")
        other = self.home.echo_server("pc")
        long = self.desk.open_mapping(other, for_="10h")
        self.home.forget(self.port)
        self.turn(3 * HOUR, 3 * HOUR)
        closed = self.desk.wait_rule(short["id"], "closed", lambda r: r["state"] == "closed")
        self.assertEqual(closed["close_reason"], "expired")
        rig.wait_for("mapped again", lambda: self.home.router_holds(other), 15.0)
        self.assertTrue(self.home.reached(other))
        self.assertFalse(self.home.router_holds(self.port))
        self.assertIn("slept", self.wait_event(long, "resume")["detail"])
        self.assertEqual(self.desk.ctl("show", long["id"])["state"], "open")

    def test_a_minute_is_no_sleep(self):
        self.live_in()
        rule = self.desk.open_mapping(self.port)
        for _ in range(3):
            self.turn(AUDIT, AUDIT)
        self.assertEqual(self.events(rule, "resume"), [])

    # -- what is owed ------------------------------------------------------------------------------

    def owe_for_good(self):
        """A mapping without an end that could not be taken back: the router went away first."""
        self.live_in()
        self.emulate()
        rule = self.desk.open_mapping(self.port)
        self.assertIn(f"tcp {self.port} ", self.emulated_table())
        os.kill(self.emulator.pid, 19)  # as if its power were off
        self.home.mute_router()
        self.desk.ctl("close", rule["id"], timeout=60)
        self.assertEqual(self.debts(), 1)
        return rule

    def router_is_back(self):
        self.home.nft("flush chain inet filter input")
        os.kill(self.emulator.pid, 18)

    def assert_paid(self, rule):
        def paid():
            self.turn(20 * 60, 20 * 60)  # it is tried every quarter of an hour at least
            return self.debts() == 0

        rig.wait_for("the debt paid", paid, 40.0, step=1.0)
        self.assertNotIn(f"tcp {self.port} ", self.emulated_table())
        self.wait_event(rule, "debt-paid")

    def test_debt_for_good_survives_restarts_and_clocks(self):
        rule = self.owe_for_good()
        for _ in range(2):
            self.desk.kill_worker()
            self.assertEqual(self.debts(), 1)
        for years in (-1, 3, -2):
            self.turn(years * YEAR, 0)
            self.assertEqual(self.debts(), 1)
        self.turn(5 * DAY, 5 * DAY)
        self.assertEqual(self.debts(), 1)
        debt = self.desk.ctl("status")["debt_list"][0]
        self.assertIsNone(debt["ends"])
        self.assertIn(f"tcp {self.port} ", self.emulated_table())
        self.router_is_back()
        self.assert_paid(rule)

    def test_debt_for_good_waits_for_its_own_network(self):
        rule = self.owe_for_good()
        self.home.ip("pc", "route", "del", "default")
        self.turn(3 * DAY, 3 * DAY)
        self.assertEqual(self.debts(), 1)
        self.desk.kill_worker()
        self.assertEqual(self.debts(), 1)
        self.router_is_back()
        self.home.ip("pc", "route", "add", "default", "via", rig.LAN)
        self.assert_paid(rule)

    def test_debt_is_paid_to_the_same_router_at_another_address(self):
        self.live_in()
        self.home.ns("pc", "ip", "neigh", "flush", "dev", "eth0")
        rule = self.desk.open_mapping(self.port, for_="10h")
        self.desk.ctl("routers", "--search")  # by its end the router is known by its hardware address
        self.home.stop_router()
        self.desk.ctl("close", rule["id"])
        self.assertEqual(self.debts(), 1)
        self.assertTrue(self.home.router_holds(self.port))
        self.desk.kill_worker()
        self.home.ip("router", "addr", "del", f"{rig.LAN}/24", "dev", "l0")
        self.home.ip("router", "addr", "add", f"{NEW_LAN}/24", "dev", "l0")
        self.home.ip("pc", "route", "replace", "default", "via", NEW_LAN)
        self.home.ns("pc", "ping", "-c1", "-W2", NEW_LAN)
        table, rig.NFT = rig.NFT, "add chain inet filter input"
        self.addCleanup(setattr, rig, "NFT", table)
        self.assertTrue(self.home.router_holds(self.port))
        self.home.start_router()
        rig.wait_for("the debt paid", lambda: self.debts() == 0, 60.0)
        self.assertFalse(self.home.router_holds(self.port))


if __name__ == "__main__":
    try:
        rig.enter()
    except rig.Unavailable as reason:
        tap.skip_all(str(reason))
    tap.main()

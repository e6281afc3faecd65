# SPDX-License-Identifier: GPL-3.0-or-later
"""What a home goes through over hours and days, with a worker whose clock turns: the router and its network are real."""

import os
import sys
import unittest

sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)),
                os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support")]
import desk as desks  # noqa: E402
import rig  # noqa: E402
import tap  # noqa: E402

TEST_WORKER = desks.BUILD / "tests/support/portolan-test-worker"
AUDIT, YEAR = 61, 365 * 24 * 3600


class TimeTest(unittest.TestCase):
    def live_in(self, **kwargs):
        self.home = rig.Home(**kwargs)
        self.addCleanup(self.home.close)
        self.desk = desks.Desk(self.home, worker=TEST_WORKER)
        self.addCleanup(self.desk.close)
        self.port = self.home.echo_server("pc")

    def turn(self, wall, boot):
        """Moves the worker's clocks by so many seconds."""
        done = self.desk.run("dbus-send", "--session", "--print-reply", f"--dest={desks.BUS_NAME}",
                             "/io/github/portolan/Portolan", "io.github.portolan.Test1.TurnClock",
                             f"int64:{wall * 1000000}", f"int64:{boot * 1000000}")
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_reboot_restores_all_that_is_due_and_nothing_else(self):
        self.live_in()
        ports = [self.home.echo_server("pc") for _ in range(4)]
        for port in ports:
            self.desk.open_mapping(port)
        closed = self.desk.open_mapping(self.port)
        self.desk.ctl("close", closed["id"])
        self.home.reboot_router()
        self.turn(AUDIT, AUDIT)
        rig.wait_for("all mapped again", lambda: all(map(self.home.router_holds, ports)), 10.0)
        for port in ports:
            self.assertTrue(self.home.reached(port))
        self.assertFalse(self.home.router_holds(self.port))

    def test_internet_that_goes_and_comes_back(self):
        self.live_in(told=False)
        rule = self.desk.open_mapping(self.port)
        self.assertIsNone(rule["error"])
        self.home.ip("router", "link", "set", "w0", "down")
        self.turn(AUDIT, AUDIT)
        told = self.desk.wait_rule(rule["id"], "the reason in the row", lambda r: r["error"], 15.0)
        self.assertIn("internet", told["error"]["message"])
        self.home.ip("router", "link", "set", "w0", "up")

        # The daemon may need a moment to see its line up: then it is the next look that finds it.
        def looked_again():
            self.turn(AUDIT, AUDIT)
            shown = self.desk.ctl("show", rule["id"])
            return shown["state"] == "open" and not shown["error"]

        rig.wait_for("open again", looked_again, 15.0, step=0.5)
        self.assertTrue(self.home.reached(self.port))

    def test_leases_keep_their_pace_when_the_wall_clock_is_set(self):
        self.live_in()
        rule = self.desk.ctl("open", "mapping", "--port", self.port, "--external", self.port, "--owner", "ann",
                             "--purpose", "a server", "--permanent", "--review", "30d")

        def granted():
            return next(lease["granted"] for lease in self.desk.ctl("show", rule["id"])["leases"]
                        if lease["system"] != "engine")

        before = granted()
        client = self.home.connect(self.port)
        for years in (-1, 2, -1):
            self.turn(years * YEAR, 0)
            self.assertEqual(self.desk.ctl("show", rule["id"])["state"], "open")
            self.assertEqual(granted(), before)
            client.sendall(b"still here")
            self.assertEqual(client.recv(64), b"still here")
        # Five eighths of two hours later, by the clock that nobody sets, it is renewed.
        self.turn(4600, 4600)
        rig.wait_for("the renewal", lambda: granted() > before, 10.0)
        self.assertTrue(self.home.reached(self.port))


if __name__ == "__main__":
    try:
        rig.enter()
    except rig.Unavailable as reason:
        tap.skip_all(str(reason))
    tap.main()

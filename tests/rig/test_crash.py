# SPDX-License-Identifier: GPL-3.0-or-later
"""The worker dies at each commit of a change to a mapping: after the restart router and store agree, and nothing is left behind."""

import os
import sys
import time
import unittest

sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)),
                os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support")]
import desk as desks  # noqa: E402
import rig  # noqa: E402
import tap  # noqa: E402

TEST_WORKER = desks.BUILD / "tests/support/portolan-test-worker"


class CrashTest(unittest.TestCase):
    def setUp(self):
        self.home = rig.Home()
        self.addCleanup(self.home.close)
        self.desk = desks.Desk(self.home, worker=TEST_WORKER)
        self.addCleanup(self.desk.close)
        self.port = self.home.echo_server("pc")

    def abort_at(self, nth, after):
        self.desk.run("dbus-send", "--session", "--print-reply", f"--dest={desks.BUS_NAME}",
                      "/io/github/portolan/Portolan", "io.github.portolan.Test1.AbortAt",
                      f"uint32:{nth}", f"boolean:{'true' if after else 'false'}")

    def die_in(self, nth, after, change):
        """FALSE where the change has fewer commits."""
        self.desk.ctl("status")
        pid = self.desk.worker_pid()
        self.abort_at(nth, after)
        try:
            change()
        except desks.CtlError:
            pass
        end = time.monotonic() + 1.0
        while self.desk.worker_pid() == pid and time.monotonic() < end:
            time.sleep(0.02)
        if self.desk.worker_pid() == pid:
            self.abort_at(0, False)
            return False
        return True

    def assert_whole(self, ports):
        """What lives is open and mapped; what does not is in no router."""
        rig.wait_for("nothing owed", lambda: self.desk.ctl("status")["debts"] == 0, 20.0)
        for rule in self.desk.rules():
            self.desk.wait_rule(rule["id"], "settled", lambda r: r["state"] in ("open", "closed", "failed"), 15.0)
        living = {rule["public_endpoint"]["port"] for rule in self.desk.rules()}
        for port in ports:
            rig.wait_for(f"port {port} as declared", lambda: self.home.router_holds(port) == (port in living), 10.0)
            self.assertEqual(self.home.reached(port, timeout=0.5), port in living)
        self.assertTrue(self.desk.ctl("log", "--verify"))

    def each_commit(self, change, ports, prepare=lambda: None):
        reached = 0
        for after in (False, True):
            for nth in range(1, 7):
                with self.subTest(commit=nth, after=after):
                    made = prepare()
                    if not self.die_in(nth, after, lambda: change(made)):
                        break
                    reached += 1
                    self.assert_whole(ports)
                for rule in self.desk.rules():
                    self.desk.ctl("close", rule["id"])
            for rule in self.desk.rules():
                self.desk.ctl("close", rule["id"])
        self.assertGreaterEqual(reached, 3)

    def test_open(self):
        self.each_commit(lambda _: self.desk.open_mapping(self.port), [self.port])

    def test_close(self):
        self.each_commit(lambda rule: self.desk.ctl("close", rule["id"]), [self.port],
                         lambda: self.desk.open_mapping(self.port))

    def test_edit_of_the_port(self):
        other = self.port + 1 if self.port < 60000 else self.port - 1
        self.each_commit(lambda rule: self.desk.ctl("edit", rule["id"], "--public", str(other)), [self.port, other],
                         lambda: self.desk.open_mapping(self.port))

    def test_killed_while_the_router_is_asked(self):
        """Not at a commit: at any moment of an opening."""
        for delay in (0.0, 0.01, 0.02, 0.04, 0.08, 0.15):
            with self.subTest(delay=delay):
                self.desk.ctl("status")
                pid = self.desk.worker_pid()
                opening = self.desk.popen(
                    desks.CTL, "open", "mapping", "--port", str(self.port), "--external", str(self.port), "--owner", "ann",
                    "--purpose", "x", "--for", "1h", stdout=-3, stderr=-3)
                time.sleep(delay)
                os.kill(pid, 9)
                opening.wait()
                self.assert_whole([self.port])
                for rule in self.desk.rules():
                    self.desk.ctl("close", rule["id"])


if __name__ == "__main__":
    try:
        rig.enter()
    except rig.Unavailable as reason:
        tap.skip_all(str(reason))
    tap.main()

# SPDX-License-Identifier: GPL-3.0-or-later
"""What a rule carried, minute by minute, kept over restarts and worked off as it grows old."""

import signal
import time
import unittest

import session
import tap
from session import connect, wait_for

HOUR = 3600
DAY = 24 * HOUR


class HistoryTest(unittest.TestCase):
    def setUp(self):
        self.session = session.Session(self)
        self.target = self.session.echo_server()
        self.rule_id, self.port = self.session.open_forward(self.target)
        # To the beginning of an hour, so that the minutes of a test do not straddle one.
        self.session.turn(wall=HOUR - time.time() % HOUR, boot=0)

    def history(self, step=60, since=0):
        return self.session.call("GetHistory", "(sxxu)", self.rule_id, since, 0, step)[0]

    def stored(self):
        """Those of the future too."""
        return self.session.call("GetHistory", "(sxxu)", self.rule_id, 0, 2**60, 60)[0]

    def send(self, bytes_count, client=None):
        """Through the rule and back, and waits until it is counted."""
        before = self.session.rule(self.rule_id)["BytesOut"]
        client = client or connect(self.port)
        client.sendall(b"x" * bytes_count)
        left = bytes_count
        while left:
            left -= len(client.recv(65536))
        wait_for("the count", lambda: self.session.rule(self.rule_id)["BytesOut"] >= before + bytes_count)
        return client

    def pass_time(self, seconds):
        self.session.turn(wall=seconds, boot=seconds)

    def test_minutes(self):
        self.assertEqual(self.history(), [])
        client = self.send(1000)
        present = wait_for("the present minute", self.history)
        self.assertEqual(len(present), 1)
        at, bytes_in, bytes_out, peak, begun, refused = present[0]
        self.assertEqual((at % 60, bytes_in, bytes_out, peak, begun, refused), (0, 1005, 1005, 1, 1, 0))
        self.pass_time(60)
        self.send(500, client)
        minutes = self.history()
        self.assertEqual([(row[0] - at, row[1:]) for row in minutes], [(0, (1005, 1005, 1, 1, 0)), (60, (500, 500, 1, 0, 0))])
        self.assertEqual(self.history(since=at + 1), minutes[1:])
        self.assertEqual(self.history(step=3600), [(at - at % 3600, 1505, 1505, 1, 1, 0)])
        client.close()

    def test_history_outlives_restarts_and_the_rule(self):
        self.send(1000).close()
        self.session.kill(signal.SIGTERM)
        self.session.wait_state(self.rule_id, "open")
        # The test's clock begins anew with each worker: what was sampled lies ahead of it.
        kept = self.stored()
        self.assertEqual([row[1:5] for row in kept], [(1005, 1005, 1, 1)])
        self.session.call("CloseRules", "(ass)", [self.rule_id], "revoked")
        self.session.wait_state(self.rule_id, "closed")
        self.assertEqual(self.stored(), kept)
        self.session.kill()
        self.assertEqual(self.stored(), kept)

    def test_a_crash_loses_a_minute_at_most(self):
        client = self.send(1000)
        self.pass_time(60)
        kept = wait_for("the minute", lambda: [row for row in self.history() if row[1] == 1005])
        self.send(70, client)
        self.session.kill()
        self.session.wait_state(self.rule_id, "open")
        self.assertEqual(self.stored()[:1], kept)

    def test_minutes_become_hours(self):
        client = self.send(1000)
        at = self.history()[0][0]
        self.pass_time(60)
        self.send(1000, client)
        self.assertEqual(len(self.history()), 2)
        self.session.call("EditRule", "(sa{sv})", self.rule_id, session.request(Expires=int(time.time()) + 60 * DAY))
        self.pass_time(DAY + HOUR)
        self.send(1, client)
        self.pass_time(60)
        self.send(1, client)
        wait_for("the minutes to be rolled up", lambda: all(row[0] > at + DAY for row in self.history()))
        self.assertEqual(self.history(step=3600)[0], (at - at % HOUR, 2005, 2005, 1, 1, 0))
        self.pass_time(31 * DAY)
        self.send(1, client)
        self.pass_time(60)
        self.send(1, client)
        wait_for("the hour to go", lambda: all(row[0] > at + DAY for row in self.history(step=3600)))

    def test_idle_rules_write_nothing(self):
        idle, _ = self.session.open_forward(self.target)
        self.send(1000).close()
        self.pass_time(60)
        wait_for("the minute", self.history)
        self.assertEqual(self.session.call("GetHistory", "(sxxu)", idle, 0, 0, 60)[0], [])


if __name__ == "__main__":
    tap.main()

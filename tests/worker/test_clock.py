# SPDX-License-Identifier: GPL-3.0-or-later
"""Expiry by a clock that the test turns: in time, after a suspend, years off, and for good."""

import unittest

import session
import tap
from session import Refused, connect, is_ended, is_open, wait_for

YEAR = 365 * 24 * 3600


class ClockTest(unittest.TestCase):
    def setUp(self):
        self.session = session.Session(self)
        self.target = self.session.echo_server()

    def test_expiry_closes_and_cuts(self):
        rule_id, port = self.session.open_forward(self.target)
        client = connect(port)
        self.session.turn(wall=3590, boot=3590)
        self.assertTrue(is_open(port))
        self.session.turn(wall=11, boot=11)
        self.assertTrue(is_ended(client))
        rule = self.session.wait_state(rule_id, "closed")
        self.assertEqual(rule["CloseReason"], "expired")
        self.assertFalse(is_open(port))

    def test_what_expired_stays_closed_when_the_clock_goes_back(self):
        rule_id, port = self.session.open_forward(self.target)
        self.session.turn(wall=YEAR)
        self.session.wait_state(rule_id, "closed")
        self.session.turn(wall=-2 * YEAR)
        self.assertEqual(self.session.rule(rule_id)["State"], "closed")
        self.assertFalse(is_open(port))
        with self.assertRaises(Refused):
            self.session.call("ExtendRules", "(asxx)", [rule_id], 0, 3600)

    def test_clock_back_and_forth_does_not_close_early(self):
        rule_id, port = self.session.open_forward(self.target)
        self.session.turn(wall=-YEAR)
        self.assertTrue(is_open(port))
        self.session.turn(wall=YEAR)
        self.assertTrue(is_open(port))
        self.assertEqual(self.session.rule(rule_id)["State"], "open")

    def test_resume_from_suspend_closes_before_one_more_connection(self):
        rules = [self.session.open_forward(self.target) for _ in range(20)]
        # A suspend: both clocks have gone on when the answer to this call comes.
        self.session.turn(wall=8 * 3600, boot=8 * 3600)
        for _, port in rules:
            self.assertFalse(is_open(port))
        for rule_id, _ in rules:
            self.assertEqual(self.session.wait_state(rule_id, "closed")["CloseReason"], "expired")

    def test_extend_moves_the_end(self):
        rule_id, port = self.session.open_forward(self.target)
        before = self.session.rule(rule_id)["Expires"]
        self.session.call("ExtendRules", "(asxx)", [rule_id], 0, 1800)
        self.assertEqual(self.session.rule(rule_id)["Expires"], before + 1800)
        self.session.turn(wall=3700, boot=3700)
        self.assertTrue(is_open(port))
        self.session.turn(wall=1800, boot=1800)
        self.session.wait_state(rule_id, "closed")
        self.assertFalse(is_open(port))

    def test_reopen_has_the_time_left(self):
        rule_id, port = self.session.open_forward(self.target)
        expires = self.session.rule(rule_id)["Expires"]
        self.session.call("CloseRules", "(ass)", [rule_id], "revoked")
        self.session.wait_state(rule_id, "closed")
        again = self.session.call("ReopenRule", "(s)", rule_id)[0]
        rule = self.session.wait_state(again, "open")
        self.assertLessEqual(abs(rule["Expires"] - expires), 2)
        self.assertTrue(rule["PublicEndpoint"].endswith(f":{port}"))
        self.assertTrue(is_open(port))

    def test_reopen_after_the_time_is_over_is_refused(self):
        rule_id, _ = self.session.open_forward(self.target)
        self.session.turn(wall=3601, boot=3601)
        self.session.wait_state(rule_id, "closed")
        with self.assertRaises(Refused):
            self.session.call("ReopenRule", "(s)", rule_id)

    def test_expired_while_no_worker_ran(self):
        rule_id, port = self.session.open_forward(self.target, Duration=2)
        self.session.kill()
        wait_for("the end of its time", lambda: self.session.rule(rule_id)["State"] == "closed", 6.0, 0.2)
        self.assertEqual(self.session.rule(rule_id)["CloseReason"], "expired")
        self.assertFalse(is_open(port))


if __name__ == "__main__":
    tap.main()

# SPDX-License-Identifier: GPL-3.0-or-later
"""A network is kept out of a living rule: by the bus, by portolanctl, and after a restart."""

import unittest

import session
import tap
from session import Refused, connect, is_ended


class BlockTest(unittest.TestCase):
    def setUp(self):
        self.session = session.Session(self)
        self.target = self.session.echo_server()

    def block(self, rule_id, network):
        self.session.call("BlockSource", "(ss)", rule_id, network)

    def unblock(self, rule_id, network):
        self.session.call("UnblockSource", "(ss)", rule_id, network)

    def refused(self, method, rule_id, network):
        with self.assertRaises(Refused) as caught:
            self.session.call(method, "(ss)", rule_id, network)
        return caught.exception

    def test_block_cuts_and_unblock_lets_in(self):
        rule_id, port = self.session.open_forward(self.target)
        bad, good = connect(port, "127.0.0.2"), connect(port, "127.0.0.3")
        self.block(rule_id, "127.0.0.2")
        self.assertTrue(is_ended(bad))
        self.assertIsNone(connect(port, "127.0.0.2"))
        good.sendall(b"still here")
        self.assertEqual(good.recv(32), b"still here")
        self.assertEqual(self.session.rule(rule_id)["Audience"], ["!127.0.0.2/32"])
        self.unblock(rule_id, "127.0.0.2")
        self.assertIsNotNone(connect(port, "127.0.0.2"))
        self.assertEqual(self.session.rule(rule_id)["Audience"], [])
        events = [(e["What"], e["Result"], e["Detail"]) for e in self.session.events(rule_id) if "block" in e["What"]]
        self.assertEqual(events, [("block", "begun", "127.0.0.2/32"), ("block", "ok", "127.0.0.2/32"),
                                  ("unblock", "begun", "127.0.0.2/32"), ("unblock", "ok", "127.0.0.2/32")])

    def test_what_is_allowed_within_stays_so(self):
        rule_id, port = self.session.open_forward(self.target, Audience=["127.0.0.2", "127.0.0.0/29"])
        self.block(rule_id, "127.0.0.0/30")
        self.assertIsNotNone(connect(port, "127.0.0.2"))
        self.assertIsNone(connect(port, "127.0.0.3"))
        self.assertIsNotNone(connect(port, "127.0.0.5"))

    def test_block_outlives_a_crash(self):
        rule_id, port = self.session.open_forward(self.target)
        self.block(rule_id, "127.0.0.2")
        self.session.kill()
        self.session.wait_state(rule_id, "open")
        self.assertIsNone(connect(port, "127.0.0.2"))
        self.assertIsNotNone(connect(port, "127.0.0.3"))

    def test_crash_while_blocking_leaves_the_rule_as_it_was_or_as_asked(self):
        for after in (False, True):
            for nth in (1, 2):
                with self.subTest(nth=nth, after=after):
                    rule_id, port = self.session.open_forward(self.target)
                    self.session.abort_at(nth, after)
                    try:
                        self.block(rule_id, "127.0.0.2")
                    except Refused:
                        pass
                    rule = self.session.wait_state(rule_id, "open")
                    self.assertEqual(connect(port, "127.0.0.2") is None, rule["Audience"] == ["!127.0.0.2/32"])
                    self.assertIsNotNone(connect(port, "127.0.0.3"))

    def test_what_cannot_be_blocked(self):
        rule_id, port = self.session.open_forward(self.target, Audience=["127.0.0.0/8"])
        self.assertEqual(self.refused("BlockSource", rule_id, "127.0.0.0/8").name, "Invalid")
        self.assertEqual(self.refused("BlockSource", rule_id, "127.0.0.1/8").name, "Invalid")
        self.assertEqual(self.refused("BlockSource", rule_id, "!127.0.0.1").name, "Invalid")
        self.assertEqual(self.refused("BlockSource", rule_id, "").name, "Invalid")
        self.assertEqual(self.refused("UnblockSource", rule_id, "127.0.0.1").name, "NotFound")
        self.assertEqual(self.session.rule(rule_id)["Audience"], ["127.0.0.0/8"])
        self.assertIsNotNone(connect(port))
        self.session.call("CloseRules", "(ass)", [rule_id], "revoked")
        self.session.wait_state(rule_id, "closed")
        self.assertEqual(self.refused("BlockSource", rule_id, "127.0.0.1").name, "State")

    def test_blocked_twice_is_blocked_once(self):
        rule_id, _ = self.session.open_forward(self.target)
        self.block(rule_id, "127.0.0.2")
        self.block(rule_id, "127.0.0.2/32")
        self.assertEqual(self.session.rule(rule_id)["Audience"], ["!127.0.0.2/32"])


if __name__ == "__main__":
    tap.main()

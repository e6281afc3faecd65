# SPDX-License-Identifier: GPL-3.0-or-later
"""The worker dies at any moment of a change: a restart finishes it or takes it back, and the log still fits."""

import socket
import unittest

import session
import tap
from session import Refused, connect, is_ended, is_open

LIVING = ("open", "degraded")


class CrashTest(unittest.TestCase):
    def setUp(self):
        self.session = session.Session(self)
        self.target = self.session.echo_server()

    def free_port(self):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            return probe.getsockname()[1]

    def die_in(self, nth, after, change):
        """Lets the worker die at its n-th commit within @change. False where the change has fewer commits."""
        self.session.status()
        pid = self.session.pid()
        self.session.abort_at(nth, after)
        try:
            change()
            # The last commit of a change may come after its answer.
            self.session.wait_gone(pid, 0.7)
        except Refused:
            self.session.wait_gone(pid, 5.0)
        except AssertionError:
            self.session.abort_at(0, False)
            return False
        return True

    def assert_whole(self):
        """No half rule: what lives is open and reached, what does not is closed, and the chain holds."""
        for rule in self.session.living():
            rule = self.session.wait_state(rule["Id"], *LIVING, "closed", "failed")
            port = int(rule["PublicEndpoint"].rsplit(":", 1)[1])
            self.assertEqual(is_open(port), rule["State"] == "open", rule)
        self.assertEqual(self.session.call("VerifyLog")[1], 0)

    def each_commit(self, prepare, change, check):
        reached = 0
        for after in (False, True):
            for nth in range(1, 9):
                with self.subTest(commit=nth, after=after):
                    made = prepare()
                    if not self.die_in(nth, after, lambda: change(made)):
                        break
                    reached += 1
                    self.session.status()
                    self.assert_whole()
                    check(made)
                    for rule in self.session.living():
                        self.session.call("CloseRules", "(ass)", [rule["Id"]], "revoked")
                        self.session.wait_state(rule["Id"], "closed")
        self.assertGreaterEqual(reached, 2)

    def test_open(self):
        def change(port):
            rule_id = self.session.open(Kind="forward", Owner="ann", Purpose="test", Duration=3600,
                                        PublicEndpoint=f"127.0.0.1:{port}", Target=f"127.0.0.1:{self.target}")
            self.session.wait_state(rule_id, "open")

        def check(port):
            self.assertEqual(is_open(port), any(rule["PublicEndpoint"].endswith(f":{port}") for rule in self.session.living()))

        self.each_commit(self.free_port, change, check)

    def test_close(self):
        def change(made):
            self.session.call("CloseRules", "(ass)", [made[0]], "revoked")
            self.session.wait_state(made[0], "closed")

        def check(made):
            state = self.session.wait_state(made[0], "open", "closed")["State"]
            self.assertEqual(is_open(made[1]), state == "open")

        self.each_commit(lambda: self.session.open_forward(self.target), change, check)

    def test_edit(self):
        def change(made):
            self.session.call("EditRule", "(sa{sv})", made[0], session.request(Audience=["127.0.0.2/32"], Name="edited"))

        def check(made):
            rule = self.session.wait_state(made[0], "open")
            edited = rule["Name"] == "edited"
            self.assertEqual(rule["Audience"] == ["127.0.0.2/32"], edited)
            self.assertEqual(is_open(made[1], "127.0.0.1"), not edited)
            self.assertTrue(is_open(made[1], "127.0.0.2"))
            self.session.call("CloseRules", "(ass)", [made[0]], "revoked")
            self.session.wait_state(made[0], "closed")

        prepared = lambda: self.session.open_forward(self.target)  # noqa: E731
        reached = 0
        for after in (False, True):
            made = prepared()
            if self.die_in(1, after, lambda: change(made)):
                reached += 1
                check(made)
        self.assertEqual(reached, 2)

    def test_killed_between_changes_comes_back_on_the_same_ports(self):
        made = [self.session.open_forward(self.target) for _ in range(5)]
        client = connect(made[0][1])
        self.session.kill()
        self.assertTrue(is_ended(client))
        for rule_id, port in made:
            rule = self.session.wait_state(rule_id, "open")
            self.assertTrue(rule["PublicEndpoint"].endswith(f":{port}"))
            self.assertTrue(is_open(port))


if __name__ == "__main__":
    tap.main()

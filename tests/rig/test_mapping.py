# SPDX-License-Identifier: GPL-3.0-or-later
"""The main job, from portolanctl to a friend on the internet, by one router protocol (PORTOLAN_RIG_PROTOCOL)."""

import os
import socket
import sys
import time
import unittest

sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)),
                os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support")]
import desk as desks  # noqa: E402
import rig  # noqa: E402
import tap  # noqa: E402

PROTOCOL = os.environ.get("PORTOLAN_RIG_PROTOCOL", "pcp")
SPEAKS = {"pcp": ("pcp",), "natpmp": ("natpmp",), "upnp": ("upnp",), "all": ("pcp", "natpmp", "upnp")}[PROTOCOL]
USED = SPEAKS[0]


class MappingTest(unittest.TestCase):
    def setUp(self):
        self.home = rig.Home(SPEAKS)
        self.addCleanup(self.home.close)
        self.desk = desks.Desk(self.home)
        self.addCleanup(self.desk.close)
        self.port = self.home.echo_server("pc")

    def open(self, *args, **kwargs):
        return self.desk.open_mapping(self.port, *args, **kwargs)

    def assert_ended(self, client):
        """The far end of a living connection sees its end."""
        client.settimeout(2.0)
        try:
            self.assertEqual(client.recv(64), b"")
        except ConnectionResetError:
            pass
        except socket.timeout:
            self.fail("a living connection was not cut")

    def test_open_is_reached_and_close_ends_it(self):
        rule = self.open()
        self.assertEqual(rule["state"], "open")
        self.assertEqual(rule["public_endpoint"]["address"], rig.WAN)
        self.assertEqual(rule["public_endpoint"]["port"], self.port)
        self.assertIn(USED, [lease["system"] for lease in rule["leases"]])
        client = self.home.connect(self.port)
        self.assertIsNotNone(client)
        client.sendall(b"bytes that come back")
        self.assertEqual(client.recv(64), b"bytes that come back")
        self.desk.ctl("close", rule["id"])
        self.assert_ended(client)
        self.assertFalse(self.home.router_holds(self.port))
        self.assertFalse(self.home.reached(self.port, timeout=0.5))
        self.assertEqual(self.desk.ctl("show", rule["id"])["close_reason"], "revoked")

    def test_expiry_closes_in_time_and_cuts(self):
        rule = self.open(for_="3s")
        client = self.home.connect(self.port)
        self.assertIsNotNone(client)
        client.settimeout(8.0)
        try:
            client.recv(64)
        except ConnectionResetError:
            pass
        expires = time.mktime(time.strptime(rule["expires"], "%Y-%m-%dT%H:%M:%SZ")) - time.timezone
        late = time.time() - expires
        self.assertLess(late, 1.0)
        self.assertGreater(late, -0.1)
        rig.wait_for("the router's table without it", lambda: not self.home.router_holds(self.port), 1.0)
        closed = self.desk.wait_rule(rule["id"], "closed", lambda r: r["state"] == "closed")
        self.assertEqual(closed["close_reason"], "expired")

    def test_sooner_end_shortens_the_lease(self):
        def lifetime(rule):
            return next(lease["lifetime"] for lease in rule["leases"] if lease["system"] == USED)

        rule = self.open(for_="2h")
        self.assertEqual(lifetime(rule), 7200)
        self.desk.ctl("edit", rule["id"], "--for", "3m")
        # The worker may die now: the router must not hold it for two hours.
        shorter = self.desk.wait_rule(rule["id"], "a shorter lease", lambda r: lifetime(r) <= 180)
        self.assertGreaterEqual(lifetime(shorter), 120)
        self.assertTrue(self.home.reached(self.port))

    def assert_lives(self, client, text):
        client.sendall(text)
        self.assertEqual(client.recv(64), text)

    def test_another_external_port_keeps_connections(self):
        rule = self.open()
        client = self.home.connect(self.port)
        self.assertIsNotNone(client)
        other = self.port - 1
        edited = self.desk.ctl("edit", rule["id"], "--external", other)
        self.assertEqual((edited["state"], edited["public_endpoint"]["port"]), ("open", other))
        self.assert_lives(client, b"still here")
        self.assertTrue(self.home.router_holds(other))
        self.assertFalse(self.home.router_holds(self.port))
        self.assertTrue(self.home.reached(other))
        self.assertFalse(self.home.reached(self.port, timeout=0.5))
        self.assertEqual(self.desk.ctl("status")["debts"], 0)
        # And back: to the port that it had.
        self.desk.ctl("edit", rule["id"], "--external", self.port)
        self.assert_lives(client, b"and still")
        self.assertTrue(self.home.reached(self.port))
        self.assertFalse(self.home.router_holds(other))
        self.desk.ctl("close", rule["id"])
        self.assert_ended(client)
        self.assertFalse(self.home.router_holds(self.port))

    def test_another_external_port_that_is_refused_changes_nothing(self):
        rule = self.open()
        client = self.home.connect(self.port)
        with self.assertRaises(desks.CtlError) as caught:
            self.desk.ctl("edit", rule["id"], "--external", 443)  # the router allows none below 1024
        self.assertEqual(caught.exception.code, 6)
        self.assert_lives(client, b"still here")
        self.assertTrue(self.home.reached(self.port))
        self.assertFalse(self.home.router_holds(443))
        again = self.desk.ctl("show", rule["id"])
        self.assertEqual((again["state"], again["public_endpoint"]["port"]), ("open", self.port))
        self.assertEqual([(lease["system"], lease["endpoint"]) for lease in again["leases"]],
                         [(lease["system"], lease["endpoint"]) for lease in rule["leases"]])

    def test_another_protocol_keeps_connections(self):
        self.home.udp_echo_server("pc", self.port)
        rule = self.open()
        client = self.home.connect(self.port)
        self.desk.ctl("edit", rule["id"], "--protocol", "both")
        self.assert_lives(client, b"with udp")
        self.assertTrue(self.home.reached(self.port))
        self.assertTrue(self.home.udp_reached(self.port))
        self.desk.ctl("edit", rule["id"], "--protocol", "tcp")
        self.assert_lives(client, b"without udp")
        self.assertTrue(self.home.reached(self.port))
        self.assertFalse(self.home.udp_reached(self.port, timeout=0.5))
        self.assertFalse(self.home.router_holds(self.port, "udp"))
        self.assertTrue(self.home.router_holds(self.port, "tcp"))

    def test_outside_the_audience_is_refused(self):
        rule = self.open("--allow", f"{rig.FRIEND}/32")
        self.assertTrue(self.home.reached(self.port, rig.FRIEND))
        self.assertFalse(self.home.reached(self.port, rig.STRANGER, timeout=0.5))
        traffic = self.desk.wait_rule(rule["id"], "counted", lambda r: r["traffic"]["connections_ever"] >= 1)["traffic"]
        self.assertEqual(traffic["connections_ever"], 1)

    def test_audience_of_a_direct_mapping_is_kept_or_it_is_said(self):
        port = self.home.echo_server("pc", address=rig.PC)
        args = ("open", "mapping", "--port", port, "--to", f"{rig.PC}:{port}", "--direct", "--allow", f"{rig.FRIEND}/32",
                "--owner", "ann", "--purpose", "friday game", "--for", "1h")
        try:
            rule = self.desk.ctl(*args)
        except desks.CtlError as error:
            # NAT-PMP cannot even be asked for it.
            self.assertEqual((USED, error.code), ("natpmp", 6))
            return
        self.assertTrue(self.home.reached(port))
        if self.home.reached(port, rig.STRANGER, timeout=0.5):
            self.assertIn("audience", rule["error"]["message"])
            self.assertIn("guarded", rule["error"]["advice"])

    def test_any_free_port(self):
        rule = self.open(external=0)
        granted = rule["public_endpoint"]["port"]
        self.assertGreater(granted, 0)
        self.assertTrue(self.home.reached(granted))

    def test_both_protocols(self):
        self.home.udp_echo_server("pc", self.port)
        rule = self.open("--protocol", "both")
        self.assertTrue(self.home.reached(self.port))
        self.assertTrue(self.home.udp_reached(self.port))
        self.desk.ctl("close", rule["id"])
        self.assertFalse(self.home.router_holds(self.port, "tcp"))
        self.assertFalse(self.home.router_holds(self.port, "udp"))

    def test_router_reboot_is_noticed_and_restored(self):
        rule = self.open()
        self.home.reboot_router()  # with empty tables
        rig.wait_for("the mapping restored", lambda: self.home.router_holds(self.port), 75.0)
        self.assertTrue(self.home.reached(self.port))
        self.desk.wait_rule(rule["id"], "open again", lambda r: r["state"] == "open")
        rig.wait_for("the restoration logged", lambda: "restore" in [
            event["what"] for event in self.desk.ctl("log", "--rule", rule["id"])["events"]])

    def test_worker_killed_is_recovered(self):
        rule = self.open()
        leases = [(lease["system"], lease["endpoint"]) for lease in rule["leases"]]
        self.desk.kill_worker()
        self.assertFalse(self.home.reached(self.port, timeout=0.5))
        again = self.desk.wait_rule(rule["id"], "open again", lambda r: r["state"] == "open")
        self.assertEqual([(lease["system"], lease["endpoint"]) for lease in again["leases"]], leases)
        self.assertTrue(self.home.reached(self.port))

    def test_expired_while_the_worker_was_dead(self):
        rule = self.open(for_="2s")
        self.desk.kill_worker()
        time.sleep(2.2)  # the time itself is what is tested: nothing tells of it while the worker is dead
        closed = self.desk.wait_rule(rule["id"], "closed", lambda r: r["state"] == "closed")
        self.assertEqual(closed["close_reason"], "expired")
        self.assertFalse(self.home.reached(self.port, timeout=0.5))
        rig.wait_for("the router's table without it", lambda: not self.home.router_holds(self.port))

    def test_router_away_at_closing_is_a_debt_paid_later(self):
        rule = self.open()
        client = self.home.connect(self.port)
        self.home.stop_router()
        self.desk.ctl("close", rule["id"])
        self.assert_ended(client)
        status = self.desk.ctl("status")
        self.assertEqual((status["debts"], [debt["rule_id"] for debt in status["debt_list"]]), (1, [rule["id"]]))
        self.assertTrue(self.home.router_holds(self.port))
        self.assertFalse(self.home.reached(self.port, timeout=0.5))
        rules = self.home.router_rules()
        self.home.start_router()
        # The entry of before is there again, as in a router that keeps its table.
        self.home.ns("pc", "upnpc", "-e", "left", "-a", rig.PC, "9", str(self.port), "tcp", check=False)
        rig.wait_for("the debt paid", lambda: self.desk.ctl("status")["debts"] == 0, 75.0)
        self.assertIn(str(self.port), rules)

    def test_no_router_is_told_at_once(self):
        self.home.stop_router()
        started = time.monotonic()
        with self.assertRaises(desks.CtlError) as caught:
            self.open()
        self.assertEqual(caught.exception.code, 6)
        self.assertLess(time.monotonic() - started, 10.0)
        self.assertEqual(self.desk.rules(), [])


if __name__ == "__main__":
    try:
        rig.enter()
    except rig.Unavailable as reason:
        tap.skip_all(str(reason))
    tap.main()

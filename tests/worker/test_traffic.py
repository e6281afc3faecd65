# SPDX-License-Identifier: GPL-3.0-or-later
"""What the worker tells of a living rule's connections, and how it ends them."""

import signal
import socket
import time
import unittest

from gi.repository import GLib

import session
import tap
from session import Refused

UNKNOWN = "11111111-2222-4333-8444-555555555555"


class TrafficTest(unittest.TestCase):
    def setUp(self):
        self.session = session.Session(self)

    def open_with_clients(self, *sources, **keys):
        rule_id, port = self.session.open_forward(self.session.echo_server(), **keys)
        clients = []
        for source in sources:
            client = session.connect(port, source)
            self.assertIsNotNone(client)
            self.addCleanup(client.close)
            clients.append(client)
        return rule_id, port, clients

    def statistics(self, rule_id, bytes_out=0):
        """Bytes are counted when they are out: so the answer may be here a moment before its count."""

        def counted():
            found = self.session.call("GetStatistics", "(s)", rule_id)[0]
            return found if found["BytesOut"] >= bytes_out else None

        return session.wait_for("the count", counted)

    def connections(self, rule_id, limit=100):
        return self.session.call("ListConnections", "(su)", rule_id, limit)[0]

    def kick(self, rule_id, connections=(), source=""):
        return self.session.call("KickConnections", "(sats)", rule_id, list(connections), source)[0]

    def refused(self, method, signature, *values):
        with self.assertRaises(Refused) as caught:
            self.session.call(method, signature, *values)
        self.assertTrue(caught.exception.what.endswith("."), caught.exception.what)
        return caught.exception

    # -- Statistics ----------------------------------------------------------------------------------

    def test_statistics(self):
        rule_id, port, _ = self.open_with_clients("127.0.0.2", "127.0.0.3", "127.0.0.3", Audience=["127.0.0.0/30"])
        self.assertIsNone(session.connect(port, "127.0.0.9"))
        found = self.statistics(rule_id[:8], bytes_out=15)
        self.assertEqual(found["ConnectionsNow"], 3)
        self.assertEqual(found["ConnectionsEver"], 3)
        self.assertEqual(found["ConnectionsPeak"], 3)
        self.assertEqual((found["BytesIn"], found["BytesOut"]), (15, 15))
        self.assertEqual((found["PacketsIn"], found["PacketsOut"]), (0, 0))
        self.assertEqual(found["Refused"], {"audience": 1})
        for name in ("Connect", "FirstByte"):
            percentiles = [found[f"{name}P{percent}"] for percent in (50, 90, 99)]
            self.assertEqual(percentiles, sorted(percentiles))
            self.assertTrue(0 < percentiles[0] < 5_000_000, percentiles)
        (target,) = found["Targets"]
        self.assertEqual(target["Endpoint"], self.session.rule(rule_id)["Target"])
        self.assertEqual((target["Up"], target["Backup"], target["ConnectionsNow"]), (True, False, 3))
        sources = {source["Address"]: source for source in found["Sources"]}
        self.assertEqual(sources["127.0.0.3"]["ConnectionsNow"], 2)
        self.assertEqual(sources["127.0.0.3"]["BytesIn"], 10)
        self.assertEqual(found["Sources"][0]["Address"], "127.0.0.3")

    def test_statistics_over_a_restart(self):
        """The peak stays what it was; of refusals their number, if not the reasons."""
        rule_id, port, _ = self.open_with_clients("127.0.0.2", "127.0.0.3", "127.0.0.3", Audience=["127.0.0.0/30"])
        for _ in range(2):
            self.assertIsNone(session.connect(port, "127.0.0.9"))
        session.wait_for("both", lambda: self.statistics(rule_id)["Refused"] == {"audience": 2})
        pid = self.session.pid()
        self.session.kill(signal.SIGTERM)
        self.session.wait_gone(pid)
        self.session.wait_state(rule_id, "open")
        found = self.statistics(rule_id)
        self.assertEqual((found["ConnectionsNow"], found["ConnectionsPeak"]), (0, 3))
        self.assertEqual(found["Refused"], {"earlier": 2})
        self.assertIsNone(session.connect(port, "127.0.0.9"))
        session.wait_for("the third", lambda: self.statistics(rule_id)["Refused"] == {"earlier": 2, "audience": 1})
        self.assertEqual(self.session.rule(rule_id)["Refused"], 3)

    def test_peak_between_readings(self):
        """What came and went between two readings is in the peak, and while somebody looks in the minute's too."""
        rule_id, port, clients = self.open_with_clients("127.0.0.2")
        self.statistics(rule_id, bytes_out=5)
        more = [session.connect(port, "127.0.0.3") for _ in range(4)]
        for client in more:
            client.close()
        session.wait_for("their end", lambda: self.statistics(rule_id)["ConnectionsNow"] == 1)
        self.assertEqual(self.statistics(rule_id)["ConnectionsPeak"], 5)
        now = int(time.time())
        samples = self.session.call("GetHistory", "(sxxu)", rule_id, now - 300, now + 60, 60)[0]
        self.assertEqual(max(sample[3] for sample in samples), 5)

    def test_statistics_of_nothing_yet(self):
        rule_id, _ = self.session.open_forward(9)
        found = self.statistics(rule_id)
        self.assertEqual(found["Refused"], {})
        self.assertEqual(found["Sources"], [])
        self.assertEqual([found[f"ConnectP{percent}"] for percent in (50, 90, 99)], [0, 0, 0])

    def test_udp_datagrams(self):
        server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.addCleanup(server.close)
        server.settimeout(5.0)
        server.bind(("127.0.0.1", 0))
        rule_id, port = self.session.open_forward(server.getsockname()[1], Protocol="udp")
        client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.addCleanup(client.close)
        client.settimeout(5.0)
        client.sendto(b"ping", ("127.0.0.1", port))
        data, address = server.recvfrom(16)
        server.sendto(data + b"pong", address)
        self.assertEqual(client.recv(16), b"pingpong")
        session.wait_for("the datagrams' count",
                         lambda: [self.statistics(rule_id)[f"Packets{way}"] for way in ("In", "Out")] == [1, 1])
        (listed,) = self.connections(rule_id)
        self.assertEqual(listed["Protocol"], "udp")
        self.assertEqual((listed["BytesIn"], listed["BytesOut"]), (4, 8))

    # -- Connections ---------------------------------------------------------------------------------

    def test_connections(self):
        rule_id, _, clients = self.open_with_clients("127.0.0.2", "127.0.0.3")
        self.statistics(rule_id, bytes_out=10)
        listed = self.connections(rule_id)
        names = ["%s:%d" % client.getsockname() for client in reversed(clients)]
        self.assertEqual([connection["Source"] for connection in listed], names)
        self.assertGreater(listed[0]["Id"], listed[1]["Id"])
        for connection in listed:
            self.assertEqual(connection["Protocol"], "tcp")
            self.assertEqual(connection["Target"], self.session.rule(rule_id)["Target"])
            self.assertEqual((connection["BytesIn"], connection["BytesOut"]), (5, 5))
            self.assertTrue(0 <= connection["Idle"] <= connection["Age"] < 60, connection)
        self.assertEqual([connection["Id"] for connection in self.connections(rule_id, 1)], [listed[0]["Id"]])

    # -- Kick ----------------------------------------------------------------------------------------

    def kicks(self, rule_id):
        return [event for event in self.session.events(rule_id) if event["What"] == "kick"]

    def test_kick_by_id(self):
        rule_id, port, clients = self.open_with_clients("127.0.0.2", "127.0.0.3")
        youngest = self.connections(rule_id)[0]
        self.assertEqual(self.kick(rule_id, [youngest["Id"], 2**63]), 1)
        self.assertTrue(session.is_ended(clients[1]))
        self.assertFalse(session.is_ended(clients[0]))
        (event,) = self.kicks(rule_id)
        self.assertIn("user ", event["Who"])
        self.assertEqual((event["Result"], event["Detail"]), ("ok", "1 connection ended."))
        self.assertEqual(self.session.rule(rule_id)["ConnectionsNow"], 1)
        self.assertTrue(session.is_open(port))

    def test_kick_source(self):
        rule_id, _, clients = self.open_with_clients("127.0.0.2", "127.0.0.3", "127.0.0.2")
        self.assertEqual(self.kick(rule_id, source="127.0.0.2"), 2)
        self.assertTrue(session.is_ended(clients[0]) and session.is_ended(clients[2]))
        self.assertFalse(session.is_ended(clients[1]))
        self.assertEqual(self.kicks(rule_id)[0]["Detail"], "2 connections from 127.0.0.2 ended.")
        self.assertEqual(self.kick(rule_id, source="127.0.0.0/8"), 1)
        self.assertTrue(session.is_ended(clients[1]))

    def test_kick_all(self):
        rule_id, port, clients = self.open_with_clients("127.0.0.2", "127.0.0.3")
        self.assertEqual(self.kick(rule_id), 2)
        self.assertTrue(all(session.is_ended(client) for client in clients))
        self.assertTrue(session.is_open(port))

    def test_kick_of_nothing_is_not_logged(self):
        rule_id, _ = self.session.open_forward(9)
        self.assertEqual(self.kick(rule_id), 0)
        self.assertEqual(self.kick(rule_id, [1, 2, 3]), 0)
        self.assertEqual(self.kick(rule_id, source="192.0.2.1"), 0)
        self.assertEqual(self.kicks(rule_id), [])

    def test_kick_is_one_rule_only(self):
        mine, _, clients = self.open_with_clients("127.0.0.2")
        other, _, _ = self.open_with_clients("127.0.0.2")
        (connection,) = self.connections(mine)
        self.assertEqual(self.kick(other, [connection["Id"]]), 0)
        self.assertFalse(session.is_ended(clients[0]))

    # -- Wrong arguments -----------------------------------------------------------------------------

    def test_wrong_arguments(self):
        rule_id, _, clients = self.open_with_clients("127.0.0.2")
        for what, method, signature, values, name in (
            ("no such rule", "GetStatistics", "(s)", (UNKNOWN,), "NotFound"),
            ("no such rule", "ListConnections", "(su)", (UNKNOWN, 5), "NotFound"),
            ("no such rule", "KickConnections", "(sats)", (UNKNOWN, [], ""), "NotFound"),
            ("a short id", "GetStatistics", "(s)", (rule_id[:3],), None),
            ("no limit", "ListConnections", "(su)", (rule_id, 0), "Invalid"),
            ("too high a limit", "ListConnections", "(su)", (rule_id, 10001), "Invalid"),
            ("both", "KickConnections", "(sats)", (rule_id, [1], "127.0.0.2"), "Invalid"),
            ("no address", "KickConnections", "(sats)", (rule_id, [], "everyone"), "Invalid"),
            ("host bits", "KickConnections", "(sats)", (rule_id, [], "127.0.0.2/8"), "Invalid"),
            ("a long source", "KickConnections", "(sats)", (rule_id, [], "1" * 5000), "Invalid"),
            ("too many", "KickConnections", "(sats)", (rule_id, list(range(10001)), ""), "Invalid"),
        ):
            with self.subTest(f"{method}: {what}"):
                refused = self.refused(method, signature, *values)
                if name:
                    self.assertEqual(refused.name, name, refused.what)
        self.assertFalse(session.is_ended(clients[0]))
        self.assertEqual(self.kicks(rule_id), [])

    def test_closed_rule(self):
        rule_id, _ = self.session.open_forward(9)
        self.session.call("CloseRules", "(ass)", [rule_id], "revoked")
        self.session.wait_state(rule_id, "closed")
        self.assertEqual(self.refused("GetStatistics", "(s)", rule_id).name, "State")
        self.assertEqual(self.refused("ListConnections", "(su)", rule_id, 5).name, "State")
        self.assertEqual(self.refused("KickConnections", "(sats)", rule_id, [], "").name, "State")

    def test_tunnel_has_no_connections_to_tell_of(self):
        silent = socket.create_server(("127.0.0.1", 0))  # so the tunnel is on its way for as long as this takes
        self.addCleanup(silent.close)
        self.session.call("AddRelay", "(a{sv})",
                          session.request(Name="r", Host="127.0.0.1", User="u", Port=GLib.Variant("u", silent.getsockname()[1])))
        rule_id = self.session.open(Kind="tunnel", Owner="ann", Purpose="test", Duration=3600, Backend="r",
                                    PublicEndpoint=":8080", Target="127.0.0.1:9")
        for method, signature, values in (
            ("GetStatistics", "(s)", (rule_id,)),
            ("ListConnections", "(su)", (rule_id, 5)),
            ("KickConnections", "(sats)", (rule_id, [], "")),
        ):
            refused = self.refused(method, signature, *values)
            self.assertEqual(refused.name, "NotSupported")
            self.assertIn("ssh", refused.what)
            self.assertTrue(refused.advice)


if __name__ == "__main__":
    tap.main()

# SPDX-License-Identifier: GPL-3.0-or-later
"""What portolanctl tells of connections and ends of them, against the real worker with forwards that carry bytes."""

import json
import re
import subprocess
import threading
import unittest

from session import connect, is_ended, wait_for

import tap
from test_ctl import CtlCase


class TrafficTest(CtlCase):
    def open_with_clients(self, *sources):
        rule = self.open_forward()
        clients = [connect(rule["public_endpoint"]["port"], source) for source in sources]
        for client in clients:
            self.assertIsNotNone(client)
            self.addCleanup(client.close)
        return rule, clients

    def test_show(self):
        rule, _ = self.open_with_clients("127.0.0.2", "127.0.0.2", "127.0.0.3")
        statistics = wait_for("the count", lambda: self.counted(rule, 15))
        self.assertEqual((statistics["connections_now"], statistics["connections_peak"]), (3, 3))
        self.assertEqual(statistics["refused"], {})
        self.assertEqual([target["endpoint"] for target in statistics["targets"]], [f"127.0.0.1:{self.target}"])
        self.assertEqual({source["address"] for source in statistics["sources"]}, {"127.0.0.2", "127.0.0.3"})
        text = self.ctl("show", rule["id"]).out
        for line in (r"Throughput +\S+", r"Peak +3 connections at a time", r"Connecting +half within .* µs|Connecting +.* ms",
                     rf"Leads to +127\.0\.0\.1:{self.target}  up; 3 now, 3 ever", r"From +127\.0\.0\.2  2 now"):
            self.assertRegex(text, f"(?m)^(?:{line})")

    def test_show_is_of_one_moment(self):
        """What the worker published a moment ago does not stand beside what it knows now."""
        rule, _ = self.open_with_clients("127.0.0.2")
        for n in range(2, 6):
            client = connect(rule["public_endpoint"]["port"], "127.0.0.3")
            self.addCleanup(client.close)
            shown = self.json("show", rule["id"])
            self.assertEqual(shown["statistics"]["connections_now"], n)
            for key in ("connections_now", "connections_ever", "bytes_in", "bytes_out"):
                self.assertEqual(shown["traffic"][key], shown["statistics"][key], key)

    def counted(self, rule, bytes_out):
        statistics = self.json("show", rule["id"])["statistics"]
        return statistics if statistics["bytes_out"] >= bytes_out else None

    def test_nobody_listens(self):
        rule = self.open_forward()
        self.assertEqual(self.json("show", rule["id"])["targets_without_listener"], [])
        self.session.servers.pop().close()
        self.target = 9
        deaf = self.open_forward()
        self.assertEqual(self.json("show", deaf["id"])["targets_without_listener"], ["127.0.0.1:9"])
        self.assertIn("No program listens at 127.0.0.1:9 now.", self.ctl("show", deaf["id"]).out)

    def test_connections_and_kick(self):
        rule, clients = self.open_with_clients("127.0.0.2", "127.0.0.3", "127.0.0.4")
        listed = self.json("show", rule["id"], "--connections")["connections"]
        self.assertEqual([connection["source"] for connection in listed],
                         ["%s:%d" % client.getsockname() for client in reversed(clients)])
        table = self.ctl("show", rule["id"], "--connections").out.splitlines()
        self.assertEqual(table[0].split(), "ID PROTO SOURCE TARGET AGE IDLE IN OUT".split())
        self.assertEqual([line.split()[0] for line in table[1:]], [str(connection["id"]) for connection in listed])
        self.assertEqual(len(self.json("show", rule["id"], "--connections", "--limit", 1)["connections"]), 1)
        self.assertEqual(self.json("kick", rule["id"], listed[0]["id"]), {"ended": 1})
        self.assertTrue(is_ended(clients[2]))
        self.assertEqual(self.fails(5, "kick", rule["id"], listed[0]["id"])["code"], "not-found")
        self.assertEqual(self.ctl("kick", rule["id"][:8], "--source", "127.0.0.3").out, "1 connection ended.\n")
        self.assertTrue(is_ended(clients[1]))
        self.assertEqual(self.json("kick", rule["id"], "--all"), {"ended": 1})
        self.assertTrue(is_ended(clients[0]))
        self.fails(5, "kick", rule["id"], "--all")
        self.fails(5, "kick", "00000000-0000-4000-8000-000000000000", "--all")
        whats = [event["what"] for event in self.json("log", "--rule", rule["id"])["events"]]
        self.assertEqual(whats[:3], ["kick"] * 3)

    def test_tunnel_tells_nothing(self):
        rule = self.open_forward()
        self.json("close", rule["id"])
        self.assertIsNone(self.json("show", rule["id"])["statistics"])
        self.assertEqual(self.fails(1, "show", rule["id"], "--connections")["code"], "state")

    def test_monitor_traffic(self):
        rule, clients = self.open_with_clients("127.0.0.2")
        process = self.popen("monitor", "--traffic", "--json", "--count", 3, stdout=subprocess.PIPE, text=True)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.kill)
        moving = threading.Event()

        def move():
            while not moving.is_set():
                clients[0].sendall(b"x" * 10000)
                clients[0].recv(65536)

        mover = threading.Thread(target=move, daemon=True)
        mover.start()
        lines = [json.loads(line) for line in process.stdout]
        self.assertEqual(process.wait(30), 0)
        moving.set()
        mover.join(10)
        flows = [line for line in lines if "seq" not in line]
        self.assertEqual(len(flows), 3)
        for flow in flows:
            self.assertEqual((flow["rule_id"], flow["connections_now"], flow["connections_new"], flow["refused_new"]),
                             (rule["id"], 1, 0, 0))
            self.assertGreater(flow["bytes_in_per_second"], 1000)
            self.assertTrue(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", flow["at"]))


if __name__ == "__main__":
    tap.main()

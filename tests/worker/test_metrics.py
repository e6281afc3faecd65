# SPDX-License-Identifier: GPL-3.0-or-later
"""The metrics: what is told, to whom, and that asking badly hurts nobody."""

import os
import pathlib
import re
import resource
import shutil
import signal
import socket
import subprocess
import time
import unittest

import session
import tap
from session import Refused, connect, wait_for

LABEL = r'[a-z_]+="(?:[^"\\\n]|\\\\|\\"|\\n)*"'
LINE = re.compile(rf"([a-z_]+)(?:\{{({LABEL}(?:,{LABEL})*)\}})? (-?\d+(?:\.\d+)?)")


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def exchange(port, request, timeout=7.0):
    """All that is answered until the other side ends."""
    with socket.create_connection(("127.0.0.1", port), timeout=timeout) as client:
        client.sendall(request)
        answer = b""
        while data := client.recv(65536):
            answer += data
        return answer


def get(port, path="/metrics", host=None, method="GET"):
    answer = exchange(port, f"{method} {path} HTTP/1.1\r\nHost: {host or f'127.0.0.1:{port}'}\r\n\r\n".encode())
    head, _, body = answer.partition(b"\r\n\r\n")
    status, *headers = head.decode().split("\r\n")
    return int(status.split(" ")[1]), dict(line.lower().split(": ", 1) for line in headers), body.decode()


def parse(text):
    """The lines of the text format 0.0.4, strictly: {name: {labels: value}}; each family in one block, with its type."""
    families, types, family = {}, {}, None
    assert text.endswith("\n")
    for line in text[:-1].split("\n"):
        if match := re.fullmatch(r"# HELP ([a-z_]+) (.+)", line):
            assert match[1] not in types, f"{match[1]} comes twice"
            family = match[1]
        elif match := re.fullmatch(r"# TYPE ([a-z_]+) (counter|gauge|summary)", line):
            assert match[1] == family, line
            types[family] = match[2]
        else:
            match = LINE.fullmatch(line)
            assert match, line
            base = match[1].removesuffix("_count") if types[family] == "summary" else match[1]
            assert base == family, line
            assert (types[family] == "counter") == family.endswith("_total"), line
            series = families.setdefault(match[1], {})
            assert match[2] not in series, f"{line} comes twice"
            series[match[2]] = float(match[3])
    return families


class MetricsTest(unittest.TestCase):
    def setUp(self):
        self.session = session.Session(self)
        self.target = self.session.echo_server()
        self.port = free_port()

    def set_port(self, port):
        self.session.call("SetMetrics", "(u)", port)

    def on(self):
        self.set_port(self.port)
        return self.port

    def metrics(self):
        status, headers, body = get(self.port)
        self.assertEqual(status, 200)
        self.assertEqual(headers["content-type"], "text/plain; version=0.0.4; charset=utf-8")
        self.assertEqual(int(headers["content-length"]), len(body.encode()))
        return parse(body)

    def is_listening(self, address="127.0.0.1"):
        try:
            socket.create_connection((address, self.port), timeout=2.0).close()
        except OSError:
            return False
        return True

    def property(self):
        return self.session.call_on(
            session.PATH, "org.freedesktop.DBus.Properties", "Get",
            session.GLib.Variant("(ss)", (session.WORKER1, "MetricsPort")))[0]

    def test_off_until_asked_for(self):
        self.assertEqual(self.session.status()["MetricsPort"], 0)
        self.assertFalse(self.is_listening())
        self.on()
        self.assertEqual((self.session.status()["MetricsPort"], self.property()), (self.port, self.port))
        self.assertEqual(get(self.port)[0], 200)
        self.set_port(0)
        self.assertEqual((self.session.status()["MetricsPort"], self.property()), (0, 0))
        self.assertFalse(self.is_listening())
        events = [(e["What"], e["Result"], e["Detail"]) for e in self.session.events() if e["What"] == "metrics"]
        self.assertEqual(events, [("metrics", "ok", f"127.0.0.1:{self.port}"), ("metrics", "ok", "off")])

    def test_loopback_alone(self):
        self.on()
        for address in ("127.0.0.2", "::1", *self.own_addresses()):
            self.assertFalse(self.is_listening(address), address)

    def own_addresses(self):
        shown = subprocess.run(["ip", "-o", "addr"], capture_output=True, text=True, check=False).stdout
        return [address for address in re.findall(r"inet ([\d.]+)", shown) if not address.startswith("127.")]

    def test_what_is_told(self):
        self.on()
        rule_id, port = self.session.open_forward(
            self.target, Name='a "quoted" \\ name {x="y"}', Audience=["127.0.0.1"])
        client = connect(port)
        self.assertIsNone(connect(port, "127.0.0.2"))
        wait_for("the count", lambda: self.session.rule(rule_id)["BytesOut"] == 5)
        families = self.metrics()
        labels = f'rule="{rule_id}",name="a \\"quoted\\" \\\\ name {{x=\\"y\\"}}"'
        self.assertEqual(families["portolan_rules"]['state="open"'], 1)
        self.assertEqual(families["portolan_rules"]['state="degraded"'], 0)
        self.assertEqual(families["portolan_rule_open"], {labels: 1})
        self.assertEqual(families["portolan_rule_bytes_total"],
                         {labels + ',direction="in"': 5, labels + ',direction="out"': 5})
        self.assertEqual(families["portolan_rule_connections"], {labels: 1})
        self.assertEqual(families["portolan_rule_connections_total"], {labels: 1})
        self.assertEqual(families["portolan_rule_refused_total"], {labels + ',reason="audience"': 1})
        self.assertEqual(families["portolan_rule_target_up"], {labels + f',target="127.0.0.1:{self.target}"': 1})
        target = labels + f',target="127.0.0.1:{self.target}"'
        self.assertEqual(families["portolan_rule_target_bytes_total"],
                         {target + ',direction="in"': 5, target + ',direction="out"': 5})
        self.assertEqual(families["portolan_rule_target_connections"], {target: 1})
        self.assertEqual(families["portolan_rule_target_connections_total"], {target: 1})
        self.assertEqual(families["portolan_rule_target_failures_total"], {target: 0})
        self.assertEqual(families["portolan_rule_target_connections_peak"], {target: 1})
        self.assertEqual(families["portolan_rule_target_connect_seconds_count"], {target: 1})
        self.assertEqual(families["portolan_rule_target_first_byte_seconds_count"], {target: 1})
        self.assertTrue(0 < families["portolan_rule_target_first_byte_seconds"][target + ',quantile="0.99"'] < 1)
        self.assertEqual(families["portolan_rule_connections_peak"], {labels: 1})
        self.assertEqual(families["portolan_rule_connect_seconds_count"], {labels: 1})
        self.assertTrue(0 < families["portolan_rule_connect_seconds"][labels + ',quantile="0.5"'] < 1)
        self.assertEqual(families["portolan_store_ok"], {None: 1})
        self.assertEqual(list(families["portolan_build_info"].values()), [1])
        client.close()

    def test_many_rules(self):
        self.on()
        ids = [self.session.open(**request) for request in [dict(
            Kind="forward", Owner="ann", Purpose="test", Duration=3600, PublicEndpoint="127.0.0.1:0",
            Target=f"127.0.0.1:{self.target}")] * 200]
        self.session.wait_state(ids[-1], "open")
        wait_for("all of them", lambda: self.metrics()["portolan_rules"]['state="open"'] == 200)
        self.assertEqual(len(self.metrics()["portolan_rule_bytes_total"]), 400)

    @unittest.skipUnless(shutil.which("promtool"), "promtool (Debian: prometheus) is not installed")
    def test_prometheus_understands_it(self):
        self.on()
        _, port = self.session.open_forward(self.target, Name="\\ \" ä")
        connect(port).close()
        connect(port, "127.0.0.2").close()
        checked = subprocess.run(["promtool", "check", "metrics"], input=get(self.port)[2], capture_output=True, text=True,
                                 check=False)
        self.assertEqual((checked.returncode, checked.stdout, checked.stderr), (0, "", ""))

    def test_bad_requests(self):
        self.on()
        self.assertEqual(get(self.port, "/")[0], 404)
        status, headers, _ = get(self.port, method="POST")
        self.assertEqual((status, headers["allow"]), (405, "get"))
        self.assertEqual(get(self.port, host="evil.example")[0], 400)
        self.assertEqual(get(self.port, host=f"evil.example:{self.port}")[0], 400)
        self.assertEqual(get(self.port, host=f"localhost:{self.port}")[0], 200)
        self.assertRegex(exchange(self.port, b"\x16\x03\x01" + b"x" * 100 + b"\r\n\r\n"), rb"\AHTTP/1\.1 400 ")
        self.assertRegex(exchange(self.port, b"GET /metrics HTTP/1.1\r\nX: " + b"x" * 9000), rb"\AHTTP/1\.1 400 ")
        # A body that nobody asked for does not take the answer away.
        long_body = b"POST /metrics HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n" % self.port + b"x" * 100000
        self.assertRegex(exchange(self.port, long_body), rb"\AHTTP/1\.1 405 ")
        self.assertEqual(get(self.port)[0], 200)

    def test_slow_ones_are_cut_and_others_wait(self):
        self.on()
        slow = []
        for _ in range(8):
            client = socket.create_connection(("127.0.0.1", self.port), timeout=10.0)
            client.sendall(b"GET /met")
            slow.append(client)
        began = time.monotonic()
        self.assertEqual(get(self.port)[0], 200)  # once the first of them is cut
        self.assertTrue(2.0 < time.monotonic() - began < 6.9, time.monotonic() - began)
        for client in slow:
            self.assertEqual(client.recv(10), b"")
            client.close()

    def test_many_in_a_row_leave_nothing_behind(self):
        self.on()
        get(self.port)
        before = len(os.listdir(f"/proc/{self.session.pid()}/fd"))
        for _ in range(50):
            get(self.port)
            socket.create_connection(("127.0.0.1", self.port)).close()
        wait_for("the descriptors", lambda: len(os.listdir(f"/proc/{self.session.pid()}/fd")) <= before)

    def test_no_descriptor_left(self):
        """Row 21 of the faults: accepting pauses without spinning, and goes on."""
        self.on()
        pid = self.session.pid()
        soft, hard = resource.prlimit(pid, resource.RLIMIT_NOFILE)
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (len(os.listdir(f"/proc/{pid}/fd")), hard))
        client = socket.create_connection(("127.0.0.1", self.port), timeout=5.0)
        client.sendall(f"GET /metrics HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n\r\n".encode())
        before = self.cpu_ticks(pid)
        time.sleep(2.0)
        self.assertLess(self.cpu_ticks(pid) - before, 40)
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (soft, hard))
        self.assertRegex(client.recv(100), rb"\AHTTP/1\.1 200 ")
        client.close()

    @staticmethod
    def cpu_ticks(pid):
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        return int(fields[11]) + int(fields[12])

    def test_port_taken(self):
        self.on()
        with socket.create_server(("127.0.0.1", 0)) as holder:
            with self.assertRaises(Refused) as caught:
                self.set_port(holder.getsockname()[1])
        self.assertEqual(caught.exception.name, "PortTaken")
        self.assertIn("in use already", caught.exception.what)
        self.assertEqual(self.session.status()["MetricsPort"], self.port)
        self.assertEqual(get(self.port)[0], 200)
        self.assertEqual(len([e for e in self.session.events() if e["What"] == "metrics"]), 1)

    def test_not_a_port(self):
        with self.assertRaises(Refused) as caught:
            self.set_port(65536)
        self.assertEqual(caught.exception.name, "Invalid")

    def test_kept_over_a_restart(self):
        self.on()
        self.session.kill(signal.SIGKILL)
        self.session.status()
        self.assertEqual(get(self.port)[0], 200)
        self.set_port(0)
        self.session.kill(signal.SIGTERM)
        self.assertEqual(self.session.status()["MetricsPort"], 0)
        self.assertFalse(self.is_listening())

    def test_taken_at_the_start_is_tried_again(self):
        self.on()
        self.session.kill(signal.SIGTERM)
        with socket.create_server(("127.0.0.1", self.port), reuse_port=False):
            self.assertEqual(self.session.status()["MetricsPort"], 0)
        self.session.turn(wall=61, boot=61)
        wait_for("the port", lambda: self.session.status()["MetricsPort"] == self.port)

    def test_keeps_no_worker_that_is_not_needed(self):
        self.on()
        pid = self.session.pid()
        self.session.bus.close_sync(None)
        wait_for("the end of an idle worker", lambda: not pathlib.Path(f"/proc/{pid}").exists(), 45.0, 0.5)
        self.session.bus = self.session.connect_bus()


if __name__ == "__main__":
    tap.main()

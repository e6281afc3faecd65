# SPDX-License-Identifier: GPL-3.0-or-later
"""Several targets of a rule: what becomes of it as they come and go, and where a name may not lead."""

import os
import pathlib
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import unittest

import session
import tap
from gi.repository import GLib
from session import Refused, connect, is_open, request, wait_for

ENTERED = "PORTOLAN_TEST_TARGETS_ENTERED"


def options(**keys):
    signatures = {int: "t", str: "s", list: "as"}
    return GLib.Variant("a{sv}", {key: GLib.Variant(signatures[type(value)], value) for key, value in keys.items()})


def dead_port(address="127.0.0.1"):
    with socket.create_server((address, 0)) as probe:
        return probe.getsockname()[1]


class NameServer:
    """Says of every name that it leads to one address."""

    def __init__(self, test, address):
        self.address = address
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 53))
        test.addCleanup(self.socket.close)
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self):
        while True:
            try:
                question, source = self.socket.recvfrom(512)
            except OSError:
                return
            end = question.index(b"\0", 12) + 5
            is_a = question[end - 4:end - 2] == b"\0\1"
            answer = b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 5, 4) + socket.inet_aton(self.address)
            self.socket.sendto(question[:2] + b"\x81\x80\0\1" + (b"\0\1" if is_a else b"\0\0") + b"\0\0\0\0"
                               + question[12:end] + (answer if is_a else b""), source)


class TargetsTest(unittest.TestCase):
    def setUp(self):
        self.session = session.Session(self)

    def whats(self, rule_id):
        return [event["What"] for event in self.session.events(rule_id)]

    def serve_at(self, port):
        listener = socket.create_server(("127.0.0.1", port))
        self.session.servers.append(listener)
        threading.Thread(target=session._serve, args=(listener,), daemon=True).start()

    def test_degraded_while_no_target_is_up(self):
        first, second = dead_port(), dead_port()
        rule_id, port = self.session.open_forward(
            first, Options=options(Targets=[f"127.0.0.1:{second}"], HealthInterval=1, HealthTimeout=1, HealthFall=1,
                                   HealthRise=1))
        rule = self.session.wait_state(rule_id, "degraded")
        self.assertIn("None of the 2 targets takes connections.", rule["ErrorMessage"])
        self.assertIn(f"127.0.0.1:{first}", rule["ErrorMessage"])
        self.assertTrue(rule["ErrorAdvice"])
        self.assertEqual(self.whats(rule_id).count("target-down"), 2)
        self.serve_at(second)
        rule = self.session.wait_state(rule_id, "open")
        self.assertEqual(rule["ErrorMessage"], "")
        self.assertTrue(is_open(port))
        self.assertEqual(self.whats(rule_id).count("target-up"), 1)

    def test_one_of_two_is_enough(self):
        target = self.session.echo_server()
        rule_id, port = self.session.open_forward(
            dead_port(), Options=options(Targets=[f"127.0.0.1:{target}"], HealthFall=1))
        for _ in range(3):
            self.assertTrue(is_open(port))
        wait_for("the event", lambda: "target-down" in self.whats(rule_id))
        self.assertEqual(self.session.rule(rule_id)["State"], "open")

    def test_one_target_without_checks_is_as_ever(self):
        rule_id, port = self.session.open_forward(dead_port())
        for _ in range(5):
            self.assertFalse(is_open(port))
        self.assertEqual(self.session.rule(rule_id)["State"], "open")
        self.assertNotIn("target-down", self.whats(rule_id))

    def test_an_edit_leads_elsewhere(self):
        target = self.session.echo_server()
        rule_id, port = self.session.open_forward(
            dead_port(), Options=options(HealthInterval=1, HealthFall=1))
        self.session.wait_state(rule_id, "degraded")
        self.session.call("EditRule", "(sa{sv})", rule_id, request(Target=f"127.0.0.1:{target}"))
        self.session.wait_state(rule_id, "open")
        self.assertTrue(is_open(port))

    def test_living_connections_outlive_their_target(self):
        first, second = self.session.echo_server(), self.session.echo_server()
        rule_id, port = self.session.open_forward(first, Options=options(Targets=[f"127.0.0.1:{second}"]))
        living = [connect(port), connect(port)]
        self.session.call("EditRule", "(sa{sv})", rule_id, request(Options=options(Targets=[])))
        for client in living:
            client.sendall(b"still here")
            self.assertEqual(client.recv(16), b"still here")
            client.close()

    def test_policy_is_asked_of_every_target(self):
        for further, code in (("224.0.0.1:80", "Policy"), ("255.255.255.255:80", "Policy"), ("0.0.0.0:80", "Policy")):
            with self.assertRaises(Refused) as refused:
                self.session.open_forward(self.session.echo_server(), Options=options(Targets=["10.0.0.1:80", further]))
            self.assertIn(code, refused.exception.name)

    def test_restored_with_no_target_up(self):
        rule_id, _ = self.session.open_forward(
            dead_port(), Options=options(HealthInterval=1, HealthTimeout=1, HealthFall=1, HealthRise=1))
        self.session.wait_state(rule_id, "degraded")
        self.session.kill()
        wait_for("the fall after the restart", lambda: self.whats(rule_id).count("target-down") == 2)
        self.session.wait_state(rule_id, "degraded")

    def test_a_name_that_is_pointed_elsewhere(self):
        port = dead_port()
        with socket.create_server(("10.1.1.1", port)) as listener:
            threading.Thread(target=session._serve, args=(listener,), daemon=True).start()
            server = NameServer(self, "10.1.1.1")
            rule_id, listen = self.session.open_forward(0, Target=f"nas.example:{port}")
            living = connect(listen)
            self.assertIsNotNone(living)
            server.address = "169.254.169.254"
            wait_for("the refusal", lambda: not is_open(listen), timeout=15)
            rule = self.session.wait_state(rule_id, "degraded")
            self.assertIn("nas.example leads to 169.254.169.254", rule["ErrorMessage"])
            details = [event["Detail"] for event in self.session.events(rule_id) if event["What"] == "target-down"]
            self.assertEqual(len(details), 1)
            self.assertIn("169.254.169.254", details[0])
            living.sendall(b"left alone")
            self.assertEqual(living.recv(16), b"left alone")
            living.close()
            server.address = "10.1.1.1"
            self.session.wait_state(rule_id, "open", timeout=15)
            self.assertTrue(is_open(listen))


def put_over(path, text):
    file = pathlib.Path(tempfile.mkdtemp()) / "over"
    file.write_text(text)
    file.parent.chmod(0o755)
    subprocess.run(["mount", "--bind", file, path], check=True)


def enter():
    """A network of our own in which names are what the test says."""
    if os.environ.get(ENTERED):
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        subprocess.run(["ip", "address", "add", "10.1.1.1/32", "dev", "lo"], check=True)
        put_over("/etc/resolv.conf", "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n")
        put_over("/etc/nsswitch.conf", "hosts: files dns\npasswd: files\n")
        return
    command = ["unshare", "--net", "--mount", "--propagation", "private"]
    command += [] if os.geteuid() == 0 else ["--map-root-user"]
    probe = subprocess.run(command + ["true"], capture_output=True, text=True, check=False)
    if probe.returncode:
        tap.skip_all("no namespaces can be made here: " + probe.stderr.strip())
    os.execvpe(command[0], command + [sys.executable] + sys.argv, dict(os.environ, **{ENTERED: "1"}))


if __name__ == "__main__":
    enter()
    tap.main()

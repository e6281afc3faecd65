# SPDX-License-Identifier: GPL-3.0-or-later
"""The check of the network on the bus: consent, settings, who waits, who leaves. In a network namespace of its own with
nothing but loopback, so that nobody outside can be asked; tests/rig/test_check.py has whole networks."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import unittest

import session
import tap
from gi.repository import Gio, GLib
from session import Refused, wait_for

ENTERED = "PORTOLAN_CHECK_ENTERED"
PROPERTIES = "org.freedesktop.DBus.Properties"
# Addresses that are nobody's, on a link that leads nowhere.
LOCAL, GATEWAY = "192.0.2.10", "192.0.2.1"


def enter():
    """Runs this program anew in a network namespace of its own; gives why not, where that cannot be."""
    if os.environ.get(ENTERED):
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        return None
    if not shutil.which("unshare") or not shutil.which("ip"):
        return "not installed: unshare, ip"
    command = ["unshare", "--net"] + ([] if os.geteuid() == 0 else ["--map-root-user"])
    probe = subprocess.run(command + ["true"], capture_output=True, text=True, check=False)
    if probe.returncode:
        return "no network namespace can be made here: " + probe.stderr.strip()
    os.execvpe(command[0], command + [sys.executable] + sys.argv, dict(os.environ, **{ENTERED: "1"}))
    return None


def ip(*args):
    subprocess.run(["ip", *args], check=True)


class CheckTest(unittest.TestCase):
    def setUp(self):
        self.session = session.Session(self, worker=session.WORKER)

    def add_network(self):
        """A link with a default route, behind which nobody answers."""
        ip("link", "add", "lan0", "type", "veth", "peer", "name", "lan1")
        self.addCleanup(ip, "link", "del", "lan0")
        ip("addr", "add", f"{LOCAL}/24", "dev", "lan0")
        ip("link", "set", "lan0", "up")
        ip("link", "set", "lan1", "up")
        ip("route", "add", "default", "via", GATEWAY)

    def state(self):
        return self.session.call_on(session.PATH, PROPERTIES, "Get",
                                    GLib.Variant("(ss)", (session.WORKER1, "NetworkCheck")))[0]

    def check(self, **options):
        return self.session.call("CheckNetwork", "(a{sv})", {k: session.variant(v) for k, v in options.items()})[0]

    def set(self, **settings):
        return self.session.call("SetNetworkCheck", "(a{sv})", {k: session.variant(v) for k, v in settings.items()})

    def connect(self):
        """Another program on the bus."""
        return self.session.connect_bus()

    def start_check(self, bus):
        """CheckNetwork by another program; gives the list that its answer will be put into."""
        answers = []

        def done(source, result):
            try:
                answers.append(source.call_finish(result).unpack()[0])
            except GLib.Error as error:
                answers.append(Refused(error))

        bus.call(session.NAME, session.PATH, session.WORKER1, "CheckNetwork", GLib.Variant("(a{sv})", ({},)), None,
                 Gio.DBusCallFlags.NONE, 30000, None, done)
        bus.flush_sync(None)
        return answers

    def turn_until(self, what, condition, timeout=15.0):
        context = GLib.MainContext.default()

        def turned():
            while context.iteration(False):
                pass
            return condition()

        return wait_for(what, turned, timeout)

    # -- the answer --------------------------------------------------------------------------------

    def test_without_a_network(self):
        result = self.check()
        self.assertEqual(result["Verdict"], "no-internet")
        self.assertEqual(result["Reachable"], "no")
        self.assertEqual(result["Gateway"]["Address"], "")
        self.assertEqual(result["Hairpin"], "untested")
        self.assertTrue(result["HairpinReason"])
        self.assertEqual([hop["Kind"] for hop in result["Path"]], ["computer", "internet"])
        self.assertEqual([hop["State"] for hop in result["Path"]], ["trouble", "off"])
        state = self.state()
        self.assertEqual(state["Step"], "")
        self.assertEqual(state["Result"]["Checked"], result["Checked"])
        self.assertFalse(state["Stale"])
        (event,) = [event for event in self.session.events() if event["What"] == "check"]
        self.assertEqual((event["Result"], event["Detail"]), ("ok", "no-internet"))

    def test_result_of_another_network_is_stale(self):
        before = self.check()
        self.assertEqual(self.state()["Verdict"], "no-internet")
        self.add_network()
        wait_for("a stale result", lambda: self.state()["Stale"])
        # The address is there a moment before the way out.
        wait_for("the new way out",
                 lambda: [hop["Kind"] for hop in self.state()["Path"]] == ["computer", "router", "internet"])
        state = self.state()
        self.assertEqual(state["Result"]["Checked"], before["Checked"])
        self.assertEqual(state["Path"][0]["Address"], LOCAL)

    def test_kept_over_a_restart(self):
        before = self.check()
        self.session.kill()
        state = self.state()
        self.assertEqual(state["Result"], before)
        self.assertFalse(state["Stale"])
        # Of another network it is none the less.
        self.session.kill()
        self.add_network()
        wait_for("a stale result", lambda: self.state()["Stale"])
        self.assertEqual(self.state()["Result"], before)

    def test_witnesses_are_kept_too(self):
        """What the internet said holds on for the network that it was said of: the way out is drawn with it."""
        self.add_network()
        self.set(Consent="granted", StunServers=["192.0.2.1:3478"], HttpServers=[])
        before = self.check()
        self.assertTrue(before["Witnesses"])
        path = self.state()["Path"]
        self.session.kill()
        wait_for("the way out as before", lambda: self.state()["Path"] == path, 15)
        self.assertEqual(self.state()["Result"], before)
        self.assertFalse(self.state()["Stale"])

    # -- consent and settings ----------------------------------------------------------------------

    def test_settings_are_kept(self):
        state = self.state()
        self.assertEqual(state["Consent"], "")
        self.assertGreaterEqual(len(state["StunServers"]), 2)
        self.set(Consent="granted", StunServers=["192.0.2.1:3478"], HttpServers=[])
        self.session.kill()
        state = self.state()
        self.assertEqual((state["Consent"], state["StunServers"], state["HttpServers"]),
                         ("granted", ["192.0.2.1:3478"], []))
        self.set(Consent="refused")
        self.assertEqual(self.state()["StunServers"], ["192.0.2.1:3478"])
        events = [event["Detail"] for event in self.session.events() if event["What"] == "check-settings"]
        self.assertEqual(len(events), 2)
        self.assertIn("granted", events[0])

    def test_wrong_settings_change_nothing(self):
        before = self.state()
        for settings in ({"Consent": "perhaps"}, {"StunServers": ["a b"]}, {"StunServers": ["x"] * 9},
                         {"HttpServers": ["ftp://example.net"]}, {"HttpServers": ["http://ann@example.net"]},
                         {"Colour": "red"}, {"Consent": True}, {"StunServers": ["x" * 600]},
                         {"Consent": "granted", "HttpServers": ["no"]}):
            with self.assertRaises(Refused) as caught:
                self.set(**settings)
            self.assertEqual(caught.exception.name, "Invalid", settings)
        self.assertEqual(self.state(), before)

    def test_wrong_options(self):
        for options in ({"Hairpin": "no"}, {"Speed": True}):
            with self.assertRaises(Refused) as caught:
                self.check(**options)
            self.assertEqual(caught.exception.name, "Invalid")

    def test_servers_are_asked_with_consent_alone(self):
        """The witness here is this computer itself: its address is no public one, and is not taken for one."""
        self.add_network()
        listener = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.addCleanup(listener.close)
        listener.bind((LOCAL, 0))
        listener.setblocking(False)
        self.set(StunServers=[f"{LOCAL}:{listener.getsockname()[1]}"], HttpServers=[])
        result = self.check()
        self.assertFalse(result["Asked"])
        self.assertEqual(result["Witnesses"], [])
        with self.assertRaises(BlockingIOError):
            listener.recv(64)
        self.set(Consent="granted")
        result = self.check()
        self.assertTrue(result["Asked"])
        (witness,) = result["Witnesses"]
        self.assertEqual((witness["Kind"], witness["Address"]), ("stun", ""))
        self.assertTrue(witness["Error"])
        requests = []
        try:
            while True:
                requests.append(listener.recv(64))
        except BlockingIOError:
            pass
        self.assertEqual(len(requests), 4)  # at first, and again after 500, 1000 and 2000 ms
        self.assertEqual({len(request) for request in requests}, {20})
        self.assertEqual(len(set(requests)), 1)

    # -- who waits ---------------------------------------------------------------------------------

    def test_two_wait_for_one_check(self):
        self.add_network()
        first, second = self.start_check(self.connect()), self.start_check(self.connect())
        self.turn_until("both answers", lambda: first and second)
        self.assertEqual(first[0]["Checked"], second[0]["Checked"])
        self.assertEqual(len([event for event in self.session.events() if event["What"] == "check"]), 1)

    def test_cancel(self):
        self.add_network()
        bus = self.connect()
        answers = self.start_check(bus)
        wait_for("the check", lambda: self.state()["Step"])
        begun = time.monotonic()
        bus.call_sync(session.NAME, session.PATH, session.WORKER1, "CancelNetworkCheck", None, None,
                      Gio.DBusCallFlags.NONE, 5000, None)
        self.turn_until("the answer", lambda: answers, 1.0)
        self.assertEqual(answers[0].name, "Cancelled")
        wait_for("the end of the check", lambda: not self.state()["Step"], 2.0)
        self.assertLess(time.monotonic() - begun, 2.0)
        self.assertNotIn("Result", self.state())
        self.check(Hairpin=False)

    def test_caller_that_leaves_ends_the_check(self):
        self.add_network()
        child = subprocess.Popen(["gdbus", "call", "--session", "--dest", session.NAME, "--object-path", session.PATH,
                                  "--method", f"{session.WORKER1}.CheckNetwork", "{}"], env=self.session.env,
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for("the check", lambda: self.state()["Step"])
        child.send_signal(signal.SIGKILL)
        child.wait()
        wait_for("the end of the check", lambda: not self.state()["Step"], 2.0)
        self.assertNotIn("Result", self.state())

    def test_check_goes_on_while_another_waits(self):
        self.add_network()
        leaving, staying = self.connect(), self.connect()
        left = self.start_check(leaving)
        stayed = self.start_check(staying)
        wait_for("the check", lambda: self.state()["Step"])
        leaving.call_sync(session.NAME, session.PATH, session.WORKER1, "CancelNetworkCheck", None, None,
                          Gio.DBusCallFlags.NONE, 5000, None)
        self.turn_until("both answers", lambda: left and stayed)
        self.assertEqual(left[0].name, "Cancelled")
        self.assertIn("Verdict", stayed[0])


if __name__ == "__main__":
    reason = enter()
    if reason:
        tap.skip_all(reason)
    tap.main()

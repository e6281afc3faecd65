# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks of the exposure by the real worker and portolanctl, in a network namespace of the test's own: this computer with
a cable to nowhere, and real sockets on it. tests/rig/test_exposure.py has a router and a home around it."""

import contextlib
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import unittest

import session
import tap
import test_check
from gi.repository import Gio, GLib
from session import Refused, wait_for

CTL = session.BUILD / "src/cli/portolanctl"
PROPERTIES = "org.freedesktop.DBus.Properties"
HERE, HERE6, OTHER = "192.0.2.10", "fd00:db8::10", "192.0.2.20"
SERVER = """
import socket, time
sock = socket.socket()
sock.bind(("{}", 0))
sock.listen()
print(sock.getsockname()[1], flush=True)
while True:
    sock.accept()[0].close()
"""


def listen(address, port=0, family=socket.AF_INET, kind=socket.SOCK_STREAM, both=False):
    sock = socket.socket(family, kind)
    if family == socket.AF_INET6:
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, not both)
    sock.bind((address, port))
    if kind == socket.SOCK_STREAM:
        sock.listen()
    return sock


def answers(address, port):
    try:
        socket.create_connection((address, port), 1).close()
        return True
    except OSError:
        return False


class Case(unittest.TestCase):
    worker = session.WORKER

    def setUp(self):
        self.session = session.Session(self, worker=self.worker)

    def add_network(self):
        """A link with addresses, behind which nobody is."""
        test_check.ip("link", "add", "lan0", "type", "veth", "peer", "name", "lan1")
        # It may have gone already, with the namespace that has its other end.
        self.addCleanup(subprocess.run, ["ip", "link", "del", "lan0"], stderr=subprocess.DEVNULL, check=False)
        test_check.ip("addr", "add", f"{HERE}/24", "dev", "lan0")
        test_check.ip("addr", "add", f"{HERE6}/64", "dev", "lan0", "nodad")
        test_check.ip("link", "set", "lan0", "up")
        test_check.ip("link", "set", "lan1", "up")

    def keep(self, sock):
        self.addCleanup(sock.close)
        return sock.getsockname()[1]

    def ctl(self, *args):
        return subprocess.run([str(CTL), "check", "exposure", *args], env=self.session.env, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, check=False, timeout=60)

    def check(self, *args, code=None):
        """Gives the report, and its findings by protocol and port, as lists."""
        done = self.ctl("--json", *args)
        self.assertIn(done.returncode, (0, 1) if code is None else (code,), done.stderr)
        self.assertEqual(done.stderr, "")
        whole = json.loads(done.stdout)
        found = {}
        for finding in whole["findings"]:
            end = finding["endpoint"]
            found.setdefault((end["protocol"], end["port"]), []).append(finding)
        return whole["report"], found

    def seen(self, finding):
        return {sighting["vantage"]: sighting["state"] for sighting in finding["seen"]}

    def state(self):
        return self.session.call_on(session.PATH, PROPERTIES, "Get",
                                    GLib.Variant("(ss)", (session.WORKER1, "ExposureCheck")))[0]

    def events(self, what):
        return [event for event in self.session.events() if event["What"] == what]


class ExposureTest(Case):
    def test_listeners(self):
        self.add_network()
        wide = self.keep(listen("0.0.0.0"))
        here = self.keep(listen(HERE))
        inside = self.keep(listen("127.0.0.1"))
        report, found = self.check()
        self.assertEqual(report["vantages"], ["machine", "lan"])
        self.assertLessEqual(report["started_at"], report["finished_at"])
        (finding,) = found["tcp", wide]
        self.assertEqual(finding["endpoint"], {"address": "0.0.0.0", "port": wide, "protocol": "tcp"})
        self.assertEqual(finding["listening"]["pid"], os.getpid())
        self.assertEqual(finding["listening"]["address"], "0.0.0.0")
        self.assertTrue(finding["listening"]["process"].startswith("python"))
        self.assertIsNone(finding["declared"])
        self.assertEqual(finding["forwarded"], [])
        self.assertEqual(self.seen(finding), {"machine": "open", "lan": "open"})
        self.assertEqual(finding["reach"], "lan")
        self.assertTrue(finding["evidence"])
        (finding,) = found["tcp", here]
        self.assertEqual(self.seen(finding), {"machine": "open", "lan": "open"})
        (finding,) = found["tcp", inside]
        self.assertEqual((finding["reach"], finding["severity"]), ("machine", "info"))
        self.assertEqual(self.seen(finding), {"machine": "open"})
        (event,) = self.events("check-exposure")
        self.assertEqual(event["Result"], "ok")
        self.assertTrue(event["Detail"].startswith("machine, lan: "))

    def test_both_families_are_two(self):
        self.add_network()
        both = self.keep(listen("::", family=socket.AF_INET6, both=True))
        alone = self.keep(listen("::", family=socket.AF_INET6))
        _, found = self.check()
        self.assertEqual(sorted(finding["endpoint"]["address"] for finding in found["tcp", both]), ["0.0.0.0", "::"])
        for finding in found["tcp", both]:
            self.assertEqual(self.seen(finding)["lan"], "open", finding)
        self.assertEqual([finding["endpoint"]["address"] for finding in found["tcp", alone]], ["::"])

    def test_used_by_this_machine_alone(self):
        self.add_network()
        inside, outside, idle = (listen("0.0.0.0") for _ in range(3))
        ports = [self.keep(sock) for sock in (inside, outside, idle)]
        self.addCleanup(socket.create_connection(("127.0.0.1", ports[0])).close)
        self.addCleanup(socket.create_connection((HERE, ports[1])).close)
        _, found = self.check()
        for port, told in zip(ports, (True, True, False)):
            self.assertEqual("only this computer itself uses it" in found["tcp", port][0]["evidence"], told, port)

    def web_server(self, address):
        """Python's own, of which everybody may read everything. Gives its port."""
        sock = listen(address)
        port = sock.getsockname()[1]
        sock.close()
        server = subprocess.Popen([sys.executable, "-m", "http.server", str(port), "--bind", address], cwd=self.session.dir,
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(server.wait)
        self.addCleanup(server.kill)
        wait_for("the web server", lambda: answers(address, port))
        return port

    def test_what_answers(self):
        self.add_network()
        port = self.web_server(HERE)
        _, found = self.check()
        (finding,) = found["tcp", port]
        self.assertEqual((finding["service"], finding["auth"]), ("http", "open"))
        self.assertIn("Python", finding["product"])
        self.assertTrue(finding["version"].startswith("3."))
        self.assertIsNone(finding["tls"])
        self.assertIn("It asks for no login.", finding["evidence"])

    def test_what_answers_behind_a_rule_for_others(self):
        """This computer may not come in to it; what is behind it is known all the same."""
        self.add_network()
        port = self.web_server("127.0.0.1")
        rule, outside = self.session.open_forward(port, PublicEndpoint=f"{HERE}:0", Audience=["203.0.113.0/24"])
        _, found = self.check()
        (finding,) = [one for one in found["tcp", outside] if one["declared"] == rule]
        self.assertEqual((finding["service"], finding["auth"]), ("http", "open"))
        (inside,) = [one for one in found["tcp", port] if one["endpoint"]["address"] == "127.0.0.1"]
        self.assertEqual((inside["severity"], self.seen(inside)), ("info", {"machine": "open"}))

    def test_vantage(self):
        self.add_network()
        port = self.keep(listen("0.0.0.0"))
        report, found = self.check("--vantage", "machine")
        self.assertEqual(report["vantages"], ["machine"])
        self.assertEqual(self.seen(found["tcp", port][0]), {"machine": "open"})
        done = self.ctl("--vantage", "moon")
        self.assertEqual(done.returncode, 2)
        self.assertIn("moon", done.stderr)

    def test_without_a_network(self):
        port = self.keep(listen("0.0.0.0"))
        report, found = self.check()
        self.assertIn("no address in a home network", " ".join(report["notes"]))
        self.assertEqual(self.seen(found["tcp", port][0]), {"machine": "open"})

    def test_what_a_rule_declares_is_the_rules(self):
        self.add_network()
        target = self.session.echo_server()
        rule, port = self.session.open_forward(target, PublicEndpoint=f"{HERE}:0")
        _, found = self.check()
        # The target may have been given the same port, at loopback.
        (finding,) = [one for one in found["tcp", port] if one["endpoint"]["address"] == HERE]
        self.assertEqual(finding["declared"], rule)
        self.assertEqual(finding["listening"]["pid"], self.session.pid())
        self.assertEqual(self.seen(finding), {"machine": "open", "lan": "open"})
        self.assertIn("rule of yours", finding["evidence"])

    def test_exit_code_follows_the_severity(self):
        self.add_network()
        self.keep(listen("0.0.0.0"))
        self.check("--severity", "high", code=0)
        self.check("--severity", "low", code=1)
        self.assertEqual(self.ctl("--severity", "worst").returncode, 2)

    def test_text(self):
        self.add_network()
        port = self.keep(listen("0.0.0.0"))
        inside = self.keep(listen("127.0.0.1"))
        done = self.ctl()
        self.assertIn("0 ports are open to the internet.", done.stdout)
        self.assertIn(f"{port}/tcp", done.stdout)
        self.assertIn("Every device in your home network can reach it.", done.stdout)
        self.assertNotIn(f"{inside}/tcp", done.stdout)
        self.assertIn("--all shows", done.stdout)
        self.assertIn(f"{inside}/tcp", self.ctl("--all").stdout)

    # -- who waits, who leaves -----------------------------------------------------------------------

    def start(self, bus, options=None):
        answers = []

        def done(source, result):
            try:
                answers.append(source.call_finish(result).unpack()[0])
            except GLib.Error as error:
                answers.append(Refused(error))

        bus.call(session.NAME, session.PATH, session.WORKER1, "CheckExposure", GLib.Variant("(a{sv})", (options or {},)),
                 None, Gio.DBusCallFlags.NONE, 30000, None, done)
        bus.flush_sync(None)
        return answers

    def turn_until(self, what, condition, timeout=20.0):
        context = GLib.MainContext.default()

        def turned():
            while context.iteration(False):
                pass
            return condition()

        return wait_for(what, turned, timeout)

    def block(self):
        """A listener whose queue is full: whoever looks at it waits until the look's time is over."""
        sock = socket.socket()
        sock.bind((HERE, 0))
        sock.listen(0)
        self.addCleanup(sock.close)
        for _ in range(3):
            client = socket.socket()
            client.setblocking(False)
            client.connect_ex(sock.getsockname())
            self.addCleanup(client.close)
        return sock.getsockname()[1]

    def test_two_wait_for_one(self):
        self.add_network()
        port = self.block()
        one, two = self.session.connect_bus(), self.session.connect_bus()
        first, second = self.start(one), self.start(two)
        self.turn_until("it running", lambda: self.state()["State"] == "running")
        third = self.start(self.session.connect_bus(), {"Vantages": GLib.Variant("as", ["machine"])})
        self.turn_until("it refused", lambda: third)
        self.assertEqual(third[0].name, "Busy")
        self.turn_until("both answers", lambda: first and second)
        self.assertEqual(first, second)
        self.assertEqual(len(self.events("check-exposure")), 1)
        state = self.state()
        self.assertEqual((state["State"], state["LastReport"]), ("idle", first[0]))
        findings = self.session.call("GetExposureReport", "(s)", first[0])[1]
        (finding,) = [one for one in findings if one["Port"] == port]
        (look,) = [sighting for sighting in finding["Seen"] if sighting["Vantage"] == "lan"]
        self.assertEqual(look["State"], "filtered")

    def test_cancel(self):
        self.add_network()
        self.block()
        bus = self.session.connect_bus()
        answers = self.start(bus)
        self.turn_until("it looking", lambda: self.state()["Phase"] == "looking")
        bus.call_sync(session.NAME, session.PATH, session.WORKER1, "CancelExposureCheck", None, None,
                      Gio.DBusCallFlags.NONE, 5000, None)
        self.turn_until("the answer", lambda: answers)
        self.assertEqual(answers[0].name, "Cancelled")
        self.turn_until("its end", lambda: self.state()["State"] == "idle", 2.0)
        self.assertEqual(self.state()["LastReport"], "")
        self.assertEqual(self.events("check-exposure"), [])

    def test_interrupted_portolanctl_leaves_nothing(self):
        self.add_network()
        self.block()
        child = subprocess.Popen([str(CTL), "check", "exposure"], env=self.session.env, stdin=subprocess.DEVNULL,
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        wait_for("it looking", lambda: self.state()["Phase"] == "looking")
        child.send_signal(signal.SIGINT)
        child.communicate(timeout=5)
        self.assertNotEqual(child.returncode, 0)
        wait_for("its end", lambda: self.state()["State"] == "idle", 2.0)
        self.assertEqual(self.state()["LastReport"], "")

    def test_bad_requests(self):
        for options in ({"Vantages": GLib.Variant("s", "lan")}, {"Depth": GLib.Variant("x", 1)},
                        {"Vantages": GLib.Variant("as", ["moon"])}):
            with self.assertRaises(Refused) as caught:
                self.session.call("CheckExposure", "(a{sv})", options)
            self.assertEqual(caught.exception.name, "Invalid")
        for wanted in ("", "nothing"):
            with self.assertRaises(Refused) as caught:
                self.session.call("GetExposureReport", "(s)", wanted)
            self.assertEqual(caught.exception.name, "NotFound")


def answers(host, port):
    try:
        socket.create_connection((host, port), 1).close()
    except OSError:
        return False
    return True


class AddressTest(Case):
    """Addresses that are named, ports that are named, and sweeps."""

    def add_other(self):
        """Another machine on the cable: the far end of it, in a network namespace of its own."""
        self.add_network()
        self.other = subprocess.Popen(["unshare", "--net", "sleep", "infinity"])
        self.addCleanup(self.end_other)
        wait_for("its namespace", lambda: os.stat(f"/proc/{self.other.pid}/ns/net").st_ino != os.stat("/proc/self/ns/net").st_ino)
        test_check.ip("link", "set", "lan1", "netns", str(self.other.pid))
        inside = ["nsenter", "-t", str(self.other.pid), "-n"]
        for command in (("addr", "add", f"{OTHER}/24", "dev", "lan1"), ("link", "set", "lan1", "up"), ("link", "set", "lo", "up")):
            subprocess.run([*inside, "ip", *command], check=True)
        server = subprocess.Popen([*inside, sys.executable, "-c", SERVER.format(OTHER)], stdout=subprocess.PIPE)
        self.addCleanup(server.stdout.close)
        self.addCleanup(server.wait)
        self.addCleanup(server.kill)
        return int(server.stdout.readline())

    def end_other(self):
        self.other.kill()
        self.other.wait()

    def test_another_ones_needs_a_confirmation(self):
        port = self.add_other()
        asked = ("--address", OTHER, "--ports", f"{port},9")
        done = self.ctl(*asked)
        self.assertEqual(done.returncode, 3, done.stdout)
        self.assertIn("not known to be yours", done.stderr)
        self.assertIn("--confirm-mine", done.stderr)
        self.assertEqual(self.events("check-other-address"), [])
        report, found = self.check(*asked, "--confirm-mine")
        (event,) = self.events("check-other-address")
        self.assertEqual(event["Detail"], OTHER)
        self.assertEqual((report["address"], report["vantages"]), (OTHER, ["lan"]))
        (finding,) = found["tcp", port]
        self.assertEqual(finding["endpoint"]["address"], OTHER)
        self.assertEqual((self.seen(finding), finding["listening"]), ({"lan": "open"}, None))
        (shut,) = found["tcp", 9]
        self.assertEqual((self.seen(shut), shut["severity"]), ({"lan": "closed"}, "info"))
        self.assertEqual(len(found), 2)

    def test_sweep_of_another(self):
        port = self.add_other()
        _, found = self.check("--address", OTHER, "--confirm-mine")
        self.assertEqual(list(found), [("tcp", port)])

    def test_datagrams_beside(self):
        """A name server on a port where nobody sweeps for datagrams: what answers by TCP tells to ask there."""
        self.add_other()
        server = subprocess.Popen(["nsenter", "-t", str(self.other.pid), "-n", "dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null",
                                   "--pid-file=", "--user=root", "--no-resolv", "--no-hosts", "--address=/#/192.0.2.9",
                                   f"--listen-address={OTHER}", "--bind-interfaces", "--port=15353"])
        self.addCleanup(server.wait)
        self.addCleanup(server.kill)
        wait_for("the name server", lambda: answers(OTHER, 15353))
        _, found = self.check("--address", OTHER, "--confirm-mine", "--ports", "15353")
        for protocol in ("tcp", "udp"):
            (finding,) = found[protocol, 15353]
            self.assertEqual((finding["service"], finding["product"], finding["auth"]), ("dns", "dnsmasq", "open"))
            self.assertEqual(self.seen(finding), {"lan": "open"})

    def test_what_is_nobodys_is_refused(self):
        self.add_network()
        for address in ("0.0.0.0", "::", "224.0.0.1", "ff02::1", "255.255.255.255", "192.0.2.255", "169.254.169.254",
                        "::ffff:169.254.169.254", "fd00:ec2::254"):
            done = self.ctl("--address", address, "--confirm-mine", "--ports", "80")
            self.assertEqual(done.returncode, 3, (address, done.stderr))
        self.assertEqual(self.events("check-other-address"), [])
        for wrong in (("--address", "localhost"), ("--address", "192.0.2"), ("--ports", "0"), ("--ports", "80-70"),
                      ("--ports", "80,x")):
            self.assertEqual(self.ctl(*wrong).returncode, 2, wrong)

    def test_own_address_needs_none(self):
        self.add_network()
        port, inside = self.keep(listen("0.0.0.0")), self.keep(listen("127.0.0.1"))
        report, found = self.check("--address", HERE, "--ports", f"{port},9")
        self.assertIsNone(report["address"])
        (finding,) = found["tcp", port]
        self.assertEqual(finding["listening"]["pid"], os.getpid())
        self.assertEqual(self.seen(found["tcp", 9][0]), {"machine": "closed", "lan": "closed"})
        _, found = self.check("--address", "127.0.0.1", "--ports", str(inside))
        self.assertEqual(self.seen(found["tcp", inside][0]), {"machine": "open", "lan": "open"})
        self.assertEqual(self.events("check-other-address"), [])

    def test_sweep_of_this_machine(self):
        self.add_network()
        port = self.keep(listen("0.0.0.0"))
        _, found = self.check("--sweep")
        self.assertEqual(self.seen(found["tcp", port][0]), {"machine": "open", "lan": "open"})
        self.assertNotIn(("tcp", 9), found)

    def test_sweep_is_stopped_and_gone_on_with(self):
        """The far end of the cable is switched off: every port is silence, and a sweep takes long."""
        self.add_network()
        child = subprocess.Popen([str(CTL), "check", "exposure", "--address", OTHER, "--confirm-mine"], env=self.session.env,
                                 stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        subprocess.run(["ip", "neigh", "replace", OTHER, "lladdr", "02:00:00:00:00:99", "dev", "lan0"], check=True)
        far = wait_for("it on its way", lambda: self.state()["Phase"] == "sweeping" and self.state()["Done"])
        child.send_signal(signal.SIGINT)
        child.wait(10)
        wait_for("its end", lambda: self.state()["State"] == "idle")
        self.assertEqual(self.state()["LastReport"], "")
        again = subprocess.Popen([str(CTL), "check", "exposure", "--address", OTHER, "--confirm-mine"], env=self.session.env,
                                 stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(again.wait)
        self.addCleanup(again.kill)
        first = wait_for("it going on", lambda: self.state()["Phase"] == "sweeping" and self.state()["Done"])
        self.assertGreaterEqual(first, far)


class Window:
    """Stands in for the window: takes what the bus asks applications for (Desktop Entry Specification, D-Bus activation)."""

    XML = """<node><interface name="org.freedesktop.Application"><method name="ActivateAction">
<arg type="s" direction="in"/><arg type="av" direction="in"/><arg type="a{sv}" direction="in"/></method></interface></node>"""

    def __init__(self, address):
        self.actions = []
        ready = threading.Event()
        threading.Thread(target=self._run, args=(address, ready), daemon=True).start()
        ready.wait(5)

    def _run(self, address, ready):
        context = GLib.MainContext()
        context.push_thread_default()
        flags = Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION
        self.bus = Gio.DBusConnection.new_for_address_sync(address, flags, None, None)
        self.bus.set_exit_on_close(False)
        interface = Gio.DBusNodeInfo.new_for_xml(self.XML).interfaces[0]
        self.bus.register_object("/io/github/portolan/Portolan", interface, self._called, None, None)
        self.bus.call_sync("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "RequestName",
                           GLib.Variant("(su)", ("io.github.portolan.Portolan", 0)), None, Gio.DBusCallFlags.NONE, 5000, None)
        ready.set()
        GLib.MainLoop.new(context, False).run()

    def _called(self, _bus, _sender, _path, _interface, _method, arguments, invocation):
        self.actions.append(arguments.unpack()[0])
        invocation.return_value(None)


class TimeTest(Case):
    """With a clock that turns, and a notification server of the test's own."""

    worker = session.TEST_WORKER

    def setUp(self):
        super().setUp()
        import test_notices
        self.server = test_notices.Server(self.session.env["DBUS_SESSION_BUS_ADDRESS"])

    def set(self, **settings):
        self.session.call("SetExposureCheck", "(a{sv})", {key: session.variant(value) for key, value in settings.items()})

    def reports(self):
        return self.session.call("ListExposureReports")[0]

    def wait_reports(self, n):
        return wait_for(f"{n} reports", lambda: len(self.reports()) == n and self.reports(), 20.0)

    def test_daily(self):
        self.add_network()
        self.keep(listen("0.0.0.0"))
        self.set(Schedule="daily")
        state = self.state()
        self.assertEqual(state["Schedule"], "daily")
        self.assertGreater(state["NextCheck"], 0)
        self.session.turn(wall=60, boot=60)
        self.wait_reports(1)
        self.assertEqual(self.server.shown, {})  # the first report has no news
        self.session.turn(wall=23 * 3600, boot=23 * 3600)
        self.assertEqual(len(self.reports()), 1)
        port = self.keep(listen("0.0.0.0"))
        # A suspend over three days is one check, not three.
        self.session.turn(wall=3 * 86400, boot=3 * 86400)
        (last, _) = self.wait_reports(2)
        self.assertEqual((last["AskedBy"], last["News"]), ("schedule", 1))
        self.assertGreater(self.state()["NextCheck"], last["Finished"] + 86000)
        wait_for("the notice", lambda: len(self.server.shown) == 1)
        (notice,) = self.server.shown.values()
        self.assertIn("1 port", notice["summary"])
        self.assertIn(f"{port}/tcp", notice["body"])
        self.assertIn("default", notice["actions"][0::2])
        # Pressing it shows the page, in the window that the bus finds.
        window = Window(self.session.env["DBUS_SESSION_BUS_ADDRESS"])
        self.server.press(1, "default")
        wait_for("the window", lambda: window.actions == ["show-exposure"])
        # It is told once.
        self.session.turn(wall=86400, boot=86400)
        self.wait_reports(3)
        self.assertEqual(len(self.server.shown), 1)
        self.assertEqual(len(self.events("check-exposure")), 3)

    def test_schedule_outlives_the_worker(self):
        self.add_network()
        self.set(Schedule="weekly", OnNetworkChange=True, Consent=GLib.Variant("a{sb}", {"relay": True, "shodan": False}))
        self.session.kill()
        state = self.state()
        self.assertEqual((state["Schedule"], state["OnNetworkChange"]), ("weekly", True))
        self.assertEqual(state["Consent"], {"relay": True, "shodan": False})
        (event,) = self.events("set-exposure")
        self.assertIn("weekly", event["Detail"])
        for wrong in ({"Schedule": "hourly"}, {"Depth": 3}, {"Consent": GLib.Variant("a{sb}", {"moon": True})}):
            with self.assertRaises(Refused) as caught:
                self.set(**wrong)
            self.assertEqual(caught.exception.name, "Invalid")

    def test_clock_set_back_puts_it_off_no_longer_than_a_day(self):
        self.add_network()
        self.set(Schedule="daily")
        self.session.turn(wall=60, boot=60)
        self.wait_reports(1)
        self.session.turn(wall=-365 * 86400)
        self.assertEqual(len(self.reports()), 1)
        self.session.turn(wall=86400 + 60, boot=86400 + 60)
        self.wait_reports(2)

    def test_accepted_until(self):
        self.add_network()
        port = self.keep(listen("0.0.0.0"))
        key = f"tcp/0.0.0.0:{port}"
        self.check("--severity", "low", code=1)
        done = self.ctl("--accept", key, "--for", "2h", "--reason", "the demo")
        self.assertEqual(done.returncode, 0, done.stderr)
        report, found = self.check("--severity", "low", code=0)
        self.assertEqual(report["counts"]["accepted"], 1)
        self.assertEqual(found["tcp", port][0]["accepted_reason"], "the demo")
        self.assertNotIn(f"{port}/tcp", self.ctl().stdout)
        self.session.kill()
        last = json.loads(self.ctl("--report", "last", "--json").stdout)
        self.assertEqual(last["report"]["counts"]["accepted"], 1)
        (event,) = self.events("accept-finding")
        self.assertIn(key, event["Detail"])
        self.assertIn("the demo", event["Detail"])
        self.session.turn(wall=2 * 3600 + 60, boot=2 * 3600 + 60)
        self.check("--severity", "low", code=1)

    def test_accept_is_taken_back(self):
        self.add_network()
        port = self.keep(listen("0.0.0.0"))
        key = f"tcp/0.0.0.0:{port}"
        self.check()
        changes = self.state()["Changes"]
        self.ctl("--accept", key, "--for", "2h", "--reason", "the demo")
        self.assertNotEqual(self.state()["Changes"], changes)
        self.assertEqual(self.ctl("--report", "last", "--severity", "low").returncode, 0)
        done = self.ctl("--unaccept", key, "--json")
        self.assertEqual(json.loads(done.stdout)["result"], "unaccepted")
        self.assertEqual(self.ctl("--report", "last", "--severity", "low").returncode, 1)

    def test_what_cannot_be_accepted(self):
        self.add_network()
        port = self.keep(listen("0.0.0.0"))
        key = f"tcp/0.0.0.0:{port}"
        self.check()
        now = int(self.session.status()["Started"])
        for wanted, until, reason, name in ((key, now + 60, "", "Invalid"), (key, now + 60, "a\nb", "Invalid"),
                                            (key, now - 60, "x", "Invalid"), (key, now + 400 * 86400, "x", "Invalid"),
                                            ("tcp/0.0.0.0:1", now + 60, "x", "NotFound")):
            with self.assertRaises(Refused) as caught:
                self.session.call("AcceptFinding", "(sxs)", wanted, until, reason)
            self.assertEqual(caught.exception.name, name, (wanted, until, reason))
        self.assertEqual(self.ctl("--accept", key, "--for", "2h").returncode, 2)
        self.assertEqual(self.ctl("--accept", key, "--reason", "x").returncode, 2)
        self.assertEqual(self.ctl("--accept", key, "--diff").returncode, 2)

    def test_history_and_difference(self):
        self.add_network()
        gone = listen("0.0.0.0")
        old = self.keep(gone)
        first, _ = self.check()
        done = self.ctl("--diff")
        self.assertEqual(done.returncode, 5, done.stdout)
        gone.close()
        new = self.keep(listen("0.0.0.0"))
        second, found = self.check()
        self.assertEqual(found["tcp", new][0]["news"], "new")
        other = json.loads(self.ctl("--diff", "--json").stdout)["findings"]
        self.assertEqual({(finding["endpoint"]["port"], finding["news"]) for finding in other}, {(new, "new"), (old, "gone")})
        self.assertEqual(self.ctl("--diff", "--severity", "low").returncode, 1)
        self.assertEqual(self.ctl("--diff", "--severity", "high").returncode, 0)
        history = json.loads(self.ctl("--history", "--json").stdout)["reports"]
        self.assertEqual([report["id"] for report in history], [second["id"], first["id"]])
        before = json.loads(self.ctl("--report", first["id"][:8], "--json").stdout)
        self.assertIn(old, [finding["endpoint"]["port"] for finding in before["findings"]])
        self.assertEqual(self.ctl("--report", "00000000").returncode, 5)

    def test_damaged_report(self):
        """It is said in words, the others are told, and nothing is thrown away."""
        self.add_network()
        self.keep(listen("0.0.0.0"))
        first, _ = self.check()
        second, _ = self.check()
        self.damage("findings", second["id"])
        done = self.ctl("--report", second["id"])
        self.assertEqual((done.returncode, done.stderr), (
            1, "portolanctl: What is kept of this report is damaged. Check again: that makes a new one.\n"))
        self.assertIn(self.ctl("--report", first["id"]).returncode, (0, 1))
        self.assertEqual(json.loads(self.ctl("--report", first["id"], "--json").stdout)["report"]["id"], first["id"])
        self.assertEqual([report["id"] for report in self.reports_of("--history")], [second["id"], first["id"]])
        self.assertEqual(self.damage("head", second["id"]), 2)
        self.assertEqual([report["id"] for report in self.reports_of("--history")], [first["id"]])

    def damage(self, column, report):
        """Gives how many reports are kept."""
        self.session.kill()
        with contextlib.closing(sqlite3.connect(self.session.state / "portolan.db")) as store:
            store.execute(f"UPDATE report SET {column} = 'x' WHERE id = ?", (report,))
            store.commit()
            return store.execute("SELECT COUNT(*) FROM report").fetchone()[0]

    def reports_of(self, option):
        return json.loads(self.ctl(option, "--json").stdout)["reports"]

    def test_export(self):
        self.add_network()
        port = self.keep(listen("0.0.0.0"))
        for end, word in ((".html", f"{port}/tcp"), (".csv", f",{port},tcp,"), (".json", f'"port" : {port}')):
            path = self.session.dir / f"report{end}"
            done = self.ctl("--export", str(path))
            self.assertIn(done.returncode, (0, 1), done.stderr)
            self.assertIn(word, path.read_text())
            self.assertEqual(path.stat().st_mode & 0o777, 0o600)
        self.assertEqual(self.ctl("--export", "report.pdf").returncode, 2)
        self.assertEqual(self.ctl("--export", "/nonexistent/report.csv").returncode, 1)

    def test_schedule_by_portolanctl(self):
        done = self.ctl("--schedule", "daily", "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        answer = json.loads(done.stdout)
        self.assertEqual((answer["schedule"], answer["on_network_change"]), ("daily", False))
        self.assertTrue(answer["next_check_at"].endswith("Z"))
        self.assertIn("not checked by itself", self.ctl("--schedule", "off").stdout)
        self.assertEqual(self.ctl("--schedule", "hourly").returncode, 2)

    def test_sixty_are_kept(self):
        for _ in range(62):
            self.session.call("CheckExposure", "(a{sv})", {"Vantages": GLib.Variant("as", ["machine"])})
        self.assertEqual(len(self.reports()), 60)


if __name__ == "__main__":
    reason = test_check.enter()
    if reason:
        tap.skip_all(reason)
    tap.main()

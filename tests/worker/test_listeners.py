# SPDX-License-Identifier: GPL-3.0-or-later
"""What programs of this computer listen on: real sockets in a network namespace of the test's own, so that what else runs
on the machine is nobody's news. The engine of containers is tests/support/container_engine.py: a real one wants control
groups and images that a test has not."""

import json
import os
import pathlib
import pwd
import shutil
import socket
import subprocess
import sys
import unittest

import session
import tap
from gi.repository import GLib
from session import wait_for
from test_notices import Server

from container_engine import Engine

ENTERED = "PORTOLAN_LISTENERS_ENTERED"
PROPERTIES = "org.freedesktop.DBus.Properties"
CTL = session.BUILD / "src/cli/portolanctl"
ME = pathlib.Path("/proc/self/comm").read_text().strip()


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


class Case(unittest.TestCase):
    def setUp(self):
        self.session = session.Session(self)

    def listen(self, address="0.0.0.0", port=0, kind=socket.SOCK_STREAM, dual=True):
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        one = socket.socket(family, kind)
        self.addCleanup(one.close)
        if family == socket.AF_INET6:
            one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0 if dual else 1)
        one.bind((address, port))
        if kind == socket.SOCK_STREAM:
            one.listen(4)
        return one, one.getsockname()[1]

    def list(self):
        return self.session.call("ListListeners")[0]

    def one(self, port):
        return next((each for each in self.list() if each["Port"] == port), None)

    def known(self):
        return self.session.call_on(session.PATH, PROPERTIES, "Get",
                                    GLib.Variant("(ss)", (session.WORKER1, "Listeners")))[0]

    def ctl(self, *args):
        done = subprocess.run([str(CTL), *args], env=self.session.env, capture_output=True, text=True, check=False, timeout=30)
        return done.returncode, done.stdout, done.stderr


class ListTest(Case):
    def test_what_is_told_of_each(self):
        for address, dual, reach, families in (("127.0.0.1", True, "machine", (True, False)),
                                               ("0.0.0.0", True, "every", (True, False)),
                                               ("::", True, "every", (True, True)),
                                               ("::", False, "every", (False, True)),
                                               ("::1", False, "machine", (False, True))):
            with self.subTest(address=address, dual=dual):
                _, port = self.listen(address, dual=dual)
                told = self.one(port)
                self.assertEqual((told["Protocol"], told["Address"], told["Reach"]), ("tcp", address, reach))
                self.assertEqual((told["Ipv4"], told["Ipv6"]), families)
                self.assertEqual((told["Process"], told["Pid"]), (ME, os.getpid()))
                self.assertEqual(told["User"], pwd.getpwuid(os.geteuid()).pw_name)
                self.assertEqual(told["Container"], "")

    def test_an_address_of_its_own(self):
        subprocess.run(["ip", "link", "add", "lan0", "type", "veth", "peer", "name", "lan1"], check=True)
        self.addCleanup(subprocess.run, ["ip", "link", "del", "lan0"], check=True)
        subprocess.run(["ip", "link", "set", "lan0", "up"], check=True)
        for address, reach in (("192.168.9.1", "lan"), ("203.0.113.9", "public"), ("169.254.7.7", "link")):
            subprocess.run(["ip", "addr", "add", f"{address}/24", "dev", "lan0"], check=True)
            _, port = self.listen(address)
            self.assertEqual(self.one(port)["Reach"], reach)

    def test_udp(self):
        _, port = self.listen("127.0.0.1", kind=socket.SOCK_DGRAM)
        self.assertEqual(self.one(port)["Protocol"], "udp")

    def test_portolanctl(self):
        _, inside = self.listen("127.0.0.1")
        _, outside = self.listen("::")
        code, out, err = self.ctl("listeners", "--json")
        self.assertEqual((code, err), (0, ""))
        told = json.loads(out)
        ports = {each["port"]: each for each in told["listeners"]}
        self.assertIn(outside, ports)
        self.assertNotIn(inside, ports)
        self.assertEqual(sorted(ports[outside]), ["address", "container", "ipv4", "ipv6", "pid", "port", "process",
                                                  "protocol", "reach", "unit", "user", "user_unit"])
        self.assertEqual((told["unseen"], told["notify"]), ([], False))
        ports = {each["port"] for each in json.loads(self.ctl("listeners", "--all", "--json")[1])["listeners"]}
        self.assertIn(inside, ports)
        code, out, err = self.ctl("listeners")
        self.assertEqual((code, err), (0, ""))
        self.assertRegex(out, rf"(?m)^{outside} +tcp +every +your network +{ME} ")
        code, out, err = self.ctl("listeners", "--notify", "perhaps")
        self.assertEqual(code, 2)
        self.assertIn("“on” or “off”", err)


class WithoutRightsTest(Case):
    """The worker as nobody, beside root's sockets."""

    def setUp(self):
        if os.geteuid() != 0:
            self.skipTest("it takes root to become nobody")
        runner = self.drop_rights()
        # As a bus of root's is, it lets root alone on.
        self.addCleanup(setattr, session, "CONF", session.CONF)
        session.CONF = session.CONF.replace('<allow own="*"/>', '<allow own="*"/><allow user="*"/>')
        self.session = session.Session(self, worker=runner)
        for path in (self.session.dir, self.session.dir / "services"):
            os.chmod(path, 0o777)

    def drop_rights(self):
        command = f"{shutil.which('setpriv')} --reuid=65534 --regid=65534 --clear-groups {session.TEST_WORKER}"
        probe = subprocess.run(command.split()[:4] + ["test", "-x", str(session.TEST_WORKER)], check=False)
        if probe.returncode:
            self.skipTest("nobody may not run the worker where it was built")
        return command

    def test_says_what_it_cannot_see(self):
        _, port = self.listen()
        told = self.one(port)
        self.assertEqual(told["User"], "root")
        if told["Process"] == "":
            self.assertEqual(told["Pid"], 0)
            self.assertGreaterEqual(self.known()["Unknown"], 1)
            self.assertIn("administrator", self.known()["Unseen"][0])


class ContainersTest(Case):
    ID = "4f6c1a2b3c4d5e6f" * 4

    def engine(self, containers, **kwargs):
        return Engine(self, self.session.dir / "podman/podman.sock", containers, **kwargs)

    def proxy(self, name="rootlessport"):
        """A program of an engine that holds a port for a container: Python by that name. Gives the port."""
        path = self.session.dir / name
        path.symlink_to(sys.executable)
        code = ("import socket, sys\none = socket.create_server(('0.0.0.0', 0))\n"
                "print(one.getsockname()[1], flush=True)\nsys.stdin.read()")
        child = subprocess.Popen([str(path), "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.addCleanup(child.communicate)
        return int(child.stdout.readline())

    def published(self, port, **kwargs):
        return dict({"Id": self.ID, "Names": ["/jellyfin\x1b[1m"],
                     "Ports": [{"IP": "", "PrivatePort": 8096, "PublicPort": port, "Type": "tcp"}]}, **kwargs)

    def test_a_published_port_is_its_container_s(self):
        port = self.proxy()
        engine = self.engine([self.published(port)])
        told = self.one(port)
        self.assertEqual(told["Process"], "rootlessport")
        self.assertTrue(told["Container"].startswith("jellyfin"))
        self.assertNotIn("\x1b", told["Container"])
        self.assertEqual(engine.asked, ["/containers/json"])
        self.list()
        self.assertEqual(len(engine.asked), 1, "what is known is not asked for again")

    def test_what_another_program_listens_on_is_not(self):
        _, port = self.listen()
        self.engine([self.published(port)])
        self.proxy()
        self.assertEqual(self.one(port)["Container"], "")

    def test_an_engine_that_refuses(self):
        port = self.proxy()
        self.engine([], status=500)
        self.assertEqual(self.one(port)["Container"], "")
        self.assertIn("Podman does not tell", self.known()["Unseen"][0])
        self.list()
        self.assertIn("Podman does not tell", self.known()["Unseen"][0])

    def test_garbage(self):
        port = self.proxy()
        self.engine({"message": "no"})
        self.assertEqual(self.one(port)["Container"], "")
        self.assertEqual(len(self.known()["Unseen"]), 1)


class LiveTest(Case):
    def setUp(self):
        super().setUp()
        self.seen = []
        self.session.bus.signal_subscribe(session.NAME, PROPERTIES, "PropertiesChanged", session.PATH, None, 0,
                                          lambda *args: self.seen.append(args[5].unpack()[1]))

    def turn(self):
        context = GLib.MainContext.default()
        while context.iteration(False):
            pass

    def serials(self):
        self.turn()
        return [changed["Listeners"]["Serial"] for changed in self.seen if "Listeners" in changed]

    def test_follows(self):
        self.session.call("FollowListeners", "(b)", True)
        wait_for("the first look", self.serials)
        _, port = self.listen()
        self.list()
        before = self.serials()[-1]
        self.listen()
        wait_for("another serial", lambda: self.session.turn(boot=6) or self.serials()[-1] > before)
        self.assertIsNotNone(self.one(port))

    def test_nobody_follows(self):
        self.list()
        before = self.known()["Serial"]
        self.listen()
        self.session.turn(boot=3600)
        self.session.status()
        self.assertEqual(self.known()["Serial"], before)

    def test_a_follower_that_leaves(self):
        other = self.session.connect_bus()
        other.call_sync(session.NAME, session.PATH, session.WORKER1, "FollowListeners", GLib.Variant("(b)", (True,)), None, 0,
                        5000, None)
        wait_for("the first look", self.serials)
        other.close_sync(None)
        wait_for("no more looks", self.is_quiet)

    def is_quiet(self):
        before = self.known()["Serial"]
        self.listen()
        self.session.turn(boot=6)
        self.session.status()
        return self.known()["Serial"] == before


class NoticesTest(Case):
    def setUp(self):
        super().setUp()
        self.server = Server(self.session.env["DBUS_SESSION_BUS_ADDRESS"])
        self.looks = 0

    def look(self, seconds=31):
        """One more look, which ended."""
        self.session.turn(boot=seconds)
        self.list()

    def on(self):
        self.session.call("SetListenerNotices", "(b)", True)
        self.list()

    def shown(self):
        return [each["summary"] for each in self.server.shown.values()]

    def test_off_until_it_is_wanted(self):
        self.assertFalse(self.known()["Notices"])
        self.listen()
        self.look()
        self.look(6)
        self.assertEqual(self.shown(), [])

    def test_a_new_one_once_it_stays(self):
        _, old = self.listen()
        self.on()
        self.assertTrue(self.known()["Notices"])
        _, port = self.listen()
        self.listen("127.0.0.1")
        self.look()
        self.look(6)
        wait_for("a notice", self.shown)
        self.assertEqual(self.shown(), [f"{ME} listens on port {port} (TCP)"])
        self.look()
        self.assertEqual(len(self.shown()), 1)
        events = [each for each in self.session.events() if each["What"] == "listener-notices"]
        self.assertEqual([each["Detail"] for each in events], ["on"])

    def test_one_that_is_gone_again(self):
        self.on()
        short, _ = self.listen()
        self.look()
        short.close()
        self.look(6)
        _, port = self.listen()
        self.look()
        self.look(6)
        wait_for("a notice", self.shown)
        self.assertEqual(self.shown(), [f"{ME} listens on port {port} (TCP)"])

    def test_what_a_rule_leads_to_is_no_news(self):
        self.on()
        _, target = self.listen()
        self.session.open_forward(target, PublicEndpoint="0.0.0.0:0")
        _, port = self.listen()
        self.look()
        self.look(6)
        wait_for("a notice", self.shown)
        self.assertEqual(self.shown(), [f"{ME} listens on port {port} (TCP)"])

    def test_a_flood_is_one(self):
        self.on()
        for _ in range(20):
            self.listen()
        self.look()
        self.look(6)
        wait_for("a notice", self.shown)
        self.look()
        self.assertEqual(self.shown(), ["20 new ports are open on this computer"])

    def test_kept_over_a_restart(self):
        self.on()
        self.session.kill()
        self.assertTrue(self.known()["Notices"])
        self.session.call("SetListenerNotices", "(b)", False)
        self.assertFalse(self.known()["Notices"])


class CostTest(Case):
    def test_a_look_at_what_did_not_change_is_cheap(self):
        """Three hundred sockets, looked at a hundred times: the first look may cost, the others hardly anything. What is
        measured has the answers to TurnClock in it."""
        for _ in range(300):
            self.listen()
        self.session.call("FollowListeners", "(b)", True)
        self.list()
        pid = self.session.pid()
        before = self.spent(pid)
        for _ in range(100):
            self.session.turn(boot=6)
            self.session.status()
        spent = self.spent(pid) - before
        print(f"# {spent * 10:.2f} ms of processor time a look", flush=True)
        self.assertLess(spent, 100 * 0.01)

    def spent(self, pid):
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    reason = enter()
    if reason:
        tap.skip_all(reason)
    tap.main()

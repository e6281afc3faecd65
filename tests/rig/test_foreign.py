# SPDX-License-Identifier: GPL-3.0-or-later
"""Entries that other programs and devices made in a real router (Debian's miniupnpd, asked by Debian's upnpc): whose they
are, adopting, removing, ignoring them, and being told of new ones. The notification server is the test's own."""

import datetime
import pathlib
import shutil
import sys
import time
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "support"), str(HERE.parent / "worker")]

import desk as desks  # noqa: E402
import rig  # noqa: E402
import tap  # noqa: E402

TEST_WORKER = desks.BUILD / "tests/support/portolan-test-worker"


def seconds(text):
    """RFC 3339 -> Unix seconds."""
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


class Case(unittest.TestCase):
    secure = False
    worker = desks.WORKER

    def setUp(self):
        if not shutil.which("upnpc"):
            self.skipTest("upnpc is not installed")
        self.home = rig.Home(secure=self.secure)
        self.addCleanup(self.home.close)
        self.desk = desks.Desk(self.home, worker=self.worker)
        self.addCleanup(self.desk.close)

    def made_by(self, where, address, port, external, text, protocol="tcp", lifetime=3600):
        result = self.home.ns(where, "upnpc", "-e", text, "-a", address, port, str(external), protocol, str(lifetime))
        self.assertTrue(self.home.router_holds(int(external), protocol), result.stdout)

    def entries(self, *args):
        return {entry["external_port"]: entry for entry in self.desk.ctl("entries", *args)["entries"]}

    def events(self, what):
        return [event for event in self.desk.ctl("log")["events"] if event["what"] == what]


class ForeignTest(Case):
    def setUp(self):
        super().setUp()
        self.port = self.home.echo_server("nas", 8022, rig.NAS)
        self.made_by("nas", rig.NAS, "8022", "30022", "ssh of the nas")
        self.made_by("pc", rig.PC, "8080", "30080", "left behind")

    def test_whose_they_are(self):
        listener = self.home.socket("pc")
        listener.bind((rig.PC, 8081))
        listener.listen()
        self.addCleanup(listener.close)
        self.made_by("pc", rig.PC, "8081", "30081", "in use")
        before = time.time()
        entries = self.entries()
        nas, left, used = entries[30022], entries[30080], entries[30081]
        self.assertTrue(nas["foreign"])
        self.assertIsNone(nas["rule_id"])
        self.assertEqual(nas["id"], "tcp/30022")
        self.assertEqual(nas["description"], "ssh of the nas")
        hardware = self.home.ip("nas", "-br", "link", "show", "eth0").stdout.split()[2]
        self.assertEqual(nas["mac"], hardware)
        self.assertIsNone(nas["vendor"])  # a made-up address: nobody's
        self.assertFalse(nas["this_computer"])
        self.assertIsNone(nas["review"])
        self.assertTrue(left["this_computer"])
        self.assertEqual(left["review"], "no-listener")
        self.assertTrue(used["this_computer"])
        self.assertIsNone(used["review"])
        seen = seconds(nas["first_seen"])
        self.assertLess(abs(seen - before), 30)
        shown = self.desk.run(desks.CTL, "entries")
        self.assertIn("nothing listens there", shown.stdout)
        self.assertIn("this computer", shown.stdout)

    def test_since_when_outlives_the_worker(self):
        first = self.entries()[30022]["first_seen"]
        self.desk.kill_worker()
        rig.wait_for("another second", lambda: time.time() > seconds(first) + 1.2)
        self.assertEqual(self.entries()[30022]["first_seen"], first)

    def test_name_by_the_resolver(self):
        # `ip netns exec` has this in the place of /etc/hosts.
        hosts = pathlib.Path("/etc/netns/pc")
        if hosts.parent.exists():
            self.skipTest("/etc/netns is in use on this machine")
        hosts.mkdir(parents=True)
        self.addCleanup(shutil.rmtree, hosts.parent)
        (hosts / "hosts").write_text(f"127.0.0.1 localhost\n{rig.NAS} storage.home\n")
        named = desks.Desk(self.home)
        self.addCleanup(named.close)
        entries = {entry["external_port"]: entry for entry in named.ctl("entries")["entries"]}
        self.assertEqual(entries[30022]["host"], "storage.home")

    def test_ignore(self):
        self.assertEqual(self.desk.ctl("entries", "ignore", "30022")["result"], "ignored")
        self.assertNotIn(30022, self.entries())
        self.assertTrue(self.entries("--all")[30022]["ignored"])
        self.assertTrue(self.home.router_holds(30022))
        self.desk.kill_worker()
        self.assertNotIn(30022, self.entries())
        self.desk.ctl("entries", "unignore", "tcp/30022")
        self.assertFalse(self.entries()[30022]["ignored"])
        self.assertEqual(len(self.events("entry-ignore")), 1)
        self.assertEqual(len(self.events("entry-unignore")), 1)

    def test_remove_and_put_back(self):
        self.assertTrue(self.home.reached(30022))
        self.assertEqual(self.desk.ctl("entries", "remove", "30022/tcp")["result"], "removed")
        self.assertFalse(self.home.router_holds(30022))
        self.assertNotIn(30022, self.entries("--all"))
        results = [event["result"] for event in self.events("entry-remove")]
        self.assertEqual(sorted(results), ["begun", "ok"])
        self.desk.ctl("entries", "restore", "30022/tcp")
        back = self.entries()[30022]
        self.assertEqual((back["address"], back["port"], back["description"]), (rig.NAS, 8022, "ssh of the nas"))
        self.assertTrue(self.home.reached(30022))

    def test_what_was_not_removed_is_not_put_back(self):
        self.entries()
        result = self.desk.run(desks.CTL, "entries", "restore", "30022")
        self.assertEqual(result.returncode, 5, result.stderr)

    def test_adopt_without_a_cut(self):
        client = self.home.connect(30022)
        self.assertIsNotNone(client)
        rule = self.desk.ctl("entries", "adopt", "30022", "--owner", "ann", "--purpose", "backups", "--for", "2h")
        self.assertEqual(rule["state"], "open")
        self.assertEqual(rule["kind"], "mapping")
        self.assertEqual(rule["way"], "direct")
        self.assertEqual((rule["target"]["address"], rule["target"]["port"]), (rig.NAS, 8022))
        self.assertEqual(rule["name"], "ssh of the nas")
        self.assertEqual(rule["owner"], "ann")
        self.assertEqual(rule["family"], "ipv4")  # no more than was open
        client.sendall(b"still here")
        self.assertEqual(client.recv(64), b"still here")
        self.assertTrue(self.home.reached(30022))
        entry = self.entries()[30022]
        self.assertEqual(entry["rule_id"], rule["id"])
        self.assertFalse(entry["foreign"])
        # It ends with the rule.
        self.desk.ctl("close", rule["id"])
        self.assertFalse(self.home.router_holds(30022))

    def test_adopted_one_of_this_computer(self):
        listener = self.home.echo_server("pc", 8080, rig.PC)
        self.assertEqual(listener, 8080)
        rule = self.desk.ctl("entries", "adopt", "30080", "--owner", "ann", "--purpose", "web", "--for", "1h", "--name", "web")
        self.assertEqual((rule["state"], rule["name"]), ("open", "web"))
        self.assertTrue(self.home.reached(30080))
        refused = self.desk.run(desks.CTL, "entries", "remove", "30080")
        self.assertEqual(refused.returncode, 1, refused.stderr)
        self.assertIn("rule of yours", refused.stderr)

    def test_unknown_ones(self):
        for verb in (["remove"], ["ignore"], ["adopt", "--owner", "a", "--purpose", "b", "--for", "1h"]):
            result = self.desk.run(desks.CTL, "entries", verb[0], "31111", *verb[1:])
            self.assertEqual(result.returncode, 5, (verb, result.stderr))
        result = self.desk.run(desks.CTL, "entries", "remove", "thirty")
        self.assertEqual(result.returncode, 2, result.stderr)

    def test_target_that_went_away(self):
        self.assertIsNone(self.entries()[30022]["review"])
        self.home.ip("nas", "link", "set", "eth0", "down")
        self.home.ip("pc", "neigh", "flush", "all")
        rig.wait_for("the mark", lambda: self.entries()[30022]["review"] == "host-gone", 30.0, step=0.5)
        self.home.ip("nas", "link", "set", "eth0", "up")
        rig.wait_for("the mark to go", lambda: self.entries()[30022]["review"] is None, 30.0, step=0.5)


class SecureTest(Case):
    """A router that lets a device open and remove ports to itself alone."""
    secure = True

    def setUp(self):
        super().setUp()
        self.home.echo_server("nas", 8022, rig.NAS)
        self.made_by("nas", rig.NAS, "8022", "30022", "ssh")

    def test_refusals_leave_it_as_it_is(self):
        before = self.home.router_rules()
        removed = self.desk.run(desks.CTL, "entries", "remove", "30022")
        self.assertEqual(removed.returncode, 6, removed.stderr)
        self.assertIn("only the device that opened this entry", removed.stderr)
        adopted = self.desk.run(desks.CTL, "entries", "adopt", "30022", "--owner", "ann", "--purpose", "x", "--for", "1h")
        self.assertEqual(adopted.returncode, 6, adopted.stderr)
        self.assertEqual(self.home.router_rules(), before)
        self.assertTrue(self.home.reached(30022))
        self.assertTrue(self.entries()[30022]["foreign"])
        self.assertEqual(self.desk.ctl("status")["debts"], 0)


class NewsTest(Case):
    worker = TEST_WORKER

    def setUp(self):
        super().setUp()
        import test_notices
        self.server = test_notices.Server(self.desk.env["DBUS_SESSION_BUS_ADDRESS"])
        self.made_by("nas", rig.NAS, "8022", "30022", "there before")
        self.home.echo_server("pc", 25565)
        self.desk.open_mapping(25565)  # so that the worker stays
        rig.wait_for("the first look", lambda: 30022 in self.entries(), 10.0)

    def look(self):
        """A minute goes by."""
        done = self.desk.run("dbus-send", "--session", "--print-reply", f"--dest={desks.BUS_NAME}",
                             "/io/github/portolan/Portolan", "io.github.portolan.Test1.TurnClock",
                             "int64:61000000", "int64:61000000")
        self.assertEqual(done.returncode, 0, done.stderr)

    def texts(self):
        return [f"{notice['summary']} {notice['body']}" for notice in self.server.shown.values()]

    def test_new_one_is_told_of_once(self):
        self.assertEqual(self.server.shown, {})  # what was there before is no news
        self.made_by("nas", rig.NAS, "9000", "30900", "from nowhere", "udp")
        self.look()
        rig.wait_for("the notice", lambda: len(self.server.shown) == 1, 15.0)
        text = self.texts()[0]
        self.assertIn("30900 (UDP)", text)
        self.assertIn(rig.NAS, text)
        self.assertEqual(len(self.events("entry-new")), 1)
        self.look()
        self.entries()
        self.assertEqual(len(self.server.shown), 1)
        self.assertEqual(len(self.events("entry-new")), 1)
        keys = self.server.shown[1]["actions"][0::2]
        self.assertIn("ignore", keys)
        self.server.press(1, "ignore")
        rig.wait_for("it ignored", lambda: 30900 not in self.entries(), 10.0)

    def test_flood_is_one_alarm(self):
        for number in range(12):
            self.made_by("nas", rig.NAS, str(9000 + number), str(31000 + number), f"bot {number}")
        self.look()
        rig.wait_for("the alarm", lambda: len(self.server.shown) == 1, 15.0)
        self.assertIn("12 new ports", self.texts()[0])
        for number in range(12, 16):
            self.made_by("nas", rig.NAS, str(9000 + number), str(31000 + number), f"bot {number}")
        self.look()
        rig.wait_for("the next look", lambda: 31015 in self.entries(), 10.0)
        self.assertEqual(len(self.server.shown), 1)
        self.assertEqual(len(self.events("entries-flood")), 1)
        self.assertEqual(self.events("entry-new"), [])

    def test_own_rules_are_no_news(self):
        self.home.echo_server("pc", 25566)
        self.desk.open_mapping(25566)
        self.look()
        rig.wait_for("a look", lambda: 25566 in self.entries(), 10.0)
        self.assertFalse(self.entries()[25566]["foreign"])
        self.assertEqual(self.server.shown, {})
        self.assertEqual(self.events("entry-new"), [])


if __name__ == "__main__":
    try:
        rig.enter()
    except rig.Unavailable as reason:
        tap.skip_all(str(reason))
    tap.main()

# SPDX-License-Identifier: GPL-3.0-or-later
"""A real firewalld, on a system bus of the test's own, is opened for rules and closed with them. Who is let in is tried out
by a friend on the internet, behind a real router. polkit is an emulator (firewalls.start_polkit() says why)."""

import contextlib
import pathlib
import re
import shutil
import sqlite3
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "support")]

import desk as desks  # noqa: E402
import firewalls  # noqa: E402
import rig  # noqa: E402
import rig6  # noqa: E402
import tap  # noqa: E402

TEST_WORKER = desks.BUILD / "tests/support/portolan-test-worker"
DENIED = f'<deny send_destination="{firewalls.NAME}" send_interface="{firewalls.NAME}.zone" send_member="addPort"/>'


class Case(firewalls.FirewallCase):
    def begin(self, denied="", polkit=None, worker=desks.WORKER, files=None):
        """@files: what firewalld's folder holds besides, by its path there."""
        # Nothing of the machine's own is changed.
        shutil.copytree("/etc/firewalld", self.dir / "etc") if pathlib.Path("/etc/firewalld").is_dir() else None
        for name, text in (files or {}).items():
            path = self.dir / "etc" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        if (self.dir / "etc").is_dir():
            rig.sh("mount", "--bind", str(self.dir / "etc"), "/etc/firewalld")
            self.addCleanup(rig.sh, "umount", "/etc/firewalld")
        if polkit:
            self.start_bus(denied)
            self.polkit = self.start_polkit(polkit)
        self.start_firewalld(denied)
        self.start_desk(worker)
        self.heard = self.dir / "signals"
        with open(self.heard, "wb") as out:
            monitor = subprocess.Popen(["ip", "netns", "exec", "pc", "gdbus", "monitor", "--system", "--dest", firewalls.NAME],
                                       stdout=out, stderr=subprocess.DEVNULL)
        self.addCleanup(monitor.wait)
        self.addCleanup(monitor.terminate)
        rig.wait_for("the monitor", lambda: b"is owned by" in self.heard.read_bytes())

    def timeouts(self, port):
        """The times, in seconds, that firewalld was told for @port, in their order."""
        return [int(n) for n in re.findall(rf"PortAdded \('\w+', '{port}', '\w+', (\d+)\)", self.heard.read_text())]

    def lets_in(self, port, protocol="tcp", zone="public"):
        return "true" in self.firewalld("zone.queryPort", zone, str(port), protocol).stdout

    def has_rule(self, network, port):
        rule = f'rule family="ipv4" source address="{network}" port port="{port}" protocol="tcp" accept'
        return "true" in self.firewalld("zone.queryRichRule", "public", rule).stdout

    def change(self, method, *args):
        done = self.firewalld(method, *args)
        self.assertEqual(done.returncode, 0, done.stderr)

    def firewall(self, rule):
        return self.desk.ctl("show", rule["id"])["firewall"]

    @staticmethod
    def guard(rule):
        """Where the engine listens for it."""
        return next(lease for lease in rule["leases"] if lease["system"] == "engine")["endpoint"]["port"]

    def open_guarded(self, *args, **kwargs):
        return self.desk.open_mapping(self.home.echo_server("pc"), *args, external=40000, **kwargs)

    def open_direct(self, port, *args, external=None):
        return self.desk.open_mapping(port, "--direct", "--to", f"{rig.PC}:{port}", *args, external=external)

    def open_forward(self, port, *args, host=rig.PC):
        target = self.home.echo_server("pc")
        return self.desk.ctl("open", "forward", "--listen", f"{host}:{port}", "--to", f"127.0.0.1:{target}", "--owner", "ann",
                             "--purpose", "x", "--for", "1h", *args)

    def events(self, rule, what):
        return [(e["result"], e["detail"]) for e in self.desk.ctl("log", "--rule", rule["id"])["events"] if e["what"] == what]

    def wait_caveat(self, rule, code):
        return self.desk.wait_rule(rule["id"], f"the caveat {code}", lambda r: (r["error"] or {}).get("code") == code)


class FirewalldTest(Case):
    def test_opened_with_the_rule_and_closed_with_it(self):
        self.begin()
        rule = self.open_guarded()
        # Who is told that it is open finds it so.
        self.assertTrue(self.home.reached(40000))
        port = self.guard(rule)
        self.assertEqual(rule["state"], "open")
        self.assertIsNone(rule["error"])
        self.assertTrue(self.lets_in(port))
        told = self.firewall(rule)
        self.assertEqual((told["kind"], told["verdict"], told["command"]), ("firewalld", "open", None))
        opening = told["openings"][0]
        self.assertEqual((opening["zone"], opening["protocol"], opening["ports"], opening["source"], opening["until"]),
                         ("public", "tcp", str(port), None, rule["expires"]))
        # Its own time, in case nobody is left to close it.
        self.assertEqual(len(self.timeouts(port)), 1)
        self.assertTrue(3580 <= self.timeouts(port)[0] <= 3600, self.timeouts(port))
        self.assertIn(f"TCP {port} in zone public, until ", self.desk.run(desks.CTL, "show", rule["id"]).stdout)
        self.desk.ctl("close", rule["id"])
        rig.wait_for("firewalld closed", lambda: not self.lets_in(port))
        self.assertEqual([r for r, _ in self.events(rule, "firewall-open")], ["ok"])
        rig.wait_for("the event", lambda: [r for r, _ in self.events(rule, "firewall-close")] == ["ok"])

    def test_nothing_lasting_is_changed(self):
        self.begin()
        before = {p: p.read_bytes() for p in pathlib.Path("/etc/firewalld").rglob("*") if p.is_file()}
        rule = self.open_guarded()
        self.assertTrue(self.lets_in(self.guard(rule)))
        after = {p: p.read_bytes() for p in pathlib.Path("/etc/firewalld").rglob("*") if p.is_file()}
        self.assertEqual(before, after)

    def test_left_alone_and_edited(self):
        self.begin()
        rule = self.open_guarded("--firewall", "leave")
        port = self.guard(rule)
        self.assertFalse(self.home.reached(40000, timeout=0.7))
        self.assertEqual(self.firewall(rule)["verdict"], "blocked")
        self.assertEqual(self.desk.ctl("edit", rule["id"], "--firewall", "auto")["firewall_wish"], "auto")
        rig.wait_for("firewalld open", lambda: self.lets_in(port))
        self.assertTrue(self.home.reached(40000))
        self.desk.ctl("edit", rule["id"], "--firewall", "leave")
        rig.wait_for("firewalld closed", lambda: not self.lets_in(port))

    def test_firewalld_closes_it_by_itself(self):
        self.begin()
        rule = self.open_guarded(for_="6s")
        port = self.guard(rule)
        self.assertTrue(self.lets_in(port))
        self.desk.kill_worker()
        rig.wait_for("firewalld closed it, with no worker", lambda: not self.lets_in(port), 15.0, step=0.2)
        self.assertEqual(self.desk.worker_pid(), 0)

    def test_extended(self):
        self.begin()
        rule = self.open_guarded()
        port = self.guard(rule)
        self.desk.ctl("extend", rule["id"], "--for", "1h")
        rig.wait_for("the longer time", lambda: len(self.timeouts(port)) == 2)
        self.assertTrue(7160 <= self.timeouts(port)[1] <= 7200, self.timeouts(port))
        told = rig.wait_for("the time told", lambda: self.firewall(rule)["openings"])
        self.assertEqual(told[0]["until"], self.desk.ctl("show", rule["id"])["expires"])
        self.assertTrue(self.home.reached(40000))

    def test_permanent_has_a_time_too(self):
        self.begin()
        port = self.home.echo_server("pc")
        rule = self.desk.ctl("open", "mapping", "--port", port, "--external", "40000", "--owner", "ann", "--purpose", "x",
                             "--permanent", "--review", "30d")
        self.assertEqual(self.timeouts(self.guard(rule)), [86400])
        # It is opened anew before that, so that no end is told.
        self.assertEqual([o["until"] for o in self.firewall(rule)["openings"]], [None])
        self.assertIn(f"TCP {self.guard(rule)} in zone public, for as long as the rule is open",
                      self.desk.run(desks.CTL, "show", rule["id"]).stdout)

    def test_reloaded_and_restarted(self):
        self.begin()
        rule = self.open_guarded()
        port = self.guard(rule)
        self.change("reload")
        rig.wait_for("open again after the reload", lambda: len(self.timeouts(port)) == 2 and self.lets_in(port), 20.0)
        self.assertTrue(self.home.reached(40000))
        self.stop_firewalld()
        self.start_firewalld()
        rig.wait_for("open again after the restart", lambda: self.lets_in(port), 20.0)
        self.assertTrue(self.home.reached(40000))
        self.desk.ctl("close", rule["id"])
        rig.wait_for("firewalld closed", lambda: not self.lets_in(port))

    def test_worker_killed(self):
        self.begin()
        rule = self.open_guarded()
        port = self.guard(rule)
        self.desk.kill_worker()
        self.desk.wait_rule(rule["id"], "restored", lambda r: r["state"] == "open", 20.0)
        self.assertTrue(self.home.reached(40000))
        self.assertEqual([o["ports"] for o in self.firewall(rule)["openings"]], [str(port)])
        self.desk.ctl("close", rule["id"])
        rig.wait_for("firewalld closed", lambda: not self.lets_in(port))

    def test_worker_killed_and_over_meanwhile(self):
        self.begin()
        rule = self.open_guarded(for_="1h")
        port = self.guard(rule)
        self.desk.kill_worker()
        # As if an hour had gone by: the store says that the rule's time is over.
        store = self.desk.state / "portolan.db"
        with contextlib.closing(sqlite3.connect(store)) as database:
            database.execute("UPDATE rule SET expires = ?", (int(time.time()) - 10,))
            database.commit()
        self.assertTrue(self.lets_in(port))
        self.assertEqual(self.desk.rules(), [])
        rig.wait_for("firewalld closed", lambda: not self.lets_in(port))

    def die_in(self, nth, after, change):
        """Whether the worker died at its @nth commit during @change: where it has fewer, it goes on."""
        self.desk.ctl("status")
        pid = self.desk.worker_pid()
        self.abort_at(nth, after)
        try:
            change()
        except desks.CtlError:
            pass
        try:
            rig.wait_for("its death", lambda: self.desk.worker_pid() != pid, 1.0)
        except AssertionError:
            self.abort_at(0, False)
            return False
        return True

    def abort_at(self, nth, after):
        self.desk.run("dbus-send", "--session", "--print-reply", f"--dest={desks.BUS_NAME}", "/io/github/portolan/Portolan",
                      "io.github.portolan.Test1.AbortAt", f"uint32:{nth}", f"boolean:{'true' if after else 'false'}")

    def assert_as_declared(self):
        """What firewalld lets in is what living rules need, and no more."""
        rig.wait_for("nothing owed", lambda: self.desk.ctl("status")["debts"] == 0, 20.0)
        for rule in self.desk.rules():
            self.desk.wait_rule(rule["id"], "open", lambda r: r["state"] == "open", 20.0)
        wanted = {str(self.guard(rule)) for rule in self.desk.rules()}

        def ports():
            return set(re.findall(r"'(\d+)', 'tcp'", self.firewalld("zone.getPorts", "public").stdout))

        rig.wait_for(f"firewalld as declared: {wanted}, not {ports()}", lambda: ports() == wanted, 10.0)

    def close_all(self):
        for rule in self.desk.rules():
            self.desk.ctl("close", rule["id"])

    def test_worker_dies_at_each_commit(self):
        self.begin(worker=TEST_WORKER)
        for closing in (False, True):
            reached = 0
            for after in (False, True):
                for nth in range(1, 8):
                    with self.subTest(closing=closing, commit=nth, after=after):
                        if closing:
                            self.open_guarded()
                        died = self.die_in(nth, after, self.close_all if closing else self.open_guarded)
                        if died:
                            reached += 1
                            self.assert_as_declared()
                    self.close_all()
                    if not died:
                        break
            self.assertGreaterEqual(reached, 6)

    def test_edited_to_another_port(self):
        self.begin()
        rule = self.open_forward(30001)
        self.assertTrue(self.lets_in(30001))
        self.desk.ctl("edit", rule["id"], "--public", f"{rig.PC}:30002")
        rig.wait_for("the other port", lambda: self.lets_in(30002) and not self.lets_in(30001))

    def test_by_loopback_nobody_comes(self):
        self.begin()
        self.open_forward(30001, host="127.0.0.1")
        self.assertFalse(self.lets_in(30001))

    def test_at_every_address(self):
        self.begin()
        self.open_forward(30001, host="0.0.0.0")
        self.assertTrue(self.lets_in(30001))

    def test_both_protocols_and_a_range(self):
        self.begin()
        self.desk.ctl("open", "forward", "--listen", f"{rig.PC}:30001-30003", "--to", "127.0.0.1:31001-31003", "--protocol",
                      "both", "--owner", "ann", "--purpose", "x", "--for", "1h")
        for protocol in ("tcp", "udp"):
            self.assertTrue(self.lets_in("30001-30003", protocol))

    def test_what_was_open_before_stays(self):
        self.begin()
        self.change("zone.addPort", "public", "30002", "tcp", "0")
        alone = self.open_direct(30002)
        self.assertEqual(self.firewall(alone)["openings"], [])
        self.assertEqual(self.firewall(alone)["verdict"], "open")
        self.desk.ctl("close", alone["id"])
        self.assertTrue(self.lets_in(30002))
        # Of a range only the gaps are opened, and closed.
        among = self.desk.ctl("open", "forward", "--listen", f"{rig.PC}:30001-30003", "--to", "127.0.0.1:31001-31003",
                              "--owner", "ann", "--purpose", "x", "--for", "1h")
        self.assertTrue(self.lets_in(30001) and self.lets_in(30003))
        self.assertEqual(sorted(o["ports"] for o in self.firewall(among)["openings"]), ["30001", "30003"])
        self.desk.ctl("close", among["id"])
        rig.wait_for("the gaps closed", lambda: not self.lets_in(30001) and not self.lets_in(30003))
        self.assertTrue(self.lets_in(30002))

    def test_a_service_lets_it_in(self):
        self.begin()
        rule = self.open_forward(2222, "--override", "a test")
        self.assertEqual(len(self.firewall(rule)["openings"]), 1)
        self.change("zone.addService", "public", "http", "0")
        web = self.open_forward(80, "--override", "a test")
        self.assertEqual((self.firewall(web)["openings"], self.firewall(web)["verdict"]), ([], "open"))

    def test_narrow_audience(self):
        self.begin()
        self.home.echo_server("pc", 30001, rig.PC)
        rule = self.open_direct(30001, "--allow", f"{rig.FRIEND}/32", "--override", "a test")
        self.assertTrue(self.has_rule(f"{rig.FRIEND}/32", 30001))
        self.assertFalse(self.lets_in(30001))
        self.assertTrue(self.home.reached(30001))
        self.assertFalse(self.home.reached(30001, source=rig.STRANGER, timeout=0.7))
        self.assertEqual(self.firewall(rule)["openings"][0]["source"], f"{rig.FRIEND}/32")
        self.desk.ctl("close", rule["id"])
        rig.wait_for("firewalld closed", lambda: not self.has_rule(f"{rig.FRIEND}/32", 30001))

    def test_audience_edited(self):
        self.begin()
        rule = self.open_guarded("--allow", f"{rig.FRIEND}/32")
        port = self.guard(rule)
        self.assertTrue(self.has_rule(f"{rig.FRIEND}/32", port))
        self.desk.ctl("edit", rule["id"], "--anyone")
        rig.wait_for("anyone", lambda: self.lets_in(port) and not self.has_rule(f"{rig.FRIEND}/32", port))

    def test_two_rules_need_it(self):
        self.begin()
        self.home.echo_server("pc", 30001, rig.PC)
        first, second = self.open_direct(30001, external=30001), self.open_direct(30001, external=30002)
        self.desk.ctl("close", first["id"])
        rig.wait_for("the event", lambda: self.events(first, "firewall-close"))
        self.assertTrue(self.lets_in(30001))
        self.assertTrue(self.home.reached(30002))
        self.desk.ctl("close", second["id"])
        rig.wait_for("firewalld closed", lambda: not self.lets_in(30001))

    def test_somebody_else_closes_it(self):
        self.begin()
        rule = self.open_guarded()
        port = self.guard(rule)
        self.change("zone.removePort", "public", str(port), "tcp")
        shown = self.wait_caveat(rule, "permission")
        self.assertEqual(shown["state"], "open")
        self.assertIn("Somebody else closed the port", shown["error"]["message"])
        self.assertFalse(self.lets_in(port))
        self.desk.ctl("extend", rule["id"], "--for", "1h")
        rig.wait_for("open again", lambda: self.lets_in(port))
        self.desk.wait_rule(rule["id"], "no caveat", lambda r: r["error"] is None)

    def assert_refused(self, rule):
        port = self.guard(rule)
        command = f"sudo firewall-cmd --zone=public --add-port={port}/tcp"
        self.assertEqual((rule["state"], rule["error"]["code"]), ("open", "permission"))
        self.assertIn("does not let this user", rule["error"]["message"])
        self.assertIn(command, rule["error"]["advice"])
        self.assertEqual(self.firewall(rule)["command"], command)
        self.assertFalse(self.lets_in(port))
        self.assertFalse(self.home.reached(40000, timeout=0.7))
        self.assertEqual([r for r, _ in self.events(rule, "firewall-open")], ["failed"])
        # The command is what it takes, and it is noticed.
        self.change("zone.addPort", "public", str(port), "tcp", "0")
        self.desk.wait_rule(rule["id"], "no caveat", lambda r: r["error"] is None)
        self.assertTrue(self.home.reached(40000))
        self.desk.ctl("close", rule["id"])
        self.assertTrue(self.lets_in(port))

    def test_refused_by_the_bus(self):
        self.begin(denied=DENIED)
        rule = self.open_guarded()
        self.assertEqual((rule["state"], rule["error"]["code"]), ("open", "permission"))
        self.assertIn("sudo firewall-cmd", rule["error"]["advice"])

    def test_refused_by_polkit(self):
        self.begin(polkit="no")
        rule = self.open_guarded()
        self.assertEqual(rule["error"]["code"], "permission")
        self.polkit.terminate()
        self.polkit.wait()
        self.polkit = self.start_polkit("yes")
        self.assert_refused(rule)

    def test_asked_for_a_password_only_when_a_person_opens(self):
        self.begin(polkit="ask")
        rule = self.open_guarded()
        port = self.guard(rule)
        self.assertIsNone(rule["error"])
        self.assertTrue(self.lets_in(port))
        self.change("reload")
        shown = self.wait_caveat(rule, "permission")
        self.assertIn("does not let this user", shown["error"]["message"])
        self.assertFalse(self.lets_in(port))
        self.desk.ctl("extend", rule["id"], "--for", "1h")
        rig.wait_for("open again", lambda: self.lets_in(port))

    def test_refused_to_close_is_owed(self):
        self.begin(polkit="yes")
        rule = self.open_guarded()
        port = self.guard(rule)
        self.polkit.terminate()
        self.polkit.wait()
        self.polkit = self.start_polkit("no")
        self.desk.ctl("close", rule["id"])
        rig.wait_for("the debt", lambda: self.desk.ctl("status")["debts"] == 1)
        self.assertEqual([r for r, _ in self.events(rule, "firewall-close")], ["failed"])
        self.assertTrue(self.lets_in(port))
        self.polkit.terminate()
        self.polkit.wait()
        self.polkit = self.start_polkit("yes")
        rig.wait_for("the debt paid", lambda: self.desk.ctl("status")["debts"] == 0, 30.0)
        self.assertFalse(self.lets_in(port))

    def test_without_firewalld(self):
        self.start_bus()
        self.start_desk()
        rule = self.open_guarded()
        self.assertIsNone(rule["error"])
        self.assertTrue(self.home.reached(40000))


SET = """<?xml version="1.0" encoding="utf-8"?>
<ipset type="hash:ip"><entry>%s</entry></ipset>
""" % rig.FRIEND
PORTS = 'port port="1024-65535" protocol="tcp"'


def rich(text, priority=0, source=None):
    """A rich rule for every port that the engine may listen at."""
    head = "rule" + (f' priority="{priority}"' if priority else "")
    if source:
        head += f' family="{"ipv6" if ":" in source else "ipv4"}" source address="{source}"'
    return f"{head} {PORTS} {text}"


class WhoTest(Case):
    """Who is said to be let in is let in, and nobody else: a friend and a stranger, by IPv4 and by IPv6, try it."""

    make_home = rig6.Home6

    def begin_with_two(self):
        self.begin(files={"ipsets/friends.xml": SET})
        target = self.home.echo_server("pc")
        self.people = {}
        for name, v4, v6, external in (("friend", rig.FRIEND, rig6.FRIEND6, 40000), ("stranger", rig.STRANGER, rig6.STRANGER6, 40001)):
            rule = self.desk.open_mapping(target, "--firewall", "leave", "--family", "both", "--allow", f"{v4}/32", "--allow",
                                          f"{v6}/128", "--override", "a test", external=external)
            self.people[name] = (rule, v4, v6, external)

    def tried(self, name, expected):
        """By IPv4, by IPv6: whether they get through. After a reload a neighbour may have to be found anew, and what is sent
        until then is lost or sent back: whoever is to be let in tries again."""
        rule, v4, v6, external = self.people[name]
        ways = (lambda: self.home.reached(external, source=v4, timeout=1.5),
                lambda: self.home.reached6(rule["public_endpoint6"]["port"], source=v6, timeout=1.5))
        return tuple(self.again(way) if let_in else way() for way, let_in in zip(ways, expected))

    @staticmethod
    def again(way):
        try:
            return rig.wait_for("somebody to get through", way)
        except AssertionError:
            return False

    def check(self, what, friend, stranger):
        for name, expected in (("friend", friend), ("stranger", stranger)):
            with self.subTest(what, name=name):
                told = self.firewall(self.people[name][0])
                self.assertEqual(self.tried(name, expected), expected, told)
                verdict = {0: "blocked", 1: "some", 2: "open"}[sum(expected)]
                self.assertEqual(told["verdict"], verdict, told["message"])
                self.assertEqual(told["command"] is None, verdict == "open" or "rich rule" in (told["advice"] or ""), told)
        self.change("reload")

    def rules(self, *rules, zone="public"):
        for rule in rules:
            self.change("zone.addRichRule", zone, rule, "0")

    def test_what_is_said_is_so(self):
        self.begin_with_two()
        no, yes, v4, v6 = (False, False), (True, True), (True, False), (False, True)
        self.check("nothing is open", no, no)
        self.change("zone.addPort", "public", "1024-65535", "tcp", "0")
        self.check("a port", yes, yes)
        self.rules(rich("accept", source=f"{rig.FRIEND}/32"))
        self.check("one source", v4, no)
        self.rules(rich("accept", source=f"{rig6.STRANGER6}/128"))
        self.check("one source by IPv6", no, v6)
        self.rules(rich("drop", source=rig.FRIEND), rich("accept"))
        self.check("what turns away comes first", v6, yes)
        self.rules(rich("reject"), rich("accept", -10, rig.FRIEND))
        self.check("but for a priority below 0", v4, no)
        self.rules(rich("drop", 10, rig.FRIEND), rich("accept"))
        self.check("and for one above 0", yes, yes)
        self.rules(f'rule family="ipv4" source NOT address="{rig.FRIEND}" {PORTS} accept')
        self.check("all but one source", no, v4)

    def test_zones_that_are_bound_to_sources(self):
        self.begin_with_two()
        no, yes, v4 = (False, False), (True, True), (True, False)
        self.change("zone.addPort", "public", "1024-65535", "tcp", "0")
        self.change("zone.addSource", "work", rig.FRIEND)
        self.check("another zone's friend", (False, True), yes)
        self.change("zone.addSource", "trusted", rig.STRANGER)
        self.check("a zone that lets all in", no, v4)
        self.change("zone.addSource", "trusted", "ipset:friends")
        self.check("a set of addresses", v4, no)
        # By their names: "drop" is asked before "trusted".
        self.change("zone.addSource", "trusted", "5.6.0.0/16")
        self.change("zone.addSource", "drop", rig.STRANGER)
        self.check("two zones for one", v4, no)

    def test_policies(self):
        self.begin_with_two()
        ndp = [f'rule family="ipv6" icmp-type name="{name}" accept'
               for name in ("neighbour-advertisement", "neighbour-solicitation", "router-advertisement", "redirect")]
        self.change("zone.addPort", "public", "1024-65535", "tcp", "0")
        self.change("policy.setPolicySettings", "allow-host-ipv6",
                    "{'rich_rules': <%s>}" % [*ndp, rich("drop", source=rig.STRANGER)])
        self.check("a policy comes first", (True, True), (False, True))

    def test_said_in_words(self):
        self.begin_with_two()
        self.rules(rich("accept", source="5.6.7.0/31"))
        rule = self.desk.open_mapping(self.home.echo_server("pc"), "--firewall", "leave", "--override", "a test", external=40002)
        told = self.firewall(rule)
        self.assertEqual(told["verdict"], "some")
        self.assertIn("only for 5.6.7.0/31.", told["message"])
        self.assertIn("nobody else", told["advice"])
        self.assertIn("--zone=public --add-port=", told["command"])

    def test_opened_where_they_come_in(self):
        """The zone of whom a rule is for is opened, not that of the interface."""
        both = (True, True)
        self.begin_with_two()
        self.change("zone.addSource", "work", rig.FRIEND)
        friend, stranger = self.people["friend"][0], self.people["stranger"][0]
        for rule in (friend, stranger):
            self.desk.ctl("edit", rule["id"], "--firewall", "auto")
        rig.wait_for("both opened", lambda: len(self.firewall(friend)["openings"]) == 2 and len(self.firewall(stranger)["openings"]) == 2)
        self.assertEqual({(o["zone"], o["source"]) for o in self.firewall(friend)["openings"]},
                         {("work", f"{rig.FRIEND}/32"), ("public", f"{rig6.FRIEND6}/128")})
        self.assertEqual({o["zone"] for o in self.firewall(stranger)["openings"]}, {"public"})
        self.assertEqual((self.tried("friend", both), self.tried("stranger", both)), (both, both))
        # Whoever is bound to another zone meanwhile is followed there.
        self.change("zone.addSource", "home", rig.STRANGER)
        rig.wait_for("opened there", lambda: "home" in {o["zone"] for o in self.firewall(stranger)["openings"]})
        self.assertEqual(self.tried("stranger", both), both)
        self.desk.ctl("close", friend["id"])
        rig.wait_for("closed", lambda: "port" not in self.firewalld("zone.getRichRules", "work").stdout)


class PinholeTest(Case):
    """By IPv6 too."""

    make_home = rig6.Home6

    def test_by_both(self):
        self.begin()
        rule = self.open_guarded("--allow", f"{rig.FRIEND}/32", "--allow", f"{rig6.FRIEND6}/128", "--family", "both")
        self.assertTrue(self.home.reached(40000))
        there = rule["public_endpoint6"]
        self.assertTrue(self.home.reached6(there["port"]))
        self.assertEqual(sorted(o["source"] for o in self.firewall(rule)["openings"]),
                         sorted([f"{rig.FRIEND}/32", f"{rig6.FRIEND6}/128"]))
        self.desk.ctl("close", rule["id"])
        rig.wait_for("firewalld closed", lambda: not self.has_rule(f"{rig.FRIEND}/32", self.guard(rule)))

    def test_by_ipv6_alone(self):
        self.begin()
        rule = self.open_guarded("--family", "ipv6")
        self.assertTrue(self.home.reached6(rule["public_endpoint6"]["port"]))

    def test_direct(self):
        """No engine in between: the router's pinhole leads to the program itself, and firewalld is opened for it."""
        self.begin()
        self.home.echo_server6("pc", 30001)
        rule = self.open_direct(30001, "--family", "ipv6", "--allow", f"{rig6.FRIEND6}/128", "--override", "a test")
        self.assertTrue(self.home.pinhole(30001))
        there = rule["public_endpoint6"]
        self.assertEqual((there["address"], there["port"]), (rig6.PC6, 30001))
        self.assertTrue(self.home.reached6(30001))
        self.assertFalse(self.home.reached6(30001, source=rig6.STRANGER6, timeout=0.7))
        told = self.firewall(rule)
        self.assertEqual([(o["ports"], o["source"]) for o in told["openings"]], [("30001", f"{rig6.FRIEND6}/128")])
        self.desk.ctl("close", rule["id"])
        rig.wait_for("firewalld closed", lambda: "30001" not in self.firewalld("zone.getRichRules", "public").stdout)
        rig.wait_for("the pinhole closed", lambda: not self.home.pinhole(30001))
        self.assertFalse(self.home.reached6(30001, timeout=0.7))

    def test_direct_for_anyone(self):
        self.begin()
        self.home.echo_server6("pc", 30001)
        rule = self.open_direct(30001, "--family", "ipv6", "--override", "a test")
        self.assertTrue(self.lets_in(30001))
        self.assertTrue(self.home.reached6(30001, source=rig6.STRANGER6))
        self.desk.ctl("close", rule["id"])
        rig.wait_for("firewalld closed", lambda: not self.lets_in(30001))


if __name__ == "__main__":
    try:
        rig.enter()
    except rig.Unavailable as reason:
        tap.skip_all(str(reason))
    tap.main()

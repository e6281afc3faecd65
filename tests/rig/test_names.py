# SPDX-License-Identifier: GPL-3.0-or-later
"""Names that follow the address of a real router, as portolanctl shows them.

The provider is emulated (support/ddns_server.py says why); router and keyring are real.
"""

import json
import os
import subprocess
import sys
import unittest

sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)),
                os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support")]
import ddns_server  # noqa: E402
import desk as desks  # noqa: E402
import keyring  # noqa: E402
import rig  # noqa: E402
import tap  # noqa: E402

TEST_WORKER = desks.BUILD / "tests/support/portolan-test-worker"
HOME, SECRET, NEXT, SIX = "home.example.org", "s3cr3t-Qx7", "5.6.7.9", "2a00:1234:5::8"


class NamesTest(unittest.TestCase):
    def live_in(self, **kwargs):
        self.home = rig.Home(**kwargs)
        self.addCleanup(self.home.close)
        self.desk = desks.Desk(self.home, worker=TEST_WORKER)
        self.addCleanup(self.desk.close)
        self.keyring = keyring.Keyring(self.desk.dir, self.desk.env)
        self.addCleanup(self.keyring.stop)
        self.keyring.start()
        rig.wait_for("the keyring", lambda: self.keyring.is_up(self.has_owner))
        listener = self.home.socket("pc")
        listener.bind(("127.0.0.1", 0))
        listener.listen(16)
        self.server = ddns_server.Server(listener=listener)
        self.addCleanup(self.server.close)
        self.server.users["ann"] = SECRET
        self.server.hosts[HOME] = {}

    def has_owner(self, name):
        asked = self.desk.run("dbus-send", "--session", "--print-reply=literal", "--dest=org.freedesktop.DBus",
                              "/org/freedesktop/DBus", "org.freedesktop.DBus.NameHasOwner", f"string:{name}")
        return asked.stdout.split()[-1:] == ["true"]

    def turn(self, seconds):
        done = self.desk.run("dbus-send", "--session", "--print-reply", f"--dest={desks.BUS_NAME}",
                             "/io/github/portolan/Portolan", "io.github.portolan.Test1.TurnClock",
                             f"int64:{seconds * 1000000}", f"int64:{seconds * 1000000}")
        self.assertEqual(done.returncode, 0, done.stderr)

    def add(self, *args):
        self.desk.ctl("routers")  # the worker has found its router
        command = [desks.CTL, "names", "add", HOME, "--provider", "dyndns2", "--server", self.server.url("/nic/update"),
                   "--user", "ann", "--secret-stdin", "--json", *args]
        child = self.desk.popen(*command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        out, err = child.communicate(SECRET + "\n", timeout=60)
        self.assertEqual(child.returncode, 0, err)
        return json.loads(out)

    def name(self):
        return self.desk.ctl("names")["names"][0]

    def wait_name(self, what, condition, timeout=15.0):
        return rig.wait_for(what, lambda: (lambda name: name if condition(name) else None)(self.name()), timeout, 0.1)

    def test_leads_to_what_is_open(self):
        self.live_in()
        added = self.add()
        self.assertEqual((added["state"], added["published_ipv4"]), ("up-to-date", rig.WAN))
        self.assertEqual(self.server.hosts[HOME], {"A": rig.WAN})
        port = self.home.echo_server("pc")
        rule = self.desk.open_mapping(port)
        self.assertEqual((rule["public_name"], rule["public_endpoint"]["address"]), (HOME, rig.WAN))
        forward = self.desk.ctl("open", "forward", "--listen", "127.0.0.1:0", "--to", f"127.0.0.1:{port}", "--owner", "ann",
                                "--purpose", "a test", "--for", "1h")
        self.assertIsNone(forward["public_name"])
        self.assertIn(f"{HOME}:{port} ({rig.WAN})", self.desk.run(desks.CTL, "list").stdout)
        self.assertRegex(self.desk.run(desks.CTL, "show", rule["id"]).stdout, rf"By name +{HOME}:{port}\n")
        self.desk.ctl("names", "remove", HOME)
        self.desk.wait_rule(rule["id"], "no name any more", lambda r: r["public_name"] is None)

    def test_follows_the_router_to_another_address(self):
        self.live_in(told=False)
        self.add()
        rule = self.desk.open_mapping(self.home.echo_server("pc"))
        self.home.ip("router", "addr", "del", f"{rig.WAN}/24", "dev", "w0")
        self.home.ip("router", "addr", "add", f"{NEXT}/24", "dev", "w0")

        def followed():
            self.turn(61)
            return self.server.hosts[HOME].get("A") == NEXT

        rig.wait_for("the name at the new address", followed, 30.0, 0.5)
        self.wait_name("that it is taken", lambda name: name["published_ipv4"] == NEXT)
        shown = self.desk.wait_rule(rule["id"], "the rule by its name",
                                    lambda r: r["public_endpoint"]["address"] == NEXT and r["public_name"] == HOME, 30.0)
        self.assertEqual(shown["state"], "open")

    def test_private_address_is_told_to_nobody(self):
        self.live_in(told=False)
        self.home.ip("router", "addr", "del", f"{rig.WAN}/24", "dev", "w0")
        self.home.ip("router", "addr", "add", "100.64.7.8/24", "dev", "w0")
        self.home.reboot_router()
        name = self.add()
        self.assertEqual(name["state"], "no-address")
        told = self.wait_name("the reason", lambda name: name["advice"] and "being asked" not in name["message"])
        self.assertEqual(told["state"], "no-address")
        self.assertEqual(self.server.requests, [])
        with self.assertRaises(desks.CtlError) as caught:
            self.desk.ctl("names", "update", HOME)
        self.assertEqual(caught.exception.code, 6)

    def test_ipv6_is_this_computers_own(self):
        self.live_in()
        self.home.ip("pc", "addr", "add", f"{SIX}/64", "dev", "eth0", "nodad")
        self.home.ip("pc", "addr", "add", "fd00::8/64", "dev", "eth0", "nodad")
        self.home.ip("pc", "-6", "route", "add", "default", "via", "fe80::1", "dev", "eth0")
        added = self.add("--ipv6", "on")
        self.assertEqual((added["published_ipv4"], added["published_ipv6"]), (rig.WAN, SIX))
        self.home.ip("pc", "addr", "del", f"{SIX}/64", "dev", "eth0")
        self.home.ip("pc", "addr", "add", "2a00:1234:6::9/64", "dev", "eth0", "nodad")
        self.turn(61)
        self.wait_name("the new prefix", lambda name: name["published_ipv6"] == "2a00:1234:6::9")
        self.assertEqual(self.server.hosts[HOME], {"A": rig.WAN, "AAAA": "2a00:1234:6::9"})


if __name__ == "__main__":
    if keyring.MISSING:
        tap.skip_all(keyring.MISSING)
    try:
        rig.enter()
    except rig.Unavailable as error:
        tap.skip_all(str(error))
    tap.main()

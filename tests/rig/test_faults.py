# SPDX-License-Identifier: GPL-3.0-or-later
"""Homes in which something goes wrong: addresses that change, packets that are lost, ports that others hold."""

import json
import os
import subprocess
import sys
import time
import unicodedata
import unittest

sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)),
                os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support")]
import desk as desks  # noqa: E402
import rig  # noqa: E402
import tap  # noqa: E402


class FaultTest(unittest.TestCase):
    protocols = ("pcp", "natpmp", "upnp")

    def setUp(self):
        self.home = None
        self.live_in()

    def live_in(self, **kwargs):
        if self.home:
            self.desk.close()
            self.home.close()
        self.home = rig.Home(self.protocols, **kwargs)
        self.addCleanup(self.home.close)
        self.desk = desks.Desk(self.home)
        self.addCleanup(self.desk.close)
        self.port = self.home.echo_server("pc")

    def refused(self, *args, **kwargs):
        with self.assertRaises(desks.CtlError) as caught:
            self.desk.open_mapping(self.port, *args, **kwargs)
        return caught.exception

    def test_mapping_that_vanishes_is_restored(self):
        rule = self.desk.open_mapping(self.port)
        self.home.forget(self.port)
        rig.wait_for("the mapping restored", lambda: self.home.router_holds(self.port), 90.0)
        self.assertTrue(self.home.reached(self.port))
        self.assertEqual(self.desk.ctl("show", rule["id"])["state"], "open")

    def change_lan_address(self):
        self.home.ip("pc", "addr", "del", f"{rig.PC}/24", "dev", "eth0")
        self.home.ip("pc", "addr", "add", "192.168.77.44/24", "dev", "eth0")
        self.home.ip("pc", "route", "replace", "default", "via", rig.LAN)

    def test_lan_address_change_moves_the_mapping(self):
        self.live_in(secure=False)
        self.desk.open_mapping(self.port)
        self.change_lan_address()
        rig.wait_for("reached at the new address", lambda: self.home.reached(self.port, timeout=0.5), 30.0)
        self.assertIn("192.168.77.44", self.home.router_rules())
        rig.wait_for("nothing owed", lambda: self.desk.ctl("status")["debts"] == 0, 40.0)

    def test_lan_address_change_under_a_router_that_guards_entries(self):
        """In secure mode nobody but the old address may free the port: then the row says so, until the lease is over."""
        rule = self.desk.open_mapping(self.port)
        self.change_lan_address()
        rule = self.desk.wait_rule(rule["id"], "the reason in the row", lambda r: r["error"], 30.0)
        self.assertEqual(rule["state"], "degraded")
        self.assertIn(rig.PC, rule["error"]["message"])
        self.assertEqual(self.desk.ctl("status")["debts"], 1)

    def test_lan_address_change_with_any_port(self):
        rule = self.desk.open_mapping(self.port, external=0)
        self.change_lan_address()
        moved = self.desk.wait_rule(
            rule["id"], "mapped anew",
            lambda r: r["state"] == "open" and "192.168.77.44" in [lease["inner"]["address"] for lease in r["leases"]], 30.0)
        self.assertTrue(self.home.reached(moved["public_endpoint"]["port"]))

    def test_wan_address_change_is_shown_and_logged(self):
        rule = self.desk.open_mapping(self.port)
        self.home.ip("router", "addr", "del", f"{rig.WAN}/24", "dev", "w0")
        self.home.ip("router", "addr", "add", "5.6.7.9/24", "dev", "w0")
        self.home.stop_router()
        conf = self.home.dir / "miniupnpd.conf"
        wan, rig.WAN = rig.WAN, "5.6.7.9"
        self.addCleanup(setattr, rig, "WAN", wan)
        self.home.start_router()
        self.assertIn("5.6.7.9", conf.read_text())
        self.desk.wait_rule(rule["id"], "the new address shown",
                            lambda r: r["public_endpoint"]["address"] == "5.6.7.9", 90.0)
        rig.wait_for("reached", lambda: self.home.reached(self.port), 10.0)
        events = self.desk.ctl("log", "--rule", rule["id"])["events"]
        self.assertTrue([event for event in events if event["who"] == "worker" and "5.6.7.9" in event["detail"]], events)

    def test_gateway_change(self):
        rule = self.desk.open_mapping(self.port)
        self.home.ip("router", "addr", "add", "192.168.77.2/24", "dev", "l0")
        self.home.ip("pc", "route", "replace", "default", "via", "192.168.77.2")
        self.desk.wait_rule(rule["id"], "mapped by the new gateway", lambda r: r["state"] == "open", 30.0)
        rig.wait_for("reached", lambda: self.home.reached(self.port), 30.0)

    def test_loss_of_a_third_converges(self):
        self.home.nft("add rule inet filter input udp dport 5351 numgen random mod 10 < 3 drop\n"
                      "add rule inet filter input udp dport 1900 numgen random mod 10 < 3 drop")
        for _ in range(3):
            rule = self.desk.open_mapping(self.port)
            self.assertTrue(self.home.reached(self.port))
            self.desk.ctl("close", rule["id"])

    def test_mute_router_is_said_within_eight_seconds(self):
        self.desk.ctl("status")
        self.home.mute_router()
        started = time.monotonic()
        opening = self.desk.popen(desks.CTL, "open", "mapping", "--port", self.port, "--owner", "ann", "--purpose", "x",
                                  "--for", "1h", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        slowest = 0.0
        while opening.poll() is None:
            asked = time.monotonic()
            self.assertLessEqual(len(self.desk.rules()), 1)
            slowest = max(slowest, time.monotonic() - asked)
        self.assertEqual(opening.returncode, 6)
        self.assertLess(time.monotonic() - started, 9.0)
        # Others had their answers meanwhile.
        self.assertLess(slowest, 1.0)
        self.assertEqual(self.desk.rules(), [])

    def test_grant_whose_answer_is_lost_is_taken_back(self):
        """The router grants and then is heard of no more: it holds what the worker does not know to have."""
        self.desk.ctl("routers", "--search")
        self.home.nft("add chain inet filter output { type filter hook output priority 0; }\n"
                      "add rule inet filter output udp sport { 5351, 1900 } drop\n"
                      "add rule inet filter output tcp sport 5000 drop")
        opening = self.desk.popen(desks.CTL, "open", "mapping", "--port", self.port, "--external", self.port, "--owner",
                                  "ann", "--purpose", "x", "--for", "1h", stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL)
        rig.wait_for("the grant", lambda: self.home.router_holds(self.port))
        self.home.mute_router()
        self.assertEqual(opening.wait(20), 6)
        self.assertTrue(self.home.router_holds(self.port))
        self.assertEqual(self.desk.ctl("status")["debts"], 1)
        self.home.nft("flush chain inet filter output")
        self.home.mute_router(False)
        rig.wait_for("the mapping gone", lambda: not self.home.router_holds(self.port), 40.0)
        rig.wait_for("the debt paid", lambda: self.desk.ctl("status")["debts"] == 0, 40.0)

    def test_port_of_another_device_is_never_stolen(self):
        self.home.ns("nas", "upnpc", "-e", "the nas", "-a", rig.NAS, "8080", str(self.port), "tcp", "600")
        before = self.home.router_rules()
        error = self.refused()
        self.assertEqual(error.code, 6)
        self.assertEqual(self.home.router_rules(), before)

    def test_both_or_neither(self):
        self.home.ns("nas", "upnpc", "-e", "the nas", "-a", rig.NAS, "8080", str(self.port), "udp", "600")
        error = self.refused("--protocol", "both")
        self.assertEqual(error.code, 6)
        self.assertFalse(self.home.router_holds(self.port, "tcp"))

    def test_foreign_entries_are_listed(self):
        self.home.ns("nas", "upnpc", "-e", "the <b>nas</b>", "-a", rig.NAS, "8080", "33333", "tcp", "600")
        rule = self.desk.open_mapping(self.port)
        entries = {entry["external_port"]: entry for entry in self.desk.ctl("entries")["entries"]}
        self.assertEqual(entries[33333]["address"], rig.NAS)
        self.assertFalse(entries[33333]["rule_id"])
        self.assertEqual(entries[self.port]["rule_id"], rule["id"])

    def emulate(self, options):
        """In the place of miniupnpd a router that says what no honest one would."""
        self.home.stop_router()
        self.home.ip("router", "addr", "add", "192.168.77.66/24", "dev", "l0")
        emulator = subprocess.Popen(
            ["ip", "netns", "exec", "router", sys.executable, str(desks.SOURCE / "tests/support/router-emulator.py"),
             str(self.home.dir), json.dumps(options)], stdout=subprocess.PIPE, text=True)
        self.addCleanup(emulator.stdout.close)
        self.home.children.append(emulator)
        self.assertEqual(emulator.stdout.readline().strip(), "ready")

    def assert_harmless(self, text):
        """Nothing that a terminal obeys, that turns the text around, or that has no end."""
        for char in text:
            self.assertFalse(unicodedata.category(char) in ("Cc", "Cf", "Co", "Cs") and char != "\n", repr(text[:200]))
        self.assertTrue(all(len(line) < 400 for line in text.splitlines()), text[:500])

    def test_names_that_the_router_makes_up_are_harmless(self):
        self.emulate({"pcp": "off", "natpmp": "off", "upnp": "hostile-names",
                      "taken": [["tcp", 33333, rig.NAS, 80, "x"]]})
        rule = self.desk.open_mapping(self.port)
        self.assertEqual(rule["state"], "open")
        name = self.desk.ctl("routers")["routers"][0]["name"]
        self.assertIn("<b>", name)  # as text: nobody parses it
        self.assertLessEqual(len(name), 80)
        descriptions = [entry["description"] for entry in self.desk.ctl("entries")["entries"]]
        self.assertEqual(len(descriptions), 2)
        for text in [name] + descriptions:
            self.assert_harmless(text)
        for verb in (["routers"], ["entries"], ["show", rule["id"]], ["log"]):
            shown = self.desk.run(desks.CTL, *verb)
            self.assertEqual(shown.returncode, 0, shown.stderr)
            self.assert_harmless(shown.stdout)
        refused = self.desk.run(desks.CTL, "open", "mapping", "--port", 33333, "--external", 33333, "--owner", "ann",
                                "--purpose", "x", "--for", "1h")
        self.assertEqual(refused.returncode, 6)
        self.assert_harmless(refused.stderr)

    def test_range(self):
        first = 30000
        for number in range(5):
            self.home.echo_server("pc", first + number)
        rule = self.desk.open_mapping(f"{first}-{first + 4}")
        for number in range(5):
            self.assertTrue(self.home.reached(first + number))
        self.desk.ctl("close", rule["id"])
        self.assertFalse(any(self.home.router_holds(first + number) for number in range(5)))

    def test_guarded_mapping_to_another_computer(self):
        port = self.home.echo_server("nas", 8080, rig.NAS)
        self.desk.open_mapping(18080, "--to", f"{rig.NAS}:{port}", "--guarded")
        self.assertTrue(self.home.reached(18080))

    def test_direct_mapping_to_this_computer(self):
        port = self.home.echo_server("pc", 0, "0.0.0.0")
        rule = self.desk.open_mapping(port, "--direct", "--to", f"{rig.PC}:{port}")
        client = self.home.connect(port)
        self.assertIsNotNone(client)
        self.assertEqual([lease["system"] for lease in rule["leases"]].count("engine"), 0)

    def test_direct_mapping_to_another_computer_refused_by_secure_mode(self):
        error = self.refused("--to", f"{rig.NAS}:8080", "--direct")
        self.assertEqual(error.code, 6)
        self.assertFalse(self.home.router_holds(self.port))

    def test_router_without_internet(self):
        self.live_in(told=False)
        self.home.ip("router", "link", "set", "w0", "down")
        try:
            rule = self.desk.open_mapping(self.port)
        except desks.CtlError as error:
            self.assertEqual(error.code, 6)
        else:
            # The router may grant all the same; then the rule says that the internet is missing.
            self.desk.wait_rule(rule["id"], "the reason in the row", lambda r: r["error"], 20.0)


if __name__ == "__main__":
    try:
        rig.enter()
    except rig.Unavailable as reason:
        tap.skip_all(str(reason))
    tap.main()

# SPDX-License-Identifier: GPL-3.0-or-later
"""IPv6 pinholes beside IPv4 mappings, from portolanctl to a friend on the internet, by one protocol
(PORTOLAN_RIG_PROTOCOL): the router's own firewall lets in nobody otherwise."""

import os
import socket
import sys
import unittest

sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)),
                os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support")]
import desk as desks  # noqa: E402
import rig  # noqa: E402
import rig6  # noqa: E402
import tap  # noqa: E402

PROTOCOL = os.environ.get("PORTOLAN_RIG_PROTOCOL", "pcp")
SPEAKS = {"pcp": ("pcp",), "upnp": ("upnp",)}[PROTOCOL]


class PinholeTest(unittest.TestCase):
    def setUp(self):
        self.home = None
        self.live_in()

    def live_in(self, protocols=SPEAKS, **kwargs):
        if self.home:
            self.desk.close()
            self.home.close()
        self.home = rig6.Home6(protocols, **kwargs)
        self.addCleanup(self.home.close)
        self.desk = desks.Desk(self.home)
        self.addCleanup(self.desk.close)
        self.port = self.home.echo_server("pc")

    def open(self, *args, **kwargs):
        return self.desk.open_mapping(self.port, *args, **kwargs)

    def with_pinhole(self, rule, timeout=10.0):
        return self.desk.wait_rule(rule["id"], "a pinhole", lambda r: r["public_endpoint6"], timeout)

    def refused(self, *args, **kwargs):
        with self.assertRaises(desks.CtlError) as caught:
            self.open(*args, **kwargs)
        return caught.exception

    def assert_ended(self, client):
        client.settimeout(2.0)
        try:
            self.assertEqual(client.recv(64), b"")
        except ConnectionResetError:
            pass
        except socket.timeout:
            self.fail("a living connection was not cut")

    def events(self, rule):
        return [(event["what"], event["result"]) for event in self.desk.ctl("log", "--rule", rule["id"])["events"]]

    def test_both_ways_in_and_both_closed(self):
        rule = self.with_pinhole(self.open())
        self.assertEqual((rule["public_endpoint"]["address"], rule["public_endpoint"]["port"]), (rig.WAN, self.port))
        self.assertEqual((rule["public_endpoint6"]["address"], rule["public_endpoint6"]["port"]), (rig6.PC6, self.port))
        self.assertEqual([rule["family"], rule["error"]], ["auto", None])
        self.assertTrue(self.home.reached(self.port))
        client = self.home.connect6(self.port)
        self.assertIsNotNone(client)
        client.sendall(b"bytes that come back")
        self.assertEqual(client.recv(64), b"bytes that come back")
        self.assertTrue(self.home.pinhole(self.port))
        self.assertIn(("pinhole", "ok"), self.events(rule))
        shown = self.desk.run(desks.CTL, "show", rule["id"]).stdout
        self.assertIn(f"[{rig6.PC6}]:{self.port}", shown)
        self.assertIn("+ IPv6", self.desk.run(desks.CTL, "list").stdout)
        traffic = self.desk.wait_rule(rule["id"], "counted", lambda r: r["traffic"]["connections_ever"] >= 2)["traffic"]
        self.assertEqual(traffic["connections_ever"], 2)
        self.desk.ctl("close", rule["id"])
        self.assert_ended(client)
        self.assertFalse(self.home.pinhole(self.port))
        self.assertFalse(self.home.router_holds(self.port))
        self.assertFalse(self.home.reached6(self.port, timeout=0.5))
        self.assertEqual(self.desk.ctl("status")["debts"], 0)

    def test_nobody_gets_in_without_a_pinhole(self):
        port = self.home.echo_server6("pc")
        self.assertFalse(self.home.reached6(port, timeout=0.5))

    def test_ipv4_alone_opens_no_pinhole(self):
        rule = self.open("--family", "ipv4")
        self.assertTrue(self.home.reached(self.port))
        self.desk.ctl("routers", "--search")
        self.assertFalse(self.home.pinhole(self.port))
        self.assertIsNone(self.desk.ctl("show", rule["id"])["public_endpoint6"])

    def test_ipv6_alone_maps_nothing(self):
        rule = self.open("--family", "ipv6")
        self.assertEqual((rule["state"], rule["public_endpoint"]["address"]), ("open", rig6.PC6))
        self.assertTrue(self.home.reached6(self.port))
        self.assertFalse(self.home.router_holds(self.port))
        self.desk.ctl("close", rule["id"])
        self.assertFalse(self.home.pinhole(self.port))

    def test_ipv6_alone_needs_no_ipv4(self):
        self.live_in()
        self.home.ns("router", "nft", "add", "rule", "inet", "filter", "input", "meta", "nfproto", "ipv4", "udp", "dport",
                     "5351", "drop")
        if PROTOCOL == "upnp":
            self.skipTest("UPnP is described over IPv4")
        self.home.ip("pc", "route", "del", "default")
        rule = self.open("--family", "ipv6")
        self.assertEqual(rule["state"], "open")
        self.assertTrue(self.home.reached6(self.port))

    def test_both_or_neither(self):
        rule = self.open("--family", "both")
        self.assertEqual(rule["public_endpoint6"]["port"], self.port)
        self.assertTrue(self.home.reached(self.port))
        self.assertTrue(self.home.reached6(self.port))
        self.desk.ctl("close", rule["id"])
        self.home.mute_ipv6()
        self.assertEqual(self.refused("--family", "both").code, 6)
        self.assertFalse(self.home.router_holds(self.port))
        self.assertEqual(self.desk.rules(), [])

    def test_a_router_mute_by_ipv6_blocks_nothing(self):
        self.home.mute_ipv6()
        rule = self.open()
        self.assertEqual([rule["state"], rule["error"]], ["open", None])
        self.assertTrue(self.home.reached(self.port))

    def test_guard_keeps_the_audience(self):
        rule = self.with_pinhole(self.open("--allow", f"{rig6.FRIEND6}/128", "--allow", f"{rig.FRIEND}/32"))
        self.assertTrue(self.home.reached6(self.port))
        self.assertFalse(self.home.reached6(self.port, source=rig6.STRANGER6, timeout=0.5))
        self.assertTrue(self.home.reached(self.port))
        self.assertEqual(rule["way"], "guarded")

    def test_an_audience_of_ipv4_opens_no_pinhole(self):
        rule = self.open("--allow", f"{rig.FRIEND}/32")
        self.assertTrue(self.home.reached(self.port))
        self.assertFalse(self.home.pinhole(self.port))
        self.assertIsNone(self.desk.ctl("show", rule["id"])["public_endpoint6"])

    def test_a_port_that_is_taken_here_is_another(self):
        self.home.echo_server6("pc", self.port)
        rule = self.with_pinhole(self.open())
        other = rule["public_endpoint6"]["port"]
        self.assertNotEqual(other, self.port)
        self.assertTrue(self.home.reached6(other))
        # Not the program that has the port: nothing was opened to that.
        self.assertFalse(self.home.reached6(self.port, timeout=0.5))

    def test_a_port_that_is_taken_is_said_where_it_was_asked_for_by_ipv6_alone(self):
        self.home.echo_server6("pc", self.port)
        error = self.refused("--family", "ipv6")
        self.assertIn(str(self.port), str(error))
        self.assertFalse(self.home.pinhole(self.port))

    def test_udp_and_tcp(self):
        self.home.udp_echo_server("pc", self.port)
        rule = self.with_pinhole(self.open("--protocol", "both"))
        self.assertTrue(self.home.reached6(self.port))
        self.assertTrue(self.home.udp_reached6(self.port))
        self.desk.ctl("close", rule["id"])
        self.assertFalse(self.home.pinhole(self.port))
        self.assertFalse(self.home.udp_reached6(self.port, timeout=0.5))

    def test_range(self):
        first = 30000
        for number in range(3):
            self.home.echo_server("pc", first + number)
        rule = self.with_pinhole(self.desk.open_mapping(f"{first}-{first + 2}"))
        for number in range(3):
            self.assertTrue(self.home.reached6(first + number))
        self.desk.ctl("close", rule["id"])
        self.assertFalse(any(self.home.pinhole(first + number) for number in range(3)))

    def test_direct_to_this_computer(self):
        port = self.home.echo_server("pc", 0, "0.0.0.0")
        self.home.echo_server6("pc", port)
        rule = self.with_pinhole(self.desk.open_mapping(port, "--direct", "--to", f"{rig.PC}:{port}"))
        self.assertEqual([lease["system"] for lease in rule["leases"]].count("engine"), 0)
        self.assertTrue(self.home.reached6(port))
        self.desk.ctl("close", rule["id"])
        self.assertFalse(self.home.pinhole(port))
        self.assertFalse(self.home.reached6(port, timeout=0.5))

    def test_direct_to_an_ipv6_address(self):
        port = self.home.echo_server6("pc")
        rule = self.desk.open_mapping(port, "--direct", "--to", f"[{rig6.PC6}]:{port}")
        self.assertEqual([rule["state"], rule["family"]], ["open", "ipv6"])
        self.assertTrue(self.home.reached6(port))

    def test_direct_to_another_computer_is_refused_in_words(self):
        """In secure mode a router opens its firewall to who asks, and to nobody else."""
        port = self.home.echo_server6("nas", address=rig6.NAS6)
        with self.assertRaises(desks.CtlError) as caught:
            self.desk.open_mapping(port, "--direct", "--to", f"[{rig6.NAS6}]:{port}")
        self.assertEqual(caught.exception.code, 6)
        self.assertFalse(self.home.pinhole(port, rig6.NAS6))
        self.assertEqual(self.desk.rules(), [])

    def test_expiry_closes_the_pinhole(self):
        rule = self.with_pinhole(self.open(for_="4s"))
        client = self.home.connect6(self.port)
        self.assertIsNotNone(client)
        client.settimeout(8.0)
        try:
            client.recv(64)
        except ConnectionResetError:
            pass
        rig.wait_for("the firewall without it", lambda: not self.home.pinhole(self.port), 2.0)
        self.assertEqual(self.desk.wait_rule(rule["id"], "closed", lambda r: r["state"] == "closed")["close_reason"],
                         "expired")

    def test_reboot_restores_both(self):
        rule = self.with_pinhole(self.open())
        self.home.reboot_router()
        rig.wait_for("the pinhole restored", lambda: self.home.pinhole(self.port), 75.0)
        rig.wait_for("the mapping restored", lambda: self.home.router_holds(self.port), 75.0)
        self.assertTrue(self.home.reached6(self.port))
        self.assertEqual(self.desk.ctl("show", rule["id"])["state"], "open")

    def test_pinhole_that_vanishes_is_restored(self):
        self.with_pinhole(self.open("--family", "ipv6"))
        self.home.ns("router", "nft", "flush", "chain", "inet", "filter", "miniupnpd")
        rig.wait_for("the pinhole restored", lambda: self.home.pinhole(self.port), 90.0)
        self.assertTrue(self.home.reached6(self.port))

    def test_worker_killed_is_recovered(self):
        self.live_in(protocols=("pcp", "upnp") if PROTOCOL == "pcp" else SPEAKS)
        rule = self.with_pinhole(self.open())
        self.desk.kill_worker()
        self.assertFalse(self.home.reached6(self.port, timeout=0.5))
        again = self.with_pinhole(rule)
        self.assertEqual(again["public_endpoint6"], rule["public_endpoint6"])
        rig.wait_for("reached", lambda: self.home.reached6(self.port, timeout=0.5), 10.0)
        # What of it was not restored yet when it is closed is a debt, and paid at once.
        self.desk.ctl("close", rule["id"])
        rig.wait_for("the firewall without it", lambda: not self.home.pinhole(self.port))
        rig.wait_for("nothing owed", lambda: self.desk.ctl("status")["debts"] == 0)

    @unittest.skipUnless(PROTOCOL == "pcp", "UPnP knows it by a number")
    def test_a_renewed_pinhole_that_the_router_does_not_take_back_ends_soon(self):
        """miniupnpd 2.3.1 knows a pinhole that was renewed no more by its nonce."""
        rule = self.with_pinhole(self.open())
        self.desk.kill_worker()  # asks for it again
        self.with_pinhole(rule)
        rig.wait_for("the renewal", lambda: self.events(rule).count(("restore", "ok")) == 1)
        rig.wait_for("reached", lambda: self.home.reached6(self.port, timeout=0.5), 10.0)
        self.desk.ctl("close", rule["id"])
        debts = rig.wait_for("the reason", lambda: [debt for debt in self.desk.ctl("status")["debt_list"]
                                                    if "by itself" in debt["message"]])
        self.assertEqual(len(debts), 1)
        self.assertFalse(self.home.reached6(self.port, timeout=0.5))

    def test_address_change_moves_the_pinhole(self):
        rule = self.with_pinhole(self.open())
        self.home.ip("pc", "addr", "del", f"{rig6.PC6}/64", "dev", "eth0")
        self.home.add6("pc", "eth0", "2001:db8:77::44")
        moved = self.desk.wait_rule(rule["id"], "the new address", lambda r: r["public_endpoint6"] and (
            r["public_endpoint6"]["address"] == "2001:db8:77::44"), 30.0)
        self.assertEqual(moved["state"], "open")
        self.assertTrue(self.home.reached6(self.port, "2001:db8:77::44"))
        self.assertTrue(self.home.reached(self.port))

    def test_ipv6_that_comes_later_is_used(self):
        self.home.ip("pc", "-6", "route", "del", "default")
        rule = self.open()
        self.assertIsNone(rule["public_endpoint6"])
        self.home.ip("pc", "-6", "route", "add", "default", "via", rig6.GATEWAY6, "dev", "eth0")
        self.with_pinhole(rule, 20.0)
        self.assertTrue(self.home.reached6(self.port))

    def test_temporary_addresses_are_not_used(self):
        self.home.ns("pc", "ip", "addr", "add", "2001:db8:77::5/64", "dev", "eth0", "nodad", "preferred_lft", "0",
                     "valid_lft", "3600")  # deprecated
        rule = self.with_pinhole(self.open())
        self.assertEqual(rule["public_endpoint6"]["address"], rig6.PC6)

    def test_router_away_at_closing_is_a_debt_paid_later(self):
        rule = self.with_pinhole(self.open())
        client = self.home.connect6(self.port)
        self.home.stop_router()
        self.desk.ctl("close", rule["id"])
        self.assert_ended(client)
        self.assertEqual(self.desk.ctl("status")["debts"], 2)
        self.home.start_router()
        rig.wait_for("the debts paid", lambda: self.desk.ctl("status")["debts"] == 0, 75.0)
        self.assertFalse(self.home.pinhole(self.port))

    def test_another_external_port_keeps_connections(self):
        rule = self.with_pinhole(self.open())
        client = self.home.connect6(self.port)
        self.assertIsNotNone(client)
        self.desk.ctl("edit", rule["id"], "--external", self.port - 1)
        client.sendall(b"still here")
        self.assertEqual(client.recv(64), b"still here")
        self.assertTrue(self.home.reached(self.port - 1))
        self.assertTrue(self.home.reached6(self.with_pinhole(rule)["public_endpoint6"]["port"]))
        self.desk.ctl("close", rule["id"])
        self.assert_ended(client)
        self.assertFalse(self.home.pinhole(self.port))

    def test_family_is_edited(self):
        rule = self.with_pinhole(self.open())
        self.assertIsNone(self.desk.ctl("edit", rule["id"], "--family", "ipv4")["public_endpoint6"])
        self.assertFalse(self.home.pinhole(self.port))
        self.assertTrue(self.home.reached(self.port))
        self.desk.ctl("edit", rule["id"], "--family", "both")
        self.assertTrue(self.home.reached6(self.port))


if __name__ == "__main__":
    try:
        rig.enter()
    except rig.Unavailable as reason:
        tap.skip_all(str(reason))
    tap.main()

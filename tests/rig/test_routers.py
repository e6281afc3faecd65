# SPDX-License-Identifier: GPL-3.0-or-later
"""A home with two routers, of which the routing table shows one (a real miniupnpd), and with networks that are none:
a VPN and the bridge of containers. The other router is tests/support/router-emulator.py: it does no NAT, but tells
what it holds."""

import json
import os
import subprocess
import sys
import unittest

sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)),
                os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support")]
import desk as desks  # noqa: E402
import rig  # noqa: E402
import tap  # noqa: E402

SECOND, HERE = "192.168.78.1", "192.168.78.10"


class RouterTest(unittest.TestCase):
    def setUp(self):
        self.home = rig.Home()
        self.addCleanup(self.home.close)
        rig.sh("ip", "netns", "add", "second")
        self.addCleanup(rig.sh, "ip", "netns", "del", "second")
        self.home.ip("second", "link", "set", "lo", "up")
        self.home.ip("second", "link", "add", "l1", "type", "veth", "peer", "name", "eth1", "netns", "pc")
        self.home.ip("second", "addr", "add", f"{SECOND}/24", "dev", "l1")
        self.home.ip("second", "link", "set", "l1", "up")
        self.home.ip("pc", "addr", "add", f"{HERE}/24", "dev", "eth1")
        self.home.ip("pc", "link", "set", "eth1", "up")
        self.desk = desks.Desk(self.home)
        self.addCleanup(self.desk.close)
        self.port = self.home.echo_server("pc")

    def start_second(self, **options):
        folder = self.home.dir / "second"
        folder.mkdir()
        emulator = subprocess.Popen(
            ["ip", "netns", "exec", "second", sys.executable, str(desks.SOURCE / "tests/support/router-emulator.py"),
             str(folder), json.dumps(dict(options, address=SECOND))], stdout=subprocess.PIPE, text=True)
        self.addCleanup(emulator.stdout.close)
        self.home.children.append(emulator)
        self.assertEqual(emulator.stdout.readline().strip(), "ready")
        return folder

    def routers(self):
        return {router["address"]: router for router in self.desk.ctl("routers")["routers"]}

    def refused(self, *args):
        with self.assertRaises(desks.CtlError) as caught:
            self.desk.ctl(*args)
        return caught.exception

    def test_router_that_discovery_misses(self):
        folder = self.start_second()
        self.assertEqual(list(self.routers()), [rig.LAN])
        added = self.desk.ctl("routers", "add", SECOND)
        self.assertEqual((added["state"], added["named"], added["interface"], added["local_address"]),
                         ("ready", True, "eth1", HERE))
        rule = self.desk.open_mapping(self.port, "--router", added["id"])
        self.assertIn(f" {HERE} ", (folder / "table").read_text())
        self.assertFalse(self.home.router_holds(self.port))
        # It is kept, and the rule in it too.
        self.desk.kill_worker()
        rig.wait_for("the router after a restart", lambda: self.routers().get(SECOND, {}).get("state") == "ready", 20.0)
        self.desk.wait_rule(rule["id"], "open again", lambda r: r["state"] == "open", 20.0)
        error = self.refused("routers", "remove", SECOND)
        self.assertEqual(error.code, 1, error.text)
        self.assertIn("is open in this router", error.text)
        self.desk.ctl("close", rule["id"])
        self.assertEqual((folder / "table").read_text(), "")
        self.desk.ctl("routers", "remove", SECOND)
        self.assertEqual(list(self.routers()), [rig.LAN])
        self.assertEqual([event["what"] for event in self.desk.ctl("log")["events"] if "router" in event["what"]],
                         ["remove-router", "add-router"])

    def test_mapping_goes_over_to_another_router(self):
        folder = self.start_second()
        second = self.desk.ctl("routers", "add", SECOND)
        rule = self.desk.open_mapping(self.port)
        friend = self.home.connect(self.port)
        self.assertIsNotNone(friend)
        moved = self.desk.ctl("edit", rule["id"], "--router", second["id"])
        self.assertEqual((moved["state"], moved["backend"]), ("open", second["id"]))
        self.assertIn(f"tcp {self.port} {HERE} ", (folder / "table").read_text())
        rig.wait_for("the first router empty", lambda: not self.home.router_holds(self.port))
        friend.sendall(b"still here")
        self.assertEqual(friend.recv(64), b"still here")
        friend.close()
        back = self.desk.ctl("edit", rule["id"], "--router", "default")
        self.assertEqual(back["state"], "open")
        rig.wait_for("the second router empty", lambda: (folder / "table").read_text() == "")
        self.assertTrue(self.home.reached(self.port))
        # What is not there is refused, with everything as it was.
        self.assertEqual(self.refused("edit", rule["id"], "--router", "r000000000000").code, 5)
        self.assertTrue(self.home.reached(self.port))

    def test_description_that_a_search_does_not_find(self):
        folder = self.start_second(pcp="off", natpmp="off", upnp="silent")
        silent = self.desk.ctl("routers", "add", SECOND)
        self.assertEqual((silent["state"], silent["protocols"]), ("none", []))
        self.assertTrue(silent["advice"])
        url = f"http://{SECOND}:5000/root.xml"
        found = self.desk.ctl("routers", "add", SECOND, "--url", url)
        self.desk.ctl("routers", "--search")
        found = self.routers()[SECOND]
        self.assertEqual((found["state"], found["protocols"], found["description_url"]), ("ready", ["upnp"], url))
        self.desk.open_mapping(self.port, "--router", found["id"])
        self.assertIn(f"tcp {self.port} {HERE} ", (folder / "table").read_text())

    def test_wrong_description(self):
        self.start_second(pcp="off", natpmp="off", upnp="silent")
        self.desk.ctl("routers", "add", SECOND, "--url", f"http://{SECOND}:5001/nothing.xml")
        self.desk.ctl("routers", "--search")
        wrong = self.routers()[SECOND]
        self.assertEqual(wrong["state"], "none")
        self.assertIn("no UPnP description at the address that was given", wrong["message"])

    def test_permanent_mapping_is_owed_until_it_is_gone(self):
        """The router takes no lease: closed while it is away, the mapping is a debt that outlives the worker."""
        folder = self.start_second(pcp="off", natpmp="off", upnp="permanent")
        second = self.desk.ctl("routers", "add", SECOND)
        rule = self.desk.open_mapping(self.port, "--router", second["id"])
        self.assertEqual([lease["lifetime"] for lease in rule["leases"] if lease["system"] == "upnp"], [0])
        self.home.ns("second", "nft", "add table inet away; add chain inet away input "
                                      "{ type filter hook input priority 0; policy drop; }")
        self.desk.ctl("close", rule["id"])
        self.assertEqual(self.desk.ctl("status")["debts"], 1)
        self.desk.kill_worker()
        self.assertEqual(self.desk.ctl("status")["debts"], 1)
        self.assertIn(f"tcp {self.port} {HERE} ", (folder / "table").read_text())
        self.home.ns("second", "nft", "delete table inet away")
        rig.wait_for("the debt paid", lambda: self.desk.ctl("status")["debts"] == 0, 90.0, 0.5)
        self.assertEqual((folder / "table").read_text(), "")

    def test_what_cannot_be_added(self):
        for args, words in (((SECOND, "--interface", "eth0"), "is not in the network"),
                            (("192.168.99.1",), "in no network"),
                            (("127.0.0.1",), "is not the address of a router"),
                            (("example.org",), "is not the address of a router"),
                            ((SECOND, "--url", "http://192.168.77.66:8000/root.xml"), "does not lead to the router"),
                            ((SECOND, "--url", "https://192.168.78.1/root.xml"), "does not lead to the router"),
                            ((SECOND, "--interface", "a/b"), "not the name of a network interface")):
            with self.subTest(args):
                error = self.refused("routers", "add", *args)
                self.assertEqual(error.code, 2, error.text)
                self.assertIn(words, error.text)
        self.assertIn("was found, not added", self.refused("routers", "remove", rig.LAN).text)
        self.assertEqual(self.refused("routers", "remove", SECOND).code, 5)
        self.assertEqual(list(self.routers()), [rig.LAN])

    def test_interface_is_chosen_by_the_person(self):
        """The same router by cable and by air: the routing table prefers one, the person the other."""
        self.home.ip("router", "link", "add", "p-air", "type", "veth", "peer", "name", "wlan0", "netns", "pc")
        self.home.ip("router", "link", "set", "p-air", "master", "l0", "up")
        self.home.ip("pc", "addr", "add", "192.168.77.11/24", "dev", "wlan0")
        self.home.ip("pc", "link", "set", "wlan0", "up")
        self.assertEqual(self.routers()[rig.LAN]["interface"], "eth0")
        chosen = self.desk.ctl("routers", "add", rig.LAN, "--interface", "wlan0")
        self.assertEqual((chosen["interface"], chosen["local_address"]), ("wlan0", "192.168.77.11"))
        self.desk.open_mapping(self.port)
        self.assertIn("192.168.77.11", self.home.router_rules())
        self.assertEqual(len(self.routers()), 1)

    def test_vpn_and_containers_are_shown_and_not_chosen(self):
        self.home.ip("pc", "tuntap", "add", "dev", "tun0", "mode", "tun")
        self.home.ip("pc", "link", "add", "docker0", "type", "bridge")
        for name, address in (("tun0", "10.8.0.2/24"), ("docker0", "172.17.0.1/16")):
            self.home.ip("pc", "addr", "add", address, "dev", name)
            self.home.ip("pc", "link", "set", name, "up")
        # As a VPN does that takes all of the traffic: its route comes before the one to the router.
        self.home.ip("pc", "route", "del", "default")
        self.home.ip("pc", "route", "add", "default", "via", rig.LAN, "metric", "100")
        self.home.ip("pc", "route", "add", "default", "via", "10.8.0.1", "dev", "tun0", "metric", "50", "onlink")
        shown = self.desk.ctl("routers")
        self.assertEqual([router["address"] for router in shown["routers"]], [rig.LAN])
        why = {interface["name"]: interface["why_not_used"] for interface in shown["interfaces"]}
        self.assertEqual(why, {"eth0": None, "eth1": None, "tun0": "vpn", "docker0": "bridge"})
        self.desk.open_mapping(self.port)
        self.assertTrue(self.home.router_holds(self.port))


if __name__ == "__main__":
    try:
        rig.enter()
    except rig.Unavailable as reason:
        tap.skip_all(str(reason))
    tap.main()

# SPDX-License-Identifier: GPL-3.0-or-later
"""`portolanctl check network` in homes of every kind: with real STUN and web servers on the internet host, real NAT, a real
provider's NAT before it, a real VPN."""

import json
import os
import signal
import subprocess
import sys
import unittest

sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)),
                os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support")]
import desk as desks  # noqa: E402
import internet as internets  # noqa: E402
import rig  # noqa: E402
import tap  # noqa: E402

SERVERS = ("--consent", "--stun-server", rig.FRIEND, "--stun-server", f"{rig.STRANGER}:3478",
           "--http-server", f"http://{rig.FRIEND}/ip")
MASQUERADE = "flush chain inet filter postrouting\nadd rule inet filter postrouting oifname w0 masquerade"
# The public address is led back from inside, with the router as the source.
HAIRPIN = f"""
insert rule inet filter prerouting iifname l0 ip daddr {rig.WAN} tcp dport 1024-65535 dnat ip to {rig.PC}
add rule inet filter postrouting oifname l0 ip saddr 192.168.77.0/24 ip daddr {rig.PC} masquerade
"""
# What is sent to the public address from inside gets lost.
NO_HAIRPIN = f"insert rule inet filter input iifname l0 ip daddr {rig.WAN} tcp dport != 5000 drop"


class CheckTest(unittest.TestCase):
    def live_in(self, ipv6=False, provider=None, line=False, servers=True, **kwargs):
        self.home = rig.Home(**kwargs)
        self.addCleanup(self.home.close)
        self.internet = internets.Internet(self.home)
        if provider:
            self.internet.add_provider(provider, line)
            self.addCleanup(self.internet.remove_provider)
        if ipv6:
            self.internet.add_ipv6()
        if servers:
            self.internet.start_stun()
            self.internet.start_web()
        self.desk = desks.Desk(self.home)
        self.addCleanup(self.desk.close)

    def emulate(self, **options):
        """In the place of miniupnpd, which does not start on an address that is not public, a router that tells @options.
        Its NAT stays the real one."""
        self.home.stop_router()
        self.home.ip("router", "addr", "add", "192.168.77.66/24", "dev", "l0")
        emulator = subprocess.Popen(
            ["ip", "netns", "exec", "router", sys.executable, str(desks.SOURCE / "tests/support/router-emulator.py"),
             str(self.home.dir), json.dumps(options)], stdout=subprocess.PIPE, text=True)
        self.addCleanup(emulator.stdout.close)
        self.home.children.append(emulator)
        self.assertEqual(emulator.stdout.readline().strip(), "ready")

    def check(self, *args, code=None):
        """What it prints as JSON; its exit status is 0 only where others can connect in."""
        shown = self.desk.run(desks.CTL, "check", "network", "--json", *args)
        self.assertIn(shown.returncode, (0, 1), shown.stderr)
        self.assertTrue(shown.stdout, shown.stderr)
        result = json.loads(shown.stdout)
        self.assertEqual(shown.returncode == 0, result["reachable"] is True)
        if code is not None:
            self.assertEqual(shown.returncode, code)
        self.assertTrue(result["evidence"])
        self.assertTrue(result["advice"])
        self.assert_nothing_left()
        return result

    def assert_nothing_left(self):
        self.assertNotIn("dnat", self.home.router_rules())
        self.assertEqual(self.desk.ctl("status")["debts"], 0)

    def hop(self, result, kind):
        return next((hop for hop in result["hops"] if hop["kind"] == kind), None)

    # -- a public address --------------------------------------------------------------------------

    def test_public(self):
        self.live_in(ipv6=True)
        result = self.check(*SERVERS, "--stun-server", "2001:db8:5::1", "--http-server", "http://[2001:db8:5::1]/ip",
                            code=0)
        self.assertEqual(result["verdict"], "public")
        self.assertEqual(result["wan"], {"address": rig.WAN, "state": "connected"})
        self.assertEqual(result["public"]["ipv4"]["address"], rig.WAN)
        self.assertEqual(result["public"]["ipv6"]["address"], "2001:db8:77::10")
        self.assertEqual([(w["kind"], w["address"]) for w in result["public"]["ipv4"]["witnesses"]],
                         [("stun", rig.WAN), ("stun", rig.WAN), ("http", rig.WAN)])
        self.assertEqual({w["kind"] for w in result["public"]["ipv6"]["witnesses"]}, {"stun", "http"})
        gateway = result["gateway"]
        self.assertEqual((gateway["address"], gateway["interface"]), (rig.LAN, "eth0"))
        versions = {spoken["name"]: spoken["version"] for spoken in gateway["protocols"]}
        self.assertEqual((versions["pcp"], versions["natpmp"]), ("2", "0"))
        self.assertIn(versions["upnp"], ("IGD:1", "IGD:2"))
        self.assertTrue(gateway["model"])
        self.assertGreaterEqual(gateway["uptime_seconds"], 0)
        self.assertEqual([hop["kind"] for hop in result["hops"]], ["computer", "router", "internet"])
        self.assertEqual({hop["state"] for hop in result["hops"]}, {"ok"})
        self.assertRegex(result["checked_at"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
        self.assertIn(result["hairpin"], (True, False))
        shown = self.desk.run(desks.CTL, "check", "network")
        self.assertEqual(shown.returncode, 0, shown.stderr)
        self.assertIn(rig.WAN, shown.stdout)
        events = [event["what"] for event in self.desk.ctl("log")["events"]]
        self.assertIn("check", events)
        self.assertIn("check-settings", events)

    def test_without_consent_nobody_outside_is_asked(self):
        self.live_in()
        counter = ("add table inet spy\nadd chain inet spy out { type filter hook forward priority -10; }\n"
                   "add rule inet spy out iifname l0 oifname w0 counter")
        self.home.nft(counter)
        result = self.check("--stun-server", rig.FRIEND, "--http-server", f"http://{rig.FRIEND}/ip")
        self.assertIsNone(result["consent"])
        self.assertEqual(result["verdict"], "public")  # by the router's word
        self.assertEqual(result["public"]["ipv4"], {"address": None, "witnesses": []})
        self.assertIn("ask-outside", result["ways_out"])
        self.assertEqual(self.hop(result, "internet")["state"], "unknown")
        self.assertIn("packets 0 ", self.home.ns("router", "nft", "list", "table", "inet", "spy").stdout)
        shown = self.desk.run(desks.CTL, "check", "network")
        self.assertIn("--consent", shown.stderr)
        # Given, remembered, taken back.
        self.assertEqual(self.check("--consent")["consent"], "granted")
        self.assertEqual(self.check()["public"]["ipv4"]["address"], rig.WAN)
        result = self.check("--no-consent")
        self.assertEqual((result["consent"], result["public"]["ipv4"]["witnesses"]), ("refused", []))

    def test_hairpin_works(self):
        self.live_in(servers=False)
        # Where the bridge hands its frames to the firewall, they would not be routed back.
        self.home.ns("router", "sysctl", "-qw", "net.bridge.bridge-nf-call-iptables=0", check=False)
        self.home.nft(HAIRPIN)
        self.assertIs(self.check()["hairpin"], True)

    def test_hairpin_fails(self):
        self.live_in(servers=False)
        self.home.nft(NO_HAIRPIN)
        self.assertIs(self.check()["hairpin"], False)

    def test_hairpin_is_said_to_be_untested(self):
        self.live_in(servers=False)
        result = self.check("--no-hairpin")
        self.assertIsNone(result["hairpin"])
        self.home.stop_router()
        self.home.mute_router()
        self.desk.kill_worker()
        result = self.check()
        self.assertIsNone(result["hairpin"])
        self.assertTrue(result["hairpin_reason"])
        self.assertEqual(result["gateway"]["protocols"], [])

    # -- what stands in the way --------------------------------------------------------------------

    def test_carrier_grade_nat(self):
        self.live_in(provider="100.64.0.2", ipv6=False)
        self.emulate(external="100.64.0.2")
        result = self.check(*SERVERS, code=1)
        self.assertEqual(result["verdict"], "carrier-grade-nat")
        self.assertIs(result["reachable"], False)
        self.assertEqual(result["public"]["ipv4"]["address"], internets.ISP_WAN)
        self.assertEqual(self.hop(result, "provider")["state"], "trouble")
        self.assertIn("tunnel", result["ways_out"])
        self.assertIn("ask-provider", result["ways_out"])

    def test_double_nat(self):
        self.live_in(provider="192.168.178.2")
        self.emulate(external="192.168.178.2")
        result = self.check(*SERVERS, code=1)
        self.assertEqual(result["verdict"], "double-nat")
        self.assertIsNone(result["reachable"])  # it can work, where the other one forwards the port
        self.assertEqual(self.hop(result, "upstream-router")["state"], "trouble")
        self.assertIn("upstream-router", result["ways_out"])

    def test_address_that_the_internet_does_not_see(self):
        """The router's address is public, and a NAT stands before it all the same."""
        self.live_in(provider="100.64.0.2")
        self.emulate(external="5.6.7.8")
        result = self.check(*SERVERS, code=1)
        self.assertEqual(result["verdict"], "double-nat")

    def test_ds_lite(self):
        self.live_in(provider="192.0.0.2")
        self.emulate(external="192.0.0.2")
        result = self.check(*SERVERS, code=1)
        self.assertEqual(result["verdict"], "ds-lite")

    def test_symmetric_nat(self):
        self.live_in()
        self.home.nft(MASQUERADE + " fully-random")
        result = self.check(*SERVERS, code=0)
        self.assertEqual(result["verdict"], "symmetric-nat")
        ports = [w["port"] for w in result["public"]["ipv4"]["witnesses"] if w["kind"] == "stun"]
        self.assertNotEqual(ports[0], ports[1])

    def test_vpn(self):
        self.live_in()
        if not os.path.exists("/dev/net/tun"):
            self.skipTest("there is no /dev/net/tun")
        self.internet.start_vpn()
        result = self.check(*SERVERS, code=1)
        self.assertEqual(result["verdict"], "vpn")
        self.assertEqual(result["computer"]["interface"], "tun0")
        self.assertEqual(result["gateway"]["interface"], "eth0")
        self.assertEqual(self.hop(result, "vpn")["state"], "trouble")
        self.assertIn("end-vpn", result["ways_out"])

    def test_no_internet(self):
        self.live_in(told=False)
        self.home.ip("router", "link", "set", "w0", "down")
        result = self.check(*SERVERS, code=1)
        self.assertEqual(result["verdict"], "no-internet")
        self.assertIs(result["reachable"], False)
        self.assertNotIn("ok", self.hop(result, "internet")["state"])

    def test_no_network(self):
        self.live_in()
        self.home.ip("pc", "route", "del", "default")
        result = self.check(*SERVERS, code=1)
        self.assertEqual(result["verdict"], "no-internet")
        self.assertIsNone(result["gateway"])
        self.assertEqual(self.hop(result, "computer")["state"], "trouble")

    def test_router_that_tells_nothing(self):
        self.live_in()
        self.home.stop_router()
        result = self.check(*SERVERS, code=0)
        self.assertEqual(result["verdict"], "public")  # it answers for the public address
        self.assertEqual(result["wan"], {"address": None, "state": "unknown"})
        self.home.nft("add rule inet filter input icmp type != echo-request drop\n"
                      "add rule inet filter input udp dport 33434 drop")
        result = self.check(code=1)
        self.assertEqual(result["verdict"], "unknown")
        self.assertEqual(result["public"]["ipv4"]["address"], rig.WAN)

    def test_router_that_tells_nothing_behind_another(self):
        """Only the way to the public address shows who is on it."""
        for wan, verdict, hop, address in (("192.168.178.2", "double-nat", "upstream-router", "192.168.178.1"),
                                           ("100.64.0.2", "carrier-grade-nat", "provider", "100.64.0.1")):
            self.live_in(provider=wan, line=True)
            self.home.stop_router()
            result = self.check(*SERVERS, code=1)
            self.assertEqual(result["verdict"], verdict)
            self.assertIsNotNone(self.hop(result, hop))
            self.assertEqual(self.hop(result, hop)["address"], address)
            self.doCleanups()

    # -- servers that are no help ------------------------------------------------------------------

    def test_one_server_away(self):
        self.live_in()
        result = self.check("--consent", "--stun-server", rig.FRIEND, "--stun-server", f"{rig.FRIEND}:9",
                            "--http-server", f"http://{rig.FRIEND}/ip", code=0)
        self.assertEqual(result["verdict"], "public")
        witnesses = result["public"]["ipv4"]["witnesses"]
        self.assertEqual([w["address"] for w in witnesses], [rig.WAN, None, rig.WAN])
        self.assertTrue(witnesses[1]["error"])

    def test_pages_that_answer_something_else(self):
        self.live_in()
        for page in ("page", "away", "long", "missing"):
            result = self.check("--consent", "--stun-server", "none", "--http-server", f"http://{rig.FRIEND}/{page}")
            (witness,) = result["public"]["ipv4"]["witnesses"]
            self.assertIsNone(witness["address"], page)
            self.assertTrue(witness["error"], page)

    def test_wrong_servers_are_refused(self):
        self.live_in(servers=False)
        for args in (["--stun-server", "a b"], ["--http-server", "ftp://example.net/"],
                     ["--http-server", "http://ann:secret@example.net/"]):
            with self.assertRaises(desks.CtlError) as caught:
                self.desk.ctl("check", "network", *args)
            self.assertEqual(caught.exception.code, 2)
            self.assertEqual(json.loads(caught.exception.text)["error"]["code"], "invalid")

    # -- stopped in the middle ---------------------------------------------------------------------

    def start_slow_check(self):
        """A check whose test mapping is in the router, and which waits there for a connection that gets lost."""
        self.live_in(servers=False)
        self.home.nft(NO_HAIRPIN)
        self.desk.ctl("status")
        child = self.desk.popen(desks.CTL, "check", "network", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(child.wait)
        rig.wait_for("the test mapping", lambda: "dnat" in self.home.router_rules(), 15.0)
        return child

    def test_interrupted_check_leaves_nothing(self):
        child = self.start_slow_check()
        child.send_signal(signal.SIGINT)
        rig.wait_for("the mapping taken back", lambda: "dnat" not in self.home.router_rules(), 2.0)
        self.assertEqual(self.desk.ctl("status")["debts"], 0)
        self.assertIsNotNone(self.check()["hairpin"])

    def test_killed_worker_leaves_nothing(self):
        child = self.start_slow_check()
        self.desk.kill_worker()
        child.wait()
        self.assertIn("dnat", self.home.router_rules())
        self.desk.ctl("status")
        rig.wait_for("the mapping taken back", lambda: "dnat" not in self.home.router_rules(), 20.0)
        rig.wait_for("nothing owed", lambda: self.desk.ctl("status")["debts"] == 0, 20.0)


if __name__ == "__main__":
    try:
        rig.enter()
    except rig.Unavailable as reason:
        tap.skip_all(str(reason))
    tap.main()

# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks of the exposure in a home with a real router (Debian's miniupnpd, asked by Debian's upnpc too): what the router
leads to, by a rule and by others, to this computer, to another one, and to nobody."""

import json
import pathlib
import shutil
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "support")]

import container_engine  # noqa: E402
import desk as desks  # noqa: E402
import podman  # noqa: E402
import rig  # noqa: E402
import tap  # noqa: E402


STRICT = """
table inet strict {
  chain input {
    type filter hook input priority 0; policy drop;
    iifname "lo" accept
    ct state established,related accept
  }
}
table ip nat {
  chain output { type nat hook output priority -100; ip daddr 192.168.77.10 tcp dport 30001 dnat to 192.168.77.20:80; }
}
"""


class ExposureTest(unittest.TestCase):
    def setUp(self):
        if not shutil.which("upnpc"):
            self.skipTest("upnpc is not installed")
        self.home = rig.Home(secure=False)
        self.addCleanup(self.home.close)
        self.desk = desks.Desk(self.home)
        self.addCleanup(self.desk.close)

    def made_by(self, where, address, port, external, text="of another program"):
        """An entry that no rule declares."""
        self.home.ns(where, "upnpc", "-e", text, "-a", address, str(port), str(external), "tcp", "3600")
        self.assertTrue(self.home.router_holds(external))

    def check(self, *args):
        done = self.desk.run(desks.CTL, "check", "exposure", "--json", *args)
        self.assertIn(done.returncode, (0, 1), done.stderr)
        return json.loads(done.stdout)

    def by_public_port(self, whole):
        """The finding that each public port leads to."""
        found = {}
        for finding in whole["findings"]:
            for forwarded in finding["forwarded"]:
                if forwarded["public_endpoint"]:
                    self.assertNotIn(forwarded["public_endpoint"], found)
                    found[forwarded["public_endpoint"]] = (finding, forwarded)
        return found

    def seen(self, finding):
        return {sighting["vantage"]: sighting["state"] for sighting in finding["seen"]}

    def test_foreign_entries(self):
        self.home.echo_server("pc", 8080, "0.0.0.0")
        self.home.echo_server("nas", 8022, rig.NAS)
        self.made_by("pc", rig.PC, 8080, 30080)
        self.made_by("nas", rig.NAS, 8022, 30022)
        self.made_by("pc", rig.PC, 9, 30009)
        found = self.by_public_port(self.check())
        finding, forwarded = found[f"{rig.WAN}:30080"]
        self.assertEqual(finding["endpoint"], {"address": "0.0.0.0", "port": 8080, "protocol": "tcp"})
        self.assertIsNone(finding["declared"])
        self.assertEqual(finding["reach"], "internet")
        self.assertEqual(self.seen(finding), {"machine": "open", "lan": "open"})
        self.assertTrue(finding["listening"]["process"])
        self.assertEqual((forwarded["system"], forwarded["entry"], forwarded["rule"]), ("router", "tcp/30080", None))
        self.assertIn("No rule of yours declares it.", finding["evidence"])
        self.assertIn("make it a rule", finding["advice"])
        self.assertEqual([hop["kind"] for hop in finding["ways"][0]][:3], ["internet", "router", "computer"])
        # Another computer's: it answers there.
        finding, _ = found[f"{rig.WAN}:30022"]
        self.assertEqual(finding["endpoint"], {"address": rig.NAS, "port": 8022, "protocol": "tcp"})
        self.assertIsNone(finding["listening"])
        self.assertEqual(self.seen(finding), {"lan": "open"})
        self.assertEqual([hop["kind"] for hop in finding["ways"][0]], ["internet", "router", "device", "program"])
        # Nobody's.
        finding, _ = found[f"{rig.WAN}:30009"]
        self.assertEqual(self.seen(finding), {"machine": "closed", "lan": "closed"})
        self.assertEqual(finding["severity"], "medium")
        self.assertIn("Remove the entry", finding["advice"])
        self.assertEqual(finding["ways"][0][-1]["state"], "trouble")

    def test_host_that_went_away(self):
        self.home.echo_server("nas", 8022, rig.NAS)
        self.made_by("nas", rig.NAS, 8022, 30022)
        self.home.ip("nas", "link", "set", "eth0", "down")
        self.home.ip("pc", "neigh", "flush", "all")
        rig.wait_for("it gone", lambda: any(entry["review"] == "host-gone" for entry in self.desk.ctl("entries")["entries"]),
                     30.0, step=0.5)
        finding, _ = self.by_public_port(self.check())[f"{rig.WAN}:30022"]
        self.assertEqual(finding["severity"], "medium")
        self.assertIn("switched off or gone", finding["evidence"])
        self.assertIn("Remove the entry", finding["advice"])

    def test_rules(self):
        target = self.home.echo_server("pc", 0, "127.0.0.1")
        guarded = self.desk.ctl("open", "mapping", "--port", target, "--external", "25565", "--owner", "ann", "--purpose",
                                "game", "--for", "1h")
        self.home.echo_server("pc", 8081, rig.PC)
        direct = self.desk.ctl("open", "mapping", "--port", "8081", "--external", "25566", "--direct", "--to", rig.PC, "--owner", "ann",
                               "--purpose", "web", "--for", "1h")
        limited = self.desk.ctl("open", "mapping", "--port", target, "--external", "25567", "--allow", f"{rig.FRIEND}/32",
                                "--owner", "ann", "--purpose", "friend", "--for", "1h")
        found = self.by_public_port(self.check())
        finding, forwarded = found[f"{rig.WAN}:25565"]
        self.assertEqual(finding["declared"], guarded["id"])
        self.assertEqual(forwarded["rule"], guarded["id"])
        self.assertEqual(finding["listening"]["pid"], self.desk.worker_pid())
        self.assertEqual(self.seen(finding)["lan"], "open")
        self.assertIn("A rule of yours declares it.", finding["evidence"])
        self.assertNotIn("make it a rule", finding["advice"])
        finding, _ = found[f"{rig.WAN}:25566"]
        self.assertEqual((finding["declared"], finding["endpoint"]["port"]), (direct["id"], 8081))
        finding, _ = found[f"{rig.WAN}:25567"]
        self.assertEqual(finding["declared"], limited["id"])
        self.assertIn("Only the networks that the rule names", finding["evidence"])
        # It still works, and is not counted as a stranger's visit by mistake.
        self.assertTrue(self.home.reached(25565))

    def test_rule_that_leads_to_nobody(self):
        rules = {external: self.desk.ctl("open", "mapping", "--port", "8085", "--external", str(external), *how, "--owner", "ann",
                                         "--purpose", "web", "--for", "1h")["id"]
                 for external, how in ((25568, ("--direct", "--to", rig.PC)), (25569, ()))}
        found = self.by_public_port(self.check())
        for external, rule in rules.items():
            finding, _ = found[f"{rig.WAN}:{external}"]
            self.assertEqual(finding["declared"], rule)
            self.assertEqual(finding["severity"], "low")
            self.assertIn("close the rule", finding["advice"])

    def start_podman(self, options):
        engine = podman.Podman("pc", options)
        self.addCleanup(engine.close)
        rig.wait_for("podman", engine.is_ready, 60.0, step=0.2)
        if not engine.runs:
            self.skipTest(engine.why)
        return engine

    def test_published_by_podman(self):
        """A real Podman: what it publishes is named as its container's, and so is who holds the port for it."""
        self.start_podman("-p 30001:80 -p 127.0.0.1:30002:80")
        found = {finding["endpoint"]["port"]: finding for finding in self.check()["findings"]}
        published = found[30001]
        self.assertIn(("container", "Podman: web"), [(one["system"], one["name"]) for one in published["forwarded"]])
        self.assertEqual(published["reach"], "lan")
        # Podman's conmon holds the port, so that nobody else takes it: that is the container's.
        for port in (30001, 30002):
            self.assertEqual((found[port]["listening"]["process"], found[port]["listening"]["container"]), ("conmon", "web"))
        self.assertEqual((found[30002]["reach"], found[30002]["forwarded"]), ("machine", []))
        told = json.loads(self.desk.run(desks.CTL, "listeners", "--json").stdout)["listeners"]
        self.assertEqual([one["container"] for one in told if one["port"] == 30001], ["web"])

    def test_podman_gone(self):
        """A socket that nobody answers at any more is no reason to be without a report."""
        engine = self.start_podman("-p 30001:80")
        engine.close(kill=True)
        self.assertTrue(pathlib.Path(podman.SOCKET).exists())
        whole = self.check()
        self.assertNotIn(30001, {finding["endpoint"]["port"] for finding in whole["findings"]})

    def test_published_past_the_firewall(self):
        """What Docker's engine says is an emulator's; that nobody listens there, and the ruleset, are real."""
        listing = [{"Id": "0" * 64, "Names": ["/web"],
                    "Ports": [{"IP": "0.0.0.0", "PrivatePort": 80, "PublicPort": 30001, "Type": "tcp"},
                              {"IP": "127.0.0.1", "PrivatePort": 80, "PublicPort": 30002, "Type": "tcp"}]}]
        container_engine.Engine(self, "/run/docker.sock", listing)  # in a /run of the test's own
        self.home.echo_server("pc", 30003, "0.0.0.0")
        # As Docker does it: led on before the firewall is asked, without a socket on this machine.
        self.home.echo_server("nas", 80, rig.NAS)
        self.home.ns("pc", "nft", "-f", "-", input=STRICT)
        found = {finding["endpoint"]["port"]: finding for finding in self.check()["findings"]}
        published = found[30001]
        self.assertIsNone(published["listening"])
        self.assertEqual([(one["system"], one["name"]) for one in published["forwarded"]], [("container", "Docker: web")])
        self.assertEqual((published["severity"], published["reach"], published["firewall"]), ("medium", "lan", "blocked"))
        self.assertIn("past this computer’s firewall", published["evidence"])
        self.assertNotIn(30002, found)
        # What the firewall keeps neighbours out of is said to be filtered, whatever this computer itself sees of it.
        self.assertEqual(self.seen(found[30003])["lan"], "filtered")
        self.assertEqual((found[30003]["severity"], found[30003]["reach"]), ("info", "machine"))

    def test_what_came_and_went(self):
        self.home.echo_server("pc", 8080, "0.0.0.0")
        self.check()
        self.made_by("pc", rig.PC, 8080, 30080)
        changed = self.check()
        (finding,) = [one for one in changed["findings"] if one["endpoint"]["port"] == 8080]
        self.assertEqual((finding["news"], finding["reach"]), ("changed", "internet"))
        self.desk.ctl("entries", "remove", "30080")
        self.check()
        other = json.loads(self.desk.run(desks.CTL, "check", "exposure", "--diff", "--json").stdout)["findings"]
        self.assertEqual([(one["endpoint"]["port"], one["news"], one["reach"]) for one in other], [(8080, "changed", "lan")])


if __name__ == "__main__":
    try:
        rig.enter()
    except rig.Unavailable as reason:
        tap.skip_all(str(reason))
    tap.main()

# SPDX-License-Identifier: GPL-3.0-or-later
"""What the firewall of the computer that a rule is on does with it: a real firewalld on a system bus of the test's own,
real nftables rulesets in the pc's namespace, ufw's own files. The Docker engine is an emulator on a unix socket, for
Debian's wants a machine of its own."""

import pathlib
import shutil
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "support")]

import container_engine  # noqa: E402
import desk as desks  # noqa: E402
import firewalls  # noqa: E402
import rig  # noqa: E402
import tap  # noqa: E402

STRICT = """
table inet guard {
  chain input {
    type filter hook input priority 0; policy drop;
    ct state established,related accept
    iifname "lo" accept
    tcp dport { 22, 30000-30010 } accept
  }
}
"""


class FirewallTest(firewalls.FirewallCase):
    def open_direct(self, port):
        self.home.echo_server("pc", port, rig.PC)
        return self.desk.open_mapping(port, "--direct", "--to", f"{rig.PC}:{port}", "--firewall", "leave")

    def firewall(self, rule):
        return self.desk.ctl("show", rule["id"])["firewall"]

    def test_firewalld(self):
        self.start_firewalld()
        self.start_desk()
        rule = self.open_direct(30001)
        self.assertFalse(self.home.reached(30001, timeout=0.7))
        told = self.firewall(rule)
        self.assertEqual((told["kind"], told["verdict"], told["zone"]), ("firewalld", "blocked", "public"))
        self.assertEqual(told["command"], "sudo firewall-cmd --zone=public --add-port=30001/tcp")
        shown = self.desk.run(desks.CTL, "show", rule["id"]).stdout
        self.assertIn(told["command"], shown)
        # The command is what it takes.
        added = self.firewalld("zone.addPort", "public", "30001", "tcp", "0")
        self.assertEqual(added.returncode, 0, added.stderr)
        self.assertEqual(self.firewall(rule)["verdict"], "open")
        self.assertIsNone(self.firewall(rule)["command"])
        self.assertTrue(self.home.reached(30001))

    def test_guarded_is_asked_for_the_port_that_the_router_leads_to(self):
        self.start_firewalld()
        self.start_desk()
        port = self.home.echo_server("pc")
        rule = self.desk.open_mapping(port, "--firewall", "leave")
        guard = next(lease for lease in rule["leases"] if lease["system"] == "engine")
        self.assertEqual(self.firewall(rule)["ports"], str(guard["endpoint"]["port"]))

    def test_zone_that_lets_everything_in(self):
        self.start_firewalld()
        changed = self.firewalld("zone.changeZoneOfInterface", "trusted", "eth0")
        self.assertEqual(changed.returncode, 0, changed.stderr)
        self.start_desk()
        told = self.firewall(self.open_direct(30001))
        self.assertEqual((told["zone"], told["verdict"]), ("trusted", "open"))

    def test_nftables(self):
        self.start_desk()
        inside, outside = self.open_direct(30001), self.open_direct(31001)
        self.assertEqual((self.firewall(outside)["kind"], self.firewall(outside)["verdict"]), ("none", "open"))
        self.home.ns("pc", "nft", "-f", "-", input=STRICT)
        self.assertEqual(self.firewall(inside)["verdict"], "open")
        told = self.firewall(outside)
        self.assertEqual((told["kind"], told["verdict"]), ("nftables", "blocked"))
        self.assertTrue(self.home.reached(30001))
        self.assertFalse(self.home.reached(31001, timeout=0.7))
        # The command is what it takes.
        self.home.ns("pc", *told["command"].removeprefix("sudo ").split())
        self.assertTrue(self.home.reached(31001))
        self.assertEqual(self.firewall(outside)["verdict"], "open")

    def test_ufw(self):
        if not shutil.which("ufw"):
            self.skipTest("ufw is not installed")
        copy = self.dir / "ufw"
        shutil.copytree("/etc/ufw", copy)
        rig.sh("mount", "--bind", str(copy), "/etc/ufw")
        self.addCleanup(rig.sh, "umount", "/etc/ufw")
        self.home.ns("pc", "ufw", "allow", "30001/tcp")
        conf = copy / "ufw.conf"
        conf.write_text(conf.read_text().replace("ENABLED=no", "ENABLED=yes"))
        self.start_desk()
        told = self.firewall(self.open_direct(30001))
        self.assertEqual((told["kind"], told["verdict"]), ("ufw", "open"))
        told = self.firewall(self.open_direct(31001))
        self.assertEqual((told["kind"], told["verdict"], told["command"]), ("ufw", "blocked", "sudo ufw allow 31001/tcp"))

    def test_published_by_a_container(self):
        listing = [{"Names": ["/web"], "Ports": [{"IP": "0.0.0.0", "PrivatePort": 80, "PublicPort": 30001, "Type": "tcp"}]}]
        container_engine.Engine(self, "/run/docker.sock", listing)  # in a /run of the test's own
        self.home.ns("pc", "nft", "-f", "-", input=STRICT.replace("30000-30010", "30005"))
        self.start_desk()
        told = self.firewall(self.open_direct(30001))
        self.assertEqual(told["container"], "Docker: web")
        self.assertIn("past this computer's firewall", told["message"])
        self.assertIsNone(told["command"])

    def test_nothing_arrives_here(self):
        self.start_desk()
        rule = self.desk.ctl("open", "forward", "--listen", "127.0.0.1:0", "--to", "127.0.0.1:9", "--owner", "ann",
                             "--purpose", "x", "--for", "1h")
        self.assertIsNone(self.firewall(rule))


if __name__ == "__main__":
    try:
        rig.enter()
    except rig.Unavailable as reason:
        tap.skip_all(str(reason))
    tap.main()

# SPDX-License-Identifier: GPL-3.0-or-later
"""`portolanctl check exposure` from where others are: from a relay on the internet, through a real sshd there, for IPv4
behind the router's NAT and IPv6 without; from inside at the public address; and in the records of others, for which a
real nginx says what InternetDB and Shodan say (an emulator of their answers), with and without consent."""

import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import unittest

sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)),
                os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support")]
import desk as desks  # noqa: E402
import internet as internets  # noqa: E402
import rig  # noqa: E402
import keyring  # noqa: E402
import tap  # noqa: E402
from rig import wait_for  # noqa: E402

PC6 = "2001:db8:77::10"
WORKER = ("--session", "--dest", desks.BUS_NAME, "--object-path", "/io/github/portolan/Portolan")
# The public address is led back from inside, with the router as the source.
HAIRPIN = f"""
insert rule inet filter prerouting iifname l0 ip daddr {rig.WAN} tcp dport 1024-65535 dnat ip to {rig.PC}
add rule inet filter postrouting oifname l0 ip saddr 192.168.77.0/24 ip daddr {rig.PC} masquerade
"""
NO_HAIRPIN = f"insert rule inet filter input iifname l0 ip daddr {rig.WAN} tcp dport != 5000 drop"


# Whatever leaves the home.
SPY = """
table inet spy {
  chain forward {
    type filter hook forward priority -300;
    iifname "l0" oifname "w0" counter
  }
}
"""
NGINX = """
daemon off;
master_process off;
pid {dir}/records.pid;
error_log {dir}/records.err;
events {{ }}
http {{
  log_format asked '$request_uri';
  access_log {dir}/records.log asked;
  client_body_temp_path {dir}; proxy_temp_path {dir}; fastcgi_temp_path {dir}; uwsgi_temp_path {dir};
  scgi_temp_path {dir};
  server {{
    listen {address}:{port};
    default_type application/json;
    location = /{wan} {{
      return 200 '{{"cpes":[],"hostnames":[],"ip":"{wan}","ports":[22,25000],"tags":[],"vulns":["CVE-2023-48795"]}}';
    }}
    location /shodan/host/ {{
      return 200 '{{"ip_str":"{wan}","ports":[8443],"last_update":"2026-11-20T08:15:30.123456","vulns":[]}}';
    }}
  }}
}}
"""


class Relay:
    """A real sshd on the internet host, with one login key."""

    def __init__(self, home, settings=""):
        self.dir = pathlib.Path(home.dir) / "relay"
        self.dir.mkdir()
        self.key = self._make_key("id")
        host_key = self._make_key("host_key")
        shutil.copy(f"{self.key}.pub", self.dir / "authorized_keys")
        (self.dir / "sshd_config").write_text(
            f"Port 22\nListenAddress {rig.FRIEND}\nHostKey {host_key}\nAuthorizedKeysFile {self.dir}/authorized_keys\n"
            "PidFile none\nStrictModes no\nUsePAM no\nPermitRootLogin yes\nPasswordAuthentication no\n"
            f"KbdInteractiveAuthentication no\n{settings}\n")
        log = open(self.dir / "log", "wb")
        self.process = subprocess.Popen(
            ["ip", "netns", "exec", "inet", "/usr/sbin/sshd", "-D", "-e", "-f", str(self.dir / "sshd_config")], stderr=log)
        home.children.append(self.process)
        wait_for("sshd", lambda: "Server listening on" in (self.dir / "log").read_text(errors="replace"), 10)

    def _make_key(self, name):
        path = self.dir / name
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "test", "-f", str(path)], check=True)
        return path


class VantageTest(unittest.TestCase):
    def live_in(self, ipv6=False, settings="", **kwargs):
        if not shutil.which("/usr/sbin/sshd"):
            self.skipTest("there is no OpenSSH server on this machine")
        self.home = rig.Home(**kwargs)
        self.addCleanup(self.home.close)
        if ipv6:
            internets.Internet(self.home).add_ipv6()
        self.relay = Relay(self.home, settings)
        self.desk = desks.Desk(self.home)
        self.addCleanup(self.desk.close)

    def call(self, method, *args):
        shown = self.desk.run("gdbus", "call", *WORKER, "--method", f"io.github.portolan.Portolan.Worker1.{method}", *args)
        self.assertEqual(shown.returncode, 0, shown.stderr)
        return shown.stdout

    def add_relay(self):
        user = subprocess.run(["id", "-un"], capture_output=True, text=True, check=True).stdout.strip()
        self.call("AddRelay", f"{{'Name': <'myvps'>, 'Host': <'{rig.FRIEND}'>, 'User': <'{user}'>, "
                              f"'KeyFile': <'{self.relay.key}'>}}")

    def trust(self):
        """The first look finds a key that nobody knows, and nothing is sent: the person compares it, and accepts it."""
        first = self.check("relay")
        self.assertTrue(any("host key" in note for note in first["report"]["notes"]), first["report"]["notes"])
        shown = self.desk.run("gdbus", "call", *WORKER, "--method",
                              "org.freedesktop.DBus.ObjectManager.GetManagedObjects").stdout
        offered = re.search(r"'OfferedKey': <'([^']+)'>", shown).group(1)
        self.call("TrustHostKey", "myvps", offered)

    def check(self, *vantages, args=(), timeout=60):
        wanted = [word for vantage in ("machine", *vantages) for word in ("--vantage", vantage)]
        shown = self.desk.run(desks.CTL, "check", "exposure", "--json", *wanted, *args, timeout=timeout)
        self.assertIn(shown.returncode, (0, 1), shown.stderr)
        return json.loads(shown.stdout)

    def seen(self, report, port, vantage):
        """What @vantage saw of the finding at @port, or that the router leads to by it."""
        for finding in report["findings"]:
            outside = [forwarded["public_endpoint"] for forwarded in finding["forwarded"]]
            if finding["endpoint"]["port"] != port and f"{rig.WAN}:{port}" not in outside:
                continue
            for sighting in finding["seen"]:
                if sighting["vantage"] == vantage:
                    return sighting
        return None

    def ssh_pids(self):
        """Every ssh of the worker's that shares its connection."""
        pids = []
        for entry in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
            try:
                words = entry.read_bytes().split(b"\0")
            except OSError:
                continue
            if words[0].endswith(b"ssh") and any(b"portolan-relay-" in word for word in words):
                pids.append(int(entry.parent.name))
        return pids

    def assert_nothing_left(self):
        self.assertEqual(self.ssh_pids(), [])
        self.assertEqual(list((self.desk.dir / "run").glob("portolan-relay-*")), [])

    # -- from a relay ------------------------------------------------------------------------------

    def test_ipv4(self):
        self.live_in()
        self.add_relay()
        open_port = self.home.echo_server("pc", 25000, "0.0.0.0")
        self.home.echo_server("pc", 25001, "0.0.0.0")
        self.desk.open_mapping(open_port)
        self.desk.open_mapping(25002, "--direct", "--to", f"{rig.PC}:25002")
        self.home.nft("insert rule inet filter forward iifname w0 tcp dport 25003 drop")
        self.home.echo_server("pc", 25003, "0.0.0.0")
        self.desk.open_mapping(25003, "--direct", "--to", f"{rig.PC}:25003")
        self.trust()
        report = self.check("relay")
        self.assertEqual(report["report"]["vantages"], ["machine", "relay"])
        sighting = self.seen(report, 25000, "relay")
        self.assertEqual(sighting["state"], "open")
        self.assertRegex(sighting["at"], r"^20\d\d-.*Z$")
        # Nothing listens, and the router leads there; listens, and is not led to; led to, and dropped on the way.
        self.assertEqual(self.seen(report, 25002, "relay")["state"], "closed")
        self.assertIsNone(self.seen(report, 25001, "relay"))
        self.assertEqual(self.seen(report, 25003, "relay")["state"], "filtered")
        self.assert_nothing_left()

    def test_ipv6(self):
        self.live_in(ipv6=True)
        self.home.ip("inet", "addr", "add", "2001:db8:5::2/64", "dev", "i0", "nodad")
        self.add_relay()
        listener = self.home.socket("pc", family=socket.AF_INET6)
        listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind(("::", 25010))
        listener.listen(8)
        self.addCleanup(listener.close)
        self.home.nft("insert rule inet filter forward ip6 daddr 2001:db8:77::/64 accept")
        self.trust()
        sighting = self.seen(self.check("relay"), 25010, "relay")
        self.assertEqual(sighting["state"], "open")
        self.home.nft("insert rule inet filter forward ip6 daddr 2001:db8:77::/64 tcp dport 25010 drop")
        sighting = self.seen(self.check("relay"), 25010, "relay")
        self.assertEqual(sighting["state"], "filtered")

    def test_forwarding_refused(self):
        self.live_in(settings="AllowTcpForwarding no")
        self.add_relay()
        port = self.home.echo_server("pc", 25000, "0.0.0.0")
        self.desk.open_mapping(port)
        self.trust()
        sighting = self.seen(self.check("relay"), 25000, "relay")
        self.assertEqual(sighting["state"], "failed")
        self.assertIn("AllowTcpForwarding", sighting["detail"])

    def test_relay_away(self):
        self.live_in()
        self.add_relay()
        port = self.home.echo_server("pc", 25000, "0.0.0.0")
        self.desk.open_mapping(port)
        self.relay.process.kill()
        self.relay.process.wait()
        report = self.check("relay")
        self.assertEqual(self.seen(report, 25000, "relay")["state"], "failed")
        self.assertTrue(any("Nothing takes ssh connections" in note for note in report["report"]["notes"]))
        self.assert_nothing_left()

    def test_no_relay(self):
        self.live_in()
        shown = self.desk.run(desks.CTL, "check", "exposure", "--json", "--vantage", "relay")
        self.assertEqual(shown.returncode, 5, shown.stderr)
        self.assertIn("no relay", shown.stderr)

    def test_worker_dies(self):
        """The ssh goes with the worker, whatever becomes of that."""
        self.live_in()
        self.add_relay()
        listener = self.home.socket("pc")
        listener.bind(("0.0.0.0", 25020))
        listener.listen(8)
        self.addCleanup(listener.close)
        self.desk.open_mapping(25020, "--direct", "--to", f"{rig.PC}:25020")
        self.trust()
        self.home.nft("insert rule inet filter forward iifname w0 tcp dport 25020 drop")
        running = self.desk.popen(desks.CTL, "check", "exposure", "--vantage", "relay", stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL)
        pids = wait_for("the ssh to the relay", self.ssh_pids, 10)
        self.desk.kill_worker(signal.SIGKILL)
        wait_for("its end", lambda: not any(os.path.exists(f"/proc/{pid}/exe") for pid in pids), 10)
        running.wait(20)

    # -- from inside -------------------------------------------------------------------------------

    def test_hairpin(self):
        self.live_in()
        port = self.home.echo_server("pc", 25000, "0.0.0.0")
        self.desk.open_mapping(port, "--direct", "--to", f"{rig.PC}:{port}")
        # Where the bridge hands its frames to the firewall, they would not be routed back.
        self.home.ns("router", "sysctl", "-qw", "net.bridge.bridge-nf-call-iptables=0", check=False)
        self.home.nft(HAIRPIN)
        sighting = self.seen(self.check("hairpin"), port, "hairpin")
        self.assertEqual(sighting["state"], "open")
        self.assertIn("proves little", sighting["detail"])
        self.home.nft("flush chain inet filter postrouting")
        self.home.nft(NO_HAIRPIN)
        for handle in re.findall(r"iifname \"l0\" ip daddr 5\.6\.7\.8 .*# handle (\d+)", self.home.ns(
                "router", "nft", "-a", "list", "chain", "inet", "filter", "prerouting").stdout):
            self.home.nft(f"delete rule inet filter prerouting handle {handle}")
        sighting = self.seen(self.check("hairpin"), port, "hairpin")
        self.assertEqual(sighting["state"], "failed")
        self.assertIn("proves nothing", sighting["detail"])

    # -- in the records of others ------------------------------------------------------------------

    def start_records(self, name, address, port):
        folder = pathlib.Path(self.home.dir) / f"records-{name}"
        folder.mkdir()
        conf = folder / "nginx.conf"
        conf.write_text(NGINX.format(dir=folder, address=address, port=port, wan=rig.WAN))
        self.home.children.append(subprocess.Popen(
            ["ip", "netns", "exec", name, "nginx", "-c", str(conf), "-p", str(folder)], stderr=subprocess.DEVNULL))
        wait_for("the web server",
                 lambda: f":{port:04X} " in self.home.ns(name, "cat", "/proc/net/tcp").stdout, 10)
        return folder / "records.log"

    def left(self):
        """How many packets have left the home."""
        rules = self.home.ns("router", "nft", "list", "table", "inet", "spy").stdout
        return int(re.search(r"packets (\d+)", rules).group(1))

    def set(self, *args, text=None):
        shown = subprocess.run(["ip", "netns", "exec", "pc", str(desks.CTL), "check", "exposure", "--json", *args],
                               env=self.desk.env, input=text, capture_output=True, text=True, check=False)
        self.assertEqual(shown.returncode, 0, shown.stderr)
        return json.loads(shown.stdout)

    def test_nothing_leaves_without_consent(self):
        self.live_in()
        asked = self.start_records("inet", rig.FRIEND, 8088)
        self.set("--server", f"internetdb=http://{rig.FRIEND}:8088")
        port = self.home.echo_server("pc", 25000, "0.0.0.0")
        self.desk.open_mapping(port)
        self.home.nft(SPY)
        self.check("lan")
        for args in ((), ("--vantage", "internetdb"), ("--vantage", "shodan"), ("--vantage", "censys")):
            shown = self.desk.run(desks.CTL, "check", "exposure", "--json", *args)
            self.assertEqual(shown.returncode == 1 and "consent" in shown.stderr, bool(args), shown.stderr)
        self.assertEqual(self.left(), 0)
        self.assertEqual(asked.read_text(), "")
        # Given for one, it holds for that one, and over a restart; taken back, nothing leaves any more.
        self.assertEqual(self.set("--consent", "internetdb")["consent"], {"internetdb": True})
        self.desk.kill_worker(signal.SIGTERM)
        report = self.check("internetdb")
        self.assertEqual(asked.read_text(), f"/{rig.WAN}\n")
        sighting = self.seen(report, 25000, "internetdb")
        self.assertEqual((sighting["state"], sighting["at"]), ("open", None))
        self.assertIn("once a week", sighting["detail"])
        self.assertIn("CVE-2023-48795", sighting["detail"])
        # Only they know of that one.
        self.assertEqual(self.seen(report, 22, "internetdb")["state"], "open")
        left = self.left()
        self.assertGreater(left, 0)
        self.assertEqual(self.set("--no-consent", "internetdb")["consent"], {"internetdb": False})
        shown = self.desk.run(desks.CTL, "check", "exposure", "--json", "--vantage", "internetdb")
        self.assertIn("consent", shown.stderr)
        self.assertEqual(self.left(), left)

    @unittest.skipIf(keyring.MISSING, keyring.MISSING)
    def test_key_is_in_the_keyring_alone(self):
        self.live_in()
        asked = self.start_records("pc", "127.0.0.1", 8099)
        keys = keyring.Keyring(self.desk.dir, self.desk.env)
        self.addCleanup(keys.stop)
        keys.start()
        wait_for("the keyring", lambda: "org.freedesktop.secrets" in self.desk.run(
            "dbus-send", "--session", "--print-reply", "--dest=org.freedesktop.DBus", "/org/freedesktop/DBus",
            "org.freedesktop.DBus.ListNames").stdout, 10)
        self.set("--consent", "shodan", "--server", "shodan=http://127.0.0.1:8099", "--key", "shodan", "--secret-stdin",
                 text="sesame-street\n")
        port = self.home.echo_server("pc", 25000, "0.0.0.0")
        self.desk.open_mapping(port)
        report = self.check("shodan")
        self.assertEqual(self.seen(report, 25000, "shodan")["state"], "unlisted")
        sighting = self.seen(report, 8443, "shodan")
        self.assertEqual((sighting["state"], sighting["at"]), ("open", "2026-11-20T08:15:30Z"))
        self.assertEqual(asked.read_text(), f"/shodan/host/{rig.WAN}?minify=true&key=sesame-street\n")
        # Where it must not be: the report, the log, the store, what the programs say.
        self.assertNotIn("sesame", json.dumps(report) + json.dumps(self.desk.ctl("log")))
        self.assertNotIn(b"sesame", b"".join(path.read_bytes() for path in self.desk.state.rglob("*") if path.is_file()))
        self.assertNotIn(b"sesame", (self.desk.dir / "session.log").read_bytes())
        # Forgotten, nobody is asked any more.
        self.set("--forget-key", "shodan")
        report = self.check("shodan")
        self.assertIn("needs a key", self.seen(report, 25000, "shodan")["detail"])
        self.assertEqual(len(asked.read_text().splitlines()), 1)


if __name__ == "__main__":
    try:
        rig.enter()
    except rig.Unavailable as reason:
        tap.skip_all(str(reason))
    tap.main()

# SPDX-License-Identifier: GPL-3.0-or-later
"""The port sweep against another computer in a network namespace: one that refuses, drops, rejects, loses, is slow to
accept, is not there; real daemons for UDP; few descriptors; cancelled and taken up again."""

import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "support")]

import far as fars  # noqa: E402
import rig  # noqa: E402
import tap  # noqa: E402
from far import FAR, FAR6, NOBODY, NOBODY6, SLOW, SLOW6, sweep  # noqa: E402

ALL = set(range(1, 65536))
# Of usual services and not, in and out of the range that this kernel takes local ports from.
PORTS = {22, 80, 443, 1234, 4000, 8080, 8081, 9001, 11111, 20000, 22222, 30303, 33333, 40000, 44444, 50000, 55555, 60000,
         65000, 65535}
ALLOW = "tcp dport { " + ", ".join(map(str, sorted(PORTS))) + " } accept"


def sockets_here(state):
    """How many TCP sockets of this namespace are in @state (proc(5))."""
    return sum(line.split()[3] == state
               for name in ("tcp", "tcp6") for line in pathlib.Path(f"/proc/self/net/{name}").read_text().splitlines()[1:])


class Case(unittest.TestCase):
    def setUp(self):
        self.far = fars.Far()
        self.addCleanup(self.far.close)
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="portolan-sweep-"))
        self.addCleanup(shutil.rmtree, self.dir, True)

    def check(self, outcome, address=FAR, protocol="tcp", wanted=None, **states):
        """@states: as sets; together they are what was wanted. Nothing is left behind."""
        known = outcome.of(address, protocol)
        for state in ("open", "closed", "filtered", "failed", "todo"):
            expected = states.get(state, set())
            self.assertEqual(sorted(known[state] ^ expected)[:20], [], f"{state} of {address} differs")
        self.assertEqual(outcome.left, "threads=0 sockets=0")
        if wanted is not None:
            self.assertEqual(sum(map(len, known.values())), wanted)


class Tcp(Case):
    def test_refusing_by_both_families(self):
        self.far.listen(*PORTS)
        outcome = sweep("--tcp", "1-65535", FAR, FAR6)
        self.check(outcome, FAR, open=PORTS, closed=ALL - PORTS)
        self.check(outcome, FAR6, open=PORTS, closed=ALL - PORTS)
        self.assertEqual({(address, port) for _, address, port in outcome.told},
                         {(address, port) for address in (FAR, FAR6) for port in PORTS})
        self.assertEqual(len(outcome.told), 2 * len(PORTS))
        self.assertEqual(outcome.progress[-1], (2 * 65535, 2 * 65535))
        self.assertEqual(outcome.progress, sorted(outcome.progress))
        # Ended by a reset: nothing of it waits in this kernel or in that one.
        self.assertEqual(sockets_here("06"), 0)
        self.assertNotIn(" 06 ", self.far.ns("cat", "/proc/net/tcp", "/proc/net/tcp6").stdout)

    def test_dropping(self):
        self.far.listen(*PORTS)
        self.far.firewall([ALLOW, "meta nfproto ipv4 drop"])
        self.check(sweep("--tcp", "1-65535", FAR), open=PORTS, filtered=ALL - PORTS)

    def test_dropping_all(self):
        self.far.firewall(["meta nfproto ipv4 drop"])
        self.check(sweep("--tcp", "1-65535", FAR), filtered=ALL)

    def test_words_of_firewalls(self):
        rules = ["tcp dport 81 reject with icmpx type port-unreachable", "tcp dport 82 reject with icmpx type admin-prohibited",
                 "tcp dport 83 reject with icmpx type host-unreachable", "tcp dport 84 reject with tcp reset",
                 "tcp dport 85 drop"]
        self.far.listen(22)
        self.far.firewall(rules)
        outcome = sweep("--tcp", "22,80-85", FAR, FAR6)
        for address in (FAR, FAR6):
            self.check(outcome, address, open={22}, closed={80, 84}, filtered={81, 82, 83, 85})

    def test_rejecting_all_others(self):
        """ICMP errors are rationed: most ports are silent, and that is no loss."""
        self.far.listen(*PORTS)
        self.far.firewall([ALLOW, "meta l4proto tcp reject"])
        outcome = sweep("--tcp", "1-65535", FAR)
        self.check(outcome, open=PORTS, filtered=ALL - PORTS)
        self.assertLess(outcome.took, 100)

    def test_rationed(self):
        """A computer that takes so many connects a second and drops others: none of them is taken for closed or filtered."""
        listening = {port for port in PORTS if port <= 5000} | {5000}
        self.far.listen(*listening)
        self.far.firewall(["tcp flags syn limit rate over 1000/second burst 50 packets drop"])
        self.check(sweep("--tcp", "1-5000", FAR), open=listening, closed=set(range(1, 5001)) - listening)

    def test_loss(self):
        self.far.listen(*PORTS)
        self.far.firewall(["numgen random mod 100 < 2 drop"])
        known = sweep("--tcp", "1-65535", FAR).of()
        self.assertEqual(known["open"], PORTS)
        # What is lost three times in a row: eight in a million.
        self.assertLess(len(known["filtered"]), 6)
        self.assertEqual(known["open"] | known["closed"] | known["filtered"], ALL)

    def test_far_away(self):
        """20 ms each way and one packet in a hundred lost, each way."""
        self.far.listen(*PORTS)
        self.far.slow_wire(20, 10)
        outcome = sweep("--tcp", "1-65535", SLOW)
        known = outcome.of(SLOW)
        self.assertEqual(known["open"], PORTS)
        self.assertLess(len(known["filtered"]), 6)
        self.check(sweep("--tcp", "20-90", SLOW6), SLOW6, open={22, 80}, closed=set(range(20, 91)) - {22, 80})

    def test_far_away_and_silent(self):
        self.far.listen(*PORTS)
        self.far.slow_wire(150)
        self.far.firewall([ALLOW, "meta nfproto ipv4 drop"])
        self.check(sweep("--tcp", "1-10000", SLOW), SLOW, open={port for port in PORTS if port <= 10000},
                   filtered=set(range(1, 10001)) - PORTS)

    def test_slow_to_accept(self):
        """Its queue is full when it is asked, and a moment later it is not."""
        listener = self.far.listen(7000, backlog=0)[0]
        waiting = []
        for _ in range(4):
            client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            client.setblocking(False)
            client.connect_ex((FAR, 7000))
            waiting.append(client)
            self.addCleanup(client.close)
        rig.wait_for("a queue that is full", lambda: sockets_here("02") > 0)

        def accept():
            time.sleep(0.3)
            listener.settimeout(5)
            try:
                while True:
                    listener.accept()[0].close()
            except OSError:
                pass

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        self.check(sweep("--tcp", "6990-7010", FAR), open={7000}, closed=set(range(6990, 7011)) - {7000})

    def test_nobody(self):
        for address in (NOBODY, NOBODY6):
            outcome = sweep("--tcp", "22,80", address)
            self.check(outcome, address, failed={22, 80})
            self.assertIn("No device on this network has the address", outcome.errors[0])
            self.assertLess(outcome.took, 6)

    def test_nobody_is_noticed_early(self):
        outcome = sweep("--tcp", "1-65535", NOBODY)
        self.check(outcome, NOBODY, failed=ALL)
        self.assertLess(outcome.took, 6)

    def test_no_way(self):
        outcome = sweep("--tcp", "1-65535", "203.0.113.9")
        self.check(outcome, "203.0.113.9", failed=ALL)
        self.assertIn("has no way to 203.0.113.9", outcome.errors[0])
        self.assertLess(outcome.took, 2)

    def test_itself(self):
        """Every port of this very machine, from which connects to itself start too: chance opens none."""
        rig.sh("sysctl", "-qw", "net.ipv4.ip_local_port_range=30000 30200")
        self.addCleanup(rig.sh, "sysctl", "-qw", "net.ipv4.ip_local_port_range=32768 60999")
        with socket.create_server(("", 4321)):
            for _ in range(5):
                self.check(sweep("--tcp", "30000-30200,4321", "127.0.0.1", fars.HERE), "127.0.0.1", open={4321},
                           closed=set(range(30000, 30201)))


class Manners(Case):
    def test_router(self):
        """Few connects half open, at a bounded rate, whatever is asked for."""
        self.far.firewall(["meta nfproto ipv4 drop"])
        half_open = []
        over = threading.Event()

        def watch():
            while not over.wait(0.02):
                half_open.append(sockets_here("02"))

        watcher = threading.Thread(target=watch)
        watcher.start()
        try:
            outcome = sweep("--router", "--in-flight", 4000, "--rate", 100000, "--tcp", "1-2000", FAR)
        finally:
            over.set()
            watcher.join()
        self.check(outcome, filtered=set(range(1, 2001)))
        self.assertGreater(max(half_open), 20)
        self.assertLessEqual(max(half_open), 300)  # counted one after another, while they change
        self.assertGreater(outcome.took, 3.9)  # 4,000 connects at 1,000 a second

    def test_rate(self):
        outcome = sweep("--rate", 1000, "--tcp", "1-3000", FAR)
        self.check(outcome, closed=set(range(1, 3001)))
        self.assertGreater(outcome.took, 2.8)

    def test_few_descriptors(self):
        self.far.listen(*PORTS)
        outcome = sweep("--tcp", "1-65535", FAR, before=["prlimit", "--nofile=24"])
        self.check(outcome, open=PORTS, closed=ALL - PORTS)

    def test_few_descriptors_in_silence(self):
        self.far.listen(80)
        self.far.firewall(["tcp dport 80 accept", "meta nfproto ipv4 drop"])
        outcome = sweep("--tcp", "1-200", FAR, before=["prlimit", "--nofile=32"])
        self.check(outcome, open={80}, filtered=set(range(1, 201)) - {80})

    def test_few_local_ports(self):
        rig.sh("sysctl", "-qw", "net.ipv4.ip_local_port_range=40000 40010")
        self.addCleanup(rig.sh, "sysctl", "-qw", "net.ipv4.ip_local_port_range=32768 60999")
        self.far.listen(*PORTS)
        self.far.firewall([ALLOW, "meta nfproto ipv4 drop"])
        self.check(sweep("--tcp", "1-10000", FAR), open={port for port in PORTS if port <= 10000},
                   filtered=set(range(1, 10001)) - PORTS)

    def test_cancelled_and_taken_up(self):
        self.far.listen(*PORTS)
        self.far.firewall([ALLOW, "meta nfproto ipv4 drop"])
        saved = self.dir / "saved"
        first = sweep("--tcp", "1-65535", "--cancel-at", 3000, "--save", saved, FAR)
        self.assertTrue(first.ended)
        self.assertEqual(first.left, "threads=0 sockets=0")
        known = first.of()
        self.assertGreaterEqual(sum(len(known[state]) for state in ("open", "filtered")), 3000)
        self.assertGreater(len(known["todo"]), 1000)
        self.assertEqual(sockets_here("02"), 0)
        second = sweep("--resume", saved)
        self.assertIsNone(second.ended)
        self.check(second, open=PORTS, filtered=ALL - PORTS)
        # Those that were found before are not asked for again.
        self.assertEqual({port for _, _, port in second.told}, PORTS - known["open"])

    def test_cancelled_at_once(self):
        for at in (0, 1, 100):
            outcome = sweep("--tcp", "1-65535", "--rate", 20000, "--cancel-at", at, FAR)
            self.assertTrue(outcome.ended)
            self.assertEqual(outcome.left, "threads=0 sockets=0")


NAMED = """
options {{ directory "{dir}"; pid-file none; listen-on port 53 {{ any; }}; listen-on-v6 port 53 {{ any; }};
  recursion no; session-keyfile none; dnssec-validation no; }};
controls {{ }};
"""
CADDY = """
{{
  admin off
  auto_https disable_redirects
  skip_install_trust
  storage file_system {dir}
}}
https://10.77.0.2 {{
  tls internal
  respond "hello"
}}
"""


class Udp(Case):
    """Real daemons answer what the sweep asks; each is left as it was."""

    def need(self, program):
        if not shutil.which(program):
            self.skipTest(f"not installed: {program}")
        return program

    def answers(self, port, *command, address6=True, env=None):
        """Starts the daemon, waits until it has its port, and sweeps."""
        child = self.far.start(*command, **({"env": dict(os.environ, **env)} if env else {}))
        rig.wait_for(f"port {port} of {command[0]}", lambda: self.far.udp_bound(port), 20)
        rig.wait_for(f"an answer of {command[0]}", lambda: port in sweep("--udp", port, FAR).of(FAR, "udp")["open"], 20)
        addresses = [FAR, FAR6] if address6 else [FAR]
        for _ in range(2):  # the second time too: it was not harmed
            outcome = sweep("--udp", f"{port},{port + 7}", *addresses)
            for address in addresses:
                self.check(outcome, address, "udp", open={port}, closed={port + 7})
        self.assertIsNone(child.poll())

    def test_dns(self):
        conf = self.dir / "named.conf"
        conf.write_text(NAMED.format(dir=self.dir))
        self.answers(53, self.need("named"), "-f", "-c", conf)

    def test_stun(self):
        self.answers(3478, self.need("turnserver"), "-n", "--no-cli", "--no-tls", "--no-dtls", "-L", FAR, "-L", FAR6, "-p",
                     "3478", "--log-file=/dev/null", "--pidfile", self.dir / "pid", "--userdb", self.dir / "db")

    def test_snmp(self):
        conf = self.dir / "snmpd.conf"
        conf.write_text("rocommunity public\n")
        self.answers(161, self.need("snmpd"), "-f", "-C", "-c", conf, "-Lo", "udp:161,udp6:161")

    def test_snmp_with_another_community(self):
        conf = self.dir / "snmpd.conf"
        conf.write_text("rocommunity private-word\n")
        self.answers(161, self.need("snmpd"), "-f", "-C", "-c", conf, "-Lo", "udp:161,udp6:161")

    def test_tftp(self):
        """It answers from another port."""
        self.answers(69, self.need("in.tftpd"), "-L", "-u", "root", "-s", self.dir)

    def test_rpcbind(self):
        self.answers(111, self.need("rpcbind"), "-f", "-w", "-i")

    def test_memcached(self):
        self.answers(11211, self.need("memcached"), "-u", "root", "-U", "11211", "-l", f"{FAR},{FAR6}")

    def test_netbios(self):
        conf = self.dir / "smb.conf"
        conf.write_text("[global]\nnetbios name = far\ninterfaces = wire\nbind interfaces only = no\n" + "".join(
            f"{what} = {self.dir}\n" for what in ("lock directory", "state directory", "cache directory", "pid directory",
                                                  "private dir", "ncalrpc dir")))
        pathlib.Path("/run/samba").mkdir(exist_ok=True)  # of the rig's own
        child = self.far.start(self.need("nmbd"), "-F", "--no-process-group", "-s", conf, "-l", self.dir)
        rig.wait_for("nmbd's answer", lambda: 137 in sweep("--udp", "137", FAR).of(FAR, "udp")["open"], 20)
        self.check(sweep("--udp", "137", FAR), FAR, "udp", open={137})
        self.assertIsNone(child.poll())

    def test_mumble(self):
        ini = self.dir / "mumble.ini"
        ini.write_text(f"database={self.dir}/db.sqlite\nport=64738\nlogfile={self.dir}/log\nbonjour=False\nuname=root\n")
        self.answers(64738, self.need("murmurd"), "-fg", "-ini", ini)

    def test_quic(self):
        (self.dir / "Caddyfile").write_text(CADDY.format(dir=self.dir))
        self.answers(443, self.need("caddy"), "run", "--adapter", "caddyfile", "--config", self.dir / "Caddyfile",
                     address6=False, env={"HOME": str(self.dir), "XDG_DATA_HOME": str(self.dir)})

    def test_silent_and_rejected(self):
        server = self.far.socket(socket.SOCK_DGRAM)
        server.bind(("0.0.0.0", 51820))  # as WireGuard: it has an answer for nobody
        self.far.firewall(["udp dport 5353 reject with icmpx type admin-prohibited", "udp dport 123 drop"])
        outcome = sweep("--udp", "123,5353,51820,51821", FAR)
        self.check(outcome, FAR, "udp", closed={51821}, filtered={123, 5353, 51820})

    def test_strangers_answer_is_none(self):
        """What comes from another address is not the answer, wherever it is sent to."""
        rig.sh("ip", "-n", "far", "addr", "add", "10.77.0.3/24", "dev", "wire")
        asked = self.far.socket(socket.SOCK_DGRAM)
        asked.bind((FAR, 69))
        stranger = self.far.socket(socket.SOCK_DGRAM)
        stranger.bind(("10.77.0.3", 69))

        def answer():
            try:
                while True:
                    stranger.sendto(b"\0\5\0\1no\0", asked.recvfrom(2048)[1])
            except OSError:
                pass

        threading.Thread(target=answer, daemon=True).start()
        self.check(sweep("--udp", "69", FAR), FAR, "udp", filtered={69})

    def test_all_known_at_once(self):
        outcome = sweep("--udp", "known", FAR, FAR6)
        for address in (FAR, FAR6):
            known = outcome.of(address, "udp")
            self.assertEqual(known["open"] | known["failed"] | known["todo"], set())
            self.assertGreater(len(known["closed"]), 5)  # the other refusals are rationed
        self.assertLess(outcome.took, 10)


class Words(unittest.TestCase):
    def test_bad_ports(self):
        result = subprocess.run([str(fars.RUN), "--tcp", "0-80", FAR], capture_output=True, text=True, check=False)
        self.assertEqual(result.returncode, 2)
        self.assertIn("the lowest port is 1", result.stderr)


if __name__ == "__main__":
    try:
        rig.enter()
    except rig.Unavailable as reason:
        tap.skip_all(str(reason))
    tap.main()

# SPDX-License-Identifier: GPL-3.0-or-later
"""Another computer, for sweeps: a network namespace at the end of a wire, below the private one that rig.enter() made.

    here  10.77.0.1, fd77::1    this process
    far   10.77.0.2, fd77::2    refuses every port that is not told otherwise
          10.77.0.9, fd77::9    on that network, and nobody has them
          10.78.0.2, fd78::2    the far computer too, over a second wire that delays and loses (slow_wire())
"""

import atexit
import os
import pathlib
import re
import socket
import subprocess
import threading

import rig

BUILD = pathlib.Path(os.environ.get("PORTOLAN_BUILD_DIR") or pathlib.Path(__file__).resolve().parents[2] / "build")
RUN = BUILD / "tests/support/sweep-run"
WIRE = BUILD / "tests/support/slow-wire"
HERE, FAR, NOBODY = "10.77.0.1", "10.77.0.2", "10.77.0.9"
HERE6, FAR6, NOBODY6 = "fd77::1", "fd77::2", "fd77::9"
SLOW, SLOW6 = "10.78.0.2", "fd78::2"


class Far:
    def __init__(self):
        self.children = []
        self.sockets = []
        rig.sh("ip", "link", "set", "lo", "up")
        rig.sh("ip", "netns", "add", "far")
        rig.sh("ip", "link", "add", "wire", "type", "veth", "peer", "name", "wire", "netns", "far")
        for at, address, address6 in (([], HERE, HERE6), (["-n", "far"], FAR, FAR6)):
            rig.sh("ip", *at, "link", "set", "lo", "up")
            rig.sh("ip", *at, "addr", "add", f"{address}/24", "dev", "wire")
            rig.sh("ip", *at, "addr", "add", f"{address6}/64", "dev", "wire", "nodad")
            rig.sh("ip", *at, "link", "set", "wire", "up")
        rig.wait_for("the way to the far computer",
                     lambda: rig.sh("ping", "-c1", "-W1", FAR, check=False).returncode == 0)
        atexit.register(self.close)

    def ns(self, *command, check=True, **kwargs):
        return rig.sh("ip", "netns", "exec", "far", *command, check=check, **kwargs)

    def firewall(self, rules):
        """@rules: of the input chain; none = it lets everything in."""
        self.ns("nft", "-f", "-", input="flush ruleset\ntable inet far {\n chain input {\n"
                "  type filter hook input priority 0;\n" + "\n".join(rules) + "\n }\n}\n")

    def socket(self, kind=socket.SOCK_STREAM, family=socket.AF_INET):
        box = []

        def make():
            rig.Home.move_thread("far")
            box.append(socket.socket(family, kind))

        thread = threading.Thread(target=make)
        thread.start()
        thread.join()
        self.sockets.append(box[0])
        return box[0]

    def listen(self, *ports, address="::", backlog=64):
        """Sockets that listen, by both families; nobody accepts, as with a program that is slow."""
        made = []
        for port in ports:
            listener = self.socket(family=socket.AF_INET6)
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((address, port))
            listener.listen(backlog)
            made.append(listener)
        return made

    def start(self, *command, **kwargs):
        """A daemon of the far computer, until the end."""
        child = subprocess.Popen(["ip", "netns", "exec", "far", *map(str, command)], stdin=subprocess.DEVNULL,
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **kwargs)
        self.children.append(child)
        return child

    def slow_wire(self, delay_ms, lost_per_mille=0):
        """As tc netem would, which many kernels do not have: packets are carried by a program (slow-wire.c)."""
        wire = subprocess.Popen([str(WIRE), "/run/netns/far", str(int(delay_ms * 1000)), str(lost_per_mille)],
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        self.children.append(wire)
        assert wire.stdout.readline() == "ready\n"
        for at, number in (([], 1), (["-n", "far"], 2)):
            rig.sh("ip", *at, "addr", "add", f"10.78.0.{number}/24", "dev", "slow")
            rig.sh("ip", *at, "addr", "add", f"fd78::{number}/64", "dev", "slow", "nodad")
            rig.sh("ip", *at, "link", "set", "slow", "txqueuelen", "10000", "up")
        return wire

    def stop(self, child):
        self.children.remove(child)
        child.kill()
        child.wait()

    def udp_bound(self, port):
        return re.search(rf":{port:04X} ", self.ns("cat", "/proc/net/udp", "/proc/net/udp6").stdout) is not None

    def close(self):
        for child in self.children:
            child.kill()
            child.wait()
        self.children.clear()
        for opened in self.sockets:
            opened.close()
        self.sockets.clear()
        rig.sh("ip", "netns", "del", "far", check=False)
        rig.sh("ip", "link", "del", "wire", check=False)
        atexit.unregister(self.close)


def ports_of(text):
    """{22, 80, 81, 82} of "22,80-82"."""
    ports = set()
    for part in filter(None, text.split(",")):
        first, _, last = part.partition("-")
        ports.update(range(int(first), int(last or first) + 1))
    return ports


class Outcome:
    """What sweep-run printed."""

    def __init__(self, text):
        self.text = text
        self.known = {}
        self.told, self.progress, self.errors = [], [], []
        self.took, self.ended, self.left = None, None, None
        for line in text.splitlines():
            word, _, rest = line.partition(" ")
            getattr(self, "_" + word)(rest)

    def _open(self, rest):
        protocol, address, port, _ = rest.split()
        self.told.append((protocol, address, int(port)))

    def _progress(self, rest):
        self.progress.append(tuple(map(int, rest.split())))

    def _took(self, rest):
        self.took = float(rest)

    def _left(self, rest):
        self.left = rest

    def _ended(self, rest):
        self.ended = rest

    def _error(self, rest):
        self.errors.append(rest)

    def _state(self, protocol, rest):
        address, *parts = rest.split(" ")
        self.known[protocol, address] = {
            key: ports_of(value.partition(":")[2]) for key, _, value in (part.partition("=") for part in parts)}

    def _tcp(self, rest):
        self._state("tcp", rest)

    def _udp(self, rest):
        self._state("udp", rest)

    def __getattr__(self, name):
        if name.startswith("_"):
            return lambda rest: self.errors.append(f"{name[1:]} {rest}")  # the second line of an error
        raise AttributeError(name)

    def of(self, address=FAR, protocol="tcp"):
        return self.known[protocol, address]


def sweep(*args, before=(), timeout=300):
    """Runs sweep-run here; @before: a command that runs it (prlimit ...)."""
    result = subprocess.run([*map(str, before), str(RUN), *map(str, args)], capture_output=True, text=True,
                            timeout=timeout, check=False)
    assert result.returncode == 0, result.stderr
    return Outcome(result.stdout)

# SPDX-License-Identifier: GPL-3.0-or-later
"""A home on one machine: pc - router (a real miniupnpd on real NAT) - a host on the internet.

Everything lives in network namespaces below a private network and mount namespace, which goes away with
the process: nothing of the machine's own network is touched. Works as root, and without root where user
namespaces may be made.

    pc    192.168.77.10   the worker, its bus, the window
    nas   192.168.77.20   another computer at home
    router  LAN 192.168.77.1, WAN 5.6.7.8
    inet  5.6.7.1         a friend; 5.6.7.2 a stranger (a second address of the same host)
"""

import atexit
import ctypes
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

PC, NAS, LAN, WAN, FRIEND, STRANGER = (
    "192.168.77.10", "192.168.77.20", "192.168.77.1", "5.6.7.8", "5.6.7.1", "5.6.7.2")
CLONE_NEWNET = 0x40000000
PR_SET_CHILD_SUBREAPER = 36
TOOLS = ["unshare", "ip", "nft", "miniupnpd", "dbus-daemon"]
ENTERED = "PORTOLAN_RIG_ENTERED"
_libc = ctypes.CDLL(None, use_errno=True)

os.environ["PATH"] += ":/usr/sbin:/sbin"


class Unavailable(Exception):
    """This machine cannot hold the rig; the text says why."""


def _unshare_command():
    command = ["unshare", "--net", "--mount", "--propagation", "private", "--kill-child=KILL", "--fork"]
    return command if os.geteuid() == 0 else command + ["--map-root-user"]


def enter():
    """Runs this program anew inside private namespaces; returns in the copy. Raises Unavailable."""
    if os.environ.get(ENTERED):
        # A daemon that leaves its parent becomes a child of this process, which can then wait for its end.
        _libc.prctl(PR_SET_CHILD_SUBREAPER, 1)
        _private_run()
        return
    missing = [tool for tool in TOOLS if not shutil.which(tool)]
    if missing:
        raise Unavailable("not installed: " + ", ".join(missing))
    probe = subprocess.run(_unshare_command() + ["true"], capture_output=True, text=True, check=False)
    if probe.returncode:
        raise Unavailable("no network namespace can be made here: " + probe.stderr.strip())
    command = _unshare_command() + [sys.executable] + sys.argv
    os.execvpe(command[0], command, dict(os.environ, **{ENTERED: "1"}))


def _private_run():
    """A /run of our own for `ip netns` and sshd, with the parts a desktop needs put back."""
    keep = [name for name in ("user", "dbus") if os.path.isdir(f"/run/{name}")]
    old = tempfile.mkdtemp(prefix="portolan-run-")
    sh("mount", "--rbind", "/run", old)
    sh("mount", "-t", "tmpfs", "tmpfs", "/run")
    for name in keep:
        os.mkdir(f"/run/{name}")
        sh("mount", "--rbind", f"{old}/{name}", f"/run/{name}")
    os.makedirs("/run/netns")
    os.makedirs("/run/sshd", mode=0o755)


def sh(*command, check=True, **kwargs):
    result = subprocess.run(command, capture_output=True, text=True, check=False, **kwargs)
    if check and result.returncode:
        raise RuntimeError(f"{' '.join(map(str, command))}: {result.stderr.strip() or result.stdout.strip()}")
    return result


def wait_for(what, condition, timeout=10.0, step=0.02):
    """Waits until @condition is true and gives its value; an assertion with @what otherwise. Between two looks there is as
    much time as a look takes, for the one that is waited for needs the processor too; with a @step below the usual one it is
    a measurement, and looks as often as that says."""
    end = time.monotonic() + timeout
    while True:
        began = time.monotonic()
        value = condition()
        if value:
            return value
        now = time.monotonic()
        if now > end:
            raise AssertionError(f"not within {timeout} s: {what}")
        time.sleep(step if step < 0.02 else max(step, min(now - began, 0.5)))


def answers(path):
    """Whether somebody listens on the unix socket @path: between its making and that there is a moment."""
    with socket.socket(socket.AF_UNIX) as client:
        return client.connect_ex(str(path)) == 0


NFT = """
flush ruleset
table inet filter {
  chain miniupnpd { }
  chain input { type filter hook input priority 0; }
  chain forward {
    type filter hook forward priority 0; policy drop;
    ct state established,related accept
    iifname "l0" accept
    jump miniupnpd
  }
  chain prerouting_miniupnpd { }
  chain postrouting_miniupnpd { }
  chain prerouting { type nat hook prerouting priority -100; jump prerouting_miniupnpd; }
  chain postrouting {
    type nat hook postrouting priority 100;
    oifname "w0" masquerade
    jump postrouting_miniupnpd
  }
}
"""

CONF = """
ext_ifname=w0
{ext_ip}
listening_ip=l0
port=5000
enable_natpmp={pmp}
enable_upnp={upnp}
secure_mode={secure}
system_uptime=no
uuid=6f2b1f6e-3d5c-4c8a-9a37-1c3c1fb2a001
friendly_name=Test & <b>Router</b>
upnp_table_name=filter
upnp_nat_table_name=filter
upnp_forward_chain=miniupnpd
upnp_nat_chain=prerouting_miniupnpd
upnp_nat_postrouting_chain=postrouting_miniupnpd
min_lifetime=120
max_lifetime=86400
{extra}
allow 1024-65535 192.168.77.0/24 1-65535
deny 0-65535 0.0.0.0/0 0-65535
"""


class Home:
    """The network and the router's daemon. One at a time in a process."""

    def __init__(self, protocols=("pcp", "natpmp", "upnp"), extra="", secure=True, told=True):
        """@secure: only the computer that a mapping leads to may make it or take it back.
        @told: the daemon is told its public address; else it looks at the interface, and knows when that has none."""
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="portolan-rig-"))
        self.protocols = protocols
        self.extra = extra
        self.secure = secure
        self.told = told
        self.daemon = None
        self.children = []
        self._make_network()
        self.start_router()
        atexit.register(self.close)

    def _make_network(self):
        for name in ("pc", "nas", "router", "inet"):
            sh("ip", "netns", "add", name)
            self.ip(name, "link", "set", "lo", "up")
        self.ip("router", "link", "add", "l0", "type", "bridge")
        for name, address in (("pc", PC), ("nas", NAS)):
            self.ip("router", "link", "add", f"p-{name}", "type", "veth", "peer", "name", "eth0", "netns", name)
            self.ip("router", "link", "set", f"p-{name}", "master", "l0", "up")
            self.ip(name, "addr", "add", f"{address}/24", "dev", "eth0")
            self.ip(name, "link", "set", "eth0", "up")
            self.ip(name, "route", "add", "default", "via", LAN)
        self.ip("router", "addr", "add", f"{LAN}/24", "dev", "l0")
        self.ip("router", "link", "set", "l0", "up")
        self.ip("router", "link", "add", "w0", "type", "veth", "peer", "name", "i0", "netns", "inet")
        self.ip("router", "addr", "add", f"{WAN}/24", "dev", "w0")
        self.ip("router", "link", "set", "w0", "up")
        self.ip("inet", "addr", "add", f"{FRIEND}/24", "dev", "i0")
        self.ip("inet", "addr", "add", f"{STRANGER}/24", "dev", "i0")
        self.ip("inet", "link", "set", "i0", "up")
        self.ns("router", "sysctl", "-qw", "net.ipv4.ip_forward=1")
        wait_for("the way to the router", lambda: self.ns("pc", "ping", "-c1", "-W1", LAN, check=False).returncode == 0)

    def ip(self, name, *args):
        return sh("ip", "-n", name, *args)

    def ns(self, name, *command, check=True, **kwargs):
        return sh("ip", "netns", "exec", name, *command, check=check, **kwargs)

    def nft(self, text):
        return self.ns("router", "nft", "-f", "-", input=text)

    # -- the router --------------------------------------------------------------------------------

    def start_router(self):
        """As after a reboot: empty tables, epoch zero."""
        self.nft(NFT)
        if "pcp" not in self.protocols and "natpmp" in self.protocols:
            # A router that knows NAT-PMP alone answers PCP by saying so; refusing comes nearest to it.
            self.nft("add rule inet filter input udp dport 5351 @th,64,8 2 reject with icmp type port-unreachable")
        if "natpmp" not in self.protocols and "pcp" in self.protocols:
            self.nft("add rule inet filter input udp dport 5351 @th,64,8 0 drop")
        pmp = "yes" if {"pcp", "natpmp"} & set(self.protocols) else "no"
        upnp = "yes" if "upnp" in self.protocols else "no"
        conf = self.dir / "miniupnpd.conf"
        conf.write_text(CONF.format(
            ext_ip=f"ext_ip={WAN}" if self.told else "", pmp=pmp, upnp=upnp, extra=self.extra,
            secure="yes" if self.secure else "no"))
        # Not with -d: what it then writes for every rule that it looks at makes it thirty times slower.
        pid_file = self.dir / "pid"
        pid_file.unlink(missing_ok=True)
        self.ns("router", "miniupnpd", "-f", str(conf), "-P", str(pid_file))
        wait_for("miniupnpd's process", lambda: pid_file.exists() and pid_file.read_text().strip())
        self.daemon = int(pid_file.read_text())
        wait_for("miniupnpd's socket", self._router_listens)

    def _router_listens(self):
        if os.waitpid(self.daemon, os.WNOHANG)[0]:
            self.daemon = None
            raise RuntimeError("miniupnpd ended at once")
        udp = self.ns("router", "cat", "/proc/net/udp").stdout
        return ":14E7 " in udp or (":076C " in udp and not {"pcp", "natpmp"} & set(self.protocols))

    def stop_router(self):
        """The daemon goes away at once, its rules stay: as a router whose service crashed."""
        if self.daemon:
            os.kill(self.daemon, signal.SIGKILL)
            os.waitpid(self.daemon, 0)
            self.daemon = None

    def reboot_router(self):
        self.stop_router()
        self.start_router()

    def mute_router(self, mute=True):
        """Drops every question to the daemon, without an answer."""
        if mute:
            self.nft("add rule inet filter input udp dport { 5351, 1900 } drop\n"
                     "add rule inet filter input tcp dport 5000 drop")
        else:
            self.nft("flush chain inet filter input")

    def router_rules(self):
        return self.ns("router", "nft", "list", "chain", "inet", "filter", "prerouting_miniupnpd").stdout

    def router_holds(self, port, protocol="tcp"):
        """Whether the router's NAT leads @port of the WAN address somewhere."""
        number = {"tcp": "0x6", "udp": "0x11"}[protocol]
        return any((f"{number} th dport {port} " in line or f"{protocol} dport {port} " in line)
                   for line in self.router_rules().splitlines())

    def forget(self, port):
        """The mapping vanishes in the router, silently."""
        for chain in ("prerouting_miniupnpd", "miniupnpd"):
            self.ns("router", "nft", "flush", "chain", "inet", "filter", chain)
        assert not self.router_holds(port)

    # -- sockets in a namespace --------------------------------------------------------------------

    @staticmethod
    def move_thread(name):
        """Moves the calling thread into the namespace @name, for good: it must not be the main thread."""
        assert threading.current_thread() is not threading.main_thread()
        with open(f"/run/netns/{name}", "rb") as handle:
            if _libc.setns(handle.fileno(), CLONE_NEWNET):
                raise OSError(ctypes.get_errno(), "setns")

    def socket(self, name, kind=socket.SOCK_STREAM, family=socket.AF_INET):
        """A socket of this process that lives in the namespace @name."""
        box = []

        def make():
            try:
                self.move_thread(name)
                box.append(socket.socket(family, kind))
            except OSError as error:
                box.append(error)

        # setns() moves one thread: this one is thrown away afterwards.
        thread = threading.Thread(target=make)
        thread.start()
        thread.join()
        if isinstance(box[0], Exception):
            raise box[0]
        return box[0]

    def echo_server(self, name="pc", port=0, address="127.0.0.1"):
        """A TCP server that answers `hello PEER\\n` and then echoes. Gives its port."""
        listener = self.socket(name)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((address, port))
        listener.listen(64)
        threading.Thread(target=_serve_tcp, args=(listener,), daemon=True).start()
        return listener.getsockname()[1]

    def udp_echo_server(self, name="pc", port=0, address="127.0.0.1"):
        server = self.socket(name, socket.SOCK_DGRAM)
        server.bind((address, port))
        threading.Thread(target=_serve_udp, args=(server,), daemon=True).start()
        return server.getsockname()[1]

    def _connect(self, family, address, port, source, timeout):
        client = self.socket("inet", family=family)
        client.settimeout(timeout)
        client.bind((source, 0))
        try:
            client.connect((address, port))
            greeting = client.recv(64)
        except OSError:
            client.close()
            return None
        if not greeting.startswith(b"hello "):
            client.close()
            return None
        return client

    def connect(self, port, source=FRIEND, timeout=2.0):
        """A connection from the internet to the public address, or None where none comes about."""
        return self._connect(socket.AF_INET, WAN, port, source, timeout)

    def reached(self, port, source=FRIEND, timeout=2.0):
        client = self.connect(port, source, timeout)
        if client:
            client.close()
        return client is not None

    def udp_reached(self, port, source=FRIEND, timeout=1.0):
        client = self.socket("inet", socket.SOCK_DGRAM)
        client.settimeout(timeout)
        client.bind((source, 0))
        try:
            client.sendto(b"ping", (WAN, port))
            return client.recv(64) == b"ping"
        except OSError:
            return False
        finally:
            client.close()

    def close(self):
        for child in self.children:
            if child.poll() is None:
                child.send_signal(signal.SIGTERM)
                try:
                    child.wait(5)
                except subprocess.TimeoutExpired:
                    child.kill()
                    child.wait()
        self.children.clear()
        self.stop_router()
        for name in ("pc", "nas", "router", "inet"):
            sh("ip", "netns", "del", name, check=False)
        shutil.rmtree(self.dir, ignore_errors=True)
        atexit.unregister(self.close)


def _serve_tcp(listener):
    def serve(client, peer):
        try:
            client.sendall(f"hello {peer[0]}\n".encode())
            while data := client.recv(65536):
                client.sendall(data)
        except OSError:
            pass
        finally:
            client.close()

    while True:
        try:
            client, peer = listener.accept()
        except OSError:
            return
        threading.Thread(target=serve, args=(client, peer), daemon=True).start()


def _serve_udp(server):
    while True:
        data, peer = server.recvfrom(65536)
        server.sendto(data, peer)

# SPDX-License-Identifier: GPL-3.0-or-later
"""The home with IPv6 beside IPv4: every computer has a global address, and the router's firewall lets nobody in.

Debian's miniupnpd opens pinholes in it, by PCP (RFC 6887) and by UPnP (WANIPv6FirewallControl:1): nothing is emulated.

    pc      2001:db8:77::10
    nas     2001:db8:77::20
    router  fe80::1 and 2001:db8:77::1, WAN 2001:db8:ff::8
    inet    2001:db8:ff::1, a friend; 2001:db8:ff::2, a stranger
"""

import socket

import rig

PC6, NAS6, LAN6, WAN6, FRIEND6, STRANGER6 = (
    "2001:db8:77::10", "2001:db8:77::20", "2001:db8:77::1", "2001:db8:ff::8", "2001:db8:ff::1", "2001:db8:ff::2")
GATEWAY6 = "fe80::1"


class Home6(rig.Home):
    def __init__(self, protocols=("pcp", "upnp"), extra="", **kwargs):
        super().__init__(protocols, extra="ipv6_disable=no\n" + extra, **kwargs)

    def _make_network(self):
        super()._make_network()
        self.ns("router", "sysctl", "-qw", "net.ipv6.conf.all.forwarding=1")
        for name, device, address in (
                ("router", "l0", GATEWAY6), ("router", "l0", LAN6), ("router", "w0", WAN6), ("pc", "eth0", PC6),
                ("nas", "eth0", NAS6), ("inet", "i0", FRIEND6), ("inet", "i0", STRANGER6)):
            self.add6(name, device, address)
        for name in ("pc", "nas"):
            self.ip(name, "-6", "route", "add", "default", "via", GATEWAY6, "dev", "eth0")
        self.ip("inet", "-6", "route", "add", "2001:db8:77::/64", "via", WAN6)
        rig.wait_for("the way to the router by IPv6", lambda: self.ns(
            "pc", "ping", "-6", "-c1", "-W1", LAN6, check=False).returncode == 0)

    def add6(self, name, device, address):
        self.ip(name, "addr", "add", f"{address}/64", "dev", device, "nodad")

    def _router_listens(self):
        """By IPv6 too, where it speaks PCP."""
        if not super()._router_listens():
            return False
        return "pcp" not in self.protocols or ":14E7 " in self.ns("router", "cat", "/proc/net/udp6").stdout

    def mute_ipv6(self):
        """The router says nothing by IPv6, and IPv4 goes on."""
        self.nft("add rule inet filter input ip6 nexthdr udp udp dport 5351 drop\n"
                 "add rule inet filter input ip6 nexthdr tcp tcp dport 5000 drop")

    def pinhole(self, port, address=PC6):
        """Whether the router's firewall lets in what goes to @port of @address."""
        number = int.from_bytes(socket.inet_pton(socket.AF_INET6, address), "big")
        rules = self.ns("router", "nft", "list", "chain", "inet", "filter", "miniupnpd").stdout
        return any(f"dport {port} " in line and f"{number:032x}" in line for line in rules.splitlines())

    def echo_server6(self, name="pc", port=0, address=PC6):
        listener = self.socket(name, family=socket.AF_INET6)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind((address, port))
        listener.listen(64)
        rig.threading.Thread(target=rig._serve_tcp, args=(listener,), daemon=True).start()
        return listener.getsockname()[1]

    def connect6(self, port, address=PC6, source=FRIEND6, timeout=2.0):
        """A connection from the internet by IPv6, or None where none comes about."""
        return self._connect(socket.AF_INET6, address, port, source, timeout)

    def reached6(self, port, address=PC6, source=FRIEND6, timeout=2.0):
        client = self.connect6(port, address, source, timeout)
        if client:
            client.close()
        return client is not None

    def udp_reached6(self, port, address=PC6, timeout=1.0):
        client = self.socket("inet", socket.SOCK_DGRAM, socket.AF_INET6)
        client.settimeout(timeout)
        client.bind((FRIEND6, 0))
        try:
            client.sendto(b"ping", (address, port))
            return client.recv(64) == b"ping"
        except OSError:
            return False
        finally:
            client.close()

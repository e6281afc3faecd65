# SPDX-License-Identifier: GPL-3.0-or-later
"""What a check of the network meets beyond the router, all of it real: STUN servers (coturn) and a web server (nginx) on
the internet host, a provider with a NAT of its own before the home router, a VPN out of the pc."""

import pathlib
import subprocess
import sys

import rig
from rig import FRIEND, STRANGER, sh, wait_for

STUN_PORT = 3478
ISP_WAN = "5.6.7.9"

NGINX = """
daemon off;
master_process off;
pid {dir}/nginx.pid;
error_log {dir}/nginx.log;
events {{ }}
http {{
  access_log off;
  client_body_temp_path {dir}; proxy_temp_path {dir}; fastcgi_temp_path {dir}; uwsgi_temp_path {dir};
  scgi_temp_path {dir};
  server {{
    listen {friend}:80;
    {listen6}
    default_type text/plain;
    location = /ip {{ return 200 "$remote_addr\\n"; }}
    location = /page {{ return 200 "<html>Your address is $remote_addr</html>"; }}
    location = /away {{ return 302 http://{stranger}/ip; }}
    location = /long {{ return 200 "{long}"; }}
  }}
}}
"""

ISP_NFT = """
flush ruleset
table ip isp {
  chain postrouting { type nat hook postrouting priority 100; oifname "w1" masquerade; }
}
"""


class Internet:
    """Servers on the internet host of a rig.Home. They end with the home."""

    def __init__(self, home):
        self.home = home
        self.ipv6 = False

    def run(self, name, *command, **kwargs):
        child = subprocess.Popen(["ip", "netns", "exec", name, *command], **kwargs)
        self.home.children.append(child)
        return child

    def add_ipv6(self):
        """The home, the router and the internet host speak IPv6 too, without NAT."""
        home = self.home
        for name, address, interface in (("pc", "2001:db8:77::10", "eth0"), ("router", "2001:db8:77::1", "l0"),
                                         ("router", "2001:db8:5::8", "w0"), ("inet", "2001:db8:5::1", "i0")):
            home.ip(name, "addr", "add", f"{address}/64", "dev", interface, "nodad")
        home.ip("pc", "-6", "route", "add", "default", "via", "2001:db8:77::1")
        home.ip("inet", "-6", "route", "add", "2001:db8:77::/64", "via", "2001:db8:5::8")
        home.ns("router", "sysctl", "-qw", "net.ipv6.conf.all.forwarding=1")
        home.nft("insert rule inet filter postrouting meta nfproto ipv6 accept")
        self.ipv6 = True

    def start_stun(self):
        """One daemon that answers at two addresses, as two servers would."""
        addresses = [FRIEND, STRANGER] + (["2001:db8:5::1"] if self.ipv6 else [])
        command = ["turnserver", "-n", "--stun-only", "--no-tls", "--no-dtls", "--no-tcp", "--no-cli", "--log-file",
                   str(self.home.dir / "turn.log"), "--simple-log", "--pidfile", str(self.home.dir / "turn.pid"),
                   "--listening-port", str(STUN_PORT)]
        for address in addresses:
            command += ["-L", address]
        log = open(self.home.dir / "turn.out", "wb")
        self.run("inet", *command, stdout=log, stderr=log)
        wait_for("the STUN server", lambda: self._listens("udp", STUN_PORT), 10.0)

    def start_web(self):
        conf = self.home.dir / "nginx.conf"
        conf.write_text(NGINX.format(dir=self.home.dir, friend=FRIEND, stranger=STRANGER, long="5.6.7.8 " * 100,
                                     listen6="listen [2001:db8:5::1]:80;" if self.ipv6 else ""))
        log = open(self.home.dir / "nginx.out", "wb")
        self.run("inet", "nginx", "-c", str(conf), "-p", str(self.home.dir), stdout=log, stderr=log)
        wait_for("the web server", lambda: self._listens("tcp", 80), 10.0)

    def _listens(self, protocol, port):
        return f":{port:04X} " in self.home.ns("inet", "cat", f"/proc/net/{protocol}").stdout

    def add_provider(self, wan="100.64.0.2", line=False):
        """Between the router and the internet stands a provider's NAT: the router's own address is @wan. @line: the
        provider's NAT comes only after another router of theirs."""
        home = self.home
        lan = wan.rsplit(".", 1)[0] + ".1"
        first = "line" if line else "isp"
        for name in {"isp", first}:
            sh("ip", "netns", "add", name)
            home.ip(name, "link", "set", "lo", "up")
            home.ns(name, "sysctl", "-qw", "net.ipv4.ip_forward=1")
        home.ip("router", "link", "del", "w0")
        self._join("router", "w0", f"{wan}/24", first, "c0", f"{lan}/24")
        home.ip("router", "route", "replace", "default", "via", lan)
        if line:
            self._join("line", "d0", "100.65.0.2/24", "isp", "c0", "100.65.0.1/24")
            home.ip("line", "route", "add", "default", "via", "100.65.0.1")
            home.ip("isp", "route", "add", wan.rsplit(".", 1)[0] + ".0/24", "via", "100.65.0.2")
        self._join("isp", "w1", f"{ISP_WAN}/24", "inet", "i0", f"{FRIEND}/24")
        home.ip("inet", "addr", "add", f"{STRANGER}/24", "dev", "i0")
        home.ns("isp", "nft", "-f", "-", input=ISP_NFT)
        wait_for("the way to the internet",
                 lambda: home.ns("pc", "ping", "-c1", "-W1", FRIEND, check=False).returncode == 0)

    def _join(self, name, interface, address, other, other_interface, other_address):
        home = self.home
        home.ip(name, "link", "add", interface, "type", "veth", "peer", "name", other_interface, "netns", other)
        home.ip(name, "addr", "add", address, "dev", interface)
        home.ip(other, "addr", "add", other_address, "dev", other_interface)
        home.ip(name, "link", "set", interface, "up")
        home.ip(other, "link", "set", other_interface, "up")

    def remove_provider(self):
        for name in ("isp", "line"):
            sh("ip", "netns", "del", name, check=False)

    def start_vpn(self):
        """A VPN in user space out of the pc: TUN devices at both ends, and datagrams between them. The internet host sends
        what comes out of it on with an address of its own."""
        home = self.home
        program = str(pathlib.Path(__file__).resolve().parent / "vpn.py")
        ends = (self.run("inet", sys.executable, program, "10.8.0.1", f"{STRANGER}:1194", "", stdout=subprocess.PIPE),
                self.run("pc", sys.executable, program, "10.8.0.2", "0.0.0.0:0", f"{STRANGER}:1194",
                         stdout=subprocess.PIPE))
        for end in ends:
            assert end.stdout.readline() == b"ready\n"
            end.stdout.close()
        home.ip("pc", "route", "add", STRANGER, "via", rig.LAN)
        # As OpenVPN does it: the default route stays, and two halves win over it.
        for half in ("0.0.0.0/1", "128.0.0.0/1"):
            home.ip("pc", "route", "add", half, "dev", "tun0")
        wait_for("the VPN", lambda: home.ns("pc", "ping", "-c1", "-W1", "10.8.0.1", check=False).returncode == 0)

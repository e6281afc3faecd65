# SPDX-License-Identifier: GPL-3.0-or-later
"""One end of a VPN: vpn.py ADDRESS LISTEN PEER. What goes into tun0 goes to PEER in datagrams, and back; without PEER it is
whoever sent last."""

import fcntl
import os
import select
import socket
import struct
import subprocess
import sys

TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000


def endpoint(text):
    host, port = text.rsplit(":", 1)
    return host, int(port)


def main(address, listen, peer):
    tun = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH22x", b"tun0", IFF_TUN | IFF_NO_PI))
    for command in (["addr", "add", f"{address}/24", "dev", "tun0"], ["link", "set", "tun0", "mtu", "1400", "up"]):
        subprocess.run(["ip", *command], check=True)
    line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    line.bind(endpoint(listen))
    there = endpoint(peer) if peer else None
    print("ready", flush=True)
    while True:
        for ready in select.select([tun, line], [], [])[0]:
            if ready is line:
                data, sender = line.recvfrom(2048)
                there = there if peer else sender
                os.write(tun, data)
            else:
                data = os.read(tun, 2048)
                if there:
                    line.sendto(data, there)


main(*sys.argv[1:])

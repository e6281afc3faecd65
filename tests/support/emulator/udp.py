# SPDX-License-Identifier: GPL-3.0-or-later
"""The port that PCP and NAT-PMP share, what goes wrong on it, and what is announced from it."""

import contextlib
import os
import socket
import struct
import threading
import time

from emulator import natpmp, pcp
from emulator.state import EXTERNAL, LAN, NATPMP, OPTIONS, OTHER, PCP, router, send

PORT = 5351


def spoof(answer, to):
    """The same answer with another port and a wild epoch, from another host, before the true one."""
    bad = bytearray(answer)
    bad[8 if bad[0] == 2 else 4:][:4] = b"\0\0\0\0"
    if len(bad) >= 60:
        bad[42:44] = b"\x11\x11"
    elif len(bad) == 16:
        bad[10:12] = b"\x11\x11"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        out.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        out.bind((OTHER, PORT))
        out.sendto(bytes(bad), to)


def misbehave(how, answer, count, sock, to):
    """Sends @answer as @how tells. @count: which request this is."""
    if "silent" in how or ("lossy" in how and count % 3 != 0):
        return
    if "garbage" in how:
        for junk in (b"", b"\0", os.urandom(7), os.urandom(60), b"\x02" + os.urandom(59), b"\xff" * 1400):
            send(sock, junk, to)
    if "short" in how:
        send(sock, answer[:len(answer) - 1], to)
        send(sock, answer[:3], to)
    if "wrong-nonce" in how and len(answer) >= 60:
        bad = bytearray(answer)
        bad[30] ^= 0xff
        bad[42:44] = b"\x11\x11"
        send(sock, bytes(bad), to)
    if "spoof" in how:
        spoof(answer, to)
        time.sleep(0.05)
    if "slow" in how:
        threading.Timer(0.7, send, (sock, answer, to)).start()
        return
    send(sock, answer, to)


def serve(ready):
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind((LAN, PORT))
    ready.release()
    count = 0
    while True:
        data, to = sock.recvfrom(2048)
        count += 1
        version = data[0] if len(data) >= 2 else None
        if version == 2 and "off" not in PCP:
            misbehave(PCP, pcp.answer_to(data, to[0]), count, sock, to)
        elif version == 2 and "off" not in NATPMP and "silent" not in NATPMP:
            send(sock, natpmp.refusal(data[1], 1), to)
        elif version == 0 and "off" not in NATPMP:
            misbehave(NATPMP, natpmp.answer_to(data, to[0]), count, sock, to)
        elif version == 0 and "off" not in PCP and "silent" not in PCP:
            send(sock, pcp.header(data[1], 1, 0), to)


def is_on():
    return "off" not in PCP or "off" not in NATPMP


def announce():
    """What a server says to all after its start (RFC 6887, section 14.1; RFC 6886, section 3.2.1)."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        out.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        out.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        out.bind((OPTIONS.get("announce-from", LAN), 0))
        out.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(LAN))
        # What the host's own filter drops is lost, as on any other way.
        with contextlib.suppress(PermissionError):
            for _ in range(3):
                if "off" not in PCP:
                    out.sendto(pcp.header(0, 0, 0), ("224.0.0.1", 5350))
                if "off" not in NATPMP:
                    out.sendto(struct.pack("!BBHI", 0, 0x80, 0, router.epoch()) + socket.inet_aton(EXTERNAL),
                               ("224.0.0.1", 5350))

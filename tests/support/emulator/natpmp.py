# SPDX-License-Identifier: GPL-3.0-or-later
"""NAT-PMP (RFC 6886)."""

import socket
import struct

from emulator import pcp
from emulator.state import EXTERNAL, MOST, NATPMP, log, router


def refusal(opcode, result):
    return struct.pack("!BBHI", 0, 0x80 | opcode, result, router.epoch())


def map_port(data, source):
    opcode = data[1]
    inner, wanted, lifetime = struct.unpack("!HHI", data[4:12])
    log(f"natpmp map {inner} {wanted} {lifetime}")
    name = "udp" if opcode == 1 else "tcp"
    if "code" in NATPMP:
        return refusal(opcode, NATPMP.number("code"))
    if lifetime == 0:
        router.unmap(name, source, inner)
        port = 0
    elif wanted == 0 and "no-zero" in NATPMP:
        return refusal(opcode, 2)
    else:
        lifetime = min(lifetime, MOST)
        port = router.map(name, source, inner, wanted, lifetime, "NAT-PMP")
    return struct.pack("!BBHIHHI", 0, 0x80 | opcode, 0, router.epoch(), inner, port, lifetime)


def answer_to(data, source):
    opcode = data[1]
    if "pcp-reply" in NATPMP:
        return pcp.header(opcode, 1, 0)
    if "refuse" in NATPMP:
        return refusal(opcode, 2)
    if opcode == 0:
        log("natpmp address")
        return refusal(0, 0) + socket.inet_aton(EXTERNAL)
    return map_port(data, source)

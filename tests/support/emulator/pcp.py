# SPDX-License-Identifier: GPL-3.0-or-later
"""PCP (RFC 6887)."""

import socket
import struct

from emulator.state import EXTERNAL, MOST, PCP, log, router

NAMES = {6: "tcp", 17: "udp"}
THIRD_PARTY, PREFER_FAILURE, FILTER = 1, 2, 3


def mapped(address):
    return b"\0" * 10 + b"\xff\xff" + socket.inet_aton(address)


def header(opcode, result, lifetime):
    return struct.pack("!BBBBII12x", 2, 0x80 | opcode, 0, result, lifetime, router.epoch())


def options_of(data):
    options = set()
    while len(data) >= 4:
        code, length = data[0], struct.unpack("!H", data[2:4])[0]
        options.add(code)
        data = data[4 + (length + 3) // 4 * 4:]
    return options


def refusal(options):
    if "not-authorized-map" in PCP:
        return 2
    if "full" in PCP:
        return 8
    if "offline" in PCP:
        return 7
    if "no-options" in PCP and options:
        return 5
    if "no-filter" in PCP and FILTER in options:
        return 5
    if THIRD_PARTY in options:
        return 5
    return PCP.number("code") or 0


def map_port(data, source):
    nonce, protocol = data[24:36], data[36]
    inner, wanted = struct.unpack("!HH", data[40:44])
    lifetime = struct.unpack("!I", data[4:8])[0]
    options = options_of(data[60:])
    body = bytearray(data[24:60])
    log(f"pcp map {inner} {wanted} {lifetime} {sorted(options)}")

    def answer(result, seconds=30):
        return header(1, result, seconds) + bytes(body)

    if refusal(options):
        return answer(refusal(options))
    name = NAMES[protocol]
    if lifetime == 0:
        known = router.find(name, source, inner)
        if known is None:
            return answer(8)
        if "keeps" in PCP or router.table[name, known][4] not in (None, nonce):
            return answer(2)
        router.unmap(name, source, inner)
        return answer(0, 0)
    if "nothing" in PCP:
        body[18:20] = b"\0\0"
        return answer(0, lifetime)
    lifetime = min(lifetime, MOST)
    exact = PREFER_FAILURE in options and "no-prefer" not in PCP
    port = router.map(name, source, inner, wanted, lifetime, "PCP", nonce, exact)
    if port is None:
        return answer(11)
    body[18:20] = struct.pack("!H", port)
    body[20:36] = mapped(EXTERNAL)
    return answer(0, lifetime)


def answer_to(data, source):
    if "natpmp-only" in PCP:
        return struct.pack("!BBHI", 0, 0x80 | data[1], 1, router.epoch())
    if "v0-3" in PCP:
        return struct.pack("!BBHI", 0, 0x80 | data[1], 3, router.epoch())
    if "not-authorized" in PCP:
        return header(data[1], 2, 30)
    if "mismatch" in PCP:
        return header(data[1], 12, 30)
    if data[1] == 0:
        log("pcp announce")
        return header(0, 0, 0)
    return map_port(data, source)

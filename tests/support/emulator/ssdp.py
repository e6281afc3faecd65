# SPDX-License-Identifier: GPL-3.0-or-later
"""SSDP: who is asked for what, and what is answered (UPnP Device Architecture 1.1, section 1)."""

import re
import socket

from emulator import web
from emulator.state import LAN, OPTIONS, OTHER, UPNP, log, send

GROUP = ("239.255.255.250", 1900)
GATEWAY = "urn:schemas-upnp-org:device:InternetGatewayDevice:1"


def location():
    if "location-foreign" in UPNP:
        return f"http://{OTHER}:8000/root.xml"
    if "location-loopback" in UPNP:
        return "http://127.0.0.1:8000/root.xml"
    if "location-name" in UPNP:
        return "http://localhost:8000/root.xml"
    return f"http://{LAN}:{web.get_port()}/root.xml"


def answer(target, where):
    lines = ["HTTP/1.1 200 OK", "CACHE-CONTROL: max-age=60", "EXT:", "SERVER:", f"USN: uuid:x::{target}",
             f"LOCATION: {where}"]
    if "no-st" not in UPNP:
        lines.append(f"ST: {target}")
    if "lower-headers" in UPNP:
        lines[1:] = [name.lower() + ":" + value for name, _, value in (line.partition(": ") for line in lines[1:])]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def is_answered(target):
    if "silent" in UPNP:
        return False
    if "only" in UPNP:
        return target == UPNP.value("only")
    weak = target in ("upnp:rootdevice", "ssdp:all")
    if weak or "weak" in UPNP:
        return weak
    version = "1" if "v1" in UPNP else "2"
    return target.endswith((f"Device:{version}", "Device:1", "Connection:1", f"Connection:{version}"))


def told_target(target):
    if "weak" in UPNP:
        return "upnp:rootdevice"
    if "st-other" in UPNP:
        return "urn:schemas-upnp-org:device:Basic:1"
    return target


class Sockets:
    """One that hears, and those that answer."""

    def __init__(self):
        self.hears = self.sends = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.hears.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.hears.bind(("0.0.0.0", GROUP[1]))
        self.hears.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP,
                              socket.inet_aton(GROUP[0]) + socket.inet_aton(LAN))
        if "odd-source" in UPNP or LAN != "192.168.77.1":
            self.sends = self.bound(LAN, 1900 if "odd-source" not in UPNP else 0)
        self.neighbour = self.bound(OTHER, 0) if "neighbour" in UPNP else None

    @staticmethod
    def bound(address, port):
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((address, port))
        return sock


def serve(ready):
    sockets = Sockets()
    ready.release()
    while True:
        data, to = sockets.hears.recvfrom(2048)
        found = re.search(rb"(?im)^ST: *(\S+)", data)
        target = found.group(1).decode() if found else ""
        log(f"ssdp {target}")
        if sockets.neighbour:
            # A device that is no gateway of ours, and says that it is, before the router can.
            send(sockets.neighbour, answer(target, f"http://{OTHER}:8000/root.xml"), to)
        if not is_answered(target):
            continue
        if "media" in UPNP:
            send(sockets.sends, answer(told_target(target), f"http://{LAN}:{web.get_port()}/media.xml"), to)
        send(sockets.sends, answer(told_target(target), location()), to)


def notify(kind, boot_id):
    """ssdp:alive or ssdp:byebye, to all."""
    with Sockets.bound(OPTIONS.get("announce-from", LAN), 0) as out:
        out.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(LAN))
        out.sendto((f"NOTIFY * HTTP/1.1\r\nHOST: {GROUP[0]}:{GROUP[1]}\r\nCACHE-CONTROL: max-age=60\r\n"
                    f"LOCATION: {location()}\r\nNT: {GATEWAY}\r\nNTS: ssdp:{kind}\r\nSERVER:\r\n"
                    f"USN: uuid:x::{GATEWAY}\r\nBOOTID.UPNP.ORG: {boot_id}\r\n\r\n").encode(), GROUP)

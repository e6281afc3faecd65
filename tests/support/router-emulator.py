#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A router that misbehaves on demand: PCP, NAT-PMP, SSDP and SOAP in one program (its parts: tests/support/emulator).

    router-emulator.py DIR '{"pcp": "on", "natpmp": "off", "upnp": "on", ...}'

It listens on the lab's router address (192.168.77.1), prints "ready", and ends when killed. In DIR it writes:
  table   one line per mapping: "tcp 25566 192.168.77.10 25565 3600 description"
  log     one line per request: "pcp map 25565 25566 3600", "soap AddPortMapping", "canary", ...

Options, all optional. The first three take any words of their list, joined by "+":
  pcp      on | off | silent | garbage | short | wrong-nonce | spoof | natpmp-only | v0-3 | not-authorized | mismatch |
           no-options | no-filter | no-prefer (grants another port all the same) | lossy | slow |
           nothing (success, port 0) | full | offline | keeps (takes nothing back) | not-authorized-map |
           code=N (every map is refused so)
  natpmp   on | off | silent | garbage | refuse | pcp-reply | spoof | lossy | no-zero (refuses external port 0) |
           code=N (every map is refused so)
  upnp     on | off | silent, and
           finding: weak (rootdevice only), only=ST, st-other, no-st, lower-headers, odd-source, neighbour (another host
           answers first), media (a device that is no gateway comes first), location-foreign, location-loopback,
           location-name
           description: v1, legacy, relative, absolute, base-foreign, base-portless, control-foreign, dtd, huge, drip,
           chunked, redirect, mute-http, two-services, three-services, hostile-names
           status: disconnected, lower-status, no-status, no-address
           adding: permanent (725), lease-402, lease-501, crash=SECONDS (on any lease), code=N, code-once=N,
           code-at=N (port 25566 only), conflict (718 always), own-718, fixed (724), refuse (606), remote-only (715),
           remote-dotted (715 but for 0.0.0.0), remote-wild (726), full (728), full-402=N and drops=N (with N entries),
           no-extend, lying, lying-address, disabled
           showing: no-specific, no-list, list-end=N, list-empty, list-skips, endless-list, list-invents, lease-0,
           lease-86400, absent=N
           deleting: keeps
           transport: soap-drip, soap-mute, soap-huge, soap-garbage, soap-empty, soap-page, and soap-all (the status too)
           notify (tells of a restart by SSDP)
  external the WAN address, "5.6.7.8"
  lifetime the most that is granted
  port     the external port that is granted whatever was asked for
  taken    list of [protocol, port, address, internal port, description]
  crowd    so many entries of others
  epoch    seconds at the start, 1000
  address  the router's own address
  announce-from  the address that a restart is told from

SIGUSR1 is a reboot: the table is emptied, the epoch begins at 0, and a burst of announcements tells of it.
SIGUSR2 moves the control port.
"""

import signal
import threading

from emulator import ssdp, udp, web
from emulator.state import LAN, OTHER, UPNP, log, router


class Counter:
    """Counts the servers that are to be ready."""
    def __init__(self):
        self.semaphore = threading.Semaphore(0)
        self.n = 0

    def start(self, target):
        self.n += 1
        threading.Thread(target=target, args=(self.semaphore,), daemon=True).start()

    def wait(self):
        for _ in range(self.n):
            self.semaphore.acquire()


def reboot(boot_id):
    router.forget()
    if udp.is_on():
        udp.announce()
    if "notify" in UPNP:
        ssdp.notify("byebye", boot_id)
        ssdp.notify("alive", boot_id + 1)


def main():
    counter = Counter()
    if udp.is_on():
        counter.start(udp.serve)
    if "off" not in UPNP:
        counter.start(ssdp.serve)
        web.web.start()
    if LAN == "192.168.77.1":
        web.serve(OTHER, 8000, web.Canary)
    counter.wait()
    signals = {signal.SIGUSR1, signal.SIGUSR2, signal.SIGTERM}
    print("ready", flush=True)
    boot_id = 1
    while True:
        number = signal.sigwait(signals)
        if number == signal.SIGTERM:
            return
        if number == signal.SIGUSR1:
            reboot(boot_id)
            boot_id += 1
        elif "off" not in UPNP:
            web.move()
        log("done " + signal.Signals(number).name)


signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1, signal.SIGUSR2, signal.SIGTERM})
main()

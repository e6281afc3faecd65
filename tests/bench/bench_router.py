# SPDX-License-Identifier: GPL-3.0-or-later
"""`./dev bench router`: how soon the first mapping on an unknown network stands, by every kind of emulated router that
answers at once and by Debian's miniupnpd, by IPv6 too; how soon a mute router is called so; how soon a hundred mappings
are back after a router's restart; what their audit costs the router; and what a thousand cost in memory.

Parts: first, mute, reboot, audit, memory. PORTOLAN_BENCH_ROUNDS: so many first mappings of each kind (5)."""

import json
import os
import pathlib
import re
import subprocess
import sys
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "rig")]
import desk as desks  # noqa: E402
import rig  # noqa: E402
import rig6  # noqa: E402
from table import median, show, verdict  # noqa: E402

ROUNDS = int(os.environ.get("PORTOLAN_BENCH_ROUNDS", "5"))
MANY = 100
PARTS = ("first", "mute", "reboot", "audit", "memory")
FIRST_MS, MUTE_MS, TOLD_S, UNTOLD_S, MEMORY_MIB = 500, 8000, 6, 60, 40
OFF = {"pcp": "off", "natpmp": "off", "upnp": "off"}

# Those that take a mapping and answer at once, each with what it does otherwise than the book says.
KINDS = [("PCP", {"pcp": "on"}), ("NAT-PMP", {"natpmp": "on"}), ("UPnP", {"upnp": "on"}),
         ("all", {"pcp": "on", "natpmp": "on", "upnp": "on"}),
         ("PCP says that it is NAT-PMP", {"pcp": "natpmp-only", "natpmp": "on"}),
         ("PCP: no options", {"pcp": "no-options"}), ("NAT-PMP: no port 0", {"natpmp": "no-zero"})]
KINDS += [(f"UPnP: {quirk}", {"upnp": quirk}) for quirk in (
    "permanent", "lease-402", "v1", "no-specific", "weak", "chunked", "relative", "base-portless", "disconnected",
    "lower-status", "two-services", "odd-source", "hostile-names", "no-list")]


class Emulator:
    """tests/support/router-emulator.py in the place of miniupnpd."""

    def __init__(self, home, options):
        self.home = home
        home.stop_router()
        home.nft(rig.NFT)
        home.ns("router", "ip", "addr", "add", "192.168.77.66/24", "dev", "l0", check=False)
        self.process = subprocess.Popen(
            ["ip", "netns", "exec", "router", sys.executable,
             str(desks.SOURCE / "tests/support/router-emulator.py"), str(home.dir), json.dumps(dict(OFF, **options))],
            stdout=subprocess.PIPE, text=True)
        assert self.process.stdout.readline().strip() == "ready"

    def table(self):
        return (self.home.dir / "table").read_text().splitlines()

    def log(self):
        path = self.home.dir / "log"
        return path.read_text().splitlines() if path.exists() else []

    def reboot(self):
        os.kill(self.process.pid, 10)

    def close(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        (self.home.dir / "log").unlink(missing_ok=True)


def open_once(home, port, settled=None):
    """Milliseconds of `portolanctl open mapping` in a session that knows no network, worker not started."""
    desk = desks.Desk(home)
    try:
        started = time.monotonic()
        rule = desk.open_mapping(port, for_="10m")
        took = (time.monotonic() - started) * 1000
        later = settled(desk, rule, started) if settled else None
        desk.ctl("close", rule["id"])
        return took, later
    finally:
        desk.close()


def row_of(what, times, limit=FIRST_MS):
    return [what, f"{median(times):.0f}", f"{max(times):.0f}", limit, verdict(median(times), limit)]


def first_emulated():
    rows = []
    home = rig.Home()
    try:
        port = home.echo_server("pc", 20000, "0.0.0.0")
        for what, options in KINDS:
            emulator = Emulator(home, options)
            try:
                rows.append(row_of(what, [open_once(home, port)[0] for _ in range(ROUNDS)]))
            finally:
                emulator.close()
    finally:
        home.close()
    return rows


def pinhole_stands(home, port):
    def settled(desk, rule, started):
        rig.wait_for("the pinhole", lambda: home.pinhole(port), 10, step=0.005)
        return (time.monotonic() - started) * 1000

    return settled


def first_real():
    rows = []
    for what in ("pcp", "natpmp", "upnp", "all"):
        home = rig.Home(("pcp", "natpmp", "upnp") if what == "all" else (what,))
        try:
            port = home.echo_server("pc", 20000, "0.0.0.0")
            rows.append(row_of(f"miniupnpd: {what}", [open_once(home, port)[0] for _ in range(ROUNDS)]))
        finally:
            home.close()
    for what in ("pcp", "upnp"):
        home = rig6.Home6((what,))
        try:
            port = home.echo_server("pc", 20000)
            times = [open_once(home, port, pinhole_stands(home, port)) for _ in range(ROUNDS)]
            rows.append(row_of(f"miniupnpd with IPv6: {what}", [time for time, _ in times]))
            rows.append(["  and its pinhole", f"{median([later for _, later in times]):.0f}",
                         f"{max(later for _, later in times):.0f}", "-", "-"])
        finally:
            home.close()
    return rows


def first():
    show(f"From `portolanctl open mapping` on an unknown network, worker not started, to open, ms ({ROUNDS} each)",
         ["router", "median", "max", "target", "holds"], first_emulated() + first_real())


def mute():
    home = rig.Home()
    desk = desks.Desk(home)
    try:
        port = home.echo_server("pc")
        desk.ctl("status")
        home.mute_router()
        slowest, rows = 0.0, []
        started = time.monotonic()
        opening = desk.popen(desks.CTL, "open", "mapping", "--port", port, "--owner", "ann", "--purpose", "bench", "--for",
                             "1h", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while opening.poll() is None:
            asked = time.monotonic()
            desk.ctl("list")
            slowest = max(slowest, time.monotonic() - asked)
        took = (time.monotonic() - started) * 1000
        rows.append(["until it is said", f"{took:.0f}", MUTE_MS, verdict(took, MUTE_MS)])
        rows.append(["slowest `portolanctl list` meanwhile", f"{slowest * 1000:.0f}", 500, verdict(slowest * 1000, 500)])
        show("A router that answers nothing, ms", ["what", "took", "target", "holds"], rows)
    finally:
        desk.close()
        home.close()


def open_many(home, desk, first_port=20000):
    """A hundred mappings to one server, by a few commands at a time."""
    port = home.echo_server("pc", 19999)
    wanted = list(range(first_port, first_port + MANY))

    def take():
        while wanted:
            number = wanted.pop()
            desk.ctl("open", "mapping", "--port", number, "--to", f"127.0.0.1:{port}", "--external", number, "--owner", "ann",
                     "--purpose", "bench", "--for", "10h")

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def held(home):
    return sum(bool(re.search(r"dport 20[01]\d\d ", line)) for line in home.router_rules().splitlines())


def until_back(count, limit):
    """Seconds until all are back; None where that takes longer than twice @limit."""
    started = time.monotonic()
    while time.monotonic() - started < 2 * limit:
        if count() >= MANY:
            return time.monotonic() - started
        time.sleep(0.02)
    return None


def reboot_row(what, count, restart, limit, silence):
    restart()
    took = until_back(count, limit)
    said = "never" if took is None else f"{took:.1f}"
    return [what, "no" if silence else "yes", said, limit, "NO" if took is None else verdict(took, limit)]


def silence_announcements(home):
    home.nft("add chain inet filter output { type filter hook output priority 0; }\n"
             "add rule inet filter output udp dport 5350 drop")


def reboot_real(protocol):
    rows = []
    home = rig.Home((protocol,))
    desk = desks.Desk(home)
    try:
        open_many(home, desk)
        assert held(home) == MANY, held(home)
        rows.append(reboot_row(f"miniupnpd: {protocol}", lambda: held(home), home.reboot_router,
                               TOLD_S if protocol != "upnp" else UNTOLD_S, protocol == "upnp"))
        if protocol != "upnp":
            rig.wait_for("all open", lambda: desk.ctl("status")["open"] == MANY, 30)
            # A restart of a router that was up for less than six seconds does not show by its epoch (RFC 6887, section 8.5).
            time.sleep(10)

            def restart():
                home.stop_router()
                home.nft(rig.NFT)
                silence_announcements(home)
                original, rig.NFT = rig.NFT, rig.NFT.replace("flush ruleset\n", "")
                try:
                    home.start_router()
                finally:
                    rig.NFT = original

            rows.append(reboot_row(f"miniupnpd: {protocol}", lambda: held(home), restart, UNTOLD_S, True))
    finally:
        desk.close()
        home.close()
    return rows


def reboot_emulated(protocol):
    rows = []
    home = rig.Home()
    emulator = Emulator(home, {protocol: "on"})
    desk = desks.Desk(home)
    try:
        open_many(home, desk)
        told = protocol != "upnp"
        if told:
            rows.append(reboot_row(f"emulated: {protocol}", lambda: len(emulator.table()), emulator.reboot, TOLD_S, False))
        silence_announcements(home)
        rows.append(reboot_row(f"emulated: {protocol}", lambda: len(emulator.table()), emulator.reboot, UNTOLD_S, True))
    finally:
        desk.close()
        emulator.close()
        home.close()
    return rows


def reboot():
    rows = []
    for protocol in ("pcp", "natpmp", "upnp"):
        rows += reboot_real(protocol) + reboot_emulated(protocol)
    show(f"After a router's restart, from its first answer until all of {MANY} mappings are back, s",
         ["router", "announces", "took", "target", "holds"], rows)


def listings(lines):
    """One call for each entry, and one for the end: the emulator knows no GetListOfPortMappings, and says so (401)."""
    return sum(line.startswith("soap GetGenericPortMappingEntry") for line in lines) / (MANY + 1)


def audit():
    rows = []
    minutes = 3
    for protocol in ("upnp", "pcp"):
        home = rig.Home()
        emulator = Emulator(home, {protocol: "on", "upnp": "on"})
        desk = desks.Desk(home)
        try:
            open_many(home, desk)
            before = len(emulator.log())
            time.sleep(minutes * 60)
            lines = emulator.log()[before:]
            n = listings(lines) / minutes
            rows.append([f"emulated: {protocol}", MANY, f"{n:.1f}", 1, verdict(n, 1), f"{len(lines) / minutes:.0f}"])
        finally:
            desk.close()
            emulator.close()
            home.close()
    show(f"What the audit of {MANY} mappings costs the router, in a minute ({minutes} of them watched)",
         ["router", "mappings", "listings", "target", "holds", "requests of all kinds"], rows)


def resident(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def memory():
    rows = []
    for protocol in ("pcp", "upnp"):
        home = rig.Home()
        emulator = Emulator(home, {protocol: "on"})
        desk = desks.Desk(home)
        try:
            seed = desks.BUILD / "tests/bench/seed-store"
            subprocess.run([seed, desk.state, "1000", "0", "20000", "mapping"], check=True)
            started = time.monotonic()
            desk.ctl("status")
            rig.wait_for("all open", lambda: desk.ctl("status")["open"] == 1000, 180, step=0.5)
            took = time.monotonic() - started
            time.sleep(5)
            rss = resident(desk.worker_pid())
            rows.append([f"emulated: {protocol}", 1000, f"{took:.1f}", f"{rss:.1f}", MEMORY_MIB, verdict(rss, MEMORY_MIB)])
        finally:
            desk.close()
            emulator.close()
            home.close()
    show("The worker with 1,000 mappings: seconds until all are restored, resident MiB at rest",
         ["router", "mappings", "restored", "MiB", "target", "holds"], rows)


def main():
    chosen = [part for part in sys.argv[1:] if part]
    if not set(chosen) <= set(PARTS):
        sys.exit(f"Choose from: {' '.join(PARTS)}")
    try:
        rig.enter()
    except rig.Unavailable as reason:
        sys.exit(f"The rig cannot be made here: {reason}")
    for part, measure in zip(PARTS, (first, mute, reboot, audit, memory)):
        if not chosen or part in chosen:
            measure()


main()

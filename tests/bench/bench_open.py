# SPDX-License-Identifier: GPL-3.0-or-later
"""`./dev bench open`: from the command to a port that the internet reaches, beside upnpc and natpmpc; how late an expiry
closes; and what the worker costs at rest and with a full store."""

import os
import pathlib
import socket
import subprocess
import sys
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "rig")]
import desk as desks  # noqa: E402
import rig  # noqa: E402
from table import median, show, verdict  # noqa: E402

ROUNDS = int(os.environ.get("PORTOLAN_BENCH_ROUNDS", "20"))
TOGETHER = 30
PARTS = ("opening", "expiring", "together", "resting")


class Knocker(threading.Thread):
    """A friend who tries again and again until the port answers; `at` is when it did."""

    def __init__(self, home, port):
        super().__init__(daemon=True)
        self.home, self.port, self.at = home, port, None

    def knock(self):
        with socket.socket() as client:
            client.settimeout(0.05)
            try:
                client.connect((rig.WAN, self.port))
                return client.recv(16).startswith(b"hello")
            except OSError:
                return False

    def run(self):
        give_up = time.monotonic() + 15
        self.home.move_thread("inet")
        while not self.at and time.monotonic() < give_up:
            if self.knock():
                self.at = time.monotonic()
            else:
                time.sleep(0.002)


def timed(home, port, action):
    """Milliseconds from the start of @action to the first answer; None = never."""
    knocker = Knocker(home, port)
    started = time.monotonic()
    knocker.start()
    action()
    knocker.join()
    return (knocker.at - started) * 1000 if knocker.at else None


def stop_worker(desk):
    pid = desk.worker_pid()
    if pid:
        os.kill(pid, 15)
        rig.wait_for("the worker's end", lambda: desk.worker_pid() == 0, step=0.005)


def portolan_once(home, desk, port):
    stop_worker(desk)
    box = {}

    def action():
        box["rule"] = desk.open_mapping(port, for_="10m")

    took = timed(home, port, action)
    desk.ctl("close", box["rule"]["id"])
    return took


def peer_once(home, port, command, undo):
    took = timed(home, port, lambda: home.ns("pc", *command, check=False))
    home.ns("pc", *undo, check=False)
    return took


def opening():
    rows = []
    for protocol, peer, limit in (("pcp", "natpmpc", 150), ("natpmp", "natpmpc", 150), ("upnp", "upnpc", 500), ("all", "upnpc", 150)):
        speaks = ("pcp", "natpmp", "upnp") if protocol == "all" else (protocol,)
        home = rig.Home(speaks)
        desk = desks.Desk(home)
        ours, theirs = [], []
        try:
            for number in range(ROUNDS):
                port = home.echo_server("pc", 20000 + number, "0.0.0.0")
                ours.append(portolan_once(home, desk, port))
                if protocol == "pcp":
                    continue
                if peer == "upnpc":
                    command = ["upnpc", "-e", "bench", "-a", rig.PC, str(port), str(port), "tcp", "600"]
                    undo = ["upnpc", "-d", str(port), "tcp"]
                else:
                    command = ["natpmpc", "-g", rig.LAN, "-a", str(port), str(port), "tcp", "600"]
                    undo = ["natpmpc", "-g", rig.LAN, "-a", str(port), str(port), "tcp", "0"]
                theirs.append(peer_once(home, port, command, undo))
        finally:
            desk.close()
            home.close()
        reached = [value for value in ours if value is not None]
        rows.append([protocol, f"{median(reached):.0f}", f"{min(reached):.0f}", f"{max(reached):.0f}",
                     f"{len(reached)}/{len(ours)}", limit, verdict(median(reached), limit),
                     f"{peer} {median([t for t in theirs if t]):.0f}" if theirs else "-"])
    show("From `portolanctl open mapping` to reached from the internet, worker cold, ms",
         ["router speaks", "median", "min", "max", "reached", "target", "holds", "peer's median"], rows)


def seconds_of(text):
    return time.mktime(time.strptime(text, "%Y-%m-%dT%H:%M:%SZ")) - time.timezone


def expiring_together():
    """Many mappings that end in the same second: how late the last of them leaves the router."""
    rows = []
    for protocol in ("pcp", "natpmp", "upnp", "all"):
        home = rig.Home(("pcp", "natpmp", "upnp") if protocol == "all" else (protocol,))
        desk = desks.Desk(home)
        try:
            end = int(time.time()) + 20
            until = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(end))
            ports = [home.echo_server("pc", 21000 + number, "0.0.0.0") for number in range(TOGETHER)]
            for port in ports:
                desk.ctl("open", "mapping", "--port", port, "--external", port, "--owner", "ann", "--purpose", "bench",
                         "--until", until)
            assert time.time() < end, "the machine was too slow to open them all in time"
            rig.wait_for("the router's table empty", lambda: not any(home.router_holds(port) for port in ports), 40,
                         step=0.02)
            late = 1000 * (time.time() - end)
            rows.append([protocol, TOGETHER, f"{late:.0f}", 1000, verdict(late, 1000)])
        finally:
            desk.close()
            home.close()
    show("Mappings that end in the same second, until the last is gone from the router, ms",
         ["router speaks", "mappings", "late", "target", "holds"], rows)


def expiring():
    home = rig.Home()
    desk = desks.Desk(home)
    late = []
    try:
        port = home.echo_server("pc", 20000, "0.0.0.0")
        for _ in range(5):
            rule = desk.open_mapping(port, for_="2s")
            client = home.connect(port)
            client.settimeout(10)
            try:
                client.recv(16)
            except ConnectionResetError:
                pass
            cut = time.time()
            while home.router_holds(port):
                time.sleep(0.005)
            gone = time.time()
            expires = seconds_of(rule["expires"])
            late.append((1000 * (cut - expires), 1000 * (gone - expires)))
    finally:
        desk.close()
        home.close()
    show("After a mapping's expiry, ms", ["what", "median", "max", "target", "holds"], [
        ["living connection cut", f"{median([a for a, _ in late]):.0f}", f"{max(a for a, _ in late):.0f}", 1000,
         verdict(max(a for a, _ in late), 1000)],
        ["gone from the router", f"{median([b for _, b in late]):.0f}", f"{max(b for _, b in late):.0f}", 1000,
         verdict(max(b for _, b in late), 1000)]])


def proc(pid, name):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1])
    raise KeyError(name)


def switches(pid):
    """The context switches of each thread so far."""
    return {task.name: sum(int(line.split()[1]) for line in (task / "status").read_text().splitlines()
                           if "ctxt_switches" in line)
            for task in pathlib.Path(f"/proc/{pid}/task").iterdir()}


def wakeups(pid, seconds=20):
    """Context switches in a second, of the threads that are there at the end of it."""
    before = switches(pid)
    time.sleep(seconds)
    return sum(n - before.get(thread, 0) for thread, n in switches(pid).items()) / seconds


LOOKED = "one mapping, after an exposure check"
FORGETS = 65  # seconds until the worker has put away what only a look needs


def resting():
    rows = []
    for what, n_open, n_closed in (("no rule", 0, 0), ("one mapping", 1, 0), (LOOKED, 1, 0),
                                 ("1,000 forwards, 10,000 closed", 1000, 10000)):
        home = rig.Home()
        desk = desks.Desk(home)
        try:
            if n_open > 1:
                seed = desks.BUILD / "tests/bench/seed-store"
                subprocess.run([seed, desk.state, str(n_open), str(n_closed), "20000"], check=True)
            started = time.monotonic()
            desk.ctl("status")
            ready = (time.monotonic() - started) * 1000
            if n_open == 1:
                desk.open_mapping(home.echo_server("pc"))
            if n_open > 1:
                rig.wait_for("all open", lambda: desk.ctl("status")["open"] == n_open, 30)
                ready_open = (time.monotonic() - started) * 1000
            else:
                ready_open = ready
            time.sleep(4)
            pid = desk.worker_pid()
            if what == LOOKED:
                desk.run(desks.CTL, "check", "exposure")  # it fails where it finds something
                time.sleep(FORGETS)
            rss = proc(pid, "VmRSS") / 1024
            rows.append([what, f"{ready:.0f}", f"{ready_open:.0f}", f"{rss:.1f}", f"{wakeups(pid):.2f}"])
        finally:
            desk.close()
            home.close()
    show("The worker: start to first answer and to all open (ms, target 1000), resident MiB at rest (target 20), context switches/s at rest",
         ["with", "answers", "all open", "MiB", "switches/s"], rows)


def main():
    try:
        rig.enter()
    except rig.Unavailable as reason:
        sys.exit(f"The rig cannot be made here: {reason}")
    chosen = sys.argv[1:] or PARTS
    if not set(chosen) <= set(PARTS):
        sys.exit(f"Choose from: {' '.join(PARTS)}")
    for part, measure in zip(PARTS, (opening, expiring, expiring_together, resting)):
        if part in chosen:
            measure()


main()

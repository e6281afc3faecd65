# SPDX-License-Identifier: GPL-3.0-or-later
"""The port sweep beside Debian's `nmap -sT -T5 -n -Pn -p-`, in turn in one run: all TCP ports of another computer in a network
namespace that has twenty of them open and refuses the others, drops them, or is far away on a wire that loses. Part
`sweep` of `./dev bench exposure`; by itself with the names of some of its parts.

The wire that delays and loses is a program (slow-wire.c), for tc netem is not in every kernel."""

import os
import pathlib
import re
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "rig")]
import far as fars  # noqa: E402
import rig  # noqa: E402
from table import median, show  # noqa: E402

ROUNDS = int(os.environ.get("PORTOLAN_BENCH_ROUNDS", "3"))
PORTS = {22, 80, 443, 1234, 4000, 8080, 8081, 9001, 11111, 20000, 22222, 30303, 33333, 40000, 44444, 50000, 55555, 60000,
         65000, 65535}
DROP = ["tcp dport { " + ", ".join(map(str, sorted(PORTS))) + " } accept", "meta l4proto tcp drop"]
# Name: what it is called in the table, rules, delay each way in ms and loss each way per mille, share of nmap's time.
PARTS = {
    "refuse": ("refuses", [], None, 1.0),
    "drop": ("drops", DROP, None, 0.35),
    "refuse6": ("refuses, IPv6", [], "ipv6", 1.0),
    "near": ("refuses, 5 ms each way, 1 % lost", [], (5, 10), None),
    "away": ("refuses, 20 ms each way, 1 % lost", [], (20, 10), None),
}


def by_nmap(address):
    family = ["-6"] if ":" in address else []
    started = time.monotonic()
    asked = subprocess.run(["nmap", "-sT", "-T5", "-n", "-Pn", "-p-", *family, address], capture_output=True, text=True,
                           check=True)
    return time.monotonic() - started, {int(port) for port in re.findall(r"^(\d+)/tcp +open", asked.stdout, re.MULTILINE)}


def by_sweep(address):
    """With the start of its process, as nmap's."""
    started = time.monotonic()
    outcome = fars.sweep("--tcp", "1-65535", address)
    return time.monotonic() - started, outcome.of(address)["open"]


def missed(found):
    wrong = len(PORTS ^ found)
    return "all" if wrong == 0 else f"{len(PORTS & found)} of {len(PORTS)}" + (f", {len(found - PORTS)} too many" if found - PORTS else "")


def measure(name):
    title, rules, wire, share = PARTS[name]
    far = fars.Far()
    times, found = {by_nmap: [], by_sweep: []}, {by_nmap: set(PORTS), by_sweep: set(PORTS)}
    try:
        far.firewall(rules)
        address = fars.FAR6 if wire == "ipv6" else fars.FAR
        if isinstance(wire, tuple):
            far.slow_wire(*wire)
            address = fars.SLOW
        for _ in range(ROUNDS):
            for ask in (by_nmap, by_sweep):
                # Anew each time: nobody accepts there, and a queue of connections that nobody takes fills up.
                listeners = far.listen(*PORTS)
                seconds, ports = ask(address)
                times[ask].append(seconds)
                if len(PORTS ^ ports) >= len(PORTS ^ found[ask]):
                    found[ask] = ports
                for listener in listeners:
                    listener.close()
    finally:
        far.close()
    peer, ours = median(times[by_nmap]), median(times[by_sweep])
    held = "-" if share is None else "yes" if ours <= share * peer and found[by_sweep] == PORTS else "NO"
    return [title, f"{peer:.2f}", f"{ours:.2f}", f"{ours / peer:.2f}", "-" if share is None else f"{share:.2f}", held,
            missed(found[by_nmap]), missed(found[by_sweep])]


def main():
    chosen = [part for part in sys.argv[1:] if part]
    if not set(chosen) <= set(PARTS):
        sys.exit(f"Choose from: {' '.join(PARTS)}")
    try:
        rig.enter()
    except rig.Unavailable as reason:
        sys.exit(f"The rig cannot be made here: {reason}")
    show(f"65,535 TCP ports of a computer that ..., s (medians of {ROUNDS}; open ports found: the worst round)",
         ["the others", "nmap", "ours", "ratio", "target", "holds", "nmap found", "ours found"],
         [measure(part) for part in chosen or PARTS])


main()

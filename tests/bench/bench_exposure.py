# SPDX-License-Identifier: GPL-3.0-or-later
"""`./dev bench exposure`: what is right of what is said about real services of Debian, half of them where nobody would look
for them, beside Debian's nmap in the same run; whether each answers afterwards as it did before.

Parts: services, machine, sweep. PORTOLAN_BENCH_SEED: other ports (1). PORTOLAN_BENCH_ONLY: only services whose name has
one of these words. PORTOLAN_BENCH_PEER=no leaves nmap out."""

import json
import os
import pathlib
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "rig")]
import desk as desks  # noqa: E402
import rig  # noqa: E402
import services  # noqa: E402
from services import fleet as fleets  # noqa: E402
from services import score  # noqa: E402
from table import show, verdict  # noqa: E402

PARTS = ("services", "machine", "sweep")
SEED = int(os.environ.get("PORTOLAN_BENCH_SEED", "1"))
ONLY = os.environ.get("PORTOLAN_BENCH_ONLY", "").split()
PEER = os.environ.get("PORTOLAN_BENCH_PEER", "yes") == "yes"
TARGETS = {"service": 95, "product": 85, "login": 95}
OPEN_PORTS, MACHINE_S = 40, 10
IDENTIFY = desks.BUILD / "tests/support/identify"


def chosen_services():
    return [service for service in services.ALL if not ONLY or any(word in service.name for word in ONLY)]


def endpoints_of(fleet):
    """[(place, port, protocol)]"""
    return [(one, port, protocol) for one in fleet.places for port, protocol in one.endpoints()]


# -- who is asked --------------------------------------------------------------------------------------


def ask_nmap(home, _endpoints):
    asked = home.ns("pc", "nmap", "-sV", "-p-", "-T4", "-Pn", "-n", "-oX", "-", rig.NAS)
    return score.read_nmap(asked.stdout)


def ask_identify(home, endpoints):
    """Ours, told which ports are open."""
    asked = home.ns("pc", str(IDENTIFY), rig.NAS,
                    *[f"{port}/{protocol}" if protocol == "udp" else str(port) for _, port, protocol in endpoints])
    found = {}
    for line in asked.stdout.splitlines():
        said = json.loads(line)
        found[said["port"], said["protocol"]] = score.read_identity(said)
    return found


def ask_check(home, _endpoints):
    """Ours, as a person does it: the whole check of that address, every TCP port."""
    desk = desks.Desk(home)
    try:
        report = checked(desk, "--address", rig.NAS, "--confirm-mine", "--sweep")
    finally:
        desk.close()
    return {(one["endpoint"]["port"], one["endpoint"]["protocol"]): score.read_identity(one) for one in report["findings"]}


def checked(desk, *arguments):
    """The report; its exit status tells only how bad the worst finding is."""
    asked = desk.run(desks.CTL, "check", "exposure", *arguments, "--json", timeout=900)
    assert asked.returncode in (0, 1), asked.stderr
    return json.loads(asked.stdout)


# -- the table -----------------------------------------------------------------------------------------


def share(judged, aspect):
    """Per cent, and "190 of 200", of those where the aspect is to be had."""
    had = [one[aspect] for one in judged if one[aspect] is not None]
    return (100 * sum(had) / len(had), f"{sum(had)} of {len(had)}") if had else (0.0, "")


def row_of(who, judged, seconds):
    cells = []
    for aspect in score.ASPECTS:
        percent, counted = share(judged, aspect)
        cells.append(f"{percent:.0f} % ({counted})" if counted else "-")
    return [who, *cells, sum(one["false open"] for one in judged), f"{seconds:.1f}"]


def misses_of(endpoints, found, judged):
    for (one, port, protocol), verdicts in zip(endpoints, judged):
        wrong = [aspect for aspect in score.ASPECTS if verdicts[aspect] is False] + ["FALSE OPEN"] * verdicts["false open"]
        if wrong:
            said = found.get((port, protocol), score.Said())
            yield [one.service.name, f"{port}/{protocol}", ", ".join(wrong), said.service, said.product, said.version,
                   said.auth]


def measure(who, ask, home, fleet, endpoints):
    started = time.monotonic()
    found = ask(home, endpoints)
    seconds = time.monotonic() - started
    judged = [score.judge(one.service.truth, found.get((port, protocol), score.Said())) for one, port, protocol in endpoints]
    if ask == ask_nmap:
        # It would need scripts for that.
        judged = [dict(verdicts, tls=None) for verdicts in judged]
    harmed = fleet.harmed()
    show(f"{who}: what is not right", ["service", "port", "wrong", "says service", "product", "version", "login"],
         misses_of(endpoints, found, judged))
    for name, why in harmed:
        print(f"  NOT AS BEFORE: {name}: {why}")
    return judged, seconds, len(harmed)


def told_tcp(endpoints, judged):
    return [verdicts for (_, _, protocol), verdicts in zip(endpoints, judged) if protocol == "tcp"]


def verdicts_of(ours, harmed, ratio):
    rows = []
    for aspect, target in TARGETS.items():
        percent = share(ours, aspect)[0]
        rows.append([f"{aspect} right, %", f"{percent:.1f}", target, "yes" if percent >= target else "NO"])
    false_open = sum(one["false open"] for one in ours)
    rows.append(["false \"no login\"", false_open, 0, verdict(false_open, 0)])
    rows.append(["not as before", harmed, 0, verdict(harmed, 0)])
    if ratio is not None:
        rows.append(["time, of nmap's", f"{ratio:.2f}", 0.25, verdict(ratio, 0.25)])
    return rows


def measure_services():
    home = rig.Home()
    fleet = fleets.Fleet(home, chosen_services(), SEED)
    try:
        endpoints = endpoints_of(fleet)
        unusual = sum(one.port != one.service.usual for one in fleet.places)
        print(f"{len(fleet.places)} services run, {unusual} on unusual ports, {len(endpoints)} endpoints.")
        for name, why in fleet.missing:
            print(f"  not there: {name}: {why}")
        rows, ours, peer = [], None, None
        for who, ask, there in (("ours, ports given", ask_identify, IDENTIFY.exists()),
                                ("ours, whole check", ask_check, can_check()),
                                ("nmap -sV -p- -T4", ask_nmap, PEER)):
            if not there:
                print(f"Left out: {who}")
                continue
            judged, seconds, harmed = measure(who, ask, home, fleet, endpoints)
            rows.append(row_of(f"{who}, TCP", told_tcp(endpoints, judged), seconds))
            if ask != ask_nmap:
                rows.append(row_of(f"{who}, all", judged, seconds))
                # Nobody looks at every UDP port: which of them are there is known to the first alone.
                ours = (judged if ask == ask_identify else told_tcp(endpoints, judged), seconds, harmed)
            else:
                peer = seconds
        show("Right, of those where it can be known", ["who", *score.ASPECTS, "false open", "seconds"], rows)
        if ours:
            show("Targets", ["what", "is", "target", "holds"],
                 verdicts_of(ours[0], ours[2], ours[1] / peer if peer else None))
    finally:
        fleet.close()
        home.close()


def can_check():
    asked = subprocess.run([desks.CTL, "check", "exposure", "--help"], capture_output=True, text=True, check=False)
    return "--vantage" in asked.stdout


def measure_machine():
    if not can_check():
        print("Left out: machine")
        return
    home = rig.Home()
    tcp = [service for service in services.ALL if service.protocols == ("tcp",)]
    fleet = fleets.Fleet(home, tcp[:OPEN_PORTS], SEED, where=("pc", rig.PC))
    desk = desks.Desk(home)
    try:
        desk.ctl("status")
        started = time.monotonic()
        report = checked(desk)
        took = time.monotonic() - started
        listening = {one.port for one in fleet.places}
        named = [one for one in report["findings"] if one["endpoint"]["port"] in listening and one["service"]]
        show("A full check of this machine, s", ["open ports", "findings that name a service", "took", "target", "holds"],
             [[len(listening), len(named), f"{took:.1f}", MACHINE_S, verdict(took, MACHINE_S)]])
    finally:
        desk.close()
        fleet.close()
        home.close()


def measure_sweep():
    """It has a program of its own, which enters the rig by itself."""
    if not (HERE / "bench_sweep.py").exists():
        print("Left out: sweep")
        return
    outside = {name: value for name, value in os.environ.items() if name != rig.ENTERED}
    subprocess.run([sys.executable, HERE / "bench_sweep.py"], env=outside, check=True)


def main():
    chosen = [part for part in sys.argv[1:] if part]
    if not set(chosen) <= set(PARTS):
        sys.exit(f"Choose from: {' '.join(PARTS)}")
    try:
        rig.enter()
    except rig.Unavailable as reason:
        sys.exit(f"The rig cannot be made here: {reason}")
    for part, measure_part in zip(PARTS, (measure_services, measure_machine, measure_sweep)):
        if not chosen or part in chosen:
            measure_part()


main()

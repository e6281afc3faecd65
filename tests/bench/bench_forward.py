# SPDX-License-Identifier: GPL-3.0-or-later
"""`./dev bench forward [ROW...]`: the forwarding engine beside HAProxy, nginx stream, socat, rinetd, redir and
systemd-socket-proxyd, and a direct connection, all in turn on 127.0.0.1.

The rows are those of the table that the engine is held to: bulk, requests, connects, latency, idle, udp, range and
limits; without a name all of them, in about ten minutes. Each figure is the median of PORTOLAN_BENCH_ROUNDS rounds (3),
and in a round everyone has a turn, so that a busy moment of the machine hits all alike. Compare within one run only."""

import argparse
import contextlib
import os
import resource
import sys
import time

import forwarders
import loads
from forwarders import ALL, Direct, HAProxy, Nginx, PEERS, Portolan, Proxyd, Rinetd, Socat
from table import median, show, verdict

ROUNDS = int(os.environ.get("PORTOLAN_BENCH_ROUNDS", "3"))
GB = 1e9
held = []  # rows of the last table: measured, to reach, reached, holds


def judge(what, to_reach, reached, holds):
    held.append([what, to_reach, reached, verdict(0 if holds else 1, 0)])


def judge_most(what, factor, ours, best, unit=""):
    """@ours must be at least @factor times the best peer's."""
    judge(what, f">= {factor} x best peer", f"{ours / best:.2f} x ({ours:.4g} / {best:.4g}{unit})", ours >= factor * best)


def judge_least(what, factor, ours, best, whose="best peer"):
    """@ours must be at most @factor times that of @whose."""
    ratio = f"{ours / best:.2f} x " if best else ""
    judge(what, f"<= {factor} x {whose}", f"{ratio}({ours:.3g} / {best:.3g})", ours <= factor * best)


@contextlib.contextmanager
def running(kinds, target, protocol="tcp"):
    """Those @kinds of forwarders, started for one target, and ended."""
    with contextlib.ExitStack() as stack:
        made = []
        for kind in kinds:
            made.append(kind(target, protocol))
            stack.callback(made[-1].stop)
        yield made


@contextlib.contextmanager
def serving(server):
    try:
        yield server
    finally:
        server.stop()


def in_turn(made, measure, rounds=ROUNDS):
    """What @measure gave for each, by name: a list with one result per round."""
    results = {one.name: [] for one in made}
    for number in range(rounds):
        # Not always the same one after the same other.
        for one in made[number % len(made):] + made[:number % len(made)]:
            results[one.name].append(measure(one))
    return results


def medians(results, part=None):
    return {name: median([value if part is None else value[part] for value in values])
            for name, values in results.items()}


def best_of(values, choose, kinds=PEERS):
    return choose(values[kind.name] for kind in kinds if kind.name in values)


def bulk_once(one, n_streams):
    """Gbit/s, and the forwarder's CPU seconds per GB."""
    at = []
    n_bytes, seconds = loads.run("source", one.port, n_streams, 1.5, on_begin=lambda: at.append(one.cpu_seconds()),
                                 on_end=lambda: at.append(one.cpu_seconds()))
    return n_bytes * 8 / seconds / 1e9, (at[1] - at[0]) / (n_bytes / GB)


def bulk():
    streams = (1, 8)
    with serving(loads.Server("serve", "sink")) as sink, running(ALL, sink.port) as made:
        results = [in_turn(made, lambda one, n=n: bulk_once(one, n)) for n in streams]
    speed = [medians(result, 0) for result in results]
    cost = [medians(result, 1) for result in results]
    show("Bulk TCP: Gbit/s, and CPU seconds of the forwarder per GB",
         ["forwarder", "1 stream", "CPU s/GB", "8 streams", "CPU s/GB"],
         [[name, f"{speed[0][name]:.1f}", f"{cost[0][name]:.2f}", f"{speed[1][name]:.1f}", f"{cost[1][name]:.2f}"]
          for name in speed[0]])
    for i, n in enumerate(streams):
        what = f"bulk TCP, {n} stream{'s' * (n > 1)}"
        judge_most(what, 1.25, speed[i][Portolan.name], best_of(speed[i], max), " Gbit/s")
        for kind in (HAProxy, Nginx):
            judge_least(f"{what}: CPU s/GB", 0.5, cost[i][Portolan.name], cost[i][kind.name], kind.name)
        judge_least(f"{what}: CPU s/GB", 1, cost[i][Portolan.name], best_of(cost[i], min))


def requests():
    with serving(loads.Http()) as http, running(ALL, http.port) as made:
        results = medians(in_turn(made, lambda one: loads.wrk(one.port, 2)))
    show("Keep-alive HTTP requests, 64 connections (wrk, nginx behind)", ["forwarder", "requests/s"],
         [[name, f"{value:.0f}"] for name, value in results.items()])
    judge_most("keep-alive requests/s", 1.3, results[Portolan.name], best_of(results, max))


def connect_once(one):
    whole, failed, seconds = loads.run("connects", one.port, 32, 1.5)
    return whole / seconds, failed


def connects():
    with serving(loads.Server("serve", "answer")) as server, running(ALL, server.port) as made:
        results = in_turn(made, connect_once)
    rates = medians(results, 0)
    show("New connections, 32 at a time, a request and an answer each", ["forwarder", "connections/s", "failed"],
         [[name, f"{value:.0f}", int(sum(failed for _, failed in results[name]))] for name, value in rates.items()])
    judge_most("new connections/s", 1.1, rates[Portolan.name], best_of(rates, max))


@contextlib.contextmanager
def processors(allowed):
    """What is started meanwhile runs on those @allowed."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, allowed)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def latency_where(where):
    with serving(loads.Sockperf()) as server, running(ALL, server.port) as made:
        # Each time with a new connection: where the system places its processes matters as much as what they do.
        results = in_turn(made, lambda one: loads.ping_pong(one.port, 1))
    p50, p99 = medians(results, 0), medians(results, 1)
    show(f"Ping-pong{where}, 64 bytes there and back (sockperf), us", ["forwarder", "p50", "p99", "p50 added"],
         [[name, f"{p50[name]:.1f}", f"{p99[name]:.1f}", f"{p50[name] - p50[Direct.name]:.1f}"] for name in p50])
    judge_least(f"latency{where}, p50", 1, p50[Portolan.name], best_of(p50, min))
    judge_least(f"latency{where}, p99", 1, p99[Portolan.name], best_of(p99, min))
    judge_least(f"latency{where}, added over direct", 0.8, p50[Portolan.name] - p50[Direct.name],
                best_of(p50, min) - p50[Direct.name])


def latency():
    latency_where("")
    # Without wake-ups from one processor to another, which take longer than all else, and never the same time.
    with processors({min(os.sched_getaffinity(0))}):
        latency_where(" on one processor")


def idle_once(kind, target, n):
    """Bytes of memory per connection, and how many were held."""
    with running([kind], target) as (one,):
        before, after = one.memory(), []
        connections, = loads.run("idle", one.port, n, on_end=lambda: after.append(one.memory()))
        return (after[0] - before) / max(connections, 1), int(connections)


def idle():
    n = forwarders.connections_at_most()
    with serving(loads.Server("serve", "echo")) as server:
        results = {kind.name: idle_once(kind, server.port, n) for kind in (Portolan, HAProxy, Nginx, Rinetd, Proxyd)}
    show(f"Resident memory per idle connection, of {n} (those that take a process for each are left out)",
         ["forwarder", "bytes", "held"], [[name, f"{size:.0f}", count] for name, (size, count) in results.items()])
    size, count = results[Portolan.name]
    judge(f"memory per idle connection, of {n}", "<= 1024 bytes", f"{size:.0f}", size <= 1024 and count == n)


def udp_rate(one, way, size):
    """Datagrams per second that come back, and CPU seconds of the forwarder for a million of them."""
    began = []
    _, back, seconds, _, _ = loads.run("udp" + way, one.port, size, 16, 1, 0,
                                       on_begin=lambda: began.append(one.cpu_seconds()))
    return back / seconds, (one.cpu_seconds() - began[0]) / max(back, 1) * 1e6


def udp_paced(one, way, size, rate):
    """At so many per second: the part that is lost, and p99 of the way there and back in us."""
    sent, came, _, _, p99 = loads.run("udp" + way, one.port, size, 16, 1, rate)
    return 1 - came / max(sent, 1), p99


def udp_size(made, way, what, size):
    full = in_turn(made, lambda one: udp_rate(one, way, size))
    rate, cpu = medians(full, 0), medians(full, 1)
    best = best_of(rate, max)
    loss = medians(in_turn(made, lambda one: udp_paced(one, way, size, rate[one.name] / 2)), 0)
    # A wait is compared at one and the same load.
    p99 = medians(in_turn(made, lambda one: udp_paced(one, way, size, best / 2)), 1)
    show(f"UDP, {size} bytes there and back, 16 sources, {what}",
         ["forwarder", "datagrams/s", "CPU us each", "lost at half", f"p99 at {best / 2:.0f}/s, us"],
         [[name, f"{rate[name]:.0f}", f"{cpu[name]:.2f}", f"{loss[name] * 100:.3f} %", f"{p99[name]:.0f}"]
          for name in rate])
    row, ours = f"UDP {size} bytes, {what}", Portolan.name
    judge_most(f"{row}: datagrams/s", 2, rate[ours], best)
    judge_least(f"{row}: CPU for each", 0.5, cpu[ours], best_of(cpu, min))
    judge(f"{row}: lost at half its load", "none", f"{loss[ours] * 100:.3f} %", loss[ours] == 0)
    judge_least(f"{row}: p99", 1, p99[ours], best_of(p99, min))


def udp():
    """In bursts as a network card hands them over, where the near ends cost little; and one by one, where on few
    processors they cost more than a forwarder."""
    for way, what in (("-merged", "in bursts"), ("", "one by one")):
        with serving(loads.Server("udp-echo" + way)) as server, \
                running((Direct, Portolan, Nginx, Socat), server.port, "udp") as made:
            for size in (64, 1200):
                udp_size(made, way, what, size)


def open_range(one, first, n):
    """Milliseconds until portolanctl said that it is open, and bytes of resident memory."""
    before, began = one.memory(), time.monotonic()
    rule = one.open(f"127.0.0.1:{first}-{first + n - 1}", f"127.0.0.1:{first + 2000}-{first + 2000 + n - 1}")
    took = (time.monotonic() - began) * 1000
    grew = one.memory() - before
    one.desk.ctl("close", rule["id"])
    return took, grew


def range_rule():
    with serving(loads.Server("serve", "sink")) as sink, running([Portolan], sink.port) as (one,):
        one_port = [open_range(one, 21000 + i, 1)[0] for i in range(ROUNDS)]
        many = [open_range(one, 20000, 1000) for _ in range(ROUNDS)]
    took, grew = median([ms for ms, _ in many]), max(size for _, size in many)
    show("A rule of 1,000 ports, with portolanctl's own start", ["rule", "open after, ms", "resident, KiB"],
         [["1 port", f"{median(one_port):.1f}", ""], ["1,000 ports", f"{took:.1f}", f"{grew / 1024:.0f}"]])
    judge("1,000-port rule: open after", "< 50 ms", f"{took:.1f} ms", took < 50)
    judge("1,000-port rule: memory", "< 1 MiB", f"{grew / 1024:.0f} KiB", grew < 1024 * 1024)


class WideAudience(Portolan):
    name = "10,000 networks"
    options = ["--allow", "127.0.0.0/8"] + [f"--deny=10.{i >> 8}.{i & 255}.0/24" for i in range(9999)]


class Limited(Portolan):
    """So wide that nothing is refused: what counts is the counting."""

    name = "all limits"
    options = ["--max-connections", 10000, "--max-per-source", 10000, "--new-per-second", 100000, "--new-per-source",
               100000, "--rate", "10G", "--rate-per-connection", "10G", "--ban-after", 1000]


LIMITED = [Portolan, WideAudience, Limited]


def limits():
    rounds = max(ROUNDS, 3) * 4
    table, costs = [], {}
    with serving(loads.Http()) as http, running(LIMITED, http.port) as made:
        requests_s = in_turn(made, lambda one: loads.wrk(one.port, 1), rounds)
    with serving(loads.Server("serve", "answer")) as server, running(LIMITED, server.port) as made:
        connects_s = in_turn(made, lambda one: loads.run("connects", one.port, 32, 1)[0], rounds)
    for kind in LIMITED:
        row = [kind.name]
        for rates in (requests_s, connects_s):
            # Round by round, so that only neighbours in time are compared.
            ratio = median([ours / plain for ours, plain in zip(rates[kind.name], rates[Portolan.name])])
            costs.setdefault(kind.name, ratio)
            row += [f"{median(rates[kind.name]):.0f}", f"{(1 - ratio) * 100:.1f} %"]
        table.append(row)
    show("Audience and limits: what they cost", ["forward", "requests/s", "cost", "connections/s", "cost"], table)
    for kind in LIMITED[1:]:
        cost = 1 - costs[kind.name]
        judge(f"cost of {kind.name}, requests/s", "< 3 %", f"{cost * 100:.1f} %", cost < 0.03)


ROWS = {"bulk": bulk, "requests": requests, "connects": connects, "latency": latency, "idle": idle, "udp": udp,
        "range": range_rule, "limits": limits}


def raise_descriptor_limit():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    for wanted in (65536, hard):
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, max(wanted, hard)))
            return


def main():
    parser = argparse.ArgumentParser(prog="./dev bench forward", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", metavar="ROW", nargs="*", help=", ".join(ROWS))
    rows = parser.parse_args().rows or list(ROWS)
    unknown = [name for name in rows if name not in ROWS]
    if unknown:
        parser.error(f"no row named {', '.join(unknown)}")
    raise_descriptor_limit()
    began = time.monotonic()
    for name in rows:
        ROWS[name]()
        sys.stdout.flush()
    show(f"To reach, in {(time.monotonic() - began) / 60:.1f} minutes", ["measured", "to reach", "reached", "holds"], held)


main()

# SPDX-License-Identifier: GPL-3.0-or-later
"""The two ends of what is sent through the forwarders: our `load`, wrk with nginx, sockperf."""

import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import time

from forwarders import free_port

BUILD = pathlib.Path(os.environ["PORTOLAN_BUILD_DIR"])
LOAD = BUILD / "tests/bench/load/load"


class Server:
    """`load serve KIND` or `load udp-echo`, until stop()."""

    def __init__(self, *command):
        self.process = subprocess.Popen([LOAD, *command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline().split()[1])

    def stop(self):
        self.process.stdin.close()
        self.process.wait(10)
        self.process.stdout.close()


class Http:
    """nginx that answers from memory and keeps connections."""

    def __init__(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="portolan-bench-"))
        self.port = free_port()
        (self.dir / "nginx.conf").write_text(f"""daemon off;
worker_processes 1;
pid {self.dir}/pid;
error_log {self.dir}/error.log;
events {{ worker_connections 4096; }}
http {{
  access_log off;
  keepalive_requests 1000000000;
  server {{ listen 127.0.0.1:{self.port}; location / {{ return 200 "hello\\n"; }} }}
}}
""")
        self.process = subprocess.Popen(["nginx", "-p", self.dir, "-c", self.dir / "nginx.conf"],
                                        stderr=subprocess.DEVNULL, process_group=0)

    def stop(self):
        os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait(10)
        shutil.rmtree(self.dir, ignore_errors=True)


class Sockperf:
    """sockperf's server, which answers each message."""

    def __init__(self):
        self.port = free_port()
        self.process = subprocess.Popen(["sockperf", "server", "--tcp", "-i", "127.0.0.1", "-p", str(self.port)],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(0.3)

    def stop(self):
        self.process.terminate()
        self.process.wait(10)


def run(*command, on_begin=None, on_end=None, timeout=60):
    """A near end of ours: the numbers it printed. The two functions are called when it begins to measure, and
    when it has measured but its connections are still there."""
    process = subprocess.Popen([LOAD, *map(str, command)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout.readline() == "begin\n", f"load {command}"
        if on_begin:
            on_begin()
        numbers = process.stdout.readline().split()
        if on_end:
            on_end()
        process.stdin.close()
        process.wait(timeout)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        process.stdout.close()
    if not numbers:
        raise RuntimeError(f"load {' '.join(map(str, command))} failed")
    return [float(number) for number in numbers]


def wrk(port, seconds, connections=64):
    """Requests per second."""
    text = subprocess.run(["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", f"http://127.0.0.1:{port}/"],
                          capture_output=True, text=True, check=True, timeout=seconds + 30).stdout
    return float(re.search(r"Requests/sec:\s*([\d.]+)", text)[1])


def ping_pong(port, seconds):
    """p50 and p99 of the time there and back, in microseconds."""
    text = subprocess.run(["sockperf", "ping-pong", "--tcp", "-i", "127.0.0.1", "-p", str(port), "-t", str(seconds),
                           "-m", "64", "--full-rtt"], capture_output=True, text=True, check=True,
                          timeout=seconds + 30).stdout
    text = re.sub(r"\x1b\[[\d;]*m", "", text)
    return tuple(float(re.search(rf"percentile {part}\s*=\s*([\d.]+)", text)[1]) for part in ("50.000", "99.000"))

# SPDX-License-Identifier: GPL-3.0-or-later
"""What `./dev bench forward` measures: Portolan as people run it, its peers, and no forwarder at all.

Each is started for one target and one row of the table, listens on 127.0.0.1, and is ended by its process id."""

import os
import pathlib
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "rig")]
import desk as desks  # noqa: E402

os.environ["PATH"] += ":/usr/sbin:/sbin"
PROXYD = "/lib/systemd/systemd-socket-proxyd"
TICK = os.sysconf("SC_CLK_TCK")


def connections_at_most():
    """Two descriptors go to each, and a forwarder has some of its own."""
    return min(10000, resource.getrlimit(resource.RLIMIT_NOFILE)[0] // 2 - 500)


def free_port(kind=socket.SOCK_STREAM):
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def read_stats():
    """Of every process: parent and process group; and ticks of CPU, with those of children waited for."""
    stats = {}
    for directory in pathlib.Path("/proc").iterdir():
        if not directory.name.isdigit():
            continue
        try:
            fields = (directory / "stat").read_text().rsplit(")", 1)[1].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        stats[int(directory.name)] = ({int(fields[1]), int(fields[2])}, sum(map(int, fields[11:15])))
    return stats


def family(root, stats):
    """The process ids of @root and of all that it started."""
    members, grew = {root}, True
    while grew:
        more = {pid for pid, (above, _) in stats.items() if above & members} - members
        members |= more
        grew = bool(more)
    return [pid for pid in members if pid in stats]


def read_memory(pid):
    """Resident bytes of its own. Those of files come and go as the kernel pleases, and are shared."""
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) * 1024
    return 0


class Forwarder:
    """@name is what the tables say. @pid: the first of its processes."""

    name = ""
    speaks = {"tcp"}
    forks = False  # a process per connection: not for thousands of them
    pid = 0

    def __init__(self, target, protocol="tcp"):
        self.target, self.protocol = target, protocol
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="portolan-bench-"))
        kind = socket.SOCK_DGRAM if protocol == "udp" else socket.SOCK_STREAM
        self.port = free_port(kind)
        try:
            self.start()
            if protocol == "tcp":
                self.wait_ready()
            else:
                time.sleep(0.3)
        except BaseException:
            self.stop()
            raise

    def start(self):
        raise NotImplementedError

    def spawn(self, *command):
        with open(self.dir / "log", "wb") as log:
            self.process = subprocess.Popen(list(map(str, command)), stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=log, process_group=0)
        self.pid = self.process.pid

    def wait_ready(self):
        end = time.monotonic() + 5
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                if time.monotonic() > end:
                    raise RuntimeError(f"{self.name} does not listen: {(self.dir / 'log').read_text()}") from None
                time.sleep(0.02)

    def cpu_seconds(self):
        stats = read_stats()
        return sum(stats[pid][1] for pid in family(self.pid, stats)) / TICK if self.pid else 0.0

    def memory(self):
        return sum(map(read_memory, family(self.pid, read_stats()))) if self.pid else 0

    def stop(self):
        if self.pid:
            # Its process group holds those that it started.
            os.killpg(self.pid, signal.SIGTERM)
            try:
                self.process.wait(3)
            except subprocess.TimeoutExpired:
                os.killpg(self.pid, signal.SIGKILL)
                self.process.wait()
            self.pid = 0
        shutil.rmtree(self.dir, ignore_errors=True)


class Direct(Forwarder):
    name = "direct"
    speaks = {"tcp", "udp"}

    def start(self):
        self.port = self.target


class Portolan(Forwarder):
    """The real worker on a bus of its own; the forward is opened by portolanctl."""

    name = "Portolan"
    speaks = {"tcp", "udp"}
    options = []

    def start(self):
        self.desk = desks.Desk()
        rule = self.open(f"127.0.0.1:{self.port}", f"127.0.0.1:{self.target}")
        assert rule["state"] == "open", rule
        self.pid = self.desk.worker_pid()

    def open(self, listen, target):
        return self.desk.ctl("open", "forward", "--listen", listen, "--to", target, "--protocol", self.protocol,
                             "--owner", "bench", "--purpose", "bench", "--for", "1h", *self.options)

    def stop(self):
        if hasattr(self, "desk"):
            self.desk.close()
        self.pid = 0
        super().stop()


class HAProxy(Forwarder):
    name = "HAProxy"

    def start(self):
        conf = self.dir / "haproxy.cfg"
        conf.write_text(f"""global
  maxconn {connections_at_most() + 200}
defaults
  mode tcp
  timeout connect 10s
  timeout client 1h
  timeout server 1h
listen bench
  bind 127.0.0.1:{self.port}
  server target 127.0.0.1:{self.target}
""")
        self.spawn("haproxy", "-db", "-f", conf)


class Nginx(Forwarder):
    name = "nginx stream"
    speaks = {"tcp", "udp"}

    def start(self):
        udp = " udp reuseport" if self.protocol == "udp" else ""
        (self.dir / "nginx.conf").write_text(f"""load_module /usr/lib/nginx/modules/ngx_stream_module.so;
daemon off;
worker_processes auto;
pid {self.dir}/pid;
error_log {self.dir}/error.log;
events {{ worker_connections {2 * connections_at_most() + 400}; }}
stream {{ server {{ listen 127.0.0.1:{self.port}{udp}; proxy_pass 127.0.0.1:{self.target}; }} }}
""")
        self.spawn("nginx", "-p", self.dir, "-c", self.dir / "nginx.conf")


class Socat(Forwarder):
    name = "socat"
    speaks = {"tcp", "udp"}
    forks = True

    def start(self):
        if self.protocol == "udp":
            self.spawn("socat", f"UDP4-LISTEN:{self.port},bind=127.0.0.1,reuseaddr,fork",
                       f"UDP4:127.0.0.1:{self.target}")
        else:
            self.spawn("socat", f"TCP4-LISTEN:{self.port},bind=127.0.0.1,reuseaddr,fork,backlog=4096",
                       f"TCP4:127.0.0.1:{self.target}")


class Rinetd(Forwarder):
    name = "rinetd"

    def start(self):
        conf = self.dir / "rinetd.conf"
        conf.write_text(f"127.0.0.1 {self.port} 127.0.0.1 {self.target}\n")
        self.spawn("rinetd", "-f", "-c", conf)


class Redir(Forwarder):
    name = "redir"
    forks = True

    def start(self):
        self.spawn("redir", "-n", f"127.0.0.1:{self.port}", f"127.0.0.1:{self.target}")


class Proxyd(Forwarder):
    name = "socket-proxyd"

    def start(self):
        self.spawn("systemd-socket-activate", "-l", f"127.0.0.1:{self.port}", PROXYD, "--connections-max=30000",
                   f"127.0.0.1:{self.target}")


PEERS = [HAProxy, Nginx, Socat, Rinetd, Redir, Proxyd]
ALL = [Direct, Portolan, *PEERS]

# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a real service lives while it is looked at: a folder and a port of its own, its programs as our children, and the
truth about it beside it."""

import dataclasses
import os
import pathlib
import pwd
import random
import re
import shutil
import signal
import subprocess

OPEN = ("open", "none")       # nobody is asked who they are: either word is right
PROTECTED = ("protected",)    # a login is asked for: any other word but "unknown" would be a false "no login"
REFUSES = ("none", "protected")  # there is no login, and it does nothing for strangers
UNPACKED = pathlib.Path(os.environ.get("PORTOLAN_BENCH_PACKAGES", "/nonexistent"))
ALL = []


@dataclasses.dataclass
class Truth:
    service: tuple    # the words for its protocol, any of which is right
    product: tuple    # the names of the program, any of which is right; () = nobody can know
    package: str
    login: tuple      # the words for its login, any of which is right
    tells_version: bool = True
    tls: str = ""     # "", "self-signed", "expired" or "old" (takes TLS 1.0, too)


@dataclasses.dataclass
class Service:
    """One service in one configuration. @start gives the probe that tells that it answers."""
    name: str
    start: object
    options: dict
    truth: Truth
    usual: int
    protocols: tuple
    anywhere: bool    # may be put on another port
    light: bool       # part of the small set of the tests


def variant(name, login, /, light=False, **options):
    return name, login, light, options


def service(words, products, package, port, *variants, udp=False, both=False, anywhere=True, tells_version=True):
    """Adds what the function under it starts to the set, once for every variant."""
    def add(start):
        for name, login, light, options in variants:
            truth = Truth(tuple(words.split()), products, package, login,
                          options.pop("tells_version", tells_version), options.get("tls", ""))
            ALL.append(Service(
                f"{start.__name__.replace('_', '-')}: {name}", start, options, truth, options.pop("port", port),
                ("tcp", "udp") if both else ("udp",) if udp else ("tcp",), anywhere, light))
        return start

    return add


def upstream(version):
    """Of a Debian version what the program says of itself: 1:9.2p1-2+deb12u10 is 9.2p1."""
    version = re.sub(r"^\d+:", "", version)
    version = re.sub(r"-[^-]*$", "", version)
    return re.split(r"[+~]", version)[0]


def version_of(package):
    control = UNPACKED / package / "control"
    if control.exists():
        return upstream(re.search(r"^Version: (.*)$", control.read_text(), re.M).group(1))
    asked = subprocess.run(["dpkg-query", "-W", "-f", "${db:Status-Abbrev}${Version}", package], capture_output=True,
                           text=True, check=False)
    return upstream(asked.stdout[3:]) if asked.stdout.startswith("ii") else ""


def ports_for(services, seed=1):
    """Every second service on a port where nobody would look for it. Gives a port for each."""
    dice = random.Random(seed)
    taken, ports = set(), []
    for service_, unusual in zip(services, [bool(n % 2) for n in range(len(services))]):
        port = service_.usual
        if service_.anywhere and (unusual or port in taken):
            while port in taken or port == service_.usual:
                port = dice.randrange(10000, 32000)
        taken.add(port)
        ports.append(port)
    return ports


class Unable(Exception):
    """The service cannot run here; the text says why."""


class Place:
    def __init__(self, home, service_, port, folder, where):
        self.home = home
        self.service = service_
        self.port = port
        self.computer, self.host = where
        self.dir = pathlib.Path(folder)
        self.dir.mkdir(mode=0o755)
        self.log = open(self.dir / "log", "ab")
        self.children, self.helpers = [], []
        self.probe = None
        self.before = None

    # -- what a service asks for --------------------------------------------------------------------

    @staticmethod
    def _as(user):
        if not user or os.geteuid():
            return []
        entry = pwd.getpwnam(user)
        return ["setpriv", f"--reuid={entry.pw_uid}", f"--regid={entry.pw_gid}", "--clear-groups"]

    def _command(self, command, user):
        return ["ip", "netns", "exec", self.computer] + self._as(user) + [str(part) for part in command]

    def _environment(self, env):
        return dict(os.environ, HOME=str(self.dir), XDG_RUNTIME_DIR=str(self.dir), LC_ALL="C.UTF-8", **(env or {}))

    def run(self, *command, user=None, env=None, lasts=True):
        """A program that stays in the foreground until close(), or a helper that ends (@lasts false)."""
        child = subprocess.Popen(self._command(command, user), cwd=self.dir, env=self._environment(env),
                                 stdin=subprocess.DEVNULL,
                                 stdout=self.log, stderr=self.log, start_new_session=True)
        (self.children if lasts else self.helpers).append(child)

    def tool(self, *command, user=None, env=None, **kwargs):
        """A program that has to end well before the service can start. Gives what it printed."""
        done = subprocess.run(self._command(command, user), cwd=self.dir, env=self._environment(env), capture_output=True,
                              text=True, check=False, timeout=120, **kwargs)
        if done.returncode:
            raise Unable(f"{command[0]}: {(done.stderr or done.stdout).strip()[-500:]}")
        return done.stdout

    def write(self, name, text, mode=0o644):
        path = self.dir / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(mode)
        return path

    def folder(self, name, user=None, mode=0o755):
        path = self.dir / name
        path.mkdir(parents=True, exist_ok=True)
        path.chmod(mode)
        if user and not os.geteuid():
            shutil.chown(path, user)
        return path

    def own(self, user):
        """Gives the whole folder to @user."""
        for path in [self.dir, *self.dir.rglob("*")]:
            shutil.chown(path, user)

    def unpacked(self, package, path):
        """A file of a package that cannot be installed beside another."""
        found = UNPACKED / package / path.lstrip("/")
        if not found.exists():
            raise Unable(f"{package} is not unpacked")
        return found

    def certificate(self, kind):
        """Paths of a certificate and its key. @kind: "self-signed", "expired", or "old" (as self-signed)."""
        dates = ("20200101000000Z", "20210101000000Z") if kind == "expired" else ("20200101000000Z", "20990101000000Z")
        self.write("ca.conf", CA.format(dir=self.dir))
        self.write("ca/index", "")
        self.write("ca/serial", "01\n")
        key, request, cert = self.dir / "key.pem", self.dir / "request.pem", self.dir / "cert.pem"
        self.tool("openssl", "req", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", request, "-subj",
                  "/O=Home/CN=nas.home.example", "-config", self.dir / "ca.conf")
        self.tool("openssl", "ca", "-batch", "-selfsign", "-config", self.dir / "ca.conf", "-keyfile", key, "-in", request,
                  "-out", cert, "-startdate", dates[0], "-enddate", dates[1], "-notext")
        key.chmod(0o644)
        return cert, key

    # -- what the bench asks for --------------------------------------------------------------------

    def alive(self):
        return all(child.poll() is None for child in self.children)

    def trouble(self):
        return (self.dir / "log").read_text(errors="replace")[-1500:]

    def close(self):
        for child in self.helpers + self.children[::-1]:
            _end(child)
        self.log.close()

    def endpoints(self):
        return [(self.port, protocol) for protocol in self.service.protocols]


def _end(child):
    """@child and what it started: its session is its own."""
    try:
        os.killpg(child.pid, signal.SIGTERM)
        child.wait(3)
    except (ProcessLookupError, subprocess.TimeoutExpired):
        pass
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    child.wait()


CA = """
[req]
distinguished_name = name
[name]
[ca]
default_ca = home
[home]
database = {dir}/ca/index
serial = {dir}/ca/serial
new_certs_dir = {dir}/ca
default_md = sha256
policy = any
x509_extensions = names
[any]
organizationName = optional
commonName = supplied
[names]
subjectAltName = DNS:nas.home.example
"""

# SPDX-License-Identifier: GPL-3.0-or-later
"""Starts a set of services in the rig's nas, and asks each in its own protocol from the rig's pc."""

import concurrent.futures
import os
import pathlib
import shutil
import signal
import socket
import struct
import tempfile
import threading
import time

import rig
from services import place

STARTED_WITHIN, AT_ONCE = 60, 4
# Users that packages would make which are only unpacked here.
USERS = ("Debian-exim", "_chrony", "dovecot", "dovenull")


class Fleet:
    """What runs is in @places; what cannot, and why, in @missing."""

    def __init__(self, home, services, seed=1, where=("nas", rig.NAS)):
        """@where: the rig's computer that they run on, and the address that they listen at."""
        self.home = home
        self.where = where
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="portolan-fleet-"))
        self.dir.chmod(0o755)
        self.missing = []
        self.places = []
        _add_users(self.dir)
        _own_resolver(self.dir)
        home.ns(where[0], "sysctl", "-qw", "net.ipv4.ip_unprivileged_port_start=0", check=False)
        for answer, kind in ((_answer_names, socket.SOCK_DGRAM), (_answer_names_by_tcp, socket.SOCK_STREAM)):
            threading.Thread(target=answer, args=(home.socket("inet", kind),), daemon=True).start()
        self.pool = concurrent.futures.ThreadPoolExecutor(AT_ONCE, initializer=rig.Home.move_thread, initargs=("pc",))
        try:
            self._start(services, seed)
        except BaseException:
            self.close()
            raise

    def _start(self, services, seed):
        numbered = zip(services, place.ports_for(services, seed))
        made = [place.Place(self.home, service, port, self.dir / str(number), self.where)
                for number, (service, port) in enumerate(numbered)]
        try:
            for one, trouble in zip(made, self.pool.map(_start, made)):
                if trouble:
                    self.missing.append((one.service.name, trouble))
                else:
                    self.places.append(one)
        finally:
            for one in made:
                if one not in self.places:
                    one.close()

    def harmed(self):
        """(name, why) of each that does not answer as it did before."""
        return [(one.service.name, trouble) for one, trouble in zip(self.places, self.pool.map(_again, self.places))
                if trouble]

    def close(self):
        ends = [threading.Thread(target=one.close) for one in self.places]
        for end in ends:
            end.start()
        for end in ends:
            end.join()
        self.places.clear()
        self.pool.shutdown()
        self._end_strays()
        for name in MOUNTED:  # what is mounted on a file that is gone cannot be mounted over
            rig.sh("umount", f"/etc/{name}", check=False)
        shutil.rmtree(self.dir, ignore_errors=True)

    def _end_strays(self):
        """Some daemons (Samba's, Postfix's, Erlang's) leave their session: what has this very folder on its command line or
        in its environment, or works in it, is theirs."""
        folder = f"{self.dir}/"
        for path in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                said = (path / "cmdline").read_bytes() + (path / "environ").read_bytes()
                if folder.encode() in said or os.readlink(path / "cwd").startswith(folder):
                    os.kill(int(path.name), signal.SIGKILL)
            except OSError:  # it ended meanwhile
                continue


def _start(one):
    """None, or what went wrong."""
    try:
        one.probe = one.service.start(one, **one.service.options)
    except (place.Unable, OSError, KeyError) as error:
        return str(error) or repr(error)
    end = time.monotonic() + STARTED_WITHIN
    while True:
        try:
            one.before = one.probe(one.host, one.port)
            return None
        except (OSError, AssertionError) as error:
            if time.monotonic() > end or not one.alive():
                return f"{error!r}; its log ends so: {one.trouble()}"
        time.sleep(0.1)


def _again(one):
    # One that has let go of many connections may need a moment until it takes the next.
    trouble = ""
    for _ in range(5):
        try:
            now = one.probe(one.host, one.port)
            if now == one.before and one.alive():
                return ""
            trouble = f"{one.before!r} before, {now!r} now" if one.alive() else "it has ended"
        except (OSError, AssertionError) as error:
            trouble = repr(error)
        time.sleep(1)
    return trouble


MOUNTED = ("passwd", "group", "resolv.conf")


def _add_users(folder):
    """Only in this mount namespace."""
    if os.geteuid():
        return
    for name, line in (("passwd", "{}:x:{}:65534::/nonexistent:/usr/sbin/nologin\n"), ("group", "{}:x:{}:\n")):
        text = pathlib.Path("/etc", name).read_text()
        known = {entry.split(":")[0] for entry in text.splitlines()}
        text += "".join(line.format(user, 64100 + number) for number, user in enumerate(USERS) if user not in known)
        (folder / name).write_text(text)
        rig.sh("mount", "--bind", folder / name, f"/etc/{name}")


def _own_resolver(folder):
    """Who looks up the name of a caller asks the rig's internet, not the machine's."""
    (folder / "resolv.conf").write_text(f"nameserver {rig.FRIEND}\n")
    rig.sh("mount", "--bind", folder / "resolv.conf", "/etc/resolv.conf")


def _answer_for(question):
    end = question.find(b"\0", 12) + 5
    answer = b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4" + bytes((192, 0, 2, 1)) if question[end - 4:end - 2] == b"\0\1" else b""
    return question[:2] + b"\x81\x80" + struct.pack(">HHHH", 1, bool(answer), 0, 0) + question[12:end] + answer


def _answer_names(server):
    """A name server on the internet to which every name is 192.0.2.1: it has nothing but what resolvers need."""
    server.bind((rig.FRIEND, 53))
    while True:
        question, peer = server.recvfrom(4096)
        server.sendto(_answer_for(question), peer)


def _answer_names_by_tcp(server):
    server.bind((rig.FRIEND, 53))
    server.listen()
    while True:
        client = server.accept()[0]
        with client:
            client.settimeout(1)
            try:
                question = client.recv(4096)
                answer = _answer_for(question[2:])
                client.sendall(struct.pack(">H", len(answer)) + answer)
            except OSError:
                pass

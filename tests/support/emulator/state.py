# SPDX-License-Identifier: GPL-3.0-or-later
"""What the router is told to do, the table that all protocols share, and the log."""

import json
import os
import random
import sys
import threading
import time

DIR = sys.argv[1]
OPTIONS = json.loads(sys.argv[2]) if len(sys.argv) > 2 else {}
LAN = OPTIONS.get("address", "192.168.77.1")
OTHER = "192.168.77.66"  # a second host of the LAN: the canary, and the one that spoofs
EXTERNAL = OPTIONS.get("external", "5.6.7.8")
MOST = OPTIONS.get("lifetime", 86400)
lock = threading.RLock()


class Flags:
    """How one protocol behaves: words joined by "+", some with a value ("only=ssdp:all")."""

    def __init__(self, text):
        self.words = dict(word.partition("=")[::2] for word in text.split("+"))
        self.used = set()

    def __contains__(self, word):
        return word in self.words

    def value(self, word):
        return self.words.get(word)

    def number(self, word):
        return int(self.words[word]) if word in self.words else None

    def once(self, word):
        """TRUE the first time that it is asked for."""
        with lock:
            first = word in self.words and word not in self.used
            self.used.add(word)
            return first


PCP = Flags(OPTIONS.get("pcp", "on"))
NATPMP = Flags(OPTIONS.get("natpmp", "on"))
UPNP = Flags(OPTIONS.get("upnp", "on"))


def log(text):
    with lock, open(os.path.join(DIR, "log"), "a") as file:
        file.write(text + "\n")


def send(sock, data, to):
    """What the lab loses on its way out is an error of the system call, and no more."""
    try:
        sock.sendto(data, to)
    except OSError as error:
        log(f"lost {error.strerror}")


class Router:
    """The table: (protocol, port) -> [address, inner port, lifetime, description, nonce, remote host]."""

    def __init__(self):
        self.table = {}
        self.started = time.monotonic() - OPTIONS.get("epoch", 1000)
        for protocol, port, address, inner, description in OPTIONS.get("taken", []):
            self.table[protocol, port] = [address, inner, 0, description, None, ""]
        for i in range(OPTIONS.get("crowd", 0)):
            self.table["udp", 30000 + i] = ["192.168.77.30", 30000 + i, 0, "crowd", None, ""]
        self.save()

    def epoch(self):
        return int(time.monotonic() - self.started)

    def save(self):
        with lock:
            lines = [f"{p} {e} {a} {i} {l} {d}\n" for (p, e), (a, i, l, d, *_) in sorted(self.table.items())]
            with open(os.path.join(DIR, "table.new"), "w") as file:
                file.writelines(lines)
            os.rename(os.path.join(DIR, "table.new"), os.path.join(DIR, "table"))

    def free_port(self, protocol):
        while True:
            port = random.randrange(40000, 45000)
            if (protocol, port) not in self.table:
                return port

    def find(self, protocol, address, inner):
        for (p, external), entry in self.table.items():
            if p == protocol and entry[0] == address and entry[1] == inner:
                return external
        return None

    def map(self, protocol, address, inner, wanted, lifetime, description, nonce=None, exact=False):
        """The port that is granted, or None where it is another's and @exact."""
        with lock:
            known = self.find(protocol, address, inner)
            port = OPTIONS.get("port") or known or wanted or inner
            holder = self.table.get((protocol, port))
            if holder and (holder[0], holder[1]) != (address, inner):
                if exact:
                    return None
                port = self.free_port(protocol)
            if exact and wanted and port != wanted:
                return None
            self.table[protocol, port] = [address, inner, lifetime, description, nonce, ""]
            self.save()
            return port

    def unmap(self, protocol, address, inner):
        with lock:
            port = self.find(protocol, address, inner)
            if port is not None:
                del self.table[protocol, port]
                self.save()
            return port is not None

    def forget(self):
        with lock:
            self.table.clear()
            self.save()
            self.started = time.monotonic()


router = Router()

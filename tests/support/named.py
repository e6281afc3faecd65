# SPDX-License-Identifier: GPL-3.0-or-later
"""A real BIND on loopback that takes signed updates of one name."""

import os
import pathlib
import shutil
import socket
import subprocess
import time

os.environ["PATH"] += ":/usr/sbin:/sbin"
MISSING = next((f"{tool} is not installed (Debian: bind9, bind9-dnsutils)" for tool in ("named", "nsupdate", "dig")
                if not shutil.which(tool)), None)

CONF = """
options {{
  directory "{dir}";
  listen-on port {port} {{ 127.0.0.1; }};
  listen-on-v6 {{ none; }};
  pid-file none;
  session-keyfile none;
  recursion no;
  dnssec-validation no;
}};
controls {{ }};
key "home" {{ algorithm hmac-sha256; secret "{key}"; }};
key "other" {{ algorithm hmac-sha256; secret "{key}"; }};
zone "example.org" {{
  type primary;
  file "{dir}/zone";
  update-policy {{ grant home name home.example.org. A AAAA; }};
}};
"""
ZONE = """$TTL 60
@ IN SOA ns1 admin 1 3600 600 86400 60
@ IN NS ns1
ns1 IN A 127.0.0.1
home IN A 192.0.2.1
home IN TXT "stays"
"""


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


class Named:
    KEY = "c2VjcmV0LW9mLXRoZS10c2lnLWtleS1mb3ItdGVzdHM="

    def __init__(self, folder):
        self.dir = pathlib.Path(folder) / "named"
        self.dir.mkdir()
        self.port = free_port()
        (self.dir / "conf").write_text(CONF.format(dir=self.dir, port=self.port, key=self.KEY))
        (self.dir / "zone").write_text(ZONE)
        self.start()

    def start(self):
        self.log = open(self.dir / "log", "ab")
        self.daemon = subprocess.Popen(["named", "-g", "-n", "1", "-c", str(self.dir / "conf")], stdout=self.log,
                                       stderr=self.log)
        end = time.monotonic() + 20
        while "127.0.0.1" not in self.lookup("ns1.example.org"):
            if self.daemon.poll() is not None or time.monotonic() > end:
                raise RuntimeError("named: " + (self.dir / "log").read_text(errors="replace")[-2000:])
            time.sleep(0.05)

    def lookup(self, name, kind="A"):
        asked = subprocess.run(["dig", "@127.0.0.1", "-p", str(self.port), "+short", "+tries=1", "+time=2", name, kind],
                               capture_output=True, text=True, check=False)
        return asked.stdout.split("\n")[:-1] if asked.returncode == 0 else []

    def close(self):
        if self.daemon.poll() is None:
            self.daemon.terminate()
            self.daemon.wait(10)

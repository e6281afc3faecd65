# SPDX-License-Identifier: GPL-3.0-or-later
"""A real sshd of the test's own on a high port of 127.0.0.1, as this user, with one login key."""

import getpass
import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import time

SSHD = "/usr/sbin/sshd"


class Unavailable(Exception):
    """Why there can be none here."""


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


class Sshd:
    def __init__(self, directory):
        if not os.access(SSHD, os.X_OK) or not shutil.which("ssh-keygen"):
            raise Unavailable("there is no OpenSSH server on this machine")
        command = [SSHD]
        if os.geteuid() == 0:
            try:
                pwd.getpwnam("sshd")
            except KeyError:
                raise Unavailable("root can run no sshd here: the user sshd is missing") from None
            # As root sshd wants an empty directory in /run: where it is missing, in a /run of its own.
            if not os.path.isdir("/run/sshd"):
                command = ["unshare", "-m", "sh", "-c", 'mount -t tmpfs tmpfs /run && mkdir /run/sshd && exec "$@"', "sh",
                           SSHD]
        self.dir = pathlib.Path(directory)
        self.port = free_port()
        self.user = getpass.getuser()
        self.key = self._make_key("id")
        host_key = self._make_key("host_key")
        shutil.copy(f"{self.key}.pub", self.dir / "authorized_keys")
        self.fingerprint = subprocess.run(["ssh-keygen", "-l", "-f", f"{host_key}.pub"], capture_output=True, text=True,
                                          check=True).stdout.split()[1]
        (self.dir / "sshd_config").write_text(
            f"Port {self.port}\nListenAddress 127.0.0.1\nHostKey {host_key}\n"
            f"AuthorizedKeysFile {self.dir}/authorized_keys\nPidFile none\nStrictModes no\nUsePAM no\n"
            "PermitRootLogin yes\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n")
        self.process = subprocess.Popen([*command, "-D", "-e", "-f", str(self.dir / "sshd_config")],
                                        stderr=open(self.dir / "sshd.log", "wb"), start_new_session=True)
        self._wait()

    def _make_key(self, name):
        path = self.dir / name
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "test", "-f", str(path)], check=True)
        return path

    def _wait(self):
        end = time.monotonic() + 10
        while "Server listening on" not in (self.dir / "sshd.log").read_text(errors="replace"):
            if self.process.poll() is not None or time.monotonic() > end:
                raise Unavailable("sshd does not start: " + (self.dir / "sshd.log").read_text(errors="replace"))
            time.sleep(0.02)

    def close(self):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait()

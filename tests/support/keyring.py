# SPDX-License-Identifier: GPL-3.0-or-later
"""A real gnome-keyring-daemon on a test's own bus, with a throw-away keyring that is unlocked."""

import pathlib
import shutil
import subprocess

MISSING = None if shutil.which("gnome-keyring-daemon") else "gnome-keyring-daemon (Debian: gnome-keyring) is not installed"
PASSWORD = b"throw-away"


class Keyring:
    """@folder: a directory of the test's own; @env: with the address of its bus."""

    def __init__(self, folder, env):
        self.dir = pathlib.Path(folder) / "keyring"
        self.env = dict(env, XDG_DATA_HOME=str(self.dir / "data"), XDG_RUNTIME_DIR=str(self.dir), HOME=str(self.dir))
        # Its own warnings are its own affair.
        self.env.pop("G_DEBUG", None)
        self.dir.mkdir(mode=0o700)
        (self.dir / "data").mkdir(mode=0o700)
        self.daemon = None

    def start(self, unlock=True):
        command = ["gnome-keyring-daemon", "--foreground", "--components=secrets", f"--control-directory={self.dir}"]
        with open(self.dir / "log", "ab") as log:
            self.daemon = subprocess.Popen(command + (["--unlock"] if unlock else []), env=self.env, stdin=subprocess.PIPE,
                                           stdout=log, stderr=log)
        self.daemon.stdin.write(PASSWORD if unlock else b"")
        self.daemon.stdin.close()

    def is_up(self, bus_has_owner):
        return self.daemon.poll() is None and bus_has_owner("org.freedesktop.secrets")

    def stop(self):
        if self.daemon and self.daemon.poll() is None:
            self.daemon.terminate()
            self.daemon.wait(5)
        self.daemon = None

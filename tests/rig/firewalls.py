# SPDX-License-Identifier: GPL-3.0-or-later
"""A pc with a system bus of the test's own, where a real firewalld may run."""

import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import unittest

import desk as desks
import rig

SUPPORT = pathlib.Path(__file__).resolve().parent.parent / "support"
NAME = "org.fedoraproject.FirewallD1"

BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>unix:path={path}</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
    {denied}
  </policy>
</busconfig>
"""


class FirewallCase(unittest.TestCase):
    make_home = rig.Home

    def setUp(self):
        self.home = self.make_home()
        self.addCleanup(self.home.close)
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="portolan-firewall-"))
        self.addCleanup(shutil.rmtree, self.dir, ignore_errors=True)
        # Nothing of the machine's own: where the test starts no system bus there is none.
        self.bus_path = self.dir / "system"
        os.environ["DBUS_SYSTEM_BUS_ADDRESS"] = f"unix:path={self.bus_path}"
        self.addCleanup(os.environ.pop, "DBUS_SYSTEM_BUS_ADDRESS")

    def start_desk(self, worker=desks.WORKER):
        self.desk = desks.Desk(self.home, worker=worker)
        self.addCleanup(self.desk.close)

    def start(self, *command):
        process = subprocess.Popen(["ip", "netns", "exec", "pc", *command], stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        self.addCleanup(process.wait)
        self.addCleanup(process.terminate)
        return process

    def start_bus(self, denied=""):
        conf = self.dir / "system.conf"
        conf.write_text(BUS.format(path=self.bus_path, denied=denied))
        self.start("dbus-daemon", f"--config-file={conf}", "--nofork", "--nopidfile")
        rig.wait_for("the system bus", lambda: rig.answers(self.bus_path))

    def start_polkit(self, answer):
        """An emulator, for the real one lets root do everything: it says "yes", "no" or "ask"."""
        process = self.start("/usr/bin/python3", str(SUPPORT / "polkit-emulator.py"), answer)
        rig.wait_for("polkit", lambda: "true" in self.on_bus("org.freedesktop.DBus", "/org/freedesktop/DBus",
                                                             "org.freedesktop.DBus.NameHasOwner",
                                                             "org.freedesktop.PolicyKit1").stdout, 15.0)
        return process

    def start_firewalld(self, denied=""):
        if not shutil.which("firewalld"):
            self.skipTest("firewalld is not installed")
        if not self.bus_path.exists():
            self.start_bus(denied)
        pathlib.Path("/run/firewalld").mkdir(exist_ok=True)
        self.daemon = self.start("firewalld", "--nofork", "--nopid")
        rig.wait_for("firewalld", lambda: self.firewalld("getDefaultZone").returncode == 0, 30.0, step=0.2)

    def stop_firewalld(self):
        self.daemon.send_signal(signal.SIGTERM)
        self.daemon.wait()

    def on_bus(self, name, path, method, *args):
        return self.home.ns("pc", "gdbus", "call", "--system", "--dest", name, "--object-path", path, "--method", method,
                            *args, check=False)

    def firewalld(self, method, *args):
        return self.on_bus(NAME, "/org/fedoraproject/FirewallD1", f"{NAME}.{method}", *args)

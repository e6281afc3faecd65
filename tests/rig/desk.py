# SPDX-License-Identifier: GPL-3.0-or-later
"""A session in the rig's pc: a bus of its own that starts the real worker, and portolanctl."""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time

from rig import answers, wait_for

SOURCE = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("PORTOLAN_BUILD_DIR", SOURCE / "build"))
WORKER = BUILD / "src/worker/portolan-worker"
CTL = BUILD / "src/cli/portolanctl"
IGD = BUILD / "src/igd/portolan-igd"
BUS_NAME = "io.github.portolan.Portolan.Worker"

BUS_CONF = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={dir}/bus</listen>
  <servicedir>{dir}/services</servicedir>
  {standard}
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""


class CtlError(Exception):
    def __init__(self, code, text):
        super().__init__(f"exit {code}: {text.strip()}")
        self.code = code
        self.text = text


class Desk:
    def __init__(self, home=None, worker=WORKER, desktop_services=False):
        """@home: the rig, for a session in its pc; None = where the caller is."""
        self.home = home
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="portolan-desk-"))
        self.state = self.dir / "state"
        (self.dir / "services").mkdir()
        (self.dir / "run").mkdir(mode=0o700)
        (self.dir / f"services/{BUS_NAME}.service").write_text(
            f"[D-BUS Service]\nName={BUS_NAME}\nExec={worker}\n")
        standard = "<standard_session_servicedirs/>" if desktop_services else ""
        (self.dir / "bus.conf").write_text(BUS_CONF.format(dir=self.dir, standard=standard))
        self.env = dict(
            os.environ,
            DBUS_SESSION_BUS_ADDRESS=f"unix:path={self.dir}/bus",
            # Where a test starts none, nobody is there: the machine's own firewall is not asked, nor opened.
            DBUS_SYSTEM_BUS_ADDRESS=os.environ.get("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={self.dir}/system-bus"),
            PORTOLAN_STATE_DIR=str(self.state),
            PORTOLAN_IGD_HELPER=str(IGD),
            XDG_RUNTIME_DIR=str(self.dir / "run"),
            XDG_CONFIG_HOME=str(self.dir / "config"),
            XDG_DATA_HOME=str(self.dir / "data"),
            XDG_STATE_HOME=str(self.dir / "xdg-state"),
            GSETTINGS_BACKEND="memory",
            LC_ALL="C.UTF-8",
        )
        self.start_bus()

    def _inside(self, command):
        return ["ip", "netns", "exec", "pc"] + command if self.home else command

    def start_bus(self):
        self.log = open(self.dir / "session.log", "ab")
        self.bus = subprocess.Popen(
            self._inside(["dbus-daemon", f"--config-file={self.dir}/bus.conf", "--nofork", "--nopidfile"]),
            env=self.env, stdout=self.log, stderr=self.log)
        wait_for("the session bus", lambda: answers(self.dir / "bus"))

    def popen(self, *command, **kwargs):
        return subprocess.Popen(self._inside(list(map(str, command))), env=self.env, **kwargs)

    def run(self, *command, timeout=60):
        return subprocess.run(self._inside(list(map(str, command))), env=self.env, capture_output=True,
                              text=True, check=False, timeout=timeout)

    def ctl(self, *args, timeout=60):
        """portolanctl ARGS --json, in the pc. Gives what it printed; raises CtlError."""
        result = self.run(CTL, *args, "--json", timeout=timeout)
        if result.returncode:
            raise CtlError(result.returncode, result.stderr)
        return json.loads(result.stdout) if result.stdout.strip() else None

    def open_mapping(self, port, *args, external=None, for_="1h"):
        return self.ctl("open", "mapping", "--port", port, "--external", port if external is None else external,
                        "--owner", "ann", "--purpose", "friday game", "--for", for_, *args)

    def rules(self):
        return self.ctl("list")["rules"]

    def worker_pid(self):
        """The worker's process id, 0 where none runs."""
        result = self.run("dbus-send", "--session", "--print-reply=literal", "--dest=org.freedesktop.DBus",
                          "/org/freedesktop/DBus", "org.freedesktop.DBus.GetConnectionUnixProcessID",
                          f"string:{BUS_NAME}")
        return int(result.stdout.split()[-1]) if result.returncode == 0 else 0

    def kill_worker(self, how=signal.SIGKILL):
        pid = self.worker_pid()
        assert pid, "no worker runs"
        os.kill(pid, how)
        wait_for("the worker's end", lambda: self.worker_pid() != pid)

    def wait_rule(self, rule_id, what, condition, timeout=10.0):
        def settled():
            rule = self.ctl("show", rule_id)
            return rule if condition(rule) else None

        try:
            return wait_for(what, settled, timeout)
        except AssertionError as late:
            raise AssertionError(f"{late}; the rule is {self.ctl('show', rule_id)}, "
                                 f"its log {self.ctl('log', '--rule', rule_id)}, "
                                 f"the routers {self.ctl('routers')}") from late

    def close(self):
        pid = self.worker_pid()
        if pid:
            os.kill(pid, signal.SIGTERM)
            end = time.monotonic() + 5
            while self.worker_pid() == pid and time.monotonic() < end:
                time.sleep(0.02)
        self.bus.terminate()
        self.bus.wait()
        shutil.rmtree(self.dir, ignore_errors=True)

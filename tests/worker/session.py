# SPDX-License-Identifier: GPL-3.0-or-later
"""A session bus of the test's own with the worker on it, spoken to as any program of the user could."""

import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

import gi

gi.require_version("Gio", "2.0")
from gi.repository import Gio, GLib  # noqa: E402

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

SOURCE = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("PORTOLAN_BUILD_DIR", SOURCE / "build"))
WORKER = BUILD / "src/worker/portolan-worker"
# The same library behind a second main: with a clock that turns, and an end at the n-th commit.
TEST_WORKER = BUILD / "tests/support/portolan-test-worker"
NAME = "io.github.portolan.Portolan.Worker"
PATH = "/io/github/portolan/Portolan"
WORKER1 = "io.github.portolan.Portolan.Worker1"
RULE1 = "io.github.portolan.Portolan.Rule1"
TEST1 = "io.github.portolan.Test1"
ERROR = "io.github.portolan.Portolan.Error."

CONF = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={dir}/bus</listen>
  <servicedir>{dir}/services</servicedir>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""


class Refused(Exception):
    """An error of the worker's: `name` is the end of its D-Bus name, `what` and `advice` its two lines."""

    def __init__(self, error):
        remote = Gio.DBusError.get_remote_error(error) or ""
        Gio.DBusError.strip_remote_error(error)
        self.remote = remote
        self.name = remote.removeprefix(ERROR)
        self.what, _, self.advice = error.message.partition("\n")
        super().__init__(f"{remote}: {error.message}")


def wait_for(what, condition, timeout=10.0, step=0.01):
    end = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"not within {timeout} s: {what}")
        time.sleep(step)


def variant(value):
    if isinstance(value, GLib.Variant):
        return value
    if isinstance(value, bool):
        return GLib.Variant("b", value)
    if isinstance(value, int):
        return GLib.Variant("x", value)
    if isinstance(value, (list, tuple)):
        return GLib.Variant("as", list(value))
    return GLib.Variant("s", value)


def request(**keys):
    return {key: variant(value) for key, value in keys.items()}


class Session:
    def __init__(self, test, worker=TEST_WORKER, state=None):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="portolan-session-"))
        self.state = pathlib.Path(state or self.dir / "state")
        (self.dir / "services").mkdir()
        (self.dir / "bus.conf").write_text(CONF.format(dir=self.dir))
        (self.dir / f"services/{NAME}.service").write_text(f"[D-BUS Service]\nName={NAME}\nExec={worker}\n")
        self.env = dict(
            os.environ, DBUS_SESSION_BUS_ADDRESS=f"unix:path={self.dir}/bus",
            # Nobody is there: the machine's own firewall is not asked, nor opened.
            DBUS_SYSTEM_BUS_ADDRESS=f"unix:path={self.dir}/system-bus", PORTOLAN_STATE_DIR=str(self.state),
            PORTOLAN_IGD_HELPER=str(BUILD / "src/igd/portolan-igd"), GSETTINGS_BACKEND="memory", LC_ALL="C.UTF-8",
            XDG_RUNTIME_DIR=str(self.dir))
        self.servers = []
        self.start_bus()
        test.addCleanup(self.close)

    # -- the bus and the worker --------------------------------------------------------------------

    def start_bus(self):
        (self.dir / "bus").unlink(missing_ok=True)
        self.log = open(self.dir / "log", "ab")
        self.daemon = subprocess.Popen(
            ["dbus-daemon", f"--config-file={self.dir}/bus.conf", "--nofork", "--nopidfile"],
            env=self.env, stdout=self.log, stderr=self.log)
        wait_for("the bus", (self.dir / "bus").exists)
        self.bus = wait_for("the bus to listen", self.connect_bus)
        self.bus.set_exit_on_close(False)

    def connect_bus(self):
        """None between the socket's making and the daemon's listening on it."""
        flags = Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION
        try:
            return Gio.DBusConnection.new_for_address_sync(f"unix:path={self.dir}/bus", flags, None, None)
        except GLib.Error as error:
            if not error.matches(Gio.io_error_quark(), Gio.IOErrorEnum.CONNECTION_REFUSED):
                raise
            return None

    def stop_bus(self):
        self.daemon.terminate()
        self.daemon.wait()

    def pid(self):
        try:
            return self.bus.call_sync(
                "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "GetConnectionUnixProcessID",
                GLib.Variant("(s)", (NAME,)), None, Gio.DBusCallFlags.NONE, 5000, None).unpack()[0]
        except GLib.Error:
            return 0

    def kill(self, how=signal.SIGKILL):
        pid = self.pid()
        assert pid, "no worker runs"
        os.kill(pid, how)
        self.wait_gone(pid)

    def wait_gone(self, pid, timeout=5.0):
        wait_for("the worker's end", lambda: self.pid() != pid, timeout)

    def text_log(self):
        return (self.dir / "log").read_text(errors="replace")

    # -- calls -------------------------------------------------------------------------------------

    def call_on(self, path, interface, method, arguments=None, timeout=10000):
        try:
            return self.bus.call_sync(NAME, path, interface, method, arguments, None, Gio.DBusCallFlags.NONE, timeout,
                                      None).unpack()
        except GLib.Error as error:
            raise Refused(error) from None

    def call(self, method, signature=None, *values):
        arguments = GLib.Variant(signature, values) if signature else None
        return self.call_on(PATH, WORKER1, method, arguments)

    def turn(self, wall=0.0, boot=0.0):
        """Moves the worker's clocks by so many seconds."""
        self.call_on(PATH, TEST1, "TurnClock", GLib.Variant("(xx)", (int(wall * 1e6), int(boot * 1e6))))

    def abort_at(self, nth, after):
        """The worker dies at its n-th commit from now, before or after it."""
        self.call_on(PATH, TEST1, "AbortAt", GLib.Variant("(ub)", (nth, after)))

    def open(self, **keys):
        return self.call("OpenRule", "(a{sv})", request(**keys))[0]

    def open_forward(self, target_port, **keys):
        """Opens a forward and waits until it is open. Gives its id and its port."""
        wanted = dict(Kind="forward", Owner="ann", Purpose="test", Duration=3600, PublicEndpoint="127.0.0.1:0",
                      Target=f"127.0.0.1:{target_port}")
        wanted.update(keys)
        rule_id = self.open(**wanted)
        rule = self.wait_state(rule_id, "open")
        return rule_id, int(rule["PublicEndpoint"].rsplit(":", 1)[1])

    def rule(self, rule_id):
        return self.call("FindRule", "(s)", rule_id)[0]

    def wait_state(self, rule_id, *states, timeout=10.0):
        def reached():
            rule = self.rule(rule_id)
            return rule if rule["State"] in states else None

        return wait_for(f"{' or '.join(states)}", reached, timeout)

    def living(self):
        objects = self.call_on(PATH, "org.freedesktop.DBus.ObjectManager", "GetManagedObjects")[0]
        return [interfaces[RULE1] for interfaces in objects.values() if RULE1 in interfaces]

    def closed(self):
        return self.call("ListClosed", "(uus)", 0, 1000, "")[0]

    def events(self, rule_id=""):
        """Oldest first."""
        return list(reversed(self.call("ListEvents", "(sxu)", rule_id, 0, 1000)[0]))

    def status(self):
        return self.call("GetStatus")[0]

    # -- counterparts ------------------------------------------------------------------------------

    def echo_server(self, address="127.0.0.1"):
        listener = socket.create_server((address, 0))
        self.servers.append(listener)
        threading.Thread(target=_serve, args=(listener,), daemon=True).start()
        return listener.getsockname()[1]

    def close(self):
        for server in self.servers:
            server.close()
        pid = self.pid() if self.daemon.poll() is None else 0
        if pid:
            os.kill(pid, signal.SIGTERM)
            try:
                self.wait_gone(pid, 3.0)
            except AssertionError:
                os.kill(pid, signal.SIGKILL)
        self.stop_bus()
        shutil.rmtree(self.dir, ignore_errors=True)


def _serve(listener):
    def echo(client):
        with client:
            try:
                while data := client.recv(65536):
                    client.sendall(data)
            except OSError:
                pass

    while True:
        try:
            client, _ = listener.accept()
        except OSError:
            return
        threading.Thread(target=echo, args=(client,), daemon=True).start()


def connect(port, source="127.0.0.1", timeout=2.0):
    """A connection that echoes, or None."""
    client = socket.socket()
    client.settimeout(timeout)
    try:
        client.bind((source, 0))
        client.connect(("127.0.0.1", port))
        client.sendall(b"knock")
        if client.recv(16) == b"knock":
            return client
    except OSError:
        pass
    client.close()
    return None


def is_open(port, source="127.0.0.1"):
    client = connect(port, source, timeout=1.0)
    if client:
        client.close()
    return client is not None


def is_ended(client):
    """Whether the far side of a living connection has ended it, within two seconds."""
    client.settimeout(2.0)
    try:
        return client.recv(16) == b""
    except ConnectionResetError:
        return True
    except socket.timeout:
        return False

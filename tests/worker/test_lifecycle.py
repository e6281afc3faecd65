# SPDX-License-Identifier: GPL-3.0-or-later
"""The worker's own life: a second one, an idle one, one without a bus, one whose output nobody takes."""

import os
import subprocess
import unittest

import session
import tap
from session import Gio, GLib, connect, is_ended, is_open, request, wait_for


class LifecycleTest(unittest.TestCase):
    def setUp(self):
        self.session = session.Session(self)

    def run_worker(self, **kwargs):
        return subprocess.Popen([session.WORKER], env=self.session.env, **kwargs)

    def test_a_second_worker_ends_at_once_and_says_so(self):
        self.session.status()
        pid = self.session.pid()
        second = self.run_worker(stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
        _, said = second.communicate(timeout=5)
        self.assertNotEqual(second.returncode, 0)
        self.assertIn("already", said)
        self.assertEqual(self.session.pid(), pid)

    def test_a_worker_on_another_bus_does_not_share_the_store(self):
        self.session.status()
        other = session.Session(self, state=self.session.state)
        target = self.session.echo_server()
        with self.assertRaises(session.Refused):
            other.open_forward(target)
        rule_id, port = self.session.open_forward(target)
        self.assertTrue(is_open(port))
        self.assertEqual(self.session.rule(rule_id)["State"], "open")

    def test_relative_state_folder(self):
        worker = subprocess.Popen([session.WORKER], cwd=self.session.dir, stderr=subprocess.PIPE, text=True,
                                  env=dict(self.session.env, PORTOLAN_STATE_DIR="here/state", G_DEBUG="fatal-criticals"))
        self.addCleanup(worker.stderr.close)
        wait_for("the worker on the bus", lambda: self.session.pid() == worker.pid)
        self.session.open_forward(self.session.echo_server())
        worker.terminate()
        self.assertEqual((worker.wait(5), worker.stderr.read()), (0, ""))
        self.assertTrue((self.session.dir / "here/state/portolan.db").exists())

    def properties_told(self, path, interface):
        """What GetAll and GetManagedObjects tell of an object, and the properties that its interface declares."""
        xml = self.session.call_on(path, "org.freedesktop.DBus.Introspectable", "Introspect")[0]
        declared = {p.name for p in Gio.DBusNodeInfo.new_for_xml(xml).lookup_interface(interface).properties}
        told = self.session.call_on(path, "org.freedesktop.DBus.Properties", "GetAll", GLib.Variant("(s)", (interface,)))
        objects = self.session.call_on(session.PATH, "org.freedesktop.DBus.ObjectManager", "GetManagedObjects")[0]
        return declared, set(told[0]), set(objects[path][interface])

    def test_objects_have_every_property_that_they_declare(self):
        rule_id, _ = self.session.open_forward(self.session.echo_server())
        relay = request(Name="my server", Host="relay.example.org", User="ann")
        relay_id = self.session.call("AddRelay", "(a{sv})", relay)[0]
        for kind, object_id in (("Rule", rule_id), ("Relay", relay_id)):
            path = f"{session.PATH}/{kind.lower()}s/{object_id.replace('-', '_')}"
            declared, got, listed = self.properties_told(path, f"io.github.portolan.Portolan.{kind}1")
            self.assertEqual((got, listed), (declared, declared))

    def test_objects_are_there_for_the_first_to_ask_after_a_start(self):
        rule_id, _ = self.session.open_forward(self.session.echo_server())
        self.session.kill()
        self.assertEqual([rule["Id"] for rule in self.session.living()], [rule_id])

    def test_version(self):
        result = subprocess.run([session.WORKER, "--version"], capture_output=True, text=True, check=True, timeout=5)
        self.assertRegex(result.stdout, r"\d+\.\d+\.\d+")

    def test_full_device_as_output(self):
        with open("/dev/full", "wb") as full:
            worker = self.run_worker(stdout=full, stderr=full)
            self.addCleanup(worker.wait)
            self.addCleanup(worker.kill)
            wait_for("the worker on the bus", lambda: self.session.pid() == worker.pid)
            _, port = self.session.open_forward(self.session.echo_server())
            self.assertTrue(is_open(port))
            self.assertIsNone(worker.poll())

    def test_ends_when_idle_and_not_while_a_rule_is_open(self):
        rule_id, port = self.session.open_forward(self.session.echo_server(), Duration=7 * 24 * 3600)
        pid = self.session.pid()
        self.session.turn(wall=3600, boot=3600)
        self.assertTrue(is_open(port))
        self.assertEqual(self.session.pid(), pid)
        self.session.call("CloseRules", "(ass)", [rule_id], "revoked")
        self.session.wait_state(rule_id, "closed")
        # This test's own connection keeps it awake; it goes, and with it the last who asked.
        address = self.session.env["DBUS_SESSION_BUS_ADDRESS"]
        self.session.turn(wall=0, boot=0)
        self.session.bus.close_sync(None)
        wait_for("the end of an idle worker", lambda: not os.path.exists(f"/proc/{pid}"), 45.0, 0.5)
        self.session.bus = session.Gio.DBusConnection.new_for_address_sync(
            address, session.Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT
            | session.Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION, None, None)

    def test_the_bus_restarts(self):
        rule_id, port = self.session.open_forward(self.session.echo_server())
        client = connect(port)
        pid = self.session.pid()
        self.session.stop_bus()
        wait_for("the end of the worker without a bus", lambda: not os.path.exists(f"/proc/{pid}"))
        self.assertTrue(is_ended(client))
        self.session.start_bus()
        rule = self.session.wait_state(rule_id, "open")
        self.assertTrue(rule["PublicEndpoint"].endswith(f":{port}"))
        self.assertTrue(is_open(port))

    def test_the_caller_goes_and_the_forward_stays(self):
        _, port = self.session.open_forward(self.session.echo_server())
        other = session.Gio.DBusConnection.new_for_address_sync(
            self.session.env["DBUS_SESSION_BUS_ADDRESS"], session.Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT
            | session.Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION, None, None)
        self.session.bus.close_sync(None)
        self.session.bus = other
        self.assertTrue(is_open(port))

    def test_who_asked_is_in_the_log(self):
        rule_id, _ = self.session.open_forward(self.session.echo_server())
        events = [event for event in self.session.events(rule_id) if event["What"] == "open"]
        self.assertTrue(events)
        self.assertTrue(any("python" in event["Who"] for event in events), events)


if __name__ == "__main__":
    tap.main()

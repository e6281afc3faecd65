# SPDX-License-Identifier: GPL-3.0-or-later
"""Notices before the end, and the button in them. The notification server is the test's own: Debian's want a desktop."""

import threading
import unittest

import session
import tap
from gi.repository import Gio, GLib
from session import wait_for

XML = """<node><interface name="org.freedesktop.Notifications">
<method name="Notify"><arg type="s" direction="in"/><arg type="u" direction="in"/><arg type="s" direction="in"/>
<arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="as" direction="in"/><arg type="a{sv}" direction="in"/>
<arg type="i" direction="in"/><arg type="u" direction="out"/></method>
<method name="CloseNotification"><arg type="u" direction="in"/></method>
<method name="GetCapabilities"><arg type="as" direction="out"/></method>
<method name="GetServerInformation"><arg type="s" direction="out"/><arg type="s" direction="out"/>
<arg type="s" direction="out"/><arg type="s" direction="out"/></method>
<signal name="ActionInvoked"><arg type="u"/><arg type="s"/></signal>
<signal name="NotificationClosed"><arg type="u"/><arg type="u"/></signal>
</interface></node>"""
PATH = "/org/freedesktop/Notifications"


class Server:
    """Takes notifications, keeps them, and presses their buttons."""

    def __init__(self, address):
        self.shown, self.closed = {}, []
        self.context = GLib.MainContext()
        ready = threading.Event()
        self.thread = threading.Thread(target=self._run, args=(address, ready), daemon=True)
        self.thread.start()
        ready.wait(5)

    def _run(self, address, ready):
        self.context.push_thread_default()
        self.bus = Gio.DBusConnection.new_for_address_sync(
            address, Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION,
            None, None)
        self.bus.set_exit_on_close(False)
        interface = Gio.DBusNodeInfo.new_for_xml(XML).interfaces[0]
        self.bus.register_object(PATH, interface, self._called, None, None)
        Gio.bus_own_name_on_connection(self.bus, "org.freedesktop.Notifications", Gio.BusNameOwnerFlags.NONE, None, None)
        self.loop = GLib.MainLoop.new(self.context, False)
        GLib.timeout_add(0, lambda: False)
        ready.set()
        self.loop.run()

    def _called(self, _bus, _sender, _path, _interface, method, arguments, invocation):
        values = arguments.unpack()
        if method == "Notify":
            number = values[1] or len(self.shown) + 1
            self.shown[number] = dict(summary=values[3], body=values[4], actions=values[5])
            invocation.return_value(GLib.Variant("(u)", (number,)))
        elif method == "GetCapabilities":
            invocation.return_value(GLib.Variant("(as)", (["actions", "body", "body-markup"],)))
        elif method == "GetServerInformation":
            invocation.return_value(GLib.Variant("(ssss)", ("test", "test", "1", "1.2")))
        else:
            self.closed.append(values[0])
            invocation.return_value(None)

    def press(self, number, action):
        self.bus.emit_signal(None, PATH, "org.freedesktop.Notifications", "ActionInvoked",
                             GLib.Variant("(us)", (number, action)))


class NoticesTest(unittest.TestCase):
    def setUp(self):
        self.session = session.Session(self)
        self.server = Server(self.session.env["DBUS_SESSION_BUS_ADDRESS"])
        self.target = self.session.echo_server()

    def wait_notices(self, count):
        wait_for(f"{count} notices", lambda: len(self.server.shown) >= count)

    def test_ten_minutes_and_one_minute_before(self):
        self.session.open_forward(self.target, Name="A & <b>B</b>")
        self.session.turn(wall=2990, boot=2990)
        self.session.status()
        self.assertEqual(self.server.shown, {})
        self.session.turn(wall=20, boot=20)
        self.wait_notices(1)
        first = self.server.shown[1]
        self.assertIn("A &", (first["summary"] + first["body"]).replace("&amp;", "&"))
        self.assertNotIn("<b>", first["body"])
        self.session.turn(wall=540, boot=540)
        wait_for("the second notice", lambda: len(self.server.shown) >= 2 or self.server.shown[1] != first)

    def test_extend_in_the_notice(self):
        rule_id, _ = self.session.open_forward(self.target)
        before = self.session.rule(rule_id)["Expires"]
        self.session.turn(wall=3010, boot=3010)
        self.wait_notices(1)
        actions = self.server.shown[1]["actions"]
        keys = [key for key in actions[0::2] if "extend" in key]
        self.assertTrue(keys, actions)
        self.server.press(1, keys[0])
        wait_for("the new end", lambda: self.session.rule(rule_id)["Expires"] > before)

    def test_a_short_rule_has_no_early_notice(self):
        self.session.open_forward(self.target, Duration=50)
        self.session.turn(wall=20, boot=20)
        self.session.status()
        self.assertEqual(self.server.shown, {})


if __name__ == "__main__":
    tap.main()

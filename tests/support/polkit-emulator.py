#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""polkit on the system bus, as far as firewalld and Portolan ask it: CheckAuthorization, answered "yes", "no", or "ask"
(an administrator would be asked for a password: no, unless interaction is allowed). An emulator, for the real polkitd
lets root do everything, and tests run as root."""

import sys

from gi.repository import Gio, GLib

XML = """
<node>
  <interface name="org.freedesktop.PolicyKit1.Authority">
    <method name="CheckAuthorization">
      <arg type="(sa{sv})" direction="in"/>
      <arg type="s" direction="in"/>
      <arg type="a{ss}" direction="in"/>
      <arg type="u" direction="in"/>
      <arg type="s" direction="in"/>
      <arg type="(bba{ss})" direction="out"/>
    </method>
  </interface>
</node>
"""


def main():
    answer = sys.argv[1]

    def on_call(_bus, _sender, _path, _interface, _method, arguments, invocation):
        _subject, action, _details, flags, _cancellation = arguments.unpack()
        allowed = action.endswith(".info") or answer == "yes" or (answer == "ask" and flags & 1)
        invocation.return_value(GLib.Variant("((bba{ss}))", ((bool(allowed), not allowed and answer == "ask", {}),)))

    def on_bus(bus, _name):
        interface = Gio.DBusNodeInfo.new_for_xml(XML).interfaces[0]
        bus.register_object("/org/freedesktop/PolicyKit1/Authority", interface, on_call, None, None)

    loop = GLib.MainLoop()
    Gio.bus_own_name(Gio.BusType.SYSTEM, "org.freedesktop.PolicyKit1", Gio.BusNameOwnerFlags.NONE, on_bus, None,
                     lambda *_: loop.quit())
    loop.run()


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: GPL-3.0-or-later
"""The window with the real worker behind it: rules are opened as forwards, so that nothing but this machine is needed."""

import os
import pathlib
import re
import signal
import socket
import sys
import unittest

import harness
import tap
from harness import Window, wait_for

screen = desk = None


def setUpModule():
    global screen, desk
    screen = harness.Screen()
    desk = harness.make_desk(screen)
    harness.connect(desk)


def tearDownModule():
    desk.close()
    screen.close()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Case(unittest.TestCase):
    def setUp(self):
        self.addCleanup(self.close_all)

    def close_all(self):
        rules = desk.ctl("list")["rules"]
        if rules:
            desk.ctl("close", *[rule["id"] for rule in rules])

    def open(self, name, for_="2h", to="127.0.0.1:9", owner="ann", purpose="a test", **kwargs):
        return desk.ctl("open", "forward", "--listen", f"127.0.0.1:{free_port()}", "--to", to, "--name", name,
                        "--owner", owner, "--purpose", purpose, "--for", for_, *kwargs.get("more", ()))

    def window(self, *args, **kwargs):
        return Window(self, desk, screen, *args, **kwargs)

    def row(self, window, name, timeout=10.0):
        return window.find(holds=f"{name}, ", role=window.row_role, timeout=timeout)

    def names(self, window):
        """Names of the rules in the table, from top to bottom."""
        rows = [node for node in window.all(window.row_role) if ", " in node.name]
        return [node.name.split(",")[0] for node in sorted(rows, key=lambda node: node.box()[1])]

    def wait_names(self, window, names):
        wait_for(f"the rows {names}, not {self.names(window)}", lambda: sorted(self.names(window)) == sorted(names), step=0.1)

    def show(self, rule):
        return desk.ctl("show", rule["id"])


class TestInventory(Case):
    def test_empty(self):
        window = self.window()
        window.find("label", "Nothing Is Open")
        for name in ("Open a Game Port", "Forward a Port", "Reach It Through My Server"):
            window.find("push button", name)
        window.shoot("empty")

    def test_row_comes_and_goes(self):
        window = self.window()
        window.find("label", "Nothing Is Open")
        rule = self.open("Minecraft with friends")
        row = self.row(window, "Minecraft with friends")
        self.assertIn("Open", row.name)
        self.assertIn(f"127.0.0.1:{rule['public_endpoint']['port']} TCP", row.name)
        window.find("label", holds="in 1 h 59 min")
        window.wait_gone("label", "Nothing Is Open")
        desk.ctl("close", rule["id"])
        window.find("label", "Nothing Is Open")

    def test_expiry(self):
        window = self.window()
        self.open("Short", for_="15s")
        self.row(window, "Short")
        # It counts down as one looks.
        first = wait_for("the seconds", lambda: self.seconds_left(window), 15, step=0.1)
        wait_for("the countdown", lambda: 0 < (self.seconds_left(window) or 0) < first, 15, step=0.1)
        window.find("label", "Nothing Is Open", timeout=25)

    def seconds_left(self, window):
        texts = [re.fullmatch(r"in (\d+) s", node.name) for node in window.all("label", holds="in ")]
        return next((int(text[1]) for text in texts if text), None)

    def test_markup_is_text(self):
        name = "<b>x</b> & \"y\""
        window = self.window()
        self.open(name, purpose="<span>p</span>", owner="<i>ann</i>")
        self.row(window, name).click()
        window.find("label", name)
        window.find("label", "<i>ann</i>")
        window.key("Delete")
        window.find("label", f"“{name}” closed")

    def test_search(self):
        for name in ("Minecraft", "Valheim", "Factorio"):
            self.open(name, purpose=f"for {name}")
        window = self.window()
        self.wait_names(window, ["Minecraft", "Valheim", "Factorio"])
        window.key("ctrl+f")
        window.find("entry", "Search the inventory")
        window.type("VALHEIM")
        self.wait_names(window, ["Valheim"])
        window.shoot("search")
        window.key("ctrl+a")
        window.type("nothing like it")
        window.find("label", "No Results Found")
        window.key("Escape")
        self.wait_names(window, ["Minecraft", "Valheim", "Factorio"])

    def test_sort_is_remembered(self):
        for name, time in (("b", "3h"), ("a", "2h"), ("c", "1h")):
            self.open(name, for_=time)
        window = self.window()
        wait_for("order by expiry", lambda: self.names(window) == ["c", "a", "b"], step=0.1)
        window.find("label", "Name").click()
        wait_for("order by name", lambda: self.names(window) == ["a", "b", "c"], step=0.1)
        window.find("label", "Name").click()
        wait_for("order by name, backwards", lambda: self.names(window) == ["c", "b", "a"], step=0.1)
        window.quit()
        window = self.window()
        wait_for("the same order", lambda: self.names(window) == ["c", "b", "a"], step=0.1)
        window.find("label", "Expires").click()
        wait_for("order by expiry", lambda: self.names(window) == ["c", "a", "b"], step=0.1)
        window.quit()

    def test_columns_are_remembered(self):
        self.open("Minecraft", purpose="friday evening")
        window = self.window()
        self.row(window, "Minecraft")
        self.assertFalse(window.all("label", "friday evening"))
        window.find("push button", "View").click()
        window.menu("Columns").click()
        window.menu("Purpose").click()
        window.find("label", "friday evening")
        window.quit()
        window = self.window()
        window.find("label", "friday evening")
        window.find("push button", "View").click()
        window.menu("Columns").click()
        window.menu("Purpose").click()
        window.wait_gone("label", "friday evening")
        window.quit()

    def test_history(self):
        rule = self.open("Once open")
        desk.ctl("close", rule["id"])
        window = self.window()
        window.find("page tab", "History").click()
        row = self.row(window, "Once open")
        self.assertIn("Closed", row.name)
        window.shoot("history")
        row.click()
        window.find("push button", "Reopen").click()
        window.find("page tab", "Open").click()
        self.row(window, "Once open")


class TestActions(Case):
    def test_extend(self):
        rule = self.open("Minecraft")
        window = self.window()
        self.row(window, "Minecraft").click()
        window.find("push button", "Extend").click()
        window.menu("By 1 Hour").click()
        window.find("label", "“Minecraft” stays open for longer")
        window.find("label", holds="in 2 h 59 min")
        self.assertEqual(desk.seconds(self.show(rule)["expires"]) - desk.seconds(rule["expires"]), 3600)
        window.shoot("details")

    def test_extend_until(self):
        rule = self.open("Minecraft")
        window = self.window()
        self.row(window, "Minecraft").click()
        window.key("ctrl+shift+e")
        window.dialog()
        window.find("label", "Open Until")
        window.shoot("extend-until")
        window.find("push button", holds="Extend").click()
        self.assert_extended(rule, 3600)

    def assert_extended(self, rule, by):
        wait_for("the new expiry", lambda: abs(
            desk.seconds(self.show(rule)["expires"]) - desk.seconds(rule["expires"]) - by) <= 60, step=0.1)

    def test_close_and_undo(self):
        rule = self.open("Minecraft")
        window = self.window()
        self.row(window, "Minecraft").click()
        window.details().find("push button", "Close").click()
        window.find("label", "“Minecraft” closed")
        window.find("label", "Nothing Is Open")
        window.shoot("undo")
        window.find("push button", holds="Undo").click()
        self.row(window, "Minecraft")
        again = desk.ctl("list")["rules"][0]
        self.assertNotEqual(again["id"], rule["id"])
        self.assertEqual(again["public_endpoint"], rule["public_endpoint"])
        self.assertLessEqual(abs(desk.seconds(again["expires"]) - desk.seconds(rule["expires"])), 2)

    def test_many(self):
        for name in ("a", "b", "c"):
            self.open(name)
        window = self.window()
        self.row(window, "a").click()
        window.key("ctrl+a")
        window.find("label", "3 selected")
        window.shoot("many-selected")
        window.key("ctrl+e")
        window.find("label", "3 rules stay open for longer")
        window.key("Delete")
        window.find("label", "3 rules closed")
        window.find("label", "Nothing Is Open")
        window.find("push button", holds="Undo").click()
        self.wait_names(window, ["a", "b", "c"])

    def test_context_menu_by_pointer(self):
        self.open("Minecraft")
        window = self.window()
        self.row(window, "Minecraft").click(button=3)
        for name in ("Extend", "Edit…", "Copy Public Endpoint", "Copy Target", "Close"):
            window.menu(name)
        window.shoot("context-menu")
        window.menu("Copy Public Endpoint").click()
        window.find("label", holds="copied")
        self.row(window, "Minecraft").click(button=3)
        window.menu("Close").click()
        window.find("label", "Nothing Is Open")

    def test_context_menu_by_key(self):
        self.open("Minecraft")
        window = self.window()
        self.row(window, "Minecraft").click()
        window.key("Menu")
        window.menu("Edit…")
        window.key("Escape")
        window.key("shift+F10")
        window.menu("Edit…").click()
        window.dialog()
        window.find("label", "Edit Rule")

    def test_edit(self):
        rule = self.open("Minecraft")
        window = self.window()
        self.row(window, "Minecraft").click()
        window.key("F2")
        window.dialog()
        window.find("label", "Edit Rule")
        window.shoot("edit")
        window.key("ctrl+a")
        window.type("Terraria")
        window.key("Tab", "ctrl+a")
        window.type("bert")
        window.key("alt+s")
        wait_for("the change", lambda: self.show(rule)["name"] == "Terraria", step=0.1)
        self.assertEqual(self.show(rule)["owner"], "bert")
        self.assertEqual(self.show(rule)["purpose"], "a test")
        self.row(window, "Terraria")

    def test_edit_mistake(self):
        self.open("Minecraft")
        window = self.window()
        self.row(window, "Minecraft").click()
        window.key("F2")
        window.dialog()
        window.find("label", "Edit Rule")
        window.key("ctrl+a", "BackSpace")
        wait_for("Save to be off", lambda: not window.find("push button", "Save").has("sensitive"))
        window.shoot("edit-mistake")

    def test_details(self):
        server = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(server.close)
        self.open("Minecraft", to=f"127.0.0.1:{server.getsockname()[1]}")
        window = self.window()
        self.row(window, "Minecraft").click()
        program = pathlib.Path("/proc/self/comm").read_text().strip()
        for hop in ("Programs on This Computer, Anyone, Ready", "This Computer, 127.0.0.1:", "127.0.0.1:"):
            window.find("list item", holds=hop)
        window.find("list item", holds=f"{program}, 127.0.0.1:{server.getsockname()[1]}, Ready")
        for fact in ("Owner: ann", "Purpose: a test", "Audience: Anyone"):
            window.find("list item", fact)
        window.find("list item", holds="Opened")
        window.key("F9")
        window.wait_gone("list item", "Owner: ann")
        window.key("F9")
        window.find("list item", "Owner: ann")


class TestPages(Case):
    def test_pages(self):
        self.open("Minecraft")
        window = self.window()
        self.row(window, "Minecraft")
        window.key("alt+2")
        window.find("label", "Routers")
        window.find("label", "Entries in the Router")
        window.shoot("network")
        window.key("alt+3")
        window.find("label", "Nothing Was Checked Yet")
        window.find("page tab", "Listeners").click()
        window.find("table row", holds="127.0.0.1", timeout=10)
        window.key("alt+4")
        window.find("table row", holds="Opened")
        window.shoot("activity")
        window.find("push button", "Verify the Log").click()
        window.find("label", holds="as they were written")

    def test_preferences(self):
        window = self.window()
        window.find("label", "Nothing Is Open")
        window.key("ctrl+comma")
        window.dialog()
        window.find("label", "Start at Login")
        window.shoot("preferences")
        entry = desk.dir / "config/autostart/io.github.portolan.Portolan.desktop"
        window.find("check box", "Start at Login").click()
        wait_for("the autostart file", entry.exists)
        self.assertIn("--background", entry.read_text())
        window.find("check box", "Start at Login").click()
        wait_for("the autostart file to go", lambda: not entry.exists())

    def test_wizards_open(self):
        window = self.window()
        window.find("label", "Nothing Is Open")
        for shortcut in ("ctrl+n", "ctrl+shift+n", "ctrl+alt+n"):
            window.key(shortcut)
            window.dialog()
            window.key("Escape")
            wait_for("the wizard to close", lambda: len(window.surfaces()) == 1, step=0.1)

    def test_needs_attention(self):
        """What is about to close is listed; the foreign entries say why they cannot be."""
        self.open("Soon", for_="9m")
        self.open("Later", for_="5h")
        window = self.window()
        self.wait_names(window, ["Soon", "Later"])
        window.find("page tab", "Needs Attention").click()
        self.wait_names(window, ["Soon"])
        window.shoot("attention")
        window.find("page tab", "Foreign").click()
        wait_for("an answer about foreign entries", lambda: window.all("label", "No Foreign Entries") or
                 window.all("label", "The Router's Table Cannot Be Read"), 15, step=0.1)

    def test_shortcuts(self):
        window = self.window()
        window.find("label", "Nothing Is Open")
        window.key("ctrl+shift+slash")
        window.dialog()
        window.find("label", "Selected Rules")
        window.shoot("shortcuts")

    def test_worker_lost(self):
        self.open("Minecraft")
        window = self.window()
        self.row(window, "Minecraft")
        service = desk.dir / f"services/{harness.desks.BUS_NAME}.service"
        kept = service.read_text()
        self.addCleanup(service.write_text, kept)
        service.unlink()
        desk.reload_bus()
        desk.kill_worker(signal.SIGKILL)
        window.find("label", "The Worker Does Not Answer")
        window.shoot("worker-lost")
        service.write_text(kept)
        desk.reload_bus()
        window.find("push button", "Try Again").click()
        self.row(window, "Minecraft", timeout=15)


    def test_killed_window_leaves_the_forwards_alone(self):
        server = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(server.close)
        rule = self.open("Minecraft", to="127.0.0.1:%d" % server.getsockname()[1])
        window = self.window()
        self.row(window, "Minecraft")
        client = socket.create_connection(("127.0.0.1", rule["public_endpoint"]["port"]), 5)
        self.addCleanup(client.close)
        inside = server.accept()[0]
        self.addCleanup(inside.close)
        window.process.kill()
        window.process.wait()
        client.sendall(b"still here")
        self.assertEqual(inside.recv(64), b"still here")
        self.assertEqual(desk.ctl("show", rule["id"])["state"], "open")
        self.row(self.window(), "Minecraft")

    def test_the_bus_restarts(self):
        """A session of its own: nobody but the window asks there for the worker. GTK itself complains of a session
        manager that went with the bus, so here a warning does not end the window."""
        other = harness.make_desk(screen)
        self.addCleanup(other.close)
        other.env["G_DEBUG"] = ""
        log = open(other.dir / "window.log", "wb")
        self.addCleanup(log.close)
        process = other.popen(harness.PROGRAM, stdout=log, stderr=log)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        first = wait_for("the worker that the window asks for", other.worker_pid, 60)
        other.bus.terminate()
        other.bus.wait()
        wait_for("the end of the worker without a bus", lambda: not os.path.exists(f"/proc/{first}"), 30)
        (other.dir / "bus").unlink(missing_ok=True)
        other.start_bus()
        second = wait_for("the worker that the window asks for again",
                          lambda: process.poll() is not None or other.worker_pid(), 60)
        self.assertIsNone(process.poll())
        self.assertNotEqual(second, first)


class TestShape(Case):
    def test_narrow(self):
        self.open("Mehrspieler-Verbindungsfreigabe für die Donnerstagabendrunde der Nachbarschaft"[:80])
        self.open("Minecraft")
        window = self.window(width=360, height=700)
        width = int(window.xdo("getwindowgeometry", "--shell", window.surface)[3].split("=")[1])
        self.assertLessEqual(width, 360 + 2 * harness.SHADOW)
        window.row_role = "list item"
        row = self.row(window, "Minecraft")
        window.shoot("narrow")
        row.click()
        window.find("list item", "Owner: ann")
        window.shoot("narrow-details")
        window.find("push button", "Hide details").click()
        window.wait_gone("list item", "Owner: ann")
        window.find("push button", "Back").click()
        window.find("list item", "Activity").click()
        window.find("list item", holds="Opened")
        window.shoot("narrow-activity")

    def test_dark_and_full(self):
        for number in range(30):
            self.open(f"Rule number {number}", for_=f"{number + 1}h")
        desk.env["ADW_DEBUG_COLOR_SCHEME"] = "prefer-dark"
        self.addCleanup(desk.env.pop, "ADW_DEBUG_COLOR_SCHEME")
        window = self.window()
        self.row(window, "Rule number 0").click()
        window.shoot("dark")

    def test_keyboard_only(self):
        """Every stop of Tab has a name; a rule is found, looked at and closed without a pointer."""
        self.open("Minecraft")
        window = self.window()
        self.row(window, "Minecraft")
        stops = []
        for _ in range(40):
            window.key("Tab")
            node = window.focused()
            self.assertIsNotNone(node, f"the focus is lost after {stops}")
            stops.append((node.role, node.name))
            if stops.count(stops[0]) > 2:
                break
        nameless = [stop for stop in stops if not stop[1] or stop[1].startswith(("Gtk", "Ptl", "Adw"))]
        self.assertFalse(nameless, f"focus on what has no name: {nameless}")
        for role, name in (("table row", "Minecraft"), ("list item", "Inventory"), ("push button", "Open a port"),
                           ("push button", "Search")):
            self.assertTrue([stop for stop in stops if stop[0] == role and name in stop[1]], f"{name} in {stops}")
        for _ in range(len(stops) + 5):
            if (window.focused().role, window.focused().name[:9]) == ("table row", "Minecraft"):
                break
            window.key("Tab")
        window.key("space")
        window.find("list item", "Owner: ann")
        window.key("Delete")
        window.find("label", "“Minecraft” closed")


if __name__ == "__main__":
    harness.need("Xvfb", "xdotool", "import", "dbus-daemon")
    os.environ.setdefault("LC_ALL", "C.UTF-8")
    harness.run(sys.modules[__name__])

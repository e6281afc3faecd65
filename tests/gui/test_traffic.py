# SPDX-License-Identifier: GPL-3.0-or-later
"""What moves through a rule, as the window shows it, and what can be done about it: with the real worker and engine."""

import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import unittest
import urllib.error
import urllib.request

import harness
import wizards
from harness import Window, wait_for
from wizards import Dialog, Wizard

CHART = "Chart of the traffic"
PAGES = ["Overview", "Traffic", "Connections"]
ACCENT = "#1c71d8"  # the accent colour of text, of the light style
AT_MOST = "At most so many connections at a time"

screen = desk = None


def setUpModule():
    global screen, desk
    screen = harness.Screen()
    desk = harness.make_desk(screen)
    harness.connect(desk)


def tearDownModule():
    desk.close()
    screen.close()


class Echo:
    """A program that says back what it hears, as long as somebody speaks."""

    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=[connection], daemon=True).start()

    @staticmethod
    def _serve(connection):
        with connection:
            try:
                while heard := connection.recv(65536):
                    connection.sendall(heard)
            except OSError:
                return

    def close(self):
        self.socket.close()


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


class Case(unittest.TestCase):
    def setUp(self):
        self.addCleanup(self.close_all)
        self.echo = Echo()
        self.addCleanup(self.echo.close)
        self.port = free_port()

    def close_all(self):
        rules = desk.rules()
        if rules:
            desk.ctl("close", *[rule["id"] for rule in rules])

    def open(self, name="Minecraft", *more):
        return desk.ctl("open", "forward", "--listen", f"127.0.0.1:{self.port}", "--to", f"127.0.0.1:{self.echo.port}",
                        "--name", name, "--owner", "ann", "--purpose", "a test", "--for", "2h", *more)

    def connect(self):
        connection = socket.create_connection(("127.0.0.1", self.port), 5)
        connection.settimeout(5)
        self.addCleanup(connection.close)
        return connection

    @staticmethod
    def lives(connection):
        """Whether what is said over it comes back."""
        try:
            connection.sendall(b"hello")
            return connection.recv(100) == b"hello"
        except OSError:
            return False

    def assert_served(self):
        connection = self.connect()
        self.assertTrue(self.lives(connection))
        return connection

    def is_served(self):
        try:
            return self.lives(self.connect())
        except ConnectionError:
            return False

    def assert_turned_away(self):
        self.assertFalse(self.is_served())

    def show(self, page, **kwargs):
        """The window, with one page of the only rule's details."""
        window = Window(self, desk, screen, **kwargs)
        if kwargs.get("width", 1180) < 500:
            window.row_role = "list item"
        window.find(holds="Open, ", role=window.row_role, timeout=10).click()
        window.key("ctrl+%d" % (1 + PAGES.index(page)))
        wait_for(f"the page {page}", lambda: window.find("push button", page).has("checked") or
                 window.find("push button", page).has("pressed"))
        return window

    def menu_of(self, window, who, item):
        window.find("push button", f"Actions for {who}").click()
        window.menu(item).click()


def bars(window, row, name):
    """How many pixels of @row have the colour that throughput is drawn in."""
    x, y, width, height = row.box()
    shot = window.shoot(name)
    counted = subprocess.run(
        ["convert", str(shot), "-crop", f"{width}x{height}+{x}+{y}", "+repage", "-fuzz", "8%", "-fill", "black", "+opaque",
         ACCENT, "-fill", "white", "-opaque", ACCENT, "-format", "%[fx:int(mean*w*h+0.5)]", "info:"],
        check=True, capture_output=True, text=True)
    return int(counted.stdout)


def name_of(connection):
    return "127.0.0.1:%d" % connection.getsockname()[1]


class TestTraffic(Case):
    def test_chart(self):
        """The chart says in words what moved; the table how fast it is."""
        self.open("Mehrspieler-Verbindungsfreigabe für die Donnerstagabendrunde")
        window = self.show("Traffic")
        chart = window.find("image", CHART)
        wait_for("an empty chart", lambda: chart.description == "In the last hour nothing moved.")
        connections = [self.assert_served() for _ in range(2)]
        sent = 0

        def moves():
            nonlocal sent
            sent += self.send(connections[0])
            return [cell for cell in window.all("label", holds="B/s", showing=False) if cell.name.endswith("B/s")]

        wait_for("the speed in the table", moves, 20, step=0.2)
        while sent < 1000000:
            sent += self.send(connections[0])
        wait_for("the summary", lambda: re.fullmatch(
            r"In the last hour [1-9][0-9.]*.MB in, [1-9][0-9.]*.MB out, at most 2 connections at a time.",
            chart.description), 20, step=0.1)
        window.find("list item", holds="MB out, 2 connections")
        window.find("list item", "Most Connections at a Time: 2")
        window.find("label", holds="Up · 100% of connections, 2 now")
        window.shoot("traffic")
        for button, words in (("24 Hours", "In the last 24 hours "), ("30 Days", "In the last 30 days ")):
            window.find("push button", button).click()
            wait_for(words, lambda: chart.description.startswith(words) and "MB in" in chart.description, step=0.1)
        self.by_keyboard(window, chart)

    def test_narrow(self):
        """A row of the narrow list shows the last minute's throughput too, while there is some."""
        self.open("Mehrspieler-Verbindungsfreigabe für die Donnerstagabendrunde")
        window = Window(self, desk, screen, width=360, height=720)
        row = window.find("list item", holds="Open, ", timeout=10)
        self.assertEqual(bars(window, row, "traffic-narrow-quiet"), 0)
        connection = self.assert_served()

        def seen():
            self.send(connection)
            return bars(window, row, "traffic-narrow") > 3

        wait_for("bars in the row", seen, 20, step=0.3)

    def test_speed_is_whole(self):
        """The bars give way where the column is too narrow for the speed beside them: there is no tooltip to tell it."""
        self.open("Mehrspieler-Verbindungsfreigabe für die Donnerstagabendrunde")
        window = Window(self, desk, screen)
        connection = self.assert_served()

        def moving():
            self.send(connection, 200000)
            return next((cell for cell in window.all("label", holds="B/s") if cell.name.endswith("B/s")), None)

        cell = wait_for("the speed in the table", moving, 20, step=0.3)
        x, y, width, height = cell.box()
        self.assertLess(width, 160)
        window.xdo("mousemove", "--window", window.surface, x + width // 2, y + height // 2 - 1)
        window.xdo("mousemove", "--window", window.surface, x + width // 2, y + height // 2)
        end = time.monotonic() + 2
        wait_for("two seconds", lambda: self.send(connection) and time.monotonic() > end, step=0.2)
        window.shoot("traffic-speed")
        self.assertEqual(len(window.surfaces()), 1)

    def test_closed(self):
        """What is over shows what moved until then, and no connections."""
        rule = self.open()
        self.send(self.assert_served(), 300000)
        desk.ctl("close", rule["id"])
        window = Window(self, desk, screen)
        window.find("page tab", "History").click()
        window.find(holds="Closed, ", role=window.row_role, timeout=10).click()
        window.key("ctrl+2")
        chart = window.find("image", CHART)
        wait_for("the summary", lambda: re.fullmatch(
            r"In the last hour before it closed 3[0-9.]*.kB in, 3[0-9.]*.kB out, at most 1 connection at a time.",
            chart.description), 20, step=0.1)
        self.assertEqual(window.all("push button", "Connections"), [])
        self.assertEqual(window.all("label", "Numbers"), [])
        window.shoot("traffic-closed")

    @staticmethod
    def send(connection, n=50000):
        connection.sendall(b"x" * n)
        received = 0
        while received < n:
            received += len(connection.recv(65536))
        return n

    def by_keyboard(self, window, chart):
        """The arrow keys go from moment to moment, Escape back to all of them."""
        window.key("Tab", "End")
        wait_for("the present moment", lambda: re.search(r"/s in, .*/s out, 2 connections$", chart.description), step=0.1)
        window.key("Left")
        wait_for("the one before", lambda: chart.description.endswith(": nothing moved"), step=0.1)
        window.shoot("traffic-moment")
        window.key("Escape")
        wait_for("all of it", lambda: chart.description.startswith("In the last 30 days"), step=0.1)

    def test_close_and_block(self):
        self.open()
        window = self.show("Connections", width=360, height=700)
        window.find("label", "Nobody is connected.")
        # Each has the room that its word needs: in other languages they are longer.
        narrow, wide = (window.find("push button", page).box()[2] for page in ("Traffic", "Connections"))
        self.assertLess(narrow, wide)
        window.shoot("connections-none")
        first, second = self.assert_served(), self.assert_served()
        for connection in (first, second):
            window.find("label", name_of(connection))
        window.find("label", holds="2 now, 2 ever")
        window.shoot("connections")
        self.menu_of(window, name_of(first), "Close This Connection")
        window.wait_gone("label", name_of(first))
        self.assertFalse(self.lives(first))
        self.assertTrue(self.lives(second))
        self.menu_of(window, name_of(second), "Block This Source…")
        window.dialog()
        window.find("label", "Block 127.0.0.1?")
        window.shoot("block")
        window.find("push button", holds="Block").click()
        undo = window.find("push button", holds="Undo")
        window.find("label", "127.0.0.1 is blocked")
        self.assertFalse(self.lives(second))
        self.assert_turned_away()
        undo.click()
        window.find("label", "127.0.0.1 may connect again")
        self.assert_served()


    def test_not_known(self):
        """Nobody is said to be absent before the worker was asked."""
        self.open()
        window = self.show("Overview")
        os.kill(desk.worker_pid(), signal.SIGSTOP)
        self.addCleanup(os.kill, desk.worker_pid(), signal.SIGCONT)
        window.key("ctrl+3")
        window.find("label", "Connected Now")
        self.assertEqual(window.all("label", "Nobody is connected."), [])
        os.kill(desk.worker_pid(), signal.SIGCONT)
        window.find("label", "Nobody is connected.")

    def test_many(self):
        """A hundred are shown without making the processor busy, and those before them when asked for."""
        self.open()
        window = self.show("Connections")
        connections = [self.connect() for _ in range(130)]
        window.find("label", "And 30 older ones.", timeout=20)
        first = name_of(connections[0])
        self.assertEqual(window.all("label", first, showing=False), [])
        spent = self.spend(window.process.pid)
        wait_for("three seconds", lambda: time.monotonic() - spent[0] >= 3, step=0.1)
        now = self.spend(window.process.pid)
        self.assertLess((now[1] - spent[1]) / (now[0] - spent[0]), 0.5)
        window.shoot("connections-many")
        window.find("push button", "Show More").do()
        window.find("label", first, timeout=20)
        window.wait_gone("label", holds="older one")

    @staticmethod
    def spend(pid):
        """The time, and what of it the process had of a processor until then."""
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        return time.monotonic(), (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class TestOptions(Case):
    def test_edit(self):
        """A limit that is set on a living rule holds for who comes next."""
        self.open()
        window = self.show("Overview")
        first = self.assert_served()
        window.key("F2")
        dialog = Dialog(window, "Edit Rule")
        dialog.activate("Limits")
        dialog.fill(AT_MOST, "many")
        dialog.says("It may be from 0 to 1000000.")
        self.assertFalse(dialog.find("push button", "Save").has("sensitive"))
        dialog.shoot("edit-options")
        dialog.fill(AT_MOST, "1")
        dialog.says("At most 1 connection at a time")
        dialog.fill("Speed limit", "fast")
        dialog.says("Write it like 500k, 10M or 1.5G; 1Ti is the most.")
        dialog.fill("Speed limit", "10 MB/s")
        dialog.says("10.0\u00a0MB/s in each direction")
        dialog.fill("Speed limit", "")
        dialog.choose("Who may connect", 2, "Everyone but these networks")
        dialog.fill("Networks", "203.0.113.0/24")
        dialog.press("Save").gone()
        window.find("list item", "Audience: Anyone but 203.0.113.0/24")
        self.assertTrue(self.lives(first))
        self.assert_turned_away()
        first.close()
        wait_for("the place to be free", self.is_served, step=0.2)

    def test_wizard(self):
        wizard = Wizard(Window(self, desk, screen), "Forward a Port")
        wizard.fill("Target, like 192.168.1.5:80 or /run/app.sock", f"127.0.0.1:{self.echo.port}")
        wizard.fill("Port on this computer", str(self.port))
        wizard.key("Return").at("Who, how long and why?")
        wizard.fill("Purpose", "show the page")
        wizard.activate("Limits")
        wizard.fill(AT_MOST, "1")
        wizard.shoot("wizard-options")
        wizard.key("Return").at("What will be done")
        wizard.says("As you have set: at most 1 connection at a time.")
        wizard.press("Open").at("It is open")
        self.assert_served()
        self.assert_turned_away()


class TestMetrics(Case):
    def test_metrics(self):
        """Off at first; on, programs of this computer can read them."""
        self.open()
        window = Window(self, desk, screen)
        window.find(holds="Open, ", role=window.row_role)
        window.key("ctrl+comma")
        preferences = Dialog(window, "Preferences")
        switch = preferences.find("check box", "Prometheus Metrics on This Computer")
        preferences.says("Nobody can read them.")
        preferences._show(switch).click()
        preferences.says("Programs here can read them at http://127.0.0.1:9464/metrics")
        preferences.shoot("metrics")
        with urllib.request.urlopen("http://127.0.0.1:9464/metrics", timeout=5) as answer:
            self.assertIn("portolan_", answer.read().decode())
        preferences._show(switch).click()
        preferences.says("Nobody can read them.")
        with self.assertRaises(urllib.error.URLError):
            urllib.request.urlopen("http://127.0.0.1:9464/metrics", timeout=5)


if __name__ == "__main__":
    harness.need("Xvfb", "xdotool", "import", "dbus-daemon")
    wizards.private_network()
    harness.run(sys.modules[__name__])

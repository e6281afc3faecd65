# SPDX-License-Identifier: GPL-3.0-or-later
"""The wizard “Forward a Port”, from the first click to a connection through it, with the real worker and engine."""

import socket
import sys
import threading
import unittest

import harness
import wizards
from harness import Window, wait_for
from wizards import Wizard

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
    """A program that says back what it hears."""

    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            with connection:
                connection.sendall(connection.recv(100))

    def close(self):
        self.socket.close()


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def ask(port, text=b"hello"):
    with socket.create_connection(("127.0.0.1", port), 5) as connection:
        connection.settimeout(5)
        connection.sendall(text)
        return connection.recv(100)


class Case(unittest.TestCase):
    def setUp(self):
        self.addCleanup(self.close_all)
        self.echo = Echo()
        self.addCleanup(self.echo.close)
        self.window = Window(self, desk, screen)
        self.wizard = Wizard(self.window, "Forward a Port")
        self.port = free_port()

    def close_all(self):
        rules = desk.rules()
        if rules:
            desk.ctl("close", *[rule["id"] for rule in rules])

    def to_terms(self, target=None):
        self.wizard.fill("Target, like 192.168.1.5:80 or /run/app.sock", target or f"127.0.0.1:{self.echo.port}")
        self.wizard.fill("Port on this computer", str(self.port))
        self.wizard.key("Return").at("Who, how long and why?")

    def to_plan(self):
        self.to_terms()
        self.wizard.fill("Purpose", "show the page")
        self.wizard.key("Return").at("What will be done")
        self.wizard.ready("Open")


class TestForward(Case):
    def test_whole_way(self):
        wizard = self.wizard
        wizard.at("What should it lead to?")
        wizard.fill("Name (may stay empty)", "My <b>page</b> & more")
        self.to_plan()
        wizard.says(f"programs on this computer can reach 127.0.0.1:{self.echo.port} by connecting to "
                          f"127.0.0.1:{self.port} (TCP)")
        wizard.says("every connection still on it is cut")
        wizard.shoot("wizard-forward-plan")
        self.assertEqual(desk.rules(), [])
        wizard.press("Open").at("It is open")
        wizard.find("label", f"127.0.0.1:{self.port}")
        wizard.says("2 h 59 min left")
        wizard.shoot("wizard-forward-result")
        [rule] = desk.rules()
        self.assertEqual(rule["state"], "open")
        self.assertEqual(rule["name"], "My <b>page</b> & more")
        self.assertEqual(rule["purpose"], "show the page")
        self.assertEqual(rule["audience"], "anyone")
        self.assertEqual(ask(self.port), b"hello")
        wizard.press("Done").gone()
        self.window.find(holds="My <b>page</b> & more")

    def test_copy(self):
        self.to_plan()
        self.wizard.press("Open").at("It is open")
        self.wizard.press("Copy")
        self.wizard.find("push button", "Copied")

    def test_own_network_and_time(self):
        wizard = self.wizard
        wizard.choose("Who can reach it", 1, "My whole network")
        self.to_terms()
        wizard.choose("Who may connect", 1, "Only these networks")
        wizard.fill("Networks", "127.0.0.0/8, 10.0.0.0/8")
        wizard.choose("Open for", 4, "Another length…")
        wizard.fill("Length, like 45m or 2h 30m", "45m")
        wizard.fill("Purpose", "lan")
        wizard.fill("Owner", "Berta")
        wizard.key("Return").at("What will be done")
        wizard.says("only those who come from 127.0.0.0/8, 10.0.0.0/8")
        wizard.says("45 minutes")
        wizard.press("Open").at("It is open")
        [rule] = desk.rules()
        self.assertEqual(rule["audience"], ["127.0.0.0/8", "10.0.0.0/8"])
        self.assertEqual(rule["owner"], "Berta")
        self.assertEqual(rule["public_endpoint"]["address"], "0.0.0.0")
        self.assertEqual(ask(self.port), b"hello")


class TestMistakes(Case):
    def test_first_page(self):
        wizard = self.wizard
        wizard.key("Return")
        wizard.says("It is not said yet where it should lead.")
        wizard.says("The port is missing.")
        wizard.shoot("wizard-forward-mistakes")
        for target, said in (("192.168.1.5", "The port is missing."), (":80", "The computer that it should lead to"),
                             ("host:99999", "99999"), ("a b:80", "a b")):
            with self.subTest(target=target):
                wizard.fill("Target, like 192.168.1.5:80 or /run/app.sock", target)
                wizard.key("Return")
                wizard.says(said)
        self.assertTrue(wizard.sees("label", "What should it lead to?"))
        self.assertEqual(desk.rules(), [])

    def test_terms(self):
        wizard = self.wizard
        wizard.choose("Who can reach it", 1, "My whole network")
        self.to_terms()
        wizard.key("Return")
        wizard.says("Say what a stranger could do with it")
        wizard.choose("They could", 1, "join in, no more")
        wizard.key("Return")
        wizard.says("The purpose is missing.")
        wizard.choose("Who may connect", 1, "Only these networks")
        wizard.fill("Networks", "10.0.0.1/8")
        wizard.says("10.0.0.0/8")  # the network that was meant
        wizard.fill("Purpose", "x")
        wizard.key("Return")
        self.assertTrue(wizard.sees("label", "Who, how long and why?"))
        self.assertEqual(desk.rules(), [])

    def test_back_keeps_answers(self):
        self.to_plan()
        self.wizard.key("alt+Left").at("Who, how long and why?")
        self.assertEqual(self.wizard.find("text", "Purpose").text(), "show the page")
        self.wizard.key("alt+Left").at("What should it lead to?")
        self.assertEqual(self.wizard.find("text", "Port on this computer").text(), str(self.port))

    def test_port_taken(self):
        """Somebody else holds the port: it says so, and Try Again works once it is free."""
        with socket.create_server(("127.0.0.1", self.port)):
            self.to_plan()
            self.wizard.press("Open").at("It did not open")
            self.wizard.says(str(self.port))
            self.wizard.shoot("wizard-forward-failure")
            self.assertEqual(desk.rules(), [])
        self.wizard.press("Try Again").at("It is open")
        self.assertEqual(ask(self.port), b"hello")

    def test_rule_that_leads_to_itself(self):
        self.to_terms(target=f"127.0.0.1:{self.port}")
        self.wizard.fill("Purpose", "x")
        self.wizard.key("Return").at("What will be done")
        self.wizard.says("it listens on its own target")
        self.wizard.key("alt+Left").at("Who, how long and why?")


class TestCancel(Case):
    def test_escape(self):
        self.to_plan()
        self.wizard.key("Escape").gone()
        self.assertEqual(desk.rules(), [])

    def test_button(self):
        self.wizard.press("Cancel").gone()
        wait_for("the main window to be usable", lambda: self.window.all("push button", holds="Forward a Port"))


if __name__ == "__main__":
    harness.need("Xvfb", "xdotool", "import", "dbus-daemon")
    wizards.private_network()
    harness.run(sys.modules[__name__])

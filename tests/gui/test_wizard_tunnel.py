# SPDX-License-Identifier: GPL-3.0-or-later
"""The wizard “Reach It Through My Server”, with the real worker, ssh and sshd: a new server, its key, a connection."""

import pathlib
import shutil
import socket
import sys
import tempfile
import threading
import unittest

import harness
import ctl_sshd
import wizards
from harness import Window, wait_for
from wizards import Wizard

TITLE = "Reach It Through My Server"

screen = desk = None


def setUpModule():
    global screen, desk
    screen = harness.Screen()
    desk = harness.make_desk(screen)
    harness.connect(desk)


def tearDownModule():
    desk.close()
    screen.close()


def serve():
    """A program on this machine that greets whoever connects; (socket, port)."""
    server = socket.create_server(("127.0.0.1", 0))

    def run():
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with connection:
                connection.sendall(b"welcome")
    threading.Thread(target=run, daemon=True).start()
    return server, server.getsockname()[1]


def greet(port):
    with socket.create_connection(("127.0.0.1", port), 5) as connection:
        connection.settimeout(5)
        return connection.recv(100)


class Case(unittest.TestCase):
    def setUp(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="portolan-wizard-"))
        self.addCleanup(shutil.rmtree, self.dir, ignore_errors=True)
        try:
            self.sshd = ctl_sshd.Sshd(self.dir)
        except ctl_sshd.Unavailable as error:
            self.skipTest(str(error))
        self.addCleanup(self.sshd.close)
        server, self.port = serve()
        self.addCleanup(server.close)
        self.addCleanup(self.clean)
        self.window = Window(self, desk, screen)
        self.wizard = Wizard(self.window, TITLE)
        self.name = f"my {self.id().rsplit('_', 1)[-1]} server"

    def clean(self):
        rules = desk.rules()
        if rules:
            desk.ctl("close", *[rule["id"] for rule in rules])

    def add_server(self, **other):
        """From “Through which server?” on."""
        wizard = self.wizard.at("Through which server?")
        wizard.activate("Add a Server…")
        wizard.at("Which server?")
        wizard.fill("Name, as you call it", self.name)
        wizard.fill("Host name or address", other.get("host", "127.0.0.1"))
        wizard.fill("Port", str(other.get("port", self.sshd.port)))
        wizard.fill("User name", other.get("user", self.sshd.user))

    def choose_key(self):
        """The dialog for files is driven as everywhere: a path is typed."""
        wizard = self.wizard
        wizard.find("push button", holds="Choose a key file").click()
        self.window.dialog()
        chooser = self.window.stack[-1]
        self.window.type(str(self.sshd.key))

        def chosen():
            # While it still looks for completions, the dialog swallows the key.
            if chooser in self.window.surfaces():
                self.window.xdo("key", "Return")
            return chooser not in self.window.surfaces()
        wait_for("the dialog for files to close", chosen, 10, step=0.3)
        wizard.says(str(self.sshd.key))

    def add_for_real(self):
        self.add_server()
        self.choose_key()
        self.wizard.press("Add").at("Who, how long and why?")

    def finish_terms(self, harm=True):
        self.wizard.says("Limits, time-outs and further targets are not to be had here")
        if harm:
            self.wizard.choose("They could", 1, "join in, no more")
        self.wizard.fill("Purpose", "show a demo")
        self.wizard.key("Return").at("What will be done")
        self.wizard.ready("Open")


class TestTunnel(Case):
    def test_remote(self):
        wizard = self.wizard.at("What should be reached?")
        wizard.fill("Target, like localhost:3000", f"127.0.0.1:{self.port}")
        wizard.fill("Name (may stay empty)", "The demo")
        wizard.key("Return")
        self.add_for_real()
        self.finish_terms()
        wizard.says(f"can reach 127.0.0.1:{self.port} through the server “{self.name}”, at a port that it picks.")
        wizard.shoot("wizard-tunnel-plan")
        wizard.press("Open").at("Is this your server?", timeout=30)
        wizard.find("label", self.sshd.fingerprint)
        wizard.says("ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub")
        wizard.shoot("wizard-tunnel-host-key")
        # Enter does not trust: that wants a thought.
        wizard.key("Return")
        self.assertTrue(wizard.sees("label", "Is this your server?"))
        wizard.press("Trust").at("It is open", timeout=30)
        wizard.shoot("wizard-tunnel-result")
        [rule] = desk.rules()
        self.assertEqual((rule["kind"], rule["state"], rule["way"], rule["name"]), ("tunnel", "open", "remote", "The demo"))
        self.assertEqual(greet(rule["public_endpoint"]["port"]), b"welcome")
        wizard.press("Done").gone()
        self.window.find(holds="The demo", role=self.window.row_role).click()
        self.window.key("ctrl+2")
        self.window.find("label", holds="ssh carries what goes through a tunnel")
        self.window.shoot("traffic-tunnel")

    def test_local(self):
        """The other way round: no stranger can find it, so nobody asks about strangers."""
        wizard = self.wizard
        wizard.choose("Direction", 1, "From here to server")
        wizard.fill("Target, as the server sees it, like localhost:5432", f"127.0.0.1:{self.port}")
        wizard.key("Return")
        wizard.says("The port is missing.")
        with socket.create_server(("127.0.0.1", 0)) as probe:
            here = probe.getsockname()[1]
        wizard.fill("Port on this computer", str(here))
        wizard.key("Return")
        self.add_for_real()
        self.assertFalse(wizard.sees("combo box", "They could"))
        self.finish_terms(harm=False)
        wizard.press("Open").at("Is this your server?", timeout=30)
        wizard.press("Trust").at("It is open", timeout=30)
        wizard.find("label", f"127.0.0.1:{here}")
        self.assertEqual(greet(here), b"welcome")

    def test_cancel_at_the_key(self):
        wizard = self.wizard
        wizard.fill("Target, like localhost:3000", f"127.0.0.1:{self.port}")
        wizard.key("Return")
        self.add_for_real()
        self.finish_terms()
        wizard.press("Open").at("Is this your server?", timeout=30)
        wizard.press("Cancel").gone()
        self.assertEqual(desk.rules(), [])


class TestMistakes(Case):
    def test_server(self):
        wizard = self.wizard
        wizard.key("Return")
        wizard.says("It is not said yet where it should lead.")
        for target, said in (("localhost", "The port is missing."), ("localhost:80-90", "not a range")):
            wizard.fill("Target, like localhost:3000", target)
            wizard.key("Return")
            wizard.says(said)
        wizard.fill("Target, like localhost:3000", "localhost:3000")
        wizard.key("Return")
        self.add_server(host="no host!")
        wizard.key("Return")
        wizard.find("label", holds="no host!")
        self.assertTrue(wizard.sees("label", "Which server?"))
        wizard.fill("Host name or address", "127.0.0.1")
        wizard.fill("Port", "0")
        wizard.key("Return")
        wizard.says("1 to 65535")
        self.assertEqual(desk.rules(), [])

    def test_login(self):
        """A login that the server refuses ends on the page that says so."""
        wizard = self.wizard
        wizard.fill("Target, like localhost:3000", f"127.0.0.1:{self.port}")
        wizard.key("Return")
        self.add_server(user="nobody-here")
        self.choose_key()
        wizard.press("Add").at("Who, how long and why?")
        self.finish_terms()
        wizard.press("Open").at("Is this your server?", timeout=30)
        wizard.press("Trust").at("It did not open", timeout=60)
        wizard.shoot("wizard-tunnel-refused")
        self.assertEqual(desk.rules(), [])
        # The way back leads to the answers, and the server is known by now.
        wizard.key("alt+Left").at("What will be done")


if __name__ == "__main__":
    harness.need("Xvfb", "xdotool", "import", "dbus-daemon", "ssh", "ssh-keygen")
    wizards.private_network()
    harness.run(sys.modules[__name__])

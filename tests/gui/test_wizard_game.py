# SPDX-License-Identifier: GPL-3.0-or-later
"""The wizard “Open a Game Port” in a home with a real router: from the first click to a friend on the internet."""

import shutil
import subprocess
import sys
import unittest

import harness
import rig
import wizards
from harness import Window, wait_for
from wizards import Wizard

import ddns_server

TITLE = "Open a Game Port"
MINECRAFT = 25565

screen = desk = home = None


def setUpModule():
    global screen, desk, home
    home = rig.Home()
    screen = wizards.SharedScreen()
    desk = harness.make_desk(screen, home)
    harness.connect(desk)


def tearDownModule():
    desk.close()
    screen.close()
    home.close()


class Case(unittest.TestCase):
    def setUp(self):
        self.addCleanup(self.close_all)
        self.window = Window(self, desk, screen)
        self.wizard = Wizard(self.window, TITLE)

    def close_all(self):
        rules = desk.rules()
        if rules:
            desk.ctl("close", *[rule["id"] for rule in rules])

    def search(self, text):
        self.wizard.at("What do you want to share?").type(text)

    def choose_game(self, text, name):
        self.search(text)
        self.wizard.find("label", name)
        self.wizard.key("Return").at("Who, how long and why?")

    def to_plan(self):
        self.wizard.key("Return").at("What will be done")
        self.wizard.ready("Open")


class TestGame(Case):
    @classmethod
    def setUpClass(cls):
        home.echo_server("pc", MINECRAFT)

    def test_running_server(self):
        """The server that runs here is offered first; a friend reaches it; the row is in the table."""
        wizard = self.wizard
        wizard.find("label", "Running now on this computer")
        wizard.shoot("wizard-game-what")
        first = min(wizard.all("label", "Minecraft: Java Edition"), key=lambda label: label.box()[1])
        first.click()
        wizard.at("Who, how long and why?")
        self.assertEqual(wizard.find("text", "Purpose").text(), "Playing Minecraft: Java Edition")
        wizard.says("A stranger who finds the port can knock and try to join")
        wizard.shoot("wizard-game-terms")
        self.to_plan()
        wizard.says("anyone who has the address can reach “Minecraft: Java Edition” on this computer from the internet: "
                    "the router opens port 25565 (TCP).")
        wizard.shoot("wizard-game-plan")
        self.assertFalse(home.router_holds(MINECRAFT))
        wizard.press("Open").at("It is open", timeout=20)
        wizard.find("label", f"{rig.WAN}:{MINECRAFT}")
        wizard.says(f"type {rig.WAN}:{MINECRAFT} as the server address")
        wizard.shoot("wizard-game-result")
        self.assertTrue(home.router_holds(MINECRAFT))
        self.assertTrue(home.reached(MINECRAFT))
        wizard.press("Done").gone()
        self.window.find(holds="Minecraft: Java Edition, ")
        [rule] = desk.rules()
        self.assertEqual((rule["way"], rule["preset"]), ("guarded", "Minecraft: Java Edition"))

    def test_by_name(self):
        """Where a name leads to the router, that is what a friend types. The provider is an emulator on loopback."""
        listener = home.socket("pc")
        listener.bind(("127.0.0.1", 0))
        listener.listen(8)
        server = ddns_server.Server(listener=listener)
        self.addCleanup(server.close)
        desk.ctl("names", "add", "home.example.org", "--provider", "custom", "--server", server.url("/custom?ip={ipv4}"))
        self.addCleanup(desk.ctl, "names", "remove", "home.example.org")
        wait_for("the update", lambda: [request["query"] for request in server.requests] == [{"ip": rig.WAN}])
        self.choose_game("minecraft java", "Minecraft: Java Edition")
        self.to_plan()
        self.wizard.press("Open").at("It is open", timeout=20)
        self.wizard.find("label", f"home.example.org:{MINECRAFT}")
        self.wizard.find("label", f"Today that is {rig.WAN}:{MINECRAFT}")
        self.wizard.says(f"type home.example.org:{MINECRAFT} as the server address")
        self.wizard.shoot("wizard-game-result-name")

    def test_named_networks(self):
        self.choose_game("minecraft java", "Minecraft: Java Edition")
        self.wizard.choose("Who may connect", 1, "Only these networks")
        self.wizard.fill("Networks", rig.FRIEND)
        self.wizard.says("turned away before a word is exchanged")
        self.to_plan()
        self.wizard.says(f"only those who come from {rig.FRIEND}/32")
        self.wizard.press("Open").at("It is open", timeout=20)
        self.assertTrue(home.reached(MINECRAFT, rig.FRIEND))
        self.assertFalse(home.reached(MINECRAFT, rig.STRANGER, timeout=0.5))

    def test_several_ports(self):
        self.choose_game("satisfactory", "Satisfactory")
        self.to_plan()
        self.wizard.says("the router opens port 7777 (TCP and UDP) and port 8888 (TCP).")
        self.wizard.press("Open").at("It is open", timeout=20)
        self.wizard.find("label", f"{rig.WAN}:8888")
        self.assertEqual(sorted(rule["name"] for rule in desk.rules()), ["Satisfactory (7777)", "Satisfactory (8888)"])
        self.assertTrue(home.router_holds(7777) and home.router_holds(7777, "udp") and home.router_holds(8888))

    def test_all_or_nothing(self):
        """The second port is another device's: the first one is closed again, in the router too."""
        home.ns("nas", "upnpc", "-e", "the nas", "-a", rig.NAS, "8080", "8888", "tcp", "600")
        self.addCleanup(home.ns, "nas", "upnpc", "-d", "8888", "tcp", check=False)
        self.choose_game("satisfactory", "Satisfactory")
        self.to_plan()
        self.wizard.press("Open").at("It did not open", timeout=30)
        self.wizard.says("8888")
        self.wizard.shoot("wizard-game-conflict")
        self.assertEqual(desk.rules(), [])
        self.assertFalse(home.router_holds(7777))
        self.assertFalse(home.router_holds(7777, "udp"))
        self.wizard.find("label", "Reach It Through My Server")


class TestOwnPorts(Case):
    def own(self, name, ports):
        self.wizard.at("What do you want to share?").activate("Other Ports…").at("Which ports?")
        self.wizard.fill("Name", name)
        self.wizard.fill("Port, or range like 8000-8010", ports)

    def test_mistakes(self):
        self.wizard.activate("Other Ports…").at("Which ports?")
        self.wizard.key("Return")
        self.wizard.says("The name is missing.")
        self.wizard.says("The port is missing.")
        self.wizard.fill("Name", "x")
        for ports in ("0", "70000", "9-8", "abc"):
            with self.subTest(ports=ports):
                self.wizard.fill("Port, or range like 8000-8010", ports)
                self.wizard.key("Return")
                self.assertTrue(self.wizard.sees("label", "Which ports?"))
                self.wizard.find("label", holds=ports)

    def test_policy(self):
        """What does not belong on the internet is refused with the better way, and opens with a reason only."""
        wizard = self.wizard
        self.own("Cache", "6379")
        wizard.key("Return").at("Who, how long and why?")
        wizard.choose("They could", 1, "join in, no more")
        wizard.says("Redis is what they look for")
        wizard.fill("Purpose", "a test")
        wizard.key("Return").at("What will be done")
        wizard.find("push button", "Go On All the Same")
        wizard.says("VPN")
        wizard.shoot("wizard-game-policy")
        wizard.press("Go On All the Same")
        wizard.says("The reason is missing.")
        wizard.fill("Reason", "a lab without data")
        wizard.press("Go On All the Same")
        wizard.press("Open").at("It is open", timeout=20)
        [rule] = desk.rules()
        self.assertTrue(home.router_holds(6379))
        self.assertEqual(rule["target"]["port"], 6379)

    def start(self, *command):
        home.children.append(subprocess.Popen(["ip", "netns", "exec", "pc", *command], stdout=subprocess.DEVNULL,
                                              stderr=subprocess.DEVNULL))

    def listens(self, port):
        return f":{port:04X} " in home.ns("pc", "cat", "/proc/net/tcp").stdout

    def to_terms(self, name, port):
        self.own(name, str(port))
        self.wizard.key("Return").at("Who, how long and why?")
        self.wizard.choose("They could", 1, "join in, no more")
        self.wizard.fill("Purpose", "a test")

    @unittest.skipUnless(shutil.which("redis-server"), "redis-server is not installed")
    def test_what_answers_is_refused(self):
        """A database is one on any port: what answers is looked at, and a typed reason opens it."""
        wizard = self.wizard
        self.start("redis-server", "--port", "26000", "--save", "", "--protected-mode", "no")
        wait_for("the database", lambda: self.listens(26000), 10)
        self.to_terms("Cache", 26000)
        wizard.key("Return").at("What will be done")
        wizard.says("answers at 127.0.0.1:26000. It does not belong on the open internet")
        wizard.says("VPN")
        wizard.shoot("wizard-answering-refused")
        wizard.fill("Reason", "a lab without data")
        wizard.press("Go On All the Same")
        wizard.says("lets everybody in without a login")
        wizard.press("Open").at("It is open", timeout=20)
        [rule] = desk.rules()
        self.assertEqual(rule["override"], "a lab without data")

    @unittest.skipUnless(shutil.which("lighttpd"), "lighttpd is not installed")
    def test_what_answers_is_shown(self):
        wizard = self.wizard
        conf = home.dir / "lighttpd.conf"
        conf.write_text(f'server.document-root = "{home.dir}"\nserver.port = 26001\nserver.bind = "127.0.0.1"\n')
        self.start("lighttpd", "-D", "-f", str(conf))
        wait_for("the web server", lambda: self.listens(26001), 10)
        self.to_terms("My page", 26001)
        wizard.key("Return").at("What will be done")
        wizard.says("lighttpd")
        wizard.says("answers at 127.0.0.1:26001")
        wizard.shoot("wizard-answering")

    def test_silence(self):
        """Whoever says nothing is waited for a moment; the time that is told is the one that was asked for."""
        listener = home.socket("pc")
        listener.bind(("127.0.0.1", 26003))
        listener.listen(64)
        self.addCleanup(listener.close)
        self.to_terms("Quiet", 26003)
        self.wizard.key("Return").at("What will be done")
        self.wizard.says("(3 hours)")
        self.wizard.says("Something answers at 127.0.0.1:26003 that is not known to Portolan.")

    def test_nothing_answers_yet(self):
        self.to_terms("Later", 26002)
        self.wizard.key("Return").at("What will be done")
        self.wizard.says("Nothing listens at 127.0.0.1:26002 yet.")

    def test_another_computer(self):
        port = home.echo_server("nas", 8123, rig.NAS)
        wizard = self.wizard
        self.own("The nas", str(port))
        wizard.key("Return").at("Who, how long and why?")
        wizard.choose("They could", 3, "change things")
        wizard.fill("Purpose", "a test")
        wizard.choose("Computer", 1, "Another computer")
        wizard.key("Return")
        wizard.says("The other computer is not named yet.")
        wizard.fill("Its address or name", rig.NAS)
        wizard.key("Return").at("What will be done")
        wizard.says(f"can reach “The nas” on {rig.NAS}")
        wizard.says("connections that are already running may go on")
        wizard.says("The better way: a VPN")
        # Against advice, Enter opens nothing.
        wizard.key("Return")
        self.assertEqual(desk.rules(), [])
        # This router lets each computer open ports to itself only: it says so, and the advice leads to the goal.
        wizard.press("Open All the Same").at("It did not open", timeout=20)
        wizard.says("lets this computer open ports to itself only")
        wizard.says("Open the mapping guarded")
        self.assertEqual(desk.rules(), [])
        wizard.key("alt+Left").at("What will be done")
        wizard.key("alt+Left").at("Who, how long and why?")
        wizard.activate("Advanced")
        wizard.choose("Way", 1, "Guarded")
        wizard.shoot("wizard-game-advanced")
        wizard.key("Return").at("What will be done")
        wizard.says("every connection still on it is cut")
        wizard.press("Open All the Same").at("It is open", timeout=20)
        self.assertEqual(desk.rules()[0]["way"], "guarded")
        self.assertTrue(home.reached(port))


class TestTrouble(Case):
    def test_cancel_while_opening(self):
        """The router does not answer any more: Cancel closes what was begun, and nothing stays."""
        wizard = self.wizard
        self.choose_game("minecraft java", "Minecraft: Java Edition")
        self.to_plan()
        home.mute_router()
        self.addCleanup(home.mute_router, False)
        wizard.press("Open").at("Opening…")
        wizard.find("label", "Asking the router")
        wizard.shoot("wizard-game-progress")
        wizard.press("Cancel").gone(timeout=20)
        wait_for("no rule", lambda: not desk.rules())

    def test_search(self):
        wizard = self.wizard
        self.search("no such game")
        wizard.says("No game or server is called that.")
        wizard.find("label", "Other Ports…")
        wizard.key("Escape")
        wizard.find("label", "0 A.D.")
        wizard.key("Escape").gone()


class TestNoRouter(unittest.TestCase):
    def test_way_out(self):
        """Without a router that takes mappings it says so at once, and offers the way through a server."""
        home.stop_router()
        self.addCleanup(home.start_router)
        if desk.worker_pid():
            desk.kill_worker(15)
        window = Window(self, desk, screen)
        wizard = Wizard(window, TITLE)
        wizard.find("label", "No router that opens ports was found", timeout=20)
        wizard.shoot("wizard-game-no-router")
        wizard.activate("Reach It Through My Server")
        wizard.title = "Reach It Through My Server"
        wizard.enter()
        wizard.at("What should be reached?")


if __name__ == "__main__":
    harness.need("Xvfb", "xdotool", "import", "dbus-daemon", "upnpc")
    try:
        rig.enter()
    except rig.Unavailable as why:
        harness.tap.skip_all(str(why))
    harness.run(sys.modules[__name__])

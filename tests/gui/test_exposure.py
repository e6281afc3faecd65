# SPDX-License-Identifier: GPL-3.0-or-later
"""The exposure in the window: a home with a real router, in which Debian's redis, nginx and sshd listen, and upnpc opened
ports before."""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

import harness
import rig
import wizards
from harness import Window, wait_for

screen = desk = home = services = None
REDIS, WEB, SSH, OUTSIDE = 6379, 8080, 2222, 30379

NGINX = """daemon off; pid {dir}/nginx.pid; error_log stderr; worker_processes 1; events {{}}
http {{ access_log off; server {{ listen {port}; location / {{ return 200 'a page'; }} }} }}
"""


class Services:
    """Real services on the computer of the home, each a child of ours."""

    def __init__(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="portolan-services-"))
        self.children = []
        (self.dir / "nginx.conf").write_text(NGINX.format(dir=self.dir, port=WEB))
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(self.dir / "host_key")], check=True)
        (self.dir / "sshd_config").write_text(f"Port {SSH}\nHostKey {self.dir}/host_key\nPidFile none\n"
                                              "PasswordAuthentication no\nUsePAM no\n")
        self.start("redis-server", "--port", str(REDIS), "--bind", "0.0.0.0", "--protected-mode", "no", "--save", "", "--dir",
                   str(self.dir))
        self.start("nginx", "-c", str(self.dir / "nginx.conf"), "-e", "stderr")
        os.makedirs("/run/sshd", exist_ok=True)
        self.start("/usr/sbin/sshd", "-D", "-e", "-f", str(self.dir / "sshd_config"))
        for port in (REDIS, WEB, SSH):
            wait_for(f"port {port}", lambda: self.listens(port), 15)

    def start(self, *command):
        log = open(self.dir / f"{pathlib.Path(command[0]).name}.log", "wb")
        self.children.append(subprocess.Popen(["ip", "netns", "exec", "pc", *command], stdout=log, stderr=log,
                                              stdin=subprocess.DEVNULL))

    def listens(self, port):
        done = home.ns("pc", "ss", "-Hltn", f"sport = :{port}")
        return bool(done.strip() if isinstance(done, str) else done.stdout.strip())

    def close(self):
        for child in self.children:
            child.terminate()
        for child in self.children:
            child.wait()
        shutil.rmtree(self.dir, ignore_errors=True)


def setUpModule():
    global screen, desk, home, services
    home = rig.Home(secure=False)
    services = Services()
    screen = wizards.SharedScreen()
    desk = harness.make_desk(screen, home)
    harness.connect(desk)
    home.ns("pc", "upnpc", "-e", "a cache", "-a", rig.PC, str(REDIS), str(OUTSIDE), "tcp", "7200")
    assert home.router_holds(OUTSIDE)


def tearDownModule():
    desk.close()
    screen.close()
    services.close()
    home.close()


class Case(unittest.TestCase):
    def setUp(self):
        self.addCleanup(desk.env.pop, "ADW_DEBUG_COLOR_SCHEME", None)
        wait_for("the router", lambda: any(router["state"] == "ready" for router in desk.ctl("routers")["routers"]), 20)

    def page(self, **kwargs):
        window = Window(self, desk, screen, **kwargs)
        window.key("alt+3")
        return window

    def check(self, window, timeout=60):
        window.find("push button", holds="Check Now").click()
        window.find("label", holds="Checked today", timeout=timeout)

    def row(self, window, holds, timeout=15.0):
        return window.find(window.row_role, holds=holds, timeout=timeout)

    def filter(self, window, name):
        window.find("push button", holds=f"{name} ").click()


class TestA(Case):
    """Named so that it comes first: nothing was checked yet."""

    def test_empty_then_checked(self):
        window = self.page()
        window.find("label", "Nothing Was Checked Yet")
        window.find("label", holds="Nothing leaves your home without your consent")
        window.shoot("exposure-empty")
        window.find("page tab", "History").click()
        window.find("label", "No Reports Yet")
        window.find("page tab", "Report").click()
        self.check(window)
        window.find("label", holds="open to the internet")
        self.row(window, f"{REDIS} TCP")
        self.row(window, f"{WEB} TCP")
        window.shoot("exposure")


class TestReport(Case):
    def open(self, **kwargs):
        """The page with a report."""
        desk.run(desk_ctl(), "check", "exposure", "--json")
        window = self.page(**kwargs)
        window.find("label", holds="Checked today", timeout=30)
        return window

    def test_details(self):
        window = self.open()
        self.row(window, f"{REDIS} TCP").click()
        window.find("label", "How It Can Be Reached")
        window.find("list item", holds="Internet, ")
        window.find("list item", "Declared: By no rule")
        window.find("list item", holds="Forwarded: ")
        window.find("push button", "Remove From the Router…")
        window.find("push button", "Make It a Rule…")
        window.shoot("exposure-details")

    def test_accept_and_undo(self):
        window = self.open()
        self.row(window, f"{WEB} TCP").click()
        window.find("push button", "Accept Until…").click()
        window.dialog()
        window.type("A page for the family")
        window.shoot("exposure-accept")
        window.find("push button", holds="Accept").click()
        window.find("label", holds="is accepted", timeout=15)
        window.wait_gone(window.row_role, holds=f"{WEB} TCP", timeout=15)
        self.filter(window, "Accepted")
        self.row(window, f"{WEB} TCP").click()
        window.find("list item", "Accepted Because: A page for the family")
        window.find("push button", "Do Not Accept It Any More").click()
        window.find("label", holds="counts again", timeout=15)
        self.filter(window, "Doors")
        self.row(window, f"{WEB} TCP")

    def test_filters_and_search(self):
        window = self.open()
        self.row(window, f"{REDIS} TCP")
        self.filter(window, "New")
        self.filter(window, "All")
        window.key("ctrl+f")
        window.type(str(SSH))
        self.row(window, f"{SSH} TCP")
        window.wait_gone(window.row_role, holds=f"{REDIS} TCP")
        window.type("x")
        window.find("label", "No Results Found")

    def test_history_and_a_former_report(self):
        window = self.open()
        desk.run(desk_ctl(), "check", "exposure", "--json")
        window.find("page tab", "History").click()
        rows = wait_for("two reports", lambda: [node for node in window.all(window.row_role) if "Today" in node.name][1:], 15)
        window.shoot("exposure-history")
        rows[0].click(times=2)
        window.find("label", holds="This is a former report", timeout=15)
        window.find("push button", "Show the Latest").click()
        window.wait_gone("label", holds="This is a former report")

    def listen(self, port):
        listener = home.socket("pc")
        listener.bind(("0.0.0.0", port))
        listener.listen(8)
        self.addCleanup(listener.close)
        return listener

    def reports(self, window, n):
        """The rows of the history, the latest one first."""
        window.find("page tab", "History").click()
        return wait_for(f"{n} reports", lambda: [node for node in window.all(window.row_role) if "Today" in node.name][n - 1:]
                        and [node for node in window.all(window.row_role) if "Today" in node.name], 15)

    def test_compare_with_the_one_before(self):
        window = self.open()
        self.listen(8117)
        desk.run(desk_ctl(), "check", "exposure", "--json")
        rows = self.reports(window, 2)
        window.find("label", holds="Select one check, or two of them")
        rows[0].click()
        window.find("label", holds="different since the check before the one today")
        window.shoot("exposure-compare-ask")
        window.find("push button", "Compare").click()
        window.find("label", "These are the differences between two checks.", timeout=15)
        window.find("label", "1 is new")
        window.find("label", holds="From the check before to the one today")
        self.row(window, "8117 TCP")
        window.wait_gone(window.row_role, holds=f"{REDIS} TCP")
        window.shoot("exposure-compare")
        window.find("push button", "Show the Latest").click()
        self.row(window, f"{REDIS} TCP")
        window.wait_gone("label", "1 is new")

    def test_compare_two_by_keyboard(self):
        """The order in which they are chosen is no matter: the earlier one is compared with."""
        listener = self.listen(8118)
        window = self.open()
        listener.close()
        for _ in range(2):
            desk.run(desk_ctl(), "check", "exposure", "--json")
        rows = self.reports(window, 3)
        rows[0].click()
        window.key("shift+Down", "shift+Down")
        window.find("label", holds="Select one check, or two of them")
        self.assertFalse(window.find("push button", "Compare").has("sensitive"))
        self.reports(window, 3)[0].click()
        window.key("ctrl+Down", "ctrl+Down", "ctrl+space")
        window.find("label", holds="What is different between the checks today")
        window.find("push button", "Compare").do()
        window.find("label", "1 is gone", timeout=15)
        self.row(window, "8118 TCP").click()
        window.find("label", holds="Gone · ")
        window.find("label", holds="The earlier check found it, the later one does not.")
        window.find("label", "How It Could Be Reached")
        window.find("label", holds="From the check today")
        window.shoot("exposure-compare-gone")

    def test_compare_from_the_report(self):
        window = self.open(width=360, height=720)
        window.row_role = "list item"
        desk.run(desk_ctl(), "check", "exposure", "--json")
        window.find("label", holds="Checked today", timeout=30)
        window.find("push button", "View and export").click()
        window.menu("Compare With the Check Before").click()
        window.find("label", "Nothing has changed", timeout=15)
        window.find("label", "Both checks found the same.")
        window.shoot("exposure-compare-narrow")

    def export(self, window, kind, path):
        """Where no portal for files is, as here, GTK asks itself."""
        window.find("push button", "View and export").click()
        window.menu(f"Export as {kind}…").click()
        window.dialog()
        window.find("text", timeout=15)
        window.key("ctrl+a")
        window.type(str(path))
        window.key("Return")

    def exported(self, kind, name):
        window = self.open()
        folder = pathlib.Path(tempfile.mkdtemp(prefix="portolan-export-"))
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        self.export(window, kind, folder / name)
        window.find("label", holds=f"The report is in “{name}”", timeout=15)
        return (folder / name).read_text()

    def test_export_for_programs(self):
        whole = json.loads(self.exported("JSON", "doors.json"))
        self.assertIn(REDIS, [finding["endpoint"]["port"] for finding in whole["findings"]])

    def test_export_to_read(self):
        self.assertIn(f"{REDIS}/tcp", self.exported("Web Page", "doors.html"))

    def test_export_to_nowhere(self):
        """What went wrong is said, and nothing is left there."""
        window = self.open()
        self.export(window, "Table (CSV)", "/proc/doors.csv")
        window.find("label", holds="doors.csv", timeout=15)
        window.shoot("exposure-export-failed")
        self.assertFalse(pathlib.Path("/proc/doors.csv").exists())

    def test_choose_where_from(self):
        window = self.open()
        window.find("push button", holds="Check Now")
        window.find("push button", "Choose where to look from").click()
        window.menu("Check From…").click()
        window.dialog()
        window.find("label", "Look From Where?")
        window.shoot("exposure-check-from")

    def test_remove_from_the_router(self):
        window = self.open()
        self.row(window, f"{REDIS} TCP").click()
        window.find("push button", "Remove From the Router…").click()
        window.dialog()
        window.find("label", "Remove This Entry From the Router?")
        next(node for node in window.all("push button", holds="Remove") if "…" not in node.name).click()
        window.find("label", holds="removed from the router", timeout=15)
        self.assertFalse(home.router_holds(OUTSIDE))
        window.find("push button", holds="Undo").click()
        wait_for("it back", lambda: home.router_holds(OUTSIDE), 15)

    def test_what_has_changed_since(self):
        window = self.open()
        self.row(window, f"{SSH} TCP")
        rule = desk.ctl("open", "forward", "--listen", "0.0.0.0:8090", "--to", f"127.0.0.1:{SSH}", "--name", "A way in",
                        "--owner", "ann", "--purpose", "a test", "--for", "1h")
        window.find("label", holds="Something was opened or closed since this check", timeout=15)
        window.find("push button", "Check Again").click()
        window.wait_gone("label", holds="Something was opened or closed since", timeout=60)
        self.row(window, "8090 TCP").click()
        window.find("list item", "Declared: A way in")
        window.find("push button", "Close the Rule").click()
        window.find("label", "“A way in” closed", timeout=15)
        wait_for("it closed", lambda: rule["id"] not in [each["id"] for each in desk.rules()], 15)

    def test_a_rule_for_what_has_none(self):
        window = self.open()
        self.row(window, f"{WEB} TCP").click()
        window.find("push button", "Make a Rule for It…").click()
        window.dialog()
        wait_for("the target", lambda: any(node.text() == f"127.0.0.1:{WEB}" for node in window.all("text")))
        window.shoot("exposure-make-rule")

    def test_running_and_cancelled(self):
        window = self.open()
        home.mute_router(True)
        self.addCleanup(home.mute_router, False)
        window.find("push button", holds="Check Now").click()
        window.find("push button", "Cancel", timeout=15)
        window.shoot("exposure-running")
        window.find("push button", "Cancel").click()
        window.find("push button", holds="Check Now", timeout=30)

    def test_two_hundred(self):
        sockets = []
        for _ in range(200):
            one = home.socket("pc")
            one.bind(("0.0.0.0", 0))
            one.listen(8)
            sockets.append(one)
            self.addCleanup(one.close)
        desk.run(desk_ctl(), "check", "exposure", "--vantage", "machine", "--json", timeout=120)
        window = self.page()
        window.find("label", holds="doors stand open", timeout=30)
        self.row(window, f"{REDIS} TCP")
        window.shoot("exposure-full")
        window.key("ctrl+f")
        window.type(str(sockets[117].getsockname()[1]))
        self.row(window, f"{sockets[117].getsockname()[1]} TCP")

    def test_dark_and_narrow(self):
        desk.env["ADW_DEBUG_COLOR_SCHEME"] = "prefer-dark"
        window = self.open()
        self.row(window, f"{REDIS} TCP").click()
        window.shoot("exposure-dark")
        window.resize(360, 700)
        window.row_role = "list item"
        window.find("push button", "Hide details").click()
        self.row(window, f"{REDIS} TCP")
        window.shoot("exposure-narrow")
        self.row(window, f"{REDIS} TCP").click()
        window.find("label", "How It Can Be Reached")
        window.shoot("exposure-narrow-details")


class TestPreferences(Case):
    def test_kept_by_the_worker(self):
        window = Window(self, desk, screen)
        window.key("ctrl+comma")
        window.dialog()
        box = window.find("check box", "Tell of New Listeners")
        box.do()
        wait_for("notices", lambda: desk.ctl("listeners")["notify"], 10)
        window.shoot("exposure-preferences")
        window.find("check box", "Tell of New Listeners").do()
        wait_for("no notices", lambda: not desk.ctl("listeners")["notify"], 10)


class TestListeners(Case):
    def test_live(self):
        window = self.page()
        window.find("page tab", "Listeners").click()
        self.row(window, "redis-server, ")
        window.shoot("exposure-listeners")
        one = home.socket("pc")
        one.bind(("0.0.0.0", 45454))
        one.listen(1)
        self.row(window, "45454 TCP", timeout=20)
        one.close()
        window.wait_gone(window.row_role, holds="45454 TCP", timeout=20)


def desk_ctl():
    return str(harness.desks.BUILD / "src/cli/portolanctl")


if __name__ == "__main__":
    harness.need("Xvfb", "xdotool", "import", "dbus-daemon", "upnpc", "redis-server", "nginx", "ss")
    try:
        rig.enter()
    except rig.Unavailable as why:
        harness.tap.skip_all(str(why))
    harness.run(sys.modules[__name__])

# SPDX-License-Identifier: GPL-3.0-or-later
"""The wizards as a person drives them: in a window of their own over the application's."""

import os
import random
import shutil
import subprocess
import sys
import time

import harness
from harness import tap, wait_for

ENTERED = "PORTOLAN_WIZARDS_ENTERED"


def private_network():
    """Runs this program anew where there is no network but loopback: nothing here is to ask a real router."""
    if os.environ.get(ENTERED):
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        return
    if not shutil.which("unshare") or not shutil.which("ip"):
        tap.skip_all("unshare or ip is not installed")
    command = ["unshare", "--net"] + ([] if os.geteuid() == 0 else ["--map-root-user"])
    probe = subprocess.run(command + ["true"], capture_output=True, text=True, check=False)
    if probe.returncode:
        tap.skip_all("no network namespace can be made here: " + probe.stderr.strip())
    os.execvpe(command[0], command + [sys.executable] + sys.argv, dict(os.environ, **{ENTERED: "1"}))


class SharedScreen(harness.Screen):
    """A screen that other network namespaces reach too: by its socket's path, on a number that nobody has."""

    def __init__(self, width=1280, height=900):
        for _ in range(20):
            number = random.randrange(100, 10000)
            path = f"/tmp/.X11-unix/X{number}"
            if os.path.exists(path):
                continue
            self.server = subprocess.Popen(["Xvfb", f":{number}", "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp",
                                            "-noreset"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            wait_for("the virtual screen", lambda: os.path.exists(path) or self.server.poll() is not None, 10)
            if self.server.poll() is None:
                self.display = f":{number}"
                return
        tap.skip_all("no virtual screen: Xvfb does not start here")


class Wizard:
    """One wizard that is open over @window."""

    def __init__(self, window, title):
        """@title: of the wizard, and of the button in the empty inventory that opens it."""
        self.window = window
        self.title = title
        window.find("push button", holds=title).click()
        self.enter()

    def enter(self):
        """Goes on in the wizard's window, once it is there."""
        self.window.dialog()
        self.surface = self.window.stack[-1]
        self.top = wait_for(f"the window “{self.title}”", self._find_top, 10)

    def _find_top(self):
        return next((child for child in self.window.top.children() if child.name == self.title), None)

    # -- what is seen ------------------------------------------------------------------------------

    def find(self, *args, **kwargs):
        return self.top.find(*args, **kwargs)

    def sees(self, *args, **kwargs):
        return bool(self.top.all(*args, **kwargs))

    def at(self, heading, timeout=10.0):
        """Waits until the page with this heading is shown."""
        self.find("label", heading, timeout=timeout)
        return self

    def says(self, part, timeout=10.0):
        """Waits until a label with @part in it is shown."""
        return self.find("label", holds=part, timeout=timeout)

    def all(self, *args, **kwargs):
        return self.top.all(*args, **kwargs)

    def labels(self):
        return [node.name for node in self.top.all("label")]

    def chosen(self, row):
        return self.find("combo box", row).description

    def gone(self, timeout=10.0):
        wait_for(f"“{self.title}” to go", lambda: self.surface not in self.window.surfaces(), timeout)
        self.window.focus()

    # -- what is done ------------------------------------------------------------------------------

    def press(self, button):
        self.ready(button).click()
        return self

    def ready(self, button, timeout=10.0):
        """Waits until the button can be pressed: one that leads on is there, and grey, while something is looked up."""
        return wait_for(f"a button “{button}” that can be pressed",
                        lambda: next((node for node in self.all("push button", button) if node.has("sensitive")), None),
                        timeout, step=0.05)

    def key(self, *keys):
        self.window.key(*keys)
        return self

    def activate(self, row):
        """Clicks the row with this title."""
        self._show(self.find("label", row)).click()
        return self

    def type(self, text):
        self.window.type(text)
        return self

    def fill(self, field, text):
        """Types @text into the entry row called @field, in place of what is there."""
        self._show(self.find("text", field)).click()
        time.sleep(0.1)
        self.window.key("ctrl+a", "BackSpace")
        self.window.type(text)
        wait_for(f"“{text}” in {field}", lambda: self.find("text", field).text() == text, 5)
        return self

    def choose(self, row, index, value=None):
        """Opens the choice of @row and takes the one at @index (called @value), by keyboard."""
        self._show(self.find("combo box", row)).click()
        time.sleep(0.3)
        self.window.key("Home", *["Down"] * index, "Return")
        if value:
            wait_for(f"{row}: {value}, not {self.chosen(row)}", lambda: self.chosen(row) == value)
        return self

    def _show(self, node):
        """Scrolls until @node can be clicked: it lies between the header bar and the footer."""
        height = int(dict(line.split("=") for line in
                          self.window.xdo("getwindowgeometry", "--shell", self.surface))["HEIGHT"])
        self.window.xdo("mousemove", "--window", self.surface, 30, height // 2)
        for _ in range(40):
            _, y, _, size = node.box()
            if 70 < y and y + size < height - 110:
                break
            self.window.xdo("click", 4 if y <= 70 else 5)
            time.sleep(0.1)
        return node

    def shoot(self, name):
        return self.window.shoot(name)


class Dialog(Wizard):
    """Another window over @window, that has come up already."""

    def __init__(self, window, title):
        self.window = window
        self.title = title
        self.enter()

# SPDX-License-Identifier: GPL-3.0-or-later
"""The real window on a screen of its own, seen and driven as a person with assistive technology would.

One Screen and one Desk (a private bus with the real worker, and the accessibility bus) for a test program, a
Window for each test. What is on screen is found by role and name; clicks and keys are real ones, by XTest.
"""

import datetime
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "support"), str(HERE.parent / "rig")]

import desk as desks  # noqa: E402
import tap  # noqa: E402
from rig import wait_for  # noqa: E402

# Of the frame that GTK draws around a window where nobody else does.
SHADOW = 5

PROGRAM = desks.BUILD / "src/gui/portolan"
SCHEMAS = desks.BUILD / "data/settings"
SCREENSHOTS = desks.BUILD / "tests/gui/screenshots"

# A warning of the application is a failure, but not one of a desktop that is not there.
QUIET = ("dbind-WARNING", "SpiRegistry", "dbus-daemon", "Failed to set fd limit")

pyatspi = GLib = None  # once there is a bus: see connect()


def need(*programs):
    """Skips everything where one of @programs is missing."""
    for program in programs:
        if not shutil.which(program):
            tap.skip_all(f"{program} is not installed")
    if not PROGRAM.exists():
        tap.skip_all("the application was built without its window")


class Screen:
    """A virtual screen on a free display number."""

    def __init__(self, width=1280, height=900):
        read, write = os.pipe()
        self.server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp", "-noreset"],
            pass_fds=[write], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(write)
        with os.fdopen(read) as answer:
            number = answer.readline().strip()
        if not number:
            tap.skip_all("no virtual screen: Xvfb does not start here")
        self.display = f":{number}"

    def shoot(self, name):
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        path = SCREENSHOTS / f"{name}.png"
        subprocess.run(["import", "-display", self.display, "-window", "root", str(path)], check=True)
        return path

    def close(self):
        self.server.terminate()
        self.server.wait()


class Desk(desks.Desk):
    """A session with what a window needs besides."""

    def reload_bus(self):
        self.run("dbus-send", "--session", "--print-reply", "--dest=org.freedesktop.DBus", "/org/freedesktop/DBus",
                 "org.freedesktop.DBus.ReloadConfig")

    @staticmethod
    def seconds(time):
        """RFC 3339 -> Unix seconds."""
        return int(datetime.datetime.fromisoformat(time.replace("Z", "+00:00")).timestamp())


def make_desk(screen, home=None):
    """A session in which the window can be seen by assistive technology. @home: the rig, or None for here."""
    desk = Desk(home, desktop_services=True)
    settings = desk.dir / "config/gtk-4.0"
    settings.mkdir(parents=True)
    (settings / "settings.ini").write_text("[Settings]\ngtk-font-name=Cantarell 11\ngtk-enable-animations=false\n")
    share = desk.dir / "share"
    share.mkdir()
    (share / "icons").symlink_to(desks.SOURCE / "icons")
    # Settings in a file: what the window remembers outlives it, and is nobody else's.
    desk.env.update(
        DISPLAY=screen.display, GDK_BACKEND="x11", GSK_RENDERER="cairo", GTK_A11Y="atspi", GSETTINGS_BACKEND="keyfile",
        GSETTINGS_SCHEMA_DIR=str(SCHEMAS), G_DEBUG="fatal-warnings", XDG_DATA_DIRS=f"{share}:/usr/local/share:/usr/share",
        XDG_SESSION_TYPE="x11", TZ="UTC")
    for name in ("WAYLAND_DISPLAY", "AT_SPI_BUS_ADDRESS", "GTK_THEME", "ADW_DEBUG_COLOR_SCHEME"):
        desk.env.pop(name, None)
    return desk


def connect(desk):
    """Looks at the accessibility bus of @desk; once in a program's life."""
    global pyatspi, GLib
    if pyatspi:
        return
    for name in ("DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "XDG_RUNTIME_DIR"):
        os.environ[name] = desk.env[name]
    os.environ.pop("AT_SPI_BUS_ADDRESS", None)
    import pyatspi as module
    from gi.repository import GLib as glib
    pyatspi, GLib = module, glib


# What a thing is does not change, and each question goes over the bus and back: asked once.
ROLES = {}
# Whether it is a window or menu of its own.
NATIVES = {}
# Those that hold nothing.
LEAVES = {"label", "image", "icon", "separator"}


class Node:
    """One accessible thing. Comparing names is exact, or by what a name begins with, ends with or holds."""

    def __init__(self, window, accessible, native=None):
        self.window = window
        self.accessible = accessible
        self.native = native  # the window or menu that it is in

    @property
    def name(self):
        """None that is left, where it went away while we looked."""
        try:
            return self.accessible.name or ""
        except GLib.GError:
            return ""

    @property
    def role(self):
        role = ROLES.get(self.accessible)
        if role is None:
            role = ROLES[self.accessible] = self.accessible.getRoleName()
        return role

    @property
    def description(self):
        # GTK 4.8 does not tell that it changed.
        self.accessible.clear_cache()
        return self.accessible.description or ""

    def has(self, state):
        try:
            return self.accessible.getState().contains(getattr(pyatspi, f"STATE_{state.upper()}"))
        except GLib.GError:
            return False

    @property
    def showing(self):
        # GTK 4.8 tells only of windows that they show; what is squeezed out has no size.
        if not self.has("visible"):
            return False
        try:
            return min(self.box()[2:]) > 1
        except Exception:
            return True

    @property
    def is_native(self):
        native = NATIVES.get(self.accessible)
        if native is None:
            native = NATIVES[self.accessible] = (self.role in ("frame", "dialog", "alert dialog")
                                                 or self.name in ("GtkPopoverMenu", "GtkPopover"))
        return native

    def children(self):
        if self.role in LEAVES:
            return
        for index in range(self.accessible.childCount):
            child = self.accessible.getChildAtIndex(index)
            if child is None:
                continue
            node = Node(self.window, child, self.native)
            if node.is_native:
                node.native = node
            yield node

    def walk(self):
        """It and everything below it that is on screen."""
        queue = [self]
        while queue:
            node = queue.pop(0)
            yield node
            try:
                queue.extend(child for child in node.children() if child.has("visible"))
            except Exception:  # it went away while we looked
                continue

    def matches(self, role=None, name=None, holds=None, showing=True):
        for node in self.walk():
            try:
                if role and node.role != role:
                    continue
                if name is not None and node.name != name:
                    continue
                if holds is not None and holds not in node.name:
                    continue
                if showing and not node.showing:
                    continue
            except Exception:
                continue
            yield node

    def all(self, role=None, name=None, holds=None, showing=True):
        return list(self.matches(role, name, holds, showing))

    def find(self, role=None, name=None, holds=None, timeout=10.0):
        what = f"a {role or 'thing'} {name or holds or ''} on screen"
        return wait_for(what, lambda: next(self.matches(role, name, holds), None), timeout, step=0.05)

    def wait_gone(self, role=None, name=None, holds=None, timeout=10.0):
        wait_for(f"{name or holds or role} to go away", lambda: not self.all(role, name, holds), timeout, step=0.05)

    def box(self):
        """Where it is in the window: x, y, width, height."""
        extents = self.accessible.queryComponent().getExtents(pyatspi.WINDOW_COORDS)
        return extents.x + self.window.shadow, extents.y + self.window.shadow, extents.width, extents.height

    def click(self, button=1, times=1):
        x, y, width, height = self.box()
        surface, dx, dy = self.window.locate(self.native)
        self.window.click_at(surface, x + dx + width // 2, y + dy + height // 2, button, times)
        return self

    def do(self, index=0):
        """Its action, as assistive technology does it."""
        self.accessible.queryAction().doAction(index)

    def text(self):
        text = self.accessible.queryText()
        return text.getText(0, text.characterCount)

    def dump(self, depth=0):
        lines = [f"{'  ' * depth}{self.role} {self.name!r}"]
        for child in self.children():
            lines.append(child.dump(depth + 1))
        return "\n".join(lines)


def run(module):
    tap.main(module.__name__)


class Window:
    """The application, from its first frame to its end."""

    def __init__(self, test, desk, screen, *args, width=1180, height=760):
        self.desk = desk
        self.screen = screen
        self.shadow = SHADOW
        self.path = desk.dir / "window.log"
        self.log = open(self.path, "wb")
        self.process = desk.popen(PROGRAM, *args, stdout=self.log, stderr=self.log)
        if test:
            test.addCleanup(self.close)
        self.row_role = "table row"
        self.surface = wait_for("the window", self.find_surface, 15)
        self.stack = [self.surface]  # windows, the one with the focus last
        self.resize(width, height)
        self.top = wait_for("the window's accessible", self.find_accessible, 15)

    # -- on the X side -----------------------------------------------------------------------------

    def xdo(self, *args, check=True):
        result = subprocess.run(["xdotool", *map(str, args)], env=self.desk.env, capture_output=True, text=True,
                                check=False)
        if check and result.returncode:
            raise AssertionError(f"xdotool {args}: {result.stderr}")
        return result.stdout.split()

    def surfaces(self):
        return self.xdo("search", "--onlyvisible", "--pid", self.process.pid, check=False)

    def find_surface(self):
        self.check_alive()
        surfaces = self.surfaces()
        return surfaces[-1] if surfaces else None

    def focus(self):
        """There is no window manager here: the focus goes where it is put."""
        there = self.surfaces()
        self.stack = [surface for surface in self.stack if surface in there]
        assert self.stack, f"the window is gone:\n{self.text_log()}"
        self.xdo("windowfocus", self.stack[-1])

    def dialog(self):
        """Goes on in the dialog that has come up."""
        def find():
            return next((surface for surface in self.surfaces() if surface not in self.stack), None)
        self.stack.append(wait_for("a dialog", find))
        self.focus()
        time.sleep(0.2)

    def locate(self, native):
        """The surface of a window or menu, and how far the boxes in it are off."""
        if native is None or native.role == "frame" and native.name == "Portolan":
            return self.surface, 0, 0
        x, y, width, height = native.box()
        popover = native.name.startswith("GtkPopover")
        for surface in reversed(self.surfaces()):
            shape = dict(line.split("=") for line in self.xdo("getwindowgeometry", "--shell", surface))
            if popover and (int(shape["WIDTH"]), int(shape["HEIGHT"])) == (width, height):
                return surface, -x, -y
            if not popover and " ".join(self.xdo("getwindowname", surface)) == native.name:
                return surface, 0, 0
        return (self.stack[-1], -x, -y) if popover else (self.stack[-1], 0, 0)

    def resize(self, width, height):
        self.xdo("windowsize", self.surface, width, height)
        self.focus()
        time.sleep(0.3)

    def click_at(self, surface, x, y, button=1, times=1):
        self.xdo("mousemove", "--window", surface, int(x), int(y))
        time.sleep(0.05)
        self.xdo("click", "--repeat", times, "--delay", 60, button)
        time.sleep(0.05)

    def key(self, *keys):
        self.focus()
        for name in keys:
            self.xdo("key", "--clearmodifiers", name)
            time.sleep(0.06)

    def type(self, text):
        self.focus()
        self.xdo("type", "--delay", "12", text)

    def shoot(self, name):
        time.sleep(0.15)
        return self.screen.shoot(name)

    # -- on the accessible side --------------------------------------------------------------------

    def find_accessible(self):
        self.check_alive()
        registry = pyatspi.Registry.getDesktop(0)
        for application in registry:
            if application is None:
                continue
            try:
                if application.get_process_id() != self.process.pid:
                    continue
                for window in application:
                    if window is not None:
                        return Node(self, application)
            except Exception:
                continue
        return None

    def find(self, *args, **kwargs):
        return self.top.find(*args, **kwargs)

    def all(self, *args, **kwargs):
        return self.top.all(*args, **kwargs)

    def wait_gone(self, *args, **kwargs):
        return self.top.wait_gone(*args, **kwargs)

    def details(self):
        """The pane beside the table."""
        return self.find("filler", "PtlDetailsPane")

    def menu(self, name):
        """An item of a menu that is open."""
        def find():
            return next((node for role in ("menu item", "check menu item", "radio menu item")
                         for node in self.all(role, name)), None)
        node = wait_for(f"the menu item {name}", find, step=0.05)
        time.sleep(0.15)
        return node

    def focused(self):
        for node in self.top.walk():
            try:
                if node.has("focused") and node.showing:
                    return node
            except Exception:
                continue
        return None

    # -- its life ----------------------------------------------------------------------------------

    def text_log(self):
        return self.path.read_text(errors="replace")

    def complaints(self):
        return [line for line in self.text_log().splitlines()
                if any(word in line for word in ("WARNING", "CRITICAL", "ERROR")) and not any(q in line for q in QUIET)]

    def check_alive(self):
        if self.process.poll() is not None:
            raise AssertionError(f"the window ended with {self.process.returncode}:\n{self.text_log()}")

    def quit(self, timeout=10):
        """As a person quits; what it remembers is written by then."""
        self.key("ctrl+q")
        self.process.wait(timeout)
        assert self.process.returncode == 0, f"ended with {self.process.returncode}:\n{self.text_log()}"

    def close(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.log.close()
        complaints = self.complaints()
        assert not complaints, "the window complained:\n" + "\n".join(complaints)

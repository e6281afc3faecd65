# SPDX-License-Identifier: GPL-3.0-or-later
"""`./dev bench window`: with 1,000 rules open and 10,000 closed ones in the store, how fast the window's table fills,
and how fast a search answers. The window itself says when a frame is painted (G_MESSAGES_DEBUG=ptl-gui)."""

import datetime
import pathlib
import re
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "gui")]
import harness  # noqa: E402
from harness import Window, desks, wait_for  # noqa: E402
from table import median, show, verdict  # noqa: E402

OPEN, CLOSED, FIRST_PORT = 1000, 10000, 20000
LINE = re.compile(r"ptl-gui-DEBUG: (\S+): (\w+): ([\d.]+) ms \(([\d.]+) ms of processor time\)")
WORDS = ("minecraft", "jellyfin", "staging 12", "ann", "20017")


class Said:
    """What the window says about itself: (when painted, what, ms, ms of processor time)."""

    def __init__(self, window):
        self.window = window
        self.seen = 0

    def lines(self, what=None):
        found = [(self.clock(when), name, float(wall), float(processor))
                 for when, name, wall, processor in LINE.findall(self.window.text_log())]
        return [line for line in found if what is None or line[1] == what]

    @staticmethod
    def clock(text):
        time_of_day = datetime.datetime.strptime(text, "%H:%M:%S.%f")
        return (time_of_day - time_of_day.replace(hour=0, minute=0, second=0, microsecond=0)).total_seconds() * 1000

    def next(self, what, before, timeout=10.0):
        """The first line about @what beyond the @before that there were."""
        return wait_for(f"a frame for {what}", lambda: (self.lines(what)[before:] or [None])[0], timeout, step=0.01)


def key(window, said, name):
    before = len(said.lines("search"))
    window.key(name)
    line = said.next("search", before)
    time.sleep(0.1)
    return line


def search(window, said):
    """Each key of each search, as somebody types."""
    wall, processor = [], []
    window.key("ctrl+f")
    for words in WORDS:
        for letter in words:
            line = key(window, said, "space" if letter == " " else letter)
            wall.append(line[2])
            processor.append(line[3])
        window.key("ctrl+a")
        line = key(window, said, "BackSpace")
        wall.append(line[2])
        processor.append(line[3])
        time.sleep(1)
    return wall, processor


def row(what, values, limit):
    return [what, f"{median(values):.0f}", f"{sorted(values)[int(len(values) * 0.95)]:.0f}", f"{max(values):.0f}", limit,
            verdict(median(values), limit)]


def measure(screen, desk):
    desk.env["G_MESSAGES_DEBUG"] = "ptl-gui"
    desk.env["G_DEBUG"] = ""
    started = time.monotonic()
    desk.ctl("status")
    ready = (time.monotonic() - started) * 1000
    window = Window(None, desk, screen)
    said = Said(window)
    try:
        window.find("table row", holds=", Open, ", timeout=30)
        first = said.lines("window")[0][0]
        filled = said.next("table", 0)[0] - first
        rows = len(window.all("table row", showing=False))
        window.find("page tab", "History").click()
        history = said.next("history", 0)
        window.find("page tab", "Open").click()
        time.sleep(1)
        wall, processor = search(window, said)
    finally:
        window.close()
    show(f"{OPEN} rules open, {CLOSED} closed in the store, ms", ["what", "median", "95 %", "worst", "target", "holds"], [
        row("worker ready, cold (the command line included)", [ready], 1000),
        row("window's first frame -> table filled", [max(filled, 0)], 1000),
        row("History asked for -> filled", [history[2]], 1000),
        row("key of a search -> painted", wall, 50),
        row("   of it this program's processor time", processor, 50),
    ])
    print(f"  rows of widgets for {OPEN} rules: {rows}")


def main():
    harness.need("Xvfb", "xdotool", "dbus-daemon")
    screen = harness.Screen()
    desk = harness.make_desk(screen)
    try:
        subprocess.run([desks.BUILD / "tests/bench/seed-store", desk.state, str(OPEN), str(CLOSED), str(FIRST_PORT)], check=True)
        harness.connect(desk)
        measure(screen, desk)
    finally:
        desk.close()
        screen.close()


if __name__ == "__main__":
    main()

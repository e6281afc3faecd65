# SPDX-License-Identifier: GPL-3.0-or-later
"""`./dev screenshot FILE`: the window as it really looks, with rules that are really open in the simulated home."""

import os
import shutil
import subprocess
import sys
import time

import harness
import rig

try:
    rig.enter()
except rig.Unavailable as reason:
    sys.exit(f"The simulated network cannot be made here: {reason}")


def open_rules(home, desk):
    home.echo_server("pc", 25565)
    home.echo_server("pc", 8096)
    home.echo_server("nas", 8080, rig.NAS)
    terms = ("--owner", "ann")
    desk.ctl("open", "game", "Minecraft: Java Edition", *terms, "--purpose", "friday game", "--for", "3h")
    desk.ctl("open", "mapping", "--port", "8096", "--name", "Films for the family", *terms, "--purpose", "sister's visit",
             "--allow", f"{rig.FRIEND}/32", "--for", "2d")
    desk.ctl("open", "forward", "--listen", f"{rig.PC}:9000", "--to", f"{rig.NAS}:8080", "--name", "Print shop preview",
             "--owner", "bert", "--purpose", "show the new site", "--for", "45m")
    desk.ctl("open", "mapping", "--port", "27015", "--protocol", "udp", "--name", "Team match", "--owner", "celia",
             "--purpose", "training", "--for", "90m")


def main():
    home = rig.Home()
    screen = harness.Screen(1180, 760)
    desk = harness.make_desk(screen, home)
    harness.connect(desk)
    try:
        open_rules(home, desk)
        friends = [home.connect(25565) for _ in range(3)]
        for friend in friends:
            friend.sendall(os.urandom(200000))
        window = harness.Window(None, desk, screen, width=1180, height=760)
        window.find(holds="Minecraft: Java Edition").click()
        time.sleep(2.5)
        window.xdo("mousemove", 600, 700)
        time.sleep(0.5)
        shot = screen.shoot("readme")
        subprocess.run(["convert", str(shot), "-crop", "1170x750+5+5", "+repage", str(shot)], check=True)
        shutil.copy(shot, sys.argv[1])
        window.close()
    finally:
        desk.close()
        screen.close()
        home.close()


main()

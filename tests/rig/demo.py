# SPDX-License-Identifier: GPL-3.0-or-later
"""`./dev demo`: the application in a simulated home network.

The pc of the rig runs the worker and the window, beside a real "game server" on Minecraft's port. A friend on
the simulated internet tries the router's public address once a second and says here what comes of it.
"""

import os
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import desk as desks  # noqa: E402
import rig  # noqa: E402

GAME_PORT = 25565
WATCHED = (25565, 8080, 2222, 7777, 27015)


def say(text):
    print(f"\033[1;34m[demo]\033[0m {text}", flush=True)


def watch(home, done):
    """The friend: knocks at the ports that the router leads in, and tells each change."""
    known = {}
    while not done.wait(1.0):
        ports = set(WATCHED) | set(known) | mapped_ports(home)
        for port in sorted(ports):
            reached = home.reached(port, timeout=0.5)
            if reached and not known.get(port):
                say(f"friend on the internet: {rig.WAN}:{port} answers!")
            elif known.get(port) and not reached:
                say(f"friend on the internet: {rig.WAN}:{port} does not answer any more.")
            known[port] = reached


def mapped_ports(home):
    words = home.router_rules().split()
    return {int(words[i + 1]) for i, word in enumerate(words[:-1]) if word == "dport" and words[i + 1].isdigit()}


def keep_display(env):
    """The session has a runtime directory of its own: name the display's socket in full."""
    display, runtime = os.environ.get("WAYLAND_DISPLAY"), os.environ.get("XDG_RUNTIME_DIR")
    if display and runtime and not display.startswith("/"):
        env["WAYLAND_DISPLAY"] = os.path.join(runtime, display)


def main():
    try:
        rig.enter()
    except rig.Unavailable as reason:
        sys.exit(f"The simulated network cannot be made here: {reason}")
    home = rig.Home()
    desk = desks.Desk(home, desktop_services=True)
    desk.env.pop("GSETTINGS_BACKEND", None)
    keep_display(desk.env)
    home.echo_server("pc", GAME_PORT)
    home.echo_server("nas", 8080, rig.NAS)
    say(f"A home network: this computer {rig.PC}, a second one {rig.NAS}, the router {rig.LAN}.")
    say(f"The router's public address is {rig.WAN}; a friend sits at {rig.FRIEND}.")
    say(f"A game server listens on this computer, port {GAME_PORT} (Minecraft's). Open it, and watch here.")
    done = threading.Event()
    watcher = threading.Thread(target=watch, args=(home, done))
    watcher.start()
    try:
        run(desk)
    except KeyboardInterrupt:
        pass
    finally:
        done.set()
        watcher.join()
        desk.close()
        home.close()


def run(desk):
    if "--shell" in sys.argv[1:]:
        desk.env["PATH"] = f"{desks.CTL.parent}:{desk.env['PATH']}"
        desk.env["PS1"] = "demo$ "
        say("Try: portolanctl open game 'Minecraft: Java Edition' --owner me --purpose 'friday game' --for 2m")
        desk.popen("bash", "--norc", "-i").wait()
        return
    # Display sockets are files: they are reached from any network namespace.
    say("Close the window to end the demo.")
    started = time.monotonic()
    window = desk.popen(desks.BUILD / "src/gui/portolan", *sys.argv[1:])
    code = window.wait()
    if code and time.monotonic() - started < 5:
        subprocess.run(["tail", "-n", "20", str(desk.dir / "session.log")], check=False)
        say(f"The window ended with code {code}.")


main()

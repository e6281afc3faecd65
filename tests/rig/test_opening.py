# SPDX-License-Identifier: GPL-3.0-or-later
"""What opening a rule makes of what answers at its target: real services of Debian on ports that are not theirs, behind a
real router. What must not be before strangers is refused with a better way, and opened with a typed reason, which is
logged; what may be is opened, and nobody waits for the silent."""

import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import threading
import time
import unittest

sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)),
                os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support")]
import desk as desks  # noqa: E402
import rig  # noqa: E402
import tap  # noqa: E402
from rig import wait_for  # noqa: E402

# nginx with a page behind a password, an open one, and one that says what a Docker API says (an emulator of its answers:
# no Docker runs in a test).
NGINX = """
daemon off;
master_process off;
pid {dir}/nginx.pid;
error_log {dir}/nginx.err;
events {{ }}
http {{
  access_log off;
  client_body_temp_path {dir}; proxy_temp_path {dir}; fastcgi_temp_path {dir}; uwsgi_temp_path {dir};
  scgi_temp_path {dir};
  server {{
    listen 0.0.0.0:26001;
    auth_basic "at home"; auth_basic_user_file {dir}/users;
    root {dir}/pages;
  }}
  server {{
    listen 0.0.0.0:26002;
    default_type text/html;
    location / {{ return 200 "<html><title>My own page</title></html>"; }}
  }}
  server {{
    listen 0.0.0.0:26003;
    default_type application/json;
    add_header Api-Version 1.43 always; add_header Docker-Experimental false always; add_header Ostype linux always;
    server_tokens off;
    location = /version {{
      return 200 '{{"Platform":{{"Name":"Docker Engine - Community"}},"Version":"24.0.7","ApiVersion":"1.43","MinAPIVersion":"1.12","Os":"linux","Arch":"amd64","KernelVersion":"6.1.0"}}';
    }}
    location / {{ return 404 '{{"message":"page not found"}}'; }}
  }}
}}
"""


class OpeningTest(unittest.TestCase):
    def live_in(self, **kwargs):
        self.home = rig.Home(**kwargs)
        self.addCleanup(self.home.close)
        self.desk = desks.Desk(self.home)
        self.addCleanup(self.desk.close)

    def start(self, port, *command):
        self.home.children.append(subprocess.Popen(["ip", "netns", "exec", "pc", *map(str, command)],
                                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        wait_for(command[0], lambda: f":{port:04X} " in self.home.ns("pc", "cat", "/proc/net/tcp").stdout, 10)

    def start_nginx(self):
        folder = pathlib.Path(self.home.dir) / "pages"
        folder.mkdir()
        (folder / "users").write_text("ann:{PLAIN}secret\n")
        (folder / "pages").mkdir()
        (folder / "pages/index.html").write_text("hello")
        (folder / "nginx.conf").write_text(NGINX.format(dir=folder))
        self.start(26003, "nginx", "-c", folder / "nginx.conf", "-p", folder)

    def open(self, port, *args):
        began = time.monotonic()
        shown = self.desk.run(desks.CTL, "open", "mapping", "--json", "--port", port, "--owner", "ann", "--purpose", "test",
                              "--for", "1h", *args)
        return shown, time.monotonic() - began

    def assert_refused(self, port, *words, args=()):
        for _ in range(3):
            shown, _ = self.open(port, *args)
            if shown.returncode != 0:
                break
            # Too busy for the moment that it was given: then it is closed again.
            wait_for("the rule closed", lambda: not self.desk.rules(), 15)
        self.assertEqual(shown.returncode, 3, shown.stdout + shown.stderr)
        error = json.loads(shown.stderr)["error"]
        self.assertEqual(error["code"], "policy")
        for word in words:
            self.assertIn(word, error["message"])
        self.assertIn("VPN", error["advice"])
        self.assertIn("--override", error["advice"])
        self.assertFalse(self.home.router_holds(port))

    def assert_opened(self, port, *args):
        shown, took = self.open(port, *args)
        self.assertEqual(shown.returncode, 0, shown.stderr)
        self.assertTrue(self.home.router_holds(port))
        return json.loads(shown.stdout), took

    @unittest.skipUnless(shutil.which("redis-server"), "redis-server is not installed")
    def test_database(self):
        self.live_in()
        self.start(26000, "redis-server", "--port", "26000", "--save", "", "--protected-mode", "no")
        self.assert_refused(26000, "Redis", "127.0.0.1:26000")
        # A typed reason opens it, and is in the row and in the log.
        rule, _ = self.assert_opened(26000, "--override", "a test bed without data")
        self.assertEqual(rule["override"], "a test bed without data")
        log = json.dumps(self.desk.ctl("log"))
        self.assertIn("a test bed without data", log)
        self.desk.ctl("close", rule["id"])
        # For networks that need it, it may be opened.
        self.assert_opened(26000, "--allow", "203.0.113.0/24")

    @unittest.skipUnless(shutil.which("nginx"), "nginx is not installed")
    def test_web(self):
        self.live_in()
        self.start_nginx()
        self.assert_refused(26003, "Docker")
        rule, _ = self.assert_opened(26001)
        self.assertEqual(rule["answering"]["auth"], "protected")
        rule, _ = self.assert_opened(26002)
        self.assertEqual((rule["answering"]["product"], rule["answering"]["auth"]), ("nginx", "open"))

    def talk(self, port, speak, address="0.0.0.0"):
        """Somebody at @port who says to each that comes what @speak(socket) says."""
        listener = self.home.socket("pc")
        listener.bind((address, port))
        listener.listen(64)

        def serve(client):
            with client:
                try:
                    speak(client)
                except OSError:
                    pass

        def accept():
            while True:
                try:
                    client, _ = listener.accept()
                except OSError:
                    return
                threading.Thread(target=serve, args=(client,), daemon=True).start()

        def end():
            # A close alone does not wake who accepts.
            listener.shutdown(socket.SHUT_RDWR)
            listener.close()

        threading.Thread(target=accept, daemon=True).start()
        self.addCleanup(end)

    def test_silent_and_absent(self):
        """Nobody waits long for a service that says nothing, nor for one that is not there yet, that speaks its own
        language, or that never stops."""
        self.live_in()
        listener = self.home.socket("pc")
        listener.bind(("0.0.0.0", 26010))
        listener.listen(64)
        self.addCleanup(listener.close)

        def endless(client):
            while True:
                client.sendall(b"A" * 4096)

        def slow(client):
            # One byte at a time, until the other side has enough.
            client.settimeout(0.01)
            while True:
                client.sendall(b"x")
                try:
                    if client.recv(64) == b"":
                        return
                except TimeoutError:
                    pass

        self.talk(26014, endless)
        self.talk(26015, slow)
        self.home.echo_server("pc", 26013, "0.0.0.0")
        self.assert_opened(26011)
        absent, absent_took = self.assert_opened(26012)
        self.assertEqual(absent["answering"]["state"], "closed")
        silent, silent_took = self.assert_opened(26010)
        self.assertEqual((silent["answering"]["state"], silent["answering"]["service"]), ("open", None))
        for port in (26013, 26014, 26015):
            _, took = self.assert_opened(port)
            self.assertLess(took, 1.5)
        # What it really takes `./dev bench open` measures: this machine may be busy.
        self.assertLess(absent_took, 1.0)
        self.assertLess(silent_took, 1.5)

    @unittest.skipUnless(shutil.which("redis-server"), "redis-server is not installed")
    def test_says_it_late(self):
        """A database behind something slow has not said what it is when the rule opens: it is closed again at once, and
        the history and the log say why. Where the reason was typed before, it stays open."""
        self.live_in()
        self.start(26000, "redis-server", "--port", "26000", "--bind", "127.0.0.1", "--save", "", "--protected-mode", "no")

        def slow(client):
            with self.home.socket("pc") as database:
                database.connect(("127.0.0.1", 26000))
                database.settimeout(5)
                while asked := client.recv(4096):
                    database.sendall(asked)
                    answer = database.recv(65536)
                    threading.Event().wait(0.4)
                    client.sendall(answer)

        self.talk(26001, slow)
        rule, _ = self.assert_opened(26001)
        wait_for("the rule closed", lambda: not self.desk.rules(), 15)
        wait_for("the router without it", lambda: not self.home.router_holds(26001), 5)
        [closed] = self.desk.ctl("list", "--history")["rules"]
        self.assertEqual((closed["id"], closed["state"], closed["close_reason"]), (rule["id"], "closed", "revoked"))
        self.assertEqual(closed["error"]["code"], "policy")
        self.assertIn("Redis answers at 127.0.0.1:26001", closed["error"]["message"])
        self.assertIn("VPN", closed["error"]["advice"])
        self.assertIn("revoked: Redis answers at 127.0.0.1:26001", json.dumps(self.desk.ctl("log")))
        kept, _ = self.assert_opened(26001, "--override", "a test bed without data")
        self.assertEqual([rule["id"] for rule in self.desk.rules()], [kept["id"]])

    @unittest.skipUnless(shutil.which("redis-server"), "redis-server is not installed")
    def test_ways_around(self):
        """What is refused at first is refused by an edit too, and at the address that a router leads to itself."""
        self.live_in()
        self.start(26000, "redis-server", "--port", "26000", "--bind", rig.PC, "--save", "", "--protected-mode", "no")
        self.assert_refused(26000, "Redis", f"{rig.PC}:26000", args=("--to", rig.PC, "--direct"))
        # Guarded it would lead to the loopback, where nobody listens.
        rule, _ = self.assert_opened(26000)
        self.assertEqual(rule["answering"]["state"], "closed")
        shown = self.desk.run(desks.CTL, "edit", rule["id"], "--to", f"{rig.PC}:26000", "--json")
        self.assertEqual(shown.returncode, 3, shown.stdout + shown.stderr)
        self.assertEqual(json.loads(shown.stderr)["error"]["code"], "policy")
        self.desk.ctl("close", rule["id"])
        rule, _ = self.assert_opened(26000, "--to", rig.PC, "--direct", "--allow", "203.0.113.0/24")
        shown = self.desk.run(desks.CTL, "edit", rule["id"], "--anyone", "--json")
        self.assertEqual(shown.returncode, 3, shown.stdout + shown.stderr)

    def test_game_of_several_rules(self):
        """Each says what answers at its own target."""
        self.live_in()
        self.home.echo_server("pc", 26900, "0.0.0.0")
        rules = self.desk.ctl("open", "game", "7 Days to Die", "--owner", "ann", "--purpose", "friday", "--for", "1h")["rules"]
        self.assertGreater(len(rules), 1)
        self.assertEqual([rule["answering"]["state"] for rule in rules if rule["target"]["port"] == 26900], ["open"])
        for rule in rules:
            self.assertIn("answering", rule)

    def test_many_ports(self):
        """Of a range some are looked at."""
        self.live_in()
        self.home.echo_server("pc", 40001, "0.0.0.0")
        shown, took = self.open("40000-40019")
        self.assertEqual(shown.returncode, 0, shown.stderr)
        self.assertEqual(json.loads(shown.stdout)["answering"]["state"], "closed")
        self.assertLess(took, 5)

    @unittest.skipUnless(shutil.which("redis-server"), "redis-server is not installed")
    def test_asked_outright(self):
        self.live_in()
        self.start(26000, "redis-server", "--port", "26000", "--save", "", "--protected-mode", "no")

        def identify(target):
            return self.desk.run("gdbus", "call", "--session", "--dest", desks.BUS_NAME, "--object-path",
                                 "/io/github/portolan/Portolan", "--method",
                                 "io.github.portolan.Portolan.Worker1.IdentifyTarget", target, "tcp", "false")

        shown = identify("127.0.0.1:26000").stdout
        for word in ("'Redis'", "'open'", "'Refusal'", "'BetterWay'"):
            self.assertIn(word, shown)
        # Nobody else's services are looked at.
        self.assertIn("Error.Invalid", identify(f"{rig.FRIEND}:22").stderr)


if __name__ == "__main__":
    try:
        rig.enter()
    except rig.Unavailable as reason:
        tap.skip_all(str(reason))
    tap.main()

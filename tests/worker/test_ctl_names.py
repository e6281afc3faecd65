# SPDX-License-Identifier: GPL-3.0-or-later
"""portolanctl names: every verb, in text and in JSON, and that a password is asked for without an echo."""

import json
import os
import pty
import subprocess
import unittest

import names
import tap
from names import FIRST, HOME, SECRET
from session import BUILD, wait_for

CTL = BUILD / "src/cli/portolanctl"


class CtlNamesTest(names.NamesCase):
    def setUp(self):
        super().setUp()
        self.witness(FIRST)

    def ctl(self, *args, stdin=""):
        return subprocess.run([str(CTL), *map(str, args)], env=self.session.env, input=stdin, capture_output=True, text=True,
                              check=False, timeout=100)

    def json(self, *args, stdin=""):
        done = self.ctl(*args, "--json", stdin=stdin)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return json.loads(done.stdout)

    def fails(self, code, *args, stdin=""):
        text = self.ctl(*args, stdin=stdin)
        self.assertEqual(text.returncode, code, text.stdout + text.stderr)
        self.assertRegex(text.stderr, r"\Aportolanctl: [^\n]*[.…:][^\n]*\n\Z")
        return json.loads(self.ctl(*args, "--json", stdin=stdin).stderr)["error"]

    def add_args(self, *args):
        return ("names", "add", HOME, "--provider", "dyndns2", "--server", self.server.url("/nic/update"), "--user", "ann",
                "--secret-stdin", *args)

    def test_add_show_edit_update_remove(self):
        self.assertRegex(self.ctl("names").stdout, "names add")
        self.assertEqual(self.json("names"), {"names": []})
        added = self.json(*self.add_args("--refresh", 7), stdin=SECRET + "\nmore that is not read\n")
        self.assertRegex(added.pop("id"), r"\A[0-9a-f-]{36}\Z")
        self.assertRegex(added.pop("last_update"), r"\A\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\Z")
        self.assertRegex(added.pop("next_try"), r"Z\Z")
        self.assertEqual(added, {
            "hostname": HOME, "provider": "dyndns2", "server": self.server.url("/nic/update"), "user": "ann", "success": None,
            "ipv4": True, "ipv6": False, "refresh_days": 7, "state": "up-to-date", "published_ipv4": FIRST,
            "published_ipv6": None, "message": None, "advice": None})
        listed = self.ctl("names")
        self.assertRegex(listed.stdout, rf"\ANAME +STATE +PROVIDER +IPV4 +IPV6 +UPDATED\n{HOME} +up-to-date +dyndns2 +{FIRST} +- ")
        edited = self.json("names", "edit", HOME, "--refresh", 0, "--ipv6", "on")
        self.assertEqual((edited["refresh_days"], edited["ipv6"]), (0, True))
        self.assertIn("IPv6", edited["message"])
        self.assertEqual(self.json("names", "update", "home.ex")["state"], "up-to-date")
        self.assertEqual([query["hostname"] for query in self.asked()], [HOME, HOME])
        removed = self.ctl("names", "remove", HOME)
        self.assertEqual((removed.returncode, removed.stderr), (0, ""))
        self.assertIn(HOME, removed.stdout)
        self.assertEqual(self.json("names")["names"], [])
        whats = [event["what"] for event in self.json("log")["events"]]
        self.assertEqual(whats[:5], ["remove-name", "update-name", "edit-name", "update-name", "add-name"])

    def test_refusal_is_told(self):
        added = self.json(*self.add_args(), stdin="wrong")
        self.assertEqual(added["state"], "stopped")
        self.assertIn("password", added["message"])
        self.assertRegex(self.ctl("names").stdout, rf"{HOME}: .*password")
        self.assertEqual(self.fails(1, "names", "update", HOME)["code"], "failed")
        self.assertEqual(self.json("names", "edit", HOME, "--secret-stdin", stdin=SECRET)["state"], "up-to-date")

    def test_wrong_command_lines(self):
        self.assertIn("--provider", self.fails(2, "names", "add", HOME)["advice"])
        self.assertIn("missing", self.fails(2, *self.add_args(), stdin="")["message"])
        self.fails(2, *self.add_args("--ipv4", "maybe"), stdin=SECRET)
        self.fails(2, *self.add_args("--refresh", 1000), stdin=SECRET)
        self.fails(2, "names", "add", "home", "--provider", "desec", "--secret-stdin", stdin=SECRET)
        self.fails(2, "names", "edit", HOME)
        self.fails(2, "names", "fly")
        self.fails(2, "names", "remove")
        self.assertEqual(self.fails(5, "names", "remove", "nobody.example.org")["code"], "not-found")
        self.assertEqual(self.fails(5, "names", "update", "nobody.example.org")["code"], "not-found")
        self.assertEqual(self.ctl("names", "--help").returncode, 0)
        self.assertIn("rfc2136", self.ctl("names", "add", "--help").stdout)
        # A secret has no place on a command line.
        self.assertIn("no option", self.fails(2, *self.add_args("--secret", SECRET))["message"])

    def test_password_is_asked_for_without_an_echo(self):
        ours, theirs = pty.openpty()
        child = subprocess.Popen(
            [str(CTL), *[arg for arg in self.add_args() if arg != "--secret-stdin"]], env=self.session.env, stdin=theirs,
            stdout=theirs, stderr=theirs, close_fds=True)
        os.close(theirs)
        seen = b""
        while b"Password: " not in seen:
            seen += os.read(ours, 1000)
        os.write(ours, SECRET.encode() + b"\n")
        try:
            while data := os.read(ours, 1000):
                seen += data
        except OSError:
            pass
        os.close(ours)
        self.assertEqual(child.wait(30), 0, seen)
        self.assertNotIn(SECRET.encode(), seen)
        self.assertIn(b"up-to-date", seen)
        self.assertEqual(self.server.hosts[HOME], {"A": FIRST})
        self.assertEqual(len(wait_for("the name", self.names)), 1)


if __name__ == "__main__":
    tap.main()

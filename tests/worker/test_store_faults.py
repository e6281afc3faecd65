# SPDX-License-Identifier: GPL-3.0-or-later
"""A store that is full, read-only, damaged or newer: said, nothing applied that cannot be logged, nothing lost."""

import os
import pathlib
import sqlite3
import subprocess
import sys
import tempfile
import unittest

import session
import tap
from session import Refused, is_open

ENTERED = "PORTOLAN_STORE_TEST_ENTERED"


class StoreFaultTest(unittest.TestCase):
    def setUp(self):
        """Each has a small disk of its own for the store."""
        self.disk = pathlib.Path(tempfile.mkdtemp(prefix="portolan-disk-"))
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", self.disk], check=True)
        self.addCleanup(subprocess.run, ["umount", "-l", str(self.disk)], check=False)
        self.session = session.Session(self, state=self.disk / "state")
        self.target = self.session.echo_server()
        self.file = self.disk / "state/portolan.db"

    def refused(self):
        with self.assertRaises(Refused) as caught:
            self.session.open_forward(self.target)
        self.assertTrue(caught.exception.advice or caught.exception.what)
        return caught.exception.name

    def stop(self):
        self.session.kill(15)

    def test_full_disk(self):
        rule_id, port = self.session.open_forward(self.target)
        filler = open(self.disk / "filler", "wb")
        try:
            while True:
                filler.write(b"x" * 4096)
                filler.flush()
        except OSError:
            pass
        self.assertEqual(self.refused(), "StoreFull")
        self.assertTrue(is_open(port))
        self.assertEqual(self.session.status()["StoreState"], "full")
        try:
            filler.close()
        except OSError:
            pass
        os.unlink(self.disk / "filler")
        again, second = self.session.open_forward(self.target)
        self.assertTrue(is_open(second))
        self.assertEqual(self.session.call("VerifyLog")[1], 0)
        self.assertEqual(self.session.rule(rule_id)["State"], "open")
        self.assertEqual(self.session.rule(again)["State"], "open")

    def test_full_disk_still_closes_what_expires(self):
        rule_id, port = self.session.open_forward(self.target)
        with open(self.disk / "filler", "wb", buffering=0) as filler:
            try:
                while True:
                    filler.write(b"x" * 4096)
            except OSError:
                pass
        self.session.turn(wall=3601, boot=3601)
        session.wait_for("closed", lambda: not is_open(port))
        os.unlink(self.disk / "filler")
        self.session.turn(wall=120, boot=120)
        self.assertEqual(self.session.wait_state(rule_id, "closed")["CloseReason"], "expired")

    def test_read_only(self):
        self.session.open_forward(self.target)
        self.stop()
        subprocess.run(["mount", "-o", "remount,ro", str(self.disk)], check=True)
        self.assertEqual(self.refused(), "StoreReadOnly")
        self.assertEqual(self.session.status()["StoreState"], "read-only")
        self.assertEqual(len(self.session.closed()) + len(self.session.living()), 1)
        subprocess.run(["mount", "-o", "remount,rw", str(self.disk)], check=True)

    def test_damaged_is_set_aside(self):
        self.session.open_forward(self.target)
        self.stop()
        damaged = bytearray(self.file.read_bytes())
        damaged[0:64] = b"\xff" * 64
        self.file.write_bytes(damaged)
        self.session.status()
        aside = list(self.file.parent.glob("portolan.db.damaged-*"))
        self.assertTrue(any(path.read_bytes()[:64] == b"\xff" * 64 for path in aside), aside)
        self.assertIn("damaged", (self.session.status()["StoreMessage"] + self.session.status()["StoreState"]).lower())

    def test_damage_in_the_middle_is_noticed(self):
        for _ in range(20):
            self.session.open_forward(self.target)
        self.stop()
        content = bytearray(self.file.read_bytes())
        for page in range(4096, len(content), 4096):
            content[page:page + 512] = os.urandom(512)
        self.file.write_bytes(content)
        for side in ("-wal", "-shm"):
            pathlib.Path(str(self.file) + side).unlink(missing_ok=True)
        self.session.status()
        self.assertTrue(list(self.file.parent.glob("portolan.db.damaged-*")))

    def test_newer_is_refused_and_left_alone(self):
        self.session.open_forward(self.target)
        self.stop()
        with sqlite3.connect(self.file) as store:
            store.execute("PRAGMA user_version = 9999")
        store.close()
        before = self.file.read_bytes()
        self.assertEqual(self.refused(), "StoreNewer")
        self.assertEqual(self.session.status()["StoreState"], "newer")
        self.stop()
        self.assertEqual(self.file.read_bytes(), before)

    def test_log_that_was_tampered_with_is_told(self):
        self.session.open_forward(self.target)
        self.stop()
        store = sqlite3.connect(self.file)
        for (name,) in store.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            store.execute(f"DROP TRIGGER {name}")
        store.execute("UPDATE event SET who = 'nobody' WHERE seq = 1")
        store.commit()
        store.close()
        self.assertEqual(self.session.call("VerifyLog")[1], 1)


def enter():
    """A mount namespace of our own, for the small disks."""
    if os.environ.get(ENTERED):
        return
    command = ["unshare", "--mount", "--propagation", "private"] + ([] if os.geteuid() == 0 else ["--map-root-user"])
    probe = subprocess.run(command + ["true"], capture_output=True, text=True, check=False)
    if probe.returncode:
        tap.skip_all("no mount namespace can be made here: " + probe.stderr.strip())
    os.execvpe(command[0], command + [sys.executable] + sys.argv, dict(os.environ, **{ENTERED: "1"}))


if __name__ == "__main__":
    enter()
    tap.main()

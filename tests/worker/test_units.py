# SPDX-License-Identifier: GPL-3.0-or-later
"""The files by which the bus and systemd start the worker, as they are installed."""

import configparser
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from session import BUILD, NAME, WORKER

import tap

DATA = BUILD / "data/worker"


def read(name):
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str
    parser.read(DATA / name)
    return parser


class UnitsTest(unittest.TestCase):
    def test_bus_and_systemd_start_the_same(self):
        bus = read(f"{NAME}.service")["D-BUS Service"]
        unit = read("portolan-worker.service")["Service"]
        self.assertEqual((bus["Name"], unit["BusName"]), (NAME, NAME))
        self.assertEqual(bus["SystemdService"], "portolan-worker.service")
        self.assertEqual(bus["Exec"], unit["ExecStart"])

    def test_systemd_understands_all_of_the_unit(self):
        if not shutil.which("systemd-analyze"):
            self.skipTest("not installed: systemd-analyze")
        with tempfile.TemporaryDirectory() as place:
            home = pathlib.Path(place)
            (home / "run").mkdir(mode=0o700)
            text = (DATA / "portolan-worker.service").read_text()
            installed = read("portolan-worker.service")["Service"]["ExecStart"]
            unit = home / "portolan-worker.service"
            unit.write_text(text.replace(installed, str(WORKER)))
            done = subprocess.run(["systemd-analyze", "verify", "--user", "--man=no", str(unit)], capture_output=True,
                                  text=True, check=False, timeout=60,
                                  env=dict(os.environ, HOME=place, XDG_RUNTIME_DIR=str(home / "run")))
        self.assertEqual([line for line in done.stderr.splitlines() if "portolan-worker" in line], [])
        self.assertEqual(done.returncode, 0, done.stderr)


if __name__ == "__main__":
    tap.main()

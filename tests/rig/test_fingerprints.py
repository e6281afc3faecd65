# SPDX-License-Identifier: GPL-3.0-or-later
"""What Portolan says of real services, each in its usual configuration and half of them on unusual ports: protocol, program,
version, login or not; and that each answers afterwards as it did before. tests/bench/services has many more."""

import json
import os
import sys
import unittest

sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)),
                os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"),
                os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "bench")]
import desk as desks  # noqa: E402
import rig  # noqa: E402
import services  # noqa: E402
import tap  # noqa: E402
from services import fleet as fleets  # noqa: E402
from services import place, score  # noqa: E402

IDENTIFY = desks.BUILD / "tests/support/identify"


class FingerprintsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.home = rig.Home()
        cls.addClassCleanup(cls.home.close)
        light = [service for service in services.ALL if service.light]
        cls.missing = [service for service in light if not place.version_of(service.truth.package)]
        cls.fleet = fleets.Fleet(cls.home, [service for service in light if service not in cls.missing])
        cls.addClassCleanup(cls.fleet.close)
        cls.said = cls.identify([end for one in cls.fleet.places for end in one.endpoints()])

    @classmethod
    def identify(cls, endpoints):
        """What is said of each of @endpoints, all of them looked at together."""
        asked = cls.home.ns("pc", str(IDENTIFY), rig.NAS,
                            *[f"{port}/udp" if protocol == "udp" else str(port) for port, protocol in endpoints])
        lines = map(json.loads, asked.stdout.splitlines())
        return {(line["port"], line["protocol"]): line for line in lines}

    def wrong(self, aspect, among=lambda truth: True):
        """What is said of those of whom @aspect is wrong."""
        found = []
        for one in self.fleet.places:
            for end in one.endpoints():
                right = score.judge(one.service.truth, score.read_identity(self.said[end]))[aspect]
                if right is False and among(one.service.truth):
                    found.append((one.service.name, self.said[end]))
        return found

    def test_all_services_run(self):
        self.assertEqual(self.fleet.missing, [])
        if self.missing:
            self.skipTest("not installed: " + ", ".join(service.truth.package for service in self.missing))

    def test_protocol(self):
        self.assertEqual(self.wrong("service"), [])

    def test_product(self):
        # Behind a password some say not even who they are.
        self.assertEqual(self.wrong("product", lambda truth: truth.tells_version), [])

    def test_version(self):
        self.assertEqual(self.wrong("version"), [])

    def test_login(self):
        self.assertEqual(self.wrong("login"), [])

    def test_tls(self):
        self.assertEqual(self.wrong("tls"), [])
        plain = [one.service.name for one in self.fleet.places for end in one.endpoints()
                 if self.said[end].get("tls") and not one.service.truth.tls]
        self.assertEqual(plain, [])

    def test_nobody_is_harmed(self):
        self.assertEqual(self.fleet.harmed(), [])

    def test_a_port_that_refuses(self):
        self.assertEqual(self.identify([(9, "tcp")])[9, "tcp"]["state"], "closed")


if __name__ == "__main__":
    try:
        rig.enter()
    except rig.Unavailable as reason:
        tap.skip_all(str(reason))
    if not IDENTIFY.exists():
        tap.skip_all("identify is not built")
    tap.main()

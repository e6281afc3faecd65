# SPDX-License-Identifier: GPL-3.0-or-later
"""Wrong arguments on the bus: each gets one clear sentence, and nothing changes."""

import random
import unittest

import session
import tap
from gi.repository import GLib
from session import Refused, request

GOOD = dict(Kind="forward", Owner="ann", Purpose="test", Duration=3600, PublicEndpoint="127.0.0.1:0", Target="127.0.0.1:9")
UNKNOWN = "11111111-2222-4333-8444-555555555555"


def but(**keys):
    changed = dict(GOOD, **keys)
    return {key: value for key, value in changed.items() if value is not None}


def uint(number):
    return GLib.Variant("t", number)


def text(words):
    return GLib.Variant("s", words)


def texts(*words):
    return GLib.Variant("as", words)


def options(**keys):
    """Variants are options, all else belongs to the rule."""
    mine = {key: value for key, value in keys.items() if isinstance(value, GLib.Variant)}
    others = {key: value for key, value in keys.items() if key not in mine}
    return but(Options=GLib.Variant("a{sv}", mine), **others)


# What is asked, and the name of the error.
OPENING = [
    ("no kind", but(Kind=None), "Invalid"),
    ("unknown kind", but(Kind="hole"), "Invalid"),
    ("no owner", but(Owner=None), "Invalid"),
    ("blank owner", but(Owner="   "), "Invalid"),
    ("long owner", but(Owner="o" * 81), "Invalid"),
    ("no purpose", but(Purpose=""), "Invalid"),
    ("long purpose", but(Purpose="p" * 10000), "Invalid"),
    ("purpose with a newline", but(Purpose="a\nb"), "Invalid"),
    ("purpose with an escape", but(Purpose="a\x1b[31mb"), "Invalid"),
    ("purpose with a bidi mark", but(Purpose="a‮b"), "Invalid"),
    ("long name", but(Name="n" * 81), "Invalid"),
    ("no time", but(Duration=None), "Invalid"),
    ("negative time", but(Duration=-5), "Invalid"),
    ("no length", but(Duration=0), "Invalid"),
    ("more than a year", but(Duration=400 * 24 * 3600), "Invalid"),
    ("endless", but(Duration=2**62), "Invalid"),
    ("expiry in the past", but(Duration=None, Expires=1000), "Invalid"),
    ("two times", but(Expires=4000000000), "Invalid"),
    ("time and review", but(Review=4000000000), "Invalid"),
    ("review in the past", but(Duration=None, Review=1000), "Invalid"),
    ("no target", but(Target=None), "Invalid"),
    ("target without a port", but(Target="127.0.0.1"), "Invalid"),
    ("target port 0", but(Target="127.0.0.1:0"), "Invalid"),
    ("target port too high", but(Target="127.0.0.1:65536"), "Invalid"),
    ("target port not a number", but(Target="127.0.0.1:http!"), "Invalid"),
    ("target host of nonsense", but(Target="a b:80"), "Invalid"),
    ("target host with a hyphen first", but(Target="-oProxyCommand:80"), "Invalid"),
    ("range the wrong way round", but(PublicEndpoint="127.0.0.1:90-80"), "Invalid"),
    ("ranges of other lengths", but(PublicEndpoint="127.0.0.1:8000-8005", Target="127.0.0.1:90-91"), "Invalid"),
    ("range too wide", but(PublicEndpoint="127.0.0.1:1024-9000", Target="127.0.0.1:1024-9000"), "Invalid"),
    ("listen address not here", but(PublicEndpoint="192.0.2.1:8080"), None),
    ("listen address of nonsense", but(PublicEndpoint="300.1.1.1:80"), None),
    ("unix path not absolute", but(Target="unix:relative"), "Invalid"),
    ("unix path too long", but(Target="unix:/" + "x" * 200), None),
    ("unix target for udp", but(Target="unix:/run/x", Protocol="udp"), "Invalid"),
    ("forward to itself", but(PublicEndpoint="127.0.0.1:7001", Target="127.0.0.1:7001"), "Invalid"),
    ("unknown protocol", but(Protocol="icmp"), "Invalid"),
    ("audience of nonsense", but(Audience=["everyone"]), "Invalid"),
    ("audience with host bits", but(Audience=["10.1.2.3/8"]), "Invalid"),
    ("audience prefix too long", but(Audience=["10.0.0.0/33"]), "Invalid"),
    ("network allowed and denied", but(Audience=["10.0.0.0/8", "!10.0.0.0/8"]), "Invalid"),
    ("too many networks", but(Audience=[f"10.{i >> 8}.{i & 255}.0/24" for i in range(20001)]), "Invalid"),
    ("unknown option", options(Colour=uint(1)), "Invalid"),
    ("option of the wrong type", options(Rate=text("5")), "Invalid"),
    ("option out of its bounds", options(UdpSessions=uint(0)), "Invalid"),
    ("option far out of its bounds", options(Rate=uint(2**64 - 1)), "Invalid"),
    ("option of an unknown word", options(Balance=text("random")), "Invalid"),
    ("options that contradict", options(MaxConnections=uint(1), MaxPerSource=uint(2)), "Invalid"),
    ("target of nonsense", options(Targets=texts("a b:80")), "Invalid"),
    ("too many targets", options(Targets=texts(*[f"10.0.0.{i}:80" for i in range(16)])), "Invalid"),
    ("proxies of nonsense", options(ProxyFrom=texts("friends")), "Invalid"),
    ("proxies denied alone", options(ProxyFrom=texts("!10.0.0.0/8")), "Invalid"),
    ("PROXY over udp", options(Protocol="udp", Proxy=text("v2")), "Invalid"),
    ("limits of a direct mapping",
     options(Kind="mapping", PublicEndpoint=":25565", Target="192.168.1.5:25565", Way="direct", Rate=uint(5)), "Invalid"),
    ("limits of a tunnel", options(Kind="tunnel", PublicEndpoint=":8080", Backend="r", Rate=uint(5)), None),
    ("options of the wrong type", but(Options="fast"), "Invalid"),
    ("unknown key", but(Colour="red"), "Invalid"),
    ("key of the wrong type", but(Owner=5), "Invalid"),
    ("audience of the wrong type", but(Audience="10.0.0.0/8"), "Invalid"),
    ("unknown way", but(Way="sideways"), "Invalid"),
    ("tunnel without a relay", but(Kind="tunnel", PublicEndpoint=":8080"), None),
    ("tunnel to an unknown relay", but(Kind="tunnel", PublicEndpoint=":8080", Backend="nowhere"), None),
    ("router that is not there", but(Kind="mapping", PublicEndpoint=":25565", Backend="nowhere"), None),
    ("mapping to the world of redis", but(Kind="mapping", PublicEndpoint=":6379", Target="127.0.0.1:6379"), "Policy"),
]

CALLS = [
    ("close of nothing", "CloseRules", "(ass)", ([], "revoked"), "Invalid"),
    ("close of an unknown rule", "CloseRules", "(ass)", ([UNKNOWN], "revoked"), "NotFound"),
    ("close for no reason", "CloseRules", "(ass)", ([UNKNOWN], "bored"), None),
    ("close with a short id", "CloseRules", "(ass)", (["1"], "revoked"), None),
    ("close with a hostile id", "CloseRules", "(ass)", (["%'; DROP TABLE rules;--"], "revoked"), None),
    ("extend of an unknown rule", "ExtendRules", "(asxx)", ([UNKNOWN], 0, 60), "NotFound"),
    ("extend by nothing", "ExtendRules", "(asxx)", ([UNKNOWN], 0, 0), None),
    ("edit of an unknown rule", "EditRule", "(sa{sv})", (UNKNOWN, {}), None),
    ("block for an unknown rule", "BlockSource", "(ss)", (UNKNOWN, "10.0.0.1"), "NotFound"),
    ("unblock for an unknown rule", "UnblockSource", "(ss)", (UNKNOWN, "10.0.0.1"), "NotFound"),
    ("history of an unknown rule", "GetHistory", "(sxxu)", (UNKNOWN, 0, 0, 60), "NotFound"),
    ("history by the second", "GetHistory", "(sxxu)", (UNKNOWN, 0, 0, 1), "Invalid"),
    ("history that runs backwards", "GetHistory", "(sxxu)", (UNKNOWN, 7200, 3600, 60), "Invalid"),
    ("history from before time", "GetHistory", "(sxxu)", (UNKNOWN, -2**63, 0, 60), "Invalid"),
    ("reopen of an unknown rule", "ReopenRule", "(s)", (UNKNOWN,), "NotFound"),
    ("find of an unknown rule", "FindRule", "(s)", (UNKNOWN,), "NotFound"),
    ("find of nothing", "FindRule", "(s)", ("",), None),
    ("a page too long", "ListClosed", "(uus)", (0, 100000, ""), "Invalid"),
    ("a page of nothing", "ListClosed", "(uus)", (0, 0, ""), "Invalid"),
    ("entries of no router", "ListEntries", "(s)", ("nowhere",), None),
    ("relay without a host", "AddRelay", "(a{sv})", (request(Name="x", User="u"),), "Invalid"),
    ("relay that is an option", "AddRelay", "(a{sv})", (request(Name="x", Host="-oProxyCommand=x", User="u"),), "Invalid"),
    ("relay user that is an option", "AddRelay", "(a{sv})", (request(Name="x", Host="h", User="-x"),), "Invalid"),
    ("remove of no relay", "RemoveRelay", "(s)", ("nowhere",), "NotFound"),
    ("trust for no relay", "TrustHostKey", "(ss)", ("nowhere", "SHA256:x"), "NotFound"),
]


class ArgumentsTest(unittest.TestCase):
    def setUp(self):
        self.session = session.Session(self)

    def assert_sentence(self, refused):
        self.assertTrue(refused.remote.startswith(session.ERROR), refused.remote)
        self.assertTrue(refused.what.endswith((".", "?", "!")), refused.what)
        self.assertNotIn("\n", refused.advice)
        self.assertLess(len(refused.what), 400)
        self.assertFalse(any(ord(letter) < 32 for letter in refused.what), refused.what)

    def assert_nothing_changed(self, before):
        self.assertEqual(self.session.living(), [])
        self.assertEqual([event for event in self.session.events() if event["What"] == "open" and event["Result"] == "ok"], [])
        self.assertEqual(self.session.closed(), before)

    def test_opening(self):
        for what, keys, name in OPENING:
            with self.subTest(what):
                try:
                    rule_id = self.session.open(**keys)
                except Refused as refused:
                    self.assert_sentence(refused)
                    if name:
                        self.assertEqual(refused.name, name, refused.what)
                else:
                    # Some mistakes only the system can tell: then the rule fails, and says why.
                    rule = self.session.wait_state(rule_id, "failed", "open", timeout=12.0)
                    self.assertEqual(rule["State"], "failed", rule)
                    self.assertTrue(rule["ErrorMessage"].endswith("."), rule)
                    self.assertIsNone(name, "the mistake was noticed too late")
                self.assertEqual(self.session.living(), [])

    def test_other_calls(self):
        for what, method, signature, values, name in CALLS:
            with self.subTest(what):
                with self.assertRaises(Refused) as caught:
                    self.session.call(method, signature, *values)
                self.assert_sentence(caught.exception)
                if name:
                    self.assertEqual(caught.exception.name, name, caught.exception.what)
        self.assert_nothing_changed([])

    def test_one_wrong_id_closes_nothing(self):
        target = self.session.echo_server()
        rule_id, port = self.session.open_forward(target)
        with self.assertRaises(Refused):
            self.session.call("CloseRules", "(ass)", [rule_id, UNKNOWN], "revoked")
        self.assertTrue(session.is_open(port))

    def test_noise(self):
        """Keys, types and values thrown together: the worker answers each, and is the same worker afterwards."""
        chance = random.Random(7)
        keys = list(GOOD) + ["Name", "Audience", "Way", "Backend", "Preset", "Expires", "Review", "Protocol", "", "K" * 300]
        values = [
            lambda: GLib.Variant("s", "".join(chr(chance.randrange(1, 0x2FF)) for _ in range(chance.randrange(40)))),
            lambda: GLib.Variant("x", chance.randrange(-2**63, 2**63)),
            lambda: GLib.Variant("as", ["0.0.0.0/0"] * chance.randrange(50)),
            lambda: GLib.Variant("b", True),
            lambda: GLib.Variant("v", GLib.Variant("s", "x")),
            lambda: GLib.Variant("ay", bytes(chance.randrange(256) for _ in range(20))),
            lambda: GLib.Variant("d", float("nan")),
        ]
        self.session.status()
        pid = self.session.pid()
        for _ in range(300):
            noise = {chance.choice(keys): chance.choice(values)() for _ in range(chance.randrange(1, 8))}
            with self.assertRaises(Refused):
                self.session.call("OpenRule", "(a{sv})", noise)
        self.assertEqual(self.session.pid(), pid)
        self.assertEqual(self.session.living(), [])

    def test_wrong_signature_and_unknown_method(self):
        self.session.status()
        pid = self.session.pid()
        for method, signature, values in (("OpenRule", "(s)", ("x",)), ("CloseRules", "(i)", (4,)), ("Nothing", None, ())):
            with self.assertRaises(Refused):
                self.session.call(method, signature, *values)
        self.assertEqual(self.session.pid(), pid)


if __name__ == "__main__":
    tap.main()

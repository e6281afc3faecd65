# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of dynamic names share: a session with a keyring, providers, and an address that a witness has seen."""

import shutil
import subprocess
import unittest

import session
from session import Gio, GLib, wait_for

import ddns_server
import keyring

NAME1 = "io.github.portolan.Portolan.Name1"
SECRET = "s3cr3t-Qx7-of-the-test"
HOME = "home.example.org"
FIRST, SECOND, SIX = "5.6.7.8", "5.6.7.9", "2a00:1234::8"


def make_certificate(folder, name="localhost"):
    """A CA of the test's own and a certificate by it for @name and 127.0.0.1: (ca, certificate, key)."""
    paths = {part: str(folder / part) for part in ("ca.pem", "ca.key", "cert.pem", "cert.key", "cert.csr", "ext")}

    def openssl(*args):
        subprocess.run(["openssl", *args], check=True, capture_output=True)

    (folder / "ext").write_text(f"subjectAltName=DNS:{name}\nbasicConstraints=CA:FALSE\n")
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", paths["ca.key"], "-out", paths["ca.pem"],
            "-days", "30", "-subj", "/CN=Test authority")
    openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", paths["cert.key"], "-out", paths["cert.csr"],
            "-subj", f"/CN={name}")
    openssl("x509", "-req", "-in", paths["cert.csr"], "-CA", paths["ca.pem"], "-CAkey", paths["ca.key"], "-days", "30",
            "-extfile", paths["ext"], "-out", paths["cert.pem"])
    return paths["ca.pem"], paths["cert.pem"], paths["cert.key"]


class NamesCase(unittest.TestCase):
    worker = session.TEST_WORKER

    def setUp(self):
        if keyring.MISSING or not shutil.which("openssl"):
            self.skipTest(keyring.MISSING or "openssl is not installed")
        self.session = session.Session(self, worker=self.worker)
        self.keyring = keyring.Keyring(self.session.dir, self.session.env)
        self.addCleanup(self.keyring.stop)
        self.keyring.start()
        wait_for("the keyring", lambda: self.keyring.is_up(self.has_owner))
        self.server = self.serve()
        self.server.users["ann"] = SECRET
        self.server.hosts = {HOME: {}, "home": {}}

    def serve(self, certificate=None):
        server = ddns_server.Server(certificate)
        self.addCleanup(server.close)
        return server

    def has_owner(self, name):
        return self.session.bus.call_sync(
            "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "NameHasOwner",
            GLib.Variant("(s)", (name,)), None, Gio.DBusCallFlags.NONE, 5000, None).unpack()[0]

    # -- the worker --------------------------------------------------------------------------------

    def witness(self, ipv4="", ipv6=""):
        self.session.status()  # a worker that has just been started is ready once it has answered
        self.session.call_on(session.PATH, session.TEST1, "SetWitness", GLib.Variant("(ss)", (ipv4, ipv6)))

    def request(self, **keys):
        wanted = dict(Hostname=HOME, Provider="dyndns2", Server=self.server.url("/nic/update"), User="ann", Secret=SECRET)
        wanted.update(keys)
        return {key: GLib.Variant("u", value) if key == "RefreshDays" else session.variant(value)
                for key, value in wanted.items() if value is not None}

    def add(self, **keys):
        return self.session.call("AddName", "(a{sv})", self.request(**keys))[0]

    def edit(self, name, **keys):
        changes = {key: GLib.Variant("u", value) if key == "RefreshDays" else session.variant(value)
                   for key, value in keys.items()}
        self.session.call("EditName", "(sa{sv})", name, changes)

    def update(self, name=HOME):
        self.session.call("UpdateName", "(s)", name)

    def names(self):
        objects = self.session.call_on(session.PATH, "org.freedesktop.DBus.ObjectManager", "GetManagedObjects")[0]
        return [interfaces[NAME1] for interfaces in objects.values() if NAME1 in interfaces]

    def name(self, hostname=HOME):
        return next((name for name in self.names() if name["Hostname"] == hostname), None)

    def wait_state(self, *states, hostname=HOME, timeout=10.0):
        def reached():
            name = self.name(hostname)
            return name if name and name["State"] in states else None

        try:
            return wait_for(f"{' or '.join(states)}", reached, timeout)
        except AssertionError:
            raise AssertionError(f"never {states}: {self.name(hostname)}; asked: {self.server.requests}") from None

    def updates(self):
        return [(event["Result"], event["Detail"]) for event in self.session.events() if event["What"] == "update-name"]

    def asked(self):
        return [request["query"] for request in self.server.requests]

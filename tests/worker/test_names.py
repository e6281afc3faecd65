# SPDX-License-Identifier: GPL-3.0-or-later
"""Names that follow the public address: when a provider is told, when not, and that its words are heeded.

The providers are emulated (support/ddns_server.py says why); the name server is a real BIND, the keyring a real one.
"""

import base64
import shutil
import signal
import socket
import subprocess
import unittest

import names
import session
import tap
import test_notices
from names import FIRST, HOME, SECOND, SECRET, SIX
from session import Refused, wait_for

import named


NGINX = """
daemon off;
master_process off;
pid {dir}/nginx.pid;
error_log {dir}/nginx.log;
events {{ }}
http {{
  log_format asked '$server_protocol $request_method $request_uri $remote_user $http_user_agent';
  access_log {dir}/access asked;
  client_body_temp_path {dir}; proxy_temp_path {dir}; fastcgi_temp_path {dir}; uwsgi_temp_path {dir};
  scgi_temp_path {dir};
  server {{
    listen 127.0.0.1:{port} ssl http2;
    ssl_certificate {certificate};
    ssl_certificate_key {key};
    location = /nic/update {{ return 200 "good\n"; }}
  }}
}}
"""


def is_listening(port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1.0).close()
    except OSError:
        return False
    return True


class FollowTest(names.NamesCase):
    def test_follows_and_is_told_only_of_changes(self):
        self.witness(FIRST)
        name_id = self.add()
        name = self.wait_state("up-to-date")
        self.assertEqual((name["Id"], name["PublishedIpv4"], name["PublishedIpv6"]), (name_id, FIRST, ""))
        self.assertGreater(name["LastUpdate"], 0)
        self.assertEqual(self.server.hosts[HOME], {"A": FIRST})
        request = self.server.requests[0]
        self.assertRegex(request["headers"]["User-Agent"], r"\APortolan Portolan/\d")
        self.assertEqual(request["query"], {"hostname": HOME, "myip": FIRST})
        self.witness(FIRST)
        self.session.turn(wall=3600, boot=3600)
        self.witness(SECOND)
        wait_for("the second address", lambda: self.server.hosts[HOME]["A"] == SECOND)
        self.wait_state("up-to-date")
        self.assertEqual(len(self.server.requests), 2)
        self.assertEqual(self.updates(), [("ok", f"{HOME} {FIRST} (good)"), ("ok", f"{HOME} {SECOND} (good)")])
        self.assertEqual([event["What"] for event in self.session.events()][:1], ["add-name"])
        self.assertEqual(self.session.call("VerifyLog")[1], 0)

    def test_flapping_address_is_waited_out(self):
        self.witness(FIRST)
        self.add()
        self.wait_state("up-to-date")
        self.witness(SECOND)
        self.assertGreater(self.wait_state("waiting")["NextTry"], 0)
        self.witness(FIRST)
        self.wait_state("up-to-date")
        self.witness(SECOND)
        self.session.turn(wall=61, boot=61)
        wait_for("the address that stays", lambda: self.server.hosts[HOME]["A"] == SECOND)
        self.assertEqual(len(self.server.requests), 2)

    def test_both_families_apart(self):
        self.witness(FIRST, SIX)
        self.add(Ipv6=True)
        name = self.wait_state("up-to-date")
        self.assertEqual((name["PublishedIpv4"], name["PublishedIpv6"]), (FIRST, SIX))
        self.assertEqual(self.server.hosts[HOME], {"A": FIRST, "AAAA": SIX})
        self.edit(HOME, Ipv4=False)
        self.session.turn(wall=61, boot=61)
        self.witness(SECOND, SIX)
        self.assertEqual(self.wait_state("up-to-date")["PublishedIpv4"], "")
        self.assertEqual(self.server.hosts[HOME]["A"], FIRST)
        self.edit(HOME, Ipv4=True)
        wait_for("the address that it follows again", lambda: self.server.hosts[HOME]["A"] == SECOND)

    def test_no_address_is_said_and_nobody_is_told(self):
        self.add(Ipv6=True)
        name = self.wait_state("no-address")
        self.assertTrue(name["Message"].endswith("."), name)
        with self.assertRaises(Refused) as caught:
            self.update()
        self.assertTrue(caught.exception.name.startswith("Router"), caught.exception)
        self.assertEqual(self.server.requests, [])
        # One of the two is enough; the other is said.
        self.witness(FIRST)
        name = self.wait_state("up-to-date")
        self.assertIn("IPv6", name["Message"])
        self.witness("")
        self.assertEqual(self.wait_state("no-address")["PublishedIpv4"], FIRST)

    def test_idle_names_are_refreshed(self):
        self.witness(FIRST)
        self.add(RefreshDays=25)
        due = self.wait_state("up-to-date")
        self.assertEqual(due["NextTry"], due["LastUpdate"] + 25 * 86400)
        self.session.turn(wall=25 * 86400 - 60, boot=60)
        self.assertEqual(len(self.server.requests), 1)
        self.session.turn(wall=61, boot=61)
        wait_for("the refresh", lambda: len(self.updates()) == 2)
        self.assertEqual(self.updates()[1], ("ok", f"{HOME} {FIRST} (nochg)"))

    def test_kept_over_a_restart_without_asking_again(self):
        self.witness(FIRST)
        self.add()
        before = self.wait_state("up-to-date")
        self.session.kill(signal.SIGKILL)
        self.wait_state("no-address")
        self.witness(FIRST)
        self.assertEqual(self.wait_state("up-to-date"), before)
        self.assertEqual(len(self.server.requests), 1)

    def test_update_by_hand(self):
        self.witness(FIRST)
        self.add()
        self.wait_state("up-to-date")
        self.update()
        self.assertEqual(self.updates()[1], ("ok", f"{HOME} {FIRST} (nochg)"))
        self.assertRegex(self.session.events()[-1]["Who"], r"\Auser ")

    def test_remove(self):
        self.witness(FIRST)
        name_id = self.add()
        self.wait_state("up-to-date")
        self.session.call("RemoveName", "(s)", HOME)
        self.assertEqual(self.names(), [])
        self.session.turn(wall=61, boot=61)
        self.witness(SECOND)
        self.assertEqual(self.session.events()[-1]["What"], "remove-name")
        with self.assertRaises(Refused) as caught:
            self.update(name_id)
        self.assertEqual(caught.exception.name, "NotFound")
        self.assertEqual(len(self.server.requests), 1)

    def test_public_name_of_a_rule(self):
        """The name stands beside an address only while it leads there."""
        self.witness("127.0.0.1")
        rule_id, _ = self.session.open_forward(self.session.echo_server())
        self.assertEqual(self.session.rule(rule_id)["PublicName"], "")
        # No provider is told 127.0.0.1; so a public address that this machine does not have is listened for in the rig.
        self.witness(FIRST)
        self.add()
        self.wait_state("up-to-date")
        self.assertEqual(self.session.rule(rule_id)["PublicName"], "")


class CodesTest(names.NamesCase):
    def test_a_stop_is_told_on_the_desktop(self):
        desktop = test_notices.Server(self.session.env["DBUS_SESSION_BUS_ADDRESS"])
        self.first_answer(200, "abuse")
        self.wait_state("stopped")
        wait_for("the notice", lambda: desktop.shown)
        notice = next(iter(desktop.shown.values()))
        self.assertIn(HOME, notice["summary"])
        self.assertIn("blocked", notice["body"])
        self.session.call("RemoveName", "(s)", HOME)
        wait_for("its end", lambda: desktop.closed)

    def first_answer(self, status, body, **headers):
        self.server.script.append((status, body, {key.replace("_", "-"): value for key, value in headers.items()}))
        self.witness(FIRST)
        self.add()

    def still_silent(self, seconds):
        n = len(self.server.requests)
        self.session.turn(wall=seconds, boot=seconds)
        self.witness(SECOND)
        self.witness(FIRST)
        self.assertEqual(len(self.server.requests), n)

    def test_what_stops_it(self):
        for code in ("badauth", "nohost", "notfqdn", "abuse", "badagent", "!donator", "numhost", "!yours",
                     "good 127.0.0.1"):
            with self.subTest(code):
                self.server.requests.clear()
                self.first_answer(200, code)
                name = self.wait_state("stopped")
                self.assertTrue(name["Message"].endswith(".") and name["Advice"].endswith("."), name)
                self.assertEqual(name["NextTry"], 0)
                self.still_silent(7 * 86400)
                self.session.call("RemoveName", "(s)", HOME)

    def test_a_stop_ends_when_something_is_edited(self):
        self.server.users["ann"] = "another"
        self.witness(FIRST)
        self.add()
        self.assertIn("password", self.wait_state("stopped")["Message"])
        self.session.kill(signal.SIGTERM)
        self.wait_state("stopped")
        self.witness(FIRST)
        self.assertEqual(len(self.server.requests), 1)
        self.edit(HOME, Secret="another")
        self.assertEqual(self.wait_state("up-to-date")["Message"], "")
        self.assertEqual(self.updates(), [("failed", f"{HOME} {FIRST} (badauth)"), ("ok", f"{HOME} {FIRST} (good)")])

    def test_what_makes_it_wait_half_an_hour(self):
        for code in ("911", "dnserr"):
            with self.subTest(code):
                self.server.requests.clear()
                self.first_answer(200, code)
                self.wait_state("waiting")
                self.still_silent(29 * 60)
                with self.assertRaises(Refused) as caught:
                    self.update()
                self.assertEqual(caught.exception.name, "State")
                self.edit(HOME, RefreshDays=3)
                self.assertEqual(len(self.server.requests), 1)
                self.session.turn(wall=61, boot=61)
                self.wait_state("up-to-date")
                self.assertEqual(len(self.server.requests), 2)
                self.session.call("RemoveName", "(s)", HOME)

    def test_wait_is_kept_over_a_restart(self):
        self.first_answer(200, "911")
        before = self.wait_state("waiting")
        self.session.kill(signal.SIGKILL)
        self.wait_state("no-address")
        self.witness(FIRST)
        self.assertEqual(self.wait_state("waiting"), before)

    def test_retry_after(self):
        self.first_answer(429, "slow down", Retry_After="7200")
        name = self.wait_state("waiting")
        self.still_silent(7100)
        self.session.turn(wall=101, boot=101)
        self.wait_state("up-to-date")
        self.assertIn("wait", name["Message"])

    def test_network_errors_back_off(self):
        self.server.close()
        self.witness(FIRST)
        self.add()
        waits = []
        for tries in range(1, 10):
            wait_for("the try", lambda n=tries: len(self.updates()) == n, 20.0)
            name = self.wait_state("waiting")
            last = next(e["At"] for e in reversed(self.session.events()) if e["What"] == "update-name")
            waits.append(name["NextTry"] - last)
            self.session.turn(wall=waits[-1] + 1, boot=waits[-1] + 1)
        for wait, most in zip(waits, [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]):
            self.assertTrue(most * 0.74 <= wait <= most + 1, waits)
        self.assertEqual({result for result, _ in self.updates()}, {"failed"})

    def test_answers_that_are_nonsense(self):
        for status, body in ((200, ""), (200, "<html>" + "x" * 300000), (200, b"\xff\xfe\x00good"), (302, ""), (204, ""),
                             (500, "good 5.6.7.8"), (200, "goodbye")):
            with self.subTest(body[:20]):
                self.server.requests.clear()
                self.first_answer(status, body)
                name = self.wait_state("waiting", "stopped")
                self.assertTrue(name["Message"], name)
                self.assertEqual(name["PublishedIpv4"], "")
                self.session.call("RemoveName", "(s)", HOME)
        self.assertTrue(self.session.pid())


class ProvidersTest(names.NamesCase):
    def follow(self, **keys):
        self.witness(FIRST, SIX)
        self.add(**keys)
        return self.wait_state("up-to-date", hostname=keys.get("Hostname", HOME))

    def test_duckdns(self):
        self.server.tokens["duckdns"] = SECRET
        self.follow(Hostname="home.duckdns.org", Provider="duckdns", Server=self.server.url("/update"), User=None, Ipv6=True)
        self.assertEqual(self.server.hosts["home"], {"A": FIRST, "AAAA": SIX})
        self.edit("home.duckdns.org", Secret="wrong")
        self.session.turn(wall=61, boot=61)
        self.witness(SECOND, SIX)
        self.assertIn("DuckDNS", self.wait_state("stopped", hostname="home.duckdns.org")["Message"])

    def test_duckdns_ipv6_alone_leaves_the_other(self):
        self.server.tokens["duckdns"] = SECRET
        self.witness(FIRST, SIX)
        self.add(Hostname="home", Provider="duckdns", Server=self.server.url("/update"), User=None, Ipv4=False, Ipv6=True)
        self.wait_state("up-to-date", hostname="home.duckdns.org")
        self.assertEqual(self.server.hosts["home"], {"AAAA": SIX})

    def test_desec(self):
        self.server.tokens["desec"] = SECRET
        self.server.hosts[HOME]["AAAA"] = "2a00::1"
        self.follow(Provider="desec", Server=self.server.url("/desec/"), User=None)
        self.assertEqual(self.server.hosts[HOME], {"A": FIRST, "AAAA": "2a00::1"})

    def cloudflare(self, **keys):
        self.server.tokens["cloudflare"] = SECRET
        return self.follow(Provider="cloudflare", Server=self.server.url("/client/v4"), User=None, **keys)

    def test_cloudflare_makes_and_changes_records(self):
        self.server.zones["example.org"] = [{"id": "ab" * 16, "type": "A", "name": HOME, "content": "192.0.2.1", "ttl": 300,
                                             "proxied": False}]
        self.cloudflare(Ipv6=True)
        records = {r["type"]: r for r in self.server.zones["example.org"]}
        self.assertEqual((records["A"]["content"], records["A"]["ttl"]), (FIRST, 300))
        self.assertEqual((records["AAAA"]["content"], records["AAAA"]["proxied"]), (SIX, False))
        n = len(self.server.requests)
        self.update()
        self.assertEqual({r["method"] for r in self.server.requests[n:]}, {"GET"})

    def test_cloudflare_says_what_is_in_the_way(self):
        self.server.zones["example.org"] = [{"id": "ab" * 16, "type": "A", "name": HOME, "content": "192.0.2.1", "proxied": True}]
        name = self.cloudflare()
        self.assertIn("proxy", name["Message"])
        self.server.zones["example.org"].append(
            {"id": "cd" * 16, "type": "A", "name": HOME, "content": "192.0.2.2", "proxied": False})
        with self.assertRaises(Refused) as caught:
            self.update()
        self.assertIn("more than one A record", caught.exception.what)
        self.server.zones.clear()
        with self.assertRaises(Refused) as caught:
            self.update()
        self.assertIn("not in your account", caught.exception.what)
        self.server.tokens["cloudflare"] = "another"
        with self.assertRaises(Refused) as caught:
            self.update()
        self.assertIn("token", caught.exception.what)

    def test_custom(self):
        url = self.server.url("/custom?host={name}&four={ipv4}&six={ipv6}&key={secret}")
        self.follow(Provider="custom", Server=url, Success="result: up*ed", User=None)
        self.assertEqual(self.asked(), [{"host": HOME, "four": FIRST, "six": "", "key": SECRET}])
        self.assertNotIn("Authorization", self.server.requests[0]["headers"])
        self.edit(HOME, Success="created")
        with self.assertRaises(Refused) as caught:
            self.update()
        self.assertIn("result: updated", caught.exception.what)

    def test_custom_without_a_place_for_the_secret(self):
        self.follow(Provider="custom", Server=self.server.url("/custom?ip={ipv4}"), User="ann")
        self.assertRegex(self.server.requests[0]["headers"]["Authorization"], r"\ABasic ")
        self.edit(HOME, User="")
        self.update()
        self.assertEqual(self.server.requests[-1]["headers"]["Authorization"], f"Bearer {SECRET}")

    def test_custom_without_a_secret(self):
        """Nor a keyring: as on a machine without a desktop."""
        self.keyring.stop()
        wait_for("its end", lambda: not self.has_owner("org.freedesktop.secrets"))
        self.follow(Provider="custom", Server=self.server.url("/custom"), User=None, Secret=None)
        self.assertNotIn("Authorization", self.server.requests[0]["headers"])

    @unittest.skipIf(named.MISSING, named.MISSING)
    def test_rfc2136(self):
        server = named.Named(self.session.dir)
        self.addCleanup(server.close)
        keys = dict(Provider="rfc2136", Server=f"127.0.0.1:{server.port}", User="home", Secret=server.KEY)
        self.follow(Ipv6=True, **keys)
        self.assertEqual((server.lookup(HOME), server.lookup(HOME, "AAAA"), server.lookup(HOME, "TXT")),
                         ([FIRST], [SIX], ['"stays"']))
        for changes, words in ((dict(User="other"), "does not let this key"), (dict(User="nobody"), "does not know"),
                               (dict(User="hmac-sha512:home"), "does not know"),
                               (dict(User="home", Secret="AAAA" + server.KEY[4:]), "not the one")):
            self.edit(HOME, **changes)
            with self.assertRaises(Refused) as caught:
                self.update()
            self.assertIn(words, caught.exception.what)
            self.assertEqual(self.name()["State"], "stopped")
        self.edit(HOME, Secret=server.KEY)
        self.update()
        server.close()
        with self.assertRaises(Refused) as caught:
            self.update()
        self.assertEqual(self.wait_state("waiting")["Advice"], caught.exception.advice)


class SafetyTest(names.NamesCase):
    def test_certificates_are_checked(self):
        authority, certificate, key = names.make_certificate(self.session.dir)
        self.server = self.serve((certificate, key))
        self.server.users["ann"] = SECRET
        self.server.hosts = {HOME: {}}
        self.witness(FIRST)
        self.add(Server=self.server.url("/nic/update", "localhost"))
        self.assertIn("certificate", self.wait_state("waiting")["Message"])
        self.assertEqual(self.server.requests, [])
        # The worker is started anew with the authority that made it.
        self.trust(authority)
        self.update()
        self.assertEqual(self.server.hosts[HOME], {"A": FIRST})
        # One for another name is none.
        self.edit(HOME, Server=self.server.url("/nic/update", "127.0.0.1"))
        with self.assertRaises(Refused) as caught:
            self.update()
        self.assertIn("certificate", caught.exception.what)

    @unittest.skipUnless(shutil.which("nginx"), "nginx is not installed")
    def test_http2(self):
        """As the large providers speak it: by a real nginx, which cannot tell names apart but says `good`."""
        authority, certificate, key = names.make_certificate(self.session.dir)
        port = named.free_port()
        conf = self.session.dir / "nginx.conf"
        conf.write_text(NGINX.format(dir=self.session.dir, port=port, certificate=certificate, key=key))
        with open(self.session.dir / "nginx.out", "wb") as log:
            child = subprocess.Popen(["nginx", "-c", str(conf), "-p", str(self.session.dir)], stdout=log, stderr=log)
        self.addCleanup(child.wait)
        self.addCleanup(child.terminate)
        wait_for("nginx", lambda: is_listening(port))
        self.session.status()
        self.trust(authority)
        self.add(Server=f"https://localhost:{port}/nic/update")
        self.assertEqual(self.wait_state("up-to-date", "waiting", "stopped")["State"], "up-to-date")
        asked = wait_for("the log", lambda: (self.session.dir / "access").read_text())
        self.assertIn(f"HTTP/2.0 GET /nic/update?hostname={HOME}&myip={FIRST} ann ", asked)

    def trust(self, authority):
        self.session.bus.call_sync(
            "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "UpdateActivationEnvironment",
            names.GLib.Variant("(a{ss})", ({"SSL_CERT_FILE": authority},)), None, names.Gio.DBusCallFlags.NONE, 5000, None)
        self.session.kill(signal.SIGTERM)
        self.witness(FIRST)

    def test_redirects(self):
        """Within the same server they are followed; to another host, or out of TLS, never."""
        other = self.serve()
        self.server.script.append((301, "", {"Location": "/nic/update?hostname=home.example.org&myip=" + FIRST}))
        self.witness(FIRST)
        self.add()
        self.wait_state("up-to-date")
        self.assertEqual(len(self.server.requests), 2)
        self.server.script.append((301, "", {"Location": other.url("/nic/update")}))
        with self.assertRaises(Refused) as caught:
            self.update()
        self.assertIn("sends us on to", caught.exception.what)
        self.assertEqual(other.requests, [])
        self.server.script.extend([(307, "", {"Location": self.server.url("/nic/update")})] * 9)
        with self.assertRaises(Refused) as caught:
            self.update()
        self.assertIn("circle", caught.exception.what)

    def test_secrets_are_nowhere_but_in_the_keyring(self):
        heard = []
        eavesdropper = self.session.connect_bus()
        eavesdropper.call_sync("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus.Monitoring",
                               "BecomeMonitor", names.GLib.Variant("(asu)", ([], 0)), None, names.Gio.DBusCallFlags.NONE,
                               5000, None)
        eavesdropper.add_filter(lambda connection, message, incoming: heard.append(message))
        self.server.users["ann"] = SECRET
        self.witness(FIRST)
        self.add()
        self.wait_state("up-to-date")
        self.server.script.append((200, f"nohost {SECRET}"))
        with self.assertRaises(Refused):
            self.update()
        self.wait_state("stopped")
        # A server that says back what it was told.
        for told in (SECRET, base64.b64encode(f"ann:{SECRET}".encode()).decode()):
            self.server.script.append((200, f"what is {told}?"))
            with self.assertRaises(Refused) as caught:
                self.update()
            self.assertIn("what is ***?", caught.exception.what)
        self.session.events()
        calls = [m for m in heard if m.get_member() == "AddName" and m.get_message_type().value_nick == "method-call"]
        others = [m for m in heard if m.get_member() != "AddName" or m.get_message_type().value_nick != "method-call"]
        self.assertTrue(calls and len(others) > 20)
        for message in others:
            self.assertNotIn(SECRET, message.print_(0))
        for path in self.session.dir.rglob("*"):
            if path.is_file():
                self.assertNotIn(SECRET.encode(), path.read_bytes(), path)
        self.assertNotIn(SECRET, self.session.text_log())

    @unittest.skipIf(named.MISSING, named.MISSING)
    def test_key_is_on_no_command_line(self):
        """nsupdate waits for a server that never answers: whoever looks at it sees no key."""
        silent = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.addCleanup(silent.close)
        silent.bind(("127.0.0.1", 0))
        key = named.Named.KEY
        self.witness(FIRST)
        self.add(Provider="rfc2136", Server=f"127.0.0.1:{silent.getsockname()[1]}", User="home", Secret=key)

        def find():
            listed = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
            self.assertNotIn(key, listed)
            return any(line.split(" ")[0].endswith("/nsupdate") for line in listed.split("\n"))

        wait_for("nsupdate", find)
        silent.settimeout(10)
        silent.recv(1000)
        self.session.call("RemoveName", "(s)", HOME)
        wait_for("the end of nsupdate", lambda: not find(), 10.0)

    def test_no_keyring(self):
        self.keyring.stop()
        wait_for("its end", lambda: not self.has_owner("org.freedesktop.secrets"))
        self.witness(FIRST)
        with self.assertRaises(Refused) as caught:
            self.add()
        self.assertIn("keyring", caught.exception.what)
        self.assertIn("Install", caught.exception.advice)
        self.assertEqual((self.names(), self.server.requests), ([], []))

    def test_keyring_that_goes_and_comes(self):
        self.witness(FIRST)
        self.add()
        self.wait_state("up-to-date")
        self.keyring.stop()
        wait_for("its end", lambda: not self.has_owner("org.freedesktop.secrets"))
        self.session.turn(wall=61, boot=61)
        self.witness(SECOND)
        self.assertIn("keyring", self.wait_state("waiting")["Message"])
        self.keyring.start()
        wait_for("the keyring", lambda: self.keyring.is_up(self.has_owner))
        self.session.turn(wall=61, boot=61)
        self.assertEqual(self.wait_state("up-to-date")["PublishedIpv4"], SECOND)

    def test_keyring_that_is_locked_is_not_asked_to_open(self):
        """Not by an update of its own: no question comes up while nobody is there."""
        self.witness(FIRST)
        self.add()
        self.wait_state("up-to-date")
        self.session.bus.call_sync(
            "org.freedesktop.secrets", "/org/freedesktop/secrets", "org.freedesktop.Secret.Service", "Lock",
            names.GLib.Variant("(ao)", (["/org/freedesktop/secrets/collection/login"],)), None, names.Gio.DBusCallFlags.NONE,
            5000, None)
        self.session.turn(wall=61, boot=61)
        self.witness(SECOND)
        name = self.wait_state("waiting")
        self.assertIn("locked", name["Message"])
        self.assertIn("Unlock", name["Advice"])
        self.assertEqual(len(self.server.requests), 1)

    def test_edit_that_the_keyring_refuses_changes_nothing(self):
        self.witness(FIRST)
        self.add()
        before = self.wait_state("up-to-date")
        self.keyring.stop()
        wait_for("its end", lambda: not self.has_owner("org.freedesktop.secrets"))
        with self.assertRaises(Refused):
            self.edit(HOME, User="bob", Secret="another")
        self.assertEqual(self.name(), before)
        self.session.kill(signal.SIGTERM)
        self.assertEqual(self.wait_state("no-address")["User"], "ann")

    def test_bad_requests(self):
        for keys, words in (
                (dict(Hostname=""), "missing"), (dict(Hostname="home"), "not a name"), (dict(Hostname="1.2.3.4"), "not a name"),
                (dict(Hostname="ho me.example.org"), "not a name"), (dict(Hostname="a\nb.example.org"), "not a name"),
                (dict(Provider="nobody"), "not known"), (dict(Provider=""), "provider"),
                (dict(Server="http://example.org/nic/update"), "not safe"), (dict(Server="https://ann:pw@example.org/"), "must not hold"),
                (dict(Server="ftp://example.org/"), "not safe"), (dict(Server="https://"), "not the address"),
                (dict(Server=None), "server is missing"), (dict(User=None), "missing"), (dict(User="a:b"), "colon"),
                (dict(Secret=None), "missing"), (dict(Secret="a\nb"), "cannot be sent"), (dict(Secret="x" * 2000), "too long"),
                (dict(Ipv4=False), "no address"), (dict(RefreshDays=366), "365"), (dict(Success="x"), "any web address"),
                (dict(Color="red"), "no field"), (dict(Ipv4="yes"), "wrong kind"),
                (dict(Provider="custom", Server="https://example.org/{nmae}", User=None), "place"),
                (dict(Provider="custom", Server="https://example.org/{secret}", User=None, Secret=None), "missing"),
                (dict(Provider="custom", Server="https://example.org/", Secret=None), "missing"),
                (dict(Provider="rfc2136", Server="1.2.3.4:0", User="home", Secret="AAAA"), "name server"),
                (dict(Provider="rfc2136", Server="1.2.3.4", User="rot13:home", Secret="AAAA"), "TSIG"),
                (dict(Provider="rfc2136", Server="1.2.3.4", User="home", Secret="no base64"), "base64"),
                (dict(Provider="duckdns", Server=None, User=None), "DuckDNS")):
            with self.subTest(keys), self.assertRaises(Refused) as caught:
                self.add(**keys)
            self.assertEqual(caught.exception.name, "Invalid")
            self.assertIn(words, f"{caught.exception.what} {caught.exception.advice}")
        self.assertEqual(self.names(), [])
        self.add()
        with self.assertRaises(Refused) as caught:
            self.add(Hostname=HOME.upper() + ".")
        self.assertIn("already", caught.exception.what)
        with self.assertRaises(Refused) as caught:
            self.edit(HOME, Provider="desec")
        self.assertIn("token", caught.exception.what)


if __name__ == "__main__":
    tap.main()

# SPDX-License-Identifier: GPL-3.0-or-later
"""Every verb of portolanctl against the real worker, with forwards and tunnels that carry bytes."""

import json
import os
import pty
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest

import session
import tap
from session import BUILD, WORKER, connect, is_ended, is_open, wait_for

import ctl_sshd

CTL = BUILD / "src/cli/portolanctl"
END = ("--owner", "ann", "--purpose", "a test", "--for", "1h")


class Result:
    def __init__(self, code, out, err):
        self.code = code
        self.out = out
        self.err = err


class CtlCase(unittest.TestCase):
    def setUp(self):
        self.session = session.Session(self, worker=WORKER)
        self.target = self.session.echo_server()

    def popen(self, *args, **kwargs):
        return subprocess.Popen([str(CTL), *map(str, args)], env=self.session.env, **kwargs)

    def ctl(self, *args, stdin=subprocess.DEVNULL):
        done = subprocess.run([str(CTL), *map(str, args)], env=self.session.env, stdin=stdin, capture_output=True,
                              text=True, check=False, timeout=60)
        return Result(done.returncode, done.stdout, done.stderr)

    def json(self, *args):
        result = self.ctl(*args, "--json")
        self.assertEqual((result.code, result.err), (0, ""))
        return json.loads(result.out)

    def fails(self, code, *args):
        """Gives the error of what must fail with one sentence, and says the same in both forms."""
        text = self.ctl(*args)
        self.assertEqual(text.code, code, text.err)
        self.assertRegex(text.err, r"\Aportolanctl: [^\n]*[.…:][^\n]*\n\Z")
        result = self.ctl(*args, "--json")
        self.assertEqual((result.code, result.out), (code, ""))
        error = json.loads(result.err)["error"]
        self.assertEqual(sorted(error), ["advice", "code", "message"])
        self.assertIn(error["message"], text.err)
        return error

    def open_forward(self, *args, listen="127.0.0.1:0"):
        return self.json("open", "forward", "--listen", listen, "--to", f"127.0.0.1:{self.target}", *END, *args)


class LimitsTest(CtlCase):
    def test_options_are_kept_and_edited(self):
        rule = self.open_forward("--max-per-source", 2, "--rate", "10M", "--also-to", "127.0.0.1:9", "--deny", "10.0.0.5",
                                 "--balance", "least-connections", "--proxy-from", "192.0.2.0/24")
        self.assertEqual(rule["options"], {
            "max_per_source": 2, "rate": 10000000, "balance": "least-connections", "proxy_from": ["192.0.2.0/24"],
            "targets": [{"endpoint": "127.0.0.1:9", "backup": False}]})
        self.assertEqual((rule["audience"], rule["denied"]), ("anyone", ["10.0.0.5/32"]))
        edited = self.json("edit", rule["id"], "--rate", 0, "--only-target", "--balance", "round-robin", "--proxy-from-none",
                           "--allow", "127.0.0.0/8")
        self.assertEqual(edited["options"], {"max_per_source": 2})
        self.assertEqual((edited["audience"], edited["denied"]), (["127.0.0.0/8"], ["10.0.0.5/32"]))
        beside = self.json("edit", rule["id"], "--also-to", "127.0.0.2")
        self.assertEqual(beside["options"]["targets"], [{"endpoint": f"127.0.0.2:{self.target}", "backup": False}])
        plain = self.json("edit", rule["id"], "--max-per-source", 0, "--deny-none", "--anyone", "--only-target")
        self.assertEqual((plain["options"], plain["audience"], plain["denied"]), ({}, "anyone", []))
        shown = self.json("show", rule["id"])
        self.assertEqual({key: shown[key] for key in plain}, plain)

    def test_another_protocol_or_address_cuts_nobody(self):
        rule = self.open_forward()
        client = connect(rule["public_endpoint"]["port"])
        for protocol in ("both", "tcp"):
            edited = self.json("edit", rule["id"], "--protocol", protocol)
            self.assertEqual((edited["state"], edited["protocol"]), ("open", protocol))
            self.assertEqual(edited["public_endpoint"]["port"], rule["public_endpoint"]["port"])
            client.sendall(b"still")
            self.assertEqual(client.recv(16), b"still")
        edited = self.json("edit", rule["id"], "--public", f"0.0.0.0:{rule['public_endpoint']['port']}")
        self.assertEqual((edited["state"], edited["public_endpoint"]["address"]), ("open", "0.0.0.0"))
        client.sendall(b"still")
        self.assertEqual(client.recv(16), b"still")
        client.close()

    def test_what_does_not_fit_the_rule_changes_nothing(self):
        rule = self.open_forward("--max-connections", 5)
        self.fails(2, "edit", rule["id"], "--max-per-source", 6)
        self.fails(2, "edit", rule["id"], "--also-to", f"127.0.0.1:{self.target}")
        self.assertEqual(self.json("show", rule["id"])["options"], {"max_connections": 5})


class BlockTest(CtlCase):
    def test_block_and_unblock(self):
        rule = self.open_forward()
        port = rule["public_endpoint"]["port"]
        client = connect(port)
        self.assertEqual(self.json("block", rule["id"], "127.0.0.0/8")["denied"], ["127.0.0.0/8"])
        self.assertTrue(is_ended(client))
        self.assertFalse(is_open(port))
        self.assertEqual(self.fails(5, "unblock", rule["id"], "127.0.0.1")["code"], "not-found")
        self.assertEqual(self.json("unblock", rule["id"][:8], "127.0.0.0/8")["denied"], [])
        self.assertTrue(is_open(port))
        whats = [event["what"] for event in self.json("log", "--rule", rule["id"])["events"]]
        self.assertEqual(whats[:4], ["unblock", "unblock", "block", "block"])


class HistoryTest(CtlCase):
    def test_history(self):
        rule = self.open_forward()
        self.assertEqual(self.ctl("show", rule["id"], "--history").out, "Nothing was carried in this time.\n")
        client = connect(rule["public_endpoint"]["port"])
        shown = wait_for("the count", lambda: self.history(rule["id"], "--since", "1h"))
        self.assertEqual(shown["id"], rule["id"])
        self.assertEqual(shown["history_step"], 60)
        self.assertRegex(shown["history"][0].pop("at"), r"\A\d{4}-\d\d-\d\dT\d\d:\d\d:00Z\Z")
        self.assertEqual(shown["history"], [
            {"bytes_in": 5, "bytes_out": 5, "connections_peak": 1, "connections_new": 1, "refused": 0}])
        self.assertEqual(self.history(rule["id"])["history_step"], 3600)
        self.assertRegex(self.ctl("show", rule["id"], "--history").out, r"\AFROM +IN +OUT +CONNECTED +NEW +REFUSED\n")
        client.close()

    def history(self, rule_id, *args):
        shown = self.json("show", rule_id, "--history", *args)
        return shown if shown["history"] and shown["history"][0]["bytes_out"] == 5 else None


class MetricsTest(CtlCase):
    def test_on_and_off(self):
        self.assertEqual(self.json("metrics"), {"on": False, "port": 0, "address": None})
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
            self.assertEqual(self.fails(1, "metrics", "--port", port)["code"], "port-taken")
        self.assertEqual(self.json("metrics", "--port", port),
                         {"on": True, "port": port, "address": f"http://127.0.0.1:{port}/metrics"})
        self.assertEqual(self.ctl("metrics").out, f"http://127.0.0.1:{port}/metrics\n")
        self.assertEqual(self.ctl("metrics", "--off").out, "The metrics are off.\n")


class ForwardTest(CtlCase):
    def test_open_carries_bytes_and_close_cuts(self):
        rule = self.open_forward()
        self.assertEqual(rule["state"], "open")
        port = rule["public_endpoint"]["port"]
        client = connect(port)
        self.assertIsNotNone(client)
        closed = self.json("close", rule["id"])["rules"]
        self.assertEqual([(r["id"], r["state"], r["close_reason"]) for r in closed], [(rule["id"], "closed", "revoked")])
        self.assertTrue(is_ended(client))
        self.assertFalse(is_open(port))

    def test_keys_and_times(self):
        rule = self.open_forward("--name", "web", "--allow", "127.0.0.0/8", "--allow", "::1")
        self.assertEqual(
            sorted(rule),
            sorted("id kind name protocol public_endpoint public_name public_endpoint6 asked_port target way family firewall_wish backend owner "
                   "purpose preset override audience denied options created expires review closed state close_reason error step leases traffic answering".split()))
        self.assertEqual(rule["audience"], ["127.0.0.0/8", "::1/128"])
        self.assertEqual((rule["kind"], rule["name"], rule["owner"], rule["purpose"]), ("forward", "web", "ann", "a test"))
        self.assertEqual(rule["target"], {"address": "127.0.0.1", "port": self.target, "last_port": self.target,
                                          "protocol": "tcp"})
        left = (time.mktime(time.strptime(rule["expires"], "%Y-%m-%dT%H:%M:%SZ")) - time.timezone) - time.time()
        self.assertTrue(3590 < left <= 3600, left)
        self.assertIsNone(rule["review"])
        self.assertIsNone(rule["closed"])

    def test_open_permanent(self):
        rule = self.json("open", "forward", "--listen", "127.0.0.1:0", "--to", f"127.0.0.1:{self.target}", "--owner",
                         "ann", "--purpose", "x", "--permanent", "--review", "30d")
        self.assertIsNone(rule["expires"])
        self.assertIsNotNone(rule["review"])

    def test_text_names_the_public_endpoint(self):
        result = self.ctl("open", "forward", "--listen", "127.0.0.1:0", "--to", f"127.0.0.1:{self.target}", *END)
        self.assertEqual((result.code, result.err), (0, ""))
        self.assertRegex(result.out, r"(?m)^Public +127\.0\.0\.1:\d+ tcp$")

    def test_port_taken(self):
        with socket.create_server(("127.0.0.1", 0)) as holder:
            error = self.fails(1, "open", "forward", "--listen", f"127.0.0.1:{holder.getsockname()[1]}", "--to",
                               f"127.0.0.1:{self.target}", *END)
        self.assertEqual(error["code"], "port-taken")
        self.assertEqual(self.json("list")["rules"], [])
        failed = self.json("list", "--history", "--state", "failed")["rules"]
        self.assertEqual(failed[0]["error"]["code"], "port-taken")

    def test_policy(self):
        error = self.fails(3, "open", "mapping", "--port", 6379, "--owner", "ann", "--purpose", "redis", "--for", "1h")
        self.assertEqual(error["code"], "policy")

    def test_wrong_arguments_change_nothing(self):
        for wrong in (["--for", "1h", "--until", "2999-01-01T00:00"], [], ["--for", "1"], ["--for", "1h", "--allow", "x"]):
            self.fails(2, "open", "forward", "--listen", "127.0.0.1:0", "--to", f"127.0.0.1:{self.target}", "--owner",
                       "ann", "--purpose", "x", *wrong)
        # Not even the worker was started.
        self.assertEqual(self.session.pid(), 0)

    def test_owner_comes_from_a_terminal_only(self):
        args = ("open", "forward", "--listen", "127.0.0.1:0", "--to", f"127.0.0.1:{self.target}", "--purpose", "x", "--for",
                "1h")
        self.assertIn("owner is missing", self.fails(2, *args)["message"])
        leader, follower = pty.openpty()
        try:
            result = self.ctl(*args, "--json", stdin=follower)
        finally:
            os.close(leader)
            os.close(follower)
        self.assertEqual(result.code, 0, result.err)
        self.assertTrue(json.loads(result.out)["owner"])


class InventoryTest(CtlCase):
    def test_list_show_and_prefixes(self):
        first = self.open_forward("--name", "first")
        second = self.open_forward("--name", "second")
        self.assertEqual({rule["id"] for rule in self.json("list")["rules"]}, {first["id"], second["id"]})
        self.assertEqual([rule["name"] for rule in self.json("list", "--search", "SECOND ann")["rules"]], ["second"])
        self.assertEqual(set(self.ctl("list", "--ids").out.split()), {first["id"], second["id"]})
        self.assertEqual(self.json("show", first["id"][:13])["name"], "first")
        self.assertIn("first", self.ctl("list").out)
        self.assertRegex(self.ctl("show", first["id"]).out, r"(?m)^Purpose +a test$")
        self.assertEqual(self.fails(5, "show", "00000000")["code"], "not-found")

    def test_extend(self):
        rule = self.open_forward()
        longer = self.json("extend", rule["id"], "--for", "2h")["rules"][0]
        self.assertEqual(self.seconds(longer) - self.seconds(rule), 7200)
        end = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 30 * 86400))
        self.assertEqual(self.json("extend", rule["id"][:8], "--until", end)["rules"][0]["expires"], end)
        self.fails(5, "extend", rule["id"], "00000000-0000-4000-8000-000000000000", "--for", "1h")
        self.assertEqual(self.json("show", rule["id"])["expires"], end)

    @staticmethod
    def seconds(rule):
        return time.mktime(time.strptime(rule["expires"], "%Y-%m-%dT%H:%M:%SZ"))

    def test_edit(self):
        rule = self.open_forward()
        port = rule["public_endpoint"]["port"]
        client = connect(port)
        edited = self.json("edit", rule["id"], "--name", "renamed", "--purpose", "other", "--owner", "bob", "--for", "5m")
        self.assertEqual((edited["name"], edited["purpose"], edited["owner"]), ("renamed", "other", "bob"))
        client.sendall(b"still")
        self.assertEqual(client.recv(16), b"still")
        shut = self.json("edit", rule["id"], "--allow", "192.0.2.0/24")
        self.assertEqual(shut["audience"], ["192.0.2.0/24"])
        self.assertTrue(is_ended(client))
        self.assertFalse(is_open(port))
        self.assertEqual(self.json("edit", rule["id"], "--anyone")["audience"], "anyone")
        self.assertTrue(is_open(port))
        other = self.session.echo_server()
        moved = self.json("edit", rule["id"], "--to", f"127.0.0.1:{other}")
        self.assertEqual((moved["target"]["port"], moved["name"]), (other, "renamed"))
        self.assertTrue(is_open(port))

    def test_edit_of_the_listen_port_keeps_connections(self):
        rule = self.open_forward("--protocol", "both")
        client = connect(rule["public_endpoint"]["port"])
        moved = self.json("edit", rule["id"], "--public", "127.0.0.1:0", "--to", f"127.0.0.1:{self.session.echo_server()}")
        port = moved["public_endpoint"]["port"]
        self.assertNotEqual(port, rule["public_endpoint"]["port"])
        self.assertEqual(moved["leases"][0]["endpoint"]["port"], port)
        self.assertFalse(is_open(rule["public_endpoint"]["port"]))
        client.sendall(b"still")
        self.assertEqual(client.recv(16), b"still")
        with socket.create_server(("127.0.0.1", 0)) as holder:
            error = self.fails(1, "edit", rule["id"], "--public", f"127.0.0.1:{holder.getsockname()[1]}")
        self.assertEqual(error["code"], "port-taken")
        client.sendall(b"after all")
        self.assertEqual(client.recv(16), b"after all")
        self.assertTrue(is_open(port))
        shown = self.json("show", rule["id"])
        self.assertEqual((shown["state"], shown["public_endpoint"]["port"]), ("open", port))
        self.session.kill()
        self.assertEqual(self.json("show", rule["id"])["public_endpoint"]["port"], port)
        client = connect(port)
        self.json("close", rule["id"])
        self.assertTrue(is_ended(client))

    def test_a_name_made_of_the_target_follows_it(self):
        rule = self.open_forward()
        self.assertEqual(rule["name"], f"127.0.0.1 to 127.0.0.1:{self.target}")
        self.assertEqual(self.json("edit", rule["id"], "--owner", "bob")["name"], rule["name"])
        moved = self.json("edit", rule["id"], "--to", "127.0.0.1:9")
        self.assertEqual(moved["name"], f"127.0.0.1:{rule['public_endpoint']['port']} to 127.0.0.1:9")

    def test_ids_in_capital_letters(self):
        rule = self.open_forward()
        self.assertEqual(self.json("show", rule["id"].upper())["id"], rule["id"])
        self.assertEqual(self.json("extend", rule["id"][:8].upper(), "--for", "1h")["rules"][0]["id"], rule["id"])
        self.assertEqual(self.json("close", rule["id"].upper())["rules"][0]["state"], "closed")

    def test_close_all_and_none(self):
        for _ in range(3):
            self.open_forward()
        self.fails(5, "close", self.json("list")["rules"][0]["id"], "00000000")
        self.assertEqual(len(self.json("list")["rules"]), 3)
        self.assertEqual(len(self.json("close", "--all")["rules"]), 3)
        self.assertEqual(self.json("list")["rules"], [])
        self.assertEqual(self.json("close", "--all")["rules"], [])
        self.assertEqual(len(self.json("list", "--history")["rules"]), 3)

    def test_log_and_verify(self):
        rule = self.open_forward()
        self.json("close", rule["id"])
        events = self.json("log", "--rule", rule["id"])["events"]
        self.assertEqual([event["what"] for event in events][-1], "open")
        self.assertTrue(all(event["rule_id"] == rule["id"] for event in events))
        self.assertIn("portolanctl", events[0]["who"] + events[-1]["who"])
        self.assertEqual(len(self.json("log", "--limit", 1)["events"]), 1)
        verified = self.json("log", "--verify")
        self.assertEqual((verified["verified"], verified["bad_seq"]), (True, None))

    def test_status(self):
        self.open_forward()
        status = self.json("status")
        self.assertEqual((status["open"], status["debts"], status["debt_list"], status["store_state"]), (1, 0, [], "ok"))
        self.assertEqual(status["pid"], self.session.pid())
        self.assertIn("1 open", self.ctl("status").out)

    def test_status_reads_no_rules(self):
        self.open_forward()
        heard = []
        eavesdropper = self.session.connect_bus()
        eavesdropper.call_sync("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus.Monitoring",
                               "BecomeMonitor", session.GLib.Variant("(asu)", ([], 0)), None,
                               session.Gio.DBusCallFlags.NONE, 5000, None)
        eavesdropper.add_filter(lambda connection, message, incoming: heard.append(message.get_member()))
        self.json("status")
        self.json("list")
        wait_for("what was said", lambda: "GetManagedObjects" in heard)
        self.assertLess(heard.index("GetStatus"), heard.index("GetManagedObjects"))
        self.assertEqual(heard.count("GetManagedObjects"), 1)

    def test_monitor(self):
        self.json("status")
        process = self.popen("monitor", "--json", stdout=subprocess.PIPE, text=True)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.kill)
        lines = []
        reader = threading.Thread(target=lambda: lines.extend(iter(process.stdout.readline, "")), daemon=True)
        reader.start()
        rules = []
        # It begins to listen at a time of its own.
        wait_for("a line", lambda: rules.append(self.open_forward()) or lines, 20.0, 0.1)
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(10), 0)
        reader.join(10)
        for line in lines:
            self.assertIn(json.loads(line)["rule_id"], [rule["id"] for rule in rules])

    def test_routers_and_entries_without_a_router(self):
        routers = self.json("routers")["routers"]
        self.assertIsInstance(routers, list)
        if not any(router["state"] == "ready" for router in routers):
            self.assertEqual(self.ctl("entries").code, 6)

    def test_many(self):
        for _ in range(30):
            self.open_forward()
        self.assertEqual(len(self.json("list")["rules"]), 30)
        self.assertEqual(len(self.ctl("list").out.splitlines()), 31)
        self.assertEqual(len(self.json("close", "--all")["rules"]), 30)


class FaultTest(CtlCase):
    def test_output_that_cannot_be_written(self):
        self.open_forward()
        for line in (["list"], ["list", "--json"], ["status"], ["log"]):
            with open("/dev/full", "w", encoding="ascii") as full:
                process = self.popen(*line, stdout=full, stderr=subprocess.PIPE, text=True)
                err = process.communicate(timeout=30)[1]
            self.assertEqual(process.returncode, 1)
            self.assertRegex(err, r"\A[^\n]*could not be written[^\n]*\n\Z")
        closed = subprocess.run(["sh", "-c", f'exec "{CTL}" list >&-'], env=self.session.env, capture_output=True, text=True,
                                check=False, timeout=30)
        self.assertEqual(closed.returncode, 1)

    def test_worker_cannot_be_started(self):
        service = self.session.dir / f"services/{session.NAME}.service"
        service.write_text(service.read_text().replace(str(WORKER), "/bin/false"))
        self.session.stop_bus()
        self.session.start_bus()
        self.assertEqual(self.fails(4, "list")["code"], "worker")

    def test_worker_that_dies_at_every_start(self):
        """Who follows it asks less and less often, and says what is the matter; when it lives again all goes on."""
        starts, well = self.session.dir / "starts", self.session.dir / "well"
        script = self.session.dir / "worker"
        script.write_text(f"#!/bin/sh\n[ -e {well} ] && exec {WORKER}\ndate +%s.%N >> {starts}\nkill -KILL $$\n")
        script.chmod(0o755)
        service = self.session.dir / f"services/{session.NAME}.service"
        service.write_text(service.read_text().replace(str(WORKER), str(script)))
        self.session.stop_bus()
        self.session.start_bus()
        self.assertEqual(self.fails(4, "list")["code"], "worker")
        well.touch()
        self.json("status")
        process = self.popen("monitor", "--json", stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.kill)
        told = []
        reader = threading.Thread(target=lambda: told.extend(iter(process.stdout.readline, "")), daemon=True)
        reader.start()
        wait_for("what it follows", lambda: self.open_forward() and told, 20.0, 0.1)

        well.unlink()
        starts.write_text("")
        self.session.kill()
        wait_for("four starts", lambda: len(starts.read_text().split()) >= 4, 20.0, 0.1)
        times = list(map(float, starts.read_text().split()))
        pauses = [later - sooner for sooner, later in zip(times, times[1:])]
        self.assertGreater(pauses[-1], 1.5 * pauses[0], pauses)
        self.assertIsNone(process.poll())
        self.assertEqual(self.fails(4, "list")["code"], "worker")

        well.touch()
        n = len(told)
        wait_for("what it follows now", lambda: self.open_forward() and len(told) > n, 40.0, 0.2)

    def test_no_bus(self):
        self.session.env["DBUS_SESSION_BUS_ADDRESS"] = "unix:path=/nonexistent"
        self.assertEqual(self.fails(4, "status")["code"], "worker")

    def test_worker_killed_between_calls(self):
        rule = self.open_forward()
        self.session.kill()
        self.assertEqual(self.json("show", rule["id"])["id"], rule["id"])
        wait_for("open again", lambda: self.json("show", rule["id"])["state"] == "open")
        self.assertTrue(is_open(rule["public_endpoint"]["port"]))

    def test_monitor_outlives_the_worker_and_the_bus(self):
        self.json("status")
        process = self.popen("monitor", "--json", stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.kill)
        lines = []
        reader = threading.Thread(target=lambda: lines.extend(iter(process.stdout.readline, "")), daemon=True)
        reader.start()
        wait_for("a line", lambda: self.open_forward() and lines, 20.0, 0.1)

        def is_told(rule):
            return any(json.loads(line)["rule_id"] == rule["id"] for line in list(lines))

        self.session.kill()
        after_worker = self.open_forward()
        wait_for("what was logged after the worker's death", lambda: is_told(after_worker), 20.0, 0.1)
        self.session.stop_bus()
        self.session.start_bus()
        after_bus = self.open_forward()
        wait_for("what was logged on the new bus", lambda: is_told(after_bus), 40.0, 0.1)
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(10), 0)

    def test_interrupt_while_opening(self):
        """A relay that never answers keeps it opening; an interrupt takes it back."""
        with socket.create_server(("127.0.0.1", 0)) as mute:
            port = mute.getsockname()[1]
            process = self.popen("open", "tunnel", "--relay", f"ann@127.0.0.1:{port}", "--remote", "any", "--to",
                                 "localhost:1", *END, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
            rules = wait_for("an opening rule", lambda: self.json("list")["rules"])
            self.assertEqual(rules[0]["state"], "opening")
            process.send_signal(signal.SIGINT)
            err = process.communicate(timeout=30)[1]
        self.assertEqual(process.returncode, 1, err)
        self.assertEqual(self.json("list")["rules"], [])


class TunnelTest(CtlCase):
    def setUp(self):
        super().setUp()
        scratch = tempfile.TemporaryDirectory(prefix="portolan-sshd-")
        self.addCleanup(scratch.cleanup)
        try:
            self.sshd = ctl_sshd.Sshd(scratch.name)
        except ctl_sshd.Unavailable as reason:
            self.skipTest(str(reason))
        self.addCleanup(self.sshd.close)
        self.relay = f"{self.sshd.user}@127.0.0.1:{self.sshd.port}"

    def args(self, *more):
        return ("open", "tunnel", "--relay", self.relay, "--key", self.sshd.key, *more, *END)

    def test_new_host_key_then_remote(self):
        error = self.fails(6, *self.args("--remote", "0", "--to", f"127.0.0.1:{self.target}"))
        self.assertEqual(error["code"], "host-key-unknown")
        self.assertIn(self.sshd.fingerprint, error["advice"])
        wrong = self.fails(6, *self.args("--remote", "0", "--to", f"127.0.0.1:{self.target}", "--trust-host-key",
                                         "SHA256:AAAA"))
        self.assertIn(self.sshd.fingerprint, wrong["message"])
        rule = self.json(*self.args("--remote", "0", "--to", f"127.0.0.1:{self.target}", "--trust-host-key",
                                    self.sshd.fingerprint))
        self.assertEqual((rule["state"], rule["way"]), ("open", "remote"))
        port = rule["public_endpoint"]["port"]
        self.assertTrue(is_open(port))
        self.json("close", rule["id"])
        wait_for("the tunnel's end", lambda: not is_open(port))

    def test_local(self):
        rule = self.json(*self.args("--local", f"127.0.0.1:{ctl_sshd.free_port()}", "--to", f"127.0.0.1:{self.target}",
                                    "--trust-host-key", self.sshd.fingerprint))
        self.assertEqual(rule["way"], "local")
        self.assertTrue(is_open(rule["public_endpoint"]["port"]))

    def test_asked_at_a_terminal(self):
        leader, follower = pty.openpty()
        process = self.popen(*self.args("--remote", "0", "--to", f"127.0.0.1:{self.target}"), stdin=follower,
                             stdout=follower, stderr=follower)
        os.close(follower)
        shown = b""
        while b"[y/N]" not in shown:
            shown += os.read(leader, 4096)
        self.assertIn(self.sshd.fingerprint.encode(), shown)
        os.write(leader, b"y\n")
        try:
            while data := os.read(leader, 4096):
                shown += data
        except OSError:
            pass
        os.close(leader)
        self.assertEqual(process.wait(30), 0, shown)
        self.assertEqual(self.json("list")["rules"][0]["state"], "open")

    def test_unknown_relay(self):
        error = self.fails(5, "open", "tunnel", "--relay", "nowhere", "--remote", "0", "--to", "localhost:1", *END)
        self.assertEqual(error["code"], "not-found")


if __name__ == "__main__":
    tap.main()

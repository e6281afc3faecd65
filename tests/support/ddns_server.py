# SPDX-License-Identifier: GPL-3.0-or-later
"""Providers of dynamic names, on loopback.

An emulator: the real ones are on the internet and want accounts. It speaks what they document: dyndns2 with its return
codes (https://help.dyn.com/remote-access-api/), deSEC's form of it, DuckDNS (https://www.duckdns.org/spec.jsp), and the
part of Cloudflare's API v4 that is used; and it answers wrongly on demand. The name server of the RFC 2136 tests is a
real one: see named.py.
"""

import base64
import http.server
import json
import ssl
import threading
import urllib.parse


class Server:
    """@certificate: (file, key) for TLS. @listener: a socket bound already, in whatever network namespace."""

    def __init__(self, certificate=None, listener=None):
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *args):
                pass

            def do_GET(self):
                outer.handle(self)

            do_POST = do_PATCH = do_PUT = do_GET

        self.requests = []   # dicts: method, path, query, headers, body
        self.script = []     # answers that come before the true ones: (status, body[, headers]), or a function of the request
        self.hosts = {}      # dyndns2: name -> {"A": ..., "AAAA": ...}
        self.users = {}      # dyndns2: user -> password
        self.tokens = {"duckdns": "", "desec": "", "cloudflare": ""}
        self.zones = {}      # cloudflare: zone name -> list of records
        self.lock = threading.Lock()
        self.httpd = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler, bind_and_activate=listener is None)
        self.httpd.daemon_threads = True
        # Clients that turn away from a certificate, or end in the midst of things, are what is tested.
        self.httpd.handle_error = lambda request, address: None
        if listener:
            self.httpd.socket.close()
            self.httpd.socket, self.httpd.server_address = listener, listener.getsockname()
        self.scheme = "http"
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            self.httpd.socket = context.wrap_socket(self.httpd.socket, server_side=True, do_handshake_on_connect=False)
            self.scheme = "https"
        self.port = self.httpd.server_address[1]
        self.thread = threading.Thread(target=self.httpd.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self.thread.start()

    def url(self, path, host="127.0.0.1"):
        return f"{self.scheme}://{host}:{self.port}{path}"

    def close(self):
        self.httpd.shutdown()
        self.httpd.server_close()

    # -- requests ----------------------------------------------------------------------------------

    def handle(self, handler):
        url = urllib.parse.urlsplit(handler.path)
        length = int(handler.headers.get("Content-Length") or 0)
        request = {"method": handler.command, "path": url.path, "raw": handler.path,
                   "query": dict(urllib.parse.parse_qsl(url.query, keep_blank_values=True)),
                   "headers": dict(handler.headers), "body": handler.rfile.read(length).decode()}
        with self.lock:
            self.requests.append(request)
            answer = self.script.pop(0) if self.script else None
            if callable(answer):
                answer = answer(request)
            if answer is None:
                answer = self.answer(request)
        status, body, headers = (*answer, {})[:3]
        data = body if isinstance(body, bytes) else body.encode()
        try:
            handler.send_response(status)
            for key, value in headers.items():
                handler.send_header(key, value)
            handler.send_header("Content-Length", str(len(data)))
            handler.end_headers()
            handler.wfile.write(data)
        except OSError:
            pass

    def answer(self, request):
        path = request["path"]
        if path == "/nic/update":
            return self.dyndns2(request)
        if path == "/update":
            return self.duckdns(request)
        if path.startswith("/client/v4/"):
            return self.cloudflare(request)
        if path == "/desec/":
            return self.desec(request)
        if path == "/custom":
            return 200, "result: updated\n"
        return 404, "nothing here"

    # -- dyndns2 -----------------------------------------------------------------------------------

    def set_host(self, name, family, address):
        changed = address is not None and self.hosts[name].get(family) != address
        if address is not None:
            self.hosts[name][family] = address
        return changed

    def dyndns2(self, request):
        kind, _, coded = request["headers"].get("Authorization", "").partition(" ")
        user, _, password = base64.b64decode(coded).decode().partition(":") if kind == "Basic" else ("", "", "")
        if not user or self.users.get(user) != password:
            return 401, "badauth"
        if not request["headers"].get("User-Agent", "").startswith("Portolan"):
            return 200, "badagent"
        name = request["query"].get("hostname", "")
        if "." not in name:
            return 200, "notfqdn"
        if name not in self.hosts:
            return 200, "nohost"
        addresses = [a for key in ("myip", "myipv6") for a in request["query"].get(key, "").split(",") if a and a != "no"]
        changed = [self.set_host(name, "AAAA" if ":" in address else "A", address) for address in addresses]
        return 200, ("good " if any(changed) else "nochg ") + ",".join(addresses)

    def desec(self, request):
        if request["headers"].get("Authorization") != f"Token {self.tokens['desec']}":
            return 401, "badauth"
        name = request["query"].get("hostname", "")
        if name not in self.hosts:
            return 404, "nohost"
        for key, family in (("myipv4", "A"), ("myipv6", "AAAA")):
            value = request["query"].get(key, "")
            if value != "preserve":
                self.hosts[name][family] = value
        return 200, "good"

    # -- DuckDNS -----------------------------------------------------------------------------------

    def duckdns(self, request):
        query = request["query"]
        name = query.get("domains", "")
        if query.get("token") != self.tokens["duckdns"] or name not in self.hosts:
            return 200, "KO"
        ipv4, ipv6 = query.get("ip"), query.get("ipv6")
        if ipv4 is None and ipv6 is None:
            ipv4 = "127.0.0.1"
        changed = [self.set_host(name, "A", ipv4), self.set_host(name, "AAAA", ipv6)]
        host = self.hosts[name]
        return 200, f"OK\n{host.get('A', '')}\n{host.get('AAAA', '')}\n{'UPDATED' if any(changed) else 'NOCHANGE'}"

    # -- Cloudflare --------------------------------------------------------------------------------

    @staticmethod
    def cf(result, status=200, errors=()):
        return status, json.dumps({"success": not errors, "errors": list(errors), "messages": [], "result": result})

    def cloudflare(self, request):
        if request["headers"].get("Authorization") != f"Bearer {self.tokens['cloudflare']}":
            return self.cf(None, 403, [{"code": 9109, "message": "Invalid access token"}])
        parts = request["path"].split("/")[3:]
        if parts == ["zones"]:
            name = request["query"].get("name")
            return self.cf([{"id": self.zone_id(name), "name": name}] if name in self.zones else [])
        records = next((r for zone, r in self.zones.items() if self.zone_id(zone) == parts[1]), None)
        if records is None or parts[2] != "dns_records":
            return self.cf(None, 404, [{"code": 7003, "message": "Could not route"}])
        return self.cf_records(request, records, parts[3:])

    @staticmethod
    def zone_id(name):
        return (name or "").encode().hex().ljust(32, "0")[:32]

    def cf_records(self, request, records, rest):
        query = request["query"]
        if request["method"] == "GET":
            return self.cf([r for r in records if r["type"] == query.get("type") and r["name"] == query.get("name")])
        body = json.loads(request["body"])
        if request["method"] == "POST":
            records.append(dict(body, id=f"{len(records):032x}"))
            return self.cf(records[-1])
        record = next((r for r in records if r["id"] == rest[0]), None)
        if record is None:
            return self.cf(None, 404, [{"code": 81044, "message": "Record does not exist."}])
        record.update(body)
        return self.cf(record)

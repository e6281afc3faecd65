# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP: the router's own server, and the canary at another host that nobody may be led to."""

import http.server
import os
import re
import threading
import time

from emulator import description, soap
from emulator.state import LAN, OTHER, UPNP, log

ENVELOPE = ('<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/">'
            "<s:Body>{}</s:Body></s:Envelope>")
FAULT = ("<s:Fault><faultcode>s:Client</faultcode><faultstring>UPnPError</faultstring><detail>"
         '<UPnPError xmlns="urn:schemas-upnp-org:control-1-0"><errorCode>{}</errorCode></UPnPError></detail></s:Fault>')


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def send(self, status, body, chunked=False):
        self.send_response(status)
        self.send_header("Content-Type", "text/xml")
        self.send_header("Connection", "close")
        self.close_connection = True
        if chunked:
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for at in range(0, len(body), 100):
                part = body[at:at + 100]
                self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
            self.wfile.write(b"0\r\n\r\n")
            return
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def drip(self):
        self.send_response(200)
        self.end_headers()
        for _ in range(600):
            self.wfile.write(b"x")
            time.sleep(0.1)

    def do_GET(self):
        log(f"get {self.path}")
        if "mute-http" in UPNP:
            time.sleep(60)
        if "redirect" in UPNP:
            self.send_response(302)
            self.send_header("Location", f"http://{OTHER}:8000/root.xml")
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif "drip" in UPNP:
            self.drip()
        elif self.path == "/media.xml":
            self.send(200, description.media())
        else:
            self.send(200, description.root(), "chunked" in UPNP)

    def misbehave(self, action):
        """FALSE: it is answered as it should be. Only what changes or shows mappings is spoilt."""
        if action in ("GetStatusInfo", "GetExternalIPAddress") and "soap-all" not in UPNP:
            return False
        if "soap-drip" in UPNP:
            self.drip()
        elif "soap-mute" in UPNP:
            time.sleep(60)
        elif "soap-huge" in UPNP:
            self.send(200, b"<" + b"x" * 5_000_000)
        elif "soap-garbage" in UPNP:
            self.send(200, os.urandom(300))
        elif "soap-empty" in UPNP:
            self.send(200, b"")
        elif "soap-page" in UPNP:
            self.send(500, b"<html><body><h1>500 Internal Server Error</h1></body></html>")
        else:
            return False
        return True

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        action = self.headers.get("SOAPAction", "").strip('"').split("#")[-1]
        args = dict(re.findall(r"<(New\w+)>([^<]*)</", body))
        log(f"soap {action} {args.get('NewExternalPort', '')} {args.get('NewLeaseDuration', '')}".strip())
        if self.misbehave(action):
            return
        try:
            result = soap.act(action, args, self.path, self.client_address[0])
        except soap.Fault as fault:
            self.send(500, ENVELOPE.format(FAULT.format(fault.code)).encode())
            return
        except soap.Crash as crash:
            restart_after(crash.seconds)
            self.close_connection = True
            return
        if result is None:
            self.send(200, b"")
            return
        inner = f'<u:{action}Response xmlns:u="{description.service_type()}">' \
                + "".join(f"<{k}>{v}</{k}>" for k, v in result.items()) + f"</u:{action}Response>"
        self.send(200, ENVELOPE.format(inner).encode())


class Canary(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_GET(self):
        log("canary")
        self.send_error(404)

    do_POST = do_GET


class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 64
    daemon_threads = True

    def handle_error(self, *_):
        pass


def serve(address, port, handler):
    server = Server((address, port), handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    return server


class Web:
    """The router's server: its port changes when it is told to move."""

    def __init__(self):
        self.port = 5000
        self.server = None

    def start(self):
        self.server = serve(LAN, self.port, Handler)

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


web = Web()


def get_port():
    return web.port


def move():
    web.stop()
    web.port += 1
    web.start()


def restart_after(seconds):
    """Nothing listens for so long."""
    def go():
        web.stop()
        time.sleep(seconds)
        web.start()
        log("restarted")
    log("crashed")
    threading.Thread(target=go, daemon=True).start()

# SPDX-License-Identifier: GPL-3.0-or-later
"""What Docker and Podman answer to GET /containers/json (Docker Engine API 1.24), on a unix socket. An emulator: a real
engine wants images and control groups that a test has not."""

import http.server
import json
import pathlib
import socketserver
import threading


class _Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True


class Engine:
    """@containers: [{"Id": ..., "Names": ["/web"], "Ports": [{"IP": ..., "PublicPort": ..., "Type": "tcp"}]}]"""

    def __init__(self, test, path, containers, status=200):
        self.path = path = pathlib.Path(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        self.asked = []
        engine = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                engine.asked.append(self.path)
                body = json.dumps(containers).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                # In pieces, as engines do.
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                for piece in (body[:10], body[10:]):
                    if piece:
                        self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
                self.wfile.write(b"0\r\n\r\n")

            def address_string(self):
                return "engine"

            def log_message(self, *args):
                pass

        self.server = _Server(str(path), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        test.addCleanup(self.close)

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.path.unlink()

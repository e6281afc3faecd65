# SPDX-License-Identifier: GPL-3.0-or-later
"""PROXY headers between forwards of the real worker and real HAProxy and nginx, both ways."""

import os
import shutil
import socket
import subprocess
import threading
import unittest

from gi.repository import GLib

import session
import tap
from session import wait_for

# Servers are not in everybody's path.
PATH = os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin"
HAPROXY = shutil.which("haproxy", path=PATH)
NGINX = shutil.which("nginx", path=PATH)
STREAM = "/usr/lib/nginx/modules/ngx_stream_module.so"
CLIENT = "127.0.0.9"

HAPROXY_CONF = """
defaults
  timeout connect 5s
  timeout client 5s
  timeout server 5s
"""
NGINX_CONF = """
daemon off;
master_process off;
pid {dir}/nginx.pid;
error_log {dir}/nginx.log;
events {{ worker_connections 64; }}
"""
NGINX_HTTP = """
http {{
  access_log off;
  client_body_temp_path {dir}; proxy_temp_path {dir}; fastcgi_temp_path {dir}; uwsgi_temp_path {dir}; scgi_temp_path {dir};
  server {{
    listen 127.0.0.1:{port} proxy_protocol;
    location / {{ return 200 "$proxy_protocol_addr:$proxy_protocol_port $proxy_protocol_server_addr:$proxy_protocol_server_port"; }}
  }}
}}
"""
NGINX_STREAM = """
stream {{ server {{ listen 127.0.0.1:{port}; proxy_pass 127.0.0.1:{target}; proxy_protocol on; }} }}
"""


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def listens(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1.0).close()
    except OSError:
        return False
    return True


def connect_from(port, source=CLIENT):
    return socket.create_connection(("127.0.0.1", port), 5.0, (source, 0))


def ask(port, source=CLIENT):
    """What an HTTP server behind @port says. Gives its body, and who asked."""
    with connect_from(port, source) as client:
        own = "{}:{}".format(*client.getsockname())
        client.sendall(b"GET / HTTP/1.0\r\n\r\n")
        answer = b""
        while data := client.recv(4096):
            answer += data
    return answer.decode().split("\r\n\r\n", 1)[1], own


class ProxyCase(unittest.TestCase):
    def setUp(self):
        self.session = session.Session(self)
        self.dir = self.session.dir

    def run_server(self, port, *command):
        log = open(self.dir / "server.log", "ab")
        self.addCleanup(log.close)
        process = subprocess.Popen(command, stdout=log, stderr=log)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        wait_for(f"{command[0]} to listen", lambda: listens(port))
        return port

    def run_haproxy(self, sections):
        port = free_port()
        conf = self.dir / "haproxy.cfg"
        conf.write_text(HAPROXY_CONF + sections.format(port=port))
        return self.run_server(port, HAPROXY, "-db", "-f", str(conf))

    def run_nginx(self, sections, head="", **keys):
        port = free_port()
        conf = self.dir / "nginx.conf"
        conf.write_text(head + (NGINX_CONF + sections).format(dir=self.dir, port=port, **keys))
        return self.run_server(port, NGINX, "-p", str(self.dir), "-c", str(conf), "-e", str(self.dir / "nginx.log"))

    def open_forward(self, target, audience=(), **options):
        values = {key: GLib.Variant("s" if isinstance(value, str) else "as", value) for key, value in options.items()}
        return self.session.open_forward(target, Audience=list(audience), Options=GLib.Variant("a{sv}", values))

    def line_server(self):
        """A target that sends back the first line it gets, as the whole answer."""
        listener = socket.create_server(("127.0.0.1", 0))
        self.session.servers.append(listener)

        def serve():
            while True:
                try:
                    client, _ = listener.accept()
                except OSError:
                    return
                with client, client.makefile("rwb") as stream:
                    stream.write(stream.readline())

        threading.Thread(target=serve, daemon=True).start()
        return listener.getsockname()[1]

    def assert_told(self, server):
        """The server is told who asks, in both versions."""
        for version in ("v1", "v2"):
            with self.subTest(version=version):
                _, port = self.open_forward(server, Proxy=version)
                body, own = ask(port)
                self.assertEqual(body, f"{own} 127.0.0.1:{port}")

    def assert_passed_on(self, proxy_to):
        """@proxy_to makes a proxy before a forward: whom it names is judged, and passed on."""
        target = self.line_server()
        rule_id, port = self.open_forward(target, [CLIENT], Proxy="v1", ProxyFrom=["127.0.0.1"])
        front = proxy_to(port)
        with connect_from(front) as client:
            client.sendall(b"hello\n")
            own = client.getsockname()
            self.assertEqual(client.recv(200).decode(), f"PROXY TCP4 {own[0]} 127.0.0.1 {own[1]} {front}\r\n")
        with connect_from(front, "127.0.0.8") as client:
            self.assertIn(self.read_end(client), (b"", None))
        wait_for("the refusal", lambda: self.session.call("GetStatistics", "(s)", rule_id)[0]["Refused"].get("audience"))

    @staticmethod
    def read_end(client):
        try:
            client.sendall(b"hello\n")
            return client.recv(200)
        except ConnectionError:
            return None


@unittest.skipUnless(HAPROXY, "haproxy is not installed")
class HAProxyTest(ProxyCase):
    def test_it_is_told(self):
        self.assert_told(self.run_haproxy("""
frontend told
  mode http
  bind 127.0.0.1:{port} accept-proxy
  http-request return status 200 content-type text/plain lf-string "%[src]:%[src_port] %[dst]:%[dst_port]"
"""))

    def test_it_tells(self):
        for word in ("send-proxy", "send-proxy-v2", "send-proxy-v2-ssl-cn"):
            with self.subTest(word=word):
                self.assert_passed_on(lambda forward, word=word: self.run_haproxy(f"""
listen front
  mode tcp
  bind 127.0.0.1:{{port}}
  server forward 127.0.0.1:{forward} {word}
"""))

    def test_its_health_check_is_let_through(self):
        """Of version 2 that is LOCAL: the proxy itself, which no limit by named sources is about."""
        target = self.line_server()
        rule_id, port = self.open_forward(target, ProxyFrom=["127.0.0.1"])
        self.run_haproxy(f"""
listen front
  mode tcp
  bind 127.0.0.1:{{port}}
  server forward 127.0.0.1:{port} send-proxy-v2 check inter 50ms
""")
        wait_for("some checks", lambda: self.session.rule(rule_id)["ConnectionsEver"] >= 3)
        self.assertEqual(self.session.call("GetStatistics", "(s)", rule_id)[0]["Refused"], {})


@unittest.skipUnless(NGINX, "nginx is not installed")
class NginxTest(ProxyCase):
    def test_it_is_told(self):
        self.assert_told(self.run_nginx(NGINX_HTTP))

    @unittest.skipUnless(os.path.exists(STREAM), "nginx has no stream module here (libnginx-mod-stream)")
    def test_it_tells(self):
        self.assert_passed_on(lambda forward: self.run_nginx(NGINX_STREAM, f"load_module {STREAM};\n", target=forward))


if __name__ == "__main__":
    tap.main()

# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands before other servers, and what runs web applications."""

from services.place import OPEN, PROTECTED, service, variant
from services.probes import say, web

WSGI = "def application(environ, start):\n    start('200 OK', [('Content-Type', 'text/html')])\n    return [b'<title>Home</title>hello']\n"


def _server_behind(at):
    at.write("pub/index.html", "<title>Home</title>hello")
    at.run("/usr/bin/python3", "-m", "http.server", at.port + 1, "--bind", "127.0.0.1", "--directory", at.dir / "pub")


@service("http https", ("H2O", "h2o"), "h2o", 8080, variant("static", OPEN), variant("TLS", OPEN, tls="self-signed"))
def h2o(at, tls=""):
    at.write("pub/index.html", "<title>Home</title>hello")
    lines = ""
    if tls:
        cert, key = at.certificate(tls)
        lines = f"  ssl:\n    certificate-file: {cert}\n    key-file: {key}\n"
    conf = at.write("conf", f"user: root\npid-file: {at.dir}/pid\nlisten:\n  host: {at.host}\n  port: {at.port}\n{lines}"
                            f"hosts:\n  default:\n    paths:\n      /:\n        file.dir: {at.dir}/pub\n")
    at.run("h2o", "-c", conf)
    return web(tls=bool(tls), header=r"Server: h2o/\S+")


@service("http https", ("nghttpx",), "nghttp2-proxy", 3000, variant("before a server", OPEN), tells_version=False)
def nghttpx(at):
    _server_behind(at)
    at.run("nghttpx", f"--frontend={at.host},{at.port};no-tls", f"--backend=127.0.0.1,{at.port + 1}", "--workers=1",
           "--conf=/dev/null")
    return web(body=rb"hello", header="Server: nghttpx|Via: .*")


@service("http https", ("Hitch", "Python", "SimpleHTTPServer", "Python http.server"), "hitch", 443,
         variant("TLS", OPEN, tls="self-signed"),
         tells_version=False)
def hitch(at, tls):
    _server_behind(at)
    cert, key = at.certificate(tls)
    both = at.write("both.pem", key.read_text() + cert.read_text())
    at.run("hitch", f"--frontend=[{at.host}]:{at.port}", f"--backend=[127.0.0.1]:{at.port + 1}", "--user=nobody", both)
    return web(tls=True, body=rb"hello")


@service("redis rediss", ("Redis",), "redis-server", 6380, variant("open, behind stunnel", OPEN, tls="self-signed"))
def stunnel(at, tls):
    cert, key = at.certificate(tls)
    at.run("redis-server", "--port", "6399", "--bind", "127.0.0.1", "--save", "", "--dir", at.dir)
    conf = at.write("conf", f"foreground = yes\npid =\n[redis]\naccept = {at.host}:{at.port}\nconnect = 127.0.0.1:6399\ncert = {cert}\nkey = {key}\n")
    at.run("stunnel4", conf)
    return say(b"", b"PING\r\n", rb"^\+PONG", tls=True)


@service("http", ("uWSGI", ""), "uwsgi-core", 8080, variant("application", OPEN), tells_version=False)
def uwsgi(at):
    at.write("app.py", WSGI)
    at.run("uwsgi_python3", "--http-socket", f"{at.host}:{at.port}", "--wsgi-file", at.dir / "app.py", "--need-app")
    return web(body=rb"hello")


@service("http", ("gunicorn", "Gunicorn"), "gunicorn", 8000, variant("application", OPEN), tells_version=False)
def gunicorn(at):
    at.write("app.py", WSGI)
    at.run("gunicorn", "-b", f"{at.host}:{at.port}", "app:application", "--chdir", at.dir)
    return web(body=rb"hello", header="Server: gunicorn")


@service("http", ("TwistedWeb", "Twisted", "Twisted Web"), "python3-twisted", 8080, variant("static", OPEN))
def twisted(at):
    at.write("pub/index.html", "<title>Home</title>hello")
    at.run("twistd3", "-n", "--pidfile=", "web", "--listen", f"tcp:{at.port}:interface={at.host}", "--path", at.dir / "pub")
    return web(header=r"Server: TwistedWeb/\S+")


@service("http", ("Apache Tomcat", "Tomcat"), "tomcat10", 8080, variant("example page", OPEN, page=True),
         variant("nothing there", OPEN, page=False))
def tomcat(at, page):
    for name in ("conf", "logs", "temp", "work"):
        at.folder(name)
    if page:
        at.write("webapps/ROOT/index.html", "<title>It works</title>")
    at.folder("webapps")
    at.write("conf/server.xml", f'<Server port="-1"><Service name="Catalina"><Connector port="{at.port}" address="{at.host}"/>'
                                '<Engine name="Catalina" defaultHost="localhost"><Host name="localhost" appBase="webapps"/></Engine></Service></Server>')
    at.write("conf/web.xml", _DEFAULT_SERVLET)
    home = "/usr/share/tomcat10"
    at.run("java", "-Xmx64m", "-cp", f"{home}/bin/bootstrap.jar:{home}/bin/tomcat-juli.jar", f"-Dcatalina.base={at.dir}",
           f"-Dcatalina.home={home}",
           f"-Djava.io.tmpdir={at.dir}/temp", "org.apache.catalina.startup.Bootstrap", "start")
    return web(status=200 if page else 404)


_DEFAULT_SERVLET = """<web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="5.0"><servlet><servlet-name>default</servlet-name>
<servlet-class>org.apache.catalina.servlets.DefaultServlet</servlet-class></servlet><servlet-mapping><servlet-name>default</servlet-name>
<url-pattern>/</url-pattern></servlet-mapping><welcome-file-list><welcome-file>index.html</welcome-file></welcome-file-list></web-app>"""



@service("http", ("Node.js", "Node.js Express framework", "Express", ""), "nodejs", 3000, variant("plain", OPEN),
         tells_version=False)
def node(at):
    at.write("app.js", "require('http').createServer((q, a) => { a.setHeader('Content-Type', 'text/html'); a.end('<title>Home</title>hello'); })"
                       f".listen({at.port}, '{at.host}');")
    at.run("node", at.dir / "app.js")
    return web(body=rb"hello")


@service("http", ("phpMyAdmin",), "phpmyadmin", 8080, variant("login", PROTECTED))
def phpmyadmin(at):
    conf = at.write("config.inc.php", "<?php $cfg['blowfish_secret'] = '0123456789abcdef0123456789abcdef';\n"
                                      "$cfg['Servers'][1] = ['auth_type' => 'cookie', 'host' => '127.0.0.1'];\n"
                                      f"$cfg['TempDir'] = '{at.dir}';\n")
    at.write("start.php", f"<?php define('CONFIG_FILE', '{conf}');")
    at.run("php", "-d", f"session.save_path={at.dir}", "-S", f"{at.host}:{at.port}", "-t", "/usr/share/phpmyadmin")
    return web(body=rb"phpMyAdmin")


@service("http", ("Adminer",), "adminer", 8080, variant("login", PROTECTED))
def adminer(at):
    at.write("pub/index.php", "<?php include '/usr/share/adminer/adminer.php';")
    at.run("php", "-d", f"session.save_path={at.dir}", "-S", f"{at.host}:{at.port}", "-t", at.dir / "pub")
    return web(body=rb"Adminer")

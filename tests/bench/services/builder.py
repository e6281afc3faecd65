# SPDX-License-Identifier: GPL-3.0-or-later
"""What those who write programs leave listening: debuggers, stores without a login, files given away."""

import re

from services.place import OPEN, PROTECTED, service, variant
from services.probes import ask, say, web


@service("jdwp", ("Java debugger",), "openjdk-17-jre-headless", 5005, variant("open", OPEN), tells_version=False)
def jdwp(at):
    # Anything that goes on will do.
    at.run("rmiregistry", f"-J-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address={at.host}:{at.port}",
           at.port + 1)
    return ask(b"JDWP-Handshake", rb"^JDWP-Handshake")


@service("java-rmi", ("Java RMI",), "openjdk-17-jre-headless", 1099, variant("open", OPEN), tells_version=False)
def rmi(at):
    at.run("rmiregistry", at.port)
    return ask(b"JRMI\0\2K", rb"^N\x00")


@service("http", ("Node.js inspector", "Node.js"), "nodejs", 9229, variant("open", OPEN))
def inspector(at):
    at.run("node", f"--inspect={at.host}:{at.port}", at.write("x.js", "setInterval(() => {}, 1000)\n"))
    return web("/json/version", body=b"Protocol-Version")


@service("mysql", ("MariaDB",), "mariadb-server-core", 3306, variant("nobody is asked", OPEN))
def mariadb_open(at):
    at.own("nobody")
    at.tool("mariadb-install-db", "--no-defaults", f"--datadir={at.dir}/data", "--skip-test-db",
            "--auth-root-authentication-method=normal", user="nobody")
    at.run("mariadbd", "--no-defaults", f"--datadir={at.dir}/data", f"--bind-address={at.host}", f"--port={at.port}",
           f"--socket={at.dir}/sock", f"--pid-file={at.dir}/pid", "--innodb-buffer-pool-size=8M",
           "--skip-grant-tables", "--skip-networking=0", user="nobody")
    return say(rb"^.{4}\x0a(5.5.5-)?[\w.]+-MariaDB")


@service("memcached memcache", ("memcached",), "memcached", 11211, variant("SASL", PROTECTED), anywhere=False)
def memcached_sasl(at):
    at.write("memcached.conf", "mech_list: plain\n")
    at.run("memcached", "-l", at.host, "-p", at.port, "-U", "0", "-u", "nobody", "-m", "8", "-S",
           env={"SASL_CONF_PATH": str(at.dir)})
    return ask(b"\x80\x0b" + bytes(22), rb"^\x81\x0b")


@service("redis", ("Redis Sentinel",), "redis-sentinel", 26379, variant("open", OPEN))
def sentinel(at):
    conf = at.write("conf", f"port {at.port}\nbind {at.host}\nprotected-mode no\ndir {at.dir}\n"
                            "sentinel monitor home 127.0.0.1 6399 1\n")
    at.run("redis-sentinel", conf)
    return ask(b"PING\r\n", rb"^\+PONG")


@service("firebird", ("Firebird",), "firebird3.0-server", 3050, variant("login", PROTECTED), anywhere=False,
         tells_version=False)
def firebird(at):
    at.write("firebird.conf", f"RemoteBindAddress = {at.host}\nRemoteServicePort = {at.port}\nIpcName = F{at.port}\n")
    at.run("firebird", env={"FIREBIRD": str(at.dir), "FIREBIRD_LOCK": str(at.dir)})
    return say(b"")


SPHINX = """
index notes {{
 type = rt
 path = {dir}/notes
 rt_field = text
 rt_attr_uint = number
}}
searchd {{
 listen = {host}:{port}:mysql41
 pid_file = {dir}/pid
 log = {dir}/l
 binlog_path = {dir}
 workers = threads
}}
"""


@service("mysql", ("Sphinx",), "sphinxsearch", 9306, variant("open", OPEN))
def sphinx(at):
    at.run("searchd", "--nodetach", "-c", at.write("conf", SPHINX.format(dir=at.dir, host=at.host, port=at.port)))
    return say(rb"^.{4}\x0a[\d.]+")


def _rclone(at, *arguments):
    at.write("files/x.txt", "hello")
    at.run("rclone", "--config", at.write("conf", ""), *arguments)


@service("http", ("rclone",), "rclone", 8080, variant("open", OPEN, login=()),
         variant("login", PROTECTED, login=("--user", "ann", "--pass", "x"), tells_version=False))
def rclone_restic(at, login):
    _rclone(at, "serve", "restic", at.dir / "files", "--addr", f"{at.host}:{at.port}", *login)
    return web(status=401 if login else 400)


@service("http", (), "rclone", 8081, variant("open", OPEN, login=()),
         variant("login", PROTECTED, login=("--user", "ann", "--pass", "x")), tells_version=False)
def rclone_webdav(at, login):
    _rclone(at, "serve", "webdav", at.dir / "files", "--addr", f"{at.host}:{at.port}", *login)
    return web(status=401 if login else 200)


@service("http", ("rclone",), "rclone", 5572, variant("open", OPEN, login=("--rc-no-auth",)),
         variant("refuses", PROTECTED, login=()),
         variant("login", PROTECTED, login=("--rc-user", "ann", "--rc-pass", "x")), tells_version=False)
def rclone_control(at, login):
    _rclone(at, "rcd", "--rc-addr", f"{at.host}:{at.port}", *login)
    return web(status=401 if len(login) > 1 else 404)


@service("ovsdb", ("Open vSwitch",), "openvswitch-switch", 6640, variant("open", OPEN), tells_version=False)
def ovsdb(at):
    at.tool("ovsdb-tool", "create", at.dir / "db", "/usr/share/openvswitch/vswitch.ovsschema")
    at.run("ovsdb-server", at.dir / "db", f"--remote=ptcp:{at.port}:{at.host}", f"--unixctl={at.dir}/ctl")
    return ask(b'{"id":1,"method":"list_dbs","params":[]}', rb"Open_vSwitch")


@service("http", ("debuginfod",), "debuginfod", 8002, variant("open", OPEN))
def debuginfod(at):
    at.run("debuginfod", "-p", at.port, "-d", ":memory:", "-F", at.folder("files"))
    return web(body=rb"^debuginfod")


@service("http", ("opentracker",), "opentracker", 6969, variant("open", OPEN), tells_version=False)
def opentracker(at):
    at.run("opentracker", "-A", "192.168.77.10", "-i", at.host, "-p", at.port, "-d", at.dir)
    return web("/stats", body=rb"opentracker serving")


@service("scgi", ("rTorrent",), "rtorrent", 5000, variant("open", OPEN))
def rtorrent(at):
    conf = at.write("conf", f"network.scgi.open_port = {at.host}:{at.port}\nsystem.daemon.set = true\n"
                            f"session.path.set = {at.folder('session')}\ndirectory.default.set = {at.dir}\n"
                            f"network.port_range.set = {at.port + 1}-{at.port + 1}\n")
    at.run("rtorrent", "-n", "-o", f"import={conf}")
    return say(b"")


@service("tls", ("Syncthing",), "syncthing", 22000, variant("peers", PROTECTED), tells_version=False)
def syncthing_peers(at):
    at.tool("syncthing", "generate", f"--home={at.dir}/home", "--skip-port-probing")
    conf = at.dir / "home/config.xml"
    text = conf.read_text().replace("<listenAddress>default<", f"<listenAddress>tcp://{at.host}:{at.port}<")
    conf.write_text(re.sub(r"<(global|local)AnnounceEnabled>true", r"<\1AnnounceEnabled>false", text))
    at.run("syncthing", "serve", f"--home={at.dir}/home", "--no-browser", f"--gui-address=127.0.0.1:{at.port + 1}")
    return say(b"")

# SPDX-License-Identifier: GPL-3.0-or-later
"""What a home lab runs behind a web page, and what watches over it."""

import re

from services.place import OPEN, PROTECTED, service, variant
from services.probes import ask, datagram, say, web


@service("http https", ("Syncthing",), "syncthing", 8384,
         variant("open", OPEN), variant("login", PROTECTED, login=True, tells_version=False),
         variant("TLS", OPEN, tls="self-signed"))
def syncthing(at, login=False, tls=""):
    at.tool("syncthing", "generate", "--home", at.dir / "conf", "--no-default-folder")
    path = at.dir / "conf/config.xml"
    text = path.read_text()
    text = re.sub(r"<gui[^>]*>", f'<gui enabled="true" tls="{"true" if tls else "false"}">'
                  + ("<user>ann</user><password>$2a$10$abcdefghijklmnopqrstuu6Xdq0Vq9rq6hQzC2yVfV7Ck0q0q0q0q</password>"
                     if login else ""), text)
    text = re.sub(r"(<gui.*?<address>)[^<]*", rf"\g<1>{at.host}:{at.port}", text, flags=re.S)
    text = re.sub(r"<listenAddress>[^<]*", "<listenAddress>tcp://127.0.0.1:0", text)
    for option in ("globalAnnounceEnabled", "localAnnounceEnabled", "relaysEnabled", "natEnabled", "crashReportingEnabled"):
        text = re.sub(f"<{option}>true", f"<{option}>false", text)
    path.write_text(text)
    at.run("syncthing", "serve", "--home", at.dir / "conf", "--no-browser", "--no-restart", "--no-upgrade")
    return web("/", status=401 if login else 200, tls=bool(tls))


@service("http", ("Jupyter", "Jupyter Notebook"), "jupyter-notebook", 8888,
         variant("open", OPEN, token=""), variant("token", PROTECTED, token="x"))
def jupyter(at, token):
    at.run("jupyter", "notebook", "--no-browser", f"--ip={at.host}", f"--port={at.port}", "--allow-root",
           f"--NotebookApp.token={token}",
           "--NotebookApp.password=", f"--notebook-dir={at.dir}", env={"JUPYTER_RUNTIME_DIR": str(at.dir)})
    return web("/api/contents", status=403 if token else 200)


@service("http https", ("Cockpit",), "cockpit-ws", 9090, variant("login", PROTECTED), tells_version=False)
def cockpit(at):
    at.run("/usr/lib/cockpit/cockpit-ws", "-p", at.port, "-a", at.host, "--no-tls", env={"XDG_CONFIG_DIRS": str(at.dir)})
    return web("/cockpit/login", status=401)


@service("http", ("Prometheus",), "prometheus", 9090, variant("open", OPEN, light=True),
         variant("login", PROTECTED, login=True, tells_version=False))
def prometheus(at, login=False):
    at.write("conf.yml", "global: {}\n")
    at.run("prometheus", f"--config.file={at.dir}/conf.yml", f"--web.listen-address={at.host}:{at.port}",
           f"--storage.tsdb.path={at.dir}/data",
           *_web_config(at, login))
    return web("/api/v1/status/buildinfo", status=401 if login else 200)


def _web_config(at, login):
    if not login:
        return []
    # ann, x
    at.write("web.yml", "basic_auth_users:\n  ann: $2y$05$abcdefghijklmnopqrstuuDyoW5ygFgmyDQBQw7h/5iCQnEfJFm3C\n")
    return [f"--web.config.file={at.dir}/web.yml"]


@service("http", ("Prometheus node exporter", "node_exporter", "Prometheus Node Exporter", "Node Exporter"),
         "prometheus-node-exporter", 9100,
         variant("open", OPEN), variant("login", PROTECTED, login=True, tells_version=False))
def node_exporter(at, login=False):
    at.run("prometheus-node-exporter", f"--web.listen-address={at.host}:{at.port}", *_web_config(at, login))
    return web("/metrics", status=401 if login else 200, body=b"" if login else rb"node_exporter_build_info")


@service("http", ("Alertmanager", "Prometheus Alertmanager"), "prometheus-alertmanager", 9093, variant("open", OPEN))
def alertmanager(at):
    at.write("conf.yml", "route:\n  receiver: none\nreceivers:\n- name: none\n")
    at.run("prometheus-alertmanager", f"--config.file={at.dir}/conf.yml", f"--web.listen-address={at.host}:{at.port}",
           f"--storage.path={at.dir}/data", "--cluster.listen-address=")
    return web("/api/v2/status", body=rb"versionInfo")


@service("http", ("Monit",), "monit", 2812, variant("open", OPEN, allow="0.0.0.0/0"),
         variant("login", PROTECTED, allow="ann:x"))
def monit(at, allow):
    conf = at.write("conf", f"set daemon 600\nset idfile {at.dir}/id\nset statefile {at.dir}/state\nset pidfile {at.dir}/pid\n"
                            f"set httpd port {at.port} address {at.host} allow {allow}\n", 0o600)
    at.run("monit", "-I", "-c", conf)
    return web(status=401 if ":" in allow else 200, header="Server: monit")


@service("munin", ("Munin", "Munin node", "munin-node"), "munin-node", 4949, variant("open", OPEN))
def munin_node(at):
    conf = at.write("conf", f"log_file {at.dir}/munin.log\npid_file {at.dir}/pid\nbackground 0\nsetsid 0\nuser root\ngroup root\nhost {at.host}\n"
                            f"port {at.port}\ncidr_allow 0.0.0.0/0\nhost_name nas\n")
    at.folder("plugins")
    at.run("munin-node", "--config", conf)
    return say(rb"^# munin node at nas\n", b"version\n", rb"munins node on nas version: \S+")


@service("zabbix-agent zabbix", ("Zabbix agent", "Zabbix"), "zabbix-agent", 10050, variant("open", OPEN, allow="0.0.0.0/0"))
def zabbix_agent(at, allow):
    conf = at.write("conf", f"Server={allow}\nListenPort={at.port}\nListenIP={at.host}\nPidFile={at.dir}/pid\nLogType=console\nAllowRoot=1\nHostname=nas\n")
    at.run("zabbix_agentd", "-f", "-c", conf)
    return ask(b"ZBXD\x01\x0d\0\0\0\0\0\0\0agent.version", rb"^ZBXD\x01.{8}[\d.]+")


@service("gpsd", ("gpsd",), "gpsd", 2947, variant("open", OPEN))
def gpsd(at):
    at.run("gpsd", "-N", "-G", "-n", "-F", at.dir / "control", "-S", at.port)
    return say(rb'^\{"class":"VERSION","release":"[^"]*"')


@service("nut ups upsd", ("Network UPS Tools", "NUT", "upsd"), "nut-server", 3493, variant("open", OPEN))
def nut(at):
    at.write("conf/upsd.conf", f"LISTEN {at.host} {at.port}\nALLOW_NO_DEVICE true\n", 0o600)
    at.write("conf/upsd.users", "", 0o600)
    at.write("conf/ups.conf", "[dummy]\ndriver = dummy-ups\nport = none.dev\n", 0o600)
    at.run("/lib/nut/upsd", "-F", "-u", "root", env={"NUT_CONFPATH": str(at.dir / "conf"), "NUT_STATEPATH": str(at.dir)})
    return ask(b"VER\n", rb"^Network UPS Tools upsd [\d.]+")


@service("dict", ("dictd",), "dictd", 2628, variant("open", OPEN))
def dictd(at):
    conf = at.write("conf", "access { allow * }\ndatabase_virtual all { name \"none\" database_list \"\" }\n")
    at.run("dictd", "-d", "nofork", "-c", conf, "--listen-to", at.host, "-p", at.port, "--pid-file", at.dir / "pid")
    return say(rb"^220 \S+ dictd \S+")


@service("ipp http", ("CUPS",), "cups-daemon", 631, variant("open", OPEN))
def cups(at):
    for name in ("etc", "spool", "cache", "run", "temp"):
        at.folder(name)
    at.write("etc/cups-files.conf",
             f"ServerRoot {at.dir}/etc\nRequestRoot {at.dir}/spool\nCacheDir {at.dir}/cache\nStateDir {at.dir}/run\n"
                                    f"TempDir {at.dir}/temp\nErrorLog stderr\nAccessLog {at.dir}/access\nPageLog {at.dir}/page\nUser lp\nGroup lp\n"
                                    "SystemGroup root\n")
    at.write("etc/cupsd.conf", f"Listen {at.host}:{at.port}\nListen localhost:{at.port}\nServerAlias *\nBrowsing No\nWebInterface Yes\nDefaultAuthType Basic\n"
                               "<Location />\nOrder allow,deny\nAllow all\n</Location>\n")
    at.run("cupsd", "-f", "-c", at.dir / "etc/cupsd.conf", "-s", at.dir / "etc/cups-files.conf")
    return web(status=404, header=r"Server: CUPS/\S+")


@service("http https irc", ("ZNC",), "znc", 6697, variant("login", PROTECTED), variant("TLS", PROTECTED, tls="self-signed"))
def znc(at, tls=""):
    if tls:
        cert, key = at.certificate(tls)
        at.write("znc.pem", cert.read_text() + key.read_text())
    at.write("configs/znc.conf", f"Version = 1.8.2\nLoadModule = webadmin\n<Listener l>\n Port = {at.port}\n Host = {at.host}\n IPv4 = true\n IPv6 = false\n"
                                 f" SSL = {'true' if tls else 'false'}\n AllowIRC = true\n AllowWeb = true\n</Listener>\n<User ann>\n Nick = ann\n Admin = true\n"
                                 " <Pass password>\n  Method = sha256\n  Hash = 0\n  Salt = 0\n </Pass>\n</User>\n")
    at.run("znc", "-f", "-r", "-d", at.dir)
    return web(tls=bool(tls), header=r"Server: ZNC \S+|Server: ZNC")

# SPDX-License-Identifier: GPL-3.0-or-later
"""More that runs in a household: filters of mail, talk, games, sensors, media and what watches them."""

import shutil
import struct

from services.place import OPEN, PROTECTED, service, variant
from services.probes import ask, say, web

# Nobody can say from outside whether it lets in everybody.
GUESTS = ("unknown", "none", "open")

RSPAMD = """
options {{ filters = ""; local_addrs = "127.0.0.0/8"; dns {{ nameserver = ["127.0.0.1"]; }} tempdir = "{dir}"; }}
logging {{ type = "console"; }}
worker {{ type = "{worker}"; bind_socket = "{host}:{port}"; count = 1; password = "x"; static_dir = "/usr/share/rspamd/www"; }}
"""


@service("http", ("Rspamd",), "rspamd", 11334, variant("controller", PROTECTED, worker="controller"),
         variant("scanner", OPEN, worker="normal", port=11333))
def rspamd(at, worker):
    conf = at.write("rspamd.conf", RSPAMD.format(dir=at.dir, host=at.host, port=at.port, worker=worker))
    at.run("rspamd", "-f", "-i", "-c", conf)
    return web("/stat", status=401, header="Server: rspamd/.*") if worker == "controller" else web("/ping", body=rb"pong")


def milter():
    negotiate = b"O" + struct.pack(">III", 6, 0x1ff, 0x1fffff)
    return ask(struct.pack(">I", len(negotiate)) + negotiate, rb"^\0\0\0\x0dO")


@service("milter", (), "opendkim", 8891, variant("open", OPEN), tells_version=False)
def opendkim(at):
    conf = at.write("conf", f"Socket inet:{at.port}@{at.host}\nMode v\nPidFile {at.dir}/pid\nUserID nobody\n")
    at.run("opendkim", "-f", "-x", conf)
    return milter()


INSPIRCD = """
<server name="irc.home.example" description="home" network="home">
<admin name="a" nick="a" email="a@b.example">
<bind address="{host}" port="{port}" type="clients">
<connect allow="*" password="x" timeout="60" resolvehostnames="no" useident="no">
<log method="file" type="*" level="default" target="{dir}/irc.log">
<path configdir="{dir}" datadir="{dir}" logdir="{dir}" moduledir="/usr/lib/inspircd/modules">
"""


@service("irc", ("InspIRCd",), "inspircd", 6667, variant("password", PROTECTED), tells_version=False)
def inspircd(at):
    at.run("inspircd", "--nofork", "--runasroot", "--nopid", "--config",
           at.write("inspircd.conf", INSPIRCD.format(dir=at.dir, host=at.host, port=at.port)))
    return ask(b"NICK probe\r\nUSER probe 0 * :probe\r\n", rb"ERROR :Closing link")


BIP = """
ip = "{host}";
port = {port};
client_side_ssl = false;
log_root = "{dir}";
pid_file = "{dir}/pid";
log_system = false;
log = false;
network {{ name = "home"; server {{ host = "127.0.0.1"; port = 9; }}; }};
user {{ name = "ann"; password = "0123456789abcdef0123456789abcdef01234567"; default_nick = "ann"; default_user = "ann";
 default_realname = "ann"; connection {{ name = "home"; network = "home"; }}; }};
"""


@service("irc", ("bip",), "bip", 7778, variant("login", PROTECTED), tells_version=False)
def bip(at):
    conf = at.write("bip.conf", BIP.format(dir=at.dir, host=at.host, port=at.port), 0o600)
    at.own("nobody")
    at.run("bip", "-n", "-f", conf, user="nobody")
    return ask(b"NICK probe\r\nUSER probe 0 * :probe\r\n", rb"NOTICE probe :You should type")


@service("adc", ("uhub",), "uhub", 1511, variant("guests", GUESTS))
def uhub(at):
    conf = at.write("uhub.conf", f"server_bind_addr = {at.host}\nserver_port = {at.port}\n"
                                 f"file_plugins = {at.write('plugins.conf', '')}\nfile_acl = {at.write('users.conf', '')}\n")
    at.run("uhub", "-c", conf)
    return ask(b"HSUP ADBASE ADTIGR\n", rb"^ISUP")


GERBERA = """<?xml version="1.0" encoding="UTF-8"?>
<config version="2" xmlns="http://mediatomb.cc/config/2">
<server><ui enabled="yes"><accounts enabled="{login}" session-timeout="30"><account user="ann" password="x"/></accounts></ui>
<name>nas</name><udn>uuid:00000000-0000-0000-0000-000000000001</udn><home>{dir}</home><webroot>/usr/share/gerbera/web</webroot>
<storage><sqlite3 enabled="yes"><database-file>gerbera.db</database-file></sqlite3></storage></server>
<import hidden-files="no"><scripting script-charset="UTF-8"><virtual-layout type="builtin"/></scripting></import>
</config>
"""


@service("http upnp", ("Gerbera",), "gerbera", 49494, variant("open", OPEN, login="no"),
         variant("login", PROTECTED, port=49495, login="yes"), anywhere=False)
def gerbera(at, login):
    conf = at.write("config.xml", GERBERA.format(dir=at.dir, login=login))
    # It binds to the link's own address, too, which takes a moment.
    at.run("sh", "-c", "while ip -6 address show tentative | grep -q inet6; do sleep 0.1; done;"
                       f"exec gerbera -c {conf} -p {at.port} -i {at.host}")
    return web("/description.xml", body=rb"<modelName>gerbera")


@service("http", ("VLC media player", "VLC"), "vlc-bin", 8080, variant("password", PROTECTED), tells_version=False)
def vlc_http(at):
    at.own("nobody")
    at.run("cvlc", "-I", "http", "--http-host", at.host, "--http-port", at.port, "--http-password=x", user="nobody")
    return web(status=401)


@service("telnet", ("VLC media player", "VLC"), "vlc-bin", 4212, variant("password", PROTECTED))
def vlc_telnet(at):
    at.own("nobody")
    at.run("cvlc", "-I", "telnet", "--telnet-host", at.host, "--telnet-port", at.port, "--telnet-password", "x", user="nobody")
    return say(rb"Password:")


@service("http", ("OWFS",), "owhttpd", 2121, variant("open", OPEN), tells_version=False)
def owhttpd(at):
    at.run("owhttpd", "--foreground", "--fake=10", "-p", f"{at.host}:{at.port}")
    return web(body=rb"1-Wire")


@service("bzflag", ("BZFlag",), "bzflag-server", 5154, variant("open", GUESTS), tells_version=False)
def bzfs(at):
    at.run("/usr/games/bzfs", "-i", at.host, "-p", at.port)
    return ask(b"BZFLAG\r\n\r\n", rb"^BZFS\d+")


@service("crossfire", ("Crossfire",), "crossfire-server", 13327, variant("open", GUESTS), tells_version=False)
def crossfire(at):
    at.folder("tmp")
    at.folder("local")
    at.own("games")
    at.run("/usr/sbin/crossfire-server", "-p", at.port, "-local", at.dir / "local", "-tmpdir", at.dir / "tmp",
           "-log", at.dir / "crossfire.log", user="games")
    return say(rb"^..version \d+ \d+")


@service("https http", ("Icinga", "Icinga 2"), "icinga2-bin", 5665, variant("API", PROTECTED, tls="self-signed"),
         tells_version=False)
def icinga2(at, tls):
    data = at.folder("data")
    for name in ("certs", "ca", "run", "log", "cache", "spool"):
        at.folder(f"data/{name}")
    places = [f"-D{name}={data}/{path}" for name, path in
              (("DataDir", ""), ("LogDir", "log"), ("CacheDir", "cache"), ("InitRunDir", "run"), ("SpoolDir", "spool"))]
    places += ["-DRunAsUser=root", "-DRunAsGroup=root", "-DNodeName=nas"]
    key, request, cert = (f"{data}/certs/nas.{end}" for end in ("key", "csr", "crt"))
    at.tool("icinga2", "pki", "new-ca", *places)
    at.tool("icinga2", "pki", "new-cert", "--cn", "nas", "--key", key, "--csr", request, *places)
    at.tool("icinga2", "pki", "sign-csr", "--csr", request, "--cert", cert, *places)
    shutil.copy(data / "ca/ca.crt", data / "certs/ca.crt")
    conf = at.write("icinga2.conf", 'const NodeName = "nas"\nconst ZoneName = "nas"\nobject Endpoint "nas" {}\n'
                                    'object Zone "nas" { endpoints = ["nas"] }\nobject ApiUser "root" { password = "x" }\n'
                                    f'object ApiListener "api" {{ bind_host = "{at.host}"\n bind_port = {at.port} }}\n')
    at.run("icinga2", "daemon", "-c", conf, *places)
    return web("/v1", status=401, tls=True, header="Server: Icinga/.*")


@service("http", ("darkstat",), "darkstat", 667, variant("open", OPEN))
def darkstat(at):
    at.run("darkstat", "--no-daemon", "-i", "lo", "-b", at.host, "-p", at.port, "--chroot", at.folder("root"), "--user",
           "nobody", "--no-promisc")
    return web(body=rb"darkstat")


@service("memcached memcache", ("yrmcds",), "yrmcds", 11211, variant("open", OPEN))
def yrmcds(at):
    conf = at.write("conf", f'port = {at.port}\nrepl_port = {at.port + 1}\nuser = nobody\ngroup = nogroup\n'
                            f'virtual_ip = "{at.host}"\nlog.threshold = info\n')
    at.run("yrmcdsd", "-f", conf)
    return ask(b"version\r\n", rb"^VERSION \S+")


@service("http dav", ("Xandikos",), "xandikos", 8080, variant("open", OPEN), tells_version=False)
def xandikos(at):
    at.run("/usr/bin/python3", "-m", "xandikos.web", "-d", at.folder("data"), "-l", at.host, "-p", at.port, "--defaults")
    return web(body=rb"Xandikos")


@service("http", ("Droopy", "Python http.server"), "droopy", 8000, variant("open", OPEN, arguments=()),
         variant("login", PROTECTED, arguments=("--auth", "ann:x")), tells_version=False)
def droopy(at, arguments):
    at.run("/usr/bin/python3", "/usr/bin/droopy", "-d", at.folder("up"), *arguments, at.port)
    return web(status=401 if arguments else 200)


@service("http", ("mitmproxy",), "mitmproxy", 8081, variant("web", OPEN))
def mitmweb(at):
    at.run("mitmweb", "--no-web-open-browser", "--web-host", at.host, "--web-port", at.port, "--listen-host", "127.0.0.1",
           "--listen-port", at.port + 1, "--set", f"confdir={at.dir}")
    return web("/flows", body=rb"^\[\]")

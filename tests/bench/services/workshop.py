# SPDX-License-Identifier: GPL-3.0-or-later
"""What developers, radio amateurs and tinkerers run."""

from services.place import OPEN, PROTECTED, service, variant
from services.probes import ask, say, web

XINETD = """
service x
{{
 type = UNLISTED
 socket_type = stream
 protocol = tcp
 wait = no
 user = root
 port = {port}
 bind = {host}
 server = {program}
 server_args = {arguments}
 disable = no
}}
"""


def _inetd(at, program, arguments):
    conf = at.write("conf", XINETD.format(port=at.port, host=at.host, program=program, arguments=arguments))
    at.run("xinetd", "-dontfork", "-f", conf, "-pidfile", at.dir / "pid")


@service("socks socks5", (), "microsocks", 1080, variant("open", OPEN, arguments=()),
         variant("login", PROTECTED, arguments=("-u", "ann", "-P", "x")), tells_version=False)
def microsocks(at, arguments):
    at.run("microsocks", "-i", at.host, "-p", at.port, *arguments)
    return ask(b"\5\1\2" if arguments else b"\5\1\0", rb"^\x05[\x00\x02]")


@service("socks socks5", (), "v2ray", 1081, variant("open", OPEN, auth='"noauth"'),
         variant("login", PROTECTED, auth='"password", "accounts": [{"user": "ann", "pass": "x"}]'), tells_version=False)
def v2ray(at, auth):
    conf = at.write("conf.json", f'{{"inbounds": [{{"listen": "{at.host}", "port": {at.port}, "protocol": "socks",'
                                 f' "settings": {{"auth": {auth}}}}}],'
                                 ' "outbounds": [{"protocol": "freedom"}]}')
    at.run("v2ray", "-config", conf)
    return ask(b"\5\1\2" if "accounts" in auth else b"\5\1\0", rb"^\x05[\x00\x02]")


@service("nbd", ("nbdkit", "nbd-server"), "nbdkit", 10809, variant("open", OPEN), tells_version=False)
def nbdkit(at):
    at.run("nbdkit", "-f", "-i", at.host, "-p", at.port, "memory", "1M")
    return say(rb"^NBDMAGIC")


@service("cvs pserver", ("CVS pserver", "CVS"), "cvs", 2401, variant("login", PROTECTED), anywhere=False,
         tells_version=False)
def cvs(at):
    at.tool("cvs", "-d", at.dir / "depot", "init")
    _inetd(at, "/usr/bin/cvs", f"-f --allow-root={at.dir}/depot pserver")
    return ask(b"BEGIN VERIFICATION REQUEST\n/nowhere\nann\nA\nEND VERIFICATION REQUEST\n",
               rb"no such repository|I HATE YOU|error")


@service("ssh", ("TinySSH",), "tinysshd", 22, variant("keys", PROTECTED), tells_version=False)
def tinyssh(at):
    at.tool("tinysshd-makekey", at.dir / "keys")
    _inetd(at, "/usr/sbin/tinysshd", f"-l {at.dir}/keys")
    return say(rb"^SSH-2.0-tinyssh")


@service("sane sane-port", ("SANE", "saned"), "sane-utils", 6566, variant("open", OPEN), anywhere=False, tells_version=False)
def saned(at):
    at.write("saned.conf", "192.168.77.0/24\n")
    at.write("dll.conf", "test\n")
    at.run("saned", "-l", "-b", at.host, "-p", at.port, "-d", "1", env={"SANE_CONFIG_DIR": str(at.dir)})
    return ask(b"\0\0\0\0\1\0\0\3\0\0\0\4ann\0", rb"^\x00{4}\x01")


@service("epmd", ("Erlang epmd", "epmd"), "erlang-base", 4369, variant("open", OPEN), tells_version=False)
def epmd(at):
    at.run("epmd", "-port", at.port, "-address", at.host)
    return ask(b"\0\1n", rb"^\x00\x00..")


@service("erlang", ("Erlang",), "erlang-base", 25672, variant("cookie", PROTECTED), tells_version=False)
def erlang_node(at):
    # It would start one in the background, which would stay.
    at.run("epmd", "-port", at.port + 1)
    at.run("sh", "-c", f"until epmd -port {at.port + 1} -names; do sleep 0.1; done; exec erl -start_epmd false -noinput"
                       f" -name n{at.port}@{at.host} -setcookie x -kernel inet_dist_listen_min {at.port}"
                       f" inet_dist_listen_max {at.port} inet_dist_use_interface '{{{at.host.replace('.', ',')}}}'",
           env={"ERL_EPMD_PORT": str(at.port + 1)})
    return say(b"")


KEA = """
{{"Control-agent": {{"http-host": "{host}", "http-port": {port}, {login}
  "control-sockets": {{"d2": {{"socket-type": "unix", "socket-name": "{dir}/none"}}}},
  "loggers": [{{"name": "kea-ctrl-agent", "severity": "INFO", "output_options": [{{"output": "stdout"}}]}}]}}}}
"""


@service("http", ("Kea", "ISC Kea"), "kea-ctrl-agent", 8000, variant("open", OPEN, login=""),
         variant("login", PROTECTED, tells_version=False,
                 login='"authentication": {"type": "basic", "realm": "home",'
                       ' "clients": [{"user": "ann", "password": "x"}]},'))
def kea(at, login):
    conf = at.write("kea.conf", KEA.format(host=at.host, port=at.port, login=login, dir=at.dir))
    at.run("kea-ctrl-agent", "-c", conf, env={"KEA_PIDFILE_DIR": str(at.dir), "KEA_LOCKFILE_DIR": str(at.dir)})
    return web(method="POST", data='{"command": "version-get"}', headers={"Content-Type": "application/json"},
               status=401 if login else 200)


GMOND = """
globals {{
 daemonize = no
 setuid = no
}}
cluster {{ name = "home" }}
udp_recv_channel {{ port = {port} }}
tcp_accept_channel {{
 bind = {host}
 port = {port}
}}
"""


@service("ganglia", ("Ganglia", "gmond"), "ganglia-monitor", 8649, variant("open", OPEN), tells_version=False)
def gmond(at):
    at.run("gmond", "-f", "-c", at.write("conf", GMOND.format(host=at.host, port=at.port)))
    return say(rb"GANGLIA_XML")


@service("icecc telnet", ("icecc-scheduler", "Icecream"), "icecc", 18766, variant("control", OPEN), tells_version=False)
def icecc(at):
    at.run("icecc-scheduler", "-p", at.port - 1, "-n", f"n{at.port}", "-l", at.dir / "l")
    return say(rb"^200-ICECC")


@service("pulseaudio", ("PulseAudio",), "pulseaudio", 4713, variant("cookie", PROTECTED, anonymous=0),
         variant("anonymous", OPEN, anonymous=1), tells_version=False)
def pulseaudio(at, anonymous):
    at.run("pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "-L", "module-null-sink",
           "-L", f"module-native-protocol-tcp listen={at.host} port={at.port} auth-anonymous={anonymous}")
    return say(b"")


KNXD = """
[main]
addr = 0.0.1
client-addrs = 0.0.2:8
connections = server,driver
[server]
server = knxd_tcp
port = {port}
systemd-ignore = false
[driver]
driver = dummy
"""


@service("eibd knxd", ("knxd",), "knxd", 6720, variant("open", OPEN), anywhere=False, tells_version=False)
def knxd(at):
    at.run("knxd", at.write("knxd.ini", KNXD.format(port=at.port)))
    return ask(b"\0\2\x7f\0", rb"^\x00\x02\x00\x00")


@service("lirc", ("LIRC",), "lirc", 8765, variant("open", OPEN))
def lirc(at):
    conf = at.write("conf", "begin remote\n name x\n bits 8\n begin codes\n KEY_A 0x1\n end codes\nend remote\n")
    at.run("lircd", "-n", "-O", at.write("options", "[lircd]\n"), "-H", "file", "-d", "/dev/null",
           f"--listen={at.host}:{at.port}", "-o", at.dir / "sock", "-P", at.dir / "pid", conf)
    return ask(b"VERSION\n", rb"SUCCESS")


@service("hamlib rigctld", ("Hamlib", "rigctld"), "libhamlib-utils", 4532, variant("radio", OPEN, program="rigctld"),
         variant("rotator", OPEN, port=4533, program="rotctld"), tells_version=False)
def hamlib(at, program):
    at.run(program, "-m", "1", "-T", at.host, "-t", at.port)
    return ask(b"+_\n", rb"RPRT 0")


@service("owfs owserver", ("owserver", "OWFS"), "owserver", 4304, variant("open", OPEN), anywhere=False, tells_version=False)
def owserver(at):
    at.run("owserver", "--foreground", "--fake=10", "-p", f"{at.host}:{at.port}")
    return say(b"")


@service("lcdproc", ("LCDproc",), "lcdproc", 13666, variant("open", OPEN))
def lcdproc(at):
    conf = at.write("conf", "[server]\nDriverPath=/usr/lib/x86_64-linux-gnu/lcdproc/\nDriver=text\n"
                            f"Bind={at.host}\nPort={at.port}\nServerScreen=off\n[text]\nSize=20x4\n")
    at.run("LCDd", "-f", "-c", conf)
    return ask(b"hello\n", rb"^connect LCDproc")


CONSERVER = """
config * {{ primaryport {port}; secondaryport {second}; }}
default full {{ rw *; }}
console a {{ master localhost; type exec; exec /bin/cat; include full; }}
access * {{ allowed 192.168.77.0/24; }}
"""


@service("conserver", ("Conserver",), "conserver-server", 3109, variant("login", PROTECTED), tells_version=False)
def conserver(at):
    conf = at.write("conf", CONSERVER.format(port=at.port, second=at.port + 1))
    at.run("conserver", "-C", conf, "-p", at.port, "-M", at.host, "-L", at.dir, "-P", at.write("users", "*any*:\n"))
    return say(rb"^ok\r\n", b"help\r\n", rb"login  log in")

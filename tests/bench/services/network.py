# SPDX-License-Identifier: GPL-3.0-or-later
"""More name servers, relays of the network, and what keeps its keys."""

from services.names import REFUSED, UPSTREAM, both
from services.place import OPEN, PROTECTED, REFUSES, service, variant
from services.probes import ask, datagram, dns, every, say, web

NOERROR = 0
ZONE = "$TTL 60\n@ IN SOA ns1.home.example. admin.home.example. 1 3600 600 86400 60\n@ IN NS ns1\nns1 IN A 192.0.2.1\n"


@service("dns domain", ("NSD",), "nsd", 53, variant("authoritative", REFUSES), both=True)
def nsd(at):
    at.write("zone", ZONE)
    conf = at.write("conf", f'server:\n  ip-address: {at.host}@{at.port}\n  username: ""\n  zonesdir: "{at.dir}"\n  database: ""\n  pidfile: "{at.dir}/pid"\n'
                            f'  xfrdfile: "{at.dir}/xfrd"\n  zonelistfile: "{at.dir}/list"\n  xfrdir: "{at.dir}"\nremote-control:\n  control-enable: no\n'
                            'zone:\n  name: home.example\n  zonefile: zone\n')
    at.run("nsd", "-d", "-c", conf)
    return both(REFUSED)


@service("dns domain", ("Knot", "Knot DNS"), "knot", 53, variant("authoritative", REFUSES), both=True)
def knot(at):
    at.write("home.example.zone", ZONE)
    conf = at.write("conf", f"server:\n  listen: {at.host}@{at.port}\n  rundir: {at.dir}\ndatabase:\n  storage: {at.dir}/db\n"
                            f"template:\n  - id: default\n    storage: {at.dir}\nzone:\n  - domain: home.example\n    file: home.example.zone\n")
    at.run("knotd", "-c", conf)
    return both(REFUSED)


@service("dns domain", ("PowerDNS", "PowerDNS Authoritative Server"), "pdns-server", 53,
         variant("authoritative", REFUSES), both=True)
def pdns(at):
    at.write("zone", ZONE)
    named = at.write("named.conf", f'zone "home.example" {{ type master; file "{at.dir}/zone"; }};\n')
    at.run("pdns_server", "--daemon=no", "--guardian=no", f"--config-dir={at.dir}", f"--local-address={at.host}",
           f"--local-port={at.port}", "--launch=bind",
           f"--bind-config={named}", f"--socket-dir={at.dir}", "--write-pid=no",
           "--module-dir=/usr/lib/x86_64-linux-gnu/pdns", "--security-poll-suffix=")
    return both(REFUSED)


@service("dns domain", ("PowerDNS Recursor", "PowerDNS"), "pdns-recursor", 53, variant("open resolver", OPEN), both=True)
def pdns_recursor(at):
    at.run("pdns_recursor", "--daemon=no", f"--config-dir={at.dir}", f"--local-address={at.host}",
           f"--local-port={at.port}", "--allow-from=0.0.0.0/0",
           f"--forward-zones-recurse=.={UPSTREAM}", f"--socket-dir={at.dir}", "--dnssec=off", "--write-pid=no",
           "--threads=1", "--security-poll-suffix=",
           "--disable-syslog=yes", "--hint-file=")
    return both(NOERROR, True)


@service("dns domain", ("dnsdist", "PowerDNS"), "dnsdist", 53, variant("before a resolver", OPEN), both=True,
         tells_version=False)
def dnsdist(at):
    conf = at.write("conf", f'setLocal("{at.host}:{at.port}")\nsetACL("0.0.0.0/0")\nnewServer({{address="{UPSTREAM}"}})\nsetSecurityPollSuffix("")\n')
    at.run("dnsdist", "--supervised", "-C", conf)
    return dns(NOERROR)


@service("openvpn", ("OpenVPN",), "openvpn", 1194, variant("TCP", PROTECTED), tells_version=False)
def openvpn(at):
    cert, key = at.certificate("self-signed")
    conf = at.write("conf", f"dev tun\nproto tcp-server\nport {at.port}\nlocal {at.host}\nca {cert}\ncert {cert}\nkey {key}\ndh none\nserver 10.8.0.0 255.255.255.0\n"
                            "dev-type tun\nifconfig-noexec\nroute-noexec\n")
    at.run("openvpn", "--config", conf)
    return ask(b"\x00\x0e\x38" + b"portolan" + b"\0" * 5, rb"^..[\x40\x28]")


@service("https http", ("OpenConnect VPN server", "ocserv", "OpenConnect", "OpenConnect server"), "ocserv", 443,
         variant("login", PROTECTED, tls="self-signed"),
         tells_version=False)
def ocserv(at, tls):
    cert, key = at.certificate(tls)
    at.write("passwd", "ann:*:$5$abcdefgh$x\n")
    conf = at.write("conf", f'auth = "plain[passwd={at.dir}/passwd]"\ntcp-port = {at.port}\nlisten-host = {at.host}\nrun-as-user = nobody\nrun-as-group = nogroup\n'
                            f"socket-file = {at.dir}/sock\nserver-cert = {cert}\nserver-key = {key}\nisolate-workers = false\nmax-clients = 16\n"
                            f"ipv4-network = 10.9.0.0/24\ndevice = vpns\npid-file = {at.dir}/pid\nuse-occtl = false\nmax-ban-score = 0\n")
    at.run("ocserv", "-f", "-c", conf)
    return web(tls=True, body=rb"")


@service("radius", ("FreeRADIUS",), "freeradius", 1812, variant("login", PROTECTED), udp=True, tells_version=False)
def freeradius(at):
    conf = at.write("radiusd.conf", f"""
prefix = /usr
logdir = {at.dir}
run_dir = {at.dir}
name = radiusd
libdir = /usr/lib/freeradius
pidfile = {at.dir}/pid
log {{ destination = stdout }}
security {{ allow_core_dumps = no
 status_server = yes }}
client all {{ ipaddr = 0.0.0.0/0
 secret = x
 require_message_authenticator = no }}
server default {{
 listen {{ type = auth
  ipaddr = {at.host}
  port = {at.port} }}
 authorize {{ }}
 authenticate {{ }}
}}
""")
    at.run("freeradius", "-f", "-l", "stdout", "-d", at.dir, "-n", conf.stem)
    request = bytes([1, 7, 0, 25]) + b"portolanportolan" + b"\x01\x05ann"
    return datagram(request, rb"^[\x03]\x07")


@service("kerberos kerberos-sec", ("MIT Kerberos", "Heimdal Kerberos"), "krb5-kdc", 88, variant("login", PROTECTED),
         both=True, tells_version=False)
def krb5_kdc(at):
    conf = at.write("krb5.conf", f"[libdefaults]\ndefault_realm = HOME.EXAMPLE\n[realms]\nHOME.EXAMPLE = {{ }}\n[logging]\nkdc = FILE:{at.dir}/kdc.log\n")
    kdc = at.write("kdc.conf", f"[kdcdefaults]\nkdc_listen = {at.host}:{at.port}\nkdc_tcp_listen = {at.host}:{at.port}\n[realms]\nHOME.EXAMPLE = {{\n"
                               f"database_name = {at.dir}/principal\nkey_stash_file = {at.dir}/stash\nacl_file = {at.dir}/acl\n}}\n")
    env = {"KRB5_CONFIG": str(conf), "KRB5_KDC_PROFILE": str(kdc)}
    at.tool("kdb5_util", "create", "-s", "-r", "HOME.EXAMPLE", "-P", "x", env=env)
    at.run("krb5kdc", "-n", "-P", at.dir / "pid", env=env)
    return every(datagram(AS_REQ, rb"^\x7e|^k"), ask(len(AS_REQ).to_bytes(4, "big") + AS_REQ, rb"^....[\x7e\x6b]"))


# AS-REQ for "ann" at HOME.EXAMPLE without pre-authentication (RFC 4120 section 5.4.1).
def _der(tag, *parts):
    body = b"".join(parts)
    return bytes([tag]) + (bytes([len(body)]) if len(body) < 128 else b"\x81" + bytes([len(body)])) + body


def _name(kind, *names):
    return _der(0x30, _der(0xa0, _der(2, bytes([kind]))), _der(0xa1, _der(0x30, *[_der(0x1b, name) for name in names])))


AS_REQ = _der(0x6a, _der(0x30, _der(0xa1, b"\2\1\5"), _der(0xa2, b"\2\1\x0a"), _der(0xa4, _der(
    0x30, _der(0xa0, _der(3, b"\0\0\0\0\0")), _der(0xa1, _name(1, b"ann")), _der(0xa2, _der(0x1b, b"HOME.EXAMPLE")),
    _der(0xa3, _name(2, b"krbtgt", b"HOME.EXAMPLE")), _der(0xa5, _der(0x18, b"20370101000000Z")),
    _der(0xa7, b"\2\4\x11\x22\x33\x44"),
    _der(0xa8, _der(0x30, b"\2\1\x12"))))))


@service("ssh", ("OpenSSH",), "openssh-server", 22, variant("behind sslh", PROTECTED))
def sslh(at):
    at.tool("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", at.dir / "host")
    conf = at.write("conf", f"Port 2299\nListenAddress 127.0.0.1\nHostKey {at.dir}/host\nUsePAM no\nPidFile none\n")
    at.run("/usr/sbin/sshd", "-D", "-e", "-f", conf)
    at.run("sslh", "-f", "-n", "--listen", f"{at.host}:{at.port}", "--ssh", "127.0.0.1:2299", "--http", "127.0.0.1:9",
           "-F/dev/null")
    return ask(b"SSH-2.0-probe\r\n", rb"^SSH-2\.0-OpenSSH\S*")


@service("ident auth", ("oidentd",), "oidentd", 113, variant("open", OPEN), tells_version=False)
def oidentd(at):
    at.run("oidentd", "-i", "-a", at.host, "-p", at.port, "-C", at.write("conf", ""), "-u", "nobody", "-g", "nogroup")
    return ask(b"1,2\r\n", rb"1\s*,\s*2")


@service("sip", ("Kamailio",), "kamailio", 5060, variant("answers", OPEN, tells_version=True), both=True)
def kamailio(at):
    conf = at.write("conf", f'children=1\nfork=yes\nlisten=udp:{at.host}:{at.port}\nlisten=tcp:{at.host}:{at.port}\nmpath="/usr/lib/x86_64-linux-gnu/kamailio/modules/"\n'
                            'loadmodule "sl.so"\nrequest_route {\n sl_send_reply("200", "OK");\n exit;\n}\n')
    at.run("kamailio", "-DD", "-E", "-f", conf, "-P", at.dir / "pid", "-Y", at.dir, "-m", "32", "-M", "4")
    ask_options = (b"OPTIONS sip:nas SIP/2.0\r\nVia: SIP/2.0/UDP 192.168.77.10;branch=z9hG4bKp;rport\r\nFrom: <sip:p@pc>;tag=1\r\nTo: <sip:nas>\r\n"
                   b"Call-ID: p@pc\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 9\r\nContent-Length: 0\r\n\r\n")
    return datagram(ask_options, rb"^SIP/2.0 200")

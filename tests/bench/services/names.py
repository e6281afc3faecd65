# SPDX-License-Identifier: GPL-3.0-or-later
"""Names, time, directories and what else keeps a network going."""

from services.place import OPEN, PROTECTED, REFUSES, service, variant
from services.probes import ask, datagram, dns, every

UPSTREAM = "5.6.7.1"  # the rig's host on the internet, where the bench answers every name
NOERROR, REFUSED = 0, 5


def both(rcode, recursion=None):
    """Over UDP, and over TCP where the TCP port is the one that is looked at: they are one service on one number."""
    return every(dns(rcode, True, recursion), dns(rcode, False, recursion))


@service("dns domain", ("BIND", "ISC BIND"), "bind9", 53,
         variant("open resolver", OPEN, light=True, recursion="yes"), variant("refusing", REFUSES, recursion="no"),
         both=True)
def bind9(at, recursion):
    conf = at.write("conf", f"""
options {{ directory "{at.dir}"; listen-on port {at.port} {{ {at.host}; }}; listen-on-v6 {{ none; }}; pid-file none;
  session-keyfile none; recursion {recursion}; allow-recursion {{ any; }}; allow-query {{ any; }}; dnssec-validation no;
  forwarders {{ {UPSTREAM}; }}; forward only; }};
controls {{ }};
""" if recursion == "yes" else f"""
options {{ directory "{at.dir}"; listen-on port {at.port} {{ {at.host}; }}; listen-on-v6 {{ none; }}; pid-file none;
  session-keyfile none; recursion no; allow-query {{ any; }}; dnssec-validation no; }};
controls {{ }};
zone "home.example" {{ type primary; file "zone"; }};
""")
    at.write("zone", "$TTL 60\n@ IN SOA ns1 admin 1 3600 600 86400 60\n@ IN NS ns1\nns1 IN A 192.0.2.1\n")
    at.run("named", "-g", "-n", "1", "-c", conf)
    return both(NOERROR if recursion == "yes" else REFUSED, recursion == "yes")


@service("dns domain", ("dnsmasq",), "dnsmasq-base", 53, variant("open resolver", OPEN, light=True), both=True)
def dnsmasq(at):
    at.run("dnsmasq", "-k", "-C", "/dev/null", "-p", at.port, "-a", at.host, "-z", "-R", "-S", UPSTREAM, "-x",
           at.dir / "pid", "-u", "nobody",
           "--log-facility=-")
    return both(NOERROR, True)


@service("dns domain", ("Unbound",), "unbound", 53, variant("open resolver", OPEN, allow="allow"),
         variant("refusing", REFUSES, allow="refuse", tells_version=False), both=True)
def unbound(at, allow):
    conf = at.write("conf", f"""
server:
  interface: {at.host}@{at.port}
  access-control: 0.0.0.0/0 {allow}
  chroot: ""
  directory: "{at.dir}"
  username: ""
  pidfile: "{at.dir}/pid"
  do-daemonize: no
  use-syslog: no
  module-config: "iterator"
remote-control:
  control-enable: no
forward-zone:
  name: "."
  forward-addr: {UPSTREAM}
""")
    at.run("unbound", "-d", "-c", conf)
    return both(NOERROR if allow == "allow" else REFUSED)


@service("ntp", ("chrony", "NTP"), "chrony", 123, variant("server", OPEN), udp=True, tells_version=False)
def chrony(at):
    conf = at.write("conf", f"port {at.port}\nbindaddress {at.host}\nallow all\nlocal stratum 10\ncmdport 0\nuser root\n"
                            f"pidfile {at.dir}/pid\nbindcmdaddress /\n")
    at.run(at.unpacked("chrony", "usr/sbin/chronyd"), "-d", "-x", "-f", conf)
    return datagram(b"\x23" + b"\0" * 47, rb"^\x24\x0a")


GET_NAME = bytes.fromhex("302602010104067075626c6963a019020477777777020100020100300b300906052b060102010500")


@service("snmp", ("net-snmp", "Net-SNMP"), "snmpd", 161, variant("public", OPEN), udp=True, tells_version=False)
def snmpd(at):
    conf = at.write("conf", "rocommunity public\nsysname nas\n")
    at.run("snmpd", "-f", "-Lo", "-C", "-c", conf, "-p", at.dir / "pid", "-I", "system_mib,sysORTable",
           f"udp:{at.host}:{at.port}",
           env={"SNMP_PERSISTENT_DIR": str(at.dir)})
    return datagram(GET_NAME, rb"public\xa2")


SLAPD = """
include /etc/ldap/schema/core.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile {dir}/pid
{extra}
database mdb
maxsize 10485760
suffix "dc=home,dc=example"
rootdn "cn=admin,dc=home,dc=example"
rootpw x
directory {dir}/db
"""


@service("ldap ldaps", ("OpenLDAP",), "slapd", 389,
         variant("anonymous", OPEN, extra=""),
         variant("login", PROTECTED, extra="disallow bind_anon\nrequire authc"),
         variant("TLS", OPEN, port=636, tls="self-signed"), tells_version=False)
def slapd(at, extra="", tls=""):
    at.folder("db")
    if tls:
        cert, key = at.certificate(tls)
        extra += f"\nTLSCertificateFile {cert}\nTLSCertificateKeyFile {key}\n"
    conf = at.write("conf", SLAPD.format(dir=at.dir, extra=extra))
    at.tool("slapadd", "-f", conf, "-l", at.write("root.ldif", "dn: dc=home,dc=example\nobjectClass: dcObject\n"
                                                              "objectClass: organization\no: home\ndc: home\n"))
    at.run("slapd", "-d", "0", "-h", f"{'ldaps' if tls else 'ldap'}://{at.host}:{at.port}/", "-f", conf)
    bind = bytes.fromhex("300c020101600702010304008000")
    return ask(bind, rb"a\x15\x0a\x01\x30|a.*\x0a\x01\x30" if "disallow" in extra else rb"a\x07\x0a\x01\0", tls=bool(tls))


@service("socks socks5 tor-socks", ("Tor",), "tor", 9050, variant("open", OPEN), tells_version=False)
def tor(at):
    conf = at.write("conf", f"SocksPort {at.host}:{at.port}\nSocksPolicy accept *\nDataDirectory {at.folder('data', mode=0o700)}\nLog warn stderr\n")
    at.run("tor", "-f", conf)
    return ask(b"\5\1\0", rb"^\x05\0")


@service("socks socks5", ("Dante", "Dante SOCKS"), "dante-server", 1080,
         variant("open", OPEN, method="none"), variant("login", PROTECTED, method="username"), tells_version=False)
def dante(at, method):
    conf = at.write("conf", f"""
logoutput: stderr
internal: {at.host} port = {at.port}
external: {at.host}
clientmethod: none
socksmethod: {method}
user.privileged: root
user.unprivileged: nobody
client pass {{ from: 0.0.0.0/0 to: 0.0.0.0/0 }}
socks pass {{ from: 0.0.0.0/0 to: 0.0.0.0/0 }}
""")
    at.run("danted", "-f", conf, "-p", at.dir / "pid")
    return ask(b"\5\2\0\2", rb"^\x05\0" if method == "none" else rb"^\x05\x02")


@service("stun turn", ("coturn", "Coturn"), "coturn", 3478,
         variant("login", PROTECTED, light=True, arguments=("--lt-cred-mech", "--user=ann:x")),
         variant("no login", OPEN, arguments=("--no-auth",)), both=True)
def coturn(at, arguments):
    at.run("turnserver", "-n", "-L", at.host, "-p", at.port, "--no-tls", "--no-dtls", "--no-cli", "--log-file=stdout",
           f"--pidfile={at.dir}/pid", f"--userdb={at.dir}/db", "--realm=home", *arguments)
    request = bytes.fromhex("000100002112a442") + b"portolanprob"
    return every(datagram(request, rb"^\x01\x01"), ask(request, rb"^\x01\x01"))

# SPDX-License-Identifier: GPL-3.0-or-later
"""Talk: chat, voice, games."""

from services.place import OPEN, PROTECTED, service, variant
from services.probes import ask, datagram, say


@service("irc", ("ngIRCd", "ngircd"), "ngircd", 6667, variant("open", OPEN, password=""),
         variant("password", PROTECTED, password="x", tells_version=False))
def ngircd(at, password):
    conf = at.write("conf", f"[Global]\nName = irc.home.example\nListen = {at.host}\nPorts = {at.port}\nServerUID = nobody\nServerGID = nogroup\n"
                            + (f"Password = {password}\n" if password
                               else "") + "[Options]\nPAM = no\nIdent = no\nDNS = no\n[Limits]\nMaxConnectionsIP = 0\n")
    at.run("ngircd", "-n", "-f", conf)
    return ask(b"NICK probe\r\nUSER probe 0 * :probe\r\n", rb"ERROR|Access denied|Bad password" if password
               else rb" 001 probe ")


@service("xmpp xmpp-client", ("Prosody",), "prosody", 5222, variant("clients", PROTECTED), tells_version=False)
def prosody(at):
    conf = at.write("prosody.cfg.lua", f"""
daemonize = false
run_as_root = true
data_path = "{at.dir}"
pidfile = "{at.dir}/pid"
interfaces = {{ "{at.host}" }}
c2s_ports = {{ {at.port} }}
s2s_ports = {{ }}
http_ports = {{ }}
https_ports = {{ }}
c2s_require_encryption = false
modules_enabled = {{ "saslauth"; "disco" }}
allow_unencrypted_plain_auth = true
log = "*console"
VirtualHost "home.example"
""")
    at.run("prosody", "-F", "--config", conf)
    return ask(b"<?xml version='1.0'?><stream:stream to='home.example' xmlns='jabber:client' "
               b"xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>", rb"<mechanism>PLAIN")


@service("mumble murmur", ("Mumble", "Murmur"), "mumble-server", 64738, variant("open", OPEN, password=""), both=True,
         tells_version=False)
def mumble(at, password):
    conf = at.write("conf", f"database={at.dir}/db.sqlite\nhost={at.host}\nport={at.port}\nserverpassword={password}\nbonjour=false\n")
    at.own("nobody")
    at.run("murmurd", "-fg", "-ini", conf, user="nobody")
    return datagram(b"\0\0\0\0portolan", rb"^\0.{3}portolan")


@service("minetest", ("Minetest",), "minetest-server", 30000, variant("world", OPEN), udp=True, tells_version=False)
def minetest(at):
    at.run("/usr/lib/minetest/minetestserver", "--world", at.dir / "world", "--gameid", "minetest", "--port", at.port,
           "--config", at.write("conf", f"bind_address = {at.host}\n"))
    return datagram(bytes.fromhex("4f457403" "0000" "00" "01"), rb"^\x4f\x45\x74\x03")

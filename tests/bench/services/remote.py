# SPDX-License-Identifier: GPL-3.0-or-later
"""Shells and screens."""

from services.place import OPEN, PROTECTED, service, variant
from services.probes import ask, say, web


@service("ssh", ("OpenSSH",), "openssh-server", 22,
         variant("keys only", PROTECTED, passwords="no"), variant("passwords", PROTECTED, light=True, passwords="yes"))
def openssh(at, passwords):
    at.tool("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", at.dir / "host")
    conf = at.write("conf", f"Port {at.port}\nListenAddress {at.host}\nHostKey {at.dir}/host\nUsePAM no\nPidFile none\n"
                            f"PasswordAuthentication {passwords}\nPermitRootLogin {'yes' if passwords == 'yes' else 'no'}\n")
    at.run("/usr/sbin/sshd", "-D", "-e", "-f", conf)
    return say(rb"^SSH-2\.0-OpenSSH\S*")


@service("ssh", ("Dropbear", "Dropbear sshd"), "dropbear-bin", 22,
         variant("passwords", PROTECTED), variant("keys only", PROTECTED, arguments=("-s",)))
def dropbear(at, arguments=()):
    at.tool("dropbearkey", "-t", "ed25519", "-f", at.dir / "host")
    at.run("dropbear", "-F", "-E", "-p", f"{at.host}:{at.port}", "-r", at.dir / "host", *arguments)
    return say(rb"^SSH-2\.0-dropbear\S*")


@service("telnet", ("inetutils telnetd", "Linux telnetd", "telnetd"), "inetutils-telnetd", 23,
         variant("login", PROTECTED), tells_version=False)
def telnetd(at):
    at.run("socat", f"TCP-LISTEN:{at.port},bind={at.host},fork,reuseaddr", "EXEC:/usr/sbin/telnetd")
    return say(rb"^\xff[\xfb\xfd]")


def _password(at):
    hidden = at.dir / "passwd"
    hidden.write_bytes(bytes.fromhex("dbd83cfd727a1458"))
    return hidden


@service("vnc rfb", ("TigerVNC",), "tigervnc-standalone-server", 5900,
         variant("no login", OPEN, kind="None"), variant("password", PROTECTED, kind="VncAuth"),
         variant("TLS and password", PROTECTED, kind="TLSVnc"), tells_version=False)
def tigervnc(at, kind):
    arguments = ["-PasswordFile", _password(at)] if kind != "None" else []
    at.run("Xtigervnc", f":{at.port}", "-rfbport", at.port, "-interface", at.host, "-SecurityTypes", kind, "-nolisten",
           "tcp",
           "-localhost=0", *arguments)
    return say(rb"^RFB 003\.008\n", b"RFB 003.008\n",
               {"None": rb"^\x01\x01", "VncAuth": rb"^\x01\x02"}.get(kind, rb"^\x01\x13"))


@service("vnc rfb", ("x11vnc", "LibVNCServer"), "x11vnc", 5900,
         variant("no login", OPEN, arguments=("-nopw",)), variant("password", PROTECTED, arguments=("-rfbauth", "passwd")),
         tells_version=False)
def x11vnc(at, arguments):
    _password(at)
    display = f":{at.port}"
    at.run("Xvfb", display, "-nolisten", "tcp", "-screen", "0", "640x480x24")
    at.run("sh", "-c", f"until [ -S /tmp/.X11-unix/X{at.port} ]; do sleep 0.1; done;"
           f"exec x11vnc -display {display} -rfbport {at.port} -listen {at.host} -forever -shared -noxdamage -noshm "
           + " ".join(arguments))
    return say(rb"^RFB 003\.008\n", b"RFB 003.008\n", rb"^." + (rb"\x01" if arguments[0] == "-nopw" else rb"\x02"))


@service("x11", ("X.Org", "Xvfb", "X Window System"), "xvfb", 6000,
         variant("no access control", OPEN, arguments=("-ac",)),
         variant("cookie", PROTECTED, arguments=("-auth", "cookie")), tells_version=False)
def xvfb(at, arguments):
    at.write("cookie", "")
    at.run("Xvfb", f":{at.port - 6000}", "-listen", "tcp", "-nolisten", "local", *arguments)
    return ask(b"l\0\x0b\0\0\0\0\0\0\0\0\0", rb"^\x01" if arguments == ("-ac",) else rb"^\0")


@service("rdp ms-wbt-server", ("xrdp",), "xrdp", 3389, variant("login", PROTECTED, tls="self-signed"), tells_version=False)
def xrdp(at, tls):
    cert, key = at.certificate(tls)
    conf = at.write("xrdp.ini", f"[Globals]\nport=tcp://{at.host}:{at.port}\nsecurity_layer=negotiate\ncertificate={cert}\n"
                                f"key_file={key}\nssl_protocols=TLSv1.2, TLSv1.3\n[Logging]\nLogFile={at.dir}/xrdp.log\n"
                                "[Xorg]\nname=Xorg\nlib=libxup.so\nusername=ask\npassword=ask\nip=127.0.0.1\nport=-1\ncode=20\n")
    at.run("xrdp", "-n", "-c", conf)
    return ask(bytes.fromhex("030000130ee000000000000100080003000000"), rb"^\x03\0..\x0e?.\xd0")


@service("http", ("ShellInABox", "Shell In A Box"), "shellinabox", 4200, variant("login", PROTECTED), tells_version=False)
def shellinabox(at):
    at.run("shellinaboxd", "-t", "-p", at.port, "-s", "/:LOGIN", "--no-beep", "-u", "nobody", "-g", "nogroup")
    return web(body=rb"shellinabox")


@service("http", ("WebSockify",), "websockify", 6080, variant("files", OPEN), tells_version=False)
def websockify(at):
    at.write("web/index.html", "<title>noVNC</title>")
    at.run("websockify", "--web", at.dir / "web", f"{at.host}:{at.port}", "127.0.0.1:5999")
    return web(header=r"Server: WebSockify\S*")

# SPDX-License-Identifier: GPL-3.0-or-later
"""What serves files."""

import socket
import struct

from services.place import OPEN, PROTECTED, service, variant
from services.probes import ask, datagram, say, web

ANONYMOUS = (rb"^220.*?\r\n", b"USER anonymous\r\n", rb"(331|230)[ -].*?\r\n", b"PASS a@b.example\r\n")


def _ftp(anonymous, refusal=rb"5\d\d[ -]"):
    return say(*ANONYMOUS, rb"230[ -]" if anonymous else refusal)


@service("ftp", ("vsftpd",), "vsftpd", 21,
         variant("login", PROTECTED, light=True, anonymous=False), variant("anonymous", OPEN, light=True, anonymous=True))
def vsftpd(at, anonymous):
    at.folder("empty")
    conf = at.write("conf", f"listen=YES\nlisten_address={at.host}\nlisten_port={at.port}\nbackground=NO\n"
                            f"anonymous_enable={'YES' if anonymous else 'NO'}\nlocal_enable={'NO' if anonymous else 'YES'}\n"
                            f"secure_chroot_dir={at.dir}/empty\nanon_root={at.dir}/empty\nftp_username=daemon\n"
                            "seccomp_sandbox=NO\nvsftpd_log_file=/dev/null\n")
    at.run("vsftpd", conf)
    return _ftp(anonymous)


@service("ftp", ("ProFTPD",), "proftpd-core", 21, variant("login", PROTECTED, anonymous=False),
         variant("anonymous", OPEN, anonymous=True), tells_version=False)
def proftpd(at, anonymous):
    program = at.unpacked("proftpd-core", "usr/sbin/proftpd")
    at.folder("pub")
    text = (f"ServerType standalone\nServerName Home\nPort {at.port}\nDefaultAddress {at.host}\nUser nobody\nGroup nogroup\n"
            f"ModulePath {at.unpacked('proftpd-core', 'usr/lib/proftpd')}\nScoreboardFile {at.dir}/board\nPidFile {at.dir}/pid\n"
            f"DelayTable none\nRequireValidShell off\nUseFtpUsers off\nSystemLog {at.dir}/system.log\nUseIPv6 off\n"
            "UseReverseDNS off\nAuthOrder mod_auth_unix.c\n")
    if anonymous:
        text += f"<Anonymous {at.dir}/pub>\nUser nobody\nGroup nogroup\nUserAlias anonymous nobody\nRequireValidShell off\n</Anonymous>\n"
    at.run(program, "-n", "-c", at.write("conf", text))
    return _ftp(anonymous)


@service("ftp", ("Pure-FTPd",), "pure-ftpd", 21, variant("login", PROTECTED), tells_version=False)
def pure_ftpd(at):
    at.run(at.unpacked("pure-ftpd", "usr/sbin/pure-ftpd"), "-S", f"{at.host},{at.port}", "-E", "-H", "-g", at.dir / "pid")
    # It thinks about a wrong password for seconds.
    return say(rb"^220.*?\r\n", b"USER anonymous\r\n", rb"331[ -]")


@service("ftp", ("pyftpdlib",), "python3-pyftpdlib", 2121, variant("anonymous", OPEN))
def pyftpdlib(at):
    at.run("/usr/bin/python3", "-m", "pyftpdlib", "-i", at.host, "-p", at.port, "-d", at.folder("pub"))
    return _ftp(True)


@service("tftp", ("tftpd-hpa", "TFTP", "tftpd"), "tftpd-hpa", 69, variant("files", OPEN), udp=True, tells_version=False)
def tftpd(at):
    at.run("in.tftpd", "-L", "-a", f"{at.host}:{at.port}", "-u", "nobody", "-s", at.folder("boot"))

    def probe(host, port):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stream:
            stream.settimeout(5)
            stream.sendto(b"\0\1nothing-of-this-name\0octet\0", (host, port))
            answer = stream.recv(512)
            assert answer[:2] == b"\0\5", answer
            return answer[:4]

    return probe


SMB = """
[global]
workgroup = HOME
server string = nas
map to guest = {guest}
private dir = {dir}/private
lock directory = {dir}/lock
state directory = {dir}/state
cache directory = {dir}/cache
pid directory = {dir}/pid
ncalrpc dir = {dir}/ncalrpc
log file = {dir}/smb.log
interfaces = {host}
bind interfaces only = yes
smb ports = {port}
disable netbios = yes
load printers = no
restrict anonymous = {restrict}
{extra}
[files]
path = {dir}/files
guest ok = {ok}
"""
# SMB2 NEGOTIATE of dialects 2.0.2 and 2.1: MS-SMB2 2.2.1.2, 2.2.3.
_NEGOTIATE = (b"\xfeSMB" + struct.pack("<HHIHHIIQIIQ16x", 64, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0)
              + struct.pack("<HHHHI16xQHH", 36, 2, 1, 0, 0, 0, 0x202, 0x210))
NEGOTIATE = struct.pack(">I", len(_NEGOTIATE)) + _NEGOTIATE


@service("smb microsoft-ds netbios-ssn", ("Samba",), "samba", 445,
         variant("guests", OPEN, guest="bad user", ok="yes", restrict=0),
         variant("login", PROTECTED, guest="never", ok="no", restrict=2),
         variant("shares for users", PROTECTED, guest="bad user", ok="no", restrict=0),
         variant("SMB1", PROTECTED, guest="never", ok="no", restrict=2, extra="server min protocol = NT1"),
         tells_version=False)
def samba(at, guest, ok, restrict, extra=""):
    for name in ("private", "lock", "state", "cache", "pid", "ncalrpc", "files"):
        at.folder(name)
    conf = at.write("smb.conf", SMB.format(dir=at.dir, host=at.host, port=at.port, guest=guest, ok=ok, restrict=restrict,
                                           extra=extra))
    at.run("smbd", "-F", "--no-process-group", f"--configfile={conf}")
    return ask(NEGOTIATE, rb"\xfeSMB")


@service("rsync", ("rsync",), "rsync", 873,
         variant("open module", OPEN, light=True, secret=False), variant("login", PROTECTED, secret=True),
         tells_version=False)
def rsyncd(at, secret):
    at.write("secrets", "ann:x\n", 0o600)
    conf = at.write("conf", f"use chroot = no\n[files]\npath = {at.folder('files')}\ncomment = of the house\n"
                    + (f"auth users = ann\nsecrets file = {at.dir}/secrets\n" if secret else ""))
    at.run("rsync", "--daemon", "--no-detach", f"--config={conf}", f"--port={at.port}", f"--address={at.host}")
    return say(rb"^@RSYNCD: [\d.]+.*?\n", b"@RSYNCD: 31.0\nfiles\n", rb"@RSYNCD: AUTHREQD" if secret else rb"@RSYNCD: OK")


@service("svn svnserve", ("Subversion", "svnserve"), "subversion", 3690,
         variant("open", OPEN, anonymous="read"), variant("login", PROTECTED, anonymous="none"), tells_version=False)
def svnserve(at, anonymous):
    at.tool("svnadmin", "create", at.dir / "depot")
    at.write("depot/conf/passwd", "[users]\nann = x\n")
    at.write("depot/conf/svnserve.conf",
             f"[general]\nanon-access = {anonymous}\nauth-access = write\npassword-db = passwd\n")
    at.run("svnserve", "-d", "--foreground", "-r", at.dir / "depot", "--listen-host", at.host, "--listen-port", at.port)
    return say(rb"^\( success \( 2 2 ", b"( 2 ( edit-pipeline ) 16:svn://nas.home/x ) ",
               rb"ANONYMOUS" if anonymous == "read" else rb"CRAM-MD5")


@service("git", ("Git", "git daemon"), "git", 9418, variant("open", OPEN), tells_version=False)
def git_daemon(at):
    at.tool("git", "init", "-q", "--bare", at.dir / "depot.git")
    at.run("git", "daemon", f"--listen={at.host}", f"--port={at.port}", "--export-all", f"--base-path={at.dir}",
           "--informative-errors",
           at.dir)
    return ask(_packet(b"git-upload-pack /depot.git\0host=nas\0"), rb"^00")


def _packet(text):
    return b"%04x%s" % (len(text) + 4, text)


@service("distccd distcc", ("distccd", "distcc"), "distcc", 3632, variant("open", OPEN), tells_version=False)
def distccd(at):
    at.run("distccd", "--no-detach", "--daemon", "--listen", at.host, "--port", at.port, "-a", "192.168.77.0/24",
           "--log-stderr", "--enable-tcp-insecure",
           user="nobody", env={"DISTCCD_PATH": "/usr/bin"})

    words = (b"gcc", b"-c", b"x.c", b"-o", b"x.o")
    return ask(b"DIST00000001ARGC%08x" % len(words) + b"".join(b"ARGV%08x%s" % (len(word), word) for word in words)
               + b"DOTI00000000", rb"^DONE00000001")


@service("http", ("webfs", "webfsd"), "webfs", 8000,
         variant("open", OPEN, arguments=()), variant("login", PROTECTED, arguments=("-b", "ann:x")))
def webfs(at, arguments):
    at.run("webfsd", "-F", "-i", at.host, "-p", at.port, "-r", at.folder("pub"), *arguments)
    return web(status=401 if arguments else 200, header=r"Server: webfs\S*")


@service("http upnp", ("MiniDLNA", "ReadyMedia"), "minidlna", 8200, variant("open", OPEN))
def minidlna(at):
    conf = at.write("conf", f"port={at.port}\nmedia_dir={at.folder('media')}\ndb_dir={at.dir}/db\nlog_dir={at.dir}\n"
                            "friendly_name=nas\ninotify=no\n")
    at.run("minidlnad", "-S", "-f", conf, "-P", at.dir / "pid")
    return web("/rootDesc.xml", body=rb"<friendlyName>[^<]*")


@service("rpcbind", ("rpcbind", "RPC"), "rpcbind", 111, variant("open", OPEN), anywhere=False, both=True,
         tells_version=False)
def rpcbind(at):
    at.run("rpcbind", "-f", "-w", "-h", at.host)
    call = bytes.fromhex("777777770000000000000002000186a0000000020000000000000000000000000000000000000000")
    return datagram(call, rb"^\x77\x77\x77\x77\0\0\0\x01")


@service("http dav", ("Radicale",), "radicale", 5232,
         variant("open", OPEN, kind="none"), variant("login", PROTECTED, kind="htpasswd"), tells_version=False)
def radicale(at, kind):
    at.write("users", "ann:x\n")
    conf = at.write("conf", f"[server]\nhosts = {at.host}:{at.port}\n[auth]\ntype = {kind}\nhtpasswd_filename = {at.dir}/users\n"
                            f"htpasswd_encryption = plain\n[storage]\nfilesystem_folder = {at.folder('collections')}\n")
    at.run("radicale", "--config", conf)
    return web("/", 207 if kind == "none" else 401, method="PROPFIND", headers={"Depth": "0"})

# SPDX-License-Identifier: GPL-3.0-or-later
"""Mail."""

import shutil

from services.place import OPEN, PROTECTED, service, variant
from services.probes import say

POSTFIX_MAIN = """
compatibility_level = 3.6
queue_directory = {dir}/spool
data_directory = {dir}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
inet_interfaces = {host}
inet_protocols = ipv4
myhostname = mail.home.example
mydestination = $myhostname
alias_maps =
local_recipient_maps =
alias_database =
maillog_file = {dir}/mail.log
maillog_file_prefixes = /
mynetworks = 127.0.0.0/8
{extra}
"""
POSTFIX_MASTER = """
{host}:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
smtp unix - - n - - smtp
error unix - - n - - error
proxymap unix - - n - - proxymap
local unix - n n - - local
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


@service("smtp", ("Postfix", "Postfix smtpd"), "postfix", 25,
         variant("mail exchanger", OPEN, extra=""), variant("STARTTLS", OPEN, tls="self-signed"), tells_version=False)
def postfix(at, extra="", tls=""):
    if tls:
        cert, key = at.certificate(tls)
        extra = f"smtpd_tls_security_level = may\nsmtpd_tls_cert_file = {cert}\nsmtpd_tls_key_file = {key}\n"
    at.folder("spool")
    at.folder("data", user="postfix", mode=0o700)
    at.write("conf/main.cf", POSTFIX_MAIN.format(dir=at.dir, host=at.host, extra=extra))
    at.write("conf/master.cf", POSTFIX_MASTER.format(host=at.host, port=at.port))
    at.run("postfix", "-c", at.dir / "conf", "start-fg")
    return say(rb"^220 \S+ ESMTP Postfix.*\n", b"EHLO pc\r\n", rb"250-STARTTLS\r\n" if tls else rb"250 \S+\r\n")


EXIM = """
exim_path = {program}
primary_hostname = mail.home.example
spool_directory = {dir}/spool
log_file_path = {dir}/%slog
pid_file_path = {dir}/pid
local_interfaces = {host}
daemon_smtp_ports = {port}
host_lookup =
rfc1413_hosts =
keep_environment =
tls_advertise_hosts =
acl_smtp_rcpt = recipient
begin acl
recipient:
  deny message = relay not permitted
begin routers
begin transports
begin authenticators
{login}
"""
EXIM_LOGIN = """
plain:
  driver = plaintext
  public_name = PLAIN
  server_condition = false
"""


@service("smtp", ("Exim", "Exim smtpd"), "exim4-daemon-light", 25,
         variant("mail exchanger", OPEN, login=""), variant("login", PROTECTED, login=EXIM_LOGIN))
def exim(at, login):
    program = at.unpacked("exim4-daemon-light", "usr/sbin/exim4")
    at.folder("spool")
    conf = at.write("conf", EXIM.format(dir=at.dir, host=at.host, port=at.port, program=program, login=login))
    at.own("Debian-exim")
    shutil.chown(conf, "root")
    at.run(program, "-bdf", "-q1h", "-C", conf)
    return say(rb"^220 \S+ ESMTP Exim \S+", b"EHLO pc\r\n", rb"250-AUTH PLAIN\r\n" if login else rb"250 HELP\r\n")


DOVECOT = """
base_dir = {dir}/run
state_dir = {dir}/state
log_path = {dir}/dovecot.log
listen = {host}
protocols = {protocol}
mail_location = maildir:{dir}/mail/%u
first_valid_uid = 1
default_internal_user = dovecot
default_login_user = dovenull
auth_mechanisms = plain login
passdb {{
  driver = static
  args = password=x
}}
userdb {{
  driver = static
  args = uid=65534 gid=65534 home={dir}/mail
}}
service {protocol}-login {{
  chroot =
  inet_listener {protocol} {{
    port = {plain}
  }}
  inet_listener {protocol}s {{
    port = {secure}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
{tls}
"""


def _dovecot(at, protocol, tls, at_once):
    text = "ssl = no\ndisable_plaintext_auth = no\n"
    if tls:
        cert, key = at.certificate(tls)
        text = f"ssl = yes\nssl_cert = <{cert}\nssl_key = <{key}\n"
    conf = at.write("conf", DOVECOT.format(
        dir=at.dir, host=at.host, protocol=protocol, plain=0 if at_once else at.port, secure=at.port if at_once else 0,
        tls=text))
    at.run("dovecot", "-F", "-c", conf)


@service("imap imaps", ("Dovecot", "Dovecot imapd"), "dovecot-imapd", 143,
         variant("no TLS", PROTECTED), variant("TLS", PROTECTED, port=993, tls="self-signed", at_once=True),
         variant("STARTTLS", PROTECTED, tls="expired"), tells_version=False)
def dovecot_imap(at, tls="", at_once=False):
    _dovecot(at, "imap", tls, at_once)
    return say(rb"^\* OK .*Dovecot.*\n", tls=at_once)


@service("pop3 pop3s", ("Dovecot", "Dovecot pop3d"), "dovecot-pop3d", 110,
         variant("STARTTLS", PROTECTED, tls="self-signed"),
         variant("TLS, expired", PROTECTED, port=995, tls="expired", at_once=True),
         tells_version=False)
def dovecot_pop3(at, tls="", at_once=False):
    _dovecot(at, "pop3", tls, at_once)
    return say(rb"^\+OK .*Dovecot.*\n", tls=at_once)

# SPDX-License-Identifier: GPL-3.0-or-later
"""Web servers and proxies."""

from services.place import OPEN, PROTECTED, service, variant
from services.probes import ask, web

# ann, x
HTPASSWD = "ann:$apr1$abcdefgh$82JubPF2dQkt1tVfvLnXS.\n"
NGINX = """
daemon off; master_process off; pid {dir}/pid; error_log stderr;
events {{ }}
http {{
  access_log off; client_body_temp_path {dir}/t1; proxy_temp_path {dir}/t2; fastcgi_temp_path {dir}/t3; uwsgi_temp_path {dir}/t4;
  scgi_temp_path {dir}/t5; {extra}
  server {{ listen {host}:{port} {ssl}; root {dir}/pub; }}
}}
"""


@service("http https", ("nginx",), "nginx", 80,
         variant("static", OPEN, light=True), variant("login", PROTECTED, light=True, login=True),
         variant("TLS", OPEN, port=443, tls="self-signed"),
         variant("TLS, expired", PROTECTED, light=True, port=443, tls="expired", login=True),
         variant("old TLS", OPEN, light=True, port=8443, tls="old"),
         variant("no version", OPEN, quiet=True, tells_version=False))
def nginx(at, tls="", login=False, quiet=False):
    at.write("pub/index.html", "<title>Home</title>hello")
    at.write("users", HTPASSWD)
    extra = f"auth_basic home; auth_basic_user_file {at.dir}/users;" if login else ""
    extra += "server_tokens off;" if quiet else ""
    if tls:
        cert, key = at.certificate(tls)
        extra += f"ssl_certificate {cert}; ssl_certificate_key {key};"
        extra += "ssl_protocols TLSv1 TLSv1.1 TLSv1.2; ssl_ciphers DEFAULT@SECLEVEL=0;" if tls == "old" else ""
    conf = at.write("conf", NGINX.format(dir=at.dir, host=at.host, port=at.port, ssl="ssl" if tls else "", extra=extra))
    at.run("nginx", "-e", "stderr", "-c", conf)
    return web(status=401 if login else 200, tls=bool(tls), header="Server: nginx")


APACHE = """
ServerRoot {dir}
PidFile {dir}/pid
ServerName nas
Listen {host}:{port}
DefaultRuntimeDir {dir}
Mutex file:{dir}
User nobody
Group nogroup
LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
LoadModule authn_core_module /usr/lib/apache2/modules/mod_authn_core.so
LoadModule authn_file_module /usr/lib/apache2/modules/mod_authn_file.so
LoadModule auth_basic_module /usr/lib/apache2/modules/mod_auth_basic.so
LoadModule authz_user_module /usr/lib/apache2/modules/mod_authz_user.so
LoadModule dir_module /usr/lib/apache2/modules/mod_dir.so
LoadModule autoindex_module /usr/lib/apache2/modules/mod_autoindex.so
LoadModule ssl_module /usr/lib/apache2/modules/mod_ssl.so
ErrorLog {dir}/error.log
DocumentRoot {dir}/pub
{extra}
"""


@service("http https", ("Apache", "Apache httpd", "Apache HTTP Server"), "apache2", 80,
         variant("listing", OPEN), variant("login", PROTECTED, login=True),
         variant("TLS", OPEN, port=443, tls="self-signed"), variant("quiet", OPEN, quiet=True, tells_version=False))
def apache(at, tls="", login=False, quiet=False):
    at.folder("pub")
    at.write("users", HTPASSWD)
    extra = "<Location />\nOptions Indexes\n</Location>\n"
    if login:
        extra = f'<Location />\nAuthType Basic\nAuthName home\nAuthUserFile {at.dir}/users\nRequire valid-user\n</Location>\n'
    if tls:
        cert, key = at.certificate(tls)
        extra += f"SSLEngine on\nSSLCertificateFile {cert}\nSSLCertificateKeyFile {key}\n"
    extra += "ServerTokens Prod\nServerSignature Off\n" if quiet else ""
    at.run("apache2", "-X", "-f", at.write("conf", APACHE.format(dir=at.dir, host=at.host, port=at.port, extra=extra)))
    return web(status=401 if login else 200, tls=bool(tls), header="Server: Apache")


@service("http", ("lighttpd",), "lighttpd", 80, variant("static", OPEN, light=True), variant("login", PROTECTED, login=True))
def lighttpd(at, login=False):
    at.write("pub/index.html", "hello")
    at.write("users", "ann:x\n")
    extra = (f'server.modules = ("mod_auth", "mod_authn_file")\nauth.backend = "plain"\nauth.backend.plain.userfile = "{at.dir}/users"\n'
             'auth.require = ("/" => ("method" => "basic", "realm" => "home", "require" => "valid-user"))\n') if login else ""
    conf = at.write("conf", f'server.document-root = "{at.dir}/pub"\nserver.port = {at.port}\nserver.bind = "{at.host}"\n'
                            f'index-file.names = ("index.html")\n{extra}')
    at.run("lighttpd", "-D", "-f", conf)
    return web(status=401 if login else 200, header="Server: lighttpd")


@service("http https", ("Caddy",), "caddy", 2015, variant("static", OPEN), variant("TLS", OPEN, tls="self-signed"),
         tells_version=False)
def caddy(at, tls=""):
    at.write("pub/index.html", "hello")
    line = ""
    if tls:
        cert, key = at.certificate(tls)
        line = f"tls {cert} {key}"
    at.write("Caddyfile", f"{{\n admin off\n auto_https off\n storage file_system {at.dir}/store\n}}\n"
                          f"{'https' if tls else 'http'}://:{at.port} {{\n bind {at.host}\n {line}\n root * {at.dir}/pub\n file_server\n}}\n")
    at.run("caddy", "run", "--config", at.dir / "Caddyfile", "--adapter", "caddyfile")
    # Without a name in the TLS hello it knows no certificate: as strangers find it.
    return web(header="Server: Caddy", tls=bool(tls))


@service("http", ("HAProxy",), "haproxy", 8404,
         variant("statistics", OPEN, light=True, extra=""),
         variant("statistics with login", PROTECTED, extra="stats auth ann:x",
                                                                     tells_version=False))
def haproxy_stats(at, extra):
    conf = at.write("conf", f"defaults\n mode http\n timeout client 5s\n timeout server 5s\n timeout connect 5s\n"
                            f"frontend s\n bind {at.host}:{at.port}\n stats enable\n stats uri /\n {extra}\n")
    at.run("haproxy", "-db", "-f", conf)
    return web(status=401 if extra else 200, body=b"" if extra else rb"HAProxy version \S+")


SQUID = """
http_port {host}:{port}
visible_hostname nas
cache deny all
pid_filename none
access_log none
cache_log {dir}/cache.log
cache_effective_user proxy
coredump_dir {dir}
netdb_filename none
pinger_enable off
shutdown_lifetime 0 seconds
{access}
"""


@service("http-proxy http", ("Squid", "Squid http proxy"), "squid", 3128,
         variant("open", OPEN, access="http_access allow all"),
         variant("login", PROTECTED, access="auth_param basic program /usr/lib/squid/basic_ncsa_auth {dir}/users\n"
                                            "acl known proxy_auth REQUIRED\nhttp_access allow known\nhttp_access deny all"))
def squid(at, access):
    at.write("users", HTPASSWD)
    conf = at.write("conf", SQUID.format(dir=at.dir, host=at.host, port=at.port, access=access.format(dir=at.dir)))
    at.dir.chmod(0o777)
    at.run("squid", "-N", "-f", conf)
    return ask(b"GET http://192.168.77.1:9/ HTTP/1.1\r\nHost: 192.168.77.1:9\r\n\r\n", rb"^HTTP/1.1 407"
               if "auth" in access else rb"^HTTP/1.1 503")


@service("http-proxy http", ("tinyproxy", "Tinyproxy"), "tinyproxy", 8888,
         variant("open", OPEN, extra=""), variant("login", PROTECTED, extra="BasicAuth ann x"))
def tinyproxy(at, extra):
    conf = at.write("conf", f"Port {at.port}\nListen {at.host}\nTimeout 60\nMaxClients 50\nLogFile \"{at.dir}/tiny.log\"\n"
                            f"PidFile \"{at.dir}/pid\"\n{extra}\n")
    at.run("tinyproxy", "-d", "-c", conf)
    return ask(b"GET http://192.168.77.1:9/ HTTP/1.0\r\n\r\n", rb"^HTTP/1.[01] 407" if extra else rb"^HTTP/1.[01] 50\d")


@service("http-proxy http privoxy", ("Privoxy",), "privoxy", 8118, variant("open", OPEN))
def privoxy(at):
    conf = at.write("conf", f"listen-address {at.host}:{at.port}\nconfdir /etc/privoxy\nlogdir {at.dir}\nactionsfile match-all.action\n"
                            "templdir /etc/privoxy/templates\n")
    at.run("privoxy", "--no-daemon", conf)
    return ask(b"GET http://config.privoxy.org/ HTTP/1.0\r\n\r\n", rb"^HTTP/1.[01] 200")


@service("http", ("Varnish",), "varnish", 6081, variant("before a server", OPEN), tells_version=False)
def varnish(at):
    at.write("pub/index.html", "<title>Home</title>hello")
    at.run("/usr/bin/python3", "-m", "http.server", at.port + 1, "--bind", "127.0.0.1", "--directory", at.dir / "pub")
    at.write("default.vcl", f'vcl 4.1;\nbackend b {{ .host = "127.0.0.1"; .port = "{at.port + 1}"; }}\n')
    at.run("varnishd", "-F", "-a", f"{at.host}:{at.port}", "-f", at.dir / "default.vcl", "-n", at.dir / "work", "-T",
           "none", "-s", "malloc,16m",
           "-j", "none")
    return web(header="Via: 1.1 varnish.*")


@service("http", ("PHP", "PHP cli server"), "php8.2-cli", 8000, variant("built-in server", OPEN))
def php(at):
    at.write("pub/index.php", "<?php echo 'hello';")
    at.run("php", "-S", f"{at.host}:{at.port}", "-t", at.dir / "pub")
    return web(body=rb"hello", header="X-Powered-By: PHP")


@service("http", ("Python", "SimpleHTTPServer", "Python http.server", "SimpleHTTP"), "python3.11-minimal", 8000,
         variant("listing", OPEN, light=True))
def python_http(at):
    at.run("/usr/bin/python3", "-m", "http.server", at.port, "--bind", at.host, "--directory", at.folder("pub"))
    return web(body=rb"Directory listing for /")


@service("http", ("mini_httpd",), "mini-httpd", 8080, variant("static", OPEN))
def mini_httpd(at):
    at.write("pub/index.html", "hello")
    at.run("mini_httpd", "-D", "-h", at.host, "-p", at.port, "-d", at.dir / "pub", "-u", "nobody", "-i", at.dir / "pid")
    return web(header="Server: mini_httpd")

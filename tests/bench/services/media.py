# SPDX-License-Identifier: GPL-3.0-or-later
"""Sound, pictures, downloads."""

from services.place import OPEN, PROTECTED, service, variant
from services.probes import ask, say, web

ICECAST = """<icecast>
<limits><sources>2</sources></limits>
<authentication><source-password>x</source-password><admin-user>admin</admin-user><admin-password>x</admin-password></authentication>
<hostname>nas</hostname><listen-socket><port>{port}</port><bind-address>{host}</bind-address></listen-socket>
<paths><basedir>/usr/share/icecast2</basedir><logdir>{dir}</logdir><webroot>/usr/share/icecast2/web</webroot>
<adminroot>/usr/share/icecast2/admin</adminroot><alias source="/" destination="/status.xsl"/></paths>
<logging><accesslog>access.log</accesslog><errorlog>error.log</errorlog><loglevel>2</loglevel></logging>
<security><chroot>0</chroot></security></icecast>
"""


@service("http icecast", ("Icecast",), "icecast2", 8000, variant("radio", OPEN))
def icecast(at):
    conf = at.write("conf.xml", ICECAST.format(dir=at.dir, host=at.host, port=at.port))
    at.own("nobody")
    at.run("icecast2", "-c", conf, user="nobody")
    return web("/status-json.xsl", body=rb"icestats", header=r"Server: Icecast \S+")


@service("mpd", ("Music Player Daemon", "MPD"), "mpd", 6600, variant("open", OPEN, extra=""),
         variant("password", PROTECTED, extra='password "x@read,add,control,admin"\ndefault_permissions ""'),
         tells_version=False)
def mpd(at, extra):
    conf = at.write("conf", f'music_directory "{at.folder("music")}"\ndb_file "{at.dir}/db"\nbind_to_address "{at.host}"\nport "{at.port}"\n'
                            f'audio_output {{\n type "null"\n name "none"\n}}\n{extra}\n')
    at.run("mpd", "--no-daemon", "--stderr", conf)
    return say(rb"^OK MPD [\d.]+\n", b"status\n", rb"ACK \[4@" if extra else rb"volume:|repeat:")


@service("http", ("Transmission",), "transmission-daemon", 9091,
         variant("open", OPEN, arguments=("-T",)),
         variant("login", PROTECTED, arguments=("-t", "-u", "ann", "-v", "x"), tells_version=False),
         tells_version=False)
def transmission(at, arguments):
    at.run("transmission-daemon", "-f", "-g", at.dir, "-p", at.port, "-r", at.host, "-a", "*.*.*.*", "-O", "-Y", "-M",
           "-w", at.dir,
           "-P", str(at.port + 1), *arguments)
    return web("/transmission/rpc", status=409 if arguments == ("-T",) else 401)


@service("http", ("qBittorrent",), "qbittorrent-nox", 8080,
         variant("login", PROTECTED, extra=""),
         variant("open", OPEN, extra="WebUI\\AuthSubnetWhitelistEnabled=true\nWebUI\\AuthSubnetWhitelist=0.0.0.0/0\n",
                 tells_version=True),
         tells_version=False)
def qbittorrent(at, extra):
    at.write("qBittorrent/config/qBittorrent.conf",
             f"[LegalNotice]\nAccepted=true\n[Preferences]\nWebUI\\Address={at.host}\nWebUI\\Port={at.port}\n{extra}"
             f"[BitTorrent]\nSession\\Port={at.port + 1}\nSession\\DHTEnabled=false\nSession\\LSDEnabled=false\nSession\\Interface=lo\n")
    at.run("qbittorrent-nox", f"--profile={at.dir}", env={"QT_QPA_PLATFORM": "minimal"})
    return web("/api/v2/app/version", status=200 if extra else 403)


@service("http", ("Deluge", "Deluge Web"), "deluge-web", 8112, variant("login", PROTECTED), tells_version=False)
def deluge_web(at):
    at.run("deluge-web", "-d", "-c", at.folder("conf"), "-i", at.host, "-p", at.port)
    return web(body=rb"<title>Deluge")


@service("deluge deluge-rpc", ("Deluge",), "deluged", 58846, variant("login", PROTECTED), tells_version=False)
def deluged(at):
    at.run("deluged", "-d", "-c", at.folder("conf"), "-u", at.host, "-p", at.port)

    def probe(host, port):
        import socket
        from services.probes import _careless
        with socket.create_connection((host, port), 5) as stream, _careless().wrap_socket(stream) as secure:
            return secure.version()

    return probe


@service("http aria2", ("aria2",), "aria2", 6800, variant("open", OPEN, arguments=()),
         variant("secret", PROTECTED, arguments=("--rpc-secret=x",), tells_version=False))
def aria2(at, arguments):
    at.run("aria2c", "--enable-rpc", "--rpc-listen-all", f"--rpc-listen-port={at.port}", f"--dir={at.dir}", "--no-conf",
           *arguments)
    return web("/jsonrpc", status=400 if arguments else 200, method="POST",
               data=b'{"jsonrpc":"2.0","id":"p","method":"aria2.getVersion"}', body=rb"Unauthorized" if arguments
               else rb'"version":"[\d.]+"')

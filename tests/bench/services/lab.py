# SPDX-License-Identifier: GPL-3.0-or-later
"""More of what a home lab runs behind a web page."""

from services.place import OPEN, PROTECTED, service, variant
from services.probes import web


@service("http", ("apt-cacher-ng", "Apt-Cacher NG", "Apt-Cacher"), "apt-cacher-ng", 3142, variant("open", OPEN),
         tells_version=False)
def apt_cacher_ng(at):
    at.run("apt-cacher-ng", "ForeGround=1", f"Port={at.port}", f"BindAddress={at.host}", f"CacheDir={at.folder('cache')}",
           f"LogDir={at.dir}",
           "SupportDir=/usr/lib/apt-cacher-ng", "-c", "/etc/apt-cacher-ng")
    return web("/acng-report.html", body=rb"apt-cacher")


@service("http", ("aptly",), "aptly", 8080, variant("open", OPEN))
def aptly(at):
    at.write("aptly.conf", f'{{"rootDir": "{at.dir}/root"}}')
    at.run("aptly", f"-config={at.dir}/aptly.conf", "api", "serve", f"-listen={at.host}:{at.port}")
    return web("/api/version", body=rb'"Version"')


@service("http", ("Fossil",), "fossil", 8080, variant("open", OPEN))
def fossil(at):
    at.tool("fossil", "init", at.dir / "depot.fossil", "-A", "ann", env={"FOSSIL_HOME": str(at.dir), "USER": "ann"})
    at.run("fossil", "server", at.dir / "depot.fossil", "--port", f"{at.host}:{at.port}",
           env={"FOSSIL_HOME": str(at.dir), "USER": "ann"})
    return web("/home", body=rb"Fossil")


@service("http", ("Mercurial", "hgweb", "Mercurial hgweb"), "mercurial", 8000, variant("open", OPEN), tells_version=False)
def mercurial(at):
    at.tool("hg", "init", at.dir / "depot")
    at.run("hg", "serve", "-a", at.host, "-p", at.port, "-R", at.dir / "depot")
    return web(body=rb"mercurial")


@service("http", ("Prometheus Pushgateway", "Pushgateway"), "prometheus-pushgateway", 9091, variant("open", OPEN))
def pushgateway(at):
    at.run("prometheus-pushgateway", f"--web.listen-address={at.host}:{at.port}")
    return web("/api/v1/status", body=rb"build_information")


@service("http", ("Blackbox Exporter", "Prometheus Blackbox Exporter", "blackbox_exporter"),
         "prometheus-blackbox-exporter", 9115, variant("open", OPEN))
def blackbox_exporter(at):
    conf = at.write("conf.yml", "modules:\n  tcp:\n    prober: tcp\n")
    at.run("prometheus-blackbox-exporter", f"--config.file={conf}", f"--web.listen-address={at.host}:{at.port}")
    return web(body=rb"Blackbox Exporter")


@service("http", ("Redis Exporter", "redis_exporter", "Prometheus Redis Exporter"), "prometheus-redis-exporter", 9121,
         variant("open", OPEN))
def redis_exporter(at):
    at.run("prometheus-redis-exporter", f"-web.listen-address={at.host}:{at.port}")
    return web(body=rb"Redis Exporter")


@service("http", ("SNMP Exporter", "snmp_exporter", "Prometheus SNMP Exporter"), "prometheus-snmp-exporter", 9116,
         variant("open", OPEN))
def snmp_exporter(at):
    conf = at.write("snmp.yml", "if_mib:\n  walk: [1.3.6.1.2.1.2]\n")
    at.run("prometheus-snmp-exporter", f"--config.file={conf}", f"--web.listen-address={at.host}:{at.port}")
    return web(body=rb"SNMP Exporter")


@service("http", ("VictoriaMetrics",), "victoria-metrics", 8428, variant("open", OPEN), tells_version=False)
def victoria_metrics(at):
    at.run("victoria-metrics", f"-httpListenAddr={at.host}:{at.port}", f"-storageDataPath={at.dir}/data")
    return web(body=rb"VictoriaMetrics")




@service("http", ("Supervisor", "supervisord"), "supervisor", 9001,
         variant("open", OPEN, extra=""),
         variant("login", PROTECTED, extra="username=ann\npassword=x\n", tells_version=False))
def supervisor(at, extra):
    conf = at.write("conf", f"[supervisord]\nnodaemon=true\nlogfile={at.dir}/s.log\npidfile={at.dir}/pid\nuser=root\n"
                            f"[inet_http_server]\nport={at.host}:{at.port}\n{extra}"
                            "[rpcinterface:supervisor]\nsupervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface\n")
    at.run("supervisord", "-n", "-c", conf)
    return web(status=401 if extra else 200, header="Server: Medusa")




@service("http", ("Motion",), "motion", 8080, variant("control", OPEN))
def motion(at):
    conf = at.write("conf", f"daemon off\nsetup_mode off\nwebcontrol_port {at.port}\nwebcontrol_localhost off\nwebcontrol_interface 0\n"
                            "webcontrol_parms 2\nstream_port 0\nvideo_device /dev/null\n")
    at.run("motion", "-n", "-c", conf)
    return web(body=rb"motion")


@service("http", ("Janus", "Janus WebRTC Server"), "janus", 8088, variant("open", OPEN))
def janus(at):
    at.write("conf/janus.transport.http.jcfg",
             f'general: {{ http = true\n port = {at.port}\n ip = "{at.host}"\n base_path = "/janus" }}\n')
    at.run("janus", "-F", at.dir / "conf", "-N", "-C", at.write("conf/janus.jcfg", ""))
    return web("/janus/info", body=rb"Janus WebRTC Server")


@service("http", ("Snapcast", "Snapserver"), "snapserver", 1780, variant("control", OPEN), tells_version=False)
def snapserver(at):
    conf = at.write("conf", f"[http]\nenabled = true\nbind_to_address = {at.host}\nport = {at.port}\ndoc_root = /usr/share/snapserver/snapweb\n"
                            f"[tcp]\nenabled = false\n[stream]\nbind_to_address = 127.0.0.1\nport = 17041\nsource = pipe:///{at.dir}/fifo?name=default\n")
    at.run("snapserver", "-c", conf, "--server.datadir", at.dir)
    return web("/jsonrpc", status=200, method="POST", data=b'{"id":1,"jsonrpc":"2.0","method":"Server.GetRPCVersion"}',
               body=rb'"major"')


@service("http docker", ("Podman", "Docker"), "podman", 2375, variant("open", OPEN))
def podman(at):
    at.run("podman", "--root", at.dir / "root", "--runroot", at.dir / "run", "--storage-driver", "vfs", "system",
           "service", "--time=0",
           f"tcp:{at.host}:{at.port}")
    return web("/version", body=rb"ApiVersion")


@service("http", ("i2pd", "i2pd webconsole"), "i2pd", 7070, variant("open", OPEN, login="false"),
         variant("login", PROTECTED, login="true", tells_version=False))
def i2pd(at, login):
    at.run("i2pd", f"--datadir={at.dir}", f"--conf={at.write('conf', '')}", "--http.enabled=true",
           f"--http.address={at.host}", f"--http.port={at.port}",
           f"--http.auth={login}", "--http.user=ann", "--http.pass=x", "--http.strictheaders=false",
           "--httpproxy.enabled=false", "--socksproxy.enabled=false",
           "--sam.enabled=false", "--addressbook.enabled=false", "--reseed.urls=https://127.0.0.1:9/",
           f"--port={at.port + 1}")
    return web(status=401 if login == "true" else 200)


@service("http", ("Netdata",), "netdata-core", 19999, variant("open", OPEN))
def netdata(at):
    for name in ("cache", "lib", "logs"):
        at.folder(name)
    conf = at.write("conf", f"[global]\nrun as user = root\n[db]\nmode = ram\n[directories]\ncache = {at.dir}/cache\nlib = {at.dir}/lib\nlog = {at.dir}/logs\n"
                            f"[web]\nbind to = {at.host}\ndefault port = {at.port}\n[plugins]\nenable running new plugins = no\n[logs]\nerror = stderr\n"
                            "[ml]\nenabled = no\n")
    at.run("netdata", "-D", "-c", conf, "-P", at.dir / "pid")
    return web("/api/v1/info", body=rb'"version"')


@service("http", ("Tang", ""), "tang", 9090, variant("open", OPEN), tells_version=False)
def tang(at):
    at.folder("keys")
    at.tool("/usr/libexec/tangd-keygen", at.dir / "keys")
    at.run("socat", f"TCP-LISTEN:{at.port},bind={at.host},fork,reuseaddr", f"EXEC:/usr/libexec/tangd {at.dir}/keys")
    return web("/adv", body=rb'"payload"')

# SPDX-License-Identifier: GPL-3.0-or-later
"""Queues, stores, monitors, talk and games that are met more seldom."""

from services.place import OPEN, PROTECTED, service, variant
from services.probes import ask, say, web


@service("amqp", ("RabbitMQ",), "rabbitmq-server", 5672, variant("login", PROTECTED))
def rabbitmq(at):
    env = {"RABBITMQ_NODENAME": f"r{at.port}@localhost", "RABBITMQ_NODE_PORT": str(at.port),
           "RABBITMQ_NODE_IP_ADDRESS": at.host,
           "RABBITMQ_MNESIA_BASE": str(at.dir / "db"), "RABBITMQ_LOG_BASE": str(at.dir),
           "RABBITMQ_ENABLED_PLUGINS_FILE": str(at.dir / "plugins"),
           "RABBITMQ_CONF_ENV_FILE": "/dev/null", "RABBITMQ_PID_FILE": str(at.dir / "pid"),
           "RABBITMQ_DIST_PORT": str(at.port + 1)}
    at.write("plugins", "[].")
    at.own("nobody")
    at.run("/usr/lib/rabbitmq/bin/rabbitmq-server", user="nobody", env=env)
    return ask(b"AMQP\0\0\x09\x01", rb"RabbitMQ")


@service("zookeeper", ("ZooKeeper", "Apache ZooKeeper"), "zookeeper", 2181, variant("open", OPEN))
def zookeeper(at):
    conf = at.write("zoo.cfg", f"tickTime=2000\ndataDir={at.dir}/data\nclientPort={at.port}\nclientPortAddress={at.host}\nadmin.enableServer=false\n"
                               "4lw.commands.whitelist=srvr,ruok\n")
    at.run("java", "-Xmx64m", "-cp", "/usr/share/java/zookeeper.jar:/usr/share/java/*",
           "org.apache.zookeeper.server.ZooKeeperServerMain", conf)
    return ask(b"ruok", rb"^imok")


@service("tarantool", ("Tarantool",), "tarantool", 3301, variant("guest", PROTECTED))
def tarantool(at):
    app = at.write("app.lua", f"box.cfg{{listen='{at.host}:{at.port}', wal_mode='none', memtx_memory=33554432, work_dir='{at.dir}'}}\n")
    at.run("tarantool", app)
    return say(rb"^Tarantool \S+")



@service("http", ("Webdis",), "webdis", 7379, variant("open", OPEN, tells_version=False))
def webdis(at):
    at.run("redis-server", "--port", "6398", "--bind", "127.0.0.1", "--save", "", "--dir", at.dir)
    conf = at.write("conf.json", f'{{"redis_host": "127.0.0.1", "redis_port": 6398, "http_host": "{at.host}", "http_port": {at.port}, "threads": 1,'
                                 f' "daemonize": false, "verbosity": 1, "logfile": "{at.dir}/w.log", "acl": []}}')
    at.run("webdis", conf)
    return web("/PING", body=rb"PONG")


@service("gearman gearmand", ("Gearman", "gearmand"), "gearman-job-server", 4730, variant("open", OPEN))
def gearman(at):
    at.run("gearmand", "-L", at.host, "-p", at.port, "-l", "stderr")
    return ask(b"version\n", rb"^OK [\d.]+")



@service("nrpe", ("NRPE", "Nagios NRPE"), "nagios-nrpe-server", 5666, variant("TLS", OPEN), tells_version=False)
def nrpe(at):
    conf = at.write("conf", f"server_port={at.port}\nserver_address={at.host}\nallowed_hosts=192.168.77.0/24\npid_file={at.dir}/pid\nnrpe_user=nobody\nnrpe_group=nogroup\n"
                            "command[x]=/bin/true\n")
    at.run("nrpe", "-f", "-c", conf)
    return say(b"")


@service("bacula-fd bacula", ("Bacula",), "bacula-fd", 9102, variant("login", PROTECTED), tells_version=False)
def bacula(at):
    conf = at.write("conf", f'FileDaemon {{ Name = nas-fd\n FDport = {at.port}\n FDAddress = {at.host}\n WorkingDirectory = {at.dir}\n Pid Directory = {at.dir}\n'
                            ' Plugin Directory = /usr/lib/bacula\n}\nDirector { Name = dir\n Password = x }\nMessages { Name = Standard\n stdout = all }\n')
    at.run("bacula-fd", "-f", "-c", conf)
    return say(b"")



@service("irc", ("BitlBee",), "bitlbee", 6667, variant("open", OPEN))
def bitlbee(at):
    conf = at.write("conf", f"[settings]\nRunMode = ForkDaemon\nDaemonInterface = {at.host}\nDaemonPort = {at.port}\nConfigDir = {at.dir}\nUser = root\nPidFile = {at.dir}/pid\n")
    at.run("bitlbee", "-F", "-n", "-c", conf, "-d", at.dir, "-u", "root")
    return ask(b"NICK probe\r\nUSER probe 0 * :probe\r\n", rb" 001 probe ")


@service("quassel quassel-core", ("Quassel", "Quassel Core"), "quassel-core", 4242, variant("login", PROTECTED),
         tells_version=False)
def quassel(at):
    at.run("quasselcore", f"--configdir={at.dir}", "-p", at.port, "-l", at.host, env={"QT_QPA_PLATFORM": "minimal"})
    return ask(bytes.fromhex("42b33f00" "00000001" "80000002"), rb"^....")


@service("xmpp xmpp-client", ("ejabberd",), "ejabberd", 5222, variant("clients", PROTECTED), tells_version=False)
def ejabberd(at):
    conf = at.write("ejabberd.yml", f'hosts:\n  - home.example\nloglevel: warning\nlisten:\n  -\n    port: {at.port}\n    ip: "{at.host}"\n    module: ejabberd_c2s\n'
                                    "auth_method: internal\nmodules:\n  mod_disco: {}\n")
    ctl = at.write("ejabberdctl.cfg", f"ERLANG_NODE=e{at.port}@localhost\n")
    at.own("ejabberd")
    at.run("ejabberdctl", "--config", conf, "--ctl-config", ctl, "--logs", at.dir, "--spool", at.dir / "spool",
           "foreground", user="ejabberd",
           env={"CONFIG_DIR": str(at.dir)})
    return ask(b"<?xml version='1.0'?><stream:stream to='home.example' xmlns='jabber:client' "
               b"xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>", rb"<mechanism>[A-Z]+")


@service("iperf3 iperf", ("iperf3",), "iperf3", 5201, variant("open", OPEN), tells_version=False)
def iperf3(at):
    at.run("iperf3", "-s", "-B", at.host, "-p", at.port)
    return ask(b"portolanportolanportolanportolan1234\0", rb"^\x09|^\xff")




@service("freeciv", ("Freeciv",), "freeciv-server", 5556, variant("game", OPEN), tells_version=False)
def freeciv(at):
    at.run("/usr/games/freeciv-server", "-p", at.port, "-b", at.host, "-s", at.dir, "-k", user="nobody")
    return say(b"")



@service("telnet", ("ser2net",), "ser2net", 2000, variant("control", OPEN), tells_version=False)
def ser2net(at):
    conf = at.write("conf.yml", f"%YAML 1.1\n---\nadmin:\n  accepter: telnet,tcp,{at.host},{at.port}\n")
    at.run("ser2net", "-n", "-c", conf, "-u")
    return ask(b"version\r\n", rb"version: [\d.]+")




@service("echo discard daytime chargen time", (), "xinetd", 7, variant("echo", OPEN, kind="echo"),
         variant("daytime", OPEN, port=13, kind="daytime"),
         tells_version=False)
def xinetd(at, kind):
    conf = at.write("conf", f"service {kind}\n{{\n type = INTERNAL UNLISTED\n id = {kind}-stream\n socket_type = stream\n protocol = tcp\n user = root\n wait = no\n"
                            f" port = {at.port}\n bind = {at.host}\n disable = no\n}}\n")
    at.run("xinetd", "-dontfork", "-f", conf, "-pidfile", at.dir / "pid")
    return ask(b"portolan\n", rb"portolan") if kind == "echo" else say(rb":(?=\d\d)")


@service("carbon graphite", (), "graphite-carbon", 2003, variant("silent", OPEN), tells_version=False)
def carbon(at):
    conf = at.write("carbon.conf", f"[cache]\nSTORAGE_DIR = {at.dir}\nCONF_DIR = {at.dir}\nLOG_DIR = {at.dir}\nLOCAL_DATA_DIR = {at.dir}\nPID_DIR = {at.dir}\nUSER =\n"
                                   f"LINE_RECEIVER_INTERFACE = {at.host}\nLINE_RECEIVER_PORT = {at.port}\nPICKLE_RECEIVER_PORT = 0\nCACHE_QUERY_PORT = 0\n")
    at.write("storage-schemas.conf", "[all]\npattern = .*\nretentions = 60s:1d\n")
    at.run("carbon-cache", f"--config={conf}", "--nodaemon", "start")
    return say(b"")

# SPDX-License-Identifier: GPL-3.0-or-later
"""Stores and queues."""

from services.place import OPEN, PROTECTED, service, variant
from services.probes import ask, say, web


@service("redis", ("Redis",), "redis-server", 6379,
         variant("open", OPEN, light=True),
         variant("password", PROTECTED, light=True, arguments=("--requirepass", "x"), tells_version=False),
         variant("protected mode", PROTECTED, arguments=("--protected-mode", "yes"), tells_version=False))
def redis(at, arguments=()):
    at.run("redis-server", "--port", at.port, "--bind", at.host, "--save", "", "--dir", at.dir, "--protected-mode", "no",
           *arguments)
    return ask(b"PING\r\n", rb"^-DENIED" if "yes" in arguments else rb"^-NOAUTH" if arguments else rb"^\+PONG")


@service("memcached memcache", ("memcached", "Memcached"), "memcached", 11211, variant("open", OPEN, light=True))
def memcached(at):
    at.run("memcached", "-l", at.host, "-p", at.port, "-U", "0", "-u", "nobody", "-m", "8")
    return ask(b"version\r\n", rb"^VERSION \S+")


def _connect():
    body = b"\0\4MQTT\4\2\0\x1e\0\5probe"
    return bytes([0x10, len(body)]) + body


@service("mqtt mqtts", ("Mosquitto", "mosquitto"), "mosquitto", 1883,
         variant("open", OPEN, light=True, anonymous="true"),
         variant("password", PROTECTED, light=True, anonymous="false", tells_version=False),
         variant("TLS", OPEN, light=True, port=8883, anonymous="true", tls="self-signed"))
def mosquitto(at, anonymous, tls=""):
    lines = f"listener {at.port} {at.host}\nallow_anonymous {anonymous}\nuser root\n"
    if tls:
        cert, key = at.certificate(tls)
        lines += f"certfile {cert}\nkeyfile {key}\n"
    at.run("mosquitto", "-c", at.write("conf", lines))
    return ask(_connect(), rb"^\x20\x02\0\0" if anonymous == "true" else rb"^\x20\x02\0\x05", tls=bool(tls))


INIT = "CREATE USER IF NOT EXISTS ann@'%' IDENTIFIED BY 'x';"


@service("mysql", ("MariaDB",), "mariadb-server-core", 3306, variant("login", PROTECTED))
def mariadb(at):
    at.own("nobody")
    at.tool("mariadb-install-db", "--no-defaults", f"--datadir={at.dir}/data", "--auth-root-authentication-method=normal",
            "--skip-test-db",
            user="nobody")
    at.run("mariadbd", "--no-defaults", f"--datadir={at.dir}/data", f"--bind-address={at.host}", f"--port={at.port}",
           f"--socket={at.dir}/sock",
           f"--pid-file={at.dir}/pid", "--innodb-buffer-pool-size=8M",
           f"--init-file={at.write('init', INIT)}", user="nobody")
    return say(rb"^.{4}\x0a(5.5.5-)?[\w.]+-MariaDB")


@service("postgresql", ("PostgreSQL", "PostgreSQL DB"), "postgresql-15", 5432,
         variant("login", PROTECTED, method="scram-sha-256"), variant("trust", OPEN, method="trust"), tells_version=False)
def postgresql(at, method):
    at.own("postgres")
    tools = "/usr/lib/postgresql/15/bin"
    at.tool(f"{tools}/initdb", "-D", at.dir / "data", "-A", "trust", "--no-sync", user="postgres")
    (at.dir / "data/pg_hba.conf").write_text(f"local all all trust\nhost all all all {method}\n")
    at.run(f"{tools}/postgres", "-D", at.dir / "data", "-h", at.host, "-p", at.port, "-k", at.dir, "-F", user="postgres")
    start = b"\0\3\0\0user\0postgres\0database\0postgres\0\0"
    return ask(bytes([0, 0, 0, len(start) + 4]) + start, rb"^R\0\0\0\x08\0\0\0\0" if method == "trust"
               else rb"^R\0\0\0.\0\0\0\x0a")


@service("http etcd", ("etcd",), "etcd-server", 2379, variant("open", OPEN))
def etcd(at):
    peer = "http://127.0.0.1:" + str(at.port + 1)
    at.run("etcd", "--data-dir", at.dir / "data", "--listen-client-urls", f"http://{at.host}:{at.port}",
           "--advertise-client-urls",
           f"http://{at.host}:{at.port}", "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer,
           "--initial-cluster", f"default={peer}")
    return web("/version", body=rb"etcdserver")


INFLUX = """
reporting-disabled = true
bind-address = "127.0.0.1:{rpc}"
[meta]
  dir = "{dir}/meta"
[data]
  dir = "{dir}/data"
  wal-dir = "{dir}/wal"
[http]
  bind-address = "{host}:{port}"
  auth-enabled = {login}
"""


@service("http", ("InfluxDB",), "influxdb", 8086, variant("open", OPEN, login="false"),
         variant("login", PROTECTED, login="true"))
def influxdb(at, login):
    at.run("influxd", "-config",
           at.write("conf", INFLUX.format(dir=at.dir, host=at.host, port=at.port, rpc=at.port + 1, login=login)))
    if login == "true":
        # Without an admin it says so, in the place of asking for a login.
        at.run("sh", "-c", f"until curl -sf 'http://{at.host}:{at.port}/query' --data-urlencode"
               " \"q=CREATE USER ann WITH PASSWORD 'x' WITH ALL PRIVILEGES\"; do sleep 0.1; done", lasts=False)
    return web("/query?q=SHOW+DATABASES", status=401 if login == "true" else 200, header=r"X-Influxdb-Version: \S+")


@service("http", ("Docker Registry", "Docker registry"), "docker-registry", 5000,
         variant("open", OPEN, extra=""),
         variant("login", PROTECTED, extra="auth:\n  htpasswd:\n    realm: home\n    path: {dir}/users\n"),
         tells_version=False)
def docker_registry(at, extra):
    # ann, x
    at.write("users", "ann:$2y$05$abcdefghijklmnopqrstuuDyoW5ygFgmyDQBQw7h/5iCQnEfJFm3C\n")
    conf = at.write("conf.yml", f"version: 0.1\nstorage:\n  filesystem:\n    rootdirectory: {at.dir}/depot\nhttp:\n  addr: {at.host}:{at.port}\n"
                    + extra.format(dir=at.dir))
    at.run("docker-registry", "serve", conf)
    return web("/v2/", status=401 if extra else 200, header="Docker-Distribution-Api-Version: registry/2.0")


@service("beanstalkd beanstalk", ("beanstalkd", "Beanstalk"), "beanstalkd", 11300, variant("open", OPEN))
def beanstalkd(at):
    at.run("beanstalkd", "-l", at.host, "-p", at.port)
    return ask(b"list-tubes\r\n", rb"^OK 14\r\n---")


@service("nats", ("NATS",), "nats-server", 4222, variant("open", OPEN, arguments=()),
         variant("login", PROTECTED, arguments=("--user", "ann", "--pass", "x")))
def nats(at, arguments):
    at.run("nats-server", "-a", at.host, "-p", at.port, *arguments)
    return say(rb'^INFO \{.*?"version":"[^"]*"', b"CONNECT {\"verbose\":false}\r\nPING\r\n", rb"-ERR 'Auth" if arguments
               else rb"PONG")


@service("postgresql", ("PgBouncer",), "pgbouncer", 6432, variant("login", PROTECTED), tells_version=False)
def pgbouncer(at):
    at.write("users", '"ann" "x"\n')
    conf = at.write("conf", f"[databases]\nhome = host=127.0.0.1 port=9\n[pgbouncer]\nlisten_addr = {at.host}\nlisten_port = {at.port}\n"
                            f"auth_type = md5\nauth_file = {at.dir}/users\nunix_socket_dir =\nlogfile = {at.dir}/pgb.log\n")
    at.own("nobody")
    at.run("pgbouncer", conf, user="nobody")
    start = b"\0\3\0\0user\0ann\0database\0home\0\0"
    return ask(bytes([0, 0, 0, len(start) + 4]) + start, rb"^R\0\0\0\x0c\0\0\0\x05")

# SPDX-License-Identifier: GPL-3.0-or-later
"""Servers and frameworks that people write applications of their own with."""

from services.fronts import WSGI
from services.place import OPEN, PROTECTED, service, variant
from services.probes import web

PYTHON = "/usr/bin/python3"
ASGI = '''
async def application(scope, receive, send):
    if scope["type"] != "http":
        raise NotImplementedError
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html")]})
    await send({"type": "http.response.body", "body": b"<title>Home</title>hello"})
'''


@service("http", ("uvicorn", "Uvicorn"), "uvicorn", 8000, variant("application", OPEN), tells_version=False)
def uvicorn(at):
    at.write("app.py", ASGI)
    at.run(PYTHON, "-m", "uvicorn", "--host", at.host, "--port", at.port, "app:application")
    return web(body=rb"hello", header="Server: uvicorn")


@service("http", ("Hypercorn", "hypercorn"), "python3-hypercorn", 8000, variant("application", OPEN), tells_version=False)
def hypercorn(at):
    at.write("app.py", ASGI)
    at.run(PYTHON, "-m", "hypercorn", "-b", f"{at.host}:{at.port}", "app:application")
    return web(body=rb"hello", header="Server: hypercorn.*")


@service("http", ("Daphne", "daphne"), "daphne", 8000, variant("application", OPEN), tells_version=False)
def daphne(at):
    at.write("app.py", ASGI)
    at.run(PYTHON, "-m", "daphne", "-b", at.host, "-p", at.port, "app:application")
    return web(body=rb"hello")


@service("http", ("Waitress", "waitress"), "python3-waitress", 8080, variant("application", OPEN), tells_version=False)
def waitress(at):
    at.write("app.py", WSGI)
    at.run(PYTHON, "-m", "waitress", f"--listen={at.host}:{at.port}", "app:application")
    return web(body=rb"hello", header="Server: waitress")


CHERRYPY = """
import cherrypy
class Root:
    @cherrypy.expose
    def index(self):
        return "<title>Home</title>hello"
cherrypy.config.update({{"server.socket_host": "{host}", "server.socket_port": {port}{extra}}})
cherrypy.quickstart(Root())
"""
BASIC = (', "tools.auth_basic.on": True, "tools.auth_basic.realm": "home",'
         ' "tools.auth_basic.checkpassword": lambda realm, user, password: False')


@service("http", ("CherryPy", "Cheroot"), "python3-cherrypy3", 8080, variant("application", OPEN, extra=""),
         variant("login", PROTECTED, extra=BASIC))
def cherrypy(at, extra):
    at.write("app.py", CHERRYPY.format(host=at.host, port=at.port, extra=extra))
    at.run(PYTHON, at.dir / "app.py")
    return web(status=401 if extra else 200, header=r"Server: CherryPy/\S+")


TORNADO = """
import asyncio, tornado.web
class Home(tornado.web.RequestHandler):
    {user}
    def get(self):
        self.write("<title>Home</title>hello")
async def main():
    application = tornado.web.Application([("/", Home)], login_url="/login")
    application.listen({port}, "{host}")
    await asyncio.Event().wait()
asyncio.run(main())
"""


@service("http", ("Tornado", "TornadoServer"), "python3-tornado", 8888, variant("application", OPEN, user=""),
         variant("login", PROTECTED, user="prepare = tornado.web.authenticated(lambda self: None)"))
def tornado(at, user):
    at.write("app.py", TORNADO.format(host=at.host, port=at.port, user=user))
    at.run(PYTHON, at.dir / "app.py")
    return web(status=302 if user else 200, header=r"Server: TornadoServer/\S+")


AIOHTTP = """
from aiohttp import web
async def home(request):
    return web.Response(text="<title>Home</title>hello", content_type="text/html")
async def api(request):
    return web.json_response({{"message": "Unauthorized"}}, status=401)
application = web.Application()
application.add_routes([web.get("/", {handler})])
web.run_app(application, host="{host}", port={port})
"""


@service("http", ("aiohttp",), "python3-aiohttp", 8080, variant("application", OPEN, handler="home"),
         variant("refusing", PROTECTED, handler="api"))
def aiohttp(at, handler):
    at.write("app.py", AIOHTTP.format(host=at.host, port=at.port, handler=handler))
    at.run(PYTHON, at.dir / "app.py")
    return web(status=200 if handler == "home" else 401, header=r"Server: .*aiohttp/\S+")


FLASK = """
from flask import Flask, redirect
application = Flask("home")
@application.route("/")
def home():
    return {home}
@application.route("/login")
def login():
    return '<title>Enter</title><form method=post><input name=who><input name=word type=password></form>'
application.run("{host}", {port})
"""


@service("http", ("Werkzeug", "Flask"), "python3-werkzeug", 5000,
         variant("application", OPEN, home="'<title>Home</title>hello'"),
         variant("login", PROTECTED, home="redirect('/login')"))
def flask(at, home):
    at.write("app.py", FLASK.format(host=at.host, port=at.port, home=home))
    at.run(PYTHON, at.dir / "app.py")
    return web(status=200 if "hello" in home else 302, header=r"Server: Werkzeug/\S+")


DJANGO = """
import sys
from django.conf import settings
from django.core.management import execute_from_command_line
settings.configure(DEBUG={debug}, SECRET_KEY="x", ALLOWED_HOSTS=["*"], ROOT_URLCONF="urls",
    INSTALLED_APPS=["django.contrib.admin", "django.contrib.auth", "django.contrib.contenttypes",
                    "django.contrib.sessions", "django.contrib.messages"],
    MIDDLEWARE=["django.contrib.sessions.middleware.SessionMiddleware",
                "django.contrib.auth.middleware.AuthenticationMiddleware",
                "django.contrib.messages.middleware.MessageMiddleware"],
    TEMPLATES=[{{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True,
                 "OPTIONS": {{"context_processors": ["django.contrib.auth.context_processors.auth",
                              "django.template.context_processors.request",
                              "django.contrib.messages.context_processors.messages"]}}}}],
    DATABASES={{"default": {{"ENGINE": "django.db.backends.sqlite3", "NAME": "db"}}}})
execute_from_command_line([sys.argv[0], "runserver", "--noreload", "{host}:{port}"])
"""
URLS = """
from django.contrib import admin
from django.urls import path
urlpatterns = [{paths}]
"""


@service("http", ("Django",), "python3-django", 8000,
         variant("fresh", OPEN, debug=True, paths=""),
         variant("administration", PROTECTED, debug=False, paths='path("", admin.site.urls)'),
         tells_version=False)
def django(at, debug, paths):
    at.write("app.py", DJANGO.format(host=at.host, port=at.port, debug=debug))
    at.write("urls.py", URLS.format(paths=paths))
    at.run(PYTHON, at.dir / "app.py")
    return web(status=302 if paths else 200, header="Server: WSGIServer.*")


@service("http", ("Bottle", "WSGIServer", "Python"), "python3-bottle", 8080, variant("application", OPEN),
         tells_version=False)
def bottle(at):
    at.write("app.py", "from bottle import route, run\n@route('/')\ndef home():\n    return '<title>Home</title>hello'\n"
                       f"run(host='{at.host}', port={at.port}, quiet=True)\n")
    at.run(PYTHON, at.dir / "app.py")
    return web(body=rb"hello", header="Server: WSGIServer.*")


RACK = "run lambda { |env| [200, {'Content-Type' => 'text/html'}, ['<title>Home</title>hello']] }\n"


@service("http", ("Puma", "puma", ""), "puma", 9292, variant("application", OPEN), tells_version=False)
def puma(at):
    at.write("config.ru", RACK)
    at.run("puma", "-b", f"tcp://{at.host}:{at.port}", "-e", "production", at.dir / "config.ru")
    return web(body=rb"hello")


@service("http", ("thin",), "thin", 3000, variant("application", OPEN), tells_version=False)
def thin(at):
    at.write("config.ru", RACK)
    at.run("thin", "-a", at.host, "-p", at.port, "-R", at.dir / "config.ru", "start")
    return web(body=rb"hello", header="Server: thin")


@service("http", ("WEBrick",), "ruby-webrick", 8000, variant("files", OPEN, login=False),
         variant("login", PROTECTED, login=True))
def webrick(at, login):
    at.folder("pub")
    check = "s.mount_proc('/') { |q, a| WEBrick::HTTPAuth.basic_auth(q, a, 'home') { |u, p| false } }\n" if login else ""
    at.write("app.rb", f"require 'webrick'\ns = WEBrick::HTTPServer.new(BindAddress: '{at.host}', Port: {at.port},"
                       f" DocumentRoot: '{at.dir}/pub')\n{check}s.start\n")
    at.run("ruby", at.dir / "app.rb")
    return web(status=401 if login else 200, header=r"Server: WEBrick/\S+")


PHP_LOGIN = "<?php if (!isset($_SESSION['who'])) { header('Location: login.php'); exit; }"
PHP_FORM = "<title>Enter</title><form method='post'><input name='who'><input type='password' name='word'></form>"
PHP_PAGE = "<title>Garden</title><h1>Our garden</h1>" + "<p>We grow beans, peas and many more.</p>" * 20
PHP_BROKEN = "<?php echo 'Missing configuration file <b>config.php</b> - have you created it?';"


@service("http", ("PHP", "PHP cli server"), "php8.2-cli", 8000,
         variant("page sends to a form", PROTECTED, page=PHP_LOGIN, status=302),
         variant("form", PROTECTED, page=PHP_FORM, status=200),
         variant("refusing", PROTECTED, page="<?php http_response_code(403); echo 'no';", status=403),
         variant("page of many words", OPEN, page=PHP_PAGE, status=200),
         variant("not configured", ("unknown", "protected"), page=PHP_BROKEN, status=200))
def php_page(at, page, status):
    at.write("pub/index.php", page)
    at.write("pub/login.php", PHP_FORM)
    at.run("php", "-S", f"{at.host}:{at.port}", "-t", at.dir / "pub")
    return web(status=status, header="X-Powered-By: PHP")


@service("http", ("Jetty",), "jetty9", 8080, variant("nothing there", OPEN))
def jetty(at):
    at.folder("webapps")
    at.folder("resources")
    at.run("java", "-Xmx96m", f"-Djava.io.tmpdir={at.dir}", "-jar", "/usr/share/jetty9/start.jar",
           "jetty.home=/usr/share/jetty9", f"jetty.base={at.dir}", "--module=http,deploy",
           f"jetty.http.host={at.host}", f"jetty.http.port={at.port}")
    return web(status=404, header=r"Server: Jetty\S+")


@service("http", ("micro_httpd",), "micro-httpd", 80, variant("files", OPEN), tells_version=False)
def micro_httpd(at):
    at.write("pub/index.html", "<title>Home</title>hello")
    at.run("socat", f"TCP-LISTEN:{at.port},bind={at.host},fork,reuseaddr", f"EXEC:/usr/sbin/micro-httpd {at.dir}/pub")
    return web(body=rb"hello", header="Server: micro_httpd")


# Gates as people build them, none of which says "login": what is behind them is not to be seen, so that nobody may call
# them open.
TEXT = "<p>The garden of our family has herbs, flowers and many vegetables.</p>" * 8
GATES = {
    "asked by script": '<script src="app.js"></script><div id="root"></div>',
    "form in French": f'<title>Jardin</title>{TEXT}<form action="/acces" method="post"><input name="qui"></form>',
    "number sent to a telephone": f'{TEXT}<form method="post"><input name="n" maxlength="6"></form>',
    "words alone": "Access is restricted to the family.",
}


@service("http", ("Python", "SimpleHTTPServer", "Python http.server", "SimpleHTTP"), "python3.11-minimal", 8000,
         *[variant(name, ("protected", "unknown"), page=page) for name, page in GATES.items()], tells_version=False)
def gate(at, page):
    at.write("pub/index.html", page)
    at.write("pub/app.js", "fetch('/plants').then(answer => answer.ok ? draw(answer) : location.assign('#/enter'))")
    at.run(PYTHON, "-m", "http.server", at.port, "--bind", at.host, "--directory", at.dir / "pub")
    return web()

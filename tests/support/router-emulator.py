#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A router that misbehaves on demand: PCP, NAT-PMP, SSDP and SOAP in one program.

    router-emulator.py DIR '{"pcp": "on", "natpmp": "off", "upnp": "on", ...}'

It listens on the lab's router address (192.168.77.1), prints "ready", and ends when killed. In DIR it writes:
  table   one line per mapping: "tcp 25566 192.168.77.10 25565 3600 description"
  log     one line per request: "pcp map 25565 25566 3600", "soap AddPortMapping", "canary", ...

Options, all optional:
  pcp      on | off | silent | garbage | short | wrong-nonce | spoof | natpmp-only | v0-3 | not-authorized | mismatch |
           no-options | lossy | slow | nothing (success, port 0) | full | offline | keeps (takes nothing back)
  natpmp   on | off | silent | garbage | refuse | pcp-reply | spoof | no-zero (refuses external port 0)
  upnp     on | off | silent | any list of quirks, joined by "+":
           permanent (725), lease-402, lying, lying-address, no-specific, v1, conflict (718 always), fixed (724),
           refuse (606), remote-only (715), full (728), no-list, endless-list, disabled, weak (rootdevice only), chunked, relative,
           base-foreign, base-portless, location-foreign, location-loopback, location-name, control-foreign, dtd,
           huge, drip, redirect, disconnected, lower-status, two-services, mute-http, odd-source, hostile-names, moved
  external the WAN address, "5.6.7.8"
  lifetime the most that is granted
  port     the external port that is granted whatever was asked for
  taken    list of [protocol, port, address, internal port, description]
  epoch    seconds at the start, 1000

SIGUSR1 is a reboot: the table is emptied, the epoch begins at 0, and a burst of announcements tells of it.
SIGUSR2 moves the control port.
"""

import http.server
import json
import os
import random
import re
import signal
import socket
import struct
import sys
import threading
import time

LAN = "192.168.77.1"
OTHER = "192.168.77.66"  # a second host of the LAN: the canary, and the one that spoofs
DIR = sys.argv[1]
OPTIONS = json.loads(sys.argv[2]) if len(sys.argv) > 2 else {}
PCP = OPTIONS.get("pcp", "on")
NATPMP = OPTIONS.get("natpmp", "on")
UPNP = OPTIONS.get("upnp", "on").split("+")
EXTERNAL = OPTIONS.get("external", "5.6.7.8")
MOST = OPTIONS.get("lifetime", 86400)
TCP, UDP = 6, 17
NAMES = {TCP: "tcp", UDP: "udp"}
lock = threading.RLock()


class Router:
    def __init__(self):
        self.table = {}
        self.started = time.monotonic() - OPTIONS.get("epoch", 1000)
        for protocol, port, address, inner, description in OPTIONS.get("taken", []):
            self.table[protocol, port] = [address, inner, 0, description, None]
        self.save()

    def epoch(self):
        return int(time.monotonic() - self.started)

    def save(self):
        with lock:
            lines = [f"{p} {e} {a} {i} {l} {d}\n" for (p, e), (a, i, l, d, _) in sorted(self.table.items())]
            with open(os.path.join(DIR, "table.new"), "w") as file:
                file.writelines(lines)
            os.rename(os.path.join(DIR, "table.new"), os.path.join(DIR, "table"))

    def free_port(self, protocol):
        while True:
            port = random.randrange(40000, 45000)
            if (protocol, port) not in self.table:
                return port

    def find(self, protocol, address, inner):
        for (p, external), entry in self.table.items():
            if p == protocol and entry[0] == address and entry[1] == inner:
                return external
        return None

    def map(self, protocol, address, inner, wanted, lifetime, description, nonce=None, exact=False):
        """The port that is granted, or None where it is another's and @exact."""
        with lock:
            known = self.find(protocol, address, inner)
            port = OPTIONS.get("port") or known or wanted or inner
            holder = self.table.get((protocol, port))
            if holder and (holder[0], holder[1]) != (address, inner):
                if exact:
                    return None
                port = self.free_port(protocol)
            if exact and wanted and port != wanted:
                return None
            self.table[protocol, port] = [address, inner, lifetime, description, nonce]
            self.save()
            return port

    def unmap(self, protocol, address, inner):
        with lock:
            port = self.find(protocol, address, inner)
            if port is not None:
                del self.table[protocol, port]
                self.save()
            return port is not None


router = Router()


def log(text):
    with lock, open(os.path.join(DIR, "log"), "a") as file:
        file.write(text + "\n")


# --- PCP and NAT-PMP ---

def mapped(address):
    return b"\0" * 10 + b"\xff\xff" + socket.inet_aton(address)


def pcp_header(opcode, result, lifetime):
    return struct.pack("!BBBBII12x", 2, 0x80 | opcode, 0, result, lifetime, router.epoch())


def pcp_options(data):
    options = set()
    while len(data) >= 4:
        code, length = data[0], struct.unpack("!H", data[2:4])[0]
        options.add(code)
        data = data[4 + (length + 3) // 4 * 4:]
    return options


def pcp_map(data, source):
    nonce, protocol = data[24:36], data[36]
    inner, wanted = struct.unpack("!HH", data[40:44])
    lifetime = struct.unpack("!I", data[4:8])[0]
    options = pcp_options(data[60:])
    body = bytearray(data[24:60])
    log(f"pcp map {inner} {wanted} {lifetime} {sorted(options)}")

    def answer(result, seconds=30):
        return pcp_header(1, result, seconds) + bytes(body)

    if PCP == "not-authorized-map":
        return answer(2)
    if PCP == "full":
        return answer(8)
    if PCP == "offline":
        return answer(7)
    if PCP == "no-options" and options:
        return answer(5)
    if 1 in options:
        return answer(5)
    name = NAMES[protocol]
    if lifetime == 0:
        known = router.find(name, source, inner)
        if known is None:
            return answer(8)
        if PCP == "keeps" or router.table[name, known][4] not in (None, nonce):
            return answer(2)
        router.unmap(name, source, inner)
        return answer(0, 0)
    if PCP == "nothing":
        body[18:20] = b"\0\0"
        return answer(0, lifetime)
    lifetime = min(lifetime, MOST)
    port = router.map(name, source, inner, wanted, lifetime, "PCP", nonce, 2 in options)
    if port is None:
        return answer(11)
    body[18:20] = struct.pack("!H", port)
    body[20:36] = mapped(EXTERNAL)
    return answer(0, lifetime)


def pcp(data, source):
    if PCP == "natpmp-only":
        return struct.pack("!BBHI", 0, 0x80 | data[1], 1, router.epoch())
    if PCP == "v0-3":
        return struct.pack("!BBHI", 0, 0x80 | data[1], 3, router.epoch())
    if PCP == "not-authorized":
        return pcp_header(data[1], 2, 30)
    if PCP == "mismatch":
        return pcp_header(data[1], 12, 30)
    if data[1] == 0:
        log("pcp announce")
        return pcp_header(0, 0, 0)
    return pcp_map(data, source)


def natpmp(data, source):
    opcode = data[1]
    if NATPMP == "pcp-reply":
        return pcp_header(opcode, 1, 0)
    if NATPMP == "refuse":
        return struct.pack("!BBHI", 0, 0x80 | opcode, 2, router.epoch())
    if opcode == 0:
        log("natpmp address")
        return struct.pack("!BBHI", 0, 0x80, 0, router.epoch()) + socket.inet_aton(EXTERNAL)
    inner, wanted, lifetime = struct.unpack("!HHI", data[4:12])
    log(f"natpmp map {inner} {wanted} {lifetime}")
    name = "udp" if opcode == 1 else "tcp"
    if lifetime == 0:
        router.unmap(name, source, inner)
        port = 0
    elif wanted == 0 and NATPMP == "no-zero":
        return struct.pack("!BBHI", 0, 0x80 | opcode, 2, router.epoch())
    else:
        lifetime = min(lifetime, MOST)
        port = router.map(name, source, inner, wanted, lifetime, "NAT-PMP")
    return struct.pack("!BBHIHHI", 0, 0x80 | opcode, 0, router.epoch(), inner, port, lifetime)


def spoof(answer, to):
    """The same answer with another port and a wild epoch, from another host, before the true one."""
    bad = bytearray(answer)
    bad[8 if bad[0] == 2 else 4:][:4] = b"\0\0\0\0"
    if len(bad) >= 60:
        bad[42:44] = b"\x11\x11"
    elif len(bad) == 16:
        bad[10:12] = b"\x11\x11"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        out.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        out.bind((OTHER, 5351))
        out.sendto(bytes(bad), to)


def misbehave(how, answer, count, sock, to):
    """Sends @answer as @how tells. @count: which request this is."""
    if how == "silent" or (how == "lossy" and count % 3 != 0):
        return
    if how == "garbage":
        for junk in (b"", b"\0", os.urandom(7), os.urandom(60), b"\x02" + os.urandom(59), b"\xff" * 1400):
            sock.sendto(junk, to)
    if how == "short":
        sock.sendto(answer[:len(answer) - 1], to)
        sock.sendto(answer[:3], to)
    if how == "wrong-nonce" and len(answer) >= 60:
        bad = bytearray(answer)
        bad[30] ^= 0xff
        bad[42:44] = b"\x11\x11"
        sock.sendto(bytes(bad), to)
    if how == "spoof":
        spoof(answer, to)
        time.sleep(0.05)
    if how == "slow":
        threading.Timer(0.7, sock.sendto, (answer, to)).start()
        return
    sock.sendto(answer, to)


def serve_udp(ready):
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind((LAN, 5351))
    ready.release()
    count = 0
    while True:
        data, to = sock.recvfrom(2048)
        count += 1
        if len(data) >= 2 and data[0] == 2 and PCP != "off":
            misbehave(PCP, pcp(data, to[0]), count, sock, to)
        elif len(data) >= 2 and data[0] == 2 and NATPMP not in ("off", "silent"):
            sock.sendto(struct.pack("!BBHI", 0, 0x80 | data[1], 1, router.epoch()), to)
        elif len(data) >= 2 and data[0] == 0 and NATPMP != "off":
            misbehave(NATPMP, natpmp(data, to[0]), count, sock, to)
        elif len(data) >= 2 and data[0] == 0 and PCP not in ("off", "silent"):
            sock.sendto(pcp_header(data[1], 1, 0), to)


# --- SSDP ---

control_port = 5000


def location():
    if "location-foreign" in UPNP:
        return f"http://{OTHER}:8000/root.xml"
    if "location-loopback" in UPNP:
        return "http://127.0.0.1:8000/root.xml"
    if "location-name" in UPNP:
        return "http://localhost:8000/root.xml"
    return f"http://{LAN}:{control_port}/root.xml"


def serve_ssdp(ready):
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind(("0.0.0.0", 1900))
    sock.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP,
                    socket.inet_aton("239.255.255.250") + socket.inet_aton(LAN))
    out = sock
    if "odd-source" in UPNP:
        out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        out.bind((LAN, 0))
    ready.release()
    while True:
        data, to = sock.recvfrom(2048)
        found = re.search(rb"(?im)^ST: *(\S+)", data)
        target = found.group(1).decode() if found else ""
        log(f"ssdp {target}")
        weak = target in ("upnp:rootdevice", "ssdp:all")
        if "silent" in UPNP or ("weak" in UPNP and not weak):
            continue
        version = "1" if "v1" in UPNP else "2"
        if not weak and not target.endswith((f"Device:{version}", "Device:1", "Connection:1", f"Connection:{version}")):
            continue
        st = "upnp:rootdevice" if "weak" in UPNP else target
        out.sendto(f"HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=60\r\nST: {st}\r\nEXT:\r\nSERVER:\r\n"
                   f"USN: uuid:x::{st}\r\nLOCATION: {location()}\r\n\r\n".encode(), to)


# --- HTTP and SOAP ---

SERVICE = "urn:schemas-upnp-org:service:"


def service_type():
    return SERVICE + ("WANIPConnection:1" if "v1" in UPNP else "WANIPConnection:2")


def service_xml(kind, control):
    return f"<service><serviceType>{kind}</serviceType><serviceId>x</serviceId><controlURL>{control}</controlURL>" \
           "<eventSubURL>/e</eventSubURL><SCPDURL>/s.xml</SCPDURL></service>"


def description():
    control, base, head = "/ctl", "", '<?xml version="1.0"?>'
    if "relative" in UPNP:
        control = "ctl"
    if "control-foreign" in UPNP:
        control = f"http://{OTHER}:8000/ctl"
    if "base-foreign" in UPNP:
        base = f"<URLBase>http://{OTHER}:8000/</URLBase>"
    if "base-portless" in UPNP:
        base = f"<URLBase>http://{LAN}/</URLBase>"
    if "dtd" in UPNP:
        head += '<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    name = "Emulated router"
    if "hostile-names" in UPNP:
        name = "&lt;b&gt;\x1b[31mPwned\u202e " + "x" * 10000
    services = service_xml(service_type(), control)
    if "two-services" in UPNP:
        services = service_xml(SERVICE + "WANPPPConnection:1", "/down") + services
    text = f'{head}<root xmlns="urn:schemas-upnp-org:device-1-0">{base}<device>' \
           f"<deviceType>urn:schemas-upnp-org:device:InternetGatewayDevice:1</deviceType>" \
           f"<friendlyName>{name}</friendlyName><modelName>E1</modelName><deviceList><device>" \
           f"<serviceList>{services}</serviceList></device></deviceList></device></root>"
    if "huge" in UPNP:
        text += "<!-- " + "x" * 5_000_000 + " -->"
    return text.encode()


class Fault(Exception):
    def __init__(self, code):
        super().__init__(code)
        self.code = code


def entry_xml(key, entry):
    protocol, port = key
    address, inner, lifetime, text, _ = entry
    if "hostile-names" in UPNP:
        text = "&lt;i&gt;\x1b]0;x\x07\u202e"
    return {"NewRemoteHost": "", "NewExternalPort": port, "NewProtocol": protocol.upper(), "NewInternalPort": inner,
            "NewInternalClient": address, "NewEnabled": 0 if "disabled" in UPNP else 1, "NewPortMappingDescription": text,
            "NewLeaseDuration": lifetime}


def add(args, source, any_port):
    protocol, port = args["NewProtocol"].lower(), int(args["NewExternalPort"])
    lifetime, inner = int(args["NewLeaseDuration"]), int(args["NewInternalPort"])
    client = args["NewInternalClient"]
    if "refuse" in UPNP:
        raise Fault(606)
    if "full" in UPNP:
        raise Fault(728)
    if "permanent" in UPNP and lifetime:
        raise Fault(725)
    if "lease-402" in UPNP and lifetime:
        raise Fault(402)
    if "remote-only" in UPNP:
        raise Fault(715)
    if "fixed" in UPNP and port != inner:
        raise Fault(724)
    if port == 0:
        log("PORT ZERO")
        raise Fault(716)
    if client != source:
        raise Fault(606)
    holder = router.table.get((protocol, port))
    if "conflict" in UPNP or (holder and holder[0] != client):
        if not any_port:
            raise Fault(718)
        port = router.free_port(protocol)
    if "lying" in UPNP:
        return port
    if "lying-address" in UPNP:
        client = "192.168.77.99"
    with lock:
        router.table[protocol, port] = [client, inner, min(lifetime, MOST), args["NewPortMappingDescription"], None]
        router.save()
    return port


def act(action, args, path, source):
    up = "disconnected" not in UPNP and path != "/down"
    if action == "GetStatusInfo":
        status = ("up" if "lower-status" in UPNP else "Connected") if up else "Disconnected"
        return {"NewConnectionStatus": status, "NewLastConnectionError": "ERROR_NONE", "NewUptime": router.epoch()}
    if action == "GetExternalIPAddress":
        return {"NewExternalIPAddress": EXTERNAL if path != "/down" else "0.0.0.0"}
    if path == "/down":
        raise Fault(501)
    if action == "AddPortMapping":
        add(args, source, False)
        return {}
    if action == "AddAnyPortMapping":
        if "v1" in UPNP:
            raise Fault(401)
        return {"NewReservedPort": add(args, source, True)}
    if action == "DeletePortMapping":
        with lock:
            if not router.table.pop((args["NewProtocol"].lower(), int(args["NewExternalPort"])), None):
                raise Fault(714)
            router.save()
        return {}
    if action == "GetSpecificPortMappingEntry":
        if "no-specific" in UPNP:
            raise Fault(401)
        key = args["NewProtocol"].lower(), int(args["NewExternalPort"])
        if key not in router.table:
            raise Fault(714)
        return entry_xml(key, router.table[key])
    if action == "GetGenericPortMappingEntry":
        if "no-list" in UPNP:
            raise Fault(401)
        index, rows = int(args["NewPortMappingIndex"]), sorted(router.table.items())
        if "endless-list" in UPNP and rows:
            index %= len(rows)
        if index >= len(rows):
            raise Fault(713)
        return entry_xml(*rows[index])
    raise Fault(401)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def send(self, status, body, chunked=False):
        self.send_response(status)
        self.send_header("Content-Type", "text/xml")
        self.send_header("Connection", "close")
        self.close_connection = True
        if chunked:
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for at in range(0, len(body), 100):
                part = body[at:at + 100]
                self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
            self.wfile.write(b"0\r\n\r\n")
            return
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        log(f"get {self.path}")
        if "mute-http" in UPNP:
            time.sleep(60)
        if "redirect" in UPNP:
            self.send_response(302)
            self.send_header("Location", f"http://{OTHER}:8000/root.xml")
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif "drip" in UPNP:
            self.send_response(200)
            self.end_headers()
            for _ in range(600):
                self.wfile.write(b"x")
                time.sleep(0.1)
        else:
            self.send(200, description(), "chunked" in UPNP)

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        action = self.headers.get("SOAPAction", "").strip('"').split("#")[-1]
        args = dict(re.findall(r"<(New\w+)>([^<]*)</", body))
        log(f"soap {action} {args.get('NewExternalPort', '')} {args.get('NewLeaseDuration', '')}".strip())
        try:
            result = act(action, args, self.path, self.client_address[0])
            inner = f'<u:{action}Response xmlns:u="{service_type()}">' \
                    + "".join(f"<{k}>{v}</{k}>" for k, v in result.items()) + f"</u:{action}Response>"
            status = 200
        except Fault as fault:
            inner = "<s:Fault><faultcode>s:Client</faultcode><faultstring>UPnPError</faultstring><detail>" \
                    '<UPnPError xmlns="urn:schemas-upnp-org:control-1-0">' \
                    f"<errorCode>{fault.code}</errorCode></UPnPError></detail></s:Fault>"
            status = 500
        self.send(status, ('<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/">'
                           f"<s:Body>{inner}</s:Body></s:Envelope>").encode())


class Canary(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_GET(self):
        log("canary")
        self.send_error(404)

    do_POST = do_GET


def serve_http(address, port, handler):
    class Server(http.server.ThreadingHTTPServer):
        request_queue_size = 64
        daemon_threads = True

        def handle_error(self, *_):
            pass

    server = Server((address, port), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


class Counter:
    """Counts the servers that are to be ready."""
    def __init__(self):
        self.semaphore = threading.Semaphore(0)
        self.n = 0

    def start(self, target):
        self.n += 1
        threading.Thread(target=target, args=(self.semaphore,), daemon=True).start()

    def wait(self):
        for _ in range(self.n):
            self.semaphore.acquire()


def reboot(*_):
    with lock:
        router.table.clear()
        router.save()
        router.started = time.monotonic()
    out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    out.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    out.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    out.bind((OPTIONS.get("announce-from", LAN), 0))
    out.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(LAN))
    for _ in range(3):
        if PCP != "off":
            out.sendto(pcp_header(0, 0, 0), ("224.0.0.1", 5350))
        if NATPMP != "off":
            out.sendto(struct.pack("!BBHI", 0, 0x80, 0, router.epoch()) + socket.inet_aton(EXTERNAL), ("224.0.0.1", 5350))
    out.close()


def main():
    global control_port
    counter = Counter()
    if PCP != "off" or NATPMP != "off":
        counter.start(serve_udp)
    if "off" not in UPNP:
        counter.start(serve_ssdp)
        server = serve_http(LAN, control_port, Handler)
    serve_http(OTHER, 8000, Canary)
    counter.wait()
    signals = {signal.SIGUSR1, signal.SIGUSR2, signal.SIGTERM}
    print("ready", flush=True)
    while True:
        number = signal.sigwait(signals)
        if number == signal.SIGTERM:
            return
        if number == signal.SIGUSR1:
            reboot()
        elif "off" not in UPNP:
            server.shutdown()
            server.server_close()
            control_port += 1
            server = serve_http(LAN, control_port, Handler)
        log("done " + signal.Signals(number).name)


signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1, signal.SIGUSR2, signal.SIGTERM})
main()

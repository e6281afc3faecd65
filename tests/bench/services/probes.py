# SPDX-License-Identifier: GPL-3.0-or-later
"""The truth about a service, asked in its own protocol by code that knows nothing of Portolan's fingerprints. A probe is
called with host and port and gives what it was answered, the same every time; it raises OSError or AssertionError where
the service does not answer as it should."""

import http.client
import re
import socket
import ssl
import struct

WAIT = 5.0


def _careless():
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _read_until(stream, pattern):
    data = b""
    while not (found := re.search(pattern, data, re.S)):
        try:
            more = stream.recv(65536)
        except TimeoutError as error:
            raise AssertionError(f"{data[:200]!r} and then silence") from error
        assert more, f"not as expected: {data[:300]!r}"
        data += more
    return found.group(0)


def say(*steps, tls=False):
    """Steps by turns: what has to come (a pattern), and what is said then. b"" says nothing."""
    def probe(host, port):
        with socket.create_connection((host, port), WAIT) as stream:
            if tls:
                stream = _careless().wrap_socket(stream)
            answer = b""
            for number, step in enumerate(steps):
                if number % 2:
                    stream.sendall(step)
                elif step:
                    answer = _read_until(stream, step)
            return answer

    return probe


def ask(question, pattern, tls=False):
    """One that speaks only when it is spoken to."""
    return say(b"", question, pattern, tls=tls)


def datagram(question, pattern):
    def probe(host, port):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stream:
            stream.settimeout(WAIT)
            stream.connect((host, port))
            stream.send(question)
            answer = stream.recv(65536)
            found = re.search(pattern, answer, re.S)
            assert found, f"not as expected: {answer[:300]!r}"
            return found.group(0)

    return probe


def web(path="/", status=200, body=b"", tls=False, method="GET", data=None, headers=None, header=""):
    """The status, and what the pattern @body finds. @header: a pattern that some header line has to have."""
    def probe(host, port):
        if tls:
            connection = http.client.HTTPSConnection(host, port, timeout=WAIT, context=_careless())
        else:
            connection = http.client.HTTPConnection(host, port, timeout=WAIT)
        try:
            connection.request(method, path, data, headers or {})
            response = connection.getresponse()
            text = response.read()
            lines = "\n".join(f"{name}: {value}" for name, value in response.getheaders())
            assert response.status == status, f"{response.status} in the place of {status}: {lines} {text[:300]!r}"
            found = re.search(body, text, re.S | re.I)
            assert found, f"not as expected: {text[:300]!r}"
            named = re.search(header, lines, re.I)
            assert named, f"not as expected: {lines}"
            return response.status, found.group(0), named.group(0)
        except http.client.HTTPException as error:
            raise OSError(f"no HTTP: {error!r}") from error
        finally:
            connection.close()

    return probe


def _question(name, kind, cls):
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    return struct.pack(">HHHHHH", 0x7777, 0x0100, 1, 0, 0, 0) + labels + b"\0" + struct.pack(">HH", kind, cls)


def dns(rcode, udp=True, recursion=None):
    """An A question for a name that is not its own. @rcode: what has to come; @recursion: whether it is offered."""
    def probe(host, port):
        question = _question("portolan.example", 1, 1)
        if udp:
            answer = datagram(question, rb"^\x77\x77.*")(host, port)
        else:
            framed = struct.pack(">H", len(question)) + question
            answer = ask(framed, rb"^..\x77\x77.{10,}")(host, port)[2:]
        flags = struct.unpack(">H", answer[2:4])[0]
        assert flags & 15 == rcode, f"answers {flags & 15}"
        assert recursion is None or bool(flags & 0x80) == recursion, "recursion is not as it should be"
        return flags & 15, bool(flags & 0x80)

    return probe


def every(*probes):
    def probe(host, port):
        return tuple(one(host, port) for one in probes)

    return probe

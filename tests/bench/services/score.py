# SPDX-License-Identifier: GPL-3.0-or-later
"""Holds what somebody says of an endpoint against the truth. The same measure for everybody."""

import dataclasses
import re
import xml.etree.ElementTree

from services import place

ASPECTS = ("service", "product", "version", "login", "tls")


@dataclasses.dataclass
class Said:
    service: str = ""
    product: str = ""
    version: str = ""
    auth: str = "unknown"
    tls: dict | None = None


def _plain(text):
    return re.sub(r"[^a-z0-9]", "", text.lower())


def _product_right(said, names):
    claim = _plain(said)
    return not names or any(claim == name or (len(claim) > 2 and (name in claim or claim in name)) for name in map(_plain, names))


def _version_right(said, truth):
    """"9.2p1" or "9.2p1 Debian 2", and of three numbers the first two are right enough: some say no more."""
    found = re.search(r"\d+(\.\d+)*[a-z]?\d*", said)
    claim = found.group(0) if found else ""
    return claim == truth or claim == re.match(r"[\d.]*", truth).group(0) or ("." in claim and truth.startswith(claim + "."))


def _tls_right(said, kind):
    if not said:
        return False
    if kind == "expired":
        return str(said.get("not_after")).startswith(("2021-01-01", "1609459200"))
    if kind == "old" and not any(version in ("TLS 1.0", "TLS 1.1") for version in said.get("old_versions") or []):
        return False
    return bool(said.get("self_signed"))


def judge(truth, said):
    """Of each aspect True, False, or None where it is not to be had. "false open": said open of what asks for a login."""
    version = place.version_of(truth.package)
    return {
        "service": _plain(said.service) in map(_plain, truth.service),
        "product": _product_right(said.product, truth.product),
        "version": _version_right(said.version, version) if truth.tells_version and version else None,
        "login": said.auth in truth.login,
        "tls": _tls_right(said.tls, truth.tls) if truth.tls else None,
        "false open": truth.login == place.PROTECTED and said.auth in ("open", "none"),
    }


def _auth_of_nmap(extra):
    if re.search(r"auth(entication|orization)? required|unauthorized|access denied|login", extra, re.I):
        return "protected"
    return "open" if re.search(r"no auth|anonymous|open proxy|without password", extra, re.I) else "unknown"


def read_nmap(text):
    """{(port, protocol): Said} of `nmap -oX -`."""
    found = {}
    for port in xml.etree.ElementTree.fromstring(text).iter("port"):
        if port.find("state").get("state") != "open":
            continue
        said = port.find("service")
        said = said.attrib if said is not None else {}
        found[int(port.get("portid")), port.get("protocol")] = Said(
            said.get("name", ""), said.get("product", ""), said.get("version", ""), _auth_of_nmap(said.get("extrainfo", "")))
    return found


def read_identity(said):
    """Of the identity that Portolan prints as JSON."""
    return Said(said.get("service") or "", said.get("product") or "", said.get("version") or "",
                said.get("auth") or "unknown",
                said.get("tls"))

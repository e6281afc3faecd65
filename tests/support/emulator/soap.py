# SPDX-License-Identifier: GPL-3.0-or-later
"""The actions of WANIPConnection (versions 1 and 2)."""

from emulator.state import EXTERNAL, MOST, UPNP, lock, log, router


class Fault(Exception):
    def __init__(self, code):
        super().__init__(code)
        self.code = code


class Crash(Exception):
    """The router is gone for so many seconds, without an answer."""

    def __init__(self, seconds):
        super().__init__(seconds)
        self.seconds = seconds


def key_of(args):
    # UPnP's protocols are written in capitals, and some routers know no others.
    if args["NewProtocol"] not in ("TCP", "UDP"):
        raise Fault(402)
    return args["NewProtocol"].lower(), int(args["NewExternalPort"])


# --- showing ---

def told_lease(lifetime):
    if "lease-0" in UPNP:
        return 0
    return 86400 if "lease-86400" in UPNP else lifetime


def entry_xml(key, entry):
    protocol, port = key
    address, inner, lifetime, text, _, remote = entry
    if "hostile-names" in UPNP:
        text = "&lt;i&gt;\x1b]0;x\x07\u202e"
    return {"NewRemoteHost": remote, "NewExternalPort": port, "NewProtocol": protocol.upper(), "NewInternalPort": inner,
            "NewInternalClient": address, "NewEnabled": 0 if "disabled" in UPNP else 1,
            "NewPortMappingDescription": text, "NewLeaseDuration": told_lease(lifetime)}


def find(args):
    entry = router.table.get(key_of(args))
    if entry and "remote-dotted" in UPNP and entry[5] != args.get("NewRemoteHost", ""):
        return None
    return entry


def get_specific(args):
    if "no-specific" in UPNP:
        raise Fault(401)
    entry = find(args)
    if not entry:
        raise Fault(UPNP.number("absent") or 714)
    return entry_xml(key_of(args), entry)


def get_generic(args):
    if "no-list" in UPNP:
        raise Fault(401)
    index, rows = int(args["NewPortMappingIndex"]), sorted(router.table.items())
    if "list-skips" in UPNP:
        if index % 2:
            raise Fault(402)
        index //= 2
    if "endless-list" in UPNP and rows:
        index %= len(rows)
    if "list-invents" in UPNP:
        return entry_xml(("udp", 1024 + index), ["192.168.77.40", 9, 0, f"invented {index}", None, ""])
    if index >= len(rows):
        if "list-empty" in UPNP:
            return None
        raise Fault(UPNP.number("list-end") or 713)
    return entry_xml(*rows[index])


# --- adding ---

def refuse(port, inner, lifetime, client, source, remote):
    always = UPNP.number("code")
    if always or ("code-once" in UPNP and UPNP.once("code-once")):
        raise Fault(always or UPNP.number("code-once"))
    if "code-at" in UPNP and port == 25566:
        raise Fault(UPNP.number("code-at"))
    for flag, code in (("refuse", 606), ("full", 728), ("remote-only", 715)):
        if flag in UPNP:
            raise Fault(code)
    if lifetime:
        for flag, code in (("permanent", 725), ("lease-402", 402), ("lease-501", 501)):
            if flag in UPNP:
                raise Fault(code)
        if "crash" in UPNP:
            raise Crash(float(UPNP.value("crash")))
    if ("remote-dotted" in UPNP and remote != "0.0.0.0") or ("remote-wild" in UPNP and remote):
        raise Fault(715 if "remote-dotted" in UPNP else 726)
    if "fixed" in UPNP and port != inner:
        raise Fault(724)
    if "full-402" in UPNP and len(router.table) >= UPNP.number("full-402"):
        raise Fault(402)
    if port == 0:
        log("PORT ZERO")
        raise Fault(716)
    if client != source:
        raise Fault(606)


def store(key, entry):
    old = router.table.get(key)
    if "no-extend" in UPNP and old:
        # What is there keeps its end, and some time has gone by.
        old[2] = max(old[2] - 1000, 1)
    elif "drops" in UPNP and not old and len(router.table) >= UPNP.number("drops"):
        return
    else:
        router.table[key] = entry
    router.save()


def add(args, source, any_port):
    protocol, port = key_of(args)
    lifetime, inner = int(args["NewLeaseDuration"]), int(args["NewInternalPort"])
    client, remote = args["NewInternalClient"], args.get("NewRemoteHost", "")
    refuse(port, inner, lifetime, client, source, remote)
    with lock:
        holder = router.table.get((protocol, port))
        taken = holder and (holder[0] != client or "own-718" in UPNP)
        if "conflict" in UPNP or taken:
            if not any_port:
                raise Fault(718)
            port = router.free_port(protocol)
        if "lying" in UPNP:
            return port
        if "lying-address" in UPNP:
            client = "192.168.77.99"
        store((protocol, port), [client, inner, min(lifetime, MOST), args["NewPortMappingDescription"], None, remote])
    return port


def add_any(args, source):
    if "v1" in UPNP or "legacy" in UPNP:
        raise Fault(401)
    return {"NewReservedPort": add(args, source, True)}


def delete(args):
    with lock:
        if not find(args):
            raise Fault(UPNP.number("absent") or 714)
        if "keeps" not in UPNP:
            del router.table[key_of(args)]
        router.save()
    return {}


# --- status ---

def status(path):
    if "no-status" in UPNP:
        raise Fault(401)
    up = "disconnected" not in UPNP and path != "/down"
    text = ("up" if "lower-status" in UPNP else "Connected") if up else "Disconnected"
    return {"NewConnectionStatus": text, "NewLastConnectionError": "ERROR_NONE", "NewUptime": router.epoch()}


def external(path):
    if "no-address" in UPNP:
        raise Fault(501)
    return {"NewExternalIPAddress": {"/down": "0.0.0.0", "/private": "10.9.8.7"}.get(path, EXTERNAL)}


def act(action, args, path, source):
    """The answer's arguments; None: an empty answer."""
    if action == "GetStatusInfo":
        return status(path)
    if action == "GetExternalIPAddress":
        return external(path)
    if path != "/ctl":
        raise Fault(501)
    if action == "AddPortMapping":
        add(args, source, False)
        return {}
    if action == "AddAnyPortMapping":
        return add_any(args, source)
    if action == "DeletePortMapping":
        return delete(args)
    if action == "GetSpecificPortMappingEntry":
        return get_specific(args)
    if action == "GetGenericPortMappingEntry":
        return get_generic(args)
    raise Fault(401)

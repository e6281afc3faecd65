# SPDX-License-Identifier: GPL-3.0-or-later
"""The device description (UPnP Device Architecture 1.1, section 2.3)."""

from emulator.state import LAN, OTHER, UPNP

SERVICE = "urn:schemas-upnp-org:service:"


def service_type():
    if "legacy" in UPNP:
        return "urn:dslforum-org:service:WANIPConnection:1"
    return SERVICE + ("WANIPConnection:1" if "v1" in UPNP else "WANIPConnection:2")


def service_xml(kind, control):
    return f"<service><serviceType>{kind}</serviceType><serviceId>x</serviceId><controlURL>{control}</controlURL>" \
           "<eventSubURL>/e</eventSubURL><SCPDURL>/s.xml</SCPDURL></service>"


def control_url():
    if "relative" in UPNP:
        return "ctl"
    if "absolute" in UPNP:
        from emulator import web
        return f"http://{LAN}:{web.get_port()}/ctl"
    if "control-foreign" in UPNP:
        return f"http://{OTHER}:8000/ctl"
    return "/ctl"


def services_xml():
    services = service_xml(service_type(), control_url())
    if "two-services" in UPNP:
        services = service_xml(SERVICE + "WANPPPConnection:1", "/down") + services
    if "three-services" in UPNP:
        services = service_xml(SERVICE + "WANPPPConnection:1", "/down") \
            + service_xml(SERVICE + "WANIPConnection:1", "/private") + services
    return services


def root():
    base, head = "", '<?xml version="1.0"?>'
    if "base-foreign" in UPNP:
        base = f"<URLBase>http://{OTHER}:8000/</URLBase>"
    if "base-portless" in UPNP:
        base = f"<URLBase>http://{LAN}/</URLBase>"
    if "dtd" in UPNP:
        head += '<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    name = "Emulated router"
    if "hostile-names" in UPNP:
        name = "&lt;b&gt;\x1b[31mPwned\u202e " + "x" * 10000
    text = f'{head}<root xmlns="urn:schemas-upnp-org:device-1-0">{base}<device>' \
           f"<deviceType>urn:schemas-upnp-org:device:InternetGatewayDevice:1</deviceType>" \
           f"<friendlyName>{name}</friendlyName><modelName>E1</modelName><deviceList><device>" \
           f"<serviceList>{services_xml()}</serviceList></device></deviceList></device></root>"
    if "huge" in UPNP:
        text += "<!-- " + "x" * 5_000_000 + " -->"
    return text.encode()


def media():
    """A device on the router that is no gateway."""
    return ('<?xml version="1.0"?><root><device><deviceType>urn:schemas-upnp-org:device:MediaServer:1</deviceType>'
            "<friendlyName>Films</friendlyName><serviceList>"
            + service_xml(SERVICE + "ContentDirectory:1", "/films") + "</serviceList></device></root>").encode()

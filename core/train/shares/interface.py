"""The network interface by which other machines reach this one.

Gloo takes the address that the name of the machine stands for. On many systems that is one of the
loopback, where no other machine reaches it.
"""

from __future__ import annotations

import ipaddress
import socket
import struct
import sys
from contextlib import suppress

SIOCGIFADDR = 0x8915  # Linux: the address of an interface
ADDRESS = slice(20, 24)  # where it is in the answer
DISCARD = 9  # a port: nothing is sent there


def name_towards(host: str) -> str | None:
    """Return the name of the interface whose address this machine has for a host.

    None for a host that is this machine by a loopback address, and where it is not known.
    """
    if sys.platform != "linux":
        return None
    import fcntl

    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect((host, DISCARD))
        own = probe.getsockname()[0]
        if ipaddress.ip_address(own).is_loopback:
            return None
        for _, name in socket.if_nameindex():
            with suppress(OSError):  # it has no address
                asked = struct.pack("256s", name.encode())
                answer = fcntl.ioctl(probe.fileno(), SIOCGIFADDR, asked)
                if socket.inet_ntoa(answer[ADDRESS]) == own:
                    return name
    return None

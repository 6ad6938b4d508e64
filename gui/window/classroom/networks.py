"""The addresses of this machine that phones of the same network can reach."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtNetwork import QAbstractSocket, QNetworkInterface

from core.language import tr


class Network(NamedTuple):
    """An address of this machine and the name of its network interface."""

    address: str
    name: str

    def __str__(self) -> str:
        return f"{self.address} ({self.name})"


def networks() -> list[Network]:
    """Return the addresses: those that a room would use first, this machine alone last."""
    found: list[Network] = []
    alone: list[Network] = []
    flags = QNetworkInterface.InterfaceFlag
    for interface in QNetworkInterface.allInterfaces():
        if not interface.flags() & flags.IsUp:
            continue
        for entry in interface.addressEntries():
            address = entry.ip()
            if address.protocol() is not QAbstractSocket.NetworkLayerProtocol.IPv4Protocol:
                continue
            name = interface.humanReadableName()
            if address.isLoopback():
                alone.append(Network(address.toString(), tr("this machine only")))
            else:
                found.append(Network(address.toString(), name))
    return [*found, *alone]

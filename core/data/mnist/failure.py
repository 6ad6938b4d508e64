"""Causes of failed downloads, with messages for the user and what to do."""

from __future__ import annotations

import re
import ssl
from enum import Enum
from urllib.parse import urlsplit

from urllib3 import exceptions as urllib3

from core.language import mark, tr

CLOCK_IS_WRONG = (9, 10)  # OpenSSL's codes for “not yet valid” and “has expired”


class Cause(Enum):
    """Causes of failure: a clause for the message, and what to do.

    The later in this list, the further the exchange with the mirror got, and the more informative
    the cause is.
    """

    NO_NETWORK = (
        mark("this computer cannot find {host}, as if there were no network"),
        mark("connect to the network and try again"),
    )
    PROXY = mark("the network's proxy {detail}"), mark("correct the system's proxy settings")
    UNREACHABLE = mark("{host} cannot be reached ({detail})"), mark("try again later")
    TLS = (
        mark("no encrypted connection to {host} came about"),
        mark("sign in to the network in a web browser or ask its administrator"),
    )
    CERTIFICATE = (
        mark(
            "the certificate shown for {host} is not trusted ({detail}); something on the way "
            "reads along"
        ),
        mark("sign in to the network in a web browser or ask its administrator"),
    )
    CLOCK = (
        mark("the certificate of {host} does not fit this computer's clock ({detail})"),
        mark("set this computer's date and time"),
    )
    STALLED = (
        mark("{host} has sent nothing for {detail}"),
        mark("try again where the network is better"),
    )
    BROKEN_OFF = mark("{host} broke the connection off"), mark("try again")
    REDIRECT = (
        mark("{host} sends us {detail}"),
        mark("sign in to the network in a web browser and try again"),
    )
    STATUS = mark("{host} says {detail}"), mark("try again later")
    PASSWORD = (
        mark("the network's proxy asks for a name and a password (407)"),
        mark("enter name and password in the system's proxy settings"),
    )
    WRONG_FILE = mark("what {host} sends is not MNIST: {detail}"), mark("try again later")
    WEB_PAGE = (
        mark("your network answered with a web page of its own in place of {host}"),
        mark("sign in to the network in a web browser and try again"),
    )

    def __init__(self, text: str, remedy: str) -> None:
        self.words, self.remedy = text, remedy


class TransferError(Exception):
    """An address delivered no file; the message is the cause, the address's host filled in."""

    def __init__(self, cause: Cause, address: str, detail: str = "") -> None:
        super().__init__(tr(cause.words, host=host_of(address), detail=detail))
        self.cause = cause


def host_of(address: str) -> str:
    return urlsplit(address).hostname or address


def refused(status: int, reason: str, address: str) -> TransferError:
    """Return the error for a server that answered with this HTTP status and no file."""
    special = {407: Cause.PASSWORD, 511: Cause.WEB_PAGE}
    detail = f"{status} ({reason})" if reason else str(status)
    return TransferError(special.get(status, Cause.STATUS), address, detail)


def explain(error: Exception, address: str) -> TransferError:
    """Return the TransferError for an exception; the root exception gives the reason."""
    root: BaseException = error
    while below := root.__cause__ or root.__context__:
        root = below
    reason = ((isinstance(root, OSError) and root.strerror) or tr("no answer")).lower()
    if tunnel := re.search(r"Tunnel connection failed: (\d+)(.*)", str(root)):
        if tunnel[1] == "407":
            return refused(407, "", address)
        detail = tr(
            "does not let us through ({status}{reason})", status=tunnel[1], reason=tunnel[2]
        )
        return TransferError(Cause.PROXY, address, detail)
    match error:
        case urllib3.ProxySchemeUnknown():
            return TransferError(Cause.PROXY, address, tr("cannot be used ({error})", error=error))
        case urllib3.ProxyError():
            return TransferError(
                Cause.PROXY, address, tr("cannot be reached ({reason})", reason=reason)
            )
        case urllib3.SSLError() if isinstance(root, ssl.SSLCertVerificationError):
            cause = Cause.CLOCK if root.verify_code in CLOCK_IS_WRONG else Cause.CERTIFICATE
            return TransferError(cause, address, root.verify_message)
        case urllib3.SSLError():
            return TransferError(Cause.TLS, address)
        case urllib3.NameResolutionError():
            return TransferError(Cause.NO_NETWORK, address)
        case urllib3.ReadTimeoutError():
            return TransferError(Cause.STALLED, address, tr("several seconds"))
        case urllib3.ProtocolError():
            return TransferError(Cause.BROKEN_OFF, address)
    return TransferError(Cause.UNREACHABLE, address, reason)

"""What stands in the way of a download, in words for the person and in an order of weight."""

from __future__ import annotations

import re
import ssl
from enum import Enum
from urllib.parse import urlsplit

from urllib3.exceptions import HTTPError, ProtocolError, ProxyError, ReadTimeoutError, SSLError

CLOCK_IS_WRONG = (9, 10)  # OpenSSL's codes for “not yet valid” and “has expired”


class Cause(Enum):
    """What stood in the way, and what to do about it.

    The higher the rank, the further the talk with a mirror got, and the more the cause tells.
    """

    NO_NETWORK = 0, "connect to the network and try again"
    PROXY = 1, "correct the system's proxy settings"
    UNREACHABLE = 2, "try again later"
    TLS = 3, "sign in to the network in a web browser or ask its administrator"
    CLOCK = 4, "set this computer's date and time"
    STALLED = 5, "try again where the network is better"
    BROKEN_OFF = 6, "try again"
    REDIRECT = 7, "sign in to the network in a web browser and try again"
    STATUS = 8, "try again later"
    PASSWORD = 9, "enter name and password in the system's proxy settings"
    WRONG_FILE = 10, "try again later"
    WEB_PAGE = 11, "sign in to the network in a web browser and try again"

    def __init__(self, rank: int, remedy: str) -> None:
        self.rank, self.remedy = rank, remedy


class TransferError(Exception):
    """Why an address gave no file: the cause, and a clause that names the host."""

    def __init__(self, cause: Cause, words: str) -> None:
        super().__init__(words)
        self.cause = cause


def web_page(address: str) -> TransferError:
    return TransferError(
        Cause.WEB_PAGE,
        f"your network answered with a web page of its own in place of {host_of(address)}",
    )


def password_wanted() -> TransferError:
    return TransferError(Cause.PASSWORD, "the network's proxy asks for a name and a password (407)")


def explain(error: HTTPError | OSError, address: str) -> TransferError:
    """Say in a clause what a library's exception means."""
    host = host_of(address)
    if tunnel := re.search(r"Tunnel connection failed: (\d+)([^'\")]*)", str(error)):
        if tunnel[1] == "407":
            return password_wanted()
        return TransferError(
            Cause.PROXY, f"the network's proxy does not let us through ({tunnel[1]}{tunnel[2]})"
        )
    if isinstance(error, ProxyError):
        return TransferError(Cause.PROXY, f"the network's proxy fails ({_reason(error)})")
    if isinstance(error, SSLError | ssl.SSLError):
        return _explain_tls(error, host)
    if isinstance(error, ReadTimeoutError | TimeoutError):
        return TransferError(Cause.STALLED, f"{host} has stopped sending")
    if isinstance(error, ProtocolError | OSError):
        return TransferError(Cause.BROKEN_OFF, f"{host} broke the connection off")
    return TransferError(Cause.UNREACHABLE, f"{host} cannot be asked ({_reason(error)})")


def _explain_tls(error: Exception, host: str) -> TransferError:
    inner = error.args[0] if error.args and isinstance(error.args[0], Exception) else error
    if isinstance(inner, ssl.SSLCertVerificationError):
        reason = inner.verify_message
        if inner.verify_code in CLOCK_IS_WRONG:
            return TransferError(
                Cause.CLOCK,
                f"the certificate of {host} does not fit this computer's clock ({reason})",
            )
        return TransferError(
            Cause.TLS,
            f"the certificate shown for {host} is not trusted ({reason}); something on the way "
            "reads along",
        )
    return TransferError(Cause.TLS, f"no encrypted connection to {host} came about")


def _reason(error: Exception) -> str:
    return str(error.args[-1] if error.args else error)


def host_of(address: str) -> str:
    parts = urlsplit(address)
    return parts.hostname or address

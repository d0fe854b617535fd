"""Where a request may go: an address is looked up once, judged, and then gone to."""

import asyncio
import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from domain.codes import ErrorCode
from domain.errors import Refused, Retryable

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True)
class Pinned:
    """`url` with a number for a name, and what the server has to be told of the name."""

    url: str
    host: str
    name: str


async def pinned(url: str, *, private_allowed: bool) -> Pinned:
    """Where `url` leads to now; whatever the name means a moment later, that stays so.

    `Refused` when any of its addresses is not one of the public internet, unless that is allowed.
    """
    parts = urlsplit(url)
    name = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        found = await asyncio.get_running_loop().getaddrinfo(name, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Retryable(ErrorCode.UNAVAILABLE, "The name of the receiver is not known.") from None
    addresses = [ipaddress.ip_address(where[0]) for *_, where in found]
    if not addresses or not (private_allowed or all(map(is_public, addresses))):
        raise Refused(ErrorCode.PERMISSION, "The receiver is not on the public internet.")
    number = f"[{addresses[0]}]" if addresses[0].version == 6 else str(addresses[0])
    there = urlunsplit((parts.scheme, f"{number}:{port}", parts.path or "/", parts.query, ""))
    return Pinned(there, parts.netloc, name)


def is_public(address: Address) -> bool:
    """Whether it is an address of the public internet, also behind the ways IPv6 hides IPv4 in."""
    if isinstance(address, ipaddress.IPv6Address):
        teredo = address.teredo
        inside = address.ipv4_mapped or address.sixtofour or (teredo and teredo[1])
        if inside is None and address in _NAT64:
            inside = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inside is not None:
            return is_public(inside)
    return address.is_global and not address.is_multicast


_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")

"""Addresses that somebody is led back to."""

import re

_HERE = re.compile(r"/(?![/\\])[!-\[\]-~]*")


def here(address: str | None, otherwise: str = "/") -> str:
    """The address if it is a page of this server, whoever has named it; else another one."""
    return address if address and _HERE.fullmatch(address) else otherwise

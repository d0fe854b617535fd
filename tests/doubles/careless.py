"""A guard of the connectors taken out, for negative controls."""


async def never_looks(*_: object) -> None:
    """In place of `Connector._resolve`: nobody looks what an earlier call did."""

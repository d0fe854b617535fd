"""Writes a company's name into Slack's texts."""


def escaped(name: str) -> str:
    """The name as Slack shows it literally: no link, no mention and no call to everybody."""
    return name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def cut(name: str, limit: int) -> str:
    """The escaped name in at most `limit` characters, no entity cut in two."""
    while len(escaped(name)) > limit:
        name = name[:-1]
    return escaped(name).rstrip()

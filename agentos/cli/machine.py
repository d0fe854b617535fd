"""agentos graph"""

from enum import StrEnum
from typing import Annotated

import typer

from agentos.cli.context import command


class Format(StrEnum):
    """For a terminal, for a document, for a page."""

    TEXT = "text"
    MERMAID = "mermaid"
    SVG = "svg"


@command
def machine(
    form: Annotated[Format, typer.Option("--format", help="What to draw it as.")] = Format.TEXT,
) -> None:
    """Draw the state machine that every run goes through."""
    from agentos import drawing
    from graph import topology

    match form:
        case Format.TEXT:
            drawn = topology.as_text()
        case Format.MERMAID:
            drawn = topology.as_mermaid()
        case Format.SVG:
            drawn = drawing.machine_svg(topology.topology())
    typer.echo(drawn.rstrip("\n"))

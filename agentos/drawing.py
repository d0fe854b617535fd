"""Pictures as SVG, for the command line and notebooks: the machine, a run's times, any numbers."""

from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape
from typing import Any, NamedTuple

from langgraph.graph import END, START

from domain.events import RecordedEvent
from domain.names import visible
from graph.topology import Edge
from server.console import waterfall
from server.console.layout import DOT, Box, place
from server.console.words import Tone

_STYLE = """text{font:13px system-ui,sans-serif;fill:#1f2933}.edge{fill:none;stroke:#7b8794}
.choice{stroke-dasharray:4 3}.box{fill:#f5f7fa;stroke:#3e4c59}.dot{fill:#3e4c59}
.good{fill:#3f9142}.waits{fill:#de911d}.bad{fill:#ba2525}
.busy{fill:#2186eb}.quiet{fill:#9aa5b1}.axis{stroke:#cbd2d9}"""
_ROW, _LEFT, _WIDTH = 26, 150, 560


class Bar(NamedTuple):
    """From `begin` to `end` in a row, in any unit; `said` stands beside it."""

    row: str
    begin: float
    end: float
    said: str
    tone: Tone = Tone.GOOD


def machine_svg(edges: Sequence[Edge]) -> str:
    """The state machine; a dashed way is taken by choice, which its tooltip names."""
    choices = {(edge.source, edge.target): edge.choice for edge in edges}
    layout = place([*choices], START, END, {})
    parts = [
        f'<path class="edge{"" if choice is None else " choice"}" d="{line.path}"'
        f' marker-end="url(#tip)"><title>{escape(choice or "then")}</title></path>'
        for line in layout.lines
        for choice in [choices[line.source, line.target]]
    ]
    parts += [_box(box) for box in layout.boxes]
    return _svg(layout.width, layout.height, "The state machine", _TIP, *parts)


_TIP = (
    '<marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7"'
    ' orient="auto"><path d="M0 0L8 4L0 8z" fill="#7b8794"/></marker>'
)


def _box(box: Box) -> str:
    if box.name in (START, END):
        return f'<circle class="dot" cx="{box.x + DOT / 2:g}" cy="{box.middle:g}" r="{DOT / 2:g}"/>'
    place_of_text = f'x="{box.x + box.width / 2:g}" y="{box.middle + 4:g}" text-anchor="middle"'
    return (
        f'<rect class="box" x="{box.x:g}" y="{box.y:g}" width="{box.width:g}"'
        f' height="{box.height:g}" rx="6"/><text {place_of_text}>{escape(box.name)}</text>'
    )


def timeline_svg(events: Sequence[dict[str, Any]]) -> str:
    """What of a run took how long; `events` are as the API gives them.

    Waits for people are cut down.
    """
    log = [
        RecordedEvent.model_validate(
            {
                "seq": event["seq"],
                "at": event["at"],
                "actor": event["actor"],
                "event": {"type": event["type"], **event["data"]},
            }
        )
        for event in events
    ]
    bars = [
        Bar(row.title, bar.x, bar.x + bar.width, bar.said, bar.tone)
        for row in waterfall.rows(log, datetime.now(UTC))
        for bar in row.bars
    ]
    return bars_svg("What took how long", bars)


def bars_svg(title: str, bars: Sequence[Bar]) -> str:
    """One row for each name, with its bars where they belong."""
    rows = list(dict.fromkeys(bar.row for bar in bars))
    longest = max((bar.end for bar in bars), default=0.0) or 1.0
    scale = (_WIDTH - _LEFT - 60) / longest
    bottom = (len(rows) + 1) * _ROW
    parts = [f'<line class="axis" x1="{_LEFT}" x2="{_LEFT}" y1="8" y2="{bottom - 12}"/>']
    for number, row in enumerate(rows):
        parts.append(f'<text x="8" y="{number * _ROW + 24}">{escape(visible(row))}</text>')
    for row, begin, end, said, tone in bars:
        y, width = rows.index(row) * _ROW + 11, max((end - begin) * scale, 2.0)
        x, told = _LEFT + begin * scale, escape(visible(said))
        parts.append(
            f'<rect class="{tone}" x="{x:g}" y="{y}" width="{width:g}" height="16" rx="3">'
            f'<title>{told}</title></rect><text x="{x + width + 5:g}" y="{y + 13}">{told}</text>'
        )
    return _svg(_WIDTH, bottom, title, *parts)


def _svg(width: float, height: float, title: str, *parts: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}"'
        f' width="{width:g}" height="{height:g}" role="img"><title>{escape(title)}</title>'
        f"<style>{_STYLE}</style>{''.join(parts)}</svg>\n"
    )

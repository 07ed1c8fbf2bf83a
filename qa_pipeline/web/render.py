"""Templates to answers. A page hands over one frozen context; its template reads `page` and `visit`, nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cache, partial
from pathlib import Path
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from qa_pipeline import reporting
from qa_pipeline.reporting.html import clock, share, short
from qa_pipeline.web.desk import Visit
from qa_pipeline.web.words import say

MARKS = {"pass": "✓", "fail": "✕", "unsure": "?", "error": "!", "not_applicable": "–"}


def render(visit: Visit, template: str, page: object, *, status: int = 200) -> HTMLResponse:
    """The page (or a part of one) in the person's language."""
    return HTMLResponse(text_of(visit, template, page), status_code=status)


def text_of(visit: Visit, template: str, page: object) -> str:
    """What a template makes of a context."""
    found = environment(visit.language).get_template(template)
    return found.render(page=page, visit=visit)


def is_part(request: Request) -> bool:
    """Whether htmx asks for a part of the page only."""
    return request.headers.get("HX-Request") == "true"


@cache
def environment(language: str) -> Environment:
    """The templates with the words of one language, "en" or "zh"."""
    made = Environment(
        # The reports' templates lend their charts.
        loader=FileSystemLoader([Path(__file__).parent / "templates", Path(reporting.__file__).parent / "templates"]),
        autoescape=True,  # always: names, reasons and quotes are other people's words
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(t=partial(say, language), language=language, marks=MARKS, link=link)
    made.filters.update(
        clock=clock,
        share=share,
        short=short,
        score=lambda value: f"{value:.1f}",
        points=lambda value: f"{value:.6g}",
        two=lambda value: f"{value:.2f}",
        px=lambda value: f"{value:.1f}".removesuffix(".0"),
        day=date.isoformat,
        moment=lambda at: f"{at:%Y-%m-%d %H:%M}",
        when=when,
        hour=hour,
        pair=lambda value: (value, value),
        queue_state_pair=lambda value: (value, say(language, f"queue_{value}")),
    )
    return made


def link(path: str, **query: object) -> str:
    """An address on this page; what is None or "" is left out.

    >>> link("/call", id="a/b", at=None)
    '/call?id=a%2Fb'
    """
    given: Mapping[str, object] = {name: value for name, value in query.items() if value not in (None, "")}
    return f"{path}?{urlencode(given, quote_via=quote, safe='')}" if given else path


def when(at: datetime, zone: ZoneInfo) -> str:
    """A moment in UTC on the person's clock.

    >>> when(datetime(2026, 11, 3, 23, 30), ZoneInfo("Asia/Shanghai"))
    '2026-11-04 07:30'
    """
    return f"{at.replace(tzinfo=UTC).astimezone(zone):%Y-%m-%d %H:%M}"


def hour(at: datetime, zone: ZoneInfo) -> str:
    """A moment of a little while ago, in UTC, on the person's clock.

    >>> hour(datetime(2026, 11, 3, 23, 30), ZoneInfo("Asia/Shanghai"))
    '07:30'
    """
    return f"{at.replace(tzinfo=UTC).astimezone(zone):%H:%M}"

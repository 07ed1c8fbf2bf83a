"""`qa complaints`: what many calls say together about complaints."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from qa_pipeline.settings import load_settings

if TYPE_CHECKING:
    from qa_pipeline.domain import ComplaintReport, Taxonomy

SHOWN = 20  # lines of each list; --json and the tables have all
WIDEST = 60  # characters of a quote
LANGUAGE = "en"  # as all that commands print; pages go by the calls
COLUMNS = {
    "rises": ("cause_title", "owner", "calls_now", "calls_before", "ratio", "low", "high", "q_value", "rises", "quote"),
    "emerging": ("phrases", "calls", "example_call", "quote"),
    "mismatches": ("mismatch", "call_id", "agent_id", "disposition", "category", "causes", "quote"),
    "repeats": ("customer_id", "cause_title", "calls", "started_at", "call_id", "quote"),
    "promises": ("promise", "call_id", "agent_id", "due_at", "overdue_h", "causes"),
}


def complaints(
    db: Annotated[str | None, typer.Option(help="Database URL. [default: QA_DB or sqlite:///qa.db]")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for complaints.html and its tables. [default: none]")] = None,
    as_of: Annotated[
        str | None,
        typer.Option("--as-of", help="Day (2026-11-21) or moment (2026-11-21T09:30). [default: newest call]"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
) -> None:
    """Rising and emerging causes, calls filed otherwise than heard, repeat contacts, overdue promises."""
    settings, moment = load_settings(db=db), read_moment(as_of) if as_of else None
    from qa_pipeline import assembly, batch  # noqa: PLC0415 - heavy
    from qa_pipeline.reporting.report import write_complaints  # noqa: PLC0415 - with the command only

    taxonomy = assembly.taxonomy(settings)
    report = batch.complaints(settings, moment)
    page = write_complaints(report, taxonomy, out) if out else None
    if as_json:
        typer.echo(json.dumps(_plain(asdict(report)), ensure_ascii=False))
    else:
        _print(report, taxonomy)
        if page:
            typer.echo(f"Open {page} for the page.")


def read_moment(text: str) -> datetime:
    """A moment; a day alone means its end.

    >>> read_moment("2026-11-21"), read_moment("2026-11-21T09:30")
    (datetime.datetime(2026, 11, 21, 23, 59, 59, 999999), datetime.datetime(2026, 11, 21, 9, 30))

    Raises:
        typer.BadParameter: it is neither.
    """
    try:
        moment = datetime.fromisoformat(text)
        return datetime.combine(moment.date(), time.max) if len(text) <= len("2026-11-21") else moment
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is no date; write 2026-11-21 or 2026-11-21T09:30:00+08:00.") from error


def _print(report: ComplaintReport, taxonomy: Taxonomy) -> None:
    from rich import box  # noqa: PLC0415 - tables only
    from rich.console import Console  # noqa: PLC0415 - tables only
    from rich.markup import escape  # noqa: PLC0415 - tables only
    from rich.table import Table  # noqa: PLC0415 - tables only

    from qa_pipeline.reporting.complaint_rows import COMPLAINTS, complaint_rows  # noqa: PLC0415 - with the command only
    from qa_pipeline.reporting.wording import say  # noqa: PLC0415 - likewise

    console = Console()
    if not console.is_terminal:  # a file or a pipe has no edge to break lines at
        console.width = 1000
    if report.first and report.last:
        console.print(
            f"{report.first} – {report.last}: {report.complaints} complaints of {report.judged} judged calls;"
            f" before, from {report.before}: {report.complaints_before} of {report.judged_before}",
            highlight=False,
        )
    rows = list(complaint_rows(report, taxonomy, LANGUAGE))
    for table in COMPLAINTS:
        own = [row for one, row in rows if one is table]
        places = [[column.name for column in table.columns].index(name) for name in COLUMNS[table.name]]
        title = say(LANGUAGE, f"sheet_{table.name}")
        shown = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
        for name in COLUMNS[table.name]:
            shown.add_column(say(LANGUAGE, name))
        for row in own[:SHOWN]:
            shown.add_row(*(escape(_cell(row[place])) for place in places))
        console.print(shown)
        more = f"{min(len(own), SHOWN)} of {len(own)}"
        console.print(more if own else "–", highlight=False)
    if report.promises.found and not report.promises.resolved:
        console.print(say(LANGUAGE, "no_resolved"), highlight=False)


def _cell(value: object) -> str:
    from qa_pipeline.reporting.wording import say  # noqa: PLC0415 - with the command only

    if isinstance(value, bool):
        return say(LANGUAGE, "yes" if value else "no")
    if isinstance(value, float):
        return f"{value:.3g}"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    text = "" if value is None else str(value)
    return text if len(text) <= WIDEST else text[: WIDEST - 1] + "…"


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever a report holds
    """The report as JSON knows it: times as ISO 8601, what is infinite as null."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, datetime | date):
        return value.isoformat()
    return None if isinstance(value, float) and not math.isfinite(value) else value

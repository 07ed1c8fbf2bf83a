"""Everything that a run leaves for people, in one folder."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from qa_pipeline.domain import AgentScorecard, ComplaintReport, Scorecard, ScoredCall, Taxonomy
from qa_pipeline.reporting.complaint_rows import COMPLAINTS, complaint_rows
from qa_pipeline.reporting.complaints_html import complaints_page
from qa_pipeline.reporting.files import page_names, remove_stale, write_text
from qa_pipeline.reporting.html import agent_page, index_page
from qa_pipeline.reporting.rows import (
    AGENTS,
    CALLS,
    CAUSES,
    CRITERIA,
    FINDINGS,
    TABLES,
    agent_row,
    call_row,
    cause_rows,
    criterion_row,
    finding_rows,
)
from qa_pipeline.reporting.table import Row, Table
from qa_pipeline.reporting.tables import table_files
from qa_pipeline.reporting.wording import main_language
from qa_pipeline.reporting.xlsx import workbook


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportPaths:
    """Where the files of a report are; `agents` by agent id."""

    index: Path
    workbook: Path
    agents: Mapping[str, Path]
    tables: tuple[Path, ...]
    complaints: Path | None = None


def write_reports(
    calls: Iterable[ScoredCall],
    agents: Sequence[AgentScorecard],
    scorecards: Mapping[tuple[str, str], Scorecard],
    out: Path,
    language: str = "",
    *,
    taxonomy: Taxonomy,
    complaints: ComplaintReport | None = None,
) -> ReportPaths:
    """Writes a report into `out`; the same input gives the same bytes.

    That is index.html, complaints.html, agents/*.html, scorecards.xlsx and tables/*. `agents` and `complaints` are what
    analytics made of the same `calls`, which are read once, as a stream, in a stable order; without `complaints` their
    page is left out and their tables are empty. `language` is that of the index, the complaints and the workbook, by
    default that of most calls; an agent's page has the agent's. Every file appears whole or not at all; pages of agents
    that are gone are removed.
    """
    language = language or main_language(agents)
    names = page_names(card.agent_id for card in agents)
    pages = {agent_id: out / "agents" / name for agent_id, name in names.items()}
    for card in agents:
        write_text(pages[card.agent_id], agent_page(card, scorecards, taxonomy))
    book_path, folder = out / "scorecards.xlsx", out / "tables"
    min_calls = agents[0].min_calls if agents else 0
    with workbook(book_path, language, min_calls) as book, table_files(folder) as tables:
        rows = _rows(calls, agents, scorecards, taxonomy)
        for table, row in chain(rows, complaint_rows(complaints or ComplaintReport(), taxonomy, language)):
            book.add(table, row)
            tables.add(table, row)
    page = write_complaints_page(complaints, taxonomy, out, language) if complaints else None
    write_text(out / "index.html", index_page(agents, names, language, complaints=page is not None))
    remove_stale(out / "agents", names.values())
    return ReportPaths(
        index=out / "index.html",
        workbook=book_path,
        agents=pages,
        tables=tuple(folder / f"{table.name}.{form}" for table in TABLES for form in ("csv", "parquet")),
        complaints=page,
    )


def write_complaints(report: ComplaintReport, taxonomy: Taxonomy, out: Path, language: str = "") -> Path:
    """Writes complaints.html and its tables into `out` and nothing else; returns the page's path."""
    language = language or report.language
    with table_files(out / "tables", COMPLAINTS) as tables:
        for table, row in complaint_rows(report, taxonomy, language):
            tables.add(table, row)
    return write_complaints_page(report, taxonomy, out, language, index="")


def write_complaints_page(
    report: ComplaintReport, taxonomy: Taxonomy, out: Path, language: str, index: str = "index.html"
) -> Path:
    """Writes complaints.html alone; `index` is the link back, "" for none."""
    path = out / "complaints.html"
    write_text(path, complaints_page(report, taxonomy, language, index))
    return path


def _rows(
    calls: Iterable[ScoredCall],
    agents: Sequence[AgentScorecard],
    scorecards: Mapping[tuple[str, str], Scorecard],
    taxonomy: Taxonomy,
) -> Iterable[tuple[Table, Row]]:
    for card in agents:
        yield AGENTS, agent_row(card)
        yield from ((CRITERIA, criterion_row(card, result)) for result in card.criteria)
        yield from ((CAUSES, row) for row in cause_rows(card, taxonomy))
    usual = {card.agent_id: card.conversation for card in agents if card.agent_id}
    for call in calls:
        yield CALLS, call_row(call, usual.get(call.recording.meta.agent_id))
        yield from ((FINDINGS, row) for row in finding_rows(call, scorecards))

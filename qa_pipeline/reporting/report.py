"""Everything that a run leaves for people, in one folder."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from qa_pipeline.domain import AgentScorecard, Scorecard, ScoredCall
from qa_pipeline.reporting.files import page_names, remove_stale, write_text
from qa_pipeline.reporting.html import agent_page, index_page
from qa_pipeline.reporting.rows import (
    AGENTS,
    CALLS,
    CAUSES,
    CRITERIA,
    FINDINGS,
    TABLES,
    Row,
    Table,
    agent_row,
    call_row,
    cause_rows,
    criterion_row,
    finding_rows,
)
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


def write_reports(
    calls: Iterable[ScoredCall],
    agents: Sequence[AgentScorecard],
    scorecards: Mapping[tuple[str, str], Scorecard],
    out: Path,
    language: str = "",
) -> ReportPaths:
    """Writes index.html, agents/*.html, scorecards.xlsx and tables/* into `out`; the same input gives the same bytes.

    `agents` is what analytics made of the same `calls`, which are read once, as a stream, in a stable order.
    `language` is that of the index and the workbook, by default that of most calls; an agent's page has the
    agent's. Every file appears whole or not at all; pages of agents that are gone are removed.
    """
    language = language or main_language(agents)
    names = page_names(card.agent_id for card in agents)
    pages = {agent_id: out / "agents" / name for agent_id, name in names.items()}
    for card in agents:
        write_text(pages[card.agent_id], agent_page(card, scorecards))
    book_path, folder = out / "scorecards.xlsx", out / "tables"
    min_calls = agents[0].min_calls if agents else 0
    with workbook(book_path, language, min_calls) as book, table_files(folder) as tables:
        for table, row in _rows(calls, agents, scorecards):
            book.add(table, row)
            tables.add(table, row)
    write_text(out / "index.html", index_page(agents, names, language))
    remove_stale(out / "agents", names.values())
    return ReportPaths(
        index=out / "index.html",
        workbook=book_path,
        agents=pages,
        tables=tuple(folder / f"{table.name}.{form}" for table in TABLES for form in ("csv", "parquet")),
    )


def _rows(
    calls: Iterable[ScoredCall],
    agents: Sequence[AgentScorecard],
    scorecards: Mapping[tuple[str, str], Scorecard],
) -> Iterable[tuple[Table, Row]]:
    for card in agents:
        yield AGENTS, agent_row(card)
        yield from ((CRITERIA, criterion_row(card, result)) for result in card.criteria)
        yield from ((CAUSES, row) for row in cause_rows(card))
    for call in calls:
        yield CALLS, call_row(call)
        yield from ((FINDINGS, row) for row in finding_rows(call, scorecards))

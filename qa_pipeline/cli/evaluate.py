"""`qa evaluate`: how often the verdicts in a database are right."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qa_pipeline.settings import load_settings

if TYPE_CHECKING:
    from qa_pipeline.analytics.evaluate import Measured, WrongVerdict
    from qa_pipeline.domain import DetectorCard, Mean, Rate

TEXT_COLUMNS = ("scorecard", "criterion", "language")
FIGURES = ("n", "TP", "FP", "FN", "TN", "unsure", "precision", "recall", "F1", "kappa", "share unsure", "FP ≥ 0.9")


def evaluate(
    truth: Annotated[Path, typer.Argument(help="JSON lines: the true verdicts of each call.")],
    db: Annotated[str | None, typer.Option(help="Database URL. [default: QA_DB or sqlite:///qa.db]")] = None,
    misses: Annotated[bool, typer.Option("--misses", help="Name every verdict that differs from the truth.")] = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="The table as Markdown.")] = False,
) -> None:
    """Compares the current verdicts with the truth, prints how often they are right, and keeps that for the gate."""
    from qa_pipeline import assembly  # noqa: PLC0415 - heavy
    from qa_pipeline.analytics import evaluate as analytics  # noqa: PLC0415 - with the command only
    from qa_pipeline.analytics.truth import read_truth  # noqa: PLC0415 - likewise
    from qa_pipeline.store.cards import save_cards  # noqa: PLC0415 - SQLAlchemy
    from qa_pipeline.store.engine import open_store  # noqa: PLC0415 - likewise
    from qa_pipeline.store.queries import scored_calls  # noqa: PLC0415 - likewise

    right = read_truth(truth)
    with open_store(load_settings(db=db).db, create=False) as store:
        measured = analytics.evaluate(
            scored_calls(store, machine=True), right, checks=assembly.checks_version(), measured_at=datetime.now(UTC)
        )
        save_cards(store, measured.cards)
    (_print_markdown if markdown else _print_table)(measured.cards)
    if misses:
        _print_misses(measured.wrong)
    _tell_unknown(measured)


def _print_table(cards: Sequence[DetectorCard]) -> None:
    from rich import box  # noqa: PLC0415 - tables only
    from rich.console import Console  # noqa: PLC0415 - tables only
    from rich.table import Table  # noqa: PLC0415 - tables only

    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=False, collapse_padding=True)
    for title in TEXT_COLUMNS:
        table.add_column(title)
    for title in FIGURES:
        table.add_column(title, justify="right")
    for card in cards:
        table.add_row(*_cells(card))
    console = Console()
    if not console.is_terminal:  # a file or a pipe has no edge to break lines at
        console.width = 1000
    console.print(table)


def _print_markdown(cards: Sequence[DetectorCard]) -> None:
    rules = ["---"] * len(TEXT_COLUMNS) + ["--:"] * len(FIGURES)
    for cells in ((*TEXT_COLUMNS, *FIGURES), rules, *map(_cells, cards)):
        typer.echo(f"| {' | '.join(cells)} |")


def _print_misses(wrong: Iterable[WrongVerdict]) -> None:
    for one in wrong:
        found = one.finding
        typer.echo(
            f"{one.call_id} {found.criterion}: {one.truth}, got {found.verdict} ({found.confidence:.2f}): {found.why}"
        )


def _tell_unknown(measured: Measured) -> None:
    if measured.unknown_calls:
        typer.echo(f"Not judged, left out: {', '.join(measured.unknown_calls)}", err=True)
    for scorecard, criterion in measured.unknown_criteria:
        typer.echo(f"The scorecard {scorecard} has no criterion {criterion!r}; left out.", err=True)


def _cells(card: DetectorCard) -> list[str]:
    counts = (card.n, card.tp, card.fp, card.fn, card.tn, card.unsure)
    return [
        *(card.scorecard, card.criterion, card.language),
        *map(str, counts),
        *map(_figure, (card.precision, card.recall, card.f1)),
        "-" if card.kappa is None else f"{card.kappa:.2f}",
        f"{card.share_unsure:.2f}",
        str(card.sure_fp),
    ]


def _figure(figure: Rate | Mean | None) -> str:
    """The value and its interval: "0.93 (0.81–0.98)"; "-" where there is none."""
    if figure is None or figure.interval is None:
        return "-"
    return f"{figure.value:.2f} ({figure.interval.low:.2f}–{figure.interval.high:.2f})"

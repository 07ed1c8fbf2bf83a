"""`qa export`: judged calls for other programs."""

from __future__ import annotations

import sys
from typing import Annotated, Literal

import typer

from qa_pipeline.settings import load_settings

app = typer.Typer(help="Judged calls for other programs.", no_args_is_help=True)


@app.callback()
def export() -> None:
    """Judged calls for other programs."""


@app.command()
def calls(
    db: Annotated[str | None, typer.Option(help="Database URL. [default: QA_DB or sqlite:///qa.db]")] = None,
    form: Annotated[Literal["jsonl"], typer.Option("--format", help="jsonl: one call a line.")] = "jsonl",  # noqa: ARG001 - one form so far
) -> None:
    """Writes one call a line to standard output, in order of call_id."""
    from qa_pipeline.reporting.calls_jsonl import write_jsonl  # noqa: PLC0415 - with the command only
    from qa_pipeline.store.engine import open_store  # noqa: PLC0415 - SQLAlchemy
    from qa_pipeline.store.queries import scored_calls  # noqa: PLC0415 - likewise

    with open_store(load_settings(db=db).db, create=False) as store:
        write_jsonl(scored_calls(store), sys.stdout)


@app.command()
def appeals(
    db: Annotated[str | None, typer.Option(help="Database URL. [default: QA_DB or sqlite:///qa.db]")] = None,
    scorecard: Annotated[str, typer.Option(help="The scorecard whose appeals are wanted. [default: all]")] = "",
) -> None:
    """Writes upheld appeals to standard output as cases for `qa scorecard test`."""
    from qa_pipeline.domain import Scope  # noqa: PLC0415 - with the command only
    from qa_pipeline.reporting.appeal_cases import cases_yaml  # noqa: PLC0415 - likewise
    from qa_pipeline.store.desk.appeal_lists import cases, upheld  # noqa: PLC0415 - SQLAlchemy
    from qa_pipeline.store.engine import open_store  # noqa: PLC0415 - likewise

    with open_store(load_settings(db=db).db, create=False) as store:
        lines = upheld(store, Scope(), scorecard)
        for piece in cases_yaml(cases(store, Scope(), lines)):
            sys.stdout.write(piece)

"""`qa archive`: what became of every recording."""

from __future__ import annotations

import sys
from typing import Annotated, Literal

import typer

from qa_pipeline.settings import load_settings

app = typer.Typer(help="The account of an archive.", no_args_is_help=True)


@app.callback()
def archive() -> None:
    """The account of an archive."""


@app.command()
def status(
    db: Annotated[str | None, typer.Option(help="Database URL. [default: QA_DB or sqlite:///qa.db]")] = None,
    form: Annotated[Literal["csv", "jsonl"], typer.Option("--format", help="csv or jsonl.")] = "csv",
) -> None:
    """Lists every recording and every refused manifest row: recording, line, call_id, status, code, reason."""
    from qa_pipeline.reporting.ledger_table import write_ledger  # noqa: PLC0415 - with the command only
    from qa_pipeline.store.engine import open_store  # noqa: PLC0415 - SQLAlchemy
    from qa_pipeline.store.ledger import statuses  # noqa: PLC0415 - likewise

    with open_store(load_settings(db=db).db, create=False) as store:
        write_ledger(statuses(store), form, sys.stdout)

"""`qa import`: transcripts of another engine, and what people say of turns."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from qa_pipeline.settings import load_settings

app = typer.Typer(help="Transcripts of another engine, reviews by people.", no_args_is_help=True)


@app.command()
def transcripts(
    file: Annotated[Path, typer.Argument(help="JSON lines: call_id, language and turns of each call.")],
    manifest: Annotated[Path | None, typer.Option(help="CSV with what is known of the calls, by call_id.")] = None,
    scorecard: Annotated[str | None, typer.Option(help="Scorecard for all calls. [default: by language]")] = None,
    db: Annotated[str | None, typer.Option(help="Database URL. [default: QA_DB or sqlite:///qa.db]")] = None,
) -> None:
    """Takes another engine's transcripts in and judges them; what needs the sound is unsure."""
    from qa_pipeline import batch  # noqa: PLC0415 - heavy

    counts = batch.import_transcripts(load_settings(db=db), file=file, manifest=manifest, scorecard=scorecard)
    typer.echo(
        f"Judged: {counts['judged']}, of these for review: {counts['needs_review']}; failed: {counts['failed']}."
    )
    if counts["failed"]:
        typer.echo("`qa archive status` says why calls failed.")
    typer.echo("`qa export calls` prints the judged calls; the next `qa nightly` puts them on the agents' scorecards.")


@app.command()
def reviews(
    file: Annotated[Path, typer.Argument(help="CSV: call_id, turn, kind, labels, reviewer, reviewed_at.")],
    db: Annotated[str | None, typer.Option(help="Database URL. [default: QA_DB or sqlite:///qa.db]")] = None,
) -> None:
    """Takes in what people say of turns of judged calls; the next `qa train` learns from it."""
    from qa_pipeline import batch  # noqa: PLC0415 - heavy

    typer.echo(f"Reviews in the file, all kept: {batch.import_reviews(load_settings(db=db), file)}.")

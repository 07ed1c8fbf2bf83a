"""`qa import`: calls that something else has listened to."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from qa_pipeline.settings import load_settings

app = typer.Typer(help="Calls that something else has listened to.", no_args_is_help=True)


@app.callback()
def imports() -> None:
    """Calls that something else has listened to."""


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

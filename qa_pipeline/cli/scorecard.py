"""`qa scorecard`: check scorecard files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="Scorecard files.", no_args_is_help=True)


@app.command()
def check(file: Annotated[Path, typer.Argument(help="A scorecard.yaml.")]) -> None:
    """Reads a scorecard and names every fault with its line; exits with 2 when there is one."""
    from qa_pipeline.assembly import check_named  # noqa: PLC0415 - loads the checks
    from qa_pipeline.scoring.read import read_scorecard  # noqa: PLC0415 - reads YAML

    scorecard = read_scorecard(file, check_named)
    typer.echo(f"{scorecard.name} {scorecard.version}: {len(scorecard.criteria)} criteria, no faults.")


@app.command()
def schema() -> None:
    """Prints the JSON Schema from which editors complete scorecard files."""
    from qa_pipeline.scoring.model import json_schema  # noqa: PLC0415 - pydantic models

    typer.echo(json.dumps(json_schema(), indent=2))

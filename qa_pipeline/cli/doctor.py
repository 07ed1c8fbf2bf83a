"""`qa doctor`: is everything here that a night needs?"""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from importlib.metadata import distributions
from typing import Annotated

import typer

from qa_pipeline.domain import QaError
from qa_pipeline.settings import Settings, load_settings

NEEDED = ("torch", "whisper", "faster_whisper", "silero_vad", "transformers", "spacy", "sklearn", "prefect", "av")
GPU_EXTRA = {"nvidia-cublas-cu12", "nvidia-cuda-nvrtc-cu12"}
LEAST_FREE_GB = 2


def doctor(
    packages: Annotated[bool, typer.Option("--packages", help="Only the installed packages.")] = False,
) -> None:
    """Looks at packages, settings, weights, models, scorecards, plug-ins and disk; exits with 1 where one is amiss."""
    healthy = True
    for name, fault in [*_packages(), *([] if packages else _examined())]:
        healthy &= not fault
        typer.echo(f"{'FAULT' if fault else 'ok   '}  {name}{': ' + fault if fault else ''}")
    if not healthy:
        raise typer.Exit(1)


def _packages() -> Iterator[tuple[str, str]]:
    for package in NEEDED:
        yield f"package {package}", "" if importlib.util.find_spec(package) else "not installed (run make venv)"
    names = sorted({str(one.metadata["Name"]).lower() for one in distributions()})
    graphics = [name for name in names if name == "triton" or (name.startswith("nvidia-") and name not in GPU_EXTRA)]
    yield (
        "no packages for graphics cards",
        f"{', '.join(graphics)} came along. Remove .venv, set QA_TORCH_INDEX to PyTorch's CPU index, run make venv."
        if graphics
        else "",
    )


def _examined() -> Iterator[tuple[str, str]]:
    from qa_pipeline import assembly, registry  # noqa: PLC0415 - heavy
    from qa_pipeline.resources import data_dir  # noqa: PLC0415 - with it
    from qa_pipeline.retraining import NAMES  # noqa: PLC0415 - with it
    from qa_pipeline.scoring.versions import versions  # noqa: PLC0415 - with it
    from qa_pipeline.weights.card import read_cards  # noqa: PLC0415 - with it
    from qa_pipeline.weights.fetch import verify  # noqa: PLC0415 - with it

    settings = load_settings()
    for card in read_cards(data_dir() / "models"):
        yield f"weights {card.name}", "; ".join(verify(card, settings.models_dir).faults)
    for folder in assembly.scorecard_folders(settings):
        for path in sorted(folder.glob("*/scorecard.yaml")):
            yield (
                f"scorecard {path.parent.name}",
                _fault(partial(versions, path, partial(assembly.scorecard_at, settings))),
            )
    for name in NAMES:
        tagger = assembly.model_folder(settings, name)
        if settings.trained_dir is not None and settings.trained_dir in tagger.parents:
            yield f"model {name}, trained for this site", _fault(partial(_check_tagger, settings, name))
    yield "phrases", _fault(partial(assembly.phrase_acts, settings))
    for name, fault in registry.broken():
        yield f"plug-in {name}", fault
    free = shutil.disk_usage(settings.models_dir.parent).free // 10**9
    yield f"disk ({free} GB free)", "" if free >= LEAST_FREE_GB else f"less than {LEAST_FREE_GB} GB free"


def _check_tagger(settings: Settings, name: str) -> None:
    from qa_pipeline import assembly  # noqa: PLC0415 - heavy
    from qa_pipeline.text.tagger import check, read_card  # noqa: PLC0415 - heavy

    if assembly.site_classifier(settings, name) is None:
        folder = assembly.model_folder(settings, name)
        check(folder, read_card(folder / "tagger.json"))


def _fault(read: Callable[[], object]) -> str:
    """What is wrong with something that is read; "" when nothing is."""
    try:
        read()
    except QaError as error:
        return str(error)
    return ""

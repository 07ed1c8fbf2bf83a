"""What all tests share: the repository's folder and model weights."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import hypothesis
import pytest

from qa_pipeline.text.embed import SentenceEncoder
from qa_pipeline.weights.card import read_card

ROOT = Path(__file__).parent.parent

# The same examples each time, and no deadline: a busy machine is no fault of the code.
hypothesis.settings.register_profile("qa", derandomize=True, deadline=None, database=None)
hypothesis.settings.load_profile("qa")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests go first, so that no worker is left alone with one at the end (see the Makefile)."""
    marks = ("browser", "flows", "models", "slow")
    slow = {one.path for one in items if one.path.parent.name == "browser" or any(map(one.get_closest_marker, marks))}
    items.sort(key=lambda one: one.path not in slow)


@pytest.fixture(scope="session")
def repository() -> Path:
    """The folder of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def weights() -> Callable[[str], Path]:
    """The folder of a model's weights by the model's name; without them the test is skipped."""

    def folder(name: str) -> Path:
        place = Path(os.environ.get("QA_MODELS_DIR") or ROOT / "weights") / name
        lacking = [
            file for file in read_card(ROOT / "models" / name / "model.yaml").files if not (place / file).is_file()
        ]
        if lacking:
            pytest.skip(
                f"{place} lacks {', '.join(lacking)}: `qa models pull` gets the weights, QA_MODELS_DIR says where"
            )
        return place

    return folder


@pytest.fixture(scope="session")
def encoder(weights: Callable[[str], Path]) -> SentenceEncoder:
    """The real sentence encoder; use it with the marker `models`."""
    card = read_card(ROOT / "models" / "multilingual-e5-small" / "model.yaml")
    return SentenceEncoder(weights(card.name), sha256=card.sha256, threads=2)

"""A site's classifier in a model's place, from its card in `trained_dir` to what it says of a call."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from qa_pipeline import assembly
from qa_pipeline.settings import Settings, load_settings
from qa_pipeline.testing.tiny_encoder import TinyEncoder
from qa_pipeline.text.embed import SentenceEncoder

COMPLAINTS = "labels: {complaint: LABEL_2, billing_error: LABEL_1}"
PARKING = """\
causes:
  parking:
    group: product
    owner: facilities
    title: {en: Parking, zh: 停车}
    examples:
      en:
        - The car park was full again when I came for my appointment.
        - I had to drive round for twenty minutes to find a space.
        - There is nowhere to park near your branch.
        - I got a ticket in your own car park.
        - The barrier would not let me out of the car park.
        - Your parking is impossible on Saturdays.
        - All the disabled bays were taken by staff cars.
        - I could not park anywhere and missed my slot.
        - The parking machine was out of order and then I got fined.
        - You built forty flats and ten parking spaces.
"""
Put = Callable[[str, str], Path]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(trained_dir=tmp_path / "site", scorecards_dir=tmp_path / "own")


def test_causes_of_the_site_s_own_still_stand_out_from_the_built_in_background(
    classifier_for: Put, settings: Settings, tmp_path: Path
) -> None:
    folder = classifier_for("causes", COMPLAINTS)
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "causes.yaml").write_text(PARKING, "utf-8")
    assert assembly.own_causes(settings, TinyEncoder()) is not None
    (folder / "background.safetensors").write_bytes(b"of a network that was trained here for an older encoder")
    assert assembly.own_causes(settings, TinyEncoder()) is not None


@pytest.mark.models
def test_and_are_found(classifier_for: Put, settings: Settings, tmp_path: Path, encoder: SentenceEncoder) -> None:
    classifier_for("causes", COMPLAINTS)
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "causes.yaml").write_text(PARKING, "utf-8")
    own = assembly.own_causes(settings, encoder)
    assert own is not None
    assert ["parking"] == list(own.found("I couldn't get a parking space at your shop and got a fine outside", "en"))
    assert {} == own.found("The parcel never came and nobody answers.", "en")

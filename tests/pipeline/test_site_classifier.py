"""A site's classifier in a model's place, from its card in `trained_dir` to what it says of a call."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

from qa_pipeline import assembly
from qa_pipeline.domain import ModelError, Signal
from qa_pipeline.settings import Settings, load_settings
from qa_pipeline.signals.sentiment import Sentiment
from qa_pipeline.testing.timed import CUSTOMER, call, turn
from qa_pipeline.testing.tiny_encoder import TinyEncoder
from qa_pipeline.text.embed import SentenceEncoder

MOODS = "labels: {negative: LABEL_2, neutral: LABEL_1, positive: LABEL_0}"
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
NO_ENCODER = cast("Any", None)  # a classifier needs none
Put = Callable[[str, str], Path]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(trained_dir=tmp_path / "site", scorecards_dir=tmp_path / "own")


def felt(settings: Settings, *said: str) -> list[Signal]:
    tagger = assembly.text_tagger(settings, "sentiment", NO_ENCODER)
    return list(Sentiment(tagger)(call(*(turn(CUSTOMER, 5 * at, 5 * at + 4, text) for at, text in enumerate(said)))))


def refused(settings: Settings, name: str) -> str:
    with pytest.raises(ModelError) as caught:
        assembly.text_tagger(settings, name, NO_ENCODER)
    return str(caught.value)


def test_it_labels_what_the_customer_says(classifier_for: Put, settings: Settings) -> None:
    classifier_for("sentiment", MOODS)
    assert ["negative", "positive", "neutral"] == [one.label for one in felt(settings, "awful", "lovely", "bill")]


def test_the_card_s_claims_and_temperature_count(classifier_for: Put, settings: Settings) -> None:
    folder = classifier_for("sentiment", f"{MOODS}, claims: {{negative: 0.8}}")
    (sure,) = felt(settings, "awful")
    before = assembly.text_tagger(settings, "sentiment", NO_ENCODER)
    card = (folder / "model.yaml").read_text("utf-8")
    (folder / "model.yaml").write_text(card.replace("folder: tiny", "folder: tiny, temperature: 3"), "utf-8")
    (calm,) = felt(settings, "awful")
    after = assembly.text_tagger(settings, "sentiment", NO_ENCODER)
    assert calm.confidence < sure.confidence
    assert (0.8, 0.5, 0.5) == before.claims == after.claims
    assert before.fingerprint != after.fingerprint


@pytest.mark.parametrize(
    ("name", "labels", "fault"),
    [
        ("sentiment", "labels: {negative: LABEL_2, positive: LABEL_0}", "gives no label for neutral"),
        ("sentiment", MOODS.replace("}", ", angry: LABEL_2}"), "has a label that is none of ours: angry"),
        ("sentiment", MOODS.replace("LABEL_1", "calm"), "The classifier has no label calm"),
        ("causes", "labels: {billing_error: LABEL_1}", "gives no label for complaint"),
        ("causes", "labels: {complaint: LABEL_2}", "gives no label for any cause"),
        ("causes", COMPLAINTS.replace("billing_error", "bil_error"), "has a label that is none of ours: bil_error"),
        ("acts", "labels: {greeting: LABEL_1}", "no classifier can take its place"),
    ],
)
def test_labels_that_cannot_serve_are_told(
    name: str, labels: str, fault: str, classifier_for: Put, settings: Settings
) -> None:
    classifier_for(name, labels)
    assert fault in refused(settings, name)


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

"""Training from files to files."""

from __future__ import annotations

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from qa_pipeline.domain import ConfigurationError
from qa_pipeline.testing.word_encoder import WordEncoder
from qa_pipeline.text.head import load
from qa_pipeline.training.train import train_causes, train_sentiment
from qa_pipeline.weights.card import read_card

CARD = """\
name: tiny # a remark that stays
task: sentiment
about: For tests.
languages: [en, zh]
licence: MIT
"""
FEELINGS = {"negative": "awful", "neutral": "number", "positive": "lovely"}


def folder(path: Path, header: str, lines: list[str]) -> Path:
    (path / "data").mkdir()
    (path / "model.yaml").write_text(CARD, "utf-8")
    for language in ("en", "zh"):
        (path / "data" / f"{language}.csv").write_text("\n".join([header, *lines, ""]), "utf-8")
    return path


@pytest.fixture
def sentiment(tmp_path: Path) -> Path:
    lines = [f"{word} {n},{name},{'test' if n > 7 else 'train'}" for name, word in FEELINGS.items() for n in range(10)]
    return folder(tmp_path, "text,label,split", lines)


@pytest.fixture
def causes(tmp_path: Path) -> Path:
    rows = (("awful bill", "true", "billing"), ("awful and late", "true", "delay"), ("lovely bill", "false", ""))
    lines = [f"{text} {n},{true},{of},{'test' if n > 7 else 'train'}" for text, true, of in rows for n in range(10)]
    return folder(tmp_path, "text,is_complaint,causes,split", lines)


def test_sentiment_is_trained_measured_and_written(sentiment: Path) -> None:
    figures = train_sentiment(sentiment, WordEncoder(*FEELINGS.values()))
    assert {"en", "zh"} == set(figures)
    assert {"value": 1.0, "n": 6}.items() <= figures["en"]["macro_f1"].items()
    head = load(sentiment / "head.json")
    assert (tuple(FEELINGS), "words awful number lovely") == (head.labels, head.encoder)


def test_the_card_says_what_was_trained_and_keeps_the_rest(sentiment: Path) -> None:
    train_sentiment(sentiment, WordEncoder(*FEELINGS.values()))
    card = read_card(sentiment / "model.yaml")
    assert {"train_texts": 48, "test_texts": 12}.items() <= card.trained.items()
    assert card.measured["zh"]["macro_f1"]["value"] == 1.0
    assert "# a remark that stays" in (sentiment / "model.yaml").read_text("utf-8")


def test_training_again_changes_no_byte(sentiment: Path) -> None:
    def files() -> dict[str, bytes]:
        train_sentiment(sentiment, WordEncoder(*FEELINGS.values()))
        return {path.name: path.read_bytes() for path in sentiment.iterdir() if path.is_file()}

    assert files() == files()


def test_complaints_and_causes_are_trained_apart(causes: Path) -> None:
    figures = train_causes(causes, WordEncoder("awful", "bill", "late", "lovely"))
    assert (("true",), ("billing", "delay")) == (
        load(causes / "complaint.json").labels,
        load(causes / "causes.json").labels,
    )
    assert {"complaint_f1", "causes_micro_f1", "causes_macro_f1"} == set(figures["en"])
    assert figures["en"]["complaint_f1"]["value"] == figures["zh"]["causes_micro_f1"]["value"] == 1.0


def test_faulty_data_changes_nothing(sentiment: Path) -> None:
    with (sentiment / "data" / "en.csv").open("a", encoding="utf-8") as out:
        out.write("what is this,,train\n")
    with pytest.raises(ConfigurationError):
        train_sentiment(sentiment, WordEncoder("a"))
    assert not (sentiment / "head.json").exists()
    assert (sentiment / "model.yaml").read_text("utf-8") == CARD


def test_the_projects_cards_say_which_data_their_heads_come_from(repository: Path) -> None:
    from qa_pipeline.training.data import data_hash

    for model in ("sentiment", "causes"):
        home = repository / "models" / model
        trained = YAML(typ="safe").load((home / "model.yaml").read_text("utf-8"))["trained"]
        assert trained["data_sha256"] == data_hash(home / "data"), f"{model}: run `qa train`"

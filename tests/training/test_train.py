"""Training from files to files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from ruamel.yaml import YAML
from scipy.special import logit

from qa_pipeline.domain import ConfigurationError
from qa_pipeline.testing.tiny_encoder import TinyEncoder
from qa_pipeline.text.ngrams import load_ngrams
from qa_pipeline.text.own_causes import read_background
from qa_pipeline.text.tagger import TextTagger, read_card
from qa_pipeline.training.tagger import Plan
from qa_pipeline.training.train import Figures, train_acts, train_causes, train_sentiment
from qa_pipeline.weights.card import read_card as read_model_card

CARD = """\
name: tiny # a remark that stays
task: sentiment
about: For tests.
languages: [en, zh]
licence: MIT
"""
FEELINGS = {"negative": "awful", "neutral": "number", "positive": "lovely"}
PLAN = Plan(first_layer=1, rank=4, epochs=40, rate=0.02)
ENCODER = cast("Any", TinyEncoder())


def folder(path: Path, header: str, lines: list[str]) -> Path:
    (path / "data").mkdir()
    (path / "model.yaml").write_text(CARD, "utf-8")
    for language in ("en", "zh"):
        (path / "data" / f"{language}.csv").write_text("\n".join([header, *lines, ""]), "utf-8")
    return path


def where(number: int) -> str:
    """Columns hand and split: two hands write training lines, a third the last two lines for the test."""
    return f"{number % 2},train" if number < 8 else "2,test"


@pytest.fixture
def sentiment(tmp_path: Path) -> Path:
    lines = [f"it is {word} {n},{name},{where(n)}" for name, word in FEELINGS.items() for n in range(10)]
    return folder(tmp_path, "text,label,hand,split", lines)


@pytest.fixture
def causes(tmp_path: Path) -> Path:
    rows = (("awful bill", "true", "billing"), ("awful and late", "true", "delay"), ("lovely bill", "false", ""))
    lines = [f"{text},{true},{of},{where(n)}" for text, true, of in rows for n in range(10)]
    return folder(tmp_path, "text,is_complaint,causes,hand,split", lines)


@pytest.fixture
def acts(tmp_path: Path) -> Path:
    rows = (
        ("hello there", "greeting", "agent"),
        ("so goodbye", "farewell", "agent"),
        ("well well", "", "agent"),
        ("hello goodbye", "", "customer"),
    )
    lines = [f"{text},{of},{party},{where(n)}" for text, of, party in rows for n in range(10)]
    return folder(tmp_path, "text,acts,party,hand,split", lines)


def quiet(line: str) -> None:
    pass


def trained(folder: Path) -> Figures:
    return train_sentiment(folder, ENCODER, PLAN, quiet)


def test_sentiment_is_trained_measured_and_written(sentiment: Path) -> None:
    figures = trained(sentiment)
    assert {"en", "zh"} == set(figures)
    assert {"value": 1.0, "n": 6}.items() <= figures["en"]["macro_f1"].items()
    tagger = TextTagger(sentiment, ENCODER)
    assert tuple(FEELINGS) == tagger.labels
    chances = tagger.chances(["it is awful 3", "it is lovely 3"])
    assert pytest.approx(1.0) == chances[0].sum()
    assert (0, 2) == (chances[0].argmax(), chances[1].argmax())


def test_the_card_says_what_was_trained_and_keeps_the_rest(sentiment: Path) -> None:
    trained(sentiment)
    card = read_model_card(sentiment / "model.yaml")
    assert {"train_texts": 48, "test_texts": 12}.items() <= card.trained.items()
    assert card.measured["zh"]["macro_f1"]["value"] == 1.0
    assert "# a remark that stays" in (sentiment / "model.yaml").read_text("utf-8")


def test_training_again_changes_no_byte(sentiment: Path) -> None:
    def files() -> dict[str, bytes]:
        trained(sentiment)
        return {path.name: path.read_bytes() for path in sentiment.iterdir() if path.is_file()}

    assert files() == files()


def test_slips_of_hearing_change_what_is_learnt_not_what_is_measured(sentiment: Path) -> None:
    for path in (sentiment / "data").glob("*.csv"):
        path.write_text(path.read_text("utf-8").replace("it is", "it! is"), "utf-8")
    clean = trained(sentiment)
    weights = (sentiment / "tagger.safetensors").read_bytes()
    slipping = train_sentiment(sentiment, ENCODER, replace(PLAN, misheard=1.0), quiet)
    assert weights != (sentiment / "tagger.safetensors").read_bytes()
    assert [{"macro_f1": 6}] * 2 == [{"macro_f1": of["en"]["macro_f1"]["n"]} for of in (clean, slipping)]


def test_complaints_and_causes_are_trained_together(causes: Path) -> None:
    figures = train_causes(causes, ENCODER, PLAN, quiet)
    assert ("complaint", "billing", "delay") == read_card(causes / "tagger.json").labels
    assert {"complaint_f1", "causes_micro_f1", "causes_macro_f1", "billing_f1"} <= set(figures["en"])
    assert figures["en"]["complaint_f1"]["value"] == figures["zh"]["causes_micro_f1"]["value"] == 1.0


def test_a_linear_model_has_half_of_the_say_where_the_plan_asks_for_it(causes: Path) -> None:
    said = ["awful bill and late 77"]
    train_causes(causes, ENCODER, PLAN, quiet)
    alone = TextTagger(causes, ENCODER)
    assert "" == alone.card.ngrams
    before = logit(alone.chances(said)) * alone.card.temperature
    train_causes(causes, ENCODER, replace(PLAN, ngrams=True), quiet)
    both = TextTagger(causes, ENCODER)
    expected = (before + load_ngrams(causes / "ngrams.safetensors").scores(said)) / 2
    assert expected == pytest.approx(logit(both.chances(said)) * both.card.temperature, abs=0.05)


def test_ngrams_do_not_go_with_labels_of_which_one_is_true(sentiment: Path) -> None:
    with pytest.raises(ValueError, match="each for itself"):
        train_sentiment(sentiment, ENCODER, replace(PLAN, ngrams=True), quiet)


def test_both_are_measured_together(causes: Path) -> None:
    figures = train_causes(causes, ENCODER, replace(PLAN, ngrams=True, misheard=0.5), quiet)
    assert figures["en"]["complaint_f1"]["value"] == figures["zh"]["causes_micro_f1"]["value"] == 1.0


def test_lines_that_are_not_tried_have_no_say_in_the_limits(causes: Path) -> None:
    for path in (causes / "data").glob("*.csv"):
        path.write_text(path.read_text("utf-8") + "lovely bill,false,,4,train\n" * 20, "utf-8")
    train_causes(causes, ENCODER, PLAN, quiet)
    assert max(read_card(causes / "tagger.json").claims) < 0.5


def test_vectors_of_training_lines_are_kept_as_background(causes: Path) -> None:
    train_causes(causes, ENCODER, PLAN, quiet)
    background = read_background(causes / "background.safetensors")
    assert {"en": (24, 16), "zh": (24, 16)} == {language: vectors.shape for language, vectors in background.items()}


def test_acts_are_trained_on_the_agents_lines_and_limits_know_the_phrases(acts: Path) -> None:
    asked: list[str] = []

    def phrases(line: Any) -> frozenset[str]:
        asked.append(line.text)
        return frozenset({"greeting"}) if "hello" in line.text else frozenset()

    figures = train_acts(acts, ENCODER, phrases, PLAN, quiet)
    assert {"hello there", "so goodbye", "well well"} == set(asked)
    assert 1.0 == figures["en"]["greeting_recall"]["value"]
    card = read_card(acts / "tagger.json")
    assert ("farewell", "greeting") == card.labels
    assert card.backs[1] <= card.claims[1]


@pytest.mark.parametrize("change", [lambda text: text.replace(",1,", ",0,"), lambda text: text.replace("hand", "pen")])
def test_lines_of_one_hand_are_not_enough_to_know_how_far_to_trust(
    sentiment: Path, change: Callable[[str], str]
) -> None:
    for path in (sentiment / "data").glob("*.csv"):
        path.write_text(change(path.read_text("utf-8")), "utf-8")
    with pytest.raises(ConfigurationError, match="two hands"):
        trained(sentiment)


@pytest.mark.parametrize(("others", "trials"), [(8, [24, 24]), (48, [48])])
def test_tried_hands_are_left_out_each_alone_or_at_once_where_the_other_lines_are_most(
    sentiment: Path, others: int, trials: list[int]
) -> None:
    more = "".join(f"it was {n} {word},{name},4,train\n" for name, word in FEELINGS.items() for n in range(others // 3))
    for path in (sentiment / "data").glob("*.csv"):
        path.write_text(path.read_text("utf-8") + more, "utf-8")
    told: list[str] = []
    train_sentiment(sentiment, ENCODER, replace(PLAN, epochs=1), told.append)
    assert trials == [int(line.split()[2]) for line in told if line.startswith("trial on")]


def test_faulty_data_changes_nothing(sentiment: Path) -> None:
    with (sentiment / "data" / "en.csv").open("a", encoding="utf-8") as out:
        out.write("what is this,,0,train\n")
    with pytest.raises(ConfigurationError):
        trained(sentiment)
    assert not (sentiment / "tagger.json").exists()
    assert (sentiment / "model.yaml").read_text("utf-8") == CARD


@pytest.mark.parametrize("model", ["acts", "sentiment", "causes"])
def test_the_projects_cards_say_which_data_their_networks_come_from(model: str, repository: Path) -> None:
    from qa_pipeline.training.data import data_hash

    home = repository / "models" / model
    trained = YAML(typ="safe").load((home / "model.yaml").read_text("utf-8"))["trained"]
    assert trained["data_sha256"] == data_hash(home / "data"), f"run `qa train {model}`"

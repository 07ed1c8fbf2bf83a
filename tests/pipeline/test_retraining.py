"""Training again, with trainers that are done at once: who takes over, and what is left on the disk."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest

from qa_pipeline import assembly, retraining
from qa_pipeline.domain import LabelReview, ModelError, Party, ReviewedTurn, SignalKind
from qa_pipeline.retraining import Trainable, challenge
from qa_pipeline.settings import load_settings
from qa_pipeline.testing.tiny_encoder import TinyEncoder
from qa_pipeline.training.contest import Answers, Figure
from qa_pipeline.training.data import Reader, data_hash
from qa_pipeline.training.measure import macro_f1
from qa_pipeline.training.reviews import sentiment_labels
from qa_pipeline.training.tagger import Plan
from qa_pipeline.training.train import Figures
from qa_pipeline.weights.card import read_card

CARD = "name: tiny # a remark that stays\ntask: sentiment\nabout: x\nlanguages: [en, zh]\nlicence: MIT\ntrained: {}\n"
WORDS = {"awful": "negative", "number": "neutral", "lovely": "positive"}
SAID = "Mrs Miller of 4 Mill Lane says it is dreadful"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The folder of a model that comes with the program; nobody has trained it yet."""
    folder = tmp_path / "models" / "tiny"
    (folder / "data").mkdir(parents=True)
    (folder / "model.yaml").write_text(CARD, "utf-8")
    lines = [
        f"{word} {n},{label},{n % 2},{'test' if n > 5 else 'train'}" for word, label in WORDS.items() for n in range(12)
    ]
    for language in ("en", "zh"):
        (folder / "data" / f"{language}.csv").write_text("\n".join(["text,label,hand,split", *lines, ""]), "utf-8")
    return folder


def knowing(words: Mapping[str, str], *, seen: list[str] | None = None) -> Trainable:
    """A model that is a list of words with their labels, whatever it is trained on."""

    def train(folder: Path, read: Reader) -> Figures:
        if seen is not None:
            seen.extend(line.text for line in read(folder / "data", "label", one=True) if line.split == "train")
        (folder / "words.json").write_text(json.dumps(words), "utf-8")
        return {"en": {"macro_f1": {"value": 0.5, "n": 1}}}

    def answers(folder: Path, texts: Sequence[str]) -> Answers:
        try:
            known = json.loads((folder / "words.json").read_text("utf-8"))
        except FileNotFoundError as error:
            raise ModelError("There are no words.", code="head_missing") from error
        return {"label": [frozenset(label for word, label in known.items() if word in text) for text in texts]}

    return Trainable(
        figures=(Figure(name="macro_f1", column="label", metric=macro_f1),),
        train=train,
        answers=answers,
        labels_of=sentiment_labels,
    )


GOOD = knowing(WORDS)
POOR = knowing({"awful": "negative"})


def a_review(text: str = SAID, label: str = "negative") -> ReviewedTurn:
    review = LabelReview(
        call_id="c",
        turn=3,
        kind=SignalKind.SENTIMENT,
        labels=frozenset({label}),
        reviewer="Ann",
        reviewed_at=datetime(2026, 12, 1, tzinfo=UTC),
    )
    return ReviewedTurn(review=review, language="en", party=Party.CUSTOMER, text=text)


def disk(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_first_one_wins_by_default_and_its_card_says_what_it_is(home: Path) -> None:
    outcome = challenge(GOOD, [a_review()], home=home, target=home)
    assert (True, "no model to compare with", 1) == (outcome.taken, outcome.reason, outcome.reviews)
    trained = read_card(home / "model.yaml").trained
    assert (1, "all macro_f1: 1.000, n = 36") == (trained["review_texts"], trained["compared"])
    assert data_hash(home / "data") != trained["data_sha256"]
    assert "# a remark that stays" in (home / "model.yaml").read_text("utf-8")


def test_a_worse_one_changes_nothing(home: Path) -> None:
    challenge(GOOD, [], home=home, target=home)
    before = disk(home)
    outcome = challenge(POOR, [], home=home, target=home)
    assert not outcome.taken
    assert outcome.reason.startswith("the new one is worse: all macro_f1: 1.000 -> 0.333")
    assert before == disk(home)


def test_one_that_says_too_wrongly_how_sure_it_is_changes_nothing(home: Path) -> None:
    def measured(error: float) -> Trainable:
        def train(folder: Path, read: Reader) -> Figures:
            GOOD.train(folder, read)
            figures: Figures = {"zh": {"calibration_error": {"value": error, "n": 18}}}
            card = folder / "model.yaml"
            card.write_text(f"{CARD}measured: {json.dumps(figures)}\n", "utf-8")
            return figures

        return replace(GOOD, train=train)

    assert challenge(measured(0.05), [], home=home, target=home).taken
    refused = challenge(measured(0.09), [], home=home, target=home)
    assert "the new one says too wrongly how sure it is: zh calibration_error 0.090, at most 0.08" == refused.reason
    assert challenge(measured(0.08), [], home=home, target=home).taken
    assert challenge(measured(0.1), [], home=home, target=home, force=True).taken
    assert challenge(measured(0.09), [], home=home, target=home).taken


def test_a_worse_one_is_taken_when_forced_and_its_card_says_so(home: Path) -> None:
    challenge(GOOD, [], home=home, target=home)
    outcome = challenge(POOR, [], home=home, target=home, force=True)
    assert (True, True) == (outcome.taken, outcome.reason.startswith("forced, although the new one is worse"))
    assert str(read_card(home / "model.yaml").trained["forced"]).startswith("FORCED against a better model: ")
    better = challenge(GOOD, [], home=home, target=home, force=True)
    assert ("not worse", False) == (better.reason, "forced" in read_card(home / "model.yaml").trained)


def test_one_that_is_as_good_takes_over(home: Path) -> None:
    challenge(GOOD, [], home=home, target=home)
    assert "not worse" == challenge(GOOD, [], home=home, target=home).reason


def test_a_site_has_its_own_and_the_built_in_one_is_champion_until_then(home: Path, tmp_path: Path) -> None:
    challenge(GOOD, [], home=home, target=home)
    built_in, site = disk(home), tmp_path / "site" / "tiny"
    assert not challenge(POOR, [], home=home, target=site).taken
    assert not site.exists()
    assert challenge(GOOD, [a_review()], home=home, target=site).taken
    assert {"model.yaml", "words.json"} == {path.name for path in site.iterdir()}
    assert built_in == disk(home)


def test_a_champion_that_cannot_be_used_loses_by_default_and_that_is_said(home: Path, tmp_path: Path) -> None:
    challenge(POOR, [], home=home, target=home)
    site = tmp_path / "site" / "tiny"
    challenge(GOOD, [], home=home, target=site)
    (site / "words.json").unlink()  # as after a change of the models' form
    told: list[str] = []
    outcome = challenge(GOOD, [], home=home, target=site, tell=told.append)
    assert [f"The model in {site} loses by default: There are no words."] == told
    assert outcome.comparisons[0].champion == pytest.approx(1 / 3)  # the built-in one stands in for it


def test_reviews_are_learnt_from_and_stay_out_of_every_file(home: Path, tmp_path: Path) -> None:
    seen: list[str] = []
    challenge(knowing(WORDS, seen=seen), [a_review()], home=home, target=tmp_path / "site" / "tiny")
    assert SAID in seen
    assert [] == [name for name, content in disk(tmp_path).items() if b"Miller" in content]


def test_nothing_is_trained_while_there_is_nothing_new(home: Path) -> None:
    challenge(GOOD, [a_review()], home=home, target=home)
    seen: list[str] = []
    model = knowing(WORDS, seen=seen)
    assert "nothing new to learn from" == challenge(model, [a_review()], home=home, target=home, only_new=True).reason
    assert [] == seen
    assert challenge(model, [a_review(), a_review("late")], home=home, target=home, only_new=True).taken


def test_what_was_refused_is_not_trained_on_again_until_there_is_something_new(home: Path, tmp_path: Path) -> None:
    challenge(GOOD, [], home=home, target=home)
    site = tmp_path / "site" / "tiny"
    assert "the new one is worse" in challenge(POOR, [a_review()], home=home, target=site, only_new=True).reason
    seen: list[str] = []
    poor = knowing({"awful": "negative"}, seen=seen)
    assert "nothing new to learn from" == challenge(poor, [a_review()], home=home, target=site, only_new=True).reason
    assert [] == seen
    challenge(poor, [a_review(), a_review("late")], home=home, target=site, only_new=True)
    assert "late" in seen
    assert [] == [name for name, content in disk(site).items() if b"Miller" in content]


def test_a_refusal_by_hand_is_not_kept_and_leaves_nothing(home: Path) -> None:
    challenge(GOOD, [], home=home, target=home)
    before = disk(home)
    assert not challenge(POOR, [a_review()], home=home, target=home).taken
    assert before == disk(home)


def test_a_training_that_breaks_off_changes_nothing(home: Path) -> None:
    challenge(GOOD, [], home=home, target=home)
    before = disk(home)

    def train(folder: Path, read: Reader) -> Figures:
        (folder / "words.json").write_text("{", "utf-8")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        challenge(replace(GOOD, train=train), [], home=home, target=home)
    assert before == disk(home)


def test_a_classifier_that_a_site_has_put_in_a_model_s_place_stays(home: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    site.mkdir()
    checkpoint = "checkpoint: {folder: /models/mine, labels: {negative: LABEL_0}}\n"
    (site / "model.yaml").write_text(CARD + checkpoint, "utf-8")
    before = disk(site)
    outcome = challenge(GOOD, [], home=home, target=site, force=True)
    assert (False, True) == (outcome.taken, "a classifier stands" in outcome.reason)
    assert before == disk(site)


PLAN = Plan(first_layer=1, rank=4, epochs=40, rate=0.02)


def sentiment(encoder: TinyEncoder) -> Trainable:
    return retraining.trainables(load_settings(), cast("Any", encoder), lambda line: None, PLAN)["sentiment"]


def test_a_real_network_learns_a_word_from_reviews(home: Path) -> None:
    """The same trainer and the same answers as `qa train sentiment`, over a tiny encoder."""
    made = sentiment(TinyEncoder())
    reviews = [a_review(f"dreadful {n * 1111}") for n in range(8)]
    reviews = [replace(one, review=replace(one.review, turn=n)) for n, one in enumerate(reviews)]
    challenge(made, [], home=home, target=home)
    learnt = challenge(made, reviews, home=home, target=home)
    assert (8, True) == (learnt.reviews, learnt.taken)
    assert {"label": [{"negative"}]} == made.answers(home, ["dreadful 1111"])


def test_a_model_of_another_encoder_loses_by_default(home: Path) -> None:
    challenge(sentiment(TinyEncoder()), [], home=home, target=home)
    told: list[str] = []
    other = TinyEncoder()
    other.fingerprint = "another"
    outcome = challenge(sentiment(other), [], home=home, target=home, tell=told.append)
    assert ("no model to compare with", True) == (outcome.reason, "does not belong to this sentence encoder" in told[0])


def test_a_site_s_model_is_read_before_the_built_in_one(tmp_path: Path, repository: Path) -> None:
    settings = load_settings(trained_dir=tmp_path)
    assert repository / "models" / "acts" == assembly.model_folder(settings, "acts")
    (tmp_path / "acts" / ".next").mkdir(parents=True)
    (tmp_path / "acts" / ".next" / "model.yaml").write_text(CARD, "utf-8")
    assert tmp_path / "acts" / ".next" == assembly.model_folder(settings, "acts")
    (tmp_path / "acts" / ".next").rename(tmp_path / "sentiment")
    assert tmp_path / "sentiment" == assembly.model_folder(settings, "sentiment")
    assert repository / "models" / "acts" == assembly.model_folder(settings, "acts")

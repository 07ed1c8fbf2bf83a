"""What reviews give a model to learn from."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from qa_pipeline.domain import LabelReview, Party, ReviewedTurn, SignalKind, TurnFlag
from qa_pipeline.training.data import Example, data_hash
from qa_pipeline.training.reviews import Lines, cause_labels, lines_of, sentiment_labels

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
EXAMPLES = [
    Example(text="This is awful.", labels=frozenset({"negative"}), language="en", split="train"),
    Example(text="What a lovely service!", labels=frozenset({"positive"}), language="en", split="test"),
    Example(text="很好", labels=frozenset({"positive"}), language="zh", split="test"),
    Example(text="A number, please.", labels=frozenset({"neutral"}), language="en", split="train"),
]


def said(
    text: str, *labels: str, turn: int = 0, kind: SignalKind = SignalKind.SENTIMENT, later_s: int = 0
) -> ReviewedTurn:
    review = LabelReview(
        call_id="c",
        turn=turn,
        kind=kind,
        labels=frozenset(labels),
        reviewer="Ann",
        reviewed_at=NOON + timedelta(seconds=later_s),
    )
    return ReviewedTurn(review=review, language="en", party=Party.CUSTOMER, text=text)


def sentiment(*reviewed: ReviewedTurn) -> Lines:
    return lines_of(reviewed, sentiment_labels, {"label": EXAMPLES})


def test_a_review_is_a_line_to_train_on_and_none_to_test_with(tmp_path: Path) -> None:
    (tmp_path / "en.csv").write_text("text,label,split\nThis is awful.,negative,train\n", "utf-8")
    lines = sentiment(said("It took four weeks.", "negative"))
    written, added = lines.reader()(tmp_path, "label", one=True)
    assert "This is awful." == written.text
    assert added == Example(
        text="It took four weeks.",
        labels=frozenset({"negative"}),
        language="en",
        split="train",
        party="customer",
        hand="review",
    )


def test_what_is_like_the_test_text_or_there_already_or_cannot_be_trusted_is_left_out() -> None:
    lines = sentiment(
        said("what a lovely service", "negative", turn=1),
        said("This is awful", "positive", turn=2),
        said("Okay.", "neutral", turn=3),
        said("OKAY", "negative", turn=4, later_s=9),
        said("?!", "negative", turn=5),
        replace(said("mumble mumble", "neutral", turn=6), flags=(TurnFlag.LOOP,)),
        said("I was told so.", "true", turn=7, kind=SignalKind.COMPLAINT),
    )
    assert [("OKAY", {"negative"})] == [(line.text, line.labels["label"]) for line in lines.taken]
    assert {"flagged": 1, "half": 1, "near_test": 1, "twice": 3} == lines.left_out


def test_an_agents_tone_is_a_line_of_the_agents_to_learn_sentiment_from() -> None:
    given = said("You should have read the contract.", "negative", kind=SignalKind.TONE)
    (line,) = sentiment(replace(given, party=Party.AGENT)).taken
    assert ({"label": frozenset({"negative"})}, Party.AGENT) == (line.labels, line.party)


def test_a_turn_whose_tone_and_sentiment_differ_is_left_out() -> None:
    mood, tone = said("Well, well.", "neutral"), said("Well, well.", "negative", kind=SignalKind.TONE)
    assert {"half": 1} == sentiment(mood, tone).left_out
    same = replace(tone, review=replace(tone.review, labels=frozenset({"neutral"})))
    assert [frozenset({"neutral"})] == [line.labels["label"] for line in sentiment(mood, same).taken]


def test_test_lines_of_another_language_are_no_matter() -> None:
    assert 1 == len(sentiment(said("很好", "positive")).taken)


def test_what_does_not_fit_into_the_model_is_left_out() -> None:
    given = [said("A long story. And more.", "negative"), said("It broke.", "negative", turn=1)]
    lines = lines_of(given, sentiment_labels, {"label": EXAMPLES}, fits=lambda text, language: len(text) < 12)
    assert (["It broke."], {"long": 1}) == ([line.text for line in lines.taken], lines.left_out)


TRUE, FALSE, NONE = frozenset({"true"}), frozenset({"false"}), frozenset[str]()
BILL = frozenset({"billing"})


@pytest.mark.parametrize(
    ("complaint", "causes", "columns"),
    [
        (TRUE, BILL, (TRUE, BILL)),
        (TRUE, NONE, (TRUE, NONE)),
        (None, BILL, (TRUE, BILL)),
        (FALSE, None, (FALSE, NONE)),
        (FALSE, NONE, (FALSE, NONE)),
        (FALSE, BILL, None),
        (TRUE, None, None),
        (None, NONE, None),
    ],
)
def test_complaint_and_causes_make_a_line_together(
    complaint: frozenset[str] | None, causes: frozenset[str] | None, columns: tuple[object, object] | None
) -> None:
    given = {SignalKind.COMPLAINT: complaint, SignalKind.CAUSE: causes}
    made = cause_labels({kind: labels for kind, labels in given.items() if labels is not None})
    assert columns == (made and (made["is_complaint"], made["causes"]))


def test_causes_that_the_model_does_not_know_are_dropped_and_the_others_stay() -> None:
    examples = [replace(EXAMPLES[0], labels=BILL)]
    complaints = [replace(EXAMPLES[0], labels=labels) for labels in (TRUE, FALSE)]
    given = said("The bill is wrong and the car park full.", "billing", "parking", kind=SignalKind.CAUSE)
    (line,) = lines_of([given], cause_labels, {"is_complaint": complaints, "causes": examples}).taken
    assert {"is_complaint": TRUE, "causes": BILL} == line.labels


def test_the_hash_covers_the_reviews_and_not_their_order(tmp_path: Path) -> None:
    (tmp_path / "en.csv").write_text("text,label,split\nThis is awful.,negative,train\n", "utf-8")
    one, two = said("It broke.", "negative"), said("Thanks a lot.", "positive", turn=1)
    assert data_hash(tmp_path) == sentiment().data_hash(tmp_path)
    hashes = [sentiment(*given).data_hash(tmp_path) for given in ([], [one], [one, two], [two, one])]
    assert hashes[2] == hashes[3]
    assert 3 == len(set(hashes))

"""What people say of turns: kept whole or not at all, never changed, the newest counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from qa_pipeline.domain import LabelReview, Party, SignalKind, TurnFlag
from qa_pipeline.store import calls
from qa_pipeline.store.engine import Store
from qa_pipeline.store.reviews import newest, take_in
from qa_pipeline.testing.dummies import a_recording, a_transcript, a_turn, an_evaluation

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
ANGRY = LabelReview(
    call_id="a", turn=1, kind=SignalKind.SENTIMENT, labels=frozenset({"negative"}), reviewer="Ann", reviewed_at=NOON
)
SORRY = replace(ANGRY, turn=0, kind=SignalKind.ACT, labels=frozenset({"apology", "solution"}))
TONE = replace(SORRY, kind=SignalKind.TONE, labels=frozenset({"negative"}))
GREETING = a_turn("I am sorry, I will mend it.")
COMPLAINT = a_turn("这是第四次了！", party=Party.CUSTOMER, flags=(TurnFlag.LOW_CONFIDENCE,))


@pytest.fixture
def judged(store: Store) -> Store:
    """A store with one judged call, "a": a turn of the agent, then one of the customer."""
    judge(store, "t", GREETING.text)
    return store


def judge(store: Store, transcript: str, first: str) -> None:
    calls.upsert_recordings(store, [a_recording(call_id="a", uri="/calls/a.wav", sha256="aa")])
    calls.save_transcript(store, "a", transcript, a_transcript(replace(GREETING, text=first), COMPLAINT))
    calls.save_evaluation(
        store, replace(an_evaluation("a", signal_sets=()), fingerprint=f"e-{transcript}", transcript=transcript)
    )


def test_a_review_comes_back_with_the_turn_that_it_is_of(judged: Store) -> None:
    there = replace(ANGRY, reviewed_at=NOON.astimezone(timezone(timedelta(hours=8))))
    assert () == take_in(judged, [there, SORRY, TONE])
    sorry, tone, angry = newest(judged)
    assert (TONE, Party.AGENT) == (tone.review, tone.party)
    assert (SORRY, GREETING.text, Party.AGENT, "en", ()) == (
        sorry.review, sorry.text, sorry.party, sorry.language, sorry.flags
    )  # fmt: skip
    assert (ANGRY, COMPLAINT.text, Party.CUSTOMER, COMPLAINT.flags) == (
        angry.review, angry.text, angry.party, angry.flags
    )  # fmt: skip


def test_the_newest_counts_in_whatever_order_they_come_and_the_same_again_changes_nothing(judged: Store) -> None:
    later = replace(ANGRY, labels=frozenset({"neutral"}), reviewed_at=NOON + timedelta(seconds=1))
    for given in ([later], [ANGRY], [later, later]):
        assert () == take_in(judged, given)
    assert [later] == [one.review for one in newest(judged)]


def test_none_is_kept_when_one_is_refused(judged: Store) -> None:
    wrong = [
        replace(ANGRY, call_id="nowhere"),
        replace(ANGRY, turn=2),
        replace(ANGRY, turn=0),
        replace(SORRY, turn=1),
        replace(TONE, turn=1),
    ]
    assert (
        (1, "no call 'nowhere' is judged"),
        (2, "call 'a' has no turn 2: its turns are 0 to 1"),
        (3, "turn 0 is the agent's; sentiment is said of the customer's"),
        (4, "turn 1 is the customer's; act is said of the agent's"),
        (5, "turn 1 is the customer's; tone is said of the agent's"),
    ) == take_in(judged, [ANGRY, *wrong])
    assert () == newest(judged)


def test_what_was_reviewed_stays_when_the_call_is_transcribed_again(judged: Store) -> None:
    take_in(judged, [SORRY])
    judge(judged, "t2", "I am sorry, I will send it.")
    assert [GREETING.text] == [one.text for one in newest(judged)]
    later = replace(SORRY, reviewed_at=NOON + timedelta(days=1))
    take_in(judged, [later])
    assert ["I am sorry, I will send it."] == [one.text for one in newest(judged)]

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

from qa_pipeline.domain import DetectorCard, Interval, Mean, Rate
from qa_pipeline.store.cards import precisions, read_cards, save_cards
from qa_pipeline.store.engine import Store

CARD = DetectorCard(
    scorecard="general-en",
    criterion="greeting",
    language="en",
    scorecard_versions=("1", "2"),
    checks="c" * 64,
    n=13,
    tp=4,
    fp=2,
    fn=3,
    tn=3,
    unsure=1,
    undecided=3,
    sure_fp=1,
    precision=Rate(hits=4, n=6, interval=Interval(low=0.3, high=0.9)),
    recall=Rate(hits=4, n=7, interval=Interval(low=0.25, high=0.84)),
    f1=Mean(value=8 / 13, n=13, interval=Interval(low=0.2, high=0.88)),
    kappa=1 / 3,
    truth_sha256="t" * 64,
    measured_at=datetime(2026, 12, 1, 8, tzinfo=UTC),
)
BARE = replace(CARD, criterion="recap", n=1, tp=0, fp=0, fn=0, precision=None, recall=None, f1=None, kappa=None)


def test_cards_come_back_as_they_were_sorted(store: Store) -> None:
    chinese = replace(CARD, scorecard="通用", language="zh")
    save_cards(store, [chinese, BARE, CARD])
    assert (CARD, BARE, chinese) == read_cards(store)


def test_a_new_card_takes_the_place_of_its_own_and_the_others_stay(store: Store) -> None:
    save_cards(store, [CARD, BARE])
    new = replace(CARD, truth_sha256="n" * 64, precision=Rate(hits=6, n=6, interval=Interval(low=0.6, high=1.0)))
    save_cards(store, [new])
    assert (new, BARE) == read_cards(store)


def test_the_time_is_kept_in_utc(store: Store) -> None:
    there = timezone(timedelta(hours=8))
    save_cards(store, [replace(CARD, measured_at=datetime(2026, 12, 1, 16, tzinfo=there))])
    assert [CARD] == list(read_cards(store))


def test_precisions_are_those_that_were_measured(store: Store) -> None:
    assert {} == precisions(store)
    save_cards(store, [CARD, BARE])
    assert {("general-en", "greeting", "en"): 4 / 6} == precisions(store)

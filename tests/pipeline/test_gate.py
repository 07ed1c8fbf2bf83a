"""A criterion whose measured precision is too low is shown and not counted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from qa_pipeline import batch
from qa_pipeline.domain import Criterion, DetectorCard, Interval, Rate, ScoredCall
from qa_pipeline.pipeline import Parts, imprecise_criteria
from qa_pipeline.settings import Settings, load_settings
from qa_pipeline.store.cards import save_cards
from qa_pipeline.store.engine import open_store
from qa_pipeline.store.queries import scored_calls
from qa_pipeline.testing.dummies import a_scorecard
from qa_pipeline.testing.fakes import FakeEngine

CARD = a_scorecard(
    Criterion(name="greeting", title="Greeting", check="dummy", min_precision=0.9),
    Criterion(name="recap", title="Recap", check="dummy"),
)


@pytest.mark.parametrize(
    ("precisions", "expected"),
    [
        ({}, set()),
        ({("general-en", "greeting", "en"): 0.89, ("general-en", "recap", "en"): 0.79}, {"greeting", "recap"}),
        ({("general-en", "greeting", "en"): 0.9, ("general-en", "recap", "en"): 0.8}, set()),
        ({("general-en", "greeting", "zh"): 0.1, ("other", "recap", "en"): 0.1}, set()),
    ],
    ids=["not measured", "under", "at the limit", "of another language or scorecard"],
)
def test_a_criterion_is_imprecise_under_what_it_asks_for_in_its_language(
    precisions: dict[tuple[str, str, str], float], expected: set[str]
) -> None:
    assert expected == imprecise_criteria(CARD, precisions)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, parts: Parts, record: Callable[..., Path]) -> Settings:
    monkeypatch.setattr(batch, "parts_for", lambda settings, scorecard: parts)
    record(tmp_path / "archive" / "call.wav", seed=1)
    return load_settings(db=f"sqlite:///{tmp_path}/qa.db", out=tmp_path / "out")


def night(settings: Settings, archive: Path) -> ScoredCall:
    found = batch.prepare(settings, archive=archive, manifest=None, plan="all")
    for shard in found.shards:
        batch.work_off(settings, archive=found.archive, call_ids=shard)
    with open_store(settings.db) as store:
        (call,) = scored_calls(store)
    return call


def measured(settings: Settings, right: int) -> None:
    card = DetectorCard(
        scorecard="general-en",
        criterion="hello",
        language="en",
        scorecard_versions=("1",),
        checks="",
        n=10,
        tp=right,
        fp=10 - right,
        fn=0,
        tn=0,
        unsure=0,
        undecided=0,
        sure_fp=0,
        precision=Rate(hits=right, n=10, interval=Interval(low=0.0, high=1.0)),
        recall=None,
        f1=None,
        kappa=None,
        truth_sha256="",
        measured_at=datetime(2026, 12, 1, tzinfo=UTC),
    )
    with open_store(settings.db) as store:
        save_cards(store, [card])


def test_a_card_under_the_limit_judges_stored_calls_again_without_counting_the_criterion(
    settings: Settings, tmp_path: Path, engine: FakeEngine
) -> None:
    before = night(settings, tmp_path / "archive")
    windows = engine.windows
    measured(settings, right=7)
    gated = night(settings, tmp_path / "archive")
    assert windows == engine.windows
    assert (False, 10.0) == (before.findings[0].coach_only, before.score.out_of)
    assert (True, 0.0) == (gated.findings[0].coach_only, gated.score.out_of)
    assert before.findings[0].verdict is gated.findings[0].verdict
    assert "coaching only" in gated.findings[0].why


def test_a_better_card_counts_the_criterion_again(settings: Settings, tmp_path: Path) -> None:
    before = night(settings, tmp_path / "archive")
    measured(settings, right=7)
    night(settings, tmp_path / "archive")
    measured(settings, right=8)
    assert before == night(settings, tmp_path / "archive")

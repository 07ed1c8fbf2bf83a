from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from qa_pipeline import accounts
from qa_pipeline.domain import DetectorCard, Interval, Mean, Rate, User
from qa_pipeline.resources import data_dir
from qa_pipeline.reviewing import Scorecards
from qa_pipeline.settings import load_settings
from qa_pipeline.store import cards
from qa_pipeline.store.engine import Store
from qa_pipeline.testing.calls import made_up_scorecards
from qa_pipeline.web.app import create_app
from qa_pipeline.web.desk import COOKIE

As = Callable[[str], Any]
CARD = DetectorCard(
    scorecard="general-en",
    criterion="greeting",
    language="en",
    scorecard_versions=("1",),
    checks="x",
    n=30,
    tp=12,
    fp=8,
    fn=3,
    tn=6,
    unsure=1,
    undecided=2,
    sure_fp=1,
    precision=Rate(hits=12, n=20, interval=Interval(low=0.39, high=0.78)),
    recall=Rate(hits=12, n=15, interval=Interval(low=0.55, high=0.93)),
    f1=Mean(value=0.69, n=30, interval=Interval(low=0.5, high=0.83)),
    kappa=0.41,
    truth_sha256="0" * 64,
    measured_at=datetime(2026, 11, 1, 20, tzinfo=UTC),
)


def test_a_card_shows_figures_counts_and_that_the_criterion_is_for_coaching(as_: As, store: Store) -> None:
    cards.save_cards(store, [CARD, replace(CARD, criterion="<i>old", precision=None, recall=None, f1=None, kappa=None)])
    page = as_("audrey").get("/detectors").text
    for said in ("60%", "39%–78%", "0.69", "0.41", "12 · 8 · 3 · 6", "coaching only: too many wrong passes"):
        assert said in page
    assert "&lt;i&gt;old" in page
    assert "no longer in a scorecard" in page


def test_the_models_of_the_program_are_shown(as_: As) -> None:
    page = as_("rene").get("/detectors").text
    for name in ("sentiment", "causes", "whisper-base", "Apache-2.0", "模型"):
        assert name in page


@pytest.mark.parametrize(("login", "status"), [("tom", 200), ("hannah", 403)])
def test_who_sees_detectors(as_: As, login: str, status: int) -> None:
    assert status == as_(login).get("/detectors").status_code


def test_a_model_that_the_site_has_trained_takes_the_place_of_the_built_in_one(
    store: Store, people: dict[str, User], tmp_path: Path
) -> None:
    own = tmp_path / "trained" / "sentiment"
    own.mkdir(parents=True)
    text = (data_dir() / "models" / "sentiment" / "model.yaml").read_text("utf-8")
    (own / "model.yaml").write_text(text.replace("train_texts: ", "train_texts: 9"), "utf-8")
    settings = load_settings(db="sqlite:///unused.db", cache_dir=tmp_path / "cache", trained_dir=tmp_path / "trained")
    app = create_app(store, settings, Scorecards(made_up_scorecards().values()))
    with TestClient(app, base_url="http://127.0.0.1") as browser:
        browser.cookies.set(COOKIE, accounts.open_session(store, people["lena"]).token)
        assert 1 == browser.get("/detectors").text.count("trained here")
        (own / "model.yaml").write_text("name: 3", "utf-8")
        assert "cannot be read: sentiment" in browser.get("/detectors").text

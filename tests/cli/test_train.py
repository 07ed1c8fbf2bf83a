"""`qa train`: what it prints and how it ends."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from qa_pipeline import retraining
from qa_pipeline.cli.app import app
from qa_pipeline.domain import StoreError
from qa_pipeline.retraining import Outcome
from qa_pipeline.settings import Settings
from qa_pipeline.training.contest import Comparison

ALL = Comparison(figure="macro_f1", language="", n=363, challenger=0.87, champion=0.86, low=-0.01, high=0.03)


@pytest.fixture(autouse=True)
def nothing_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def run(
    monkeypatch: pytest.MonkeyPatch,
    *arguments: str,
    taken: bool = True,
    reason: str = "not worse",
    comparisons: tuple[Comparison, ...] = (ALL,),
) -> Result:
    def instead(settings: Settings, name: str, **_: Any) -> Outcome:
        return Outcome(
            name=name,
            taken=taken,
            reason=reason,
            folder=(settings.trained_dir or Path("models")) / name,
            reviews=12,
            left_out={"near_test": 2},
            comparisons=comparisons,
            figures={"en": {"macro_f1": {"value": 0.9, "interval": [0.85, 0.94], "n": 183}}},
        )

    monkeypatch.setattr(retraining, "retrain", instead)
    return CliRunner().invoke(app, ["train", *arguments])


def test_it_tells_what_it_learnt_from_and_both_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    done = run(monkeypatch, "sentiment", "--out", "site")
    assert (0, "") == (done.exit_code, done.stderr)
    assert [
        "Reviews learnt from: 12.",
        "Reviewed turns left out, nearly a line of the test text: 2.",
        "en macro_f1: 0.9 [0.85, 0.94] n=183",
        "The model in use -> the new one, on the same test lines (95 % intervals):",
        "  all macro_f1: 0.860 -> 0.870, difference +0.010 (-0.010 to +0.030), n = 363",
        f"Replaced (not worse): {Path('site/sentiment')}",
    ] == done.stdout.splitlines()


def test_a_refusal_ends_with_1(monkeypatch: pytest.MonkeyPatch) -> None:
    done = run(monkeypatch, "acts", taken=False, reason="the new one is worse: x")
    assert 1 == done.exit_code
    assert done.stdout.endswith(
        "Nothing was replaced: the new one is worse: x. --force would replace it all the same.\n"
    )


def test_force_is_not_offered_where_nothing_was_trained(monkeypatch: pytest.MonkeyPatch) -> None:
    done = run(monkeypatch, "sentiment", "--force", taken=False, reason="a classifier stands there", comparisons=())
    assert 1 == done.exit_code
    assert done.stdout.endswith("\nNothing was replaced: a classifier stands there.\n")
    assert "The model in use" not in done.stdout


def test_a_database_that_is_named_must_be_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    done = run(monkeypatch, "acts", "--db", "sqlite:///nowhere.db")
    assert isinstance(done.exception, StoreError)
    assert [] == list(tmp_path.iterdir())

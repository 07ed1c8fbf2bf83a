"""The flow that trains models again, with a trainer that is done at once, under Prefect's own temporary server."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from qa_pipeline import retraining
from qa_pipeline.domain import ConfigurationError, ModelError
from qa_pipeline.retraining import Outcome
from qa_pipeline.settings import Settings
from qa_pipeline.training.contest import Comparison

pytestmark = pytest.mark.flows


def outcome(name: str, *, taken: bool, reason: str, compared: bool = True) -> Outcome:
    one = Comparison(figure="macro_f1", language="", n=363, challenger=0.8712, champion=0.86, low=-0.01, high=0.03)
    return Outcome(
        name=name,
        taken=taken,
        reason=reason,
        folder=Path("site") / name,
        reviews=12,
        left_out={},
        comparisons=(one,) if compared else (),
        figures={},
    )


@pytest.fixture
def trained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the models that were trained, in order; "broken" cannot be."""
    names: list[str] = []

    def instead(settings: Settings, name: str, **options: Any) -> Outcome:
        assert (tmp_path / "site", {"only_new": True}) == (settings.trained_dir, options)
        names.append(name)
        if name == "broken":
            raise ModelError("It cannot be trained.", code="head_broken")
        if name == "acts":
            return outcome(name, taken=False, reason="the new one is worse")
        return outcome(
            name, taken=name == "sentiment", reason="nothing new to learn from", compared=name == "sentiment"
        )

    monkeypatch.setattr(retraining, "retrain", instead)
    monkeypatch.setenv("QA_TRAINED_DIR", str(tmp_path / "site"))
    monkeypatch.setenv("QA_DB", f"sqlite:///{tmp_path}/secret-name.db")
    return names


def test_models_are_trained_in_turn_and_a_table_shows_figures_alone(trained: list[str], prefect_server: None) -> None:
    from prefect.client.orchestration import get_client

    from flows.retrain import retrain

    assert {"sentiment": "replaced", "causes": "nothing new to learn from", "acts": "kept"} == retrain()
    assert ["sentiment", "causes", "acts"] == trained
    with get_client(sync_client=True) as client:
        (table,) = [one.data for one in client.read_artifacts() if one.key == "retraining"]
        seen = "".join(one.model_dump_json() for one in [*client.read_flow_runs(), *client.read_task_runs()])
    row = json.loads(str(table))[0]
    assert ("sentiment", "replaced", 12, "all", 0.86, 0.871) == tuple(
        row[name] for name in ("model", "outcome", "reviews", "language", "before", "after")
    )
    assert "secret-name" not in seen


def test_one_that_cannot_be_trained_keeps_no_other_from_it(trained: list[str], prefect_server: None) -> None:
    from flows.retrain import retrain

    with pytest.raises(ModelError):
        retrain(models=("broken", "sentiment"))
    assert ["broken", "sentiment"] == trained


def test_without_a_folder_of_its_own_nothing_built_in_is_touched(
    trained: list[str], prefect_server: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flows.retrain import retrain

    monkeypatch.delenv("QA_TRAINED_DIR")
    with pytest.raises(ConfigurationError, match="QA_TRAINED_DIR"):
        retrain()
    assert [] == trained

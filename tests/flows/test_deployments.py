"""prefect.yaml says what it should, and names a flow and parameters that exist."""

from __future__ import annotations

import importlib
import inspect
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from ruamel.yaml import YAML


@pytest.mark.flows
@pytest.mark.parametrize(("name", "active"), [("nightly", True), ("retrain", False)])
def test_a_deployment_fits_its_flow(name: str, active: bool, repository: Path) -> None:
    flow = getattr(importlib.import_module(f"flows.{name}"), name)
    document = YAML(typ="safe").load((repository / "prefect.yaml").read_text("utf-8"))
    (deployment,) = [one for one in document["deployments"] if one["name"] == name]
    assert f"flows/{name}.py:{flow.fn.__name__}" == deployment["entrypoint"]
    assert set(deployment["parameters"]) <= set(inspect.signature(flow.fn).parameters)
    (schedule,) = deployment["schedules"]
    assert ZoneInfo(schedule["timezone"])
    assert 5 == len(schedule["cron"].split())
    assert active == schedule.get("active", True)
    assert {"limit": 1, "collision_strategy": "CANCEL_NEW"} == deployment["concurrency_limit"]


@pytest.mark.flows
def test_the_database_is_no_parameter_of_the_flow() -> None:
    from flows.nightly import nightly
    from flows.retrain import retrain

    assert {"models"} == set(inspect.signature(retrain.fn).parameters)
    assert {"archive", "manifest", "scorecard", "plan", "out"} == set(inspect.signature(nightly.fn).parameters)

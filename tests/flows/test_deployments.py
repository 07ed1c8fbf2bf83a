"""prefect.yaml says what it should, and names a flow and parameters that exist."""

from __future__ import annotations

import inspect
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from ruamel.yaml import YAML


@pytest.mark.flows
def test_the_nightly_deployment_fits_the_flow(repository: Path) -> None:
    from flows.nightly import nightly

    document = YAML(typ="safe").load((repository / "prefect.yaml").read_text("utf-8"))
    (deployment,) = document["deployments"]
    path, name = deployment["entrypoint"].split(":")
    assert (repository / path).is_file()
    assert name == nightly.fn.__name__
    assert set(deployment["parameters"]) <= set(inspect.signature(nightly.fn).parameters)
    (schedule,) = deployment["schedules"]
    assert ZoneInfo(schedule["timezone"])
    assert 5 == len(schedule["cron"].split())
    assert {"limit": 1, "collision_strategy": "CANCEL_NEW"} == deployment["concurrency_limit"]


@pytest.mark.flows
def test_the_database_is_no_parameter_of_the_flow() -> None:
    from flows.nightly import nightly

    assert {"archive", "manifest", "scorecard", "plan", "out"} == set(inspect.signature(nightly.fn).parameters)

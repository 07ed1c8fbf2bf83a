"""The flow that trains models again, one after the other; a worse one takes nobody's place."""

from __future__ import annotations

from prefect import flow, task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.states import raise_state_exception

from qa_pipeline import retraining
from qa_pipeline.domain import ConfigurationError
from qa_pipeline.settings import load_settings

Row = dict[str, str | float | int | None]


@task(cache_policy=NO_CACHE, persist_result=False, task_run_name="retrain-{name}")
def retrain_model(name: str) -> list[Row]:
    """Trains one model where there is something new to learn from; the comparison comes back as rows of figures."""
    return _rows(retraining.retrain(load_settings(), name, only_new=True))


@flow(name="retrain", persist_result=False)
def retrain(models: tuple[str, ...] = ("sentiment", "causes", "acts")) -> dict[str, str]:
    """Trains these models again, from people's reviews too; returns what became of each.

    Database and folder come from the worker's settings (QA_DB, QA_TRAINED_DIR): Prefect stores parameters. One model
    that cannot be trained keeps no other from it, and fails the run at its end. No word of a customer reaches Prefect.
    """
    if load_settings().trained_dir is None:
        raise ConfigurationError(
            "Nobody has said where trained models go.",
            code="trained_dir",
            hint="Set QA_TRAINED_DIR to a folder of the site; the built-in models stay as they are.",
        )
    states = {name: retrain_model(name, return_state=True) for name in models}
    rows = {name: state.result() for name, state in states.items() if state.is_completed()}
    create_table_artifact(
        key="retraining", table=[row for found in rows.values() for row in found], description="Models trained again"
    )
    for state in states.values():
        if not state.is_completed():
            raise_state_exception(state)
    return {name: str(found[0]["outcome"]) for name, found in rows.items()}


def _rows(outcome: retraining.Outcome) -> list[Row]:
    told: Row = {"model": outcome.name, "outcome": "replaced" if outcome.taken else "kept", "reviews": outcome.reviews}
    if not outcome.comparisons:
        return [told | {"outcome": outcome.reason}]
    return [
        told
        | {
            "language": one.language or "all",
            "figure": one.figure,
            "before": None if one.champion is None else round(one.champion, 3),
            "after": round(one.challenger, 3),
            "low": round(one.low, 3),
            "high": round(one.high, 3),
            "lines": one.n,
        }
        for one in outcome.comparisons
    ]

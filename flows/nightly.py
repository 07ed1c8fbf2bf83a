"""The nightly flow: find recordings, sample, transcribe, detect, score, aggregate, report."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from prefect import flow, task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.futures import as_completed
from prefect.states import raise_state_exception

from flows.progress import Progress, announce
from flows.runners import runner
from qa_pipeline import batch
from qa_pipeline.domain import AgentScorecard, EngineError
from qa_pipeline.settings import load_settings


def worth_another_try(task: Any, run: Any, state: State[Any]) -> bool:  # noqa: ANN401, ARG001 - Prefect's form of a condition
    """Only what may pass: a bad recording is a recorded failure and no error of the shard."""
    error = state.result(raise_on_failure=False)
    return isinstance(error, EngineError) and error.transient


@task(cache_policy=NO_CACHE, persist_result=False)
def find(archive: str, manifest: str | None, plan: str, out: str | None) -> batch.Night:
    """Finds recordings and draws the sample; ids and counts only."""
    return batch.prepare(
        load_settings(out=out), archive=Path(archive), manifest=Path(manifest) if manifest else None, plan=plan
    )


@task(
    cache_policy=NO_CACHE, persist_result=False, retries=2, retry_delay_seconds=[30, 120],
    retry_condition_fn=worth_another_try, task_run_name="shard-{number}",
)  # fmt: skip
def shard(
    number: int, archive: str, call_ids: tuple[str, ...], scorecard: str | None, out: str | None
) -> dict[str, int]:
    """Transcribes, detects and scores the calls of one shard; counts come back."""
    progress = Progress(len(call_ids), f"Shard {number}: {len(call_ids)} calls")
    return batch.work_off(
        load_settings(out=out), archive=archive, call_ids=call_ids, scorecard=scorecard, tell=progress
    )


@task(cache_policy=NO_CACHE, persist_result=False)
def report(scorecard: str | None, out: str | None) -> int:
    """Aggregates all judged calls by agent and writes the scorecards; a table without customers' words."""
    agents = batch.report(load_settings(out=out), scorecard=scorecard)
    create_table_artifact(key="agent-scorecards", table=[_row(agent) for agent in agents], description="Agents' scores")
    return len(agents)


@flow(name="nightly", persist_result=False)
def nightly(
    archive: str,
    manifest: str | None = None,
    scorecard: str | None = None,
    plan: str = "all",
    out: str | None = None,
) -> dict[str, int]:
    """One night over an archive; returns how many recordings have which status.

    The database comes from QA_DB or qa.toml, never from a parameter: Prefect stores parameters, and a database URL
    may hold a password.
    """
    settings = load_settings(out=out)
    batch.refuse_failing_cases(settings, scorecard)
    night = find(archive, manifest, plan, out)
    announce(0, sum(len(calls) for calls in night.shards))
    with runner(settings) as workers:
        futures = [
            workers.submit(
                shard,
                parameters={
                    "number": number,
                    "archive": night.archive,
                    "call_ids": calls,
                    "scorecard": scorecard,
                    "out": out,
                },
            )
            for number, calls in enumerate(night.shards, start=1)
        ]
        for future in as_completed(futures):
            future.wait()
            if settings.runner != "threads":  # other processes tell nobody call by call
                announce(len(night.shards[futures.index(future)]), 0)
    report(scorecard, out)
    broken = [future.state for future in futures if not future.state.is_completed()]
    if broken:
        raise_state_exception(broken[0])
    return batch.finish(settings, night)


def _row(agent: AgentScorecard) -> dict[str, str | int | float | None]:
    mean = agent.mean
    span = mean.interval if mean else None
    return {
        "agent": agent.agent_id,
        "team": agent.team,
        "calls": agent.calls,
        "mean": round(mean.value, 1) if mean else None,
        "low": round(span.low, 1) if span else None,
        "high": round(span.high, 1) if span else None,
        "needs review": agent.needs_review,
    }

"""`qa nightly`: the nightly flow with a progress bar; the one place where the command line knows of flows."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from qa_pipeline.domain import QaError
from qa_pipeline.settings import Settings, load_settings

PREFECT = {
    "PREFECT_LOGGING_LEVEL": "WARNING",
    "PREFECT_SERVER_LOGGING_LEVEL": "ERROR",
    # Its own temporary server starts in about 10 s, and gives up after 20: too soon for a busy machine.
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
}


def nightly(
    archive: Annotated[Path, typer.Option(help="Folder with recordings.")],
    manifest: Annotated[Path | None, typer.Option(help="CSV with a line for each recording.")] = None,
    scorecard: Annotated[str | None, typer.Option(help="Scorecard for all calls. [default: by language]")] = None,
    plan: Annotated[str, typer.Option(help="Sampling plan.")] = "all",
    db: Annotated[str | None, typer.Option(help="Database URL. [default: QA_DB or sqlite:///qa.db]")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for the scorecards. [default: QA_OUT or out]")] = None,
) -> None:
    """Finds the recordings, judges those that the plan takes, and writes the agents' scorecards."""
    settings = load_settings(db=db, out=out)
    os.environ["QA_DB"] = settings.db  # the flow takes it from there: Prefect would store it as a parameter
    os.environ |= PREFECT | os.environ  # whoever has set one of them keeps it
    _check_before_anything_runs(settings, archive=archive, manifest=manifest, scorecard=scorecard, plan=plan)
    counts = _run(archive, manifest, scorecard, plan, settings.out)
    from qa_pipeline import batch  # noqa: PLC0415 - heavy
    from qa_pipeline.cli import summary  # noqa: PLC0415 - tables only
    from qa_pipeline.store.engine import open_store  # noqa: PLC0415 - SQLAlchemy

    with open_store(settings.db) as store:
        summary.show(batch.agents(store, settings, scorecard), counts, settings.out)


def _check_before_anything_runs(
    settings: Settings, *, archive: Path, manifest: Path | None, scorecard: str | None, plan: str
) -> None:
    """Wrong input is told at once, before Prefect starts."""
    from qa_pipeline import batch  # noqa: PLC0415 - heavy
    from qa_pipeline.archive.plans import find_plan  # noqa: PLC0415 - with it
    from qa_pipeline.domain import ConfigurationError  # noqa: PLC0415 - with it

    if not archive.is_dir():
        raise ConfigurationError(f"{archive} is no folder.", code="archive")
    if manifest and not manifest.is_file():
        raise ConfigurationError(f"The manifest {manifest} does not exist.", code="archive")
    find_plan(plan, settings.scorecards_dir)
    _refuse_without_server()
    batch.refuse_failing_cases(settings, scorecard)


def _refuse_without_server() -> None:
    """Where a Prefect server is set, it must answer."""
    from flows import server  # noqa: PLC0415 - Prefect is heavy

    if not server.reachable():
        raise QaError(
            "The Prefect server that is set cannot be reached.",
            code="prefect_unreachable",
            hint="Start it, or unset PREFECT_API_URL (or change the Prefect profile) to run without one.",
        )


def _run(archive: Path, manifest: Path | None, scorecard: str | None, plan: str, out: Path) -> dict[str, int]:
    """The flow under a progress bar."""
    import logging  # noqa: PLC0415 - here only

    from rich.console import Console  # noqa: PLC0415 - the bar only
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415 - heavy

    from flows import progress  # noqa: PLC0415 - Prefect is heavy
    from flows.nightly import nightly as flow  # noqa: PLC0415 - likewise

    logging.getLogger("prefect").setLevel(logging.WARNING)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), disable=not Console(stderr=True).is_terminal) as bar:
        line = bar.add_task("Judging calls", total=None)

        def show(done: int, total: int) -> None:
            if done:
                bar.advance(line, done)
            else:
                bar.update(line, total=total)

        progress.listen(show)
        try:
            return flow(
                archive=str(archive),
                manifest=str(manifest) if manifest else None,
                scorecard=scorecard,
                plan=plan,
                out=str(out),
            )
        finally:
            progress.forget(show)

"""How shards are spread over workers: one setting, four ways."""

from __future__ import annotations

from typing import Any

from prefect.task_runners import ProcessPoolTaskRunner, TaskRunner, ThreadPoolTaskRunner

from qa_pipeline.domain import ConfigurationError
from qa_pipeline.settings import Settings


def runner(settings: Settings) -> TaskRunner[Any]:
    """The task runner that the settings ask for. Raises ConfigurationError when its package is not installed."""
    if settings.runner == "threads":
        return ThreadPoolTaskRunner(max_workers=settings.workers)
    if settings.runner == "processes":
        return ProcessPoolTaskRunner(max_workers=settings.workers)
    try:
        if settings.runner == "dask":
            from prefect_dask import DaskTaskRunner  # noqa: PLC0415 - an extra

            return DaskTaskRunner(cluster_kwargs={"n_workers": settings.workers, "threads_per_worker": 1})  # type: ignore[no-any-return]  # untyped extra
        from prefect_ray import RayTaskRunner  # noqa: PLC0415 - an extra

        return RayTaskRunner(init_kwargs={"num_cpus": settings.workers})  # type: ignore[no-any-return]  # untyped extra
    except ImportError as error:
        raise ConfigurationError(
            f"The runner {settings.runner!r} needs a package that is not installed.",
            code="runner",
            hint=f"Install prefect-{settings.runner}, or set QA_RUNNER to threads or processes.",
        ) from error

"""Sampling plans from their files."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from qa_pipeline.archive.sampling import Plan
from qa_pipeline.domain import ConfigurationError, Problem
from qa_pipeline.resources import data_dir
from qa_pipeline.text.yaml_lines import line_of, read_yaml


def find_plan(name: str, site_dir: Path | None = None) -> Plan:
    """The plan of this name: the site's own (`site_dir`/sampling/NAME.yaml) before the built-in one.

    Raises ConfigurationError when there is none, naming those there are, or when its file cannot be used.
    """
    folders = [base / "sampling" for base in (site_dir, data_dir() / "scorecards") if base]
    for folder in folders:
        path = folder / f"{name}.yaml"
        if re.fullmatch(r"[A-Za-z0-9_-]+", name) and path.is_file():
            return load_plan(path)
    known = ", ".join(sorted({path.stem for folder in folders for path in folder.glob("*.yaml")}))
    raise ConfigurationError(f"There is no sampling plan {name!r}.", code="plan", hint=f"There are: {known or 'none'}.")


def load_plan(path: Path) -> Plan:
    """The plan in a file. Raises ConfigurationError with all its faults and their lines."""
    document = read_yaml(path)
    try:
        plan = Plan.model_validate(document if document is not None else {})
    except ValidationError as error:
        raise _faulty(
            *(
                Problem(
                    where=str(path),
                    line=line_of(document, place),
                    message=f"{'.'.join(map(str, place)) or 'the file'}: {message}",
                )
                for place, message in ((_place(item["loc"]), item["msg"]) for item in error.errors())
            )
        ) from error
    if plan.name != path.stem:
        message = f"name: {plan.name!r} must be the file's name, {path.stem!r}"
        raise _faulty(Problem(where=str(path), line=line_of(document, ("name",)), message=message))
    return plan


def _place(steps: Sequence[str | int]) -> tuple[str | int, ...]:
    """Where a fault stands, without pydantic's name for the chosen form of `take`."""
    return tuple(step for at, step in enumerate(steps) if not (at == 1 and steps[0] == "take"))


def _faulty(*problems: Problem) -> ConfigurationError:
    return ConfigurationError("The sampling plan cannot be used.", problems=problems, code="plan")

"""Sampling plans from their files."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from qa_pipeline.archive.sampling import Plan
from qa_pipeline.domain import ConfigurationError, Problem
from qa_pipeline.resources import data_dir


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
    try:
        content = YAML().load(path.read_text(encoding="utf-8-sig"))
        plan = Plan.model_validate(content if content is not None else {})
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise _faulty(Problem(where=str(path), line=line, message=str(error.problem))) from error
    except (YAMLError, OSError, ValueError) as error:
        if not isinstance(error, ValidationError):
            raise _faulty(Problem(where=str(path), message=str(error))) from error
        problems = [
            Problem(where=str(path), line=_line(content, place), message=f"{'.'.join(place) or 'the file'}: {message}")
            for place, message in ((_place(item["loc"]), item["msg"]) for item in error.errors())
        ]
        raise _faulty(*problems) from error
    if plan.name != path.stem:
        message = f"name: {plan.name!r} must be the file's name, {path.stem!r}"
        raise _faulty(Problem(where=str(path), line=_line(content, ("name",)), message=message))
    return plan


def _place(steps: Sequence[str | int]) -> tuple[str, ...]:
    """Where a fault stands, without pydantic's name for the chosen form of `take`."""
    return tuple(str(step) for at, step in enumerate(steps) if not (at == 1 and steps[0] == "take"))


def _line(content: Any, place: Sequence[str]) -> int:  # noqa: ANN401 - whatever YAML holds
    """The line of the value at `place`, or of the innermost thing around it that the file has."""
    line = 1
    for step in place:
        try:
            line, content = content.lc.key(step)[0] + 1, content[step]
        except (AttributeError, KeyError, TypeError):
            break
    return line


def _faulty(*problems: Problem) -> ConfigurationError:
    return ConfigurationError("The sampling plan cannot be used.", problems=problems, code="plan")

"""Scorecard files to scorecards, with every fault told at once."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from qa_pipeline.domain import Band, ConfigurationError, Criterion, Problem, Scorecard, Section, fingerprint
from qa_pipeline.scoring.model import CriterionFile, ScorecardFile
from qa_pipeline.text.yaml_lines import line_of, read_yaml

CheckSource = Callable[[str], Callable[..., Any] | None]


def read_scorecard(path: Path, checks: CheckSource) -> Scorecard:
    """The scorecard in a file. `checks` gives a check's function by name, None when there is none.

    Raises ConfigurationError with file and line of every fault: form, unknown checks, parameters that a check does
    not have or of another type, names used twice, bands out of order.
    """
    document = read_yaml(path)
    try:
        file = ScorecardFile.model_validate(document)
    except ValidationError as error:
        problems = [
            Problem(where=str(path), line=line_of(document, item["loc"]), message=_plain(item["msg"], item["loc"]))
            for item in error.errors()
        ]
        raise ConfigurationError(f"{path.name} cannot be used.", problems=problems, code="scorecard") from error
    problems = [
        Problem(where=str(path), line=line_of(document, place), message=message)
        for place, message in [*_twice(file), *_bands(file), *_checks(file, checks)]
    ]
    if problems:
        raise ConfigurationError(f"{path.name} cannot be used.", problems=problems, code="scorecard")
    return _scorecard(file)


def find_scorecard(folders: Sequence[Path], name: str) -> Path:
    """The file of the scorecard called `name`, or a path to one. Raises ConfigurationError naming those there are."""
    if name.endswith((".yaml", ".yml")):
        return Path(name)
    for folder in folders:
        path = folder / name / "scorecard.yaml"
        if path.is_file():
            return path
    known = sorted({path.parent.name for folder in folders for path in folder.glob("*/scorecard.yaml")})
    raise ConfigurationError(
        f"There is no scorecard {name!r}.", code="scorecard_unknown", hint=f"There are: {', '.join(known)}."
    )


Fault = tuple[tuple[str | int, ...], str]


def _criteria(file: ScorecardFile) -> Iterator[tuple[tuple[str | int, ...], CriterionFile]]:
    for outer, section in enumerate(file.sections):
        for inner, criterion in enumerate(section.criteria):
            yield ("sections", outer, "criteria", inner), criterion


def _twice(file: ScorecardFile) -> Iterator[Fault]:
    seen: set[str] = set()
    for place, criterion in _criteria(file):
        if criterion.name in seen:
            yield (*place, "name"), f"the criterion {criterion.name!r} stands here for the second time"
        seen.add(criterion.name)


def _bands(file: ScorecardFile) -> Iterator[Fault]:
    limits = [band.at_least for band in file.bands]
    if limits != sorted(limits, reverse=True) or len(set(limits)) != len(limits):
        yield ("bands",), "bands must go from the best to the worst, each with its own at_least"
    if limits[-1] != 0:
        yield ("bands", len(limits) - 1, "at_least"), "the last band must start at 0"


def _checks(file: ScorecardFile, checks: CheckSource) -> Iterator[Fault]:
    for place, criterion in _criteria(file):
        check = checks(criterion.check)
        if check is None:
            yield (*place, "check"), f"there is no check {criterion.check!r}"
            continue
        known = {
            name: parameter
            for name, parameter in inspect.signature(check).parameters.items()
            if parameter.kind is inspect.Parameter.KEYWORD_ONLY
        }
        for name, value in criterion.parameters.items():
            if name not in known:
                there = ", ".join(known) or "none"
                yield (*place, "parameters", name), f"{criterion.check} has no parameter {name!r}; it has: {there}"
            elif not _fits(value, known[name].default):
                wanted = type(known[name].default).__name__
                yield (*place, "parameters", name), f"{name} must be a {wanted}, not {value!r}"


def _fits(value: object, default: object) -> bool:
    if isinstance(default, bool) or isinstance(value, bool):
        return isinstance(value, bool) and isinstance(default, bool)
    if isinstance(default, float):
        return isinstance(value, int | float)
    if isinstance(default, list | tuple):
        return isinstance(value, list)
    return default is None or isinstance(value, type(default))


def _scorecard(file: ScorecardFile) -> Scorecard:
    sections = tuple(
        Section(
            name=section.name,
            title=section.title,
            criteria=tuple(Criterion(**_fields(criterion)) for criterion in section.criteria),
        )
        for section in file.sections
    )
    return Scorecard(
        name=file.name,
        version=file.version,
        title=file.title,
        language=file.language,
        sections=sections,
        bands=tuple(Band(name=band.name, title=band.title, at_least=band.at_least) for band in file.bands),
        critical_cap=file.critical_cap,
        max_undecided=file.max_undecided,
        fingerprint=fingerprint(file.model_dump(mode="json")),
    )


def _fields(criterion: CriterionFile) -> Mapping[str, Any]:
    fields = criterion.model_dump()
    fields["parameters"] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in criterion.parameters.items()
    }
    return fields


def _plain(message: str, place: Sequence[str | int]) -> str:
    """Pydantic's words for the two commonest faults, in ours."""
    last = place[-1] if place else ""
    if message == "Extra inputs are not permitted":
        return f"{last!r} is not known here"
    if message == "Field required":
        return f"{last!r} is missing"
    return f"{last}: {message}"

"""Scorecard files to scorecards, with every fault told at once."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from qa_pipeline.domain import Band, ConfigurationError, Criterion, Problem, Scorecard, Section, fingerprint
from qa_pipeline.scoring.model import BandFile, CriterionFile, ScorecardFile
from qa_pipeline.text.yaml_lines import line_of, read_yaml

KINDS = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "a text",
    tuple: "a list of texts",
    list: "a list of texts",
}
CheckSource = Callable[[str], Callable[..., Any] | None]


def read_scorecard(path: Path, checks: CheckSource) -> Scorecard:
    """The scorecard in a file. `checks` gives a check's function by name, None when there is none.

    Raises ConfigurationError with file and line of every fault: form, unknown checks, parameters that a check does
    not have or of another type, names used twice, bands out of order.
    """
    document = read_yaml(path)
    faults = [*_twice(document), *_bands(document), *_checks(document, checks)]
    file = None
    try:
        file = ScorecardFile.model_validate(document)
    except ValidationError as error:
        faults += dict.fromkeys(_form(error))
    if file is None or faults:
        lines = sorted((line_of(document, place), message) for place, message in faults)
        problems = [Problem(where=str(path), line=line, message=message) for line, message in lines]
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


def _criteria(document: object) -> Iterator[tuple[tuple[str | int, ...], CriterionFile]]:
    """The criteria whose form is right, so that the others do not hide what is wrong with these."""
    for outer, section in enumerate(_items(document, "sections")):
        for inner, criterion in enumerate(_items(section, "criteria")):
            with suppress(ValidationError):
                yield ("sections", outer, "criteria", inner), CriterionFile.model_validate(criterion)


def _items(holder: object, key: str) -> Sequence[object]:
    items = holder.get(key) if isinstance(holder, Mapping) else None
    return items if isinstance(items, list) else []


def _twice(document: object) -> Iterator[Fault]:
    seen: set[str] = set()
    for place, criterion in _criteria(document):
        if criterion.name in seen:
            yield (*place, "name"), f"the criterion {criterion.name!r} stands here for the second time"
        seen.add(criterion.name)


def _bands(document: object) -> Iterator[Fault]:
    try:
        limits = [BandFile.model_validate(band).at_least for band in _items(document, "bands")]
    except ValidationError:
        return
    if limits != sorted(limits, reverse=True) or len(set(limits)) != len(limits):
        yield ("bands",), "bands must go from the best to the worst, each with its own at_least"
    if limits and limits[-1] != 0:
        yield ("bands", len(limits) - 1, "at_least"), "the last band must start at 0"


def _checks(document: object, checks: CheckSource) -> Iterator[Fault]:
    for place, criterion in _criteria(document):
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
                wanted = KINDS.get(type(known[name].default), "of another type")
                yield (*place, "parameters", name), f"{name} must be {wanted}, not {value!r}"


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


def _form(error: ValidationError) -> Iterator[Fault]:
    places = [item["loc"] for item in error.errors()]
    for item in error.errors():
        place = item["loc"]
        if item["type"] == "too_short" and any(one != place and one[: len(place)] == place for one in places):
            continue  # a list with a faulty item is not short, pydantic only does not count that item
        yield _plain(item["msg"], place)


def _plain(message: str, place: tuple[str | int, ...]) -> Fault:
    """Pydantic's words for the commonest faults, in ours."""
    if not place:
        return place, "this is no scorecard"
    if "parameters" in place[:-1]:  # told once, not once for each type that it might have been
        place = place[: place.index("parameters") + 2]
        return place, f"{place[-1]}: must be a number, a text, true, false or a list of texts"
    if message == "Extra inputs are not permitted":
        return place, f"{place[-1]!r} is not known here"
    if message == "Field required":
        return place, f"{place[-1]!r} is missing"
    return place, f"{place[-1]}: {message}"

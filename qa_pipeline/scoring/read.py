"""Scorecard files to scorecards, with every fault told at once."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, get_args

from pydantic import ValidationError

from qa_pipeline.domain import (
    Band,
    ConfigurationError,
    Criterion,
    Dimension,
    Indicator,
    Party,
    Problem,
    Scorecard,
    Section,
    fingerprint,
)
from qa_pipeline.scoring.model import BandFile, ConditionFile, CriterionFile, Language, ScorecardFile
from qa_pipeline.scoring.rules import WhoseAct, circles, faults_of_condition, faults_of_expressions, rule_of
from qa_pipeline.text.yaml_lines import line_of, read_yaml

KINDS = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "a text",
    tuple: "a list of texts",
    list: "a list of texts",
}
ONE_OR_SEVERAL = {
    "says": "a dialogue act or a list of them",
    "feels": "negative, neutral or positive, or a list of them",
    "customer_is": "in_trouble, distressed or unlucky, or a list of them",
    "is": "a text or a list of texts",
    "needs": "any, all, none or a whole number from 1",
}
CheckSource = Callable[[str], Callable[..., Any] | None]
ActSource = Callable[[str, str], Party | None]


def read_scorecard(path: Path, checks: CheckSource, acts: ActSource | None = None) -> Scorecard:
    """The scorecard in a file. `checks` gives a check's function by name, None when there is none.

    `acts` tells who does the dialogue act of this name in this language, None where there is none; without it every
    name is an act. Raises ConfigurationError with file and line of every fault: form, unknown checks, parameters that a
    check does not have or of another type, names used twice, bands out of order, conditions and expressions that cannot
    be read or lead nowhere.
    """
    document = read_yaml(path)
    faults = [*_twice(document), *_bands(document), *_checks(document, checks), *_rules(document, acts or _anybodys)]
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
        if not criterion.check:
            continue
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


def _rules(document: object, acts: ActSource) -> Iterator[Fault]:
    """Conditions of the whole scorecard, then those and the expressions of each criterion."""
    language = str(document.get("language", "")) if isinstance(document, Mapping) else ""
    named, shared = _conditions(document)
    told_already = named - set(shared) if language in get_args(Language) else None
    whose = partial(_whose, acts, language, told_already)
    for name, message in _in_conditions(shared, shared, language, whose):
        yield ("conditions", *name), message
    for place, criterion in _criteria(document):
        known = {**shared, **criterion.conditions}
        for name, message in _in_conditions(criterion.conditions, known, language, whose):
            yield (*place, "conditions", *name), message
        for name, message in faults_of_expressions(criterion, known, whose=whose):
            yield (*place, *name), message


def _anybodys(name: str, language: str) -> Party:  # noqa: ARG001 - every name in every language
    return Party.UNKNOWN


def _whose(acts: ActSource, language: str, told_already: frozenset[str] | None, name: str) -> Party | None:
    """Who does an act; a name whose own fault is told (None: all of them) may be anybody's."""
    return Party.UNKNOWN if told_already is None or name in told_already else acts(name, language)


def _in_conditions(
    own: Mapping[str, ConditionFile], known: Mapping[str, ConditionFile], language: str, whose: WhoseAct
) -> Iterator[Fault]:
    for name, condition in own.items():
        for place, message in faults_of_condition(condition, known, language=language, whose=whose):
            yield (name, *place), message
    yield from ((place, message) for place, message in circles(known) if place[0] in own)


def _conditions(document: object) -> tuple[frozenset[str], dict[str, ConditionFile]]:
    """The names of the scorecard's conditions, and those whose form is right."""
    found: dict[str, ConditionFile] = {}
    raw = document.get("conditions") if isinstance(document, Mapping) else None
    for name, condition in raw.items() if isinstance(raw, Mapping) else ():
        with suppress(ValidationError):
            found[str(name)] = ConditionFile.model_validate(condition)
    return frozenset(map(str, raw) if isinstance(raw, Mapping) else ()), found


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
            criteria=tuple(_criterion(criterion, file.conditions) for criterion in section.criteria),
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
        effective_from=file.effective_from,
        effective_to=file.effective_to,
        # without what is not said, so that a key that a later version knows changes nothing
        fingerprint=fingerprint(file.model_dump(mode="json", exclude_defaults=True)),
    )


def _criterion(file: CriterionFile, shared: Mapping[str, ConditionFile]) -> Criterion:
    return Criterion(
        name=file.name,
        title=file.title,
        check=file.check,
        rule=rule_of(file, shared),
        parameters={
            name: tuple(value) if isinstance(value, list) else value for name, value in file.parameters.items()
        },
        weight=file.weight,
        bonus=file.bonus,
        critical=file.critical,
        auto_fail=file.auto_fail,
        coach_only=file.coach_only,
        min_confidence=file.min_confidence,
        min_precision=file.min_precision,
        standard=file.standard,
        dimension=Dimension(file.dimension) if file.dimension else None,
        indicator=Indicator(file.indicator) if file.indicator else None,
    )


def _form(error: ValidationError) -> Iterator[Fault]:
    places = [item["loc"] for item in error.errors()]
    for item in error.errors():
        place = item["loc"]
        if item["type"] == "too_short" and any(one != place and one[: len(place)] == place for one in places):
            continue  # a list with a faulty item is not short, pydantic only does not count that item
        yield _plain(item["msg"], place)


_OPTION = ("constrained-", "literal[", "tuple[")  # pydantic's names for what a value might have been


def _plain(message: str, place: tuple[str | int, ...]) -> Fault:  # noqa: PLR0911 - one line for each fault
    """Pydantic's words for the commonest faults, in ours."""
    if not place:
        return place, "this is no scorecard"
    if "parameters" in place[:-1]:  # told once, not once for each type that it might have been
        place = place[: place.index("parameters") + 2]
        return place, f"{place[-1]}: must be a number, a text, true, false or a list of texts"
    if place[-1] == "[key]":
        return place[:-1], f"{place[-2]!r} is no name; it takes small letters, figures and _, a letter first"
    choice = next((at for at, step in enumerate(place) if str(step).startswith(_OPTION)), 0)
    if choice:  # likewise
        return place[:choice], f"{place[choice - 1]} must be {ONE_OR_SEVERAL[str(place[choice - 1])]}"
    if message == "Input should be a valid tuple":
        return place, f"{place[-1]} must be a list"
    if message.startswith("Input should be a valid dictionary"):
        return place, f"{place[-1]} must have keys of its own"
    if message == "Extra inputs are not permitted":
        return place, f"{place[-1]!r} is not known here"
    if message.startswith("Value error, "):
        return place, message.removeprefix("Value error, ")
    if message == "Field required":
        return place, f"{place[-1]!r} is missing"
    return place, f"{place[-1]}: {message}"

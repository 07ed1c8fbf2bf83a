"""Conditions and expressions of a scorecard file to rules, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from qa_pipeline.domain import Condition, Expression, Party, Rule, Window
from qa_pipeline.rules.conditions import pattern
from qa_pipeline.rules.expression import ExpressionError, names, parse
from qa_pipeline.rules.measures import MEASURES
from qa_pipeline.scoring.model import ConditionFile, CriterionFile
from qa_pipeline.text.grammar import PhraseError, read

PARTIES = {"agent": Party.AGENT, "customer": Party.CUSTOMER, "anyone": None}
EXPRESSIONS = ("pass_when", "only_when", "coach_when")
Fault = tuple[tuple[str | int, ...], str]
WhoseAct = Callable[[str], Party | None]
"""Who does a dialogue act (`Party.UNKNOWN`: either); None when there is no act of this name."""


def rule_of(criterion: CriterionFile, shared: Mapping[str, ConditionFile]) -> Rule | None:
    """The rule of a criterion without faults; None where its check decides alone."""
    expressions = {key: _parsed(criterion, key) for key in EXPRESSIONS}
    if not any(expressions.values()):
        return None
    everything = {**shared, **criterion.conditions}
    reached: dict[str, Condition] = {}
    waiting = [name for one in expressions.values() if one for name in names(one)]
    while waiting:
        name = waiting.pop()
        if name in everything and name not in reached:
            reached[name] = condition_of(name, everything[name])
            waiting += _leads_to(everything[name])
    return Rule(**expressions, conditions=dict(sorted(reached.items())))


def condition_of(name: str, file: ConditionFile) -> Condition:
    """The condition that a file asks for."""
    count = {"any": 1, "all": len(file.asked), "none": 0}
    by = file.by or ("customer" if file.kind == "feels" else "agent")
    return Condition(
        name=name,
        kind=file.kind,
        of=file.asked,
        title=file.title,
        by=PARTIES[by],
        different=file.needs if isinstance(file.needs, int) else count[file.needs],
        values=(file.values,) if isinstance(file.values, str) else file.values,
        unless=file.unless,
        window=Window(**file.window.model_dump()),
        after=file.after,
        before=file.before,
        within_s=file.within_s,
        each=file.each,
        least=file.at_least,
        most=file.at_most,
    )


def faults_of_condition(
    file: ConditionFile, known: Mapping[str, ConditionFile], *, language: str, whose: WhoseAct
) -> Iterator[Fault]:
    """What is wrong with one condition, each with its place inside it."""
    if file.kind == "says":
        yield from ((("says",), message) for act in file.asked for message in _fault_of_act(act, file.by, whose))
    yield from _faults_of_measure(file)
    yield from _faults_of_places(file, known, whose)
    for key in ("words", "unless") if file.kind == "words" else ():
        for number, phrase in enumerate(getattr(file, key)):
            try:
                read(phrase, chinese=language == "zh")
            except PhraseError as fault:
                yield (key, number), str(fault)
    for number, text in enumerate((file.regex, *file.unless) if file.kind == "regex" else ()):
        try:
            pattern(text)
        except Exception as fault:  # noqa: BLE001 - regex raises errors of several kinds
            yield ("unless", number - 1) if number else ("regex",), f"{text!r} is no regular expression: {fault}"


def _faults_of_measure(file: ConditionFile) -> Iterator[Fault]:
    if file.kind == "measure" and file.by and (file.by == "anyone" or not MEASURES[file.asked[0]].of_party):
        whose = "agent or customer" if MEASURES[file.asked[0]].of_party else "not said: it is the same for both"
        yield ("by",), f"`by` of {file.asked[0]} is {whose}"


def _faults_of_places(file: ConditionFile, known: Mapping[str, ConditionFile], whose: WhoseAct) -> Iterator[Fault]:
    for name in _leads_to(file):
        place = "in_order" if name in file.in_order else "after" if name == file.after else "before"
        if name not in known:
            yield from (((place,), message) for message in _fault_of_bare_name(name, whose))
        elif _without_moment(known[name]):
            yield (place,), f"{name!r} has no moment that others could stand after or before"


def _without_moment(file: ConditionFile) -> bool:
    """Whether it tells of the call as a whole, or of something that is not there."""
    if file.kind == "measure":
        return not MEASURES[file.asked[0]].of_moments
    return file.kind == "call" or file.needs == "none" or (file.at_least is None and file.at_most is not None)


def circles(known: Mapping[str, ConditionFile]) -> Iterator[Fault]:
    """Conditions that wait for themselves."""
    for start in known:
        seen: set[str] = set()
        waiting = list(_leads_to(known[start]))
        while waiting:
            name = waiting.pop()
            if name == start:
                yield (start,), f"{start!r} leads back to itself through after, before or in_order"
                break
            if name in known and name not in seen:
                seen.add(name)
                waiting += _leads_to(known[name])


def faults_of_expressions(
    criterion: CriterionFile, known: Mapping[str, ConditionFile], *, whose: WhoseAct
) -> Iterator[Fault]:
    """What is wrong with a criterion's expressions."""
    for key in EXPRESSIONS:
        text = getattr(criterion, key)
        try:
            used = list(names(parse(text))) if text else []
        except ExpressionError as error:
            yield (key,), str(error)
            continue
        for name in dict.fromkeys(used):
            if name not in known:
                yield from (((key,), message) for message in _fault_of_bare_name(name, whose))


def _fault_of_act(act: str, by: str | None, whose: WhoseAct) -> Iterator[str]:
    party = whose(act)
    if party is None:
        yield f"there is no dialogue act {act!r}"
    elif party is Party.CUSTOMER and by in (None, "agent"):
        yield f"{act!r} is what customers say, and would never be found: add `by: customer`"


def _fault_of_bare_name(name: str, whose: WhoseAct) -> Iterator[str]:
    party = whose(name)
    if party is None:
        yield f"there is no condition and no dialogue act {name!r}"
    elif party is Party.CUSTOMER:
        yield f"{name!r} is what customers say; it needs a condition of its own: {{says: {name}, by: customer}}"


def _parsed(criterion: CriterionFile, key: str) -> Expression | None:
    text = getattr(criterion, key)
    return parse(text) if text else None


def _leads_to(file: ConditionFile) -> tuple[str, ...]:
    return tuple(name for name in (file.after, file.before, *file.in_order) if name)

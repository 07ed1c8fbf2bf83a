"""A rule of a scorecard: conditions by name, and expressions over them. Its evaluation stands in rules/."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from qa_pipeline.domain.recording import Party


class Answer(StrEnum):
    """Yes, no, or nobody can tell."""

    YES = "yes"
    NO = "no"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Which part of the call: turns of the party asked for, seconds from the agent's first or before the last word.

    None sets no limit; a turn must begin inside `first_s` and end inside `last_s`.
    """

    first_turns: int | None = None
    last_turns: int | None = None
    first_s: float | None = None
    last_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One question about a call. `kind` is the key that a scorecard file asks it with, `of` what it asks for.

    says: dialogue acts; words: phrases (text/grammar.py); regex: one expression; feels: sentiments of turns;
    customer_is: states of the customer; measure: one measure; call: one field of the metadata, to be one of
    `values`; in_order: conditions that come one after the other. `least` and `most` bound how often, or the measure.
    `different` is how many different ones of `of` it takes, 0 for none of them. `after` and `before` name conditions;
    with `each`, every one of their moments needs its own.
    """

    name: str
    kind: str
    of: tuple[str, ...]
    title: str = ""
    by: Party | None = Party.AGENT
    different: int = 1
    values: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    window: Window = Window()
    after: str = ""
    before: str = ""
    within_s: float | None = None
    each: bool = False
    least: float | None = None
    most: float | None = None


@dataclass(frozen=True, slots=True)
class Name:
    """A condition, or a dialogue act of the agent."""

    name: str


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite."""

    part: Expression


@dataclass(frozen=True, slots=True)
class AtLeast:
    """So many of the parts: all of them for "and", one for "or"."""

    count: int
    parts: tuple[Expression, ...]


Expression = Name | Not | AtLeast


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """`only_when` says to which calls a criterion applies, `pass_when` what earns it (None: its check decides).

    A fail where `coach_when` holds is for coaching only. `conditions` are all that the expressions lead to.
    """

    pass_when: Expression | None = None
    only_when: Expression | None = None
    coach_when: Expression | None = None
    conditions: Mapping[str, Condition] = field(default_factory=dict)

"""The form of a scorecard file, and its JSON Schema."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationInfo, field_validator, model_validator

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]*$")]
ConditionName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Text = Annotated[str, StringConstraints(min_length=1)]
Times = Annotated[float, Field(ge=0)]
Expression = Annotated[str, StringConstraints(min_length=1, max_length=500)]
Feeling = Literal["negative", "neutral", "positive"]
State = Literal["in_trouble", "distressed", "unlucky"]
_T = TypeVar("_T")
Several = Annotated[tuple[_T, ...], Field(min_length=1)]
Language = Literal["en", "zh"]
Value = bool | int | float | str | list[str]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class WindowFile(_Strict):
    """Where in the call; all that is given must hold."""

    first_turns: int | None = Field(default=None, ge=1, description="The first so many turns of the party.")
    last_turns: int | None = Field(default=None, ge=1, description="The last so many turns of the party.")
    first_s: float | None = Field(
        default=None, gt=0, description="Begun within so many seconds of the agent's first word."
    )
    last_s: float | None = Field(
        default=None, gt=0, description="Ended within so many seconds of the last word of the call."
    )


KINDS = ("says", "words", "regex", "feels", "customer_is", "measure", "call", "in_order")


class ConditionFile(_Strict):
    """One question about the call. Exactly one of says, words, regex, feels, customer_is, measure, call, in_order."""

    model_config = ConfigDict(json_schema_extra={"oneOf": [{"required": [kind]} for kind in KINDS]})

    title: str = Field("", description="How people read it in reasons; described by itself without one.")
    says: Name | Several[Name] = Field((), description="A dialogue act, or several.")
    words: Several[Text] = Field((), description="Phrases, written as in the phrase files.")
    regex: Text = Field("", description="A regular expression over one turn, case ignored.")
    feels: Feeling | Several[Feeling] = Field((), description="How a turn of the customer sounds.")
    customer_is: State | Several[State] = Field((), description="What the call as a whole says of the customer.")
    measure: Literal[
        "longest_hold", "total_hold", "holds", "longest_silence", "overlap", "interruptions", "pace",
        "talk_percent", "monologue", "repeats", "questions_at_once", "back_channels", "duration",
    ] | None = Field(None, description="A figure, with at_least and at_most.")  # fmt: skip
    call: Literal["queue", "direction", "team", "disposition", "agent_id", "customer_id"] | None = Field(
        None, description="A field of the call's metadata, with `is`."
    )
    in_order: Several[ConditionName] = Field((), description="Conditions whose moments come one after the other.")
    values: Text | Several[Text] = Field((), alias="is", description="What the metadata may say.")
    needs: Literal["any", "all", "none"] | Annotated[int, Field(ge=1)] = Field(
        "any", description="How many different ones of says or words it takes: any, all, none, or a number."
    )
    unless: tuple[Text, ...] = Field((), description="Words (or expressions) in whose place it does not count.")
    by: Literal["agent", "customer", "anyone"] | None = Field(
        None, description="Whose words; the agent's unless said, for feels the customer's."
    )
    window: WindowFile = Field(WindowFile(), alias="in", description="Where in the call.")
    after: ConditionName = Field("", description="Only after a moment of this condition.")
    before: ConditionName = Field("", description="Only before the first moment of this condition.")
    within_s: float | None = Field(None, gt=0, description="At most so many seconds from that moment.")
    each: bool = Field(default=False, description="Every moment of after (or before) needs its own.")
    at_least: Times | None = Field(None, description="How often, or the least of the measure.")
    at_most: Times | None = Field(None, description="How often at most, or the most of the measure.")

    @property
    def kind(self) -> str:
        """The one question that is asked."""
        return next(kind for kind in KINDS if getattr(self, kind))

    @property
    def asked(self) -> tuple[str, ...]:
        """What is asked for, one or several."""
        value: str | tuple[str, ...] = getattr(self, self.kind)
        return (value,) if isinstance(value, str) else value

    @model_validator(mode="after")
    def _one_question(self) -> Self:
        kinds = [kind for kind in KINDS if getattr(self, kind)]
        if len(kinds) != 1:
            there = " and ".join(kinds) or "none of them"
            raise ValueError(f"a condition has exactly one of {', '.join(KINDS)}; this one has {there}")
        for fault in _faults(self):
            raise ValueError(fault)
        return self


def _faults(condition: ConditionFile) -> list[str]:
    """What does not go together."""
    kind = condition.kind
    spoken = kind in ("says", "words", "regex", "feels")
    low, high = condition.at_least, condition.at_most
    placed = bool(condition.after or condition.before)
    several = kind in ("says", "words") and len(condition.asked) > 1
    checks = {
        "measure needs at_least or at_most": kind == "measure" and low is None and high is None,
        "call needs `is`": kind == "call" and not condition.values,
        "`is` belongs to call": kind != "call" and bool(condition.values),
        "`unless` belongs to words and regex": kind not in ("words", "regex") and bool(condition.unless),
        "`needs` belongs to says and words with several things": condition.needs != "any" and not several,
        "`needs` asks for more than there are": isinstance(condition.needs, int)
        and condition.needs > len(condition.asked),
        "`needs` and at_least or at_most do not go together": condition.needs != "any"
        and (low is not None or high is not None),
        "after, before and in belong to what somebody says or feels": not spoken
        and (placed or condition.window != WindowFile()),
        "at_least and at_most do not belong to customer_is and call": kind in ("customer_is", "call")
        and (low is not None or high is not None),
        "at_most does not belong to in_order": kind == "in_order" and high is not None,
        "at_least is 1 or more, or at_most says how often": spoken and high is None and low is not None and low < 1,
        "`by` belongs to what somebody says, feels or does": kind in ("customer_is", "call", "in_order")
        and condition.by is not None,
        "feels is of the customer": kind == "feels" and condition.by == "agent",
        "each takes after or before, not both": condition.each and bool(condition.after and condition.before),
        "each does not go with `needs`, at_least or at_most": condition.each
        and (condition.needs != "any" or low is not None or high is not None),
        "within_s and each need after or before": (condition.within_s is not None or condition.each) and not placed,
        "at_least is above at_most": low is not None and high is not None and low > high,
        "in_order asks for more than there are": kind == "in_order" and (low or 0) > len(condition.asked),
    }
    return [message for message, wrong in checks.items() if wrong]


Conditions = Annotated[
    dict[ConditionName, ConditionFile], Field(json_schema_extra={"additionalProperties": False})  # no other names
]


class CriterionFile(_Strict):
    """One line of the scorecard."""

    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": [{"required": ["check"]}, {"required": ["pass_when"]}],
            "anyOf": [
                {"properties": {"weight": {"exclusiveMinimum": 0}}},
                {"required": ["bonus"]},
                {"required": ["coach_only"]},
                {"required": ["critical"]},
                {"required": ["auto_fail"]},
            ],
        }
    )

    name: Name = Field(description="Stable name, used in tables and exports.")
    title: str = Field(min_length=1, description="What people read.")
    check: Name | Literal[""] = Field("", description="The check that decides it; or use pass_when.")
    pass_when: Expression | None = Field(None, description="What earns it: an expression over conditions and acts.")
    only_when: Expression | None = Field(None, description="To which calls it applies; to others it is not applicable.")
    coach_when: Expression | None = Field(
        None, description="A tolerance: a fail where this holds is shown and not counted."
    )
    conditions: Conditions = Field(
        default_factory=dict, description="Conditions of this criterion, beside those of the scorecard."
    )
    weight: float = Field(ge=0, description="Points for a pass; 0 for a bonus item, or where only a fail matters.")
    standard: str = Field("", description="The written standard, as shown to agents.")
    critical: bool = Field(default=False, description="A fail caps the whole call at critical_cap.")
    auto_fail: bool = Field(default=False, description="A fail takes all points of the call.")
    bonus: float = Field(0, ge=0, description="Points on top for level 2; with weight 0 for a pass.")
    min_confidence: float = Field(0.5, ge=0, le=1, description="A finding less sure than this becomes unsure.")
    min_precision: float = Field(
        0.8, ge=0, le=1, description="Measured precision below which the criterion is shown and not counted."
    )
    coach_only: bool = Field(default=False, description="Shown to agents, never counted.")
    dimension: Literal["tangibles", "reliability", "responsiveness", "assurance", "empathy"] | None = Field(
        None, description="SERVQUAL dimension."
    )
    indicator: Literal["efficiency", "quality", "satisfaction", "improvement"] | None = Field(
        None, description="Class of figure in quality reports."
    )
    parameters: dict[str, Value] = Field(default_factory=dict, description="The check's parameters.")

    @model_validator(mode="after")
    def _one_decision(self) -> Self:
        if bool(self.check) == bool(self.pass_when):
            raise ValueError("a criterion has either a check or pass_when")
        if self.parameters and not self.check:
            raise ValueError("parameters belong to a check")
        if self.weight == 0 and self.bonus == 0 and not (self.coach_only or self.critical or self.auto_fail):
            raise ValueError("weight 0 needs a bonus (a bonus item), critical, auto_fail or coach_only")
        return self


class SectionFile(_Strict):
    """A named group of criteria."""

    name: Name
    title: str = Field(min_length=1)
    criteria: tuple[CriterionFile, ...] = Field(min_length=1)


class BandFile(_Strict):
    """A range of percent, up to the next band."""

    name: Name
    title: str = Field(min_length=1)
    at_least: float = Field(ge=0, le=100)


class ScorecardFile(_Strict):
    """A scorecard: `scorecards/<name>/scorecard.yaml`."""

    name: Name
    version: str = Field(min_length=1, description='In quotes: "1.0".')
    title: str = Field(min_length=1)
    language: Language
    critical_cap: float = Field(ge=0, le=100, description="The most percent with a failed critical criterion.")
    max_undecided: float = Field(
        0.25, ge=0, le=1, description="With a greater share of the weight undecided a call gets no percentage."
    )
    effective_from: date | None = Field(None, description="First day of the calls that it judges.")
    effective_to: date | None = Field(None, description="First day that it no longer judges.")
    conditions: Conditions = Field(default_factory=dict, description="Conditions that all criteria may use.")
    bands: tuple[BandFile, ...] = Field(min_length=1, description="From the best to the worst; the last starts at 0.")
    sections: tuple[SectionFile, ...] = Field(min_length=1)

    @field_validator("effective_to")
    @classmethod
    def _some_day(cls, last: date | None, others: ValidationInfo) -> date | None:
        first = others.data.get("effective_from")
        if last and first and last <= first:
            raise ValueError("effective_to must come after effective_from")
        return last


def json_schema() -> dict[str, object]:
    """The JSON Schema (2020-12) from which editors complete and check scorecard files."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **ScorecardFile.model_json_schema()}

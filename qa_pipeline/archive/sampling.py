"""Sampling plans: which calls are judged, with what probability each could have been chosen.

A plan is a YAML file in scorecards/sampling (or the site's own folder of that name):

    name: per_agent
    description: Twenty calls of every agent.
    take: {per_agent: 20}             # or: all   or: {share: 0.1, by: [team, queue], at_least: 5}
    seed: 1                           # another seed, another sample
    min_duration_s: 20                # shorter calls are not eligible
    always: {disposition: [complaint]}  # calls that are taken besides, whatever the quota says

Within a stratum (an agent, or the calls alike in all of `by`) the calls with the smallest hash of seed and content
are taken. This is a simple random sample without replacement: n of N calls are taken, each with probability n / N,
in whatever order they come, on every machine. Calls that arrive later change it as little as possible.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag

from qa_pipeline.domain import Recording

Trait = Literal["agent_id", "team", "queue", "language", "direction", "disposition", "customer_id", "agent_channel"]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PerAgent(_Strict):
    """The same number of calls of every agent; calls without an agent count as one agent's."""

    per_agent: int = Field(ge=1)


class Share(_Strict):
    """A share of each stratum, rounded up, and no fewer than `at_least` where there are as many."""

    share: float = Field(gt=0, le=1)
    by: tuple[Trait, ...] = ()
    at_least: int = Field(0, ge=0)


def _kind(take: object) -> str:
    if isinstance(take, PerAgent) or (isinstance(take, Mapping) and "per_agent" in take):
        return "per_agent"
    return "share" if isinstance(take, Share | Mapping) else "all"


Take = Annotated[
    Annotated[Literal["all"], Tag("all")] | Annotated[PerAgent, Tag("per_agent")] | Annotated[Share, Tag("share")],
    Discriminator(_kind),
]


class Plan(_Strict):
    """A sampling plan as its file has it."""

    name: str = Field(pattern=r"^[a-z0-9_-]+$")
    description: str = ""
    take: Take = "all"
    seed: int = 0
    min_duration_s: float = Field(0.0, ge=0)
    always: Mapping[Trait, tuple[str, ...]] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampled:
    """What the plan decided on one call.

    `probability` is that of being taken, None where the call was not eligible. `stratum` names the group it was
    drawn from; `code` and `reason` are the ledger's for calls that are not taken ("not_sampled", "too_short").
    """

    recording: Recording
    taken: bool
    probability: float | None
    stratum: str
    code: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortfall:
    """A stratum with fewer calls than the plan asks for, those that are always taken counted in."""

    stratum: str
    wanted: int
    had: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One decision for each recording, in the order given, and the strata that could not fill their quota."""

    calls: tuple[Sampled, ...]
    shortfalls: tuple[Shortfall, ...]


def draw(plan: Plan, recordings: Sequence[Recording]) -> Sample:
    """The plan's sample. The same plan and calls give the same sample, in whatever order the calls are given."""
    decided: dict[str, Sampled] = {}
    strata: dict[str, list[Recording]] = defaultdict(list)
    besides: Counter[str] = Counter()  # calls of a stratum that are always taken
    for recording in recordings:
        if recording.media.duration_ms < plan.min_duration_s * 1000:
            decided[recording.id] = _too_short(plan, recording)
        elif trigger := _trigger(plan, recording):
            decided[recording.id] = Sampled(recording=recording, taken=True, probability=1.0, stratum=trigger)
            besides[_stratum(plan, recording)] += 1
        else:
            strata[_stratum(plan, recording)].append(recording)
    shortfalls = []
    for stratum, calls in sorted(strata.items()):
        size, wanted = _quota(plan, len(calls))
        if (had := size + besides[stratum]) < wanted:
            shortfalls.append(Shortfall(stratum=stratum, wanted=wanted, had=had))
        for place, recording in enumerate(sorted(calls, key=lambda call: _draw_key(plan.seed, call))):
            decided[recording.id] = _drawn(recording, stratum, size, len(calls), taken=place < size)
    return Sample(calls=tuple(decided[recording.id] for recording in recordings), shortfalls=tuple(shortfalls))


def _quota(plan: Plan, calls: int) -> tuple[int, int]:
    """(how many are taken, how many the plan asks for) in a stratum of `calls`."""
    if isinstance(plan.take, PerAgent):
        wanted = plan.take.per_agent
    elif isinstance(plan.take, Share):
        # As the decimal fraction that was written: 0.07 of 100 is 7, in binary it would be a little more.
        wanted = max(plan.take.at_least, ceil(Fraction(str(plan.take.share)) * calls))
    else:
        wanted = calls
    return min(wanted, calls), wanted


def _draw_key(seed: int, recording: Recording) -> tuple[str, str]:
    return hashlib.sha256(f"{seed} {recording.sha256}".encode()).hexdigest(), recording.id


def _stratum(plan: Plan, recording: Recording) -> str:
    if isinstance(plan.take, PerAgent):
        return f"agent_id={recording.meta.agent_id}"
    traits = plan.take.by if isinstance(plan.take, Share) else ()
    return ", ".join(f"{trait}={getattr(recording.meta, trait)}" for trait in traits) or "all"


def _trigger(plan: Plan, recording: Recording) -> str:
    """The first trait for which the call is always taken, "" when there is none."""
    for trait, values in plan.always.items():
        text = str(getattr(recording.meta, trait))
        if text.casefold() in {value.casefold() for value in values}:
            return f"always: {trait}={text}"
    return ""


def _drawn(recording: Recording, stratum: str, size: int, calls: int, *, taken: bool) -> Sampled:
    return Sampled(
        recording=recording,
        taken=taken,
        probability=size / calls,
        stratum=stratum,
        code="" if taken else "not_sampled",
        reason="" if taken else f"The sampling plan took {size} of {calls} calls ({stratum}).",
    )


def _too_short(plan: Plan, recording: Recording) -> Sampled:
    lasts = recording.media.duration_ms / 1000
    return Sampled(
        recording=recording,
        taken=False,
        probability=None,
        stratum="",
        code="too_short",
        reason=f"It lasts {lasts:g} s; the sampling plan asks for at least {plan.min_duration_s:g} s.",
    )

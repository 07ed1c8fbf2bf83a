"""A call's facts as short pairs of name and value for the head of its page; what nobody measured is left out."""

from __future__ import annotations

from dataclasses import dataclass

from qa_pipeline.domain import CallFacts, ScoredCall, Taxonomy, call_facts
from qa_pipeline.reporting.html import share
from qa_pipeline.web.words import say

_CAUSES = 3  # more stand in the lanes


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A name and a value; `grave` stands out."""

    name: str
    value: str
    grave: bool = False


def facts(call: ScoredCall, taxonomy: Taxonomy, language: str) -> tuple[Fact, ...]:
    """What a reviewer wants to know before listening."""
    found = call_facts(call)
    made = [*_complaint(found, taxonomy, language), *_mood(found, language)]
    counted = (
        ("call_talk_share", share(found.talk_share) if found.talk_share is not None else None, False),
        ("call_pace", f"{found.agent_pace:.0f}" if found.agent_pace is not None else None, False),
        ("call_dead_air_fact", _seconds(found.dead_air_ms), False),
        ("call_hold_fact", _seconds(found.hold_ms), bool(found.unannounced_holds)),
        ("call_interruptions_fact", str(found.interruptions) if found.interruptions else None, False),
        ("call_repeats_fact", str(found.repeats) if found.repeats else None, False),
    )
    made += [Fact(name=say(language, key), value=value, grave=grave) for key, value, grave in counted if value]
    doubts = sorted({*call.recording.flags, *call.transcript.flags})
    if doubts:
        said = say(language, "call_comma").join(_doubt(flag, language) for flag in doubts)
        made.append(Fact(name=say(language, "call_doubts"), value=said))
    return tuple(made)


def _complaint(found: CallFacts, taxonomy: Taxonomy, language: str) -> list[Fact]:
    if found.undecided:
        perhaps = [
            say(language, "call_cause_hint", cause=taxonomy.title(one.label, language)) for one in found.hints[:1]
        ]
        value = say(language, "call_comma").join([say(language, "call_undecided"), *perhaps])
        return [Fact(name=say(language, "call_complaint"), value=value)]
    if found.is_complaint is None:
        return []
    causes = [taxonomy.title(cause, language) for cause in dict.fromkeys(one.label for one in found.causes)]
    value = say(language, "yes" if found.is_complaint else "no")
    if found.is_complaint and causes:
        value = say(language, "call_comma").join(causes[:_CAUSES]) + (" …" if len(causes) > _CAUSES else "")
    return [Fact(name=say(language, "call_complaint"), value=value, grave=found.is_complaint)]


def _mood(found: CallFacts, language: str) -> list[Fact]:
    if found.mood is None:
        return []
    value = f"{say(language, found.mood.start)} → {say(language, found.mood.end)}"
    return [Fact(name=say(language, "call_mood"), value=value, grave=found.mood.end == "negative")]


def _seconds(ms: int | None) -> str | None:
    return f"{ms / 1000:.0f} s" if ms else None


def _doubt(flag: str, language: str) -> str:
    """A flag of the recording in words; one that has none keeps its name."""
    try:
        return say(language, f"call_doubt_{flag}")
    except KeyError:
        return flag.replace("_", " ")

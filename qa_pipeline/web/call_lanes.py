"""The lanes under the waveform: what happened in a call, each at its place in time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from qa_pipeline.domain import Party, Signal, SignalKind, Span, Taxonomy, is_negative_tone, is_raised_voice, severity
from qa_pipeline.domain.span import merge
from qa_pipeline.reporting.html import clock
from qa_pipeline.store.desk.decisions import Comment
from qa_pipeline.web.words import say

WIDTH, HEIGHT = 1000, 30
_LEAST = 0.5  # percent of the width: narrower could not be hit
_QUIET_MS = 1500  # shorter pauses are not worth a jump
_TRANSLATED = {
    SignalKind.SILENCE: "call_silence",
    SignalKind.DEAD_AIR: "call_dead_air",
    SignalKind.HOLD: "call_hold",
    SignalKind.OVERLAP: "call_overlap",
    SignalKind.INTERRUPTION: "call_interruption",
    SignalKind.ESCALATION: "call_escalation",
    SignalKind.TONE: "call_tone_negative",
}
_WAYS = frozenset({"louder", "softer", "higher", "lower", "faster", "slower"})  # that there are words for
_STANDS_OUT = 2  # ways in which a voice differs: one alone is mostly chance
_MOMENTS = (SignalKind.TURNING_POINT, SignalKind.TONE)  # drawn where they begin, so that the mood's line stays in sight


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Something at a moment; `left` and `width` are percent of the call, `look` names its colour."""

    start_ms: int
    end_ms: int
    left: float
    width: float
    look: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """Marks of one matter. `path` are the points of a line over WIDTH by HEIGHT, "" where nothing has a height."""

    name: str
    marks: tuple[Mark, ...]
    path: str = ""


def lanes(
    signals: Sequence[Signal], comments: Iterable[Comment], duration_ms: int, taxonomy: Taxonomy, language: str
) -> tuple[Lane, ...]:
    """The lanes that hold something, from the customer's mood to people's remarks."""
    felt = [one for one in signals if one.kind is SignalKind.SENTIMENT and one.party is Party.CUSTOMER]

    def drawn(chosen: Iterable[Signal]) -> tuple[Mark, ...]:
        return tuple(_mark(one, duration_ms, taxonomy, language) for one in chosen)

    def marks(*kinds: SignalKind) -> tuple[Mark, ...]:
        return drawn(one for one in signals if one.kind in kinds)

    pauses = [one for one in signals if one.kind in (SignalKind.HOLD, SignalKind.DEAD_AIR)]
    rest = [
        one
        for one in signals
        if one.kind is SignalKind.SILENCE and not any(one.span.overlap_ms(other.span) for other in pauses)
    ]
    quiet = sorted((*pauses, *rest), key=lambda one: one.start_ms)
    remarks = tuple(
        _placed(one.at_ms, one.at_ms, duration_ms, "remark", one.text) for one in comments if one.at_ms is not None
    )
    tones = drawn(one for one in signals if is_negative_tone(one))
    voices = drawn(one for one in signals if one.kind is SignalKind.VOICE and len(_ways(one)) >= _STANDS_OUT)
    causes = (*marks(SignalKind.ESCALATION), *marks(SignalKind.CAUSE), *marks(SignalKind.CAUSE_HINT))
    made = (
        Lane(
            name="mood",
            marks=_together((*marks(SignalKind.TURNING_POINT), *tones), language),
            path=_path(felt, duration_ms),
        ),
        Lane(name="voice", marks=_together(voices, language)),
        Lane(name="pauses", marks=drawn(one for one in quiet if one.span.duration_ms > 0)),
        Lane(name="over", marks=marks(SignalKind.OVERLAP, SignalKind.INTERRUPTION)),
        Lane(name="causes", marks=_together(causes, language)),
        Lane(name="remarks", marks=remarks),
    )
    return tuple(lane for lane in made if lane.marks or lane.path)


def quiet(signals: Iterable[Signal]) -> tuple[Span, ...]:
    """Where nobody speaks: what a listener may leave out."""
    kinds = (SignalKind.SILENCE, SignalKind.HOLD, SignalKind.DEAD_AIR)
    found = merge(one.span for one in signals if one.kind in kinds)
    return tuple(span for span in found if span.duration_ms >= _QUIET_MS)


def _path(felt: Sequence[Signal], duration_ms: int) -> str:
    """The mood from -1 (bottom) to 1 (top): level over each turn of the customer, a slope to the next.

    >>> _path([Signal(kind=SignalKind.SENTIMENT, start_ms=0, end_ms=500, value=1.0)], 1000)
    '0.0,2.0 500.0,2.0'
    """
    usable = HEIGHT - 4
    return " ".join(
        f"{at_ms / max(1, duration_ms) * WIDTH:.1f},{2 + usable * (1 - (one.value or 0.0)) / 2:.1f}"
        for one in felt
        for at_ms in (one.start_ms, one.end_ms)
    )


def _mark(signal: Signal, duration_ms: int, taxonomy: Taxonomy, language: str) -> Mark:
    seconds = f"{signal.span.duration_ms / 1000:.0f}"
    match signal.kind:
        case SignalKind.CAUSE:
            words = _cause(signal, taxonomy, language)
        case SignalKind.CAUSE_HINT:
            words = say(language, "call_cause_hint", cause=taxonomy.title(signal.label, language))
        case SignalKind.TURNING_POINT:
            words = say(language, f"call_turn_{'worse' if signal.label == 'worse' else 'better'}")
        case SignalKind.VOICE:
            words = _voice(signal, language)
        case SignalKind.HOLD if signal.label == "music":
            words = say(language, "call_hold_music", s=seconds)
        case kind:
            who = say(language, signal.party.value)
            words = say(language, _TRANSLATED[kind], s=seconds, who=who)
    end_ms = signal.start_ms if signal.kind in _MOMENTS else signal.end_ms
    return _placed(signal.start_ms, end_ms, duration_ms, _look(signal), words)


def _look(signal: Signal) -> str:
    if signal.kind is SignalKind.TURNING_POINT:
        return f"{signal.kind.value} {signal.label}"
    return f"{signal.kind.value} raised" if is_raised_voice(signal) else signal.kind.value


def _ways(signal: Signal) -> list[str]:
    """How a voice differs; a plug-in's words of its own are left out."""
    return [way for way in signal.label.split() if way in _WAYS]


def _voice(signal: Signal, language: str) -> str:
    """Who sounds unlike their usual, and how."""
    ways = [say(language, f"call_voice_{way}") for way in _ways(signal)]
    who = say(language, signal.party.value)
    return say(language, "call_voice", who=who, how=say(language, "call_comma").join(ways))


def _cause(signal: Signal, taxonomy: Taxonomy, language: str) -> str:
    """A cause, and its severity where that is more than a plain complaint's."""
    title, grade = taxonomy.title(signal.label, language), severity([signal]) or 1
    return say(language, "call_cause_grave", cause=title, severity=grade) if grade > 1 else title


def _together(marks: Sequence[Mark], language: str) -> tuple[Mark, ...]:
    """The marks of one moment as one, so that none lies under another; the first given has the look."""
    at: dict[int, Mark] = {}
    for mark in sorted(marks, key=lambda one: one.start_ms):
        known = at.get(mark.start_ms)
        more = mark.words.partition(" ")[2]
        at[mark.start_ms] = replace(known, words=f"{known.words}{say(language, 'call_comma')}{more}") if known else mark
    return tuple(at.values())


def _placed(start_ms: int, end_ms: int, duration_ms: int, look: str, words: str) -> Mark:
    whole = max(1, duration_ms)
    return Mark(
        start_ms=start_ms,
        end_ms=end_ms,
        left=min(100 - _LEAST, 100 * start_ms / whole),
        width=max(_LEAST, 100 * (end_ms - start_ms) / whole),
        look=look,
        words=f"{clock(start_ms)} {words}",
    )

"""Figures of a call that a condition may bound: waits, silences, speech, turns. Seconds unless said otherwise."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from qa_pipeline.domain import CallView, Party, Signal, SignalKind, Turn, greeting_of
from qa_pipeline.text.questions import questions
from qa_pipeline.text.turns import back_channels, stretches


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A figure with the moments that make it. `value` is None where this call gives none."""

    value: float | None
    hits: tuple[Signal, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """How to take one figure.

    `needs` must have been measured; `of_party`: the condition's `by` matters; `of_words`: it rests on what was
    recognised, not on sound; `of_moments`: it has a place in the call.
    """

    read: Callable[[CallView, Party], Reading]
    about: str
    about_zh: str
    needs: frozenset[SignalKind] = frozenset()
    of_party: bool = False
    of_words: bool = False
    of_moments: bool = True


def _longest(kind: SignalKind) -> Callable[[CallView, Party], Reading]:
    def read(view: CallView, party: Party) -> Reading:  # noqa: ARG001 - not of one party
        found = view.of(kind)
        worst = max(found, key=lambda one: one.span.duration_ms, default=None)
        return Reading(value=worst.span.duration_ms / 1000 if worst else 0.0, hits=(worst,) if worst else ())

    return read


def _total(kind: SignalKind) -> Callable[[CallView, Party], Reading]:
    def read(view: CallView, party: Party) -> Reading:  # noqa: ARG001 - not of one party
        found = view.of(kind)
        return Reading(value=sum(one.span.duration_ms for one in found) / 1000, hits=found)

    return read


def _count(kind: SignalKind, *, party: bool) -> Callable[[CallView, Party], Reading]:
    def read(view: CallView, by: Party) -> Reading:
        found = view.of(kind, party=by if party else None)
        return Reading(value=float(len(found)), hits=found)

    return read


def _value(kind: SignalKind, *, party: bool, times: float = 1.0) -> Callable[[CallView, Party], Reading]:
    def read(view: CallView, by: Party) -> Reading:
        found = [one for one in view.of(kind, party=by if party else None) if one.value is not None]
        return Reading(value=(found[0].value or 0.0) * times if found else None, hits=tuple(found[:1]))

    return read


def _monologue(view: CallView, by: Party) -> Reading:
    """The longest stretch of one party that the other only back-channels."""
    turns = view.transcript.turns
    moments = [
        Signal(
            kind=SignalKind.SPEECH,
            party=by,
            start_ms=turns[run[0]].start_ms,
            end_ms=max(turns[index].end_ms for index in run),
        )
        for run in stretches(turns, by, view.language)
    ]
    longest = max(moments, key=lambda one: one.span.duration_ms, default=None)
    return Reading(value=longest.span.duration_ms / 1000 if longest else 0.0, hits=(longest,) if longest else ())


def _questions(view: CallView, by: Party) -> Reading:
    """The most questions in one turn."""
    counts = [(sum(1 for _ in questions(turn.text, view.language)), turn) for turn in view.turns(by)]
    most, turn = max(counts, key=lambda one: one[0], default=(0, None))
    return Reading(value=float(most), hits=_of_turns([turn] if turn and most else []))


def _back_channels(view: CallView, by: Party) -> Reading:
    found = [turn for turn in view.turns(by) if back_channels(turn, view.language)]
    return Reading(value=float(len(found)), hits=_of_turns(found))


def _time_to_greeting(view: CallView, party: Party) -> Reading:  # noqa: ARG001 - the agent's
    greeting = greeting_of(view.transcript.turns, view.signals)
    first = next(iter(view.turns(Party.AGENT)), None)
    if greeting is None or first is None:
        return Reading(value=None)
    return Reading(value=max(0, greeting.start_ms - first.start_ms) / 1000, hits=(greeting,))


def _duration(view: CallView, party: Party) -> Reading:  # noqa: ARG001 - not of one party
    return Reading(value=view.media.duration_ms / 1000)


def _of_turns(turns: Sequence[Turn]) -> tuple[Signal, ...]:
    return tuple(
        Signal(kind=SignalKind.SPEECH, party=turn.party, start_ms=turn.start_ms, end_ms=turn.end_ms) for turn in turns
    )


_K = SignalKind
MEASURES: dict[str, Measure] = {
    "longest_hold": Measure(
        read=_longest(_K.HOLD), needs=frozenset({_K.HOLD}), about="longest hold, seconds", about_zh="最长等待（秒）"
    ),
    "total_hold": Measure(
        read=_total(_K.HOLD), needs=frozenset({_K.HOLD}), about="all holds, seconds", about_zh="等待总时长（秒）"
    ),
    "holds": Measure(
        read=_count(_K.HOLD, party=False), needs=frozenset({_K.HOLD}), about="number of holds", about_zh="等待次数"
    ),
    "longest_silence": Measure(
        read=_longest(_K.DEAD_AIR),
        needs=frozenset({_K.DEAD_AIR}),
        about="longest silence outside a hold, seconds (under 5 counts as 0)",
        about_zh="等待以外最长的冷场（秒，不足5秒算0）",
    ),
    "overlap": Measure(
        read=_total(_K.OVERLAP),
        needs=frozenset({_K.OVERLAP}),
        about="both speak at once, seconds in all",
        about_zh="双方同时说话（秒）",
    ),
    "overlaps_started": Measure(
        read=_count(_K.OVERLAP, party=True),
        needs=frozenset({_K.OVERLAP}),
        about="times that this party begins to speak while the other speaks",
        about_zh="在对方说话时开口的次数",
        of_party=True,
    ),
    "interruptions": Measure(
        read=_count(_K.INTERRUPTION, party=True),
        needs=frozenset({_K.INTERRUPTION}),
        about="times that this party cuts in",
        about_zh="打断对方的次数",
        of_party=True,
    ),
    "pace": Measure(
        read=_value(_K.PACE, party=True),
        needs=frozenset({_K.PACE}),
        about="words (Chinese: characters) a minute of own speaking time",
        about_zh="语速（每分钟字数）",
        of_party=True,
        of_moments=False,
    ),
    "talk_percent": Measure(
        read=_value(_K.TALK_SHARE, party=False, times=100),
        needs=frozenset({_K.TALK_SHARE}),
        about="the agent's share of speaking time, percent",
        about_zh="坐席说话时长占比（%）",
        of_moments=False,
    ),
    "monologue": Measure(
        read=_monologue,
        about="longest stretch without a word of the other, seconds",
        about_zh="最长独白（秒）",
        of_party=True,
    ),
    "repeats": Measure(
        read=_count(_K.REPEAT, party=False),
        needs=frozenset({_K.REPEAT}),
        about="times that the customer says the same again",
        about_zh="客户重复说同一件事的次数",
    ),
    "questions": Measure(
        read=_count(_K.QUESTION, party=True),
        needs=frozenset({_K.QUESTION}),
        about="questions asked",
        about_zh="提问次数",
        of_party=True,
        of_words=True,
    ),
    "time_to_greeting": Measure(
        read=_time_to_greeting,
        needs=frozenset({_K.ACT}),
        about="from the agent's first word to the greeting, seconds",
        about_zh="从坐席开口到问候语（秒）",
        of_words=True,
    ),
    "questions_at_once": Measure(
        read=_questions,
        about="most questions in one turn",
        about_zh="一句话里连问的问题数",
        of_party=True,
        of_words=True,
    ),
    "back_channels": Measure(
        read=_back_channels,
        about="turns of a word or two that show listening",
        about_zh="表示在听的短回应次数",
        of_party=True,
        of_words=True,
    ),
    "duration": Measure(
        read=_duration, about="length of the call, seconds", about_zh="通话时长（秒）", of_moments=False
    ),
}

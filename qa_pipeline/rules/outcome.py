"""The ways in which a check can answer, and the sentence that goes with each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from qa_pipeline.domain import CallView, Evidence, Finding, Party, Signal, SignalKind, Span, Turn, Verdict
from qa_pipeline.text.locate import moment
from qa_pipeline.text.sentences import sentences

CLEAR_WORDS = 0.5  # mean word probability below which nobody can say that something was not said
LONG_SENTENCE = 160  # characters from which on a quote stays with the words found


def say(view: CallView, *, en: str, zh: str) -> str:
    """The sentence in the call's language."""
    return zh if view.language == "zh" else en


def passed(
    view: CallView, why: str, signals: Sequence[Signal] = (), *, level: int | None = None, confidence: float = 0.9
) -> Finding:
    """A pass that rests on these signals, as sure as the weakest; without any (nothing bad was found) as said."""
    return Finding(
        verdict=Verdict.PASS,
        confidence=min((signal.confidence for signal in signals), default=confidence),
        why=why,
        evidence=evidence(view, signals),
        level=level,
    )


def failed(view: CallView, why: str, signals: Sequence[Signal], *, confidence: float | None = None) -> Finding:
    """A fail for something that did happen, as sure as the weakest signal unless `confidence` says otherwise."""
    sure = min((signal.confidence for signal in signals), default=0.9)
    return Finding(
        verdict=Verdict.FAIL,
        confidence=sure if confidence is None else confidence,
        why=why,
        evidence=evidence(view, signals),
    )


def not_applicable(why: str, *, confidence: float = 0.9) -> Finding:
    """The criterion has no place in this call."""
    return Finding(verdict=Verdict.NOT_APPLICABLE, confidence=confidence, why=why)


def unsure(view: CallView, why: str, signals: Sequence[Signal] = (), *, confidence: float = 0.3) -> Finding:
    """Nobody can tell from what is there; a person must listen."""
    return Finding(verdict=Verdict.UNSURE, confidence=confidence, why=why, evidence=evidence(view, signals))


def missing(
    view: CallView, why: str, turns: Sequence[Turn], near: Sequence[Signal] = (), *, confidence: float = 0.9
) -> Finding:
    """A fail for something that was not said in these turns, or UNSURE where their words cannot be trusted.

    The finding names the window searched and the nearest misses.
    """
    if SignalKind.ACT not in view.measured:
        return not_measured(view)
    clear_share = clarity(turns)
    searched = (
        Span(start_ms=min(turn.start_ms for turn in turns), end_ms=max(turn.end_ms for turn in turns))
        if turns
        else Span(start_ms=0, end_ms=view.media.duration_ms)
    )
    if not clear(turns):
        return Finding(
            verdict=Verdict.UNSURE,
            confidence=round(min(clear_share, 0.45), 3),
            why=say(
                view,
                en=f"The words in this part are too unclear to say that it was missing ({clear_share:.0%} clear).",
                zh=f"这一段话识别不清（清晰度 {clear_share:.0%}），不能断定没有说。",
            ),
            near_misses=evidence(view, near),
            searched=searched,
            clarity=round(clear_share, 3),
        )
    return Finding(
        verdict=Verdict.FAIL,
        confidence=round(min(confidence, 0.5 + clear_share / 2), 3),
        why=why,
        near_misses=evidence(view, near),
        searched=searched,
        clarity=round(clear_share, 3),
    )


def clarity(turns: Sequence[Turn]) -> float:
    """The mean word probability of these turns; 0 without a word."""
    words = [word.probability for turn in turns for word in turn.words]
    return sum(words) / len(words) if words else 0.0


def clear(turns: Sequence[Turn]) -> bool:
    """Whether the words of these turns can be trusted enough to say that something was not said."""
    return clarity(turns) >= CLEAR_WORDS and not any(turn.flags for turn in turns)


def nobody_known(view: CallView, signals: Sequence[Signal] = ()) -> Finding:
    """UNSURE, because the recording does not tell the agent from the customer."""
    why = say(
        view,
        en="This recording does not tell the agent from the customer, so a person must listen.",
        zh="录音分不清坐席与客户，请人工复核。",
    )
    return unsure(view, why, signals)


def not_measured(view: CallView) -> Finding:
    """UNSURE, because what the criterion rests on was not measured in this call."""
    why = say(
        view,
        en="What this criterion needs was not measured in this call, so a person must listen.",
        zh="这通电话没有测量这项标准所需的数据，请人工复核。",
    )
    return unsure(view, why)


def evidence(view: CallView, signals: Iterable[Signal]) -> tuple[Evidence, ...]:
    """The moments that signals point at, in order: one for each turn, with the whole sentences around the words."""
    found: set[Evidence] = set()
    by_turn: dict[int, list[Signal]] = {}
    for signal in signals:
        if signal.turn is not None and signal.quote:
            by_turn.setdefault(signal.turn, []).append(signal)
        else:
            found.add(Evidence(party=signal.party, start_ms=signal.start_ms, end_ms=signal.end_ms, quote=signal.quote))
    for index, said in by_turn.items():
        turn = view.transcript.turns[index]
        start, end = _sentences_around(view, turn, said)
        what = moment(turn, start, end)
        found.add(Evidence(party=turn.party, start_ms=what.start_ms, end_ms=what.end_ms, quote=what.quote.strip()))
    return tuple(sorted(found, key=lambda one: (one.start_ms, one.end_ms, one.quote)))


def opening(view: CallView, *, turns: int, within_ms: float) -> tuple[Turn, ...]:
    """The agent's first turns: at most `turns`, begun within `within_ms` of the agent's first word."""
    said = view.turns(Party.AGENT)
    return tuple(turn for turn in said[:turns] if turn.start_ms - said[0].start_ms <= within_ms)


def closing(view: CallView, *, turns: int) -> tuple[Turn, ...]:
    """The agent's last `turns` turns."""
    return view.turns(Party.AGENT)[-turns:]


def within(signals: Iterable[Signal], turns: Sequence[Turn]) -> tuple[Signal, ...]:
    """The signals that lie in these turns."""
    return tuple(
        signal
        for signal in signals
        if any(
            turn.party is signal.party and turn.start_ms <= signal.start_ms and signal.end_ms <= turn.end_ms
            for turn in turns
        )
    )


def surest(signals: Iterable[Signal]) -> list[Signal]:
    """The surest first; equally sure ones as they come."""
    return sorted(signals, key=lambda signal: -signal.confidence)


def _sentences_around(view: CallView, turn: Turn, said: Sequence[Signal]) -> tuple[int, int]:
    """From the first to the last of the words found, widened to their sentences where these are not long."""
    places = [(turn.text.find(signal.quote), len(signal.quote)) for signal in said]
    start = min((at for at, _ in places if at >= 0), default=0)
    end = max((at + length for at, length in places if at >= 0), default=len(turn.text))
    for begin, stop in sentences(turn.text, view.language):
        if stop - begin <= LONG_SENTENCE and begin < end and stop > start:
            start, end = min(start, begin), max(end, stop)
    return start, end

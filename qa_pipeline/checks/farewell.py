"""At the end the agent thanks and says goodbye or wishes something good.

Not applicable when the call was cut off. The same words do not count after the customer was insulted.
"""

from __future__ import annotations

from qa_pipeline.domain import CallView, Finding, Party, Signal, SignalKind, Turn
from qa_pipeline.rules.outcome import (
    closing,
    failed,
    missing,
    nobody_known,
    not_applicable,
    passed,
    say,
    surest,
    within,
)
from qa_pipeline.text.turns import word_count

INSULTS = ("banned_words", "blame")
SHORT = {"en": 7, "zh": 12}  # words (characters) of a turn whose thanks close the call: "Thank you so much."


def check(view: CallView, *, last_turns: int = 3, insult_turns: int = 5) -> Finding:
    """Looks in the agent's last `last_turns` turns; an insult in the last `insult_turns` spoils it."""
    if not view.parties_known:
        return nobody_known(view, view.acts("farewell", party=Party.UNKNOWN)[-1:])
    turns = closing(view, turns=last_turns)
    wishes = within(view.acts("farewell"), turns)
    thanks = _thanks(view, turns, wishes)
    if thanks and wishes:
        insults = within(view.acts(*INSULTS), closing(view, turns=insult_turns))
        if insults:
            why = say(
                view,
                en="Polite closing words do not make up for the insult before them.",
                zh="刚说过伤人的话，结束语再客气也不算。",
            )
            return failed(view, why, insults)
        why = say(view, en="Thanked and said goodbye.", zh="结束时致谢并道别。")
        return passed(view, why, (surest(reversed(thanks))[0], surest(reversed(wishes))[0]))
    if not wishes and _cut_off(view):
        return not_applicable(say(view, en="The line dropped before the end.", zh="通话中途断线。"), confidence=0.75)
    if wishes:
        why = say(view, en="Said goodbye but did not thank the customer.", zh="道了别，但没有向客户致谢。")
    elif thanks:
        why = say(view, en="Thanked but did not say goodbye.", zh="致了谢，但没有道别或祝福。")
    else:
        why = say(view, en="Ended the call without thanks or goodbye.", zh="结束时既没有致谢，也没有道别。")
    return missing(view, why, turns, (*thanks, *wishes))


def _thanks(view: CallView, turns: tuple[Turn, ...], wishes: tuple[Signal, ...]) -> tuple[Signal, ...]:
    """Thanks that close the call: for the call as a whole, or next to the goodbye; not those for a wait."""
    waits = view.acts("hold_thanks")
    whole = within(view.acts("closing_thanks"), turns)
    beside = {signal.turn for signal in wishes}
    short = SHORT.get(view.language, SHORT["en"])
    brief = tuple(turn for turn in turns[-2:] if word_count(turn, view.language) <= short)
    bare = [
        signal
        for signal in within(view.acts("thanks"), turns)
        if (signal.turn in beside or within((signal,), brief))
        and not any(signal.span.overlap_ms(wait.span) for wait in waits)
    ]
    return tuple(sorted({*whole, *bare}, key=lambda signal: signal.start_ms))


def _cut_off(view: CallView) -> bool:
    """Whether somebody notices in the last two turns that the line has gone."""
    last = view.transcript.turns[-2:]
    return bool(within(view.of(SignalKind.ACT, "line_dropped"), last)) and not view.acts(
        "farewell", party=Party.CUSTOMER
    )

"""How fast and how much each party speaks."""

from __future__ import annotations

from qa_pipeline.domain import CallView, Party, Signal, SignalKind, fingerprint
from qa_pipeline.domain.span import merge
from qa_pipeline.text.normalise import tokens

MIN_SPEECH_MS = 15_000
PAUSE_MS = 300  # shorter breaks are part of speaking


class Pace:
    """Emits PACE for each party with 15 s of speech (words a minute, for Chinese characters), and TALK_SHARE."""

    name = "pace"
    measures = (SignalKind.PACE, SignalKind.TALK_SHARE)
    needs_parties = True
    needs = frozenset({SignalKind.SPEECH})
    fingerprint = fingerprint("pace 3", MIN_SPEECH_MS, PAUSE_MS)

    def __call__(self, view: CallView) -> tuple[Signal, ...]:
        end_ms = view.media.duration_ms
        spoken = {
            party: sum(
                span.duration_ms
                for span in merge((one.span for one in view.of(SignalKind.SPEECH, party=party)), gap_ms=PAUSE_MS)
            )
            for party in (Party.AGENT, Party.CUSTOMER)
        }
        signals = [
            Signal(
                kind=SignalKind.PACE,
                party=party,
                start_ms=0,
                end_ms=end_ms,
                value=round(_count(view, party) * 60_000 / spoken[party], 1),
            )
            for party in spoken
            if spoken[party] >= MIN_SPEECH_MS
        ]
        total = sum(spoken.values())
        if total:
            share = round(spoken[Party.AGENT] / total, 4)
            signals.append(
                Signal(kind=SignalKind.TALK_SHARE, party=Party.AGENT, start_ms=0, end_ms=end_ms, value=share)
            )
        return tuple(signals)


def _count(view: CallView, party: Party) -> int:
    """Words, or Chinese characters, as they were said; short forms, such as "I'm", are one."""
    places = {
        (index, token.start, token.end, spoken_words(token.text, view.language))
        for index, turn in enumerate(view.turns(party))
        for token in tokens(turn.text)
    }
    return sum(size for *_, size in places)


def spoken_words(text: str, language: str) -> int:
    """About how many words (characters) are said for a word that may be a figure: recognition writes digits.

    Chinese figures are said digit by digit. In English up to twenty and the tens are one word, all other figures about
    as many as they have digits: "four one seven", "a hundred and five", "nineteen eighty two".

    >>> [spoken_words(text, "en") for text in ("bill", "12", "40", "38", "417", "1982")]
    [1, 1, 1, 2, 3, 4]
    """
    if not text.isdecimal():
        return 1
    if language != "zh" and len(text) <= 2 and (int(text) <= 20 or int(text) % 10 == 0):
        return 1
    return len(text)

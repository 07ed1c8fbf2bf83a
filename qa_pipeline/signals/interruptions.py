"""Who cuts whom off: one party starts, and goes on, while the other is still in the middle."""

from __future__ import annotations

from collections.abc import Sequence

from qa_pipeline.domain import CallView, Party, Signal, SignalKind, Span, Turn, fingerprint
from qa_pipeline.domain.span import merge
from qa_pipeline.text.normalise import tokens

MIN_OVERLAP_MS = 500
MIN_GOING_ON_MS = 1_000  # the one who cuts in speaks at least this long
MIDDLE_MS = 700  # the other had spoken at least this long before, and not just begun
JOIN_MS = 600  # a breath inside somebody's sentence
BACK_CHANNELS = frozenset(
    "mm hm mhm mmhm uh huh uhhuh yeah yep yes yup okay ok right sure oh i see really no alright got it of course great"
    " thanks thank you".split()
) | frozenset("嗯哦噢好的对是行啊呃唉嘛呀了没错明白知道谢您你")
MAX_BACK_CHANNEL = 4  # words; Chinese characters count half


class Interruptions:
    """Emits INTERRUPTION with the party that cut in. Needs a channel for each party.

    Whether a flagged turn is more than a back-channel nobody can tell: such an interruption has little confidence.
    """

    name = "interruptions"
    measures = (SignalKind.INTERRUPTION,)
    needs_parties = True
    needs = frozenset({SignalKind.SPEECH})
    fingerprint = fingerprint(
        "interruptions 2", MIN_OVERLAP_MS, MIN_GOING_ON_MS, MIDDLE_MS, JOIN_MS, BACK_CHANNELS, MAX_BACK_CHANNEL
    )

    def __call__(self, view: CallView) -> tuple[Signal, ...]:
        speech = {
            party: merge((signal.span for signal in view.of(SignalKind.SPEECH, party=party)), gap_ms=JOIN_MS)
            for party in (Party.AGENT, Party.CUSTOMER)
        }
        pairs = ((Party.AGENT, Party.CUSTOMER), (Party.CUSTOMER, Party.AGENT))
        return tuple(signal for party, other in pairs for signal in _cuts(view, party, speech[party], speech[other]))


def _cuts(view: CallView, party: Party, own: Sequence[Span], others: Sequence[Span]) -> list[Signal]:
    found = []
    for span in own:
        for running in others:
            cut_in = running.start_ms + MIDDLE_MS <= span.start_ms
            overlap = span.overlap_ms(running)
            if not cut_in or overlap < MIN_OVERLAP_MS or span.duration_ms < MIN_GOING_ON_MS:
                continue
            turn = _turn_at(view, party, span)
            if turn is None or (_back_channel(turn[1]) and not turn[1].flags):
                continue
            found.append(
                Signal(
                    kind=SignalKind.INTERRUPTION,
                    party=party,
                    start_ms=span.start_ms,
                    end_ms=min(span.end_ms, running.end_ms),
                    value=float(overlap),
                    turn=turn[0],
                    quote=turn[1].text,
                    confidence=0.3 if turn[1].flags else 0.9 if overlap >= MIN_OVERLAP_MS + 200 else 0.6,
                )
            )
    return found


def _turn_at(view: CallView, party: Party, span: Span) -> tuple[int, Turn] | None:
    """The party's turn that shares most time with the span."""
    own = [(index, turn) for index, turn in enumerate(view.transcript.turns) if turn.party is party]
    best = max(own, key=lambda one: one[1].span.overlap_ms(span), default=None)
    return best if best and best[1].span.overlap_ms(span) else None


def _back_channel(turn: Turn) -> bool:
    said = [token.text.lower() for token in tokens(turn.text)]
    length = sum(0.5 if "一" <= word[0] <= "鿿" else 1 for word in said)
    return length <= MAX_BACK_CHANNEL and all(word in BACK_CHANNELS for word in said)

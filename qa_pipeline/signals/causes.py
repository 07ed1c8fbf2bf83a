"""Whether the customer complains, of what, how badly, and after which words of the agent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from qa_pipeline.contracts import Tagger
from qa_pipeline.domain import CallView, Party, Signal, SignalKind, Turn, fingerprint
from qa_pipeline.domain.taxonomy import OTHER
from qa_pipeline.signals.sentiment import agent_turn_before
from qa_pipeline.text.normalise import tokens
from qa_pipeline.text.own_causes import OwnCauses
from qa_pipeline.text.pieces import chances_in_pieces, pieces

COMPLAINT = "complaint"  # the tagger's label beside the causes
MIN_WORDS = 4  # "no", "that's all": too little to complain in
SURE = 0.55  # from here on a turn complains; the call does only if sentiment agrees
UNSURE = 0.45  # from here on nobody can tell
TELLING = 0.1  # in a call that is a complaint: from here on a turn may tell of what
SURE_CAUSE = 0.4  # of a cause, on the mean of its turn's chance and that of all the telling turns read as one
TOGETHER = 6  # telling turns that are read as one: more are longer than the network reads
MOST = 0.75  # share of the customer's words that must be trusted before "no complaint" can be said
ENQUIRY_TURNS = 2  # turns without a complaint that make a call an enquiry to begin with
CALLED_BEFORE = "called_before"  # customer phrases: "I already called about this"
THREAT = "threat"  # customer phrases: leaving, an ombudsman, a lawyer, the press
STRONG = 0.8  # negative sentiment as strong as this makes a complaint worse


class Causes:
    """Emits one COMPLAINT for the call (label true, false or unsure) and, where it is true, its CAUSEs by turn.

    Two models must agree on a turn: one that seems to complain and in which sentiment hears nothing negative (a fact,
    a question, praise) makes the call "unsure" at most. Of what such a call complains, all turns tell that may be part
    of it, those that report calmly too: each by itself and all of them read as one, because what one turn leaves open
    the next often says.

    A turn on which they agree and in which no cause is sure gets a CAUSE_HINT: what it would have been; so does the
    turn for which a call is left unsure. ESCALATION is the agent's turn just before an enquiry became a complaint. The
    value of a CAUSE is its severity: 1 a plain complaint, 2 said with strong feeling or not for the first time, 3 with
    a threat to leave, complain elsewhere or go to law. Flagged turns are left out; where they hold over a quarter of
    what the customer said, "false" becomes "unsure".
    """

    name = "causes"
    measures = (SignalKind.COMPLAINT, SignalKind.CAUSE, SignalKind.CAUSE_HINT, SignalKind.ESCALATION)
    needs_parties = True
    needs = frozenset[SignalKind]()

    def __init__(self, tagger: Tagger, own: OwnCauses | None = None) -> None:
        """`own` are the causes that the site has added."""
        self._tagger = tagger
        self._own = own
        self._complaint = tagger.labels.index(COMPLAINT)
        self.fingerprint = fingerprint(
            *("causes 13", tagger.fingerprint, own.fingerprint if own else ""),
            *(MIN_WORDS, SURE, UNSURE, TELLING, SURE_CAUSE, TOGETHER, MOST, STRONG),
        )

    def __call__(self, view: CallView) -> tuple[Signal, ...]:
        said = list(self._said(view))
        calm = {one.turn for one in view.of(SignalKind.SENTIMENT, "neutral", "positive", party=Party.CUSTOMER)}
        agreed = [one for one in said if one.complains >= SURE and one.index not in calm]
        highest = max((one.complains for one in agreed or said), default=0.0)
        call = _call(highest, view.media.duration_ms, heard=_trusted(view), agreed=bool(agreed))
        if call.label != "true":
            return (call, *self._perhaps(view, said, call.label))
        causes = [
            signal
            for one in self._together([one for one in said if one.complains >= TELLING])
            for signal in self._causes(view, one, hint=one.complains >= SURE and one.index not in calm)
        ]
        return (call, *_without_other(causes), *_escalation(view, said, agreed[0]))

    def _said(self, view: CallView) -> Iterator[_Said]:
        """What the customer says, with the surest piece of each turn for each label."""
        turns = [
            (index, turn)
            for index, turn in enumerate(view.transcript.turns)
            if turn.party is Party.CUSTOMER and not turn.flags and len(tokens(turn.text)) >= MIN_WORDS
        ]
        rows = chances_in_pieces([turn for _, turn in turns], view.language, self._tagger)
        for (index, turn), chances in zip(turns, rows, strict=True):
            yield _Said(index, turn, chances.max(axis=0), float(chances[:, self._complaint].max()))

    def _together(self, telling: Sequence[_Said]) -> Iterator[_Said]:
        """The turns with the mean of their own chances and those of all of them, read as one."""
        for start in range(0, len(telling), TOGETHER):
            group = telling[start : start + TOGETHER]
            whole = self._tagger.chances([" ".join(one.turn.text for one in group)])[0]
            yield from (replace(one, chances=(one.chances + whole) / 2) for one in group)

    def _perhaps(self, view: CallView, said: Sequence[_Said], label: str) -> Iterator[Signal]:
        """What the call would be complaining of, where nobody can tell whether it is a complaint."""
        doubtful = [one for one in said if one.complains >= UNSURE]
        if label == "unsure" and doubtful:
            yield self._hint(view, max(doubtful, key=lambda one: one.complains))

    def _hint(self, view: CallView, said: _Said) -> Signal:
        """The likeliest cause of a turn, which nothing counts."""
        chance, name = max(
            (float(chance), name)
            for name, chance in zip(self._tagger.labels, said.chances, strict=True)
            if name != COMPLAINT
        )
        return _signal(said, SignalKind.CAUSE_HINT, name, chance, float(_severity(view, said)))

    def _causes(self, view: CallView, said: _Said, *, hint: bool) -> Iterator[Signal]:
        """The causes of a telling turn, the site's own among them, or the likeliest as a hint where asked for."""
        severity = float(_severity(view, said))
        sure = {
            name: float(chance)
            for name, chance, claim in zip(self._tagger.labels, said.chances, self._tagger.claims, strict=True)
            if name != COMPLAINT and chance >= max(claim, SURE_CAUSE)
        } | self._own_causes(said.turn, view.language)
        for name, chance in sorted(sure.items()):
            yield _signal(said, SignalKind.CAUSE, name, chance, severity)
        if hint and not sure:
            yield self._hint(view, said)

    def _own_causes(self, turn: Turn, language: str) -> dict[str, float]:
        """The site's causes that a piece of the turn is about: in a long turn the rest would drown it."""
        surest: dict[str, float] = {}
        if self._own is not None:
            for piece in pieces(turn.text, language):
                for name, chance in self._own.found(piece, language).items():
                    surest[name] = max(chance, surest.get(name, 0.0))
        return surest


def _without_other(causes: Sequence[Signal]) -> list[Signal]:
    """A call that fits a cause is of no other: the mixed bag is kept where it is all there is."""
    fits = any(one.kind is SignalKind.CAUSE and one.label != OTHER for one in causes)
    return [one for one in causes if not (fits and one.kind is SignalKind.CAUSE and one.label == OTHER)]


@dataclass(frozen=True, slots=True)
class _Said:
    """A customer turn, its chances by label, and how likely it complains."""

    index: int
    turn: Turn
    chances: NDArray[np.float64]
    complains: float


def _signal(said: _Said, kind: SignalKind, name: str, chance: float, severity: float) -> Signal:
    return Signal(
        kind=kind,
        party=Party.CUSTOMER,
        label=name,
        value=severity,
        confidence=round(chance, 3),
        start_ms=said.turn.start_ms,
        end_ms=said.turn.end_ms,
        turn=said.index,
        quote=said.turn.text,
        method="model",
    )


def _severity(view: CallView, said: _Said) -> int:
    """1 to 3 (see Causes)."""
    if any(threat.turn == said.index for threat in view.acts(THREAT, party=Party.CUSTOMER)):
        return 3
    felt = [one for one in view.of(SignalKind.SENTIMENT, "negative") if one.turn == said.index]
    again = [one for one in view.acts(CALLED_BEFORE, party=Party.CUSTOMER) if one.turn == said.index]
    return 2 if again or any(one.confidence >= STRONG for one in felt) else 1


def _escalation(view: CallView, said: Sequence[_Said], first: _Said) -> Iterator[Signal]:
    """The agent's turn after which a customer who had only enquired complained for the first time."""
    earlier = [one for one in said if one.index < first.index]
    if len(earlier) < ENQUIRY_TURNS or any(one.complains >= UNSURE for one in earlier):
        return
    complaint = _signal(first, SignalKind.ESCALATION, "", first.complains, 0.0)
    before = agent_turn_before(view, complaint)
    if before is not None:
        yield before


def _trusted(view: CallView) -> float:
    """The share of the customer's words that stand in turns without a flag; 1 where there are no words."""
    words = [(len(tokens(turn.text)), not turn.flags) for turn in view.turns(Party.CUSTOMER)]
    total = sum(size for size, _ in words)
    return sum(size for size, trusted in words if trusted) / total if total else 1.0


def _call(highest: float, end_ms: int, *, heard: float, agreed: bool) -> Signal:
    label = "true" if agreed else "unsure" if highest >= UNSURE or heard < MOST else "false"
    return Signal(
        kind=SignalKind.COMPLAINT,
        party=Party.CUSTOMER,
        label=label,
        value=round(highest, 3),
        confidence=round(highest if label == "true" else (1 - highest) * heard, 3),
        start_ms=0,
        end_ms=end_ms,
        method="model",
    )

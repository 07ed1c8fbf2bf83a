"""What of a call counts for complaints over many calls, kept small while the calls pass by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from qa_pipeline.domain import Contact, NamedCause, Party, Said, ScoredCall, Signal, SignalKind, Taxonomy, severity
from qa_pipeline.domain.taxonomy import OTHER

ACT_SURE = 0.5  # below, an act is a doubt, which nothing counts
MOST_WORDS = 3  # sayings kept of a complaint without a cause
LONGEST = 300  # characters of a quote that are kept
CALLED_BEFORE = "called_before"
TROUBLE = "trouble"


@dataclass(slots=True, kw_only=True)
class Contacts:
    """Takes calls in, one at a time, and keeps those that say something of complaints, without their transcripts.

    `judged` counts the calls in which complaints and causes were looked for, by day (None: without a time), `total` all
    calls. Calls that began after `as_of` are passed over; without a time zone
    it is compared with the calls' own clocks.
    """

    taxonomy: Taxonomy
    as_of: datetime | None = None
    kept: list[Contact] = field(default_factory=list)
    judged: Counter[date | None] = field(default_factory=Counter)
    total: int = 0
    newest: datetime | None = None

    def watch(self, calls: Iterable[ScoredCall]) -> Iterator[ScoredCall]:
        """The same calls, taken in on their way to somebody else."""
        for call in calls:
            self.add(call)
            yield call

    def add(self, call: ScoredCall) -> None:
        """Takes one call in."""
        contact = contact_of(call)
        if contact.started_at and self.as_of and _later(contact.started_at, self.as_of):
            return
        self.total += 1
        if {SignalKind.COMPLAINT, SignalKind.CAUSE} <= call.measured:
            self.judged[contact.started_at.date() if contact.started_at else None] += 1
        if contact.ended_at and (self.newest is None or instant(contact.ended_at) > instant(self.newest)):
            self.newest = contact.ended_at
        filed = self.taxonomy.filed_as(contact.disposition) if contact.disposition else ""
        if contact.complains or contact.called_before or (contact.complains is False and filed == "complaint"):
            self.kept.append(contact)

    def moment(self) -> datetime | None:
        """As of when: `as_of`, on the newest call's clock where it names no time zone, else that call's end."""
        if self.as_of is None or self.as_of.tzinfo or self.newest is None:
            return self.as_of or self.newest
        return self.as_of.replace(tzinfo=self.newest.tzinfo)


def contact_of(call: ScoredCall) -> Contact:
    """The little that is kept of a call."""
    meta = call.recording.meta
    labels = {signal.label for signal in call.signals if signal.kind is SignalKind.COMPLAINT}
    complains = True if "true" in labels else False if "false" in labels else None
    causes = tuple(_causes(call)) if complains else ()
    placed = any(cause.name != OTHER for cause in causes)
    length = timedelta(milliseconds=call.recording.media.duration_ms)
    return Contact(
        call_id=meta.call_id,
        agent_id=meta.agent_id,
        team=meta.team,
        language=call.transcript.language,
        started_at=meta.started_at,
        ended_at=meta.started_at + length if meta.started_at else None,
        customer_id=meta.customer_id,
        disposition=meta.disposition,
        category=meta.category,
        resolved_at=meta.resolved_at,
        complains=complains,
        causes=causes,
        unplaced=_unplaced(call) if complains and not placed else (),
        called_before=next((_said(act) for act in _acts(call, CALLED_BEFORE)), None),
    )


def instant(moment: datetime) -> datetime:
    """The moment with a time zone, so that any two compare: UTC where none is named, as in manifests."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _later(moment: datetime, as_of: datetime) -> bool:
    return instant(moment) > as_of if as_of.tzinfo else moment.replace(tzinfo=None) > as_of


def _causes(call: ScoredCall) -> Iterator[NamedCause]:
    found: dict[str, list[Signal]] = {}
    for signal in call.signals:
        if signal.kind is SignalKind.CAUSE:
            found.setdefault(signal.label, []).append(signal)
    for name in sorted(found):
        surest = max(found[name], key=lambda signal: signal.confidence)
        yield NamedCause(
            name=name,
            severity=severity(found[name]),
            confidence=surest.confidence,
            said=_said(surest),
        )


def _unplaced(call: ScoredCall) -> tuple[Said, ...]:
    """The complaining words: those that detectors name, else what the customer says of trouble."""
    named = [
        signal
        for signal in call.signals
        if signal.quote
        and (signal.kind is SignalKind.CAUSE_HINT or (signal.kind is SignalKind.CAUSE and signal.label == OTHER))
    ]
    if named:
        surest = sorted(named, key=lambda signal: (-signal.confidence, signal.start_ms))
        return tuple(dict.fromkeys(_said(signal) for signal in surest))[:MOST_WORDS]
    turns = call.transcript.turns
    places = dict.fromkeys(act.turn for act in _acts(call, TROUBLE) if act.turn is not None and act.turn < len(turns))
    return tuple(Said(quote=turns[at].text[:LONGEST], start_ms=turns[at].start_ms) for at in places)[:MOST_WORDS]


def _acts(call: ScoredCall, label: str) -> Iterator[Signal]:
    for signal in call.signals:
        own = signal.kind is SignalKind.ACT and signal.label == label and signal.party is Party.CUSTOMER
        if own and signal.confidence >= ACT_SURE:
            yield signal


def _said(signal: Signal) -> Said:
    return Said(quote=signal.quote[:LONGEST], start_ms=signal.start_ms)

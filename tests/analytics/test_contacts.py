"""What is kept of a call for complaints over many calls."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from qa_pipeline.analytics.contacts import Contacts, contact_of
from qa_pipeline.domain import NamedCause, Party, Said, ScoredCall, Signal, SignalKind, Taxonomy
from qa_pipeline.testing.dummies import a_scored_call, a_signal, a_transcript, a_turn

TAXONOMY = Taxonomy(enquiries=("enquiry",), complaints=("complaint",))
COMPLAINT = a_signal(SignalKind.COMPLAINT, "true")
EAST = timezone(timedelta(hours=8))


def call(*signals: Signal, **changes: object) -> ScoredCall:
    return a_scored_call(signals=signals, measured=frozenset(SignalKind), **changes)


def heard(kind: SignalKind, label: str, quote: str, **changes: object) -> Signal:
    return a_signal(kind, label, quote=quote, party=Party.CUSTOMER, **changes)


def test_a_cause_has_its_surest_words_and_its_greatest_severity() -> None:
    contact = contact_of(
        call(
            COMPLAINT,
            heard(SignalKind.CAUSE, "long_wait", "an hour", confidence=0.6, value=3.0, start_ms=5),
            heard(SignalKind.CAUSE, "long_wait", "forever", confidence=0.9, value=1.0, start_ms=9),
            heard(SignalKind.CAUSE, "billing_error", "twice", confidence=0.7),
        )
    )
    assert contact.causes == (
        NamedCause(name="billing_error", severity=None, confidence=0.7, said=Said(quote="twice", start_ms=0)),
        NamedCause(name="long_wait", severity=3, confidence=0.9, said=Said(quote="forever", start_ms=9)),
    )
    assert contact.said == Said(quote="forever", start_ms=9)


def test_who_may_not_complain_has_neither_causes_nor_unplaced_words() -> None:
    hint = heard(SignalKind.CAUSE_HINT, "other", "the car park is full")
    contact = contact_of(call(a_signal(SignalKind.COMPLAINT, "unsure"), hint))
    assert (None, (), ()) == (contact.complains, contact.causes, contact.unplaced)


def test_words_are_unplaced_where_there_is_no_cause_or_only_other() -> None:
    hint = heard(SignalKind.CAUSE_HINT, "long_wait", "the car park is full", start_ms=4)
    other = heard(SignalKind.CAUSE, "other", "no space anywhere", start_ms=8)
    assert (Said(quote="the car park is full", start_ms=4), Said(quote="no space anywhere", start_ms=8)) == contact_of(
        call(COMPLAINT, hint, other)
    ).unplaced
    assert () == contact_of(call(COMPLAINT, hint, heard(SignalKind.CAUSE, "long_wait", "an hour"))).unplaced


def test_without_a_hint_the_turns_with_trouble_are_the_complaining_words() -> None:
    turns = (a_turn("Hello."), a_turn("Your car park is always full.", party=Party.CUSTOMER, start_ms=2000))
    act = heard(SignalKind.ACT, "trouble", "always", turn=1, confidence=0.9)
    contact = contact_of(call(COMPLAINT, act, transcript=a_transcript(*turns)))
    assert (Said(quote="Your car park is always full.", start_ms=2000),) == contact.unplaced


def test_only_sure_words_of_the_customer_say_that_it_is_not_the_first_call() -> None:
    def said(**changes: object) -> Said | None:
        return contact_of(call(a_signal(SignalKind.ACT, "called_before", quote="again", **changes))).called_before

    assert Said(quote="again", start_ms=0) == said(party=Party.CUSTOMER)
    assert said(party=Party.AGENT) is None
    assert said(party=Party.CUSTOMER, confidence=0.45) is None


def test_plain_calls_leave_only_a_count() -> None:
    contacts = Contacts(taxonomy=TAXONOMY)
    no = a_signal(SignalKind.COMPLAINT, "false")
    calls = [
        call(COMPLAINT, call_id="complains"),
        call(no, call_id="plain"),
        call(no, call_id="filed", disposition="Complaint"),
        a_scored_call(call_id="not measured"),
    ]
    assert calls == list(contacts.watch(calls))
    assert (["complains", "filed"], 4, 3) == (
        [one.call_id for one in contacts.kept],
        contacts.total,
        contacts.judged.total(),
    )


def test_the_moment_is_the_newest_calls_end_unless_it_is_given() -> None:
    late = call(COMPLAINT, call_id="late", started_at=datetime(2026, 11, 2, 18, 0, tzinfo=EAST))
    early = call(COMPLAINT, call_id="early", started_at=datetime(2026, 11, 2, 9, 0, tzinfo=UTC))
    contacts = Contacts(taxonomy=TAXONOMY)
    for one in (late, early):
        contacts.add(one)
    assert datetime(2026, 11, 2, 18, 1, tzinfo=EAST) == contacts.moment()  # 10:01 UTC, a minute of talk


def test_a_moment_without_a_time_zone_is_on_the_calls_own_clocks() -> None:
    contacts = Contacts(taxonomy=TAXONOMY, as_of=datetime(2026, 11, 2, 12, 0))  # noqa: DTZ001 - what is tested
    for hour in (11, 13):
        contacts.add(call(COMPLAINT, call_id=str(hour), started_at=datetime(2026, 11, 2, hour, tzinfo=EAST)))
    assert ["11"] == [one.call_id for one in contacts.kept]
    assert datetime(2026, 11, 2, 12, 0, tzinfo=EAST) == contacts.moment()

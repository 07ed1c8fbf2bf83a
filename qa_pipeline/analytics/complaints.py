"""Complaints over many calls, put together: what the page, the tables and `qa complaints` show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from qa_pipeline.analytics.contacts import Contacts
from qa_pipeline.analytics.emerging import Encode, emerging
from qa_pipeline.analytics.mismatches import mismatches
from qa_pipeline.analytics.promises import HOURS, promises
from qa_pipeline.analytics.repeats import WINDOW_DAYS, repeats
from qa_pipeline.analytics.rises import cause_trends
from qa_pipeline.domain import ComplaintReport, Contact, Emerging, ModelError, Promises

DAYS = 7
PERIODS_BEFORE = 4


def complaint_report(
    contacts: Contacts, encode: Encode, *, repeat_days: int = WINDOW_DAYS, promise_hours: int = HOURS
) -> ComplaintReport:
    """The report as of `contacts.moment()`.

    Causes and emerging causes are those of the period, the seven days up to that moment; mismatches, repeats and
    promises of all time. Where the encoder's weights are missing the report says so in place of emerging causes.
    """
    as_of, kept = contacts.moment(), contacts.kept
    complaints = [contact for contact in kept if contact.complains]
    report = ComplaintReport(
        as_of=as_of,
        total=contacts.total,
        total_complaints=len(complaints),
        language=_main_language(kept),
        mismatches=mismatches(kept, contacts.taxonomy),
        repeats=repeats(kept, window_days=repeat_days),
        promises=promises(kept, as_of, hours=promise_hours) if as_of else Promises(hours=promise_hours),
    )
    return _with_period(report, as_of.date(), contacts, complaints, encode) if as_of else report


def _with_period(
    report: ComplaintReport, last: date, contacts: Contacts, complaints: Sequence[Contact], encode: Encode
) -> ComplaintReport:
    first = last - timedelta(days=DAYS - 1)
    before = first - timedelta(days=DAYS * PERIODS_BEFORE)
    now = [contact for contact in complaints if _within(contact, first, last)]
    earlier = [contact for contact in complaints if _within(contact, before, first - timedelta(days=1))]
    judged = sum(n for day, n in contacts.judged.items() if day and first <= day <= last)
    judged_before = sum(n for day, n in contacts.judged.items() if day and before <= day < first)
    return replace(
        report,
        before=before,
        first=first,
        last=last,
        judged=judged,
        judged_before=judged_before,
        complaints=len(now),
        complaints_before=len(earlier),
        causeless=sum(not contact.causes for contact in now),
        causes=cause_trends(now, earlier, judged_now=judged, judged_before=judged_before),
        emerging=_emerging(now, encode),
    )


def _emerging(now: Sequence[Contact], encode: Encode) -> Emerging:
    try:
        return emerging(now, encode)
    except ModelError as error:
        return Emerging(unplaced=sum(bool(contact.unplaced) for contact in now), unread=error.code)


def _within(contact: Contact, first: date, last: date) -> bool:
    return contact.started_at is not None and first <= contact.started_at.date() <= last


def _main_language(contacts: Sequence[Contact]) -> str:
    counts = Counter(contact.language == "zh" for contact in contacts)
    return "zh" if counts[True] > counts[False] else "en"

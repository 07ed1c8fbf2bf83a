"""The tables of complaints over many calls."""

from __future__ import annotations

from collections.abc import Iterator

from qa_pipeline.domain import (
    ComplaintReport,
    Contact,
    Mismatch,
    Promise,
    Repeat,
    Said,
    Taxonomy,
)
from qa_pipeline.reporting.table import Row, Table, Value, plain_row, table
from qa_pipeline.reporting.wording import say

RISES = table(
    "rises",
    first_day="date",
    last_day="date",
    cause="text",
    cause_title="text",
    cause_group="text",
    owner="text",
    calls_now="integer",
    judged_now="integer",
    calls_before="integer",
    judged_before="integer",
    ratio="number",
    low="number",
    high="number",
    p_value="number",
    q_value="number",
    rises="flag",
    severity_1="integer",
    severity_2="integer",
    severity_3="integer",
    example_call="text",
    start_ms="clock",
    quote="text",
)
EMERGING = table(
    "emerging",
    number="integer",
    language="text",
    phrases="text",
    calls="integer",
    started_at="time",
    example_call="text",
    start_ms="clock",
    quote="text",
)
MISMATCHES = table(
    "mismatches",
    mismatch="text",
    agent_id="text",
    team="text",
    started_at="time",
    disposition="text",
    category="text",
    causes="text",
    call_id="text",
    start_ms="clock",
    quote="text",
)
REPEATS = table(
    "repeats",
    customer_id="text",
    cause="text",
    cause_title="text",
    calls="integer",
    first_at="time",
    started_at="time",
    says_so="flag",
    call_ids="text",
    call_id="text",
    start_ms="clock",
    quote="text",
)
PROMISES = table(
    "promises",
    promise="text",
    agent_id="text",
    team="text",
    customer_id="text",
    opened_at="time",
    due_at="time",
    resolved_at="time",
    overdue_h="number",
    causes="text",
    call_id="text",
    start_ms="clock",
    quote="text",
)
COMPLAINTS = (RISES, EMERGING, MISMATCHES, REPEATS, PROMISES)


def complaint_rows(report: ComplaintReport, taxonomy: Taxonomy, language: str) -> Iterator[tuple[Table, Row]]:
    """All rows of the five tables; titles of causes and words for kinds are in `language`."""
    yield from ((RISES, row) for row in _rises(report, taxonomy, language))
    yield from ((EMERGING, row) for row in _emerging(report))
    yield from ((MISMATCHES, _mismatch(one, taxonomy, language)) for one in report.mismatches.found)
    yield from ((REPEATS, _repeat(one, taxonomy, language)) for one in report.repeats.found)
    yield from ((PROMISES, _promise(one, taxonomy, language)) for one in report.promises.found)


def _rises(report: ComplaintReport, taxonomy: Taxonomy, language: str) -> Iterator[Row]:
    for one in report.causes:
        yield plain_row(
            report.first,
            report.last,
            one.cause,
            taxonomy.title(one.cause, language),
            say(language, f"group_{group}") if (group := taxonomy.group(one.cause)) else "",
            taxonomy.owner(one.cause),
            one.now,
            report.judged,
            one.before,
            report.judged_before,
            one.ratio,
            one.interval.low if one.interval else None,
            one.interval.high if one.interval else None,
            one.p,
            one.q,
            one.rises,
            *one.severities,
            *_words(one.example.contact, one.example.said),
        )


def _emerging(report: ComplaintReport) -> Iterator[Row]:
    for number, group in enumerate(report.emerging.found, start=1):
        for example in group.examples:
            contact, said = example.contact, example.said
            yield plain_row(
                number,
                group.language,
                ", ".join(group.phrases),
                group.calls,
                contact.started_at,
                *_words(contact, said),
            )


def _mismatch(one: Mismatch, taxonomy: Taxonomy, language: str) -> Row:
    contact = one.contact
    return plain_row(
        say(language, f"mismatch_{one.kind}"),
        contact.agent_id,
        contact.team,
        contact.started_at,
        contact.disposition,
        contact.category,
        ", ".join(taxonomy.title(cause.name, language) for cause in contact.causes),
        *_words(contact, contact.said),
    )


def _repeat(one: Repeat, taxonomy: Taxonomy, language: str) -> Row:
    first, last = one.contacts[0], one.last
    said = last.called_before or last.said
    return plain_row(
        one.customer_id,
        one.cause,
        taxonomy.title(one.cause, language) if one.cause else "",
        len(one.contacts),
        first.started_at,
        last.started_at,
        any(contact.called_before for contact in one.contacts),
        " ".join(contact.call_id for contact in one.contacts),
        *_words(last, said),
    )


def _promise(one: Promise, taxonomy: Taxonomy, language: str) -> Row:
    contact = one.contact
    return plain_row(
        say(language, f"promise_{one.state}"),
        contact.agent_id,
        contact.team,
        contact.customer_id,
        contact.ended_at,
        one.due_at,
        contact.resolved_at,
        one.overdue_h,
        ", ".join(taxonomy.title(cause.name, language) for cause in contact.causes),
        *_words(contact, contact.said),
    )


def _words(contact: Contact, said: Said | None) -> tuple[Value, ...]:
    return contact.call_id, said.start_ms if said else None, said.quote if said else ""

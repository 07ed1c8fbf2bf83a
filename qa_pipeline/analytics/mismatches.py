"""Calls that do not agree with their disposition or with the category of their ticket."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from qa_pipeline.analytics.contacts import instant
from qa_pipeline.domain import Contact, Mismatch, Mismatches, MismatchKind, Taxonomy
from qa_pipeline.domain.taxonomy import OTHER


def mismatches(contacts: Iterable[Contact], taxonomy: Taxonomy) -> Mismatches:
    """Every call heard otherwise than it was filed, newest first.

    Whether a call complains must be sure; a category is compared only where it means a cause and a cause other than
    "other" was heard, and agrees when the two have one in common.
    """
    found: list[Mismatch] = []
    dispositions = categories = 0
    unread: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
    for contact in contacts:
        if contact.complains is None:
            continue
        filed = taxonomy.filed_as(contact.disposition)
        dispositions += filed != ""
        if contact.complains and contact.disposition and not filed:
            unread[0][contact.disposition] += 1
        if contact.complains and filed == "enquiry":
            found.append(Mismatch(kind=MismatchKind.FILED_AS_ENQUIRY, contact=contact))
        elif not contact.complains and filed == "complaint":
            found.append(Mismatch(kind=MismatchKind.NOT_HEARD, contact=contact))
        heard = {cause.name for cause in contact.causes} - {OTHER}
        meant = taxonomy.causes_of(contact.category) if contact.category and heard else frozenset()
        categories += meant != frozenset()
        if contact.category and heard and not meant:
            unread[1][contact.category] += 1
        if meant and not meant & heard:
            found.append(Mismatch(kind=MismatchKind.OTHER_CATEGORY, contact=contact))
    return Mismatches(
        found=tuple(sorted(found, key=lambda one: (newest_first(one.contact), one.kind))),
        dispositions=dispositions,
        categories=categories,
        unread_dispositions=_most_first(unread[0]),
        unread_categories=_most_first(unread[1]),
    )


def newest_first(contact: Contact) -> tuple[float, str]:
    """A key by which the newest call comes first, calls without a time last."""
    return (-instant(contact.started_at).timestamp() if contact.started_at else float("inf"), contact.call_id)


def _most_first(counts: Counter[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0])))

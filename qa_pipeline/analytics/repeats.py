"""Customers who have to call again about the same matter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from itertools import pairwise

from qa_pipeline.analytics.contacts import instant
from qa_pipeline.analytics.mismatches import newest_first
from qa_pipeline.domain import Contact, Repeat, Repeats
from qa_pipeline.domain.taxonomy import OTHER

WINDOW_DAYS = 7


def repeats(contacts: Sequence[Contact], *, window_days: int = WINDOW_DAYS) -> Repeats:
    """Complaints of one customer with one cause, each within the window after the one before; newest first.

    A call in which the customer says to have called before stands alone, if it is in none of these. "Other" is no
    common cause.
    """
    by_matter: dict[tuple[str, str], list[Contact]] = {}
    identified = 0
    for contact in contacts:
        names = {cause.name for cause in contact.causes} - {OTHER}
        if contact.complains and contact.customer_id and contact.started_at and names:
            identified += 1
            for name in names:
                by_matter.setdefault((contact.customer_id, name), []).append(contact)
    found = [
        Repeat(customer_id=customer, cause=cause, contacts=chain)
        for (customer, cause), calls in by_matter.items()
        for chain in _chains(calls, timedelta(days=window_days))
    ]
    listed = {contact.call_id for repeat in found for contact in repeat.contacts}
    found += [
        Repeat(customer_id=contact.customer_id, cause=_first_cause(contact), contacts=(contact,))
        for contact in contacts
        if contact.called_before and contact.call_id not in listed
    ]
    found.sort(key=lambda repeat: (newest_first(repeat.last), repeat.cause))
    return Repeats(window_days=window_days, found=tuple(found), identified=identified)


def _chains(calls: Iterable[Contact], window: timedelta) -> Iterator[tuple[Contact, ...]]:
    """The calls in stretches without a gap longer than the window, those of one call left out."""
    ordered = sorted(calls, key=newest_first, reverse=True)
    chain = ordered[:1]
    for earlier, later in pairwise(ordered):
        if _apart(earlier, later) > window:
            if len(chain) > 1:
                yield tuple(chain)
            chain = []
        chain.append(later)
    if len(chain) > 1:
        yield tuple(chain)


def _apart(earlier: Contact, later: Contact) -> timedelta:
    if earlier.started_at is None or later.started_at is None:
        return timedelta.max
    return instant(later.started_at) - instant(earlier.started_at)


def _first_cause(contact: Contact) -> str:
    surest = max(contact.causes, key=lambda cause: cause.confidence, default=None)
    return surest.name if surest else ""

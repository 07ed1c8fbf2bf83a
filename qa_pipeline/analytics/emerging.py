"""Causes that nobody has a name for yet: complaints without a cause that are like one another."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from qa_pipeline.analytics.mismatches import newest_first
from qa_pipeline.analytics.telling import telling_phrases
from qa_pipeline.domain import Contact, Emerging, EmergingCause, Example
from qa_pipeline.domain.taxonomy import OTHER

Encode = Callable[[Sequence[str]], NDArray[np.float32]]
"""Texts to unit vectors, a row each: `contracts.Encoder.encode`."""

LIMITS = {"en": 0.13, "zh": 0.10}
"""Mean cosine distance up to which two groups are one, for multilingual-e5-small. On four made-up causes of six sayings
each among 24 (English) and 33 (Chinese) sayings about anything: 16 of 24 and 23 of 24 sayings are found, 2 sayings are
in the wrong group, and no group is made of anything else; with 0.01 more there are such groups. See docs/causes.md."""
LEAST_CALLS = 3
SHOWN = 3
MOST = 2000  # sayings of a language: every pair has its distance (32 MB of them)


def emerging(contacts: Sequence[Contact], encode: Encode) -> Emerging:
    """The groups of at least three calls among complaints without a cause, by language, the largest first.

    Agglomerative clustering with average linkage; the same calls give the same groups. `contacts` are all complaints
    of the period: those with a cause serve as what the names of the groups must differ from.
    """
    unplaced = [contact for contact in contacts if not any(cause.name != OTHER for cause in contact.causes)]
    found: list[EmergingCause] = []
    for language in LIMITS:
        sayings = list(_sayings(sorted(unplaced, key=newest_first), language))[:MOST]
        if len({one.contact.call_id for one in sayings}) >= LEAST_CALLS:
            others = [
                cause.said.quote
                for contact in contacts
                if contact.language == language
                for cause in contact.causes
                if cause.name != OTHER
            ]
            found += _causes(sayings, encode([one.said.quote for one in sayings]), others, language)
    read = sum(bool(contact.unplaced) and contact.language in LIMITS for contact in unplaced)
    found.sort(key=lambda cause: (-cause.calls, cause.language, cause.phrases))
    return Emerging(found=tuple(found), unplaced=len(unplaced), read=read)


def _sayings(contacts: Sequence[Contact], language: str) -> Iterator[Example]:
    for contact in contacts:
        if contact.language == language:
            yield from (Example(contact=contact, said=said) for said in contact.unplaced)


def _causes(
    sayings: Sequence[Example], vectors: NDArray[np.float32], others: Sequence[str], language: str
) -> Iterator[EmergingCause]:
    groups = [
        group
        for group in _groups(vectors, LIMITS[language])
        if len({sayings[at].contact.call_id for at in group}) >= LEAST_CALLS
    ]
    inside = {at for group in groups for at in group}
    rest = [one.said.quote for at, one in enumerate(sayings) if at not in inside]
    named = telling_phrases([[sayings[at].said.quote for at in group] for group in groups], [*others, *rest], language)
    for group, phrases in zip(groups, named, strict=True):
        yield EmergingCause(
            language=language,
            phrases=phrases,
            calls=len({sayings[at].contact.call_id for at in group}),
            examples=tuple(sayings[at] for at in _nearest(group, vectors, sayings)),
        )


def _groups(vectors: NDArray[np.float32], limit: float) -> list[list[int]]:
    """Rows that belong together, each group in order of its rows."""
    from sklearn.cluster import AgglomerativeClustering  # noqa: PLC0415 - heavy

    clustering = AgglomerativeClustering(None, metric="cosine", linkage="average", distance_threshold=limit)
    groups: dict[int, list[int]] = {}
    for row, label in enumerate(clustering.fit_predict(vectors.astype(np.float64))):
        groups.setdefault(int(label), []).append(row)
    return list(groups.values())


def _nearest(group: Sequence[int], vectors: NDArray[np.float32], sayings: Sequence[Example]) -> list[int]:
    """The rows nearest to the group's middle, one a call; the same words once more only when there are no others."""
    middle = vectors[group].mean(axis=0)
    nearness = {at: round(float(vectors[at] @ middle), 6) for at in group}
    by_call: dict[str, int] = {}
    for at in sorted(group, key=lambda at: (-nearness[at], at)):
        by_call.setdefault(sayings[at].contact.call_id, at)
    first: dict[str, int] = {}
    for at in by_call.values():
        first.setdefault(sayings[at].said.quote, at)
    return [*first.values(), *(at for at in by_call.values() if at not in first.values())][:SHOWN]

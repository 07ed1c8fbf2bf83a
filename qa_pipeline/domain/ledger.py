"""The account of an archive: what became of every recording and every manifest row."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """PENDING only while a run is under way or after it was killed; the next run takes it up again."""

    PENDING = "pending"
    SCORED = "scored"
    SKIPPED = "skipped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry:
    """One recording or refused manifest row.

    `recording` is the path relative to the archive ("" when a row names none); `line` counts the manifest's lines
    from 1 with the header as line 1, None for files that stand in no manifest. `code` is stable for machines
    ("scored", "not_sampled", "too_short", "duplicate", "unreadable", ...), `reason` is for people.
    `inclusion_probability` is that of the sampling plan, None where the plan never saw it.
    """

    archive: str
    recording: str
    line: int | None
    call_id: str
    status: Status
    code: str
    reason: str
    inclusion_probability: float | None = None

"""Complaints over many calls: what is found, as pages, tables and the command line show it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from qa_pipeline.domain.agent_scorecard import Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Words of the customer and where they start in the recording."""

    quote: str
    start_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedCause:
    """One cause of one call: its surest words, and its greatest severity (1 to 3; None where nobody graded it)."""

    name: str
    severity: int | None
    confidence: float
    said: Said


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """One call as far as complaints go: small, so that a year of them fits into memory.

    `complains` is None where nobody can tell. `causes` go by name, each once. `unplaced` are the complaining words of a
    complaint that has no cause, or only "other". `called_before` are words by which the customer has called before.
    """

    call_id: str
    agent_id: str
    team: str
    language: str
    started_at: datetime | None
    ended_at: datetime | None
    customer_id: str
    disposition: str
    category: str
    resolved_at: datetime | None
    complains: bool | None
    causes: tuple[NamedCause, ...]
    unplaced: tuple[Said, ...]
    called_before: Said | None

    @property
    def said(self) -> Said | None:
        """The words that tell most of the complaint: of the gravest, surest cause, else of what has none."""
        grave = max(self.causes, key=lambda cause: (cause.severity or 0, cause.confidence), default=None)
        return grave.said if grave else next(iter(self.unplaced), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """Words of one call."""

    contact: Contact
    said: Said


class MismatchKind(StrEnum):
    """What two sources say differently of one call."""

    FILED_AS_ENQUIRY = "filed_as_enquiry"  # a complaint is heard, the disposition says enquiry
    NOT_HEARD = "not_heard"  # the disposition says complaint, none is heard
    OTHER_CATEGORY = "other_category"  # the ticket's category means other causes than those heard


@dataclass(frozen=True, slots=True, kw_only=True)
class Mismatch:
    """One call that does not agree with its disposition or its ticket."""

    kind: MismatchKind
    contact: Contact


@dataclass(frozen=True, slots=True, kw_only=True)
class Mismatches:
    """Those found, newest first, and what was compared.

    `dispositions` counts the calls whose disposition says enquiry or complaint, `categories` the complaints with a
    cause whose category means one. `unread_dispositions` and `unread_categories` are the complaints' own words for
    which the site's file has no meaning, with their calls, most first.
    """

    found: tuple[Mismatch, ...] = ()
    dispositions: int = 0
    categories: int = 0
    unread_dispositions: tuple[tuple[str, int], ...] = ()
    unread_categories: tuple[tuple[str, int], ...] = ()

    def count(self, kind: MismatchKind) -> int:
        """How many are of this kind."""
        return sum(one.kind is kind for one in self.found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """Calls of one customer about one cause, oldest first; or one call in which the customer says so.

    `customer_id` is "" where nobody knows it, `cause` "" where none was found.
    """

    customer_id: str
    cause: str
    contacts: tuple[Contact, ...]

    @property
    def last(self) -> Contact:
        return self.contacts[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeats:
    """Repeat contacts, newest first. `identified` counts the complaints with a cause, a customer and a time."""

    window_days: int = 7
    found: tuple[Repeat, ...] = ()
    identified: int = 0

    @property
    def by_customer(self) -> int:
        """How many were found by the customer's number."""
        return sum(len(one.contacts) > 1 for one in self.found)


class PromiseState(StrEnum):
    """What became of the promise to resolve a complaint in time."""

    OPEN = "open"
    OVERDUE = "overdue"
    KEPT = "kept"
    LATE = "late"


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """One complaint and when it is due, on the call's own clock; `overdue_h` in hours, None where it is not."""

    contact: Contact
    due_at: datetime
    state: PromiseState
    overdue_h: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Promises:
    """All complaints with a time, the longest overdue first, then by when they are due.

    `resolved` counts those whose resolution is known. `impossible` are resolutions before the call began: they close
    nothing.
    """

    hours: int = 24
    found: tuple[Promise, ...] = ()
    resolved: int = 0
    impossible: int = 0

    def count(self, state: PromiseState) -> int:
        """How many are in this state."""
        return sum(one.state is state for one in self.found)


@dataclass(frozen=True, slots=True, kw_only=True)
class CauseTrend:
    """Calls with one cause in the period (`now`) and in those before it.

    `ratio` is the rate a judged call now over the rate before, None where there was none before; its interval is
    exact. `p` is the chance of so many calls or more if the rate had not changed, `q` the same held against all
    causes (Benjamini-Hochberg); None where nothing can be compared. `severities` counts the calls of the period by
    severity 1, 2, 3. `example` is the gravest call of the period, else of those before.
    """

    cause: str
    now: int
    before: int
    ratio: float | None
    interval: Interval | None
    p: float | None
    q: float | None
    rises: bool
    severities: tuple[int, int, int]
    example: Example


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergingCause:
    """Complaints of one language that fit no cause and are like one another.

    `phrases` are the most telling first, `calls` the number of calls, `examples` those nearest to the middle.
    """

    language: str
    phrases: tuple[str, ...]
    calls: int
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Emerging:
    """Emerging causes, the largest first. Of the `unplaced` calls of the period `read` had words to go by.

    `unread` says why nobody looked, "" when somebody did.
    """

    found: tuple[EmergingCause, ...] = ()
    unplaced: int = 0
    read: int = 0
    unread: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComplaintReport:
    """What many calls say together about complaints, as of one moment.

    The period is the seven days up to `last`, the days of `first` and `last` included; those before it begin at
    `before`; all three are None while no call has a time. Days are those of the calls' own clocks. `judged` and
    `judged_before` count the calls in which complaints and causes were looked for, `complaints` and
    `complaints_before` those of them with one, `causeless` the period's complaints without a cause. `total` and
    `total_complaints` are over all time, calls without a time among them.
    """

    as_of: datetime | None = None
    before: date | None = None
    first: date | None = None
    last: date | None = None
    judged: int = 0
    judged_before: int = 0
    complaints: int = 0
    complaints_before: int = 0
    causeless: int = 0
    total: int = 0
    total_complaints: int = 0
    language: str = "en"
    causes: tuple[CauseTrend, ...] = ()
    emerging: Emerging = Emerging()
    mismatches: Mismatches = Mismatches()
    repeats: Repeats = Repeats()
    promises: Promises = Promises()
